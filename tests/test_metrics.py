"""Metrics: by the one table, bounded, without a word of speech, and the page says what was counted."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from pipeline.adapters.health import Status
from pipeline.adapters.metrics import PARTITION_SETS_MAX, SETS_MAX, Metrics
from pipeline.core.metric_table import METRICS, PREFIX, SECONDS, Kind
from pipeline.core.topics import STAGES

ROOT = Path(__file__).parents[1]
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def samples(metrics: Metrics) -> Samples:
    """Every sample of the page by name and labels."""
    families = text_string_to_metric_families(metrics.page().decode())
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return samples(metrics).get((PREFIX + name, frozenset({"stage": metrics.stage, **labels}.items())))


def touch(metrics: Metrics, name: str) -> None:
    """Use a metric once, whatever kind it is."""
    metric = METRICS[name]
    labels = {label: "3" if label == "partition" else "code" for label in metric.labels}
    {Kind.COUNTER: metrics.add, Kind.GAUGE: metrics.set, Kind.HISTOGRAM: metrics.observe}[metric.kind](
        name, 1.0, **labels
    )


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_of_the_table_is_shown_with_its_labels(name: str) -> None:
    metrics = Metrics("mask")
    touch(metrics, name)
    if name == "real_time_factor":  # worked out on its own, see below
        return
    suffix = "_count" if METRICS[name].kind is Kind.HISTOGRAM else ""
    labels = {label: "3" if label == "partition" else "code" for label in METRICS[name].labels}
    assert value(metrics, name + suffix, **labels) == 1.0


def test_names_follow_the_conventions() -> None:
    for name, metric in METRICS.items():
        assert re.fullmatch(r"[a-z][a-z_]*", name)
        assert name.endswith("_total") == (metric.kind is Kind.COUNTER), name
        if metric.kind is Kind.HISTOGRAM:
            assert name.endswith("_seconds"), name
        assert "stage" not in metric.labels
        assert not {"call", "tenant", "text", "word"} & set(metric.labels), name
    assert list(SECONDS) == sorted(set(SECONDS))


def test_the_stages_count_under_names_of_the_table() -> None:
    used: dict[str, str] = {}
    for path in (ROOT / "pipeline").rglob("*.py"):
        for found in re.finditer(r"meter\s*\.(add|observe|set|forget)\(\s*\"(\w+)\"", path.read_text(encoding="utf-8")):
            used[found[2]] = path.name
    assert used
    assert not {name: where for name, where in used.items() if name not in METRICS}


def test_counters_begin_at_zero_so_that_the_first_step_is_seen() -> None:
    metrics = Metrics("hear")
    for name, metric in METRICS.items():
        shown = value(metrics, name, **dict.fromkeys(metric.labels, "other"))
        assert (shown == 0.0) == (metric.kind is Kind.COUNTER), name


def test_counting_adds_up_and_gauges_stand() -> None:
    metrics = Metrics("mask")
    metrics.add("samples_total", 100, purpose="storage", fate="released")
    metrics.add("samples_total", 20, fate="released", purpose="storage")
    metrics.add("samples_total", 3, purpose="storage", fate="masked")
    for seconds in (0.02, 0.3, 400.0):
        metrics.observe("hold_seconds", seconds)
    metrics.set("held_bytes", 7)
    metrics.set("held_bytes", 5)
    assert value(metrics, "samples_total", purpose="storage", fate="released") == 120
    assert value(metrics, "samples_total", purpose="storage", fate="masked") == 3
    assert value(metrics, "held_bytes") == 5
    assert value(metrics, "hold_seconds_count") == 3
    assert value(metrics, "hold_seconds_bucket", le="0.025") == 1
    assert value(metrics, "hold_seconds_bucket", le="0.5") == 2
    assert value(metrics, "hold_seconds_bucket", le="+Inf") == 3
    assert value(metrics, "hold_seconds_sum") == pytest.approx(400.32)


@pytest.mark.parametrize(
    ("verb", "name", "labels"),
    [
        ("add", "no_such_total", {}),
        ("add", "words_total", {"entity": "PIN"}),
        ("add", "spans_total", {}),
        ("add", "samples_total", {"purpose": "storage"}),
        ("add", "hold_seconds", {}),
        ("add", "held_bytes", {}),
        ("observe", "words_total", {}),
        ("observe", "held_bytes", {}),
        ("set", "hold_seconds", {}),
        ("set", "words_total", {}),
        ("forget", "no_such_total", {}),
        ("forget", "consumer_lag_messages", {"entity": "PIN"}),
    ],
)
def test_a_name_or_label_the_table_lacks_is_a_mistake(verb: str, name: str, labels: dict[str, str]) -> None:
    metrics = Metrics("mask")
    before = samples(metrics).keys()
    args = () if verb == "forget" else (1.0,)
    with pytest.raises(ValueError, match=name):
        getattr(metrics, verb)(name, *args, **labels)
    new = samples(metrics).keys() - before
    assert not {sample for sample, _ in new if sample.startswith(PREFIX)}


def test_a_metric_known_already_is_still_held_to_its_kind() -> None:
    metrics = Metrics("mask")
    metrics.add("words_total", 1)
    with pytest.raises(ValueError, match="words_total"):
        metrics.observe("words_total", 1)


@given(st.text(min_size=1, max_size=80).filter(lambda text: not re.fullmatch(r"[A-Za-z][\w.-]{0,63}", text, re.ASCII)))
def test_no_sentence_gets_into_a_label(text: str) -> None:
    metrics = Metrics("identify")
    metrics.add("spans_total", entity=text)
    assert value(metrics, "spans_total", entity="other") == 1
    assert value(metrics, "spans_total", entity=text) is None


@pytest.mark.parametrize(
    "secret", ["my name is Olivia", "4539148803436467", "CARD_4539148", "a\nb", "", "PIN;drop", "é"]
)
def test_secrets_planted_in_a_label_do_not_get_out(secret: str) -> None:
    metrics = Metrics("identify")
    metrics.add("spans_total", entity=secret)
    metrics.set("consumer_lag_messages", 1, topic="calls.audio", partition=secret)
    assert value(metrics, "spans_total", entity="other") == 1
    assert value(metrics, "consumer_lag_messages", topic="calls.audio", partition="other") == 1
    assert not secret or secret.encode() not in metrics.page()


def test_label_sets_are_bounded_and_nothing_is_lost_from_the_sum() -> None:
    metrics = Metrics("identify")
    for number in range(3 * SETS_MAX):
        metrics.add("spans_total", entity=f"E{number}")
        metrics.add("spans_total", entity="E1")
    found = {labels: v for (name, labels), v in samples(metrics).items() if name == f"{PREFIX}spans_total"}
    assert len(found) <= SETS_MAX + 1
    assert sum(found.values()) == 6 * SETS_MAX
    assert value(metrics, "spans_total", entity="other") > SETS_MAX
    assert value(metrics, "spans_total", entity="E1") == 3 * SETS_MAX + 1


def test_every_partition_has_its_own_series() -> None:
    metrics = Metrics("hear")
    for partition in range(1000):
        metrics.set("consumer_lag_messages", partition, topic="calls.audio", partition=str(partition))
    assert value(metrics, "consumer_lag_messages", topic="calls.audio", partition="999") == 999
    assert PARTITION_SETS_MAX >= 1000


def test_partitions_taken_away_are_shown_no_more_and_may_come_back() -> None:
    metrics = Metrics("mask")
    for topic in ("calls.audio", "calls.verdicts"):
        for partition in ("0", "1"):
            metrics.set("consumer_lag_messages", 9, topic=topic, partition=partition)
    metrics.forget("consumer_lag_messages", partition="1")
    assert value(metrics, "consumer_lag_messages", topic="calls.audio", partition="0") == 9
    assert value(metrics, "consumer_lag_messages", topic="calls.audio", partition="1") is None
    assert value(metrics, "consumer_lag_messages", topic="calls.verdicts", partition="1") is None
    metrics.set("consumer_lag_messages", 4, topic="calls.audio", partition="1")
    assert value(metrics, "consumer_lag_messages", topic="calls.audio", partition="1") == 4


def test_partitions_that_come_and_go_never_use_up_the_bound() -> None:
    metrics = Metrics("mask")
    for turn in range(PARTITION_SETS_MAX // 1000 + 2):
        for partition in range(0, 1000):
            metrics.set("lag_audio_seconds", turn, topic="calls.audio", partition=str(partition))
        metrics.forget("lag_audio_seconds")
    metrics.set("lag_audio_seconds", 5, topic="calls.audio", partition="7")
    assert value(metrics, "lag_audio_seconds", topic="calls.audio", partition="7") == 5


def test_the_real_time_factor_is_that_of_the_last_minute() -> None:
    clock = Clock()
    metrics = Metrics("hear", clock)
    assert value(metrics, "real_time_factor") is None, "no audio: no factor"
    metrics.observe("processing_seconds", 30.0)
    metrics.add("audio_seconds_total", 10.0)
    assert value(metrics, "real_time_factor") == pytest.approx(3.0)
    clock.now_s += 30
    metrics.observe("processing_seconds", 1.0)
    metrics.add("audio_seconds_total", 21.0)
    assert value(metrics, "real_time_factor") == pytest.approx(1.0)
    clock.now_s += 31
    assert value(metrics, "real_time_factor") == pytest.approx(1 / 21)
    clock.now_s += 30
    assert value(metrics, "real_time_factor") is None


def test_only_hear_has_a_real_time_factor() -> None:
    metrics = Metrics("mask")
    metrics.observe("processing_seconds", 1.0)
    metrics.add("audio_seconds_total", 1.0)
    assert value(metrics, "real_time_factor") is None


def test_stages_of_one_process_share_a_page() -> None:
    first = Metrics(STAGES[0])
    second = Metrics(STAGES[1], beside=first)
    first.add("words_total", 1)
    second.add("words_total", 2)
    assert first.page().count(b"# HELP callshield_words_total") == 1
    for page in (first, second):
        found = {labels: v for (name, labels), v in samples(page).items() if name == f"{PREFIX}words_total"}
        assert found == {frozenset({("stage", STAGES[0])}): 1.0, frozenset({("stage", STAGES[1])}): 2.0}


def test_two_workers_in_one_process_do_not_meet() -> None:
    one, other = Metrics("hear"), Metrics("hear")
    one.add("words_total", 5)
    assert value(other, "words_total") == 0


def test_threads_lose_no_count() -> None:
    metrics = Metrics("mask")

    def work(number: int) -> None:
        for turn in range(500):
            metrics.add("messages_total", topic="calls.audio", direction="in")
            metrics.add("dead_letters_total", reason=f"r{turn % 50}")
            metrics.set("lag_audio_seconds", turn, topic="calls.audio", partition=str(number))
            metrics.forget("lag_audio_seconds", partition=str(number))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert value(metrics, "messages_total", topic="calls.audio", direction="in") == 2000
    assert value(metrics, "dead_letters_total", reason="r7") == 40


def test_a_stage_that_is_no_code_is_refused() -> None:
    with pytest.raises(ValueError, match="stage"):
        Metrics("my name is")


def rows(title: str) -> dict[str, list[str]]:
    """Rows of the tables of docs/metrics.md whose first head is the title, by the name in their first cell."""
    found: dict[str, list[str]] = {}
    inside = False
    for line in (ROOT / "docs/metrics.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        inside = bool(cells) and (inside or cells[0] == title)
        if inside and cells[0].startswith("`"):
            found[cells[0].strip("`")] = cells[1:]
    return found


def test_the_documented_table_is_the_table() -> None:
    wanted = {
        PREFIX + name: [str(metric.kind), ", ".join(f"`{label}`" for label in metric.labels), metric.tells]
        for name, metric in METRICS.items()
    }
    assert rows("metric") == wanted


def test_the_documented_reasons_are_those_of_the_probes() -> None:
    status = Status("hear", ready_lag_s=1, needs_engine=True, clock=Clock())
    status.lag(2)
    reasons = {*status.reasons}
    status.assigned(0)
    reasons |= {*status.reasons, "loop_stalled"}
    assert rows("reason").keys() == reasons


def test_the_documented_alarms_are_those_of_prometheus() -> None:
    groups = yaml.safe_load((ROOT / "deploy/prometheus/rules/callshield.yml").read_text(encoding="utf-8"))["groups"]
    alarms = {r["alert"]: r["labels"]["severity"] for group in groups for r in group["rules"] if "alert" in r}
    assert {name: cells[-1] for name, cells in rows("alarm").items()} == alarms
