"""What a slot of a shape stands for in one call: drawn once, said in another way each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Protocol

from . import spoken

LETTER_FORMS = ("plain", "plain", "plain", "nato", "homely", "as_in")


@dataclass(frozen=True, slots=True)
class Habit:
    """How one person says numbers: form (spoken.DIGIT_FORMS, es, hi), letters (LETTER_FORMS), the word for 0.

    join: what stands between groups: ", " or a pause such as " [450] ".
    """

    form: str
    letters: str
    zero: str
    join: str = ", "


class Value(Protocol):
    """A slot's content. `say` returns words for the whole ("") or a named part of it."""

    def say(self, part: str, habit: Habit, rng: Random) -> str:
        """Return the words. Raises KeyError for a part this value does not have."""


@dataclass(frozen=True, slots=True)
class Number:
    """Letters, digits and symbols in the groups in which people say them.

    Parts: keys (as typed, unspoken), first and rest (halves), last4, last3, g1, g2, ... (groups), slow (a pause
    after each group), nato.
    """

    groups: tuple[str, ...]

    @property
    def raw(self) -> str:
        """All signs, without gaps."""
        return "".join(self.groups)

    def say(self, part: str, habit: Habit, rng: Random) -> str:
        """Return the words of a part. Raises KeyError for an unknown one."""
        half = (len(self.groups) + 1) // 2
        if part == "keys":
            return self.raw
        chosen: tuple[str, ...]
        if part in ("", "slow", "nato"):
            chosen = self.groups
        elif part in ("first", "rest"):
            chosen = self.groups[:half] if part == "first" else self.groups[half:]
        elif part in ("last4", "last3"):
            chosen = (self.raw[-int(part[-1]) :],)
        elif part[0] == "g" and 1 <= int(part[1:]) <= len(self.groups):
            chosen = (self.groups[int(part[1:]) - 1],)
        else:
            raise KeyError(part)
        letters = "nato" if part == "nato" else habit.letters
        words = [spoken.signs(group, habit.form, letters, habit.zero, rng) for group in chosen]
        return (" [600] " if part == "slow" else habit.join).join(words)


@dataclass(frozen=True, slots=True)
class Words:
    """Something said in words. `parts` maps a part's name to what is said; "" is the whole."""

    parts: Mapping[str, str]

    def say(self, part: str, habit: Habit, rng: Random) -> str:
        """Return the words of a part. Raises KeyError for an unknown one."""
        return self.parts[part]


@dataclass(frozen=True, slots=True)
class Formed:
    """Something said by functions, one a part; each may choose among forms."""

    parts: Mapping[str, Callable[[Habit, Random], str]]

    def say(self, part: str, habit: Habit, rng: Random) -> str:
        """Return the words of a part. Raises KeyError for an unknown one."""
        return self.parts[part](habit, rng)


Slot = Callable[[Random], Value]


def digits(rng: Random, count: int, first: str = "0123456789") -> str:
    """Return random digits, the first out of `first`."""
    return rng.choice(first) + "".join(rng.choice("0123456789") for _ in range(count - 1))


def letters(rng: Random, count: int, among: str = "ABCDEFGHJKLMNPRSTUVWXYZ") -> str:
    """Return random letters."""
    return "".join(rng.choice(among) for _ in range(count))


def cut(text: str, *sizes: int) -> tuple[str, ...]:
    """Return text in groups of these sizes; what is left over is the last group."""
    out, at = [], 0
    for size in sizes:
        out.append(text[at : at + size])
        at += size
    return tuple(part for part in (*out, text[at:]) if part)
