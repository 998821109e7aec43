"""The call's clock and the engine's: nothing inside a span may fall out of it, and sound keeps its place."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.adapters.resample import Resampler
from pipeline.core.rates import RateMap
from pipeline.core.span import Span

RATES = st.sampled_from([4_000, 8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000])
SAMPLES = st.integers(0, 10**10)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = draw(SAMPLES)
    return Span(start, start + draw(st.integers(0, 10**7)))


def holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


@given(RATES, RATES, st.integers(0, 500), spans())
def test_a_round_trip_never_shrinks_a_span(native: int, engine: int, delay: int, span: Span) -> None:
    rates = RateMap(native, engine, delay)
    assert holds(rates.to_native(rates.to_engine(span)), span)
    back = rates.to_engine(rates.to_native(span))
    # what lies before the start of the call has no native position
    assert holds(back, Span(max(span.start, delay), max(span.end, delay)))


@given(RATES, RATES, st.integers(0, 500), spans())
def test_rounding_is_outward_and_by_less_than_a_sample(native: int, engine: int, delay: int, span: Span) -> None:
    rates = RateMap(native, engine, delay)
    start = max(Fraction(0), Fraction((span.start - delay) * native, engine))
    end = max(Fraction(0), Fraction((span.end - delay) * native, engine))
    got = rates.to_native(span)
    assert start - 1 < got.start <= start
    assert end <= got.end < end + 1
    there = rates.to_engine(span)
    assert Fraction(span.start * engine, native) + delay - 1 < there.start
    assert there.start <= Fraction(span.start * engine, native) + delay
    assert Fraction(span.end * engine, native) + delay <= there.end
    assert there.end < Fraction(span.end * engine, native) + delay + 1


@given(RATES, RATES, st.integers(0, 10**10))
def test_having_heard_all_means_the_whole_call(native: int, engine: int, samples: int) -> None:
    rates = RateMap(native, engine)
    assert rates.to_native_start(rates.engine_size(samples)) >= samples


def test_equal_rates_change_nothing() -> None:
    assert RateMap(8_000, 8_000).to_native(Span(17, 4711)) == Span(17, 4711)


def test_a_delay_moves_sound_back() -> None:
    rates = RateMap(8_000, 16_000, delay_samples=100)
    assert rates.to_native(Span(300, 501)) == Span(100, 201)
    assert rates.to_engine(Span(100, 200)) == Span(300, 500)
    assert rates.to_native(Span(10, 20)) == Span(0, 0)


@pytest.mark.parametrize("bad", [(0, 16_000, 0), (8_000, 0, 0), (8_000, 16_000, -1)])
def test_no_such_clock(bad: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="not a rate map"):
        RateMap(*bad)


def resampled(native: int, engine: int, pcm: NDArray[np.int16], cuts: list[int]) -> NDArray[np.int16]:
    resampler = Resampler(native, engine)
    edges = [0, *sorted(cut % (pcm.size + 1) for cut in cuts), pcm.size]
    parts = [resampler.push(pcm[a:b]) for a, b in itertools.pairwise(edges)]
    return np.concatenate([*parts, resampler.flush()])


def noise(size: int) -> NDArray[np.int16]:
    return np.random.default_rng(size).integers(-20_000, 20_000, size).astype(np.int16)


@settings(max_examples=60, deadline=None)
@given(
    RATES,
    st.sampled_from([8_000, 16_000]),
    st.integers(0, 30_000),
    st.lists(st.integers(0, 10**6), max_size=40),
)
def test_cuts_change_nothing_and_the_length_is_exact(native: int, engine: int, size: int, cuts: list[int]) -> None:
    pcm = noise(size)
    whole = resampled(native, engine, pcm, [])
    assert whole.dtype == np.int16
    assert whole.size == -(-size * engine // native)
    assert np.array_equal(resampled(native, engine, pcm, cuts), whole)


@pytest.mark.parametrize("native", [4_000, 8_000, 11_025, 44_100, 48_000, 192_000])
@pytest.mark.parametrize("second", [0.0, 0.01, 0.7, 1.999])
def test_a_click_keeps_its_place(native: int, second: float) -> None:
    at = int(native * second)
    pcm = np.zeros(2 * native, dtype=np.int16)
    pcm[at] = 30_000
    out = resampled(native, 16_000, pcm, list(range(0, 2 * native, 997)))
    assert abs(int(np.abs(out.astype(np.int32)).argmax()) - at * 16_000 / native) <= 1


def test_no_drift_over_two_hours() -> None:
    """A click in the last minute of two hours at a rate that does not divide."""
    native, minute = 11_025, 11_025 * 60
    resampler, quiet = Resampler(native, 16_000), np.zeros(minute, dtype=np.int16)
    last = quiet.copy()
    last[minute // 2] = 30_000
    given_out, peak = 0, -1
    for part in itertools.chain((resampler.push(last if i == 119 else quiet) for i in range(120)), [None]):
        out = resampler.flush() if part is None else part
        if out.size and np.abs(out).max() > 3_000:
            peak = given_out + int(np.abs(out).argmax())
        given_out += out.size
    assert given_out == 7_200 * 16_000
    assert abs(peak - 7_170 * 16_000) <= 1


@given(st.integers(0, 2_000), st.lists(st.integers(0, 10**6), max_size=9))
def test_equal_rates_pass_samples_through(size: int, cuts: list[int]) -> None:
    pcm = noise(size)
    assert np.array_equal(resampled(16_000, 16_000, pcm, cuts), pcm)


def test_floats_sound_like_integers_and_are_clipped() -> None:
    pcm = noise(8_000)
    resampler = Resampler(8_000, 16_000)
    floats = (pcm / np.float32(32_768)).astype(np.float32)
    got = np.concatenate([resampler.push(floats), resampler.flush()])
    assert np.array_equal(got, resampled(8_000, 16_000, pcm, []))
    loud = Resampler(16_000, 16_000).push(np.array([2.0, 1.0, -1.0, -3.0], dtype=np.float32))
    assert loud.tolist() == [32_767, 32_767, -32_768, -32_768]


@pytest.mark.parametrize(("bits", "shift"), [(16, 0), (24, 8)])
def test_blocks_of_either_depth_sound_alike(bits: int, shift: int) -> None:
    pcm = noise(8_000)
    resampler = Resampler(44_100, 16_000, bits)
    got = np.concatenate([resampler.push(pcm.astype(np.int32) << shift), resampler.flush()])
    assert np.array_equal(got, resampled(44_100, 16_000, pcm, []))


def test_no_such_depth() -> None:
    with pytest.raises(ValueError, match="no such depth"):
        Resampler(8_000, 16_000, 20)


def test_a_flushed_resampler_is_as_new() -> None:
    resampler, pcm = Resampler(8_000, 16_000), noise(5_000)
    first = np.concatenate([resampler.push(pcm), resampler.flush()])
    again = np.concatenate([resampler.push(pcm), resampler.flush()])
    assert np.array_equal(first, again)


@pytest.mark.parametrize("wrong", [np.zeros((4, 1), dtype=np.int16), np.zeros(4, dtype=np.float64)])
def test_only_mono_of_known_type(wrong: NDArray[np.int16]) -> None:
    with pytest.raises(ValueError, match="mono int16, int32 or float32"):
        Resampler(8_000, 16_000).push(wrong)
