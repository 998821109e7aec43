"""What is kept of a running call: parts, each of one batch, and what all of them together say.

A part is one line of JSON, then its samples, little-endian int16. Parts may overlap or be there twice, by another
worker that took the call over or was thought dead: what comes of a call is a function of the log, so they agree.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline.core.errors import InputError
from pipeline.core.messages import Head, Pcm16
from pipeline.core.shelf_names import PartName
from pipeline.core.span import Span, complement, merge
from pipeline.core.transcript import Turn
from pipeline.ports.shelf import Batch, Passage

VERSION = 1
FRAMES = 1 << 16  # of silence at a time
_IDENTITY = ("tenant", "call", "fleet", "pin", "rate", "channels", "started_ms")


@dataclass(frozen=True, slots=True)
class Line:
    """A turn of the transcript as it is kept. start, end in samples; text without its secrets."""

    start: int
    end: int
    channel: int
    role: str
    text: str = field(repr=False)


@dataclass(slots=True)
class Known:
    """All that parts say.

    position: samples of each channel. hidden: (entity, channel, start, end, reason). missing: (channel, start, end).
    turns: by sequence; last: the highest, if it came. read: where it was read, by topic and partition.
    pieces: (start, end, name of the part, where in its samples they begin).
    """

    position: int = 0
    hidden: set[tuple[str, int, int, int, str]] = field(default_factory=set)
    missing: set[tuple[int, int, int]] = field(default_factory=set)
    turns: dict[int, tuple[Line, ...]] = field(default_factory=dict)
    last: int | None = None
    read: dict[tuple[str, int], Passage] = field(default_factory=dict)
    pieces: list[tuple[int, int, str, int]] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether every part of the transcript came."""
        return self.last is not None and all(n in self.turns for n in range(self.last + 1))

    @property
    def lost(self) -> tuple[Span, ...]:
        """Where no samples are."""
        return complement(merge(Span(p[0], p[1]) for p in self.pieces), Span(0, self.position))

    def lines(self) -> list[Line]:
        """All turns, by start."""
        every = (line for part in self.turns.values() for line in part)
        return sorted(every, key=lambda t: (t.start, t.end, t.channel))


def body(head: Head, batch: Batch) -> bytes:
    """A batch as a part."""
    plain: dict[str, Any] = {"part": VERSION, "head": _identity(head), "from": batch.start, "upto": batch.end}
    plain["pieces"] = [[start, len(pcm)] for start, pcm in batch.pieces]
    plain["hidden"] = [[f.entity, f.channel, f.span.start, f.span.end, str(f.reason)] for f in batch.hidden]
    plain["missing"] = [[m.channel, m.span.start, m.span.end] for m in batch.missing]
    plain["turns"] = [[p.sequence, p.last, [_turn(t) for t in p.turns]] for p in batch.parts]
    plain["read"] = [[p.topic, p.partition, p.first, p.last, p.start, p.end] for p in batch.read]
    line = json.dumps(plain, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode()
    return b"\n".join((line, b"".join(pcm.astype("<i2").tobytes() for _, pcm in batch.pieces)))


def check(data: bytes, head: Head) -> dict[str, Any]:
    """The line of a part. Raises InputError if it is another call's, or of a version this program does not know."""
    plain: dict[str, Any] = json.loads(data[: data.index(b"\n")])
    if plain["part"] != VERSION or plain["head"] != _identity(head):
        raise InputError("parts of another call, or of another version, lie in its place; move them away")
    return plain


def known(head: Head, parts: Iterable[tuple[str, bytes]]) -> Known:
    """What all parts say. parts: name and content, sorted by name, each looked at once. Raises InputError."""
    out = Known()
    for name, data in parts:
        plain, at = check(data, head), 0
        out.position = max(out.position, plain["upto"])
        for start, frames in plain["pieces"]:
            out.pieces.append((start, start + frames, name, at))
            at += frames
        out.hidden |= {tuple(f) for f in plain["hidden"]}
        out.missing |= {tuple(m) for m in plain["missing"]}
        for passage in (Passage(*p) for p in plain["read"]):
            key = passage.topic, passage.partition
            out.read[key] = out.read[key].hull(passage) if key in out.read else passage
        for sequence, last, turns in plain["turns"]:
            out.turns.setdefault(sequence, tuple(Line(*t) for t in turns))
            out.last = sequence if last and out.last is None else out.last
    out.pieces.sort()
    return out


def position(parts: Sequence[PartName]) -> int:
    """How far parts reach from sample 0 on without a hole, by their names."""
    first = next(iter(merge(Span(p.start, p.end) for p in parts)), Span(0, 0))
    return first.end if first.start == 0 else 0


def audio(found: Known, channels: int, content: Callable[[str], bytes]) -> Iterator[Pcm16]:
    """All samples, (n, channels), silence where there are none. content: of a part by its name, asked in order."""
    at, opened = 0, ("", np.zeros((0, channels), np.int16))
    for start, end, name, offset in found.pieces:
        if end <= at:
            continue
        yield from _silence(max(0, start - at), channels)
        if name != opened[0]:
            data = content(name)
            opened = name, np.frombuffer(data, "<i2", offset=data.index(b"\n") + 1).reshape(-1, channels)
        at = max(at, start)
        yield opened[1][offset + at - start : offset + end - start].astype(np.int16)
        at = end
    yield from _silence(found.position - at, channels)


def _silence(frames: int, channels: int) -> Iterator[Pcm16]:
    for start in range(0, frames, FRAMES):
        yield np.zeros((min(FRAMES, frames - start), channels), np.int16)


def _identity(head: Head) -> dict[str, Any]:
    return {name: getattr(head, name) for name in _IDENTITY}


def _turn(turn: Turn) -> list[Any]:
    return [turn.span.start, turn.span.end, turn.channel, str(turn.role), turn.text]
