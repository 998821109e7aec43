"""The protocol of a streaming resampler for one channel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class StreamResampler(Protocol):
    """Native rate in, engine rate out. How the feed is cut never changes what comes out."""

    def push(self, mono: NDArray[np.float32]) -> NDArray[np.int16]:
        """Take (n,) float32 of full scale ±1. Returns what is ready, (m,) int16."""
        ...

    def flush(self) -> NDArray[np.int16]:
        """The channel ended: the rest, so that both rates have the same length."""
        ...


OpenResampler = Callable[[int, int], StreamResampler]
"""(native_hz, engine_hz) → a resampler."""
