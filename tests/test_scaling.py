"""The simulation loses nothing and the plan holds in it; the page says what the command makes."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from aiokafka.partitioner import murmur2
from hypothesis import given, settings
from hypothesis import strategies as st
from scaling import AT_S, KILL_LAG_S_MAX, PAGE, SIZES, figure_table, plan_tables, written
from simulate import CHAIN, STEP_S, Fault, Leave, NoBroker, Outcome, Roll, partition_of, ranges, running, simulate

from pipeline.adapters.plan_figures import load_figures
from pipeline.core.plan import Plan, Wish, calls_max, plan

FIGURES = load_figures()
FAULTS = st.lists(
    st.one_of(
        st.builds(Leave, st.sampled_from(CHAIN), st.floats(0, 60), st.floats(0, 0.4), st.booleans(), st.floats(0, 30)),
        st.builds(NoBroker, st.floats(0, 60), st.floats(1, 30)),
        st.builds(Roll, st.sampled_from(CHAIN), st.floats(0, 60), st.floats(0.2, 1)),
    ),
    max_size=3,
)


@cache
def made(calls: int) -> Plan:
    return plan(Wish(calls), FIGURES)


@cache
def killed(calls: int, percent: int) -> Outcome:
    """A worker of hear dies at that utilisation."""
    one = made(calls)
    load = percent / 100 * one.stages[1].workers * calls_max("hear", 1.0, FIGURES)
    return simulate(one, FIGURES, [Leave("hear", AT_S, 0)], seconds=300, seed=3, calls=load)


# What it is made of is what the workers use


def test_calls_go_where_producers_put_them() -> None:
    for n in range(50):
        key = b"acme/call-%d" % n
        assert partition_of(key, 72) == (murmur2(key) & 0x7FFFFFFF) % 72


@given(st.integers(1, 40), st.integers(1, 100))
def test_every_partition_has_one_worker_and_workers_hold_equally_many(workers: int, partitions: int) -> None:
    owner = ranges([f"{n:03d}" for n in range(workers)], partitions)
    held = np.bincount(owner, minlength=workers)
    assert held.sum() == partitions
    assert held.max() - held.min() <= 1
    assert (np.diff(owner) >= 0).all(), "ranges"


def test_calls_begin_and_end_by_chance_around_their_mean() -> None:
    load = running(500, 6, 600, 24, np.random.default_rng(1))
    assert load.shape == (600 / STEP_S, 24)
    assert (load >= 0).all()
    assert load.sum(axis=1).mean() == pytest.approx(500, rel=0.1)
    assert load.mean(axis=0).std() > 0.5 * np.sqrt(500 / 24), "hashing would have to be uneven"
    morning = running(500, 6, 1_200, 24, np.random.default_rng(1), ramp_s=600).sum(axis=1)
    assert morning[0] == pytest.approx(250, rel=0.2)
    assert morning[-100:].mean() == pytest.approx(500, rel=0.15)


# Properties


@settings(max_examples=25, deadline=None)
@given(FAULTS, st.integers(0, 1_000))
def test_no_call_is_lost_and_all_is_caught_up_while_there_is_room(faults: list[Fault], seed: int) -> None:
    found = simulate(made(100), FIGURES, faults, seconds=500, seed=seed)
    assert found.left_s == pytest.approx(0, abs=1e-3 * found.calls.sum() * STEP_S), "more came than left"
    assert found.left_s >= -1e-6, "more left than came"
    assert found.worst[-1] <= 1
    assert (found.lag_s >= 0).all()


@settings(max_examples=10, deadline=None)
@given(FAULTS)
def test_the_same_seed_comes_to_the_same(faults: list[Fault]) -> None:
    first, second = (simulate(made(100), FIGURES, faults, seconds=120, seed=5) for _ in range(2))
    assert (first.lag_s == second.lag_s).all()


def test_more_than_they_can_do_lags_without_end_and_says_so() -> None:
    found = killed(100, 120)
    assert found.caught_up_s(AT_S) is None
    assert found.left_s > 0
    assert found.over > 0.5
    assert found.worst[-1] > found.worst[len(found.worst) // 2]


def test_less_room_never_lags_less_on_average() -> None:
    lags = [float((o.lag_s * o.calls).sum() / o.calls.sum()) for o in (killed(1_000, p) for p in (40, 60, 80, 95))]
    assert lags == sorted(lags)


def test_a_stage_behind_holds_up_those_after_it_and_none_before() -> None:
    for stage in CHAIN:
        found = simulate(made(100), FIGURES, [Leave(stage, AT_S, 1.0, back_s=30)], seconds=300, seed=2)
        assert found.worst.max() > 25, stage
        assert found.caught_up_s(AT_S) is not None


def test_without_kafka_everything_waits_and_nothing_is_lost() -> None:
    found = simulate(made(100), FIGURES, [NoBroker(AT_S, 60)], seconds=400, seed=2)
    assert 60 <= found.worst.max() <= 75
    assert found.left_s == pytest.approx(0, abs=1)


def test_a_rolling_update_stops_a_stage_twice_for_each_batch() -> None:
    many, few = (simulate(made(1_000), FIGURES, [Roll("hear", AT_S, s)], seconds=900, seed=2) for s in (0.1, 0.5))
    assert few.stops == 4
    assert many.stops == 2 * 6  # of 6 workers, one at a time
    assert few.rolled_s is not None
    assert few.rolled_s < (many.rolled_s or 1e9)


# The plan holds


@pytest.mark.parametrize("calls", SIZES)
def test_a_killed_worker_is_borne_as_the_page_says(calls: int) -> None:
    found = simulate(made(calls), FIGURES, [Leave("hear", AT_S, 0)], seconds=300, seed=11)
    assert found.over == 0
    assert 6 < found.worst.max() <= KILL_LAG_S_MAX
    assert found.caught_up_s(AT_S) is not None
    assert found.quantile(0.5) == 0


# The page


def test_the_page_has_the_plan_of_these_figures() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert written(page, {"plan": plan_tables(FIGURES), "figures": figure_table(FIGURES)}) == page, (
        "run: python tests/scaling.py"
    )
    assert f"{KILL_LAG_S_MAX:.0f} s" in page


def test_a_page_without_its_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="markers plan"):
        written("nothing", {"plan": []})
