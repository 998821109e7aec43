"""What a sweep costs: `python tests/measure_sweep.py [PAGE.md] [--due 100000] [--stay 20000]`, on both databases.

Calls of three small objects each in a folder, of which so many are due and a tenth of those have originals too; once
more, a hundredth of them, with the folder on a disk. Prints the page, or writes it.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kept import DAY_MS, NOW_MS
from measure_index import plan
from measure_keys import fill
from postgres import server
from shelves import Shelves
from sqlalchemy import insert

from pipeline.adapters.audit_log import AuditLog
from pipeline.adapters.index.due import Cursor, due_query
from pipeline.adapters.index.schema import calls, findings, labels, objects
from pipeline.adapters.retention_file import find_rules
from pipeline.adapters.sweep import BATCH, Sweep
from pipeline.core.shelf_names import day, place
from pipeline.core.swept import Swept
from pipeline.ports.key_register import KeyName, Use

MEMORY = "/dev/shm"
PAGE = """# The sweep

- date: {date}
- machine: {machine}, 2 cores for everything on it; load (5 minutes) before and after: {load}, {load_after}
- command: `python tests/measure_sweep.py docs/measurements/sweep.md`
- commit: {commit}
- PostgreSQL on the same machine, by a socket, `fsync=off`; SQLite, tombstones and audit log with every fsync
- {due:,} calls are due and {stay:,} are not; {originals:,} of the former have originals under a vault key too. Three or
  four objects of 1 KB each, in a folder in memory (tmpfs), as the disk here, shared with others, would be all that is
  measured; rules `eu-gdpr`; batches of {batch}

| what | SQLite | PostgreSQL |
| --- | --- | --- |
{rows}

Plan of the query that finds what is due:

{plans}

With the objects in a folder on that disk, {few:,} due, SQLite: {on_disk}, most of it removing files and folders. A
bucket costs a request a call to list instead, and one for the objects of a batch to delete; it was not measured.

