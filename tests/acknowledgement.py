"""What is lost and what comes twice when workers that hold messages are killed or relieved.

Prints the table of docs/adr/0006-kafka-runners.md:  python tests/acknowledgement.py
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from broker import Broker, create

WORKER = Path(__file__).with_name("held_worker.py")
RUNNERS = ("ledger", "faust", "in-order")
COUNT, HELD = 20, 11  # messages of a short topic, and which one is special
STREAM, RATE_HZ = 900, 300
FOR_EVER_MS = 3_600_000
START_S_MAX, DRAIN_S_MAX, STOP_S_MAX, SETTLED_S = 40.0, 60.0, 20.0, 1.5


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a case as one runner got through it. stop_s: from SIGTERM to the end of the worker."""

    runner: str
    case: str
    messages: int
    lost: int
    duplicated: int
    stop_s: float | None = None


@dataclass
class Run:
    """One group of workers, its topics and what it copied so far."""

    servers: str
    runner: str
    log: Path
    group: str = field(default_factory=lambda: f"run.{uuid4().hex[:8]}")
    sent: dict[str, list[str]] = field(default_factory=dict)
    ends: dict[TopicPartition, int] = field(default_factory=dict)
    copies: Counter[str] = field(default_factory=Counter)

    def topic(self, case: str) -> str:
        """The topic of a case."""
        return f"{self.group}.{case}"

    @contextlib.contextmanager
    def worker(self, *cases: str, calm: bool = False) -> Iterator[subprocess.Popen[bytes]]:
        """A worker process over the topics of these cases; killed at the end if it still runs."""
        words = [sys.executable, str(WORKER), self.runner, self.servers, self.group, *map(self.topic, cases)]
        with self.log.open("ab") as log:
            process = subprocess.Popen([*words, *(["--calm"] if calm else [])], stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    async def send(self, producer: AIOKafkaProducer, case: str, hold_ms: float = 0, fails: bool = False) -> None:
        """Send one message and note its name and where its partition ends."""
        names = self.sent.setdefault(case, [])
        names.append(f"{case}-{len(names)}")
        value = json.dumps({"name": names[-1], "hold_ms": hold_ms, "fails": fails}).encode()
        partition = (len(names) - 1) % len(await producer.partitions_for(self.topic(case)))
        told = await producer.send_and_wait(self.topic(case), value, partition=partition)
        self.ends[told.topic_partition] = told.offset + 1

    async def read(self) -> None:
        """Count the copies until cancelled."""
        consumer = AIOKafkaConsumer(
            f"{self.group}.out", bootstrap_servers=self.servers, auto_offset_reset="earliest", group_id=None
        )
        await consumer.start()
        try:
            async for message in consumer:
                self.copies[message.value.decode().removeprefix("dead:")] += 1
        finally:
            await consumer.stop()

    async def settled(self) -> None:
        """Until no copy came for a while, after some did."""
        end, seen, since = time.monotonic() + START_S_MAX, 0, time.monotonic()
        while time.monotonic() < end:
            await asyncio.sleep(0.1)
            if self.copies.total() != seen:
                seen, since = self.copies.total(), time.monotonic()
            elif seen and time.monotonic() - since > SETTLED_S:
                return
        raise AssertionError(self.log.read_text(encoding="utf-8")[-2000:])

    async def drained(self) -> None:
        """Until everything is committed: after that nothing comes again."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.servers)
        await admin.start()
        try:
            async with asyncio.timeout(DRAIN_S_MAX):
                while True:
                    done = await admin.list_consumer_group_offsets(self.group)
                    if all(p in done and done[p].offset >= end for p, end in self.ends.items()):
                        break
                    await asyncio.sleep(0.3)
        except TimeoutError:  # what never came counts as lost
            pass
        finally:
            await admin.close()
        await self.settled()

    def row(self, case: str) -> Row:
        """What became of the messages of a case."""
        copies = [self.copies[name] for name in self.sent[case]]
        return Row(self.runner, case, len(copies), copies.count(0), sum(n - 1 for n in copies if n > 1))


@contextlib.asynccontextmanager
async def running(servers: str, runner: str, partitions: int, *cases: str) -> AsyncIterator[Run]:
    """A run with its topics, its log and its count of copies."""
    with tempfile.TemporaryDirectory() as folder:
        run = Run(servers, runner, Path(folder) / "workers.log")
        await create(servers, *map(run.topic, cases), partitions=partitions)
        await create(servers, f"{run.group}.out")
        reader = asyncio.create_task(run.read())
        try:
            yield run
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)


async def killed(servers: str, runner: str) -> list[Row]:
    """A worker holds the first message, one in the middle, one among gaps, meets poison, is killed; another follows."""
    short = ("held first", "held in the middle", "held among gaps", "poison")
    cases = {name.replace(" ", "-"): name for name in (*short, "kill -9")}
    first, middle, gaps, poison, stream = cases
    async with running(servers, runner, 1, *cases) as run:
        producer = AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True, linger_ms=0)
        transactions = AIOKafkaProducer(bootstrap_servers=servers, transactional_id=run.group)
        await producer.start()
        await transactions.start()
        for number in range(COUNT):
            await run.send(producer, first, FOR_EVER_MS if number == 0 else 0)
            await run.send(producer, middle, FOR_EVER_MS if number == HELD else 0)
            await run.send(producer, poison, fails=number == HELD)
            async with transactions.transaction():
                await run.send(transactions, gaps, FOR_EVER_MS if number == HELD else 0)
        await transactions.stop()
        with run.worker(*cases) as worker:
            await run.settled()
            sending = asyncio.create_task(_stream(run, producer, stream, 500))
            await asyncio.sleep(STREAM / RATE_HZ * 2 / 3)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            await sending
            with run.worker(*cases, calm=True):
                await run.drained()
            await producer.stop()
            return [replace(run.row(case), case=name) for case, name in cases.items()]


async def handed_over(servers: str, runner: str) -> list[Row]:
    """A second worker joins in the middle of a stream, later the first one is told to stop."""
    case = "hand-over"
    async with running(servers, runner, 4, case) as run:
        producer = AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True, linger_ms=0)
        await producer.start()
        await run.send(producer, case)
        with run.worker(case) as first:
            await run.settled()
            sending = asyncio.create_task(_stream(run, producer, case, 5 if runner == "in-order" else 1500))
            with run.worker(case):
                await sending
                await asyncio.sleep(4)
                sending = asyncio.create_task(_stream(run, producer, case, 5 if runner == "in-order" else 1500))
                await asyncio.sleep(STREAM / RATE_HZ / 2)
                first.terminate()
                told = time.monotonic()
                await asyncio.to_thread(first.wait, STOP_S_MAX)
                stop_s = time.monotonic() - told
                await sending
                await run.drained()
        await producer.stop()
        return [replace(run.row(case), stop_s=stop_s)]


async def _stream(run: Run, producer: AIOKafkaProducer, case: str, hold_ms_max: float) -> None:
    """Messages at an even rate, each held for a time of its own."""
    holds, start = random.Random(7), time.monotonic()
    for number in range(STREAM):
        await asyncio.sleep(max(0.0, start + number / RATE_HZ - time.monotonic()))
        await run.send(producer, case, holds.uniform(0, hold_ms_max))


async def _table() -> None:
    with Broker() as broker:
        for runner in sys.argv[1:] or RUNNERS:
            for rows in (await killed(broker.servers, runner), await handed_over(broker.servers, runner)):
                for row in rows:
                    stop = "" if row.stop_s is None else f"{row.stop_s:.1f} s"
                    words = (row.runner, row.case, row.messages, row.lost, row.duplicated, stop)
                    print("|", " | ".join(map(str, words)), "|", flush=True)


if __name__ == "__main__":
    asyncio.run(_table())
