"""What happens to speech on its way: noise, levels, the other side leaking in, hold music, codecs, lost packets."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from ..voice.compose import Placed, band, limited, mixed
from ..voice.script import Script

NOISES = ("steady", "pink", "hum", "office", "street")
GOOD_CODECS_8K = ("PCM_16", "ULAW", "ULAW", "ALAW")
CODECS_8K = ("ULAW", "ULAW", "ALAW", "ALAW", "G721_32", "GSM610")
PACKET_MS = 20
MUSIC_GAP_MS_MIN = 2500  # both silent at least so long: somebody is on hold
MUSIC_EDGE_MS = 350
MUSIC_DBFS = -27.0
_CHORDS_HZ = ((262, 330, 392, 523), (220, 262, 330, 440), (175, 220, 262, 349), (196, 247, 294, 392))
_NOTE_MS = 240

Sound = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Way:
    """One call's line. gains_db: agent and customer. leak_db: how loud the other side is heard, None for not at all.

    loss: share of 20 ms packets that never arrive (silence in their place). codec: a subtype of libsndfile.
    """

    codec: str
    noise: str
    noise_dbfs: float
    gains_db: tuple[float, float]
    leak_db: float | None
    loss: float
    hold: bool

    def __call__(
        self, script: Script, placed: Sequence[Placed], length: int, rng: np.random.Generator
    ) -> NDArray[np.float32]:
        """Carry the turns of a call (compose.Line). Every sample stays at its place."""
        sound = mixed(script, placed, length)
        if sound.shape[1] == 2:
            sound *= 10 ** (np.array(self.gains_db) / 20)
        if self.hold:
            sound[:, 0] += music(length, script.rate_hz, _gaps(placed, script.rate_hz))
        if self.leak_db is not None and sound.shape[1] == 2:
            sound += sound[:, ::-1] * 10 ** (self.leak_db / 20)
        for channel in range(sound.shape[1]):
            sound[:, channel] += noise(self.noise, length, script.rate_hz, rng) * 10 ** (self.noise_dbfs / 20)
        sound = limited(band(sound, script.rate_hz)).astype(np.float64)
        return dropped(coded(sound, script.rate_hz, self.codec), script.rate_hz, self.loss, rng).astype(np.float32)


def draw(rng: Random, *, wide: bool, mono: bool, hold: bool) -> Way:
    """Draw a line for a call: most are good, some are bad."""
    return Way(
        codec="PCM_16" if wide else rng.choice(CODECS_8K),
        noise=rng.choice(NOISES),
        noise_dbfs=rng.choice((-62.0, -58.0, -55.0, -52.0, -48.0)),
        gains_db=(rng.choice((-3.0, 0.0, 0.0, 2.0)), rng.choice((-6.0, -3.0, 0.0, 0.0, 3.0))),
        leak_db=None if mono else rng.choice((None, None, None, -46.0, -40.0)),
        loss=rng.choice((0.0, 0.0, 0.0, 0.0, 0.004, 0.01)),
        hold=hold,
    )


def draw_good(rng: Random) -> Way:
    """Draw an ordinary line of 8 kHz: G.711 or linear, light noise, nothing lost."""
    return Way(
        codec=rng.choice(GOOD_CODECS_8K),
        noise=rng.choice(("steady", "pink")),
        noise_dbfs=rng.choice((-66.0, -62.0, -58.0, -55.0)),
        gains_db=(rng.choice((-2.0, 0.0, 0.0)), rng.choice((-2.0, 0.0, 0.0, 2.0))),
        leak_db=None,
        loss=0.0,
        hold=False,
    )


def noise(kind: str, length: int, rate_hz: int, rng: np.random.Generator) -> Sound:
    """Return noise of rms 1: steady (white), pink, hum (mains), office (babble-like), street (slow swells)."""
    white = rng.standard_normal(length)
    time_s = np.arange(length) / rate_hz
    if kind == "steady":
        out = white
    elif kind == "hum":
        out = 0.4 * white + sum(np.sin(2 * np.pi * f * time_s) / n for n, f in enumerate((250, 350, 450), 1))
    else:
        freq = np.fft.rfftfreq(length, 1 / rate_hz)
        tilt = 1 / np.sqrt(np.maximum(freq, 60.0)) if kind == "pink" else 1 / (1 + (freq / 500.0) ** 2)
        out = np.fft.irfft(np.fft.rfft(white) * tilt, length)
        if kind == "office":  # many voices: syllables a few a second, never quite silent
            out = out * (1 + 0.5 * np.sin(2 * np.pi * 3.7 * time_s) * np.sin(2 * np.pi * 0.61 * time_s))
        elif kind == "street":
            out = out * (1 + 0.7 * np.sin(2 * np.pi * 0.13 * time_s + rng.uniform(0, 6.28)))
    return np.asarray(out / np.sqrt(np.mean(out**2)))


def music(length: int, rate_hz: int, gaps: Sequence[tuple[int, int]]) -> Sound:
    """Return hold music in these sample spans and silence elsewhere: broken chords, plucked."""
    out = np.zeros(length)
    note = rate_hz * _NOTE_MS // 1000
    time_s = np.arange(note) / rate_hz
    fade = np.minimum(1.0, np.arange(note) / (rate_hz * 0.01)) * np.exp(-5 * time_s)
    for start, end in gaps:
        for index, at in enumerate(range(start, end - note, note)):
            pitch = _CHORDS_HZ[index // 4 % 4][index % 4]
            tone = np.sin(2 * np.pi * pitch * time_s) + 0.3 * np.sin(4 * np.pi * pitch * time_s)
            out[at : at + note] += 10 ** (MUSIC_DBFS / 20) * 2 * fade * tone
    return out


def coded(sound: Sound, rate_hz: int, codec: str) -> Sound:
    """Return the sound after a codec, each channel by itself, at the same length."""
    out = np.empty_like(sound)
    for channel in range(sound.shape[1]):
        buffer = io.BytesIO()
        sf.write(buffer, sound[:, channel], rate_hz, format="WAV", subtype=codec)
        buffer.seek(0)
        heard = sf.read(buffer, dtype="float64")[0][: len(sound)]
        out[:, channel] = np.pad(heard, (0, len(sound) - len(heard)))
    return out


def dropped(sound: Sound, rate_hz: int, loss: float, rng: np.random.Generator) -> Sound:
    """Return the sound with some packets silent."""
    packet = rate_hz * PACKET_MS // 1000
    out = sound.copy()
    for channel in range(sound.shape[1]):
        for number in np.flatnonzero(rng.random(len(sound) // packet) < loss):
            out[number * packet : (number + 1) * packet, channel] = 0.0
    return out


def _gaps(placed: Sequence[Placed], rate_hz: int) -> list[tuple[int, int]]:
    """Return the spans in which nobody speaks for long, a little inside them."""
    edge, least = rate_hz * MUSIC_EDGE_MS // 1000, rate_hz * MUSIC_GAP_MS_MIN // 1000
    busy = sorted((turn.words[0].start, turn.words[-1].end) for turn in placed)
    out, end = [], busy[0][1]
    for start, stop in busy[1:]:
        if start - end >= least:
            out.append((end + edge, start - edge))
        end = max(end, stop)
    return out
