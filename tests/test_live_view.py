"""The terminal view of the live pipeline: made-up pages, lags and events as frames; the command on a real broker."""

from __future__ import annotations

import asyncio
import io
import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from broker import APACHE, Broker, kind
from command import line, process
from hypothesis import given
from hypothesis import strategies as st
from live import Live
from rich.console import Console

from pipeline.adapters.metrics import Metrics
from pipeline.adapters.wire import Wire
from pipeline.adapters.worker_pages import check_address, page
from pipeline.cli.live_view import document, drawn
from pipeline.core.board import Frame, Group, Health, Lag, Page, Row, rows
from pipeline.core.call_book import CALLS_MAX, CallBook, CallState
from pipeline.core.errors import ConfigError, KeyLostError
from pipeline.core.messages import Event, EventKind, Head, WrappedKey
from pipeline.core.quantiles import Window, added, quantile
from pipeline.core.topics import AUDIO, EVENTS, INTAKE, STAGES, VERDICTS, topics

NOW_MS = 1_790_000_000_000
READY = '{"ready": true, "reasons": []}'
INF = float("inf")


def head(call: str, fleet: str = "main", started_ms: int = NOW_MS, tenant: str = "acme") -> Head:
    return Head(tenant, call, fleet, "pin", 8000, 2, started_ms, WrappedKey("k", b"w"))


def event(call: str, what: EventKind, after_ms: int = 0, reason: str = "", **more: object) -> Event:
    return Event(head(call, **more), what, NOW_MS + after_ms, "accept", reason)  # type: ignore[arg-type]


def mask_page(address: str = "http://w:1", ready: str = READY, lag: int = 3) -> Page:
    """As a real worker's text says it."""
    metrics = Metrics("mask")
    for value in (0.2, 0.2, 0.2, 4.0):
        metrics.observe("hold_seconds", value)
    metrics.set("calls_running", 2)
    metrics.set("consumer_lag_messages", lag, topic=AUDIO, partition="0")
    metrics.set("lag_audio_seconds", 7.5, topic=AUDIO, partition="0")
    metrics.add("dead_letters_total", 5, reason="damaged")
    metrics.add("dead_letters_total", 1, reason="forged")
    return page(address, metrics.page().decode(), ready)


def group(*lags: Lag, stage: str = "mask", workers: int = 1) -> Group:
    return Group(stage, f"callshield.{stage}", "Stable", workers, frozenset({0, 1}), lags)


def row(pages: list[Page], *groups: Group, stage: str = "mask") -> Row:
    gained = {(p.address, whose, name): counts for p in pages for whose, name, counts in p.histograms}
    (found,) = rows([stage], groups, pages, gained, 30.0)
    return found


def text(frame: Frame, width: int, *, color: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=color, color_system="standard" if color else None).print(
        drawn(frame, width, 30.0)
    )
    return out.getvalue()


def frame_of(*found: Row, calls: CallBook | None = None) -> Frame:
    book = calls or CallBook("main")
    return Frame(NOW_MS + 65_000, "main", 4, found, book.running, book.newest(10))


# --- one stage


def test_a_row_is_what_kafka_and_the_workers_tell() -> None:
    found = row([mask_page()], group(Lag(AUDIO, 0, 9, 2.5), Lag(VERDICTS, 1, 0)))
    assert (found.workers, found.answering, found.partitions) == (1, 1, 2)
    assert (found.waiting, found.uncommitted, found.lag_s) == (3, 9, 2.5)
    assert (found.calls, found.dead_letters, found.late_verdicts) == (2, 6, 0)
    assert found.hold is not None
    assert 0.1 < found.hold.p50_s <= 0.25
    assert 2.5 < found.hold.p99_s <= 5.0
    assert found.spoken_to_released is None
    assert found.health is Health.OK


