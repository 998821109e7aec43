"""A corpus that cannot be scored soundly is refused in one line that names the fault, never the words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from pipeline.adapters.corpus import TRUTH_LABELS, find_redacted, read_call, read_corpus, read_sound
from pipeline.core.errors import InputError
from pipeline.core.score import NEUTRAL, Segment

SAMPLES = Path(__file__).parent / "samples"
GOOD: dict[str, Any] = {"channel": 0, "start": 0.1, "end": 0.5, "entity": "OTP", "text": "quokka seven"}


def write_call(folder: Path, truth: object, name: str = "call.wav", channels: int = 1) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    soundfile.write(folder / name, np.full((8000, channels), 0.25), 8000)
    text = truth if isinstance(truth, str) else json.dumps(truth)
    (folder / "truth.json").write_text(text, encoding="utf-8")
    return folder


def test_reads_calls_in_order_with_labels_translated(tmp_path: Path) -> None:
    keyed = GOOD | {"entity": "CARD_NUMBER", "source": "dtmf", "start": 0, "end": 1}
    write_call(tmp_path / "b", {"segments": [GOOD, GOOD | {"entity": None}, GOOD | {"entity": NEUTRAL}]})
    write_call(tmp_path / "a", {"segments": [keyed]}, "call.flac", channels=2)
    (tmp_path / "LICENSES.md").write_text("not a call")
    (tmp_path / "notes").mkdir()
    first, second = read_corpus(tmp_path)
    assert (first.name, first.channels, first.rate, first.duration_s) == ("a", 2, 8000, 1.0)
    assert first.segments == (Segment(0, 0.0, 1.0, "CARD_NUMBER", keypad=True),)
    assert [s.entity for s in second.segments] == ["ONE_TIME_CODE", None, NEUTRAL]


def test_every_label_has_one_entity_of_its_own() -> None:
    assert len(set(TRUTH_LABELS.values())) == len(TRUTH_LABELS) == 31


def test_the_sample_calls_are_a_corpus() -> None:
    names = {call.name for call in read_corpus(SAMPLES)}
    assert {"card_payment", "keypad", "harmless_numbers"} <= names


@pytest.mark.parametrize(
    ("truth", "fault"),
    [
        ("{", "broken JSON in line 1"),
        ('{"segments": [\n{"channel": quokka}]}', "broken JSON in line 2"),
        ("[" * 100_000, "not UTF-8 JSON"),
        ('{"segments": ' + "9" * 5000 + "}", "not UTF-8 JSON"),
        ([GOOD], "no list of segments"),
        ({"segments": None}, "no list of segments"),
        ({"segments": ["quokka"]}, "segment 0: not an object"),
        ({"segments": [GOOD, GOOD | {"channel": "quokka"}]}, "segment 1: 'channel'"),
        ({"segments": [GOOD | {"channel": True}]}, "segment 0: 'channel'"),
        ({"segments": [GOOD | {"channel": -1}]}, "segment 0: 'channel'"),
        ({"segments": [GOOD | {"channel": 1}]}, "channel 1, audio has 1"),
        ({"segments": [GOOD | {"start": "quokka"}]}, "'start' and 'end'"),
        ({"segments": [GOOD | {"start": None}]}, "'start' and 'end'"),
        ({"segments": [GOOD | {"start": -0.1}]}, "'start' and 'end'"),
        ({"segments": [GOOD | {"end": 0.05}]}, "'start' and 'end'"),
        ({"segments": [GOOD | {"end": float("nan")}]}, "'start' and 'end'"),
        ({"segments": [GOOD | {"end": float("inf")}]}, "'start' and 'end'"),
        ({"segments": [GOOD | {"start": 2, "end": 3}]}, "starts after the audio ends"),
        ({"segments": [{"channel": 0, "start": 0, "end": 1}]}, "'entity' is missing"),
        ({"segments": [GOOD | {"entity": "DRUG"}]}, "unknown label DRUG; known are AADHAAR"),
        ({"segments": [GOOD | {"entity": "quokka seven"}]}, "unknown label; known are"),
        ({"segments": [GOOD | {"entity": ["quokka"]}]}, "unknown label; known are"),
    ],
)
def test_broken_truth_is_named(tmp_path: Path, truth: object, fault: str) -> None:
    write_call(tmp_path / "x", truth)
    with pytest.raises(InputError) as caught:
        read_corpus(tmp_path)
    message = str(caught.value)
    assert fault in message
    assert "truth.json" in message
    assert "\n" not in message
    assert "quokka" not in message
    assert "quokka" not in repr(caught.value.__cause__)


def test_truth_that_is_not_text(tmp_path: Path) -> None:
    folder = write_call(tmp_path / "x", "{}")
    (folder / "truth.json").write_bytes(b"\xff\xfe\x00quokka")
    with pytest.raises(InputError, match="not UTF-8 JSON"):
        read_call(folder)


def test_parts_that_are_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        read_corpus(tmp_path / "nowhere")
    with pytest.raises(InputError, match="no calls in it"):
        read_corpus(tmp_path)
    folder = write_call(tmp_path / "x", {"segments": []})
    (folder / "truth.json").unlink()
    with pytest.raises(InputError, match=r"truth\.json: missing"):
        read_corpus(tmp_path)
    write_call(folder, {"segments": []})
    (folder / "call.wav").unlink()
    with pytest.raises(InputError, match=r"without call\.flac or call\.wav"):
        read_corpus(tmp_path)
    (folder / "call.wav").write_text("no audio at all")
    with pytest.raises(InputError, match=r"call\.wav: "):
        read_corpus(tmp_path)


def test_sound_is_read_at_full_scale(tmp_path: Path) -> None:
    samples = np.array([[0.5, -0.25], [0.0, 0.125]])
    soundfile.write(tmp_path / "a.flac", samples, 44100, subtype="PCM_24")
    sound = read_sound(tmp_path / "a.flac")
    assert sound.rate == 44100
    assert np.array_equal(sound.samples, samples)


@pytest.mark.parametrize("name", ["x.wav", "x.flac", "x/call.wav", "x/call.flac"])
def test_redacted_recordings_are_found(tmp_path: Path, name: str) -> None:
    assert find_redacted(tmp_path, "x") is None
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    assert find_redacted(tmp_path, "x") == tmp_path / name
