"""What a rule of the self-audit says of a deployment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.core.facts import Unseen

NAMED_MAX = 4  # of a list in one line


class Outcome(StrEnum):
    """How it is."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"  # it could not be looked at


@dataclass(frozen=True, slots=True)
class Answer:
    """told: what was found, in one line without values of secrets."""

    outcome: Outcome
    told: str


def good(told: str) -> Answer:
    """The rule is kept."""
    return Answer(Outcome.GOOD, told)


def bad(told: str) -> Answer:
    """It is not."""
    return Answer(Outcome.BAD, told)


def unseen(what: Unseen) -> Answer:
    """It could not be looked at; if that is because it is broken, the rule is not kept."""
    return Answer(Outcome.BAD if what.broken else Outcome.UNKNOWN, what.why)


def none_of(found: Sequence[str], otherwise: str) -> Answer:
    """Not kept if anything was found; a line of it."""
    return bad(some(found)) if found else good(otherwise)


def some(found: Sequence[str]) -> str:
    """The first few, and how many more there are."""
    more = len(found) - NAMED_MAX
    return "; ".join(found[:NAMED_MAX]) + (f"; and {more} more" if more > 0 else "")
