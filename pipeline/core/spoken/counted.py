"""Numbers that count, measure, price or date something: they identify nobody."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import COUNTED_BEFORE, MAGNITUDES, MONTHS, ORDINALS, UNITS

PRICES = frozenset("$£€₹")
PRICE_DIGITS = 9
SHORT_DIGITS = 4  # behind "around" or "platform"
AMOUNT_DIGITS_HUNDRED = 5  # "nine hundred eighteen twenty" is a price; longer ones are numbers read in hundreds
AMOUNT_DIGITS = 8
SPELT_SINGLY = 5  # that many digits said one by one count nothing, whatever word follows
CLOCK_DIGITS = frozenset({3, 4})
HOURS, MINUTES, MINUTES_STEP = range(1, 24), 60, 5
DECIMAL_DIGITS = 6  # "1946.99"
PRICED_DIGITS = 5
PRICED_BEFORE = frozenset(
    "of for owe me give get worth runs run at cost costs total charge charged pay paid is you".split()
)
CENTS = frozenset("00 10 20 25 30 40 45 50 60 70 75 80 90 95 99".split())
PRICED_ABOUT = frozenset("about around over under roughly nearly almost bring".split())
PRICED_BEHIND = frozenset("a an each every per monthly more off extra less".split())
"""Behind a price: "45 a night", "63850 more"."""

NAMED_BY = frozenset("your my his her their our the a an this that".split())
ASKED_BY = frozenset({"which", "what", "whose"})
NAMING = frozenset({"number", "id", "code"})
ENDINGS = frozenset("end ends ending finishes finish".split())  # "it ends at 7292"
STALLS = frozenset("second sec seconds moment minute mo tick".split())


def is_ordinal(token: Token) -> bool:
    """ "third", "3rd"."""
    return token.text in ORDINALS or (token.is_digits and token.text[-2:] in {"st", "nd", "rd", "th"})


def begins_date(behind: Sequence[Token]) -> bool:
    """ "the one of august", "... of the ninth", "... of the four 1963": what stands behind "one" makes a day of it."""
    texts = [t.text for t in behind]
    month = behind[2:4] if texts[:2] == ["of", "the"] else ()
    numbered = len(month) == 2 and all(t.is_digits for t in month)
    named = texts[1:2] if texts[:1] == ["of"] else texts[:1]
    return any(w in MONTHS for w in named) or numbered or any(map(is_ordinal, month[:1]))


def counted(tokens: Sequence[Token], first: int, last: int, digits: str, singly: int, *, lenient: bool) -> bool:
    """Whether tokens `first` to `last` (out) count something. lenient: inside an expected answer.

    digits: what they say; singly: how many of them in a row one by one.
    """
    part = tokens[first:last]
    before = [t.text for t in tokens[max(0, first - 2) : first]]
    after = [t.text for t in tokens[last : last + 2]]
    if len(digits) >= 2 and sum(len(t.symbols) for t in part if t.is_letter) >= 2:
        return False  # letters and digits together count nothing
    if len(part) == 1 and (part[0].text == "oh" or is_ordinal(part[0])):
        return True  # "uh oh", "the eighteenth"
    if len(digits) <= 2 and before == ["on", "the"]:
        return True  # a day of the month
    if not lenient and (is_amount(part) or _is_clock(part, before) or _is_named(part, before, after)):
        return True
    if len(part) == 2 and len(part[0].symbols) >= 4 and part[0].symbols.endswith("000") and part[1].text == "one":
        return True  # "62,000, one owner"
    priced = any(t.text in PRICES for t in tokens[max(0, first - 1) : last])
    if len(part) == 1 and len(digits) > 4 and digits.endswith("000"):
        return True  # "46000": a count of something; "7000" may be a code
    if priced:
        return len(digits) < PRICE_DIGITS  # no price is that long: a recogniser took a number for one
    # "four thousand nine hundred": an amount, unless a number was asked for.
    sizes = {t.text for t in part} & MAGNITUDES or ({after[0]} & MAGNITUDES if after else set())
    large = len(digits) <= (AMOUNT_DIGITS_HUNDRED if sizes <= {"hundred"} else AMOUNT_DIGITS)
    if (sizes and large and not lenient) or (after and after[0] == "%"):
        return True
    linked = singly < SPELT_SINGLY and not (part[-1].pause and len(digits) > SHORT_DIGITS)
    if (
        linked
        and after
        and (after[0] in UNITS or (len(after) > 1 and after[0] in {"and", "a", "of"} and after[1] in UNITS))
    ):
        return True
    letters = any(t.is_letter for t in part)
    if not lenient and _has_price_form(part):
        priced = _is_priced(before, after)
        if priced or len(part) == 1:
            return priced
    if before[-1:] == ["version"] and len(digits) <= SHORT_DIGITS:
        return True
    ending = before[-1:] == ["at"] and before[0] in ENDINGS
    short = len(digits) <= SHORT_DIGITS and singly < SHORT_DIGITS and not letters and not ending
    return short and bool(before) and before[-1] in COUNTED_BEFORE


def is_amount(part: Sequence[Token]) -> bool:
    """ "946.99", "34,700", "700 and 60"."""
    digits = "".join(t.symbols for t in part if t.is_digits)
    if _loops_amount(part):
        return True
    if len(part) == 1:
        return part[0].thousands and digits.endswith("00")
    dotted = part[0].point and part[0].is_digits
    decimal = len(part) == 2 and part[0].span == part[1].span and dotted and len(part[1].symbols) <= 2
    if decimal:
        return len(digits) <= DECIMAL_DIGITS and digits[0] != "0"
    hundreds = part[0].symbols.endswith("00") and len(part[0].symbols) == 3
    return hundreds and part[1].text == "and" and len(part) <= 4 and all(len(t.symbols) <= 2 for t in part[2:])


def tenths(digits: Sequence[Token]) -> bool:
    """Nothing but numbers with one place behind a point: "6.4, 6.4". digits: tokens of digits."""
    pairs = zip(digits[::2], digits[1::2], strict=False)
    return len(digits) % 2 == 0 and all(a.point and a.span == b.span and len(b.symbols) == 1 for a, b in pairs)


def is_stall(tokens: Sequence[Token], i: int) -> bool:
    """Token i is of "one second", "1 tick": no part of the number behind it."""
    if i >= 0 and tokens[i].text in {"one", "1"}:
        fresh = i == 0 or not tokens[i - 1].is_digits
        return fresh and i + 1 < len(tokens) and tokens[i + 1].text in STALLS
    before = [t.text for t in tokens[max(0, i - 2) : i]]
    return tokens[i].text == "second" and ("just" in before[-1:] or before == ["just", "a"] or is_stall(tokens, i - 1))


def _loops_amount(part: Sequence[Token]) -> bool:
    """ "2100, 2100, 2100": a round amount that a recogniser wrote several times over."""
    groups = {t.symbols for t in part}
    return len(part) > 1 and len(groups) == 1 and len(min(groups)) in CLOCK_DIGITS and min(groups).endswith("00")


def _has_price_form(part: Sequence[Token]) -> bool:
    """ "91820", "536 20": pounds and pence, the point between them not heard. Of "45 a night" a nine was heard."""
    groups = [t.symbols for t in part if t.text != "and"]
    if not all(t.is_digits or t.text == "and" for t in part) or not groups[0] or groups[0][0] == "0":
        return False
    if len(groups) == 3 and groups[2] == "9":
        groups.pop()
    if len(groups) == 2:
        return len(groups[0]) <= PRICED_DIGITS - 2 and groups[1] in CENTS
    return len(part) == 1 and len(groups[0]) == PRICED_DIGITS and groups[0][-2:] in CENTS


def _is_priced(before: Sequence[str], after: Sequence[str]) -> bool:
    """ "A fine of ...", "... in credit", "... for the day": a price by the words beside it."""
    if before[-1:] and before[-1] in PRICED_BEFORE | PRICED_ABOUT:
        return True
    whole = after[:1] == ["for"] and (after[1:2] == ["the"] or bool(set(after[1:2]) & PRICED_BEHIND))
    return whole or (bool(after) and after[0] in PRICED_BEHIND) or list(after) == ["in", "credit"]


def _is_clock(part: Sequence[Token], before: Sequence[str]) -> bool:
    """ "940 and 1240", "from 605-05": between two times."""
    links = [i for i, t in enumerate(part) if t.text == "and"]
    if before[-1:] == ["from"] and not links:
        return any(_is_time(part[:i]) and _is_time(part[i:], whole=True) for i in range(1, len(part)))
    if len(links) != 1:
        return False
    return all(_is_time(side) for side in (part[: links[0]], part[links[0] + 1 :]))


def _is_time(part: Sequence[Token], *, whole: bool = False) -> bool:
    """whole: an hour is one, too."""
    said = "".join(t.symbols for t in part)
    if whole and len(part) == 1 and len(said) <= 2 and part[0].is_digits:
        return int(said) in HOURS
    if not part or not all(t.is_digits for t in part) or len(said) not in CLOCK_DIGITS:
        return False
    return int(said[:-2]) in HOURS and int(said[-2:]) < MINUTES and int(said[-1]) % MINUTES_STEP == 0


def _is_named(part: Sequence[Token], before: Sequence[str], after: Sequence[str]) -> bool:
    """ "your IDAR", "your U-PID number", "which UPI-ID": in capitals what is owned or asked for is a thing."""
    if not before or not all(t.is_letter for t in part):
        return False
    if before[-1] in NAMED_BY and len(part) == 1 and len(part[0].symbols) > 1:
        return True
    asked = before[-1] in ASKED_BY and any(len(t.symbols) > 1 for t in part)
    return asked or (before[-1] == "your" and bool(after) and after[0] in NAMING)
