"""Where the recognisers of all calls bring what they need read: a few workers serve them, several at a time.

A recogniser waits for its answer. Nobody waits for company: what waits when a worker is free goes together, so at
little load each goes alone, at once, and at much load many go together, for less. What will be wanted if nobody speaks
on is read ahead while a worker has nothing else to do.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.adapters.whisper_decode import RATE, SIZE_S, Decoder, Reading, Samples, size_of
from pipeline.adapters.whisper_text import Piece
from pipeline.core.heard import Word
from pipeline.core.schedule import TOGETHER_MAX, Schedule, Ticket
from pipeline.core.span import Span

PLACES_PER_WORKER = 4 * TOGETHER_MAX  # of a few sizes, each as full as it gets
TAIL_S = 0.9  # a wordless rest of this length is heard again on its own
TAIL_PASSES = 2


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A stretch that is to be read. number: of its arrival."""

    number: int
    pcm: Samples
    answer: Future[Reading] = field(default_factory=Future)


class Desk:
    """One set of weights and those who wait for it."""

    def __init__(self, decoder: Decoder, workers: int) -> None:
        """workers: how many rounds run side by side."""
        self._decoder = decoder
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="whisper")
        self._lock = threading.Lock()  # of all below
        self._schedule = Schedule(SIZE_S)
        self._ahead = Schedule(SIZE_S)  # nobody waits for these yet
        self._asked: dict[int, Asked] = {}
        self._number = 0

    @property
    def places(self) -> int:
        """How many may wait to good effect."""
        return PLACES_PER_WORKER * self._workers

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._schedule)

    def foresee(self, pcm: Samples, due_ms: int) -> Asked:
        """Read this when there is nothing else to do: `readings` of the same samples may be wanted soon. What comes of
        it is told by `readings` or to be dropped by `forget`. pcm, due_ms: see `readings`.
        """
        return self._ask(pcm, due_ms, self._ahead)

    def forget(self, foreseen: Asked) -> None:
        """It will not be wanted."""
        with self._lock:
            if self._ahead.remove(foreseen.number) is not None:
                del self._asked[foreseen.number]

    def readings(self, pcm: Samples, due_ms: int = 0, foreseen: Asked | None = None) -> tuple[tuple[Word, ...], ...]:
        """Hear `pcm`, (n,) float32 at 16 kHz, spoken at due_ms, wall clock. Waits for its turn. foreseen: what was
        foreseen of the same samples.

        Returns the words, then another reading if there is one that differs; spans in samples of `pcm`, sorted,
        inside it. Both readings are aligned to the audio. Raises what the decoder raises.
        """
        first: list[Word] = []
        other: list[Word] = []
        at = 0
        for _ in range(1 + TAIL_PASSES):
            end_s = (pcm.size - at) / RATE
            seen = foreseen if not at else None
            asked = self._wanted(seen, due_ms) if seen else self._ask(pcm[at:], due_ms, self._schedule)
            reading = asked.answer.result()
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

    def _ask(self, pcm: Samples, due_ms: int, schedule: Schedule) -> Asked:
        with self._lock:
            self._number += 1
            asked = Asked(self._number, pcm)
            self._asked[self._number] = asked
            schedule.add(Ticket(self._number, size_of(pcm.size), due_ms), _now_ms())
        self._pool.submit(self._serve)
        return asked

    def _wanted(self, foreseen: Asked, due_ms: int) -> Asked:
        """Somebody waits for it from now on."""
        with self._lock:
            ticket = self._ahead.remove(foreseen.number)
            if ticket is not None:
                self._schedule.add(replace(ticket, due_ms=due_ms), _now_ms())
        return foreseen

    def _serve(self) -> None:
        """One round. It finds nobody if those before it took all along."""
        with self._lock:
            tickets = self._schedule.next() or self._ahead.next()
            asked = [self._asked.pop(ticket.number) for ticket in tickets]
        if not asked:
            return
        try:
            readings = self._decoder.read([a.pcm for a in asked])
        except BaseException:
            for one in asked:  # whoever it was, the others did nothing to deserve it; and who was alone tries once more
                self._serve_alone(one)
            return
        for one, reading in zip(asked, readings, strict=True):
            one.answer.set_result(reading)

    def _serve_alone(self, asked: Asked) -> None:
        try:
            asked.answer.set_result(self._decoder.read([asked.pcm])[0])
        except BaseException as error:
            asked.answer.set_exception(error)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


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
