"""Figures of calls from their redacted audio and words, and from nothing else: who talked, how long, what was hidden.

Each message is one transaction of the tally, which knows how far each call is counted: a message that comes again
changes nothing, so its offset is done as soon as the transaction is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from pipeline.core.errors import CallShieldError, InputError, WireError
from pipeline.core.messages import REVOKED, Dead, Event, EventKind, Head, Redacted, State, TranscriptPart
from pipeline.core.talk import Talk
from pipeline.core.topics import DEAD, EVENTS, REDACTED, TRANSCRIPTS
from pipeline.ports.lane import Job, Meter, Out, Record, Step, Unreadable
from pipeline.ports.tally import Tally

STAGE = "analytics"
PURPOSE = "analytics"
INPUTS = (REDACTED + PURPOSE, TRANSCRIPTS + PURPOSE, EVENTS)
WAITING_MAX = 1000  # records of one partition, while the tally cannot be written
RETRY_MS, RETRY_MS_MAX = 1000, 30_000


class AnalyticsLane:
    """The stage `analytics` on one partition: a `Lane` that finishes records in order, so any runner may carry it."""

    def __init__(self, *, tally: Tally, meter: Meter, partition: int = -1) -> None:
        """tally: its methods run in jobs. partition: for dead letters."""
        self._tally, self._meter, self._partition = tally, meter, partition
        self._waiting: deque[Record] = deque()
        self._busy = False
        self._wait_ms = 0
        self._retry_at_ms = 0

    def restore(self, states: Iterable[State]) -> None:
        """All this stage knows is in the tally: there are no states."""
        if any(True for _ in states):
            raise ValueError("analytics has no states")

    def take(self, record: Record, now_ms: int) -> Step:
        """A block, a part of a transcript or an event. Raises WireError for any other message."""
        if isinstance(record.message, Event) and not _revoked(record.message) and not self._waits(record.topic):
            return Step(done=[(record.topic, record.offset)])
        if not isinstance(record.message, Redacted | TranscriptPart | Event):
            raise WireError("wrong_kind", f"analytics does not read {type(record.message).__name__}")
        self._waiting.append(record)
        return Step(jobs=self._due(now_ms))

    def unreadable(self, record: Unreadable, now_ms: int) -> Step:
        """Its samples will be found missing when the next block comes, and are counted as lost."""
        return Step(done=[(record.topic, record.offset)])

    def finish(self, job: Job, result: Any, now_ms: int) -> Step:
        """What the tally answered: what became of the call with this, if anything, or the error."""
        self._busy = False
        step = Step()
        if isinstance(result, CallShieldError) and not isinstance(result, InputError):
            self._wait_ms = min(max(RETRY_MS, 2 * self._wait_ms), RETRY_MS_MAX)
            self._retry_at_ms = now_ms + self._wait_ms
            self._meter.add("output_errors_total")
            return step
        self._wait_ms = 0
        record = self._waiting.popleft()
        if isinstance(result, InputError):
            self._meter.add("dead_letters_total", reason="refused")
            step.outs.append(Out(DEAD, self._dead(record)))
        elif result:
            self._meter.add("calls_total", outcome=str(result))
        step.done.append((record.topic, record.offset))
        step.jobs += self._due(now_ms)
        return step

    def tick(self, now_ms: int) -> Step:
        """Tries again what could not be written."""
        return Step(jobs=self._due(now_ms))

    @property
    def paused(self) -> frozenset[str]:
        """Everything, while too much waits for the tally."""
        return frozenset(INPUTS) if len(self._waiting) > WAITING_MAX else frozenset()

    @property
    def calls(self) -> int:
        """Calls with records that wait."""
        return len({_head(record).subject for record in self._waiting})

    def _waits(self, topic: str) -> bool:
        """Whether something of a topic waits: what comes after it must not be finished before it."""
        return any(record.topic == topic for record in self._waiting)

    def _due(self, now_ms: int) -> list[Job]:
        if self._busy or not self._waiting or now_ms < self._retry_at_ms:
            return []
        self._busy = True
        tally, message = self._tally, self._waiting[0].message

        def change(talk: Talk) -> None:
            if isinstance(message, Redacted):
                talk.audio(message)
            elif isinstance(message, TranscriptPart):
                talk.words(message)

        head = _head(self._waiting[0])
        over = _revoked(message) if isinstance(message, Event) else isinstance(message, Redacted) and message.withdrawn

        def run() -> str | CallShieldError:
            try:
                if over:
                    tally.forget(head)
                    return "withdrawn"
                if isinstance(message, Event):
                    return ""
                return "counted" if tally.change(head, change) else ""
            except CallShieldError as error:
                return error

        return [Job(STAGE, run)]

    def _dead(self, record: Record) -> Dead:
        message, head = record.message, _head(record)
        return Dead(
            STAGE, record.topic, self._partition, record.offset, "refused", record.at_ms, head.tenant, head.call,
            message.sequence if isinstance(message, TranscriptPart) else -1,
            message.start_sample if isinstance(message, Redacted) else -1,
        )  # fmt: skip


def _revoked(event: Event) -> bool:
    """Whether figures of a call that is over must go."""
    return event.kind is EventKind.CONSENT and REVOKED in event.facts and ("purpose", PURPOSE) in event.facts


def _head(record: Record) -> Head:
    assert isinstance(record.message, Redacted | TranscriptPart | Event)
    return record.message.head
