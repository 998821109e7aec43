"""A bare Kafka copy loop beside our own stages, where a broker is named."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np

from pipeline.adapters.kafka_copy import copied
from pipeline.cli.bench.calls import CHUNK, CHUNK_S
from pipeline.cli.bench.plan import SEED, Bench
from pipeline.core.bench_talk import SIDES
from pipeline.core.errors import BrokerError

NOBODY = "no broker is named by CALLSHIELD_KAFKA_SERVERS"


def measure(bench: Bench) -> dict[str, Any]:
    """CPU of one copy of a call's chunks, as fast as it goes."""
    if bench.kafka is None:
        return {"left_out": NOBODY}
    count = bench.plan.copied
    bench.say(f"kafka: {count} chunks copied")
    audio = np.random.default_rng(SEED).integers(-999, 999, CHUNK * SIDES, np.int16).tobytes()
    try:
        cpu_s = asyncio.run(copied(bench.kafka, audio, count))
    except BrokerError as error:
        return {"left_out": str(error)}
    call_s = count * CHUNK_S
    return {"chunks": count, "cpu_s_per_call_s": cpu_s / call_s, "calls_per_core": call_s / cpu_s}
