"""What helps the rules and is not rules itself: models a worker loads once, for all its calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from pipeline.core.questions import Meaning


class Tagged(NamedTuple):
    """Words first..last-1 of an utterance name something of `entity`, by a statistical model. confidence: 0..1."""

    first: int
    last: int
    entity: str
    confidence: float


class Tagger(Protocol):
    """Finds names, places and the like in recognised words. The same words, the same answer."""

    def __call__(self, words: Sequence[str]) -> Sequence[Tagged]:
        """words: of one utterance, as they were recognised. Ranges are sorted and disjoint."""
        ...


@dataclass(frozen=True, slots=True)
class Aids:
    """meaning: knows what questions mean that no phrase matches. tagger: finds names no cue announces."""

    meaning: Meaning | None = None
    tagger: Tagger | None = None


NO_AIDS = Aids()
