"""What of a stretch that may leave one purpose gets, by what it was allowed of the call."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.core.consent import OPEN
from pipeline.core.hold import Due
from pipeline.core.span import Span


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """due: what it gets; without samples it only tells that something ends. silence: so many samples, from the first
    of the call on, that are sent as silence before it. over: consent was withdrawn, and this is the last it gets.
    """

    due: Due
    silence: int
    over: bool


def share_of(due: Due, span: Span | None, *, last: bool) -> Share | None:
    """The share of a purpose that may have `span` of the call; None: nothing. last: the call ends with `due`.

    Each of beginning and end falls into just one of the stretches that follow on each other.
    """
    start, end = due.start, due.start + len(due.clean)
    if span is None or span.end < start or not (span.start < end or (last and span.start == end)):
        return None
    over = span.end < OPEN and (span.end < end or (last and span.end == end))
    first, after = max(start, span.start), min(end, span.end)
    part = replace(due, start=first, clean=due.clean[first - start : after - start])
    return Share(part, span.start if start <= span.start else 0, over)
