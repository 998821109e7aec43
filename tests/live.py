"""A whole live pipeline of real processes on a real broker: started, fed, killed, looked at."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import numpy as np
import soundfile
import test_pipeline_memory
from aiokafka import AIOKafkaProducer
from command import ROOT
from numpy.typing import NDArray
from shelves import Shelves

from pipeline.adapters.aids import loaded_aids
from pipeline.adapters.intake import to_record
from pipeline.adapters.kafka_connect import Kafka
from pipeline.adapters.kafka_read import read_all
from pipeline.adapters.keyring import Keyring
from pipeline.adapters.policy_file import preset
from pipeline.adapters.wire import Wire
from pipeline.core.hold import Hold
from pipeline.core.joiner import Joiner
from pipeline.core.masker import Masker
from pipeline.core.messages import Intake
from pipeline.core.policy import Policy
from pipeline.core.topics import DEAD, INTAKE, REDACTED, TRANSCRIPTS, VERDICTS, topics

STAGES = ("accept", "hear", "identify", "mask", "store")
PURPOSES = ("storage", "analytics")
DEFAULT = preset("default")
AIDS = cache(loaded_aids)
RATE, CHUNK_S = 8_000, 0.25
START_S_MAX, STOP_S_MAX = 120.0, 20.0  # a busy machine takes long to import everything
ENDS = ("after_end",)  # the end of a call, read again
Pcm = NDArray[np.int16]


@dataclass
class Worker:
    """One `callshield run STAGE` process."""

    stage: str
    process: subprocess.Popen[bytes]
    said: Path

    @property
    def port(self) -> int:
        """Of its metrics; 0 until it says so."""
        for line in self.said.read_text().splitlines():
            if "metrics on port" in line:
                return int(line.rsplit(" ", 1)[1])
        return 0

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of one of its pages."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=3) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    def metric(self, name: str) -> float:
        """Sum over all labels."""
        lines = self.get("/metrics")[1].splitlines()
        mine = [li for li in lines if li.startswith((f"callshield_{name}{{", f"callshield_{name} "))]
        return sum(float(line.rsplit(" ", 1)[1]) for line in mine)

    @property
    def ready(self) -> bool:
        return self.port > 0 and self.get("/readyz")[0] == 200

    def told(self) -> str:
        """Whether it is ready, or why not, in its own words."""
        try:
            return self.get("/readyz")[1].strip()
        except OSError:
            return "does not answer"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(STOP_S_MAX)

    def terminate(self) -> float:
        """Stop in order. Returns the seconds it took."""
        began = time.monotonic()
        self.process.terminate()
        assert self.process.wait(STOP_S_MAX) == 0
        return time.monotonic() - began


@dataclass
class Live:
    """Settings, workers and folders of one pipeline. fleet: of its own, so that several may share a broker."""

    folder: Path
    servers: str
    engine: str = "written:open_engine"
    fleet: str = "test"
    partitions: int = 4
    more: dict[str, str] = field(default_factory=dict)
    logins: dict[str, dict[str, str]] = field(default_factory=dict)  # settings by stage
    workers: list[Worker] = field(default_factory=list)
    _number: int = 0

    def __post_init__(self) -> None:
        self.kept = Shelves(self.folder / "kept")
        self.wire = Wire(topics(PURPOSES), Keyring(self.kept.keys), "test")
        self.kafka = Kafka(self.servers)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CALLSHIELD_")},
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests"))),
            "CALLSHIELD_KAFKA_SERVERS": self.servers,
            "CALLSHIELD_ENGINE": self.engine,
            "CALLSHIELD_FLEET": self.fleet,
            "CALLSHIELD_MODELS_DIR": str(ROOT / "models"),
            "CALLSHIELD_ANALYTICS_DB": str(self.folder / "analytics.sqlite3"),
            "CALLSHIELD_PARTITIONS": str(self.partitions),
            **self.kept.environment,
            **self.more,
        }

    def apply_topics(self) -> None:
        """Make the topics, if they are not there, and with logins their ACLs."""
        words = [sys.executable, "-m", "pipeline", "topics", "apply"]
        if self.logins:
            words += ["--acls", *(w for user in self.logins for w in ("--principal", f"{user}=User:{user}"))]
        done = subprocess.run(words, env=self.environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self, stage: str) -> Worker:
        """One more worker."""
        self._number += 1
        said = self.folder / f"{stage}-{self._number}.log"
        with said.open("wb") as log:
            words = [sys.executable, "-m", "pipeline", "run", stage, "--metrics-port", "0"]
            environment = {**self.environment, **self.logins.get(stage, {})}
            process = subprocess.Popen(words, env=environment, stderr=log, stdout=log, cwd=self.folder)
        worker = Worker(stage, process, said)
        self.workers.append(worker)
        return worker

    def of(self, stage: str) -> list[Worker]:
        """The workers of a stage that are meant to run."""
        return [w for w in self.workers if w.stage == stage]

    async def wait_ready(self, *workers: Worker, seconds: float = START_S_MAX) -> None:
        """Until they are, or all are."""
        await until(lambda: all(w.ready for w in workers or self.workers), seconds, self.said)

    def remove(self, worker: Worker) -> None:
        """It is dead, and is not to be started again."""
        self.workers.remove(worker)

    def revive(self) -> None:
        """Start what has died, as whoever supervises them does."""
        for worker in list(self.workers):
            if worker.process.poll() is not None:
                self.remove(worker)
                self.start(worker.stage)

    def said(self) -> str:
        """The last lines of all workers, for a failing test: they never hold what was said."""
        return "\n".join(f"{w.said.name} {w.told()}: " + w.said.read_text()[-600:] for w in self.workers)

    def stored(self, name: str) -> Path | None:
        """The folder that a finished call was read back to."""
        return self.kept.export(name)

    def close(self) -> None:
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            worker.process.wait(STOP_S_MAX)


def by_file(pcm: Pcm, policy: Policy = DEFAULT) -> Pcm:
    """What `callshield redact` makes of it, with the aids that workers have."""
    return test_pipeline_memory.by_file(pcm, policy, AIDS())


@asynccontextmanager
async def running(live: Live, stages: Iterable[str] = STAGES) -> AsyncIterator[Live]:
    """With topics and one worker of each stage, ready."""
    live.apply_topics()
    try:
        for stage in stages:
            live.start(stage)
        await live.wait_ready()
        yield live
    finally:
        live.close()


async def until(true: Callable[[], bool], seconds: float, said: Callable[[], str] = str) -> float:
    """Wait for something. Returns how long it took."""
    began = time.monotonic()
    while True:
        try:
            if true():
                return time.monotonic() - began
        except OSError:  # a worker that is not there yet, or no more
            pass
        assert time.monotonic() - began < seconds, f"not within {seconds} s\n{said()}"
        await asyncio.sleep(0.1)


async def speak(live: Live, calls: dict[str, Pcm], *, speed: float = 1.0, stagger_s: float = 0.0) -> None:
    """All calls at once, in their own time."""
    producer = AIOKafkaProducer(
        bootstrap_servers=live.servers, acks="all", enable_idempotence=True, max_batch_size=1 << 18, linger_ms=5,
        request_timeout_ms=120_000,
    )  # fmt: skip
    await producer.start()
    began = time.monotonic()
    plan: list[tuple[float, str, int]] = []
    for n, (name, pcm) in enumerate(calls.items()):
        size = int(RATE * CHUNK_S)
        plan += [(n * stagger_s + (i + 1) * CHUNK_S / speed, name, i) for i in range(-(-len(pcm) // size))]
    try:
        sent = []
        for due_s, name, i in sorted(plan):
            if (wait_s := began + due_s - time.monotonic()) > 0:
                await asyncio.sleep(wait_s)
            pcm, at = calls[name], i * int(RATE * CHUNK_S)
            part = pcm[at : at + int(RATE * CHUNK_S)]
            final = at + len(part) >= len(pcm)
            key, value, headers = to_record(Intake("acme", name, None, pcm.shape[1], RATE, i, at, part, final))
            sent.append(await producer.send(INTAKE, value, key=key, headers=headers))
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def messages(live: Live, topic: str) -> list[Any]:
    """All of a topic that can be read with the keys of this pipeline, in the order of each partition."""
    return [
        live.wire.decode(topic, record.value, record.headers)
        async for _, record in read_all(live.kafka, topic, range(live.partitions))
        if record.key.startswith(b"acme/")
    ]


def judged(pcm: Pcm, verdicts: list[Any], policy: Policy) -> Pcm:
    """What the log of verdicts says must leave of a call: the first judgement of each sequence counts."""
    masker = Masker(RATE, 16, policy.action, policy.tone)
    hold = Hold(pcm.shape[1], margin=masker.ramp)
    hold.push_audio(pcm)
    following = 0
    for item in verdicts:
        if item.sequence >= 0 and item.sequence != following:
            assert item.sequence < following, "a judgement is missing in the log"
            continue
        following += item.sequence >= 0
        for v in item.verdicts:
            hold.push_verdict(v.channel, v.findings, v.watermark)
        if item.silence_upto:
            hold.silence(item.silence_upto)
    due = hold.rest()
    assert due is not None
    assert len(due.clean) == len(pcm), "not all of the call is judged"
    return masker.mask(due)[0].astype(np.int16)


async def check(
    live: Live, calls: dict[str, Pcm], policy: Policy, exact: dict[str, Pcm], letters: Iterable[str] = ENDS
) -> None:
    """Every call left whole, once and in order, masked as the log of verdicts says; repeats say the same.

    exact: what some calls must be to the sample, whatever happened on the way. letters: reasons that dead letters may
    have.
    """
    verdicts: dict[str, list[Any]] = {name: [] for name in calls}
    for item in await messages(live, VERDICTS):
        if item.head.call in verdicts:
            verdicts[item.head.call].append(item)
    for purpose in PURPOSES:
        blocks: dict[str, list[Any]] = {name: [] for name in calls}
        for block in await messages(live, REDACTED + purpose):
            if block.head.call in blocks:
                blocks[block.head.call].append(block)
        for name, pcm in calls.items():
            expected = judged(pcm, verdicts[name], policy)
            joiner = Joiner()
            out = np.concatenate([joiner.push(b.start_sample, b.pcm) for b in blocks[name]])
            assert out.shape == pcm.shape, f"{name}: {len(pcm) - len(out)} samples lost"
            assert np.array_equal(out, expected), f"{name}: not what the verdicts say"
            for b in blocks[name]:
                again = expected[b.start_sample : b.start_sample + len(b.pcm)]
                assert np.array_equal(b.pcm, again), f"{name}: a repeat differs at {b.start_sample}"
            if name in exact:
                assert np.array_equal(out, exact[name]), f"{name}: not what the file gives"
        await _check_words(live, purpose, calls)
    for name, pcm in calls.items():
        folder = live.stored(name)
        assert folder is not None
        stored, _ = soundfile.read(folder / "recording.flac", dtype="int16", always_2d=True)
        assert np.array_equal(stored, judged(pcm, verdicts[name], policy)), f"{name}: stored otherwise"
        manifest = json.loads((folder / "manifest.json").read_text())
        assert (manifest["samples"], manifest["missing"], manifest["lost"]) == (len(pcm), [], []), name
        assert manifest["transcript"]["complete"], f"{name}: a part of its transcript did not come"
    assert (await dead(live)).keys() <= set(letters), "messages that nobody could use"


async def _check_words(live: Live, purpose: str, calls: dict[str, Pcm]) -> None:
    """Every transcript is whole, and its repeats say the same."""
    parts: dict[str, dict[int, Any]] = {name: {} for name in calls}
    for part in await messages(live, TRANSCRIPTS + purpose):
        if part.head.call in parts:
            first = parts[part.head.call].setdefault(part.sequence, part)
            assert (part.turns, part.last) == (first.turns, first.last), f"{part.head.call}: a repeat differs"
    for name, found in parts.items():
        assert sorted(found) == list(range(len(found))), f"{name}: a part of the transcript is missing"
        assert [n for n, part in found.items() if part.last] == [len(found) - 1], f"{name}: it does not end"


async def dead(live: Live) -> dict[str, int]:
    """How many letters of each reason there are in `calls.dead`."""
    every = [
        live.wire.decode(DEAD, r.value, r.headers) async for _, r in read_all(live.kafka, DEAD, range(live.partitions))
    ]
    return dict(Counter(letter.reason for letter in every))


def stop(worker: Worker) -> None:
    """Freeze it."""
    worker.process.send_signal(signal.SIGSTOP)


def go_on(worker: Worker) -> None:
    """Thaw it."""
    worker.process.send_signal(signal.SIGCONT)
