"""Frame energies: exact alignment, no trace of how the feed is cut, a floor that only looks back, bounds."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.level import CEILING_DBFS, FLOOR_MIN_DBFS, Level, frame_at, frame_start, to_grid
from pipeline.core.span import Span

RATES = [8_000, 11_025, 16_000, 44_100, 48_000]


def noise(n, dbfs, seed=0):
    return np.random.default_rng(seed).normal(0, 10 ** (dbfs / 20), n)


@given(rate=st.sampled_from(RATES), sample=st.integers(0, 10**9))
def test_every_sample_has_one_frame(rate, sample):
    k = frame_at(sample, rate)
    assert frame_start(k, rate) <= sample < frame_start(k + 1, rate)


@settings(max_examples=40, deadline=None)
@given(
    rate=st.sampled_from(RATES),
    cuts=st.lists(st.floats(0, 1), max_size=12),
    seed=st.integers(0, 5),
    keep_ms=st.sampled_from([700, 60_000]),
)
def test_cutting_changes_no_frame(rate, cuts, seed, keep_ms):
    audio = noise(3 * rate, -40, seed)
    audio[rate : 2 * rate] *= 8
    whole = Level(rate, keep_ms=keep_ms)
    whole.push(audio)
    parts = Level(rate, keep_ms=keep_ms)
    edges = sorted({0, audio.size, *(int(c * audio.size) for c in cuts)})
    for a, b in pairwise(edges):
        parts.push(audio[a:b])
        assert b - rate // 100 - 1 <= parts.upto <= b
    one, other = whole.frames(), parts.frames()
    assert (one.first, one.end) == (other.first, other.end)
    assert np.array_equal(one.rms, other.rms)
    assert np.array_equal(one.threshold, other.threshold)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("bits", "kind"), [(16, np.int16), (24, np.int32), (16, np.float64)])
def test_rms_is_that_of_the_frame_s_own_samples(rate, bits, kind):
    audio = noise(rate, -20)
    pcm = audio if kind is np.float64 else np.rint(audio * 2 ** (bits - 1)).astype(kind)
    level = Level(rate, bits)
    level.push(pcm)
    frames = level.frames()
    assert frames.end == 100
    for k in range(100):
        own = audio[frame_start(k, rate) : frame_start(k + 1, rate)]
        assert frames.rms[k] == pytest.approx(np.sqrt((own**2).mean()), rel=1e-3)


@settings(max_examples=30, deadline=None)
@given(rate=st.sampled_from(RATES), deep=st.booleans(), seed=st.integers(0, 9), every=st.integers(1, 3_000))
def test_sums_are_those_of_whole_numbers(rate, deep, seed, every):
    bits, kind = (24, np.int32) if deep else (16, np.int16)
    pcm = np.random.default_rng(seed).integers(-(2 ** (bits - 1)), 2 ** (bits - 1), rate // 2).astype(kind)
    level = Level(rate, bits)
    for at in range(0, pcm.size, every):
        level.push(pcm[at : at + every])
    grid = [round(int(x) * 2.0 ** (20 - bits)) for x in pcm]
    for k, rms in enumerate(level.frames().rms):
        own = [min(x, 2**19 - 1) for x in grid[frame_start(k, rate) : frame_start(k + 1, rate)]]
        assert rms == np.float32(np.sqrt(sum(x * x for x in own) / len(own)) / 2**19)


def test_full_scale_does_not_overflow():
    level = Level(48_000, 24)
    level.push(np.full(48_000, -(2**23), np.int32))
    assert np.all(level.frames().rms == 1.0)


def test_voice_above_a_steady_line_noise_is_found_and_the_noise_is_not():
    rate = 8_000
    audio = noise(20 * rate, -48)
    loud = [Span(5 * rate, 6 * rate), Span(15 * rate, 15 * rate + 800)]
    for span in loud:
        audio[span.start : span.end] += noise(span.size, -25, 7)
    level = Level(rate)
    level.push(audio)
    assert level.voiced(Span(3 * rate, 20 * rate)) == tuple(loud)
    assert level.voiced(Span(5 * rate + 33, 5 * rate + 50)) == (Span(5 * rate + 33, 5 * rate + 50),)
    assert level.voiced(Span(7 * rate, 7 * rate)) == ()
    assert level.voiced(Span(30 * rate, 31 * rate)) == ()  # not heard yet


def test_the_threshold_looks_back_only():
    rate = 8_000
    audio = noise(10 * rate, -50)
    changed = audio.copy()
    changed[6 * rate :] = noise(4 * rate, -20, 3)
    one, other = Level(rate), Level(rate)
    one.push(audio)
    other.push(changed)
    assert np.array_equal(one.frames().threshold[:600], other.frames().threshold[:600])
    one.push(np.zeros(40 * rate))
    other.push(noise(40 * rate, -20, 4))
    assert one.frames().threshold[-1] == pytest.approx(10 ** (FLOOR_MIN_DBFS / 20))
    assert other.frames().threshold[-1] == pytest.approx(10 ** (CEILING_DBFS / 20))


@pytest.mark.parametrize("loudest_dbfs", [-10, -25, -40, -60])
def test_on_a_quiet_line_softer_sound_counts(loudest_dbfs):
    """What lies 34 dB under the loudest talk is heard on any line, unless it is as soft as digital silence."""
    rate = 8_000
    talk, soft = noise(rate, loudest_dbfs, 4), noise(rate, max(loudest_dbfs - 34, FLOOR_MIN_DBFS + 4), 5)
    level = Level(rate)
    level.push(np.concatenate([np.zeros(3 * rate), talk, np.zeros(rate), soft, np.zeros(rate)]))
    assert sum(s.size for s in level.voiced(Span(5 * rate, 6 * rate))) > 0.95 * rate
    assert level.voiced(Span(6 * rate + 100, 7 * rate)) == ()


def test_frames_are_dropped_and_asking_for_them_is_an_error():
    rate = 16_000
    level = Level(rate, keep_ms=2_000)
    for _ in range(50):
        level.push(noise(rate // 5, -30))
    assert level.frames().rms.size == 200
    level.forget(9 * rate + 5)
    frames = level.frames()
    assert (frames.first, frames.end) == (900, 1_000)
    assert level.upto == 10 * rate
    with pytest.raises(ValueError, match="dropped"):
        level.voiced(Span(8 * rate, 9 * rate))
    assert level.voiced(Span(9 * rate, 10 * rate)) == (Span(9 * rate, 10 * rate),)
    level.forget(99 * rate)
    level.push(noise(rate, -30))
    assert level.frames().end == 1_100


def test_two_channels_at_once_or_a_rate_without_frames_is_an_error():
    with pytest.raises(ValueError, match="one channel"):
        Level(8_000).push(np.zeros((5, 2)))
    with pytest.raises(ValueError, match="99 Hz"):
        Level(99)


def test_grid_clips_and_rounds():
    assert to_grid(np.array([2.0, -2.0, 0.5]), 16, 8).tolist() == [127, -128, 64]
    assert to_grid(np.array([2**15 - 1, -(2**15)], np.int16), 16, 8).tolist() == [127, -128]
    assert to_grid(np.array([2**15 - 1, -(2**15)], np.int16), 16, 20).tolist() == [2**19 - 16, -(2**19)]
    assert to_grid(np.array([2**15, -(2**15) - 1], np.int32), 16, 20).tolist() == [2**19 - 1, -(2**19)]
    assert to_grid(np.array([], np.int32), 16).tolist() == []
