"""The ledger never commits past an unfinished message, never goes back, and forgets nothing over a crash."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.ledger import Ledger

FIRST = st.integers(0, 1 << 62)
STEPS = st.lists(st.integers(1, 5), max_size=30)  # 1: the next offset, more: a gap


@st.composite
def histories(draw: st.DrawFn) -> tuple[int, list[tuple[str, int]]]:
    """A first offset, and its messages taken in order and finished in any order, not all of them."""
    first = draw(FIRST)
    ahead = list(accumulate(draw(STEPS), initial=first))
    held: list[int] = []
    acts = []
    for takes in draw(st.lists(st.booleans(), max_size=60)):
        if takes and ahead:
            held.append(ahead.pop(0))
            acts.append(("take", held[-1]))
        elif held:
            acts.append(("done", held.pop(draw(st.integers(0, len(held) - 1)))))
    return first, acts


@given(histories())
def test_nothing_unfinished_is_committed_and_everything_finished_before_it_is(
    history: tuple[int, list[tuple[str, int]]],
) -> None:
    first, acts = history
    ledger, taken, finished = Ledger(first), [], set()
    for act, offset in acts:
        getattr(ledger, act)(offset)
        (taken.append if act == "take" else finished.add)(offset)
        open_ = [t for t in taken if t not in finished]
        assert ledger.held == (open_[0] if open_ else None)
        assert ledger.commit == (open_[0] if open_ else taken[-1] + 1)
        assert ledger.distance == taken[-1] + 1 - ledger.commit


@given(histories())
def test_commits_never_go_back(history: tuple[int, list[tuple[str, int]]]) -> None:
    first, acts = history
    ledger, commits = Ledger(first), [first]
    for act, offset in acts:
        getattr(ledger, act)(offset)
        commits.append(ledger.commit)
    assert commits == sorted(commits)


@given(histories())
def test_what_a_crash_interrupts_comes_again(history: tuple[int, list[tuple[str, int]]]) -> None:
    first, acts = history
    ledger, finished = Ledger(first), set()
    for act, offset in acts:
        getattr(ledger, act)(offset)
        if act == "done":
            finished.add(offset)
    taken = [offset for act, offset in acts if act == "take"]
    again = Ledger(ledger.commit)
    for offset in (t for t in taken if t >= ledger.commit):
        again.take(offset)
        again.done(offset)
        finished.add(offset)
    assert finished == set(taken)
    assert (again.held, again.distance) == (None, 0)


@given(FIRST)
def test_mistakes_of_a_runner_are_told(first: int) -> None:
    ledger = Ledger(first)
    assert (ledger.commit, ledger.held, ledger.distance) == (first, None, 0)
    with pytest.raises(ValueError, match="not held"):
        ledger.done(first)
    ledger.take(first)
    with pytest.raises(ValueError, match="new ledger"):
        ledger.take(first)
    ledger.done(first)
    with pytest.raises(ValueError, match="not held"):
        ledger.done(first)
    with pytest.raises(ValueError, match="start at 0"):
        Ledger(-1 - first)


def test_a_gap_is_no_debt() -> None:
    ledger = Ledger(10)
    for offset in (10, 12, 17):
        ledger.take(offset)
    ledger.done(12)
    assert (ledger.commit, ledger.distance) == (10, 8)
    ledger.done(10)
    assert (ledger.commit, ledger.held) == (17, 17)
    ledger.done(17)
    assert (ledger.commit, ledger.distance) == (18, 0)
