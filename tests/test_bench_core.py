"""What the benchmark computes: composed calls, waits, searches, goals."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.bench_figures import Spread, curve, largest, line, pace, ratio, spread
from pipeline.core.bench_goals import judged
from pipeline.core.bench_talk import NOISE_RMS, Talk, compose
from pipeline.core.bench_wait import waits
from pipeline.core.span import Span

RATE = 8000
SIZES = st.lists(st.integers(RATE // 2, 9 * RATE), min_size=6, max_size=30)


def pieces(sizes: Sequence[int], level: int = 3000) -> list[np.ndarray]:
    """Each piece of one value, another for each: so that it is known in a talk."""
    return [np.full(size, level + n, np.int16) for n, size in enumerate(sizes)]


def talk(sizes: Sequence[int], seconds: float = 60, share: float = 0.4, seed: int = 1) -> Talk:
    return compose(pieces(sizes), rate=RATE, seconds=seconds, share=share, seed=seed)


# --- talks


@given(sizes=SIZES, share=st.sampled_from([0.1, 0.2, 0.4]), seed=st.integers(0, 99))
@settings(max_examples=30)
def test_each_side_speaks_its_share(sizes: list[int], share: float, seed: int) -> None:
    made = talk(sizes, 240, share, seed)
    # A turn more or less on either side, and what one side may be ahead of the other.
    slack_s = 2 * max(sizes) / RATE + 5
    assert abs(made.share(0) - share) <= slack_s / 240
    assert abs(made.share(1) - share) <= slack_s / 240


def test_over_many_calls_the_share_is_exact() -> None:
    sizes = [int(s) for s in np.random.default_rng(0).lognormal(0.8, 0.5, 60) * RATE]
    for share in (0.1, 0.2, 0.4):
        calls = [talk(sizes, 30, share, seed) for seed in range(60)]
        assert np.mean([c.share(side) for c in calls for side in (0, 1)]) == pytest.approx(share, rel=0.05)


@given(sizes=SIZES, seed=st.integers(0, 999))
@settings(max_examples=20)
def test_a_talk_is_a_function_of_its_seed(sizes: list[int], seed: int) -> None:
    one, again, other = talk(sizes, 20, seed=seed), talk(sizes, 20, seed=seed), talk(sizes, 20, seed=seed + 1)
    assert one.turns == again.turns
    assert np.array_equal(one.pcm, again.pcm)
    assert not np.array_equal(one.pcm, other.pcm)


@given(sizes=SIZES, share=st.sampled_from([0.1, 0.4, 0.6]), seed=st.integers(0, 99))
@settings(max_examples=20)
def test_turns_lie_where_their_sound_does_and_never_over_each_other(sizes: list[int], share: float, seed: int) -> None:
    made = talk(sizes, 45, share, seed)
    assert made.pcm.shape == (45 * RATE, 2)
    heard = np.zeros(made.pcm.shape, bool)
    for turn in made.turns:
        part = made.pcm[turn.span.start : turn.span.end, turn.channel].astype(np.int32)
        assert not heard[turn.span.start : turn.span.end, turn.channel].any()
        heard[turn.span.start : turn.span.end, turn.channel] = True
        assert abs(float(part.mean()) - 3000 - turn.piece) < 2
    assert np.abs(made.pcm[~heard]).max() < 8 * NOISE_RMS


def test_the_loudest_speech_is_clipped_and_never_wraps() -> None:
    made = compose(pieces([RATE] * 6, 32_750), rate=RATE, seconds=20, share=0.4, seed=1)
    for turn in made.turns:
        assert made.pcm[turn.span.start : turn.span.end, turn.channel].min() > 32_600


def test_turns_are_of_a_conversation() -> None:
    sizes = [int(s) for s in np.linspace(0.5, 9, 80) * RATE]
    made = talk(sizes, 1200)
    lengths = np.array([t.span.size / RATE for t in made.turns])
    assert 0.5 < ((lengths > 1) & (lengths < 3)).mean() < 0.75
    assert 0.02 < ((lengths > 5) & (lengths < 8)).mean() < 0.1
    both = np.zeros((len(made.pcm), 2), bool)
    for turn in made.turns:
        both[turn.span.start : turn.span.end, turn.channel] = True
    assert 0 < both.all(axis=1).mean() < 0.05


@pytest.mark.parametrize(("sizes", "seconds", "share"), [([], 10, 0.4), ([0], 10, 0.4), ([99], 0, 0.4), ([99], 9, 0.7)])
def test_no_talk_of_nothing(sizes: list[int], seconds: float, share: float) -> None:
    with pytest.raises(ValueError, match="no talk"):
        talk(sizes, seconds, share)


# --- the search


@given(st.integers(0, 400), st.integers(1, 500))
def test_bisection_finds_the_largest_number_that_holds(capacity: int, guess: int) -> None:
    asked: list[int] = []

    def holds(n: int) -> bool:
        asked.append(n)
        return n <= capacity

    assert largest(holds, guess, within=0.0) == capacity
    assert len(asked) == len(set(asked))
    assert len(asked) < 40
    near = largest(lambda n: n <= capacity, guess, within=0.1)
    assert capacity * 0.9 - 1 <= near <= capacity


def test_the_search_ends_at_its_bound() -> None:
    assert largest(lambda _: True, 7, most=50) == 50
    assert largest(lambda _: False, 7) == 0


# --- keeping up


def lags(growth: float, base: float = 0.2) -> list[tuple[float, float]]:
    return [(n / 4, base + growth * n / 4) for n in range(1, 121)]


def test_calls_that_lag_evenly_keep_up_and_those_that_fall_behind_do_not() -> None:
    assert pace(lags(0.0), missing=0, warm_s=5, until_s=30).keeps_up
    assert not pace(lags(0.05), missing=0, warm_s=5, until_s=30).keeps_up
    assert not pace(lags(0.0, base=2.1), missing=0, warm_s=5, until_s=30).keeps_up
    assert pace(lags(0.05), missing=0, warm_s=5, until_s=30).growth == pytest.approx(0.05)


def test_chunks_that_never_came_count_as_lost() -> None:
    assert not pace(lags(0.0)[:-6], missing=6, warm_s=5, until_s=30).keeps_up
    assert not pace([], missing=9, warm_s=5, until_s=30).keeps_up
    assert pace([], missing=9, warm_s=5, until_s=30).lag_s == math.inf


# --- waits


def test_a_block_waits_from_its_end_from_that_of_its_turn_and_of_the_next() -> None:
    turns = [Span(0, 1000), Span(1100, 2000), Span(4000, 5000)]
    found = waits([2.5] * 8 + [6.0, 6.0, None], 500, 1000, turns=turns, hidden=[Span(4200, 4300)], pause=200, now_s=9.0)
    assert [w.delay_s for w in found[:2]] == [2.0, 1.5]
    assert found[0].after_turn_s == pytest.approx(1.5)  # its turn ended at 1.0 s
    assert found[0].after_next_s == pytest.approx(0.5)  # and the answer to it at 2.0 s
    assert found[2].after_next_s == found[2].after_turn_s == pytest.approx(0.5)  # the next is far off
    assert found[5].after_turn_s is None
    assert [w.hidden for w in found] == [False] * 8 + [True, True, False]
    assert [w.cut for w in found] == [False] * 10 + [True]
    assert found[10].delay_s == pytest.approx(9.0 - 5.5)


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 20)), max_size=8), st.integers(0, 9))
def test_no_wait_is_longer_from_a_later_moment(turns: list[tuple[int, int]], pause: int) -> None:
    spans = [Span(start, start + size) for start, size in turns]
    for wait in waits([50.0] * 10, 10, 1, turns=spans, hidden=[], pause=pause, now_s=99):
        if wait.after_turn_s is not None:
            assert wait.after_next_s is not None
            assert wait.after_next_s <= wait.after_turn_s <= wait.delay_s


# --- figures


def test_spreads_and_curves() -> None:
    assert spread([]) == Spread(0)
    assert spread([float(n) for n in range(101)]) == Spread(101, 50, 90, 99, 100)
    points = curve([3.0, 1.0, 2.0])
    assert points[0] == (1.0, 0.0)
    assert points[-1] == (3.0, 1.0)
    assert points == sorted(points)
    assert curve([]) == []


@given(st.floats(-5, 5), st.floats(-5, 5), st.lists(st.integers(0, 50), min_size=2, unique=True))
def test_a_line_is_found_again(slope: float, intercept: float, x: list[int]) -> None:
    found = line(x, [slope * v + intercept for v in x])
    assert found.slope == pytest.approx(slope, abs=1e-6)
    assert found.intercept == pytest.approx(intercept, abs=1e-5)


def test_a_line_says_how_much_it_explains() -> None:
    assert line([0, 1, 2, 3], [0, 1, 2, 3]).r2 == pytest.approx(1.0)
    assert line([0, 1, 2, 3], [0, 3, 0, 3]).r2 == pytest.approx(0.2)
    with pytest.raises(ValueError, match="two different"):
        line([1, 1], [2, 3])


def test_ratios() -> None:
    assert ratio(6.0, 2.0) == 3.0
    assert ratio(None, 2.0) is None
    assert ratio(1.0, 0.0) is None


def test_goals_are_held_against_what_was_measured_and_only_that() -> None:
    found = judged({"capacity": {"calls_per_core": 31}, "memory": {"open": {"mb_each": 2.5}}})
    assert [(g["goal"], g["value"], g["met"]) for g in found] == [(">= 30", 31, True), ("<= 2", 2.5, False)]
    assert judged({"peers": {"left_out": "why"}}) == []
