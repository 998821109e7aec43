"""Names of destroyed data keys in a file that only grows: a chain of hashes, as the audit log is.

It is kept apart from backups of the key register and never restored from an old copy: it is what stops a restored
register from undoing erasures. The register reads it from the place up to which it knows it, so opening takes no longer
when there are many.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.audio_files import shown
from pipeline.adapters.chain_file import ChainFile, Tail
from pipeline.core.chain import GENESIS, LINE_BYTES_MAX, Body, Flaw, Flawed, Link, line, read_line, walk
from pipeline.core.errors import TamperedError
from pipeline.ports.key_register import KeyName, Tombstone, Use


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the file: behind its first `count` lines. hash: of the last of them. offset: in bytes."""

    count: int = 0
    hash: str = GENESIS
    offset: int = 0


class Tombstones:
    """Safe to use from any thread and process of this machine."""

    def __init__(self, path: Path) -> None:
        """path: made when the first key is destroyed. Reads nothing yet."""
        self._chain = ChainFile(path)

    def size(self) -> int:
        """In bytes; a look at it tells whether there is anything new."""
        return self._chain.size()

    @contextlib.contextmanager
    def still(self) -> Iterator[Reader]:
        """Nobody sets any meanwhile; others may read. Raises OutputError.

        Who also locks a database locks the file first: else two processes could wait for each other.
        """
        with self._chain.still() as end:
            yield Reader(self._chain, end)

    @contextlib.contextmanager
    def locked(self) -> Iterator[Writer]:
        """Nobody else sets any meanwhile. Raises OutputError, TamperedError."""
        with self._chain.locked() as tail:
            yield Writer(self._chain, tail)

    def all(self) -> Iterator[Tombstone]:
        """Every one, from the first. Raises TamperedError if a line was changed, OutputError."""
        with self._chain.still() as end:
            reader = Reader(self._chain, end)
        return (stone for stone, _ in reader.since(Mark()))


class Reader:
    """What the file says, up to `end`: how far it is there, in bytes."""

    def __init__(self, chain: ChainFile, end: int) -> None:
        self._chain, self._end = chain, end

    def since(self, mark: Mark) -> Iterator[tuple[Tombstone, Mark]]:
        """What was set after `mark`, and the place behind each. Raises TamperedError, OutputError.

        Tampered with is a file that is shorter than the mark or has another line before it, and one of whose new lines
        was changed. A line that a crash left torn never counted.
        """
        if self._end < mark.offset:
            raise self._tampered(f"has fewer lines than the {mark.count} that the key register has seen")
        if mark.count and not self._has(mark):
            raise self._tampered(f"has another line {mark.count} than the key register has seen")
        last = Link(mark.count, "", {}, mark.hash)
        for found in walk(self._chain.lines(mark.offset, self._end), last):
            if isinstance(found, Flawed):
                if found.flaw is Flaw.TORN:
                    return
                raise self._tampered(f"was changed after line {mark.count}")
            stone, mark = _stone(found), _behind(mark, found)
            if stone is None:
                raise self._tampered(f"has a line {found.seq} that is none")
            yield stone, mark

    def _has(self, mark: Mark) -> bool:
        before = b"".join(self._chain.lines(max(0, mark.offset - LINE_BYTES_MAX), mark.offset))
        try:
            return read_line(before[before.rfind(b"\n", 0, -1) + 1 :]).hash == mark.hash
        except TamperedError:
            return False

    def _tampered(self, what: str) -> TamperedError:
        return TamperedError(
            f"{shown(self._chain.path)}: the file of tombstones {what}; "
            "erasures would be undone: restore the newest copy"
        )


class Writer(Reader):
    """Who may set tombstones, while the file is locked."""

    def __init__(self, chain: ChainFile, tail: Tail) -> None:
        super().__init__(chain, tail.size)
        self._tail = tail

    def append(self, mark: Mark, stones: Sequence[Tombstone]) -> Mark:
        """Set them, durably, behind `mark`, which is the end. Raises OutputError, or TamperedError if it is not."""
        if (self._tail.last.hash if self._tail.last else GENESIS) != mark.hash:
            raise self._tampered("was replaced while it was in use")
        for link in self._tail.append([_body(stone) for stone in stones]) if stones else ():
            mark = _behind(mark, link)
        return mark


def _behind(mark: Mark, link: Link) -> Mark:
    return Mark(link.seq, link.hash, mark.offset + len(line(link)))


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
