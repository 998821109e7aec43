"""How many partitions, workers, cores, brokers and bytes a number of calls takes, from figures per call.

Pure arithmetic: what was measured and what is assumed is said by each `Figure`. Sizes are for the busiest moment: so
many calls of two channels at 8 kHz at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, sqrt

from pipeline.core.errors import ConfigError
from pipeline.core.plan_figures import HEAR, NAMES, PURPOSES, STAGES, Figures
from pipeline.core.topics import HOUR_MS, STATE, Topic, topics

PARTITIONS = (12, 24, 36, 48, 60, 72, 96, 120, 144, 180, 240, 288, 360, 480, 540, 600, 720, 840, 960)
"""Numbers that many others divide, up to what CALLSHIELD_PARTITIONS allows: then workers hold equally many."""
PER_WORKER = 2  # partitions a worker holds at least, even after growth: less, and one unlucky partition fills it
GROUP_MAX = 250  # workers of one stage in one cluster: each that comes or goes stops them all for a take-over
BUSIEST_MAX = 0.9  # share of its cores that the worker with the most calls may need
SIGMAS = 3.0  # calls fall into partitions by chance: as many standard deviations above the mean count
CORES_MAX = 8  # of one worker: more would share one event loop
STATES_S = 600  # a compacted topic keeps every state of an open segment, ten minutes: core/topics.py
SEGMENT = 7 / 6  # Kafka removes whole segments, a sixth of the retention later
REPLICAS_CLUSTER_MAX = 200_000  # KIP-578's advice for a whole cluster
MB, GB = 1e6, 1e9
DAY_H = 24


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be carried. utilisation: mean share of its cores a worker may need. growth: times the calls, later,
    without new partitions. busy_hours: a day has as many calls as so many hours of `calls` at a time.
    """

    calls: int
    utilisation: float = 0.6
    growth: float = 2.0
    zones: int = 3
    replicas: int = 3
    call_minutes: float = 6.0
    busy_hours: float = 8.0

    def __post_init__(self) -> None:
        """Raises ConfigError for what cannot be."""
        bounds = {
            "calls": (1, 10_000_000), "utilisation": (0.1, BUSIEST_MAX), "growth": (1, 10), "zones": (1, 9),
            "replicas": (1, 9), "call_minutes": (0.1, 1_440), "busy_hours": (0.1, DAY_H),
        }  # fmt: skip
        for name, (low, high) in bounds.items():
            if not low <= getattr(self, name) <= high:
                raise ConfigError(f"--{name.replace('_', '-')}: give {low} to {high:,}")


@dataclass(frozen=True, slots=True)
class StagePlan:
    """The workers of a stage in one cell. cores_each: processors of one; partitions_each: most of one; mean, busiest:
    shares of its cores they need; memory_mb_each: of the busiest.
    """

    stage: str
    workers: int
    cores_each: int
    partitions_each: int
    calls_each: float
    mean: float
    busiest: float
    memory_mb_each: int

    @property
    def cores(self) -> int:
        """Of all of them."""
        return self.workers * self.cores_each


@dataclass(frozen=True, slots=True)
class KafkaPlan:
    """The cluster of one cell. in_mb_s: what is sent to it; out_mb_s: what consumers take; written_mb_s: with copies.
    disk_gb: what all brokers keep. bound: what decides their number. cores: of all, as measured with one copy.
    """

    partitions: int
    topics: int
    replicas: int
    in_mb_s: float
    out_mb_s: float
    written_mb_s: float
    disk_gb: float
    brokers: int
    bound: str
    cores: float


@dataclass(frozen=True, slots=True)
class TakeOver:
    """What a worker of hear that dies costs. read_mb: of states, per worker; stall_s: until its calls go on."""

    read_mb: float
    stall_s: float
    replay_s: float


@dataclass(frozen=True, slots=True)
class Plan:
    """cells: clusters with workers of their own, each for calls_each calls. Stages, kafka, take_over: of one cell;
    the rest of all. busy_cores: needed on average. keys_s: keys of stored calls wrapped a second, at most. notes: what
    to mind.
    """

    wish: Wish
    cells: int
    calls_each: int
    stages: tuple[StagePlan, ...]
    kafka: KafkaPlan
    take_over: TakeOver
    cores: int
    busy_cores: float
    memory_gb: float
    stored_gb_day: float
    calls_day: int
    keys_s: float
    notes: tuple[str, ...]


