"""Calls for a benchmark: real utterances set into a conversation of two sides, as long and as many as are wanted.

The sides take turns, with pauses between and little overlap; lengths of turns are lognormal, as in telephone talk: two
of three last 1 to 3 s, one of twenty 5 to 8 s. Where a turn begins follows from how much was said so far, so every
call keeps to its share of speech. A talk is a function of its seed. What is said makes no sense: it only has to cost,
and to be hidden, like speech.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.core.span import Span

Pcm16 = NDArray[np.int16]

SIDES = 2
MEDIAN_S, SIGMA = 2.0, 0.6  # of the lengths of turns
NEAREST = 5  # pieces whose length comes closest to the one drawn: one of them is taken
OWN_PAUSE_S = 0.75  # between two turns of one side: longer than the pause that ends an utterance
GAP_S = 0.15  # at least, from side to side
OVERLAP_SHARE, OVERLAP_S = 0.15, 0.8  # turns that begin before the other side has ended, and by how much at most
JITTER_S = 0.6  # pauses are uneven
SAME_SIDE = 0.25  # turns after which the same side goes on
UNEVEN_S = 4.0  # a side that spoke this much more lets the other speak
BEHIND_S = 3.0  # a talk this far behind its share overlaps as much as it must
LEAD_S = 20.0  # a talk is come into while it runs: this is left out at most
NOISE_RMS = 8.0  # of a quiet line, full scale 32768


@dataclass(frozen=True, slots=True)
class Turn:
    """Something said: the piece of that number, at `span` of the talk (clipped to it), on a channel."""

    channel: int
    span: Span
    piece: int


@dataclass(frozen=True, slots=True, eq=False)
class Talk:
    """A call. pcm: (n, 2) int16. turns: by start, none overlaps another of its channel."""

    rate: int
    pcm: Pcm16
    turns: tuple[Turn, ...]

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.pcm) / self.rate

    def share(self, channel: int) -> float:
        """How much of the time a side speaks, 0..1."""
        return sum(t.span.size for t in self.turns if t.channel == channel) / max(1, len(self.pcm))


def compose(pieces: Sequence[Pcm16], *, rate: int, seconds: float, share: float, seed: int) -> Talk:
    """A talk of two sides of which each speaks `share` of the time.

    pieces: utterances, (n,) int16 at `rate`, without the silence around them. share: above 0 to 0.6. Raises ValueError.
    """
    if not pieces or any(not p.size for p in pieces) or seconds <= 0 or not 0 < share <= 0.6:
        raise ValueError(f"no talk of {len(pieces)} pieces, {seconds} s, share {share}")
    chance = np.random.default_rng(seed)
    samples = int(seconds * rate)
    turns = tuple(_turns([p.size for p in pieces], chance, samples, share, rate))
    pcm = chance.normal(0.0, NOISE_RMS, (samples, SIDES)).astype(np.float32)
    for channel, start, piece in turns:
        span = Span(max(0, start), min(start + pieces[piece].size, samples))
        pcm[span.start : span.end, channel] += pieces[piece][span.start - start : span.end - start]
    clipped = np.clip(np.rint(pcm), -32768, 32767).astype(np.int16)
    told = (Turn(c, Span(max(0, s), min(s + pieces[p].size, samples)), p) for c, s, p in turns)
    return Talk(rate, clipped, tuple(sorted(told, key=lambda t: (t.span.start, t.channel))))


def _turns(
    sizes: Sequence[int], chance: np.random.Generator, samples: int, share: float, rate: int
) -> list[tuple[int, int, int]]:
    """(channel, start, piece) of all turns that are heard between 0 and `samples`; a start may lie before 0."""
    by_size = np.argsort(np.array(sizes), kind="stable")
    sorted_s = np.array(sizes)[by_size] / rate
    begin = -LEAD_S * float(chance.random())
    ends, spoken = [begin - OWN_PAUSE_S] * SIDES, [0.0] * SIDES
    side = int(chance.integers(SIDES))
    found: list[tuple[int, int, int]] = []
    while True:
        piece = _piece(by_size, sorted_s, chance)
        length_s = sizes[piece] / rate
        side = _side(side, spoken, chance)
        # The middle of the turn comes when just so much should have been said.
        due = begin + (sum(spoken) + length_s / 2) / (SIDES * share) - length_s / 2
        start_s = _start(due, ends[side], ends[1 - side], chance)
        if start_s * rate >= samples:
            return found
        ends[side], spoken[side] = start_s + length_s, spoken[side] + length_s
        if ends[side] > 0:
            found.append((side, int(start_s * rate), piece))


def _piece(by_size: NDArray[np.int64], sorted_s: NDArray[np.float64], chance: np.random.Generator) -> int:
    wanted_s = MEDIAN_S * float(np.exp(SIGMA * chance.standard_normal()))
    near = int(np.searchsorted(sorted_s, wanted_s)) - NEAREST // 2
    first = max(0, min(near, sorted_s.size - NEAREST))
    return int(by_size[min(first + int(chance.integers(NEAREST)), sorted_s.size - 1)])


def _side(last: int, spoken: Sequence[float], chance: np.random.Generator) -> int:
    ahead = spoken[last] - spoken[1 - last]
    goes_on = chance.random() < SAME_SIDE
    if abs(ahead) > UNEVEN_S:
        return 1 - last if ahead > 0 else last
    return last if goes_on else 1 - last


def _start(due: float, own_end: float, other_end: float, chance: np.random.Generator) -> float:
    jitter, overlaps, by = (float(v) for v in chance.random(3))
    own, wanted = own_end + OWN_PAUSE_S, due + (jitter - 0.5) * JITTER_S
    if overlaps < OVERLAP_SHARE and other_end > own_end:
        return max(own, other_end - OVERLAP_S * by)
    polite = other_end + GAP_S
    return max(own, wanted if polite - due > BEHIND_S else max(wanted, polite))
