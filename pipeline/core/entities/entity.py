"""What is known of one kind of secret: how it is asked for, announced, and answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How the answer sounds."""

    DIGITS = "digits"  # a number, read in any grouping
    ALNUM = "alnum"  # digits and spelled letters
    DATE = "date"  # day, month, year in any order
    FREE = "free"  # any words


class Category(StrEnum):
    """What kind of harm its leak does. Presets choose by it."""

    PAYMENT = "payment"
    CREDENTIAL = "credential"
    IDENTITY = "identity"
    CONTACT = "contact"
    HEALTH = "health"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of secret.

    asks: phrases that, in a question or request, make the answer secret (see spoken/phrases.py for the form).
    cues: phrases after which the same speaker says it himself.
    enough: digits or letters after which an answer is complete; a shorter one keeps the question open.
    least: fewest digits or letters that count as an answer to its question.
    words_max: words a cue hides for a free answer.
    """

    name: str
    category: Category
    shape: Shape
    asks: tuple[str, ...]
    cues: tuple[str, ...] = ()
    enough: int = 1
    least: int = 1
    words_max: int = 12
