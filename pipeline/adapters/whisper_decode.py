"""One stretch of speech to words, with CTranslate2's Whisper and no padding to 30 seconds.

The library's own path pads every input to 30 s, so a two-second answer costs as much as half a minute.
`encode` takes shorter feature arrays. What the short context costs in accuracy is answered here: a second of
silence after the speech, loops cut before the words are aligned, and a tail that got no words is heard again.

A stretch in doubt is decoded a second time by a decoder told to expect codes, over the same encoding. Measured
against that, the best of five beams finds a third as many of the digits the first reading lost, for twice the time.
What the model itself takes for no speech gets no words: whoever waits for an answer there hides it as sound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray

from pipeline.core.heard import Word
from pipeline.core.span import Span

RATE = 16_000
FRAME = 320  # encoder positions are 20 ms apart
PAD_S = 1.0  # silence behind the speech: less loses last words, more costs time and gains nothing
TOKENS_BASE = 12  # room for time stamps and punctuation
TOKENS_PER_S = 7  # the fastest digit readers measured need 5
TAIL_S = 0.9  # a wordless rest of this length is heard again on its own
TAIL_PASSES = 2
ECHO_SHARE = 0.35  # time per word of an echo, against the words it repeats
LOOP_MIN = 3  # tokens that repeat to be a loop, when the decoder ran into its limit
# Log probabilities are means over the tokens of a reading. Of 647 stretches with speech in them the model gave none
# more than 0.92 for "no speech", of 58 without any all but two more than 0.93. Tones, music and noise get less, but
# what it then says is so unlikely that no speech, however garbled, came near: one in 647 was lost, a wrong reading.
NO_SPEECH = 0.93
PERHAPS_NO_SPEECH, BABBLE_LOG = 0.7, -1.75
DOUBT_LOG = -0.6  # a reading with digits in it below this is decoded again: half of the wrong ones, and few others
LOST_LOG = -1.0  # any reading below this is, if it is speech
PRIMER = " K as in kilo, four oh two, double eight"  # what the decoder is told was said before: a code, spelled out


@dataclass(frozen=True, slots=True)
class Piece:
    """A word with times in seconds from the start of what was decoded."""

    text: str
    start_s: float
    end_s: float
    confidence: float


class Decoder:
    """Loaded Whisper weights and the way from samples to words. One decode at a time."""

    def __init__(self, model: WhisperModel, language: str) -> None:
        self._model = model
        self._tokenizer = Tokenizer(
            model.hf_tokenizer,
            model.model.is_multilingual,
            task="transcribe",
            language=language,
        )

        self._primed = [
            self._tokenizer.sot_prev,
            *self._tokenizer.encode(PRIMER),
            *self._tokenizer.sot_sequence,
            self._tokenizer.no_timestamps,
        ]

    def readings(self, pcm: NDArray[np.float32], speech_end: int) -> tuple[tuple[Word, ...], ...]:
        """Hear `pcm`, (n,) float32 at 16 kHz, where speech ends before sample `speech_end`.

        Returns the words, then another reading if there is one that differs; spans in samples of `pcm`, sorted,
        inside it. Both readings are aligned to the audio.
        """
        first: list[Word] = []
        other: list[Word] = []
        at = 0
        for _ in range(1 + TAIL_PASSES):
            end_s = (speech_end - at) / RATE
            pieces, primed = ([p for p in reading if p.start_s < end_s] for reading in self._decode(pcm[at:], end_s))
            first += [_word(p, at, pcm.size) for p in pieces]
            other += [_word(p, at, pcm.size) for p in primed or pieces]
            heard_s = max((p.end_s for p in pieces), default=0.0)
            if not pieces or end_s - heard_s < TAIL_S:
                break
            at += int(heard_s * RATE)
        if _texts(first) == _texts(other):
            return (_in_order(first),)
        return _in_order(first), _in_order(other)

    def _decode(self, pcm: NDArray[np.float32], speech_s: float) -> tuple[list[Piece], list[Piece]]:
        """The first reading, and a second one or []."""
        features = self._features(pcm)
        encoded = self._model.model.encode(ctranslate2.StorageView.from_array(features[None]))
        room = TOKENS_BASE + int(TOKENS_PER_S * max(speech_s, 0.5))
        ids, log, no_speech = self._generate(encoded, list(self._tokenizer.sot_sequence), room)
        if (no_speech > NO_SPEECH and (log < LOST_LOG or cut_loop(ids) != ids)) or (
            no_speech > PERHAPS_NO_SPEECH and log < BABBLE_LOG
        ):
            return [], []
        first = self._aligned(encoded, ids, features.shape[1])
        digits = any(c.isdigit() for p in first for c in p.text)
        if log >= (DOUBT_LOG if digits else LOST_LOG):
            return first, []
        primed, _, _ = self._generate(encoded, self._primed, room)
        return first, self._aligned(encoded, primed, features.shape[1])

    def _generate(
        self, encoded: ctranslate2.StorageView, prompt: list[int], room: int
    ) -> tuple[list[int], float, float]:
        """Text tokens, their mean log probability, and the probability that nobody speaks."""
        result = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=1,
            max_length=len(prompt) + room,
            suppress_blank=True,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        ids = self._text_tokens(list(result.sequences_ids[0]), room)
        return ids, float(result.scores[0]), float(result.no_speech_prob)

    def _aligned(self, encoded: ctranslate2.StorageView, ids: list[int], frames: int) -> list[Piece]:
        if not ids:
            return []
        return drop_echo(_pieces(self._model.find_alignment(self._tokenizer, [ids], encoded, [frames])[0]))

    def _features(self, pcm: NDArray[np.float32]) -> NDArray[np.float32]:
        padded = np.concatenate([pcm, np.zeros(int(PAD_S * RATE), np.float32)])
        features = self._model.feature_extractor(padded, padding=0)
        # The encoder halves the frame count; an odd one would be cut unevenly.
        return np.ascontiguousarray(features[:, : features.shape[1] // 2 * 2], dtype=np.float32)

    def _text_tokens(self, ids: list[int], room: int) -> list[int]:
        """Text tokens up to the first closed segment that repeats, or up to where a loop begins."""
        begin = self._tokenizer.timestamp_begin
        text: list[int] = []
        for segment in _segments(ids, begin):
            # After the end of the speech the decoder starts the same sentence once more.
            if text and segment == text[: len(segment)]:
                break
            text += segment
        if len(ids) >= room - 1:
            text = cut_loop(text)
        return [i for i in text if i < self._tokenizer.eot]


def _segments(ids: list[int], timestamp_begin: int) -> list[list[int]]:
    """Token runs between time stamps."""
    out: list[list[int]] = [[]]
    for i in ids:
        if i < timestamp_begin:
            out[-1].append(i)
        elif out[-1]:
            out.append([])
    return [s for s in out if s]


def cut_loop(ids: list[int]) -> list[int]:
    """`ids` without a cyclic repetition at the end; its first round stays.

    Only for sequences known to have run into the length limit: "one one one" is speech, not a loop.
    """
    n = len(ids)
    for period in range(1, n // 2 + 1):
        first = n - period
        while first > 0 and ids[first - 1] == ids[first - 1 + period]:
            first -= 1
        repeated = n - period - first
        if repeated >= max(period, LOOP_MIN):
            return ids[: first + period]
    return ids


def drop_echo(pieces: list[Piece]) -> list[Piece]:
    """`pieces` without a repetition of the beginning that takes next to no time.

    Behind the end of the speech the decoder says the sentence again; its words are aligned to nothing.
    """
    texts = [p.text.strip(".,?!").lower() for p in pieces]
    for n in range(1, len(pieces)):
        if any(texts[n + k] != texts[k % n] for k in range(len(pieces) - n)):
            continue
        head = (pieces[n].start_s - pieces[0].start_s) / n
        tail = (pieces[-1].end_s - pieces[n].start_s) / (len(pieces) - n)
        if tail < ECHO_SHARE * head:
            return pieces[:n]
    return pieces


def _pieces(aligned: list[dict[str, Any]]) -> list[Piece]:
    """Aligned tokens as words: punctuation joins the word before it."""
    out: list[Piece] = []
    for item in aligned:
        text = str(item["word"])
        start_s, end_s = float(item["start"]), float(item["end"])
        confidence = min(max(float(item["probability"]), 0.0), 1.0)
        joins = out and not text.startswith(" ")
        if joins:
            last = out[-1]
            spoken = any(c.isalnum() for c in text)
            out[-1] = Piece(
                last.text + text,
                last.start_s,
                end_s if spoken else last.end_s,
                min(last.confidence, confidence) if spoken else last.confidence,
            )
        else:
            out.append(Piece(text.strip(), start_s, end_s, confidence))
    return [p for p in out if any(c.isalnum() for c in p.text)]


def _texts(words: list[Word]) -> list[str]:
    """What is said, however it is written."""
    return [kept for w in words if (kept := "".join(c for c in w.text.lower() if c.isalnum()))]


def _word(piece: Piece, offset: int, size: int) -> Word:
    start = min(offset + int(piece.start_s * RATE), size)
    end = min(max(offset + int(np.ceil(piece.end_s * RATE)), start), size)
    return Word(Span(start, end), piece.text, piece.confidence)


def _in_order(words: list[Word]) -> tuple[Word, ...]:
    """Starts and ends that never run backwards; no word is lost."""
    out: list[Word] = []
    floor = 0
    for word in words:
        start = max(word.span.start, floor)
        end = max(word.span.end, start)
        out.append(Word(Span(start, end), word.text, word.confidence))
        floor = start
    return tuple(out)
