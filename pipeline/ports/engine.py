"""The protocol every speech recogniser speaks. An engine is loaded once; a recogniser hears one channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

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
    """Hears one channel of one call. Positions are samples at `Engine.rate`, counted from the first push."""

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

    def open(self) -> Recogniser:
        """A fresh recogniser for one channel."""
        ...
