"""What one hop over Kafka costs at the least: a bare aiokafka loop that copies audio, with and without encryption.

Prints the figures of docs/measurements/copy-loop.md:  python tests/copy_loop.py
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from broker import Broker, create, described
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

STREAMS, CHUNK_S, RATE_HZ, SAMPLE_BYTES, PARTITIONS = 400, 0.25, 8000, 2, 8
PER_SECOND = STREAMS / CHUNK_S
TICK_S, WARM_S, MEASURED_S, CPU_S, DRAIN_S, START_S_MAX = 0.01, 5.0, 20.0, 17.0, 2.0, 30.0
COMMIT_S, NONCE_BYTES = 1.0, 12
BATCH_BYTES = 1 << 18  # with the 16 kB of aiokafka, four chunks fill a batch and send() waits until it is gone
KEYS = [AESGCM(bytes([n % 256, n // 256]) * 16) for n in range(STREAMS)]  # a key per stream, known to every process


def sealed(stream: int, plain: bytes, header: bytes) -> bytes:
    """The nonce and the audio, encrypted with the stream's key and bound to its header."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + KEYS[stream].encrypt(nonce, plain, header)


def opened(stream: int, value: bytes, header: bytes) -> bytes:
    """What sealed() was given."""
    return KEYS[stream].decrypt(value[:NONCE_BYTES], value[NONCE_BYTES:], header)


async def copy(servers: str, source: str, target: str, encrypts: bool) -> None:
    """The loop measured: fetch, decrypt, encrypt, send; commit what is confirmed once a second. Runs until killed."""
    producer = AIOKafkaProducer(
        bootstrap_servers=servers, enable_idempotence=True, acks="all", linger_ms=5, max_batch_size=BATCH_BYTES
    )
    consumer = AIOKafkaConsumer(
        source, bootstrap_servers=servers, group_id=f"{source}.copy", enable_auto_commit=False,
        auto_offset_reset="earliest",
    )  # fmt: skip
    await producer.start()
    await consumer.start()
    committed = time.monotonic()
    while True:
        for messages in (await consumer.getmany(timeout_ms=100)).values():
            for message in messages:
                value, stream = message.value, int(message.key)
                if encrypts:
                    value = sealed(stream, opened(stream, value, message.key), message.key)
                await producer.send(target, value, key=message.key, headers=list(message.headers))
        if time.monotonic() - committed > COMMIT_S:
            reached = {p: await consumer.position(p) for p in consumer.assignment()}
            await producer.flush()
            await consumer.commit(reached)
            committed = time.monotonic()


async def speak(servers: str, topic: str, encrypts: bool) -> None:
    """All streams in real time, evenly spread, for as long as a measurement takes."""
    producer = AIOKafkaProducer(
        bootstrap_servers=servers, enable_idempotence=True, acks="all", linger_ms=0, max_batch_size=BATCH_BYTES
    )
    await producer.start()
    plain = np.random.default_rng(1).integers(-999, 999, int(CHUNK_S * RATE_HZ), np.int16).tobytes()
    start, sent = time.monotonic(), 0
    while (elapsed := time.monotonic() - start) < WARM_S + MEASURED_S:
        while sent < elapsed * PER_SECOND:
            stream = sent % STREAMS
            key = b"%d" % stream
            value = sealed(stream, plain, key) if encrypts else plain
            await producer.send(topic, value, key=key, headers=[("sent_ns", b"%d" % time.monotonic_ns())])
            sent += 1
        await asyncio.sleep(TICK_S)
    await producer.stop()


