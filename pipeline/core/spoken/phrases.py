"""Phrases found in tokens, exactly or by sound: recognisers write "state of birth" for "date of birth"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.core.spoken.tokens import Token

GAP_WORDS = 2  # words allowed between two words of a phrase: "card [payment] number"
SOUND_MIN = 9  # letters; shorter phrases sound like too many others
SAID_MAX = 4_096  # what was said is kept no longer than it saves work: these tables hold words of calls
SOUND_KEY_MIN = 7
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


def find(phrases: Sequence[str], tokens: Sequence[Token], *, by_sound: bool = False) -> list[Match]:
    """Where any of `phrases` is said. Matches may overlap; sorted by first token."""
    text = " " + " ".join(t.text for t in tokens) + " "
    out: list[Match] = []
    for phrase in phrases:
        hits = list(_pattern(phrase, GAP_WORDS).finditer(text))
        for hit in hits:
            first = text.count(" ", 0, hit.start()) - 1
            last = first + hit.group().count(" ") + 1
            out.append(Match(first, last, True))
        plain = " " in phrase and len(phrase) >= SOUND_MIN and not set(phrase) & set("|=()?*+[]")
        if by_sound and not hits and plain:
            out += _by_sound(phrase, tokens)
    return sorted(out, key=lambda m: (m.first, m.last))


def _by_sound(phrase: str, tokens: Sequence[Token]) -> list[Match]:
    wanted = sound(phrase)
    if len(wanted) < SOUND_KEY_MIN:
        return []
    size = phrase.count(" ") + 1
    for n in (size, size + 1, size - 1):
        for i in range(len(tokens) - n + 1 if n > 0 else 0):
            said = sound(" ".join(t.text for t in tokens[i : i + n]))
            begins = said[:1] == wanted[0] or said[1:2] == wanted[0]  # a consonant in front may be misheard
            if not begins or abs(len(said) - len(wanted)) > max(1, SOUND_DISTANCE * len(wanted)):
                continue
            if distance(said, wanted) <= max(1, int(SOUND_DISTANCE * len(wanted))):
                return [Match(i, i + n, False)]
    return []


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
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row, above = [i], row
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y)))
    return row[-1]
