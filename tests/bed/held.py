"""The held-out set: shapes on which no rule has been written. Whoever writes rules does not read them."""

from __future__ import annotations

from .sets import Group
from .shapes_held_a import TRAVEL
from .shapes_held_b import MONEY
from .shapes_held_c import CARE
from .shapes_held_d import LINES
from .shapes_held_e import OFFICES
from .shapes_held_f import ACCESS
from .shapes_held_g import LEISURE
from .shapes_held_h import SORTS
from .shapes_held_plain_a import PLAIN_A
from .shapes_held_plain_b import PLAIN_B
from .shapes_held_plain_c import PLAIN_C
from .shapes_held_plain_d import PLAIN_D
from .shapes_held_plain_e import PLAIN_E
from .shapes_held_plain_f import PLAIN_F

HELD_OUT = Group(
    TRAVEL + MONEY + CARE + LINES + OFFICES + ACCESS + LEISURE + SORTS,
    PLAIN_A + PLAIN_B + PLAIN_C + PLAIN_D + PLAIN_E + PLAIN_F,
    secret_calls=190,
    harmless_calls=204,
    seed=33,
    ordinary=True,
)
