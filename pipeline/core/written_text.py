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
# Letters of other alphabets that look like one of ours. They count as it only in a word that has letters of ours too:
# that is how secrets are hidden from filters, and nobody writes Russian or Greek so.
_LOOK_ALIKES = str.maketrans(
    "\u0430\u0441\u0435\u043e\u0440\u0445\u0443\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u0410\u0412\u0421\u0415\u041d\u0406\u0408\u041a\u041c\u041e\u0420\u0405\u0422\u0425\u0423"
    "\u03b1\u03bf\u03c1\u03bd\u03b9\u03ba\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u0131\u0261",
    "aceopxyijshdqwABCEHIJKMOPSTXY" "aopvikABEZHIKMNOPTYXig",
)  # fmt: skip
_MIXED = re.compile(r"[^\W\d_]+")
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
    return Folded(_MIXED.sub(_unmixed, "".join(out)), (*places, len(text)))


def _unmixed(word: re.Match[str]) -> str:
    """A word with its look-alikes as the letters they look like, as long as before."""
    said = word.group()
    return said.translate(_LOOK_ALIKES) if re.search("[A-Za-z]", said) else said


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
