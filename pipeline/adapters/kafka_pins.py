"""The pins calls are judged by: published by accept, known to every worker."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import Any

from aiokafka import TopicPartition

from pipeline.adapters.kafka_connect import Kafka
from pipeline.adapters.kafka_read import POLL_MS, read_all, reader
from pipeline.adapters.producer import started
from pipeline.core.errors import ConfigError
from pipeline.core.pin import Pin
from pipeline.core.topics import PINS

PIN_WAIT_S = 10.0  # accept publishes a pin before the first call that has it


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
