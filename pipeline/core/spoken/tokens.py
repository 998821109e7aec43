"""Words as tokens: lower case, split where a recogniser joined, each with its sample range.

A recogniser writes digits in groups of its own ("4929,", "503-550147", "P-I-T-T"). Every part keeps the span of
the word it came from: rounding outward hides more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.core.heard import Word
from pipeline.core.span import Span
from pipeline.core.spoken.vocabulary import ACRONYMS, ALPHABET, DIGITS, MULTIPLIERS, ORDINALS, TEENS, TENS

_PARTS = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]*(?:1st|2nd|3rd|[04-9]th|1[123]th)(?![a-z])|[0-9]+|[$£€₹%@]")
_POSSESSIVE = re.compile(
    r"(?<!^it)(?<!^he)(?<!^she)(?<!^that)(?<!^what)(?<!^who)(?<!^there)(?<!^let)(?<!^here)(?<!^where)(?<!^how)(?<!^name)'s$"
)
SAID_MAX = 1_024  # words kept no longer than an utterance and those around it are judged
TELLING = frozenset(
    "number code password passcode passphrase pin address login username email date card account plate reg id answer "
    "word reference ref postcode handle phone mobile cell birthday expiry iban cvv dob otp social aadhaar passport "
    "licence license registration".split()
)
"""Nouns whose "'s" is "is"."""
MEASURES = frozenset("kva mm cm km ml mg kg gb mb tb psi mph kmh kw kwh lb lbs oz ft hz mhz ghz rpm".split())
"""Units written together with their number: "300mm"."""
PLACES = {"hundred": 2, "thousand": 3}
_ORDINAL = re.compile(r"[0-9]+(?:st|nd|rd|th|am|pm|k|s)?")


@dataclass(frozen=True, slots=True)
class Token:
    """One part of a word.

    text: lower case. symbols: digits or letters it stands for wherever it is said ("" for ordinary words).
    cased: begins with a capital in a recogniser that writes capitals. stop: a sentence ends behind it,
    with a question mark if asks; pause: a comma or more stands behind it. point: a dot inside its word follows;
    thousands: written with commas between thousands.
    """

    span: Span
    text: str
    symbols: str
    confidence: float
    cased: bool = False
    stop: bool = False
    asks: bool = False
    pause: bool = False
    point: bool = False
    thousands: bool = False

    @property
    def is_digits(self) -> bool:
        """Stands for digits."""
        return self.symbols.isdigit()

    @property
    def is_letter(self) -> bool:
        """Stands for letters spelled out."""
        return bool(self.symbols) and not self.symbols.isdigit()


def tokenise(words: Iterable[Word]) -> tuple[Token, ...]:
    """Tokens of `words`, in order."""
    out: list[Token] = []
    for word in words:
        out += _parts_of(word)
    return tuple(out)


@lru_cache(SAID_MAX)
def _parts_of(word: Word) -> tuple[Token, ...]:
    """Of one word. Each is asked for again and again while its utterance is judged."""
    text = unicodedata.normalize("NFKC", word.text).replace("\u2019", "'").strip()
    text = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in text)
    text = re.sub(r"(?i)\bx-?ray\b", "xray", text)
    money = re.sub(r"(?<=\d)[,.](?=\d)", "", text) if re.match(r"[$£€₹]|\d{1,3}(,\d{3})+\b(?![,-]\S)", text) else text
    parts = [_POSSESSIVE.sub("", q) for p in _PARTS.findall(money.lower()) for q in _short_is(p)]
    spelled = len(parts) > 1 and all(len(p) == 1 for p in parts)
    # Spelled words come as capitals joined together ("SUMMERLEA") or with hyphens ("ROSEN-FELD").
    bare = text.strip(".,;:?!")
    shouted = len(bare) > 1 and bare.upper() == bare and any(c.isalpha() for c in bare)
    # "k7", "xp2": letters and digits written together are a code, whatever the letters look like.
    both = any(p.isalpha() for p in parts) and any(p[0].isdigit() for p in parts)
    mixed = both and ("-" not in text or text.upper() == text)
    spelled = spelled or (mixed and not _ORDINAL.fullmatch(text.lower().strip(".,?!")))
    decimal = re.fullmatch(r"[0-9]+\.[0-9]{1,2}%?|[A-Za-z]+(?:\.[A-Za-z]+)+", bare) is not None
    out = []
    for i, part in enumerate(parts):
        last = i == len(parts) - 1
        out.append(
            Token(
                word.span,
                part,
                _symbols(part, spelled, shouted),
                word.confidence,
                cased=text[:1].isupper(),
                stop=last and text[-1] in ".?!",
                asks=last and text[-1] == "?",
                pause=last and text[-1] in ".?!,;:",
                point=decimal and not last,
                thousands=money != text,
            )
        )
    return tuple(out)


def _short_is(part: str) -> tuple[str, ...]:
    """ "password's" says what it is, "mother's" whose."""
    noun = part.removesuffix("'s")
    return (noun, "is") if noun != part and noun in TELLING else (part,)


def _symbols(part: str, spelled: bool, shouted: bool) -> str:
    if part[0].isdigit():
        return re.sub(r"\D", "", part)
    for table in (DIGITS, TEENS, TENS, ORDINALS):
        if part in table:
            return table[part]
    if part in ALPHABET:
        return ALPHABET[part]
    if spelled and len(part) <= 4 and part.isalpha() and part not in MEASURES:
        return part
    if len(part) == 1 and part.isalpha() and (shouted or part not in "aio"):
        return part
    return part if shouted and len(part) <= 12 and part not in ACRONYMS else ""


def hull(tokens: Sequence[Token]) -> Span:
    """The span from the first token's start to the furthest end. tokens: not empty, in order."""
    return Span(tokens[0].span.start, max(t.span.end for t in tokens))


def digits_of(tokens: Sequence[Token]) -> str:
    """The digits a run of tokens says: "double four oh" → "440", "forty one" → "41", "two thousand four" → "2004"."""
    out = ""
    times = 1
    tens = False  # the last piece were tens: a digit behind them belongs to it
    places, filled = 0, ""  # behind "hundred" and "thousand": so many places are to be filled, and what fills them
    for token in tokens:
        if token.text in MULTIPLIERS:
            times = MULTIPLIERS[token.text]
        elif token.text in PLACES and (filled or (out and not places)):
            out += filled
            places, filled, tens = PLACES[token.text], "", False
        elif token.is_digits:
            piece = token.symbols
            if tens and len(piece) == 1 and piece != "0" and token.text not in {"oh", "zero"}:
                out, filled = (out, filled[:-1] + piece) if filled else (out[:-1] + piece, "")
                tens = False
            else:
                if places and (filled or len(piece) > places or piece == "0"):
                    out, places, filled = out + filled.zfill(places), 0, ""
                tens = token.text in TENS
                if places:
                    filled = piece
                else:
                    out += piece * times if len(piece) == 1 else piece
            times = 1
    return out + filled.zfill(places) if places else out
