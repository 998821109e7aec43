"""Calls that are kept, made in a moment: a key, sealed objects and a row each."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from shelves import Shelves
from sqlalchemy import insert, select, update

from pipeline.adapters.index.calls import ensure
from pipeline.adapters.index.schema import CallState, calls, disposals, labels, objects
from pipeline.core.shelf_names import place
from pipeline.ports.key_register import KeyName, Use

DAY_MS = 86_400_000
NOW_MS = time.time_ns() // 1_000_000


def name(call: str, started_ms: int, tenant: str = "acme", use: Use = Use.STORE) -> KeyName:
    return KeyName(tenant, call, started_ms, use)


def keep(
    shelves: Shelves, call: str, age_days: float, tenant: str = "acme", *, originals: bool = False, row: bool = True,
    pseudonyms: Sequence[tuple[str, str, str]] = (), **columns: Any,
) -> KeyName:  # fmt: skip
    """A call that ended so long before NOW_MS. pseudonyms: kind, key id, pseudonym. columns: of its row."""
    key = name(call, NOW_MS - int(age_days * DAY_MS), tenant)
    shelves.calls.register.create(key)
    for item in ("recording-1", "transcript-1", "manifest"):
        shelves.calls.put(key, item, b"of " + call.encode())
    folder = place(key.tenant, key.call, key.started_ms)
    if originals:
        vault = name(call, key.started_ms, tenant, Use.VAULT)
        shelves.calls.register.create(vault)
        shelves.calls.put(vault, "vault/1", b"original")
    if not row:
        return key
    about = {"rate_hz": 8000, "channels": 2, "pin": "p", "fleet": "main", "ended_ms": key.started_ms}
    with shelves.index.begin() as connection:
        number = ensure(
            connection,
            {
                "tenant": tenant,
                "call": call,
                "started_ms": key.started_ms,
                "state": str(CallState.STORED),
                **about,
                **columns,
            },
        )
        for kind, key_id, pseudonym in pseudonyms:
            connection.execute(insert(labels).values(call_id=number, kind=kind, key_id=key_id, pseudonym=pseudonym))
        if originals:
            segment = {"name": f"{folder}vault/1", "kind": "segment", "use": "vault", "bytes": 9, "sha256": "0" * 64}
            connection.execute(insert(objects).values(call_id=number, **segment))
    return key


def change(shelves: Shelves, call: str, **columns: Any) -> None:
    """Change the row of a call."""
    with shelves.index.begin() as connection:
        connection.execute(update(calls).where(calls.c.call == call).values(columns))


def states(shelves: Shelves) -> dict[str, str]:
    """What became of each call."""
    return {row["call"]: row["state"] for row in shelves.rows()}


def disposed(shelves: Shelves) -> dict[tuple[str, str], tuple[str, int]]:
    """By call and use: why it went, and the number of its certificate."""
    asked = select(calls.c.call, disposals).join(calls, calls.c.id == disposals.c.call_id)
    with shelves.index.read() as connection:
        return {(r.call, r.use): (r.reason, r.audit_seq) for r in connection.execute(asked)}
