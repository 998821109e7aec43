"""The score is checked against a second statement of its definition, frame by frame in plain loops."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adapters.corpus import read_corpus, read_sound
from pipeline.core.score import (
    NEUTRAL,
    CallScore,
    Segment,
    Sound,
    State,
    Timing,
    real_time_factor,
    score_call,
    total,
)

SAMPLES = Path(__file__).parent / "samples"


def restated(before: np.ndarray, after: np.ndarray, rate: int, segments: list[Segment]) -> dict[str, int]:
    """spans, leaky, sensitive, audible, speech, altered (milliseconds), straight from the definition."""
    n = rate // 100
    out = dict.fromkeys(("spans", "leaky", "sensitive", "audible", "speech", "altered"), 0)
    for channel in range(before.shape[1]):
        hidden, voiced = [], []
        for i in range(min(len(before), len(after)) // n):
            a = before[i * n : (i + 1) * n, channel]
            b = after[i * n : (i + 1) * n, channel]
            loud = math.sqrt(sum(x * x for x in a) / n)
            change = math.sqrt(sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) / n)
            left = abs(sum(x * y for x, y in zip(a, b, strict=True))) / max(sum(x * x for x in a), 1e-9)
            silent = math.sqrt(sum(y * y for y in b) / n) < 0.1 * loud
            hidden.append((change > 0.1 * max(loud, 1e-4) and left < 0.5) or silent)
            voiced.append(loud > 0.003)
        frames = len(hidden)
        mine = [s for s in segments if s.channel == channel]
        secret = [s for s in mine if s.entity and s.entity != NEUTRAL]
        for s in secret:
            inside = [f for f in range(int(s.start_s * 100), min(math.ceil(s.end_s * 100), frames)) if voiced[f]]
            audible = 10 * sum(not hidden[f] for f in inside)
            out["spans"] += 1
            out["sensitive"] += 10 * len(inside)
            out["audible"] += audible
            out["leaky"] += audible > 100
        taken = {f for s in mine if s.entity for f in range(int(s.start_s * 100), math.ceil(s.end_s * 100))}
        taken = {f for f in taken if f < frames}
        near = {f + d for f in taken for d in range(-30, 31)}
        speech = {f for s in mine if not s.entity for f in range(int(s.start_s * 100), int(s.end_s * 100))}
        harmless = {f for f in speech - near if f < frames}
        out["speech"] += 10 * len(harmless)
        out["altered"] += 10 * sum(hidden[f] for f in harmless)
    return out


def figures(score: CallScore) -> dict[str, int]:
    return {
        "spans": score.all.spans,
        "leaky": score.all.leaky_spans,
        "sensitive": score.all.sensitive_ms,
        "audible": score.all.audible_ms,
        "speech": score.speech_ms,
        "altered": score.altered_ms,
    }


def noise(seconds: float, rate: int = 8000, channels: int = 1, level: float = 0.1, seed: int = 0) -> Sound:
    rng = np.random.default_rng(seed)
    return Sound(rng.normal(0, level, (round(seconds * rate), channels)), rate)


def tone(sound: Sound, level: float = 0.1, hertz: float = 1000) -> np.ndarray:
    return level * np.sin(2 * np.pi * hertz * np.arange(len(sound.samples)) / sound.rate)[:, None]


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Sound, Sound, list[Segment]]:
    """A call with loud, soft and silent parts, redactions of every kind in places, and some truth."""
    rate = draw(st.sampled_from([8000, 16000, 44100]))
    seconds, channels = draw(st.floats(0.05, 1.6)), draw(st.integers(1, 2))
    before = noise(seconds, rate, channels, seed=draw(st.integers(0, 9))).samples
    after = before.copy()
    spots = st.tuples(st.integers(0, channels - 1), st.floats(0, seconds), st.floats(0, seconds))
    for channel, one, other in draw(st.lists(spots, max_size=2)):
        part = slice(int(min(one, other) * rate), int(max(one, other) * rate))
        level = draw(st.sampled_from([0.0, 0.01, 0.05]))
        before[part, channel] *= level
        after[part, channel] = before[part, channel]
    for channel, one, other in draw(st.lists(spots, max_size=4)):
        part = slice(int(min(one, other) * rate), int(max(one, other) * rate))
        kind = draw(st.sampled_from(["silence", "tone", "louder", "quieter", "mixed", "inverted"]))
        beep = 0.1 * np.sin(np.arange(len(before[part])) * 0.8)
        own = before[part, channel]
        kinds = {"silence": 0 * own, "tone": beep, "louder": own * 1.3, "quieter": own * 0.4}
        after[part, channel] = (kinds | {"mixed": own + beep, "inverted": -own})[kind]
    truth = []
    entities = st.sampled_from(["PIN", "CARD_NUMBER", NEUTRAL, None])
    for channel, one, other in draw(st.lists(spots, max_size=5)):
        truth.append(Segment(channel, min(one, other), max(one, other), draw(entities)))
    cut = draw(st.integers(0, min(rate // 50, len(after) - 1)))
    return Sound(before, rate), Sound(after[: len(after) - cut], rate), truth


@given(scenes())
@settings(max_examples=60, deadline=None)
def test_agrees_with_the_definition(scene: tuple[Sound, Sound, list[Segment]]) -> None:
    before, after, truth = scene
    score = score_call("x", before, after, truth)
    assert figures(score) == restated(before.samples, after.samples, before.rate, truth)


@pytest.mark.parametrize("name", ["card_payment", "keypad"])
def test_agrees_on_the_sample_calls(name: str) -> None:
    call = next(c for c in read_corpus(SAMPLES) if c.name == name)
    before = read_sound(call.audio)
    after = before.samples.copy()
    for index, seg in enumerate(s for s in call.segments if s.entity or s.start_s > 10):
        late = 0.08 * (index % 3)
        after[int((seg.start_s + late) * call.rate) : int(seg.end_s * call.rate), seg.channel] = 0.002
    score = score_call(name, before, Sound(after, call.rate), call.segments)
    assert figures(score) == restated(before.samples, after, call.rate, list(call.segments))
    assert 0 < score.all.recall < 1
    assert 0 < score.over_redaction < 1


SECRET = [Segment(0, 0.5, 1.5, "PIN")]


def recall(before: Sound, after: np.ndarray) -> float:
    return score_call("x", before, Sound(after, before.rate), SECRET).all.recall


def test_what_counts_as_hidden() -> None:
    before = noise(2)
    assert recall(before, before.samples) == 0
    assert recall(before, 0 * before.samples) == 1
    assert recall(before, tone(before, 0.01)) == 1
    assert recall(before, 0.4 * before.samples) == 1  # less than half is left
    assert recall(before, 0.6 * before.samples) == 0
    assert recall(before, -before.samples) == 0  # upside down is as clear as ever
    assert recall(before, before.samples + tone(before, 0.1)) < 0.05  # mixed under a tone, never replaced


def test_silence_over_the_faintest_dither_is_a_change() -> None:
    dither = np.zeros((16000, 1))
    dither[::80] = 1 / 32768
    speech = [Segment(0, 0.0, 2.0, None)]
    silent = Sound(0 * dither, 8000)
    assert score_call("x", Sound(dither, 8000), silent, speech).altered_ms == 2000
    assert score_call("x", silent, silent, speech).altered_ms == 0
    assert score_call("x", silent, Sound(dither, 8000), speech).altered_ms == 0  # nor is the reverse


def test_a_leak_is_more_than_100_ms() -> None:
    before = noise(2)
    for audible_ms, leaky in ((100, 0), (110, 1)):
        after = before.samples.copy()
        after[4000 : 12000 - audible_ms * 8] = 0
        score = score_call("x", before, Sound(after, 8000), SECRET)
        assert (score.all.audible_ms, score.all.leaky_spans) == (audible_ms, leaky)


def test_only_voiced_milliseconds_count() -> None:
    samples = noise(2).samples
    samples[8000:] *= 0.001
    score = score_call("x", Sound(samples, 8000), None, SECRET)
    assert score.all.sensitive_ms == 500


def test_grace_around_secrets_and_neutral_stretches() -> None:
    before = noise(4)
    silent = Sound(0 * before.samples, 8000)
    speech = Segment(0, 0.0, 4.0, None)
    alone = score_call("x", before, silent, [speech])
    assert (alone.speech_ms, alone.altered_ms) == (4000, 4000)
    for entity in ("PIN", NEUTRAL):
        score = score_call("x", before, silent, [speech, Segment(0, 1.0, 2.0, entity)])
        assert (score.speech_ms, score.altered_ms) == (4000 - 1000 - 600, 2400)
        assert score.all.spans == (entity == "PIN")
    other = score_call("x", noise(4, channels=2), None, [speech, Segment(1, 1.0, 2.0, "PIN")])
    assert other.speech_ms == 4000  # a secret on the other channel takes nothing away


@given(cut=st.integers(0, 400))
@settings(max_examples=30, deadline=None)
def test_length_may_differ_by_20_ms(cut: int) -> None:
    before = noise(2)
    after = Sound(0 * before.samples[: len(before.samples) - cut], 8000)
    score = score_call("x", before, after, SECRET)
    assert score.state is (State.SCORED if cut <= 160 else State.MISSHAPEN)
    assert score.all.recall == (1 if cut <= 160 else 0)


def test_wrong_shape_and_missing_count_as_let_through() -> None:
    before = noise(2, channels=2)
    silent = 0 * before.samples
    for after, state in (
        (None, State.MISSING),
        (Sound(silent[:, :1], 8000), State.MISSHAPEN),
        (Sound(silent, 16000), State.MISSHAPEN),
    ):
        score = score_call("x", before, after, SECRET)
        assert (score.state, score.all.recall, score.all.leaky_spans) == (state, 0, 1)


@given(rate=st.sampled_from([8000, 11025, 16000, 22050, 44100, 48000]), start=st.integers(0, 55))
@settings(max_examples=20, deadline=None)
def test_every_rate_looks_at_the_right_time(rate: int, start: int) -> None:
    """A minute in, a frame that is not exactly 10 ms must not have drifted away from the truth."""
    before = noise(60, rate, seed=start)
    after = before.samples.copy()
    after[start * rate : (start + 2) * rate] = 0
    score = score_call("x", before, Sound(after, rate), [Segment(0, start + 0.02, start + 1.98, "PIN")])
    assert score.all.recall == 1
    assert score.all.sensitive_ms == pytest.approx(1960, abs=20)


def test_totals_add_up_milliseconds_not_averages() -> None:
    before = noise(4)
    half = before.samples.copy()
    half[:16000] = 0
    truth = [Segment(0, 0.0, 1.0, "PIN", keypad=True), Segment(0, 1.0, 4.0, "PHONE")]
    calls = [score_call("a", before, Sound(half, 8000), truth), score_call("b", before, None, truth)]
    totals = total(calls)
    assert (totals.calls, totals.missing, totals.misshapen) == (2, 1, 0)
    assert totals.all.recall == pytest.approx(2000 / 8000)
    assert {e.entity: (e.spans, e.recall) for e in totals.entities} == {
        "PHONE": (2, pytest.approx(1000 / 6000)),
        "PIN": (2, 0.5),
    }
    assert (totals.keypad.spans, totals.keypad.leaky_spans, totals.keypad.recall) == (2, 1, 0.5)


def test_real_time_factor_counts_channels() -> None:
    assert real_time_factor([Timing(3.0, 30.0, 2), Timing(1.0, 20.0, 1)]) == pytest.approx(4 / 80)
    assert real_time_factor([]) == 0
