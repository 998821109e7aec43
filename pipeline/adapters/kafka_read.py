"""Reads what topics hold, outside of any consumer group: from a time on to where they end now, or one record."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from pipeline.adapters.kafka_connect import Kafka
from pipeline.adapters.kafka_fence import closed
from pipeline.core.errors import BrokerError

POLL_MS = 300
SILENT_S_MAX = 20.0  # without any progress
FIND_S_MAX = 10.0
FETCH_BYTES_MAX = 8 << 20


@contextlib.asynccontextmanager
async def reader(kafka: Kafka, *topics: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer without a group, that commits nothing, of all partitions of `topics`; without any, assign some."""
    consumer = AIOKafkaConsumer(
        *topics, **kafka.options(), group_id=None, enable_auto_commit=False, auto_offset_reset="earliest",
        fetch_max_wait_ms=POLL_MS, max_partition_fetch_bytes=FETCH_BYTES_MAX,
    )  # fmt: skip
    await consumer.start()
    try:
        yield consumer
    finally:
        await closed(consumer)


async def read_all(
    kafka: Kafka, topic: str, partitions: Iterable[int], since_ms: int | None = None
) -> AsyncIterator[tuple[int, ConsumerRecord]]:
    """Every record of some partitions up to their ends, with its partition. since_ms: from that time on.

    The end is what fetches tell, since not every broker answers a question for the latest offset rightly. Raises
    BrokerError if nothing comes for SILENT_S_MAX: half a topic must never pass for all of it.
    """
    wanted = [TopicPartition(topic, p) for p in partitions]
    if not wanted:
        return
    async with reader(kafka) as consumer:
        consumer.assign(wanted)
        if since_ms is None:
            starts = await consumer.beginning_offsets(wanted)
        else:
            found = await consumer.offsets_for_times(dict.fromkeys(wanted, since_ms))
            starts = {tp: at.offset for tp, at in found.items() if at is not None}
        if starts:
            consumer.assign(list(starts))
            for tp, offset in starts.items():
                consumer.seek(tp, offset)
            async for record in _to_the_end(consumer):
                yield record.partition, record


async def read_topic(kafka: Kafka, topic: str) -> AsyncIterator[ConsumerRecord]:
    """Every record of a topic that exists, up to the ends of its partitions. Raises BrokerError as `read_all`."""
    async with reader(kafka, topic) as consumer:
        async for record in _to_the_end(consumer):
            yield record


async def _to_the_end(consumer: AIOKafkaConsumer) -> AsyncIterator[ConsumerRecord]:
    """Up to where the assigned partitions ended when each was first fetched."""
    ends: dict[TopicPartition, int] = {}
    heard = time.monotonic()
    while not await _reached(consumer, ends):
        batches = await consumer.getmany(timeout_ms=POLL_MS)
        known = len(ends)
        for tp in consumer.assignment():
            end = consumer.highwater(tp)
            if end is not None:
                ends.setdefault(tp, end)
        if batches or len(ends) > known:
            heard = time.monotonic()
        for tp, records in batches.items():
            for record in records:
                if record.offset < ends[tp]:
                    yield record
        if time.monotonic() - heard > SILENT_S_MAX:
            raise BrokerError(f"no answer for {SILENT_S_MAX:.0f} s while reading; are all brokers running?")


async def _reached(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    if any(tp not in ends for tp in consumer.assignment()):
        return False
    return all([await consumer.position(tp) >= end for tp, end in ends.items()])


async def one(kafka: Kafka, topic: str, partition: int, offset: int) -> ConsumerRecord | None:
    """The record at an offset of a topic that exists; None if it is not kept any more. Raises KafkaError."""
    place = TopicPartition(topic, partition)
    async with reader(kafka, topic) as consumer:
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
    return None


async def newest_states(kafka: Kafka, topic: str, partitions: Iterable[int]) -> dict[int, dict[bytes, Any]]:
    """By partition, the newest record of each key that is no tombstone."""
    found: dict[int, dict[bytes, Any]] = {p: {} for p in partitions}
    async for partition, record in read_all(kafka, topic, list(found)):
        if record.value is None:
            found[partition].pop(record.key, None)
        else:
            found[partition][record.key] = record
    return found
