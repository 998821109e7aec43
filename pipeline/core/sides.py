"""Which side of a call seems to have called, what such a side does not ask for, and what the other one does not tell.

Who takes calls greets and asks "your date of birth?". Who called asks where to park and what a plate costs: for
what only a caller has, a question of his counts only if it is about what the other side knows of him. And as long as he
told nothing, what the one who takes calls says in a few digits is a price, a size or a model, unless it is announced or
asked for. Who is held for the one or the other is so only while nothing speaks against it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.core.entities import NUMBER, Category, Entity
from pipeline.core.finding import Reason
from pipeline.core.marks import Mark
from pipeline.core.spoken.phrases import find
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import FILLERS

SIDES, NOBODY = 2, -1
GREETING_TOKENS = 4  # the first utterance that says something
HELLO = FILLERS | frozenset("hello hi hey hiya yes yeah yep yo good morning afternoon evening speaking there".split())
"""Who says no more when the call begins may be the one or the other, as may who speaks of himself or tells a number."""
HELPS = frozenset("help helping assist".split())
FEW = 6  # digits: with more, or letters among them, its form may give away what it is
ANSWERED = 3  # digits or letters given as the answer to a side's questions: it is the one that asks
ASKED_OF_CALLERS = frozenset({"POSTAL_ADDRESS", "VEHICLE_PLATE", "MEDICAL", "PERSON_NAME"})
ASKED_PLAINLY = frozenset({Category.IDENTITY, Category.PAYMENT})
"""Of these a caller may be thought to ask, by a misheard word: only what is plainly asked counts."""
MINE = frozenset("my mine our ours me us i i'm i've i'd i'll".split())
YOURS = frozenset("your yours yourself".split())
WHO = frozenset({"who", "who's", "name", "named", "called"})  # also the other side has a name
HELD = ("=you|you've have|got|hold|see|seeing|need", "=on|in|for file|record|account|us|me", "=have|got down|written")


class Sides:
    """Of one call: who spoke first, and who asks."""

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._first: int | None = None  # the channel that began the call
        self._greeted: set[int] = set()  # channels that have begun to talk
        self._asks: set[int] = set()
        self._told: set[int] = set()  # channels of which something is hidden

    def has_greeted(self, channel: int) -> bool:
        """It has said something before."""
        return channel in self._greeted

    def speaks(self, channel: int, tokens: Sequence[Token]) -> None:
        """An utterance of `channel` is judged. One without words is nobody's."""
        if self._first is None and tokens:
            said = {t.text for t in tokens}
            number = 2 * sum(t.is_digits for t in tokens) >= len(tokens)
            plain = said <= HELLO or number or (said & MINE and not said & HELPS)
            self._first = NOBODY if plain else channel
        if len(tokens) >= GREETING_TOKENS:
            self._greeted.add(channel)

    def asks(self, channel: int, tokens: Sequence[Token]) -> None:
        """`channel` asks for a secret with these words: if it says "your", for one of the other side."""
        if any(t.text in YOURS for t in tokens):
            self._asks.add(channel)

    def answered(self, channel: int, symbols: int) -> None:
        """A question of `channel` has been answered by so many digits and letters so far."""
        if symbols >= ANSWERED:
            self._asks.add(channel)

    def tells(self, channel: int) -> None:
        """`channel` said something that is hidden."""
        self._told.add(channel)

    def takes(self, channel: int) -> bool:
        """It seems to be the side that takes calls, and the other one told nothing yet."""
        return self._channels == SIDES and self._first == channel and not self._told - {channel}

    def called(self, channel: int) -> bool:
        """It seems to be the side that called: the other one spoke first and told nothing, and this one asked for
        nothing of his yet.
        """
        known = self._channels == SIDES and self._first not in {None, NOBODY, channel}
        return known and channel not in self._asks and not self._told - {channel}

    def suspect(self) -> None:
        """Hold nobody for the one or the other."""
        self._asks.update(range(self._channels))
        self._told.update(range(self._channels))

    def snapshot(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "first": self._first,
            "greeted": sorted(self._greeted),
            "asks": sorted(self._asks),
            "told": sorted(self._told),
        }

    def restore(self, plain: Mapping[str, Any]) -> None:
        """Take up a `snapshot`. Raises ValueError, KeyError or TypeError if it is none of this release."""
        self._first = None if plain["first"] is None else int(plain["first"])
        self._greeted, self._asks, self._told = (set(map(int, plain[key])) for key in ("greeted", "asks", "told"))


def may_ask(entity: Entity, clause: Sequence[Token], *, plainly: bool) -> bool:
    """A caller may ask for this kind with this clause."""
    if entity.name not in ASKED_OF_CALLERS and (plainly or entity.category not in ASKED_PLAINLY):
        return True
    said = {t.text for t in clause}
    if said & (MINE | YOURS) or find(HELD, clause):
        return True
    return entity.name == "PERSON_NAME" and bool(said & WHO)


def is_idle(tokens: Sequence[Token], mark: Mark) -> bool:
    """A number of a few digits, of no kind and not announced: of who takes calls it says nothing about the caller."""
    if mark.entity != NUMBER or mark.reason is not Reason.PATTERN:
        return False
    said = tokens[mark.first : mark.last]
    # "20" may stand for one symbol where it was counted as a word, and "double" for as many as follow.
    return (
        all(t.is_digits for t in said) and sum(max(len(t.symbols), len(t.text) * t.text.isdigit()) for t in said) <= FEW
    )
