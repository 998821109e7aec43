"""Runs of digits and letters: where a number, a code or a spelled word begins and ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.span import Span
from pipeline.core.spoken.counted import PRICES, begins_date, counted, is_stall
from pipeline.core.spoken.tokens import Token, digits_of, hull
from pipeline.core.spoken.vocabulary import (
    ALPHABET_LINKS,
    CODE_JOINERS,
    DIGIT_LIKE,
    JOINERS,
    LETTER_LIKE,
    MAGNITUDES,
    MONTHS,
    MULTIPLIERS,
    ORDINALS,
    UNITS,
)

DATE_JOINERS = frozenset({"of", "the"})
GAP_TOKENS = 2  # joiners ("and", "dash") that may stand between two parts
GAP_TOKENS_CODE = 4  # the same in a code that was asked for: "dash, capital letter"
PRONOUN_ONE = frozenset({"that", "this", "the", "new", "old", "which", "another", "other", "first", "last", "no"})
BRIDGES = frozenset("for fore to too won ate tree fife o foe not knot".split())
NO_WORDS_BETWEEN = frozenset("won ate tree fife foe not knot".split())  # "nine to five" is said, "nine ate five" is 985
NOUGHTS = frozenset({"not", "knot"})  # how a recogniser of American English writes "nought"
DENSE = NOUGHTS | MULTIPLIERS.keys() | {"for", "to", "too", "ate", "a", "and"}
LEADING = NOUGHTS | {"for", "to", "too", "ate", "won"}
LED_DIGITS = 3
NUMBER_DIGITS, DENSE_DIGITS = 2, 4
LED_SINGLY = 6
BRIDGE_TOKENS = 3
BRIDGE_DIGITS = 3
AMOUNT_DIGITS = 6
LONG_DIGITS = 7  # a number this long goes on behind "for"
CUT_LINKS = frozenset({"as", "in", "for", "like"})
CUT_TOKENS = 3
COUNTING = frozenset({"1234", "12345", "4321", "3210", "43210", "54321"})  # "one, two, three, four, hello"
IDENTITY_DIGITS = 5  # that many digits without a unit identify something
IDENTITY_LETTERS = 4  # that many letters said one by one spell something
IDENTITY_SHOUTED = 6  # the same written in one: shorter ones are garbled words in capitals, "VANS"
IDENTITY_SINGLY = 4  # that many digits said one by one are no year, price or time
IDENTITY_MIXED = 6  # digits and letters together: plates, postcodes, references


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens `first` to `last` (out) of one utterance, and the digits and letters they say."""

    first: int
    last: int
    digits: str
    letters: int
    counted: bool  # it counts, measures, prices or dates something
    singly: int = 0  # digits in a row said one by one

    @property
    def symbols(self) -> int:
        """Digits and letters together."""
        return len(self.digits) + self.letters

    @property
    def identifies(self) -> bool:
        """Long enough to be somebody's number without any context."""
        if self.counted:
            return False
        mixed = (
            len(self.digits) >= 2
            and self.letters >= 2
            and self.symbols >= (IDENTITY_MIXED if self.last - self.first < 4 else IDENTITY_MIXED - 1)
        )
        spelled = self.letters >= (IDENTITY_LETTERS if self.last - self.first > 1 else IDENTITY_SHOUTED)
        one_by_one = self.singly >= IDENTITY_SINGLY and self.digits not in COUNTING
        return len(self.digits) >= IDENTITY_DIGITS or spelled or mixed or one_by_one


def runs(tokens: Sequence[Token], *, lenient: bool = False, dates: bool = False) -> list[Run]:
    """Maximal runs in `tokens`, in order.

    lenient: inside an expected answer, also what sounds like a digit or a letter belongs to it.
    dates: months belong to it.
    """
    flags = [_is_symbol(tokens, i, dates) or _is_magnitude(tokens, i, lenient or dates) for i in range(len(tokens))]
    _adopt_letters(tokens, flags, lenient)
    clearing = _adopt_alphabet(tokens, flags, lenient)
    if lenient:
        _adopt_neighbours(tokens, flags)
    _bridge(tokens, flags)
    joiners = (CODE_JOINERS if lenient else JOINERS) | (DATE_JOINERS if dates else frozenset())
    out: list[Run] = []
    at = 0
    while at < len(tokens):
        if not flags[at]:
            at += 1
            continue
        last = _end_of_run(tokens, flags, at, joiners, GAP_TOKENS_CODE if lenient else GAP_TOKENS)
        out.append(_run(tokens, at, last, clearing, lenient))
        at = last
    return out


