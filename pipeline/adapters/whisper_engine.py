"""The embedded engine: faster-whisper on CTranslate2, gated by webrtcvad, one utterance at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
from faster_whisper import WhisperModel

from pipeline.adapters.blas import one_thread
from pipeline.adapters.vad import SpeechGate
from pipeline.adapters.whisper_decode import RATE, Decoder, Samples
from pipeline.adapters.whisper_desk import Asked, Desk
from pipeline.core.endpoint import EndpointConfig, Endpointer
from pipeline.core.errors import EngineError, ModelError
from pipeline.core.heard import Early, Heard, Utterance, Word
from pipeline.core.looks import Looks
from pipeline.core.span import Span
from pipeline.ports.engine import ModelIdentity, Pcm16

MODEL_FILES = ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt")
CONFIG = EndpointConfig(rate=RATE)
OVERLAP = RATE // 2  # heard again before what goes on behind a cut: a word may stand across it
EARLY_MS = 500  # of an open utterance between two times it is decoded, if its words are wanted before it ends
FORESEE_MS = 360  # of silence behind an utterance: after four of five such pauses it has ended, measured
IN_TIME_MS = 2_000  # audio older than that is not waited for by anybody: its words come when they come


def identity(model_name: str, language: str, sha256: str) -> ModelIdentity:
    """What an engine with these weights calls itself, without loading them."""
    return ModelIdentity("whisper", version("faster-whisper"), model_name, language, sha256)


class WhisperEngine:
    """Whisper weights in CTranslate2 form, read once and shared by all recognisers of this process."""

    def __init__(self, desk: Desk, identity: ModelIdentity) -> None:
        self._desk = desk
        self._identity = identity

    @classmethod
    def load(
        cls,
        model_dir: Path,
        *,
        threads: int = 2,
        language: str = "en",
        model_name: str = "whisper-tiny.en",
        sha256: str = "",
    ) -> WhisperEngine:
        """Read the weights in `model_dir`. Raises ModelError if they are missing or broken."""
        one_thread()
        missing = [name for name in MODEL_FILES if not (model_dir / name).is_file()]
        if missing:
            raise ModelError(f"{model_dir}: not a Whisper model (no {missing[0]}); run: callshield models verify")
        try:
            model = WhisperModel(
                str(model_dir),
                device="cpu",
                compute_type="int8",
                cpu_threads=1,  # utterances are short: a second thread on one gains nothing, measured
                num_workers=threads,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(f"{model_dir}: Whisper weights do not load; run: callshield models verify") from error
        return cls(Desk(Decoder(model, language), threads), identity(model_name, language, sha256))

    @property
    def rate(self) -> int:
        """16 kHz."""
        return RATE

    @property
    def identity(self) -> ModelIdentity:
        """Which weights are loaded."""
        return self._identity

    @property
    def side_by_side(self) -> int:
        """See Engine: who waits costs nothing, and only who waits can go along."""
        return self._desk.places

    @property
    def waiting(self) -> int:
        """See Engine."""
        return self._desk.waiting

    def open(self) -> WhisperRecogniser:
        """A recogniser for one channel."""
        return WhisperRecogniser(self._desk)

    def open_early(self) -> WhisperRecogniser:
        """One that decodes utterances while they grow, too: for a multiple of the time."""
        return WhisperRecogniser(self._desk, early=True)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """An utterance that is read ahead. span: as it will be if nobody speaks on."""

    span: Span
    asked: Asked


class WhisperRecogniser:
    """Hears one channel: speech is cut into utterances and each is decoded once it has ended."""

    def __init__(self, desk: Desk, *, early: bool = False) -> None:
        """early: tell of open utterances the words that two looks EARLY_MS apart agree in."""
        self._desk = desk
        self.due_ms = 0
        self._tells_early = early
        self._gate = SpeechGate(RATE)
        self._foreseen: Foreseen | None = None
        self.reset()

    def reset(self) -> None:
        """Forget the call."""
        self._unforeseen()
        self._gate.reset()
        self._endpointer = Endpointer(CONFIG)
        self._looks = Looks(EARLY_MS * RATE // 1000) if self._tells_early else None
        self._early: Early | None = None  # not told yet
        self._read: tuple[Span, list[tuple[Word, ...]]] | None = None  # what was decoded last
        self._pending: list[Pcm16] = []  # as pushed, not yet part of a decoded utterance
        self._base = 0  # sample index of the first pending one
        self._pushed = 0
        self._cut = 0  # end of the last utterance: what begins right there was cut off from it

    def push(self, pcm: Pcm16) -> Heard:
        """Take (n,) int16 at 16 kHz. Raises EngineError if decoding fails."""
        self._pushed += pcm.size
        self._pending.append(pcm)
        utterances: list[Utterance] = []
        for flag in self._gate.push(pcm):
            utterances += (self._hear(span) for span in self._endpointer.push(flag))
            if self._looks is not None and self._endpointer.is_open:
                self._look(self._endpointer)
        self._foresee(self._endpointer)
        self._forget(self._endpointer.pending_from - OVERLAP)
        early, self._early = self._early, None
        return Heard(self._endpointer.pending_from, tuple(utterances), early)

    def flush(self) -> Heard:
        """The call ended: decode the open utterance."""
        spans = (*self._endpointer.push_all(self._gate.flush()), *self._endpointer.flush())
        # The last frame was filled up with silence; an utterance ends where the call does.
        clipped = [s.clip(Span(0, self._pushed)) for s in spans]
        utterances = tuple(self._hear(s) for s in clipped if s is not None)
        self._pending = []
        self._unforeseen()
        return Heard(self._pushed, utterances)

    def _hear(self, span: Span) -> Utterance:
        words, *others = self._readings(span)
        self._cut, self._early = span.end, None
        self._forget(span.end - OVERLAP)
        return Utterance(span, words, tuple(others))

    def _look(self, at: Endpointer) -> None:
        """At the open utterance, as far as it goes. Where the decoder is in doubt itself, nothing is told."""
        assert self._looks is not None
        span, pause = Span(at.pending_from, at.settled_to), at.settled_to < at.now
        if self._looks.due(span, pause=pause):
            words, *others = self._readings(span)
            self._early = self._looks.saw(() if others else words)

    def _foresee(self, at: Endpointer) -> None:
        """In a pause the open utterance is read as if it had ended, so that its words are there once it has."""
        span = Span(at.pending_from, at.settled_to)
        if self._foreseen is not None and self._foreseen.span != span:
            self._unforeseen()
        in_time = span.size and self.due_ms and time.time_ns() // 1_000_000 - self.due_ms < IN_TIME_MS
        if self._foreseen is None and in_time and not self._tells_early and at.pause >= FORESEE_MS * RATE // 1000:
            pcm, _ = self._samples(span)
            self._foreseen = Foreseen(span, self._desk.foresee(pcm, self.due_ms))

    def _unforeseen(self) -> None:
        if self._foreseen is not None:
            self._desk.forget(self._foreseen.asked)
        self._foreseen = None

    def _readings(self, span: Span) -> list[tuple[Word, ...]]:
        """Of a stretch, as it was heard the last time if that was the same: an utterance ends in a pause."""
        if self._read is None or self._read[0] != span:
            self._read = span, self._decoded(span)
        return self._read[1]

    def _decoded(self, span: Span) -> list[tuple[Word, ...]]:
        pcm, start = self._samples(span)
        foreseen, self._foreseen = self._foreseen, None
        if foreseen is not None and foreseen.span != span:
            self._desk.forget(foreseen.asked)
            foreseen = None
        try:
            readings = self._desk.readings(pcm, self.due_ms, foreseen.asked if foreseen else None)
        except (RuntimeError, ValueError, MemoryError) as error:
            raise EngineError("the recogniser failed in mid-call; the call was not released") from error
        # What ends before a cut was heard before it; a word before an utterance is its first, and its time is wrong.
        return [_moved(words, start, span, cut=self._goes_on(span)) for words in readings]

    def _samples(self, span: Span) -> tuple[Samples, int]:
        """What is to be heard of an utterance, and its first sample."""
        before = OVERLAP if self._goes_on(span) else min(span.start - self._cut, CONFIG.lead_samples)
        start = max(self._base, span.start - before)
        pcm = np.concatenate(self._pending)[start - self._base : span.end - self._base]
        return pcm.astype(np.float32) / 32768.0, start

    def _goes_on(self, span: Span) -> bool:
        """The utterance goes on right behind a cut."""
        return 0 < self._cut == span.start

    def _forget(self, before: int) -> None:
        """Drop what was pushed at once and ends at or below sample `before`."""
        while self._pending and self._base + self._pending[0].size <= before:
            self._base += self._pending.pop(0).size


def _moved(words: tuple[Word, ...], by: int, into: Span, *, cut: bool) -> tuple[Word, ...]:
    """The words, clipped to an utterance. cut: it goes on behind a cut."""
    starts = (max(w.span.start + by, into.start) for w in words)
    moved = (replace(w, span=Span(at, max(w.span.end + by, at + 1))) for w, at in zip(words, starts, strict=True))
    return tuple(new for new, old in zip(moved, words, strict=True) if not cut or old.span.end + by > into.start)
