"""Speech or not, per 20 ms frame: webrtcvad behind a fixed re-blocking and an absolute floor."""

from __future__ import annotations

import numpy as np
import webrtcvad

from pipeline.core.endpoint import FRAME_MS
from pipeline.core.errors import ConfigError, EngineError
from pipeline.ports.engine import Pcm16

RATES = (8_000, 16_000, 32_000, 48_000)  # what webrtcvad takes
FLOOR_DBFS = -72.0  # speech 30 dB below the usual, measured: at -60 a tenth of it is lost, at -72 a hundredth
LOUD_FLOOR_DBFS = -60.0  # beside speech of the usual loudness what is softer is the line, and the end of an echo
BELOW_LOUDEST_DB = 40.0  # the floor is that far below the loudest frame, between these two
FADE_DB_PER_S = 0.3  # the loudest frame counts less as time goes by: another one may speak
GUESS_FRAMES = 50  # frames of the first second


class SpeechGate:
    """Samples in, one flag per full frame out. How the feed is cut never changes the flags.

    A frame softer than a floor (RMS around its mean, full scale 32768) is never speech. The floor follows the
    loudest frame so far from `floor_dbfs` up to LOUD_FLOOR_DBFS. webrtcvad calls the first 300 ms of every call
    speech, its idea of the noise is still a guess: there the floor is the upper one.
    """

    def __init__(self, rate: int, *, mode: int = 2, floor_dbfs: float = FLOOR_DBFS) -> None:
        """rate: Hz, one of RATES. mode: 0 (lets most through) to 3. Raises ConfigError for other values."""
        if rate not in RATES:
            raise ConfigError(f"speech gate: rate {rate} Hz is not one of {RATES}; resample first")
        if mode not in range(4):
            raise ConfigError(f"speech gate: mode {mode} is not 0, 1, 2 or 3")
        self._rate = rate
        self._mode = mode
        self._floor_power = _power(floor_dbfs)
        self._loud_floor_power = max(self._floor_power, _power(LOUD_FLOOR_DBFS))
        self._size = rate * FRAME_MS // 1000
        self.reset()

    @property
    def frame_samples(self) -> int:
        """Samples one flag stands for."""
        return self._size

    def reset(self) -> None:
        """Forget everything heard."""
        self._vad = webrtcvad.Vad(self._mode)
        self._judged = 0
        self._loudest = 0.0  # power of the loudest frame, faded
        self._rest = np.zeros(0, np.int16)

    def push(self, pcm: Pcm16) -> tuple[bool, ...]:
        """Take (n,) int16, any n. Returns the flags of the frames that are now full."""
        if pcm.dtype != np.int16 or pcm.ndim != 1:
            raise EngineError("speech gate: expected mono int16 samples")
        joined = np.concatenate((self._rest, pcm)) if self._rest.size else pcm
        full = joined.size // self._size
        self._rest = joined[full * self._size :].copy()
        return self._judged_all(joined[: full * self._size].reshape(full, self._size))

    def flush(self) -> tuple[bool, ...]:
        """The call ended: judge the frame begun, filled up with silence. One flag, or none."""
        if not self._rest.size:
            return ()
        frame = np.zeros((1, self._size), np.int16)
        frame[0, : self._rest.size] = self._rest
        self._rest = np.zeros(0, np.int16)
        return self._judged_all(frame)

    def _judged_all(self, frames: Pcm16) -> tuple[bool, ...]:
        """(n, size) whole frames. Returns their flags."""
        raw, step = frames.tobytes(), 2 * self._size
        # Always ask: the noise estimate inside must see every frame, also the ones below the floor.
        speech = [self._vad.is_speech(raw[at : at + step], self._rate) for at in range(0, len(raw), step)]
        return tuple(
            bool(power >= self._floor(power) and heard) for heard, power in zip(speech, _powers(frames), strict=True)
        )

    def _floor(self, power: float) -> float:
        """What the next frame must reach to be speech, by its own power and that of those before it."""
        self._judged += 1
        self._loudest = max(power, self._loudest * _FADE)
        if self._judged <= GUESS_FRAMES:
            return self._loud_floor_power
        return min(self._loud_floor_power, max(self._floor_power, self._loudest * _BELOW_LOUDEST))


_FADE = 10 ** (-FADE_DB_PER_S * FRAME_MS / 10_000)
_BELOW_LOUDEST = 10 ** (-BELOW_LOUDEST_DB / 10)


def _powers(frames: Pcm16) -> list[float]:
    """(n, size) → (n,) variance of each frame, of sums that are exact."""
    samples, size = frames.astype(np.float64), frames.shape[1]
    sums: list[float] = ((size * np.vecdot(samples, samples) - samples.sum(axis=1) ** 2) / size**2).tolist()
    return sums


def _power(dbfs: float) -> float:
    return float((32768.0 * 10 ** (dbfs / 20)) ** 2)
