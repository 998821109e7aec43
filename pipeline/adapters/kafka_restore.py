"""Builds the lanes of newly assigned partitions: from the newest states, and from what the stage has published."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.adapters.kafka_connect import Kafka
from pipeline.adapters.kafka_pins import PinBoard
from pipeline.adapters.kafka_read import newest_states, read_all
from pipeline.adapters.log import get_log
from pipeline.core.errors import WireError
from pipeline.core.messages import Message, State
from pipeline.core.topics import STATE
from pipeline.ports.codec import Codec
from pipeline.ports.lane import Lane, Meter, Spec

READ_BACK_MS = 600_000  # read back this far beyond the oldest state: clocks differ, states wait for confirmation
UNREADABLE = -1  # no release writes such a version: whoever gets it fails the call closed

States = Mapping[int, Mapping[bytes, Any]]
"""By partition and key, the newest record of `calls.state.<stage>`."""


async def build(
    spec: Spec, kafka: Kafka, codec: Codec, pins: PinBoard, meter: Meter, partitions: Iterable[int]
) -> dict[int, Lane]:
    """A restored lane per partition. Nothing may be read before."""
    wanted = list(partitions)
    states: States = {p: {} for p in wanted}
    if spec.keeps_state:
        states = await newest_states(kafka, STATE + spec.stage, wanted)
    published = await _published(spec, kafka, codec, wanted, states)
    lanes = {}
    for partition in wanted:
        known = [s for record in states[partition].values() if (s := _state(spec, codec, meter, record)) is not None]
        for pin in {state.head.pin for state in known}:
            await pins.ensure(pin)
        lanes[partition] = spec.make(partition, published[partition])
        lanes[partition].restore(known)
    return lanes


async def _published(
    spec: Spec, kafka: Kafka, codec: Codec, partitions: list[int], states: States
) -> dict[int, list[Message]]:
    """What the stage has published that its states may not know of."""
    found: dict[int, list[Message]] = {p: [] for p in partitions}
    if not spec.reads_back or not partitions:
        return found
    now_ms = time.time_ns() // 1_000_000
    oldest_ms = min([now_ms, *(record.timestamp for of in states.values() for record in of.values())])
    async for partition, record in read_all(kafka, spec.reads_back, partitions, oldest_ms - READ_BACK_MS):
        with contextlib.suppress(WireError):
            found[partition].append(codec.decode(spec.reads_back, record.key, record.value, record.headers))
    return found


def _state(spec: Spec, codec: Codec, meter: Meter, record: Any) -> State | None:
    """One that cannot be read, as when its key is gone, becomes one of no version. None: its call is unknown too."""
    topic = STATE + spec.stage
    try:
        message = codec.decode(topic, record.key, record.value, record.headers)
    except WireError as error:
        meter.add("dead_letters_total", reason=error.reason)
        get_log().error("state_lost", stage=spec.stage, topic=topic, reason=error.reason)
        return State(error.head, spec.stage, UNREADABLE, b"") if error.head else None
    assert isinstance(message, State)
    return message
