"""The runner on Kafka with a broker of paper: old batches, standing still, failing commits, what nobody can read."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError

from pipeline.adapters import kafka_commit, kafka_fence, kafka_runner
from pipeline.adapters.kafka_fence import Fence
from pipeline.adapters.kafka_runner import KafkaRunner
from pipeline.adapters.log import configure
from pipeline.core.errors import BrokerError, KeyLostError
from pipeline.core.messages import Dead, Intake
from pipeline.ports.lane import Out, Spec, Step

ONE, TWO = TopicPartition("calls.audio", 0), TopicPartition("calls.audio", 1)


@pytest.fixture(autouse=True)
def _log() -> None:
    configure("warning")  # tests before may have left it writing to what is closed by now


def record(offset: int) -> Any:
    return SimpleNamespace(offset=offset, timestamp=0, key=b"", value=b"", headers=())


class Host:
    """Remembers what it was given."""

    def __init__(self) -> None:
        self.got: list[int] = []
        self.dead: list[tuple[int, str]] = []
        self.letters: list[Dead] = []
        self.full, self.lane = False, self

    def taken(self, topic: str, offset: int, at_ms: int) -> None:
        self.got.append(offset)

    def take(self, record: Any, now_ms: int) -> Step:
        return Step()

    def unreadable(self, record: Any, now_ms: int) -> Step:
        self.dead.append((record.offset, record.dead.reason))
        self.letters.append(record.dead)
        return Step()

    def submit(self, step: Step) -> None:
        pass

    async def drain(self, seconds: float) -> None:
        pass

    async def drop(self) -> None:
        pass

    def commits(self) -> dict[str, int]:
        return {}


class Pins(dict[str, Any]):
    """Waiting for a pin lets something happen."""

    meanwhile: Any

    async def ensure(self, sha256: str) -> None:
        await self.meanwhile()
        self[sha256] = None


def runner(hosts: dict[int, Host], pins: Any = None) -> Any:
    nothing = lambda *_, **__: None  # noqa: E731
    watch = SimpleNamespace(
        took=nothing, beat=nothing, assigned=nothing, sent=nothing, meter=SimpleNamespace(add=nothing)
    )
    message = SimpleNamespace(head=SimpleNamespace(pin="new"))
    codec: Any = SimpleNamespace(decode=lambda *_: message)
    spec = Spec("hear", ("calls.audio",), lambda *_: None)  # type: ignore[arg-type]
    made: Any = KafkaRunner(
        spec, None, codec, {"new": None} if pins is None else pins, watch, ThreadPoolExecutor(1),  # type: ignore[arg-type]
        fleet="a", keep_dead=False, struck=set(),
    )  # fmt: skip
    made._hosts, made._consumer = hosts, None
    return made


async def test_what_was_fetched_before_a_rebalance_never_reaches_a_lane_made_after_it() -> None:
    old, new, pins = Host(), Host(), Pins()
    made = runner({0: old}, pins)

    async def rebalance() -> None:
        await made.on_partitions_revoked([ONE])
        made._hosts = {0: new}

    pins.meanwhile = rebalance
    await made._take(ONE, [record(500), record(501)], made._epoch)
    assert new.got == []
    await made._take(ONE, [record(450)], made._epoch)
    assert new.got == [450]


@pytest.mark.parametrize("bad", [False, True])
async def test_what_a_fetch_brings_that_began_before_a_rebalance_and_ended_after_it_is_taken(bad: bool) -> None:
    """It is of the new assignment, and would not come again."""
    old, new = Host(), Host()
    made = runner({0: old})
    log = Log({ONE: [(450, 452)]}, {})

    class Consumer(Log):
        async def getmany(self, *tps: TopicPartition, timeout_ms: int, max_records: int | None = None) -> Any:
            if made._hosts.get(0) is not new:
                if bad and not tps:
                    raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
                await made.on_partitions_revoked([ONE])
                made._hosts = {0: new}
            return await super().getmany(*tps, timeout_ms=timeout_ms, max_records=max_records)

    made._consumer = Consumer(log.batches, {})
    for _ in range(3):
        await made._read()
    assert old.got == []
    assert new.got == [450, 451]


async def test_records_without_a_lane_end_the_run() -> None:
    made = runner({})
    with pytest.raises(BrokerError, match="begins anew"):
        await made._take(ONE, [record(1)])


@pytest.mark.parametrize(
    ("message", "where"),
    [
        (SimpleNamespace(head=SimpleNamespace(pin="new", tenant="acme", call="c"), sequence=7, start_sample=14_000),
         ("acme", "c", 7, 14_000)),
        (Intake("acme", "c", None, 2, 8_000, 3, 6_000, np.zeros((1, 2), np.int16), False), ("acme", "c", 3, 6_000)),
    ],
    ids=["ours", "intake"],
)  # fmt: skip
async def test_what_breaks_a_lane_twice_is_dead_and_its_lane_learns_of_which_call(
    message: Any, where: tuple[str, str, int, int]
) -> None:
    host = Host()
    made = runner({0: host})
    made._codec.decode = lambda *_: message

    def broken(*_: Any) -> Step:
        raise ZeroDivisionError

    host.take = broken  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        await made._take(ONE, [record(1)])
    await made._take(ONE, [record(1)])
    (letter,) = host.letters
    assert (letter.tenant, letter.call, letter.sequence, letter.start_sample) == where
    assert (letter.reason, letter.offset) == ("stage_error", 1)


async def test_a_batch_waits_while_the_producer_cannot_follow_and_is_given_up_by_a_rebalance() -> None:
    host = Host()
    made = runner({0: host})
    host.full = True
    taking = asyncio.create_task(made._take(ONE, [record(1)], made._epoch))
    await asyncio.sleep(0.05)
    assert host.got == []
    host.full = False
    await asyncio.wait_for(taking, 1)
    assert host.got == [1]
    host.full = True
    taking = asyncio.create_task(made._take(ONE, [record(2)], made._epoch))
    await asyncio.sleep(0.02)
    await made.on_partitions_revoked([ONE])
    host.full = False
    await asyncio.wait_for(taking, 1)
    assert host.got == [1]


async def test_heartbeats_get_their_turn_in_a_long_batch_and_a_rebalance_still_gives_it_up() -> None:
    """As on a busy machine, where a batch takes longer than the session: it would be read anew, and so for ever."""
    host = Host()
    made = runner({0: host})
    host.take = lambda *_: time.sleep(0.01) or Step()  # type: ignore[assignment, func-returns-value]
    taking = asyncio.create_task(made._take(ONE, [record(n) for n in range(60)], made._epoch))
    gaps, before = [], time.monotonic()
    while len(host.got) < 30:
        await asyncio.sleep(0)
        gaps.append(time.monotonic() - before)
        before += gaps[-1]
    assert len(gaps) > 3
    assert sorted(gaps)[len(gaps) // 2] < 4 * kafka_runner.TURN_S
    await made.on_partitions_revoked([ONE])
    await asyncio.wait_for(taking, 1)
    assert len(host.got) < 60


async def test_a_worker_that_stood_still_too_long_never_sends_again() -> None:
    made, now = runner({}), 100.0
    made._fence = Fence(kafka_runner.STILL_S_MAX, lambda: now)
    assert kafka_runner.STILL_S_MAX * 1000 < kafka_runner.SESSION_MS
    beating = asyncio.create_task(made._fence.beat())
    for _ in range(3):  # beats, however long it takes in all
        now += kafka_runner.STILL_S_MAX - 1
        made._fence.check()
        await asyncio.sleep(0.3)
    now += kafka_runner.STILL_S_MAX + 1
    with pytest.raises(BrokerError, match="stood still"):
        await made._send(None, 0)
    with pytest.raises(BrokerError, match="stood still"):
        await asyncio.wait_for(beating, 1)
    now -= 10
    with pytest.raises(BrokerError):
        await made._send(None, 0)


async def test_what_cannot_be_sealed_ends_one_run_and_then_no_other() -> None:
    """Or the calls of a key that is gone would keep a worker from all its other calls for ever."""
    made = runner({})

    def encode(*_: Any) -> Any:
        raise KeyLostError("it is gone")

    made._codec.encode = encode
    head = lambda kek_id: SimpleNamespace(key=SimpleNamespace(kek_id=kek_id), call="c")  # noqa: E731
    out = lambda kek_id: Out("calls.words", SimpleNamespace(head=head(kek_id)))  # type: ignore[arg-type]  # noqa: E731
    for key in ("one", "two"):
        with pytest.raises(KeyLostError):
            await made._send(out(key), 0)
        assert (await made._send(out(key), 0)).done(), "as if it had been sent"


class Stuck:
    """A client that is closing: it waits for ever, as aiokafka 0.14 does once it has lost its coordinator."""

    async def commit(self, moved: Any) -> None:
        await asyncio.Event().wait()

    async def stop(self) -> None:
        await asyncio.Event().wait()


@pytest.mark.parametrize("told_to_stop", [True, False])
async def test_a_client_that_cannot_be_closed_keeps_nobody_waiting(
    told_to_stop: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_up: list[str] = []
    monkeypatch.setattr(kafka_runner, "give_up", given_up.append)
    monkeypatch.setattr(kafka_runner, "CLOSE_S", 0.2)
    monkeypatch.setattr(kafka_runner, "REVOKE_S", 0.1)
    host = Host()
    host.commits = lambda: {"calls.audio": 7}  # type: ignore[method-assign]
    made = runner({0: host})
    made._consumer = made._producer = Stuck()
    if told_to_stop:
        made.stop()
    await asyncio.wait_for(made._close(), 2)
    assert made._hosts == {}
    assert given_up == ([] if told_to_stop else ["hear"]), "or it would keep its partitions from everybody"


@pytest.mark.parametrize("by_us", [True, False])
async def test_lanes_that_are_never_built_end_the_run_unless_a_rebalance_says_so(
    by_us: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the worker would keep its partitions and read none of them, and nobody would know."""

    async def build(*_: Any) -> None:
        if not by_us:
            raise asyncio.CancelledError  # as a client did that closed a connection of its own
        await asyncio.Event().wait()

    monkeypatch.setattr(kafka_runner, "build", build)
    made = runner({})
    made._broken = asyncio.get_running_loop().create_future()
    await made.on_partitions_assigned([])
    await asyncio.sleep(0.05)
    if by_us:
        await made._drop_all()
        assert not made._broken.done()
    else:
        with pytest.raises(BrokerError, match="begins anew"):
            made._broken.result()


