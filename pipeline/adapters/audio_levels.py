"""Signs of a bad recording that is processed all the same: clipping and a constant offset."""

from __future__ import annotations

import numpy as np

from pipeline.core.pcm import Block, full_scale

CLIPPED_SHARE_MAX = 0.001  # loud speech touches full scale now and then; a clipped recording does so all the time
CLIPPED_SAMPLES_MIN = 20  # fewer are not worth a word, however short the recording
OFFSET_SHARE_MAX = 0.02  # of full scale: far above the mean of any speech longer than a syllable,
OFFSET_FRAMES_MIN = 1_000  # and in fewer samples than a syllable has, a mean says nothing

QUIET_SHARE = 10 ** (
    -30 / 20
)  # peak of full scale: at -30 dB speech was found as well as at 0, at -40 half of it was lost
SILENT_SHARE = 10 ** (-50 / 20)  # below, there is nothing but the noise of the line


class Levels:
    """Counts over a recording, block by block. One entry per channel."""

    def __init__(self, bits: int, channels: int, top: int) -> None:
        """bits: depth of the samples. top: the loudest value the recording's own coding can hold."""
        self._scale = full_scale(bits) + 1
        self._top = top
        self._frames = 0
        self._at_top = np.zeros(channels, dtype=np.int64)
        self._sum = np.zeros(channels, dtype=np.int64)
        self._peak = np.zeros(channels, dtype=np.int64)

    def update(self, block: Block) -> None:
        """Take the next samples, (n, channels)."""
        self._frames += len(block)
        self._at_top += np.count_nonzero((block >= self._top) | (block <= -self._top), axis=0)
        self._sum += block.sum(axis=0, dtype=np.int64)
        if len(block):
            self._peak = np.maximum(self._peak, np.abs(block.astype(np.int64)).max(axis=0))

    def warnings(self) -> tuple[str, ...]:
        """One line per fault and channel (counted from 0)."""
        out: list[str] = []
        for channel, (at_top, total) in enumerate(zip(self._at_top, self._sum, strict=True)):
            if at_top >= max(CLIPPED_SAMPLES_MIN, self._frames * CLIPPED_SHARE_MAX):
                share = 100 * at_top / self._frames
                out.append(f"channel {channel}: {at_top} samples ({share:.1f} %) at full scale, it is clipped")
            loudest = self._peak[channel] / self._scale
            if SILENT_SHARE < loudest < QUIET_SHARE:
                out.append(f"channel {channel}: very quiet; if somebody speaks in it, raise its level and run again")
            offset = total / max(1, self._frames) / self._scale
            if abs(offset) > OFFSET_SHARE_MAX and self._frames >= OFFSET_FRAMES_MIN:
                out.append(f"channel {channel}: constant offset of {100 * offset:.1f} % of full scale")
        return tuple(out)