async def listen(servers: str, topic: str) -> None:
    """Print the milliseconds from sent to read of every message after the warm-up, as JSON."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=servers, auto_offset_reset="earliest", group_id=None)
    await consumer.start()
    read, first, quiet = [], 0, 0.0
    while not read or quiet < DRAIN_S:
        batches = await consumer.getmany(timeout_ms=200)
        quiet = 0.0 if batches else quiet + 0.2
        now = time.monotonic_ns()
        for message in (m for messages in batches.values() for m in messages):
            sent = int(dict(message.headers)["sent_ns"])
            first = first or sent
            if sent - first > WARM_S * 1e9:
                read.append((now - sent) / 1e6)
    await consumer.stop()
    print(json.dumps(read))


@dataclass(frozen=True, slots=True)
class Cost:
    """What one measurement found. Latencies in ms from sent to read; cpu in percent of one core."""

    name: str
    messages: int
    direct_ms: Any
    copied_ms: Any
    cpu: float
    broker_cpu: float


def cpu_s(pid: int) -> float:
    """CPU seconds a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measured(broker: Broker, name: str, encrypts: bool) -> Cost:
    """One measurement; every part is a process of its own."""
    source, target = f"audio.{uuid4().hex[:8]}", f"copied.{uuid4().hex[:8]}"
    await create(broker.servers, source, target, partitions=PARTITIONS)
    kafka = int(Path(f"/proc/{broker.pid}/task/{broker.pid}/children").read_text(encoding="ascii"))
    flag = ["yes"] if encrypts else []
    copying = _start("copy", broker.servers, source, target, *flag)
    listening = [_start("listen", broker.servers, topic) for topic in (source, target)]
    await asyncio.sleep(5)
    speaking = _start("speak", broker.servers, source, *flag)
    try:
        await asyncio.sleep(WARM_S)
        before = cpu_s(copying.pid), cpu_s(kafka)
        start = time.monotonic()
        await asyncio.sleep(CPU_S)
        used_s = time.monotonic() - start
        assert copying.poll() is None, "the loop ended"
        cpu, broker_cpu = cpu_s(copying.pid) - before[0], cpu_s(kafka) - before[1]
        told = [await asyncio.to_thread(p.communicate, timeout=MEASURED_S + START_S_MAX) for p in listening]
    finally:
        for process in (copying, speaking, *listening):
            process.kill()
            process.wait()
    direct, copied = (np.percentile(json.loads(out), [50, 99]) for out, _ in told)
    counts = [len(json.loads(out)) for out, _ in told]
    assert counts[0] == counts[1], f"{counts[0]} messages sent, {counts[1]} copied"
    return Cost(name, counts[1], direct, copied, 100 * cpu / used_s, 100 * broker_cpu / used_s)


def _start(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, __file__, *words], stdout=subprocess.PIPE)


async def report() -> None:
    """Measure and print the page."""
    with Broker() as broker:
        costs = [
            await measured(broker, "copy as it is", False),
            await measured(broker, "decrypt, encrypt (AES-256-GCM, key per stream)", True),
        ]
    day, load = datetime.now(UTC).date(), os.getloadavg()[1]
    print("# A bare copy loop over Kafka\n")
    broker_name = described().removeprefix("kafka: ").partition(",")[0]
    print(f"Made by `python tests/copy_loop.py` on {day}. {broker_name}; aiokafka")
    print(f"{version('aiokafka')}, cryptography {version('cryptography')}, Python {platform.python_version()};")
    print(f"{os.cpu_count()} cores shared by broker, speakers, copier and listeners; load of the machine {load:.1f}.\n")
    print(f"{STREAMS} channel streams, {CHUNK_S * 1000:.0f} ms chunks of {RATE_HZ / 1000:.0f} kHz 16-bit audio")
    print(f"({PER_SECOND:,.0f} messages/s of {CHUNK_S * RATE_HZ * SAMPLE_BYTES:,.0f} bytes, {PARTITIONS} partitions),")
    print(f"{MEASURED_S:.0f} s after {WARM_S:.0f} s of warm-up, CPU over {CPU_S:.0f} s of them;")
    print("acks=all, idempotent, commits once a second.\n")
    head = ["loop", "messages", "CPU of the loop", "CPU of the broker", "sent to read, direct p50 / p99"]
    print("|", " | ".join([*head, "through the loop p50 / p99", "added p50 / p99"]), "|")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for c in costs:
        times = [f"{ms[0]:.1f} / {ms[1]:.1f} ms" for ms in (c.direct_ms, c.copied_ms, c.copied_ms - c.direct_ms)]
        print("|", " | ".join([c.name, f"{c.messages:,}", f"{c.cpu:.0f} %", f"{c.broker_cpu:.0f} %", *times]), "|")


def main(words: list[str]) -> None:
    """The page, or one of its processes."""
    match words:
        case ["copy", servers, source, target, *flag]:
            asyncio.run(copy(servers, source, target, bool(flag)))
        case ["speak", servers, topic, *flag]:
            asyncio.run(speak(servers, topic, bool(flag)))
        case ["listen", servers, topic]:
            asyncio.run(listen(servers, topic))
        case []:
            asyncio.run(report())
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
