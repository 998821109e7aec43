"""Hold and release: audio leaves only once it is judged, and leaves masked.

One `Release` serves all channels of one call: a block leaves with every channel or not at all. What it gives
out, joined, is a function of the audio and of the content of the verdicts, however the two interleave, while
the hold bound is not hit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.core.finding import Finding, Reason
from pipeline.core.span import Span
from pipeline.core.tone import Action, Pcm, Tone, fade, render

HOLD_MS_MAX = 20_000  # a number read in two halves with a pause (12 s measured) and the recogniser's lag, doubled
UNJUDGED = "UNJUDGED"

# Where findings overlap the larger code wins: what reveals less, and what came late stays silent.
CODE = {Action.KEEP: 0, Action.NOISE: 1, Action.BEEP: 2, Action.SILENCE: 3}

Actions = Mapping[str, Action] | Callable[[str], Action]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Masked samples that may leave. `pcm` is (n, channels) int32, first sample `start` of the call."""

    start: int
    pcm: Pcm


@dataclass(slots=True)
class _Channel:
    """What is known of one channel: how far it is judged, and what is hidden around the release point."""

    watermark: int
    late_to: int  # below this, late audio was silenced whatever verdicts come
    hidden: list[tuple[Span, int]]
    late: list[Span]

    @property
    def decided(self) -> int:
        return max(self.watermark, self.late_to)

    def silence_late(self, upto: int) -> None:
        """Everything undecided below `upto` is silence from now on."""
        if self.decided >= upto:
            return
        span = Span(self.decided, upto)
        self.hidden.append((span, CODE[Action.SILENCE]))
        if self.late and self.late[-1].end == span.start:
            span = self.late.pop().hull(span)
        self.late.append(span)
        self.late_to = upto


