"""Edges move outward to silence, by no more than told, and never inward."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.core.edges import EDGE_MS, PAD_MS, REACH_MS, final_upto, horizon, outermost, place, snap
from pipeline.core.level import Frames
from pipeline.core.span import Span

RATE = 8_000
FRAME = 80
MS = 8
CALL = Span(0, 10**6)


def frames(pattern, first=0, rate=RATE):
    """'#' is a loud frame, '.' a quiet one."""
    rms = np.array([0.1 if p == "#" else 0.001 for p in pattern], np.float32)
    return Frames(rate, first, rms, np.full(rms.size, 0.01, np.float32))


def test_both_edges_go_to_the_nearest_silence_and_a_pad_further():
    heard = frames("." * 50 + "#" * 40 + "." * 50)
    got = snap(Span(60 * FRAME, 80 * FRAME), heard, limit=CALL)
    assert got == Span(50 * FRAME - 60 * MS, 90 * FRAME + 60 * MS)


def test_an_edge_in_silence_moves_by_the_pad_only():
    heard = frames("." * 140)
    assert snap(Span(5_001, 6_003), heard, limit=CALL) == Span(5_001 - 60 * MS, 6_003 + 60 * MS)


def test_a_short_dip_inside_a_word_is_not_silence():
    heard = frames("." * 50 + "#" * 8 + ".." + "#" * 20 + ".." + "#" * 8 + "." * 50)
    got = snap(Span(62 * FRAME, 78 * FRAME), heard, limit=CALL)
    assert got == Span(50 * FRAME - 60 * MS, 90 * FRAME + 60 * MS)


def test_without_silence_in_reach_an_edge_moves_by_the_default():
    heard = frames("#" * 200)
    got = snap(Span(80 * FRAME, 100 * FRAME), heard, limit=CALL)
    assert got == Span(80 * FRAME - 150 * MS, 100 * FRAME + 150 * MS)
    far = frames("." * 54 + "#" * 72 + "." * 74)  # 260 ms away
    assert snap(Span(80 * FRAME, 100 * FRAME), far, limit=CALL) == got
    near = frames("." * 55 + "#" * 70 + "." * 75)  # 250 ms away
    assert snap(Span(80 * FRAME, 100 * FRAME), near, limit=CALL) == Span(55 * FRAME - 480, 125 * FRAME + 480)


def test_frames_dropped_or_not_heard_are_not_quiet():
    heard = frames("." * 20, first=60)
    got = snap(Span(60 * FRAME, 80 * FRAME), heard, limit=CALL)
    assert got == Span(60 * FRAME - 150 * MS, 80 * FRAME + 150 * MS)


def test_the_limit_stops_growth_but_never_shrinks():
    heard = frames("." * 50 + "#" * 40 + "." * 50)
    span = Span(60 * FRAME, 80 * FRAME)
    assert snap(span, heard, limit=Span(55 * FRAME, 81 * FRAME)) == Span(55 * FRAME, 81 * FRAME)
    assert snap(span, heard, limit=Span(70 * FRAME, 75 * FRAME)) == span


def test_the_start_of_the_call_is_silence():
    assert snap(Span(10 * FRAME, 20 * FRAME), frames("#" * 20 + "." * 50), limit=CALL).start == 0


def test_a_pause_beside_a_word_is_where_its_edge_stops():
    heard = frames("#" * 40 + "." * 13 + "#" * 40 + "." * 13 + "#" * 40)
    got = place(Span(53 * FRAME, 93 * FRAME), heard, limit=CALL)
    assert got == Span(53 * FRAME - 60 * MS, 93 * FRAME + 60 * MS)
    early = place(Span(60 * FRAME, 80 * FRAME), heard, limit=CALL)  # its word was told 70 and 130 ms too short
    assert early == got


def test_the_closure_before_a_consonant_is_no_pause():
    heard = frames("." * 40 + "#" * 10 + "." * 9 + "#" * 30 + "." * 9 + "#" * 10 + "." * 40)
    got = place(Span(59 * FRAME, 89 * FRAME), heard, limit=CALL)
    assert got == Span(40 * FRAME - 60 * MS, 108 * FRAME + 60 * MS)


spans = st.builds(lambda a, n: Span(a, a + n), st.integers(0, 30_000), st.integers(0, 20_000))


@given(
    span=spans,
    limit=spans,
    pattern=st.lists(st.sampled_from(["#", ".", "###", "....", "#" * 20]), max_size=80),
    first=st.integers(0, 300),
    rate=st.sampled_from([8_000, 11_025, 44_100]),
    reach_ms=st.integers(0, 400),
    pad_ms=st.integers(0, 200),
    default_ms=st.integers(0, 500),
    quiet_ms=st.integers(0, 80),
)
def test_never_shrinks_and_grows_by_reach_and_pad_at_most(
    span, limit, pattern, first, rate, reach_ms, pad_ms, default_ms, quiet_ms
):
    heard = frames("".join(pattern), first, rate)
    got = snap(
        span,
        heard,
        limit=limit,
        reach_ms=reach_ms,
        pad_ms=pad_ms,
        default_ms=default_ms,
        quiet_ms=quiet_ms,
    )
    most = (reach_ms + pad_ms) * rate / 1000
    assert span.start - most <= got.start <= span.start
    assert span.end <= got.end <= span.end + most
    assert got.start == span.start or got.start >= limit.start
    assert got.end == span.end or got.end <= limit.end


@given(pattern=st.text("#.", min_size=250, max_size=250), end=st.integers(1, 14_000))
def test_frames_beyond_the_horizon_change_nothing(pattern, end):
    span = Span(max(0, end - 2_000), end)
    known = -(-horizon(end, RATE) // FRAME)
    whole, part = frames(pattern), frames(pattern[:known])
    assert snap(span, whole, limit=CALL) == snap(span, part, limit=CALL)


@given(
    span=spans,
    limit=spans,
    pattern=st.lists(st.sampled_from(["#", ".", "###", "....", "#" * 20, "." * 15]), max_size=80),
    first=st.integers(0, 300),
    rate=st.sampled_from([8_000, 11_025, 44_100]),
)
def test_a_placed_span_holds_what_it_was_and_grows_by_the_margin_at_most(span, limit, pattern, first, rate):
    got = place(span, frames("".join(pattern), first, rate), limit=limit)
    most = (EDGE_MS + REACH_MS + PAD_MS) * rate / 1000 + 1
    assert span.start - most <= got.start <= span.start
    assert span.end <= got.end <= span.end + most
    assert got.start == span.start or got.start >= limit.start
    assert got.end == span.end or got.end <= limit.end


@given(pattern=st.text("#.", min_size=300, max_size=300), end=st.integers(1, 14_000))
def test_a_span_is_placed_once_its_horizon_is_known(pattern, end):
    span = Span(max(0, end - 2_000), end)
    known = -(-(horizon(end, RATE) + (EDGE_MS + PAD_MS) * MS) // FRAME)
    assert place(span, frames(pattern), limit=CALL) == place(span, frames(pattern[:known]), limit=CALL)


@given(
    runs=st.lists(st.integers(1, 45), min_size=8, max_size=30),
    rate=st.sampled_from([8_000, 11_025, 16_000]),
    known=st.integers(20, 120),
    back=st.integers(0, 6_000),
    size=st.integers(1, 4_000),
)
def test_no_end_that_is_final_moves_once_more_is_known(runs, rate, known, back, size):
    """What follows may be anything, and growth stops where loudness is not known."""
    pattern = "".join((".", "#")[i % 2] * n for i, n in enumerate(runs))
    whole, part = frames(pattern, rate=rate), frames(pattern[:known], rate=rate)
    end = final_upto(part) - back
    assume(end > 0)
    span = Span(max(0, end - size), end)
    ends = [place(span, f, limit=Span(0, f.end * rate // 100)).end for f in (part, whole)]
    assert ends[0] == ends[1]


def test_an_end_in_silence_is_final_soon_and_one_in_speech_later():
    assert final_upto(frames("#" * 100 + "." * 20)) == 100 * FRAME
    assert final_upto(frames("#" * 100 + "." * 19)) == final_upto(frames("#" * 119)) < 70 * FRAME


@given(
    runs=st.lists(st.integers(1, 45), min_size=8, max_size=30),
    rate=st.sampled_from([8_000, 11_025, 16_000]),
    known=st.integers(20, 120),
    back=st.integers(0, 5_000),
    later=st.integers(0, 5_000),
    size=st.integers(1, 4_000),
)
def test_no_edge_of_what_begins_later_comes_before_the_outermost(runs, rate, known, back, later, size):
    """Known is a part of the loudness, and what follows may be anything."""
    pattern = "".join((".", "#")[i % 2] * n for i, n in enumerate(runs))
    whole, part = frames(pattern, rate=rate), frames(pattern[:known], rate=rate)
    at = max(0, part.end * rate // 100 - back)
    start = at + later
    placed = place(Span(start, start + size), whole, limit=CALL)
    assert outermost(at, part) <= placed.start
    assert outermost(at, part) >= at - (EDGE_MS + REACH_MS + PAD_MS + 20) * rate // 1000
