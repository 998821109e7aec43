"""Follows `calls.events`: what happened to calls in the last hour, then what happens."""

from __future__ import annotations

import time

from aiokafka import AIOKafkaConsumer, TopicPartition

from pipeline.adapters.wire import Wire
from pipeline.core.errors import WireError
from pipeline.core.messages import Event
from pipeline.core.topics import EVENTS, HOUR_MS

POLL_MS = 200
QUIET_POLLS = 4  # empty answers in a row after which the end is believed


class EventFeed:
    """Events in the order of each partition. consumer: started, without group, and used by nobody else to read."""

    def __init__(self, consumer: AIOKafkaConsumer, wire: Wire, partitions: int) -> None:
        """partitions: how many the topic has."""
        self._consumer, self._wire = consumer, wire
        self._places = [TopicPartition(EVENTS, n) for n in range(partitions)]

    async def catch_up(self) -> list[Event]:
        """All of the last hour. Raises KafkaError."""
        places = self._places
        self._consumer.assign(places)
        ends = await self._consumer.end_offsets(places)
        since_ms = time.time_ns() // 1_000_000 - HOUR_MS
        starts = await self._consumer.offsets_for_times(dict.fromkeys(places, since_ms))
        for place in places:
            first = starts.get(place)
            self._consumer.seek(place, ends[place] if first is None else first.offset)
        events: list[Event] = []
        quiet = 0
        while quiet < QUIET_POLLS and any([await self._consumer.position(place) < ends[place] for place in places]):
            new = await self.more(POLL_MS)
            events += new
            quiet = 0 if new else quiet + 1
        return events

    async def more(self, wait_ms: int = 0) -> list[Event]:
        """What came since. A message that cannot be read is left out: it is not ours to judge."""
        events = []
        for records in (await self._consumer.getmany(timeout_ms=wait_ms)).values():
            for record in records:
                try:
                    message = self._wire.decode(EVENTS, record.value, record.headers)
                except WireError:
                    continue
                if isinstance(message, Event):
                    events.append(message)
        return events
