"""The held-out set: shapes on which no rule has been written. Whoever writes rules does not read them."""

from __future__ import annotations

from .sets import Group
from .shapes_held_bank import BANK
from .shapes_held_keys import KEYS
from .shapes_held_life import LIFE
from .shapes_held_login import LOGIN
from .shapes_held_pay import PAY
from .shapes_held_plain import PLAIN
from .shapes_held_plain_more import PLAIN_MORE
from .shapes_held_proof import PROOF
from .shapes_held_survey import SURVEY

HELD_OUT = Group(
    PAY + BANK + PROOF + KEYS + LOGIN + LIFE + SURVEY,
    PLAIN + PLAIN_MORE,
    secret_calls=190,
    harmless_calls=204,
    seed=21,
    ordinary=True,
)