The dry run judges each call by the table (core/retention.py), the sweep only what the query finds.
"""


def main() -> None:
    """Measure, and write the page."""
    asked = argparse.ArgumentParser()
    asked.add_argument("page", nargs="?", type=Path)
    asked.add_argument("--due", type=int, default=100_000)
    asked.add_argument("--stay", type=int, default=20_000)
    given = asked.parse_args()
    before = os.getloadavg()[1]
    columns, plans, few = [], [], given.due // 100
    for kind in ("SQLite", "PostgreSQL"):
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory(dir=MEMORY) as store:
            column, found = measured(Path(folder), kind, given.due, given.stay, store)
            columns.append(column)
            plans.append(f"- {kind}: `{found}`")
    with tempfile.TemporaryDirectory() as folder:
        on_disk = measured(Path(folder), "SQLite", few, 0)[0][f"sweep of {few:,}"]
    text = PAGE.format(
        date=datetime.now(UTC).isoformat(timespec="seconds"), load=f"{before:.1f}",
        load_after=f"{os.getloadavg()[1]:.1f}", due=given.due, stay=given.stay, originals=given.due // 10,
        machine=f"{platform.system()} {platform.machine()}, Python {platform.python_version()}", batch=BATCH,
        few=few, on_disk=on_disk,
        commit=subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip(),
        rows="\n".join(f"| {what} | {columns[0][what]} | {columns[1][what]} |" for what in columns[0]),
        plans="\n".join(plans),
    )  # fmt: skip
    print(text) if given.page is None else given.page.write_text(text)  # noqa: T201


def measured(folder: Path, kind: str, due: int, stay: int, store: str = "") -> tuple[dict[str, str], str]:
    """Of one database: figures, and the plan."""
    index = "" if kind == "SQLite" else server().database()
    shelves = Shelves(folder / "kept", store, index)
    if index:
        shelves.environment["CALLSHIELD_KEY_REGISTER"] = server().database()
        shelves.open()
    print(f"{kind}: making calls", file=sys.stderr)  # noqa: T201
    made(shelves, due, stay)
    print(f"{kind}: sweeping", file=sys.stderr)  # noqa: T201
    out: dict[str, str] = {}
    out["dry run"], planned = timed(lambda: sweep(shelves).plan())
    assert planned.calls == due
    out[f"sweep of {due:,}"], swept = timed(lambda: run(shelves))
    assert (swept.calls, swept.went["retention", "vault"]) == (due, due // 10)
    out["calls a second"] = f"{due / float(out[f'sweep of {due:,}'].split()[0]):,.0f}"
    out["sweep again, nothing due"], again = timed(lambda: run(shelves))
    assert not again.went
    with shelves.index.read() as connection:
        found = plan(connection, due_query(Use.STORE, NOW_MS, Cursor(NOW_MS - DAY_MS, 7), BATCH))
    log = shelves.folder / "audit"
    out["audit log, verified"], verified = timed(AuditLog(log).verify)
    assert verified.problems == ()
    out["size of audit log; of tombstones"] = " ; ".join(
        f"{path.stat().st_size / 1e6:.0f} MB" for path in (log / "log.jsonl", shelves.folder / "tombstones.jsonl")
    )
    out["memory at its peak, so far"] = f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    assert sum(1 for _ in shelves.calls.objects.names("")) == 3 * stay
    return out, found


def sweep(shelves: Shelves) -> Sweep:
    """One by the preset, at NOW_MS."""
    log = AuditLog(shelves.folder / "audit")
    made_of = Sweep(shelves.calls, shelves.index, log, find_rules("eu-gdpr"), lambda: NOW_MS / 1000)
    made_of.check(clock_is_right=True)
    return made_of


def run(shelves: Shelves) -> Swept:
    """The whole of it, reading the audit log too."""
    return sweep(shelves).run("dana", lambda n, of: None)


def timed(work: Any) -> tuple[str, Any]:
    """Seconds, and what came of it."""
    began = time.perf_counter()
    answer = work()
    return f"{time.perf_counter() - began:.1f} s", answer


def made(shelves: Shelves, due: int, stay: int) -> None:
    """Calls as the store would make them, without waiting for the disk each time."""
    keys = [
        KeyName("acme", f"call-{n:08d}", NOW_MS - (100 if n < due else 10) * DAY_MS + n, Use.STORE)
        for n in range(due + stay)
    ]
    vault = [KeyName(k.tenant, k.call, k.started_ms, Use.VAULT) for k in keys[: due // 10]]
    fill(shelves.calls.register, keys + vault)  # type: ignore[arg-type]
    data = secrets.token_bytes(1024)
    for key in keys:
        folder = Path(shelves.environment["CALLSHIELD_STORE_URL"], place(key.tenant, key.call, key.started_ms))
        folder.mkdir(parents=True)
        for name in ("recording-1", "transcript-1", "manifest"):
            (folder / name).write_bytes(data)
    for key in vault:
        name = Path(shelves.environment["CALLSHIELD_STORE_URL"], place(key.tenant, key.call, key.started_ms), "vault/1")
        name.parent.mkdir()
        name.write_bytes(data)
    with shelves.index.begin() as connection:
        for start in range(0, len(keys), 5_000):
            some = keys[start : start + 5_000]
            connection.execute(insert(calls), [_row(n + start + 1, key) for n, key in enumerate(some)])
            for table, rows in _beside(start + 1, some, due // 10):
                connection.execute(insert(table), rows)


def _row(number: int, key: KeyName) -> dict[str, Any]:
    return {
        "id": number, "tenant": key.tenant, "call": key.call, "started_ms": key.started_ms, "day": day(key.started_ms),
        "ended_ms": key.started_ms, "duration_ms": 0, "rate_hz": 8000, "channels": 2, "pin": "p", "fleet": "main",
        "state": "stored", "bytes": 3072,
    }  # fmt: skip


def _beside(first: int, keys: list[KeyName], originals: int) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """Rows of other tables, as many as a usual call has."""
    about = {"kind": "recording", "bytes": 1024, "sha256": "0" * 64}
    rows = []
    for number, key in enumerate(keys, first):
        base = place(key.tenant, key.call, key.started_ms)
        rows += [
            {"call_id": number, "name": base + n, "use": "store", **about}
            for n in ("recording-1", "transcript-1", "manifest")
        ]
        if number <= originals:
            rows.append({"call_id": number, "name": base + "vault/1", "use": "vault", **about})
    yield objects, rows
    numbers = range(first, first + len(keys))
    yield findings, [{"call_id": n, "entity": "PIN", "reason": "pattern", "spans": 1, "hidden_ms": 9} for n in numbers]
    yield (
        labels,
        [
            {"call_id": n, "kind": kind, "key_id": "k", "pseudonym": f"{n:032x}"}
            for n in numbers
            for kind in ("caller", "agent")
        ],
    )


if __name__ == "__main__":
    main()
