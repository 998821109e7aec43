"""`callshield redact` from file to files, with the embedded engine: what comes out is whole, true and safe."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import time
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import soundfile as sf
import soxr
from command import ROOT, SAMPLES, environment, files, here, line, spans
from conftest import SamplesRun
from scripted import ScriptedEngine, audio, dialogue

from pipeline.adapters.corpus import TRUTH_LABELS, read_call, read_sound
from pipeline.adapters.model_store import ModelStore
from pipeline.adapters.policy_file import preset
from pipeline.adapters.report_files import SCHEMA_PATH
from pipeline.core.entities import NAMES
from pipeline.core.pcm import SampleHash
from pipeline.core.score import CallScore, score_call
from pipeline.ports.engine import Engine

CALLS = sorted(path.parent.name for path in SAMPLES.glob("*/truth.json"))
SUFFIXES = (".flac", ".json", ".transcript.json", ".vtt")
VALIDATOR = jsonschema.Draft202012Validator(json.loads(SCHEMA_PATH.read_text()))


def source(name: str) -> Path:
    (path,) = (SAMPLES / name).glob("call.*")
    return path


def pcm(path: Path, **raw: Any) -> np.ndarray:
    """All samples of a 16-bit recording, (n, channels), decoded by another way than the program's."""
    return sf.read(path, dtype="int16", always_2d=True, **raw)[0]


