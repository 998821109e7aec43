"""Masks audio that may leave as one policy says. What it gives out is a function of samples and findings alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.core.doubt import ALL_DOUBTS, Doubt
from pipeline.core.finding import Finding
from pipeline.core.hold import Due
from pipeline.core.tone import Action, Pcm, Tone, fade, render

# Where findings overlap the larger code wins: what reveals less, and what came late stays silent.
CODE = {Action.KEEP: 0, Action.NOISE: 1, Action.BEEP: 2, Action.SILENCE: 3}

Actions = Mapping[str, Action] | Callable[[str], Action]


class Masker:
    """rate in Hz; bits: sample size (see `tone`). actions: what to do with an entity, as a mapping (an entity it lacks
    is silenced) or a function. doubt: which doubts hide. Raises ConfigError if the tone cannot be made at this rate.
    """

    def __init__(self, rate: int, bits: int, actions: Actions, tone: Tone, doubt: Doubt = ALL_DOUBTS) -> None:
        tone.check_rate(rate)
        self._rate, self._bits, self._tone, self._actions = rate, bits, tone, actions
        self._doubt = doubt
        self.ramp = tone.ramp_samples(rate)

    def hides(self, finding: Finding) -> bool:
        """True unless the policy lets it pass."""
        return self._code(finding) != CODE[Action.KEEP]

    def mask(self, due: Due) -> tuple[Pcm, int]:
        """(n, channels) int32, masked, and how many samples of all channels are hidden.

        Clean samples are copied into a background of what hides the others: a branch missed here hides.
        """
        if not any(due.hidden):
            return due.clean.astype(np.int32), 0
        out = np.zeros(due.clean.shape, np.int32)
        count = 0
        for channel, hidden in enumerate(due.hidden):
            masked, n = self._channel(due.start, due.clean[:, channel], hidden)
            out[:, channel] = masked
            count += n
        return out, count

    def _channel(self, start: int, clean: Pcm, hidden: tuple[Finding, ...]) -> tuple[Pcm, int]:
        margin = self.ramp + 1  # enough to see the edge of any run whose fade reaches into this block
        codes = self._painted(hidden, start - margin, clean.size + 2 * margin)
        inner = codes[margin : margin + clean.size]
        out = np.zeros(clean.size, np.int32)
        if inner.any():
            gain = fade(codes, self.ramp)[margin : margin + clean.size]
            for action in (Action.BEEP, Action.NOISE):
                at = np.flatnonzero(inner == CODE[action])
                if at.size:
                    lo, hi = int(at[0]), int(at[-1]) + 1
                    wave = render(
                        action, start + lo, hi - lo, self._rate, self._bits, tone=self._tone, gain=gain[lo:hi]
                    )
                    out[at] = wave[at - lo]
        np.copyto(out, clean, where=inner == CODE[Action.KEEP])
        return out, int(np.count_nonzero(inner))

    def _painted(self, hidden: tuple[Finding, ...], start: int, n: int) -> NDArray[np.uint8]:
        """(n,) the code that rules each sample from `start` on, which may lie before the call."""
        codes = np.zeros(n, np.uint8)
        for finding in hidden:
            part = codes[max(0, finding.span.start - start) : max(0, finding.span.end - start)]
            np.maximum(part, self._code(finding), out=part, casting="unsafe")
        return codes

    def _code(self, finding: Finding) -> int:
        if self._doubt.keeps(finding):
            return CODE[Action.KEEP]
        if callable(self._actions):
            return CODE[self._actions(finding.entity)]
        return CODE[self._actions.get(finding.entity, Action.SILENCE)]