def test_what_workers_do_not_tell_is_not_made_up() -> None:
    found = row([], group(Lag(AUDIO, 0, 9, 2.5)))
    assert (found.waiting, found.uncommitted) == (None, 9)
    assert found.calls is None
    partly = row([mask_page()], group(Lag(AUDIO, 0, 9), Lag(AUDIO, 1, 4)))  # nobody tells of partition 1
    assert partly.waiting is None


def test_without_workers_all_that_is_not_committed_waits() -> None:
    found = row([], group(Lag(AUDIO, 0, 9, 2.5), Lag(AUDIO, 1, 4, 1.0), workers=0))
    assert (found.waiting, found.health) == (13, Health.NO_WORKERS)


def test_without_kafka_the_workers_tell() -> None:
    found = row([mask_page("http://a:1"), mask_page("http://b:1", lag=4)])
    assert (found.workers, found.waiting, found.lag_s) == (2, 7, 7.5)
    assert row([]).health is Health.UNKNOWN


@pytest.mark.parametrize(
    ("ready", "age_s", "health", "reasons"),
    [
        (READY, 30.0, Health.OK, ()),
        (READY, 30.5, Health.BEHIND, ()),
        ('{"ready": false, "reasons": ["lag"]}', 1.0, Health.BEHIND, ("lag",)),
        ('{"ready": false, "reasons": ["no_broker", "lag"]}', 1.0, Health.NOT_READY, ("lag", "no_broker")),
        ('{"ready": false, "reasons": ["no_partitions"]}', 1.0, Health.OK, ()),
        ('{"ready": false, "reasons": ["hear.no_engine", "mask.no_broker"]}', 1.0, Health.NOT_READY, ("no_broker",)),
        ('{"ready": false, "reasons": ["\\u001b[2J", "my card is 4111"]}', 1.0, Health.OK, ()),
        ("no JSON", 1.0, Health.OK, ()),
    ],
)
def test_health_is_told_with_its_reasons(ready: str, age_s: float, health: Health, reasons: tuple[str, ...]) -> None:
    found = row([mask_page(ready=ready)], group(Lag(AUDIO, 0, 9, age_s)))
    assert (found.health, found.reasons) == (health, reasons)


def test_a_page_lets_nothing_through_that_is_no_metric_of_ours() -> None:
    lines = 'callshield_words_total{stage="hear"} 2\ncallshield_said{stage="hear"} 1\nother{stage="hear"} 1\n'
    lines += 'callshield_ready{stage="my card"} 1\ncallshield_alive{stage="hear"} NaN\n'
    found = page("http://w:1", lines, READY)
    assert [(s.stage, s.name, s.value) for s in found.series] == [("hear", "words_total", 2.0)]


@pytest.mark.parametrize("text", ["ftp://w:1", "w:9464", "http://", "http://w:99999", "http://u@w:1", "http://w/a b"])
def test_an_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="--metrics"):
        check_address(text)


def test_an_address_may_name_its_page() -> None:
    assert check_address("http://w:9464/metrics") == check_address("http://w:9464/") == "http://w:9464"


# --- quantiles


