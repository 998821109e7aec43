"""Replies without digits where a number was asked for: what is no clear talk may be the number, garbled."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.asking import asks_back, is_request
from pipeline.core.entities import Entity
from pipeline.core.finding import Reason
from pipeline.core.foreign import is_foreign
from pipeline.core.lists import NO_LISTS, Lists
from pipeline.core.marks import Mark
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import DIGIT_LIKE, FILLERS, MULTIPLIERS

# A clause of these and fillers alone puts the answer off: "let me find it, I wrote it down somewhere".
STALLS = frozenset(
    "found find looking wrote written somewhere remember recall pull open up bit sec got dig fetch need reading type "
    "typing bear with me here front drawer wallet purse bag glasses paper screen phone wait tick hand handy".split()
)
ASSENTS = frozenset("yes yeah yep sure okay ok right so um uh well it's is it the that's here".split())
DIGITS_TAKEN = DIGIT_LIKE.keys() | {"do", "a", "and"} | MULTIPLIERS.keys()
LIKE_LEAST = 2
TALK_CLEAR = 0.72  # mean confidence of talk a recogniser knows; digits of another language or an accent stay below
QUESTION_CLEAR = 0.62  # the same of a question put back
FILLERS_CLEAR = 0.3  # below this even "so" and "thank you" were something else
DOUBT_CONFIDENCE = 0.5
SHORT_ANSWER_TOKENS = 5
STUTTERS = ((1, 4), (2, 3), (3, 3))  # so many words, so many times over


def unclear_marks(tokens: Sequence[Token], start: int, entity: Entity) -> list[Mark]:
    """An expected number, but no digits from token `start` on: hide what is no clear talk.

    A reply hardly heard goes whole, its small words too; of a clear one only a short reply of other words.
    """
    part = tokens[start:]
    if not part:
        return []
    words = [i for i, t in enumerate(part) if t.text not in FILLERS]
    mean = mean_confidence(part)
    if mean < _clear(part, words):
        first, last = 0, len(part)
    elif words and len(part) <= SHORT_ANSWER_TOKENS and not asks_back(part):
        first, last = words[0], len(part)  # small words behind one that was garbled are garbled, too
    else:
        return []
    return [Mark(start + first, start + last, entity.name, Reason.DOUBT_WORDS, mean_confidence(part[first:last]))]


def lost_marks(tokens: Sequence[Token], start: int, entity: Entity, lists: Lists = NO_LISTS) -> list[Mark]:
    """An expected number in what a recogniser writes for sounds it does not understand: all from token `start` on."""
    part = tokens[start:]
    if not (stutters(part) or is_foreign(part, lists) or _sounds_like_digits(part)):
        return []
    return [Mark(start, len(tokens), entity.name, Reason.DOUBT_WORDS, mean_confidence(part))]


def stutters(part: Sequence[Token]) -> bool:
    """ "No, no, no, no", "sink of inner, sink of inner": so a recogniser writes what it does not understand."""
    if any(t.is_digits for t in part):
        return False  # "one, one, one, one" is a number
    texts = [t.text for t in part]
    looped = any(texts == (texts[:size] * len(texts))[: len(texts)] for size in range(2, len(texts) // 2 + 1))
    return looped or any(
        texts[i : i + size * times] == texts[i : i + size] * times
        for size, times in STUTTERS
        for i in range(len(texts) - size * times + 1)
    )


def _sounds_like_digits(part: Sequence[Token]) -> bool:
    """ "Okay, do not do": "two nought two", all of it taken for small words."""
    first = next((i for i, t in enumerate(part) if t.text not in ASSENTS), len(part))
    said = part[first:]
    return len(said) >= LIKE_LEAST and all(t.text in DIGITS_TAKEN for t in said)


def _clear(part: Sequence[Token], words: Sequence[int]) -> float:
    """The mean confidence from which a reply is taken for what it says."""
    if all(part[i].text in STALLS for i in words):
        return FILLERS_CLEAR
    return QUESTION_CLEAR if is_request(part) else TALK_CLEAR


def mean_confidence(tokens: Sequence[Token]) -> float:
    """Mean confidence, 0..1, of words; 0 of none."""
    return round(sum(t.confidence for t in tokens) / len(tokens), 3) if tokens else 0.0
