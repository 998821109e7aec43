"""What helps the rules and is not rules itself: models a worker loads once, for all its calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from pipeline.core.lists import NO_LISTS, Lists
from pipeline.core.questions import Meaning


class Tagged(NamedTuple):
    """Words first..last-1 of an utterance name something of `entity`, by a statistical model. confidence: 0..1."""

    first: int
    last: int
    entity: str
    confidence: float


class Tagger(Protocol):
    """Finds names and places in words. The same words, the same answer."""

    def __call__(self, words: Sequence[str]) -> Sequence[Tagged]:
        """words: of one utterance, names in capitals (see casing.py). Ranges are sorted and disjoint."""
        ...


@dataclass(frozen=True, slots=True)
class Aids:
    """meaning: knows what questions mean that no phrase matches. tagger: finds names no cue announces.

    lists: names and words that are known.
    """

    meaning: Meaning | None = None
    tagger: Tagger | None = None
    lists: Lists = NO_LISTS


NO_AIDS = Aids()
