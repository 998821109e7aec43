"""An utterance cut into clauses: at sentence ends and at pauses longer than a breath."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.spoken.tokens import Token

BREATH_MS = 700
LINKS = frozenset({"at", "dot", "@", "underscore", "dash", "hyphen", "slash"})  # "73. at": an address goes on


def clauses(tokens: Sequence[Token], rate: int, *, commas: bool = False) -> list[tuple[int, int]]:
    """Half-open ranges of tokens, covering all. A sentence end inside a number does not cut it."""
    out: list[tuple[int, int]] = []
    first = 0
    for i, token in enumerate(tokens[:-1], 1):
        following = tokens[i]
        number = bool(token.symbols) and (bool(following.symbols) or following.text in LINKS)
        initial = len(token.text) == 1 and token.text.isalpha() and token.text not in {"a", "i"}  # "S. Quilford"
        number = number or (initial and following.cased and not token.asks)
        ends = token.stop or (commas and token.pause)
        breath = (following.span.start - token.span.end) * 1000 > BREATH_MS * rate
        if (ends and not number) or (breath and not number):
            out.append((first, i))
            first = i
    if first < len(tokens):
        out.append((first, len(tokens)))
    return out
