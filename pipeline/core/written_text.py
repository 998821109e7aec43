"""Written text made plain for the rules: one form of digits, dashes and quotes, and each part keeps its place.

Full-width digits, odd dashes and characters without width are told as ASCII. Positions of what is found lead back to
characters of the original, outward: what was dropped behind a character goes with it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.core.finding import Reason
from pipeline.core.span import Span

MESSAGE_CHARS_MAX = 20_000  # far beyond what anybody types; bounds the time one message takes
_DROPPED = frozenset({"Cf", "Me", "Cn", "Co", "Cs"})  # they change how text looks, never what it says
_QUOTES = {"\u2018": "'", "\u2019": "'", "\u201b": "'", "`": "'", "\u201c": '"', "\u201d": '"', "\u2212": "-"}
_INNER = r"[^\s,;:=|()\[\]{}<>\"]"
_WORD = re.compile(rf"{_INNER}+(?:(?<=\d)[,:](?=\d){_INNER}+)*[,;:!?.]*")
_SLASH = re.compile(r"(?<=\D)/|/(?=\D)")


SURE = 0.9  # no doubt of the kind: what judges by length alone is not asked


class Found(NamedTuple):
    """Characters first..last-1 of folded text tell something of `entity`, by themselves. confidence: 0..1."""

    first: int
    last: int
    entity: str
    confidence: float
    reason: Reason = Reason.PATTERN


class Part(NamedTuple):
    """A word of folded text: characters first..last-1."""

    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class Folded:
    """text: the plain form. places: of each of its characters in the original, and the original's length at the end."""

    text: str
    places: tuple[int, ...] | range

    def span(self, first: int, last: int) -> Span:
        """Characters first..last-1 of the plain form, as characters of the original. first < last."""
        start = self.places[first]
        return Span(start, max(self.places[last], self.places[last - 1] + 1))


def folded(text: str) -> Folded:
    """The plain form of `text`. Any text has one; it may be empty."""
    if text.isascii() and text.isprintable() and "`" not in text:
        return Folded(text, range(len(text) + 1))
    out: list[str] = []
    places: list[int] = []
    for at, char in enumerate(text):
        for plain in _plain(char):
            out.append(plain)
            places.append(at)
    return Folded("".join(out), (*places, len(text)))


def _plain(char: str) -> str:
    if char in _QUOTES:
        return _QUOTES[char]
    if char in "\n\t ":
        return char
    if char.isspace():
        return "\n" if char in "\v\f\r\x1c\x1d\x1e\x85\u2028\u2029" else " "
    kind = unicodedata.category(char)
    if kind in _DROPPED or kind == "Cc" or "\ufe00" <= char <= "\ufe0f":
        return ""
    if kind == "Pd":
        return "-"
    shown = unicodedata.normalize("NFKC", char)
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in shown)


def parts(text: str) -> list[Part]:
    """The words of folded text, in order and disjoint: cut at blanks, brackets, quotes and signs that join nothing."""
    out: list[Part] = []
    for match in _WORD.finditer(text):
        first = match.start()
        for cut in _SLASH.finditer(match.group()):
            end = match.start() + cut.end()
            if end - 1 > first:
                out.append(Part(first, end - 1, text[first : end - 1]))
            first = end
        if first < match.end():
            out.append(Part(first, match.end(), text[first : match.end()]))
    return out
