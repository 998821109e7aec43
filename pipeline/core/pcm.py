"""Samples as integers: the two depths the product writes, their bytes, and the hash over them."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Block = NDArray[np.int32]  # (n, channels), each value a signed integer of `bits` bits

DEPTHS = (
    16,
    24,
)  # what FLAC and WAV both hold exactly; 8-bit and companded audio fits 16, float is rounded to 24


def full_scale(bits: int) -> int:
    """The largest positive sample of `bits` bits; the smallest is one step further from zero."""
    return int((1 << (bits - 1)) - 1)


def packed(block: Block, bits: int) -> bytes:
    """The samples as interleaved little-endian signed integers of bits / 8 bytes each, nothing else.

    block: (n, channels) int32. bits: 8, 16 or 24. Raises ValueError if a sample does not fit.
    """
    top = full_scale(bits)
    if block.size and (int(block.max()) > top or int(block.min()) < -top - 1):
        raise ValueError(f"samples do not fit {bits} bits")
    octets = np.ascontiguousarray(block, dtype="<i4").view(np.uint8).reshape(-1, 4)
    return octets[:, : bits // 8].tobytes()


class SampleHash:
    """SHA-256 over `packed` samples: of audio coming in and going out alike, however it is cut or stored.

    Two recordings have the same hash if and only if depth, channel interleaving and every sample agree.
    The rate is not part of it.
    """

    def __init__(self, bits: int, channels: int) -> None:
        """bits: 16 or 24. channels: at least 1."""
        if bits not in DEPTHS or channels < 1:
            raise ValueError(f"no such audio: {bits} bits, {channels} channels")
        self._bits = bits
        self._channels = channels
        self._sha256 = hashlib.sha256()

    def update(self, block: Block) -> None:
        """Take the next samples, (n, channels). Raises ValueError for another shape or too large a sample."""
        if block.ndim != 2 or block.shape[1] != self._channels:
            raise ValueError(f"a block of shape {block.shape} is not {self._channels} channels wide")
        self._sha256.update(packed(block, self._bits))

    def hexdigest(self) -> str:
        """The hash of everything taken so far, 64 hexadecimal digits."""
        return self._sha256.hexdigest()


def round_to_24(samples: NDArray[np.floating[Any]]) -> tuple[Block, int]:
    """Floats (full scale ±1) as 24-bit integers, and how many of them lay beyond full scale.

    Rounds half to even, so that rounding adds no offset; what does not fit is clipped. All must be finite.
    """
    top = full_scale(24)
    steps = np.rint(samples * samples.dtype.type(top + 1))  # exact: a power of two, and float32 holds 24 bits
    beyond = int(np.count_nonzero(np.abs(samples) > 1))
    return np.clip(steps, -top - 1, top).astype(np.int32), beyond


def to_float(block: Block, bits: int) -> NDArray[np.float32]:
    """The same samples as float32 with full scale ±1; exact for 16 and 24 bits. Any shape."""
    out: NDArray[np.float32] = block.astype(np.float32)
    out *= np.float32(1 / (1 << (bits - 1)))  # a power of two
    return out