def plan(wish: Wish, figures: Figures) -> Plan:
    """What it takes. Raises ConfigError if nothing would do."""
    for stage in STAGES:
        if calls_max(stage, BUSIEST_MAX, figures) < 1:
            raise ConfigError(f"figures: one call is too much for a worker of {stage}; see cpu_ms.{stage}")
    cells = _cells(wish, figures)
    calls = ceil(wish.calls / cells)
    partitions = _partitions(calls, wish, figures)
    if partitions is None:
        raise ConfigError("no number of partitions carries this: a higher --utilisation or less --growth would")
    stages = tuple(_stage(stage, calls, partitions, wish, figures) for stage in STAGES)
    hear = next(s for s in stages if s.stage == HEAR)
    calls_day = round(wish.calls * wish.busy_hours * 60 / wish.call_minutes)
    return Plan(
        wish=wish, cells=cells, calls_each=calls, stages=stages, kafka=_kafka(calls, partitions, wish, figures),
        take_over=_take_over(hear, figures), cores=cells * sum(s.cores for s in stages),
        busy_cores=wish.calls * sum(cost_ms(stage, figures) for stage in STAGES) / 1000,
        memory_gb=cells * sum(s.workers * s.memory_mb_each for s in stages) * MB / GB,
        stored_gb_day=wish.calls * wish.busy_hours * 3600 * figures["bytes.stored"] / GB,
        calls_day=calls_day, keys_s=wish.calls / (60 * wish.call_minutes), notes=_notes(wish, cells, stages),
    )  # fmt: skip


def cost_ms(stage: str, figures: Figures) -> float:
    """Milliseconds of a core that one second of a call costs a stage."""
    return figures[f"cpu_ms.{stage}"] + (figures["cpu_ms.recognition"] if stage == HEAR else 0.0)


def cores_each(stage: str, figures: Figures) -> int:
    """Of one worker. All Python of a process shares one core; only recognition runs beside it, in threads."""
    if stage != HEAR:
        return 1
    return min(CORES_MAX, max(2, ceil(cost_ms(HEAR, figures) / figures[f"cpu_ms.{HEAR}"])))


def calls_max(stage: str, share: float, figures: Figures) -> float:
    """Calls one worker carries with that share of its cores, or of the one core its Python has."""
    whole = 1000 * share * cores_each(stage, figures) / cost_ms(stage, figures)
    return min(whole, 1000 * share / figures[f"cpu_ms.{stage}"])


def busiest(calls: float, most: int, partitions: int) -> float:
    """Calls of the worker with the most, when each of `partitions` gets calls by chance and it holds `most`."""
    mean = calls * most / partitions
    return mean + SIGMAS * sqrt(mean * (1 - most / partitions))


def _needed(calls: float, wish: Wish, figures: Figures) -> float:
    return max(calls / calls_max(stage, wish.utilisation, figures) for stage in STAGES)


def _partitions(calls: int, wish: Wish, figures: Figures) -> int | None:
    """The least number that still leaves PER_WORKER to each worker when calls have grown."""
    needed = max(wish.zones, wish.growth * _needed(calls, wish, figures)) * PER_WORKER
    return next((p for p in PARTITIONS if p >= needed and _most(HEAR, calls, p, wish, figures)), None)


def _cells(wish: Wish, figures: Figures) -> int:
    """The fewest clusters of which each can carry its share."""
    workers_max = min(GROUP_MAX, PARTITIONS[-1] / PER_WORKER / wish.growth)
    cells = max(1, ceil(_needed(wish.calls, wish, figures) / workers_max))
    while cells < wish.calls and not _fits(ceil(wish.calls / cells), wish, figures):
        cells += 1
    return cells


def _fits(calls: int, wish: Wish, figures: Figures) -> bool:
    partitions = _partitions(calls, wish, figures)
    if partitions is None:
        return False
    made = _stage(HEAR, calls, partitions, wish, figures)
    return made.workers <= GROUP_MAX and len(topics(PURPOSES)) * partitions * wish.replicas <= REPLICAS_CLUSTER_MAX


