"""Which utterances ask for a secret, and for which: the context that makes the next answer sensitive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from pipeline.core.asking import (
    LEAD_INS,
    OPENERS,
    OPENING_TOKENS,
    STATEMENTS,
    content_at,
    is_request,
    opens,
)
from pipeline.core.entities import ENTITIES, Category, Entity, Shape
from pipeline.core.spoken.clauses import clauses
from pipeline.core.spoken.counted import PRICES
from pipeline.core.spoken.phrases import Match, find
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import DIGITS, FILLERS, ORDINALS, TEENS

NEEDS = ("=i|we need|require", "=i|we just|also|still need|require", "=i|we have|need to take|ask|verify|confirm")
MEASURES = ("=how long|often|many|much|soon|far|fast|big|short", "=why do|does|did|is|are|was|would|should|can't")
"""Who begins so asks how a thing is, not what it says: "how long must the password be?"."""
ENDINGS = frozenset("com org net co uk edu in io ie au info ca de eu nz".split())
OFFERS = (
    "=do|did|will|would you need|want|require|have|take my|our",
    "=do|did|will|would we|i need|require",
    "=should|shall|can i read|say|tell|give you my|our",
)
ASKS_ON = frozenset("what what's which who whose where please give tell read confirm spell".split())
SOME_NUMBER = (
    "=read|dictate|say|tell|give it|them|that|me slowly",
    "=read|dictate|say slowly",
    "one by|at one|time",
    "=digit|figure|letter|number by digit|figure|letter|number",
    "in|and groups|group of|to two|three|four|five|2|3|4|5",
    "=letters|digits|numbers|figures first|then",
    "number|numbers|digits please|tell|say|again",
    "=first|last|next three|four|3|4 tell|please|again",
)
"""Who says one of these at the end wants a number, of whatever kind the recogniser wrote."""
MEANING_TOKENS = 3  # shorter clauses mean too little
DIGIT_WORDS = frozenset(DIGITS) | frozenset(TEENS) | frozenset(ORDINALS)
BEING = frozenset({"is", "was"})
UNTOLD = frozenset("what when which who whose where how please needed required next missing it".split())
NOUN_PHRASE_TOKENS = 8  # "And the postcode?" asks without a verb
IDLE_NAMES = (["right", "you", "are"], ["there", "you", "are"], ["here", "you", "are"])
OWNERS = frozenset("you your you're yours he she they his her their him them i my our we".split())
DANGLING = frozenset("to with is for called under as".split())  # "and I'm talking to": what follows is asked for
TAIL_TOKENS = 6  # what is asked for stands last: "before we begin I'll do some checks, your mother's maiden name"
GRAVE = frozenset({Category.PAYMENT, Category.CREDENTIAL})
SURE_TOKENS = 2
NAMED_TOKENS = 4
NOUN_PHRASE_REST = 2  # content words in it beside what is asked for


POINTING = frozenset("it that this them those there one".split())
READING = frozenset("what what's read say says tell spell give shout".split())
POINTING_TOKENS = 7
BEFORE_TOKENS = 12  # of the clause before
SIZES = frozenset("digit digits number numbers figure figures letter letters character characters".split())


class Meant(NamedTuple):
    """What a clause means. kind: name of the entity it asks for, None if unclear. harmless: it asks for nothing secret.

    sure: of the one or the other.
    """

    kind: str | None
    sure: bool = False
    harmless: bool = False


Meaning = Callable[[str], Meant]
"""Words of one clause, lower case → what it means. The same words, the same answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """At sample `at` (the end of the words that ask), channel `channel` asked for `entities`.

    sure: it was plainly asked; else only its meaning, or a single word of it, says so.
    """

    channel: int
    at: int
    entities: tuple[Entity, ...]
    sure: bool = True

    @property
    def free(self) -> bool:
        """True if one of the kinds asked for is answered in any words."""
        return any(e.shape is Shape.FREE for e in self.entities)


