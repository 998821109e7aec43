"""Stored calls that failed their proof: DIR/.quarantine, laid out as DIR is, and `incidents.jsonl` beside them.

The record of an incident is on the disk before the call is moved, so there is no call in quarantine without one. It
says where and what, never what was said, and lists what had gone out live by then, for recall. A worker that died in
between writes it again: the last line of an incident counts.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.adapters.audio_files import not_written, shown, sync_folder
from pipeline.adapters.shelf_journal import Known
from pipeline.core.errors import InputError, OutputError
from pipeline.core.messages import Head
from pipeline.core.proof import Problem
from pipeline.core.topics import REDACTED, TRANSCRIPTS

QUARANTINE = ".quarantine"
INCIDENTS = "incidents.jsonl"
SCHEMA, VERSION = "callshield.incident", "1.0"


def incident_id(head: Head) -> str:
    """The name of what may be wrong with a call: the same whoever finds it, and however often."""
    whole = json.dumps([head.tenant, head.call, head.started_ms])
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


class Quarantine:
    """The calls below a store's folder that nobody may open. purposes: everybody who got them live."""

    def __init__(self, folder: Path, purposes: Sequence[str] = ()) -> None:
        self._folder = folder
        self._purposes = purposes

    def place(self, within: Path) -> Path:
        """Where the call lies whose place is `within` the store."""
        return self._folder / QUARANTINE / within

    def record(self, head: Head, within: Path, found: Known, problems: Sequence[Problem]) -> None:
        """Write down that a call failed. Raises OSError."""
        self._append(
            {
                "schema": SCHEMA,
                "version": VERSION,
                "incident": incident_id(head),
                "at_ms": time.time_ns() // 1_000_000,
                "tenant": head.tenant,
                "call": head.call,
                "started_ms": head.started_ms,
                "pin": head.pin,
                "fleet": head.fleet,
                "rate_hz": head.rate,
                "channels": head.channels,
                "samples": found.position,
                "place": within.as_posix(),
                "problems": [_plain(p) for p in problems],
                "live": self._live(head, found),
            }
        )

    def incidents(self) -> list[dict[str, Any]]:
        """All there are, the oldest first, each as it was last recorded; "released": None or how. Raises InputError."""
        found: dict[str, dict[str, Any]] = {}
        for plain in self._lines():
            name = plain.get("incident")
            if plain.get("schema") == SCHEMA:
                found[str(name)] = {**plain, "released": None}
            elif name in found and "released" in plain:
                found[str(name)]["released"] = plain["released"]
        return list(found.values())

    def release(self, incident: str, reason: str, by: str) -> Path:
        """Let a call out after all: recorded first, then moved. Returns its place. Raises InputError, OutputError."""
        known = next((i for i in self.incidents() if i["incident"] == incident), None)
        if known is None:
            raise InputError(f"{incident!a}: no such incident; see: callshield incidents list")
        within = Path(known["place"])
        kept, target = self.place(within), self._folder / within
        try:
            if kept.exists() and target.exists():
                raise _in_the_way(target)
            self._append(
                {
                    "incident": incident,
                    "released": {"at_ms": time.time_ns() // 1_000_000, "reason": reason, "by": by},
                }
            )
            if kept.exists():
                move(kept, target, None)
            elif not target.exists():
                raise InputError(f"{incident}: its call is not in {shown(kept)} any more")
        except OSError as error:
            raise not_written(target, error) from None
        return target

    def _live(self, head: Head, found: Known) -> list[dict[str, Any]]:
        """What went out of a call. Of purposes other than storage only the key and the partition's number are known."""
        live = [
            {
                "topic": p.topic, "partition": p.partition, "key": head.subject, "first_offset": p.first,
                "last_offset": p.last, "start_sample": p.start, "end_sample": p.end,
            }
            for p in sorted(found.read.values(), key=lambda p: (p.topic, p.partition))
        ]  # fmt: skip
        known = {p.topic for p in found.read.values()}
        partitions = sorted({p.partition for p in found.read.values()})
        for topic in (of + purpose for purpose in self._purposes for of in (REDACTED, TRANSCRIPTS)):
            live += [
                {
                    "topic": topic, "partition": partition, "key": head.subject, "first_offset": None,
                    "last_offset": None, "start_sample": 0, "end_sample": found.position,
                }
                for partition in partitions
                if topic not in known
            ]  # fmt: skip
        return live

    def _append(self, plain: Mapping[str, Any]) -> None:
        """One line, whole and on the disk, whoever else writes."""
        folder = self._folder / QUARANTINE
        folder.mkdir(0o700, parents=True, exist_ok=True)
        line = json.dumps(plain, ensure_ascii=True, separators=(",", ":"), allow_nan=False) + "\n"
        with _locked(folder / INCIDENTS) as fd:
            size = os.fstat(fd).st_size
            torn = size and os.pread(fd, 1, size - 1) != b"\n"  # one that was cut short by a crash never counted
            left = memoryview((("\n" if torn else "") + line).encode())
            while left:
                left = left[os.write(fd, left) :]
            os.fsync(fd)
        sync_folder(folder)
        sync_folder(self._folder)

    def _lines(self) -> Iterator[dict[str, Any]]:
        path = self._folder / QUARANTINE / INCIDENTS
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            reason = (error.strerror or "unknown reason").lower()
            raise InputError(
                f"{shown(path)}: cannot be read ({reason}); it is for the user that store runs as"
            ) from None
        for line in data.split(b"\n"):
            with contextlib.suppress(ValueError):
                plain = json.loads(line)
                if isinstance(plain, dict):
                    yield plain


def move(folder: Path, to: Path, mode: int | None) -> None:
    """Move a call's folder as a whole, durably. mode: of it then; None: that of the folder it comes into.

    Raises OSError, OutputError if something lies there.
    """
    closed = mode is not None
    to.parent.mkdir(mode=0o700 if closed else 0o777, parents=True, exist_ok=True)
    folder.chmod(to.parent.stat().st_mode & 0o777 if mode is None else mode)
    try:
        folder.rename(to)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise
        raise _in_the_way(to) from None
    for changed in (to, *to.parents[:3], folder.parent):
        sync_folder(changed)


def _in_the_way(place: Path) -> OutputError:
    return OutputError(f"{shown(place)}: something is in the way; move it elsewhere")


def _plain(problem: Problem) -> dict[str, Any]:
    return {
        "kind": str(problem.kind), "channel": problem.channel, "start_sample": problem.span.start,
        "end_sample": problem.span.end, "entity": problem.entity, "reason": problem.reason,
        "level_dbfs": problem.level_dbfs,
    }  # fmt: skip


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[int]:
    fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield fd
    finally:
        os.close(fd)
