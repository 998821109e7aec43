"""The least a hop over Kafka costs: a loop that reads audio from one topic and writes it to another, no more."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from pipeline.adapters.kafka_connect import Kafka, reach, told
from pipeline.adapters.kafka_fence import closed
from pipeline.adapters.producer import started

FETCH_MS = 200
COPY_S_MAX = 120.0


async def copied(kafka: Kafka, message: bytes, count: int) -> float:
    """Copy `count` messages as fast as it goes; returns the CPU seconds of this thread for it.

    Makes two topics of one partition, and removes them. Raises BrokerError.
    """
    await reach(kafka)
    async with told(kafka), _topics(kafka) as (source, target):
        producer = await started(kafka)
        try:
            for _ in range(count):
                await producer.send(source, message)
            await producer.flush()
            return await asyncio.wait_for(_copy(kafka, producer, source, target, count), COPY_S_MAX)
        finally:
            await producer.stop()


async def _copy(kafka: Kafka, producer: AIOKafkaProducer, source: str, target: str, count: int) -> float:
    consumer = AIOKafkaConsumer(**kafka.options(), enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        part = TopicPartition(source, 0)
        consumer.assign([part])
        await consumer.seek_to_beginning(part)
        begun, left = time.thread_time(), count
        while left:
            for messages in (await consumer.getmany(timeout_ms=FETCH_MS)).values():
                for message in messages:
                    await producer.send(target, message.value)
                left -= len(messages)
        await producer.flush()
        return time.thread_time() - begun
    finally:
        await closed(consumer)


@asynccontextmanager
async def _topics(kafka: Kafka) -> AsyncIterator[tuple[str, str]]:
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    mark = secrets.token_hex(4)
    names = (f"callshield-bench-{mark}-from", f"callshield-bench-{mark}-to")
    try:
        await admin.create_topics([NewTopic(name, 1, 1) for name in names])
        try:
            yield names
        finally:
            await admin.delete_topics(list(names))
    finally:
        await admin.close()
