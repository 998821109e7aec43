"""Shapes: dialogues with slots and choices, and how one becomes a script.

A shape is written like a script (tests/voice/script.py) and adds:

    $card               a slot, drawn once a call: each mention is the same number, said anew
    $card2              another one of the same kind
    $card.last4         a part of it; `keys` is what is typed
    (yes|sure|go on)    one of these, drawn anew at each place; the last may be empty: (please|)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from . import slots_harmless, slots_more, slots_numbers, slots_people, spoken
from .value import LETTER_FORMS, Habit, Value

SLOTS = {**slots_numbers.SLOTS, **slots_people.SLOTS, **slots_harmless.SLOTS, **slots_more.SLOTS}

_CHOICE = re.compile(r"\(([^()]*)\)")
_SLOT = re.compile(r"\$(?P<kind>[a-z_]+)(?P<copy>\d?)(?:\.(?P<part>[a-z0-9]+))?")
_SPACES = re.compile(r"[ \t]+")


class ShapeError(ValueError):
    """A shape is not well formed. The message names the shape."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A dialogue to be filled. calls: how many calls of it a set has (None: an equal share of what is left).

    land: uk, us, in or au; who speaks how. digits: the customer says digits in this language (es, hi) instead.
    wide: 16 kHz instead of 8. mono: both on one channel. hold: music where both are silent for long.
    """

    name: str
    turns: str
    land: str = "us"
    calls: int | None = None
    digits: str | None = None
    wide: bool = False
    mono: bool = False
    hold: bool = False


def fill(shape: Shape, rng: Random) -> str:
    """Return the turns of one call of a shape. Raises ShapeError for an unknown slot or part."""
    values: dict[str, Value] = {}
    habits = {"A": habit(rng, careful=True), "C": habit(rng, form=shape.digits)}
    text = _CHOICE.sub(lambda found: rng.choice(found[1].split("|")), shape.turns)
    speaker = "A"
    out = []
    for line in text.split("\n"):
        start = line.strip()
        speaker = start[0] if re.match(r"[AC](?: -?\d+)?: ", start) else speaker
        out.append(_fill_line(shape, line, values, habits[speaker], rng))
    return _SPACES.sub(" ", "\n".join(out)).replace(" ,", ",").replace(" .", ".").replace(" ?", "?")


def habit(rng: Random, *, careful: bool = False, form: str | None = None) -> Habit:
    """Draw how one person of a call says numbers; careful people say digits one at a time or in runs."""
    drawn = rng.choice(("plain", "plain", "runs") if careful else spoken.DIGIT_FORMS)
    return Habit(
        form=form or drawn,
        letters=rng.choice(LETTER_FORMS),
        zero=rng.choice(spoken.ZEROS),
        join=", " if careful or rng.random() < 0.8 else rng.choice((" [350] ", " [500] ")),
    )


def _fill_line(shape: Shape, line: str, values: dict[str, Value], how: Habit, rng: Random) -> str:
    def put(found: re.Match[str]) -> str:
        kind, part = found["kind"], found["part"] or ""
        if kind not in SLOTS:
            raise ShapeError(f"{shape.name}: no slot ${kind}")
        key = kind + found["copy"]
        if key not in values:
            values[key] = SLOTS[kind](rng)
        try:
            return values[key].say(part, how, rng)
        except (KeyError, ValueError):
            raise ShapeError(f"{shape.name}: slot ${kind} has no part {part or 'of its own'}") from None

    return _SLOT.sub(put, line)
