"""The practice sets: shapes whose calls were looked at while rules were changed, like those of `train`."""

from __future__ import annotations

from .sets import Group
from .shapes_practice_identity import IDENTITY
from .shapes_practice_keys import KEYS
from .shapes_practice_life import LIFE
from .shapes_practice_pay import PAY
from .shapes_practice_plain import PLAIN
from .shapes_practice_plain_more import PLAIN_MORE
from .shapes_practice_second_calls import CALLS
from .shapes_practice_second_money import MONEY
from .shapes_practice_second_plain import PLAIN as SECOND_PLAIN
from .shapes_practice_second_proof import PROOF

PRACTICE = Group(
    PAY + IDENTITY + KEYS + LIFE,
    PLAIN + PLAIN_MORE,
    secret_calls=162,
    harmless_calls=204,
    seed=4,
)
PRACTICE_SECOND = Group(
    MONEY + PROOF + CALLS,
    SECOND_PLAIN,
    secret_calls=58,
    harmless_calls=60,
    seed=7,
    ordinary=True,
)
