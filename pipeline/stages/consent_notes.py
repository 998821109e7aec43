"""Events of consent, written down one after another by who keeps calls or figures of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.core.errors import CallShieldError, InputError, RefusedError
from pipeline.core.messages import Dead, Event, EventKind
from pipeline.core.topics import DEAD, EVENTS
from pipeline.ports.lane import Job, Meter, Out, Record, Step

NOTES = "consent notes"
"""The key of its jobs."""
WAITING_MAX = 1000  # while they cannot be written
RETRY_MS, RETRY_MS_MAX = 1000, 30_000


@dataclass(frozen=True, slots=True)
class _Noted:
    """A note is durable; or must be tried again; or is refused, for as long as things are as they are."""

    again: bool = False
    refused: bool = False


class ConsentNotes:
    """note: writes one event down, in a job; may be repeated. ends_of: a purpose: ends of calls that it never had
    anything of are written down, too. Of other events nothing is kept. dead: the dead letter of an event that is
    refused, as consent taken back of a call under legal hold is: it can be retried when the hold is lifted.
    """

    def __init__(
        self, note: Callable[[Event], None], meter: Meter, ends_of: str, dead: Callable[[Record], Dead]
    ) -> None:
        self._note, self._meter, self._ends_of, self._dead = note, meter, ends_of, dead
        self._waiting: deque[tuple[Record, Event]] = deque()
        self._busy = False
        self._wait_ms = self._retry_at_ms = 0

    def take(self, record: Record, event: Event, now_ms: int) -> Step:
        """The next event."""
        if event.kind is not EventKind.CONSENT and self._ends_of not in event.denied:
            return Step(done=[(record.topic, record.offset)])
        self._waiting.append((record, event))
        return Step(jobs=self.due(now_ms))

    def finish(self, result: object, now_ms: int) -> Step:
        """What became of it."""
        assert isinstance(result, _Noted)
        self._busy = False
        if result.again:
            self._wait_ms = min(max(RETRY_MS, 2 * self._wait_ms), RETRY_MS_MAX)
            self._retry_at_ms = now_ms + self._wait_ms
            self._meter.add("output_errors_total")
            return Step()
        self._wait_ms = 0
        record, _ = self._waiting.popleft()
        step = Step(done=[(record.topic, record.offset)], jobs=self.due(now_ms))
        if result.refused:
            self._meter.add("dead_letters_total", reason="refused")
            step.outs.append(Out(DEAD, self._dead(record)))
        return step

    def due(self, now_ms: int) -> list[Job]:
        """The next job, if one is due."""
        if self._busy or not self._waiting or now_ms < self._retry_at_ms:
            return []
        self._busy = True
        note, event = self._note, self._waiting[0][1]

        def run() -> _Noted:
            try:
                note(event)
            except (InputError, RefusedError):  # trying again is no use
                return _Noted(refused=True)
            except CallShieldError:
                return _Noted(again=True)
            return _Noted()

        return [Job(NOTES, run)]

    @property
    def paused(self) -> frozenset[str]:
        """Events, while too many wait."""
        return frozenset([EVENTS]) if len(self._waiting) > WAITING_MAX else frozenset()
