"""No hidden word leaves: not in reports, transcripts, subtitles, logs, errors or temporary files.

And no spoken word at all, hidden or not, reaches a log or an error.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from command import SAMPLES, Result, here, spans
from conftest import SamplesRun, Watch
from scripted import Script, ScriptedEngine, audio, dialogue

from pipeline.adapters.aids import loaded_aids
from pipeline.cli.inputs import Job
from pipeline.cli.recording import Options, Redactor
from pipeline.core.aids import NO_AIDS
from pipeline.core.errors import EngineError
from pipeline.core.heard import Heard
from pipeline.core.span import Span, covered, merge
from pipeline.core.written_labels import written_labels
from pipeline.ports.engine import Pcm16

CALLS = sorted(path.parent.name for path in SAMPLES.glob("*/truth.json"))
TEXTS = (".json", ".transcript.json", ".vtt")
SPOKEN_LEAST = 4  # letters; shorter words occur by chance
HIDDEN_SHARE = 0.9  # of a word's samples: then the word was hidden, not its neighbour
DIGITS = {w: str(n) for n, w in enumerate("zero one two three four five six seven eight nine".split())} | {"oh": "0"}
COUNTING = {*DIGITS, *"ten twenty thirty forty fifty sixty seventy eighty ninety nineteen thirtieth hundred".split()}
PROGRAM = frozenset(
    "call redacted card channel channels debug default engine error event exit files frames info level model "
    "policy rate reason samples seconds sha256 spans timestamp wall warning whisper callshield wall_s".split()
)  # words the program says of itself


def truth(name: str) -> list[dict[str, Any]]:
    return json.loads((SAMPLES / name / "truth.json").read_text())["words"]


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def words(text: str) -> set[str]:
    return set(plain(text).split())


def texts(out: Path) -> str:
    """Everything in the files of a run that is no audio, hashes left out: their digits mean nothing."""
    found = [p.read_text(encoding="utf-8") for p in sorted(out.rglob("*")) if p.name.endswith(TEXTS)]
    assert found
    return re.sub(r"\b[0-9a-f]{64}\b", "", "\n".join(found))


def values(text: str) -> str:
    """A JSON text or log without its keys, the names of entities and of calls: these are not speech."""
    return re.sub("|".join(CALLS), "", re.sub(r'"[a-z_0-9]+":|\b[A-Z][A-Z_]+\b', "", text))


# --- the sample calls and the real engine


@pytest.mark.parametrize("name", CALLS)
def test_no_word_hidden_in_the_audio_is_in_a_file(samples_run: SamplesRun, name: str) -> None:
    report = json.loads((samples_run.out / name / "call.json").read_text())
    by_channel = [merge(Span(*s) for s in spans(report, c)) for c in range(report["audio"]["channels"])]
    said = truth(name)

    def is_hidden(word: dict[str, Any]) -> bool:
        span = Span(word["start"], word["end"])
        return covered(span, by_channel[word["channel"]]) >= HIDDEN_SHARE * span.size

    secret = {plain(w["text"]) for w in said if w["entity"] and is_hidden(w)}
    open_words = {plain(w["text"]) for w in said if not is_hidden(w)}
    planted = {w for w in secret - open_words - COUNTING if len(w) >= 3}
    written = values(texts(samples_run.out / name) + samples_run.result.out + samples_run.result.err)
    assert planted.isdisjoint(words(written)), planted & words(written)
    assert words(written) & open_words, "the check can see words where there are some"


@pytest.mark.parametrize(("name", "number"), [("card_payment", "4539578763621486"), ("us_identity", "900451826")])
def test_no_part_of_a_hidden_number_is_in_a_transcript(samples_run: SamplesRun, name: str, number: str) -> None:
    turns = json.loads((samples_run.out / name / "call.transcript.json").read_text())["turns"]
    parts = {number[at : at + 4] for at in range(len(number) - 3)}
    for turn in turns:
        as_digits = [DIGITS.get(w, w) for w in plain(turn["text"]).split()]
        said = re.sub(r"[^0-9]", "", "".join(as_digits))
        assert not [part for part in parts if part in said]


def test_no_spoken_word_is_in_the_log(samples_run: SamplesRun) -> None:
    said = {w for name in CALLS for word in truth(name) for w in words(word["text"]) if len(w) >= SPOKEN_LEAST}
    heard = {w for w in words(values(texts(samples_run.out))) if len(w) >= SPOKEN_LEAST and w.isalpha()}
    assert len(said & heard) > 100, "the check can see words where there are some"
    log = [json.loads(line) for line in samples_run.result.err.splitlines()]
    assert len(log) >= len(CALLS), "debug level logs something for every call"
    assert ((said | heard) - PROGRAM).isdisjoint(words(values(samples_run.result.err)))


def test_nothing_is_written_to_temporary_or_other_folders(samples_run: SamplesRun) -> None:
    # The tokenizer of the embedded embeddings is reached by links in a folder; the other name is Python's own probe.
    assert all(re.fullmatch(r"(callshield-)?[a-z0-9_]{8}", name) for name in samples_run.temporary)
    for content in samples_run.seen.values():
        assert content == b"blat" or Path(content.decode()).exists()
    assert list(samples_run.work.rglob("*")) == []
    left = [p.read_bytes().lower() for p in samples_run.home.rglob("*") if p.is_file()]  # font caches and the like
    for word in ("castellane", "metformin", "priscilla", "juniper", "fernhill", "falkner"):
        assert not any(word.encode() in content for content in left)


def test_the_watch_sees_files_that_live_a_moment(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    (tmp_path / "short").write_text("x")
    (tmp_path / "short").unlink()
    assert watch.names() == {"short"}


# --- words planted in what a fake engine hears, to the letter


@dataclass(frozen=True, slots=True)
class Plant:
    """A call, the words of it that must not be found anywhere, and one that must be found."""

    script: Script
    secrets: tuple[str, ...]
    harmless: str


PLANTS = {
    "answer, repeated later": Plant(
        dialogue(
            "A: what is your mother's maiden name please",
            "C: [quillfeather]",
            "A: thank you and which plant would you like to order",
            "C: the blue hydrangea and write quillfeather on the label",
            "A: quillfeather on the label certainly",
        ),
        ("quillfeather",), "hydrangea",
    ),
    "password": Plant(
        dialogue(
            "A: and your password please",
            "C: [zanzibar pumpernickel]",
            "A: that is right how is the hydrangea",
            "C: pumpernickel is a fine bread",
        ),
        ("zanzibar", "pumpernickel"), "hydrangea",
    ),
    "name after a cue": Plant(
        dialogue("A: garden centre", "C: hello my name is [Ottoline Quillfeather] and my hydrangea has died"),
        ("ottoline", "quillfeather"), "hydrangea",
    ),
    "spelled": Plant(
        dialogue(
            "A: how do you spell your last name",
            "C: [q u i l l f e a t h e r]",
            "A: thank you your hydrangea will come quillfeather",
        ),
        ("quillfeather", "q u i l l"), "hydrangea",
    ),
    "card, its end read back": Plant(
        dialogue(
            "A: what is the long number on the front of your card",
            "C: [4539 1488 0343 6467]",
            "A: thank you so the one ending in [6467] pays the hydrangea",
        ),
        ("4539", "1488", "0343", "6467"), "hydrangea",
    ),
    "one channel": Plant(
        dialogue(
            "A: what is your mother's maiden name please",
            "C: [quillfeather]",
            "A: thank you the hydrangea is on its way",
            mono=True,
        ),
        ("quillfeather",), "hydrangea",
    ),
}  # fmt: skip


def recording(folder: Path, script: Script) -> Path:
    path = folder / "call.wav"
    sf.write(path, audio(script).astype(np.int16), 8_000, subtype="PCM_16")
    return path


def leaks(secrets: Iterable[str], *written: str) -> list[str]:
    """Secrets found as text, or as the digits a text says."""
    everything = [plain(re.sub(r"\b[0-9a-f]{64}\b", "", text)) for text in written]
    return [s for s in secrets for text in everything if re.search(rf"\b{s}\b", text)]


@pytest.mark.parametrize("name", PLANTS)
@pytest.mark.parametrize("as_json", [False, True])
def test_a_planted_word_is_nowhere(tmp_path: Path, name: str, as_json: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    plant = PLANTS[name]
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    loaded_aids()  # what it loads, it loads once
    watch = Watch(temporary)
    result = here(
        "redact", recording(tmp_path, plant.script), "--out", tmp_path / "out", *(["--json"] if as_json else []),
        engine=ScriptedEngine(plant.script),
        env={"CALLSHIELD_LOG_LEVEL": "debug", "TMPDIR": str(temporary)},
    )  # fmt: skip
    assert result.code == 0, result.err
    everything = texts(tmp_path / "out")
    assert plant.harmless in everything, "words that are no secret are heard, so secrets were too"
    assert leaks(plant.secrets, everything, result.out, result.err) == []
    assert "[" in everything
    for path in (tmp_path / "out").rglob("*"):
        content = path.read_bytes().lower()
        assert not any(s.encode() in content for s in plant.secrets if s.isalpha())
    assert watch.names() == set()
    said = {w for of in plant.script.utterances for u in of for part in u.words for w in words(part.text)}
    assert {w for w in said - PROGRAM if len(w) >= SPOKEN_LEAST}.isdisjoint(words(result.err))


def test_the_redactor_itself_says_nothing_of_what_it_heard(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """As a library, without the command's set-up of the log."""
    from pipeline.adapters.policy_file import preset

    plant = PLANTS["password"]
    with Redactor(ScriptedEngine(plant.script), preset("default"), 2) as redactor:
        done = redactor.redact(Job(recording(tmp_path, plant.script), Path("call")), Options(tmp_path / "out"))
    captured = capfd.readouterr()
    assert leaks((*plant.secrets, plant.harmless), repr(done), repr(redactor), captured.out, captured.err) == []