@pytest.mark.parametrize("how", ["broken", "stop"])
async def test_a_run_that_waits_for_the_client_for_ever_ends_all_the_same(how: str) -> None:
    broken, stop = asyncio.get_running_loop().create_future(), asyncio.Event()
    run = asyncio.create_task(kafka_fence.unless(Stuck().commit(None), broken, stop, 0.05))
    await asyncio.sleep(0.1)
    assert not run.done()
    if how == "stop":
        stop.set()
        await asyncio.wait_for(run, 1)
    else:
        broken.set_exception(BrokerError("it broke"))
        with pytest.raises(BrokerError, match="it broke"):
            await asyncio.wait_for(run, 1)


async def test_commits_may_fail_for_a_while_and_then_end_the_run() -> None:
    now = 0.0
    says: Any = CommitFailedError()
    commits = kafka_commit.Commits(lambda: now)
    seen: list[Any] = []

    class Consumer:
        async def commit(self, moved: Any) -> None:
            seen.append(moved)
            if says:
                raise says

    hosts: Any = {0: SimpleNamespace(commits=lambda: {"calls.audio": 7})}
    await commits.commit(Consumer(), hosts)
    now = 9.0
    await commits.commit(Consumer(), hosts)
    says = None
    await commits.commit(Consumer(), hosts)
    await commits.commit(Consumer(), hosts)
    assert seen == 3 * [{ONE: 7}]  # committed once, not again
    says = CommitFailedError()
    hosts = {0: SimpleNamespace(commits=lambda: {"calls.audio": 8})}
    await commits.commit(Consumer(), hosts)
    now = 20.0
    with pytest.raises(CommitFailedError):
        await commits.commit(Consumer(), hosts)


