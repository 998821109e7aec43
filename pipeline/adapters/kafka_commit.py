"""Commits what the lanes of a worker have finished."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition

from pipeline.adapters.kafka_lane import LaneHost

FAILS_S_MAX = 10.0  # a rebalance makes commits fail for a moment; longer, and a crash would read more and more again


class Commits:
    """What is committed since the last rebalance."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._committed: dict[TopicPartition, int] = {}
        self._failing_s: float | None = None  # since when

    def forget(self) -> None:
        """A rebalance: begin anew."""
        self._committed.clear()
        self._failing_s = None

    async def commit(self, consumer: AIOKafkaConsumer, hosts: Mapping[int, LaneHost]) -> None:
        """Commit what has moved. A failure is tried again next time; raises it when it has failed for FAILS_S_MAX."""
        moved = {
            TopicPartition(topic, partition): offset
            for partition, host in hosts.items()
            for topic, offset in host.commits().items()
        }
        moved = {tp: offset for tp, offset in moved.items() if offset != self._committed.get(tp)}
        if not moved:
            return
        try:
            await consumer.commit(moved)
        except Exception:  # a rebalance is under way; what counts is what is read again
            now = self._now_s()
            self._failing_s = now if self._failing_s is None else self._failing_s
            if now - self._failing_s >= FAILS_S_MAX:
                raise
        else:
            self._failing_s = None
            self._committed |= moved
