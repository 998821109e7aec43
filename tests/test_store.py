"""What is stored of a call: every sample once, whatever comes again, dies or is full."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import soundfile
from command import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from shelves import Shelves

from pipeline.adapters.index.calls import call_id
from pipeline.adapters.index.consents import consents_of
from pipeline.adapters.report_files import SCHEMA_PATH
from pipeline.core.errors import InputError, OutputError, WireError
from pipeline.core.finding import Finding, Reason
from pipeline.core.messages import (
    REVOKED,
    Dead,
    Event,
    EventKind,
    Head,
    Message,
    Missing,
    Redacted,
    TranscriptPart,
    WrappedKey,
)
from pipeline.core.pseudonym import Label
from pipeline.core.span import Span
from pipeline.core.transcript import Piece, Role, Turn
from pipeline.ports.key_register import KeyName, Use
from pipeline.ports.lane import Record, Step, Unreadable
from pipeline.ports.shelf import Batch
from pipeline.stages.store import INPUTS, WORDS_WAIT_MS, StoreLane

AUDIO, WORDS, EVENTS = INPUTS
KEY = WrappedKey("k", b"")
STARTED_MS = 1_767_312_000_000  # 2026-01-02 00:00 UTC


def head(call: str = "c1", tenant: str = "acme", channels: int = 2, started_ms: int = STARTED_MS) -> Head:
    return Head(tenant, call, "main", "ab" * 32, 8000, channels, started_ms, KEY)


def stream(n: int, channels: int = 2, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(-9000, 9000, (n, channels)).astype(np.int16)


def finding(start: int, end: int, channel: int = 0, entity: str = "CARD_NUMBER") -> Finding:
    return Finding(channel, Span(start, end), entity, Reason.PATTERN, 0.9)


def block(pcm: np.ndarray, start: int, end: int, call: Head | None = None, **more: Any) -> Redacted:
    every = more.pop("findings", ())
    hidden = tuple(f for f in every if start <= f.span.start < end)
    more.setdefault("last", end == len(pcm))
    return Redacted(call or head(channels=pcm.shape[1]), "storage", start, pcm[start:end], hidden, 0, **more)


def part(sequence: int, text: str = "hello", last: bool = False, call: Head | None = None) -> TranscriptPart:
    piece = Piece(Span(100 * sequence, 100 * sequence + 50), text)
    return TranscriptPart(call or head(), "storage", sequence, (Turn(0, Role.AGENT, (piece,)),), last)


class Counts:
    """A meter that can be asked."""

    def __init__(self) -> None:
        self.values: Counter[str] = Counter()

    def add(self, name: str, value: float = 1, **labels: str) -> None:
        self.values[":".join([name, *labels.values()])] += value

    def observe(self, name: str, value: float, **labels: str) -> None:
        self.values[name] += 1


class Bench:
    """A log of two topics, and a lane over it whose jobs run at once. Crashes read again from the commit."""

    def __init__(self, folder: Path, *urls: str) -> None:
        self.folder = folder
        self.shelves = Shelves(folder, *urls)
        self.log: list[Record] = []
        self.done: set[tuple[str, int]] = set()
        self.dead: list[Dead] = []
        self.now_ms = 1000
        self.batch_ms = 1000
        self.meter = Counts()
        self.shelf = self.shelves.shelf()
        self.crash()

    def crash(self) -> None:
        """The worker is lost; another starts."""
        self.lane = StoreLane(shelf=self.shelf, batch_ms=self.batch_ms, meter=self.meter)
        self.lane.restore(())
        self.at = dict.fromkeys(INPUTS, 0)
        for topic in INPUTS:
            while (topic, self.at[topic]) in self.done:
                self.at[topic] += 1

    def send(self, *messages: Message) -> None:
        for message in messages:
            topic = AUDIO if isinstance(message, Redacted) else EVENTS if isinstance(message, Event) else WORDS
            self.log.append(Record(topic, sum(r.topic == topic for r in self.log), 0, message))

    def read(self, most: int = 10**9) -> None:
        for topic in INPUTS:
            for record in [r for r in self.log if r.topic == topic and r.offset >= self.at[topic]][:most]:
                self.at[topic] = record.offset + 1
                self.carry(self.lane.take(record, self.now_ms))

    def carry(self, step: Step) -> None:
        self.dead += [out.message for out in step.outs if isinstance(out.message, Dead)]
        self.done |= set(step.done)
        for job in step.jobs:
            self.carry(self.lane.finish(job, job.run(), self.now_ms))

    def wait(self, ms: int) -> None:
        self.now_ms += ms
        self.carry(self.lane.tick(self.now_ms))

    def run(self) -> None:
        self.read()
        self.wait(1000)

    @property
    def open(self) -> list[tuple[str, int]]:
        """What is not done."""
        return [(r.topic, r.offset) for r in self.log if (r.topic, r.offset) not in self.done]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def place(bench: Bench, call: str = "c1") -> Path:
    """Where the files of a finished call were read back to."""
    found = bench.shelves.export(call)
    assert found is not None
    return found


def lying(bench: Bench, call: str = "c1") -> list[str]:
    """Kinds of the objects there are of a call."""
    begin = f"acme/2026-01-02/{call}/{STARTED_MS}/"
    names = [n.removeprefix(begin) for n in bench.shelves.names() if n.startswith(begin)]
    return sorted({n.partition("/")[0].partition("-")[0] for n in names})


def manifest(bench: Bench, call: str = "c1") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((place(bench, call) / "manifest.json").read_text(encoding="utf-8"))
    return found


def samples(bench: Bench, call: str = "c1", name: str = "recording.flac") -> np.ndarray:
    data, rate = soundfile.read(place(bench, call) / name, dtype="int16", always_2d=True)
    assert rate == 8000
    found: np.ndarray = data
    return found


def documented_schema() -> dict[str, Any]:
    page = (ROOT / "docs" / "outputs.md").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(page.split("```json schema\n")[1].split("```")[0])
    return found


def test_a_call_becomes_three_files(bench: Bench) -> None:
    pcm, findings = stream(4000), (finding(100, 900), finding(1500, 2500, 1, "PIN"))
    missing = (Missing(1, Span(2000, 2400)),)
    bench.send(
        part(0), block(pcm, 0, 2000, findings=findings), block(pcm, 2000, 4000, findings=findings, missing=missing)
    )
    bench.send(part(1, "[CARD_NUMBER]", last=True))
    bench.run()
    assert bench.open == []
    assert lying(bench) == ["manifest", "recording", "transcript"]
    assert sorted(p.name for p in place(bench).iterdir()) == ["manifest.json", "recording.flac", "transcript.json"]
    assert np.array_equal(samples(bench), pcm)
    told = manifest(bench)
    jsonschema.validate(told, documented_schema())
    assert told["hidden"] == {
        "CARD_NUMBER": [{"channel": 0, "start_sample": 100, "end_sample": 900, "reason": "pattern"}],
        "PIN": [{"channel": 1, "start_sample": 1500, "end_sample": 2500, "reason": "pattern"}],
    }
    assert told["missing"] == [{"channel": 1, "start_sample": 2000, "end_sample": 2400}]
    assert (told["samples"], told["channels"], told["pin"], told["lost"]) == (4000, 2, "ab" * 32, [])
    for kind in ("recording", "transcript"):
        data = (place(bench) / told[kind]["file"]).read_bytes()
        assert told[kind]["sha256"] == hashlib.sha256(data).hexdigest()
    assert told["transcript"]["complete"] is True
    transcript = json.loads((place(bench) / "transcript.json").read_text(encoding="utf-8"))
    jsonschema.validate(transcript, json.loads(SCHEMA_PATH.read_text(encoding="utf-8")))
    assert [t["text"] for t in transcript["turns"]] == ["hello", "[CARD_NUMBER]"]
    assert bench.lane.calls == 0
    assert bench.meter.values["calls_total:stored"] == 1


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_whatever_comes_again_and_whoever_dies_the_call_is_the_same(data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 300))
    pcm, findings = stream(n), tuple(finding(s, s + 40) for s in range(5, n, 60))
    folder = Path(tempfile.mkdtemp())
    try:
        bench, sent, parts = Bench(folder), 0, [part(i, f"w{i}", last=i == 2) for i in range(3)]
        for final in [*[False] * data.draw(st.integers(0, 4)), True]:
            back = data.draw(st.integers(0, sent))
            cuts = sorted(set(data.draw(st.lists(st.integers(back, n), max_size=5))) | {back, n})
            plan = list(pairwise(cuts)) or [(n, n)]
            plan = plan if final else plan[: data.draw(st.integers(0, len(plan)))]
            bench.send(*(block(pcm, a, b, findings=findings, last=b == n) for a, b in plan))
            sent = max([sent, *(b for _, b in plan)])
            bench.send(*(parts if final else parts[: data.draw(st.integers(0, 3))]))
            for _ in range(data.draw(st.integers(0, 3))):
                bench.read(data.draw(st.integers(0, 3)))
                bench.wait(data.draw(st.sampled_from([0, 1000])))
                if data.draw(st.booleans()):
                    bench.crash()
        bench.run()
        assert bench.open == []
        told = manifest(bench)
        assert told["samples"] == n
        assert told["lost"] == []
        assert told["transcript"]["complete"] is True
        assert [(s["start_sample"], s["end_sample"]) for s in told["hidden"].get("CARD_NUMBER", [])] == [
            (f.span.start, min(f.span.end, n)) for f in findings
        ]
        assert (told["recording"] is None) == (n == 0)
        assert n == 0 or np.array_equal(samples(bench), pcm)
    finally:
        shutil.rmtree(folder)


def test_a_finished_call_is_never_touched_again(bench: Bench) -> None:
    pcm = stream(1000)
    bench.send(part(0, last=True), block(pcm, 0, 1000))
    bench.run()
    before = {name: bench.shelves.calls.objects.get(name) for name in bench.shelves.names()}
    other = stream(1500, seed=2)
    bench.send(block(other, 0, 700), block(other, 700, 1500), part(0, "other", last=True))
    bench.run()
    bench.crash()
    bench.run()
    assert bench.open == []
    assert {name: bench.shelves.calls.objects.get(name) for name in bench.shelves.names()} == before
    assert len(bench.shelves.rows()) == 1


def test_offsets_are_done_as_soon_as_they_are_durable_but_the_last(bench: Bench) -> None:
    pcm = stream(1000)
    bench.send(part(0), block(pcm, 0, 500))
    bench.read()
    assert len(bench.open) == 2
    bench.wait(1000)
    assert bench.open == []
    bench.send(block(pcm, 500, 1000))
    bench.run()
    assert bench.open == [(AUDIO, 1)]
    bench.crash()
    bench.send(part(1, last=True))
    bench.run()
    assert bench.open == []
    assert np.array_equal(samples(bench), pcm)
    assert manifest(bench)["transcript"]["complete"] is True


def test_where_requests_cost_offsets_wait_for_a_larger_part(bench: Bench) -> None:
    """As in a bucket: one object every 15 s of a running call, and at its end."""
    bench.batch_ms = 15_000
    bench.crash()
    pcm = stream(4000)
    for at in range(0, 3000, 100):
        bench.send(block(pcm, at, at + 100))
        bench.read()
        bench.wait(1000)
    assert len(bench.open) == 0
    assert len([n for n in bench.shelves.names() if "/parts/" in n]) == 2
    bench.send(block(pcm, 3000, 3100))
    bench.run()
    assert bench.open == [(AUDIO, 30)]
    bench.send(block(pcm, 3100, 4000), part(0, last=True))
    bench.run()
    assert bench.open == []
    assert np.array_equal(samples(bench), pcm)


def test_a_transcript_that_does_not_come_is_not_waited_for_for_ever(bench: Bench) -> None:
    pcm = stream(1000)
    bench.send(block(pcm, 0, 1000, head("c1")), block(pcm, 0, 1000, head("c2")), part(1, call=head("c2")))
    bench.run()
    bench.wait(WORDS_WAIT_MS - 2000)
    assert "manifest" not in lying(bench)
    bench.wait(2000)
    assert bench.open == []
    assert manifest(bench, "c1")["transcript"] is None
    assert not (place(bench) / "transcript.json").exists()
    assert manifest(bench, "c2")["transcript"]["complete"] is False
    jsonschema.validate(manifest(bench, "c1"), documented_schema())


def test_lost_samples_are_silence_and_told(bench: Bench) -> None:
    pcm = stream(3000)
    bench.send(part(0, last=True), block(pcm, 0, 1000), block(pcm, 2000, 2500))
    bench.run()
    bench.send(block(pcm, 3000, 3000, last=True))
    bench.run()
    expected = pcm.copy()
    expected[1000:2000] = 0
    expected[2500:] = 0
    assert np.array_equal(samples(bench), expected)
    assert manifest(bench)["lost"] == [
        {"start_sample": 1000, "end_sample": 2000}, {"start_sample": 2500, "end_sample": 3000},
    ]  # fmt: skip
    assert bench.meter.values["missing_samples_total"] == 3000


def test_an_unreadable_message_is_done_at_once(bench: Bench) -> None:
    record = Unreadable(AUDIO, 7, 0, Dead("store", AUDIO, 0, 7, "damaged", 0))
    assert bench.lane.unreadable(record, 0).done == [(AUDIO, 7)]


def test_what_is_no_block_is_refused_before_it_is_taken(bench: Bench) -> None:
    wrong = (
        Dead("store", AUDIO, 0, 7, "damaged", 0),
        Redacted(head(channels=1), "storage", 0, stream(10), (), 0),
        Redacted(head(), "storage", -1, stream(10), (), 0),
    )
    for message in wrong:
        with pytest.raises(WireError):
            bench.lane.take(Record(AUDIO, 0, 0, message), 0)
    assert bench.lane.calls == 0
    assert bench.shelves.names() == []


class Full:
    """Stands in for the system's write: takes so many bytes, and no more."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, accept: int) -> None:
        self.left = accept
        self._real = os.write
        monkeypatch.setattr("pipeline.adapters.audio_files.os.write", self)

    def __call__(self, fd: int, data: bytes) -> int:
        if self.left <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        n = self._real(fd, bytes(data)[: self.left])
        self.left -= n
        return n


