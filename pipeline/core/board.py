"""One look at the live pipeline: what Kafka, the workers' pages and the events of calls tell, put together by stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.core.call_book import Seen
from pipeline.core.quantiles import Counts, Key, added, quantile

HOLD, SPOKEN = "hold_seconds", "spoken_to_released_seconds"
SPARE = "no_partitions"  # more workers than partitions: nothing is wrong with that one


class Health(StrEnum):
    """How a stage is. Add, never rename."""

    OK = "ok"
    BEHIND = "behind"
    NOT_READY = "not_ready"
    NO_WORKERS = "no_workers"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Series:
    """One value of a worker's page. name: without prefix. labels: all but the stage."""

    stage: str
    name: str
    labels: tuple[tuple[str, str], ...]
    value: float


@dataclass(frozen=True, slots=True)
class Page:
    """What a worker told. address: of the page. answered: False if nobody did. reasons: (stage, code) of not ready."""

    address: str
    answered: bool
    series: tuple[Series, ...] = ()
    histograms: tuple[tuple[str, str, Counts], ...] = ()  # stage, name, counts
    reasons: tuple[tuple[str, str], ...] = ()

    @property
    def stages(self) -> frozenset[str]:
        """Whose page it is."""
        return frozenset(series.stage for series in self.series)


@dataclass(frozen=True, slots=True)
class Lag:
    """A partition of an input. uncommitted: messages from the commit to the end. age_s: of the oldest of them."""

    topic: str
    partition: int
    uncommitted: int
    age_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """The consumer group of a stage as Kafka knows it. workers: its members. partitions: numbers they hold."""

    stage: str
    name: str
    state: str
    workers: int
    partitions: frozenset[int]
    lags: tuple[Lag, ...]


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Seconds that half of all values, and 99 of a hundred, do not exceed."""

    p50_s: float
    p99_s: float


@dataclass(frozen=True, slots=True)
class Row:
    """One stage. None: nobody told. waiting: messages not taken yet; uncommitted: those a crash would read again.

    lag_s: age of the oldest message that is not committed. answering: workers whose page answered.
    """

    stage: str
    health: Health
    reasons: tuple[str, ...]
    workers: int | None
    answering: int
    partitions: int | None
    waiting: int | None
    uncommitted: int | None
    lag_s: float | None
    hold: Quantiles | None
    spoken_to_released: Quantiles | None
    real_time_factor: float | None
    calls: int | None
    dead_letters: int | None
    late_verdicts: int | None
    paused_partitions: int | None


@dataclass(frozen=True, slots=True)
class Frame:
    """One look. partitions: of each topic, None if Kafka does not answer. running: None if no events can be read.

    absent: addresses nobody answered at. notes: what could not be looked at, each a line.
    """

    at_ms: int
    fleet: str
    partitions: int | None
    rows: tuple[Row, ...]
    running: int | None
    calls: tuple[Seen, ...]
    absent: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def rows(
    stages: Sequence[str],
    groups: Iterable[Group],
    pages: Sequence[Page],
    gained: Mapping[Key, Counts],
    ready_lag_s: float,
) -> tuple[Row, ...]:
    """A row per stage. gained: histograms by address, stage and name. ready_lag_s: further behind is `behind`."""
    by_stage = {group.stage: group for group in groups}
    return tuple(_row(stage, by_stage.get(stage), pages, gained, ready_lag_s) for stage in stages)


def _row(
    stage: str,
    group: Group | None,
    pages: Sequence[Page],
    gained: Mapping[Key, Counts],
    ready_lag_s: float,
) -> Row:
    own = [page for page in pages if stage in page.stages]
    series = [series for page in own for series in page.series if series.stage == stage]
    reasons = tuple(sorted({code for page in own for whose, code in page.reasons if whose in {stage, ""}} - {SPARE}))
    lag_s = max((lag.age_s for lag in group.lags), default=0.0) if group else _most(series, "lag_audio_seconds")
    waiting = _waiting(group, series)
    workers = group.workers if group else len(own) or None
    return Row(
        stage,
        _health(workers, reasons, lag_s, ready_lag_s),
        reasons,
        workers,
        len(own),
        len(group.partitions) if group else _total(series, "partitions"),
        waiting,
        sum(lag.uncommitted for lag in group.lags) if group else _total(series, "commit_distance_messages"),
        lag_s,
        _quantiles(stage, HOLD, gained),
        _quantiles(stage, SPOKEN, gained),
        _most(series, "real_time_factor"),
        _total(series, "calls_running"),
        _total(series, "dead_letters_total"),
        _total(series, "late_verdicts_total"),
        _total(series, "paused_partitions"),
    )


def _health(workers: int | None, reasons: tuple[str, ...], lag_s: float | None, ready_lag_s: float) -> Health:
    if workers is None:
        return Health.UNKNOWN
    if workers == 0:
        return Health.NO_WORKERS
    if set(reasons) - {"lag"}:
        return Health.NOT_READY
    return Health.BEHIND if reasons or (lag_s or 0.0) > ready_lag_s else Health.OK


def _waiting(group: Group | None, series: Sequence[Series]) -> int | None:
    """Messages nobody took yet: only workers know. What is committed waits for nobody; without workers all waits."""
    if group is None:
        return _total(series, "consumer_lag_messages")
    if not group.workers:
        return sum(lag.uncommitted for lag in group.lags)
    told: dict[tuple[str, str], int] = {}
    for one in series:
        if one.name == "consumer_lag_messages":
            place = dict(one.labels)
            told[place.get("topic", ""), place.get("partition", "")] = int(one.value)
    total = 0
    for lag in group.lags:
        known = told.get((lag.topic, str(lag.partition)))
        if lag.uncommitted and known is None:
            return None
        total += min(known or 0, lag.uncommitted)
    return total


def _quantiles(stage: str, name: str, gained: Mapping[Key, Counts]) -> Quantiles | None:
    counts = added([counts for key, counts in gained.items() if key[1:] == (stage, name)])
    p50_s, p99_s = quantile(counts, 0.5), quantile(counts, 0.99)
    return None if p50_s is None or p99_s is None else Quantiles(p50_s, p99_s)


def _total(series: Sequence[Series], name: str) -> int | None:
    values = [one.value for one in series if one.name == name]
    return round(sum(values)) if values else None


def _most(series: Sequence[Series], name: str) -> float | None:
    return max((one.value for one in series if one.name == name), default=None)
