"""One call under way in store, and where what came of it was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.core.messages import Head, Redacted
from pipeline.ports.lane import Record
from pipeline.ports.shelf import Passage, Shelved


@dataclass(slots=True)
class Call:
    """One call under way. taken: records that are not durable; last: those held until the call is finished."""

    head: Head
    touched_ms: int
    taken: list[Record] = field(default_factory=list)
    since_ms: int = 0  # when the oldest of them came
    bytes: int = 0
    sent: int = 0  # how many of them the running job works on
    next: int = 0  # where the audio stands when that job is done
    shelved: Shelved | None = None
    last: list[Record] = field(default_factory=list)
    ended_ms: int | None = None  # the last block came
    busy: bool = False
    withdrawn: bool = False  # nothing of it may be kept
    wait_ms: int = 0
    retry_at_ms: int = 0


def passages(taken: Iterable[Record], partition: int) -> list[Passage]:
    """Where they were read, by topic."""
    found: dict[str, Passage] = {}
    for record in taken:
        message = record.message
        start = end = 0
        if isinstance(message, Redacted):
            start, end = message.start_sample, message.start_sample + len(message.pcm)
        passage = Passage(record.topic, partition, record.offset, record.offset, start, end)
        found[record.topic] = found[record.topic].hull(passage) if record.topic in found else passage
    return list(found.values())
