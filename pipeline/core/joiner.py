"""Audio that comes at least once, in blocks cut anyhow, as each sample once and in order.

Whoever reads `calls.redacted.<purpose>` needs this: after a crash the same samples come again, in other blocks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pcm16 = NDArray[np.int16]


class HoleError(ValueError):
    """Samples between what is known and this block never came. position, start_sample: where the hole lies."""

    def __init__(self, position: int, start_sample: int) -> None:
        super().__init__(f"samples {position} to {start_sample} never came")
        self.position = position
        self.start_sample = start_sample


class Joiner:
    """How far one call is known: `position` is the first sample that has not come."""

    def __init__(self, position: int = 0) -> None:
        """position: of a reader that goes on in the middle. Raises ValueError below 0."""
        if position < 0:
            raise ValueError(f"position {position}: samples start at 0")
        self._position = position

    @property
    def position(self) -> int:
        """The first sample that has not come."""
        return self._position

    def push(self, start_sample: int, pcm: Pcm16) -> Pcm16:
        """The part of a block that is new, (n, channels), maybe empty; its first sample was at `position`.

        pcm: (n, channels), from start_sample on. Raises HoleError, and takes nothing, if samples before it are
        missing, and ValueError for a start below 0.
        """
        if start_sample < 0:
            raise ValueError(f"a block from sample {start_sample} on: samples start at 0")
        if start_sample > self._position:
            raise HoleError(self._position, start_sample)
        new = pcm[self._position - start_sample :]
        self._position += len(new)
        return new

    def skip(self, to_sample: int) -> int:
        """Give up what is missing before `to_sample`. Returns how many samples that is; 0 if none is."""
        lost = max(0, to_sample - self._position)
        self._position += lost
        return lost
