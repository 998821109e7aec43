"""Names of destroyed data keys in a file that only grows: a chain of hashes, as the audit log is.

It is kept apart from backups of the key register and never restored from an old copy: it is what stops a restored
register from undoing erasures. All of it is in memory, about 500 bytes a key.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.adapters.audio_files import shown
from pipeline.adapters.chain_file import ChainFile
from pipeline.core.chain import GENESIS, Body, Flaw, Flawed, Link, line, walk
from pipeline.core.errors import TamperedError
from pipeline.ports.key_register import KeyName, Tombstone, Use


class Tombstones:
    """Safe to use from any thread and process of this machine."""

    def __init__(self, path: Path) -> None:
        """Reads all of it. Raises TamperedError if a line of it was changed, OutputError if it cannot be read."""
        self._chain = ChainFile(path)
        self._lock = threading.Lock()
        self._known: dict[KeyName, Tombstone] = {}
        self._hashes = [GENESIS]  # by count
        self._read_bytes = 0
        self._read()

    def count(self) -> int:
        """How many lines there are."""
        self._read()
        return len(self._hashes) - 1

    def hash_at(self, count: int) -> str | None:
        """Hash of line `count`; None: there are fewer."""
        self._read()
        return self._hashes[count] if 0 <= count < len(self._hashes) else None

    def find(self, name: KeyName) -> Tombstone | None:
        """The tombstone of a key. Raises TamperedError, OutputError."""
        self._read()
        return self._known.get(name)

    def all(self) -> Iterator[Tombstone]:
        """Every one, in the order they were set."""
        self._read()
        return iter(list(self._known.values()))

    def add(self, stones: Sequence[Tombstone]) -> list[Tombstone]:
        """Set those whose key has none yet; gives what stands there now. Durable. Raises OutputError, TamperedError."""
        with self._chain.locked() as tail, self._lock:
            self._read_upto(tail.size)
            if (tail.last.hash if tail.last else GENESIS) != self._hashes[-1]:
                raise self._tampered("was replaced while it was in use")
            fresh = {stone.name: stone for stone in reversed(stones) if stone.name not in self._known}
            self._take(tail.append([_body(stone) for stone in fresh.values()]) if fresh else [])
            return [self._known[stone.name] for stone in stones]

    def _read(self) -> None:
        """Take up what other processes added."""
        if self._chain.size() != self._read_bytes:
            with self._chain.still() as size, self._lock:
                self._read_upto(size)

    def _read_upto(self, size: int) -> None:
        if size < self._read_bytes:
            raise self._tampered("became shorter")
        last = Link(len(self._hashes) - 1, "", {}, self._hashes[-1])
        for found in walk(self._chain.lines(self._read_bytes, size), last):
            if isinstance(found, Flawed):
                if found.flaw is not Flaw.TORN:
                    raise self._tampered(f"line {last.seq + found.line} was changed")
            else:
                self._take([found])

    def _take(self, links: Sequence[Link]) -> None:
        for link in links:
            stone = _stone(link)
            if stone is None:
                raise self._tampered(f"line {link.seq} is no tombstone")
            self._known.setdefault(stone.name, stone)
            self._hashes.append(link.hash)
            self._read_bytes += len(line(link))

    def _tampered(self, what: str) -> TamperedError:
        return TamperedError(f"{shown(self._chain.path)}: the file of tombstones {what}; restore the newest copy")


def _body(stone: Tombstone) -> Body:
    name = stone.name
    return {
        "tenant": name.tenant, "call": name.call, "started_ms": name.started_ms, "use": str(name.use),
        "at_ms": stone.at_ms, "reason": stone.reason,
    }  # fmt: skip


def _stone(link: Link) -> Tombstone | None:
    plain = link.body
    try:
        tenant, call, started_ms, use = plain["tenant"], plain["call"], plain["started_ms"], plain["use"]
        at_ms, reason = plain["at_ms"], plain["reason"]
        if len(plain) != 6 or not isinstance(started_ms, int) or not isinstance(at_ms, int):
            return None
        return Tombstone(KeyName(str(tenant), str(call), started_ms, Use(str(use))), at_ms, str(reason))
    except (KeyError, ValueError):
        return None
