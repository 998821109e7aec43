"""The held-out shapes in one place, and the calls made of them."""

from __future__ import annotations

from itertools import chain, zip_longest

from .sets import HARMLESS_CALLS, SECRET_CALLS, Plan, planned
from .shape import Shape
from .shapes_held_identity import IDENTITY
from .shapes_held_keys import KEYS
from .shapes_held_life import LIFE
from .shapes_held_pay import PAY
from .shapes_held_plain import PLAIN
from .shapes_held_plain_more import PLAIN_MORE

SECRET: tuple[Shape, ...] = PAY + IDENTITY + KEYS + LIFE
HARMLESS: tuple[Shape, ...] = PLAIN + PLAIN_MORE


def held_out(seed: int, *, secret: int = SECRET_CALLS, harmless: int = HARMLESS_CALLS) -> tuple[Plan, ...]:
    """Return the held-out calls, secret and harmless by turns, so that the first few show both."""
    with_secrets, without = planned(SECRET, seed, secret), planned(HARMLESS, seed, harmless)
    return tuple(plan for plan in chain.from_iterable(zip_longest(with_secrets, without)) if plan)
