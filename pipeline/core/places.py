"""Addresses that nobody asked for: a house and its street, a unit, where somebody says to live.

A town alone is no address, and neither is the street of a shop.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.core.casing import begins_sentence, has_capitals
from pipeline.core.finding import Reason
from pipeline.core.lists import Lists
from pipeline.core.marks import Mark
from pipeline.core.people import NOT_PEOPLE
from pipeline.core.spoken.phrases import find
from pipeline.core.spoken.runs import Run, runs
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import FILLERS, MONTHS, UNITS

STREETS = frozenset(
    "street road avenue lane drive court terrace crescent boulevard gardens grove mews close wynd parade place square "
    "walk row cottages cottage buildings heights towers mansions esplanade promenade parkway highway circuit rise "
    "vale alley quay wharf embankment villas loan brae gate green hill view way park yard turnpike st rd ave blvd "
    "nagar marg colony sector layout enclave chowk".split()
)
"""What the name of a street ends with. Behind a number and a name none of them is in doubt."""

SURE_STREETS = frozenset(
    "street road avenue lane terrace crescent boulevard mews wynd parade cottages cottage esplanade drive".split()
)
"""These end the name of a street without a number too."""

UNITS_OF_HOUSES = frozenset("flat apartment apt unit suite number house plot villa block".split())
LIVING = (
    "=i|we|she|he|they live|lives|lived|living|stay|moved at|on|in|to|near|into", "=i'm|we're at|on|living|staying",
    "=live|lives|living|moved|move at|on|to|into", "my|our|new|her|his|their|home|old|whose address is|was|to",
    "=deliver|send|ship|post|drop it|them|that|this|everything to", "=care of",
    "=i|we is|am|are at", "=home is", "=address is|was", "address to", "=house is", "=place is",
)  # fmt: skip
ROADS = frozenset("at on in to of near".split())
LEADS = ROADS | frozenset("it's is my our her his their".split())
STREET_TOKENS = 4  # words between a house number and what its street ends with
TAIL_TOKENS = 5  # words of town, county and state behind the street
GARBLED_TOKENS = 6  # the same, where the recogniser made small words of it
HOUSE_DIGITS = 5
NUMBER_TOKENS = 4
PLACE_WORDS = 3
CODE_TOKENS = 9
CODE_SYMBOLS = 3
POSTCODE = re.compile(r"[a-z]{1,2}[0-9][a-z0-9]?[0-9][a-z]{2}|[a-z][0-9][a-z][0-9][a-z][0-9]")
POSTCODE_TOKENS = 8
COUNTS = UNITS | MONTHS | frozenset("of or times out".split())
STATES = frozenset(
    "alabama alaska arizona arkansas california colorado connecticut delaware florida hawaii idaho illinois indiana "
    "iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana "
    "nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia wisconsin wyoming "
    "queensland victoria tasmania ontario quebec alberta manitoba saskatchewan nova scotia york jersey carolina dakota "
    "mexico hampshire island north south west east new saint county yorkshire lancashire cheshire kent surrey sussex "
    "essex norfolk suffolk devon cornwall somerset dorset wales scotland ireland england london".split()
)


def place_marks(tokens: Sequence[Token], lists: Lists) -> list[Mark]:
    """Addresses by their form: number and street, unit and street, or a place the speaker says to live at."""
    cased = has_capitals(tokens)
    out: list[Mark] = []
    for run in runs(tokens):
        if not run.digits or len(run.digits) > HOUSE_DIGITS:
            continue
        end = _street_end(tokens, run.last, lists, cased=cased) or _unknown_street(tokens, run, lists, cased=cased)
        if end:
            out.append(_mark(tokens, _with_unit(tokens, run.first), _with_town(tokens, end, lists, cased=cased)))
    out += _units(tokens, lists, cased=cased)
    for box in find(("=p o box", "=po box", "=post office box"), tokens):
        if box.last < len(tokens) and tokens[box.last].symbols:
            out.append(_mark(tokens, box.first, _with_town(tokens, box.last + 1, lists, cased=cased)))
    for cue in find(LIVING, tokens):
        end = _named_place(tokens, cue.last, lists, cased=cased) or _numbered(tokens, cue.last, lists, cased=cased)
        if end:
            out.append(_mark(tokens, cue.last, _with_town(tokens, end, lists, cased=cased), Reason.CUE))
    return out + _sentences(tokens, out) + _postcodes(tokens)


def _postcodes(tokens: Sequence[Token]) -> list[Mark]:
    """Letters and digits in the order of a British or Canadian postcode: "E H nine, one A W"."""
    out: list[Mark] = []
    said = [t.symbols or (t.text if len(t.text) == 1 and t.text.isalpha() else "") for t in tokens]
    for first in range(len(tokens)):
        whole = ""
        for last in range(first, min(first + POSTCODE_TOKENS, len(tokens))):
            if not said[last]:
                break
            whole += said[last]
            if POSTCODE.fullmatch(whole):
                out.append(Mark(first, last + 1, "POSTCODE", Reason.PATTERN, 0.7))
                break
    return out


ENDS_ADDRESS = frozenset(
    "is was and but because if so can could please that's thanks thank which where i i'm we it it's my the yes "
    "that then "
    "has had will would when who what how do does did".split()
)
"""Where one of them follows, a sentence that began with an address goes on about it."""

SENTENCE_TOKENS = 12


def _sentences(tokens: Sequence[Token], marks: Sequence[Mark]) -> list[Mark]:
    """ "Unit 6, 18 Banks, you parade, work up for 105": a sentence that begins with an address is one to its end."""
    out: list[Mark] = []
    for mark in marks:
        begins = mark.first == 0 or tokens[mark.first - 1].stop
        led = all(t.text in LEADS | FILLERS for t in tokens[max(0, mark.first - 3) : mark.first])
        if mark.entity != "POSTAL_ADDRESS" or not (begins or (led and mark.first <= 3)) or tokens[mark.last - 1].stop:
            continue
        end = mark.last
        while end < len(tokens) and tokens[end].text not in ENDS_ADDRESS:
            end += 1
            if tokens[end - 1].stop:
                break
        closed = end == len(tokens) or tokens[end - 1].stop
        if closed and mark.last < end <= mark.last + SENTENCE_TOKENS:
            out.append(_mark(tokens, mark.last, end))
    return out


def _mark(tokens: Sequence[Token], first: int, last: int, reason: Reason = Reason.PATTERN) -> Mark:
    return Mark(first, min(last, len(tokens)), "POSTAL_ADDRESS", reason, 0.7)


def _street_end(tokens: Sequence[Token], first: int, lists: Lists, *, cased: bool) -> int | None:
    """Where the street of a house number that ends at `first` ends, or None if none follows."""
    for at in range(first, min(first + STREET_TOKENS, len(tokens))):
        token = tokens[at]
        written = token.text in STREETS and token.cased and at > first and tokens[at - 1].cased
        if (token.text in COUNTS and not written) or token.text in FILLERS - ROADS or token.is_digits:
            return _written_street(tokens, first)
        between = tokens[first:at]
        named = bool(between) and any(t.text not in FILLERS for t in between)
        if token.text in STREETS and named:
            sure = token.text in SURE_STREETS or any(
                _is_proper(tokens, i, lists, cased=cased) for i in range(first, at)
            )
            return at + 1 if sure else None
        closes = token.pause or at + 1 == len(tokens)
        if named and closes and token.cased and token.text in lists.streets:
            return at + 1
        if token.stop:
            return None
    return _written_street(tokens, first)


def _written_street(tokens: Sequence[Token], first: int) -> int | None:
    """ "1038, when will Avenue": garbled, but what it ends with is written as of a street."""
    for at in range(first + 1, min(first + GARBLED_TOKENS, len(tokens))):
        if tokens[at - 1].stop or tokens[at].text in COUNTS or tokens[at].is_digits:
            return None
        if tokens[at].cased and tokens[at].text in SURE_STREETS:
            return at + 1
    return None


def _unknown_street(tokens: Sequence[Token], run: Run, lists: Lists, *, cased: bool) -> int | None:
    """The end of two names or more behind a number, the first no word anybody knows: "seven Harborview Port"."""
    last = run.last
    while last < len(tokens) and _is_proper(tokens, last, lists, cased=cased):
        last += 1
        if tokens[last - 1].stop:
            break
    named = tokens[run.last : last]
    known = not named or lists.is_ordinary(named[0].text) or not lists.words or any(t.text in NOT_PEOPLE for t in named)
    led = run.first == 0 or tokens[run.first - 1].pause or tokens[run.first - 1].text in LEADS
    return last if not known and len(named) > 1 and led else None


def _units(tokens: Sequence[Token], lists: Lists, *, cased: bool) -> list[Mark]:
    """ "Flat 4, Rosewood", "unit six, eighteen ...": the unit, and what follows if it is a name or a number."""
    out = []
    for i, token in enumerate(tokens[:-1]):
        following = tokens[i + 1]
        numbered = (following.is_digits and len(following.symbols) <= HOUSE_DIGITS) or following.is_letter
        if token.text not in {"flat", "apartment", "apt", "unit", "suite"} or not numbered:
            continue
        last = i + 2
        if last < len(tokens) and tokens[last].is_letter:
            last += 1
        if last < len(tokens) and tokens[last].text in COUNTS:
            continue
        end = _with_town(tokens, last, lists, cased=cased)
        more = last < len(tokens) and tokens[last].is_digits
        if end > last or more or token.text != "unit":
            out.append(_mark(tokens, i, end))
    return out


def _with_unit(tokens: Sequence[Token], first: int) -> int:
    """The start of the address whose number begins at `first`: with the flat before it."""
    at = first
    while at > 0 and first - at < 4 and (tokens[at - 1].is_digits or tokens[at - 1].text in UNITS_OF_HOUSES):
        at -= 1
    return at


def _named_place(tokens: Sequence[Token], first: int, lists: Lists, *, cased: bool) -> int | None:
    """The end of a street or house said without a number, by what such names end with."""
    for at in range(first, min(first + STREET_TOKENS + 1, len(tokens))):
        token = tokens[at]
        if token.text in SURE_STREETS and at > first and tokens[at - 1].text not in FILLERS | {"main", "same"}:
            return at + 1
        proper = _is_proper(tokens, at, lists, cased=cased)
        if token.text in STREETS and at > first and _is_proper(tokens, at - 1, lists, cased=cased):
            return at + 1
        if token.stop or not (proper or token.symbols or token.text in {"the", "old"}):
            return None
    return None


def _numbered(tokens: Sequence[Token], first: int, lists: Lists, *, cased: bool) -> int | None:
    """The end of a house number and up to three names: "I'm at 17 Gorsell"."""
    last = first
    while last < len(tokens) and tokens[last].is_digits and last - first < NUMBER_TOKENS:
        last += 1
    named = last
    while named < len(tokens) and named - last < PLACE_WORDS and _is_proper(tokens, named, lists, cased=cased):
        named += 1
        if tokens[named - 1].pause:
            break
    closed = named == len(tokens) or tokens[named - 1].pause or tokens[named].text in ENDS_ADDRESS
    return named if last > first and named > last and closed else None


def _with_code(tokens: Sequence[Token], end: int) -> int:
    """An address, widened over a postcode right behind it: letters and digits, at least one digit."""
    last = end
    while last < len(tokens) and last - end < CODE_TOKENS and _codes(tokens[last]):
        last += 1
        if tokens[last - 1].stop:
            break
    said = "".join(t.symbols for t in tokens[end:last])
    return last if len(said) >= CODE_SYMBOLS and any(c.isdigit() for c in said) else end


def _codes(token: Token) -> bool:
    return bool(token.symbols) or token.text in {"double", "triple", "not", "a", "i", "o"}


def _with_town(tokens: Sequence[Token], last: int, lists: Lists, *, cased: bool) -> int:
    """The end of an address, widened over town, county and state."""
    end = last
    for at in range(last, min(last + TAIL_TOKENS, len(tokens))):
        if tokens[at - 1].stop:
            break
        text = tokens[at].text
        if _is_proper(tokens, at, lists, cased=cased) or text in STATES or text in STREETS:
            end = at + 1
        elif text not in {"in", "near", "upon", "on", "the"}:
            break
    return end if end > 0 and tokens[end - 1].stop else _with_code(tokens, end)


def _is_proper(tokens: Sequence[Token], at: int, lists: Lists, *, cased: bool) -> bool:
    """A word that names a place or might: in capitals, a town, or no word anybody knows."""
    token = tokens[at]
    text = token.text
    if token.symbols or not text[0].isalpha() or text in FILLERS or text in COUNTS:
        return False
    if cased:
        return token.cased and not (begins_sentence(tokens, at) and lists.is_ordinary(text))
    return text in lists.towns or lists.is_name(text) or (bool(lists.words) and not lists.is_ordinary(text))
