"""Chunks are a function of the audio, not of how it was cut, sent twice or mixed up on its way."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.chunks import STALL_MS, Chunk, Chunks
from pipeline.core.messages import Missing
from pipeline.core.span import Span

RATE = 8000
SIZE = 2000
WINDOW = 1600
TOTAL = 9100
PCM = np.random.default_rng(7).integers(-30_000, 30_000, (TOTAL, 2)).astype(np.int16)
Piece = tuple[int | None, int, int]  # channel, start, end


def played(pieces: list[Piece], end: int = TOTAL) -> list[Chunk]:
    """All chunks of a call that came in these pieces."""
    chunks = Chunks(RATE, 2, WINDOW)
    out = []
    for channel, start, stop in pieces:
        chunks.push(channel, start, PCM[start:stop] if channel is None else PCM[start:stop, channel : channel + 1])
        out += chunks.take()
    chunks.close(None, end)
    return [*out, *chunks.take(), chunks.rest()]


def plain(chunks: list[Chunk]) -> list[tuple[int, int, bytes, tuple[Missing, ...]]]:
    return [(c.sequence, c.start, c.pcm.tobytes(), c.missing) for c in chunks]


@st.composite
def sendings(draw: st.DrawFn) -> tuple[list[Span], list[Piece]]:
    """Stretches that are never sent, and the rest in pieces: cut, repeated, and out of order within the window."""
    holes = [
        Span(s, s + n) for s, n in draw(st.lists(st.tuples(st.integers(0, 8000), st.integers(1, 900)), max_size=2))
    ]
    cuts = sorted({0, TOTAL, *(h.start for h in holes), *(h.end for h in holes)}
                  | set(draw(st.lists(st.integers(1, TOTAL - 1), max_size=25))))  # fmt: skip
    pieces: list[Piece] = []
    for start, stop in pairwise(cuts):
        if any(h.start <= start < h.end for h in holes):
            continue
        pieces += [(None, start, stop)] if draw(st.booleans()) else [(0, start, stop), (1, start, stop)]
    pieces += [pieces[i] for i in draw(st.lists(st.integers(0, len(pieces) - 1), max_size=5))]
    # Nothing may come before a piece that reaches beyond its start by more than the window.
    slack = [draw(st.integers(0, WINDOW)) for _ in pieces]
    order = sorted(range(len(pieces)), key=lambda i: (pieces[i][1] + min(slack[i], WINDOW), i))
    return holes, [pieces[i] for i in order]


def allowed(pieces: list[Piece]) -> bool:
    """Whether no piece came more than the window late."""
    reach = 0
    for _, start, stop in pieces:
        if reach > start + WINDOW:
            return False
        reach = max(reach, stop)
    return True


@given(sendings())
def test_any_way_of_sending_the_same_audio_gives_the_same_chunks(sending: tuple[list[Span], list[Piece]]) -> None:
    holes, pieces = sending
    seen: set[Piece] = set()
    late = [p for p in pieces if not (p in seen or seen.add(p))]  # a repeat may come as late as it likes
    if not allowed(late):
        pieces = sorted(pieces, key=lambda p: p[1])
    pcm = PCM.copy()
    for hole in holes:
        pcm[hole.start : hole.end] = 0
    chunks = played(pieces)
    assert [c.sequence for c in chunks] == list(range(len(chunks)))
    assert [c.start for c in chunks] == [SIZE * k for k in range(len(chunks))]
    assert all(len(c.pcm) == SIZE for c in chunks[:-1])
    np.testing.assert_array_equal(np.concatenate([c.pcm for c in chunks]), pcm)
    lost = {(m.channel, x) for c in chunks for m in c.missing for x in range(m.span.start, m.span.end)}
    assert lost == {(c, x) for c in (0, 1) for h in holes for x in range(h.start, min(h.end, TOTAL))}
    in_order = [(None, s, e) for s, e in _kept(holes)]
    assert plain(chunks) == plain(played(in_order))


def _kept(holes: list[Span]) -> list[tuple[int, int]]:
    kept = np.ones(TOTAL, bool)
    for hole in holes:
        kept[hole.start : hole.end] = False
    edges = np.flatnonzero(np.diff(np.concatenate(([0], kept.astype(np.int8), [0]))))
    return [(int(s), int(e)) for s, e in edges.reshape(-1, 2)]


@pytest.mark.parametrize("rate", [8000, 8001, 11_025, 44_100])
def test_the_grid_is_that_of_recordings(rate: int) -> None:
    chunks = Chunks(rate, 1, 0)
    chunks.push(None, 0, np.zeros((rate, 1), np.int16))
    assert {len(c.pcm) for c in chunks.take()} == {rate * 250 // 1000}


@pytest.mark.parametrize(("leads", "stalls"), [(0, 1), (1, 0)])
def test_a_channel_that_stalls_is_given_up_five_seconds_behind_the_other(leads: int, stalls: int) -> None:
    chunks = Chunks(RATE, 2, WINDOW)
    stall = RATE * STALL_MS // 1000
    chunks.push(leads, 0, np.ones((SIZE + stall - 1, 1), np.int16))
    assert chunks.take() == []
    chunks.push(leads, SIZE + stall - 1, np.ones((1, 1), np.int16))
    (first,) = chunks.take()
    assert first.missing == (Missing(stalls, Span(0, SIZE)),)
    assert first.pcm[:, leads].all()
    assert not first.pcm[:, stalls].any()
    assert chunks.push(stalls, 0, np.ones((SIZE + 1, 1), np.int16)) == (1, SIZE)


def test_an_ended_channel_is_not_waited_for() -> None:
    chunks = Chunks(RATE, 2, WINDOW)
    chunks.push(0, 0, np.ones((500, 1), np.int16))
    chunks.close(0, 500)
    chunks.push(1, 0, np.ones((2 * SIZE, 1), np.int16))
    first, second = chunks.take()
    assert first.missing == (Missing(0, Span(500, SIZE)),)
    assert second.missing == (Missing(0, Span(SIZE, 2 * SIZE)),)
    assert not chunks.over
    chunks.close(1, 2 * SIZE)
    assert chunks.over
    assert (chunks.take(), len(chunks.rest().pcm)) == ([], 0)