def questions(
    channel: int,
    tokens: Sequence[Token],
    rate: int,
    meaning: Meaning | None = None,
    *,
    greeting: bool = False,
    proving: bool = False,
) -> tuple[Question, ...]:
    """The questions one utterance puts, in order. meaning: without it phrases alone decide.

    greeting: the speaker's first words, in which a short clause is a company's name: "Care for your health". proving:
    secrets are being told, so that what a short clause seems to ask for is believed.
    """
    out = []
    parts = clauses(tokens, rate)
    for n, (first, last) in enumerate(parts):
        clause = tokens[first:last]
        final = n == len(parts) - 1
        if _measures(clause) or _spells_address(clause) or find(OFFERS, clause):
            continue
        meant = _meant(clause, meaning, proving=proving) if meaning else Meant(None)
        asked = asked_for(clause, final=final, by_sound=False)
        if not asked and meant.kind is None and not meant.sure:
            asked = asked_for(clause, final=final) or _asked_last(clause, meaning)
        if meant.harmless and (meant.sure or not any(_is_plain(clause, e, m) for e, m in asked)):
            continue
        asked = [(e, m) for e, m in asked if not _idle(clause, e, m)]
        kinds = [e for e, _ in asked]
        pointed: list[Entity] = []
        at = max((clause[m.last - 1].span.end for _, m in asked), default=clause[-1].span.end)
        if greeting and not asked and len(clause) <= NAMED_TOKENS and not clause[-1].asks:
            continue
        if not kinds and meant.kind is None and is_request(clause):
            kinds = pointed = _pointed_at(clause, tokens[parts[n - 1][0] : first] if n else (), meaning)
        if meant.kind is not None:
            named = next(e for e in ENTITIES if e.name == meant.kind)
            kinds = [named, *kinds]
        if kinds:
            plainly = meant.sure or bool(pointed) or any(m.exact and m.last - m.first >= SURE_TOKENS for _, m in asked)
            out.append(Question(channel, at, _distinct(kinds), sure=plainly or meaning is None))
    return tuple(out) or _some_number(channel, tokens[parts[-1][0] :] if parts else ())


def _idle(clause: Sequence[Token], entity: Entity, match: Match) -> bool:
    """A phrase that asks for nothing of anybody's: "right, you are", "how old is the place?", "is the road open?"."""
    said = [t.text for t in clause]
    if entity.name == "PERSON_NAME" and said[match.first - 1 : match.last] in IDLE_NAMES:
        return True
    owned = any(w in OWNERS for w in said)
    if entity.name == "DATE_OF_BIRTH":
        return said[match.first : match.first + 2] == ["how", "old"] and not owned
    return entity.name == "POSTAL_ADDRESS" and said[content_at(clause)] in BEING | {"are", "were"} and not owned


def _some_number(channel: int, clause: Sequence[Token]) -> tuple[Question, ...]:
    """The last clause asks for a number whose kind was garbled."""
    if not any(m.last == len(clause) for m in find(SOME_NUMBER, clause)) or find(OFFERS, clause):
        return ()
    return (Question(channel, clause[-1].span.end, tuple(e for e in ENTITIES if e.name == "MEMBER_NUMBER")),)


def _meant(clause: Sequence[Token], meaning: Meaning, *, proving: bool = False) -> Meant:
    """What a clause asks for by its meaning. One with numbers in it or about the speaker tells, it does not ask."""
    said = sum(bool(t.symbols) for t in clause)
    if len(clause) < MEANING_TOKENS or 2 * said > len(clause):
        return Meant(None)
    meant = meaning(" ".join(t.text for t in clause[min(content_at(clause), len(clause) - 2) :]))
    dangling = clause[-1].text in DANGLING
    short = proving and len(clause) <= NOUN_PHRASE_TOKENS and not any(t.text in STATEMENTS for t in clause)
    telling = not (clause[-1].asks or dangling) and (
        any(_is_told(clause, i) for i in range(len(clause)))
        or (any(t.text in STATEMENTS for t in clause) and not (opens(clause, first=True) or find(NEEDS, clause)))
    )
    if meant.kind is not None and (telling or not (meant.sure or dangling or is_request(clause) or short)):
        return Meant(None)
    return meant


