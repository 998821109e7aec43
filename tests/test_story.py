"""What is told of a played call goes out between its audio, once, and where it was said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.story import Story, read_story
from pipeline.adapters.voice import Part, Voice, recording
from pipeline.core.consent import Answer, Told
from pipeline.core.errors import ConfigError
from pipeline.core.messages import Intake
from pipeline.core.metadata import Metadata
from pipeline.core.pseudonym import Kind

RATE = 8_000


def played(folder: Path, story: Story, seconds: float = 1.0, chunk_ms: int = 250) -> list[Intake]:
    """All messages of a call, as the player sends them."""
    path = folder / "call.wav"
    soundfile.write(path, np.ones((int(seconds * RATE), 2), np.int16), RATE, subtype="PCM_16")
    voice, out = Voice(Part("acme", "c1", recording(path, None, chunk_ms), 0.0, chunk_ms, story=story)), []
    while not out or not any(message.final for message in out):
        previous = voice.previous
        message = voice.next()
        out += [*story.before(message, previous), message, *(story.after(message) if message.final else [])]
    voice.close()
    return out


@given(st.lists(st.integers(0, 1500), max_size=6), st.sampled_from([100, 250, 333]))
def test_each_thing_is_told_once_and_in_its_place(
    tmp_path_factory: pytest.TempPathFactory, at: list[int], ms: int
) -> None:
    told = tuple((t / 1000, Told(notice=f"n{n}")) for n, t in enumerate(sorted(at)))
    messages = played(tmp_path_factory.mktemp("s"), Story(told=told), chunk_ms=ms)
    said = [m for m in messages if m.told]
    assert [(m.start_sample, m.told) for m in said] == [(round(s * RATE), t) for s, t in told]
    for n, message in enumerate(messages):
        if message.told:
            later = [m for m in messages[n:] if not m.told]
            before = [m for m in messages[:n] if not m.told]
            assert all(m.start_sample >= message.start_sample for m in later)
            assert all(m.start_sample < message.start_sample for m in before)


def test_a_file_says_who_and_what(tmp_path: Path) -> None:
    path = tmp_path / "told.json"
    path.write_text(json.dumps({
        "metadata": {"jurisdiction": "us-ca", "caller": "+1 415 555 2671"},
        "told": [{"at_s": 0.5, "answers": {"storage": "withdrawn"}}, {"at_s": 0, "notice": "n1"}],
    }))  # fmt: skip
    story = read_story(path)
    assert story.metadata == Metadata("us-ca", people={Kind.CALLER: "+1 415 555 2671"})
    assert story.told == ((0.0, Told(notice="n1")), (0.5, Told({"storage": Answer.WITHDRAWN})))
    messages = played(tmp_path, story)
    assert [bool(m.told) for m in messages] == [True, False, False, True, False, False]
    assert [m.metadata for m in messages[:2]] == [story.metadata] * 2


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"more": 1}', '{"told": [{"notice": "n1"}]}', '{"told": [{"at_s": -1, "notice": "n1"}]}',
     '{"told": [{"at_s": 0}]}', '{"told": [{"at_s": 0, "notice": "1234567"}]}', '{"metadata": {"jurisdiction": "US"}}',
     '{"metadata": {"shoe_size": "44"}}', '{"metadata": 3}',
     '{"told": [{"at_s": 0, "notice": "' + "n" * 70_000 + '"}]}'],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_in_a_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "told.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match="--told: ") as caught:
        read_story(path)
    assert "\n" not in str(caught.value)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_story(tmp_path / "none.json")