@given(st.lists(st.floats(0, 400), min_size=1, max_size=50), st.floats(0.01, 1))
def test_a_quantile_lies_in_the_bucket_of_the_true_one(values: list[float], share: float) -> None:
    bounds = (0.5, 1.0, 5.0, 60.0)
    counts = {b: float(sum(v <= b for v in values)) for b in (*bounds, INF)}
    true = sorted(values)[max(0, -int(-share * len(values) // 1) - 1)]
    found = quantile(counts, share)
    assert found is not None
    upper = next((b for b in bounds if true <= b), bounds[-1])
    lower = max((b for b in (0.0, *bounds) if b < min(true, upper)), default=0.0) if true <= bounds[-1] else bounds[-1]
    assert lower - 1e-9 <= found <= upper + 1e-9


def test_no_values_have_no_quantile() -> None:
    assert quantile({}, 0.5) is None
    assert quantile({1.0: 0.0, INF: 0.0}, 0.5) is None
    assert added([{1.0: 1.0, INF: 2.0}, {1.0: 3.0, INF: 3.0}]) == {1.0: 4.0, INF: 5.0}


def test_a_window_tells_what_came_lately_also_after_a_restart() -> None:
    window = Window(60)
    key = ("http://w:1", "mask", "hold_seconds")
    assert window.gained(0, {key: {1.0: 10, INF: 10}})[key] == {1.0: 10, INF: 10}
    assert window.gained(30, {key: {1.0: 10, INF: 12}})[key] == {1.0: 0, INF: 2}
    assert window.gained(95, {key: {1.0: 11, INF: 14}})[key] == {1.0: 1, INF: 2}  # the first look is too old by now
    assert window.gained(96, {key: {1.0: 1, INF: 1}})[key] == {1.0: 1, INF: 1}  # a new worker counts from zero


# --- calls


def test_calls_are_told_newest_first_with_what_became_of_them() -> None:
    book = CallBook("main")
    book.take([event("a", EventKind.STARTED), event("b", EventKind.STARTED, started_ms=NOW_MS + 5)])
    book.take([event("c", EventKind.STARTED, fleet="other"), event("a", EventKind.ENDED, 9_000, "timeout")])
    book.take([event("b", EventKind.FAILED, 50, "engine_lost", started_ms=NOW_MS + 5)])
    book.take([event("b", EventKind.FAILED, 60, "hole", started_ms=NOW_MS + 5)])
    assert [(s.call, s.state, s.reason) for s in book.newest(10)] == [
        ("b", CallState.FAILED, "engine_lost"),
        ("a", CallState.ENDED, "timeout"),
    ]
    assert book.running == 1
    book.take([event("b", EventKind.ENDED, 99, "ended", started_ms=NOW_MS + 5)])
    assert (book.running, book.newest(1)[0].state) == (0, CallState.FAILED)


def test_repeated_events_change_nothing_and_a_name_used_again_is_a_new_call() -> None:
    book = CallBook("main")
    life = [event("a", EventKind.STARTED), event("a", EventKind.ENDED, 10, "ended")]
    book.take(life)
    before = book.newest(9)
    book.take([*life, event("a", EventKind.ENDED, 99, "timeout")])
    assert book.newest(9) == before
    book.take([event("a", EventKind.STARTED, started_ms=NOW_MS + 500), life[1]])
    assert [(s.since_ms, s.state) for s in book.newest(9)] == [(NOW_MS + 500, CallState.RUNNING)]


def test_calls_that_are_over_are_forgotten_first() -> None:
    book = CallBook("main")
    book.take([event("old", EventKind.STARTED, started_ms=1), event("over", EventKind.ENDED, started_ms=2)])
    book.take(event(f"n{n}", EventKind.STARTED) for n in range(CALLS_MAX - 1))
    names = {seen.call for seen in book.newest(CALLS_MAX + 9)}
    assert "old" in names
    assert "over" not in names
    assert len(names) == CALLS_MAX


# --- what is drawn


@pytest.mark.parametrize("width", [100, 160])
def test_a_frame_fits_its_width_and_says_all(width: int) -> None:
    book = CallBook("main")
    book.take([event("call-7", EventKind.STARTED), event("call-7", EventKind.FAILED, 50, "engine_lost")])
    ready = '{"ready": false, "reasons": ["no_broker"]}'
    shown = text(frame_of(row([mask_page(ready=ready)], group(Lag(AUDIO, 0, 9, 2.5))), calls=book), width)
    assert max(map(len, shown.splitlines())) <= width
    for words in ("mask", "2/4", "2.5", "not ready no_broker", "call-7", "acme", "1:05", "failed", "engine_lost"):
        assert words in shown
    assert ("spoken to released" in shown, "dead" in shown) == (True, True)


def test_colours_say_how_bad_it_is() -> None:
    def colours(age_s: float, workers: int = 1) -> str:
        return text(frame_of(row([mask_page()], group(Lag(AUDIO, 0, 9, age_s), workers=workers))), 160, color=True)

    assert re.search(r"\x1b\[32m *5\.0", colours(5))
    assert re.search(r"\x1b\[33m *20\.0", colours(20))
    assert re.search(r"\x1b\[31m *40\.0", colours(40))
    assert "\x1b[33mbehind" in colours(40)
    assert "\x1b[31mno workers" in colours(5, workers=0)


def test_a_name_cannot_steer_the_terminal() -> None:
    book = CallBook("main")
    book.take([event("x\x1b[2J[red]", EventKind.STARTED)])
    shown = text(frame_of(calls=book), 100, color=True)
    assert "\x1b[2J" not in shown
    assert "x?[2J[red]" in shown


def test_the_document_is_json_with_nulls_for_what_nobody_told() -> None:
    plain = json.loads(json.dumps(document(frame_of(row([], group(Lag(AUDIO, 0, 9, 2.5)))))))
    (stage,) = plain["stages"]
    assert (stage["stage"], stage["health"], stage["uncommitted"], stage["waiting"]) == ("mask", "ok", 9, None)
    assert plain["time"].endswith("Z")


# --- without keys


def test_who_has_no_keys_reads_what_is_not_sealed() -> None:
    keyless = Wire(topics(["storage"]), None, "live")
    told = event("a", EventKind.STARTED)
    _, value, headers = keyless.encode(EVENTS, told)
    assert keyless.decode(EVENTS, value, headers) == told
    with pytest.raises(KeyLostError, match="CALLSHIELD_KEYS_FILE"):
        keyless._keys()


# --- on a broker


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """On a broker of its own: other tests cut the same topics otherwise."""
    if kind() != APACHE:
        pytest.skip("needs Apache Kafka of its own; the embedded broker is wrong about the end of a partition")
    with Broker() as broker:
        made = Live(tmp_path, broker.servers, fleet="view-test")
        made.apply_topics()
        yield made


def look(live: Live, *words: str) -> dict[str, dict[str, object]]:
    """The stages by name. Without key file: an operator has none."""
    keyless = {name: value for name, value in live.environment.items() if name != "CALLSHIELD_KEYS_FILE"}
    keyless["CALLSHIELD_METRICS_PORT"] = "0"
    command = line("live", "--json", *words)
    done = subprocess.run(command, env=keyless, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return {row["stage"]: row for row in json.loads(done.stdout)["stages"]}


@pytest.mark.kafka
async def test_without_workers_what_was_sent_waits_and_ages(live: Live) -> None:
    before = await asyncio.to_thread(look, live, "--once")
    assert {row["health"] for row in before.values()} == {"no_workers"}
    producer = AIOKafkaProducer(bootstrap_servers=live.servers)
    await producer.start()
    try:
        for n in range(7):
            await producer.send_and_wait(INTAKE, b"x", key=b"k", partition=n % 2)
    finally:
        await producer.stop()
    sent = time.monotonic()
    await asyncio.sleep(2)
    after = await asyncio.to_thread(look, live)
    waited_s = time.monotonic() - sent
    grown = {stage: after[stage]["waiting"] - before[stage]["waiting"] for stage in after}  # type: ignore[operator]
    assert grown == dict.fromkeys(STAGES, 0) | {"accept": 7}
    if before["accept"]["waiting"] == 0:  # the broker is shared: others may have left something older
        assert before["accept"]["lag_s"] == 0
        assert 1.9 <= after["accept"]["lag_s"] <= waited_s * 1.1  # type: ignore[operator]


def test_without_kafka_it_says_so_in_a_line() -> None:
    done = process("live", "--json", env={"CALLSHIELD_KAFKA_SERVERS": "127.0.0.1:1"})
    assert (done.code, done.out) == (4, "")
    assert "127.0.0.1:1" in done.error


@pytest.mark.parametrize("words", [("--metrics", "w:1"), ("--fleet", "A B"), ("--calls", "-1")])
def test_wrong_options_are_told_in_a_line(words: tuple[str, ...]) -> None:
    done = process("live", *words)
    assert (done.code, done.out) == (2, "")
    assert words[0] in done.error
