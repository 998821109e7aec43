"""The protocol every speech recogniser speaks. An engine is loaded once; a recogniser hears one channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from pipeline.core.heard import Heard

Pcm16 = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which weights are at work: written into every report. sha256 covers the model's files."""

    engine: str
    engine_version: str
    model: str
    language: str
    sha256: str


class Recogniser(Protocol):
    """Hears one channel of one call. Positions are samples at `Engine.rate`, counted from the first push.

    due_ms: set by whoever pushes: when what is pushed next was spoken, wall clock, 0 if it does not matter. An engine
    that serves many calls serves the earliest first; what is heard does not depend on it.
    """

    due_ms: int

    def push(self, pcm: Pcm16) -> Heard:
        """Take the next samples, (n,) int16, any n. How the feed is cut never changes what is heard.

        Raises EngineError if the engine dies.
        """
        ...

    def flush(self) -> Heard:
        """The call ended: report what is left. `upto` is then the number of samples pushed."""
        ...

    def reset(self) -> None:
        """Forget the call; the next sample pushed is sample 0 again."""
        ...


class Engine(Protocol):
    """Loaded weights. Thread-safe to open recognisers from; each recogniser is for one thread."""

    @property
    def rate(self) -> int:
        """Sample rate the recognisers take, in Hz."""
        ...

    @property
    def identity(self) -> ModelIdentity:
        """Name, version, language and hash of what is loaded."""
        ...

    @property
    def side_by_side(self) -> int:
        """How many recognisers are worth pushing at the same time: more than there are threads, if they wait for each
        other's company.
        """
        ...

    @property
    def waiting(self) -> int:
        """Utterances that have ended and wait for their turn."""
        ...

    def open(self) -> Recogniser:
        """A fresh recogniser for one channel."""
        ...


@runtime_checkable
class EarlyEngine(Engine, Protocol):
    """An engine that can tell words of an utterance before it has ended. Only if asked to: it costs time."""

    def open_early(self) -> Recogniser:
        """As `open`; what it tells has `Heard.early` now and then, a function of the samples alone."""
        ...
