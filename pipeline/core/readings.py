"""All that tokens may stand for: "double four" is 44, "b for bravo" is b, "mike" is a word or the letter m.

The readings of one utterance are edges of a graph whose nodes lie between tokens. Patterns of a policy and the
profiles of customers are looked for on every path through it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import DIGIT_LIKE, JOINERS, LETTER_LIKE, MULTIPLIERS, TENS

VOWELS = {"a": "a", "i": "i", "o": "o", "oh": "o"}  # words, but letters among letters
LIKE = (DIGIT_LIKE, LETTER_LIKE, VOWELS)
LIKE_MAX = 3  # tokens that only sound like digits or letters, one behind the other
LIKENS = frozenset({"for", "like"})  # "b for bravo"; "b as in bravo" is longer


@dataclass(frozen=True, slots=True)
class Reading:
    """Tokens up to `last` (out) say `symbols`, digits and letters one by one, or the one `word`; one of them is empty.

    Both are empty for a token that may stand between two parts of one number: "dash".
    """

    last: int
    symbols: str = ""
    word: str = ""


def readings(tokens: Sequence[Token]) -> list[list[Reading]]:
    """For each token the readings that begin with it; at most eight."""
    return [_from(tokens, i) for i in range(len(tokens))]


def alone(tokens: Sequence[Token]) -> list[bool]:
    """For each node, one more than there are tokens: whether no number goes on there."""
    inner = [not (a.symbols and b.symbols) for a, b in pairwise(tokens)]
    return [True, *inner, True] if tokens else [True]


def _from(tokens: Sequence[Token], i: int) -> list[Reading]:
    token = tokens[i]
    text, symbols = token.text, token.symbols
    out = [] if token.is_digits else [Reading(i + 1, word=text)]
    if symbols:
        out.append(Reading(i + 1, symbols))
    following = tokens[i + 1].symbols if i + 1 < len(tokens) else ""
    if text in MULTIPLIERS and len(following) == 1:
        out.append(Reading(i + 2, following * MULTIPLIERS[text]))
    if text in TENS and len(following) == 1 and following in "123456789":
        out.append(Reading(i + 2, symbols[0] + following))
    if token.is_digits and len(symbols) <= 2 and i + 1 < len(tokens) and tokens[i + 1].text == "hundred":
        out.append(Reading(i + 2, symbols + "00"))
    if _beside_symbols(tokens, i):
        like = {table[text] for table in LIKE if text in table} - {symbols}
        out += [Reading(i + 1, symbol) for symbol in sorted(like)]
    if (spelt := _spelt(tokens, i)) is not None:
        out.append(spelt)
    if text in JOINERS:
        out.append(Reading(i + 1))
    return out


def _beside_symbols(tokens: Sequence[Token], i: int) -> bool:
    """Whether a digit or letter stands beside it, or beside what sounds like one: "see are seven"."""
    for step in (-1, 1):
        for n in range(i + step, i + step * (LIKE_MAX + 1), step):
            if not 0 <= n < len(tokens):
                break
            if tokens[n].symbols or tokens[n].text in MULTIPLIERS:
                return True
            if not any(tokens[n].text in table for table in LIKE):
                break
    return False


def _spelt(tokens: Sequence[Token], i: int) -> Reading | None:
    """ "b for bravo", "a as in apple": one letter."""
    letter = tokens[i].symbols or tokens[i].text
    texts = [t.text for t in tokens[i + 1 : i + 4]]
    if len(letter) != 1 or not letter.isalpha():
        return None
    if texts[:2] == ["as", "in"] and len(texts) == 3 and texts[2].startswith(letter):
        return Reading(i + 4, letter)
    if len(texts) >= 2 and texts[0] in LIKENS and texts[1].startswith(letter):
        return Reading(i + 3, letter)
    return None
