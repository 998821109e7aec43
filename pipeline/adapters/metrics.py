"""Counts what happens and shows it the way Prometheus reads it. The only module that makes metrics."""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from pipeline.core.metric_table import METRICS, PREFIX, SECONDS, Kind, Metric

SETS_MAX = 200  # label sets of one metric: more of them are a mistake that would fill Prometheus
PARTITION_SETS_MAX = 10_000  # of metrics by partition: 1,000 partitions of what one stage reads
OTHER = "other"
CODE = re.compile(r"(?!.*\d{5})[A-Za-z][\w.-]{0,63}", re.ASCII)  # no blanks and no long numbers: never speech
PARTITION = re.compile(r"\d{1,4}", re.ASCII)
WINDOW_S = 60
BUSY, AUDIO = "processing_seconds", "audio_seconds_total"
FACTOR = "real_time_factor"

Labels = tuple[str, ...]
Call = tuple[str, tuple[tuple[str, str], ...]]


class Metrics:
    """All metrics of one stage in this process: a `Meter`, and gauges besides. Safe to call from any thread.

    A name or label that the metric table lacks raises ValueError: a mistake in the program. A label value that is
    not a short code, or one label set too many, counts as "other": data never stops a worker and never gets out.
    """

    def __init__(self, stage: str, clock: Callable[[], float] = time.monotonic, beside: Metrics | None = None) -> None:
        """stage: constant label. clock: seconds. beside: another stage of this process, to be shown on one page."""
        if not CODE.fullmatch(stage):
            raise ValueError("stage must be a short code")
        self.stage = stage
        self._clock = clock
        self._lock = threading.Lock()
        self._quick: dict[Call, Any] = {}
        self._known: dict[str, dict[Labels, Any]] = {name: {} for name in METRICS}
        self._pace = _Pace()
        self._watched: dict[str, Callable[[], float]] = {}
        self._page: _Page = beside._page if beside else _Page()
        with self._page.lock:
            self._page.stages.append(self)
        for metric in METRICS.values():
            if metric.kind is Kind.COUNTER:  # begins at 0, or Prometheus would not see the first step up from nothing
                self._child(metric, (OTHER,) * len(metric.labels))

    def add(self, name: str, value: float = 1, **labels: str) -> None:
        """Add to a counter. value: not negative. Raises ValueError."""
        self._find(Kind.COUNTER, name, labels).inc(value)
        if name == AUDIO and self.stage == "hear":
            self._pace.add(self._clock(), 0.0, value)

    def observe(self, name: str, value: float, **labels: str) -> None:
        """One more value of a histogram. Raises ValueError."""
        self._find(Kind.HISTOGRAM, name, labels).observe(value)
        if name == BUSY and self.stage == "hear":
            self._pace.add(self._clock(), value, 0.0)

    def set(self, name: str, value: float, **labels: str) -> None:
        """What a gauge stands at now. Raises ValueError."""
        self._find(Kind.GAUGE, name, labels).set(value)

    def forget(self, name: str, **labels: str) -> None:
        """Show a metric no more under these labels, such as those of a partition that was taken away.

        Some of its labels will do: all sets that have these values go. Raises ValueError.
        """
        metric = METRICS.get(name)
        if metric is None or not labels.keys() <= set(metric.labels):
            raise ValueError(f"{name}: no such metric, or not its labels: {', '.join(sorted(labels))}")
        wanted = {metric.labels.index(label): value for label, value in labels.items()}
        with self._lock:
            gone = [found for found in self._known[name] if all(found[at] == value for at, value in wanted.items())]
            for found in gone:
                del self._known[name][found]
                self._page.metrics[name].remove(self.stage, *found)
            self._quick = {call: child for call, child in self._quick.items() if call[0] != name}

    def watch(self, name: str, read: Callable[[], float]) -> None:
        """A gauge without labels that is read anew for every page. Raises ValueError."""
        self.set(name, read())
        self._watched[name] = read

    def beside(self, other: Metrics) -> bool:
        """Whether both are shown on one page."""
        return self._page is other._page

    def page(self) -> bytes:
        """Everything as text for Prometheus: of this stage and of those beside it."""
        with self._page.lock:
            stages = list(self._page.stages)
        for stage in stages:
            for name, read in list(stage._watched.items()):
                stage.set(name, read())
            factor = stage._pace.factor(stage._clock())
            if factor is None:
                stage.forget(FACTOR)
            else:
                stage.set(FACTOR, factor)
        return generate_latest(self._page.registry)

    def _find(self, kind: Kind, name: str, labels: dict[str, str]) -> Any:
        call = (name, tuple(labels.items()))
        found = self._quick.get(call)
        if found is None:
            metric = METRICS.get(name)
            if metric is None or metric.kind is not kind or labels.keys() != set(metric.labels):
                raise ValueError(f"{name}: no such {kind}, or not its labels: {', '.join(sorted(labels))}")
            return self._child(metric, tuple(_safe(label, labels[label]) for label in metric.labels), call)
        if METRICS[name].kind is not kind:
            raise ValueError(f"{name}: not a {kind}")
        return found

    def _child(self, metric: Metric, values: Labels, call: Call | None = None) -> Any:
        most = PARTITION_SETS_MAX if "partition" in metric.labels else SETS_MAX
        other = (OTHER,) * len(metric.labels)
        with self._lock:
            known = self._known[metric.name]
            if values not in known and len(known) >= most:
                values = other  # not kept in _quick, which would grow without end
                call = None
            if values not in known:
                known[values] = self._page.metrics[metric.name].labels(self.stage, *values)
            if call is not None and len(self._quick) < 2 * PARTITION_SETS_MAX:
                self._quick[call] = known[values]
            return known[values]


class _Page:
    """One registry and its metrics: what stages in one process share."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter that nobody reads
        self.lock = threading.Lock()
        self.stages: list[Metrics] = []
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.metrics = MappingProxyType({name: self._made(metric) for name, metric in METRICS.items()})

    def _made(self, metric: Metric) -> Counter | Gauge | Histogram:
        name, labels = PREFIX + metric.name, ("stage", *metric.labels)
        if metric.kind is Kind.COUNTER:
            return Counter(name, metric.tells, labels, registry=self.registry)
        if metric.kind is Kind.GAUGE:
            return Gauge(name, metric.tells, labels, registry=self.registry)
        return Histogram(name, metric.tells, labels, registry=self.registry, buckets=SECONDS)


class _Pace:
    """Processing time and audio of the last minute, in slots of a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slots: deque[tuple[int, list[float]]] = deque()

    def add(self, now_s: float, busy_s: float, audio_s: float) -> None:
        """More of both."""
        with self._lock:
            if not self._slots or self._slots[-1][0] != int(now_s):
                self._slots.append((int(now_s), [0.0, 0.0]))
                self._drop(now_s)
            slot = self._slots[-1][1]
            slot[0] += busy_s
            slot[1] += audio_s

    def factor(self, now_s: float) -> float | None:
        """Processing time per second of audio; None if there was no audio."""
        with self._lock:
            self._drop(now_s)
            busy_s = sum(slot[0] for _, slot in self._slots)
            audio_s = sum(slot[1] for _, slot in self._slots)
        return busy_s / audio_s if audio_s > 0 else None

    def _drop(self, now_s: float) -> None:
        while self._slots and self._slots[0][0] <= int(now_s) - WINDOW_S:
            self._slots.popleft()


def _safe(label: str, value: str) -> str:
    """The value if it is a short code, "other" if not."""
    return value if (PARTITION if label == "partition" else CODE).fullmatch(value) else OTHER
