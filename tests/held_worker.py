"""A worker of the acknowledgement tests: copies topics to GROUP.out, holding messages as a stage holds audio.

Runs as a process of its own, to be killed. RUNNER is one of:
    ledger    bare aiokafka; finished in any order, committed by the ledger
    faust     stock Faust; acknowledged in any order, exceptions left to the agent
    in-order  stock Faust; one message at a time, exceptions caught, dead-lettered and acknowledged

A message is {"name", "hold_ms", "fails"}. With --calm nothing is held and nothing fails.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import signal
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import faust
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition

from pipeline.core.ledger import Ledger

SESSION_S, HEARTBEAT_S, COMMIT_S = 6.0, 1.0, 0.2
Emit = Callable[[bytes], Awaitable[Any]]


class StageError(Exception):
    """What a stage raises at poison."""


async def stage(value: bytes, calm: bool, emit: Emit) -> None:
    """Hold the message as long as it says and copy it. Returns when the broker confirmed the copy."""
    message = json.loads(value)
    if not calm:
        if message["fails"]:
            raise StageError(message["name"])
        await asyncio.sleep(message["hold_ms"] / 1000)
    await emit(message["name"].encode())


async def dead(value: bytes, emit: Emit) -> None:
    """Poison is an output too."""
    await emit(b"dead:" + json.loads(value)["name"].encode())


class LedgerRunner(ConsumerRebalanceListener):  # type: ignore[misc]
    """Bare aiokafka: a task per message, a ledger per partition, no commit before the outputs are confirmed."""

    def __init__(self, servers: str, group: str, topics: Iterable[str], calm: bool) -> None:
        self._calm = calm
        self._topics = list(topics)
        self._out = f"{group}.out"
        self._reading = False
        self._ledgers: dict[TopicPartition, Ledger] = {}
        self._committed: dict[TopicPartition, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._producer = AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True, acks="all", linger_ms=5)
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=servers,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=int(SESSION_S * 1000),
            heartbeat_interval_ms=int(HEARTBEAT_S * 1000),
        )

    async def run(self) -> None:
        """Until SIGTERM."""
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await self._producer.start()
        self._consumer.subscribe(self._topics, listener=self)
        await self._consumer.start()
        commits = asyncio.create_task(self._commit_often())
        while not stop.is_set():
            for partition, messages in (await self._consumer.getmany(timeout_ms=50)).items():
                for message in messages:
                    self._take(partition, message)
        commits.cancel()
        await self._forget()
        await self._consumer.stop()
        await self._producer.stop()

    def _take(self, partition: TopicPartition, message: Any) -> None:
        if not self._reading:  # fetched before a rebalance; it comes again
            return
        ledger = self._ledgers.get(partition)
        if ledger is None:
            ledger = self._ledgers[partition] = Ledger(message.offset)
        ledger.take(message.offset)
        task = asyncio.create_task(self._work(ledger, message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, ledger: Ledger, message: Any) -> None:
        try:
            await stage(message.value, self._calm, self._emit)
        except StageError:
            await dead(message.value, self._emit)
        ledger.done(message.offset)

    async def _emit(self, value: bytes) -> None:
        await self._producer.send_and_wait(self._out, value)

    async def _commit_often(self) -> None:
        while True:
            await asyncio.sleep(COMMIT_S)
            with contextlib.suppress(Exception):  # a rebalance is under way; what counts is what is read again
                await self._commit()

    async def _commit(self) -> None:
        moved = {p: x.commit for p, x in self._ledgers.items() if x.commit != self._committed.get(p)}
        if moved:
            await self._consumer.commit(moved)
            self._committed |= moved

    async def _forget(self) -> None:
        """Reading goes on at the last commit, here or elsewhere: commit, and drop everything under way."""
        with contextlib.suppress(Exception):
            await self._commit()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._ledgers.clear()
        self._committed.clear()

    async def on_partitions_revoked(self, revoked: object) -> None:
        """Kept partitions are read again from their commit as well."""
        self._reading = False
        await self._forget()

    async def on_partitions_assigned(self, assigned: object) -> None:
        """Ledgers begin with the first message that comes."""
        self._reading = True


def faust_app(servers: str, group: str, topics: Iterable[str], calm: bool, in_order: bool) -> faust.App:
    """Stock Faust, with the settings a worker that holds messages needs to stop at all."""
    app = faust.App(
        group,
        broker=f"kafka://{servers}",
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        stream_wait_empty=False,
        broker_session_timeout=SESSION_S,
        broker_heartbeat_interval=HEARTBEAT_S,
        broker_commit_interval=COMMIT_S,
        consumer_auto_offset_reset="earliest",
        producer_acks=-1,
    )
    out = app.topic(f"{group}.out", value_serializer="raw", value_type=bytes)

    async def emit(value: bytes) -> None:
        await (await out.send(value=value))

    for name in topics:
        topic = app.topic(name, value_serializer="raw", value_type=bytes)
        app.agent(topic, name=name)(_in_order(calm, emit) if in_order else _any_order(calm, emit))
    return app


def _in_order(calm: bool, emit: Emit) -> Callable[[Any], Awaitable[None]]:
    async def agent(stream: Any) -> None:
        async for event in stream.noack().events():
            try:
                await stage(event.message.value, calm, emit)
            except StageError:
                await dead(event.message.value, emit)
            event.ack()

    return agent


def _any_order(calm: bool, emit: Emit) -> Callable[[Any], Awaitable[None]]:
    tasks = set()

    async def work(event: Any) -> None:
        await stage(event.message.value, calm, emit)
        event.ack()

    async def agent(stream: Any) -> None:
        async for event in stream.noack().events():
            if json.loads(event.message.value)["fails"] and not calm:
                raise StageError
            task = asyncio.create_task(work(event))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    return agent


def main() -> None:
    """Run until SIGTERM."""
    about = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    about.add_argument("runner", choices=["ledger", "faust", "in-order"])
    about.add_argument("servers")
    about.add_argument("group")
    about.add_argument("topics", nargs="+")
    about.add_argument("--calm", action="store_true")
    options = about.parse_args()
    if options.runner == "ledger":
        logging.basicConfig(level=logging.WARNING)

        async def run() -> None:
            await LedgerRunner(options.servers, options.group, options.topics, options.calm).run()

        asyncio.run(run())
    else:
        in_order = options.runner == "in-order"
        app = faust_app(options.servers, options.group, options.topics, options.calm, in_order)
        faust.Worker(app, loglevel="WARNING").execute_from_commandline()


if __name__ == "__main__":
    main()