class Release:
    """Holds the audio of one call until it is judged, then gives it out masked.

    rate in Hz; bits: sample size (see `tone`). actions: what to do with an entity, as a mapping (an entity it
    lacks is silenced) or a function. hold_ms: audio this far behind the newest sample is held no longer: it
    leaves, silenced where it was not judged. Push blocks much shorter than hold_ms.

    A sample leaves once the judgement of every channel reaches one ramp of the tone beyond it: only then is
    it known whether the tone already fades there. At most hold_ms of audio and one ramp is held.
    """

    def __init__(
        self, channels: int, rate: int, bits: int, actions: Actions, tone: Tone, *, hold_ms: int = HOLD_MS_MAX
    ) -> None:
        if channels < 1 or rate < 1 or hold_ms < 0:
            raise ValueError(f"{channels} channels, {rate} Hz, hold of {hold_ms} ms: not a call")
        tone.check_rate(rate)
        self._rate, self._bits, self._tone, self._actions = rate, bits, tone, actions
        self._hold = hold_ms * rate // 1000
        self._ramp = tone.ramp_samples(rate)
        self._channels = tuple(_Channel(0, 0, [], []) for _ in range(channels))
        self._held: deque[Pcm] = deque()
        self._newest = 0
        self._released = 0
        self._closed = False

    @property
    def released(self) -> int:
        """Samples that have left: the next block starts here."""
        return self._released

    @property
    def newest(self) -> int:
        """Samples pushed so far."""
        return self._newest

    @property
    def late(self) -> tuple[Finding, ...]:
        """What was silenced because no verdict came in time, by channel and start; adjoining parts joined."""
        return tuple(
            Finding(c, span, UNJUDGED, Reason.LATE, 1.0)
            for c, channel in enumerate(self._channels)
            for span in channel.late
        )

    def push_audio(self, block: Pcm) -> tuple[Block, ...]:
        """Take the next samples, (n, channels) int32. Returns what may leave now."""
        self._open()
        if block.dtype != np.int32 or block.ndim != 2 or block.shape[1] != len(self._channels):
            raise ValueError(f"not a block of {len(self._channels)} channels of int32: {block.dtype} {block.shape}")
        if len(block):
            self._held.append(block.copy())  # the caller may use its buffer again
            self._newest += len(block)
        for channel in self._channels:
            channel.silence_late(self._newest - self._hold)
        return self._let_go()

    def push_verdict(self, channel: int, findings: tuple[Finding, ...], watermark: int) -> tuple[Block, ...]:
        """Take findings of one channel and the sample below which it has no others. Returns what may leave.

        Findings come in any order and may overlap; what any of them hides is hidden. Parts that were silenced
        as late stay so. Raises ValueError if the watermark shrinks, a finding is of another channel, or one
        begins below the channel's earlier watermark; what such a finding covers of the audio still held is
        hidden all the same.
        """
        self._open()
        if not 0 <= channel < len(self._channels):
            raise ValueError(f"a verdict on channel {channel} of a call of {len(self._channels)} channels")
        state = self._channels[channel]
        if any(f.channel != channel for f in findings):
            raise ValueError(f"a verdict on channel {channel} holds a finding of another channel")
        for finding in findings:
            code = self._code(finding.entity)
            if code and finding.span.size:
                state.hidden.append((finding.span, code))
        if any(f.span.start < state.watermark for f in findings):
            raise ValueError(f"a finding on channel {channel} begins below the watermark {state.watermark}")
        if watermark < state.watermark:
            raise ValueError(f"the watermark of channel {channel} shrinks: {state.watermark} to {watermark}")
        state.watermark = watermark
        return self._let_go()

    def flush(self) -> tuple[Block, ...]:
        """The call ended: give out the rest, silenced where it is not judged. Nothing can be pushed after."""
        self._open()
        for channel in self._channels:
            channel.silence_late(self._newest)
        self._closed = True
        return self._give(self._newest)

    def _open(self) -> None:
        if self._closed:
            raise ValueError("this call was flushed: open a new Release")

    def _code(self, entity: str) -> int:
        if callable(self._actions):
            return CODE[self._actions(entity)]
        return CODE[self._actions.get(entity, Action.SILENCE)]

    def _let_go(self) -> tuple[Block, ...]:
        decided = min(channel.decided for channel in self._channels)
        return self._give(min(decided - self._ramp, self._newest))

    def _give(self, upto: int) -> tuple[Block, ...]:
        """Release the held samples below `upto`, as one block."""
        n = upto - self._released
        if n <= 0:
            return ()
        clean = self._take(n)
        pcm = np.empty_like(clean)
        for c in range(len(self._channels)):
            pcm[:, c] = self._masked(self._channels[c], clean[:, c])
        block = Block(self._released, pcm)
        self._released = upto
        for channel in self._channels:
            channel.hidden = [h for h in channel.hidden if h[0].end > upto - self._ramp - 1]
        return (block,)

    def _take(self, n: int) -> Pcm:
        parts: list[Pcm] = []
        while n:
            head = self._held.popleft()
            if len(head) > n:
                self._held.appendleft(head[n:])
                head = head[:n]
            parts.append(head)
            n -= len(head)
        return np.concatenate(parts)

    def _masked(self, channel: _Channel, clean: Pcm) -> Pcm:
        """Clean samples copied into a background of what hides the others: a branch missed here hides."""
        margin = self._ramp + 1  # enough to see the edge of any run whose fade reaches into this block
        codes = self._painted(channel, self._released - margin, clean.size + 2 * margin)
        inner = codes[margin : margin + clean.size]
        out = np.zeros_like(clean)
        if inner.any():
            gain = fade(codes, self._ramp)[margin : margin + clean.size]
            for action in (Action.BEEP, Action.NOISE):
                at = np.flatnonzero(inner == CODE[action])
                if at.size:
                    lo, hi = int(at[0]), int(at[-1]) + 1
                    wave = render(
                        action,
                        self._released + lo,
                        hi - lo,
                        self._rate,
                        self._bits,
                        tone=self._tone,
                        gain=gain[lo:hi],
                    )
                    out[at] = wave[at - lo]
        np.copyto(out, clean, where=inner == CODE[Action.KEEP])
        return out

    @staticmethod
    def _painted(channel: _Channel, start: int, n: int) -> NDArray[np.uint8]:
        """(n,) the code that rules each sample from `start` on, which may lie before the call."""
        codes = np.zeros(n, np.uint8)
        for span, code in channel.hidden:
            part = codes[max(0, span.start - start) : max(0, span.end - start)]
            np.maximum(part, code, out=part, casting="unsafe")
        return codes
