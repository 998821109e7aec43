"""Loads what helps the rules: once per process, before the first call."""

from __future__ import annotations

from pipeline.adapters.meaning import QuestionMeaning
from pipeline.core.aids import Aids


def loaded_aids() -> Aids:
    """All there are. Takes a second or two."""
    return Aids(meaning=QuestionMeaning())
