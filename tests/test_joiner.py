"""Blocks that come again, cut anew, are each sample once and in order."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.joiner import HoleError, Joiner


def stream(n: int, channels: int = 2) -> np.ndarray:
    return np.arange(n * channels, dtype=np.int16).reshape(n, channels)


def blocks(cuts: list[int], start: int, n: int) -> list[tuple[int, int]]:
    edges = [start, *sorted({c for c in cuts if start < c < n}), n]
    return list(pairwise(edges))


@given(st.data())
def test_any_cut_and_repetition_gives_every_sample_once(data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 200))
    whole = stream(n)
    joiner, out, sent = Joiner(), [], 0
    for final in [*[False] * data.draw(st.integers(0, 5)), True]:  # senders die and start again somewhere before
        back = data.draw(st.integers(0, sent))
        cuts = data.draw(st.lists(st.integers(0, max(n, 1)), max_size=12))
        plan = blocks(cuts, back, n)
        died = len(plan) if final else data.draw(st.integers(1, len(plan)))
        for start, end in plan[:died]:
            out.append(joiner.push(start, whole[start:end]).copy())
            sent = max(sent, end)
            if data.draw(st.booleans()):  # the reader dies after it kept this block
                joiner = Joiner(joiner.position)
    joined = np.concatenate([*out, np.zeros((0, 2), np.int16)])
    assert np.array_equal(joined, whole)
    assert joiner.position == n


def test_a_hole_is_told_and_nothing_of_the_block_is_taken() -> None:
    joiner = Joiner(100)
    with pytest.raises(HoleError, match="samples 100 to 101 never came") as told:
        joiner.push(101, stream(10))
    assert (told.value.position, told.value.start_sample) == (100, 101)
    assert joiner.position == 100
    assert len(joiner.push(100, stream(3))) == 3
    assert joiner.position == 103


def test_a_hole_is_given_up_on_purpose_only() -> None:
    joiner = Joiner(10)
    assert joiner.skip(5) == 0
    assert joiner.position == 10
    assert joiner.skip(15) == 5
    assert len(joiner.push(12, stream(4))) == 1


def test_what_is_known_comes_empty_with_its_channels() -> None:
    assert Joiner(100).push(20, stream(50, 3)).shape == (0, 3)
    assert Joiner(100).push(0, stream(100)).shape == (0, 2)


@pytest.mark.parametrize("bad", [-1, -(10**12)])
def test_samples_before_the_call_are_refused(bad: int) -> None:
    with pytest.raises(ValueError, match="samples start at 0"):
        Joiner(bad)
    with pytest.raises(ValueError, match="samples start at 0"):
        Joiner(5).push(bad, stream(1))