def _most(stage: str, calls: int, partitions: int, wish: Wish, figures: Figures) -> int:
    """Partitions one worker may hold: by the mean, and by the busiest. 0: not even one."""
    room, limit = (calls_max(stage, share, figures) for share in (wish.utilisation, BUSIEST_MAX))
    most = min(floor(partitions * room / calls), ceil(partitions / wish.zones))
    while most and busiest(calls, most, partitions) > limit:
        most -= 1
    return most


def _stage(stage: str, calls: int, partitions: int, wish: Wish, figures: Figures) -> StagePlan:
    most = _most(stage, calls, partitions, wish, figures)
    if not most:
        raise ConfigError(f"one partition of {partitions} is too much for a worker of {stage}: less --growth mends it")
    workers = ceil(partitions / most)
    full = calls_max(stage, 1.0, figures)
    peak = busiest(calls, most, partitions)
    memory = figures[f"memory_mb.{stage}"] + peak * figures["memory_mb.call"]
    return StagePlan(
        stage, workers, cores_each(stage, figures), most, calls / workers, calls / workers / full, peak / full,
        ceil(memory),
    )  # fmt: skip


def _load(figures: Figures) -> Sequence[tuple[Topic, float]]:
    table = topics(PURPOSES)
    return [(table[name[6:]], figures[name]) for name in sorted(NAMES) if name[6:] in table]


def _kafka(calls: int, partitions: int, wish: Wish, figures: Figures) -> KafkaPlan:
    sent = taken = kept = 0.0
    for topic, rate in _load(figures):
        state = topic.name.startswith(STATE)
        sent += rate
        taken += 0 if state else rate * len(set(topic.readers) & set(STAGES))
        kept += rate * (STATES_S if topic.retention_ms is None else _kept_s(topic.retention_ms, wish) * SEGMENT)
    count = len(topics(PURPOSES))
    replicas = (partitions * (count - 1) + 1) * wish.replicas
    written, out = calls * sent * wish.replicas / MB, calls * taken / MB
    copied = calls * sent * (wish.replicas - 1) / MB
    by = {
        "copies": wish.replicas,
        "disk throughput": ceil(written / figures["broker.written_mb_s"]),
        "network": ceil((out + copied) / figures["broker.sent_mb_s"]),
        "partitions": ceil(replicas / figures["broker.replicas"]),
    }
    bound = max(by, key=lambda name: by[name])
    return KafkaPlan(
        partitions, count, replicas, calls * sent / MB, out, written, calls * kept * wish.replicas / GB, by[bound],
        bound, calls * figures["cpu_ms.broker"] / 1000,
    )  # fmt: skip


def _kept_s(retention_ms: int, wish: Wish) -> float:
    """Seconds of full load that a retention holds: whole days have their busy hours."""
    hours = retention_ms / HOUR_MS
    return 3600 * (hours // DAY_H * wish.busy_hours + min(hours % DAY_H, wish.busy_hours))


def _take_over(hear: StagePlan, figures: Figures) -> TakeOver:
    read_mb = hear.calls_each * figures[f"bytes.{STATE}{HEAR}"] * STATES_S / MB
    stall_s = figures["take_over.session_s"] + figures["take_over.join_s"] + read_mb / figures["take_over.read_mb_s"]
    return TakeOver(read_mb, stall_s, figures["take_over.replay_s"])


def _notes(wish: Wish, cells: int, stages: Sequence[StagePlan]) -> tuple[str, ...]:
    notes = []
    if wish.zones > 1 and (after := wish.utilisation * wish.zones / (wish.zones - 1)) > 1:
        notes.append(f"a lost zone leaves each worker {100 * after:.0f} % of work: calls lag until it has help")
    if wish.zones == 1:
        notes.append("one zone: nothing goes on when it is lost")
    if cells > 1:
        notes.append(f"{cells} clusters, each with its own topics and workers; a recorder keeps a call in one of them")
    if wish.replicas < 3:
        notes.append("fewer than three copies: a broker that dies takes messages or availability with it")
    spare = [s.stage for s in stages if s.mean < wish.utilisation / 2]
    if spare:
        notes.append(f"{', '.join(spare)}: as many workers as zones, not as calls; they have room to spare")
    return tuple(notes)
