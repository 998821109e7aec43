"""Half-open intervals of samples, and the few operations everything else is built from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Samples `start` (in) to `end` (out) of one channel, counted from the start of the call."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    @property
    def size(self) -> int:
        """Length in samples."""
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        """True if at least one sample is in both."""
        return self.start < other.end and other.start < self.end

    def clip(self, within: Span) -> Span | None:
        """The part inside `within`, or None if there is none."""
        start, end = max(self.start, within.start), min(self.end, within.end)
        return Span(start, end) if start < end else None

    def hull(self, other: Span) -> Span:
        """The smallest span that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


def merge(spans: Iterable[Span], gap: int = 0) -> tuple[Span, ...]:
    """Sorted, disjoint spans covering the same samples; holes of up to `gap` samples are closed."""
    out: list[Span] = []
    for span in sorted(s for s in spans if s.size):
        if out and span.start <= out[-1].end + gap:
            out[-1] = out[-1].hull(span)
        else:
            out.append(span)
    return tuple(out)


def complement(spans: Sequence[Span], within: Span) -> tuple[Span, ...]:
    """What of `within` no span covers. spans: sorted, disjoint (see `merge`)."""
    out: list[Span] = []
    at = within.start
    for span in spans:
        part = span.clip(within)
        if part is None:
            continue
        if at < part.start:
            out.append(Span(at, part.start))
        at = part.end
    if at < within.end:
        out.append(Span(at, within.end))
    return tuple(out)


def covered(span: Span, by: Iterable[Span]) -> int:
    """How many samples of `span` are inside `by` (sorted, disjoint)."""
    return sum(part.size for s in by if (part := s.clip(span)) is not None)
