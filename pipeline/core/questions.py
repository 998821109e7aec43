"""Which utterances ask for a secret, and for which: the context that makes the next answer sensitive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.core.entities import ENTITIES, Category, Entity, Shape
from pipeline.core.spoken.clauses import clauses
from pipeline.core.spoken.phrases import Match, find
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import DIGITS, FILLERS, ORDINALS, TEENS

# How a request sounds, apart from what it asks for. OPENERS only at the start of a clause.
OPENERS = (
    "=what|what's|which|when|where|who|whom|whose",
    "=how do|is|old|are|can",
    "=can|could|may|might|would|will|shall|should|do|does|did|is|are|have i|you|we|it|that|there|she|he|they|your|the",
    "=confirm|verify|provide|spell|tell|give|enter|repeat|state|supply|type|read|share|quote|remind|say|pop|key",
    "=let's|let me|us|have|take|get|start|see",
    "=please",
)
REQUESTS = (
    "=can|could|may|might|would|will|shall i|you|we",
    "=please",
    "=i'll|i|i'd|we|we'll|you just|also|will|do|would|still need|want|require|like|take|have|ask",
    "=need|take|get|grab|have|ask|confirm|verify|check your|his|her|their|the|a|some|you|me|that",
    "=let me have|take|get|grab",
    "=ready for|when",
    "=what's|what is|are|was|were",
    "=do you have|know|remember|recall",
    "=tell|give|read me|us",
    "what|what's|which|who|who's|whose|where|where's|when",
)
LEAD_INS = frozenset(
    "and so okay ok right thanks thank you great lovely alright now then well first next just sure".split()
)
MEANING_TOKENS = 3  # shorter clauses mean too little
DIGIT_WORDS = frozenset(DIGITS) | frozenset(TEENS) | frozenset(ORDINALS)
OPENING_TOKENS = 4
NOUN_PHRASE_TOKENS = 8  # "And the postcode?" asks without a verb
STATEMENTS = frozenset("my mine our i i'm i've it's we".split())  # who says these tells, he does not ask
NOUN_PHRASE_REST = 2  # content words in it beside what is asked for


Meaning = Callable[[str], str | None]
"""Words of one clause, lower case → name of the entity it asks for, or None. The same words, the same answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """At sample `at` (the end of the words that ask), channel `channel` asked for `entities`."""

    channel: int
    at: int
    entities: tuple[Entity, ...]

    @property
    def free(self) -> bool:
        """True if one of the kinds asked for is answered in any words."""
        return any(e.shape is Shape.FREE for e in self.entities)


def questions(channel: int, tokens: Sequence[Token], rate: int, meaning: Meaning | None = None) -> tuple[Question, ...]:
    """The questions one utterance puts, in order. meaning: asked about clauses no phrase matches."""
    out = []
    parts = clauses(tokens, rate)
    for n, (first, last) in enumerate(parts):
        clause = tokens[first:last]
        asked = asked_for(clause, final=n == len(parts) - 1)
        if asked:
            at = max(clause[m.last - 1].span.end for _, m in asked)
            out.append(Question(channel, at, _distinct(e for e, _ in asked)))
        elif meaning and (kind := _meant(clause, meaning)):
            out.append(Question(channel, clause[-1].span.end, (kind,)))
    return tuple(out)


def _meant(clause: Sequence[Token], meaning: Meaning) -> Entity | None:
    """What a clause of words asks for by its meaning; one with numbers in it tells, it does not ask."""
    told = any(t.is_digits and t.text not in DIGIT_WORDS for t in clause) or any(t.text in STATEMENTS for t in clause)
    if len(clause) < MEANING_TOKENS or (told and not clause[-1].asks):
        return None
    name = meaning(" ".join(t.text for t in clause))
    return next((e for e in ENTITIES if e.name == name), None)


def asked_for(clause: Sequence[Token], *, final: bool) -> list[tuple[Entity, Match]]:
    """Kinds the clause asks for, each with where its phrase stands; the longest phrase wins an overlap.

    final: the clause ends the utterance; then a number may be asked for in any form of words.
    """
    request = is_request(clause)
    short = len(clause) <= NOUN_PHRASE_TOKENS
    found = _strongest([(e, m) for e in ENTITIES for m in find(e.asks, clause, by_sound=request or short)])
    if request or _is_noun_phrase(clause, found):
        return found
    if any(t.text in STATEMENTS for t in clause):
        return [(e, m) for e, m in found if final and e.shape is not Shape.FREE]
    loose = (Category.CREDENTIAL,)
    return [(e, m) for e, m in found if final and (e.shape is not Shape.FREE or e.category in loose)]


def is_request(clause: Sequence[Token]) -> bool:
    """The clause asks for something, by its mark or its words."""
    if clause[-1].asks:
        return True
    content = next((i for i, t in enumerate(clause) if t.text not in LEAD_INS), 0)
    return bool(find(OPENERS, clause[content : content + OPENING_TOKENS])) or bool(find(REQUESTS, clause))


def _is_noun_phrase(clause: Sequence[Token], found: Sequence[tuple[Entity, Match]]) -> bool:
    """ "And the postcode?" """
    if any(t.text in STATEMENTS for t in clause):
        return False
    if not found or len(clause) > NOUN_PHRASE_TOKENS or any(t.is_digits and t.text not in ORDINALS for t in clause):
        return False
    named = {i for _, m in found for i in range(m.first, m.last)}
    rest = [t for i, t in enumerate(clause) if i not in named and t.text not in FILLERS | LEAD_INS]
    return len(rest) <= NOUN_PHRASE_REST


def _strongest(found: list[tuple[Entity, Match]]) -> list[tuple[Entity, Match]]:
    def weight(item: tuple[Entity, Match]) -> tuple[bool, int, int]:
        entity, match = item
        return (match.exact, match.last - match.first, -ENTITIES.index(entity))

    kept: list[tuple[Entity, Match]] = []
    for entity, match in sorted(found, key=weight, reverse=True):
        if all(match.last <= k.first or k.last <= match.first for _, k in kept):
            kept.append((entity, match))
    return sorted(kept, key=lambda item: item[1].first)


def _distinct(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    return tuple(dict.fromkeys(entities))
