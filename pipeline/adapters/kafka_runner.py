"""Runs one stage on bare aiokafka: a lane and its ledgers per partition, no commit before the broker has every output.

A rebalance drops every lane: Kafka lets all partitions be read again from their commit, the kept ones too. A lane is
built anew from the newest states and what was published, before its partition is read. Whatever breaks the order of
steps ends the run; it begins anew from the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor

from pipeline.adapters.kafka_commit import Commits
from pipeline.adapters.kafka_connect import Kafka, told
from pipeline.adapters.kafka_fence import Fence, closed, ended, failure, give_up, unless
from pipeline.adapters.kafka_jobs import Jobs
from pipeline.adapters.kafka_lane import LaneHost
from pipeline.adapters.kafka_pauses import Pauses
from pipeline.adapters.kafka_pins import PinBoard
from pipeline.adapters.kafka_restore import build
from pipeline.adapters.kafka_unreadable import UNREADABLE, Unread, pass_by, poison, unsealed, with_original
from pipeline.adapters.kafka_watch import Watch, lags
from pipeline.adapters.log import get_log
from pipeline.adapters.producer import started
from pipeline.core.errors import BrokerError, KeyLostError, WireError
from pipeline.core.messages import Dead
from pipeline.core.topics import DEAD
from pipeline.ports.codec import Codec
from pipeline.ports.lane import Out, Record, Spec, Unreadable

SESSION_MS, HEARTBEAT_MS = 6_000, 1_000  # a killed worker's calls go to another within this
# Who hands out partitions just as a broker comes back may know of none of a topic, and hands out none. Nobody corrects
# that before the topics are asked for again: by default after five minutes.
TOPICS_MS = 10_000
POLL_MS, RECORDS_MAX = 50, 200  # a batch is done with soon: ticks, commits and metrics come between batches
TICK_S, COMMIT_S, WATCH_S = 0.25, 0.5, 1.0
REVOKE_S = 1.5  # what is on its way to the broker gets this long before its partition goes
CLOSE_S = 60.0  # the client may take this long to leave its group; it waits 40 s for an answer
PATIENCE_MS = 120_000  # a broker may be away this long before the run starts anew
STILL_S_MAX = (SESSION_MS - 1_000) / 1000  # a worker that stood still longer may have lost its calls: it must not send
FULL_S = 0.01
TURN_S = 0.05  # of work on a batch, then heartbeats and the broker's answers get their turn

JUDGING = ("hear", "identify", "mask")  # a call is judged by one fleet; the others serve them all


def group_of(stage: str, fleet: str) -> str:
    """The consumer group of a stage."""
    return f"callshield.{stage}.{fleet}" if stage in JUDGING else f"callshield.{stage}"


class KafkaRunner(ConsumerRebalanceListener):  # type: ignore[misc]
    """One worker of one stage."""

    def __init__(
        self,
        spec: Spec,
        kafka: Kafka,
        codec: Codec,
        pins: PinBoard,
        watch: Watch,
        pool: Executor,
        *,
        fleet: str,
        keep_dead: bool,
        struck: set[tuple[str, int, int]],
    ) -> None:
        """struck: messages a lane broke with, kept over runs."""
        self._spec, self._kafka, self._codec, self._pins, self._watch = spec, kafka, codec, pins, watch
        self._jobs, self._keep_dead, self._struck = Jobs(pool), keep_dead, struck
        self._group = group_of(spec.stage, fleet)
        self._hosts: dict[int, LaneHost] = {}
        self._pauses = Pauses()
        self._commits = Commits()
        self._restoring: asyncio.Task[None] | None = None
        self._broken: asyncio.Future[None] | None = None
        self._stop = asyncio.Event()
        self._epoch = 0  # counts up with each rebalance: what was fetched before one is not for the lanes after it
        self._reached: dict[TopicPartition, int] = {}  # by partition of this epoch, the offset after the last taken
        self._fence = Fence(STILL_S_MAX)

    def stop(self) -> None:
        """End `run` in order."""
        self._stop.set()

    async def run(self) -> None:
        """Until `stop`. Raises BrokerError if the broker is lost, and whatever a lane broke with."""
        self._broken = asyncio.get_running_loop().create_future()
        self._fence = Fence(STILL_S_MAX)
        beating = asyncio.create_task(self._fence.beat())
        beating.add_done_callback(self._fail_of)
        self._consumer = AIOKafkaConsumer(
            **self._kafka.options(), group_id=self._group, enable_auto_commit=False, auto_offset_reset="earliest",
            session_timeout_ms=SESSION_MS, heartbeat_interval_ms=HEARTBEAT_MS, max_partition_fetch_bytes=1 << 21,
            partition_assignment_strategy=(RangePartitionAssignor,), metadata_max_age_ms=TOPICS_MS,
        )  # fmt: skip
        async with told(self._kafka):
            self._producer = await started(self._kafka, patience_ms=PATIENCE_MS)
            try:
                self._consumer.subscribe(list(self._spec.inputs), listener=self)
                await self._consumer.start()
                await unless(self._loop(), self._broken, self._stop, REVOKE_S)
            finally:
                await self._close()
                beating.cancel()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:  # noqa: ARG002
        """Commit what is confirmed and drop every lane."""
        await self._drop_all()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Nothing is read before the lanes are restored."""
        mine = sorted(assigned)
        if mine:
            self._consumer.pause(*mine)
        self._restoring = asyncio.create_task(self._restore(mine))
        self._restoring.add_done_callback(self._fail_of)

    async def _restore(self, assigned: list[TopicPartition]) -> None:
        partitions = sorted({tp.partition for tp in assigned})
        lanes = await build(self._spec, self._kafka, self._codec, self._pins, self._watch.meter, partitions)
        for partition, lane in lanes.items():
            self._hosts[partition] = LaneHost(lane, partition, self._send, self._jobs, _now_ms, self._fail)
        self._watch.assigned(partitions)
        if assigned:
            self._consumer.resume(*assigned)

    async def _loop(self) -> None:
        ticked = committed = watched = 0.0
        assert self._broken is not None
        while not self._stop.is_set():
            if self._broken.done():
                self._broken.result()
            await self._read()
            now = time.monotonic()
            self._watch.beat()
            if now - ticked >= TICK_S:
                for host in self._hosts.values():
                    host.submit(host.lane.tick(_now_ms()))
                ticked = now
            self._pauses.follow(self._consumer, self._hosts)
            if now - committed >= COMMIT_S:
                await self._commits.commit(self._consumer, self._hosts)
                committed = now
            if now - watched >= WATCH_S:
                held = self._pauses.held
                self._watch.look(await lags(self._consumer, held), self._hosts, len(held), _now_ms())
                watched = now

    async def _read(self) -> None:
        """Take what has come. What the client could not read is dealt with."""
        await self._pauses.turn(self._consumer, self._hosts)
        try:
            found: Mapping[TopicPartition, Sequence[Any]] = await self._consumer.getmany(
                timeout_ms=POLL_MS, max_records=RECORDS_MAX
            )
        except UNREADABLE:
            epoch = self._epoch
            await pass_by(self._consumer, self._reached, lambda: self._over(epoch), self._take, self._lost)
            return
        # A call that began before a rebalance may end after it, with what the lanes made then must get: they are read
        # by the epoch that is now, or they would be passed over for good.
        epoch = self._epoch
        if 0 < sum(map(len, found.values())) < RECORDS_MAX:  # or there may be more in hand already
            self._pauses.gather(self._consumer)
        for partition, records in found.items():
            await self._take(partition, records, epoch)

    def _over(self, epoch: int) -> bool:
        """True if what was fetched in that epoch is to be given up: it comes again, if it is still ours."""
        return self._epoch != epoch or self._stop.is_set() or (self._broken is not None and self._broken.done())

    async def _take(self, tp: TopicPartition, records: Iterable[Any], epoch: int | None = None) -> None:
        """epoch: in which they were fetched, None: now."""
        epoch = self._epoch if epoch is None else epoch
        since = time.monotonic()
        for record in records:
            if time.monotonic() - since > TURN_S:  # or a long batch on a busy machine would cost the session
                self._watch.beat()
                await asyncio.sleep(0)
                since = time.monotonic()
            host = self._hosts.get(tp.partition)
            while host is not None and host.full and not self._over(epoch):  # or one batch piles up all its outs
                self._watch.beat()
                await asyncio.sleep(FULL_S)
            if self._over(epoch):
                return
            if host is None:  # they would be passed over for good
                raise BrokerError("records came before their lane was made; this worker begins anew from the log")
            try:
                message = self._codec.decode(tp.topic, record.key, record.value, record.headers)
            except WireError as error:
                self._begin(host, tp, record)
                self._unreadable(host, tp, record, error)
                continue
            head = getattr(message, "head", None)
            if head is not None and head.pin not in self._pins:
                await self._pins.ensure(head.pin)
                if self._over(epoch):
                    return
            self._begin(host, tp, record)
            try:
                step = host.lane.take(Record(tp.topic, record.offset, record.timestamp, message), _now_ms())
            except Exception as error:
                place = (tp.topic, tp.partition, record.offset)
                if place not in self._struck:  # once: this worker begins anew from the log. Twice: poison
                    self._struck.add(place)
                    raise
                self._unreadable(host, tp, record, poison(error, message))
                continue
            if self._keep_dead:
                step.outs = [with_original(out, record) for out in step.outs]
            host.submit(step)

    def _begin(self, host: LaneHost, tp: TopicPartition, record: Any) -> None:
        host.taken(tp.topic, record.offset, record.timestamp)
        self._reached[tp] = record.offset + 1
        self._watch.took(tp.topic)

    def _lost(self, tp: TopicPartition, offset: int) -> None:
        """The client cannot read what is there."""
        host, unread = self._hosts[tp.partition], Unread(offset, _now_ms())
        self._begin(host, tp, unread)
        self._unreadable(host, tp, unread, WireError("unreadable_batch", "the Kafka client cannot read it"))

    def _unreadable(self, host: LaneHost, tp: TopicPartition, record: Any, error: WireError) -> None:
        """A dead letter, and the lane's own answer to it."""
        dead = Dead(
            self._spec.stage, tp.topic, tp.partition, record.offset, error.reason, _now_ms(), error.tenant, error.call,
            error.sequence, error.start_sample,
        )  # fmt: skip
        self._watch.meter.add("dead_letters_total", reason=error.reason)
        get_log().warning("dead_letter", stage=self._spec.stage, topic=tp.topic, partition=tp.partition,
                          offset=record.offset, reason=error.reason)  # fmt: skip
        step = host.lane.unreadable(Unreadable(tp.topic, record.offset, record.timestamp, dead), _now_ms())
        letter = Out(DEAD, dead)
        step.outs.insert(0, with_original(letter, record) if self._keep_dead else letter)
        host.submit(step)

    async def _send(self, out: Out, partition: int) -> asyncio.Future[Any]:
        self._fence.check()
        try:
            key, value, headers = self._codec.encode(out.topic, out.message)
        except KeyLostError as error:
            return unsealed(error, out, self._struck, self._spec.stage)
        self._watch.sent(out.topic)
        future: asyncio.Future[Any] = await self._producer.send(
            out.topic, value, key=key, partition=partition, headers=headers
        )
        return future

    async def _drop_all(self) -> None:
        self._epoch += 1  # at once: whoever waits with an old batch in hand gives it up
        self._reached.clear()
        restoring, self._restoring = self._restoring, None
        if restoring is not None:
            restoring.cancel()
            await asyncio.gather(restoring, return_exceptions=True)
        hosts, self._hosts = self._hosts, {}
        await asyncio.gather(*(host.drain(REVOKE_S) for host in hosts.values()))
        await ended(self._commits.commit(self._consumer, hosts), REVOKE_S)  # a client that is closing may try for ever
        for host in hosts.values():
            await host.drop()
        self._pauses.forget()
        self._commits.forget()
        self._watch.assigned([])

    async def _close(self) -> None:
        with contextlib.suppress(Exception):
            await self._drop_all()
        left = await ended(closed(self._consumer), REVOKE_S if self._stop.is_set() else CLOSE_S)
        await ended(self._producer.stop(), REVOKE_S)
        if not left and not self._stop.is_set():
            give_up(self._spec.stage)

    def _fail(self, error: BaseException) -> None:
        if self._broken is not None and not self._broken.done():
            self._broken.set_exception(error)

    def _fail_of(self, task: asyncio.Task[None]) -> None:
        error = failure(task, wanted=task is self._restoring)  # or its partitions would be without lanes, for good
        if error is not None:
            self._fail(error)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
