"""Replies that are nothing but a number: whatever was asked, and however it was heard, they may be a code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.core.entities import NUMBER
from pipeline.core.finding import Reason
from pipeline.core.marks import Mark
from pipeline.core.spoken.runs import runs
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import FILLERS
from pipeline.core.unclear import DOUBT_CONFIDENCE, mean_confidence

BARE_DIGITS = 4  # fewer are a choice or a count
REPLY_MS = 6_000  # a reply begins within this
TURN_TOKENS = 2  # a single word between is a nod
AMOUNTS = frozenset(
    "year years when time times day date hour age old many much long often far big tall heavy price cost charge pay "
    "score size total percent rate channel page floor room weigh height weight worth mileage miles".split()
)
"""Who says one of these asks for a year, a time, a price or a size."""


class Turns:
    """Who spoke last before a reply, and whether he asked for an amount."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._last: tuple[int, int, bool] | None = None  # channel, end in samples, whether it asked for an amount

    def reply(self, channel: int, tokens: Sequence[Token]) -> list[Mark]:
        """Hears a turn of `channel`. Marks of a bare number that replies to somebody else."""
        said = _bare(tokens)
        if not said:
            if len(tokens) >= TURN_TOKENS:
                amount = any(t.text in AMOUNTS for t in tokens)
                self._last = (channel, tokens[-1].span.end, amount)
            return []
        if self._last is None or self._last[0] == channel or self._last[2]:
            return []
        late = tokens[0].span.start - self._last[1] > REPLY_MS * self._rate // 1000
        return [] if late else said

    def snapshot(self) -> list[Any]:
        """What it knows, as plain values."""
        return list(self._last or ())

    def restore(self, plain: Sequence[Any]) -> None:
        """Take up a `snapshot`. Raises ValueError or TypeError if it is none."""
        channel, end, amount = plain or (None, 0, False)
        self._last = None if channel is None else (int(channel), int(end), bool(amount))


def _bare(tokens: Sequence[Token]) -> list[Mark]:
    """The number of an utterance in which there is nothing else."""
    found = runs(tokens)
    inside = {i for r in found for i in range(r.first, r.last)}
    rest = [t for i, t in enumerate(tokens) if i not in inside]
    if any(r.counted or r.letters for r in found):
        return []
    if not all(t.text in FILLERS or t.confidence < DOUBT_CONFIDENCE for t in rest):
        return []
    if sum(len(r.digits) for r in found) < BARE_DIGITS:
        return []
    first, last = found[0].first, found[-1].last
    return [Mark(first, last, NUMBER, Reason.PATTERN, mean_confidence(tokens[first:last]))]
