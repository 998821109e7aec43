"""Runs one stage on faust-streaming: for stages that finish each record before the next (see ADR 6).

Stock Faust loses what is acknowledged out of order, so here nothing is: one record at a time, its outputs confirmed
and its jobs done, then acknowledged. A lane that does not finish its record at once, such as while a disk is full,
holds up the worker until it does. A mistake of the program ends the run; it begins anew from the log.

A rebalance waits for the record under way and drops every lane. A stage that keeps state has its lanes built anew from
the newest states before they get a record, as on the other runner. Faust may give one worker partition 3 of one topic
and another worker that of another, so such a stage may have one input only, and none may read back what it published.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import Executor
from typing import Any

from pipeline.adapters.faust_app import faust_app
from pipeline.adapters.faust_seat import DroppedError, Original, Seat
from pipeline.adapters.kafka_connect import Kafka, told
from pipeline.adapters.kafka_fence import Fence, failure
from pipeline.adapters.kafka_pins import PinBoard
from pipeline.adapters.kafka_restore import build
from pipeline.adapters.kafka_runner import STILL_S_MAX, group_of
from pipeline.adapters.kafka_unreadable import with_original
from pipeline.adapters.kafka_watch import Watch
from pipeline.adapters.log import get_log
from pipeline.core.errors import BrokerError, CallShieldError, WireError
from pipeline.core.messages import Dead
from pipeline.core.topics import DEAD
from pipeline.ports.codec import Codec
from pipeline.ports.lane import Offset, Out, Record, Spec, Step, Unreadable

LOOK_S, TICK_S = 0.25, 0.25
STOP_S_MAX = 3.0
REVOKE_S = 2.0  # well within a session: what is on its way to the broker gets this long


class FaustRunner:
    """One worker of one stage, with the interface of `KafkaRunner`."""

    def __init__(
        self,
        spec: Spec,
        kafka: Kafka,
        codec: Codec,
        watch: Watch,
        pool: Executor,
        *,
        fleet: str,
        pins: PinBoard | None = None,
        keep_dead: bool = False,
    ) -> None:
        """pins: for a stage that keeps state. Raises ValueError for a stage that needs the other runner."""
        if spec.reads_back or (spec.keeps_state and (len(spec.inputs) != 1 or pins is None)):
            raise ValueError(f"{spec.stage} cannot run on Faust")
        self._spec, self._kafka, self._codec, self._watch, self._pool = spec, kafka, codec, watch, pool
        self._pins, self._keep_dead = pins, keep_dead
        self._fence = Fence(STILL_S_MAX)
        self._epoch = 0  # counts up with each rebalance
        self._restoring: asyncio.Task[None] | None = None
        self._app_running: Any = None
        self._group = group_of(spec.stage, fleet)
        self._seats: dict[int, Seat] = {}
        self._read: dict[tuple[str, int], int] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="callshield-")  # Faust wants one; nothing is kept in it
        self._turn = asyncio.Lock()
        self._stop = asyncio.Event()
        self._broken: asyncio.Future[None] | None = None

    def stop(self) -> None:
        """End `run` in order."""
        self._stop.set()

    async def run(self) -> None:
        """Until `stop`. Raises BrokerError if the broker is lost, and whatever a lane broke with."""
        self._broken = asyncio.get_running_loop().create_future()
        app = self._app_running = self._app()
        self._fence = Fence(STILL_S_MAX)
        tasks = [asyncio.create_task(self._tick_on()), asyncio.create_task(self._fence.beat())]
        for task in tasks:
            task.add_done_callback(self._fail_of)
        async with told(self._kafka):
            try:
                app.finalize()
                await app.start()
                await self._until_stopped(app)
            finally:
                self._break_off()
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(app.stop(), STOP_S_MAX)
                self._watch.assigned([])

    def _app(self) -> Any:
        app = faust_app(self._group, self._kafka, self._folder.name)
        topic = app.topic(
            *self._spec.inputs, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
        )

        async def agent(stream: Any) -> None:
            async for event in stream.noack().events():
                try:
                    if not await self._take(app, event.message):
                        continue  # it comes again, to whoever has its partition
                except Exception as error:  # another record must not be acknowledged after this one
                    self._fail(error)
                    await asyncio.Event().wait()
                event.ack()

        app.agent(topic, name=f"{self._group}.agent")(agent)
        app.on_partitions_assigned.connect(self._assigned, weak=False)
        app.on_partitions_revoked.connect(self._revoked, weak=False)
        return app

    async def _assigned(self, *said: Any, **_: Any) -> None:
        _, assigned = said  # the app, and its partitions
        partitions = sorted({tp.partition for tp in assigned})
        if self._spec.keeps_state:  # time passes for conversations and the like of which no record comes, too
            self._restoring = asyncio.create_task(self._restore(partitions))
            self._restoring.add_done_callback(self._fail_of)
        self._watch.assigned(partitions)

    async def _revoked(self, *_told: Any, **_: Any) -> None:
        """What is under way gets a moment to be confirmed; then nothing is sent for the old lanes any more."""
        self._epoch += 1
        self._break_off()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(REVOKE_S):
                await self._turn.acquire()
                self._turn.release()
        for seat in self._seats.values():
            seat.dropped = True
        self._seats.clear()
        self._read.clear()

    def _break_off(self) -> None:
        restoring, self._restoring = self._restoring, None
        if restoring is not None:
            restoring.cancel()

    async def _restore(self, partitions: list[int]) -> None:
        for partition in partitions:
            async with self._turn:
                await self._seated(partition, self._epoch)

    async def _seated(self, partition: int, epoch: int) -> Seat | None:
        """The lane of a partition, restored before its first record. None: there was a rebalance meanwhile."""
        seat = self._seats.get(partition)
        if seat is not None:
            return seat
        if self._spec.keeps_state and self._pins is not None:
            meter = self._watch.meter
            lanes = await build(self._spec, self._kafka, self._codec, self._pins, meter, [partition])
            lane = lanes[partition]
        else:
            lane = self._spec.make(partition, ())
            lane.restore(())
        if self._epoch != epoch:
            return None
        return self._seats.setdefault(partition, Seat(lane))

    async def _until_stopped(self, app: Any) -> None:
        assert self._broken is not None
        while not self._stop.is_set():
            if self._broken.done():
                self._broken.result()
            if app.crashed or app.should_stop:
                raise BrokerError(f"Kafka at {self._kafka.servers}: the connection was lost; is it running?")
            self._watch.beat()
            self._watch.look(await self._lags(app), self._seats, 0, _now_ms())  # type: ignore[arg-type]
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), LOOK_S)

    async def _lags(self, app: Any) -> dict[tuple[str, int], int]:
        found: dict[tuple[str, int], int] = {}
        for tp in app.consumer.assignment():
            end = app.consumer.highwater(tp)
            if end is not None:
                at = self._read.get((tp.topic, tp.partition))
                found[tp.topic, tp.partition] = max(0, end - (await app.consumer.position(tp) if at is None else at))
        return found

    async def _take(self, app: Any, message: Any) -> bool:
        """One record from its bytes to the moment it may be acknowledged. False: it must not be, see `_revoked`."""
        partition, place, epoch = message.partition, (message.topic, message.offset), self._epoch
        at_ms = round((message.timestamp or 0) * 1000)
        self._watch.took(message.topic)
        async with self._turn:
            seat = await self._seated(partition, epoch) if self._epoch == epoch else None
            if seat is None:
                return False
            try:
                decoded = self._codec.decode(message.topic, message.key, message.value, _headers(message))
                record = Record(message.topic, message.offset, at_ms, decoded)
                seat.working = record
                step = seat.lane.take(record, _now_ms())
            except CallShieldError as error:
                step = self._unreadable(seat, message, at_ms, error)
            if self._keep_dead:
                original = Original(message.offset, message.value, _headers(message))
                step.outs = [with_original(out, original) for out in step.outs]
            try:
                done = await self._carry(app, seat, partition, step)
                while place not in done:
                    await asyncio.sleep(TICK_S)
                    done |= await self._carry(app, seat, partition, seat.lane.tick(_now_ms()))
            except DroppedError:
                return False
            finally:
                seat.working = None
        self._read[message.topic, partition] = message.offset + 1
        return True

    def _unreadable(self, seat: Seat, message: Any, at_ms: int, error: CallShieldError) -> Step:
        """A dead letter, and the lane's own answer to it."""
        reason = error.reason if isinstance(error, WireError) else "refused"
        where = (error.tenant, error.call, error.sequence, error.start_sample) if isinstance(error, WireError) else ()
        dead = Dead(self._spec.stage, message.topic, message.partition, message.offset, reason, _now_ms(), *where)
        self._watch.meter.add("dead_letters_total", reason=reason)
        get_log().warning("dead_letter", stage=self._spec.stage, topic=message.topic, partition=message.partition,
                          offset=message.offset, reason=reason)  # fmt: skip
        record = Unreadable(message.topic, message.offset, at_ms, dead)
        seat.working = record
        step = seat.lane.unreadable(record, _now_ms())
        step.outs.insert(0, Out(DEAD, dead))
        return step

    async def _carry(self, app: Any, seat: Seat, partition: int, step: Step) -> set[Offset]:
        """All of a step and of the steps its jobs lead to. Returns the offsets that are done then."""
        done = set(step.done)
        for outs in (step.outs, step.states):  # a state never knows more than the log
            for confirmed in [await self._send(app, seat, out, partition) for out in outs]:
                await confirmed
        for job in step.jobs:
            started = time.monotonic()
            result = await asyncio.get_running_loop().run_in_executor(self._pool, job.run)
            self._watch.meter.observe("processing_seconds", time.monotonic() - started)
            done |= await self._carry(app, seat, partition, seat.lane.finish(job, result, _now_ms()))
        return done

    async def _send(self, app: Any, seat: Seat, out: Out, partition: int) -> Any:
        self._fence.check()
        if seat.dropped:
            raise DroppedError
        key, value, headers = self._codec.encode(out.topic, out.message)
        self._watch.sent(out.topic)
        producer = await app.maybe_start_producer()
        return await producer.send(out.topic, key, value, partition, None, headers)

    async def _tick_on(self) -> None:
        """Time passes for lanes that wait for records too. What they do then is carried out before the next record."""
        while True:
            await asyncio.sleep(TICK_S)
            for partition in list(self._seats):
                if self._turn.locked():
                    break
                async with self._turn:
                    seat = self._seats.get(partition)
                    if seat is not None:
                        with contextlib.suppress(DroppedError):
                            await self._tick(seat, partition)

    async def _tick(self, seat: Seat, partition: int) -> None:
        step = seat.lane.tick(_now_ms())
        if step.done or (not self._spec.keeps_state and (step.outs or step.states or step.jobs)):
            raise ValueError(f"{self._spec.stage} holds records back: it cannot run on Faust")
        if step.outs or step.states or step.jobs:
            assert self._app_running is not None
            await self._carry(self._app_running, seat, partition, step)

    def _fail(self, error: BaseException) -> None:
        if self._broken is not None and not self._broken.done():
            self._broken.set_exception(error)

    def _fail_of(self, task: asyncio.Task[None]) -> None:
        error = failure(task, wanted=task is self._restoring)  # or its partitions would be without lanes, for good
        if error is not None:
            self._fail(error)


def _headers(message: Any) -> list[tuple[str, bytes]]:
    headers = message.headers or ()
    return list(headers.items()) if isinstance(headers, Mapping) else list(headers)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
