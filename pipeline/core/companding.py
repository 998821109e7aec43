"""G.711: what one byte of mu-law or A-law telephone audio stands for, as 16-bit samples, and back."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Pcm16 = NDArray[np.int16]

MU_BIAS = 0x84  # added before the segment is found, so that the first segment has no special case


def _mu_law() -> Pcm16:
    """(256,) int16: every mu-law byte's sample. The bytes travel inverted, sign bit set for negative ones."""
    code = ~np.arange(256, dtype=np.uint8)
    segment, step = (code >> 4 & 7).astype(np.int32), (code & 15).astype(np.int32)
    size = ((step << 3) + MU_BIAS << segment) - MU_BIAS
    return np.where(code & 0x80, -size, size).astype(np.int16)


def _a_law() -> Pcm16:
    """(256,) int16: every A-law byte's sample. Every other bit travels inverted, sign bit set for positive ones."""
    code = np.arange(256, dtype=np.uint8) ^ 0x55
    segment, step = (code >> 4 & 7).astype(np.int32), (code & 15).astype(np.int32)
    size = np.where(segment == 0, (step << 4) + 8, (step << 4) + 0x108 << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, size, -size).astype(np.int16)


TABLES = {"pcmu": _mu_law(), "pcma": _a_law()}


def expanded(law: str, coded: Bytes) -> Pcm16:
    """The samples of coded bytes, any shape. law: pcmu or pcma. Raises KeyError for another."""
    return TABLES[law][coded]


def companded(law: str, pcm: Pcm16) -> Bytes:
    """The bytes nearest to int16 samples, any shape. law: pcmu or pcma. Raises KeyError for another."""
    return _nearest(law)[pcm.astype(np.int32) + 0x8000]


@cache
def _nearest(law: str) -> Bytes:
    """(65536,) uint8: the nearest byte for each sample from -32768 up."""
    order = np.argsort(TABLES[law], kind="stable")
    values = TABLES[law][order].astype(np.int32)
    edges = (values[:-1] + values[1:]) / 2
    return order[np.searchsorted(edges, np.arange(-0x8000, 0x8000))].astype(np.uint8)
