"""Engines whose cost is known, for the benchmark to find out. Named on the command line as bench_engines:serial."""

from __future__ import annotations

import threading
import time

import numpy as np

from pipeline.core.endpoint import FRAME_MS, EndpointConfig, Endpointer
from pipeline.core.errors import EngineError
from pipeline.core.heard import Heard, Utterance
from pipeline.ports.engine import ModelIdentity, Pcm16

RATE = 16_000
BLOCK = RATE * FRAME_MS // 1000


class Serial:
    """Hears one channel at a time, whoever asks, and takes `cost_s` of waiting for a second of it. Hears no words."""

    def __init__(self, cost_s: float, *, dies: bool = False) -> None:
        self.cost_s, self.dies = cost_s, dies
        self.lock = threading.Lock()

    @property
    def rate(self) -> int:
        return RATE

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity("serial", "1", "none", "en", "ab" * 32)

    @property
    def side_by_side(self) -> int:
        return 1

    @property
    def waiting(self) -> int:
        return 0

    def open(self) -> SerialRecogniser:
        return SerialRecogniser(self)


class SerialRecogniser:
    """Utterances without words, where the loudness says so."""

    def __init__(self, engine: Serial) -> None:
        self._engine, self.due_ms = engine, 0
        self.reset()

    def reset(self) -> None:
        self._ends, self._pushed = Endpointer(EndpointConfig(rate=RATE)), 0
        self._rest = np.zeros(0, np.int16)

    def push(self, pcm: Pcm16) -> Heard:
        if self._engine.dies:
            raise EngineError("it died")
        with self._engine.lock:
            time.sleep(self._engine.cost_s * pcm.size / RATE)
        joined = np.concatenate((self._rest, pcm))
        whole = joined.size // BLOCK * BLOCK
        self._rest, self._pushed = joined[whole:], self._pushed + pcm.size
        loud = np.abs(joined[:whole].reshape(-1, BLOCK).astype(np.int32)).max(axis=1) > 300
        spans = self._ends.push_all(bool(flag) for flag in loud)
        return Heard(self._ends.pending_from, tuple(Utterance(s, ()) for s in spans))

    def flush(self) -> Heard:
        return Heard(self._pushed, tuple(Utterance(s, ()) for s in self._ends.flush()))


def serial() -> Serial:
    """One that is next to free."""
    return Serial(0.001)


def dying() -> Serial:
    """One that fails in mid-call."""
    return Serial(0.0, dies=True)
