"""How loud a channel is, in 10 ms frames, and where it rises above its own noise.

Frame k holds samples k * rate // 100 up to (k + 1) * rate // 100 of the call. Sums are of whole numbers,
so that how the feed is cut cannot change a frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.span import Span

FRAMES_PER_SECOND = 100
KEEP_MS = 60_000  # three times the hold bound: nothing asks about audio that has long left
NOISE_FRAMES = 3_000  # the noise floor looks back 30 s: longer than any turn without a breath
NOISE_STEP = 50  # it is taken anew every half second, from frames before that half second only
NOISE_PERCENTILE = 10
NOISE_FRAMES_MIN = 200  # two seconds of past before it is trusted
ABOVE_NOISE_DB = 9.0  # measured: at 6 dB a third of a noisy line's pauses counts as voice, at 9 a tenth
FLOOR_DBFS = -52.0  # quieter than this is silence beside speech of the usual loudness
# On a quiet line speech itself is softer: its threshold follows the loudest frame of the past, down to a bound that
# still lies above mu-law's finest steps, near -75.
BELOW_LOUDEST_DB = 38.0
FLOOR_MIN_DBFS = -68.0
CEILING_DBFS = -34.0  # louder than this is never silence, however loud the past was
GRID_BITS = 20  # samples are put on 2 ** -19 of full scale: the sum over a 48 kHz frame is far inside int64

Mono = NDArray[np.int16] | NDArray[np.int32] | NDArray[np.float32] | NDArray[np.float64]


def to_grid(mono: Mono, bits: int, grid_bits: int = GRID_BITS) -> NDArray[np.float64]:
    """(n,) samples as whole numbers of `grid_bits` bits, in floats, which hold them exactly and are fastest to sum.

    Integer samples are of `bits` bits, floats are -1..1.
    """
    if mono.ndim != 1:
        raise ValueError(f"one channel at a time, not an array of shape {mono.shape}")
    whole = mono.dtype.kind != "f"
    least, full = -(2 ** (grid_bits - 1)), float(2 ** (bits - 1)) if whole else 1.0
    grid: NDArray[np.float64] = mono.astype(np.float64)
    grid *= -least / full
    if whole and bits <= grid_bits and (not mono.size or (-full <= mono.min() and mono.max() < full)):
        return grid  # nothing to round, nothing beyond
    np.rint(grid, out=grid)
    return np.clip(grid, least, -least - 1, out=grid)


def frame_start(k: int, rate: int) -> int:
    """First sample of frame k."""
    return k * rate // FRAMES_PER_SECOND


def frame_at(sample: int, rate: int) -> int:
    """The frame that holds `sample`."""
    return ((sample + 1) * FRAMES_PER_SECOND - 1) // rate


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """A stretch of frames: `first` is the number of the first one. rms and threshold: (n,) float32, 0..1.

    A frame is quiet if its rms is below its threshold.
    """

    rate: int
    first: int
    rms: NDArray[np.float32]
    threshold: NDArray[np.float32]

    @property
    def end(self) -> int:
        """The number after the last frame."""
        return self.first + self.rms.size

    @property
    def quiet(self) -> NDArray[np.bool_]:
        """(n,) true where the frame is below its threshold."""
        return self.rms < self.threshold

    def voiced(self, span: Span) -> tuple[Span, ...]:
        """The parts of `span` that are not quiet: sorted, disjoint, whole frames clipped to `span`.

        Samples not heard yet are left out. Raises ValueError if frames of `span` were dropped.
        """
        lo = frame_at(span.start, self.rate)
        hi = min(frame_at(max(span.end - 1, 0), self.rate) + 1, self.end)
        if span.size and lo < self.first:
            raise ValueError(f"frames before sample {frame_start(self.first, self.rate)} were dropped")
        if lo >= hi or not span.size:
            return ()
        loud = ~self.quiet[lo - self.first : hi - self.first]
        edges = np.flatnonzero(np.diff(np.concatenate(([False], loud, [False])))) + lo
        runs = [
            Span(frame_start(int(a), self.rate), frame_start(int(b), self.rate))
            for a, b in zip(edges[::2], edges[1::2], strict=True)
        ]
        return tuple(part for run in runs if (part := run.clip(span)) is not None)


class Level:
    """Frame energies of one channel, causal and bounded: frames older than `keep_ms` are dropped.

    The threshold of a frame is ABOVE_NOISE_DB over the noise floor of the past, but at least `floor_dbfs`
    (rms) and at most CEILING_DBFS. The noise floor is a low percentile of the 30 s before the frame. Where nothing
    in these 30 s was louder than BELOW_LOUDEST_DB over `floor_dbfs`, the floor is lower by as much as is missing.
    """

    def __init__(self, rate: int, bits: int = 16, *, floor_dbfs: float = FLOOR_DBFS, keep_ms: int = KEEP_MS) -> None:
        if rate < FRAMES_PER_SECOND:
            raise ValueError(f"no 10 ms frames at {rate} Hz")
        self._rate, self._bits = rate, bits
        self._floor = 10 ** (floor_dbfs / 20)
        self._keep = keep_ms * FRAMES_PER_SECOND // 1000
        self._tail: NDArray[np.float64] = np.zeros(0)  # samples of the frame not yet whole
        self._first = 0
        self._rms: NDArray[np.float32] = np.zeros(0, np.float32)
        self._threshold: NDArray[np.float32] = np.zeros(0, np.float32)
        self._past: NDArray[np.float32] = np.zeros(0, np.float32)  # what the noise floor is taken from
        self._current = np.float32(self._floor)  # threshold of the running half second

    @property
    def upto(self) -> int:
        """Samples below this lie in whole frames, known for good."""
        return frame_start(self._first + self._rms.size, self._rate)

    def push(self, mono: Mono) -> None:
        """Take the next samples of the channel, (n,): integers of `bits` bits, or floats -1..1."""
        fresh = to_grid(mono, self._bits)
        if self._tail.size:
            fresh = np.concatenate((self._tail, fresh))
        begin, k = self.upto, self._first + self._rms.size
        whole = max(k, (begin + fresh.size) * FRAMES_PER_SECOND // self._rate)
        while frame_start(whole, self._rate) > begin + fresh.size:
            whole -= 1
        starts = np.arange(k, whole + 1, dtype=np.int64) * self._rate // FRAMES_PER_SECOND - begin
        if whole > k:
            sums = np.add.reduceat(np.square(fresh[: starts[-1]]), starts[:-1])  # whole numbers under 2 ** 53: exact
            rms = np.sqrt(sums / np.diff(starts)) / 2 ** (GRID_BITS - 1)
            self._add(rms.astype(np.float32), k)
        self._tail = fresh[starts[-1] :].copy()

    def frames(self) -> Frames:
        """All frames still kept."""
        return Frames(self._rate, self._first, self._rms, self._threshold)

    def voiced(self, span: Span) -> tuple[Span, ...]:
        """See `Frames.voiced`."""
        return self.frames().voiced(span)

    def forget(self, before_sample: int) -> None:
        """Drop the frames that end at or before `before_sample`."""
        self._drop(frame_at(before_sample, self._rate) - self._first)

    def snapshot(self) -> dict[str, Any]:
        """All it knows, as plain values: under 70 kB, 16 kB if told frames are forgotten. See `restore`."""
        return {
            "first": self._first,
            "current": float(self._current),
            "tail": self._tail.astype("<i4").tobytes(),
            "rms": self._rms.astype("<f4").tobytes(),
            "threshold": self._threshold.astype("<f4").tobytes(),
            "past": self._past.astype("<f4").tobytes(),
        }

    def restore(self, plain: Mapping[str, Any]) -> None:
        """Go on where another one of the same rate and depth made `plain`. Raises KeyError, TypeError, ValueError."""
        self._first, self._current = int(plain["first"]), np.float32(plain["current"])
        self._tail = np.frombuffer(plain["tail"], "<i4").astype(np.float64)
        self._rms = np.frombuffer(plain["rms"], "<f4").astype(np.float32)
        self._threshold = np.frombuffer(plain["threshold"], "<f4").astype(np.float32)
        self._past = np.frombuffer(plain["past"], "<f4").astype(np.float32)

    def _add(self, rms: NDArray[np.float32], k: int) -> None:
        """Append frames k and on; the threshold changes only at multiples of NOISE_STEP."""
        thresholds = np.empty_like(rms)
        at = 0
        while at < rms.size:
            if (k + at) % NOISE_STEP == 0:
                self._current = self._threshold_now()
            step = min(NOISE_STEP - (k + at) % NOISE_STEP, rms.size - at)
            thresholds[at : at + step] = self._current
            self._past = np.concatenate((self._past, rms[at : at + step]))[-NOISE_FRAMES:]
            at += step
        self._rms = np.concatenate((self._rms, rms))
        self._threshold = np.concatenate((self._threshold, thresholds))
        self._drop(self._rms.size - self._keep)

    def _threshold_now(self) -> np.float32:
        if self._past.size < NOISE_FRAMES_MIN:
            return np.float32(self._floor)
        rank = self._past.size * NOISE_PERCENTILE // 100
        noise = float(np.partition(self._past, rank)[rank])
        quiet = max(float(self._past.max()) * 10 ** (-BELOW_LOUDEST_DB / 20), 10 ** (FLOOR_MIN_DBFS / 20))
        floor = min(self._floor, quiet)
        ceiling = max(self._floor, 10 ** (CEILING_DBFS / 20))
        return np.float32(min(max(floor, noise * 10 ** (ABOVE_NOISE_DB / 20)), ceiling))

    def _drop(self, n: int) -> None:
        n = min(n, self._rms.size)
        if n > 0:
            self._first += n
            self._rms, self._threshold = self._rms[n:].copy(), self._threshold[n:].copy()
