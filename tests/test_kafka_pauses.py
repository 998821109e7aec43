"""When the Kafka client may fetch: messages gather in between, lanes hold partitions back, a rebalance ends both."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

from aiokafka import TopicPartition

from pipeline.adapters.kafka_pauses import Pauses

ONE, TWO, NEW = (TopicPartition("calls.audio", n) for n in range(3))


class Consumer:
    """Knows which of its partitions are paused."""

    def __init__(self) -> None:
        self.paused: set[TopicPartition] = set()

    def assignment(self) -> frozenset[TopicPartition]:
        return frozenset((ONE, TWO, NEW))

    def pause(self, *tps: TopicPartition) -> None:
        self.paused |= set(tps)

    def resume(self, *tps: TopicPartition) -> None:
        self.paused -= set(tps)


def host(*paused: str, full: bool = False) -> Any:
    return SimpleNamespace(full=full, lane=SimpleNamespace(paused=frozenset(paused)))


async def test_messages_gather_before_the_next_fetch_and_not_before_the_first() -> None:
    consumer: Any = Consumer()
    pauses, hosts = Pauses(gather_s=0.05), {0: host(), 1: host(), 2: host()}
    began = time.monotonic()
    await pauses.turn(consumer, hosts)
    assert time.monotonic() - began < 0.04, "after a silence nothing waits"
    pauses.gather(consumer)
    assert consumer.paused == {ONE, TWO, NEW}
    await pauses.turn(consumer, hosts)
    assert time.monotonic() - began >= 0.05
    assert consumer.paused == set()


async def test_what_a_lane_cannot_take_and_what_has_no_lane_yet_stays_paused_after_the_wait() -> None:
    consumer: Any = Consumer()
    pauses = Pauses(gather_s=0.0)
    hosts = {0: host(), 1: host("calls.audio")}
    consumer.pause(NEW)  # its lane is being restored
    pauses.follow(consumer, hosts)
    assert consumer.paused == {TWO, NEW}
    assert pauses.held == {TWO}
    pauses.gather(consumer)
    await pauses.turn(consumer, hosts)
    assert consumer.paused == {TWO, NEW}
    hosts[1] = host()
    pauses.follow(consumer, hosts)
    assert consumer.paused == {NEW}
    pauses.follow(consumer, {0: host(full=True)})
    assert consumer.paused == {ONE, NEW}


async def test_a_rebalance_ends_the_wait() -> None:
    consumer: Any = Consumer()
    pauses = Pauses(gather_s=60.0)
    pauses.gather(consumer)
    pauses.forget()
    began = time.monotonic()
    await pauses.turn(consumer, {})
    assert time.monotonic() - began < 1.0
    assert pauses.held == frozenset()