def test_the_leak_check_finds_leaks() -> None:
    assert leaks(["zanzibar"], "so, Zanzibar!") == ["zanzibar"]
    assert leaks(["4539"], 'the "4539"') == ["4539"]
    assert leaks(["zanzibar", "4539"], "zanzibarian 45390") == []


# --- faults whose text holds what was said


class Faulty:
    """A recogniser that hears nothing for a second and then raises `error`."""

    def __init__(self, error: Exception) -> None:
        self._error = error
        self._pushed = 0

    def push(self, pcm: Pcm16) -> Heard:
        self._pushed += pcm.size
        if self._pushed > 8_000:
            raise self._error
        return Heard(0)

    def flush(self) -> Heard:
        raise self._error

    def reset(self) -> None:
        self._pushed = 0


class FaultyEngine(ScriptedEngine):
    """Gives out recognisers that raise."""

    def __init__(self, error: Exception) -> None:
        super().__init__(PLANTS["password"].script)
        self.error = error

    def open(self) -> Faulty:  # type: ignore[override]
        return Faulty(self.error)


SECRET = "zanzibar"


def caused() -> EngineError:
    error = EngineError("the recogniser failed in mid-call; the call was not released")
    error.__cause__ = RuntimeError(f"cannot decode {SECRET}")
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RuntimeError(f"the caller said {SECRET}"), 3),
        (KeyError(SECRET), 3),
        (UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET), 3),
        (ValueError(SECRET, {"text": SECRET}), 3),
        (caused(), 3),
    ],
)
@pytest.mark.parametrize("level", ["debug", "error"])
def test_the_text_of_a_fault_is_not_told(tmp_path: Path, error: Exception, code: int, level: str) -> None:
    path = recording(tmp_path, PLANTS["password"].script)
    env = {"CALLSHIELD_LOG_LEVEL": level}
    result = here("redact", path, "--out", tmp_path / "out", engine=FaultyEngine(error), env=env)
    assert result.code == code
    told(result)
    assert not list((tmp_path / "out").rglob("*.*"))


