"""Words and numbers that were hidden once, found wherever else the text of a call says them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from pipeline.core.heard import Word
from pipeline.core.span import Span
from pipeline.core.spoken.tokens import Token, digits_of, tokenise
from pipeline.core.spoken.vocabulary import (
    ALPHABET,
    COUNTED_BEFORE,
    DIGIT_LIKE,
    DIGITS,
    FILLERS,
    JOINERS,
    MAGNITUDES,
    MONTHS,
    MULTIPLIERS,
    ORDINALS,
    TEENS,
    TENS,
    UNITS,
)

LEAST = 3  # letters or digits; shorter words and numbers are too common to point at anybody
PART_DIGITS = 4  # that many digits of a hidden number are a read-back ("ending in"), fewer may be chance
RUN_WORDS_MAX = 24  # bounds the search in a speaker who only counts; longer than any number read in one go

_COMMON = (
    "about account across after again against ago always another any anybody anyone anything anyway aren't "
    "around available away back bank before being best better big book bring button came can't cannot "
    "change charge choose close com come comes coming company contact couldn't country credit customer "
    "debit department did didn't different digit digits doesn't doing don't done dot down each early eight "
    "either else end ending ends enough even ever every everybody everyone everything expires expiry extra "
    "far few friday gave given gmail gone hadn't half happen happened has hasn't haven't having her hers "
    "him his hold home hour house how hundred information isn't issue keep kept kind later least leave left "
    "less line little long longer looking lot made make making many matter maybe mean might mine miss "
    "mister monday money more most much must near never new news next nice nobody none nothing old once "
    "open opening order other our ours out own paid pay paying perhaps person problem put quite rather "
    "receive received road same saturday saying security send sent service set she shouldn't since some "
    "somebody someone something sometimes somewhere sort speak speaking spoke start started starts still "
    "street such sunday support system talk talking team tell than their theirs these thing things those "
    "three through thursday time today together told tomorrow tonight too took toward tried try trying "
    "tuesday until update very via visa waiting want wanted wants wasn't way we'd we'll we're we've website "
    "wednesday week weren't whatever whether who who's whole whose why without won't work working works "
    "world worth wouldn't wrong www year yesterday yet you'll you've yours yourself"
)  # fmt: skip
"""Words that give nothing away wherever they are said, beside those the vocabulary calls fillers."""

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_OWNERS = re.compile(r"['\u2019]s?$")
_NOWHERE = Span(0, 0)


class Repeats:
    """What a call has hidden. Learn all of it, then `find` it in what is left. Holds secrets: has no repr."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}  # words, spelled words and numbers → placeholder
        self._numbers: dict[str, str] = {}  # those that are numbers of PART_DIGITS or more

    def learn(self, words: Sequence[str], placeholder: str) -> None:
        """Remember the words of one hidden stretch, in order. What is learned first names a repeat."""
        tokens = [_tokens(word) for word in words]
        everything = [t for parts in tokens for t in parts]
        found = {digits_of(everything)}.union(*(_digits(word) for word in words))
        spelling: set[int] = set()
        for run in _runs(tokens):
            for part in (run, _trimmed(run, words)):
                code = _code(tokens[part.start : part.stop])
                found.add(code)
                if len(code) >= LEAST:
                    spelling.update(part)
        dated = any(t.is_digits for t in everything)
        for n, word in enumerate(words):
            forms = {f for f in _forms(word) if not f.isdigit()}
            if dated:
                forms -= MONTHS
            found |= forms - ALPHABET.keys() if n in spelling else forms
        for code in found:
            if len(code) >= LEAST:
                self._codes.setdefault(code, placeholder)
                if code.isdigit() and len(code) >= PART_DIGITS:
                    self._numbers.setdefault(code, placeholder)

    def find(self, words: Sequence[str | None]) -> list[str | None]:
        """For each word of an utterance, in order, the placeholder of the secret it repeats, or None.

        None among `words` stands for something hidden there: no number is read across it.
        """
        out = [self._in_word(word) if word else None for word in words]
        tokens = [_tokens(word) if word else [] for word in words]
        for run in _runs(tokens):
            windows = list(_windows(run))
            for window in windows:
                code = _code(tokens[window.start : window.stop])
                rest = {*run} - {*window}
                alone = all(_plain(words[n] or "") in FILLERS for n in rest)
                name = self._codes.get(code) if alone or len(code) >= PART_DIGITS else None
                name = name or self._part_of(code)
                if name:
                    out[window.start : window.stop] = [out[n] or name for n in window]
            for window in windows:  # the smallest that hold a hidden number whole
                if not any(out[n] for n in window):
                    name = self._holds(_code(tokens[window.start : window.stop]))
                    out[window.start : window.stop] = [name] * len(window)
        return out

    def _in_word(self, word: str) -> str | None:
        for form in sorted((_forms(word) - _ORDINARY) | _digits(word)):  # sets have no order to rely on
            if name := self._codes.get(form) or self._part_of(form) or self._holds(form):
                return name
        return None

    def _part_of(self, code: str) -> str | None:
        if len(code) < PART_DIGITS or not code.isdigit():
            return None
        return next((name for number, name in self._numbers.items() if code in number), None)

    def _holds(self, code: str) -> str | None:
        if len(code) < PART_DIGITS:
            return None
        return next((name for number, name in self._numbers.items() if number in code), None)


