"""What a running call's samples are, beside them: one JSON line per batch, the last thing written of each.

A line counts once it is whole, so it is the line that makes its samples part of the call. Reading takes no line
on trust: what the lines cover from sample 0 on without a hole is what is known of the call.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.core.errors import InputError
from pipeline.core.messages import Head
from pipeline.core.span import Span, merge
from pipeline.core.transcript import Turn
from pipeline.ports.shelf import Batch, Passage

VERSION = 1


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
    """All a journal says. begun: it has its first line.

    position: samples of each channel. hidden: (entity, channel, start, end, reason).
    missing: (channel, start, end); lost: spans of all channels. turns: by sequence; last: the highest, if it came.
    read: where all of it was read, by topic and partition.
    """

    begun: bool = False
    position: int = 0
    hidden: set[tuple[str, int, int, int, str]] = field(default_factory=set)
    missing: set[tuple[int, int, int]] = field(default_factory=set)
    lost: tuple[Span, ...] = ()
    turns: dict[int, tuple[Line, ...]] = field(default_factory=dict)
    last: int | None = None
    read: dict[tuple[str, int], Passage] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether every part of the transcript came."""
        return self.last is not None and all(n in self.turns for n in range(self.last + 1))


def heading(head: Head) -> str:
    """The first line: whose journal it is."""
    return _line({"journal": VERSION, **_identity(head)})


def entry(batch: Batch) -> str:
    """The line of one batch."""
    plain: dict[str, Any] = {"from": batch.start, "upto": batch.end}
    if batch.lost:
        plain["lost"] = [[s.start, s.end] for s in batch.lost]
    if batch.hidden:
        plain["hidden"] = [[f.entity, f.channel, f.span.start, f.span.end, str(f.reason)] for f in batch.hidden]
    if batch.missing:
        plain["missing"] = [[m.channel, m.span.start, m.span.end] for m in batch.missing]
    if batch.parts:
        plain["parts"] = [[p.sequence, p.last, [_turn(t) for t in p.turns]] for p in batch.parts]
    if batch.read:
        plain["read"] = [[p.topic, p.partition, p.first, p.last, p.start, p.end] for p in batch.read]
    return _line(plain)


def known(data: bytes, head: Head) -> Known:
    """What a journal says. Lines cut short by a crash never counted and are passed over.

    Raises InputError if it is another call's, or of a version this program does not know.
    """
    out, covered, lost = Known(), [Span(0, 0)], list[Span]()
    lines = [plain for text in data.split(b"\n") if (plain := _parsed(text)) is not None]
    headings = [plain for plain in lines if "journal" in plain]
    if any(plain != {"journal": VERSION, **_identity(head)} for plain in headings):
        raise InputError("a journal of another call, or of another version; move its folder away")
    out.begun = bool(headings)
    for plain in lines:
        if "journal" in plain:
            continue
        covered.append(Span(plain["from"], plain["upto"]))
        lost += [Span(*s) for s in plain.get("lost", ())]
        out.hidden |= {tuple(f) for f in plain.get("hidden", ())}
        out.missing |= {tuple(m) for m in plain.get("missing", ())}
        for passage in (Passage(*p) for p in plain.get("read", ())):
            key = passage.topic, passage.partition
            out.read[key] = out.read[key].hull(passage) if key in out.read else passage
        for sequence, last, turns in plain.get("parts", ()):
            out.turns.setdefault(sequence, tuple(Line(*t) for t in turns))
            out.last = sequence if last and out.last is None else out.last
    first = next(iter(merge(covered)), Span(0, 0))
    out.position = first.end if first.start == 0 else 0
    out.lost = merge(lost)
    return out


def lines_by_start(turns: Iterable[Sequence[Line]]) -> list[Line]:
    """All turns, by start."""
    return sorted((line for part in turns for line in part), key=lambda t: (t.start, t.end, t.channel))


def _identity(head: Head) -> dict[str, Any]:
    names = ("tenant", "call", "fleet", "pin", "rate", "channels", "started_ms")
    return {name: getattr(head, name) for name in names}


def _turn(turn: Turn) -> list[Any]:
    return [turn.span.start, turn.span.end, turn.channel, str(turn.role), turn.text]


def _line(plain: dict[str, Any]) -> str:
    return json.dumps(plain, ensure_ascii=True, separators=(",", ":"), allow_nan=False) + "\n"


def _parsed(text: bytes) -> dict[str, Any] | None:
    try:
        plain = json.loads(text)
    except ValueError:
        return None
    return plain if isinstance(plain, dict) else None
