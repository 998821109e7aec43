"""The second held-out set: other shapes than the first, most of them in an ordinary voice over a good line."""

from __future__ import annotations

import zlib
from itertools import chain, zip_longest

from .sets import Plan, plan, turns_of
from .shape import Shape
from .shapes_second_calls import CALLS
from .shapes_second_money import MONEY
from .shapes_second_plain import PLAIN
from .shapes_second_proof import PROOF

SEED = 7
SECRET_CALLS, HARMLESS_CALLS = 58, 60
ROUGH_EVERY = 4  # one call of so many has an accent or a bad line, like the first set

SECRET: tuple[Shape, ...] = MONEY + PROOF + CALLS
HARMLESS: tuple[Shape, ...] = PLAIN


def second(seed: int, *, secret: int = SECRET_CALLS, harmless: int = HARMLESS_CALLS) -> tuple[Plan, ...]:
    """Return the calls of the second set, secret and harmless by turns, so that the first few show both."""
    with_secrets, without = _planned(SECRET, seed, secret), _planned(HARMLESS, seed, harmless)
    return tuple(plan for plan in chain.from_iterable(zip_longest(with_secrets, without)) if plan)


def rough(shape: Shape, number: int) -> bool:
    """Whether call `number` of a shape has an accent and a line as in the first set."""
    return (zlib.crc32(shape.name.encode()) + number) % ROUGH_EVERY == 0


def _planned(shapes: tuple[Shape, ...], seed: int, count: int) -> tuple[Plan, ...]:
    return tuple(
        plan(shape, number, seed, ordinary=not rough(shape, number)) for shape, number in turns_of(shapes, count)
    )