def report(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def turns(path: Path) -> list[dict[str, Any]]:
    return report(path)["turns"]


def masked(document: Any, channel: int) -> np.ndarray:
    """(frames,) flags of what the report says is hidden."""
    out = np.zeros(document["audio"]["frames"], bool)
    for start, end in spans(document, channel):
        out[start:end] = True
    return out


def sample_hash(samples: np.ndarray, bits: int) -> str:
    made = SampleHash(bits, samples.shape[1])
    made.update(samples.astype(np.int32))
    return made.hexdigest()


# --- the sample calls, all in one run


def test_every_call_has_its_four_files_and_nothing_else_lies_there(samples_run: SamplesRun) -> None:
    assert files(samples_run.out) == sorted(f"{name}/call{suffix}" for name in CALLS for suffix in SUFFIXES)


@pytest.mark.parametrize("name", CALLS)
def test_output_has_the_form_of_the_input(samples_run: SamplesRun, name: str) -> None:
    before, after = sf.info(source(name)), sf.info(samples_run.out / name / "call.flac")
    assert (after.format, after.subtype) == ("FLAC", "PCM_16")
    assert (after.samplerate, after.channels, after.frames) == (before.samplerate, before.channels, before.frames)


@pytest.mark.parametrize("name", CALLS)
def test_what_is_not_reported_is_bit_identical_and_what_is_is_gone(samples_run: SamplesRun, name: str) -> None:
    before, after = pcm(source(name)), pcm(samples_run.out / name / "call.flac")
    document = report(samples_run.out / name / "call.json")
    for channel in range(before.shape[1]):
        hidden = masked(document, channel)
        assert np.array_equal(after[~hidden, channel], before[~hidden, channel])
        assert not after[hidden, channel].any(), "the default policy leaves silence"


@pytest.mark.parametrize("name", CALLS)
def test_report_follows_its_schema_and_its_hashes_are_true(samples_run: SamplesRun, name: str) -> None:
    document = report(samples_run.out / name / "call.json")
    VALIDATOR.validate(document)
    before, after = pcm(source(name)), pcm(samples_run.out / name / "call.flac")
    assert document["audio"] == {
        "rate_hz": sf.info(source(name)).samplerate,
        "channels": before.shape[1],
        "frames": len(before),
        "bits": 16,
        "sha256_in": sample_hash(before, 16),
        "sha256_out": sample_hash(after, 16),
        "notes": [],
        "warnings": document["audio"]["warnings"],
    }
    assert document["model"]["sha256"] == ModelStore().locate("whisper-tiny.en").sha256
    assert document["policy"] == {"name": "default", "sha256": preset("default").sha256}
    assert document["name"] == f"{name}/call"
    assert document["roles"] == (["unknown"] if before.shape[1] == 1 else ["agent", "customer"])
    for span in document["spans"]:
        assert 0 <= span["start_sample"] < span["end_sample"] <= len(before)
        assert span["channel"] < before.shape[1]


@pytest.mark.parametrize("name", CALLS)
def test_transcript_has_a_placeholder_where_something_is_hidden(samples_run: SamplesRun, name: str) -> None:
    document = report(samples_run.out / name / "call.transcript.json")
    VALIDATOR.validate(document)
    rate = sf.info(source(name)).samplerate
    spoken = document["turns"]
    assert {n for turn in spoken for n in re.findall(r"\[(\w+)\]", turn["text"])} <= NAMES
    for span in report(samples_run.out / name / "call.json")["spans"]:
        middle = (span["start_sample"] + span["end_sample"]) / 2 / rate
        assert any(
            t["channel"] == span["channel"] and t["start_s"] <= middle <= t["end_s"] and "[" in t["text"]
            for t in spoken
        ), f"{span['entity']} at {middle:.1f} s left no placeholder"


@pytest.mark.parametrize("name", CALLS)
def test_subtitles_can_be_parsed_and_say_what_the_transcript_says(samples_run: SamplesRun, name: str) -> None:
    folder = samples_run.out / name
    head, *blocks = (folder / "call.vtt").read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    assert head == "WEBVTT"
    said, last = [], 0.0
    for block in blocks:
        clock, text = block.split("\n")
        match = re.fullmatch(r"(\d+):([0-5]\d):([0-5]\d\.\d{3}) --> (\d+):([0-5]\d):([0-5]\d\.\d{3})", clock)
        assert match, clock
        start, end = (int(h) * 3600 + int(m) * 60 + float(s) for h, m, s in (match.groups()[:3], match.groups()[3:]))
        assert last <= start < end
        last = start
        voice = re.fullmatch(r"<v (agent|customer|unknown)( \d+)?>(.+)", text)
        assert voice, text
        said += voice[3].split()
    assert sorted(said) == sorted(w for t in turns(folder / "call.transcript.json") for w in t["text"].split())


def test_json_on_standard_output_says_where_everything_lies(samples_run: SamplesRun) -> None:
    document = samples_run.result.document
    assert document["failed"] == []
    assert len(document["calls"]) == len(CALLS)
    for row in document["calls"]:
        assert Path(row["input"]).is_file()
        assert Path(row["audio"]).is_file()
        written = report(Path(row["report"]))
        assert row["hidden_s"] == written["summary"]["hidden_s"]
        assert sum(row["spans"].values()) == written["summary"]["spans_hidden"]
        assert row["channels"] == written["audio"]["channels"]
        assert row["real_time_factor"] == pytest.approx(written["timings"]["real_time_factor"], abs=0.002)


# --- how much is hidden, by the measure of core/score.py


@cache
def scored(out: Path, name: str) -> CallScore:
    call = read_call(SAMPLES / name)
    return score_call(name, read_sound(call.audio), read_sound(out / name / "call.flac"), call.segments)


@pytest.mark.parametrize(
    ("name", "kinds"), [("card_payment", {"CARD_NUMBER", "SECURITY_CODE"}), ("keypad", {"CARD_NUMBER", "PIN"})]
)
def test_no_card_number_code_or_key_is_audible(samples_run: SamplesRun, name: str, kinds: set[str]) -> None:
    score = scored(samples_run.out, name)
    entities = {e.entity: e for e in score.entities}
    assert kinds <= {TRUTH_LABELS.get(k, k) for k in entities} | set(entities)
    for entity in entities.values():
        if TRUTH_LABELS.get(entity.entity, entity.entity) in kinds:
            assert (entity.leaky_spans, entity.spans > 0) == (0, True), entity
    assert score.keypad.leaky_spans == 0
    assert score.keypad.spans == (2 if name == "keypad" else 0)


@pytest.mark.parametrize("name", ["harmless_numbers", "tech_support"])
def test_talk_without_secrets_stays(samples_run: SamplesRun, name: str) -> None:
    score = scored(samples_run.out, name)
    assert score.speech_ms > 10_000
    assert score.over_redaction <= 0.02


# --- forms of audio. A clip with keypad tones: hidden at every rate and depth, whatever the recogniser hears.


@cache
def keys(rate: int) -> np.ndarray:
    """(n,) float64: four seconds of the keypad sample, tones in the middle."""
    sound, native = sf.read(source("keypad"), always_2d=True)
    return soxr.resample(sound[int(5.3 * native) : int(9.3 * native), 1], native, rate)


def two(sound: np.ndarray) -> np.ndarray:
    return np.stack([np.zeros_like(sound), sound], 1)


FORMS = {  # below the folder: samples, rate, subtype, the bits they must come out with
    "plain.wav": (keys(16_000), 16_000, "PCM_16", 16),
    "deep/stereo.flac": (two(keys(44_100)), 44_100, "PCM_24", 24),
    "deep/float.wav": (keys(48_000), 48_000, "FLOAT", 24),
    "same.wav": (keys(8_000), 8_000, "ULAW", 16),
    "same.flac": (keys(8_000), 8_000, "PCM_16", 16),
    "bridge/four.wav": (np.pad(keys(8_000)[:, None], ((0, 0), (2, 1))), 8_000, "PCM_16", 16),
    "v1.2 final.wav": (keys(8_000)[:24_000], 8_000, "ALAW", 16),
}


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> tuple[Path, Path]:
    """(recordings, results) of FORMS."""
    base = tmp_path_factory.mktemp("forms")
    for name, (sound, rate, subtype, _) in FORMS.items():
        path = base / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        sf.write(path, sound, rate, subtype=subtype)
    result = here("redact", base / "in", "--out", base / "out", engine=engine)
    assert result.code == 0, result.err
    assert result.err == ""
    return base / "in", base / "out"


def test_folders_are_kept_and_equal_stems_do_not_collide(forms: tuple[Path, Path]) -> None:
    names = {
        "plain", "deep/stereo", "deep/float", "same.wav", "same.flac", "bridge/four", "v1.2 final",
    }  # fmt: skip
    assert files(forms[1]) == sorted(name + suffix for name in names for suffix in SUFFIXES)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_keeps_its_shape_and_its_clean_samples(forms: tuple[Path, Path], name: str) -> None:
    sound, rate, subtype, bits = FORMS[name]
    stem = name if name.startswith("same") else name.rpartition(".")[0]
    path = forms[1] / f"{stem}.flac"
    info = sf.info(path)
    assert (info.samplerate, info.frames, info.subtype) == (rate, len(sound), f"PCM_{bits}")
    document = report(forms[1] / f"{stem}.json")
    assert document["audio"]["bits"] == bits
    assert document["audio"]["notes"] == (["float audio was rounded to 24 bits"] if subtype == "FLOAT" else [])
    shift = 32 - bits
    after = sf.read(path, dtype="int32", always_2d=True)[0] >> shift
    if subtype == "FLOAT":
        floats = sf.read(forms[0] / name, dtype="float64", always_2d=True)[0]
        before = np.rint(floats * (1 << 23)).astype(np.int32)
    else:
        before = sf.read(forms[0] / name, dtype="int32", always_2d=True)[0] >> shift
    assert document["audio"]["sha256_out"] == sample_hash(after, bits)
    for channel in range(before.shape[1]):
        hidden = masked(document, channel)
        assert np.array_equal(after[~hidden, channel], before[~hidden, channel])
        assert not after[hidden, channel].any()
        assert hidden.any() == before[:, channel].any(), "the channel with the keys, and only that"


@pytest.mark.parametrize("name", ["plain", "deep/stereo", "deep/float", "same.flac", "bridge/four"])
def test_the_keys_are_found_at_the_same_place_at_every_rate(forms: tuple[Path, Path], name: str) -> None:
    def keyed(stem: str) -> tuple[float, float]:
        document = report(forms[1] / f"{stem}.json")
        hidden = max((masked(document, c) for c in range(document["audio"]["channels"])), key=np.sum)
        (at,) = np.nonzero(hidden)
        return at[0] / document["audio"]["rate_hz"], at[-1] / document["audio"]["rate_hz"]

    assert keyed(name) == pytest.approx(keyed("same.wav"), abs=0.15)


def test_raw_mu_law_is_redacted_as_the_same_audio_in_a_wav(tmp_path: Path, engine: Engine) -> None:
    stereo = two(keys(8_000))
    sf.write(tmp_path / "line.ulaw", stereo, 8_000, format="RAW", subtype="ULAW")
    sf.write(tmp_path / "line.wav", stereo, 8_000, subtype="ULAW")
    options = ("--roles", "agent,customer", "--audio-format", "wav")
    raw = here(
        "redact", tmp_path / "line.ulaw", "--format", "ulaw", "--rate", 8000, "--channels", 2,
        "--out", tmp_path / "raw", *options, engine=engine,
    )  # fmt: skip
    assert raw.code == 0, raw.err
    assert here("redact", tmp_path / "line.wav", "--out", tmp_path / "wav", *options, engine=engine).code == 0
    for ending in ("wav", "transcript.json", "vtt"):
        assert (tmp_path / "raw" / f"line.{ending}").read_bytes() == (tmp_path / "wav" / f"line.{ending}").read_bytes()
    one, other = report(tmp_path / "raw" / "line.json"), report(tmp_path / "wav" / "line.json")
    assert {**one, "timings": 0} == {**other, "timings": 0}
    assert one["spans"]
    assert one["roles"] == ["agent", "customer"]
    assert sf.info(tmp_path / "raw" / "line.wav").subtype == "PCM_16"


# --- the command, with an engine that takes no time

CALL = dialogue(
    "A: thanks for calling what is the long number on the front of your card",
    "C: [four five three nine one four eight eight oh three four three six four six seven]",
    "A: thank you and have a nice day",
)


@pytest.fixture
def call(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "call.wav"
    path.parent.mkdir()
    sf.write(path, audio(CALL).astype(np.int16), 8_000, subtype="PCM_16")
    return path


def test_no_energy_of_the_source_is_left_under_a_beep(tmp_path: Path) -> None:
    """Two calls of the same words in different sound must be the same wherever both are hidden."""
    (tmp_path / "in").mkdir()
    (tmp_path / "loud.yaml").write_text("name: loud\nothers: beep\nentities: {UNJUDGED: silence}\n")
    for seed in (1, 2):
        sf.write(tmp_path / "in" / f"{seed}.wav", audio(CALL, seed=seed).astype(np.int16), 8_000, subtype="PCM_16")
    engine = ScriptedEngine(CALL)
    result = here(
        "redact", tmp_path / "in", "--out", tmp_path / "out", "--policy", tmp_path / "loud.yaml", engine=engine
    )
    assert result.code == 0, result.err
    both = np.ones(len(audio(CALL)), bool)
    for seed in (1, 2):
        both &= masked(report(tmp_path / "out" / f"{seed}.json"), 1)
    one, other = (pcm(tmp_path / "out" / f"{seed}.flac")[both, 1] for seed in (1, 2))
    assert both.sum() > 8_000
    assert np.array_equal(one, other)
    assert np.abs(one).max() > 1_000, "a beep, not silence"
    was = audio(CALL, seed=1)[both, 1].astype(float)
    assert abs(float(was @ one)) / float(was @ was) < 0.05


def test_existing_results_stay_unless_forced(tmp_path: Path, call: Path) -> None:
    out = tmp_path / "out"
    assert here("redact", call, "--out", out, engine=ScriptedEngine(CALL)).code == 0
    first = {name: (out / name).read_bytes() for name in files(out)}
    again = here("redact", call, "--out", out, engine=ScriptedEngine(CALL))
    assert again.code == 2
    assert "call.flac: exists; use --force" in again.error
    assert {name: (out / name).read_bytes() for name in files(out)} == first
    sf.write(call, audio(CALL, seed=9).astype(np.int16), 8_000, subtype="PCM_16")
    assert here("redact", call, "--out", out, "--force", engine=ScriptedEngine(CALL)).code == 0
    assert files(out) == sorted(first)
    assert report(out / "call.json")["audio"]["sha256_out"] == sample_hash(pcm(out / "call.flac"), 16)
    assert (out / "call.flac").read_bytes() != first["call.flac"]


def test_one_existing_file_of_four_is_enough_to_refuse(tmp_path: Path, call: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "call.vtt").write_text("mine")
    result = here("redact", call, "--out", tmp_path / "out", engine=ScriptedEngine(CALL))
    assert result.code == 2
    assert "call.vtt: exists" in result.error
    assert files(tmp_path / "out") == ["call.vtt"]


def test_the_input_is_never_the_output(tmp_path: Path, call: Path) -> None:
    before = call.read_bytes()
    options = ("--out", call.parent, "--audio-format", "wav", "--force")
    result = here("redact", call, *options, engine=ScriptedEngine(CALL))
    assert result.code == 2
    assert "is one of the inputs" in result.error
    assert call.read_bytes() == before
    assert files(call.parent) == ["call.wav"]


def test_roles_reach_report_transcript_and_subtitles(tmp_path: Path, call: Path) -> None:
    options = ("--out", tmp_path, "--roles", "customer, agent")
    assert here("redact", call, *options, engine=ScriptedEngine(CALL)).code == 0
    assert report(tmp_path / "call.json")["roles"] == ["customer", "agent"]
    assert {t["role"]: t["channel"] for t in turns(tmp_path / "call.transcript.json")} == {"customer": 0, "agent": 1}
    assert "<v agent>[CARD_NUMBER]" in (tmp_path / "call.vtt").read_text()


def test_a_table_tells_people_what_was_hidden(tmp_path: Path, call: Path) -> None:
    result = here("redact", call, "--out", tmp_path / "out", engine=ScriptedEngine(CALL))
    assert (result.code, result.err) == (0, "")
    assert re.search(r"^call +\d+\.\d s +\d+\.\d s +[A-Z_, ]*CARD_NUMBER", result.out, re.M)
    assert f"Results in {tmp_path / 'out'}" in result.out


@pytest.mark.parametrize("name", ["call [/red] y", "[bold]x", "two\nlines", "bad\udcff"])
def test_a_name_is_shown_as_it_is(tmp_path: Path, call: Path, name: str) -> None:
    """Not taken for markup, not spread over lines, and none that cannot be printed stops the run."""
    path = tmp_path / "odd" / f"{name}.wav"
    path.parent.mkdir(parents=True)
    path.write_bytes(call.read_bytes())
    result = here("redact", tmp_path / "odd", "--out", tmp_path / "out", engine=ScriptedEngine(CALL))
    assert (result.code, result.err) == (0, "")
    shown = name if name.isprintable() else ascii(name)[1:-1]
    assert any(line.startswith(f"{shown}  ") for line in result.out.splitlines())
    assert report(tmp_path / "out" / f"{name}.json")["name"] == shown


def test_a_picture_is_drawn_when_asked_for(tmp_path: Path, call: Path) -> None:
    result = here("redact", call, "--out", tmp_path / "out", "--pictures", "--json", engine=ScriptedEngine(CALL))
    assert result.code == 0, result.err
    (row,) = result.document["calls"]
    assert Path(row["picture"]).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("forced", [False, True])
def test_an_engine_that_fails_half_way_leaves_nothing(tmp_path: Path, call: Path, forced: bool) -> None:
    out = tmp_path / "out"
    before: dict[str, bytes] = {}
    if forced:
        assert here("redact", call, "--out", out, engine=ScriptedEngine(CALL)).code == 0
        before = {name: (out / name).read_bytes() for name in files(out)}
    dying = ScriptedEngine(CALL, dies_at=CALL.length // 2)
    result = here("redact", call, "--out", out, *(["--force"] if forced else []), engine=dying)
    assert result.code == 3
    assert "engine died" in result.error
    assert {name: (out / name).read_bytes() for name in files(out)} == before


def test_the_real_engine_failing_half_way_leaves_nothing(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.adapters.whisper_desk import Desk

    readings, heard = Desk.readings, []

    def fails_the_second_time(self: Desk, *args: Any) -> Any:
        heard.append(1)
        if len(heard) > 1:
            raise RuntimeError("out of something")
        return readings(self, *args)

    monkeypatch.setattr(Desk, "readings", fails_the_second_time)
    result = here("redact", source("tech_support"), "--out", tmp_path / "out", engine=engine)
    assert len(heard) > 1
    assert result.code == 3
    assert "recogniser failed in mid-call" in result.error
    assert files(tmp_path / "out") == []


@pytest.mark.parametrize("interrupt", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_stopped_leaves_no_partial_file(tmp_path: Path, interrupt: signal.Signals) -> None:
    process, out = begun(tmp_path)
    process.send_signal(interrupt)
    _, err = process.communicate(timeout=60)
    assert process.returncode == {signal.SIGTERM: 143, signal.SIGINT: 130}[interrupt], err
    assert "Traceback" not in err
    assert files(out) == []


def test_a_run_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    process, out = begun(tmp_path)
    process.kill()
    process.communicate(timeout=60)
    assert files(out) == []


def written(pid: int, folder: Path) -> int:
    """Bytes in files that a process holds open below `folder`, with a name or without."""
    size = 0
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed this moment
            if str(entry.readlink()).startswith(f"{folder}/"):
                size += entry.stat().st_size
    return size


def _interruptible() -> None:
    """What a shell runs in the background ignores this signal, and so does all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def begun(tmp_path: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that is at work on a long call: some of the result is already written."""
    sound, rate = sf.read(source("card_payment"), dtype="int16", always_2d=True)
    sf.write(tmp_path / "long.wav", np.tile(sound, (20, 1)), rate, subtype="PCM_16")
    out = tmp_path / "out"
    process = subprocess.Popen(
        line("redact", tmp_path / "long.wav", "--out", out, "--audio-format", "wav"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment(),
        preexec_fn=_interruptible,  # noqa: PLW1509
    )  # fmt: skip
    give_up = time.monotonic() + 60
    while written(process.pid, out) < 100_000:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < give_up
        time.sleep(0.02)
    return process, out
