"""An engine for tests with both kinds of calls at once: words written into the samples, and real speech.

    CALLSHIELD_ENGINE=mixed:open_engine          (with tests/ on PYTHONPATH)

Written audio is noise above 0; real audio is below it half of the time. Real speech is recognised by Whisper.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scripted import RATE
from written import WrittenEngine

from pipeline.adapters.model_store import ModelStore
from pipeline.adapters.resample import Resampler
from pipeline.cli.engines import load_engine
from pipeline.core.heard import Heard, Utterance, Word
from pipeline.core.rates import RateMap
from pipeline.core.span import Span
from pipeline.ports.engine import Engine, ModelIdentity, Pcm16, Recogniser
from pipeline.settings import load_settings

IDENTITY = ModelIdentity("mixed", "1", "none", "en", "0" * 64)
WRITTEN_SHARE = 0.9  # of samples above 0


@cache
def _whisper() -> Engine:
    return load_engine("whisper", "en", ModelStore(load_settings().models_dir), 2)


class Speech:
    """Whisper at 8 kHz."""

    def __init__(self) -> None:
        engine = _whisper()
        self._inner = engine.open()
        self._resampler = Resampler(RATE, engine.rate)
        self._map = RateMap(RATE, engine.rate)
        self._pushed = 0

    def push(self, pcm: Pcm16) -> Heard:
        self._pushed += pcm.size
        return self._native(self._inner.push(self._resampler.push(pcm)))

    def flush(self) -> Heard:
        tail = self._native(self._inner.push(self._resampler.flush()))
        last = self._native(self._inner.flush())
        return Heard(self._pushed, (*tail.utterances, *last.utterances))

    def reset(self) -> None:
        raise AssertionError("never asked for")

    def _native(self, heard: Heard) -> Heard:
        upto = min(self._map.to_native_start(heard.upto), self._pushed)
        return Heard(upto, tuple(self._utterance(u) for u in heard.utterances))

    def _utterance(self, u: Utterance) -> Utterance:
        words, *others = (tuple(Word(self._span(w.span), w.text, w.confidence) for w in words) for words in u.readings)
        return Utterance(self._span(u.span), words, tuple(others))

    def _span(self, span: Span) -> Span:
        native = self._map.to_native(span)
        return Span(min(native.start, self._pushed), min(native.end, self._pushed))


class Either:
    """Decides by the first samples."""

    def __init__(self) -> None:
        self._chosen: Recogniser | None = None

    def push(self, pcm: Pcm16) -> Heard:
        if self._chosen is None and pcm.size:
            written = np.count_nonzero(pcm > 0) > WRITTEN_SHARE * pcm.size
            self._chosen = WrittenEngine().open() if written else Speech()
        return self._chosen.push(pcm) if self._chosen else Heard(0)

    def flush(self) -> Heard:
        return self._chosen.flush() if self._chosen else Heard(0)

    def reset(self) -> None:
        self._chosen = None


class MixedEngine:
    """Implements ports.engine.Engine."""

    rate = RATE
    identity = IDENTITY
    side_by_side, waiting = 2, 0

    def open(self) -> Either:
        return Either()


def open_engine() -> MixedEngine:
    """The engine; Whisper is loaded with the first real call."""
    return MixedEngine()
