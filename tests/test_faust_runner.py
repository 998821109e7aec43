"""One record after the other on Faust: none is acknowledged before it is done, and a kill loses and doubles nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import faust
import numpy as np
import pytest
from aiokafka import AIOKafkaProducer
from broker import Broker, create
from faust_worker import Codec

from pipeline.adapters.faust_app import faust_options
from pipeline.adapters.faust_runner import FaustRunner
from pipeline.adapters.health import Status
from pipeline.adapters.kafka_acls import Acl, grant
from pipeline.adapters.kafka_connect import Kafka
from pipeline.adapters.kafka_pins import PinBoard
from pipeline.adapters.kafka_read import reader
from pipeline.adapters.kafka_topics import administer
from pipeline.adapters.kafka_watch import Watch
from pipeline.adapters.keyring import KeyFile, fresh_key, write_key_file
from pipeline.adapters.log import configure
from pipeline.adapters.metrics import Metrics
from pipeline.adapters.tally import SqliteTally
from pipeline.core.errors import WireError
from pipeline.core.finding import Finding, Reason
from pipeline.core.messages import Dead, Head, Message, Redacted, TranscriptPart, WrappedKey
from pipeline.core.span import Span
from pipeline.core.topics import DEAD
from pipeline.core.transcript import Piece, Role, Turn
from pipeline.ports.lane import Job, Lane, Out, Record, Spec, Step, Unreadable
from pipeline.stages.analytics import AnalyticsLane

WORKER = Path(__file__).with_name("faust_worker.py")
RATE, BLOCK = 8000, 2000
START_S_MAX, STOP_S_MAX = 40.0, 5.0
LETTER = Dead("analytics", "in", 0, 0, "test", 0)


# --- the order of things, without a broker


@dataclass
class Message0:
    """As Faust hands one over."""

    offset: int
    topic: str = "in"
    partition: int = 3
    key: bytes = b"k"
    value: bytes = b"v"
    headers: Any = ()
    timestamp: float = 12.5


class Plain:
    """A codec whose messages are what the test says."""

    def encode(self, topic: str, message: Message) -> tuple[bytes, bytes | None, list[tuple[str, bytes]]]:
        return b"k", json.dumps([topic, getattr(message, "reason", "")]).encode(), [("h", b"1")]

    def decode(self, topic: str, key: bytes | None, value: bytes | None, headers: object) -> Message:
        if value == b"bad":
            raise WireError("damaged", "no", tenant="acme", call="c9", start_sample=7)
        return LETTER


class Producer:
    """Confirms a moment after it was given something. story: what happened, in order."""

    def __init__(self, story: list[str]) -> None:
        self.story = story

    async def send(self, topic: str, key: bytes, value: bytes, partition: int, at: None, headers: object) -> Any:
        self.story.append(f"sent to {topic} {partition}")

        async def confirmed() -> None:
            await asyncio.sleep(0.01)
            self.story.append("confirmed")

        return confirmed()


class Told:
    """A lane that writes down what it is told, and fails its job a few times."""

    def __init__(self, story: list[str], fails: int) -> None:
        self.story, self.fails, self.record = story, fails, ("", -1)
        self.waits = False

    def restore(self, states: object) -> None:
        self.story.append("restored")

    def take(self, record: Record, now_ms: int) -> Step:
        self.story.append(f"took {record.offset} of {record.at_ms}")
        self.record = record.topic, record.offset
        return Step(outs=[Out("out", LETTER)], jobs=[Job("j", lambda: self.story.append("worked"))])

    def unreadable(self, record: Unreadable, now_ms: int) -> Step:
        self.story.append(f"unreadable {record.offset}")
        return Step(done=[(record.topic, record.offset)])

    def finish(self, job: Job, result: object, now_ms: int) -> Step:
        self.fails -= 1
        self.waits = self.fails >= 0
        return Step() if self.waits else Step(done=[self.record])

    def tick(self, now_ms: int) -> Step:
        return Step(jobs=[Job("j", lambda: self.story.append("worked"))]) if self.waits else Step()

    paused: frozenset[str] = frozenset()
    calls = 0


class App:
    """As much of Faust as a record meets."""

    def __init__(self, story: list[str]) -> None:
        self.producer = Producer(story)

    async def maybe_start_producer(self) -> Producer:
        return self.producer


async def told(*messages: Message0, fails: int = 0) -> list[str]:
    story: list[str] = []

    def make(partition: int, _: Iterable[Message]) -> Lane:
        story.append(f"lane {partition}")
        return Told(story, fails)

    with ThreadPoolExecutor(1) as pool:
        watch = Watch(Metrics("analytics"), Status("analytics", 30))
        runner = FaustRunner(Spec("analytics", ("in",), make), Kafka(), Plain(), watch, pool, fleet="main")
        for message in messages:
            assert await runner._take(App(story), message)
            story.append("acknowledged")
    return story


async def test_outputs_are_confirmed_and_jobs_done_before_a_record_is_acknowledged() -> None:
    one = ["sent to out 3", "confirmed", "worked", "acknowledged"]
    assert await told(Message0(0), Message0(1)) == [
        "lane 3", "restored", "took 0 of 12500", *one, "took 1 of 12500", *one,
    ]  # fmt: skip


async def test_what_fails_is_done_again_before_anything_else() -> None:
    story = await told(Message0(0), fails=2)
    assert story[-4:] == ["worked", "worked", "worked", "acknowledged"]


async def test_an_unreadable_record_is_a_dead_letter_first() -> None:
    assert await told(Message0(5, value=b"bad")) == [
        "lane 3", "restored", "unreadable 5", "sent to calls.dead 3", "confirmed", "acknowledged",
    ]  # fmt: skip


def test_stages_with_state_in_kafka_are_refused() -> None:
    watch = Watch(Metrics("analytics"), Status("analytics", 30))
    two = Spec("hear", ("a", "b"), None, keeps_state=True)  # type: ignore[arg-type]
    for spec in (two, Spec("mask", (), None, reads_back="x")):  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="cannot run on Faust"):
            FaustRunner(spec, Kafka(), Plain(), watch, ThreadPoolExecutor(1), fleet="main", pins=PinBoard(Kafka()))


@dataclass
class Kept:
    """A runner of a stage that keeps state, and what happened, in order."""

    monkeypatch: pytest.MonkeyPatch
    pool: ThreadPoolExecutor
    fails: int = 0
    story: list[str] = field(default_factory=list)

    def runner(self) -> FaustRunner:
        async def build(
            spec: Spec, _k: object, _c: object, _p: object, _m: object, wanted: list[int]
        ) -> dict[int, Lane]:
            lane = Told(self.story, self.fails)
            self.story.append(f"state of {wanted} read")
            lane.restore(())
            return {wanted[0]: lane}

        self.monkeypatch.setattr("pipeline.adapters.faust_runner.build", build)
        watch = Watch(Metrics("chat"), Status("chat", 30))
        spec = Spec("chat", ("in",), lambda _p, _b: Told(self.story, 0), keeps_state=True)
        return FaustRunner(spec, Kafka(), Plain(), watch, self.pool, fleet="main", pins=PinBoard(Kafka()))


async def test_a_lane_that_keeps_state_has_it_before_its_first_record(monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor(1) as pool:
        kept = Kept(monkeypatch, pool)
        runner = kept.runner()
        assert await runner._take(App(kept.story), Message0(0))
        assert await runner._take(App(kept.story), Message0(1))
    assert kept.story[:3] == ["state of [3] read", "restored", "took 0 of 12500"]
    assert kept.story.count("restored") == 1


async def test_a_partition_that_goes_is_worked_on_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record whose job is under way when the partition goes is not acknowledged, and nothing of it is sent after."""
    monkeypatch.setattr("pipeline.adapters.faust_runner.REVOKE_S", 0.05)
    with ThreadPoolExecutor(1) as pool:
        kept = Kept(monkeypatch, pool, fails=10**6)  # as if its disk were full
        runner = kept.runner()
        taking = asyncio.create_task(runner._take(App(kept.story), Message0(0)))
        while "worked" not in kept.story:
            await asyncio.sleep(0.01)
        monkeypatch.setattr(Told, "tick", lambda *_: Step(outs=[Out("after", LETTER)]))
        await runner._revoked()
        assert await taking is False
    assert "sent to after 3" not in kept.story
    assert not runner._seats


