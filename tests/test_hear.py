"""Hear: whatever rate the engine listens at, everything is told in the call's own samples, however the audio is cut."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scripted import LATE_MS, RATE, Script, ScriptedEngine, audio, dialogue, doubted, samples

from pipeline.adapters.resample import Resampler
from pipeline.core.errors import EngineError
from pipeline.core.fit import Fit
from pipeline.core.heard import Heard, Utterance
from pipeline.core.level import Frames
from pipeline.core.sound import Sound
from pipeline.core.span import Span, covered, merge
from pipeline.stages.channel import Hear

SCRIPT = doubted(
    dialogue("A: what is the number of your boat", "A +1.2: i mean the small one with the red sail", mono=True)
)
PCM = audio(SCRIPT)[:, 0]


def hear(pcm: NDArray[np.int32], script: Script, cuts: Sequence[int] = (), *, rate: int = RATE, engine: int = RATE):
    """All Sounds of one channel."""
    stage = Hear(3, rate, 16, ScriptedEngine(script, engine), Resampler)
    return [*(stage.push(part) for part in np.split(pcm, sorted(cuts))), stage.flush()]


def utterances(told: Sequence[Sound]) -> list[Utterance]:
    return [u for sound in told for u in sound.heard.utterances]


def keys(told: Sequence[Sound]) -> tuple[Span, ...]:
    return merge(k for sound in told for k in sound.keys)


def loudness(told: Sequence[Sound]) -> NDArray[np.float32]:
    """The frames of all Sounds, which join without a hole."""
    at = 0
    for sound in told:
        assert sound.frames.first == at
        at = sound.frames.end
    return np.concatenate([np.stack((s.frames.rms, s.frames.threshold)) for s in told], axis=1)


def check(told: Sequence[Sound], size: int) -> None:
    """Holds for any audio: positions grow, nothing lies outside, nothing is told late."""
    upto = keys_upto = 0
    for sound in told:
        assert sound.channel == 3
        assert upto <= sound.heard.upto <= size
        assert keys_upto <= sound.keys_upto <= size
        assert all(upto <= u.span.start and u.span.end <= size for u in sound.heard.utterances)
        assert all(keys_upto <= k.start and k.end <= size for k in sound.keys)
        upto, keys_upto = sound.heard.upto, sound.keys_upto
    assert [s.ended for s in told] == [False] * (len(told) - 1) + [True]
    assert upto == keys_upto == size


def test_a_call_at_the_engines_rate_is_told_as_it_was_heard() -> None:
    told = hear(PCM, SCRIPT, range(RATE // 4, PCM.size, RATE // 4))
    check(told, PCM.size)
    assert utterances(told) == SCRIPT.utterances[0]


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("engine", [8_000, 16_000])
def test_positions_are_samples_of_the_call(rate: int, engine: int) -> None:
    pcm = audio(SCRIPT, rate=rate)[:, 0]
    told = hear(pcm, SCRIPT, range(rate // 4, pcm.size, rate // 4), rate=rate, engine=engine)
    check(told, pcm.size)
    said = [w for u in SCRIPT.utterances[0] for words in u.readings for w in words]
    got = [w for u in utterances(told) for words in u.readings for w in words]
    assert [(w.text, w.confidence) for w in got] == [(w.text, w.confidence) for w in said]
    slack = -(-rate // min(engine, RATE)) + 1
    for word, truth in zip(got, said, strict=True):
        start, end = truth.span.start * rate // RATE, -(-truth.span.end * rate // RATE)
        assert start - slack <= word.span.start <= start
        assert end <= word.span.end <= end + slack


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(0, PCM.size), max_size=10))
def test_how_the_audio_is_cut_changes_nothing(cuts: list[int]) -> None:
    one, other = hear(PCM, SCRIPT), hear(PCM, SCRIPT, cuts)
    check(other, PCM.size)
    assert utterances(other) == utterances(one)
    assert keys(other) == keys(one)
    assert np.array_equal(loudness(other), loudness(one))


def test_loudness_says_where_words_are() -> None:
    told = hear(PCM, SCRIPT)
    rms, threshold = loudness(told)
    word = SCRIPT.utterances[0][0].words[2].span
    frames = slice(word.start * 100 // RATE + 1, word.end * 100 // RATE - 1)
    assert (rms[frames] > threshold[frames]).all()
    assert (rms[:80] < threshold[:80]).all()


def tones(seconds: float) -> NDArray[np.float64]:
    t = np.arange(samples(seconds)) / RATE
    return 6_000 * (np.sin(2 * np.pi * 770 * t) + np.sin(2 * np.pi * 1336 * t))


def test_keys_pressed_are_told_up_to_the_last_sample() -> None:
    pcm = np.zeros(samples(4), np.int32)
    first, last = Span(samples(1), samples(1.2)), Span(samples(3.9), samples(4))
    for press in (first, last):
        pcm[press.start : press.end] = tones(press.size / RATE).astype(np.int32)
    silent = Script(1, [[]], [[]], length=pcm.size)
    told = hear(pcm, silent, range(700, pcm.size, 700))
    check(told, pcm.size)
    assert all(covered(press, keys(told)) == press.size for press in (first, last))


@pytest.mark.parametrize("spare_s", [0.002, 0.01, 0.02])
def test_words_told_of_while_the_last_samples_are_resampled_count(spare_s: float) -> None:
    end = SCRIPT.utterances[0][-1].span.end + LATE_MS * RATE // 1000
    cut = audio(SCRIPT, rate=44_100)[: (end + samples(spare_s)) * 44_100 // RATE, 0]
    told = hear(cut, SCRIPT, rate=44_100, engine=16_000)
    check(told, cut.size)
    assert len(utterances(told)) == len(SCRIPT.utterances[0])


def test_a_call_without_a_sample_ends_too() -> None:
    told = hear(np.zeros(0, np.int32), Script(1, [[]], [[]]))
    check(told, 0)
    assert utterances(told) == []


def test_an_engine_that_dies_is_told_of() -> None:
    stage = Hear(0, RATE, 16, ScriptedEngine(SCRIPT, dies_at=samples(2)), Resampler)
    stage.push(PCM[: samples(1)])
    with pytest.raises(EngineError):
        stage.push(PCM[samples(1) : samples(3)])


def test_speech_told_before_is_left_out_of_every_reading() -> None:
    fit = Fit(RATE)
    utterance = doubted(dialogue("A: nine eight seven", mono=True)).utterances[0][0]
    first, second, last = (w.span for w in utterance.words)
    frames = Frames(RATE, 0, np.zeros(0, np.float32), np.zeros(0, np.float32))
    known = Utterance(Span(utterance.span.start, second.start), ())
    fit.push(Sound(0, Heard(second.start, (known,)), (), 0, frames))
    (rest,) = fit.push(Sound(0, Heard(utterance.span.end, (utterance,)), (), 0, frames)).heard.utterances
    assert rest.span == Span(second.start, utterance.span.end)
    assert [[w.span for w in words] for words in rest.readings] == [[second, last], [second], [second, last]]
    assert first.end <= second.start
