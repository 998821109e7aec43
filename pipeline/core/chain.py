"""A chain of hashes: each line holds the hash of the one before, so that nothing inside can be changed unnoticed.

A line is canonical JSON: what is told, under its own names, and `seq` (from 1), `prev` (hash of the line before),
`hash` (SHA-256 of the line without it). The audit log and the tombstones of keys are such chains. What was cut off at
the end, and a chain made anew from some place on, only show against hashes kept elsewhere: see core/audit.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.core.errors import TamperedError

GENESIS = "0" * 64  # what the first line follows
LINE_BYTES_MAX = 8_192  # with its line break; so the last line is found by one short read
_OURS = {"seq", "prev", "hash"}

Plain = str | int
Body = Mapping[str, Plain | Mapping[str, Plain]]


@dataclass(frozen=True, slots=True)
class Link:
    """One line. hash, prev: 64 hex digits."""

    seq: int
    prev: str
    body: Body
    hash: str


class Flaw(StrEnum):
    """What can be wrong with a line in itself or beside its neighbour."""

    UNREADABLE = "unreadable"  # not as it is written here
    EDITED = "edited"  # its hash is not that of its content
    BROKEN = "broken"  # does not follow the line before: something was taken out, put in or moved
    TORN = "torn"  # the last line has no end


@dataclass(frozen=True, slots=True)
class Flawed:
    """A flaw found at `line`, counted from 1."""

    line: int
    flaw: Flaw


def link(last: Link | None, body: Body) -> Link:
    """The line that follows `last`. Raises ValueError if `body` takes our names or is too long."""
    if _OURS & body.keys():
        raise ValueError("a name of the chain itself")
    seq, prev = (last.seq + 1, last.hash) if last else (1, GENESIS)
    made = Link(seq, prev, body, _hash(seq, prev, body))
    if len(line(made)) > LINE_BYTES_MAX:
        raise ValueError(f"a line of more than {LINE_BYTES_MAX} bytes")
    return made


def line(made: Link) -> bytes:
    """As it is written, line break included."""
    return _canonical({**made.body, "seq": made.seq, "prev": made.prev, "hash": made.hash}) + b"\n"


def read_line(data: bytes) -> Link:
    """Of a line with its line break. Raises TamperedError with the flaw's name."""
    try:
        plain = json.loads(data)
        made = Link(plain.pop("seq"), plain.pop("prev"), plain, plain.pop("hash"))
        same = line(made) == data and type(made.seq) is int
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        same = False
    if not same:
        raise TamperedError(Flaw.UNREADABLE)
    if made.hash != _hash(made.seq, made.prev, made.body):
        raise TamperedError(Flaw.EDITED)
    return made


def walk(lines: Iterable[bytes], last: Link | None = None) -> Iterator[Link | Flawed]:
    """Every line as a link, and what is wrong, where. After a flaw it goes on from what the line says of itself.

    lines: with their line breaks, cut after LINE_BYTES_MAX and one. last: what the first line follows.
    """
    seq, prev = (last.seq + 1, last.hash) if last else (1, GENESIS)
    sure = True  # whether seq and prev are known: not after a line nobody could read
    for number, data in enumerate(lines, 1):
        if not data.endswith(b"\n"):
            torn = len(data) <= LINE_BYTES_MAX  # else it is no line of ours, and others may follow
            yield Flawed(number, Flaw.TORN if torn else Flaw.UNREADABLE)
            sure = False
            continue
        try:
            found = read_line(data)
        except TamperedError as error:
            yield Flawed(number, Flaw(str(error)))
            sure = False
            continue
        if sure and (found.seq, found.prev) != (seq, prev):
            yield Flawed(number, Flaw.BROKEN)
        seq, prev, sure = found.seq + 1, found.hash, True
        yield found


def _hash(seq: int, prev: str, body: Body) -> str:
    return hashlib.sha256(_canonical({**body, "seq": seq, "prev": prev})).hexdigest()


def _canonical(plain: Mapping[str, object]) -> bytes:
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
