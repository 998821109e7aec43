"""Names of people that no cue announces: known from lists, or told by a model from the words around them."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.aids import Aids
from pipeline.core.casing import begins_sentence, has_capitals, restored
from pipeline.core.finding import Reason
from pipeline.core.lists import Lists
from pipeline.core.marks import Mark
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import FILLERS, MONTHS, UNITS

NAME_WORDS = 4
NAME_LETTERS = 3
# Names so common that the word of the same spelling is not meant.
SURELY_NAMES = frozenset(
    "john peter harry jack tom nick matt tony terry sally holly heather hazel jasmine brad billy bobby jimmy "
    "josh ken phoebe rick roger rosemary carol colleen derrick martin hector daisy patsy lily glen".split()
)
THINGS = frozenset("hazel holly heather jasmine daisy lily jack nick rosemary glen carol harry".split())
"""Of those, what in small letters may be the thing after all."""

# Called like people, but companies, products, peoples and days.
NOT_PEOPLE = MONTHS | frozenset(
    "mercedes tesla alexa siri ford honda toyota nissan audi renault porsche chevrolet dodge lincoln bentley "
    "visa amazon google paypal barclays lloyds santander halifax chase wells fargo hsbc monzo revolut klarna "
    "virgin vodafone verizon samsung apple dyson bosch philips siemens nokia lenovo dell cisco disney netflix "
    "tesco asda morrisons sainsbury sainsburys waitrose aldi lidl ikea argos currys macy's walmart costco "
    "wendy's mcdonald's domino's levi's kellogg's boots hermes fedex dhl android windows chrome safari "
    "alexander jesus christ god lord english french german irish scottish welsh british american indian "
    "christmas easter diwali monday tuesday wednesday thursday friday saturday sunday medicare medicaid covid "
    "bluetooth euro wifi iban upi otp isbn nhs dob express mastercard ok okay hello hallo bye thank thanks "
    "please yes yeah telly".split()
) - {"alexander"}
# Behind these a name is that of a company, a place or a thing.
NAMED_AFTER = frozenset(
    "bank banking energy insurance limited ltd inc group airlines airways hotel hotels clinic hospital surgery "
    "pharmacy school college university church street road station airport county city shop store stores "
    "stadium theatre services solutions systems company card plan account broadband mobile telecom water power "
    "gas council".split()
)
REST_WORDS = 3
ALONE_LETTERS = 5  # a shorter name without another beside it may be a word misheard
PAIR_LEAST = 3  # strength of a first and a last name together
TAGGED_LEAST = 2  # strength that what the model names must have


def strength(tokens: Sequence[Token], at: int, lists: Lists, *, cased: bool) -> int:
    """How much the word by itself is a name: 3 surely, 2 likely, 1 it may be, 0 no. cased: capitals are written."""
    token = tokens[at]
    text = token.text
    plain = text.isalpha() or "'" in text
    if token.symbols or not plain or len(text) < NAME_LETTERS or text in NOT_PEOPLE:
        return 0
    capital = token.cased and not begins_sentence(tokens, at)
    if text in SURELY_NAMES:
        return 3 if token.cased or not (cased or text in THINGS) else 1
    if lists.is_ordinary(text) or text in FILLERS or text in UNITS:
        return int(capital and lists.is_name(text))
    if text in lists.given:
        if text in lists.towns and begins_sentence(tokens, at):
            return 1
        return 2 if text in lists.towns or (cased and not token.cased) else 3
    if text in lists.surnames:
        return 1 if text in lists.towns or (cased and not token.cased) else 2
    return int(capital)


def listed_marks(tokens: Sequence[Token], lists: Lists) -> list[Mark]:
    """Given names that are nothing else, and what is called like a surname behind them."""
    cased = has_capitals(tokens)
    found = [strength(tokens, i, lists, cased=cased) for i in range(len(tokens))]
    out: list[Mark] = []
    i = 0
    while i < len(tokens):
        last = i + 1
        joined = not tokens[i].pause
        while joined and last < len(tokens) and found[last] and last - i < NAME_WORDS:
            joined = not tokens[last].pause
            last += 1
        whole = found[i:last]
        alone = len(whole) == 1
        sure = max(whole) == 3 and (not alone or len(tokens[i].text) >= ALONE_LETTERS)
        known = i + 1 < last and max(whole) >= 2 and sum(whole) >= PAIR_LEAST
        after = last < len(tokens) and not tokens[last - 1].pause and tokens[last].text in NAMED_AFTER
        if found[i] and (sure or known) and not after:
            end = _whole_sentence(tokens, i, last, lists)
            out.append(Mark(i, end, "PERSON_NAME", Reason.PATTERN, 0.6))
            i = end
        else:
            i += 1
    return out


def _whole_sentence(tokens: Sequence[Token], first: int, last: int, lists: Lists) -> int:
    """ "Harriet the Damy." A sentence that begins with a name and ends a few words on is that name, garbled."""
    end = last
    while end < len(tokens) and end - last < REST_WORDS and not tokens[end - 1].pause:
        end += 1
    begins = first == 0 or tokens[first - 1].stop
    closed = end == len(tokens) or tokens[end - 1].stop
    odd = any((t.cased or not lists.is_ordinary(t.text)) and t.text not in FILLERS for t in tokens[last:end])
    return end if begins and closed and odd and end > last else last


def tagged_marks(tokens: Sequence[Token], aids: Aids) -> list[Mark]:
    """Names by the model, where a word in them may be one. Utterances without such a word are not shown to it."""
    if aids.tagger is None or not tokens:
        return []
    cased = has_capitals(tokens)
    likely = [strength(tokens, i, aids.lists, cased=cased) for i in range(len(tokens))]
    if not any(likely):
        return []
    out: list[Mark] = []
    for tagged in aids.tagger(restored(tokens, aids.lists)):
        first, last = tagged.first, tagged.last
        while first < last and not likely[first]:
            first += 1
        while first < last and not likely[last - 1]:
            last -= 1
        part = tokens[first:last]
        alone = len(part) == 1 and len(part[0].text) < ALONE_LETTERS
        capital = not cased or any(t.cased for t in part)
        enough = sum(likely[first:last]) >= TAGGED_LEAST and capital and not alone
        if tagged.entity == "PERSON_NAME" and enough and not _is_named_after(tokens, first, last):
            out.append(Mark(first, last, tagged.entity, Reason.PATTERN, tagged.confidence))
    return out


def _is_named_after(tokens: Sequence[Token], first: int, last: int) -> bool:
    return any(t.text in NAMED_AFTER for t in tokens[first : last + 1])
