"""Reads what a topic holds, outside of any consumer group: from its start to where it ends now, or one record."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from pipeline.adapters.kafka_connect import Kafka
from pipeline.core.errors import BrokerError

POLL_MS = 300
SILENT_S_MAX = 20.0  # without any progress
FIND_S_MAX = 10.0


def reader(kafka: Kafka, *topics: str, **more: Any) -> AIOKafkaConsumer:
    """A consumer that commits nothing, of all partitions of `topics`; not started."""
    return AIOKafkaConsumer(
        *topics, **kafka.options(), group_id=None, enable_auto_commit=False, auto_offset_reset="earliest",
        fetch_max_wait_ms=POLL_MS, **more,
    )  # fmt: skip


async def whole(consumer: AIOKafkaConsumer) -> AsyncIterator[ConsumerRecord]:
    """Every record of a started `reader`, up to where its partitions ended when each was first fetched.

    The end is what fetches tell, since not every broker answers a question for the latest offset rightly. Raises
    BrokerError if nothing comes for SILENT_S_MAX.
    """
    ends: dict[TopicPartition, int] = {}
    heard = time.monotonic()
    while not await _reached(consumer, ends):
        batches = await consumer.getmany(timeout_ms=POLL_MS)
        if batches or len(ends) < len(consumer.assignment()):
            known = len(ends)
            for partition in consumer.assignment():
                end = consumer.highwater(partition)
                if end is not None:
                    ends.setdefault(partition, end)
            heard = time.monotonic() if batches or len(ends) > known else heard
        for partition, records in batches.items():
            for record in records:
                if record.offset < ends[partition]:
                    yield record
        if time.monotonic() - heard > SILENT_S_MAX:
            raise BrokerError(f"no answer for {SILENT_S_MAX:.0f} s while reading; are all brokers running?")


async def _reached(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    partitions: Iterable[TopicPartition] = consumer.assignment()
    if not partitions or any(partition not in ends for partition in partitions):
        return False
    return all([await consumer.position(partition) >= ends[partition] for partition in partitions])


async def one(kafka: Kafka, topic: str, partition: int, offset: int) -> ConsumerRecord | None:
    """The record at an offset of a topic that exists; None if it is not kept any more. Raises KafkaError."""
    consumer, place = reader(kafka, topic), TopicPartition(topic, partition)
    await consumer.start()
    try:
        if place not in consumer.assignment():
            return None
        consumer.pause(*(consumer.assignment() - {place}))
        consumer.seek(place, offset)
        until = time.monotonic() + FIND_S_MAX
        while time.monotonic() < until:
            for record in (await consumer.getmany(place, timeout_ms=POLL_MS, max_records=1)).get(place, []):
                return record if record.offset == offset else None
            end = consumer.highwater(place)
            if end is not None and end <= offset:
                return None
    finally:
        await consumer.stop()
    return None
