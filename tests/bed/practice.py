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
from .shapes_practice_third_bank import BANK as THIRD_BANK
from .shapes_practice_third_keys import KEYS as THIRD_KEYS
from .shapes_practice_third_life import LIFE as THIRD_LIFE
from .shapes_practice_third_login import LOGIN as THIRD_LOGIN
from .shapes_practice_third_pay import PAY as THIRD_PAY
from .shapes_practice_third_plain import PLAIN as THIRD_PLAIN
from .shapes_practice_third_plain_more import PLAIN_MORE as THIRD_PLAIN_MORE
from .shapes_practice_third_proof import PROOF as THIRD_PROOF
from .shapes_practice_third_survey import SURVEY as THIRD_SURVEY

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
PRACTICE_THIRD = Group(
    THIRD_PAY + THIRD_BANK + THIRD_PROOF + THIRD_KEYS + THIRD_LOGIN + THIRD_LIFE + THIRD_SURVEY,
    THIRD_PLAIN + THIRD_PLAIN_MORE,
    secret_calls=190,
    harmless_calls=204,
    seed=21,
    ordinary=True,
)
