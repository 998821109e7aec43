"""Reading to the end of what a topic holds: slow brokers do not cut it short, lost ones are an error."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from broker import Broker, create

from pipeline.adapters import kafka_read
from pipeline.adapters.kafka_connect import Kafka
from pipeline.core.errors import BrokerError

ONE, TWO = TopicPartition("calls.audio", 0), TopicPartition("calls.audio", 1)


class Consumer:
    """Two partitions; a poll gives what `polls` says, nothing after the last."""

    def __init__(self, ends: dict[TopicPartition, int], polls: list[dict[TopicPartition, range]]) -> None:
        self.ends, self.polls = ends, polls
        self.at = dict.fromkeys(ends, 0)
        self.told = False

    def assignment(self) -> set[TopicPartition]:
        return set(self.ends)

    def highwater(self, tp: TopicPartition) -> int | None:
        return self.ends[tp] if self.told else None

    async def position(self, tp: TopicPartition) -> int:
        return self.at[tp]

    async def getmany(self, timeout_ms: int) -> Any:
        batch = self.polls.pop(0) if self.polls else {}
        self.told = self.told or bool(batch)
        for tp, offsets in batch.items():
            self.at[tp] = offsets.stop
        return {tp: [SimpleNamespace(offset=n) for n in offsets] for tp, offsets in batch.items()}


async def read(consumer: Consumer) -> list[int]:
    return [record.offset async for record in kafka_read._to_the_end(consumer)]


async def test_a_broker_that_says_nothing_for_long_does_not_cut_the_topic_short() -> None:
    consumer = Consumer({ONE: 4, TWO: 0}, [*[{}] * 20, {ONE: range(2)}, *[{}] * 20, {ONE: range(2, 4)}])
    assert await read(consumer) == [0, 1, 2, 3]


async def test_what_comes_after_the_end_was_known_is_not_read() -> None:
    consumer = Consumer({ONE: 3}, [{ONE: range(2)}, {ONE: range(2, 6)}])
    assert await read(consumer) == [0, 1, 2]


async def test_a_broker_that_is_lost_is_an_error_and_never_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_read, "SILENT_S_MAX", 0.01)
    with pytest.raises(BrokerError, match="no answer"):
        await read(Consumer({ONE: 4}, [{ONE: range(2)}]))


@pytest.mark.kafka
async def test_closing_while_the_broker_is_away_cancels_nobody_and_leaves_nothing(tmp_path: Path) -> None:
    """The client's own requests that are cancelled then looked like a cancellation of whoever closed it."""
    with Broker(tmp_path / "kafka") as broker:
        await create(broker.servers, ONE.topic)
        before = asyncio.all_tasks()
        async with kafka_read.reader(Kafka(broker.servers), ONE.topic) as consumer:
            await consumer.getmany(timeout_ms=300)
            await asyncio.to_thread(broker.stop)
            await asyncio.sleep(1.0)  # by then a fetch has failed, and waits to be tried again
        await asyncio.sleep(0.5)
        assert asyncio.all_tasks() == before
