"""Where the recognisers of all calls bring what they need read: a few workers serve them, several at a time.

A recogniser waits for its answer. Nobody waits for company: what waits when a worker is free goes together, so at
little load each goes alone, at once, and at much load many go together, for less.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from pipeline.adapters.whisper_decode import RATE, SIZE_S, Decoder, Reading, Samples, size_of
from pipeline.adapters.whisper_text import Piece
from pipeline.core.heard import Word
from pipeline.core.schedule import TOGETHER_MAX, Schedule, Ticket
from pipeline.core.span import Span

PLACES_PER_WORKER = 4 * TOGETHER_MAX  # of a few sizes, each as full as it gets
TAIL_S = 0.9  # a wordless rest of this length is heard again on its own
TAIL_PASSES = 2


class Desk:
    """One set of weights and those who wait for it."""

    def __init__(self, decoder: Decoder, workers: int) -> None:
        """workers: how many rounds run side by side."""
        self._decoder = decoder
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="whisper")
        self._lock = threading.Lock()  # of all below
        self._schedule = Schedule(SIZE_S)
        self._waiting: dict[int, tuple[Samples, Future[Reading]]] = {}
        self._number = 0

    @property
    def places(self) -> int:
        """How many may wait to good effect."""
        return PLACES_PER_WORKER * self._workers

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._schedule)

    def readings(self, pcm: Samples, due_ms: int = 0) -> tuple[tuple[Word, ...], ...]:
        """Hear `pcm`, (n,) float32 at 16 kHz, spoken at due_ms, wall clock. Waits for its turn.

        Returns the words, then another reading if there is one that differs; spans in samples of `pcm`, sorted,
        inside it. Both readings are aligned to the audio. Raises what the decoder raises.
        """
        first: list[Word] = []
        other: list[Word] = []
        at = 0
        for _ in range(1 + TAIL_PASSES):
            end_s = (pcm.size - at) / RATE
            reading = self._ask(pcm[at:], due_ms)
            pieces, primed = ([p for p in r if p.start_s < end_s] for r in (reading.first, reading.other))
            first += [_word(p, at, pcm.size) for p in pieces]
            other += [_word(p, at, pcm.size) for p in primed or pieces]
            heard_s = max((p.end_s for p in pieces), default=0.0)
            if not pieces or end_s - heard_s < TAIL_S:
                break
            at += int(heard_s * RATE)
        if _texts(first) == _texts(other):
            return (_in_order(first),)
        return _in_order(first), _in_order(other)

    def _ask(self, pcm: Samples, due_ms: int) -> Reading:
        answer: Future[Reading] = Future()
        with self._lock:
            self._number += 1
            self._waiting[self._number] = (pcm, answer)
            self._schedule.add(Ticket(self._number, size_of(pcm.size), due_ms), time.time_ns() // 1_000_000)
        self._pool.submit(self._serve)
        return answer.result()

    def _serve(self) -> None:
        """One round. It finds nobody if those before it took all along."""
        with self._lock:
            asked = [self._waiting.pop(ticket.number) for ticket in self._schedule.next()]
        if not asked:
            return
        try:
            readings = self._decoder.read([pcm for pcm, _ in asked])
        except BaseException:
            for pcm, answer in asked:  # whoever it was, the others did nothing to deserve it
                self._serve_alone(pcm, answer)
            return
        for (_, answer), reading in zip(asked, readings, strict=True):
            answer.set_result(reading)

    def _serve_alone(self, pcm: Samples, answer: Future[Reading]) -> None:
        try:
            answer.set_result(self._decoder.read([pcm])[0])
        except BaseException as error:
            answer.set_exception(error)


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
