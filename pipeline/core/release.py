"""Hold and release: audio leaves only once it is judged, and leaves masked.

What a `Release` gives out, joined, is a function of the audio and of the content of the verdicts, however the two
interleave, while the hold bound is not hit. The live stage `mask` puts the same two parts together for several
policies at once, and bounds the hold by verdicts instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipeline.core.doubt import ALL_DOUBTS, Doubt
from pipeline.core.finding import Finding
from pipeline.core.hold import Due, Hold
from pipeline.core.masker import Actions, Masker
from pipeline.core.tone import Pcm, Tone

HOLD_MS_MAX = 20_000  # a number read in two halves with a pause (12 s measured) and the recogniser's lag, doubled


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Masked samples that may leave. `pcm` is (n, channels) int32, first sample `start` of the call."""

    start: int
    pcm: Pcm


class Release:
    """The hold of one call and the policy it leaves by.

    rate in Hz; bits: sample size (see `tone`). actions, doubt: see Masker. hold_ms: audio this far behind the newest
    sample is held no longer: it leaves, silenced where it was not judged. Push blocks much shorter than hold_ms.
    At most hold_ms of audio and one ramp is held.
    """

    def __init__(
        self,
        channels: int,
        rate: int,
        bits: int,
        actions: Actions,
        tone: Tone,
        *,
        hold_ms: int = HOLD_MS_MAX,
        doubt: Doubt = ALL_DOUBTS,
    ) -> None:
        if channels < 1 or rate < 1 or hold_ms < 0:
            raise ValueError(f"{channels} channels, {rate} Hz, hold of {hold_ms} ms: not a call")
        self._masker = Masker(rate, bits, actions, tone, doubt)
        self._held = Hold(channels, margin=self._masker.ramp)
        self._hold = hold_ms * rate // 1000
        self._late: list[list[Finding]] = [[] for _ in range(channels)]
        self._closed = False

    @property
    def late(self) -> tuple[Finding, ...]:
        """What was silenced because no verdict came in time, by channel and start; adjoining parts joined."""
        return tuple(f for channel in self._late for f in channel)

    def push_audio(self, block: Pcm) -> tuple[Block, ...]:
        """Take the next samples, (n, channels) int32. Returns what may leave now."""
        self._open()
        if block.dtype != np.int32 or block.ndim != 2 or block.shape[1] != len(self._late):
            raise ValueError(f"not a block of {len(self._late)} channels of int32: {block.dtype} {block.shape}")
        self._held.push_audio(block.copy())  # the caller may use its buffer again
        self._silence(self._held.newest - self._hold)
        return self._masked(self._held.due())

    def push_verdict(self, channel: int, findings: tuple[Finding, ...], watermark: int) -> tuple[Block, ...]:
        """Take findings of one channel, see `Hold.push_verdict`. Returns what may leave. Raises ValueError."""
        self._open()
        self._held.push_verdict(channel, findings, watermark)
        return self._masked(self._held.due())

    def flush(self) -> tuple[Block, ...]:
        """The call ended: give out the rest, silenced where it is not judged. Nothing can be pushed after."""
        self._open()
        self._silence(self._held.newest)
        self._closed = True
        return self._masked(self._held.rest())

    def _open(self) -> None:
        if self._closed:
            raise ValueError("this call was flushed: open a new Release")

    def _silence(self, upto: int) -> None:
        for finding in self._held.silence(upto):
            own = self._late[finding.channel]
            if own and own[-1].span.end == finding.span.start:
                own[-1] = replace(own[-1], span=own[-1].span.hull(finding.span))
            else:
                own.append(finding)

    def _masked(self, due: Due | None) -> tuple[Block, ...]:
        return () if due is None else (Block(due.start, self._masker.mask(due)[0]),)
