"""Stored calls that must be proven first: none can be seen unproven, whoever dies when, and what fails is recalled."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from command import here
from hypothesis import given, settings
from hypothesis import strategies as st
from test_store import AUDIO, WORDS, Bench, block, finding, head, part, place, samples, stream

from pipeline.adapters import shelf as shelf_module
from pipeline.adapters import shelf_quarantine
from pipeline.adapters.redacted_files import of_manifest
from pipeline.adapters.shelf import UNPROVEN, FolderShelf
from pipeline.adapters.shelf_quarantine import INCIDENTS, QUARANTINE, Quarantine
from pipeline.core.errors import EngineError, InputError
from pipeline.core.messages import Event, EventKind, Head
from pipeline.core.proof import Kind, Problem
from pipeline.core.span import Span
from pipeline.core.topics import EVENTS
from pipeline.ports.lane import Step

PIN = Problem(1, Span(40, 90), Kind.AUDIBLE, "PIN", "answer")
CARD = Problem(0, Span(10, 30), Kind.RESIDUE, "CARD_NUMBER", "", -40.5)


class KilledError(BaseException):
    """kill -9: nothing after it runs but what the system does."""


class FakeProof:
    """Fails the calls it is told to. before: called with the folder while it is proven."""

    def __init__(self, *failing: str, problems: tuple[Problem, ...] = (PIN, CARD)) -> None:
        self.failing, self.found = set(failing), problems
        self.free = True
        self.seen: list[str] = []
        self.before: Callable[[Path], None] = lambda _: None

    @contextmanager
    def turn(self) -> Iterator[bool]:
        yield self.free

    def problems(self, place: Path, head: Head) -> tuple[Problem, ...]:
        self.seen.append(head.call)
        self.before(place)
        told = of_manifest(place)  # everything is there to be proven
        assert told.audio is None or soundfile.info(str(told.audio)).frames == told.frames
        return self.found if head.call in self.failing else ()


class ProofBench(Bench):
    """A bench whose shelf proves."""

    def __init__(self, folder: Path, proof: FakeProof) -> None:
        self.proof = proof
        self.events: list[Event] = []
        super().__init__(folder)
        self.prove(proof)

    def prove(self, proof: FakeProof | None) -> None:
        self.shelf = FolderShelf(self.folder, proof, ("storage", "analytics"))
        self.crash()

    def carry(self, step: Step) -> None:
        self.events += [out.message for out in step.outs if isinstance(out.message, Event) and out.topic == EVENTS]
        super().carry(step)

    def send_call(self, pcm: np.ndarray, call: Head) -> None:
        self.send(part(0, "hello", last=True, call=call), block(pcm, 0, len(pcm), call, findings=(finding(5, 60),)))

    @property
    def visible(self) -> set[str]:
        """Calls somebody could open at the ordinary place, finished or not."""
        return {p.name for p in self.folder.glob("[!.]*/*/*")}

    @property
    def incidents(self) -> list[dict[str, Any]]:
        return Quarantine(self.folder).incidents()


@pytest.fixture
def bench(tmp_path: Path) -> ProofBench:
    return ProofBench(tmp_path, FakeProof("bad"))


def jail(bench: Bench, call: str = "bad") -> Path:
    return bench.folder / QUARANTINE / "acme" / "2026-01-02" / call


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_call_is_seen_once_it_is_proven(bench: ProofBench) -> None:
    seen: list[tuple[set[str], int]] = []
    bench.proof.before = lambda where: seen.append((bench.visible, mode(bench.folder / UNPROVEN)))
    pcm = stream(1000)
    bench.send(block(pcm, 0, 500, head("good")))
    bench.run()
    assert bench.visible == set()
    bench.send(block(pcm, 500, 1000, head("good")), part(0, last=True, call=head("good")))
    bench.run()
    assert seen == [(set(), 0o700)]
    assert bench.visible == {"good"}
    assert np.array_equal(samples(bench, "good"), pcm)
    assert sorted(p.name for p in place(bench, "good").iterdir()) == [
        "manifest.json", "recording.flac", "transcript.json",
    ]  # fmt: skip
    assert mode(place(bench, "good")) == mode(place(bench, "good").parent)
    assert bench.open == []
    assert (bench.events, bench.incidents) == ([], [])
    assert not any((bench.folder / UNPROVEN).rglob("*.part"))


def test_a_call_that_fails_is_an_incident(bench: ProofBench) -> None:
    pcm = stream(1000)
    bench.send(part(0, "hello", call=head("bad")), block(pcm, 0, 500, head("other")))
    bench.send(block(pcm, 0, 500, head("bad")), block(pcm, 500, 1000, head("bad")))
    bench.send(part(1, "bye", last=True, call=head("bad")))
    bench.run()
    assert bench.visible == set()
    assert np.array_equal(soundfile.read(jail(bench) / "recording.flac", dtype="int16")[0], pcm)
    assert mode(jail(bench)) == mode(bench.folder / QUARANTINE) == 0o700
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


KILLS = {
    "before the proof": ("proof", 1),
    "before the record": ("_append", 1),
    "before the call is moved": ("rename", 1),
    "after it was moved": ("leftovers", 2),
}


@pytest.mark.parametrize("call", ["good", "bad"])
@pytest.mark.parametrize("kill", KILLS)
def test_a_worker_killed_on_the_way_changes_nothing(
    bench: ProofBench, monkeypatch: pytest.MonkeyPatch, kill: str, call: str
) -> None:
    what, nth = KILLS[kill]
    if what == "_append" and call == "good":
        pytest.skip("there is no incident")
    count = 0

    def dies(real: Callable[..., Any]) -> Callable[..., Any]:
        def instead(*args: Any, **more: Any) -> Any:
            nonlocal count
            count += 1
            if count == nth:
                raise KilledError
            return real(*args, **more)

        return instead

    pcm = stream(1000)
    bench.send_call(pcm, head(call))
    with monkeypatch.context() as killed:
        if what == "proof":
            killed.setattr(bench.proof, "problems", dies(bench.proof.problems))
        elif what == "_append":
            killed.setattr(Quarantine, "_append", dies(Quarantine._append))
        elif what == "rename":
            killed.setattr(Path, "rename", _only_folders(Path.rename, dies))
        else:
            killed.setattr(shelf_module, "leftovers", dies(shelf_module.leftovers))
        with pytest.raises(KilledError):
            bench.run()
    assert count == nth, "the test kills where it says"
    if call == "bad" or what != "leftovers":
        assert bench.visible == set()
    bench.crash()
    bench.run()
    assert bench.open == []
    where = jail(bench) if call == "bad" else place(bench, call)
    assert bench.visible == ({call} if call == "good" else set())
    assert np.array_equal(soundfile.read(where / "recording.flac", dtype="int16", always_2d=True)[0], pcm)
    assert sorted(p.name for p in where.iterdir()) == ["manifest.json", "recording.flac", "transcript.json"]
    assert len(bench.incidents) == len({e.facts for e in bench.events}) == (call == "bad")


def _only_folders(real: Callable[..., Any], dies: Callable[..., Any]) -> Callable[..., Any]:
    """Renames of call folders die, those of single files are as ever."""
    dying = dies(real)

    def rename(self: Path, target: Path) -> Path:
        moved: Path = dying(self, target) if self.is_dir() else real(self, target)
        return moved

    return rename


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_nothing_unproven_is_ever_seen(data: st.DataObject) -> None:
    """Blocks in any cut, crashes anywhere between and inside of jobs, some calls failing."""
    folder = Path(tempfile.mkdtemp())
    try:
        proof = FakeProof(*data.draw(st.sets(st.sampled_from(["c0", "c1", "c2"]))))
        bench = ProofBench(folder, proof)
        pcm = stream(300)
        dying = st.sampled_from([None, None, "proof", "leftovers"])
        for number in range(3):
            bench.send_call(pcm, head(f"c{number}"))
        for _ in range(data.draw(st.integers(1, 6))):
            die = data.draw(dying)
            with pytest.MonkeyPatch.context() as patch:
                if die == "proof":
                    patch.setattr(proof, "before", _kill)
                elif die:
                    patch.setattr(shelf_module, "leftovers", _kill)
                try:
                    bench.read(data.draw(st.integers(0, 2)))
                    bench.wait(data.draw(st.sampled_from([0, 1000])))
                except KilledError:
                    bench.crash()
            proven = set(proof.seen) - proof.failing
            assert bench.visible <= proven
            if data.draw(st.booleans()):
                bench.crash()
        bench.run()
        bench.crash()
        bench.run()
        assert bench.open == []
        assert bench.visible == {"c0", "c1", "c2"} - proof.failing
        assert {i["call"] for i in bench.incidents} == proof.failing
        assert {e.head.call for e in bench.events} == proof.failing
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
    def stopped(_: Path) -> None:
        raise EngineError("stopped")

    bench.proof.before = stopped
    bench.send_call(stream(500), head("good"))
    bench.run()
    assert (bench.visible, len(bench.open), bench.incidents) == (set(), 1, [])
    bench.proof.before = lambda _: None
    bench.wait(60_000)
    bench.wait(1000)
    assert (bench.visible, bench.open) == ({"good"}, [])


@pytest.mark.parametrize("first", [True, False])
def test_a_call_goes_on_when_the_setting_is_changed(bench: ProofBench, first: bool) -> None:
    pcm, proof = stream(1000), bench.proof
    bench.prove(proof if first else None)
    bench.send(block(pcm, 0, 400, head("good")))
    bench.run()
    assert bench.visible == (set() if first else {"good"})
    bench.prove(None if first else proof)
    bench.send(block(pcm, 400, 1000, head("good")), part(0, last=True, call=head("good")))
    bench.run()
    assert bench.open == []
    assert proof.seen == ([] if first else ["good"])
    assert np.array_equal(samples(bench, "good"), pcm)


def test_a_torn_record_never_counted(bench: ProofBench) -> None:
    bench.send_call(stream(500), head("bad"))
    bench.run()
    log = bench.folder / QUARANTINE / INCIDENTS
    whole = log.read_bytes()
    log.write_bytes(whole + b'{"schema":"callshield.incident","incident":"x')
    assert len(bench.incidents) == 1
    bench.proof.failing.add("worse")
    bench.send_call(stream(500), head("worse"))
    bench.run()
    assert [i["call"] for i in bench.incidents] == ["bad", "worse"]
    assert mode(log) == 0o600


# --- callshield incidents


def failed(bench: ProofBench) -> str:
    bench.send_call(stream(500), head("bad"))
    bench.run()
    name: str = bench.incidents[0]["incident"]
    return name


def test_incidents_are_listed_and_recalled(bench: ProofBench) -> None:
    name = failed(bench)
    done = here("incidents", "list", "--store-dir", bench.folder)
    assert done.code == 0
    assert name in done.out
    assert "acme/bad  in quarantine  CARD_NUMBER residue, PIN audible" in done.out
    assert here("incidents", "list", "--json", env={"CALLSHIELD_STORE_DIR": str(bench.folder)}).document == {
        "incidents": bench.incidents
    }
    told = here("incidents", "recall", name, "--store-dir", bench.folder).out.splitlines()
    assert told[0] == f"{AUDIO}: partition -1, offsets 0-0, key acme/bad, samples 0-500"
    assert "calls.redacted.analytics: partition -1, offsets by its key, key acme/bad, samples 0-500" in told
    assert told[-2] == "wrong: channel 1, samples 40-90: PIN audible"
    plain = here("incidents", "recall", name, "--json", "--store-dir", bench.folder).document
    assert plain["live"] == bench.incidents[0]["live"]


def test_a_release_needs_a_reason_and_is_recorded(bench: ProofBench) -> None:
    name = failed(bench)
    for reason in ("", " ", "a\nb", "x" * 501):
        refused = here("incidents", "release", name, "--reason", reason, "--store-dir", bench.folder)
        assert refused.code == 2
    assert bench.visible == set()
    done = here("incidents", "release", name, "--reason", "a price, heard it", "--store-dir", bench.folder)
    assert done.code == 0, done.err
    assert bench.visible == {"bad"}
    assert mode(place(bench, "bad")) == mode(place(bench, "bad").parent)
    (incident,) = bench.incidents
    assert incident["released"]["reason"] == "a price, heard it"
    assert incident["released"]["by"]
    assert "0 incidents" in here("incidents", "list", "--store-dir", bench.folder).out
    assert "released" in here("incidents", "list", "--all", "--store-dir", bench.folder).out
    bench.crash()
    bench.run()
    assert bench.visible == {"bad"}


def test_a_release_killed_on_the_way_can_be_repeated(bench: ProofBench, monkeypatch: pytest.MonkeyPatch) -> None:
    name, kept = failed(bench), Quarantine(bench.folder)
    with monkeypatch.context() as killed:
        killed.setattr(shelf_quarantine, "move", _kill)
        with pytest.raises(KilledError):
            kept.release(name, "heard it", "me")
    for _ in range(2):
        assert kept.release(name, "heard it", "me") == place(bench, "bad")
    assert bench.visible == {"bad"}


def test_what_is_no_incident_is_refused(bench: ProofBench) -> None:
    assert here("incidents", "release", "abc", "--reason", "x", "--store-dir", bench.folder).code == 2
    assert "no such incident" in here("incidents", "recall", "abc", "--store-dir", bench.folder).error
    with pytest.raises(InputError):
        Quarantine(bench.folder).release("abc", "x", "me")
    name = failed(bench)
    (place(bench, "bad")).mkdir(parents=True)
    (place(bench, "bad") / "other").touch()
    assert "in the way" in here("incidents", "release", name, "--reason", "x", "--store-dir", bench.folder).error
    assert bench.incidents[0]["released"] is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_nobody_else_may_look(bench: ProofBench) -> None:
    failed(bench)
    (bench.folder / QUARANTINE / INCIDENTS).chmod(0)
    assert "user that store runs as" in here("incidents", "list", "--store-dir", bench.folder).error
