"""Reads topics from the outside: whole partitions up to their end, and the pins calls are judged by."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from pipeline.adapters.kafka_connect import Kafka
from pipeline.adapters.producer import started
from pipeline.core.errors import ConfigError
from pipeline.core.pin import Pin
from pipeline.core.topics import PINS

POLL_MS = 500
QUIET_POLLS = 4  # empty answers in a row after which the end is believed, where a broker's idea of it is wrong
PIN_WAIT_S = 10.0  # accept publishes a pin before the first call that has it
FETCH_BYTES_MAX = 8 << 20


@contextlib.asynccontextmanager
async def reader(kafka: Kafka) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer without a group."""
    consumer = AIOKafkaConsumer(
        **kafka.options(), group_id=None, enable_auto_commit=False, auto_offset_reset="earliest",
        max_partition_fetch_bytes=FETCH_BYTES_MAX,
    )  # fmt: skip
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def read_all(
    kafka: Kafka, topic: str, partitions: Iterable[int], since_ms: int | None = None
) -> AsyncIterator[tuple[int, Any]]:
    """Every record of some partitions up to their ends, with its partition. since_ms: from that time on."""
    wanted = [TopicPartition(topic, p) for p in partitions]
    if not wanted:
        return
    async with reader(kafka) as consumer:
        consumer.assign(wanted)
        ends = await consumer.end_offsets(wanted)
        starts = await consumer.beginning_offsets(wanted)
        if since_ms is not None:
            found = await consumer.offsets_for_times(dict.fromkeys(wanted, since_ms))
            starts |= {tp: ends[tp] if at is None else at.offset for tp, at in found.items()}
        for tp in wanted:
            consumer.seek(tp, starts[tp])
        quiet, first = 0, True
        while first or (quiet < QUIET_POLLS and any(starts[tp] < ends[tp] for tp in wanted)):
            batches = await consumer.getmany(timeout_ms=POLL_MS)
            quiet, first = 0 if batches else quiet + 1, False
            for tp in wanted:  # some brokers are wrong about the end, until asked for records
                ends[tp] = max(ends[tp], consumer.highwater(tp) or 0)
            for tp, records in batches.items():
                for record in records:
                    if record.offset < ends[tp]:
                        yield tp.partition, record
                starts[tp] = records[-1].offset + 1
            for tp in wanted:  # compaction leaves holes at the end
                starts[tp] = max(starts[tp], await consumer.position(tp))


async def newest_states(kafka: Kafka, topic: str, partitions: Iterable[int]) -> dict[int, dict[bytes, Any]]:
    """By partition, the newest record of each key that is no tombstone."""
    found: dict[int, dict[bytes, Any]] = {p: {} for p in partitions}
    async for partition, record in read_all(kafka, topic, list(found)):
        if record.value is None:
            found[partition].pop(record.key, None)
        else:
            found[partition][record.key] = record
    return found


async def publish_pin(kafka: Kafka, pin: Pin) -> None:
    """Make a pin known to all workers. Returns when the broker has it."""
    producer = await started(kafka)
    try:
        value = json.dumps(pin.plain(), sort_keys=True, separators=(",", ":")).encode()
        await producer.send_and_wait(PINS, value, key=pin.sha256.encode(), partition=0)
    finally:
        await producer.stop()


class PinBoard(Mapping[str, Pin]):
    """All pins published so far, followed as more come. A pin whose content is not what its name says is ignored."""

    def __init__(self, kafka: Kafka) -> None:
        self._kafka = kafka
        self._pins: dict[str, Pin] = {}
        self._changed = asyncio.Event()
        self._unknown: set[str] = set()  # waited for in vain once: not again

    def __getitem__(self, sha256: str) -> Pin:
        return self._pins[sha256]

    def __iter__(self) -> Any:
        return iter(self._pins)

    def __len__(self) -> int:
        return len(self._pins)

    async def load(self) -> None:
        """Read all there are."""
        async for _, record in read_all(self._kafka, PINS, [0]):
            self._take(record)

    async def follow(self) -> None:
        """Take up new ones until cancelled."""
        async with reader(self._kafka) as consumer:
            consumer.assign([TopicPartition(PINS, 0)])
            await consumer.seek_to_beginning()
            while True:
                for records in (await consumer.getmany(timeout_ms=POLL_MS)).values():
                    for record in records:
                        self._take(record)

    async def ensure(self, sha256: str) -> None:
        """Return when the pin is known, or after PIN_WAIT_S: then its calls fail closed."""
        if sha256 in self._pins or sha256 in self._unknown:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PIN_WAIT_S):
                while sha256 not in self._pins:
                    self._changed.clear()
                    await self._changed.wait()
        if sha256 not in self._pins:
            self._unknown.add(sha256)

    def _take(self, record: Any) -> None:
        with contextlib.suppress(ValueError, KeyError, TypeError, ConfigError):
            pin = Pin.of(json.loads(record.value))
            if pin.sha256.encode() == record.key:
                self._pins[pin.sha256] = pin
                self._unknown.discard(pin.sha256)
                self._changed.set()
