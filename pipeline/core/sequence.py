"""In which order the utterances of all channels are judged, and which of them are said at the same time.

The order is that of their ends. Whoever begins to speak as another stops answers him and did not talk over him, though
the pre-roll of the one lies beside the tail of the other: else no turn could be judged before the next one was over.
"""

from __future__ import annotations

from pipeline.core.heard import Utterance

TOUCH_MS = 280  # tail and pre-roll: spans overlapping by no more are of one who stopped and one who began


def turn_end(utterance: Utterance, rate: int) -> int:
    """Its place in the order, a sample. At least TOUCH_MS behind its start: so what is not told yet, and begins at
    `upto` or later, comes behind all that end before `upto` + TOUCH_MS.
    """
    return max(utterance.span.end, utterance.span.start + touch(rate))


def talks_over(other: Utterance, utterance: Utterance, rate: int) -> bool:
    """`other`, which ends later, began while `utterance` was said."""
    return other.span.start < utterance.span.end - touch(rate)


def touch(rate: int) -> int:
    """TOUCH_MS in samples."""
    return TOUCH_MS * rate // 1000
