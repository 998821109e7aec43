"""The picture of a call: marks where the spans are, labels that never cover each other, no words."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.adapters import plots
from pipeline.adapters.audio_in import open_audio
from pipeline.adapters.flags import Flag, place
from pipeline.adapters.plots import picture
from pipeline.core.errors import InputError, OutputError
from pipeline.core.finding import Finding, Reason
from pipeline.core.span import Span


def finding(start: int, end: int, entity: str = "CARD_NUMBER", channel: int = 0) -> Finding:
    return Finding(channel, Span(start, end), entity, Reason.PATTERN, 0.9)


def write_pair(folder: Path, samples: np.ndarray, cut: slice, rate: int = 8000) -> tuple[Path, Path]:
    before, after = folder / "before.wav", folder / "after.wav"
    soundfile.write(before, samples, rate)
    hidden = samples.copy()
    hidden[cut, 0] = 0
    soundfile.write(after, hidden, rate)
    return before, after


def noise(seconds: float, channels: int = 1, rate: int = 8000) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.1, (int(seconds * rate), channels))


def marked_share(path: Path) -> np.ndarray:
    """(width,) share of pixels per column that are tinted like a hidden span."""
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
    return (pixels[:, :, 0] - pixels[:, :, 2] > 12).mean(axis=0)


def test_spans_are_marked_where_they_are(tmp_path: Path) -> None:
    before, after = write_pair(tmp_path, noise(10), slice(32000, 48000))
    picture(before, after, [finding(32000, 48000)], tmp_path / "p.png")
    image = Image.open(tmp_path / "p.png")
    assert image.width == 1600
    share = marked_share(tmp_path / "p.png")
    inside = np.flatnonzero(share > 0.4)
    left, right = 90, 1545  # edges of the drawing; names stand before, frequencies behind
    assert inside[0] == pytest.approx(left + 0.4 * (right - left), abs=25)
    assert inside[-1] == pytest.approx(left + 0.6 * (right - left), abs=25)


def test_what_was_silenced_is_blank_in_the_output_only(tmp_path: Path) -> None:
    before, after = write_pair(tmp_path, noise(4), slice(8000, 16000))
    with open_audio(before) as source, open_audio(after) as result:
        loud, hidden = plots._spectra(source).levels_db, plots._spectra(result).levels_db
    columns = loud.shape[-1]
    inside = slice(int(columns * 0.27), int(columns * 0.48))
    assert loud[0, :, inside].mean() > hidden[0, :, inside].mean() + 60
    outside = slice(int(columns * 0.55), columns)
    assert np.allclose(loud[0, :, outside], hidden[0, :, outside], atol=0.5)


@pytest.mark.parametrize("rate", [8000, 44100])
def test_a_tone_shows_at_its_frequency_and_time(tmp_path: Path, rate: int) -> None:
    samples = np.zeros((rate * 5, 1))
    samples[2 * rate : 3 * rate, 0] = 0.3 * np.sin(2 * np.pi * 1500 * np.arange(rate) / rate)
    soundfile.write(tmp_path / "t.wav", samples, rate)
    with open_audio(tmp_path / "t.wav") as source:
        sound = plots._spectra(source)
    bins, columns = sound.levels_db[0].shape
    peak, when = np.unravel_index(sound.levels_db[0].argmax(), (bins, columns))
    assert peak / (bins - 1) * sound.top_hz == pytest.approx(1500, abs=40)
    assert 2 <= when / columns * sound.duration_s <= 3.05


def test_long_calls_keep_to_the_same_number_of_columns(tmp_path: Path) -> None:
    before, _ = write_pair(tmp_path, noise(300), slice(0))
    with open_audio(before) as source:
        assert plots._spectra(source).levels_db.shape[-1] <= plots.COLUMNS


@pytest.mark.parametrize("frames", [1, 7, 100, 257])
def test_the_shortest_calls_can_be_drawn(tmp_path: Path, frames: int) -> None:
    before, after = write_pair(tmp_path, noise(1)[:frames], slice(0, 1))
    picture(before, after, [finding(0, 1)], tmp_path / "p.png")
    assert (tmp_path / "p.png").stat().st_size > 1000


def test_digital_silence_and_many_channels_can_be_drawn(tmp_path: Path) -> None:
    before, after = write_pair(tmp_path, 0 * noise(1, channels=9), slice(0))
    late = [finding(0, 8000, channel=8), finding(100, 200, channel=7)]
    picture(before, after, late, tmp_path / "p.png", roles=["agent"])
    image = Image.open(tmp_path / "p.png").convert("L")
    assert image.height > 16 * 100
    assert np.asarray(image).mean() > 240  # white: there is nothing to see


def test_two_calls_that_do_not_belong_together(tmp_path: Path) -> None:
    before, after = write_pair(tmp_path, noise(1), slice(0))
    soundfile.write(after, noise(1)[:-1], 8000)
    with pytest.raises(InputError, match="not of the rate, channels and length"):
        picture(before, after, [], tmp_path / "p.png")
    assert not (tmp_path / "p.png").exists()


def test_an_existing_picture_is_kept_without_force(tmp_path: Path) -> None:
    before, after = write_pair(tmp_path, noise(1), slice(0))
    (tmp_path / "p.png").write_text("older")
    with pytest.raises(OutputError, match="--force"):
        picture(before, after, [], tmp_path / "p.png")
    assert (tmp_path / "p.png").read_text() == "older"
    picture(before, after, [], tmp_path / "p.png", force=True)
    assert Image.open(io.BytesIO((tmp_path / "p.png").read_bytes())).width == 1600
    assert {p.name for p in tmp_path.iterdir()} == {"before.wav", "after.wav", "p.png"}


def test_the_same_call_gives_the_same_picture(tmp_path: Path) -> None:
    before, after = write_pair(tmp_path, noise(1), slice(0))
    for name in ("a.png", "b.png"):
        picture(before, after, [finding(100, 4000)], tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


flags = st.lists(st.builds(Flag, st.floats(0, 100), st.floats(0.5, 20)), max_size=40)


@given(flags, st.integers(1, 7), st.floats(0, 1))
def test_labels_never_cover_each_other(given_flags: list[Flag], rows: int, gap: float) -> None:
    places = place(given_flags, 100.0, rows, gap)
    hung = [(p.left, p.left + f.width, p.row) for f, p in zip(given_flags, places, strict=True) if p]
    assert all(left >= 0 and right <= 100 + 1e-9 and 0 <= row < rows for left, right, row in hung)
    for i, (left, right, row) in enumerate(hung):
        for other_left, other_right, other_row in hung[i + 1 :]:
            apart = right + gap <= other_left + 1e-9 or other_right + gap <= left + 1e-9
            assert row != other_row or apart


@given(flags)
def test_no_label_hides_a_pole(given_flags: list[Flag]) -> None:
    """Away from the right edge, where cloths hang to the right of their poles."""
    places = place(given_flags, 1000.0, 100)
    assert None not in places
    for flag, at in zip(given_flags, places, strict=True):
        for other, other_at in zip(given_flags, places, strict=True):
            assert at
            assert other_at
            crossed = other_at.left < flag.at < other_at.left + other.width
            assert not (crossed and other_at.row < at.row)


def test_a_flag_alone_hangs_in_the_lowest_row() -> None:
    assert [p.row if p else None for p in place([Flag(1, 2), Flag(50, 2)], 100, 6)] == [0, 0]
    assert place([Flag(1, 5)] * 3, 100, 2).count(None) == 1
