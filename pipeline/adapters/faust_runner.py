"""Runs one stage on faust-streaming: for stages that finish each record before the next (see ADR 6).

Stock Faust loses what is acknowledged out of order, so here nothing is: one record at a time, its outputs confirmed
and its jobs done, then acknowledged. A lane that does not finish its record at once, such as while a disk is full,
holds up the worker until it does. A mistake of the program ends the run; it begins anew from the log.

A rebalance drops every lane. Faust may give one worker partition 3 of one topic and another worker that of another,
so only stages that can live with that may run here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import Executor
from typing import Any

import faust

from pipeline.adapters.kafka_connect import Kafka, told
from pipeline.adapters.kafka_runner import group_of
from pipeline.adapters.kafka_watch import Watch
from pipeline.adapters.log import get_log
from pipeline.core.errors import BrokerError, CallShieldError, WireError
from pipeline.core.messages import Dead
from pipeline.core.topics import DEAD
from pipeline.ports.codec import Codec
from pipeline.ports.lane import Lane, Offset, Out, Record, Spec, Step, Unreadable

SESSION_S, HEARTBEAT_S, COMMIT_S = 6.0, 1.0, 0.5
LOOK_S, TICK_S = 0.25, 0.25
STOP_S_MAX = 3.0
FETCH_BYTES_MAX, REQUEST_BYTES_MAX, BUFFERED_MAX = 1 << 21, 8 << 20, 512

for _name in ("faust", "mode"):  # their logs show messages; what concerns us leaves as an error or a metric
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False


class _Seat:
    """A lane and the record it works on. Looks to `Watch` like a host of the other runner."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.working: Record | Unreadable | None = None

    def oldest_ms(self, topic: str) -> int | None:
        """When the record under way was written."""
        return self.working.at_ms if self.working is not None and self.working.topic == topic else None

    def distance(self, topic: str) -> int:
        """How many records are under way: one or none."""
        return int(self.working is not None and self.working.topic == topic)