def _is_symbol(tokens: Sequence[Token], i: int, dates: bool) -> bool:
    token = tokens[i]
    if token.text in MULTIPLIERS:
        return i + 1 < len(tokens) and (bool(tokens[i + 1].symbols) or tokens[i + 1].text in NOUGHTS)
    if token.text in NOUGHTS and i and tokens[i - 1].text in MULTIPLIERS:
        return True
    if is_stall(tokens, i):
        return False
    if token.text == "one" and i and tokens[i - 1].text in PRONOUN_ONE:
        return (dates and begins_date(tokens[i + 1 : i + 5])) or (i + 1 < len(tokens) and tokens[i + 1].is_digits)
    return bool(token.symbols) or (dates and token.text in MONTHS)


def _is_magnitude(tokens: Sequence[Token], i: int, lenient: bool) -> bool:
    """ "hundred" behind a number: some read their card in hundreds. The rest of one may stand at a beginning."""
    if tokens[i].text not in MAGNITUDES:
        return False
    if i == 0:
        return lenient and any(t.is_digits for t in tokens[1:3])
    return tokens[i - 1].text not in UNITS if lenient else tokens[i].text == "hundred" and tokens[i - 1].is_digits


def _adopt_letters(tokens: Sequence[Token], flags: list[bool], lenient: bool) -> None:
    """ "a", "i" and "o" are letters among letters; in an expected answer, beside one letter already."""
    for i, token in enumerate(tokens):
        if flags[i] or token.text not in {"a", "i", "o"}:
            continue
        before = i > 0 and flags[i - 1] and not tokens[i - 1].is_digits
        after = i + 1 < len(tokens) and flags[i + 1] and not tokens[i + 1].is_digits
        flags[i] = (before or after) if lenient else (before and after)


def _adopt_neighbours(tokens: Sequence[Token], flags: list[bool]) -> None:
    forth = range(len(tokens))
    for i in (*forth, *reversed(forth)):
        token = tokens[i]
        near = any(0 <= n < len(tokens) and flags[n] for n in (_next(tokens, i, -1), _next(tokens, i, 1)))
        eight = token.text == "a" and i + 1 < len(tokens) and tokens[i + 1].is_digits and (i == 0 or flags[i - 1])
        if not flags[i] and ((near and (token.text in DIGIT_LIKE or token.text in LETTER_LIKE)) or eight):
            flags[i] = True


def _next(tokens: Sequence[Token], i: int, step: int) -> int:
    n = i + step
    return n + step if 0 <= n < len(tokens) and tokens[n].text in {"um", "uh", "er", "erm"} else n


def _bridge(tokens: Sequence[Token], flags: list[bool]) -> None:
    """ "four nine to eight one one": what sounds like a digit between digits that are many enough to be a number."""
    inside = range(1, len(tokens) - 1)
    for i in (*inside, *reversed(inside)):
        if flags[i] or tokens[i].text not in BRIDGES:
            continue
        before, after = _beyond(tokens, i, -1), _beyond(tokens, i, 1)
        ends = [tokens[n] for n in (before, after) if 0 <= n < len(tokens) and flags[n]]
        if len(ends) < 2 or not all(t.is_digits or t.text in MULTIPLIERS for t in ends):
            continue
        sides = _row(tokens, flags, before, -1), _row(tokens, flags, after, 1)
        certain = tokens[i].text in NO_WORDS_BETWEEN
        digits = max(sum(len(t.symbols) for t in side if t.is_digits) for side in sides)
        singles = [sum(len(t.symbols) == 1 for t in side) for side in sides]
        single = sum(singles) if certain else max(singles)
        flags[i] = single >= BRIDGE_TOKENS or digits >= (BRIDGE_DIGITS if certain else LONG_DIGITS)
    for first, last in _dense(tokens):
        flags[first:last] = [True] * (last - first)
    for i, token in enumerate(tokens[:-1]):
        led = _row(tokens, flags, i + 1, 1) if flags[i + 1] and not flags[i] and token.text in LEADING else []
        digits = sum(len(t.symbols) for t in led if t.is_digits)
        begins = i == 0 or token.pause or tokens[i - 1].pause
        doubled = bool(led) and tokens[i + 1].text in MULTIPLIERS  # "for triple two"
        noughts = token.text in NOUGHTS and digits >= LED_DIGITS and begins
        flags[i] = flags[i] or noughts or doubled or sum(len(t.symbols) == 1 for t in led) >= LED_SINGLY


