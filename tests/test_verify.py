"""`callshield verify`: what was redacted passes, what was given back is found, and nothing said is ever printed."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
import soundfile
from command import SAMPLES, Result, here, spans
from engines import case
from scripted import RATE, dialogue
from shelves import Shelves
from test_store import STARTED_MS, Counts
from written import IDENTITY, WrittenEngine, open_dying, open_engine, write

from pipeline.adapters.model_store import ModelStore
from pipeline.adapters.paced_engine import PacedEngine
from pipeline.adapters.policy_file import preset
from pipeline.adapters.redacted_files import of_manifest
from pipeline.cli.proving import Prover, StoreProof, second_engine
from pipeline.cli.stages import spec
from pipeline.core.aids import NO_AIDS
from pipeline.core.errors import ConfigError, EngineError, ModelError
from pipeline.core.finding import Finding, Reason
from pipeline.core.messages import Event, EventKind, Head, Redacted, TranscriptPart, WrappedKey
from pipeline.core.proof import Kind
from pipeline.core.span import Span
from pipeline.ports.engine import Engine
from pipeline.ports.lane import Record
from pipeline.ports.shelf import Batch
from pipeline.settings import load_settings

DIGITS = "four one one one one one one one one one one one one one one one"
SAID = {"four", "sure", "wonderful", "friday"}  # words no message of the program has
SCRIPT = dialogue(
    "A: could you read me the long number on the card please",
    f"C: sure it is [{DIGITS}]",
    "A: thank you that comes to twenty five pounds",
    "C: wonderful see you on friday",
    "A: before you go may i take your full name please",
    "C: [maria wonderfield]",
    "C +3: sure i will have the kettle sent to the blue office then",
)


@pytest.fixture(scope="module")
def redacted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A call in calls/, redacted into out/."""
    folder = tmp_path_factory.mktemp("redacted")
    (folder / "calls").mkdir()
    soundfile.write(folder / "calls" / "one.wav", write(SCRIPT), RATE)
    done = here("redact", folder / "calls", "--out", folder / "out", "--engine", "written:open_engine")
    assert done.code == 0, done.err
    return folder


