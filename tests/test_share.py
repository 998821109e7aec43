"""However a call is cut when it leaves, a purpose gets its part of it whole, its silence once and its end once."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.consent import OPEN
from pipeline.core.hold import Due
from pipeline.core.share import share_of
from pipeline.core.span import Span

LENGTH = 40
cuts = st.lists(st.integers(0, LENGTH), max_size=8).map(sorted)
spans = st.one_of(
    st.none(),
    st.integers(0, LENGTH).map(lambda start: Span(start, OPEN)),
    st.tuples(st.integers(0, LENGTH), st.integers(1, LENGTH)).map(lambda p: Span(p[0], min(LENGTH, p[0] + p[1]))),
)


@given(cuts, spans, st.booleans())
def test_a_part_leaves_whole_whatever_the_cuts(at: list[int], span: Span | None, empty_end: bool) -> None:
    pcm = np.arange(1, LENGTH + 1, dtype=np.int16).reshape(-1, 1)
    edges = [0, *at, LENGTH, *([LENGTH] if empty_end else [])]
    out, silences, ends, lasts = [], [], 0, 0
    for n, (start, end) in enumerate(itertools.pairwise(edges)):
        last = n == len(edges) - 2
        if start == end and not last:
            continue
        share = share_of(Due(start, pcm[start:end], ((),)), span, last=last)
        if share is None:
            continue
        assert not ends, "nothing comes after the end"
        silences += [share.silence] if share.silence else []
        assert share.due.start == sum(map(len, out)) + sum(silences), "without holes"
        out.append(share.due.clean)
        ends += share.over
        lasts += last and not share.over
    got = np.concatenate(out) if out else pcm[:0]
    if span is None:
        assert not out
        return
    assert np.array_equal(got, pcm[span.start : min(span.end, LENGTH)])
    assert silences == ([span.start] if span.start else [])
    assert (ends, lasts) == ((0, 1) if span.end == OPEN else (1, 0))
