"""Patterns over normalised speech, as a policy writes them: "<letter>{2} <digit>{6,8}".

    <digit> <letter> <word>     any of them; digits and letters one by one, however they were said
    gold   a7                   a word; letters and digits one by one
    a b    a|b    (a b)         one behind the other; either; together
    a?     a{3}   a{2,4}        at most once; three times; two to four times

A pattern becomes an automaton of at most POSITIONS_MAX positions without loops. It is run once forwards and once
backwards over the readings of an utterance (see core/automaton). docs/policy.md has the whole language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from pipeline.core.automaton import Automaton
from pipeline.core.heard import Word
from pipeline.core.span import Span
from pipeline.core.spoken.tokens import Token, tokenise

PATTERN_CHARS_MAX = 200
POSITIONS_MAX = 128  # digits, letters and words of the longest match
TIMES_MAX = 64
DEPTH_MAX = 8  # brackets in brackets

_PIECE = re.compile(r"\s*(<[a-z]*>|\{[^{}]*\}|[()|?]|[^\s<>{}()|?]+|.)", re.ASCII)
_TIMES = re.compile(r"\{([0-9]{1,3})(?:,([0-9]{1,3}))?\}")
_KINDS = MappingProxyType({"<digit>": "digit", "<letter>": "letter", "<word>": "word"})


class PatternError(ValueError):
    """The pattern is none. Its text says what is wrong, without repeating the pattern."""


class _Part(NamedTuple):
    """A part of an automaton: positions it may begin with and end with, as bits, and whether it may be nothing."""

    first: int
    last: int
    empty: bool


def literal(text: str) -> tuple[Token, ...]:
    """The tokens of what a policy writes out, as a recogniser that writes no capitals would give them."""
    words = text.lower().split()
    return tokenise(Word(Span(n, n + 1), w, 1.0) for n, w in enumerate(words))


def of_literal(text: str) -> Automaton:
    """The automaton of words, digits and letters one behind the other. Raises PatternError if there are none."""
    return _finished(maker := _Maker(), maker.literals(text))


@lru_cache(1024)
def compiled(pattern: str) -> Automaton:
    """The automaton of a pattern. Raises PatternError."""
    if len(pattern) > PATTERN_CHARS_MAX:
        raise PatternError(f"longer than {PATTERN_CHARS_MAX} characters")
    maker = _Maker()
    parser = _Parser(pattern, maker)
    part = parser.either(0)
    if parser.piece:
        raise PatternError("a bracket is closed that was not opened")
    if part.empty:
        raise PatternError("it may match nothing at all; let a part of it be there at least once")
    return _finished(maker, part)


class _Maker:
    """Makes positions, and joins parts of an automaton."""

    def __init__(self) -> None:
        self.made = Automaton()

    def position(self) -> int:
        """A new one, as its bit."""
        if len(self.made.follow) == POSITIONS_MAX:
            raise PatternError(f"more than {POSITIONS_MAX} digits, letters and words, all repetitions written out")
        self.made.follow.append(0)
        self.made.before.append(0)
        return 1 << (len(self.made.follow) - 1)

    def any_of(self, kind: str) -> _Part:
        """Any digit, letter or word."""
        bit = self.position()
        if kind == "digit":
            self.made.digits |= bit
        elif kind == "letter":
            self.made.letters |= bit
        else:
            self.made.words |= bit
        return _Part(bit, bit, False)

    def literals(self, text: str) -> _Part:
        """What a piece of text says, word by word, digit by digit."""
        part = _Part(0, 0, True)
        for token in literal(text):
            symbols = token.symbols if token.is_digits or len(token.text) == 1 else ""
            mixed = not token.is_digits and bool(token.symbols) and token.symbols == token.text
            for symbol in symbols or (token.text if mixed else ""):
                bit = self.position()
                self.made.by_char[symbol] = self.made.by_char.get(symbol, 0) | bit
                if not token.is_digits and len(token.text) == 1:
                    self.made.by_word[symbol] = self.made.by_word.get(symbol, 0) | bit
                part = self.chain(part, _Part(bit, bit, False))
            if not symbols and not mixed:
                bit = self.position()
                self.made.by_word[token.text] = self.made.by_word.get(token.text, 0) | bit
                if len(token.text) == 1:
                    self.made.by_char[token.text] = self.made.by_char.get(token.text, 0) | bit
                part = self.chain(part, _Part(bit, bit, False))
        if part.empty:
            raise PatternError("a piece of it is neither a word nor a number")
        return part

    def chain(self, a: _Part, b: _Part) -> _Part:
        """a and then b."""
        for bit in _bits(a.last):
            self.made.follow[bit] |= b.first
        for bit in _bits(b.first):
            self.made.before[bit] |= a.last
        return _Part(a.first | (b.first if a.empty else 0), b.last | (a.last if b.empty else 0), a.empty and b.empty)


def _bits(states: int) -> Iterator[int]:
    while states:
        low = states & -states
        yield low.bit_length() - 1
        states ^= low


def _finished(maker: _Maker, part: _Part) -> Automaton:
    maker.made.first, maker.made.last = part.first, part.last
    return maker.made


class _Parser:
    """Reads a pattern from left to right. piece: the one it stands at, empty at the end."""

    def __init__(self, text: str, maker: _Maker) -> None:
        self._pieces = [p for p in _PIECE.findall(text) if p.strip()]
        self._at = 0
        self._maker = maker

    @property
    def piece(self) -> str:
        """The one it stands at, empty at the end."""
        return self._pieces[self._at] if self._at < len(self._pieces) else ""

    def either(self, depth: int) -> _Part:
        """Alternatives, up to the end or a closing bracket."""
        if depth > DEPTH_MAX:
            raise PatternError(f"brackets in brackets, more than {DEPTH_MAX} deep")
        out = self._row(depth)
        while self.piece == "|":
            self._at += 1
            other = self._row(depth)
            out = _Part(out.first | other.first, out.last | other.last, out.empty or other.empty)
        return out

    def _row(self, depth: int) -> _Part:
        out = _Part(0, 0, True)
        parts = 0
        while self.piece and self.piece not in {"|", ")"}:
            out = self._maker.chain(out, self._repeated(depth))
            parts += 1
        if not parts:
            raise PatternError("a part of it is empty; write something on both sides of |, and between brackets")
        return out

    def _repeated(self, depth: int) -> _Part:
        """One atom with its count. What is repeated is read again for each repetition: each has its positions."""
        start = self._at
        part = self._atom(depth)
        least, most = self._times()
        end = self._at
        if most == 1:
            return part if least else part._replace(empty=True)
        out = part if least else part._replace(empty=True)
        for n in range(1, most):
            self._at = start
            again = self._atom(depth)
            out = self._maker.chain(out, again if n < least else again._replace(empty=True))
        self._at = end
        return out

    def _times(self) -> tuple[int, int]:
        piece = self.piece
        if piece == "?":
            self._at += 1
            return 0, 1
        if not piece.startswith("{"):
            return 1, 1
        self._at += 1
        numbers = _TIMES.fullmatch(piece)
        if numbers is None:
            raise PatternError("a count must be {3} or {2,4}")
        least = int(numbers[1])
        most = int(numbers[2] or numbers[1])
        if not (least <= most and 1 <= most <= TIMES_MAX):
            raise PatternError(f"a count must grow and be at most {TIMES_MAX}")
        return least, most

    def _atom(self, depth: int) -> _Part:
        piece = self.piece
        self._at += 1
        if piece in _KINDS:
            return self._maker.any_of(_KINDS[piece])
        if piece == "(":
            part = self.either(depth + 1)
            if self.piece != ")":
                raise PatternError("a bracket is not closed")
            self._at += 1
            return part
        if piece.startswith("<"):
            raise PatternError("between < and > stands digit, letter or word")
        if piece[0] in "{}?>":
            raise PatternError("a count, a ? or a > stands where nothing is before it")
        return self._maker.literals(piece)
