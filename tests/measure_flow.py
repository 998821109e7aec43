"""Calls through the live pipeline and chunks through the bare copy loop, each for a while: CPU and latencies of both.

Every topic carries the broker's time of append, so that nobody has to listen while something is measured.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import copy_loop
import numpy as np
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from command import ROOT
from live import RATE, Live, Pcm, Worker
from written import calls as written_calls

from pipeline.adapters.intake import to_record
from pipeline.adapters.kafka_connect import Kafka
from pipeline.adapters.kafka_read import read_all
from pipeline.adapters.policy_file import preset
from pipeline.core.hold import Hold
from pipeline.core.masker import Masker
from pipeline.core.messages import Intake
from pipeline.core.topics import AUDIO, INTAKE, REDACTED, VERDICTS

WARM_S, WINDOW_S, REST_S, SCRIPTS, CHANNELS = 8.0, 20.0, 3.0, 8, 2
CALL_S = WARM_S + WINDOW_S + 3
BATCH_BYTES, LINGER_MS = 1 << 18, 5
Raw = tuple[bytes, bytes, list[tuple[str, bytes]]]


@dataclass(frozen=True, slots=True)
class Window:
    """What one measurement found. cpu: cores used, by process; others: by what is not ours. moved: messages a second in
    and out, by process. latency_ms: p50 and p99 by what was waited for, and how many there were.
    """

    chunk_ms: int
    calls: int
    seconds: float
    cpu: Mapping[str, float]
    others: float
    moved: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    latency_ms: Mapping[str, tuple[float, float, int]] = field(default_factory=dict)

    def per_chunk_ms(self, who: str) -> float:
        """CPU milliseconds per chunk spoken."""
        return self.cpu[who] / self.calls * self.chunk_ms

    @property
    def busy(self) -> float:
        """Cores of the whole machine in use."""
        return sum(self.cpu.values()) + self.others


class ChunkedLive(Live):
    """A pipeline whose accept makes chunks of another length."""

    chunk_ms = 250

    def start(self, stage: str) -> Worker:
        """See Live. The length is set in the worker's own process, before anything else."""
        self._number += 1
        said = self.folder / f"{stage}-{self._number}.log"
        code = (
            "import sys; import pipeline.core.chunks as c; from pipeline.cli.main import run\n"
            f"c.CHUNK_MS = {self.chunk_ms}; sys.argv = ['callshield', 'run', {stage!r}, '--metrics-port', '0']; run()"
        )
        with said.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", code], env=self.environment | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
                stderr=log, stdout=log, cwd=self.folder,
            )  # fmt: skip
        worker = Worker(stage, process, said)
        self.workers.append(worker)
        return worker


def scripts(seconds: float) -> list[Pcm]:
    """Some calls with words in them, long enough."""
    return [pcm for _, pcm in written_calls(7, SCRIPTS, seconds)]


