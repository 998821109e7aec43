"""A model of one cell under way: calls by chance, partitions by the real hash, ranges by the real assignor, and faults.

Time goes in steps of half a second. A stage is a queue per partition, in order; a worker serves the oldest work of its
partitions first, as fast as a plan says (core/plan.py). What there is to do is counted in seconds of calls. Whatever
happens to a group of workers stops all of it for a take-over, and the audio since the last state is worked on again.
Nothing here knows Kafka, a clock or a file.

Left out: the hold in `mask`, the length of utterances (lag is what is added to them), brokers that are too slow, and
memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace

import numpy as np
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.protocol import ConsumerProtocolMemberMetadata
from aiokafka.partitioner import DefaultPartitioner
from numpy.typing import NDArray
from simulate_scaler import START_S, Scaler

from pipeline.core.plan import Plan, calls_max
from pipeline.core.plan_figures import Figures

STEP_S = 0.5
CHAIN = ("accept", "hear", "identify", "mask")  # what audio passes before it leaves
BURST_S = 5.0  # an utterance: for so long a call costs more or less than its mean
BURST_SPREAD = 0.8  # standard deviation of what one call costs in such a stretch, against its mean; assumed
RESTART_S = 15.0  # from a worker's end to its successor asking for partitions; assumed
READY_LAG_S = 30.0  # CALLSHIELD_READY_LAG_S: a rolling update waits for workers that are further behind
ASK_S = 15.0  # between two looks of the autoscaler
HALVINGS = 16

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@cache
def partition_of(key: bytes, partitions: int) -> int:
    """Where a producer puts a key."""
    every = list(range(partitions))
    return int(DefaultPartitioner()(key, every, every))


def ranges(members: Sequence[str], partitions: int) -> Ints:
    """By partition, the position of its member in `members`."""
    cluster = SimpleNamespace(partitions_for_topic=lambda _: set(range(partitions)))
    asked = {m: ConsumerProtocolMemberMetadata(0, ["calls.audio"], b"") for m in members}
    owner = np.full(partitions, -1)
    for member, plan in RangePartitionAssignor.assign(cluster, asked).items():
        for _, held in plan.assignment:
            owner[list(held)] = members.index(member)
    return owner


def running(
    calls: float, minutes: float, seconds: float, partitions: int, rng: np.random.Generator, ramp_s: float = 0.0
) -> Floats:
    """Calls under way by step and partition: Poisson starts, exponential lengths. From the steady state on; with
    ramp_s as at the beginning of a day, starts come from half as often at first to as often as at its peak.
    """
    mean_s = 60 * minutes
    began = rng.poisson(calls / 2 if ramp_s else calls)  # under way at first: exponential lengths have no memory
    more = np.sort(rng.uniform(0, seconds, rng.poisson(calls / mean_s * seconds)))
    if ramp_s:
        more = more[rng.random(more.size) < np.minimum(1, 0.5 + 0.5 * more / ramp_s)]
    starts = np.concatenate((np.zeros(began), more))
    ends = starts + rng.exponential(mean_s, starts.size)
    salt = int(rng.integers(1 << 40))
    where = np.array([partition_of(b"acme/%d-%d" % (salt, n), partitions) for n in range(starts.size)], dtype=np.int64)
    steps = round(seconds / STEP_S)
    change = np.zeros((steps + 1, partitions))
    first = np.ceil(starts / STEP_S).astype(int)
    last = np.minimum(np.ceil(ends / STEP_S).astype(int), steps)
    np.add.at(change, (np.minimum(first, steps), where), 1)
    np.add.at(change, (last, where), -1)
    return np.cumsum(change, axis=0)[:steps]


@dataclass(frozen=True, slots=True)
class Leave:
    """Workers of a stage end. kill: without a word, so that Kafka misses them first. share: of all, at least one.
    back_s: until their successors ask for partitions; None: never.
    """

    stage: str
    at_s: float
    share: float
    kill: bool = True
    back_s: float | None = RESTART_S


@dataclass(frozen=True, slots=True)
class Roll:
    """A rolling update of a stage: so large a share at a time, and the next when no call is too far behind."""

    stage: str
    at_s: float
    share: float


@dataclass(frozen=True, slots=True)
class NoBroker:
    """Nothing can be read or sent. What is spoken meanwhile waits with the recorders."""

    at_s: float
    seconds: float


Fault = Leave | Roll | NoBroker


@dataclass
class Group:
    """The workers of one stage. served: seconds of calls, by step and partition. again: what must be done once more."""

    stage: str
    speed: float  # seconds of calls a worker does in a second
    members: list[str]
    partitions: int
    stop_s: float  # of a take-over
    replay_s: float
    rng: np.random.Generator
    dead: set[str] = field(default_factory=set)
    blocked_s: float = 0.0

    def __post_init__(self) -> None:
        self.owner = ranges(self.members, self.partitions)
        self.again = np.zeros(self.partitions)
        self.served = np.zeros((1, self.partitions))
        self.due: list[tuple[float, str, list[str]]] = []
        self.stops = 0

    def begin(self, steps: int) -> None:
        """Room for so many steps."""
        self.served = np.zeros((steps + 1, self.partitions))

    def take_over(self, now_s: float, calls: Floats) -> None:
        """Everybody stops, partitions are handed out anew, and all begin from their states."""
        self.members = [m for m in self.members if m not in self.dead]
        self.owner = ranges(self.members, self.partitions) if self.members else np.full(self.partitions, -1)
        self.dead.clear()
        self.blocked_s = max(self.blocked_s, now_s + self.stop_s)
        # One that is stopped again has not done what it had to do again.
        self.again = np.minimum(self.again + calls * self.replay_s / 2, calls * self.replay_s)
        self.stops += 1

    def happen(self, now_s: float, calls: Floats) -> None:
        """What is due by now."""
        ripe = [one for one in self.due if one[0] <= now_s]
        if not ripe:
            return
        self.due = [one for one in self.due if one[0] > now_s]
        for _, what, who in ripe:
            if what == "join":
                self.members += who
            self.take_over(now_s, calls)

    def serve(self, step: int, given: Floats, cost: Floats) -> None:
        """One step. given: (steps + 1, partitions), what came so far; cost: of each partition, against the mean."""
        done = self.served[step]
        self.served[step + 1] = done
        if (step + 1) * STEP_S <= self.blocked_s or not self.members:
            return
        workers = len(self.members)
        alive = np.array([m not in self.dead for m in self.members])
        room = np.where(alive, self.speed * STEP_S, 0.0)
        owner = self.owner
        redo = np.bincount(owner, self.again * cost, workers)
        share = np.divide(np.minimum(room, redo), redo, out=np.zeros(workers), where=redo > 0)
        self.again = self.again * (1 - share[owner])
        room = room - np.minimum(room, redo)
        waiting = given[step + 1] - done
        wanted = np.bincount(owner, waiting * cost, workers)
        low, high = np.zeros(workers), np.full(workers, float(step + 1))
        low[wanted <= room] = step + 1
        if (wanted > room).any():
            for _ in range(HALVINGS):
                middle = (low + high) / 2
                asked = np.bincount(owner, np.maximum(_at(given, middle[owner]) - done, 0) * cost, workers)
                fits = asked <= room
                low, high = np.where(fits, middle, low), np.where(fits, high, middle)
        self.served[step + 1] = np.maximum(done, np.minimum(_at(given, low[owner]), given[step + 1]))


def _at(history: Floats, when: Floats) -> Floats:
    """By partition, how much had come at so many steps, in between too."""
    first = np.minimum(when.astype(int), len(history) - 2)
    every = np.arange(history.shape[1])
    before = history[first, every]
    return before + (history[first + 1, every] - before) * (when - first)


@dataclass(frozen=True, slots=True)
class Outcome:
    """lag_s: (steps, partitions) after the last stage; calls: the same shape. over, busiest: share of the workers of
    hear there are at the end that are given more than they can do, and what the busiest is given; of the calls of the
    first minute, and for these workers' shares of them. stops: take-overs of hear.
    left_s: seconds of calls that were not done at the end. rolled_s: when a rolling update was through. workers: of
    hear, by step.
    """

    lag_s: Floats
    calls: Floats
    over: float
    busiest: float
    stops: int
    left_s: float
    rolled_s: float | None
    workers: Ints

    def quantile(self, q: float, since_s: float = 0.0) -> float:
        """Of all calls at all times from then on, the lag that a share of q does not go beyond."""
        first = round(since_s / STEP_S)
        lag, weight = self.lag_s[first:].ravel(), self.calls[first:].ravel()
        order = np.argsort(lag)
        reached = np.cumsum(weight[order])
        return float(lag[order][np.searchsorted(reached, q * reached[-1])])

    @property
    def worst(self) -> Floats:
        """The largest lag of any partition with a call in it, by step."""
        return np.where(self.calls > 0, self.lag_s, 0).max(axis=1)

    def caught_up_s(self, at_s: float, near_s: float = 2.0) -> float | None:
        """Seconds from then until nobody is further behind than near_s, for good. None: never."""
        late = np.flatnonzero(self.worst > near_s)
        if not late.size:
            return 0.0
        last = (late[-1] + 1) * STEP_S
        return None if late[-1] == len(self.worst) - 1 else max(0.0, last - at_s)


def simulate(
    plan: Plan,
    figures: Figures,
    faults: Iterable[Fault] = (),
    *,
    seconds: float,
    seed: int = 0,
    calls: float | None = None,
    ramp_s: float = 0.0,
    scaler: Scaler | None = None,
    workers: int | None = None,
) -> Outcome:
    """One cell of a plan. calls: under way on average, if others than planned. ramp_s: see `running`. scaler: decides
    the workers of hear; workers: of hear at first, if others than planned.
    """
    rng = np.random.default_rng(seed)
    partitions = plan.kafka.partitions
    load = running(calls or plan.calls_each, plan.wish.call_minutes, seconds, partitions, rng, ramp_s)
    steps = len(load)
    spoken = np.concatenate((np.zeros((1, partitions)), np.cumsum(load * STEP_S, axis=0)))
    groups = {s: _group(s, plan, figures, rng, workers if s == "hear" else None) for s in CHAIN}
    for group in groups.values():
        group.begin(steps)
    there = np.zeros(steps, dtype=int)
    waiting, gone = sorted(faults, key=lambda f: f.at_s), 0.0
    rolls: list[tuple[Roll, list[list[str]]]] = []
    rolled_s = None
    behind, at = np.zeros((steps, partitions)), np.zeros(partitions, dtype=int)
    every = np.arange(partitions)
    for step in range(steps):
        now_s = step * STEP_S
        if step % round(BURST_S / STEP_S) == 0:
            cost = np.clip(
                1 + BURST_SPREAD * rng.standard_normal(partitions) / np.sqrt(np.maximum(load[step], 1)), 0.1, 4
            )
        while waiting and waiting[0].at_s <= now_s:
            fault = waiting.pop(0)
            if isinstance(fault, NoBroker):
                gone = now_s + fault.seconds
                for group in groups.values():
                    group.due.append((gone, "lost", []))
            elif isinstance(fault, Leave):
                _leave(groups[fault.stage], fault, now_s, figures)
            else:
                rolls.append((fault, _batches(groups[fault.stage].members, fault.share)))
        for roll, batches in rolls:
            group = groups[roll.stage]
            if group.due or now_s < group.blocked_s or behind[step - 1].max() > READY_LAG_S:
                continue
            if batches:
                who = batches.pop(0)
                group.dead |= set(who)
                group.due += [(now_s, "leave", []), (now_s + RESTART_S, "join", [f"{rng.random():.9f}" for _ in who])]
            elif rolled_s is None:
                rolled_s = now_s - roll.at_s
        there[step] = len(groups["hear"].members) - len(groups["hear"].dead)
        if scaler is not None and step and step % round(ASK_S / STEP_S) == 0:
            _scale(groups["hear"], scaler, now_s, float(load[step].sum()), float(np.quantile(behind[step - 1], 0.9)))
        given = spoken
        for group in groups.values():
            group.happen(now_s, load[step])
            if now_s >= gone:
                group.serve(step, given, cost)
            else:
                group.served[step + 1] = group.served[step]
            given = group.served
        while (ready := (at <= step) & (spoken[np.minimum(at + 1, steps), every] <= given[step + 1] + 1e-6)).any():
            at[ready] += 1
        behind[step] = (step + 1 - at) * STEP_S
    over, most = _loads(groups["hear"], load)
    left = float(spoken[-1].sum() - given[-1].sum())
    return Outcome(behind, load, over, most, groups["hear"].stops, left, rolled_s, there)


def _scale(group: Group, scaler: Scaler, now_s: float, calls: float, lag_s: float) -> None:
    """As many more or fewer as are wanted; who is on the way counts."""
    coming = sum(len(who) for _, what, who in group.due if what == "join")
    alive = [m for m in group.members if m not in group.dead]
    change = scaler.ask(now_s, len(alive) + coming, calls, lag_s) - len(alive) - coming
    if change > 0:
        group.due.append((now_s + START_S, "join", [f"{group.rng.random():.9f}" for _ in range(change)]))
    elif change < 0:
        group.dead |= {str(m) for m in group.rng.choice(alive, min(-change, len(alive) - 1), replace=False)}
        group.due.append((now_s, "leave", []))


def _group(stage: str, plan: Plan, figures: Figures, rng: np.random.Generator, workers: int | None = None) -> Group:
    made = next(s for s in plan.stages if s.stage == stage)
    stop_s = figures["take_over.join_s"] + plan.take_over.read_mb / figures["take_over.read_mb_s"]
    members = [f"{rng.random():.9f}" for _ in range(workers or made.workers)]
    return Group(stage, calls_max(stage, 1.0, figures), members, plan.kafka.partitions, stop_s,
                 figures["take_over.replay_s"], rng)  # fmt: skip


def _batches(members: Sequence[str], share: float) -> list[list[str]]:
    size = max(1, math.ceil(share * len(members) - 1e-9))
    return [list(members[n : n + size]) for n in range(0, len(members), size)]


def _leave(group: Group, fault: Leave, now_s: float, figures: Figures) -> None:
    alive = [m for m in group.members if m not in group.dead]
    count = min(len(alive), max(1, round(fault.share * len(group.members))))
    who = [str(m) for m in group.rng.choice(alive, count, replace=False)] if alive else []
    group.dead |= set(who)
    group.due.append((now_s + (figures["take_over.session_s"] if fault.kill else 0.0), "leave", []))
    if fault.back_s is not None:
        again = [f"{group.rng.random():.9f}" for _ in who]
        group.due.append((now_s + max(fault.back_s, figures["take_over.session_s"]), "join", again))


def _loads(group: Group, load: Floats) -> tuple[float, float]:
    """See Outcome.over and busiest."""
    owner = ranges(sorted(group.members), group.partitions)
    minute = load[: round(60 / STEP_S)].mean(axis=0)
    shares = np.bincount(owner, minute) / group.speed
    return float((shares > 1).mean()), float(shares.max())
