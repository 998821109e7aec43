"""The sample calls are what they claim: readable, with truth that lies where the sound is."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from voice.script import ENTITIES, ScriptError, parse
from voice.shapes import SAMPLES

SAMPLES_DIR = Path(__file__).parent / "samples"
CALLS = sorted(path.parent.name for path in SAMPLES_DIR.glob("*/truth.json"))
FRAME_MS = 10


@cache
def load(name: str) -> tuple[np.ndarray, int, dict[str, Any]]:
    folder = SAMPLES_DIR / name
    (audio,) = folder.glob("call.*")
    sound, rate = sf.read(audio, always_2d=True)
    return sound, rate, json.loads((folder / "truth.json").read_text(encoding="utf-8"))


def level(sound: np.ndarray) -> float:
    return float(np.sqrt(np.mean(sound**2)))


def floor(sound: np.ndarray, rate: int) -> float:
    """The noise of the line: a low percentile of the frame levels."""
    frames = sound[: len(sound) // (rate // 100) * (rate // 100)].reshape(-1, rate // 100)
    return float(np.percentile(np.sqrt(np.mean(frames**2, axis=1)), 5))


def test_every_script_has_its_call_and_every_call_its_script() -> None:
    assert sorted(script.call_id for script in SAMPLES) == CALLS


def test_the_set_covers_formats_rates_and_layouts() -> None:
    infos = [sf.info(str(path)) for path in SAMPLES_DIR.glob("*/call.*")]
    assert {info.samplerate for info in infos} == {8000, 16000, 44100}
    assert {info.channels for info in infos} == {1, 2}
    assert {(info.format, info.subtype) for info in infos} == {
        ("WAV", "ULAW"),
        ("WAV", "PCM_16"),
        ("FLAC", "PCM_16"),
    }


def test_two_calls_hold_no_secret() -> None:
    harmless = [name for name in CALLS if not any(s["entity"] for s in load(name)[2]["segments"])]
    assert harmless == ["harmless_numbers", "tech_support"]


@pytest.mark.parametrize("name", CALLS)
def test_truth_describes_this_file(name: str) -> None:
    sound, rate, truth = load(name)
    assert truth["call_id"] == name
    assert truth["sample_rate"] == rate
    assert len(truth["channels"]) == sound.shape[1]
    assert truth["seconds"] == pytest.approx(len(sound) / rate, abs=1e-6)


@pytest.mark.parametrize("name", CALLS)
def test_spans_lie_inside_in_order_and_apart(name: str) -> None:
    sound, rate, truth = load(name)
    for rows, to_samples in ((truth["words"], 1), (truth["segments"], rate)):
        for channel in range(sound.shape[1]):
            last_end = 0
            for row in (row for row in rows if row["channel"] == channel):
                start, end = round(row["start"] * to_samples), round(row["end"] * to_samples)
                assert last_end <= start < end <= len(sound)
                last_end = end


@pytest.mark.parametrize("name", CALLS)
def test_words_make_up_their_segment(name: str) -> None:
    _, rate, truth = load(name)
    for segment in truth["segments"]:
        start, end = round(segment["start"] * rate), round(segment["end"] * rate)
        mine = [
            word
            for word in truth["words"]
            if word["channel"] == segment["channel"] and start <= word["start"] and word["end"] <= end
        ]
        joint = "" if segment["source"] == "dtmf" else " "
        said = "".join(char for char in segment["text"] if char not in ",.?!;")
        assert joint.join(word["text"] for word in mine) == said
        assert {word["entity"] for word in mine} == {segment["entity"]}
        assert (mine[0]["start"], mine[-1]["end"]) == (start, end)


@pytest.mark.parametrize("name", CALLS)
def test_every_segment_is_heard(name: str) -> None:
    sound, rate, truth = load(name)
    for segment in truth["segments"]:
        assert segment["entity"] is None or segment["entity"] in ENTITIES
        part = sound[round(segment["start"] * rate) : round(segment["end"] * rate), segment["channel"]]
        assert level(part) > 4 * floor(sound[:, segment["channel"]], rate)


@pytest.mark.parametrize("name", CALLS)
def test_nothing_is_heard_outside_the_truth(name: str) -> None:
    sound, rate, truth = load(name)
    for channel in range(sound.shape[1]):
        outside = np.ones(len(sound), bool)
        margin = rate * 50 // 1000  # breath and decay of a word
        for word in truth["words"]:
            if word["channel"] == channel:
                outside[max(0, word["start"] - margin) : word["end"] + margin] = False
        speech = level(sound[~outside, channel])
        line = floor(sound[:, channel], rate)
        assert level(sound[outside, channel]) < 0.05 * speech + 1.5 * line
        frame = rate * FRAME_MS // 1000
        quiet = sound[outside, channel]
        frames = quiet[: len(quiet) // frame * frame].reshape(-1, frame)
        assert np.sqrt(np.mean(frames**2, axis=1)).max() < 0.3 * speech + 2 * line


def test_keypad_tones_are_the_two_frequencies_of_their_key() -> None:
    rows, columns, keys = (697, 770, 852, 941), (1209, 1336, 1477, 1633), "123A456B789C*0#D"
    sound, rate, truth = load("keypad")
    typed = [segment for segment in truth["segments"] if segment["source"] == "dtmf"]
    assert [segment["entity"] for segment in typed] == ["CARD_NUMBER", "PIN"]
    for segment in typed:
        start, end = segment["start"] * rate, segment["end"] * rate
        words = [w for w in truth["words"] if start - 1 <= w["start"] and w["end"] <= end + 1 and w["channel"] == 1]
        for word in words:
            tone = sound[word["start"] : word["end"], 1]
            time = np.arange(len(tone)) / rate
            power = {f: abs(np.sum(tone * np.exp(-2j * np.pi * f * time))) for f in rows + columns}
            row, column = max(rows, key=power.__getitem__), max(columns, key=power.__getitem__)
            assert keys[rows.index(row) * 4 + columns.index(column)] == word["text"]


def test_a_turn_is_read_with_its_secrets_pauses_and_gap() -> None:
    (turn, keyed) = parse("A -200: the {PIN: one two}, please [300] now\n  C: {OTP# 12#}")
    assert turn.role == "agent"
    assert turn.gap_ms == -200
    assert [(piece.text, piece.entity) for piece in turn.pieces] == [
        ("the", None),
        ("one two,", "PIN"),
        ("please [300] now", None),
    ]
    assert (keyed.pieces[0].text, keyed.pieces[0].keys) == ("12#", True)


def test_a_long_turn_goes_on_in_the_next_line() -> None:
    (turn,) = parse("C: my name\n   is {PERSON: Ann}")
    assert [piece.text for piece in turn.pieces] == ["my name is", "Ann"]


@pytest.mark.parametrize("line", ["B: hello", "A: {NOTHING: hello}", "A: {PIN: one", "A: {PIN one}"])
def test_a_bad_script_is_refused(line: str) -> None:
    with pytest.raises(ScriptError, match="turn 1"):
        parse(line)
