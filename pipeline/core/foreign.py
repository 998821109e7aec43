"""Digits of other languages, as a recogniser of English writes them: "they trace, see a tay" for "diez, tres, siete".

It has no words for them, and is often sure of those it takes. Which it takes for digits of Spanish and Hindi was
counted (spoken/foreign_words.py); a word that nobody knows counts, too.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.lists import NO_LISTS, Lists
from pipeline.core.spoken.foreign_words import WEIGHTS
from pipeline.core.spoken.tokens import Token

WRITTEN = frozenset(
    "cero uno dos tres cuatro cinco seis siete ocho nueve ek dho teen chaar char paanch panch chhe saat aath nau "
    "shunya shoonya".split()
)
"""Written as they are."""
_WEIGHT = {word: weight for weight, words in WEIGHTS.items() for word in words.split()} | dict.fromkeys(WRITTEN, 3)
UNKNOWN, ORDINARY = 1.5, -0.7  # weight of a word that was not counted: of one nobody knows, of one of the language
FEW = 6  # words; fewer must be more foreign
LIKE, LIKE_FEW = 0.3, 0.5  # mean weight where a number is due: 0.5 % and 2 % of talk reaches it, 9 in 10 digits do
LEAST = 3  # words; of fewer nothing can be told
SURELY = 1.0  # in 2,300 utterances of talk none of six words or more reached it, of digits 3 in 4


def is_foreign(tokens: Sequence[Token], lists: Lists = NO_LISTS) -> bool:
    """A reply where a number is due sounds like digits of Spanish or Hindi."""
    weights = _weights(tokens, lists)
    few = len(weights) < FEW
    return len(weights) >= LEAST and sum(weights) >= (LIKE_FEW if few else LIKE) * len(weights)


def is_surely_foreign(tokens: Sequence[Token], lists: Lists = NO_LISTS, *, least: int = FEW) -> bool:
    """It does, whether a number is due or not. least: words."""
    weights = _weights(tokens, lists)
    return len(weights) >= least and sum(weights) >= SURELY * len(weights)


def _weights(tokens: Sequence[Token], lists: Lists) -> list[float]:
    """Of the words that are neither digits nor letters."""
    return [_weight(t.text, lists) for t in tokens if not t.symbols]


def _weight(word: str, lists: Lists) -> float:
    if word in _WEIGHT:
        return _WEIGHT[word]
    return UNKNOWN if lists.words and not lists.is_ordinary(word) and not lists.is_name(word) else ORDINARY
