"""Secrets that need no question: numbers of an identity's length, announced numbers, addresses of mail, birthdays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.core.addresses import address_marks
from pipeline.core.codes import named_before, odd_marks, with_garbled
from pipeline.core.entities import ENTITIES, NUMBER, Entity, Shape
from pipeline.core.finding import Reason
from pipeline.core.marks import Mark
from pipeline.core.spelling import spelled_marks
from pipeline.core.spoken.clauses import clauses
from pipeline.core.spoken.counted import is_ordinal
from pipeline.core.spoken.phrases import find
from pipeline.core.spoken.runs import Run, runs
from pipeline.core.spoken.tokens import Token, digits_of
from pipeline.core.spoken.vocabulary import FILLERS, MONTHS, SIGNS, UNITS

CUE_TOKENS = 7  # words between an announcement and its number
CUE_DIGITS = 2
WITH_SIGNS = frozenset({"EMAIL", "UPI_ID"})  # "your email is on its way" tells none
OWN_CUES = frozenset({"PERSON_NAME", "MEDICAL"})  # these have rules of their own, in names.py
# "My password is wrong" gives nothing away.
PREDICATES = frozenset(
    "wrong right correct incorrect old new expired changed working valid invalid reset locked blocked same different "
    "missing fine updated saved known required needed private secret secure only always never already again still "
    "case protected hidden available able important too very quite least characters long longer strong sent emailed "
    "texted free open closed available empty full busy shut ready built gone "
    "usual normal using well easy hard something nothing someone unique".split()
)
STREETS = frozenset("street road avenue lane drive court terrace crescent boulevard gardens grove mews".split())
STREET_TOKENS = 4
NAMED_TOKENS = 6
NAMED_SYMBOLS = 3
NAMING = frozenset("is was that's that as would should will for being it's which comma and".split())
OWNING = frozenset("my the our his her your".split())
NOUNS = {
    "pin": "PIN", "code": "ONE_TIME_CODE", "passcode": "PIN", "card": "CARD_NUMBER", "account": "BANK_ACCOUNT",
    "social": "SSN", "ssn": "SSN", "aadhaar": "AADHAAR", "cvv": "SECURITY_CODE", "cvc": "SECURITY_CODE",
    "security": "SECURITY_CODE", "sort": "SORT_CODE", "routing": "ROUTING_NUMBER", "passport": "PASSPORT",
    "licence": "DRIVING_LICENCE", "license": "DRIVING_LICENCE", "plate": "VEHICLE_PLATE", "reg": "VEHICLE_PLATE",
    "registration": "VEHICLE_PLATE", "policy": "MEMBER_NUMBER", "membership": "MEMBER_NUMBER", "iban": "IBAN",
    "member": "MEMBER_NUMBER", "reference": "BOOKING_REFERENCE", "booking": "BOOKING_REFERENCE", "insurance": "NINO",
    "phone": "PHONE", "mobile": "PHONE", "cell": "PHONE", "landline": "PHONE", "postcode": "POSTCODE",
    "zip": "POSTCODE",    "otp": "ONE_TIME_CODE", "expiry": "CARD_EXPIRY", "birthday": "DATE_OF_BIRTH",
}  # fmt: skip
TELLING_TOKENS = 3
ENDING_TOKENS = 8
DENIALS = frozenset(
    "don't haven't didn't forgot forgotten lost wrong cannot can't couldn't need want reset change changed without "
    "never blocked expired no new which what when where why how could would ask asked asking not isn't wasn't".split()
)
LETTERS_AS_WORD = 2
CARD_DIGITS = 13
PHONE_DIGITS = 9
EXPIRY_YEARS = range(24, 45)
BIRTH_YEARS = range(1900, 2021)
BIRTH_DIGITS = 4
MONTHS_OF_YEAR = 12
EXPIRY_LINKS = frozenset({"of", "slash", "stroke"})


def pattern_marks(tokens: Sequence[Token]) -> list[Mark]:
    """Numbers and spelled words long enough to identify somebody, wherever they are said."""
    out = [
        Mark(r.first, r.last, _name(r), Reason.PATTERN, 0.7)
        for r in runs(tokens)
        if r.identifies and not _date_like(tokens, r)
    ]
    out = [with_garbled(tokens, _with_letters(tokens, m)) for m in out + odd_marks(tokens, out)]
    return (
        out + spelled_marks(tokens) + address_marks(tokens) + _birthdays(tokens) + _expiries(tokens) + _streets(tokens)
    )


def _with_letters(tokens: Sequence[Token], mark: Mark) -> Mark:
    """A number and the letters right before it: "W B J PM 9432", of which a few look like a word."""
    first = mark.first
    while first > 0 and (tokens[first - 1].is_letter or (_looks_spelled(tokens, first - 1) and first > 1)):
        first -= 1
    lettered = any(t.is_letter and len(t.symbols) == 1 for t in tokens[first : mark.first])
    return replace(mark, first=first) if lettered else mark


def _looks_spelled(tokens: Sequence[Token], i: int) -> bool:
    return len(tokens[i].text) == LETTERS_AS_WORD and tokens[i - 1].is_letter and not tokens[i - 1].pause


def cue_marks(tokens: Sequence[Token]) -> list[Mark]:
    """Numbers the speaker announced: "my account number is ..."."""
    out: list[Mark] = []
    found = runs(tokens, lenient=True, dates=True)
    for entity in ENTITIES:
        if entity.shape is Shape.FREE:
            continue
        for cue in find(entity.cues, tokens):
            out += _announced(tokens, found, entity, cue.last)
    return out + _named_after(tokens, found) + named_before(tokens, found) + _read_off(tokens, found)


def _read_off(tokens: Sequence[Token], found: Sequence[Run]) -> list[Mark]:
    """ "It says oh two thirty": a month and a year to come."""
    return [
        Mark(r.first, r.last, "CARD_EXPIRY", Reason.CUE, 0.6)
        for cue in find(("=it says",), tokens)
        for r in found
        if cue.last <= r.first <= cue.last + 1 and len(r.digits) in {3, 4} and int(r.digits[-2:]) in EXPIRY_YEARS
        and int(r.digits[:-2]) <= MONTHS_OF_YEAR
    ]  # fmt: skip


def _named_after(tokens: Sequence[Token], found: Sequence[Run]) -> list[Mark]:
    """ "Four four one nine is my pin." """
    out: list[Mark] = []
    for run in found:
        behind = tokens[run.last : run.last + NAMED_TOKENS]
        if run.counted or run.symbols < NAMED_SYMBOLS or not behind or behind[0].text not in NAMING:
            continue
        name = next((NOUNS[t.text] for t in behind[1:] if t.text in NOUNS), None)
        if name and any(t.text in OWNING for t in behind):
            out.append(Mark(run.first, run.last, name, Reason.CUE, 0.7))
    return out


def tells(tokens: Sequence[Token], at: int) -> bool:
    """Right behind sample `at`, where a question seems to end, its number follows: that is no question."""
    if any(t.asks for t in tokens):
        return False
    first = next((i for i, t in enumerate(tokens) if t.span.start >= at), len(tokens))
    near = range(first, first + TELLING_TOKENS)
    return any(r.first in near and r.symbols >= NAMED_SYMBOLS and not r.counted for r in runs(tokens))


def announced(tokens: Sequence[Token]) -> str | None:
    """The kind of number that an utterance announces with its last words and does not tell: "my pin, yes, it is"."""
    ending = tokens[-ENDING_TOKENS:]
    if not ending or ending[-1].asks or any(t.text in DENIALS for t in tokens) or any(t.symbols for t in ending[-3:]):
        return None
    if not any(t.text in OWNING for t in ending):
        return None
    return next((e.name for e in ENTITIES if e.shape is not Shape.FREE and find(e.cues, ending)), None)


def free_cue_marks(tokens: Sequence[Token], rate: int) -> list[Mark]:
    """Words the speaker announced: "my login is ...". To the end of the clause, at most `words_max`."""
    out: list[Mark] = []
    for entity in ENTITIES:
        if entity.shape is not Shape.FREE or entity.name in OWN_CUES:
            continue
        for cue in find(entity.cues, tokens):
            end = next(b for a, b in clauses(tokens, rate) if a <= cue.last - 1 < b)
            said = range(cue.last, min(end, cue.last + entity.words_max))
            content = [i for i in said if tokens[i].text not in FILLERS or tokens[i].symbols]
            plain = entity.name in WITH_SIGNS and not any(_spelled(tokens[i]) for i in said)
            if content and not plain and tokens[content[0]].text not in PREDICATES:
                out.append(Mark(content[0], content[-1] + 1, entity.name, Reason.CUE, 0.7))
    return out


def _spelled(token: Token) -> bool:
    return bool(token.symbols) or token.text in SIGNS or token.text == "at"


def _announced(tokens: Sequence[Token], found: Sequence[Run], entity: Entity, at: int) -> list[Mark]:
    """The first number within reach of a cue that ends before token `at`, and what carries it on."""
    out: list[Mark] = []
    reach = at + CUE_TOKENS
    for run in found:
        if run.last <= at or run.first > reach:
            continue
        first = max(run.first, at)
        dated = entity.shape is Shape.DATE
        if (run.counted and not dated) or run.symbols < CUE_DIGITS:
            continue
        month = any(t.text in MONTHS for t in tokens[first : run.last])
        soon = entity.name == "CARD_EXPIRY" and run.digits.isdigit() and int(run.digits) in EXPIRY_YEARS
        if dated and not (len(run.digits) >= 3 or month or soon):
            continue
        out.append(Mark(first, run.last, entity.name, Reason.CUE, 0.8))
        reach = run.last + 2
    return out


def _name(run: Run) -> str:
    if run.letters:
        return NUMBER
    if len(run.digits) >= CARD_DIGITS:
        return "CARD_NUMBER"
    return "PHONE" if PHONE_DIGITS <= len(run.digits) <= 11 else NUMBER


def _date_like(tokens: Sequence[Token], run: Run) -> bool:
    """Days and years beside a month are judged as dates."""
    if run.letters:
        return False  # "n for november"
    around = tokens[max(0, run.first - 2) : run.last + 2]
    return any(t.text in MONTHS for t in around) and len(run.digits) <= 8


def _streets(tokens: Sequence[Token]) -> list[Mark]:
    """A house number and, a few words on, what streets are called: "109 Coppice Road"."""
    out: list[Mark] = []
    for run in runs(tokens):
        reach = range(run.last, min(run.last + STREET_TOKENS, len(tokens)))
        named = next((i for i in reach if tokens[i].text in STREETS), None)
        plain = named is not None and not any(t.text in UNITS | FILLERS for t in tokens[run.last : named])
        if named is not None and plain and named > run.last and run.digits:
            out.append(Mark(run.first, named + 1, "POSTAL_ADDRESS", Reason.PATTERN, 0.7))
    return out


def _expiries(tokens: Sequence[Token]) -> list[Mark]:
    """ "Twelve of twenty thirty", "oh four slash twenty nine": a month and a year to come."""
    out: list[Mark] = []
    for run in runs(tokens, dates=True):
        part = tokens[run.first : run.last]
        if any(t.text in MONTHS or is_ordinal(t) for t in part):
            continue
        link = next((i for i, t in enumerate(part) if t.text in EXPIRY_LINKS), 0)
        month, year = digits_of(part[:link]), digits_of(part[link + 1 :])
        if part[link].text in EXPIRY_LINKS and _is_month(month) and _is_coming(year, short=part[link].text != "of"):
            out.append(Mark(run.first, run.last, "CARD_EXPIRY", Reason.PATTERN, 0.6))
    return out


def _is_month(said: str) -> bool:
    return 0 < len(said) <= 2 and 1 <= int(said) <= MONTHS_OF_YEAR


def _is_coming(said: str, *, short: bool) -> bool:
    return ((len(said) == 4 and said[:2] == "20") or (short and len(said) == 2)) and int(said[-2:]) in EXPIRY_YEARS


def _birthdays(tokens: Sequence[Token]) -> list[Mark]:
    """A full date with a year long past."""
    out: list[Mark] = []
    for run in runs(tokens, dates=True):
        part = tokens[run.first : run.last]
        ordinals = sum(is_ordinal(t) for t in part)
        if ordinals > 1 and len(run.digits) >= BIRTH_DIGITS and any(t.text == "of" for t in part):
            out.append(Mark(run.first, run.last, "DATE_OF_BIRTH", Reason.PATTERN, 0.6))  # "27th of the 4th, 68"
        if not any(t.text in MONTHS for t in part):
            continue
        years = [y for n in range(len(run.digits) - 3) if (y := int(run.digits[n : n + 4])) in BIRTH_YEARS]
        if years and len(run.digits) >= 5:
            out.append(Mark(run.first, run.last, "DATE_OF_BIRTH", Reason.PATTERN, 0.8))
    return out
