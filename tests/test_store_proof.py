"""Stored calls that must be proven first: none can be opened unproven, whoever dies when; what fails is recalled."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from command import Result, here
from hypothesis import given, settings
from hypothesis import strategies as st
from shelves import token
from test_store import AUDIO, STARTED_MS, WORDS, Bench, block, finding, head, lying, part, samples, stream

from pipeline.core.errors import CallShieldError, EngineError, InputError, RefusedError
from pipeline.core.messages import Event, EventKind, Head
from pipeline.core.proof import Kind, Problem
from pipeline.core.span import Span
from pipeline.core.topics import EVENTS
from pipeline.ports.key_register import KeyName, Use
from pipeline.ports.lane import Step

PIN = Problem(1, Span(40, 90), Kind.AUDIBLE, "PIN", "answer")
CARD = Problem(0, Span(10, 30), Kind.RESIDUE, "CARD_NUMBER", "", -40.5)


class KilledError(BaseException):
    """kill -9: nothing after it runs but what the system does."""


class FakeProof:
    """Fails the calls it is told to. before: called while a call is proven."""

    def __init__(self, *failing: str, problems: tuple[Problem, ...] = (PIN, CARD)) -> None:
        self.failing, self.found = set(failing), problems
        self.free = True
        self.seen: list[str] = []
        self.before: Callable[[], None] = lambda: None

    @contextmanager
    def turn(self) -> Iterator[bool]:
        yield self.free

    def problems(self, manifest: Mapping[str, Any], recording: bytes | None, head: Head) -> tuple[Problem, ...]:
        self.seen.append(head.call)
        self.before()
        if recording is not None:  # everything is there to be proven
            assert soundfile.info(BytesIO(recording)).frames == manifest["samples"]
        return self.found if head.call in self.failing else ()


class ProofBench(Bench):
    """A bench whose shelf proves."""

    def __init__(self, folder: Path, proof: FakeProof) -> None:
        self.proof = proof
        self.events: list[Event] = []
        super().__init__(folder)
        self.prove(proof)

    def prove(self, proof: FakeProof | None) -> None:
        self.shelf = self.shelves.shelf(proof, ("storage", "analytics"))
        self.crash()

    def carry(self, step: Step) -> None:
        self.events += [out.message for out in step.outs if isinstance(out.message, Event) and out.topic == EVENTS]
        super().carry(step)

    def send_call(self, pcm: np.ndarray, call: Head) -> None:
        self.send(part(0, "hello", last=True, call=call), block(pcm, 0, len(pcm), call, findings=(finding(5, 60),)))

    @property
    def visible(self) -> set[str]:
        """Calls somebody could open, whatever the index says."""
        return {name for name in ("good", "bad", "worse", "other", "c0", "c1", "c2") if self._opens(name)}

    def _opens(self, call: str) -> bool:
        try:
            return bool(self.shelves.stored.files(key(call)))
        except CallShieldError:
            return False

    @property
    def incidents(self) -> list[dict[str, Any]]:
        return self.shelves.incidents()


def key(call: str) -> KeyName:
    return KeyName("acme", call, STARTED_MS, Use.STORE)


def state(bench: Bench, call: str) -> str:
    """What the index says."""
    return str(bench.shelves.rows(call=call)[0]["state"])


@pytest.fixture
def bench(tmp_path: Path) -> ProofBench:
    return ProofBench(tmp_path, FakeProof("bad"))


def test_a_call_is_seen_once_it_is_proven(bench: ProofBench) -> None:
    seen: list[set[str]] = []
    bench.proof.before = lambda: seen.append(bench.visible)
    pcm = stream(1000)
    bench.send(block(pcm, 0, 500, head("good")))
    bench.run()
    assert bench.visible == set()
    bench.send(block(pcm, 500, 1000, head("good")), part(0, last=True, call=head("good")))
    bench.run()
    assert seen == [set()]
    assert bench.visible == {"good"}
    assert np.array_equal(samples(bench, "good"), pcm)
    assert lying(bench, "good") == ["manifest", "recording", "transcript"]
    assert bench.open == []
    assert (bench.events, bench.incidents) == ([], [])


def test_a_call_that_fails_is_an_incident(bench: ProofBench) -> None:
    pcm = stream(1000)
    bench.send(part(0, "hello", call=head("bad")), block(pcm, 0, 500, head("other")))
    bench.send(block(pcm, 0, 500, head("bad")), block(pcm, 500, 1000, head("bad")))
    bench.send(part(1, "bye", last=True, call=head("bad")))
    bench.run()
    assert bench.visible == set()
    assert lying(bench, "bad") == ["incident", "manifest", "recording", "transcript"]
    assert state(bench, "bad") == "quarantined"
    with pytest.raises(RefusedError, match="quarantine"):
        bench.shelves.stored.files(key("bad"))
    assert bench.meter.values["incidents_total"] == 1
    assert bench.meter.values["calls_total:quarantined"] == 1
    (incident,) = bench.incidents
    (event,) = bench.events
    assert (event.kind, event.head.call, event.facts) == (
        EventKind.INCIDENT, "bad", (("incident", incident["incident"]),),
    )  # fmt: skip
    assert (incident["tenant"], incident["call"], incident["samples"]) == ("acme", "bad", 1000)
    told = ("kind", "channel", "start_sample", "end_sample", "entity")
    assert [tuple(p[name] for name in told) for p in incident["problems"]] == [
        ("audible", 1, 40, 90, "PIN"), ("residue", 0, 10, 30, "CARD_NUMBER"),
    ]  # fmt: skip
    assert [(i["topic"], i["first_offset"], i["last_offset"], i["end_sample"]) for i in incident["live"]] == [
        (AUDIO, 1, 2, 1000), (WORDS, 0, 1, 0),
        ("calls.redacted.analytics", None, None, 1000), ("calls.transcripts.analytics", None, None, 1000),
    ]  # fmt: skip
    assert {i["key"] for i in incident["live"]} == {"acme/bad"}
    assert "hello" not in json.dumps(incident)


def test_offsets_are_remembered_over_crashes(bench: ProofBench) -> None:
    pcm = stream(1000)
    bench.send(block(pcm, 0, 300, head("bad")))
    bench.run()
    bench.crash()
    bench.send(block(pcm, 300, 600, head("bad")))
    bench.run()
    bench.crash()
    bench.send(block(pcm, 600, 1000, head("bad")), part(0, last=True, call=head("bad")))
    bench.run()
    (incident,) = bench.incidents
    assert (incident["live"][0]["first_offset"], incident["live"][0]["last_offset"]) == (0, 2)


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_nothing_unproven_is_ever_seen(data: st.DataObject) -> None:
    """Blocks in any cut, crashes anywhere between and inside of jobs, some calls failing."""
    folder = Path(tempfile.mkdtemp())
    try:
        proof = FakeProof(*data.draw(st.sets(st.sampled_from(["c0", "c1", "c2"]))))
        bench = ProofBench(folder, proof)
        pcm = stream(300)
        for number in range(3):
            bench.send_call(pcm, head(f"c{number}"))
        for _ in range(data.draw(st.integers(1, 6))):
            die = data.draw(st.sampled_from([None, None, "proof", "index", "delete"]))
            with pytest.MonkeyPatch.context() as patch:
                if die == "proof":
                    patch.setattr(proof, "before", _kill)
                elif die == "index":
                    patch.setattr(bench.shelves.index, "begin", _kill)
                elif die == "delete":
                    patch.setattr(bench.shelves.calls, "delete", _kill)
                try:
                    bench.read(data.draw(st.integers(0, 2)))
                    bench.wait(data.draw(st.sampled_from([0, 1000])))
                except KilledError:
                    bench.crash()
            assert bench.visible <= set(proof.seen) - proof.failing
            if data.draw(st.booleans()):
                bench.crash()
        bench.run()
        bench.crash()
        bench.run()
        assert bench.open == []
        assert bench.visible == {"c0", "c1", "c2"} - proof.failing
        assert {i["call"] for i in bench.incidents} == proof.failing
        assert {e.head.call for e in bench.events} == proof.failing
        assert {r["call"] for r in bench.shelves.rows(states=("quarantined",))} == proof.failing
    finally:
        shutil.rmtree(folder)


def _kill(*_: object) -> None:
    raise KilledError


def test_while_others_are_proven_a_call_waits(bench: ProofBench) -> None:
    bench.proof.free = False
    bench.send_call(stream(500), head("good"))
    bench.run()
    bench.wait(5000)
    assert (bench.proof.seen, bench.visible, len(bench.open)) == ([], set(), 1)
    assert bench.meter.values["output_errors_total"] == 0
    bench.proof.free = True
    bench.wait(1000)
    assert (bench.visible, bench.open) == ({"good"}, [])


def test_a_proof_that_was_stopped_is_done_again(bench: ProofBench) -> None:
    def stopped() -> None:
        raise EngineError("stopped")

    bench.proof.before = stopped
    bench.send_call(stream(500), head("good"))
    bench.run()
    assert (bench.visible, len(bench.open), bench.incidents) == (set(), 1, [])
    bench.proof.before = lambda: None
    bench.wait(60_000)
    bench.wait(1000)
    assert (bench.visible, bench.open) == ({"good"}, [])


@pytest.mark.parametrize("first", [True, False])
def test_a_call_goes_on_when_the_setting_is_changed(bench: ProofBench, first: bool) -> None:
    pcm, proof = stream(1000), bench.proof
    bench.prove(proof if first else None)
    bench.send(block(pcm, 0, 400, head("good")))
    bench.run()
    assert bench.visible == set()
    bench.prove(None if first else proof)
    bench.send(block(pcm, 400, 1000, head("good")), part(0, last=True, call=head("good")))
    bench.run()
    assert bench.open == []
    assert proof.seen == ([] if first else ["good"])
    assert np.array_equal(samples(bench, "good"), pcm)


# --- callshield incidents


def failed(bench: ProofBench) -> str:
    bench.send_call(stream(500), head("bad"))
    bench.run()
    name: str = bench.incidents[0]["incident"]
    return name


def ask(bench: ProofBench, *words: object) -> Result:
    return here(*words, env=bench.shelves.environment)


def test_incidents_are_listed_and_recalled(bench: ProofBench) -> None:
    name = failed(bench)
    done = ask(bench, "incidents", "list")
    assert done.code == 0
    assert name in done.out
    assert "acme/bad  in quarantine  CARD_NUMBER residue, PIN audible" in done.out
    assert ask(bench, "incidents", "list", "--json").document == {"incidents": bench.incidents}
    told = ask(bench, "incidents", "recall", name).out.splitlines()
    assert told[0] == f"{AUDIO}: partition -1, offsets 0-0, key acme/bad, samples 0-500"
    assert "calls.redacted.analytics: partition -1, offsets by its key, key acme/bad, samples 0-500" in told
    assert told[-2] == "wrong: channel 1, samples 40-90: PIN audible"
    plain = ask(bench, "incidents", "recall", name, "--json").document
    assert plain["live"] == bench.incidents[0]["live"]


def test_a_release_needs_a_reason_and_a_token_and_is_recorded(bench: ProofBench) -> None:
    name = failed(bench)
    release = ("incidents", "release", name, "--token-file", token(bench.shelves, "privacy_officer"), "--reason")
    for reason in ("", " ", "a\nb", "x" * 501):
        assert ask(bench, *release, reason).code == 2
    for refused in (ask(bench, "incidents", "release", name, "--reason", "x"),
                    ask(bench, *release[:4], token(bench.shelves, "reader"), "--reason", "x")):  # fmt: skip
        assert refused.code == 6
    assert bench.visible == set()
    done = ask(bench, *release, "a price, heard it")
    assert done.code == 0, done.err
    assert bench.visible == {"bad"}
    assert state(bench, "bad") == "stored"
    (incident,) = bench.incidents
    assert incident["released"]["reason"] == "a price, heard it"
    assert incident["released"]["by"] == "dana"
    assert "0 incidents" in ask(bench, "incidents", "list").out
    assert "released" in ask(bench, "incidents", "list", "--all").out
    audit = ask(bench, "audit", "show", "--token-file", token(bench.shelves, "auditor")).out
    assert audit.count("incident.released") == 3, "two refusals, one release"
    bench.crash()
    bench.run()
    assert bench.visible == {"bad"}
    assert state(bench, "bad") == "stored"


def test_a_release_killed_on_the_way_can_be_repeated(bench: ProofBench, monkeypatch: pytest.MonkeyPatch) -> None:
    failed(bench)
    stored = bench.shelves.stored
    with monkeypatch.context() as killed:
        killed.setattr(bench.shelves.index, "begin", _kill)
        with pytest.raises(KilledError):
            stored.release(key("bad"), {"at_ms": 1, "reason": "heard it", "by": "me"})
    stored.release(key("bad"), {"at_ms": 2, "reason": "again", "by": "another"})
    assert bench.visible == {"bad"}
    assert state(bench, "bad") == "stored"
    assert bench.incidents[0]["released"] == {"at_ms": 1, "reason": "heard it", "by": "me"}


def test_what_is_no_incident_is_refused(bench: ProofBench) -> None:
    assert ask(bench, "incidents", "release", "abc", "--reason", "x").code == 2
    assert "no such incident" in ask(bench, "incidents", "recall", "abc").error
    bench.send_call(stream(500), head("good"))
    bench.run()
    with pytest.raises(InputError, match="there is no incident"):
        bench.shelves.stored.incident(key("good"))
