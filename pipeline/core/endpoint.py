"""Cuts a stream of speech flags into utterances. The only clock of a recogniser: it counts input samples.

One flag stands for one frame of 20 ms. An utterance opens after `min_speech_ms` of unbroken speech, with
`pre_roll_ms` before it, and closes after `hang_ms` without speech, `tail_ms` behind the last speech frame. A recogniser
hears it from `lead_ms` before on.
One that grows to `max_ms` is cut in the middle of the longest pause of its second half, or where it stands if
there is none; the next utterance goes on right there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.core.errors import ConfigError
from pipeline.core.span import Span

FRAME_MS = 20  # the middle one of the three lengths webrtcvad takes; 10 ms costs twice, 30 ms blurs edges


@dataclass(frozen=True, slots=True)
class EndpointConfig:
    """When utterances open and close. Times are rounded up to whole frames.

    rate: Hz, a multiple of 50. Raises ConfigError if the times contradict each other.
    """

    rate: int = 16_000
    min_speech_ms: int = 60  # shorter is a click
    pre_roll_ms: int = 80  # soft beginnings the gate hears late: words begin here, and edges may still move outward
    lead_ms: int = 180  # context for the recogniser: without it first words are misheard
    hang_ms: int = 600  # a pause inside a sentence is shorter, one between turns longer
    tail_ms: int = 200  # soft endings
    max_ms: int = 10_000  # bounds the hold: nothing of an open utterance is judged; two of them fit into it

    def __post_init__(self) -> None:
        if self.rate < 50 or self.rate % 50:
            raise ConfigError(f"endpoint: rate {self.rate} Hz needs to be a multiple of 50")
        if self.min_speech_ms <= 0 or self.hang_ms <= 0 or min(self.pre_roll_ms, self.lead_ms, self.tail_ms) < 0:
            raise ConfigError("endpoint: min_speech_ms and hang_ms must be above 0, the others at least 0")
        if self.tail_ms > self.hang_ms:
            raise ConfigError("endpoint: tail_ms is longer than hang_ms; make it shorter")
        # The first half of a cut utterance must hold speech, or an empty utterance would be reported.
        if self.max_ms < 2 * (max(self.hang_ms, self.pre_roll_ms + self.min_speech_ms) + FRAME_MS):
            raise ConfigError(
                "endpoint: max_ms must exceed twice hang_ms and twice pre_roll_ms + min_speech_ms; raise it"
            )

    @property
    def frame_samples(self) -> int:
        """Samples one flag stands for."""
        return self.rate * FRAME_MS // 1000

    @property
    def lead_samples(self) -> int:
        """So much before an utterance the recogniser begins to hear, but not before the last one ended."""
        return _frames(self.lead_ms) * self.frame_samples


def _frames(ms: int) -> int:
    return -(-ms // FRAME_MS)


class Endpointer:
    """Speech flags in, utterance spans out: sorted, disjoint, on frame edges, at most `max_ms` long."""

    def __init__(self, config: EndpointConfig) -> None:
        self._frame_samples = config.frame_samples
        self._min = _frames(config.min_speech_ms)
        self._pre = _frames(config.pre_roll_ms)
        self._hang = _frames(config.hang_ms)
        self._tail = min(_frames(config.tail_ms), self._hang)
        self._max = config.max_ms // FRAME_MS  # down: it is a bound
        # All positions below are frames since the start of the call.
        self._now = 0
        self._run = 0  # unbroken speech right before `now`, while closed
        self._done = 0  # end of the last utterance: the next one never starts before it
        self._start: int | None = None  # of the open utterance, with its pre-roll
        self._speech_end = 0  # behind the last speech frame, while open
        self._flags: list[bool] = []  # of the open utterance, from `start` to `now`

    @property
    def now(self) -> int:
        """Samples judged so far."""
        return self._now * self._frame_samples

    @property
    def is_open(self) -> bool:
        """True inside an utterance."""
        return self._start is not None

    @property
    def pending_from(self) -> int:
        """The sample below which no utterance will be reported any more. Never shrinks.

        Start of the open utterance; in silence, the earliest start the next one could have.
        """
        frame = self._start if self._start is not None else self._earliest()
        return frame * self._frame_samples

    @property
    def settled_to(self) -> int:
        """End the open utterance has already, whatever follows; only a forced cut can undercut it.

        A streaming recogniser may be fed up to here. Equals `pending_from` while there is nothing to feed.
        """
        if self._start is None or self._speech_end <= self._start:
            return self.pending_from
        return min(self._now, self._speech_end + self._tail) * self._frame_samples

    @property
    def pause(self) -> int:
        """Samples since the last speech of the open utterance; 0 if none is open."""
        return 0 if self._start is None else (self._now - self._speech_end) * self._frame_samples

    def push(self, frame_is_speech: bool) -> tuple[Span, ...]:
        """Take the flag of the next frame. Returns the utterance it completed, if any."""
        self._now += 1
        if self._start is None:
            self._listen(frame_is_speech)
            return ()
        self._flags.append(frame_is_speech)
        if frame_is_speech:
            self._speech_end = self._now
        if self._now - self._speech_end >= self._hang:
            return self._close(self._speech_end + self._tail)
        if self._now - self._start >= self._max:
            return self._cut()
        return ()

    def push_all(self, frames: Iterable[bool]) -> tuple[Span, ...]:
        """Take the flags of the next frames, oldest first."""
        return tuple(span for frame in frames for span in self.push(frame))

    def flush(self) -> tuple[Span, ...]:
        """The call ended: report the open utterance. `pending_from` is then `now`."""
        out = self._close(min(self._speech_end + self._tail, self._now)) if self.is_open else ()
        self._done, self._run = self._now, 0
        return out

    def _earliest(self) -> int:
        return max(self._done, self._now - self._run - self._pre)

    def _listen(self, frame_is_speech: bool) -> None:
        self._run = self._run + 1 if frame_is_speech else 0
        if self._run < self._min:
            return
        self._start, self._speech_end = self._earliest(), self._now
        quiet = self._now - self._run - self._start
        self._flags = [False] * quiet + [True] * self._run
        self._run = 0

    def _close(self, end: int) -> tuple[Span, ...]:
        start = self._start
        assert start is not None
        self._start, self._flags = None, []
        if self._speech_end <= start:  # what a cut left over held no speech
            self._done = start
            return ()
        self._done = end
        return (self._span(start, end),)

    def _cut(self) -> tuple[Span, ...]:
        start = self._start
        assert start is not None
        keep = self._cut_at()
        self._start, self._flags = start + keep, self._flags[keep:]
        self._done = self._start
        return (self._span(start, self._start),)

    def _cut_at(self) -> int:
        """Frames before the cut: the middle of the longest pause of the second half, the last of equals."""
        best_size, best_at = 0, len(self._flags)
        size = 0
        for at in range(len(self._flags) // 2, len(self._flags)):
            size = 0 if self._flags[at] else size + 1
            if size and size >= best_size:
                best_size, best_at = size, at + 1 - size // 2
        return best_at

    def _span(self, start: int, end: int) -> Span:
        return Span(start * self._frame_samples, end * self._frame_samples)
