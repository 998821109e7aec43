"""Finds what a pattern matches, in time that its length and that of the utterance bound.

All positions a match may have come to are held at once, as bits of one number, first forwards and then backwards over
the readings of an utterance. There is nothing to try again: the time is positions times readings at the very most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.core.readings import Reading


@dataclass(slots=True)
class Automaton:
    """follow, before: by position, the positions that may come behind it and before it, as bits. by_char, by_word:
    positions that take a digit or letter, or a word; the others take any digit, any letter, any word.
    """

    first: int = 0
    last: int = 0
    follow: list[int] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    by_char: dict[str, int] = field(default_factory=dict)
    by_word: dict[str, int] = field(default_factory=dict)
    digits: int = 0
    letters: int = 0
    words: int = 0

    def takes(self, symbol: str) -> int:
        """The positions that take this digit or letter."""
        return (self.digits if symbol.isdigit() else self.letters) | self.by_char.get(symbol, 0)

    def takes_word(self, word: str) -> int:
        """The positions that take this word."""
        return self.words | self.by_word.get(word, 0)


def matched(automaton: Automaton, paths: Sequence[Sequence[Reading]], bounds: Sequence[bool] | None) -> list[bool]:
    """For each token whether it is part of any match.

    paths: see readings. bounds: see alone; then a match neither begins nor ends in the middle of a number.
    """
    forward: list[int] = [0] * (len(paths) + 1)
    steps: list[list[list[int]]] = []
    for i, out in enumerate(paths):
        steps.append([])
        for reading in out:
            states = _forwards(automaton, forward[i], reading, begins=bounds is None or bounds[i], inner=bounds is None)
            forward[reading.last] |= states[-1]
            steps[i].append(states)
    backward: list[int] = [0] * (len(paths) + 1)  # positions a match may have come to, that goes on from this node
    hit = [False] * len(paths)
    for i in reversed(range(len(paths))):
        for reading, states in zip(paths[i], steps[i], strict=True):
            ends = bounds is None or bounds[reading.last]
            useful = _backwards(automaton, backward[reading.last], reading, ends=ends, inner=bounds is None)
            backward[i] |= useful[0]
            if any(s & u for s, u in zip(states[1:], useful[1:], strict=True)):
                hit[i : reading.last] = [True] * (reading.last - i)
    return hit


def _masks(automaton: Automaton, reading: Reading) -> list[int]:
    if reading.word:
        return [automaton.takes_word(reading.word)]
    return [automaton.takes(symbol) for symbol in reading.symbols]


def _forwards(automaton: Automaton, states: int, reading: Reading, *, begins: bool, inner: bool) -> list[int]:
    """Positions reached before and after each symbol. begins, inner: a match may begin there, or inside."""
    masks = _masks(automaton, reading)
    if not masks:
        return [states, states]
    out = [states]
    for n, mask in enumerate(masks):
        start = automaton.first if (inner if n else begins) else 0
        out.append((start | _union(automaton.follow, out[-1])) & mask)
    return out


def _backwards(automaton: Automaton, onward: int, reading: Reading, *, ends: bool, inner: bool) -> list[int]:
    """Positions from which a match may be completed, before and after each symbol. ends, inner: there, or inside."""
    masks = _masks(automaton, reading)
    if not masks:
        return [onward, onward]
    out = [onward | (automaton.last if ends else 0)]
    for n, mask in enumerate(reversed(masks), 1):
        here = automaton.last if inner and n < len(masks) else 0
        out.append(here | _union(automaton.before, out[-1] & mask))
    return out[::-1]


def _union(table: Sequence[int], states: int) -> int:
    out = 0
    while states:
        low = states & -states
        out |= table[low.bit_length() - 1]
        states ^= low
    return out
