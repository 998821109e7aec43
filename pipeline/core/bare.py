"""Replies that are nothing but a number: whatever was asked, and however it was heard, they may be a code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.core.entities import NUMBER
from pipeline.core.finding import Reason
from pipeline.core.foreign import is_foreign, is_surely_foreign
from pipeline.core.lists import Lists
from pipeline.core.marks import Mark
from pipeline.core.spoken.counted import tenths
from pipeline.core.spoken.runs import Run, runs
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import FILLERS, MONTHS, MULTIPLIER_LIKE, UNITS
from pipeline.core.unclear import DOUBT_CONFIDENCE, mean_confidence

BARE_DIGITS = 4  # fewer are a choice or a count
REPLY_MS = 6_000  # a reply begins within this
TURN_TOKENS = 2  # a single word between is a nod
PROOF_MS = 60_000  # who told one secret is asked for the next within this
FOREIGN_MS = 120_000  # who told digits in another language goes on so
PROOF_SYMBOLS = 2  # then so few digits may be one
PROOF_TOKENS = 10
PROOF_REST = 2  # words of a reply beside its number
WORDS_TOO = frozenset({"may", "march", "mar", "sep", "dec", "jan"})  # alone they are no months: "may i"
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
        self._proof_end: int | None = None  # where a secret was told last
        self._foreign: dict[int, int] = {}  # by channel, where digits of another language were told last

    def proves(self, end: int) -> None:
        """Up to sample `end` a secret was told: more of them are to come."""
        self._proof_end = end

    def foreign(self, channel: int, tokens: Sequence[Token], lists: Lists, *, due: bool) -> list[Mark]:
        """Marks of digits of another language where nobody was heard to ask, or in a language told before.

        due: a number was due, and what is there was hidden.
        """
        if not tokens:
            return []
        last = self._foreign.get(channel)
        again = last is not None and tokens[0].span.start - last <= FOREIGN_MS * self._rate // 1000
        sure = is_surely_foreign(tokens, lists) or (again and is_foreign(tokens, lists))
        if not sure and not (due and is_foreign(tokens, lists)):
            return []
        self._foreign[channel] = tokens[-1].span.end
        return [Mark(0, len(tokens), NUMBER, Reason.DOUBT_WORDS, mean_confidence(tokens))] if sure and not due else []

    def reply(self, channel: int, tokens: Sequence[Token]) -> list[Mark]:
        """Hears a turn of `channel`. Marks of a bare number that replies to somebody else."""
        said = _bare(tokens) or (_short(tokens) if tokens and self.proving(tokens[0].span.start) else [])
        if not said:
            if len(tokens) >= TURN_TOKENS:
                amount = any(t.text in AMOUNTS for t in tokens)
                self._last = (channel, tokens[-1].span.end, amount)
            return []
        if self._last is None or self._last[0] == channel or self._last[2]:
            return []
        late = tokens[0].span.start - self._last[1] > REPLY_MS * self._rate // 1000
        return [] if late else said

    def proving(self, start: int) -> bool:
        """Whether at sample `start` secrets are being told."""
        return self._proof_end is not None and start - self._proof_end <= PROOF_MS * self._rate // 1000

    def snapshot(self) -> dict[str, Any]:
        """What it knows, as plain values."""
        foreign = [[channel, end] for channel, end in sorted(self._foreign.items())]
        return {"last": list(self._last or ()), "proof": self._proof_end, "foreign": foreign}

    def restore(self, plain: Mapping[str, Any]) -> None:
        """Take up a `snapshot`. Raises ValueError, KeyError or TypeError if it is none."""
        channel, end, amount = plain["last"] or (None, 0, False)
        self._last = None if channel is None else (int(channel), int(end), bool(amount))
        self._proof_end = None if plain["proof"] is None else int(plain["proof"])
        self._foreign = {int(channel): int(end) for channel, end in plain["foreign"]}


def _short(tokens: Sequence[Token]) -> list[Mark]:
    """A few digits, a month and its year, and hardly anything else: a code or a date nobody was heard to ask for."""
    if len(tokens) > PROOF_TOKENS or any(t.text in UNITS for t in tokens):
        return []
    found = runs(tokens, lenient=True, dates=True)
    if not found or any(r.counted for r in runs(tokens)):
        return []
    inside = {i for r in found for i in range(r.first, r.last)}
    rest = [t for i, t in enumerate(tokens) if i not in inside and t.text not in FILLERS]
    dated = any(r.digits or tokens[r.first].text not in WORDS_TOO for r in found if _has_month(tokens, r))
    if len(rest) > PROOF_REST or (sum(r.symbols for r in found) < PROOF_SYMBOLS and not dated):
        return []
    first, last = found[0].first, found[-1].last
    return [Mark(first, last, NUMBER, Reason.PATTERN, mean_confidence(tokens[first:last]))]


def _has_month(tokens: Sequence[Token], run: Run) -> bool:
    return any(t.text in MONTHS for t in tokens[run.first : run.last])


def _tells_size(tokens: Sequence[Token], found: Sequence[Run]) -> bool:
    """ "2100, 2100": round, or "6.4": with a point in it, however often a recogniser wrote it."""
    parts = [t for r in found for t in tokens[r.first : r.last] if t.is_digits]
    whole = {t.symbols for t in parts}
    if len(whole) == 1 and len(min(whole)) == BARE_DIGITS and min(whole).endswith("00"):
        return True
    return tenths(parts)


def _bare(tokens: Sequence[Token]) -> list[Mark]:
    """The number of an utterance in which there is nothing else."""
    found = runs(tokens)
    inside = {i for r in found for i in range(r.first, r.last)}
    rest = [t for i, t in enumerate(tokens) if i not in inside]
    if any(r.counted or r.letters for r in found):
        return []
    if not all(t.text in FILLERS | MULTIPLIER_LIKE or t.confidence < DOUBT_CONFIDENCE for t in rest):
        return []
    doubled = sum(t.text in MULTIPLIER_LIKE for t in rest)
    if sum(len(r.digits) for r in found) + doubled < BARE_DIGITS or _tells_size(tokens, found):
        return []
    first, last = (0, len(tokens)) if doubled else (found[0].first, found[-1].last)
    return [Mark(first, last, NUMBER, Reason.PATTERN, mean_confidence(tokens[first:last]))]
