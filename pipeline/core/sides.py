"""Which side of a call seems to have called, what such a side does not ask for, and what the other one does not tell.

Who takes calls greets and asks "your date of birth?". Who called asks where to park and what a plate costs: for
what only a caller has, a question of his counts only if it is about what the other side knows of him. And as long as he
told no number, what the one who takes calls says in a few digits is a price, a size or a model, unless he announces
it. Who is held for the one or the other is so only while nothing speaks against it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.core.entities import NUMBER, Category, Entity
from pipeline.core.finding import Reason
from pipeline.core.marks import Mark
from pipeline.core.spoken.phrases import find
from pipeline.core.spoken.tokens import Token

SIDES = 2
GREETING_TOKENS = 4  # the first utterance that says something; "hello?" says nothing
FEW = 8  # digits: with more a number may be read back that was known before the call
ANSWERED = 3  # digits or letters given as the answer to a side's questions: it is the one that asks
OWN = frozenset({Category.IDENTITY, Category.HEALTH})
OWN_TOO = frozenset({"CARD_NUMBER", "CARD_EXPIRY", "SECURITY_CODE", "POSTAL_ADDRESS", "POSTCODE"})
MINE = frozenset("my mine our ours me us i i'm i've i'd i'll".split())
YOURS = frozenset("your yours yourself".split())
WHO = frozenset({"who", "who's", "name", "named", "called"})  # also the other side has a name
HELD = ("=you|you've have|got|hold|see|seeing|need", "=on|in|for file|record|account|us|me", "=have|got down|written")


class Sides:
    """Of one call: who spoke first, and who asks."""

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._greeted: list[int] = []  # channels that have begun to talk, in that order
        self._asks: set[int] = set()
        self._told: set[int] = set()  # channels that told a number

    def has_greeted(self, channel: int) -> bool:
        """It has said something before."""
        return channel in self._greeted

    def speaks(self, channel: int, tokens: Sequence[Token]) -> None:
        """An utterance of `channel` was judged."""
        if len(tokens) >= GREETING_TOKENS and channel not in self._greeted:
            self._greeted.append(channel)

    def asks(self, channel: int, tokens: Sequence[Token]) -> None:
        """`channel` asks for a secret with these words: if it says "your", for one of the other side."""
        if any(t.text in YOURS for t in tokens):
            self._asks.add(channel)

    def answered(self, channel: int, symbols: int) -> None:
        """A question of `channel` has been answered by so many digits and letters so far."""
        if symbols >= ANSWERED:
            self._asks.add(channel)

    def tells(self, channel: int) -> None:
        """`channel` told a number that is hidden."""
        self._told.add(channel)

    def takes(self, channel: int) -> bool:
        """It seems to be the side that takes calls, and the other one told no number yet."""
        return self._channels == SIDES and self._greeted[:1] == [channel] and not self._told - {channel}

    def called(self, channel: int) -> bool:
        """It seems to be the side that called: the other one spoke first, and this one asked for nothing yet."""
        first = self._greeted[0] if self._greeted else channel
        return self._channels == SIDES and first != channel and channel not in self._asks

    def suspect(self) -> None:
        """Hold nobody for the one or the other."""
        self._asks.update(range(self._channels))
        self._told.update(range(self._channels))

    def snapshot(self) -> dict[str, Any]:
        """As plain values."""
        return {"greeted": list(self._greeted), "asks": sorted(self._asks), "told": sorted(self._told)}

    def restore(self, plain: Mapping[str, Any]) -> None:
        """Take up a `snapshot`. Raises ValueError, KeyError or TypeError if it is none of this release."""
        self._greeted = list(map(int, plain["greeted"]))
        self._asks, self._told = set(map(int, plain["asks"])), set(map(int, plain["told"]))


def may_ask(entity: Entity, clause: Sequence[Token]) -> bool:
    """A caller may ask for this kind with this clause."""
    if entity.category not in OWN and entity.name not in OWN_TOO:
        return True
    said = {t.text for t in clause}
    if said & (MINE | YOURS) or find(HELD, clause):
        return True
    return entity.name == "PERSON_NAME" and bool(said & WHO)


def is_idle(tokens: Sequence[Token], mark: Mark) -> bool:
    """A number of a few digits, of no kind and not announced: of who takes calls it says nothing about the caller."""
    said = "".join(s for t in tokens[mark.first : mark.last] for s in t.symbols)
    digits = sum(c.isdigit() for c in said)
    return mark.entity == NUMBER and mark.reason is Reason.PATTERN and len(said) <= FEW and 2 * digits >= len(said)
