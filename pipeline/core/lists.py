"""Words that are known: names of people, towns, streets, illnesses, drugs, and the ordinary words of the language.

The rules work without them, by cues and capitals alone; with them a name is told from a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.core.spoken.phrases import distance, sound

SOUND_LETTERS = 8  # shorter words sound like too many others
KEY_LETTERS = 5  # of the sound of a word; shorter keys say too little
LETTERS_AN_EDIT = 4  # of a key: as many may be misheard as this goes into it


@dataclass(frozen=True, slots=True)
class Lists:
    """All in lower case. words: ordinary words, the only list a name may be in as well ("mark", "rose").

    towns and illnesses may be of more than one word.
    """

    given: frozenset[str] = frozenset()
    surnames: frozenset[str] = frozenset()
    towns: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    illnesses: frozenset[str] = frozenset()
    drugs: frozenset[str] = frozenset()
    sounds: Mapping[tuple[str, int], frozenset[str]] = field(default_factory=dict)

    def is_ordinary(self, word: str) -> bool:
        """A word of the language, as far as the list knows; a possessive or a short form counts as its stem."""
        stem = word.split("'", maxsplit=1)[0]
        return word in self.words or stem in self.words or len(stem) < 2

    def is_name(self, word: str) -> bool:
        """People are called so, first or last."""
        return word in self.given or word in self.surnames

    def is_medicine(self, word: str, *, by_sound: bool) -> bool:
        """An illness or a drug. by_sound: a long word that nobody knows may be a drug misheard."""
        if word in self.illnesses or word in self.drugs:
            return True
        if len(word) < SOUND_LETTERS or self.is_ordinary(word) or self.is_name(word) or word in self.towns:
            return False
        key = sound(word)
        if len(key) < KEY_LETTERS:
            return False
        most = len(key) // LETTERS_AN_EDIT if by_sound else 0
        near = (self.sounds.get((key[0], len(key) + d), frozenset()) for d in range(-most, most + 1))
        return any(_sound_alike(key, known, most) for part in near for known in part)


def _sound_alike(key: str, known: str, most: int) -> bool:
    """Up to `most` edits if they begin alike, fewer if not: the ends of long names are lost first."""
    begin_alike = key[:KEY_LETTERS] == known[:KEY_LETTERS]
    return distance(key, known) <= (most if begin_alike else most // 2)


def with_sounds(lists: Lists, more: Iterable[str] = ()) -> Lists:
    """`lists` with `sounds` of its long illnesses and drugs, and of `more`, by first letters and length."""
    table: dict[tuple[str, int], set[str]] = {}
    for word in (*lists.drugs, *more):
        key = sound(word)
        if " " not in word and len(word) >= SOUND_LETTERS and len(key) >= KEY_LETTERS:
            table.setdefault((key[0], len(key)), set()).add(key)
    return Lists(
        lists.given, lists.surnames, lists.towns, lists.streets, lists.words, lists.illnesses, lists.drugs,
        {place: frozenset(keys) for place, keys in table.items()},
    )  # fmt: skip


NO_LISTS = Lists()