@pytest.fixture
def calls(redacted: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    shutil.copytree(redacted, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def verify() -> Callable[..., Result]:
    """The command, with an engine for the second hearing."""

    def run(*words: object, engine: Engine | None = None, **more: Any) -> Result:
        with (
            mock.patch("pipeline.cli.verify.second_engine", return_value=engine or open_engine()),
            mock.patch("pipeline.cli.proving.loaded_aids", return_value=NO_AIDS),
        ):
            done = here("verify", *words, **more)
        assert not SAID & set(re.findall(r"\w+", done.out + done.err))
        return done

    return run


def give_back(folder: Path, name: str = "one", *, forget: bool) -> tuple[int, int]:
    """The first hidden stretch sounds again. forget: the report does not know of it either. Returns it in samples."""
    audio, report = folder / "out" / f"{name}.flac", folder / "out" / f"{name}.json"
    plain = json.loads(report.read_text())
    (start, end), channel = next((s, c) for c in (1, 0) for s in spans(plain, c))
    masked, rate = soundfile.read(audio, dtype="int16", always_2d=True)
    raw, _ = soundfile.read(folder / "calls" / f"{name}.wav", dtype="int16", always_2d=True)
    masked[start:end, channel] = raw[start:end, channel]
    soundfile.write(audio, masked, rate)
    if forget:
        plain["spans"] = [s for s in plain["spans"] if s["start_sample"] != start]
        report.write_text(json.dumps(plain))
    return start, end


def kinds(done: Result) -> set[str]:
    return {p["kind"] for r in done.document["recordings"] for p in r["problems"]}


def test_what_was_redacted_passes(calls: Path, verify: Callable[..., Result]) -> None:
    for more in ((), ("--source", calls / "calls"), ("--samples-only",)):
        done = verify(calls / "out", *more)
        assert (done.code, done.err) == (0, "")
        assert done.out.startswith("1 recordings measured")
    assert verify(calls / "out" / "one.flac", "--source", calls / "calls" / "one.wav").code == 0


def test_the_second_hearing_is_told_what_was_hidden(calls: Path, verify: Callable[..., Result]) -> None:
    with mock.patch("pipeline.stages.proof.audible", return_value=()) as judged:
        assert verify(calls / "out").code == 0
    _, spoken, frames, hidden, stretches = judged.call_args.args
    assert {s.entity for s in stretches} == {"CARD_NUMBER", "PERSON_NAME"}
    assert [len(own) > 0 for own in hidden] == [False, True]
    assert {channel for channel, _ in spoken} == {0, 1}
    assert {f.first for f in frames} == {0}


def test_a_number_nobody_hid_is_heard(calls: Path, verify: Callable[..., Result]) -> None:
    start, end = give_back(calls, forget=True)
    done = verify(calls / "out")
    assert done.code == 5
    assert done.error == "error: problems found: 2, in 1 of 1 recordings; withhold and redact them again"
    assert "CARD_NUMBER still audible (" in done.out
    told = verify(calls / "out", "--json").document
    assert told["engine"]["name"] == "written"
    (one,) = told["recordings"]
    (heard,) = (p for p in one["problems"] if p["kind"] == "audible")
    assert (heard["channel"], heard["entity"]) == (1, "CARD_NUMBER")
    assert start <= heard["start_sample"] < heard["end_sample"] <= end
    assert heard["start_s"] == pytest.approx(heard["start_sample"] / RATE, abs=0.001)
    assert kinds(verify(calls / "out", "--json", "--samples-only")) == {"other_audio"}, "only its hash tells"


def test_a_number_the_report_names_is_found_by_its_samples(calls: Path, verify: Callable[..., Result]) -> None:
    give_back(calls, forget=False)
    done = verify(calls / "out", "--samples-only", "--json")
    assert done.code == 5
    assert kinds(done) == {"residue", "other_audio"}
    done = verify(calls / "out", "--samples-only", "--json", "--source", calls / "calls")
    assert "source" in kinds(done)
    assert "changed" not in kinds(done)
    assert "audible" in kinds(verify(calls / "out", "--json")), "what is not proven is not muted"


def test_what_is_not_hidden_must_be_the_source(calls: Path, verify: Callable[..., Result]) -> None:
    raw, rate = soundfile.read(calls / "calls" / "one.wav", dtype="int16", always_2d=True)
    raw[100, 0] ^= 2
    soundfile.write(calls / "calls" / "one.wav", raw, rate)
    done = verify(calls / "out", "--samples-only", "--json", "--source", calls / "calls")
    (problem,) = done.document["recordings"][0]["problems"]
    assert (problem["kind"], problem["start_sample"], problem["end_sample"]) == ("changed", 100, 101)


def test_a_beep_of_another_policy_is_named(calls: Path, verify: Callable[..., Result]) -> None:
    own = calls / "own.yml"
    own.write_text("name: own\ntone: {frequency_hz: 700}\nothers: beep\n")
    words = ("redact", calls / "calls", "--out", calls / "out", "--force", "--engine", "written:open_engine")
    assert here(*words, "--policy", own).code == 0
    done = verify(calls / "out")
    assert done.code == 5
    assert "redacted by another policy: give it with --policy" in done.out
    assert verify(calls / "out", "--policy", own).code == 0


def test_several_calls_and_one_that_cannot_be_read(calls: Path, verify: Callable[..., Result]) -> None:
    for suffix in (".flac", ".json"):
        shutil.copy(calls / "out" / f"one{suffix}", calls / "out" / f"two{suffix}")
    assert verify(calls / "out").out.startswith("2 recordings")
    (calls / "out" / "two.flac").write_bytes((calls / "out" / "one.flac").read_bytes()[:5000])
    done = verify(calls / "out", "--json")
    assert done.code == 2
    assert [len(r["problems"]) for r in done.document["recordings"]] == [0]
    assert len(done.document["failed"]) == 1


def test_an_engine_that_dies_proves_nothing(calls: Path, verify: Callable[..., Result]) -> None:
    done = verify(calls / "out", engine=open_dying())
    assert done.code == 3
    assert "0 recordings" in done.out


def test_bad_words(calls: Path, verify: Callable[..., Result]) -> None:
    out, one = calls / "out", calls / "out" / "one.flac"
    (calls / "empty").mkdir()
    other = calls / "other.wav"
    soundfile.write(other, np.zeros((99, 2), np.int16), RATE)
    for words, says in (
        ((calls / "nowhere",), "no such file or folder"),
        ((calls / "empty",), "no redacted recordings here"),
        ((calls / "calls" / "one.wav",), "no report one.json beside it"),
        ((out, "--report", out / "one.json"), "--report goes with one recording"),
        ((one, one, "--report", out / "one.json"), "--report goes with one recording"),
        ((one, "--report", out / "one.transcript.json"), "not a report"),
        ((one, "--report", out / "one.vtt"), "not JSON"),
        ((one, one, "--source", other), "one source for 2"),
        ((one, "--source", calls / "out"), ""),
        ((one, "--format", "ulaw"), "give that too"),
        ((one, "--policy", "nosuch"), "no preset"),
    ):
        done = verify(*words)
        assert done.code == (0 if not says else 2), words
        assert says in done.err
    assert "not the source of" in verify(one, "--source", other).err


# --- calls of store


def shelved(folder: Path, proof: StoreProof | None = None, *, leak: bool = False) -> str:
    """The call as live workers would have kept it. Returns its incident. leak: the number was never found."""
    raw = write(SCRIPT)
    report = json.loads((folder / "out" / "one.json").read_text())
    masked, _ = soundfile.read(folder / "out" / "one.flac", dtype="int16", always_2d=True)
    hidden = [
        Finding(s["channel"], Span(s["start_sample"], s["end_sample"]), s["entity"], Reason(s["reason"]), 0.9)
        for s in report["spans"]
    ]
    head = Head("acme", "c1", "main", "ab" * 32, RATE, 2, STARTED_MS, WrappedKey("k", b""))
    shelf = Shelves(folder / "kept").shelf(proof)
    shelf.open(head)
    shelf.keep(head, Batch(0, len(raw), [(0, raw if leak else masked)], hidden=() if leak else hidden))
    done = shelf.finish(head)
    assert done is not None
    return done.incident


def test_calls_of_store_are_proven_by_their_manifest(calls: Path, verify: Callable[..., Result]) -> None:
    shelved(calls)
    place = Shelves(calls / "kept").export("c1")
    assert place is not None
    assert verify(place).code == 0
    assert verify(calls / "kept" / "exported").code == 0
    told = of_manifest(place)
    assert told.audio is not None
    pcm, _ = soundfile.read(told.audio, dtype="int16", always_2d=True)
    pcm[told.hidden[0][1].start, told.hidden[0][0]] = 9
    soundfile.write(told.audio, pcm, RATE)
    assert kinds(verify(place, "--json")) == {"residue", "other_audio"}


def test_store_proves_with_the_same_means(calls: Path) -> None:
    proof = StoreProof(Prover(open_engine()), {}, preset("default"), 1)
    with proof.turn() as first, proof.turn() as second:
        assert (first, second) == (True, False)
    assert shelved(calls, proof) == ""
    shutil.rmtree(calls / "kept")
    assert shelved(calls, proof, leak=True)
    (incident,) = Shelves(calls / "kept").incidents()
    assert {p["entity"] for p in incident["problems"]} == {"CARD_NUMBER", "PERSON_NAME"}
    assert Shelves(calls / "kept").export("c1") is None


def test_what_cannot_be_proven_is_no_good(calls: Path) -> None:
    proof = StoreProof(Prover(open_dying()), {}, preset("default"), 1)
    assert shelved(calls, proof)
    (incident,) = Shelves(calls / "kept").incidents()
    assert [p["kind"] for p in incident["problems"]] == [Kind.UNPROVEN]
    shutil.rmtree(calls / "kept")
    proof = StoreProof(Prover(open_engine()), {}, preset("default"), 1)
    proof.stop()
    with pytest.raises(EngineError):
        shelved(calls, proof)
    assert Shelves(calls / "kept").rows() == []


def test_the_setting_makes_store_prove(calls: Path) -> None:
    with mock.patch.dict(os.environ, Shelves(calls / "kept").environment):
        settings = load_settings().model_copy(
            update={"store_proof": "on", "engine": "written:open_engine", "threads": 1}
        )
    with mock.patch("pipeline.cli.stages.second_engine", return_value=open_engine()) as second:
        made = spec("store", settings, pin_sha256="", keys=mock.Mock(), pins={}, meter=Counts())
    assert second.call_args.args[:2] == ("auto", "written:open_engine")
    head = Head("acme", "c1", "main", "ab" * 32, RATE, 2, STARTED_MS, WrappedKey("k", b""))
    lane, raw = made.make(3, ()), write(SCRIPT)
    part = TranscriptPart(head, "storage", 0, (), last=True)
    outs = []
    work = [
        lane.take(Record("calls.redacted.storage", 7, 0, Redacted(head, "storage", 0, raw, (), 0, last=True)), 0),
        lane.take(Record("calls.transcripts.storage", 9, 0, part), 0),
        lane.tick(2000),
    ]
    while work:
        step = work.pop(0)
        outs += step.outs
        work += [lane.finish(job, job.run(), 3000) for job in step.jobs]
    assert [(out.topic, out.message.kind) for out in outs if isinstance(out.message, Event)] == [
        ("calls.events", EventKind.INCIDENT)
    ]
    (incident,) = Shelves(calls / "kept").incidents()
    assert [(i["topic"], i["partition"], i["first_offset"]) for i in incident["live"]] == [
        ("calls.redacted.storage", 3, 7), ("calls.transcripts.storage", 3, 9),
        ("calls.redacted.analytics", 3, None), ("calls.transcripts.analytics", 3, None),
    ]  # fmt: skip


# --- the second engine


def test_the_same_weights_hear_at_another_pace() -> None:
    store = ModelStore(Path("models"))
    own = second_engine("auto", "written:open_engine", "en", store, 1)
    assert own.identity.engine == "whisper", "another engine lies here"
    same = second_engine("written:open_engine", "written:open_engine", "en", store, 1)
    assert same.identity.engine.startswith("written-pace-1.0")
    assert same.rate % 50 == 0
    assert same.rate > WrittenEngine().rate
    assert PacedEngine(WrittenEngine(), 0.9).identity.sha256 == IDENTITY.sha256
    with pytest.raises(ModelError):
        second_engine("vosk", "whisper", "en", ModelStore(Path("nowhere")), 1)
    with pytest.raises(ConfigError):
        second_engine("siri", "whisper", "en", store, 1)


def test_the_embedded_engine_finds_what_is_given_back(tmp_path: Path, verify: Callable[..., Result]) -> None:
    engine = case("whisper").engine
    (tmp_path / "calls").mkdir()
    (source,) = (SAMPLES / "names").glob("call.*")
    raw, rate = soundfile.read(source, dtype="int16", always_2d=True)
    soundfile.write(tmp_path / "calls" / "one.wav", raw, rate)
    assert here("redact", tmp_path / "calls", "--out", tmp_path / "out", engine=engine).code == 0
    paced = PacedEngine(engine)
    before = verify(tmp_path / "out", "--source", tmp_path / "calls", "--json", engine=paced)
    assert kinds(before) <= {"audible"}
    start, end = give_back(tmp_path, forget=True)
    (after,) = verify(tmp_path / "out", "--json", engine=paced).document["recordings"]
    heard = [p for p in after["problems"] if p["kind"] == "audible"]
    assert any(p["start_sample"] < end and start < p["end_sample"] for p in heard)