@pytest.mark.parametrize(
    "place",
    ["pipeline.cli.recording.transcript", "pipeline.cli.recording.report", "pipeline.cli.recording.texts",
     "pipeline.stages.call.fused", "pipeline.core.identify.Identify.push",
     "pipeline.core.release.Release.push_verdict"],
)  # fmt: skip
def test_a_fault_anywhere_on_the_way_tells_its_place_only(
    tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant = PLANTS["password"]

    def fails(*_: object, **__: object) -> None:
        raise ValueError(f"not a word: {SECRET}")

    monkeypatch.setattr(place, fails)
    path = recording(tmp_path, plant.script)
    result = here("redact", path, "--out", tmp_path / "out", engine=ScriptedEngine(plant.script))
    assert result.code == 1
    told(result)
    assert "ValueError in test_canary.py:" in result.error
    assert not list((tmp_path / "out").rglob("*.*"))


def told(result: Result) -> None:
    assert result.error
    assert "Traceback" not in result.err + result.out
    assert SECRET not in (result.err + result.out).lower()


# --- written text


WRITTEN = "".join(
    json.dumps({"speaker": who, "text": text}) + "\n"
    for who, text in (("a", "And your password?"), ("c", "Zanzibar-77!"), ("a", "so Zanzibar-77! it is, hydrangea"))
)


def test_what_is_hidden_in_chat_is_not_told_anywhere(tmp_path: Path) -> None:
    """The live stage is asked the same in test_chat_lane.py and test_chat_live.py."""
    (tmp_path / "chat.jsonl").write_text(WRITTEN)
    env = {"CALLSHIELD_LOG_LEVEL": "debug"}
    result = here("redact-text", tmp_path / "chat.jsonl", "--conversation", "--out", tmp_path / "out", env=env)
    assert result.code == 0, result.err
    everything = "".join(p.read_text(encoding="utf-8") for p in (tmp_path / "out").iterdir())
    assert "hydrangea" in everything
    assert SECRET not in (everything + result.out + result.err).lower()


@pytest.mark.parametrize("place", ["pipeline.core.written.Conversation.push", "pipeline.cli.redact_text.redacted"])
def test_a_fault_in_written_text_tells_its_place_only(
    tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ValueError(f"not a word: {SECRET}")

    monkeypatch.setattr("pipeline.adapters.written_presidio.Analyzer", lambda: written_labels)
    monkeypatch.setattr("pipeline.cli.redact_text.loaded_aids", lambda: NO_AIDS)
    monkeypatch.setattr(place, fails)
    (tmp_path / "chat.jsonl").write_text(WRITTEN)
    result = here("redact-text", tmp_path / "chat.jsonl", "--conversation", "--out", tmp_path / "out")
    assert result.code == 1
    told(result)
    assert not (tmp_path / "out").exists()
