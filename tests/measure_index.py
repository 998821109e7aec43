"""How long the index takes to find calls among a million, and by which plans, on SQLite and PostgreSQL.

python tests/measure_index.py [ROWS] > docs/measurements/index.md
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from postgres import Server
from sqlalchemy import Connection, Select, select, text
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.adapters.index.calls import Wanted, count, find, query, record
from pipeline.adapters.index.database import open_index
from pipeline.adapters.index.schema import METADATA, calls, findings, labels, objects
from pipeline.adapters.provenance import commit, machine
from pipeline.adapters.sealed_calls import Stored
from pipeline.adapters.sql import Database

ROWS, TENANTS, DAYS, PERSONS = 1_000_000, 20, 365, 250_000
START_MS, DAY_MS = 1_735_689_600_000, 86_400_000
ENTITIES = {"PERSON_NAME": 0.6, "CARD_NUMBER": 0.3, "PHONE_NUMBER": 0.2, "MEDICAL": 0.05, "PASSPORT": 0.0005}
TIMES, BATCH, LIMIT = 40, 20_000, 50
FILES = ("recording", "transcript")
HEAD = ("id", "tenant", "call", "started_ms", "day", "ended_ms", "duration_ms", "rate_hz", "channels", "pin", "fleet",
        "state", "restricted", "due_ms", "manifest_sha256", "bytes", "jurisdiction")  # fmt: skip


def rows(number: int, rng: random.Random) -> dict[str, list[tuple[Any, ...]]]:
    """One call, as rows by table: six tables' worth of columns of what store writes."""
    day = rng.randrange(DAYS)
    started = START_MS + day * DAY_MS + rng.randrange(DAY_MS)
    state = "stored" if rng.random() > 0.002 else rng.choice(["quarantined", "erased"])
    due = started + rng.choice([90, 365, 730]) * DAY_MS
    length = rng.randrange(20_000, 900_000)
    tenant = f"t{min(rng.randrange(TENANTS), rng.randrange(TENANTS))}"
    shown = datetime.fromtimestamp(started / 1000, UTC).date().isoformat()
    one = (number, tenant, f"call-{number:07d}", started, shown, started + length, length, 8000, 2, "ab" * 32, "main",
           state, False, due, f"{number:064x}", length * 8, rng.choice(["eu", "us", "uk"]))  # fmt: skip
    base = f"{tenant}/{shown}/call-{number:07d}/{started}/"
    return {
        "calls": [one],
        "objects": [(number, base + kind, kind, "store", 1000, f"{number:064x}")
                    for kind in ("manifest", "recording", "transcript")],
        "findings": [(number, e, "pattern", 2, 3000) for e, p in ENTITIES.items() if rng.random() < p],
        "labels": [(number, "caller", "k1", f"{rng.randrange(PERSONS):032x}"),
                   (number, "agent", "k1", f"{rng.randrange(500):031x}a")],
    }  # fmt: skip


COLUMNS = {
    "calls": HEAD, "objects": ("call_id", "name", "kind", "use", "bytes", "sha256"),
    "findings": ("call_id", "entity", "reason", "spans", "hidden_ms"),
    "labels": ("call_id", "kind", "key_id", "pseudonym"),
}  # fmt: skip


def batches(count: int) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    rng = random.Random(1)
    for first in range(1, count + 1, BATCH):
        out: dict[str, list[tuple[Any, ...]]] = {name: [] for name in COLUMNS}
        for number in range(first, min(first + BATCH, count + 1)):
            for name, made in rows(number, rng).items():
                out[name] += made
        yield out


def fill(base: Database, count: int) -> None:
    """All rows, the fast way of each database; then its statistics."""
    for batch in batches(count):
        with base.begin() as connection:
            for name, made in batch.items():
                columns = ", ".join(COLUMNS[name])
                if base.postgres:
                    raw: Any = connection.connection.driver_connection
                    assert isinstance(raw, psycopg.Connection)
                    with raw.cursor().copy(f"COPY {name} ({columns}) FROM STDIN") as copy:  # type: ignore[call-overload]
                        for row in made:
                            copy.write_row(row)
                else:
                    marks = ", ".join("?" * len(COLUMNS[name]))
                    connection.exec_driver_sql(f"INSERT INTO {name} ({columns}) VALUES ({marks})", made)
        sys.stderr.write(".")
        sys.stderr.flush()
    with base.begin() as connection:
        if base.postgres:
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence('calls', 'id'), (SELECT max(id) FROM calls))")
            )
        connection.execute(text("ANALYZE"))


def searches() -> dict[str, Callable[[random.Random], Wanted]]:
    """What people ask, with values drawn anew each time."""

    def day(rng: random.Random, days: int) -> dict[str, Any]:
        first = START_MS + rng.randrange(DAYS - days) * DAY_MS
        return {"from_ms": first, "to_ms": first + days * DAY_MS}

    tenant = lambda rng: f"t{rng.randrange(TENANTS // 2)}"  # noqa: E731
    return {
        "the newest calls": lambda _: Wanted(),
        "the newest of a tenant": lambda rng: Wanted(tenant(rng)),
        "a tenant's calls of a day": lambda rng: Wanted(tenant(rng), **day(rng, 1)),
        "a call by its name": lambda rng: Wanted(tenant(rng), f"call-{rng.randrange(ROWS):07d}"),
        "calls of a person (pseudonym)": lambda rng: Wanted(
            tenant(rng), label="caller", pseudonyms=(f"{rng.randrange(PERSONS):032x}",)),
        "calls of an agent, of a month": lambda rng: Wanted(
            label="agent", pseudonyms=(f"{rng.randrange(500):031x}a",), **day(rng, 30)),
        "a frequent finding": lambda rng: Wanted(tenant(rng), entity="CARD_NUMBER"),
        "a frequent finding, of a day": lambda rng: Wanted(tenant(rng), entity="CARD_NUMBER", **day(rng, 1)),
        "a rare finding": lambda _: Wanted(entity="PASSPORT"),
        "a rare finding of a tenant": lambda rng: Wanted(tenant(rng), entity="PASSPORT"),
        "calls in quarantine": lambda _: Wanted(states=("quarantined",)),
        "under a law, of a week": lambda rng: Wanted(jurisdiction="uk", **day(rng, 7)),
        "a page far down": lambda rng: Wanted(tenant(rng), after=(START_MS + rng.randrange(DAYS) * DAY_MS, 0)),
    }  # fmt: skip


