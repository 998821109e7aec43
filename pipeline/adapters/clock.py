"""What the system says of its own clock."""

from __future__ import annotations

import ctypes

from pipeline.core.facts import Unseen

_TIMEX_BYTES = 512  # more than any system's struct timex
_TIME_ERROR = 5  # what adjtimex(2) returns where nothing keeps the clock right


def clock_good() -> bool | Unseen:
    """Whether something keeps it right (NTP or a host's clock), as Linux tells who asks; nothing is changed."""
    nothing_to_set = ctypes.create_string_buffer(_TIMEX_BYTES)
    try:
        state = ctypes.CDLL(None).adjtimex(nothing_to_set)
    except (OSError, AttributeError):
        return Unseen("this system does not say whether its clock is kept right")
    if state < 0:
        return Unseen("the system does not tell who asks whether its clock is kept right")
    return bool(state != _TIME_ERROR)