def _dense(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Stretches of digits and what sounds like them: "eight not eight". Two suffice if a sentence has nothing else."""
    out = []
    first = 0
    for i in range(len(tokens) + 1):
        if i < len(tokens) and (tokens[i].is_digits or tokens[i].text in DENSE):
            continue
        said = tokens[first:i]
        digits = sum(t.is_digits and len(t.symbols) == 1 for t in said)
        alone = (first == 0 or tokens[first - 1].stop) and (i == len(tokens) or (said and said[-1].stop))
        nought = any(t.text in NOUGHTS for t in said)
        if nought and (digits >= DENSE_DIGITS or (alone and sum(t.is_digits for t in said) >= NUMBER_DIGITS)):
            out.append((first, i))
        first = i + 1
    return out


def _beyond(tokens: Sequence[Token], i: int, step: int) -> int:
    """The nearest position that is neither a hesitation nor one more digit taken for a word."""
    n = i + step
    while 0 <= n < len(tokens) and abs(n - i) <= GAP_TOKENS and tokens[n].text in JOINERS | NO_WORDS_BETWEEN:
        n += step
    return n


def _row(tokens: Sequence[Token], flags: Sequence[bool], at: int, step: int) -> list[Token]:
    """Tokens in a row that are flagged from `at` on, over hesitations and what sounds like a digit itself."""
    out = []
    while 0 <= at < len(flags):
        if flags[at]:
            out.append(tokens[at])
        elif tokens[at].text not in JOINERS and tokens[at].text not in NO_WORDS_BETWEEN:
            break
        at += step
    return out


def explained(tokens: Sequence[Token]) -> set[int]:
    """Positions of words that only make a letter clear: "for bravo" behind "b"."""
    return _adopt_alphabet(tokens, [bool(t.symbols) for t in tokens], lenient=False)


def _adopt_alphabet(tokens: Sequence[Token], flags: list[bool], lenient: bool) -> set[int]:
    """ "b for bravo", "t as in tommy": the words behind a letter belong to it. Returns which those are.

    lenient: any word may stand there, and what sounds like a letter before it, for the pair may be garbled.
    """
    clearing: set[int] = set()
    cut = next((i for i, t in enumerate(tokens[:CUT_TOKENS]) if t.text not in CUT_LINKS), 0) if lenient else 0
    if cut and any(flags[cut : cut + 2]) and not (flags[cut] and tokens[cut].is_digits):
        flags[: cut + 1] = [True] * (cut + 1)  # "as in boy, november": cut off from its letter
        clearing.update(range(cut + (not tokens[cut].is_letter)))
    for i, token in enumerate(tokens):
        if i in clearing or not (letter := _letter(token, lenient)):
            continue
        for link in ALPHABET_LINKS:
            word = i + 1 + len(link)
            if word >= len(tokens) or tuple(t.text for t in tokens[i + 1 : word]) != link:
                continue
            clear = len(tokens[word].text) >= 3 and tokens[word].text.startswith(letter)
            if clear or (lenient and flags[i] and token.is_letter and not tokens[word].is_digits):
                flags[i : word + 1] = [True] * (word + 1 - i)
                clearing.update(range(i + 1, word + 1))
            break
    return clearing


def _letter(token: Token, lenient: bool) -> str:
    """The letter a token stands for, "" for none. "I for instance" is no letter."""
    if token.is_letter and len(token.symbols) == 1:
        return token.symbols
    return token.text if len(token.text) == 1 and token.text in "ao" else LETTER_LIKE.get(token.text, "") * lenient


def _end_of_run(tokens: Sequence[Token], flags: Sequence[bool], first: int, joiners: frozenset[str], gap: int) -> int:
    last = first + 1
    at = last
    while at < len(tokens) and at - last <= gap:
        if flags[at]:
            last = at + 1
        elif tokens[at].text not in joiners:
            break
        at += 1
    return last


def _run(tokens: Sequence[Token], first: int, last: int, clearing: set[int], lenient: bool) -> Run:
    part = [tokens[i] for i in range(first, last) if i not in clearing]
    digits = digits_of(part)
    letters = sum(len(t.symbols) for t in part if t.is_letter)
    singly = _singly(part)
    return Run(first, last, digits, letters, counted(tokens, first, last, digits, singly, lenient=lenient), singly)


def amounts(tokens: Sequence[Token]) -> list[Span]:
    """Where the recogniser itself wrote an amount: "$126", "22,500"."""
    found = [r for r in runs(tokens) if r.counted and 1 < len(r.digits) <= AMOUNT_DIGITS]
    near = [tokens[max(0, r.first - 1) : r.last] for r in found]
    written = [r for r, part in zip(found, near, strict=True) if any(t.thousands or t.text in PRICES for t in part)]
    return [hull(tokens[r.first : r.last]) for r in written]


def _singly(part: Sequence[Token]) -> int:
    """The most digits in a row that are said one by one."""
    best = row = 0
    for i, token in enumerate(part):
        if token.text in MULTIPLIERS:
            continue
        single = token.is_digits and len(token.symbols) == 1 and token.text not in ORDINALS
        single = single and not (token.point or (i > 0 and part[i - 1].point))  # "6.4"
        doubled = i > 0 and part[i - 1].text in MULTIPLIERS
        row = row + (MULTIPLIERS[part[i - 1].text] if doubled else 1) if single else 0
        best = max(best, row)
    return best
