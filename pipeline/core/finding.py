"""A stretch to hide, and why. Facts about speech, never speech."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.core.span import Span


class Reason(StrEnum):
    """Why a stretch is hidden. The codes are part of the report's schema: add, never rename."""

    PATTERN = "pattern"  # the words themselves have the shape of the entity
    CUE = "cue"  # the speaker announced it: "my name is"
    ANSWER = "answer"  # it answers a question asked on the call
    READ_BACK = "read_back"  # it repeats something hidden before
    CONTINUED = "continued"  # it carries on a number begun earlier
    CUSTOM = "custom"  # the policy's own recognisers or its list of what is always hidden
    PROFILE = "profile"  # it is the customer's own, by the profile that came with the call
    DOUBT_WORDS = "doubt_words"  # words of low confidence where a secret was expected
    DOUBT_NO_WORDS = "doubt_no_words"  # speech without words where a secret was expected
    ALTERNATIVE = "alternative"  # only another reading of the same sound, less likely to the recogniser, is a secret
    KEYPAD = "keypad"  # keypad tones in the audio itself
    LATE = "late"  # not judged within the hold bound
    NO_CONSENT = "no_consent"  # it was before the purpose was allowed to have the call


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One stretch of one channel to hide. `span` in samples of the call's native rate."""

    channel: int
    span: Span
    entity: str
    reason: Reason
    confidence: float
