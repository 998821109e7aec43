"""Holds the audio of one call until it is judged, and says what may leave and what of it is hidden.

One `Hold` serves all channels of one call: a stretch leaves with every channel or not at all. What is hidden is a
function of the audio and of the order of the verdicts, however verdicts and audio interleave.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.entities import UNJUDGED
from pipeline.core.finding import Finding, Reason
from pipeline.core.span import Span

Samples = NDArray[Any]  # (n, channels) int16 or int32


@dataclass(frozen=True, slots=True, eq=False)
class Due:
    """Audio that may leave. clean: (n, channels), not masked yet, its first sample is `start` of the call. hidden: by
    channel every finding that touches these samples or lies within the margin around them.
    """

    start: int
    clean: Samples
    hidden: tuple[tuple[Finding, ...], ...]


@dataclass(slots=True)
class _Channel:
    """What is known of one channel: how far it is judged, and what is hidden around the release point."""

    watermark: int
    late_to: int  # below this, late audio was silenced whatever verdicts come
    hidden: list[Finding]

    @property
    def decided(self) -> int:
        return max(self.watermark, self.late_to)


class Hold:
    """margin: samples around the audio that leaves of which hidden stretches must be known too: where a tone fades.

    A sample leaves once the judgement of every channel reaches `margin` beyond it: only then is it known whether a
    tone already fades there. start: the first sample that will be pushed.
    """

    def __init__(self, channels: int, *, margin: int, start: int = 0) -> None:
        self._margin = margin
        self._channels = tuple(_Channel(0, 0, []) for _ in range(channels))
        self._held: deque[Samples] = deque()
        self._newest = self._released = start

    @property
    def released(self) -> int:
        """Samples below have left."""
        return self._released

    @property
    def newest(self) -> int:
        """Samples below have come."""
        return self._newest

    @property
    def decided(self) -> int:
        """Samples below are judged, or silenced as late, on every channel."""
        return min(c.decided for c in self._channels)

    def push_audio(self, block: Samples) -> None:
        """Take the next samples, (n, channels), to be left alone by the caller."""
        if len(block):
            self._held.append(block)
            self._newest += len(block)

    def push_verdict(self, channel: int, findings: tuple[Finding, ...], watermark: int) -> None:
        """Take findings of one channel and the sample below which it has no others.

        Findings come in any order and may overlap. Parts that were silenced as late stay so. Raises ValueError if
        the watermark shrinks, a finding is of another channel, or one begins below the channel's earlier
        watermark; what such a finding covers of the audio still held is hidden all the same.
        """
        if not 0 <= channel < len(self._channels):
            raise ValueError(f"a verdict on channel {channel} of a call of {len(self._channels)} channels")
        state = self._channels[channel]
        if any(f.channel != channel for f in findings):
            raise ValueError(f"a verdict on channel {channel} holds a finding of another channel")
        state.hidden += (f for f in findings if f.span.size)
        if any(f.span.start < state.watermark for f in findings):
            raise ValueError(f"a finding on channel {channel} begins below the watermark {state.watermark}")
        if watermark < state.watermark:
            raise ValueError(f"the watermark of channel {channel} shrinks: {state.watermark} to {watermark}")
        state.watermark = watermark

    def widen(self, margin: int) -> None:
        """From now on at least `margin` samples around must be known."""
        self._margin = max(self._margin, margin)

    def skip(self, upto: int) -> None:
        """Audio below `upto` has left before: it is not wanted again, nor counted as released now."""
        n = min(upto, self._newest) - self._released
        if n > 0:
            self._take(n)
            self._released += n
        if upto > self._newest:
            self._newest = self._released = upto

    def silence(self, upto: int) -> tuple[Finding, ...]:
        """Everything undecided below `upto` is silence from now on. Returns what that is, by channel."""
        out = []
        for number, channel in enumerate(self._channels):
            if channel.decided < upto:
                out.append(Finding(number, Span(channel.decided, upto), UNJUDGED, Reason.LATE, 1.0))
                channel.hidden.append(out[-1])
                channel.late_to = upto
        return tuple(out)

    def due(self) -> Due | None:
        """What may leave now; it counts as released from here on."""
        return self._give(min(self.decided - self._margin, self._newest))

    def rest(self) -> Due | None:
        """The call ended and all of it is decided: what is left."""
        return self._give(min(self.decided, self._newest))

    def _give(self, upto: int) -> Due | None:
        n = upto - self._released
        if n <= 0:
            return None
        around = Span(max(0, self._released - self._margin - 1), upto + self._margin + 1)
        hidden = tuple(tuple(_within(c.hidden, around)) for c in self._channels)
        due = Due(self._released, self._take(n), hidden)
        self._released = upto
        for channel in self._channels:
            channel.hidden = [f for f in channel.hidden if f.span.end > upto - self._margin - 1]
        return due

    def _take(self, n: int) -> Samples:
        parts: list[Samples] = []
        while n:
            head = self._held.popleft()
            if len(head) > n:
                self._held.appendleft(head[n:])
                head = head[:n]
            parts.append(head)
            n -= len(head)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _within(findings: Iterable[Finding], around: Span) -> list[Finding]:
    return [f for f in findings if f.span.start < around.end and around.start < f.span.end]


def parts(due: Due, size: int) -> Iterable[Due]:
    """The same in parts of at most `size` samples."""
    for at in range(0, len(due.clean), size):
        yield replace(due, start=due.start + at, clean=due.clean[at : at + size])