@pytest.mark.parametrize("accept", [0, 1, 700])
def test_while_the_disk_is_full_nothing_is_done(bench: Bench, monkeypatch: pytest.MonkeyPatch, accept: int) -> None:
    pcm = stream(1000)
    with monkeypatch.context() as full:
        Full(full, accept)
        bench.send(part(0), block(pcm, 0, 600), block(pcm, 600, 1000), part(1, last=True))
        for _ in range(20):
            bench.run()
        assert len(bench.open) == 4
        assert bench.meter.values["output_errors_total"] == 5, "tried after 0, 1, 3, 7 and 15 s"
        if accept:
            bench.crash()
            bench.run()
            assert len(bench.open) == 4
    assert bench.shelves.names() == []
    bench.wait(60_000)
    bench.wait(0)
    assert bench.open == []
    assert np.array_equal(samples(bench), pcm)


def test_a_full_disk_at_the_end_leaves_the_call_unfinished(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    pcm = stream(1000)
    bench.send(part(0, last=True), block(pcm, 0, 500))
    bench.run()
    bench.send(block(pcm, 500, 1000))
    with monkeypatch.context() as full:
        Full(full, 3000)
        bench.run()
        assert bench.open == [(AUDIO, 1)]
        assert "manifest" not in lying(bench)
    bench.wait(60_000)
    bench.wait(0)
    assert bench.open == []
    assert lying(bench) == ["manifest", "recording", "transcript"]
    assert np.array_equal(samples(bench), pcm)


def test_a_full_disk_holds_back_the_topics(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.stages.store.HELD_BYTES_MAX", 1 << 16)
    pcm = np.zeros(((1 << 14) + 1, 2), np.int16)
    with monkeypatch.context() as full:
        Full(full, 0)
        bench.send(part(0, last=True), block(pcm, 0, 1000), block(pcm, 1000, len(pcm)))
        bench.run()
        assert bench.lane.paused == frozenset(INPUTS)
    bench.wait(60_000)
    assert bench.lane.paused == frozenset()
    assert bench.open == []


def test_a_worker_thought_dead_that_still_writes_harms_nothing(bench: Bench) -> None:
    pcm, one = stream(1000), head()
    old, new = bench.shelves.shelf(), bench.shelves.shelf()
    old.open(one)
    first = Batch(0, 600, [(0, pcm[:600])], hidden=[finding(5, 9)])
    old.keep(one, first)
    assert new.open(one).position == 600
    new.keep(one, Batch(600, 800, [(600, pcm[600:800])]))
    old.keep(one, first)
    old.keep(one, Batch(600, 1000, [(600, pcm[600:])]))
    assert new.open(one).position == 1000
    new.keep(one, Batch(800, 1000, [(800, pcm[800:])]))
    new.finish(one)
    old.keep(one, Batch(0, 600, [(0, pcm[:600] * 0)]))
    old.finish(one)
    assert new.open(one).finished
    assert np.array_equal(samples(bench), pcm)
    assert len(manifest(bench)["hidden"]["CARD_NUMBER"]) == 1
    assert lying(bench) == ["manifest", "recording"]


def test_samples_beat_what_another_worker_missed(bench: Bench) -> None:
    pcm, one = stream(900), head()
    shelf = bench.shelves.shelf()
    shelf.open(one)
    shelf.keep(one, Batch(0, 900, [(0, pcm[:300]), (600, pcm[600:])], lost=[Span(300, 600)]))
    shelf.keep(one, Batch(200, 500, [(200, pcm[200:500])]))
    shelf.finish(one)
    expected = pcm.copy()
    expected[500:600] = 0
    assert np.array_equal(samples(bench), expected)
    assert manifest(bench)["lost"] == [{"start_sample": 500, "end_sample": 600}]


def test_a_part_that_was_taken_away_is_told_as_lost(bench: Bench) -> None:
    pcm = stream(900)
    for at in (0, 300, 600):
        bench.send(block(pcm, at, at + 300, last=False))
        bench.run()
    objects = bench.shelves.calls.objects
    objects.delete(*(n for n in bench.shelves.names() if "/parts/000000000000300-" in n))
    bench.send(part(0, last=True), block(pcm, 900, 900, last=True))
    bench.run()
    assert manifest(bench)["lost"] == [{"start_sample": 300, "end_sample": 600}]
    assert not samples(bench)[300:600].any()
    assert np.array_equal(samples(bench)[600:], pcm[600:])


def test_parts_of_another_head_are_not_mixed_in(bench: Bench) -> None:
    bench.send(block(stream(1000), 0, 500))
    bench.run()
    other = head(channels=1)
    bench.send(block(stream(1000, 1), 0, 500, other), part(0, call=other))
    bench.crash()
    bench.at = {AUDIO: 1, WORDS: 0}
    bench.run()
    assert bench.open == []
    assert [(d.reason, d.tenant, d.call) for d in bench.dead] == [("refused", "acme", "c1")] * 2


def test_another_call_of_the_same_name_is_kept_beside_it(bench: Bench) -> None:
    first, second = stream(1000), stream(700, seed=2)
    later = head(started_ms=STARTED_MS + 1)
    bench.send(block(first, 0, 1000), part(0, last=True), block(second, 0, 700, later), part(0, last=True, call=later))
    bench.run()
    assert bench.open == []
    assert [row["duration_ms"] for row in bench.shelves.rows()] == [88, 125]


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", "/etc", "a\\b", "a\0b", "a\nb", ".hidden", "x" * 201, "é" * 101]
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    shelves = Shelves(tmp_path)
    shelf = shelves.shelf()
    for bad in (head(name), head(tenant=name)):
        for act in (shelf.open, shelf.finish):
            with pytest.raises(InputError):
                act(bad)
    assert shelves.names() == []


def test_more_channels_than_flac_holds_become_wav(bench: Bench) -> None:
    pcm = stream(500, 9)
    bench.send(part(0, last=True, call=head(channels=9)), block(pcm, 0, 500))
    bench.run()
    assert np.array_equal(samples(bench, name="recording.wav"), pcm)
    assert manifest(bench)["recording"]["file"] == "recording.wav"


# --- consent


def consent(reason: str, at_ms: int = 5, purpose: str = "storage", **facts: str) -> Event:
    told = {"purpose": purpose, "notice": "n1", "language": "en", "proof": "p1", **facts}
    return Event(head(), EventKind.CONSENT, at_ms, "accept", reason, tuple(sorted(told.items())))


def consents(bench: Bench) -> list[tuple[Any, ...]]:
    with bench.shelves.index.read() as connection:
        number = call_id(connection, KeyName("acme", "c1", STARTED_MS, Use.STORE))
        assert number is not None
        return [(r["purpose"], r["state"], r["at_ms"], r["proof"]) for r in consents_of(connection, number)]


def test_what_was_told_of_consent_is_in_the_index_once(bench: Bench) -> None:
    bench.send(consent("granted"), consent("granted"), consent("withdrawn", 9, "training"))
    bench.send(Event(head(), EventKind.STARTED, 1, "accept"))
    bench.run()
    assert consents(bench) == [("storage", "granted", 5, "p1"), ("training", "withdrawn", 9, "p1")]
    assert bench.open == []
    assert bench.shelves.rows()[0]["state"] == "running"


@pytest.mark.parametrize("finished", [False, True])
def test_a_withdrawal_leaves_nothing_that_can_be_read(bench: Bench, finished: bool) -> None:
    pcm = stream(4000)
    bench.send(block(pcm, 0, 2000))
    if finished:
        bench.send(block(pcm, 2000, 4000), part(0, last=True), consent("granted"))
        bench.run()
        assert lying(bench) == ["manifest", "recording", "told", "transcript"]
        copy = bench.folder / "backup"
        shutil.copytree(bench.folder / "store", copy)
        bench.send(consent("withdrawn", 9, **dict([REVOKED])))
    else:
        bench.run()
        bench.send(block(pcm, 2000, 2500, last=True, withdrawn=True))
    bench.run()
    bench.run()
    assert lying(bench) == []
    assert bench.open == []
    (row,) = bench.shelves.rows()
    assert row["state"] == "withdrawn"
    if finished:
        shutil.copytree(copy, bench.folder / "store", dirs_exist_ok=True)
        assert bench.shelves.export("c1") is None, "a restored backup of the objects cannot be read"
    bench.send(block(pcm, 2500, 4000))
    bench.run()
    bench.run()
    assert [name for name in lying(bench) if not finished] == [], "what comes later is not kept either"
    assert bench.open == []


def test_a_withdrawal_is_repeated_until_it_was_done(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    pcm = stream(2000)
    bench.send(block(pcm, 0, 1000, last=False))
    bench.run()
    destroy, calls = bench.shelves.calls.register.destroy_all, []

    def fails(*args: Any) -> Any:
        calls.append(1)
        if len(calls) < 3:
            raise OutputError("full; free some space")
        return destroy(*args)

    monkeypatch.setattr(bench.shelves.calls.register, "destroy_all", fails)
    bench.send(block(pcm, 1000, 1500, last=True, withdrawn=True))
    bench.run()
    assert bench.open
    for _ in range(4):
        bench.wait(31_000)
    assert bench.open == []
    assert lying(bench) == []
    assert bench.meter.values["calls_total:withdrawn"] == 1


def test_labels_and_jurisdiction_are_in_manifest_and_index(bench: Bench) -> None:
    who = replace(head(), jurisdiction="us-ca", language="en-US", labels=(Label("caller", "k1", "ab" * 16),))
    pcm = stream(1000)
    bench.send(block(pcm, 0, 1000, who), part(0, last=True, call=who))
    bench.run()
    found = manifest(bench)
    assert (found["jurisdiction"], found["labels"]) == (
        "us-ca",
        [{"kind": "caller", "key_id": "k1", "pseudonym": "ab" * 16}],
    )
    jsonschema.validate(found, documented_schema())
    assert [row["call"] for row in bench.shelves.rows(label="caller", pseudonyms=["ab" * 16])] == ["c1"]
    assert bench.shelves.rows(jurisdiction="us-ca", language="en-US")
    assert bench.shelves.rows(label="agent", pseudonyms=["ab" * 16]) == []
