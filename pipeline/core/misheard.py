"""Names and places that a recogniser took for small words: "with you" was a surname, "and there" a village."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.spoken.tokens import Token

MISHEARD_AS_FILLERS = frozenset({"PERSON_NAME", "POSTAL_ADDRESS", "MEDICAL"})
"""Kinds that are answered in words no recogniser knows."""

SMALL = frozenset(
    "with at all let lets let's under the them then they of off until up us by but like as which were there there's on "
    "over if when where or and had bear find".split()
)
"""Words that nobody answers with: where they stand alone or begin an answer, something else was said."""

SAYINGS = (
    "let me", "let us", "let's see", "all right", "of course", "hold on", "hang on", "like i", "by the", "up to",
    "at the", "not at", "there you", "on the", "of the", "all of", "but i", "and i", "and the", "if you",
    "when you", "where do", "then i", "then we", "with you please", "with pleasure", "under the", "the same",
    "the other", "there is", "there's a", "there's no", "and you", "and that", "but it", "over the", "and then",
    "and it", "or the", "or is",
)  # fmt: skip
OWNERS = frozenset("my his her our your the".split())
KIN = frozenset(
    "husband wife partner son daughter mother father mum mom dad brother sister uncle aunt cousin nephew niece friend "
    "neighbor neighbour colleague boss grandson granddaughter grandmother grandfather fiance girlfriend "
    "boyfriend".split()
)
"""Whose name it is, not the name."""

SMALL_WORDS = 3  # of an answer of small words only; longer ones are talk
TAIL_WORDS = 3  # small words behind an address that may be its town


def with_misheard(part: Sequence[Token], words: Sequence[int], *, tail: bool, begun: bool) -> list[int]:
    """Positions of the words of an answering clause that tell something, and of what may be misheard beside them.

    words: positions that tell something, sorted. tail: a town may follow. begun: a clause before was answer already.
    """
    if not tail and len(part) > 1 and part[0].text in OWNERS and part[1].text in KIN:
        words = [w for w in words if w > 1] or words
    saying = " ".join(t.text for t in part[:2]) in SAYINGS
    if not words:
        short = len(part) <= SMALL_WORDS and part[0].text in SMALL and not saying
        return list(range(len(part))) if short and (tail or not begun) else []
    first, last = words[0], words[-1]
    while first > 0 and part[first - 1].text in SMALL and not saying:
        first -= 1
    rest = part[last + 1 :]
    if tail and 0 < len(rest) <= TAIL_WORDS and any(t.text in SMALL for t in rest):
        last = len(part) - 1
    return list(range(first, last + 1))
