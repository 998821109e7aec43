"""The speech gate: fixed frames whatever the feed, and an absolute floor under webrtcvad."""

from __future__ import annotations

import numpy as np
import pytest
import webrtcvad
from engines import speech
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adapters.vad import (
    BELOW_LOUDEST_DB,
    FADE_DB_PER_S,
    FLOOR_DBFS,
    GUESS_FRAMES,
    LOUD_FLOOR_DBFS,
    SpeechGate,
)
from pipeline.core.endpoint import FRAME_MS
from pipeline.core.errors import ConfigError, EngineError

RATE = 16_000
VOICE = speech(RATE)[: 12 * RATE + 123]


def flags(pcm: np.ndarray, **options: float) -> tuple[bool, ...]:
    gate = SpeechGate(RATE, **options)
    return gate.push(pcm) + gate.flush()


def frame_by_frame(pcm: np.ndarray) -> tuple[bool, ...]:
    """What the gate is said to do, one frame after the other."""
    vad, loudest, out = webrtcvad.Vad(2), 0.0, []
    low, high = ((32768 * 10 ** (dbfs / 20)) ** 2 for dbfs in (FLOOR_DBFS, LOUD_FLOOR_DBFS))
    for number in range(pcm.size // 320):
        frame = pcm[320 * number :][:320]
        power = float(np.var(frame.astype(np.float64)))
        loudest = max(power, loudest * 10 ** (-FADE_DB_PER_S * FRAME_MS / 10_000))
        floor = high if number < GUESS_FRAMES else min(high, max(low, loudest * 10 ** (-BELOW_LOUDEST_DB / 10)))
        out.append(vad.is_speech(frame.tobytes(), RATE) and power >= floor)
    return tuple(out)


def at_level(dbfs: float, seconds: float) -> np.ndarray:
    """White noise of that RMS level."""
    noise = np.random.default_rng(7).standard_normal(int(seconds * RATE))
    return (noise * 32768 * 10 ** (dbfs / 20)).round().astype(np.int16)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, VOICE.size), max_size=30).map(sorted))
def test_how_the_feed_is_cut_changes_nothing(cuts: list[int]) -> None:
    gate = SpeechGate(RATE)
    got = [flag for part in np.split(VOICE, cuts) for flag in gate.push(part)]
    assert (*got, *gate.flush()) == flags(VOICE)


@settings(max_examples=10, deadline=None)
@given(st.sampled_from([0.01, 0.03, 0.1, 1.0]), st.integers(0, 10 * RATE), st.floats(-90, -20), st.integers(0, 9))
def test_many_frames_at_once_are_judged_as_one_after_the_other(gain: float, at: int, dbfs: float, seed: int) -> None:
    noise = np.random.default_rng(seed).standard_normal(VOICE.size) * 32768 * 10 ** (dbfs / 20)
    mixed = np.clip(np.roll(VOICE, at) * gain + noise, -32768, 32767).astype(np.int16)
    pcm = mixed[: mixed.size // 320 * 320]
    assert flags(pcm) == frame_by_frame(pcm)


def test_a_flag_for_every_frame_and_one_for_the_rest() -> None:
    gate = SpeechGate(8_000)
    assert gate.frame_samples == 160
    assert len(gate.push(np.zeros(8_000, np.int16))) == 50
    assert gate.flush() == ()
    assert len(gate.push(np.zeros(161, np.int16))) == 1
    assert len(gate.flush()) == 1
    assert gate.flush() == ()


def test_speech_is_heard_and_the_pauses_are_not() -> None:
    got = flags(VOICE)
    assert 0.2 < sum(got) / len(got) < 0.8


def test_a_quiet_talker_is_heard() -> None:
    quiet = (VOICE * 10 ** (-30 / 20)).round().astype(np.int16)  # speech peaks of about -39 dBFS
    assert sum(flags(quiet)) >= 0.65 * sum(flags(VOICE))


def test_the_start_of_a_quiet_line_is_not_called_speech() -> None:
    line = at_level(-66, 2)  # the noise of a mu-law line
    assert not any(flags(line))
    assert any(flags(at_level(-56, 2))), "the floor of the first second is what keeps it out"


def test_digital_silence_and_a_constant_are_no_speech() -> None:
    assert not any(flags(np.zeros(RATE, np.int16)))
    assert not any(flags(np.full(RATE, 12_000, np.int16)))


def test_reset_forgets() -> None:
    gate = SpeechGate(RATE)
    gate.push(VOICE[: RATE + 7])
    gate.reset()
    assert gate.push(VOICE) + gate.flush() == flags(VOICE)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ConfigError, match="44100"):
        SpeechGate(44_100)
    with pytest.raises(ConfigError, match="mode"):
        SpeechGate(RATE, mode=4)
    with pytest.raises(EngineError, match="int16"):
        SpeechGate(RATE).push(np.zeros(320, np.float32))  # type: ignore[arg-type]
