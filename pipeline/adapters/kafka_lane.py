"""Carries out the steps of one lane on Kafka: sends, waits for the broker's word, keeps the ledgers, runs the jobs."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from pipeline.adapters.kafka_jobs import Jobs
from pipeline.core.ledger import Ledger
from pipeline.core.messages import State
from pipeline.ports.lane import Job, Lane, Out, Step

OUTGOING_MAX = 2_000  # messages a lane may have ready that the producer's buffer has no room for

Send = Callable[[Out, int], Awaitable["asyncio.Future[Any]"]]
"""Puts one message for a partition into the producer's buffer; returns the future of the broker's word."""


class LaneHost:
    """One lane and what is under way for it. Dropped whole when its partition is revoked.

    failed: told of anything that breaks the promise that steps are carried out in order and whole.
    """

    def __init__(
        self,
        lane: Lane,
        partition: int,
        send: Send,
        jobs: Jobs,
        now_ms: Callable[[], int],
        failed: Callable[[BaseException], None],
    ) -> None:
        self.lane, self.partition = lane, partition
        self._send, self._jobs, self._now_ms, self._failed = send, jobs, now_ms, failed
        self._ledgers: dict[str, Ledger] = {}
        self._times: dict[str, dict[int, int]] = {}  # of taken and unfinished offsets: when they were written
        self._outgoing: asyncio.Queue[Step] = asyncio.Queue()
        self._unsent = 0
        self._sent: asyncio.Queue[tuple[list[asyncio.Future[Any]], Step]] = asyncio.Queue()
        self._unconfirmed = 0
        self._waiting: dict[Hashable, deque[Job]] = {}
        self._alive = True
        self._tasks = [asyncio.create_task(self._send_on()), asyncio.create_task(self._confirm())]

    def taken(self, topic: str, offset: int, at_ms: int) -> None:
        """A record came. Raises ValueError if reading went back: this lane must be dropped then."""
        ledger = self._ledgers.get(topic)
        if ledger is None:
            ledger = self._ledgers[topic] = Ledger(offset)
            self._times[topic] = {}
        ledger.take(offset)
        self._times[topic][offset] = at_ms

    def submit(self, step: Step) -> None:
        """Carry out a step after those before it."""
        if step.outs or step.states or step.done:
            self._unsent += len(step.outs)
            self._unconfirmed += 1
            self._outgoing.put_nowait(step)
        for job in step.jobs:
            self._start(job)

    @property
    def full(self) -> bool:
        """True if the producer cannot follow: hand the lane nothing more for now."""
        return self._unsent > OUTGOING_MAX

    def commits(self) -> dict[str, int]:
        """By topic, the offset to go on from after a crash."""
        return {topic: ledger.commit for topic, ledger in self._ledgers.items()}

    def distance(self, topic: str) -> int:
        """How many offsets a crash would read again."""
        return self._ledgers[topic].distance if topic in self._ledgers else 0

    def oldest_ms(self, topic: str) -> int | None:
        """When the oldest unfinished record was written; None if all are finished."""
        ledger = self._ledgers.get(topic)
        held = ledger.held if ledger else None
        return None if held is None else self._times[topic].get(held)

    async def drain(self, seconds: float) -> None:
        """Wait a moment for what is under way to be confirmed."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while self._unconfirmed and loop.time() < end:
            await asyncio.sleep(0.02)

    async def drop(self) -> None:
        """Forget everything under way; nothing of it reaches a successor."""
        self._alive = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        close = getattr(self.lane, "close", None)
        if close is not None:
            close()

    async def _send_on(self) -> None:
        """One after the other, so that what a call says keeps its order."""
        try:
            while True:
                step = await self._outgoing.get()
                futures = []
                for out in step.outs:
                    futures.append(await self._send(out, self.partition))
                    self._unsent -= 1
                self._sent.put_nowait((futures, step))
        except Exception as error:
            self._failed(error)

    async def _confirm(self) -> None:
        """In order: the outs of a step, then its states, then its offsets count as finished."""
        try:
            while True:
                batch = [await self._sent.get()]
                while not self._sent.empty():
                    batch.append(self._sent.get_nowait())
                for future in (f for futures, _ in batch for f in futures):
                    await future
                states = _newest([out for _, step in batch for out in step.states])
                for future in [await self._send(out, self.partition) for out in states]:
                    await future
                for topic, offset in (place for _, step in batch for place in step.done):
                    self._ledgers[topic].done(offset)
                    self._times[topic].pop(offset, None)
                self._unconfirmed -= len(batch)
        except Exception as error:
            self._failed(error)

    def _start(self, job: Job) -> None:
        queue = self._waiting.get(job.key)
        if queue is not None:
            queue.append(job)
            return
        self._waiting[job.key] = deque()
        self._run(job)

    def _run(self, job: Job) -> None:
        self._jobs.run(job.run).add_done_callback(lambda done: self._ended(job, done))

    def _ended(self, job: Job, future: asyncio.Future[Any]) -> None:
        if not self._alive or future.cancelled():
            return
        error = future.exception()
        if error is not None:
            self._failed(error)
            return
        try:
            self.submit(self.lane.finish(job, future.result(), self._now_ms()))
        except Exception as failure:
            self._failed(failure)
            return
        self._next(job.key)

    def _next(self, key: Hashable) -> None:
        queue = self._waiting[key]
        if queue:
            self._run(queue.popleft())
        else:
            del self._waiting[key]


def _newest(states: list[Out]) -> list[Out]:
    """Of several states of one call only the last is worth sending."""
    by_call: dict[str, Out] = {}
    for out in states:
        assert isinstance(out.message, State)
        subject = out.message.head.subject
        by_call.pop(subject, None)
        by_call[subject] = out
    return list(by_call.values())
