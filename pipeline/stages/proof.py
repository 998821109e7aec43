"""Hears redacted audio once more, with an engine of its own, and lets the rules judge it as if it were new."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.core.aids import NO_AIDS, Aids
from pipeline.core.audible import audible
from pipeline.core.brief import brief_of
from pipeline.core.errors import CallShieldError, EngineError
from pipeline.core.finding import Finding
from pipeline.core.heard import Utterance
from pipeline.core.identify import Identify
from pipeline.core.level import Frames
from pipeline.core.policy import Policy
from pipeline.core.proof import Problem, Stretch
from pipeline.core.report import action_of
from pipeline.core.sound import Sound
from pipeline.core.span import Span
from pipeline.core.tone import Action
from pipeline.ports.engine import Engine
from pipeline.ports.resampler import OpenResampler
from pipeline.stages.call import BLOCK_MS
from pipeline.stages.channel import Hear


class Hearing:
    """All channels of one redacted call, heard to find what is still audible. It releases nothing."""

    def __init__(
        self,
        channels: int,
        rate: int,
        bits: int,
        *,
        engine: Engine,
        policy: Policy,
        aids: Aids = NO_AIDS,
        resampler: OpenResampler,
        executor: Executor | None = None,
        tenant: str | None = None,
    ) -> None:
        """policy: that of the call; what it keeps may be heard. tenant: whose own words it looks for. executor: hears
        channels side by side; None: one after the other in this thread.
        """
        self._hears = [Hear(c, rate, bits, engine, resampler) for c in range(channels)]
        self._identify = Identify(channels, rate, aids, brief_of([policy], tenant))
        self._keeps = lambda f: action_of(f, policy.action, policy.doubt) is Action.KEEP
        self._executor = executor
        self._size = rate * BLOCK_MS // 1000
        self._rest: NDArray[np.int32] = np.zeros((0, channels), np.int32)
        self._findings: list[Finding] = []
        self._utterances: list[tuple[int, Utterance]] = []
        self._frames: list[list[Frames]] = [[] for _ in range(channels)]

    def push(self, block: NDArray[np.int32]) -> None:
        """The next samples, (n, channels), any n. Raises EngineError."""
        joined = np.concatenate((self._rest, block))
        whole = len(joined) // self._size * self._size
        self._rest = joined[whole:].copy()
        for start in range(0, whole, self._size):
            self._step(joined[start : start + self._size])

    def finish(self, hidden: Sequence[Sequence[Span]], stretches: Sequence[Stretch]) -> tuple[Problem, ...]:
        """The call ended: what is still audible of it. hidden, stretches: see `audible`. Raises EngineError."""
        if len(self._rest):
            self._step(self._rest)
        self._judge(lambda hear, _: hear.flush(), [None] * len(self._hears))
        frames = [_whole(own) for own in self._frames]
        return audible(self._findings, self._utterances, frames, hidden, stretches, keeps=self._keeps)

    def _step(self, block: NDArray[np.int32]) -> None:
        self._judge(Hear.push, [np.ascontiguousarray(block[:, c]) for c in range(block.shape[1])])

    def _judge(self, step: Callable[..., Sound], blocks: Sequence[object]) -> None:
        side_by_side = map if self._executor is None else self._executor.map
        try:
            sounds = list(side_by_side(step, self._hears, blocks))
        except CallShieldError:
            raise
        except Exception as error:
            # Without its text: a library's message may hold what was said.
            raise EngineError(f"the recogniser failed ({type(error).__name__}); nothing was proven") from None
        for sound in sounds:
            self._utterances += [(sound.channel, u) for u in sound.heard.utterances]
            self._frames[sound.channel].append(sound.frames)
            for verdict in self._identify.push(sound):
                self._findings += verdict.findings


def _whole(parts: Sequence[Frames]) -> Frames:
    """The frames of a channel, from its first on."""
    return replace(
        parts[0],
        rms=np.concatenate([p.rms for p in parts]),
        threshold=np.concatenate([p.threshold for p in parts]),
    )
