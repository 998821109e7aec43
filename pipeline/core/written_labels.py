"""Secrets that writing announces: "pw: hunter2", a filled-in form, "482913 is your code", the name below a greeting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from pipeline.core.finding import Reason
from pipeline.core.written_text import Found

TOLD = 0.95
NAMED = 0.85
LINE_CHARS_MAX, NAME_CHARS_MAX = 160, 60


class _Value(Enum):
    """What stands behind a label. bare: what may part the two if there is no colon."""

    ONE = r"(\"[^\"\n]{1,100}\"|'[^'\n]{1,100}'|[^\s\"',;]\S{0,250})"
    CODE = r"(\d(?:[ -]?\d){1,9})(?!\w)"
    LONG = r"(\d(?:[ -]?\d){3,9})(?!\w)"
    ID = r"((?:[a-z]{1,4} )?[\w./-]{0,30}\d[\w./-]{0,30}(?:[ -][\w./-]{0,12}\d[\w./-]{0,12}){0,8})"
    DATE = (
        r"(\d{1,4}[ ./-]{1,2}(?:\d{1,2}|[a-z]{3,9})(?:[ ,./-]{1,2}\d{2,4})?"
        r"|[a-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{2,4}|\d{4,8})(?!\w)"
    )
    LINE = rf"([^\s][^\n;|\t]{{0,{LINE_CHARS_MAX}}})"
    NAME = rf"([^\W\d][^\n;|\t\d]{{0,{NAME_CHARS_MAX}}})"


_NO = r"(?: ?(?:no|num|nr|number|nos|id|code|#))?\.?"
_SEPARATOR = r"(?: is)? {0,3}(?::|=|->|=>|#|\u2192) {0,3}"
_BARE = r"(?: (?:is|was|are|of|it is|it's|number is|code is))?:? {1,3}(?:is )?"

# Kinds of secret, what they are called on forms and in chat, what stands there, and whether a blank parts the two.
_LABELS: tuple[tuple[str, str, _Value, bool], ...] = (
    ("PASSWORD", r"pass ?words?|passwd|pwd|pw|pass ?phrase|pass ?code|pass", _Value.ONE, False),
    ("PASSWORD", r"(?:api|access|private|secret)[ _-]?(?:key|token)s?|client[ _-]secret|auth[ _-]token|secret|bearer",
     _Value.ONE, False),
    ("USER_NAME", r"user ?name|user(?: ?id)?|log ?in(?: ?(?:id|name))?|screen ?name|handle", _Value.ONE, False),
    ("PIN", rf"pin{_NO}", _Value.CODE, True),
    ("PASSWORD", r"pass ?code|pass ?word|passwd|pwd|pw", _Value.LONG, True),
    ("SECURITY_CODE", r"cvv2?|cvc2?|cv2|csc|cid|card verification (?:code|value)|security (?:code|number)", _Value.CODE,
     True),
    ("ONE_TIME_CODE", r"otp(?: code)?|one[- ]time (?:pass)?(?:code|pin|password|word)|(?:verification|confirmation|"
     r"auth(?:entication|ori[sz]ation)?|login|sms|2fa|mfa|access) code|2fa|mfa", _Value.CODE, True),
    ("CARD_EXPIRY", r"exp(?:iry|ires|iration)?\.?(?: date)?|valid (?:thru|through|to|until|till)|good thru",
     _Value.DATE, True),
    ("DATE_OF_BIRTH", r"d\.?o\.?b\.?|date of birth|birth ?date|birth ?day|born(?: on)?", _Value.DATE, True),
    ("BANK_ACCOUNT", rf"(?:bank )?acc(?:oun)?t{_NO}|a/c{_NO}", _Value.ID, False),
    ("SORT_CODE", r"sort ?code|s/c", _Value.ID, True),
    ("ROUTING_NUMBER", rf"(?:routing|aba|rtn){_NO}", _Value.ID, False),
    ("IBAN", rf"iban{_NO}|swift{_NO}|bic", _Value.ID, False),
    ("SSN", rf"ssn{_NO}|social(?: security)?{_NO}|itin{_NO}", _Value.ID, True),
    ("NINO", rf"nino?{_NO}|national insurance{_NO}", _Value.ID, False),
    ("AADHAAR", rf"aadh?aa?r{_NO}", _Value.ID, True),
    ("PASSPORT", rf"passport{_NO}", _Value.ID, False),
    ("DRIVING_LICENCE", rf"(?:driver'?s?|driving)? ?licen[cs]e{_NO}|dl{_NO}", _Value.ID, False),
    ("VEHICLE_PLATE", rf"reg(?:istration)?{_NO}|(?:number|licen[cs]e) plate|plate{_NO}", _Value.ID, False),
    ("MEMBER_NUMBER", rf"(?:policy|member(?:ship)?|patient|nhs|customer|client|claim|record|mrn|insurance|"
     rf"subscriber){_NO}", _Value.ID, False),
    ("BOOKING_REFERENCE", rf"(?:booking|reservation)(?: ref(?:erence)?)?{_NO}|pnr{_NO}", _Value.ID, False),
    ("CARD_NUMBER", rf"(?:credit |debit |payment )?card{_NO}|pan", _Value.ID, False),
    ("PHONE", rf"(?:tele)?phone{_NO}|tel{_NO}|mob(?:ile)?{_NO}|cell{_NO}|fax{_NO}|ph|whats ?app", _Value.ID, False),
    ("EMAIL", r"e-?mail(?: address)?", _Value.ONE, False),
    ("POSTCODE", r"post ?code|zip(?: ?code)?", _Value.ID, False),
    ("PERSON_NAME", r"(?:(?:full|first|last|middle|given|family|customer|patient|contact|card ?holder|account holder|"
     r"maiden|sur)[ -]?)?name|surname|next of kin|attn|card ?holder|beneficiary", _Value.NAME, False),
    ("POSTAL_ADDRESS", r"(?:(?:home|postal|billing|shipping|delivery|mailing|street) )?address|street", _Value.LINE,
     False),
    ("SECURITY_ANSWER", r"mother'?s maiden name|(?:security|secret) answer|memorable (?:word|date|place|name)|"
     r"secret word", _Value.LINE, False),
    ("MEDICAL", r"diagnos[ie]s|medications?|meds|medical condition|allerg(?:y|ies)|prescriptions?|symptoms",
     _Value.LINE, False),
)  # fmt: skip
_FORMS = tuple(
    (name, re.compile(rf"(?<![\w])(?:{words})(?:{_SEPARATOR}{f'|{_BARE}' if bare else ''}){value.value}", re.I), value)
    for name, words, value, bare in _LABELS
)
_PASSWORD_IS = re.compile(
    r"(?<!\w)(?:pass ?word|passwd|pwd|pass ?phrase|pass ?code) (?:is|was|=|to) (?:now )?"
    r"(\"[^\"\n]{1,100}\"|'[^'\n]{1,100}'|\S{4,250})",
    re.I,
)
_LOOKS_SECRET = re.compile(r"\d|[^\w\s.,!?'\"-]|[a-z][A-Z]|^[\"'].*[\"']$|[_-]\w")
_CODE_FIRST = re.compile(
    r"(?<!\w)(?:[A-Z]{1,3}-)?(\d(?:[ -]?\d){3,9}) is (?:your|my|the)[^.\n]{0,40}? (?:code|otp|pin|password|passcode)\b",
    re.I,
)
# The next field of a form that was filled in on one line ends the one before it.
_NEXT_FIELD = re.compile(
    r"[ ,]+(?:(?:home|postal|billing|shipping|delivery|mailing|email|ip|street|phone|mobile|account|card|post|zip|sort|"
    r"policy|member|customer|order|expiry|date of|user|first|last|full|maiden|security|reference)[ -])?"
    r"[A-Za-z][\w'/-]{0,20}\.?:(?= )", re.I,
)  # fmt: skip
_NOTHING = frozenset(
    "none n/a na no yes unknown required optional missing invalid wrong incorrect here below above attached redacted "
    "hidden null nil empty tbc tbd same the a an your my and or not ? - --".split()
)
_GREETED = re.compile(
    r"(?:(?<=\n)|^)[ \t]*dear (?:(?:mr|mrs|ms|miss|dr|prof)\.? ?)?((?:[A-Z][\w'-]{0,30} ?){1,4})[,:\n]", re.I
)
_SIGNED = re.compile(
    r"\n[ \t]*(?:(?:kind|best|warm|many|with|warmest|kindest) ?)*(?:regards|wishes|thanks|thank you|cheers|sincerely|"
    r"yours(?: \w{4,10})?|love)[,.! \t]*\n\s*([^\W\d][^\n\d@:]{1,40})(?=\n|$)", re.I,
)  # fmt: skip
_NOBODY = frozenset("sir madam customer team all colleague colleagues support everyone sirs friend client user".split())


def written_labels(text: str) -> list[Found]:
    """What labels announce in folded text, in no order; they may overlap. Time grows with the length only."""
    out: list[Found] = []
    for name, form, value in _FORMS:
        for m in form.finditer(text):
            first, last = m.span(1)
            if value in (_Value.LINE, _Value.NAME):
                last = _field_end(text, first, last)
            out += _found(text, first, last, name, TOLD)
    for m in _PASSWORD_IS.finditer(text):
        if _LOOKS_SECRET.search(m.group(1)):
            out += _found(text, *m.span(1), "PASSWORD", TOLD)
    for m in _CODE_FIRST.finditer(text):
        out.append(Found(*m.span(1), "ONE_TIME_CODE", TOLD, Reason.CUE))
    return out + list(_letters(text))


def _field_end(text: str, first: int, last: int) -> int:
    following = _NEXT_FIELD.search(text, first, last + 1)
    return following.start() if following and following.start() > first else last


def _found(text: str, first: int, last: int, name: str, confidence: float) -> Iterator[Found]:
    value = text[first:last].rstrip(" \t,.")
    if value and value.strip(".,!?'\"").lower() not in _NOTHING and not value.startswith("["):
        yield Found(first, first + len(value), name, confidence, Reason.CUE)


def _letters(text: str) -> Iterator[Found]:
    """Whom a letter is to, and who signed it."""
    for form in (_GREETED, _SIGNED):
        for m in form.finditer(text):
            name = m.group(1).rstrip(" \t,.!")
            if name and not _NOBODY & set(name.lower().split()):
                yield Found(m.start(1), m.start(1) + len(name), "PERSON_NAME", NAMED, Reason.CUE)
