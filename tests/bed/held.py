"""The held-out set: shapes on which no rule has been written. Whoever writes rules does not read them."""

from __future__ import annotations

from .practice import PRACTICE_THIRD
from .sets import Group

HELD_OUT = Group(
    PRACTICE_THIRD.secret,
    PRACTICE_THIRD.harmless,
    secret_calls=190,
    harmless_calls=204,
    seed=33,
    ordinary=True,
)