def busy_s() -> float:
    """CPU seconds all processors of the machine were not idle."""
    fields = [int(word) for word in Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


async def window(pids: Mapping[str, int], seconds: float = WINDOW_S) -> tuple[float, dict[str, float], float]:
    """Seconds, and cores used by name and by others."""
    before, busy, began = {n: copy_loop.cpu_s(p) for n, p in pids.items()}, busy_s(), time.monotonic()
    await asyncio.sleep(seconds)
    took = time.monotonic() - began
    used = {n: copy_loop.cpu_s(p) - before[n] for n, p in pids.items()}
    return took, {n: s / took for n, s in used.items()}, max(0.0, busy_s() - busy - sum(used.values())) / took


def spread(values: list[float]) -> tuple[float, float, int]:
    """p50, p99 and count. Fails if there are none: nothing was measured then."""
    p50, p99 = np.percentile(values, [50, 99])
    return round(float(p50), 1), round(float(p99), 1), len(values)


def counted(live: Live) -> dict[str, tuple[float, float]]:
    """Messages each worker took and sent so far."""
    found = {}
    for worker in live.workers:
        lines = [li for li in worker.get("/metrics")[1].splitlines() if li.startswith("callshield_messages_total{")]
        found[worker.stage] = tuple(
            sum(float(li.rsplit(" ", 1)[1]) for li in lines if f'direction="{way}"' in li) for way in ("in", "out")
        )
    return found  # type: ignore[return-value]


@asynccontextmanager
async def speaking(servers: str, topic: str, messages: Iterable[list[Raw]], chunk_ms: int) -> AsyncIterator[None]:
    """Send the chunks of each call, all calls evenly spread over the length of a chunk, until all are sent."""
    producer = AIOKafkaProducer(
        bootstrap_servers=servers, acks="all", enable_idempotence=True, max_batch_size=BATCH_BYTES, linger_ms=0
    )
    await producer.start()
    calls = list(messages)

    async def speak() -> None:
        began, sent = time.monotonic(), 0
        step_s = chunk_ms / 1000 / len(calls)
        last = len(calls) * min(map(len, calls))
        while sent < last:
            while sent < min(last, (time.monotonic() - began) / step_s):
                key, value, headers = calls[sent % len(calls)][sent // len(calls)]
                await producer.send(topic, value, key=key, headers=headers)
                sent += 1
            await asyncio.sleep(0.005)

    task = asyncio.create_task(speak())
    try:
        yield
        assert not task.done(), "the calls were too short"
        await task  # so that calls end in order
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await producer.stop()


async def idle(live: ChunkedLive, kafka_pid: int) -> Window:
    """What the workers use with nothing to do."""
    seconds, cpu, others = await window(_pids(live, kafka_pid), 10.0)
    return Window(live.chunk_ms, 0, seconds, cpu, others)


async def carried(live: ChunkedLive, kafka_pid: int, spoken: list[Pcm], calls: int) -> Window:
    """Calls in real time through the pipeline, or through those of its stages that run."""
    prefix, chunk_ms, size = f"m{uuid4().hex[:8]}", live.chunk_ms, RATE * live.chunk_ms // 1000

    def of(number: int) -> list[Raw]:
        pcm = spoken[number % len(spoken)]
        chunks = int(CALL_S * 1000 / chunk_ms)
        parts = [(i, pcm[i * size :][:size], i == chunks - 1) for i in range(chunks)]
        name = f"{prefix}-{number}"
        return [to_record(Intake("acme", name, None, CHANNELS, RATE, i, i * size, p, end)) for i, p, end in parts]

    messages = [of(number) for number in range(calls)]
    async with speaking(live.servers, INTAKE, messages, chunk_ms):
        await asyncio.sleep(WARM_S)
        before, from_ms = counted(live), time.time() * 1000
        seconds, cpu, others = await window(_pids(live, kafka_pid))
        upto_ms, after = time.time() * 1000, counted(live)
    await asyncio.sleep(REST_S)
    latency = await latencies(live, prefix, from_ms, upto_ms)
    moved = {s: tuple(round((b - a) / seconds, 1) for a, b in zip(before[s], after[s], strict=True)) for s in after}
    return Window(chunk_ms, calls, seconds, cpu, others, moved, {n: spread(v) for n, v in latency.items() if v})  # type: ignore[arg-type]


def _pids(live: Live, kafka_pid: int) -> dict[str, int]:
    return {w.stage: w.process.pid for w in live.workers} | {"broker": kafka_pid, "recorders": os.getpid()}


async def latencies(live: Live, prefix: str, from_ms: float, upto_ms: float) -> dict[str, list[float]]:
    """Milliseconds by what was waited for, of all that was spoken in that time. By the broker's clock.

    accept: append in intake to append in audio. judgement: append of the message that made a block due to the
    append of the block. added: append in intake of the last audio the block's verdict was made of to the append of
    the block: what all stages need, without what the call itself had to wait for. released: append in intake of the
    block's last sample to the append of the block. left: of each call, audio not released by now. late: as
    released, of what nobody judged in time.
    """
    logs: dict[str, list[tuple[int, int, Any]]] = defaultdict(list)
    topics = (AUDIO, VERDICTS, REDACTED + "storage")
    order = count()
    for topic in topics:
        async for _, record in read_all(live.kafka, topic, range(live.partitions)):
            if record.key.startswith(f"acme/{prefix}-".encode()):
                message = live.wire.decode(topic, record.value, record.headers)
                logs[record.key.decode()].append((record.timestamp, next(order), message))
    found: dict[str, list[float]] = {"accept": [], "judgement": [], "added": [], "released": [], "late": [], "left": []}
    for log in logs.values():
        found["left"].append(_left_ms([item for _, _, item in log]))
        for name, spoken_ms, took_ms in _of_call(log):
            if from_ms <= spoken_ms < upto_ms:
                found[name].append(took_ms)
    return found


def _left_ms(items: list[Any]) -> float:
    """Audio of a call that is in no block."""
    ends: dict[str, int] = {"Audio": 0, "Redacted": 0}
    for item in items:
        if (kind := type(item).__name__) in ends:
            ends[kind] = max(ends[kind], item.start_sample + len(item.pcm))
    return (ends["Audio"] - ends["Redacted"]) * 1000 / RATE


def _of_call(log: list[tuple[int, int, Any]]) -> Iterable[tuple[str, float, float]]:
    """What was waited for, when that was spoken, and how long it took."""
    policy = preset("default")
    hold = Hold(CHANNELS, margin=Masker(RATE, 16, policy.action, policy.tone).ramp)
    spoken: list[tuple[int, int]] = []  # end of a chunk and when it was spoken
    due: list[tuple[int, int, int]] = []  # end of what may leave, since when, spoken when
    over = False
    for at_ms, _, item in sorted(log, key=lambda entry: entry[:2]):
        match type(item).__name__:
            case "Audio":
                yield "accept", item.spoken_ms, at_ms - item.spoken_ms
                spoken.append((item.start_sample + len(item.pcm), item.spoken_ms))
                hold.push_audio(item.pcm)
                over = item.last
            case "Judgement":
                for v in item.verdicts:
                    hold.push_verdict(v.channel, v.findings, v.watermark)
            case _:
                end = item.start_sample + len(item.pcm)
                said_ms = next(ms for upto, ms in spoken if upto >= end)
                since = next((d for d in due if d[0] >= end), None)
                if since is None:  # its verdict was late: it left as silence
                    yield "late", said_ms, at_ms - said_ms
                    continue
                _, since_ms, heard_ms = since
                yield "judgement", said_ms, at_ms - since_ms
                yield "added", said_ms, at_ms - heard_ms
                yield "released", said_ms, at_ms - said_ms
                continue
        if over and hold.decided >= hold.newest:
            hold.rest()
        else:
            hold.due()
        due.append((hold.released, at_ms, item.spoken_ms))


async def copied(live: ChunkedLive, kafka_pid: int, calls: int) -> Window:
    """The same bytes at the same times through the bare loop: one message in, decrypted, encrypted, one out.

    The workers have nothing to do meanwhile; what they use all the same is shown.
    """
    servers, partitions, chunk_ms = live.servers, live.partitions, live.chunk_ms
    source, target = f"audio.{uuid4().hex[:8]}", f"copied.{uuid4().hex[:8]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        stamped = {"message.timestamp.type": "LogAppendTime"}
        made = await admin.create_topics([NewTopic(n, partitions, 1, topic_configs=stamped) for n in (source, target)])
        assert all(code == 0 for _, code, *_ in made.topic_errors), made
    finally:
        await admin.close()
    plain = np.random.default_rng(1).integers(-999, 999, CHANNELS * RATE * chunk_ms // 1000, np.int16).tobytes()
    chunks = int(CALL_S * 1000 / chunk_ms)

    def of(stream: int) -> list[Raw]:
        key = b"%d" % stream
        value = copy_loop.sealed(stream, plain, key)
        return [(key, value, [("number", b"%d/%d" % (stream, i))]) for i in range(chunks)]

    process = subprocess.Popen([sys.executable, copy_loop.__file__, "copy", servers, source, target, "yes"])
    try:
        await asyncio.sleep(4)
        async with speaking(servers, source, [of(stream) for stream in range(calls)], chunk_ms):
            await asyncio.sleep(WARM_S)
            from_ms = time.time() * 1000
            seconds, used, others = await window({"copy": process.pid} | _pids(live, kafka_pid))
            cpu = {name: used[name] for name in ("copy", "broker", "recorders")}
            cpu["idle workers"] = sum(used[worker.stage] for worker in live.workers)
            upto_ms = time.time() * 1000
        await asyncio.sleep(REST_S)
        assert process.poll() is None, "the loop ended"
    finally:
        process.kill()
        process.wait()
    kafka = Kafka(servers)
    sent = {bytes(r.headers[0][1]): r.timestamp async for _, r in read_all(kafka, source, range(partitions))}
    took = [
        float(r.timestamp - sent[bytes(r.headers[0][1])])
        async for _, r in read_all(kafka, target, range(partitions))
        if from_ms <= sent[bytes(r.headers[0][1])] < upto_ms
    ]
    rate = round(calls * 1000 / chunk_ms, 1)
    return Window(chunk_ms, calls, seconds, cpu, others, {"copy": (rate, rate)}, {"copy": spread(took)})
