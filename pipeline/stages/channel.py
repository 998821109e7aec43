"""The audio of one channel to words, keypad entries and loudness, all in native samples.

What it knows can be kept and taken up again elsewhere, but for the recogniser: that is opened anew and fed once
more, from a little before the oldest sound it may still tell something about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import EngineError
from pipeline.core.heard import Early, Heard, Utterance, Word
from pipeline.core.keypad import Keypad, KeypadHeard, Runs
from pipeline.core.level import Frames, Level
from pipeline.core.pcm import to_float
from pipeline.core.rates import RateMap
from pipeline.core.sound import Sound
from pipeline.core.span import Span
from pipeline.ports.engine import EarlyEngine, Engine
from pipeline.ports.resampler import OpenResampler

LEAD_S = 1  # fed before the first sample in doubt: the voice gate and the resampler need a past


class Hear:
    """One channel of one call. Blocks of native samples in, Sounds out."""

    def __init__(
        self, channel: int, rate: int, bits: int, engine: Engine, resampler: OpenResampler, *, early: bool = False
    ) -> None:
        """early: tell words of open utterances, if the engine can."""
        self._channel = channel
        self._rate = rate
        self._recogniser = engine.open_early() if early and isinstance(engine, EarlyEngine) else engine.open()
        self._bits = bits
        self._resampler = resampler(rate, engine.rate)
        self._map = RateMap(rate, engine.rate)
        self._keypad, self._runs = Keypad(rate, bits), Runs(rate)
        self._level = Level(rate, bits)
        self._pushed = 0  # all but the recogniser know the samples below this
        self._told = 0  # frames already sent on
        self._upto = 0  # native, as last told
        self._settled = 0  # as samples of the engine: what ends here or before was told, or will never be
        # The recogniser counts from `_from`; a whole second, so that both rates have a sample there.
        self._from = self._fed = 0
        self._resumed_at = 0  # in its own samples: what it says of those below was told before it was opened
        self._found: tuple[Utterance, ...] = ()  # while it was fed again
        self._heard_upto = 0  # of this recogniser, in its own samples, as `Heard.upto`
        self._heard_end = 0  # end of its last utterance, likewise

    def snapshot(self) -> dict[str, Any]:
        """What to go on from, as plain values, under 25 kB: see `resume`. Not for a channel that was flushed.

        "pushed": native samples known. "refeed_from": the first sample to give to `refeed`.
        """
        return {
            "pushed": self._pushed,
            "refeed_from": max(0, self._upto // self._rate - LEAD_S) * self._rate,
            "upto": self._upto,
            "settled": self._settled,
            "told": self._told,
            "level": self._level.snapshot(),
            "keypad": self._keypad.snapshot(),
            "runs": self._runs.snapshot(),
        }

    def resume(self, plain: Mapping[str, Any]) -> None:
        """Make a new one what another was at its `snapshot`. `refeed` must follow.

        Raises KeyError, TypeError or ValueError if `plain` is no snapshot.
        """
        self._pushed, self._told = int(plain["pushed"]), int(plain["told"])
        self._upto, self._settled = int(plain["upto"]), int(plain["settled"])
        self._from = self._fed = int(plain["refeed_from"])
        if self._from % self._rate or not 0 <= self._from <= self._upto <= self._pushed or self._settled < self._base:
            raise ValueError("positions of a channel contradict each other")
        self._resumed_at = self._settled - self._base
        self._level.restore(plain["level"])
        self._keypad.restore(plain["keypad"])
        self._runs.restore(plain["runs"])

    def refeed(self, mono: NDArray[np.int32], due_ms: int = 0) -> None:
        """The recogniser takes (n,) samples again, from "refeed_from" on up to "pushed". due_ms: see Recogniser.

        Raises EngineError.
        """
        self._recogniser.due_ms = due_ms
        if self._fed + mono.size > self._pushed:
            raise ValueError("more is fed again than was pushed")
        self._fed += mono.size
        heard = self._recogniser.push(self._resampler.push(to_float(mono, self._bits)))
        self._found += self._native(heard).utterances

    def push(self, mono: NDArray[np.int32], due_ms: int = 0) -> Sound:
        """Take (n,) samples of this channel. due_ms: see Recogniser. Raises EngineError."""
        self._recogniser.due_ms = due_ms
        if self._fed != self._pushed:
            raise ValueError("the recogniser was not fed again up to where it was")
        self._pushed += mono.size
        self._fed = self._pushed
        self._level.push(mono)
        heard = self._recogniser.push(self._resampler.push(to_float(mono, self._bits)))
        return self._sound(heard, self._keypad.push(mono))

    def flush(self) -> Sound:
        """The channel ended: what is left, and `upto` at its last sample."""
        tail = self._recogniser.push(self._resampler.flush())
        last = self._recogniser.flush()
        heard = Heard(last.upto, (*tail.utterances, *last.utterances))
        sound = self._sound(heard, self._keypad.flush())
        keys = tuple(k for s in sound.keys if (k := s.clip(Span(0, self._pushed))) is not None)
        # A recogniser that fell silent before the end has judged nothing beyond: that part stays unjudged.
        whole = last.upto >= self._map.engine_size(self._pushed - self._from)
        final = replace(sound.heard, upto=self._pushed) if whole else sound.heard
        return replace(sound, heard=final, keys=keys, keys_upto=self._pushed, ended=True)

    def _sound(self, heard: Heard, tones: KeypadHeard) -> Sound:
        native = self._native(heard)
        native = Heard(max(native.upto, self._upto), self._found + native.utterances, native.early)
        self._upto, self._found = native.upto, ()
        self._settled = max(self._settled, self._base + max(self._heard_upto, self._heard_end))
        keys_upto, keys = self._runs.push(tones)
        return Sound(self._channel, native, keys, keys_upto, self._news())

    def _news(self) -> Frames:
        frames = self._level.frames()
        skip = self._told - frames.first
        self._told = frames.first + frames.rms.size
        self._level.forget(self._level.upto)
        return replace(frames, first=frames.first + skip, rms=frames.rms[skip:], threshold=frames.threshold[skip:])

    def _native(self, heard: Heard) -> Heard:
        self._check(heard)
        native = (self._utterance(u) for u in heard.utterances)
        upto = min(self._from + self._map.to_native_start(heard.upto), self._fed)
        return Heard(upto, tuple(u for u in native if u is not None), self._early(heard.early))

    def _check(self, heard: Heard) -> None:
        """A recogniser that breaks its contract is not believed. Raises EngineError."""
        reach = self._map.engine_size(self._fed - self._from)
        if not self._heard_upto <= heard.upto <= reach:
            raise EngineError("the recogniser lost its place in the call; the call was not released")
        for utterance in heard.utterances:
            whole = utterance.span
            inside = all(_inside(whole, words) for words in utterance.readings)
            if not inside or whole.size == 0 or whole.end > reach or whole.start < self._heard_end:
                raise EngineError("the recogniser gave words outside what it heard; the call was not released")
            self._heard_end = whole.end
        self._heard_upto = heard.upto
        if (early := heard.early) is not None:
            inside = _inside(early.span, early.words)
            if not inside or early.span.end > reach or early.span.start < max(heard.upto, self._heard_end):
                raise EngineError("the recogniser gave words of another utterance; the call was not released")

    @property
    def _base(self) -> int:
        """The recogniser's sample 0 as a sample of the call at its rate. Exact: `_from` is a whole second."""
        return self._map.engine_size(self._from)

    def _utterance(self, utterance: Utterance) -> Utterance | None:
        """In native samples; without what was told before, None if that is all."""
        span = self._span(utterance.span)
        if span is None:
            return None
        words, *others = (
            tuple(Word(at, w.text, w.confidence) for w in words if (at := self._span(w.span)) is not None)
            for words in utterance.readings
        )
        return Utterance(span, words, tuple(others))

    def _early(self, early: Early | None) -> Early | None:
        """The same for an utterance that has not ended; None if a part of it was told before."""
        if early is None or early.span.start < self._resumed_at:
            return None
        told = self._utterance(Utterance(early.span, early.words))
        return None if told is None else Early(told.span, told.words)

    def _span(self, span: Span) -> Span | None:
        if self._resumed_at and span.end <= self._resumed_at:
            return None
        native = self._map.to_native(Span(max(span.start, self._resumed_at), span.end))
        return Span(min(self._from + native.start, self._fed), min(self._from + native.end, self._fed))


def _inside(whole: Span, words: Iterable[Word]) -> bool:
    return all(whole.start <= w.span.start <= w.span.end <= whole.end and 0.0 <= w.confidence <= 1.0 for w in words)
