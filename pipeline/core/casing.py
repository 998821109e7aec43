"""Capitals restored: recognisers write all in lower case, or begin names small; a model of names needs them."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.lists import Lists
from pipeline.core.spoken.tokens import Token

NAME_LETTERS = 3


def has_capitals(tokens: Sequence[Token]) -> bool:
    """The recogniser writes capitals: somewhere behind the first word there is one. "I" tells nothing."""
    return any(t.cased and not t.text.startswith("i'") and t.text != "i" for t in tokens)


def begins_sentence(tokens: Sequence[Token], at: int) -> bool:
    """There a capital tells nothing."""
    return at == 0 or tokens[at - 1].stop


def restored(tokens: Sequence[Token], lists: Lists) -> list[str]:
    """The words of an utterance, those that are names in capitals and no others. As many as tokens."""
    out = []
    for i, token in enumerate(tokens):
        text = token.text
        ordinary = lists.is_ordinary(text)
        known = len(text) >= NAME_LETTERS and (lists.is_name(text) or text in lists.towns)
        capital = token.cased and not (begins_sentence(tokens, i) and ordinary)
        out.append(text.capitalize() if capital or (known and not ordinary) or text == "i" else text)
    return out
