"""Which partitions the Kafka client reads now. Lanes hold some back, and between two fetches messages gather.

Every fetch, and all that follows from it, costs a worker five times what one more message does: see
docs/measurements/profiles.md. After a silence the first message is read at once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition

from pipeline.adapters.kafka_lane import LaneHost

GATHER_S = 0.03  # messages wait half of it on average, in each stage; shorter saves less, longer is more delay


class Pauses:
    """Of one worker."""

    def __init__(self, gather_s: float = GATHER_S) -> None:
        self._gather_s = gather_s
        self._until_s: float | None = None  # nothing is fetched before
        self.held: frozenset[TopicPartition] = frozenset()  # by their lanes

    def gather(self, consumer: AIOKafkaConsumer) -> None:
        """All that had come was taken. The client would fetch again at once: call it before anything else runs."""
        consumer.pause(*consumer.assignment())
        self._until_s = time.monotonic() + self._gather_s

    async def turn(self, consumer: AIOKafkaConsumer, hosts: Mapping[int, LaneHost]) -> None:
        """Wait until the next fetch is due, and let it begin. A partition without a lane is resumed by who makes it."""
        if self._until_s is None:
            return
        await asyncio.sleep(self._until_s - time.monotonic())
        self._until_s = None
        consumer.resume(*(tp for tp in consumer.assignment() - self.held if tp.partition in hosts))

    def follow(self, consumer: AIOKafkaConsumer, hosts: Mapping[int, LaneHost]) -> None:
        """Pause what the lanes cannot take now, resume what they can."""
        wanted = frozenset(
            tp for tp in consumer.assignment()
            if (host := hosts.get(tp.partition)) is not None and (tp.topic in host.lane.paused or host.full)
        )  # fmt: skip
        if new := wanted - self.held:
            consumer.pause(*new)
        if over := self.held - wanted & consumer.assignment():
            consumer.resume(*over)
        self.held = wanted

    def forget(self) -> None:
        """A rebalance: what is assigned then is paused by nobody."""
        self.held, self._until_s = frozenset(), None