def test_who_we_are_is_told_to_faust_as_to_others(tmp_path: Path) -> None:
    assert faust_options(Kafka("a:1,b")) == {"broker": ["kafka://a:1", "kafka://b:9092"]}
    word = tmp_path / "password"
    word.write_text("s3cret\n", encoding="utf-8")
    word.chmod(0o600)
    login = faust_options(Kafka(security="sasl_plaintext", user="u", password_file=word))["broker_credentials"]
    assert isinstance(login, faust.SASLCredentials)
    assert (login.username, login.password, login.mechanism.value) == ("u", "s3cret", "SCRAM-SHA-512")
    assert (login.protocol.value, login.ssl_context) == ("SASL_PLAINTEXT", None)
    both = faust_options(Kafka(security="sasl_tls", user="u", password_file=word))["broker_credentials"]
    assert both.protocol.value == "SASL_SSL"
    assert both.ssl_context.check_hostname
    line = faust_options(Kafka(security="tls"))["broker_credentials"]
    assert (line.protocol.value, line.context.check_hostname) == ("SSL", True)


# --- on a broker


def call(number: int) -> Iterator[Message]:
    """Three seconds of one call and its words."""
    head = Head("acme", f"c{number}", "main", "ab" * 32, RATE, 2, 1_767_312_000_000, WrappedKey("k1", b"x"))
    noise = np.random.default_rng(number).integers(-9000, 9000, (3 * RATE, 2)).astype(np.int16)
    for at in range(0, len(noise), BLOCK):
        hidden = (Finding(at // BLOCK % 2, Span(at, at + 500), "PIN", Reason.CUE, 1.0),)
        yield Redacted(head, "analytics", at, noise[at : at + BLOCK], hidden, 0, at + BLOCK == len(noise))
        turn = Turn(0, Role.AGENT, (Piece(Span(at, at + 9), "word"),))
        yield TranscriptPart(head, "analytics", at // BLOCK, (turn,), at + BLOCK == len(noise))


@dataclass
class Group:
    """Topics of a test, and where its workers count."""

    servers: str
    folder: Path
    name: str

    @property
    def names(self) -> tuple[str, str]:
        return f"{self.name}.audio", f"{self.name}.words"

    @property
    def keys(self) -> Path:
        return self.folder / "keys.json"

    @contextlib.contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        words = [sys.executable, WORKER, self.servers, self.name, self.keys, self.folder / "calls.sqlite", *self.names]
        with (self.folder / "said").open("ab") as said, subprocess.Popen(words, stdout=said, stderr=said) as process:
            try:
                yield process
            finally:
                process.kill()

    async def until(self, query: str, wanted: int) -> None:
        """Until a count in the tables is that high."""
        end = time.monotonic() + START_S_MAX
        while (found := self.count(query)) < wanted:
            assert time.monotonic() < end, f"{found} of {wanted}\n" + (self.folder / "said").read_text()[-3000:]
            await asyncio.sleep(0.1)

    def count(self, query: str) -> int:
        with contextlib.suppress(sqlite3.OperationalError), sqlite3.connect(self.folder / "calls.sqlite") as base:
            return int(base.execute(query).fetchone()[0] or 0)
        return 0

    async def send(self, numbers: Iterable[int], poison: bool) -> None:
        codec = Codec(self.names, self.keys)
        producer = AIOKafkaProducer(bootstrap_servers=self.servers, enable_idempotence=True)
        await producer.start()
        try:
            for number in numbers:
                for message in call(number):
                    topic = self.names[isinstance(message, TranscriptPart)]
                    key, value, headers = codec.encode(topic, message)
                    await producer.send(topic, value, key=key, partition=number % 2, headers=headers)
                    if poison and isinstance(message, Redacted) and message.start_sample == BLOCK:
                        await producer.send(topic, b"\xff" * 9, key=key, partition=number % 2, headers=headers)
            await producer.flush()
        finally:
            await producer.stop()

    async def letters(self) -> set[tuple[str, int, int]]:
        """What messages of these topics have dead letters, by where they lie."""
        codec, found = Codec(self.names, self.keys), set()
        async with reader(Kafka(self.servers)) as consumer:
            consumer.subscribe([DEAD])
            while batches := await consumer.getmany(timeout_ms=2000):
                for record in (r for records in batches.values() for r in records):
                    with contextlib.suppress(WireError):
                        message = codec.decode(DEAD, record.key, record.value, record.headers)
                        if isinstance(message, Dead) and message.topic in self.names:
                            found.add((message.topic, message.partition, message.offset))
        return found


@pytest.fixture
async def group(kafka: str, tmp_path: Path) -> Group:
    made = Group(kafka, tmp_path, f"faust-{uuid4().hex[:8]}")
    write_key_file(made.keys, KeyFile("k1", {"k1": fresh_key()}))
    await create(kafka, *made.names, partitions=2)
    with contextlib.suppress(AssertionError):  # another test made it
        await create(kafka, DEAD, partitions=2)
    return made


@pytest.mark.kafka
async def test_a_kill_in_the_middle_loses_nothing_and_counts_nothing_twice(group: Group) -> None:
    calls = 20
    blocks = 3 * RATE // BLOCK
    await group.send(range(calls), poison=True)
    with group.worker() as first:
        await group.until("SELECT SUM(samples) FROM calls", calls * 3 * RATE // 3)
        first.kill()
        first.wait()
    assert group.count("SELECT SUM(complete) FROM calls") < calls
    with group.worker() as second:
        await group.until("SELECT SUM(complete) FROM calls", calls)
        await asyncio.sleep(1.0)
        second.send_signal(signal.SIGTERM)
        since = time.monotonic()
        assert await asyncio.to_thread(second.wait, 20) == 0
        assert time.monotonic() - since < STOP_S_MAX
    assert group.count("SELECT SUM(samples) FROM calls") == calls * 3 * RATE
    assert group.count("SELECT SUM(lost_samples + lost_parts) FROM calls") == 0
    assert group.count("SELECT SUM(words) FROM channels") == calls * blocks
    assert group.count("SELECT COUNT(*) FROM spans") == calls * blocks
    assert group.count("SELECT COUNT(*) FROM channels") == 2 * calls
    assert len(await group.letters()) == calls, "one for each poison, some maybe twice"
    said = [line for line in (group.folder / "said").read_text(encoding="utf-8").splitlines() if line]
    assert {json.loads(line)["event"] for line in said} == {"dead_letter"}, "nothing of Faust's own"


@pytest.mark.kafka
async def test_a_second_worker_takes_over_what_the_first_one_leaves(group: Group) -> None:
    calls = 20
    with group.worker() as first:
        await group.send(range(calls // 2), poison=False)
        await group.until("SELECT COUNT(*) FROM calls", 2)
        with group.worker():
            await group.send(range(calls // 2, calls), poison=False)
            first.send_signal(signal.SIGTERM)
            since = time.monotonic()
            assert await asyncio.to_thread(first.wait, 20) == 0
            assert time.monotonic() - since < STOP_S_MAX
            await group.until("SELECT SUM(complete) FROM calls", calls)
    assert group.count("SELECT SUM(samples) FROM calls") == calls * 3 * RATE
    assert group.count("SELECT SUM(lost_samples + lost_parts) FROM calls") == 0


@pytest.mark.kafka
async def test_with_login_tls_and_the_rights_of_its_stage_only(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    configure("warning")  # tests before may have left the log otherwise
    keys = tmp_path / "keys.json"
    write_key_file(keys, KeyFile("k1", {"k1": fresh_key()}))
    with Broker(users=("analytics",)) as broker:
        group = Group(broker.servers, tmp_path, "secure")
        await create(broker.servers, *group.names, DEAD, partitions=2)
        rights = [Acl("User:analytics", "topic", name, "read") for name in group.names]
        rights.append(Acl("User:analytics", "group", "callshield.analytics", "read"))
        rights.append(Acl("User:analytics", "topic", DEAD, "write"))
        async with administer(Kafka(broker.servers)) as admin:
            await grant(admin, rights)
        kafka = Kafka(
            broker.addresses["KAFKA_SECURE_BOOTSTRAP_SERVERS"], "sasl_tls", Path(broker.addresses["KAFKA_CA_FILE"]),
            user="analytics", password_file=Path(broker.addresses["KAFKA_PASSWORDS"]) / "analytics",
        )  # fmt: skip
        tally, meter = SqliteTally(tmp_path / "calls.sqlite"), Metrics("analytics")
        status = Status("analytics", 30)

        def make(partition: int, _: Iterable[Message]) -> Lane:
            return AnalyticsLane(tally=tally, meter=meter, partition=partition)

        await group.send(range(2), poison=True)
        with ThreadPoolExecutor(1) as pool:
            spec, codec = Spec("analytics", group.names, make), Codec(group.names, keys)
            watch = Watch(meter, status)
            runner = FaustRunner(spec, kafka, codec, watch, pool, fleet="main")
            running, asking = asyncio.create_task(runner.run()), asyncio.create_task(watch.ask(kafka))
            await group.until("SELECT SUM(complete) FROM calls", 2)
            assert status.reasons == ()
            asking.cancel()
            runner.stop()
            await asyncio.wait_for(running, STOP_S_MAX)
        assert len(await group.letters()) == 2
        tally.close()
    said = [line for line in "".join(capfd.readouterr()).splitlines() if line]
    assert {json.loads(line)["event"] for line in said} == {"dead_letter"}