class Log:
    """A consumer of two partitions; as aiokafka, it raises for a batch with something bad and loses what it had read
    of others, and reads a batch from its start. batches: offsets from, to (exclusive); bad: offsets.
    """

    def __init__(self, batches: dict[TopicPartition, list[tuple[int, int]]], bad: dict[TopicPartition, int]) -> None:
        self.batches, self.bad = batches, bad
        self.at = {tp: spans[0][0] for tp, spans in batches.items()}
        self.paused: set[TopicPartition] = set()

    def assignment(self) -> set[TopicPartition]:
        return set(self.at)

    def pause(self, *tps: TopicPartition) -> None:
        self.paused |= set(tps)

    def resume(self, *tps: TopicPartition) -> None:
        self.paused -= set(tps)

    def highwater(self, tp: TopicPartition) -> int:
        return self.batches[tp][-1][1]

    def seek(self, tp: TopicPartition, offset: int) -> None:
        self.at[tp] = offset

    async def position(self, tp: TopicPartition) -> int:
        return self.at[tp]

    async def committed(self, tp: TopicPartition) -> int | None:
        return None

    async def beginning_offsets(self, tps: list[TopicPartition]) -> dict[TopicPartition, int]:
        return {tp: self.batches[tp][0][0] for tp in tps}

    async def getmany(self, *tps: TopicPartition, timeout_ms: int, max_records: int | None = None) -> Any:
        await asyncio.sleep(0)
        found: dict[TopicPartition, list[Any]] = {}
        for tp in tps or sorted(self.at.keys() - self.paused):
            start = self.at[tp]
            records: list[Any] = []
            for first, end in self.batches[tp]:
                for offset in range(first, end):
                    if end > start and len(records) < (max_records or 99):
                        if offset == self.bad.get(tp):
                            raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
                        if offset >= start:
                            records.append(record(offset))
            if records:
                self.at[tp] = records[-1].offset + 1
                found[tp] = records
        return found


async def test_what_the_client_cannot_read_is_dead_lettered_and_passed_by_and_nothing_else_lost() -> None:
    one, two = Host(), Host()
    made = runner({0: one, 1: two})
    made._consumer = Log({ONE: [(10, 12)], TWO: [(0, 3), (3, 6), (6, 8)]}, {TWO: 4})
    for _ in range(5):
        await made._read()
    assert one.got == [10, 11]
    assert two.got == list(range(8))
    assert two.dead == [(4, "unreadable_batch"), (5, "unreadable_batch")]
    assert one.dead == []
