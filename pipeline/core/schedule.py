"""Which utterances of many calls are recognised next, and which of them together.

Whoever was spoken first is next. Utterances of the same size go together at the cost of little more than one, so those
that wait in the same queue go along, earliest first, as far as the one that is due will not wait long for them. What
comes meanwhile waits for the whole round: rounds are long only where much waits anyhow.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

TOGETHER_MAX = 16  # more gain nothing, measured
TOGETHER_S_MAX = 40.0  # of audio: a round takes 0.4 s at most, and costs a fifth less than two of half the length
TOGETHER_S = 16.0  # unless as much as TOGETHER_S_MAX waits: at 80 % load it takes 0.2 s off the slowest hundredth
LATE_MS_MAX = 30_000  # whoever catches up after a standstill is ahead of the others by this, not for good


@dataclass(frozen=True, slots=True)
class Ticket:
    """One stretch of speech that waits. number: of its arrival. size: its length in the decoder, equal ones can go
    together. due_ms: when it was spoken, wall clock.
    """

    number: int
    size: int
    due_ms: int


class Schedule:
    """The tickets that wait. add(ticket), next() → those to serve now."""

    def __init__(self, size_s: float) -> None:
        """size_s: seconds of audio in a size of 1."""
        self._size_s = size_s
        self._queues: dict[int, list[tuple[int, int, Ticket]]] = {}
        self._waiting = 0  # size of all

    def __len__(self) -> int:
        return sum(map(len, self._queues.values()))

    def add(self, ticket: Ticket, now_ms: int) -> None:
        """A ticket came. What is very late counts as LATE_MS_MAX late: a ticket is overtaken for that long at most."""
        urgent = max(ticket.due_ms, now_ms - LATE_MS_MAX)
        heapq.heappush(self._queues.setdefault(ticket.size, []), (urgent, ticket.number, ticket))
        self._waiting += ticket.size

    def remove(self, number: int) -> Ticket | None:
        """Take a ticket out that nobody waits for any more; None if it is not, or no longer, here."""
        for size, queue in self._queues.items():
            found = next((item for item in queue if item[2].number == number), None)
            if found is not None:
                queue.remove(found)
                heapq.heapify(queue)
                self._waiting -= size
                if not queue:
                    del self._queues[size]
                return found[2]
        return None

    def next(self) -> tuple[Ticket, ...]:
        """The most urgent ticket, and those that go along with it; empty if none waits."""
        if not self._queues:
            return ()
        size, queue = min(self._queues.items(), key=lambda item: item[1][0][:2])
        together_s = TOGETHER_S_MAX if self._waiting * self._size_s > TOGETHER_S_MAX else TOGETHER_S
        most = max(1, min(TOGETHER_MAX, int(together_s / (size * self._size_s))))
        out = tuple(heapq.heappop(queue)[2] for _ in range(min(most, len(queue))))
        self._waiting -= size * len(out)
        if not queue:
            del self._queues[size]
        return out
