"""Stretches of speech to words, with CTranslate2's Whisper, several at a time and without padding to 30 seconds.

The library's own path pads every input to 30 s, so a two-second answer costs as much as half a minute. `encode` takes
shorter feature arrays: here a stretch is filled up with silence to the next whole size (docs/adr/0003). Stretches of
the same size are decoded together: a step of the decoder is bound by reading its weights, and costs eight of them
little more than one. What is heard of a stretch does not depend on who was decoded with it.

A stretch in doubt is decoded a second time by a decoder told to expect codes, over the same encoding. Measured
against that, the best of five beams finds a third as many of the digits the first reading lost, for twice the time.
What the model itself takes for no speech gets no words: whoever waits for an answer there hides it as sound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray

from pipeline.adapters.whisper_text import Piece, as_pieces, cut_loop, drop_echo, text_tokens

RATE = 16_000
SIZE_S = 1  # sizes are whole multiples of this: finer ones find fewer companions, coarser ones cost more to encode
PAD_S = 0.5  # silence behind the speech, at least, 1.0 on average: less loses last words
FRAMES_PER_S = 100
TOKENS_BASE = 12  # room for time stamps and punctuation
TOKENS_PER_S = 7  # the fastest digit readers measured need 5
# Log probabilities are means over the tokens of a reading. Of 647 stretches with speech in them the model gave none
# more than 0.92 for "no speech", of 58 without any all but two more than 0.93. Tones, music and noise get less, but
# what it then says is so unlikely that no speech, however garbled, came near: one in 647 was lost, a wrong reading.
NO_SPEECH = 0.93
PERHAPS_NO_SPEECH, BABBLE_LOG = 0.7, -1.75
# Asked a second time, noise has next to nothing to say: -3.7 and less. Of 78 doubted stretches of speech the least
# likely second reading had -2.8.
NOTHING_LOG = -3.3
DOUBT_LOG = -0.6  # a reading with digits in it below this is decoded again: half of the wrong ones, and few others
LOST_LOG = -1.0  # any reading below this is, if it is speech
PRIMER = " K as in kilo, four oh two, double eight"  # what the decoder is told was said before: a code, spelled out

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a stretch. other: another reading, empty if there was no doubt."""

    first: tuple[Piece, ...] = ()
    other: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class _Said:
    """One pass of the decoder. log: mean log probability of its tokens. no_speech: probability that nobody speaks."""

    ids: list[int]
    log: float
    no_speech: float

    @property
    def is_speech(self) -> bool:
        babble = self.log < LOST_LOG or cut_loop(self.ids) != self.ids
        return not (
            (self.no_speech > NO_SPEECH and babble)
            or (self.no_speech > PERHAPS_NO_SPEECH and self.log < BABBLE_LOG)
        )  # fmt: skip


def size_of(samples: int) -> int:
    """The size of a stretch of that many samples, in SIZE_S."""
    return -(-(samples + int(PAD_S * RATE)) // (SIZE_S * RATE))


class Decoder:
    """Loaded Whisper weights and the way from samples to words. Thread-safe."""

    def __init__(self, model: WhisperModel, language: str) -> None:
        self._model = model
        self._tokenizer = Tokenizer(
            model.hf_tokenizer,
            model.model.is_multilingual,
            task="transcribe",
            language=language,
        )
        self._plain = list(self._tokenizer.sot_sequence)
        self._primed = [
            self._tokenizer.sot_prev,
            *self._tokenizer.encode(PRIMER),
            *self._tokenizer.sot_sequence,
            self._tokenizer.no_timestamps,
        ]

    def read(self, stretches: Sequence[Samples]) -> list[Reading]:
        """Hear `stretches`, each (n,) float32 at 16 kHz, all of one `size_of`. Returns a Reading of each."""
        size = size_of(stretches[0].size)
        encoded = np.concatenate([self._encoded(pcm, size) for pcm in stretches])
        room = TOKENS_BASE + int(TOKENS_PER_S * max(size * SIZE_S - PAD_S, 0.5))
        firsts = self._said(encoded, self._plain, room)
        speech = [n for n, said in enumerate(firsts) if said.is_speech]
        pieces = dict(zip(speech, self._aligned(encoded[speech], [firsts[n].ids for n in speech], size), strict=True))
        doubted = [n for n in speech if _in_doubt(firsts[n], pieces[n])]
        others = self._said(encoded[doubted], self._primed, room)
        primed = dict(zip(doubted, self._aligned(encoded[doubted], [s.ids for s in others], size), strict=True))
        noise = {n for n, said in zip(doubted, others, strict=True) if said.log < NOTHING_LOG}
        return [
            Reading() if n in noise else Reading(tuple(pieces.get(n, ())), tuple(primed.get(n, ())))
            for n in range(len(stretches))
        ]

    def _encoded(self, pcm: Samples, size: int) -> Samples:
        """(1, positions, width). One by one: together they gain nothing."""
        padded = np.zeros(size * SIZE_S * RATE, np.float32)
        padded[: pcm.size] = pcm
        features = self._model.feature_extractor(padded, padding=0)[:, : size * SIZE_S * FRAMES_PER_S]
        view = ctranslate2.StorageView.from_array(np.ascontiguousarray(features[None], np.float32))
        return np.asarray(self._model.model.encode(view))

    def _said(self, encoded: Samples, prompt: list[int], room: int) -> list[_Said]:
        if not len(encoded):
            return []
        results = self._model.model.generate(
            ctranslate2.StorageView.from_array(encoded),
            [prompt] * len(encoded),
            beam_size=1,
            max_length=len(prompt) + room,
            suppress_blank=True,
            return_scores=True,
            return_no_speech_prob=True,
        )
        return [_Said(self._text(r.sequences_ids[0], room), float(r.scores[0]), float(r.no_speech_prob))
                for r in results]  # fmt: skip

    def _text(self, ids: Sequence[int], room: int) -> list[int]:
        tokenizer = self._tokenizer
        return text_tokens(
            list(ids), timestamp_begin=tokenizer.timestamp_begin, eot=tokenizer.eot, full=len(ids) >= room - 1
        )

    def _aligned(self, encoded: Samples, ids: list[list[int]], size: int) -> list[list[Piece]]:
        """Words with times. One by one: together, times of one would depend on the others'."""
        return [self._aligned_one(encoded[n : n + 1], tokens, size) for n, tokens in enumerate(ids)]

    def _aligned_one(self, encoded: Samples, ids: list[int], size: int) -> list[Piece]:
        if not ids:
            return []
        view = ctranslate2.StorageView.from_array(np.ascontiguousarray(encoded))
        aligned = self._model.find_alignment(self._tokenizer, [ids], view, [size * SIZE_S * FRAMES_PER_S])
        return drop_echo(as_pieces(aligned[0]))


def _in_doubt(said: _Said, pieces: Sequence[Piece]) -> bool:
    has_digits = any(c.isdigit() for p in pieces for c in p.text)
    return said.log < (DOUBT_LOG if has_digits else LOST_LOG)
