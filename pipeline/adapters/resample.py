"""From the call's rate to the engine's, as a stream, through soxr."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from pipeline.core.pcm import DEPTHS, to_float
from pipeline.core.rates import RateMap

Mono = NDArray[np.float32] | NDArray[np.int16] | NDArray[np.int32]

_TAIL_MS = 20  # silence fed at the end so that soxr gives up the last whole samples; cut off again at the exact size
_SCALE = np.float32(1 << 15)


class Resampler:
    """One channel in at `native_hz`, the same sound out at `engine_hz` as int16.

    Sample n of the input is heard at n * engine_hz / native_hz of the output: soxr takes its own filter delay
    out, so `map.delay_samples` is 0. Output comes up to 250 ms late in wall time (the filter works in
    blocks), never shifted. The samples that come out do not depend on how the input is cut.
    """

    def __init__(self, native_hz: int, engine_hz: int, bits: int = 16) -> None:
        """Rates in Hz. bits: 16 or 24, the scale of int32 samples."""
        if bits not in DEPTHS:
            raise ValueError(f"no such depth: {bits} bits")
        self._bits = bits
        self.map = RateMap(native_hz, engine_hz)
        self._stream = self._open()
        self._taken = 0
        self._given = 0

    def push(self, mono: Mono) -> NDArray[np.int16]:
        """Take the next samples, (n,), and return what is ready, (m,).

        mono: int32 at the scale of `bits`, int16, or float32 with full scale ±1.
        """
        if mono.ndim != 1 or mono.dtype not in (np.int16, np.int32, np.float32):
            raise ValueError(f"mono int16, int32 or float32 wanted, not {mono.dtype} of shape {mono.shape}")
        self._taken += mono.size
        return self._give(self._resampled(self._as_float(mono)))

    def flush(self) -> NDArray[np.int16]:
        """The call ended: the rest. Exactly `map.engine_size(samples pushed)` have then been returned.

        The resampler is as new afterwards.
        """
        missing = self.map.engine_size(self._taken) - self._given
        silence = np.zeros(self.map.native_hz * _TAIL_MS // 1000, dtype=np.float32)
        rest = np.concatenate([self._resampled(silence), self._resampled(silence[:0], last=True)])
        if rest.size < missing:
            raise RuntimeError(f"resampler owes {missing} samples and holds {rest.size}")
        self._taken = self._given = 0
        self._stream = self._open()
        return _as_int16(rest[:missing])

    def _open(self) -> soxr.ResampleStream | None:
        if self.map.native_hz == self.map.engine_hz:
            return None
        return soxr.ResampleStream(self.map.native_hz, self.map.engine_hz, 1, dtype="float32", quality="HQ")

    def _resampled(self, samples: NDArray[np.float32], last: bool = False) -> NDArray[np.float32]:
        if self._stream is None:
            return samples
        out: NDArray[np.float32] = self._stream.resample_chunk(np.ascontiguousarray(samples), last=last)
        return out

    def _as_float(self, mono: Mono) -> NDArray[np.float32]:
        if mono.dtype == np.float32:
            return mono.astype(np.float32, copy=False)
        return to_float(mono.astype(np.int32, copy=False), 16 if mono.dtype == np.int16 else self._bits)

    def _give(self, samples: NDArray[np.float32]) -> NDArray[np.int16]:
        self._given += samples.size
        return _as_int16(samples)


def _as_int16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    scaled = samples * _SCALE
    np.rint(scaled, out=scaled)
    np.clip(scaled, -(1 << 15), (1 << 15) - 1, out=scaled)
    out: NDArray[np.int16] = scaled.astype(np.int16)
    return out
