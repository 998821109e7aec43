"""Originals in the index: which objects of a call are under its `vault` key, and which calls have any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from pipeline.adapters.index.calls import ensure
from pipeline.adapters.index.schema import calls, objects
from pipeline.ports.key_register import Use

SEGMENT = "segment"


def record_vault(connection: Connection, call: Mapping[str, Any], kept: Sequence[Mapping[str, Any]]) -> int:
    """Make or mend the rows of the objects of a call's vault; a call the index does not know is made known as running.

    call: what `ensure` takes. kept: kind, whole name, bytes and sha256 of each. Returns the id of the call.
    """
    number = ensure(connection, call)
    connection.execute(delete(objects).where(objects.c.call_id == number, objects.c.use == str(Use.VAULT)))
    rows = [
        {"call_id": number, "use": str(Use.VAULT), **{name: item[name] for name in ("kind", "name", "bytes", "sha256")}}
        for item in kept
    ]
    if rows:
        connection.execute(insert(objects), rows)
    return number


def with_originals(connection: Connection, tenant: str, limit: int) -> list[dict[str, Any]]:
    """Calls of which originals are kept, the newest first: tenant, call, started_ms, vault_due_ms, segments, bytes."""
    asked = (
        select(
            calls.c.tenant, calls.c.call, calls.c.started_ms, calls.c.vault_due_ms,
            func.count().label("segments"), func.sum(objects.c.bytes).label("bytes"),
        )
        .join(objects, objects.c.call_id == calls.c.id)
        .where(objects.c.use == str(Use.VAULT), objects.c.kind == SEGMENT)
        .group_by(calls.c.id, calls.c.tenant, calls.c.call, calls.c.started_ms, calls.c.vault_due_ms)
        .order_by(calls.c.started_ms.desc(), calls.c.id.desc())
        .limit(limit)
    )  # fmt: skip
    if tenant:
        asked = asked.where(calls.c.tenant == tenant)
    return [{**row, "bytes": int(row["bytes"])} for row in connection.execute(asked).mappings()]


def segments_of(connection: Connection, number: int) -> list[dict[str, Any]]:
    """Whole name and bytes of each segment of a call, sorted by name."""
    asked = select(objects.c.name, objects.c.bytes).where(
        objects.c.call_id == number, objects.c.use == str(Use.VAULT), objects.c.kind == SEGMENT
    )
    return [dict(row) for row in connection.execute(asked.order_by(objects.c.name)).mappings()]
