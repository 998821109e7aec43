"""What a worker on Kafka tells of itself once a second: lag, distance, partitions, readiness."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence, Set
from typing import Any, NoReturn

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from pipeline.adapters.health import Status
from pipeline.adapters.kafka_connect import Kafka, reach
from pipeline.adapters.kafka_lane import LaneHost
from pipeline.adapters.metrics import Metrics
from pipeline.core.errors import CallShieldError

ASK_S = 5.0  # between looks whether there is a broker: clients wait for one in silence
ENDS_S_MAX = 1.0  # a broker that takes longer to say where a partition ends does not keep the worker waiting


class Watch:
    """Metrics and readiness of one worker, fed by its runner."""

    def __init__(self, meter: Metrics, status: Status) -> None:
        self.meter = meter
        self._status = status
        self._shown: set[tuple[str, str]] = set()

    def beat(self) -> None:
        """The event loop runs."""
        self._status.alive()

    async def ask(self, kafka: Kafka) -> NoReturn:
        """See time and again whether a broker takes us. To be cancelled."""
        while True:
            try:
                await reach(kafka)
            except CallShieldError:
                self._status.broker(False)
            else:
                self._status.broker(True)
            await asyncio.sleep(ASK_S)

    def lost(self) -> None:
        """The run broke: it holds nothing any more."""
        self._status.unassigned()

    def assigned(self, partitions: Sequence[int]) -> None:
        """What this worker holds from now on."""
        self._status.assigned(len(partitions))
        self.meter.set("partitions", len(partitions))

    def took(self, topic: str) -> None:
        """One message was taken."""
        self.meter.add("messages_total", topic=topic, direction="in")

    def sent(self, topic: str) -> None:
        """One message is on its way."""
        self.meter.add("messages_total", topic=topic, direction="out")

    def look(
        self, lags: Mapping[tuple[str, int], int], hosts: Mapping[int, LaneHost], paused: int, now_ms: int
    ) -> None:
        """Show where everything stands. lags: by topic and partition, messages not taken yet."""
        oldest_s = 0.0
        shown = set()
        for (topic, partition), lag in lags.items():
            where: dict[str, Any] = {"topic": topic, "partition": str(partition)}
            shown.add((topic, str(partition)))
            host = hosts.get(partition)
            since = host.oldest_ms(topic) if host else None
            age_s = 0.0 if since is None else max(0, now_ms - since) / 1000
            oldest_s = max(oldest_s, age_s)
            self.meter.set("consumer_lag_messages", lag, **where)
            self.meter.set("lag_audio_seconds", age_s, **where)
            self.meter.set("commit_distance_messages", host.distance(topic) if host else 0, **where)
        for topic, gone in self._shown - shown:
            for name in ("consumer_lag_messages", "lag_audio_seconds", "commit_distance_messages"):
                self.meter.forget(name, topic=topic, partition=gone)
        self._shown = shown
        self.meter.set("calls_running", sum(host.lane.calls for host in hosts.values()))
        self.meter.set("held_bytes", sum(getattr(host.lane, "held_bytes", 0) for host in hosts.values()))
        self.meter.set("paused_partitions", paused)
        waiting = max((getattr(host.lane, "waiting", 0) for host in hosts.values()), default=0)  # for one engine
        self.meter.set("utterances_waiting", waiting)
        self._status.lag(oldest_s)


async def lags(consumer: AIOKafkaConsumer, paused: Set[TopicPartition]) -> dict[tuple[str, int], int]:
    """By topic and partition, messages not taken yet. The client learns of new ones as it reads, so not where it is
    paused: there the broker is asked.
    """
    held = paused & consumer.assignment()
    ends: dict[TopicPartition, int] = {}
    if held:
        with contextlib.suppress(KafkaError, TimeoutError):
            ends = await asyncio.wait_for(consumer.end_offsets(held), ENDS_S_MAX)
    found = {}
    for tp in consumer.assignment():
        known = [end for end in (consumer.highwater(tp), ends.get(tp)) if end is not None]
        if known:
            found[tp.topic, tp.partition] = max(0, max(known) - await consumer.position(tp))
    return found