class FaustRunner:
    """One worker of one stage, with the interface of `KafkaRunner`."""

    def __init__(self, spec: Spec, kafka: Kafka, codec: Codec, watch: Watch, pool: Executor, *, fleet: str) -> None:
        """Raises ValueError for a stage that keeps state in Kafka: that needs the other runner."""
        if spec.keeps_state or spec.reads_back:
            raise ValueError(f"{spec.stage} cannot run on Faust")
        self._spec, self._kafka, self._codec, self._watch, self._pool = spec, kafka, codec, watch, pool
        self._group = group_of(spec.stage, fleet)
        self._seats: dict[int, _Seat] = {}
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
        app = self._app()
        ticking = asyncio.create_task(self._tick_on())
        async with told(self._kafka):
            try:
                app.finalize()
                await app.start()
                await self._until_stopped(app)
            finally:
                ticking.cancel()
                await asyncio.gather(ticking, return_exceptions=True)
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(app.stop(), STOP_S_MAX)
                self._watch.assigned([])

    def _app(self) -> Any:
        app = faust.App(
            self._group, loop=asyncio.get_running_loop(), autodiscover=False, store="memory://", web_enabled=False,
            datadir=self._folder.name,
            topic_allow_declare=False, topic_disable_leader=True, stream_wait_empty=False,
            stream_buffer_maxsize=BUFFERED_MAX, broker_session_timeout=SESSION_S,
            broker_heartbeat_interval=HEARTBEAT_S, broker_commit_interval=COMMIT_S,
            consumer_auto_offset_reset="earliest", consumer_max_fetch_size=FETCH_BYTES_MAX, producer_acks=-1,
            producer_max_request_size=REQUEST_BYTES_MAX, **faust_options(self._kafka),
        )  # fmt: skip
        topic = app.topic(
            *self._spec.inputs, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
        )

        async def agent(stream: Any) -> None:
            async for event in stream.noack().events():
                try:
                    await self._take(app, event.message)
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
        self._watch.assigned(sorted({tp.partition for tp in assigned}))

    async def _revoked(self, *_told: Any, **_: Any) -> None:
        """What the old lanes still do is a repetition for their successors."""
        self._seats.clear()
        self._read.clear()

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

    async def _take(self, app: Any, message: Any) -> None:
        """One record from its bytes to the moment it may be acknowledged."""
        partition, place = message.partition, (message.topic, message.offset)
        at_ms = round((message.timestamp or 0) * 1000)
        self._watch.took(message.topic)
        async with self._turn:
            seat = self._seats.get(partition)
            if seat is None:
                seat = self._seats[partition] = _Seat(self._spec.make(partition, ()))
                seat.lane.restore(())
            try:
                decoded = self._codec.decode(message.topic, message.key, message.value, _headers(message))
                record = Record(message.topic, message.offset, at_ms, decoded)
                seat.working = record
                step = seat.lane.take(record, _now_ms())
            except CallShieldError as error:
                step = self._unreadable(seat, message, at_ms, error)
            try:
                done = await self._carry(app, seat, partition, step)
                while place not in done:
                    await asyncio.sleep(TICK_S)
                    done |= await self._carry(app, seat, partition, seat.lane.tick(_now_ms()))
            finally:
                seat.working = None
        self._read[message.topic, partition] = message.offset + 1

    def _unreadable(self, seat: _Seat, message: Any, at_ms: int, error: CallShieldError) -> Step:
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

    async def _carry(self, app: Any, seat: _Seat, partition: int, step: Step) -> set[Offset]:
        """All of a step and of the steps its jobs lead to. Returns the offsets that are done then."""
        done = set(step.done)
        confirmations = [await self._send(app, out, partition) for out in (*step.outs, *step.states)]
        for confirmed in confirmations:
            await confirmed
        for job in step.jobs:
            started = time.monotonic()
            result = await asyncio.get_running_loop().run_in_executor(self._pool, job.run)
            self._watch.meter.observe("processing_seconds", time.monotonic() - started)
            done |= await self._carry(app, seat, partition, seat.lane.finish(job, result, _now_ms()))
        return done

    async def _send(self, app: Any, out: Out, partition: int) -> Any:
        key, value, headers = self._codec.encode(out.topic, out.message)
        self._watch.sent(out.topic)
        producer = await app.maybe_start_producer()
        return await producer.send(out.topic, key, value, partition, None, headers)

    async def _tick_on(self) -> None:
        """Time passes for lanes that wait for records too."""
        while True:
            await asyncio.sleep(TICK_S)
            if self._turn.locked():
                continue
            for seat in list(self._seats.values()):
                step = seat.lane.tick(_now_ms())
                if step.outs or step.states or step.jobs or step.done:
                    self._fail(ValueError(f"{self._spec.stage} works between records: it cannot run on Faust"))

    def _fail(self, error: BaseException) -> None:
        if self._broken is not None and not self._broken.done():
            self._broken.set_exception(error)


def faust_options(kafka: Kafka) -> dict[str, Any]:
    """Where Kafka is and who we are, as Faust takes it. Raises ConfigError naming the wrong setting."""
    options = kafka.options()
    chosen: dict[str, Any] = {"broker": [f"kafka://{server}" for server in options["bootstrap_servers"]]}
    context = options.get("ssl_context")
    if kafka.sasl:
        chosen["broker_credentials"] = faust.SASLCredentials(
            username=options["sasl_plain_username"], password=options["sasl_plain_password"],
            mechanism=options["sasl_mechanism"], ssl_context=context,
        )  # fmt: skip
    elif kafka.tls:
        chosen["broker_credentials"] = faust.SSLCredentials(context)
    return chosen


def _headers(message: Any) -> list[tuple[str, bytes]]:
    headers = message.headers or ()
    return list(headers.items()) if isinstance(headers, Mapping) else list(headers)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
