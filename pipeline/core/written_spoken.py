"""Written forms as they would be said, so that the rules of speech take a price for a price and a date for a date.

Only what is told to the rules changes, never the text: "03/04/2026" is told as "3 april 2026", a mail address as one
word without an "at" that would reach for the words before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from pipeline.core.entities import NAMES
from pipeline.core.written_text import Part, parts

HIDDEN_WORD = "somethingsecret"  # stands for what its form tells already: content, and no digits
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_PLACEHOLDER = re.compile(r"\[([A-Z][A-Z_]{2,30})\]")
_UNITS = (
    ""
    ""
    "mb|gb|kb|tb|kg|g|mg|ml|l|cm|mm|m|km|mi|mph|kmh|km/h|hrs?|h|mins?|secs?|s|ms|px|pt|w|kw|kwh|v|hz|khz|mhz|ghz|fps|kbps|"
    "mbps|gbps|mah|in|ft|yd|lbs?|oz|k|x|%|°c|°f"
)
_CURRENCIES = "usd|eur|gbp|inr|aud|cad|nzd|chf|jpy|rs\\.?|dollars?|euros?|pounds?|rupees?|bucks|quid"


class Rendering(NamedTuple):
    """Characters first..last-1 of folded text are told as `words`, "" for nothing at all."""

    first: int
    last: int
    words: str


def _dmy(m: re.Match[str]) -> str:
    return _date(m["y"], m["m"], m["d"])


def _date(year: str, month: str, day: str) -> str:
    a, b = int(month), int(day)
    if a > 12:  # the other order
        a, b = b, a
    if not (1 <= a <= 12 and 1 <= b <= 31):
        return ""
    full = int(year) if len(year) == 4 else int(year) + (1900 if int(year) > 30 else 2000)
    return f"{b} {_MONTHS[a - 1]} {full}"


def _whole(m: re.Match[str]) -> str:
    """An amount: its whole part counts something."""
    digits = re.sub(r"\D", "", re.sub(r"[.,]\d{1,2}$", "", m["n"]))
    return f"{digits[:7] or '0'} dollars" if len(digits) < 9 else ""


_YEAR, _DAY, _TIME = r"(?:19|20)\d\d", r"\d{1,2}", r"(?:[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?"
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(rf"(?<![\w./-])(?P<y>{_YEAR})[-/.](?P<m>{_DAY})[-/.](?P<d>{_DAY}){_TIME}(?![\w/-])"), _dmy),
    (re.compile(rf"(?<![\w./-])(?P<m>{_DAY})(?P<s>[-/.])(?P<d>{_DAY})(?P=s)(?P<y>{_YEAR})(?![\w/-])"), _dmy),
    (re.compile(rf"(?<![\w./-])(?P<m>{_DAY})/(?P<d>{_DAY})/(?P<y>\d\d)(?![\w/-])"), _dmy),
    (re.compile(r"(?<![\w:.])\d{1,2}:\d\d(?::\d\d(?:\.\d{1,3})?)?(?![\w:])"), lambda _: "10 o'clock"),
    (
        re.compile(r"(?:[$£€₹]|(?<!\w)(?:rs\.?|usd|eur|gbp|inr)) ?(?P<n>\d[\d,]{0,14}(?:\.\d{1,2})?)(?![\w])", re.I),
        _whole,
    ),
    (
        re.compile(rf"(?<![\w.,])(?P<n>\d[\d,]{{0,14}}(?:\.\d{{1,2}})?) ?(?:[$£€₹]|(?:{_CURRENCIES})(?!\w))", re.I),
        _whole,
    ),
    (re.compile(rf"(?<![\w.,-])(?P<n>\d{{1,6}}(?:[.,]\d{{1,3}})?) ?(?:{_UNITS})(?![\w])", re.I), _whole),
    (re.compile(r"(?<![\w.,])(?P<n>\d{1,3}(?:,\d{2,3})+(?:\.\d{1,2})?)(?![\w,])"), _whole),
    (re.compile(r"(?<![\w.,-])(?P<n>\d{1,7}\.\d{1,2})(?![\w.,-])"), _whole),
    (re.compile(rf"(?<![\w-]){_YEAR} ?[-/] ?(?:{_YEAR}|\d\d)(?![\w-])"), lambda _: "2020 years"),
    (re.compile(r"(?<![\w.])\d{2,5} ?[x\u00d7*] ?\d{2,5}(?![\w.])", re.I), lambda _: "20 pieces"),
    (
        re.compile(r"(?<!\w)(?:v|ver\.?|version|build|release) ?\d{1,6}(?:\.\d{1,6}){1,4}(?!\w)", re.I),
        lambda _: "version",
    ),
)


def placeholders(text: str) -> list[tuple[int, int, str]]:
    """Where folded text has a placeholder of ours already, and of what: it is left as it is."""
    return [(m.start(), m.end(), m[1]) for m in _PLACEHOLDER.finditer(text) if m[1] in NAMES]


def renderings(text: str) -> list[Rendering]:
    """What of folded text is told otherwise, in order; where two overlap, the earlier rule counts."""
    out = [Rendering(a, b, HIDDEN_WORD) for a, b, _ in placeholders(text)]
    for form, words in _RULES:
        for m in form.finditer(text):
            told = words(m)
            if told and not any(r.first < m.end() and m.start() < r.last for r in out):
                out.append(Rendering(m.start(), m.end(), told))
    return sorted(out)


def told_parts(text: str, told: list[Rendering]) -> list[Part]:
    """The words of folded text as the rules of speech are told them. told: sorted, disjoint."""
    out: list[Part] = []
    at = 0
    shouts = _shouts(text)
    for item in [*told, Rendering(len(text), len(text), "")]:
        for first, last, word in parts(text[at : item.first]):
            out.append(Part(at + first, at + last, _calmed(word, shouts)))
        if item.words:
            tail = text[item.last : item.last + 1]
            out.append(Part(item.first, item.last, item.words + (tail if tail in ".?!,;:" else "")))
        at = item.last
    return out


def _shouts(text: str) -> bool:
    """More than two words, most of them in capitals: then capitals say nothing."""
    words = re.findall(r"[^\W\d_]{2,}", text)
    return len(words) > 2 and sum(w.isupper() for w in words) * 2 > len(words)


_SPELLABLE = re.compile(r"(?!.*[^AEIOUY]{4})(?!.*Q[^U])(?=.*[AEIOUY])[A-Z]+")


def _calmed(word: str, shouts: bool) -> str:
    """In writing capitals are emphasis or short for something; in speech they are letters said one by one."""
    bare = word.strip(".,;:!?'\"")
    if len(bare) < 2 or not bare.isalpha() or not bare.isupper():
        return word
    if shouts or len(bare) <= 4 or _SPELLABLE.fullmatch(bare):
        return word.capitalize()
    return word
