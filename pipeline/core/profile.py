"""The customer's own name, numbers and address, known by keyed hashes of normalised words alone.

Whoever knows the customer (a CRM) hashes what the customer may say, under a key that identify knows too. A call's words
are hashed the same way as they come: what is equal is hidden. Nothing of the customer can be read from a profile, and
without the key nothing can be tried on it.

    words   the joined text of words one behind the other: "oliviasmith", "olivia", "highstreet"
    cased   the same for words that mean something else as well: known only with a capital inside a sentence
    4 5 6   so many digits and letters of a number, one behind the other, from any place in it
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pipeline.core.entities import NAMES
from pipeline.core.finding import Reason
from pipeline.core.marks import Mark
from pipeline.core.readings import Reading, readings
from pipeline.core.spoken.tokens import Token

HASH_BYTES = 16  # 128 bits of HMAC-SHA-256: no two sayings of any call are taken for one
HASHES_MAX = 256  # of one profile: a name, an address and a dozen numbers
WORDS, CASED = "words", "cased"
WINDOWS = (4, 5, 6)  # a long number is known by any six of its digits
WORDS_MAX = 16  # tokens of one saying: a name spelled letter by letter
CHARS_MAX = 48  # of one saying
TAIL_S = 60  # a number read in parts, with talk between them
KINDS = frozenset({WORDS, CASED, *map(str, WINDOWS)})


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """hashes: by kind (see above) and hash, the entity. Raises ValueError for what no profile is; its text is safe."""

    key: bytes = field(repr=False)
    hashes: Mapping[str, Mapping[bytes, str]] = field(repr=False)

    def __post_init__(self) -> None:
        if not set(self.hashes) <= KINDS or sum(map(len, self.hashes.values())) > HASHES_MAX:
            raise ValueError(f"a profile of unknown kinds, or of more than {HASHES_MAX} hashes")
        for known in self.hashes.values():
            if not all(len(h) == HASH_BYTES and entity in NAMES for h, entity in known.items()):
                raise ValueError("a profile with a hash of another length or an entity nobody knows")

    def entity(self, kind: str, text: str) -> str | None:
        """What is said is, or None if it is none of the customer's."""
        known = self.hashes.get(kind)
        return known.get(hashed(self.key, kind, text)) if known else None


@dataclass(frozen=True, slots=True)
class Tail:
    """The last digits and letters said on a channel, and the sample they ended at."""

    symbols: str = ""
    end: int = 0


def hashed(key: bytes, kind: str, text: str) -> bytes:
    """The hash of one saying. text: normalised, see `words_of` and `Said`."""
    return hmac.digest(key, f"callshield profile 1\n{kind}\n{text}".encode(), "sha256")[:HASH_BYTES]


def found(profile: Profile, tokens: Sequence[Token], tail: Tail, rate: int) -> tuple[list[Mark], Tail]:
    """What of an utterance is the customer's, and the tail for the next one of the channel."""
    paths = readings(tokens)
    marks = list(_words(profile, tokens, paths))
    for tens in (True, False):
        numbers, after = _numbers(profile, tokens, spoken(tokens, paths, tens=tens), tail, rate)
        marks += numbers
        if tens:
            kept = after
    return _merged(marks), kept


def spoken(
    tokens: Sequence[Token], paths: Sequence[Sequence[Reading]], *, tens: bool = True
) -> list[tuple[str, int, int]]:
    """Digits and letters one by one, each with its tokens (first, last out). tens: "forty two" is 42, else 402."""
    out: list[tuple[str, int, int]] = []
    at = 0
    while at < len(tokens):
        known = [r for r in paths[at] if r.symbols and (tens or r.last == at + 1 or len(set(r.symbols)) == 1)]
        if not known:
            at += 1
            continue
        best = max(known, key=lambda r: (r.last, r.symbols == tokens[at].symbols))
        out += [(symbol, at, best.last) for symbol in best.symbols]
        at = best.last
    return out


def _words(profile: Profile, tokens: Sequence[Token], paths: Sequence[Sequence[Reading]]) -> Iterator[Mark]:
    if not profile.hashes.keys() & {WORDS, CASED}:
        return
    letters = spoken(tokens, paths)
    for units in ([(words_of([t]), i, i + 1) for i, t in enumerate(tokens)], letters):
        for first in range(len(units)):
            said = ""
            for text, _, last in units[first : first + WORDS_MAX]:
                said += text
                if len(said) > CHARS_MAX:
                    break
                if entity := profile.entity(WORDS, said):
                    yield Mark(units[first][1], last, entity, Reason.PROFILE, 1.0)
    for i, (before, token) in enumerate(pairwise(tokens), 1):
        if token.cased and not before.stop and (entity := profile.entity(CASED, words_of([token]))):
            yield Mark(i, i + 1, entity, Reason.PROFILE, 1.0)


def _numbers(
    profile: Profile, tokens: Sequence[Token], said: Sequence[tuple[str, int, int]], tail: Tail, rate: int
) -> tuple[list[Mark], Tail]:
    """Windows over what is said, begun in the tail of the utterance before."""
    if not said:
        return [], tail
    soon = tokens[0].span.start - tail.end <= TAIL_S * rate
    carried = tail.symbols if soon else ""
    text = carried + "".join(symbol for symbol, _, _ in said)
    marks = []
    for size in WINDOWS:
        if str(size) not in profile.hashes:
            continue
        for end in range(max(size, len(carried) + 1), len(text) + 1):
            entity = profile.entity(str(size), text[end - size : end])
            if entity is None:
                continue
            inside = said[max(0, end - size - len(carried)) : end - len(carried)]
            marks += [Mark(first, last, entity, Reason.PROFILE, 1.0) for first, last in _runs(inside)]
    return marks, Tail(text[1 - max(WINDOWS) :], max(t.span.end for t in tokens))


def _merged(marks: Sequence[Mark]) -> list[Mark]:
    """Those of one entity that touch as one: windows over a long number overlap."""
    out: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (m.entity, m.first, m.last)):
        if out and out[-1].entity == mark.entity and mark.first <= out[-1].last:
            out[-1] = replace(out[-1], last=max(out[-1].last, mark.last))
        else:
            out.append(mark)
    return sorted(out, key=lambda m: (m.first, m.last, m.entity))


def _runs(said: Sequence[tuple[str, int, int]]) -> list[tuple[int, int]]:
    """The tokens of what was said; those one behind the other as one range."""
    out: list[tuple[int, int]] = []
    for _, first, last in said:
        if out and first <= out[-1][1]:
            out[-1] = (out[-1][0], max(last, out[-1][1]))
        else:
            out.append((first, last))
    return out


def words_of(tokens: Sequence[Token]) -> str:
    """The joined text of words: digits as digits, everything else in lower case without apostrophes."""
    return "".join(t.symbols if t.is_digits else t.text.replace("'", "") for t in tokens)


Ordinary = Callable[[str], bool]
"""Whether a word in lower case means something else than a name."""
