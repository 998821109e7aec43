"""What the key register and the audit log cost: keys made, opened and destroyed, entries written and checked.

    python tests/measure_keys.py [PAGE.md] [--calls 100000]

Both databases; the key provider is the key file. Prints the page, or writes it.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import postgres

from pipeline.adapters.audit_log import AuditLog
from pipeline.adapters.key_register import SqlKeyRegister
from pipeline.adapters.key_tables import key_values, keys_table, name_values
from pipeline.adapters.keyring import KeyFile, add_key, write_key_file
from pipeline.adapters.keys.file import FileKeys
from pipeline.adapters.tombstones import Tombstones
from pipeline.ports.key_register import KeyName, Use

SOME = 300
BATCH = 500  # as a sweep gives them
STARTED_MS = 1_795_000_000_000
PAGE = """# The key register and the audit log

- date: {date}
- machine: {machine}, 2 cores for everything on it; load (5 minutes) before and after: {load}, {load_after}
- command: `python tests/measure_keys.py docs/measurements/keys.md`
- commit: {commit}
- PostgreSQL on the same machine, by a socket, `fsync=off`; SQLite, tombstones and audit log with every fsync

Key register, key provider `file`; milliseconds a key, or seconds for {calls:,} of them:

| what | SQLite | PostgreSQL |
| --- | --- | --- |
{register}

Audit log, heads in a folder of the same disk:

| what | |
| --- | --- |
{audit}

Where the load is above 2 the machine had other work, and the figures are too high by as much.

One by one, an fsync or more each is what is paid for: they are done for a call at its start and its end. A sweep
destroys and writes down {batch} at a time.
"""


def main() -> None:
    """Measure, and write the page."""
    asked = argparse.ArgumentParser()
    asked.add_argument("page", nargs="?", type=Path)
    asked.add_argument("--calls", type=int, default=100_000)
    given = asked.parse_args()
    before, commit = os.getloadavg()[1], head()
    with tempfile.TemporaryDirectory() as folder:
        columns = [register(Path(folder) / kind, given.calls, kind) for kind in ("sqlite", "postgresql")]
        log = audit(Path(folder) / "log", given.calls)
    text = PAGE.format(
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        load=f"{before:.1f}", load_after=f"{os.getloadavg()[1]:.1f}",
        machine=f"{platform.system()} {platform.machine()}, Python {platform.python_version()}", calls=given.calls,
        commit=commit,
        register="\n".join(f"| {what} | {columns[0][what]} | {columns[1][what]} |" for what in columns[0]),
        audit="\n".join(f"| {what} | {value} |" for what, value in log.items()), batch=BATCH,
    )  # fmt: skip
    print(text) if given.page is None else given.page.write_text(text)  # noqa: T201


def head() -> str:
    """The commit that is measured."""
    return subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()


def register(folder: Path, calls: int, kind: str) -> dict[str, str]:
    """Of one database."""
    folder.mkdir()
    keys = folder / "keys.json"
    write_key_file(keys, add_key(keys, KeyFile("", {})))
    url = f"sqlite:///{folder}/register.sqlite3" if kind == "sqlite" else postgres.server().database()

    def opened() -> SqlKeyRegister:
        return SqlKeyRegister(url, Tombstones(folder / "tombstones.jsonl"), FileKeys(keys))

    names = [KeyName("acme", f"call-{n:08d}", STARTED_MS + n, Use.STORE) for n in range(calls)]
    base = opened()
    out = {"create, one by one": each(base.create, names[:SOME])}
    fill(base, names[SOME:])
    out["open, one by one"] = each(opened().open, names[:SOME])
    base._provider.rotate()
    out["rewrap, all"] = seconds(base.rewrap)
    out["destroy, one by one"] = each(lambda n: base.destroy(n, "erasure", 1), names[:SOME])
    out["destroy, the rest"] = seconds(
        lambda: batches(lambda some: base.destroy_all(some, "retention", 1), names[SOME:])
    )
    out["open the register behind them"] = seconds(opened)
    out["open it anew, all tombstones to take up"] = seconds(
        lambda: SqlKeyRegister(
            f"sqlite:///{folder}/new.sqlite3" if kind == "sqlite" else postgres.server().database(),
            Tombstones(folder / "tombstones.jsonl"), FileKeys(keys),
        )
    )  # fmt: skip
    out["verify all tombstones"] = seconds(base.verify)
    return out


def fill(base: SqlKeyRegister, names: list[KeyName]) -> None:
    """As create would, without waiting for the disk each time."""
    rows = [
        {**name_values(name), **key_values(base._provider.wrap(os.urandom(32), name.context)), "made_ms": 1}
        for name in names
    ]
    with base._base.begin() as db:
        db.execute(keys_table.insert(), rows)


def audit(folder: Path, calls: int) -> dict[str, str]:
    """Of the audit log."""
    log = AuditLog(folder / "audit", folder / "anchor")
    facts = {"tenant": "acme", "started_ms": STARTED_MS, "use": "store", "reason": "retention", "sweep": "s-1"}
    acts = [("call.disposed", "sweep", {**facts, "call": f"call-{n:08d}"}) for n in range(calls)]
    out = {"append, one by one": each(lambda act: log.append(act[0], act[1], **act[2]), acts[:SOME])}
    out[f"append, {calls:,} by {BATCH}"] = seconds(lambda: batches(log.append_all, acts))
    out["verify"] = seconds(log.verify)
    size = (folder / "audit" / "log.jsonl").stat().st_size
    out["size"] = f"{size / 1e6:.0f} MB"
    return out


def batches(do: Callable[[list], object], items: list) -> None:  # type: ignore[type-arg]
    """`do` so many at a time."""
    for start in range(0, len(items), BATCH):
        do(items[start : start + BATCH])


def each(do: Callable[..., object], items: list) -> str:  # type: ignore[type-arg]
    """Median and 99 of a hundred, in ms."""
    took = []
    for item in items:
        began = time.perf_counter()
        do(item)
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return f"{took[len(took) // 2]:.1f} ms, p99 {took[int(len(took) * 0.99)]:.1f} ms"


def seconds(do: Callable[[], object]) -> str:
    """How long it takes."""
    began = time.perf_counter()
    do()
    return f"{time.perf_counter() - began:.1f} s"


if __name__ == "__main__":
    main()
