"""One call through hear, identify and mask: the chain every way of running shares.

A recording is fed to it block by block as live audio would be; there is no other core and no look-ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.aids import NO_AIDS, Aids
from pipeline.core.brief import brief_of
from pipeline.core.errors import CallShieldError, EngineError
from pipeline.core.finding import Finding
from pipeline.core.heard import Utterance
from pipeline.core.identify import Identify
from pipeline.core.judged import fused, without_doubles
from pipeline.core.policy import Policy
from pipeline.core.profile import Profile
from pipeline.core.release import Block, Release
from pipeline.core.report import action_of
from pipeline.core.sound import Sound
from pipeline.core.tone import Action
from pipeline.ports.engine import Engine
from pipeline.ports.resampler import OpenResampler
from pipeline.stages.channel import Hear

BLOCK_MS = 250  # what live audio comes in; files are cut the same, so both are judged alike


@dataclass(slots=True)
class Record:
    """What is known of a call when it has ended: for report and transcript."""

    findings: list[Finding] = field(default_factory=list)
    utterances: list[tuple[int, Utterance]] = field(default_factory=list)


class Call:
    """All channels of one call. push(samples) → masked blocks; flush() → the rest."""

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
        executor: Executor,
        tenant: str | None = None,
        profile: Profile | None = None,
        early: bool = False,
    ) -> None:
        """tenant, profile: whose call it is, and of which customer; None if nobody knows. early: as a live call whose
        policies say so; nobody waits for a recording, so it is judged sentence by sentence.
        """
        self._hears = [Hear(c, rate, bits, engine, resampler, early=early) for c in range(channels)]
        self._identify = Identify(channels, rate, aids, brief_of([policy], tenant, profile, early=early))
        self._release = Release(
            channels, rate, bits, policy.action, policy.tone, hold_ms=policy.hold_ms, doubt=policy.doubt
        )
        self._executor = executor
        self._hides = lambda f: action_of(f, policy.action, policy.doubt) is not Action.KEEP
        self._size = rate * BLOCK_MS // 1000
        self._rest: NDArray[np.int32] = np.zeros((0, channels), np.int32)
        self.record = Record()

    def push(self, block: NDArray[np.int32], due_ms: int = 0) -> Iterator[Block]:
        """Take the next samples, (n, channels), any n. due_ms: see Recogniser. Raises EngineError; then nothing more
        may be released.
        """
        joined = np.concatenate((self._rest, block))
        whole = len(joined) // self._size * self._size
        self._rest = joined[whole:].copy()
        for start in range(0, whole, self._size):
            yield from self._step(joined[start : start + self._size], due_ms)

    def flush(self) -> Iterator[Block]:
        """The call ended. After this `record` is complete."""
        if len(self._rest):
            yield from self._step(self._rest)
        sounds = self._heard(lambda hear, _: hear.flush(), [None] * len(self._hears))
        for sound in sounds:
            yield from self._judge(sound)
        yield from self._release.flush()
        found = [*self.record.findings, *self._release.late]
        # Long keypad entries are told bit by bit while they last.
        whole = [fused([f for f in found if f.channel == c], 0) for c in range(len(self._hears))]
        self.record.findings = sorted(f for own in whole for f in without_doubles(own, self._hides))

    def _step(self, block: NDArray[np.int32], due_ms: int = 0) -> Iterator[Block]:
        columns = [np.ascontiguousarray(block[:, c]) for c in range(block.shape[1])]
        sounds = self._heard(partial(_push, due_ms=due_ms), columns)
        yield from self._release.push_audio(block)
        for sound in sounds:
            yield from self._judge(sound)

    def _heard(self, step: Callable[[Hear, Any], Sound], blocks: Sequence[Any]) -> list[Sound]:
        """`step` on every channel, side by side. Whatever a recogniser raises, the call ends as an EngineError."""
        try:
            return list(self._executor.map(step, self._hears, blocks))
        except CallShieldError:
            raise
        except Exception as error:
            # Without its text: a library's message may hold what was said.
            raise EngineError(f"the recogniser failed ({type(error).__name__}); the call was not released") from None

    def _judge(self, sound: Sound) -> Iterator[Block]:
        self.record.utterances += [(sound.channel, u) for u in sound.heard.utterances]
        for verdict in self._identify.push(sound):
            self.record.findings += verdict.findings
            yield from self._release.push_verdict(verdict.channel, verdict.findings, verdict.watermark)


def _push(hear: Hear, mono: NDArray[np.int32], *, due_ms: int) -> Sound:
    return hear.push(mono, due_ms)
