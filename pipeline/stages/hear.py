"""hear: the audio of one channel to words, keypad entries and loudness, all in native samples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import EngineError
from pipeline.core.heard import Heard, Utterance, Word
from pipeline.core.keypad import Keypad, KeypadHeard, Runs
from pipeline.core.level import Frames, Level
from pipeline.core.pcm import to_float
from pipeline.core.rates import RateMap
from pipeline.core.sound import Sound
from pipeline.core.span import Span
from pipeline.ports.engine import Engine
from pipeline.ports.resampler import OpenResampler


class Hear:
    """One channel of one call. Blocks of native samples in, Sounds out."""

    def __init__(self, channel: int, rate: int, bits: int, engine: Engine, resampler: OpenResampler) -> None:
        self._channel = channel
        self._recogniser = engine.open()
        self._bits = bits
        self._resampler = resampler(rate, engine.rate)
        self._map = RateMap(rate, engine.rate)
        self._keypad, self._runs = Keypad(rate, bits), Runs(rate)
        self._level = Level(rate, bits)
        self._pushed = 0
        self._told = 0  # frames already sent on
        self._heard_upto = 0  # engine samples, as `Heard.upto`
        self._told_upto = 0  # end of the last utterance, engine samples

    def push(self, mono: NDArray[np.int32]) -> Sound:
        """Take (n,) samples of this channel. Raises EngineError."""
        self._pushed += mono.size
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
        whole = last.upto >= self._map.engine_size(self._pushed)
        final = replace(sound.heard, upto=self._pushed) if whole else sound.heard
        return replace(sound, heard=final, keys=keys, keys_upto=self._pushed, ended=True)

    def _sound(self, heard: Heard, tones: KeypadHeard) -> Sound:
        keys_upto, keys = self._runs.push(tones)
        return Sound(self._channel, self._native(heard), keys, keys_upto, self._news())

    def _news(self) -> Frames:
        frames = self._level.frames()
        skip = self._told - frames.first
        self._told = frames.first + frames.rms.size
        return replace(frames, first=frames.first + skip, rms=frames.rms[skip:], threshold=frames.threshold[skip:])

    def _native(self, heard: Heard) -> Heard:
        self._check(heard)
        utterances = tuple(self._utterance(u) for u in heard.utterances)
        return Heard(min(self._map.to_native_start(heard.upto), self._pushed), utterances)

    def _check(self, heard: Heard) -> None:
        """A recogniser that breaks its contract is not believed. Raises EngineError."""
        reach = self._map.engine_size(self._pushed)
        if not self._heard_upto <= heard.upto <= reach:
            raise EngineError("the recogniser lost its place in the call; the call was not released")
        for utterance in heard.utterances:
            whole = utterance.span
            inside = all(
                whole.start <= w.span.start <= w.span.end <= whole.end and 0.0 <= w.confidence <= 1.0
                for w in utterance.words
            )
            if not inside or whole.size == 0 or whole.end > reach or whole.start < self._told_upto:
                raise EngineError("the recogniser gave words outside what it heard; the call was not released")
            self._told_upto = whole.end
        self._heard_upto = heard.upto

    def _utterance(self, utterance: Utterance) -> Utterance:
        return Utterance(
            self._span(utterance.span),
            tuple(Word(self._span(w.span), w.text, w.confidence) for w in utterance.words),
        )

    def _span(self, span: Span) -> Span:
        native = self._map.to_native(span)
        return Span(min(native.start, self._pushed), min(native.end, self._pushed))
