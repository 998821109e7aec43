"""Each message counts once in the tables, whatever comes again or dies."""

from __future__ import annotations

import sqlite3
from collections import Counter, deque
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adapters.tally import SqliteTally
from pipeline.core.errors import WireError
from pipeline.core.finding import Finding, Reason
from pipeline.core.messages import (
    REVOKED,
    Dead,
    Event,
    EventKind,
    Head,
    Message,
    Redacted,
    TranscriptPart,
    WrappedKey,
)  # fmt: skip
from pipeline.core.span import Span
from pipeline.core.transcript import Piece, Role, Turn
from pipeline.ports.lane import Record, Step, Unreadable
from pipeline.stages.analytics import INPUTS, WAITING_MAX, AnalyticsLane

AUDIO, WORDS, EVENTS = INPUTS
RATE = 8000


def head(call: str = "c1", channels: int = 2) -> Head:
    return Head("acme", call, "main", "ab" * 32, RATE, channels, 1_767_312_000_000, WrappedKey("k", b""))


def messages(call: str = "c1") -> list[Message]:
    """Two seconds: channel 0 talks in the first, half a second of it is hidden; channel 1 is silent."""
    one = np.zeros((2 * RATE, 2), np.int16)
    one[:RATE:2, 0], one[1:RATE:2, 0] = 9000, -9000
    hidden = Finding(0, Span(0, RATE // 2), "CARD_NUMBER", Reason.PATTERN, 1.0)
    audio = [
        Redacted(
            head(call), "analytics", at, one[at : at + 2000], (hidden,) if at == 0 else (), 0, at + 2000 == len(one)
        )
        for at in range(0, len(one), 2000)
    ]
    pieces = (Piece(Span(0, 4000), "[CARD_NUMBER]", hidden=True), Piece(Span(5000, 6000), "thanks"))
    words = [
        TranscriptPart(head(call), "analytics", 0, (Turn(0, Role.CUSTOMER, pieces),)),
        TranscriptPart(head(call), "analytics", 1, (), last=True),
    ]
    return [*audio[:3], words[0], *audio[3:], words[1]]


class Counts:
    """A meter that can be asked."""

    def __init__(self) -> None:
        self.values: Counter[str] = Counter()

    def add(self, name: str, value: float = 1, **labels: str) -> None:
        self.values[":".join([name, *labels.values()])] += value

    def observe(self, name: str, value: float, **labels: str) -> None:
        self.values[name] += 1


def carried(lane: AnalyticsLane, step: Step, now_ms: int = 0) -> Step:
    """The step and all its jobs lead to."""
    whole, left = Step(list(step.outs), [], list(step.done)), deque(step.jobs)
    while left:
        job = left.popleft()
        after = lane.finish(job, job.run(), now_ms)
        whole.outs += after.outs
        whole.done += after.done
        left += after.jobs
    return whole


def record(message: Message, offset: int) -> Record:
    topic = AUDIO if isinstance(message, Redacted) else EVENTS if isinstance(message, Event) else WORDS
    return Record(topic, offset, 0, message)


def rows(path: Path, query: str) -> list[dict[str, Any]]:
    with sqlite3.connect(path) as base:
        base.row_factory = sqlite3.Row
        return [dict(row) for row in base.execute(query)]


def everything(path: Path) -> list[list[dict[str, Any]]]:
    return [rows(path, f"SELECT * FROM {table}") for table in ("calls", "channels", "spans")]


def test_a_call_becomes_rows(tmp_path: Path) -> None:
    path, meter = tmp_path / "new" / "calls.sqlite", Counts()
    lane = AnalyticsLane(tally=SqliteTally(path), meter=meter)
    for offset, message in enumerate(messages()):
        assert carried(lane, lane.take(record(message, offset), 0)).done == [(record(message, offset).topic, offset)]
    calls, channels, spans = everything(path)
    assert calls == [{
        "tenant": "acme", "call": "c1", "started_ms": 1_767_312_000_000, "pin": "ab" * 32, "rate_hz": RATE,
        "samples": 2 * RATE, "lost_samples": 0, "lost_parts": 0, "complete": 1, "seconds": 2.0, "silence_s": 1.0,
        "crosstalk_s": 0.0, "longest_silence_s": 1.0, "longest_hold_s": 1.0, "state": None,
    }]  # fmt: skip
    assert [(c["talk_s"], c["talk_share"], c["hidden_s"], c["words"], c["words_per_minute"]) for c in channels] == [
        (0.5, 0.25, 0.5, 1, 120.0), (0.0, 0.0, 0.0, 0, None),
    ]  # fmt: skip
    assert [(s["channel"], s["entity"], s["seconds"]) for s in spans] == [(0, "CARD_NUMBER", 0.5)]
    assert meter.values["calls_total:counted"] == 1
    assert lane.calls == 0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=8))
