"""What only Vosk does: partial words, results that repeat, and folders that would crash the library."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import vosk
from engines import KOREAN, VoskEngine, case, hear, speech, turns

from pipeline.adapters import vosk_engine, vosk_model
from pipeline.core.errors import EngineError, ModelError

RATE = 16_000
TRUSTED = "0" * 64  # says that the caller verified the files: no trial in a child process


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the model made of links, to be damaged."""
    for path in (path for path in KOREAN.rglob("*") if path.is_file()):
        link = tmp_path / path.relative_to(KOREAN)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path)
    return tmp_path


def load(folder: Path, sha256: str = "") -> VoskEngine:
    return VoskEngine.load(folder, language="ko", model_name="small", sha256=sha256)


def truncate(path: Path) -> None:
    half = path.read_bytes()
    path.unlink()
    path.write_bytes(half[: len(half) // 2])


@pytest.mark.parametrize("name", ["am/final.mdl", "conf/mfcc.conf", "graph/Gr.fst"])
def test_a_folder_without_a_needed_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match=r"is missing or empty; fetch the model again$"):
        load(folder)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such folder"):
        load(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["graph/disambig_tid.int", "am/final.mdl"])
def test_damaged_weights_are_an_error_and_not_a_crash(folder: Path, name: str) -> None:
    """The first would end the process while decoding, the second is refused by the library."""
    truncate(folder / name)
    with pytest.raises(ModelError, match=r"files are damaged; fetch the model again$"):
        load(folder)


def test_damage_that_only_shows_in_the_first_recogniser_is_found_on_loading(folder: Path) -> None:
    truncate(folder / "graph/HCLr.fst")
    with pytest.raises(ModelError, match=r"graph is damaged; fetch the model again$"):
        load(folder, sha256=TRUSTED)


def test_a_model_for_another_rate_is_refused(folder: Path) -> None:
    config = folder / "conf/mfcc.conf"
    text = config.read_text()
    config.unlink()
    config.write_text(text + "\n--sample-frequency=44100\n")
    with pytest.raises(ModelError, match="44100 Hz"):
        load(folder)


def test_the_hash_covers_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    before = vosk_model.fingerprint(tmp_path)
    assert before == vosk_model.fingerprint(tmp_path)
    (tmp_path / "a").rename(tmp_path / "b")
    renamed = vosk_model.fingerprint(tmp_path)
    (tmp_path / "b").write_bytes(b"two")
    assert len({before, renamed, vosk_model.fingerprint(tmp_path)}) == 3


def test_two_loads_hear_the_same() -> None:
    """Kaldi's dither would give other confidences, often other words, each time."""
    pcm = speech(RATE)[: 9 * RATE]
    assert hear(load(KOREAN, TRUSTED).open(), pcm) == hear(case("vosk").engine.open(), pcm)


def test_a_worn_decoder_is_replaced_and_nobody_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    pcm = speech(RATE)[: 9 * RATE]
    want = hear(case("vosk").engine.open(), pcm)
    made: list[int] = []
    real = vosk.KaldiRecognizer.__init__

    def counted(self: Any, *args: Any) -> None:
        made.append(1)
        real(self, *args)

    monkeypatch.setattr(vosk.KaldiRecognizer, "__init__", counted)
    monkeypatch.setattr(vosk_engine, "DECODER_S_MAX", 0)
    monkeypatch.setattr(case("vosk").engine, "_idle", deque())
    assert hear(case("vosk").engine.open(), pcm) == want
    assert len(made) == len(want.utterances)


def test_partial_words_come_before_the_utterance_ends() -> None:
    recogniser: Any = case("vosk").engine.open()
    turn = turns(RATE)[0]
    now = turn.end - RATE // 4
    assert recogniser.partial() == ()
    assert recogniser.push(speech(RATE)[:now]).upto <= turn.start
    words = recogniser.partial()
    assert words
    assert all(turn.start - RATE // 2 <= w.span.start < w.span.end <= now for w in words)
    asked = recogniser.flush()
    assert recogniser.partial() == ()
    recogniser.reset()
    recogniser.push(speech(RATE)[:now])
    assert recogniser.flush() == asked, "asking for partial words changes nothing"


def test_a_speech_too_long_is_cut_in_a_pause_and_nothing_is_lost_or_said_twice() -> None:
    engine = case("vosk").engine
    voiced = np.concatenate([speech(RATE)[t.start : t.end] for t in turns(RATE)])[: 9 * RATE]
    pause = speech(RATE)[RATE : RATE + RATE // 2]
    pcm = np.concatenate([voiced, pause, voiced])  # the decoder is at 14 s when the cut is put at 9
    call = hear(engine.open(), pcm)
    one, two = call.utterances
    assert voiced.size < one.span.end == two.span.start < voiced.size + pause.size
    assert two.span.end == pcm.size
    # Both halves are the same audio: about the same words, each in its own half only.
    assert one.words
    assert abs(len(one.words) - len(two.words)) <= 0.2 * len(two.words)
    assert all(w.span.start < voiced.size + RATE // 10 for w in one.words)


def test_a_failing_library_is_an_engine_error_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Any, data: bytes) -> int:
        raise Exception("Failed to process waveform")

    recogniser = case("vosk").engine.open()
    monkeypatch.setattr(vosk.KaldiRecognizer, "AcceptWaveform", fail)
    with pytest.raises(EngineError, match=r"^vosk: the recogniser failed in mid-call; run the call again$"):
        recogniser.push(speech(RATE)[: 9 * RATE])
    monkeypatch.undo()
    recogniser.reset()
    assert hear(recogniser, speech(RATE)[: 9 * RATE]).words


def test_samples_after_the_end_are_refused() -> None:
    recogniser = case("vosk").engine.open()
    recogniser.flush()
    with pytest.raises(EngineError, match="reset"):
        recogniser.push(np.zeros(320, np.int16))


def test_samples_of_another_kind_are_refused() -> None:
    with pytest.raises(EngineError, match="int16"):
        case("vosk").engine.open().push(np.zeros(320, np.float32))  # type: ignore[arg-type]