def _is_told(clause: Sequence[Token], i: int) -> bool:
    """Token i is a number that is told: no price, and not of "your 4 digit pin"."""
    token = clause[i]
    if not token.is_digits or token.text in DIGIT_WORDS or token.thousands or (i and clause[i - 1].text in PRICES):
        return False
    return i + 1 == len(clause) or clause[i + 1].text not in SIZES


def _pointed_at(clause: Sequence[Token], before: Sequence[Token], meaning: Meaning | None) -> list[Entity]:
    """ "I've texted you a code. Could you read it?": what is asked for by pointing at the clause before."""
    points = any(t.text in POINTING for t in clause) and any(t.text in READING for t in clause)
    if meaning is None or not before or len(clause) > POINTING_TOKENS or not points:
        return []
    meant = meaning(" ".join(t.text for t in (*before[-BEFORE_TOKENS:], *clause)))
    return [e for e in ENTITIES if e.name == meant.kind]


def _asked_last(clause: Sequence[Token], meaning: Meaning | None) -> list[tuple[Entity, Match]]:
    """What a long clause asks for with its last words, if its phrases and their meaning agree."""
    at = len(clause) - TAIL_TOKENS
    if meaning is None or at < TAIL_TOKENS:
        return []
    kind = _meant(clause[at:], meaning).kind
    found = _strongest([(e, m) for e in ENTITIES for m in find(e.asks, clause) if m.first >= at])
    return [(e, m) for e, m in found if e.name == kind]


def _is_plain(clause: Sequence[Token], entity: Entity, match: Match) -> bool:
    """A phrase so plain that only a sure meaning talks it away."""
    return clause[-1].asks and match.exact and entity.category in GRAVE and match.last - match.first >= SURE_TOKENS


def asked_for(clause: Sequence[Token], *, final: bool, by_sound: bool = True) -> list[tuple[Entity, Match]]:
    """Kinds the clause asks for, each with where its phrase stands; the longest phrase wins an overlap.

    final: the clause ends the utterance; then a number may be asked for in any form of words. by_sound: also look
    for phrases a recogniser garbled.
    """
    request = is_request(clause)
    short = len(clause) <= NOUN_PHRASE_TOKENS
    loosely = by_sound and (request or short)
    found = _strongest([(e, m) for e in ENTITIES for m in find(e.asks, clause, by_sound=loosely)])
    found = [(e, m) for e, m in found if e.shape is not Shape.FREE or not _told(clause, m)]
    if request or _is_noun_phrase(clause, found):
        return found
    if any(t.text in STATEMENTS for t in clause):
        return [(e, m) for e, m in found if final and e.shape is not Shape.FREE]
    if clause[0].is_digits and len(clause[0].symbols) > 1:
        found = [(e, m) for e, m in found if e.shape is Shape.FREE]  # "twenty one, if the football's on" is no code
    loose = (Category.CREDENTIAL,)
    return [(e, m) for e, m in found if final and (e.shape is not Shape.FREE or e.category in loose)]


def _measures(clause: Sequence[Token]) -> bool:
    """It asks how long, how often or why, and nothing else. Of health such questions are asked, too."""
    first = content_at(clause)
    found = find(MEASURES, clause[first : first + OPENING_TOKENS])
    if not found or any(t.text in ASKS_ON for t in clause[first + found[0].last :]):
        return False
    return all(e.category is not Category.HEALTH for e in ENTITIES if find(e.asks, clause))


def _spells_address(clause: Sequence[Token]) -> bool:
    """ "... at gmail.com": who says an address asks for none."""
    dotted = any(a.span == b.span and b.text in ENDINGS for a, b in pairwise(clause))
    return (dotted or any(t.text in {"dot", "underscore"} for t in clause)) and not (clause[-1].asks or opens(clause))


def _told(clause: Sequence[Token], match: Match) -> bool:
    """ "My user name is ...": what a phrase names stands right behind it, and nobody asks."""
    behind = clause[match.last :]
    if len(behind) < 2 or behind[0].text not in BEING or clause[-1].asks:
        return False
    first = content_at(clause)
    if any(not m.first for m in find(OPENERS, clause[first : first + OPENING_TOKENS])):
        return False
    return behind[1].text not in UNTOLD and behind[-1].text not in DANGLING


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