def test_repetitions_and_new_workers_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, backs: list[tuple[int, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("tally")
    plain, again = folder / "a.sqlite", folder / "b.sqlite"
    log = messages()
    for path, jumps in ((plain, []), (again, backs)):
        lane, tally = None, None
        at, most = 0, [*jumps]
        while at < len(log):
            if lane is None or tally is None:
                tally = SqliteTally(path)
                lane = AnalyticsLane(tally=tally, meter=Counts())
            carried(lane, lane.take(record(log[at], at), 0))
            at += 1
            if most and at > most[0][0]:
                back, dies = most.pop()
                at = min(at, back)
                if dies:
                    tally.close()
                    lane = None
    assert everything(again) == everything(plain)


def test_nothing_is_done_while_the_file_cannot_be_written(tmp_path: Path) -> None:
    path, meter = tmp_path / "calls.sqlite", Counts()
    tally = SqliteTally(path)
    lane = AnalyticsLane(tally=tally, meter=meter)
    with sqlite3.connect(path) as other:  # as if the disk were full: what is written comes to nothing
        other.execute("CREATE TRIGGER full BEFORE INSERT ON channels BEGIN SELECT RAISE(ABORT, 'full'); END")
    assert carried(lane, lane.take(record(messages()[0], 0), 0)).done == []
    assert carried(lane, lane.tick(500), 500).done == []
    assert meter.values["output_errors_total"] == 1, "it waits before it tries again"
    assert rows(path, "SELECT * FROM calls") == []
    for offset in range(1, WAITING_MAX + 1):
        lane.take(record(messages()[1], offset), 500)
    assert lane.paused == frozenset(INPUTS)
    assert lane.calls == 1
    with sqlite3.connect(path) as other:
        other.execute("DROP TRIGGER full")
    done = carried(lane, lane.tick(1000), 1000).done
    assert done == [(AUDIO, offset) for offset in range(WAITING_MAX + 1)], "in order"
    assert lane.paused == frozenset()
    assert rows(path, "SELECT samples FROM calls") == [{"samples": 4000}]


def test_what_does_not_fit_its_call_is_dead_lettered(tmp_path: Path) -> None:
    lane = AnalyticsLane(tally=SqliteTally(tmp_path / "calls.sqlite"), meter=Counts(), partition=3)
    carried(lane, lane.take(record(messages()[0], 0), 0))
    bad = Redacted(head(channels=1), "analytics", 2000, np.zeros((10, 1), np.int16), (), 0)
    step = carried(lane, lane.take(record(bad, 1), 0))
    assert step.done == [(AUDIO, 1)]
    dead = step.outs[0].message
    assert isinstance(dead, Dead)
    assert (dead.partition, dead.offset, dead.reason, dead.call, dead.start_sample) == (3, 1, "refused", "c1", 2000)
    assert rows(tmp_path / "calls.sqlite", "SELECT samples, channel FROM calls JOIN channels USING (tenant, call)") == [
        {"samples": 2000, "channel": 0}, {"samples": 2000, "channel": 1},
    ]  # fmt: skip


def test_a_stretch_beyond_the_end_is_counted_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "calls.sqlite"
    lane = AnalyticsLane(tally=SqliteTally(path), meter=Counts())
    hidden = Finding(0, Span(4000, 2**62), "UNJUDGED", Reason.LATE, 1.0)
    last = Redacted(head(), "analytics", 0, np.zeros((8000, 2), np.int16), (hidden,), 0, last=True)
    carried(lane, lane.take(record(last, 0), 0))
    assert rows(path, "SELECT seconds FROM spans") == [{"seconds": 0.5}]


def test_a_message_of_another_kind_is_refused(tmp_path: Path) -> None:
    lane = AnalyticsLane(tally=SqliteTally(tmp_path / "calls.sqlite"), meter=Counts())
    with pytest.raises(WireError):
        lane.take(Record(AUDIO, 0, 0, Dead("a", AUDIO, 0, 7, "damaged", 0)), 0)
    assert lane.calls == 0


def test_an_unreadable_message_is_done_at_once(tmp_path: Path) -> None:
    lane = AnalyticsLane(tally=SqliteTally(tmp_path / "calls.sqlite"), meter=Counts())
    assert lane.unreadable(Unreadable(WORDS, 7, 0, Dead("a", WORDS, 0, 7, "damaged", 0)), 0).done == [(WORDS, 7)]


def test_the_example_query_of_the_documentation_answers(tmp_path: Path) -> None:
    path = tmp_path / "calls.sqlite"
    lane = AnalyticsLane(tally=SqliteTally(path), meter=Counts())
    for offset, message in enumerate(messages()):
        carried(lane, lane.take(record(message, offset), 0))
    page = (ROOT / "docs" / "outputs.md").read_text(encoding="utf-8")
    queries = [part.split("```")[0] for part in page.split("```sql\n")[1:]]
    assert [rows(path, query) for query in queries] == [
        [{"entity": "CARD_NUMBER", "spans": 1, "hidden_s": 0.5, "calls": 1}],
        [{"call": "c1", "longest_hold_s": 1.0, "talk_share": 0.25}],
    ]
    told = set(page.split())
    for table in everything(path):
        assert {f"`{column}`" for column in table[0]} <= {word.strip(",;:.") for word in told} | {"`tenant`", "`call`"}


def revoked(purpose: str = "analytics", kind: EventKind = EventKind.CONSENT) -> Event:
    return Event(head(), kind, 5, "accept", "withdrawn", (("purpose", purpose), REVOKED))


@pytest.mark.parametrize("by_event", [False, True])
def test_a_withdrawal_takes_the_figures_of_a_call_and_keeps_it_out(tmp_path: Path, by_event: bool) -> None:
    path, meter = tmp_path / "calls.sqlite", Counts()
    lane = AnalyticsLane(tally=SqliteTally(path), meter=meter)
    every = [*messages("c1"), *messages("c2")]
    last = replace(messages()[2], withdrawn=True, last=True)  # type: ignore[type-var]
    for offset, message in enumerate([*every, revoked() if by_event else last, *messages("c1")]):
        assert carried(lane, lane.take(record(message, offset), 0)).done
    assert {row["call"] for table in everything(path) for row in table} == {"c2"}
    assert meter.values["calls_total:withdrawn"] == 1


def test_events_are_finished_in_their_order(tmp_path: Path) -> None:
    lane = AnalyticsLane(tally=SqliteTally(tmp_path / "calls.sqlite"), meter=Counts())
    assert lane.take(record(revoked("storage"), 0), 0).done == [(EVENTS, 0)]
    first = lane.take(record(revoked(), 1), 0)
    assert lane.take(record(revoked("storage"), 2), 0).done == []
    assert carried(lane, first).done == [(EVENTS, 1), (EVENTS, 2)]
