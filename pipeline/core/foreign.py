"""Digits of other languages, as a recogniser of English writes them: "they trace, see a tay" for "diez, tres, siete".

It has no words for them, and is often sure of those it takes. What sounds so counts only where a number is due.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.spoken.tokens import Token

STRANGE = frozenset(
    "cero sero uno oono dos tres tress cuatro quatro quattro quatt quatre kuatro cinco sinko synco seis siete sieta "
    "ocho otcho nueve nueva nuevo quacker ek eck dho teen ting chaar chour chardo paanch panch paunch chhe cheh saat "
    "saad aath arth nau nao shunya shunia shoonya shonya juni junie jr".split()
)
"""No words of English, or none that are said where a number is due."""

LIKE = STRANGE | frozenset(
    "know oh no we you dose those toss trace trays dress trey quarter sink of say says see set web way where they a "
    "ache act do doe though tin team ten tar char chart charge punch bunch pants jay j chay chai che sat thought "
    "sought art arts heart at now i'm junior june sonia still side".split()
)
"""And what else they are taken for."""

LEAST = 3  # tokens that only sound like digits
SHARE_STRANGE, SHARE = 0.5, 0.8  # of a reply


def is_foreign(tokens: Sequence[Token]) -> bool:
    """A reply sounds like digits of Spanish or Hindi, most of it."""
    if not tokens:
        return False
    like = sum(t.text in LIKE for t in tokens) / len(tokens)
    if any(t.text in STRANGE for t in tokens):
        return like >= SHARE_STRANGE
    return len(tokens) >= LEAST and like >= SHARE
