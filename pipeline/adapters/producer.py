"""A Kafka producer for commands: every message confirmed by all replicas, none written twice where the broker can."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import UnknownError, UnsupportedVersionError

from pipeline.adapters.kafka_connect import Kafka, reach, told
from pipeline.adapters.log import get_log
from pipeline.core.errors import BrokerError

BATCH_BYTES = 1 << 18  # with aiokafka's 16 kB, four chunks fill a batch and send() waits until it is gone
REQUEST_BYTES_MAX = 8 << 20  # the largest message of the topic table, and its headers
LINGER_MS = 5
PATIENCE_MS = 40_000
START_S_MAX = 20.0
STOP_S_MAX = 20.0


@contextlib.asynccontextmanager
async def open_producer(kafka: Kafka, *topics: str) -> AsyncIterator[AIOKafkaProducer]:
    """A running producer, stopped at the end. Raises BrokerError, also for errors of its use inside `async with`.

    topics: must exist: sending to one that does not would make it, with the wrong number of partitions.
    """
    await reach(kafka)
    async with told(kafka):
        await need_topics(kafka, *topics)
        producer = await started(kafka)
        try:
            yield producer
        finally:
            with contextlib.suppress(TimeoutError):  # it waits for what was not confirmed; an error is on its way
                await asyncio.wait_for(producer.stop(), STOP_S_MAX)


async def need_topics(kafka: Kafka, *topics: str) -> None:
    """Raises BrokerError if the broker has no such topics, or does not let us see them."""
    admin = AIOKafkaAdminClient(**kafka.options())
    try:
        await asyncio.wait_for(admin.start(), START_S_MAX)
        known = set(await admin.list_topics())
    finally:
        await admin.close()
    for name in topics:
        if name not in known:
            raise BrokerError(f"{name}: Kafka at {kafka.servers} has no such topic; run: callshield topics apply")


async def started(kafka: Kafka, *, patience_ms: int = PATIENCE_MS) -> AIOKafkaProducer:
    """A running producer, for whoever stops it. patience_ms: how long the broker may be away before sending fails.

    On a broker that cannot tell a repeated message from a new one, as the embedded one, it does without.
    """
    with _quiet():
        producer = await _started(kafka, True, patience_ms) or await _started(kafka, False, patience_ms)
    assert producer is not None
    return producer


async def _started(kafka: Kafka, idempotent: bool, patience_ms: int) -> AIOKafkaProducer | None:
    """None if the broker cannot be idempotent."""
    producer = AIOKafkaProducer(
        **kafka.options(), acks="all", enable_idempotence=idempotent, linger_ms=LINGER_MS, max_batch_size=BATCH_BYTES,
        max_request_size=REQUEST_BYTES_MAX, request_timeout_ms=patience_ms,
    )  # fmt: skip
    try:
        await asyncio.wait_for(producer.start(), START_S_MAX)
    except (UnknownError, UnsupportedVersionError):
        await producer.stop()
        if not idempotent:
            raise
        get_log().warning("broker_not_idempotent", reason="messages_may_repeat")
        return None
    except BaseException:
        await producer.stop()
        raise
    return producer


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What the client logs while it starts says no more than the error it raises, and takes many lines."""
    log = logging.getLogger("aiokafka")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)
