"""Spans behave like the sets of samples they stand for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.span import Span, complement, covered, merge

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12)).map(lambda p: Span(p[0], p[0] + p[1])), max_size=12)
SPAN = st.tuples(st.integers(0, 60), st.integers(0, 30)).map(lambda p: Span(p[0], p[0] + p[1]))


def members(spans) -> set[int]:
    return {i for s in spans for i in range(s.start, s.end)}


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (5, 4)])
def test_what_is_no_interval_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span(start, end)


@given(SPAN, SPAN)
def test_overlap_clip_and_hull(one: Span, two: Span) -> None:
    both = members([one]) & members([two])
    if one.size and two.size:
        assert one.overlaps(two) == two.overlaps(one) == bool(both)
    clipped = one.clip(two)
    assert (members([clipped]) if clipped else set()) == both
    hull = one.hull(two)
    assert (hull.start, hull.end) == (min(one.start, two.start), max(one.end, two.end))


@given(SPANS, st.integers(0, 5))
def test_merge_keeps_samples_and_closes_small_holes_only(spans: list[Span], gap: int) -> None:
    out = merge(spans, gap)
    assert all(a.end + gap < b.start for a, b in pairwise(out))
    assert all(s.size for s in out)
    added = members(out) - members(spans)
    assert members(spans) <= members(out)
    if not gap:
        assert not added
    for sample in added:  # the hole it lies in is no longer than the gap
        left = max(i for i in members(spans) if i < sample)
        right = min(i for i in members(spans) if i > sample)
        assert right - left - 1 <= gap


@given(SPANS, SPAN)
def test_complement_and_covered_share_out_the_whole(spans: list[Span], within: Span) -> None:
    inside = merge(spans)
    free = complement(inside, within)
    assert members(free) == members([within]) - members(inside)
    assert covered(within, inside) == within.size - sum(s.size for s in free)
