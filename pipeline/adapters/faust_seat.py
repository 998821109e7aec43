"""A lane on Faust and the record it works on."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.ports.lane import Lane, Record, Unreadable


class DroppedError(Exception):
    """The partition was taken from this worker while it worked on a record of it."""


class Original(NamedTuple):
    """As much of a record as its dead letter may hold."""

    offset: int
    value: bytes | None
    headers: list[tuple[str, bytes]]


class Seat:
    """A lane and the record it works on. Looks to `Watch` like a host of the other runner."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.working: Record | Unreadable | None = None
        self.dropped = False  # its partition may be another worker's by now: nothing more is sent for it

    def oldest_ms(self, topic: str) -> int | None:
        """When the record under way was written."""
        return self.working.at_ms if self.working is not None and self.working.topic == topic else None

    def distance(self, topic: str) -> int:
        """How many records are under way: one or none."""
        return int(self.working is not None and self.working.topic == topic)
