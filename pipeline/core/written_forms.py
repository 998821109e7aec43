"""Secrets that show by how they are written: addresses of mail and machines, numbers in the groups of their kind.

The rules of speech find digits wherever they stand; the forms here say what they are, and find what no digit shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import ip_address

from stdnum import iban, luhn

from pipeline.core.written_text import SURE, Found

LIKELY = 0.7
IBAN_LEAST = 15
CARD_GROUP = 4
PHONE_DIGITS = range(8, 16)

_LEFT, _RIGHT = r"(?<![\w])", r"(?![\w])"
_MAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_MAIL_AROUND = re.compile(
    r"[\w.+-]{1,64} ?[\[(] ?at ?[\])] ?[\w-]{1,63}(?: ?(?:[\[(] ?dot ?[\])]|\.) ?[\w-]{2,63}){1,4}", re.I
)
_UPI = re.compile(rf"(?<![\w.@-])[\w.-]{{2,64}}@[a-z]{{2,20}}{_RIGHT}(?![.@-]\w)", re.I)
_URL = re.compile(r"(?:[a-z][a-z0-9+.-]{1,10}://|www\.)[^\s<>\"]{2,2000}", re.I)
_URL_LOGIN = re.compile(r"(?<=://)[^\s/?#@]{1,200}(?=@)")
_URL_SECRET = re.compile(
    r"(?<=[?&#;])(?:[a-z_-]{0,20}(?:token|key|pass(?:word)?|pwd|secret|sig(?:nature)?|session|sid|auth|otp|code|pin)"
    r"|e?mail|phone|name|user(?:name)?|dob|card|iban|account)=([^&#;\s]{1,500})", re.I,
)  # fmt: skip
_URL_NUMBER = re.compile(r"\+?\d(?:[-.]?\d){6,30}")
_IP4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)")
_IP6 = re.compile(r"(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])", re.I)
_MAC = re.compile(rf"{_LEFT}[0-9a-f]{{2}}(?:[:-][0-9a-f]{{2}}){{5}}{_RIGHT}", re.I)
_IBAN = re.compile(rf"{_LEFT}[a-z]{{2}}[ -]?\d{{2}}(?:[ -]?[a-z0-9]){{11,30}}{_RIGHT}", re.I)
_IBAN_LANDS = frozenset(
    "AD AE AL AT AZ BA BE BG BH BR BY CH CR CY CZ DE DK DO EE EG ES FI FO FR GB GE GI GL GR GT HR HU IE IL IQ IS IT "
    "JO KW KZ LB LC LI LT LU LV LY MC MD ME MK MR MT MU NL NO PK PL PS PT QA RO RS SA SC SD SE SI SK SM ST SV TL TN "
    "TR UA VA VG XK".split()
)
_PHONE = re.compile(
    r"(?<![\w+])\+ ?\d{1,3}(?:[ ./-]{0,2}\(?\d{1,5}\)?){2,8}(?!\w)|(?<!\w)\(0?\d{2,5}\)(?:[ .-]?\d{2,6}){2,4}(?!\w)"
)
_KEY = re.compile(
    rf"{_LEFT}(?:sk|pk|rk|ghp|gho|ghs|glpat|xox[abp]|github_pat)[_-][\w-]{{12,250}}|{_LEFT}(?:AKIA|ASIA|AIza)[\w-]{{12,60}}"
    rf"|{_LEFT}eyJ[\w-]{{8,}}\.[\w-]{{8,}}\.[\w-]*"
)
_PEM = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.{0,16000}?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)", re.S
)
_US_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|"
    "PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC"
)
_STREETS = (
    ""
    ""
    "street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|terrace|boulevard|blvd|gardens|gdns|grove|mews|close|crescent|"
    "cres|place|pl|square|sq|parkway|pkwy|highway|hwy|row|hill|park|walk"
)
# What is left of an address behind its street: a flat, a town, a state and its code; never a sentence of its own.
_TOWN = (
    r"(?:,? (?:apt|apartment|flat|unit|suite|ste)\.? ?#?\w{1,6})?"
    r"(?:,? [A-Z][\w'-]{1,25}(?: [A-Z][\w'-]{1,25}){0,2})?"
    rf"(?:,? (?:{_US_STATES}) \d{{5}}(?:-\d{{4}})?)?"
)
_ADDRESS = re.compile(
    r"(?<![\w.])(?:(?:flat|apt|apartment|unit|suite) ?#?\w{1,6},? )?\d{1,5}[a-zA-Z]?,? "
    r"(?:(?!(?:and|or|of|to|the|in|at|on|for)\b)[A-Za-z][\w'.-]{0,25} ){1,3}"
    rf"(?i:{_STREETS})\b\.?{_TOWN}"
)
_PO_BOX = re.compile(r"(?i)\bp\.? ?o\.? box \d{1,8}")

_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("SSN", re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")),
    ("NINO", re.compile(rf"{_LEFT}[a-ceghj-prstw-z]{{2}} ?\d{{2}} ?\d{{2}} ?\d{{2}} ?[a-d]{_RIGHT}", re.I)),
    ("PAN_INDIA", re.compile(rf"{_LEFT}[a-z]{{5}}\d{{4}}[a-z]{_RIGHT}", re.I)),
    ("DRIVING_LICENCE", re.compile(rf"{_LEFT}[a-z9]{{5}} ?\d{{6}} ?[a-z9]{{2}} ?\w{{3}}{_RIGHT}", re.I)),
    ("VEHICLE_PLATE", re.compile(rf"{_LEFT}[A-Z]{{2}}\d{{2}} ?[A-Z]{{3}}{_RIGHT}")),
    ("POSTCODE", re.compile(rf"{_LEFT}[a-z]{{1,2}}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{{2}}{_RIGHT}", re.I)),
    ("POSTCODE", re.compile(rf"{_LEFT}[abceghj-nprstvxy]\d[a-z] ?\d[a-z]\d{_RIGHT}", re.I)),
    ("POSTCODE", re.compile(rf"{_LEFT}(?:{_US_STATES}),? \d{{5}}(?:-\d{{4}})?{_RIGHT}")),
    ("POSTCODE", re.compile(r"(?<![\d-])\d{5}-\d{4}(?![\d-])")),
    ("SORT_CODE", re.compile(r"(?<![\d-])\d{2}-\d{2}-\d{2}(?![\d-])")),
    ("AADHAAR", re.compile(r"(?<!\d)(?<!\d[ -])[2-9]\d{3}([ -])\d{4}\1\d{4}(?![ -]?\d)")),
)  # fmt: skip
_CARDS = (
    re.compile(r"(?<!\d)(?<!\d[ -])(?:\d{4}[ .-]?){3}\d{4}(?!\d)"),
    re.compile(r"(?<!\d)(?<!\d[ -])3[47]\d{2}[ .-]?\d{6}[ .-]?\d{5}(?!\d)"),
    re.compile(r"(?<!\d)\d{13,19}(?!\d)"),
)


def written_forms(text: str) -> list[Found]:
    """Secrets by their form in folded text, in no order; they may overlap. Time grows with the length only."""
    out = [Found(m.start(), m.end(), name, SURE) for name, form in _SHAPES for m in form.finditer(text)]
    for find in _FINDERS:
        out += find(text)
    return out


def links(text: str) -> list[tuple[int, int]]:
    """Addresses of the web: what is secret in one is found by `written_forms`, the rest says nothing."""
    return [(m.start(), m.end()) for m in _URL.finditer(text)]


def _mails(text: str) -> Iterator[Found]:
    for form in (_MAIL, _MAIL_AROUND):
        for m in form.finditer(text):
            yield Found(m.start(), m.end(), "EMAIL", SURE)
    for m in _UPI.finditer(text):
        yield Found(m.start(), m.end(), "UPI_ID", SURE)


def _in_links(text: str) -> Iterator[Found]:
    for first, last in links(text):
        for m in _URL_LOGIN.finditer(text, first, last):
            yield Found(m.start(), m.end(), "PASSWORD", SURE)
        for m in _URL_SECRET.finditer(text, first, last):
            yield Found(m.start(1), m.end(1), "PASSWORD", SURE)
        for m in _URL_NUMBER.finditer(text, first, last):
            yield Found(m.start(), m.end(), "NUMBER", LIKELY)


def _machines(text: str) -> Iterator[Found]:
    for form in (_IP4, _IP6):
        for m in form.finditer(text):
            try:
                ip_address(m.group())
            except ValueError:
                continue
            yield Found(m.start(), m.end(), "IP_ADDRESS", SURE)
    for m in _MAC.finditer(text):
        yield Found(m.start(), m.end(), "IP_ADDRESS", SURE)


def _cards(text: str) -> Iterator[Found]:
    for form in _CARDS:
        for m in form.finditer(text):
            digits = re.sub(r"\D", "", m.group())
            sure = luhn.is_valid(digits) or len(digits) == 4 * CARD_GROUP
            yield Found(m.start(), m.end(), "CARD_NUMBER", SURE if sure else LIKELY)


def _ibans(text: str) -> Iterator[Found]:
    """To the last character that makes its check digits right; with wrong ones to the last group with a digit."""
    for m in _IBAN.finditer(text):
        ends = [m.start() + n for n in range(len(m.group()), 0, -1) if n == len(m.group()) or m.group()[n] in " -"]
        whole = [e for e in ends if sum(c.isalnum() for c in text[m.start() : e]) >= IBAN_LEAST]
        right = next((e for e in whole if iban.is_valid(text[m.start() : e].upper().replace("-", ""))), None)
        if right is not None:
            yield Found(m.start(), right, "IBAN", 0.95)
            continue
        counted = [e for e in whole if any(c.isdigit() for c in re.split(r"[ -]", text[m.start() : e])[-1])]
        if counted and text[m.start() : counted[0]].isupper() and m.group()[:2] in _IBAN_LANDS:
            yield Found(m.start(), counted[0], "IBAN", LIKELY)


def _phones(text: str) -> Iterator[Found]:
    for m in _PHONE.finditer(text):
        if sum(c.isdigit() for c in m.group()) in PHONE_DIGITS:
            yield Found(m.start(), m.end(), "PHONE", 0.93)


def _keys(text: str) -> Iterator[Found]:
    for form in (_KEY, _PEM):
        for m in form.finditer(text):
            yield Found(m.start(), m.end(), "PASSWORD", SURE)


def _addresses(text: str) -> Iterator[Found]:
    for form in (_ADDRESS, _PO_BOX):
        for m in form.finditer(text):
            yield Found(m.start(), m.end(), "POSTAL_ADDRESS", 0.8)


_FINDERS: tuple[Callable[[str], Iterator[Found]], ...] = (
    _mails, _in_links, _machines, _cards, _ibans, _phones, _keys, _addresses,
)  # fmt: skip
