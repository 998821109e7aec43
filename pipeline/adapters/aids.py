"""Loads what helps the rules: once per process, before the first call."""

from __future__ import annotations

from pipeline.adapters.lists import loaded_lists
from pipeline.adapters.meaning import QuestionMeaning
from pipeline.adapters.tagger import SpacyTagger
from pipeline.core.aids import Aids


def loaded_aids() -> Aids:
    """All there are. Takes a second or two; the tagger goes on loading behind it."""
    tagger = SpacyTagger()
    return Aids(meaning=QuestionMeaning(), tagger=tagger, lists=loaded_lists())
