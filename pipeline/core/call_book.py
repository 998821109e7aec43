"""Which calls run, ended and failed, as their events tell. Repeated events change nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from pipeline.core.messages import Event, EventKind

CALLS_MAX = 20_000  # those that are over go first


class CallState(StrEnum):
    """Of a call. Add, never rename."""

    RUNNING = "running"
    ENDED = "ended"
    FAILED = "failed"  # what is left of it is silence


@dataclass(frozen=True, slots=True)
class Seen:
    """A call as its events tell it. since_ms: when it started. ended_ms: when its last audio came, None: not yet."""

    tenant: str
    call: str
    since_ms: int
    state: CallState = CallState.RUNNING
    reason: str = ""
    ended_ms: int | None = None


class CallBook:
    """All calls heard of, of one fleet."""

    def __init__(self, fleet: str) -> None:
        self._fleet = fleet
        self._calls: dict[str, Seen] = {}

    def take(self, events: Iterable[Event]) -> None:
        """Note what events say. Those of other fleets, and of an earlier call of the same name, are passed over."""
        for event in events:
            head = event.head
            if head.fleet != self._fleet:
                continue
            known = self._calls.get(head.subject)
            if known is not None and head.started_ms < known.since_ms:
                continue
            if known is None or head.started_ms > known.since_ms:
                self._calls.pop(head.subject, None)  # so that the order is that of the starts
                known = Seen(head.tenant, head.call, head.started_ms)
            self._calls[head.subject] = _after(known, event)
        if len(self._calls) > CALLS_MAX:
            self._forget()

    @property
    def running(self) -> int:
        """How many have not ended. One that failed runs on as silence."""
        return sum(seen.ended_ms is None for seen in self._calls.values())

    def newest(self, most: int) -> tuple[Seen, ...]:
        """The calls that started last, the newest first."""
        in_time = sorted(self._calls.values(), key=lambda seen: (seen.since_ms, seen.tenant, seen.call), reverse=True)
        return tuple(in_time[:most])

    def _forget(self) -> None:
        by_age = sorted(self._calls.items(), key=lambda item: (item[1].ended_ms is None, item[1].since_ms))
        for subject, _ in by_age[: len(self._calls) - CALLS_MAX]:
            del self._calls[subject]


def _after(known: Seen, event: Event) -> Seen:
    if event.kind is EventKind.FAILED and known.state is not CallState.FAILED:  # the first failure is the cause
        return replace(known, state=CallState.FAILED, reason=event.reason)
    if event.kind is EventKind.ENDED and known.ended_ms is None:
        known = replace(known, ended_ms=event.at_ms)
        return known if known.state is CallState.FAILED else replace(known, state=CallState.ENDED, reason=event.reason)
    return known
