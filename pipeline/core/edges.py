"""Edges of a hidden stretch, moved outward to the nearest silence.

Word times are wrong by 50 to 500 ms. A word ends where its sound ends: the edge goes there, and a little on. Measured
in docs/measurements/edges.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.core.level import FRAMES_PER_SECOND, Frames, frame_at, frame_start
from pipeline.core.span import Span

EDGE_MS = 150  # every edge moves outward by this first: most word times are wrong by less
PAUSE_MS = 120  # silence this long is none inside a word, the closure before a "t" is shorter: nothing beyond belongs
REACH_MS = 250  # beyond this another word has begun
PAD_MS = 60  # breath and the fading end of a word lie below the threshold
DEFAULT_MS = 90  # no silence within reach: less lets the ends of secrets be heard, more hides the words beside them
QUIET_MS = 30  # shorter dips are inside words: the closure before a "t" or "k"


def place(span: Span, frames: Frames, *, limit: Span, edge_ms: int = EDGE_MS, pause_ms: int = PAUSE_MS) -> Span:
    """`span` with both edges moved outward by edge_ms and on to the nearest silence, see `snap`.

    A pause that begins within edge_ms of where the span ends as told is as far as its word goes: the edge stops there,
    a pad further, and the next word stays. Growth stops at `limit`; the result holds all of `span`.
    """
    rate = frames.rate
    edge, pad = edge_ms * rate // 1000, PAD_MS * rate // 1000
    need = max(1, pause_ms * FRAMES_PER_SECOND // 1000)
    grown = Span(min(span.start, max(span.start - edge, limit.start)), max(span.end, min(span.end + edge, limit.end)))
    out = snap(grown, frames, limit=limit)
    start = _quiet_before(span.start, frames, edge, need)
    end = _quiet_after(max(span.end, 1), frames, edge, need)
    return Span(
        out.start if start is None else min(span.start, max(out.start, start - pad)),
        out.end if end is None else max(span.end, min(out.end, end + pad)),
    )


def snap(
    span: Span,
    frames: Frames,
    *,
    limit: Span,
    reach_ms: int = REACH_MS,
    pad_ms: int = PAD_MS,
    default_ms: int = DEFAULT_MS,
    quiet_ms: int = QUIET_MS,
) -> Span:
    """`span` with both edges moved outward to the nearest silence within reach_ms, then by pad_ms.

    Silence is `quiet_ms` of quiet frames in a row; the time before the call is silence. An edge that finds
    none moves by default_ms (at most reach_ms). Growth stops at `limit`; the result holds all of `span`.
    Final only if `frames` reach the `horizon` of the end of `span`, or the end of the call: a frame not
    known, or dropped, is not quiet.
    """
    rate = frames.rate
    reach, pad = reach_ms * rate // 1000, pad_ms * rate // 1000
    default = min(default_ms * rate // 1000, reach)
    need = max(1, quiet_ms * FRAMES_PER_SECOND // 1000)
    start = _quiet_before(span.start, frames, reach, need)
    end = _quiet_after(max(span.end, 1), frames, reach, need)
    start = (span.start - default if start is None else start) - pad
    end = (span.end + default if end is None else end) + pad
    return Span(min(span.start, max(start, limit.start, 0)), max(span.end, min(end, limit.end)))


def outermost(sample: int, frames: Frames) -> int:
    """The lowest sample to which `place` can move the start of any span that begins at `sample` or later.

    `frames` need to be known up to `sample`; what follows may be anything.
    """
    need = PAUSE_MS * FRAMES_PER_SECOND // 1000
    at = frame_at(sample, frames.rate) - frames.first
    if at >= need and frames.quiet[at - need : at + 1].all():  # the quick way for silence
        lowest = sample - PAD_MS * frames.rate // 1000
    else:
        lowest = place(Span(sample, sample + 1), frames, limit=Span(0, sample + 1)).start
    return max(0, lowest - 2 * frames.rate // FRAMES_PER_SECOND)  # samples lie anywhere in their frames


def horizon(sample: int, rate: int, *, reach_ms: int = REACH_MS, quiet_ms: int = QUIET_MS) -> int:
    """The sample up to which frames must be known for the end of a span at `sample` to be final."""
    return sample + ((reach_ms + quiet_ms) * rate + 999) // 1000 + frame_start(2, rate)


def final_upto(frames: Frames) -> int:
    """The sample up to which ends are final: `place` moves none there, or before, anywhere else once more frames are
    known. In silence that is close to the last frame: no edge moves past a pause.
    """
    rate = frames.rate
    pause = (PAUSE_MS + PAD_MS) * FRAMES_PER_SECOND // 1000 + 2
    far = frame_start(frames.end, rate) - horizon(0, rate) - (EDGE_MS + PAD_MS) * rate // 1000
    if frames.rms.size >= pause and (frames.rms[-pause:] < frames.threshold[-pause:]).all():
        return max(far, frame_start(frames.end - pause, rate))
    return far


def _quiet_before(start: int, frames: Frames, reach: int, need: int) -> int | None:
    """Where the nearest silence before `start` ends, at most `reach` back; `start` if it lies in one."""
    k = frame_at(start, frames.rate)
    last = frame_at(max(0, start - reach), frames.rate)
    first = last - need
    quiet = _window(frames, first, k + 1)
    runs = np.flatnonzero(np.convolve(quiet, np.ones(need, np.int64), "valid") == need)
    if not runs.size:
        return None
    at = min(start, frame_start(first + int(runs[-1]) + need, frames.rate))
    return at if start - at <= reach else None


def _quiet_after(end: int, frames: Frames, reach: int, need: int) -> int | None:
    """Where the nearest silence after `end` begins, at most `reach` on; `end` if it lies in one."""
    k = frame_at(end - 1, frames.rate)
    last = frame_at(end - 1 + reach, frames.rate)
    quiet = _window(frames, k, last + 1 + need)
    runs = np.flatnonzero(np.convolve(quiet, np.ones(need, np.int64), "valid") == need)
    if not runs.size:
        return None
    at = max(end, frame_start(k + int(runs[0]), frames.rate))
    return at if at - end <= reach else None


def _window(frames: Frames, lo: int, hi: int) -> NDArray[np.int64]:
    """(hi - lo,) 1 where the frame is known and quiet, or lies before the call."""
    out = np.zeros(hi - lo, np.int64)
    out[: max(0, -lo)] = 1
    a, b = max(lo, frames.first), min(hi, frames.end)
    if a < b:
        out[a - lo : b - lo] = frames.quiet[a - frames.first : b - frames.first]
    return out
