"""The voice with a memory: a sentence is spoken once a run, whoever says it again.

Both noises of the model are off, so a sentence's sound depends on nothing else: with or without the memory, in any
order, a call comes out the same. Liveliness comes from a small change of pitch that depends on the words.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from typing import Protocol

from ..voice.speak import Sentence, Speaker, Spoken, Voice, fitted
from .cast import LEXICON

KEPT_SAMPLES_MAX = 60_000_000  # 240 MB of float32, some 45 minutes of speech
DRIFT = 0.03  # pitch from sentence to sentence


class Speaks(Protocol):
    """What says a sentence at its own pitch (speak.Voice)."""

    def sentence(self, words: list[str], length_scale: float, accent: str = "en-us") -> Sentence:
        """Return the sound and the edges of the words."""


class Mouth:
    """Says sentences for any speaker. `spoken_s` counts seconds synthesised, `said_s` seconds given out."""

    def __init__(self, voice: Speaks | None = None) -> None:
        self._voice = voice or Voice(1, pace_noise=0.0, timbre_noise=0.0, lexicon=LEXICON)
        self._kept: OrderedDict[tuple[str, float, str], Sentence] = OrderedDict()
        self._samples = 0
        self.spoken_s = self.said_s = 0.0

    def say(self, words: list[str], speaker: Speaker, rate_hz: int) -> Spoken:
        """Speak one sentence; see speak.Voice.say."""
        text = " ".join(words)
        scale = round(speaker.pitch / speaker.pace, 3)
        said = self._sentence((text, scale, speaker.accent), words)
        drift = 1 + DRIFT * ((zlib.crc32(text.encode()) % 201) / 100 - 1)
        spoken = fitted(said, speaker.pitch * drift, rate_hz)
        self.said_s += len(spoken.audio) / rate_hz
        return spoken

    def _sentence(self, key: tuple[str, float, str], words: list[str]) -> Sentence:
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        said = self._voice.sentence(words, key[1], key[2])
        self.spoken_s += len(said.audio) / said.rate_hz
        self._kept[key] = said
        self._samples += len(said.audio)
        while self._samples > KEPT_SAMPLES_MAX:
            self._samples -= len(self._kept.popitem(last=False)[1].audio)
        return said
