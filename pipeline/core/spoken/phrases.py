"""Phrases found in tokens, exactly or by sound: recognisers write "state of birth" for "date of birth"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from pipeline.core.spoken.tokens import Token

GAP_WORDS = 2  # words allowed between two words of a phrase: "card [payment] number"
SOUND_MIN = 9  # letters; shorter phrases sound like too many others
SAID_MAX = 4_096  # what was said is kept no longer than it saves work: these tables hold words of calls
SOUND_KEY_MIN = 7
_HEADS = re.compile(r"[a-z0-9'|-]+")
SOUND_DISTANCE = 0.12  # edits per letter up to which two phrases sound alike


@dataclass(frozen=True, slots=True)
class Match:
    """Tokens `first` to `last` (out) say the phrase. exact: word by word, not by sound."""

    first: int
    last: int
    exact: bool


@cache
def _pattern(phrase: str, gap: int) -> re.Pattern[str]:
    """A phrase: words in order; "a|b" for alternatives, "=" before it forbids words in between."""
    tight = phrase.startswith("=")
    words = [f"(?:{w})" for w in phrase.lstrip("=").split()]
    between = " " if tight else rf" (?:[^ ]+ ){{0,{gap}}}?"
    return re.compile("(?<= )" + between.join(words) + "(?= )")


class _Heard(NamedTuple):
    """A phrase that may be heard garbled. size: its words."""

    place: int
    key: str
    size: int


class _Index(NamedTuple):
    """Phrases by their place in a list. by_head: those that begin with a word; others: those that begin with more than
    words; heard: those that are also sought by sound.
    """

    by_head: Mapping[str, tuple[int, ...]]
    others: tuple[int, ...]
    heard: tuple[_Heard, ...]


@cache
def _index(phrases: tuple[str, ...]) -> _Index:
    by_head: dict[str, list[int]] = {}
    others: list[int] = []
    heard: list[_Heard] = []
    for place, phrase in enumerate(phrases):
        head = phrase.lstrip("=").split()[0]
        if _HEADS.fullmatch(head):
            for word in head.split("|"):
                by_head.setdefault(word, []).append(place)
        else:
            others.append(place)
        plain = " " in phrase and len(phrase) >= SOUND_MIN and not set(phrase) & set("|=()?*+[]")
        if plain and len(sound(phrase)) >= SOUND_KEY_MIN:
            heard.append(_Heard(place, sound(phrase), phrase.count(" ") + 1))
    return _Index({word: tuple(places) for word, places in by_head.items()}, tuple(others), tuple(heard))


def find(phrases: Sequence[str], tokens: Sequence[Token], *, by_sound: bool = False) -> list[Match]:
    """Where any of `phrases` is said. Matches may overlap; sorted by first token."""
    index = _index(tuple(phrases))
    words = [t.text for t in tokens]
    heard = index.heard if by_sound else ()
    if not index.others and not heard and index.by_head.keys().isdisjoint(words):
        return []  # as nearly always
    places = set(index.others)
    for word in index.by_head.keys() & set(words):
        places.update(index.by_head[word])
    text = f" {' '.join(words)} "
    found: dict[int, list[Match]] = {}
    for place in places:
        for hit in _pattern(phrases[place], GAP_WORDS).finditer(text):
            first = text.count(" ", 0, hit.start()) - 1
            last = first + hit.group().count(" ") + 1
            found.setdefault(place, []).append(Match(first, last, True))
    if heard:
        said: dict[int, list[str]] = {}
        for phrase in heard:
            if phrase.place not in found and (match := _by_sound(phrase, words, said)):
                found[phrase.place] = [match]
    out = [match for place in sorted(found) for match in found[place]]
    return sorted(out, key=lambda m: (m.first, m.last))


def _by_sound(phrase: _Heard, words: Sequence[str], said: dict[int, list[str]]) -> Match | None:
    """said: how so many words in a row sound, from each word on; filled where it is not yet known."""
    wanted, first = phrase.key, phrase.key[0]
    most = max(1, int(SOUND_DISTANCE * len(wanted)))
    least_size, most_size = len(wanted) - most, len(wanted) + most
    for n in (phrase.size, phrase.size + 1, phrase.size - 1):
        if n not in said:
            said[n] = [sound(" ".join(words[i : i + n])) for i in range(len(words) - n + 1)]
        for i, heard in enumerate(said[n]):
            # A consonant in front may be misheard.
            if least_size <= len(heard) <= most_size and first in heard[:2] and distance(heard, wanted) <= most:
                return Match(i, i + n, False)
    return None


@lru_cache(SAID_MAX)
def sound(text: str) -> str:
    """A rough key of how a phrase sounds: voiced and unvoiced pairs, vowels and silent letters fall together."""
    key = text.lower().replace(" ", "")
    for old, new in (
        ("tion", "shn"), ("ght", "t"), ("ph", "f"), ("ck", "k"), ("qu", "kw"), ("x", "ks"), ("c", "k"),
        ("z", "s"), ("d", "t"), ("g", "k"), ("b", "p"), ("v", "f"), ("y", "i"), ("h", ""), ("w", ""),
    ):  # fmt: skip
        key = key.replace(old, new)
    key = re.sub(r"[aeiou]+", "a", key)
    return re.sub(r"(.)\1+", r"\1", key)


@lru_cache(SAID_MAX)
def distance(a: str, b: str) -> int:
    """Edits between two short strings."""
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row, above = [i], row
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y)))
    return row[-1]
