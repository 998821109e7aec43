"""The held-out set: shapes on which no rule has been written. Whoever writes rules does not read them."""

from __future__ import annotations

from .practice import PRACTICE_THIRD
from .sets import Group
from .shapes_held_a import TRAVEL
from .shapes_held_b import MONEY
from .shapes_held_c import CARE
from .shapes_held_d import LINES
from .shapes_held_e import OFFICES
from .shapes_held_f import ACCESS
from .shapes_held_g import LEISURE
from .shapes_held_h import SORTS

HELD_OUT = Group(
    TRAVEL + MONEY + CARE + LINES + OFFICES + ACCESS + LEISURE + SORTS,
    PRACTICE_THIRD.harmless,
    secret_calls=190,
    harmless_calls=204,
    seed=33,
    ordinary=True,
)
