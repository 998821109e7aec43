"""What a worker on Kafka tells of itself: whether a broker is there, and what waits where it does not read."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError

from pipeline.adapters import kafka_watch
from pipeline.adapters.health import Status
from pipeline.adapters.kafka_watch import Watch, lags
from pipeline.adapters.metrics import Metrics
from pipeline.core.errors import BrokerError

READ, HELD, NEW = (TopicPartition("calls.audio", n) for n in range(3))


class Consumer:
    """Knows ends as of its last read; the broker, if it answers, as they are."""

    def __init__(self, broker: Any) -> None:
        self._broker = broker

    def assignment(self) -> frozenset[TopicPartition]:
        return frozenset((READ, HELD, NEW))

    def highwater(self, tp: TopicPartition) -> int | None:
        return {READ: 12, HELD: 20}.get(tp)

    async def position(self, tp: TopicPartition) -> int:
        return {READ: 10, HELD: 20, NEW: 0}[tp]

    async def end_offsets(self, tps: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        return await self._broker(set(tps))


async def test_what_waits_in_paused_partitions_is_asked_for() -> None:
    async def broker(tps: set[TopicPartition]) -> dict[TopicPartition, int]:
        return {tp: {HELD: 500, NEW: 7}[tp] for tp in tps}

    assert await lags(Consumer(broker), {HELD, NEW}) == {
        ("calls.audio", 0): 2,
        ("calls.audio", 1): 480,
        ("calls.audio", 2): 7,
    }  # type: ignore[arg-type]


@pytest.mark.parametrize("silent", [False, True])
async def test_without_an_answer_the_worker_goes_on_with_what_it_knows(
    silent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_watch, "ENDS_S_MAX", 0.05)

    async def broker(_: set[TopicPartition]) -> dict[TopicPartition, int]:
        if silent:
            await asyncio.Event().wait()
        raise KafkaConnectionError

    found = await asyncio.wait_for(lags(Consumer(broker), {HELD, NEW}), 5)  # type: ignore[arg-type]
    assert found == {("calls.audio", 0): 2, ("calls.audio", 1): 0}


async def test_a_broker_that_goes_and_comes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    status, there = Status("mask", 30), True
    status.assigned(1)

    async def reach(_: Any) -> None:
        if not there:
            raise BrokerError("nobody listens")

    monkeypatch.setattr(kafka_watch, "reach", reach)
    monkeypatch.setattr(kafka_watch, "ASK_S", 0.01)
    watch = Watch(Metrics("mask"), status)
    assert status.reasons == ("no_broker",)
    asking = asyncio.create_task(watch.ask(None))  # type: ignore[arg-type]
    for there, reasons in ((True, ()), (False, ("no_broker",)), (True, ())):  # noqa: B007 - reach reads it
        await asyncio.sleep(0.1)
        watch.beat()
        assert status.reasons == reasons
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking
