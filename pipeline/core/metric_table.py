"""Every metric of the live pipeline: the one table that code, documentation, alarms and dashboard go by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

PREFIX = "callshield_"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 60.0, 300.0)


class Kind(StrEnum):
    """Of a metric, as Prometheus knows it."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. name: without PREFIX; units last, counters end in _total. Every metric also has the label stage."""

    name: str
    kind: Kind
    tells: str
    labels: tuple[str, ...] = ()


_TABLE = (
    Metric("messages_total", Kind.COUNTER, "messages taken and sent", ("topic", "direction")),
    Metric("consumer_lag_messages", Kind.GAUGE, "messages not taken yet", ("topic", "partition")),
    Metric("lag_audio_seconds", Kind.GAUGE, "age of the oldest message not finished", ("topic", "partition")),
    Metric("commit_distance_messages", Kind.GAUGE, "messages a crash would read again", ("topic", "partition")),
    Metric("calls_running", Kind.GAUGE, "calls under way in this worker"),
    Metric("calls_total", Kind.COUNTER, "calls by what became of them", ("outcome",)),
    Metric("partitions", Kind.GAUGE, "partitions this worker holds"),
    Metric("paused_partitions", Kind.GAUGE, "partitions paused because too much is held"),
    Metric("held_bytes", Kind.GAUGE, "audio held in memory"),
    Metric("hold_seconds", Kind.HISTOGRAM, "audio: from taken by mask to released"),
    Metric("spoken_to_released_seconds", Kind.HISTOGRAM, "audio: from its arrival at intake to its release"),
    Metric("processing_seconds", Kind.HISTOGRAM, "one message or job"),
    Metric("audio_seconds_total", Kind.COUNTER, "audio worked on, by channel seconds"),
    Metric("words_total", Kind.COUNTER, "words recognised"),
    Metric("spans_total", Kind.COUNTER, "stretches found to be hidden", ("entity",)),
    Metric("samples_total", Kind.COUNTER, "samples let out, by what became of them", ("purpose", "fate")),
    Metric("late_verdicts_total", Kind.COUNTER, "times audio was silenced because its verdict was late", ("reason",)),
    Metric("missing_samples_total", Kind.COUNTER, "samples that never came"),
    Metric("dead_letters_total", Kind.COUNTER, "messages nobody could use", ("reason",)),
    Metric("incidents_total", Kind.COUNTER, "stored calls that failed their proof"),
    Metric("chat_messages_total", Kind.COUNTER, "chat messages by what became of them", ("outcome",)),
    Metric("profiles_total", Kind.COUNTER, "profiles of customers that came with calls", ("outcome",)),
    Metric("engine_restarts_total", Kind.COUNTER, "recognisers that died and were opened again"),
    Metric("alive", Kind.GAUGE, "1 while /healthz answers 200, 0 while it answers 503"),
    Metric("ready", Kind.GAUGE, "1 while /readyz answers 200, 0 while it answers 503"),
    Metric("output_errors_total", Kind.COUNTER, "times a result could not be written; it is tried again"),
    Metric("utterances_waiting", Kind.GAUGE, "utterances that wait for a recogniser"),
    Metric("real_time_factor", Kind.GAUGE, "processing time per second of audio, over the last minute"),
)

METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _TABLE})
