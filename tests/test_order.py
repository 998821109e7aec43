"""The audio of one channel comes out in order, whatever way it came in; what is lost or late is told."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.order import LOST_MAX, Order
from pipeline.core.span import Span

WINDOW = 10


def tone(start: int, end: int) -> np.ndarray:
    """Samples that say where they belong."""
    return np.arange(start, end, dtype=np.int16)


def settled(order: Order, upto: int = 0) -> list[tuple[int, list[int]]]:
    return [(piece.start, piece.pcm.tolist()) for piece in order.settle(upto)]


def test_what_follows_is_settled_at_once() -> None:
    order = Order(WINDOW)
    assert order.push(0, tone(0, 3)) == (3, 0)
    assert settled(order) == [(0, [0, 1, 2])]
    assert order.push(3, tone(3, 5)) == (2, 0)
    assert settled(order) == [(3, [3, 4])]
    assert (order.position, order.held, list(order.lost)) == (5, 0, [])


def test_what_came_first_counts_and_twice_is_nothing_new() -> None:
    order = Order(WINDOW)
    order.push(4, tone(4, 8))
    assert order.push(2, tone(102, 110)) == (4, 0), "2, 3 and 8, 9"
    assert order.push(0, tone(0, 4)) == (2, 0)
    assert settled(order) == [(0, [0, 1]), (2, [102, 103]), (4, [4, 5, 6, 7]), (8, [108, 109])]
    assert order.push(0, tone(0, 10)) == (0, 0)


def test_a_hole_is_lost_when_audio_a_window_beyond_it_has_come() -> None:
    order = Order(WINDOW)
    order.push(2, tone(2, 11))
    assert settled(order) == [], "sample 1 may still come"
    order.push(11, tone(11, 12))
    assert settled(order) == [(2, list(range(2, 11))), (11, [11])]
    assert list(order.lost) == [Span(0, 2)]
    assert order.push(0, tone(0, 13)) == (1, 2), "two samples came too late, one is new"


def test_a_hole_is_given_up_sample_by_sample() -> None:
    order = Order(WINDOW)
    order.push(8, tone(8, 14))
    assert settled(order) == []
    assert (order.position, list(order.lost)) == (4, [Span(0, 4)])
    assert order.push(4, tone(4, 8)) == (4, 0)
    assert settled(order) == [(4, [4, 5, 6, 7]), (8, list(range(8, 14)))]


def test_the_end_waits_for_nothing() -> None:
    order = Order(WINDOW)
    order.push(3, tone(3, 5))
    assert settled(order, upto=7) == [(3, [3, 4])]
    assert (order.position, list(order.lost)) == (7, [Span(0, 3), Span(5, 7)])


def test_memory_of_holes_is_bounded() -> None:
    order = Order(1)
    for k in range(3 * LOST_MAX):
        order.push(2 * k + 1, tone(0, 1))
        order.settle()
    assert len(order.lost) == LOST_MAX


@given(st.lists(st.tuples(st.integers(0, 80), st.integers(0, 30)), max_size=25))
def test_every_sample_is_settled_once_in_order_or_lost(messages: list[tuple[int, int]]) -> None:
    order, seen, came = Order(WINDOW), [], set()
    for start, size in messages:
        new, late = order.push(start, tone(start, start + size))
        fresh = {x for x in range(start, start + size) if x >= order.position} - came
        gone = {x for s in order.lost for x in range(s.start, s.end)}
        assert new == len(fresh)
        assert late == len(gone & set(range(start, start + size)))
        came |= fresh
        for piece in order.settle():
            assert piece.pcm.tolist() == list(range(piece.start, piece.end))
            seen += piece.pcm.tolist()
        assert order.held <= WINDOW + 30
        assert order.position >= order.reach - WINDOW
    lost = [x for s in order.lost for x in range(s.start, s.end)]
    assert sorted(seen + lost) == list(range(order.position))
    assert seen == sorted(came & set(seen))
