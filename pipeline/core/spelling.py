"""Letters made clear by words: "b for bravo, t as in table", "whiskey bravo juliet". Nobody spells but what matters.

A recogniser garbles most of it ("is in Billie Z and Billie"), so one pair that was heard well vouches for those beside
it that were not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.core.codes import with_garbled
from pipeline.core.entities import NUMBER
from pipeline.core.finding import Reason
from pipeline.core.marks import Mark
from pipeline.core.spoken.tokens import Token
from pipeline.core.spoken.vocabulary import ALPHABET, ALPHABET_LINKS, FILLERS, LETTER_LIKE, UNITS

LINKS = (*ALPHABET_LINKS, ("and",), ("after",), ("in",))
CLEAR_LETTERS = 3  # of a word that makes a letter clear
WEAK_PAIRS = 3  # so many garbled pairs vouch for each other
GAP_TOKENS = 4  # garbled tokens between two pieces
REST_TOKENS = 2  # of a sentence beside what it spells
REST_TOKENS_MANY = 4  # the same where many pairs were heard
SHORT_LETTERS = 2  # a letter heard as a word is that short
DOUBT_CONFIDENCE = 0.6
VOWELS = frozenset("aio")  # words as well
MISHEARD_LETTERS = {"and": "n", "tea's": "t", "he's": "e", "she's": "c", "end": "n", "hey": "a", "aye": "i"}
"""What is longer than a letter and was one: "and for nut"."""
RADIO = frozenset("bravo foxtrot juliet juliett juliette romeo tango yankee yankey zulu xray".split())
"""Of the alphabet of radio, words that are hardly said otherwise: "he is in bravo" was "B as in bravo"."""


class _Piece(NamedTuple):
    """Tokens `first` to `last` (out) of a chain. sure: they spell, whatever is beside them. pair: a letter is made
    clear, else it is a letter or a digit."""

    first: int
    last: int
    sure: bool
    pair: bool


def spelled_marks(tokens: Sequence[Token]) -> list[Mark]:
    """What is spelled that way, with the digits and letters that go on from it."""
    return [
        with_garbled(tokens, Mark(*_widened(tokens, chain), NUMBER, Reason.PATTERN, 0.6), DOUBT_CONFIDENCE)
        for chain in _chains(_pieces(tokens))
        if any(p.sure for p in chain) or sum(p.pair for p in chain) >= WEAK_PAIRS
    ]


def _pieces(tokens: Sequence[Token]) -> list[_Piece]:
    out: list[_Piece] = []
    at = 0
    while at < len(tokens):
        piece = _pair(tokens, at) or _code_word(tokens, at)
        if piece is None and tokens[at].symbols:
            piece = _Piece(at, at + 1, False, False)
        if piece is not None:
            out.append(piece)
        at = piece.last if piece else at + 1
    return out


def _pair(tokens: Sequence[Token], i: int) -> _Piece | None:
    """ "b for bravo", and what may be one, garbled: "see for cherry"."""
    token = tokens[i]
    letter = token.symbols if token.is_letter and len(token.symbols) == 1 else LETTER_LIKE.get(token.text, "")
    letter = letter or MISHEARD_LETTERS.get(token.text, "")
    short = len(token.text) <= SHORT_LETTERS and not token.is_digits
    if not letter and not short:
        return None
    for link in LINKS:
        j = i + 1 + len(link)
        if j >= len(tokens) or tuple(t.text for t in tokens[i + 1 : j]) != link:
            continue
        word = tokens[j]
        if word.is_digits or len(word.text) < CLEAR_LETTERS or word.text in FILLERS or tokens[j - 1].stop:
            continue
        named = word.text in ALPHABET
        clear = named if link in {("and",), ("after",), ("in",)} else named or word.text.startswith(letter or "?")
        sure = word.text in RADIO or (clear and token.is_letter and token.text not in VOWELS)
        if sure or clear or (link not in {("in",), ("of",), ("per",)} and bool(letter) and word.text not in UNITS):
            return _Piece(i, j + 1, sure, True)
    return None


def _code_word(tokens: Sequence[Token], i: int) -> _Piece | None:
    """ "whiskey bravo": two words of the alphabet of radio, one behind the other."""
    end = i
    while end < len(tokens) and tokens[end].text in ALPHABET and not (end > i and tokens[end - 1].stop):
        end += 1
    return _Piece(i, end, True, True) if end - i >= 2 else None


def _chains(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    out: list[list[_Piece]] = []
    for piece in pieces:
        if out and piece.first - out[-1][-1].last <= GAP_TOKENS:
            out[-1].append(piece)
        else:
            out.append([piece])
    return out


def _widened(tokens: Sequence[Token], chain: Sequence[_Piece]) -> tuple[int, int]:
    """Of several pairs with what else is in their sentence, if that is little."""
    first, last = chain[0].first, chain[-1].last
    pairs = sum(piece.pair for piece in chain)
    if pairs > 1:
        rest = REST_TOKENS if pairs < WEAK_PAIRS else REST_TOKENS_MANY
        begin = next((i for i in range(first, 0, -1) if tokens[i - 1].stop), 0)
        end = next((i for i in range(last, len(tokens)) if tokens[i - 1].stop), len(tokens))
        first = begin if first - begin <= rest else first
        last = end if end - last <= rest else last
    return first, last