def due(_: random.Random) -> Select[Any]:
    """What a sweep asks."""
    at = START_MS + 100 * DAY_MS
    return select(calls.c.id).where(calls.c.due_ms < at).order_by(calls.c.due_ms).limit(500)


def plan(connection: Connection, asked: Select[Any]) -> str:
    """The plan of a query, one step a line, without costs."""
    postgres = connection.dialect.name == "postgresql"
    dialect: Any = postgresql.dialect() if postgres else sqlite.dialect()
    words = str(asked.compile(dialect=dialect, compile_kwargs={"literal_binds": True})).replace("%%", "%")
    if postgres:
        found = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN (COSTS OFF) {words}".replace("%", "%%"))]
        kept = [line.split("  Index Cond")[0] for line in found if "Filter" not in line and "Cond" not in line]
        return "; ".join(line.strip(" ->") for line in kept if "Sort Key" not in line and "Presorted" not in line)
    return "; ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}"))


def timed(work: Callable[[random.Random], object]) -> list[float]:
    rng, out = random.Random(2), []
    for _ in range(TIMES):
        began = time.perf_counter()
        work(rng)
        out.append((time.perf_counter() - began) * 1000)
    return sorted(out)


def report(base: Database, name: str) -> None:
    print(
        f"\n## {name}\n\n| search | p50 ms | p95 ms | counted too, p50 ms | plan |\n| --- | ---: | ---: | ---: | --- |"
    )
    with base.read() as connection:
        for what, wanted in searches().items():
            found = timed(lambda rng, wanted=wanted: find(connection, wanted(rng), LIMIT))  # type: ignore[misc]
            counted = timed(lambda rng, wanted=wanted: count(connection, wanted(rng)))  # type: ignore[misc]
            steps = plan(connection, query(wanted(random.Random(2))).limit(LIMIT))
            both = statistics.median(found) + statistics.median(counted)
            print(
                f"| {what} | {statistics.median(found):.1f} | {found[int(TIMES * 0.95)]:.1f} | {both:.0f} | {steps} |"
            )
        found = timed(lambda rng: connection.execute(due(rng)).all())
        steps = plan(connection, due(random.Random(2)))
        print(f"| 500 that are due | {statistics.median(found):.1f} | {found[int(TIMES * 0.95)]:.1f} | | {steps} |")
    print(f"\nA finished call is indexed in {statistics.median(timed(lambda rng: index_one(base, rng))):.1f} ms (p50).")


def index_one(base: Database, rng: random.Random) -> None:
    """As store does it."""
    name = f"new-{rng.randrange(10**12)}"
    manifest = {
        "tenant": "t1", "call": name, "started_ms": START_MS, "rate_hz": 8000, "channels": 2, "pin": "p",
        "fleet": "main", "samples": 8000 * 300, "incident": None,
        "hidden": {"PIN": [{"start_sample": 0, "end_sample": 8000, "reason": "pattern"}]},
        "objects": [{"kind": kind, "name": kind, "bytes": 9, "sha256": "0" * 64} for kind in FILES],
    }  # fmt: skip
    with base.begin() as connection:
        record(connection, manifest, Stored("manifest", 9, "0" * 64), released=False)


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    assert {table.name for table in (calls, objects, findings, labels)} == set(COLUMNS) <= set(METADATA.tables)
    print(f"""# The index: searches among {wanted:,} calls

{datetime.now(UTC).date()}, {machine()}, commit {commit()[:12]}, by `python tests/measure_index.py`.

{wanted:,} calls of {TENANTS} tenants over {DAYS} days; 3 objects, 1.2 findings and 2 pseudonyms each. Every search is
for the newest {LIMIT}, {TIMES} times with values drawn anew; *counted too* is with how many there are in all, as
`callshield calls` shows it. Files are cached by the system, PostgreSQL is as it comes, by a socket. The machine did
other work, too.
""")
    with tempfile.TemporaryDirectory() as folder:
        base = open_index(f"sqlite:///{folder}/index.sqlite3")
        fill(base, wanted)
        with base.begin() as connection:
            version = connection.execute(text("SELECT sqlite_version()")).scalar_one()
        report(base, f"SQLite {version}, {Path(folder, 'index.sqlite3').stat().st_size >> 20} MB")
        base.close()
    server = Server(durable=True)
    try:
        base = open_index(server.database())
        fill(base, wanted)
        with base.begin() as connection:
            version = connection.execute(text("SHOW server_version")).scalar_one().split()[0]
            size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one() >> 20
        with base.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        report(base, f"PostgreSQL {version}, {size} MB")
        base.close()
    finally:
        server.remove()


if __name__ == "__main__":
    main()
