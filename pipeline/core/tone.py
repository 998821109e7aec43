"""What a hidden stretch sounds like: silence, a tone or noise, never a trace of what was said.

Samples are integers of `bits` bits, right-justified in int32: full scale is 2 ** (bits - 1).
Everything is a function of the absolute sample index and of nothing else, computed in integers up to the last
multiplication, so that how a call is cut into blocks cannot change a single bit of the replacement.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import ConfigError

Pcm = NDArray[np.int32]

RAMP_MS_MAX = 100.0  # a longer ramp is no click guard any more, and Release waits one ramp for every sample
SINE_BITS = 16  # the sine table's spurs lie near -96 dB, far below any telephone line
NOISE_NULL_HZ = 2_000  # first null of the noise's low-pass: a soft rush, no hiss
HASH_STEP, HASH_MUL_A, HASH_MUL_B = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB  # splitmix64


class Action(StrEnum):
    """What happens to an entity. KEEP lets it pass; the other three hide it."""

    BEEP = "beep"
    SILENCE = "silence"
    NOISE = "noise"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Tone:
    """How BEEP and NOISE sound.

    frequency_hz and level_dbfs: the beep's pitch and peak; noise_dbfs: the noise's rms; both 0 or below.
    ramp_ms: fade of beep and noise at both ends, inside the hidden stretch. Raises ConfigError.
    """

    frequency_hz: float = 1_000.0
    level_dbfs: float = -20.0
    ramp_ms: float = 5.0
    noise_dbfs: float = -30.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.frequency_hz) and self.frequency_hz > 0):
            raise ConfigError(f"tone frequency {self.frequency_hz} Hz: give a number above 0")
        for name, level in (("tone", self.level_dbfs), ("noise", self.noise_dbfs)):
            if not (math.isfinite(level) and level <= 0):
                raise ConfigError(f"{name} level {level} dBFS: give a number of 0 or below, such as -20")
        if not 0 <= self.ramp_ms <= RAMP_MS_MAX:
            raise ConfigError(f"tone ramp {self.ramp_ms} ms: give a number from 0 to {RAMP_MS_MAX:g}")

    def check_rate(self, rate: int) -> None:
        """Raise ConfigError if a call of `rate` Hz cannot carry the beep."""
        if self.frequency_hz >= rate / 2:
            pitch = f"tone frequency {self.frequency_hz:g} Hz"
            raise ConfigError(f"{pitch} does not fit a call of {rate} Hz: stay below {rate / 2:g}")

    def ramp_samples(self, rate: int) -> int:
        """Length of one fade in samples at `rate` Hz."""
        return math.ceil(self.ramp_ms * rate / 1000)


def render(
    action: Action,
    start_sample: int,
    n: int,
    rate: int,
    bits: int,
    *,
    tone: Tone,
    gain: NDArray[np.float64] | None = None,
) -> Pcm:
    """The replacement for samples start_sample .. start_sample + n of one channel: (n,) int32.

    gain: (n,) 0..1, the fade (see `fade`); None is 1 throughout. Raises ValueError for KEEP: what is kept
    is not replaced.
    """
    if action is Action.KEEP:
        raise ValueError("KEEP has no replacement: copy the clean audio")
    if action is Action.SILENCE or n == 0:
        return np.zeros(n, np.int32)
    full = float(2 ** (bits - 1))
    if action is Action.BEEP:
        wave = _sine(start_sample, n, rate, tone.frequency_hz) * (full * 10 ** (tone.level_dbfs / 20))
    else:
        wave = _noise(start_sample, n, rate) * (full * 10 ** (tone.noise_dbfs / 20))
    if gain is not None:
        wave *= gain
    return np.clip(np.rint(wave), -full, full - 1).astype(np.int32)


def fade(runs: NDArray[np.uint8], ramp: int) -> NDArray[np.float64]:
    """Gain 0..1 per sample: up from 0 at the start of each run of equal codes, down to 0 at its end.

    runs: (n,) codes; a run that touches either end of the array is taken to go on beyond it. ramp: samples.
    Samples `ramp` or more away from both ends of their run have gain exactly 1. Raised cosine: no click.
    """
    n = runs.size
    at = np.arange(n)
    edge = np.flatnonzero(np.diff(runs)) + 1  # first sample of each run but the first
    first = np.full(n, -ramp)
    first[edge] = edge
    beyond = np.full(n, n + ramp)
    beyond[edge - 1] = edge
    since = at - np.maximum.accumulate(first)
    until = np.minimum.accumulate(beyond[::-1])[::-1] - 1 - at
    return _ramp_table(ramp)[np.minimum(np.minimum(since, until), ramp)]


@lru_cache(maxsize=8)
def _ramp_table(ramp: int) -> NDArray[np.float64]:
    """(ramp + 1,) gain by distance from the nearer edge; the last entry is 1."""
    table = np.ones(ramp + 1)
    table[:ramp] = 0.5 - 0.5 * np.cos(np.pi * (np.arange(ramp) + 0.5) / max(ramp, 1))
    return table


@lru_cache(maxsize=1)
def _sine_table() -> NDArray[np.float64]:
    table: NDArray[np.float64] = np.sin(2 * np.pi * np.arange(2**SINE_BITS) / 2**SINE_BITS)
    return table


def _sine(start_sample: int, n: int, rate: int, frequency_hz: float) -> NDArray[np.float64]:
    """Unit sine. The phase is a 64-bit integer that wraps: exact at any sample of a call of any length."""
    step = np.uint64(round(Fraction(frequency_hz) / rate * 2**64) % 2**64)
    half = np.uint64(2 ** (63 - SINE_BITS))  # to the nearest entry of the table
    phase = np.arange(start_sample, start_sample + n, dtype=np.uint64) * step + half
    wave: NDArray[np.float64] = _sine_table()[phase >> np.uint64(64 - SINE_BITS)]
    return wave


def _noise(start_sample: int, n: int, rate: int) -> NDArray[np.float64]:
    """Noise of rms 1: a hash of the sample index through a triangular low-pass, in integers."""
    width = max(1, rate // NOISE_NULL_HZ)
    box = np.ones(width, np.int64)
    taps = np.convolve(box, box)
    # sample i is made of hashes i .. i + taps.size - 1, so that nothing before sample 0 is needed
    index = np.arange(start_sample, start_sample + n + taps.size - 1, dtype=np.uint64)
    white = (_hash(index) >> np.uint64(48)).astype(np.int64) * 2 - 0xFFFF  # 16 bits, odd values around 0
    shaped = np.convolve(white, taps, "valid").astype(np.float64)
    rms = math.sqrt((2**32 - 1) / 3 * float((taps**2).sum()))
    return shaped / rms


def _hash(index: NDArray[np.uint64]) -> NDArray[np.uint64]:
    x = index * np.uint64(HASH_STEP)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(HASH_MUL_A)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(HASH_MUL_B)
    return x ^ (x >> np.uint64(31))