def _tokens(word: str) -> list[Token]:
    """Parts of a word. Single letters count as spelled, also "a" and "I": a run of them alone says a name."""
    found = tokenise([Word(_NOWHERE, word, 1.0)])
    return [replace(t, symbols=t.text) if len(t.text) == 1 and t.text.isalpha() else t for t in found]


def _plain(text: str) -> str:
    """Letters and digits in one case, without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())


def _forms(word: str) -> set[str]:
    """A word, and the words joined in it ("Smith-Jones", an address), without the possessive."""
    parts = [_plain(_OWNERS.sub("", p)) for p in _WORD.findall(unicodedata.normalize("NFKC", word))]
    return {f for f in ("".join(parts), *parts) if len(f) >= LEAST}


def _digits(word: str) -> set[str]:
    """The digits written in a word, by group and together."""
    groups = re.findall(r"\d+", word)
    return {g for g in ("".join(groups), *groups) if len(g) >= LEAST}


def _runs(tokens: Sequence[Sequence[Token]]) -> list[range]:
    """Words in a row that say nothing but digits and letters."""
    flags = [bool(parts) and all(t.symbols or t.text in MULTIPLIERS for t in parts) for parts in tokens]
    out, at = [], 0
    for said, group in groupby(flags):
        size = len(list(group))
        if said:
            out.append(range(at, at + size))
        at += size
    return out


def _trimmed(run: range, words: Sequence[str]) -> range:
    """`run` without fillers at its ends: the "one" of "one moment"."""
    kept = [n for n in run if _plain(words[n]) not in FILLERS]
    return range(kept[0], kept[-1] + 1) if kept else run


def _windows(run: range) -> Iterator[range]:
    """Parts of a run, short ones first."""
    for size in range(1, min(len(run), RUN_WORDS_MAX) + 1):
        for start in range(run.start, run.stop - size + 1):
            yield range(start, start + size)


def _code(words: Sequence[Sequence[Token]]) -> str:
    """What a run says: "double four oh" → "440", "p i double t" → "pitt"."""
    out, digits = "", []
    for token in (t for parts in words for t in parts):
        if not token.is_letter:
            digits.append(token)
            continue
        times = MULTIPLIERS.get(digits[-1].text, 1) if digits else 1
        out += digits_of(digits) + token.symbols * times
        digits = []
    return out + digits_of(digits)


_ORDINARY = frozenset(
    _plain(word)
    for word in (
        *_COMMON.split(), *FILLERS, *JOINERS, *UNITS, *COUNTED_BEFORE, *MAGNITUDES, *MULTIPLIERS,
        *DIGITS, *DIGIT_LIKE, *TEENS, *TENS, *ORDINALS,
    )
)  # fmt: skip
