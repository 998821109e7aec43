"""Short numbers that give themselves away: said alone, doubled, in odd groups, or right behind their name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.core.entities import NUMBER
from pipeline.core.finding import Reason
from pipeline.core.marks import Mark
from pipeline.core.spoken.counted import is_amount, tenths
from pipeline.core.spoken.runs import Run, runs
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import FILLERS, MAGNITUDES, MULTIPLIERS

CODE_DIGITS = 3
KNOWN_CODES = frozenset({"911", "999", "112", "101", "111", "000", "123", "321"})  # known to all
DIRECT = {
    "card": "CARD_NUMBER", "pin": "PIN", "pen": "PIN", "passcode": "PIN", "code": "ONE_TIME_CODE",
    "otp": "ONE_TIME_CODE", "cvv": "SECURITY_CODE", "cvc": "SECURITY_CODE", "account": "BANK_ACCOUNT",
    "ending": "CARD_NUMBER",
}  # fmt: skip
"""Names of numbers that stand right before them."""
DIRECT_LINKS = frozenset("is was now number it's to in with as will be".split())
DIRECT_TOKENS = 3
DIRECT_DIGITS = 4
GARBLED_CONFIDENCE = 0.35
GARBLED_TOKENS = 2


def odd_marks(tokens: Sequence[Token], known: Sequence[Mark]) -> list[Mark]:
    """Short numbers in no other mark. known: what is marked already."""
    more = [m for m in _alone(tokens) + _doubled(tokens) if not any(k.first <= m.first < k.last for k in known)]
    return [m for i, m in enumerate(more) if all(k.first != m.first for k in more[:i])]


def named_before(tokens: Sequence[Token], found: Sequence[Run]) -> list[Mark]:
    """ "Wrong card, 5454", "your pin is now 4628"."""
    out: list[Mark] = []
    for run in found:
        if run.counted or len(run.digits) < DIRECT_DIGITS or run.digits.endswith("00") or run.letters:
            continue
        at = run.first - 1
        while at > 0 and run.first - at <= DIRECT_TOKENS and tokens[at].text in DIRECT_LINKS:
            at -= 1
        if at >= 0 and tokens[at].text in DIRECT:
            out.append(Mark(run.first, run.last, DIRECT[tokens[at].text], Reason.CUE, 0.6))
    return out


def with_garbled(tokens: Sequence[Token], mark: Mark, below: float = GARBLED_CONFIDENCE) -> Mark:
    """A number and the words right beside it that the recogniser does not believe itself: "purple 6" was "triple 6".

    below: their confidence.
    """
    first, last = mark.first, mark.last
    for _ in range(GARBLED_TOKENS):
        if first > 0 and _garbled(tokens[first - 1], below) and not tokens[first - 1].stop:
            first -= 1
        if last < len(tokens) and _garbled(tokens[last], below) and not tokens[last - 1].stop:
            last += 1
    return replace(mark, first=first, last=last)


def _garbled(token: Token, below: float) -> bool:
    return token.confidence < below and token.text not in FILLERS


def _doubled(tokens: Sequence[Token]) -> list[Mark]:
    """ "Triple one": who says so reads a number out."""
    return [
        Mark(r.first, r.last, NUMBER, Reason.PATTERN, 0.6)
        for r in runs(tokens)
        if len(r.digits) >= CODE_DIGITS and not r.counted and r.digits not in KNOWN_CODES - {"111"}
        and any(t.text in MULTIPLIERS for t in tokens[r.first : r.last])
    ]  # fmt: skip


def _alone(tokens: Sequence[Token]) -> list[Mark]:
    """Digits and nothing else in a clause: the code of a card, whoever asked, or a number in odd groups."""
    out: list[Mark] = []
    ends = [i for i, t in enumerate(tokens, 1) if t.stop]
    for run in runs(tokens, lenient=True):
        first = max((e for e in ends if e <= run.first), default=0)
        last = next((e for e in ends if e >= run.last), len(tokens))
        bare = all(t.text in FILLERS for t in (*tokens[first : run.first], *tokens[run.last : last]))
        if not bare or run.letters or run.counted or run.digits in KNOWN_CODES:
            continue
        whole = (first, last) == (0, len(tokens))
        code = whole and run.singly == len(run.digits) == CODE_DIGITS
        if code or (len(run.digits) >= DIRECT_DIGITS and _odd(tokens[run.first : run.last])):
            out.append(Mark(run.first, run.last, NUMBER, Reason.PATTERN, 0.5))
    return out


def _odd(part: Sequence[Token]) -> bool:
    """ "106-0", "1 805 1", "9 to 3 96": groups of no time, price or year."""
    if any(t.text in MAGNITUDES or (t.is_digits and t.text.isalpha() and len(t.symbols) > 1) for t in part):
        return False
    if tenths([t for t in part if t.is_digits]):
        return False
    groups = [t.symbols for t in part if t.is_digits]
    return len(groups) >= 2 and (len(groups) > 2 or max(map(len, groups)) > 2) and not is_amount(part)
