"""What a call has to remember of what it hid: to know a read-back, a correction or the rest of a number.

Kept while the call runs, bounded; it leaves `core` only in a snapshot, and that is sealed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pipeline.core.entities import NUMBER
from pipeline.core.finding import Reason
from pipeline.core.lists import NO_LISTS, Lists
from pipeline.core.marks import Mark
from pipeline.core.plain import known_name
from pipeline.core.spoken.phrases import find
from pipeline.core.spoken.runs import Run, runs
from pipeline.core.spoken.tokens import Token, digits_of
from pipeline.core.spoken.vocabulary import CASES, FILLERS, MULTIPLIER_LIKE, MULTIPLIERS, SIGNS, UNITS

SECRETS_MAX = 200  # a call hides a few dozen stretches; this bounds one that never ends
CARD_MS = 45_000
CARD_PARTS = frozenset({"CARD_NUMBER", "CARD_EXPIRY", "SECURITY_CODE"})
READ_BACK_DIGITS = 3
CODE_DIGITS = 4  # so many, the same again, count nothing: "I'll program 6153"
READ_BACK_MS = 8_000
LEAD_TOKENS = 4
LEAD_INS = frozenset(
    "yes yeah no sorry so and then it's that's it is that okay ok oh um uh right was i i'm mean".split()
)
CORRECTION_MS = 30_000
CORRECTION_TOKENS = 6
CORRECTIONS = frozenset(
    "ends end ending finishes finishing finish starts starting begins beginning wrong instead far".split()
)
CONTINUE_MS = 15_000  # a card read in two halves with a pause: 12 s measured
GROUP_MS = 4_000  # between two groups of one number
NAME_LETTERS = 3
WORDED = frozenset({"PASSWORD", "EMAIL", "UPI_ID", "USER_NAME"})
WORDS_MAX = 60
WORDS_MS = 60_000
WORD_LETTERS = 4
WORDED_REACH = 2
SHORT_TOKENS = 4
CHECK_TOKENS = 8
PART_TOKENS = 12
PUT_RIGHT = ("should be", "=i mean|meant", "=make that", "=it's actually", "=try", "=not")


@dataclass(slots=True)
class Memory:
    """Digits and names hidden so far, and where the last number ended. rate: samples per second."""

    rate: int
    numbers: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=SECRETS_MAX))
    names: deque[str] = field(default_factory=lambda: deque(maxlen=SECRETS_MAX))
    last_number: tuple[str, int] | None = None  # entity, end sample
    words: deque[str] = field(default_factory=lambda: deque(maxlen=WORDS_MAX))  # of addresses and passwords
    words_end: int | None = None  # where the last of them ended
    words_of: str = "PASSWORD"  # and what it was

    def learn(self, tokens: Sequence[Token], marks: Sequence[Mark], lists: Lists = NO_LISTS) -> None:
        """Remember what `marks` hide of `tokens`. lists: what they know as ordinary words are no names."""
        for mark in marks:
            part = tokens[mark.first : mark.last]
            digits = digits_of(part)
            if len(digits) >= 2:
                self.numbers.append((digits, mark.entity))
                self.last_number = (mark.entity, max(t.span.end for t in part))
            if mark.entity in WORDED and mark.reason is not Reason.DOUBT_WORDS:
                self.words.extend(t.text for t in part if _telling(t))
                self.words_end, self.words_of = max(t.span.end for t in part), mark.entity
            if mark.entity == "PERSON_NAME" and mark.reason is not Reason.DOUBT_WORDS:
                self.names.extend(t.text for t in part if _is_named(t, lists))

    def announce(self, entity: str, end: int) -> None:
        """A number of a kind was announced up to sample `end`: what comes next carries it on."""
        self.last_number = entity, end

    def goes_on(self, at: int) -> bool:
        """What is said at sample `at` may carry on a number or an address told before, however it is recognised."""
        ends = [] if self.words_end is None else [(self.words_end, CORRECTION_MS)]
        if self.last_number is not None:
            entity, end = self.last_number
            ends.append((end, CARD_MS if entity in CARD_PARTS else CONTINUE_MS))
        return any((at - end) * 1000 <= ms * self.rate for end, ms in ends)

    def recall(self, tokens: Sequence[Token]) -> list[Mark]:
        """Read-backs of hidden numbers and names, and runs that carry on a number begun a moment ago."""
        out = [
            Mark(i, i + 1, "PERSON_NAME", Reason.READ_BACK, 0.8) for i, t in enumerate(tokens) if t.text in self.names
        ]
        out += self._worded(tokens) + self._doubled(tokens)
        for run in runs(tokens):
            if run.counted and not (len(run.digits) >= CODE_DIGITS and any(run.digits == d for d, _ in self.numbers)):
                continue
            entity = self._read_back(tokens, run) or self._continued(tokens, run)
            if entity:
                out.append(Mark(run.first, run.last, *entity, 0.8))
        return out

    def _doubled(self, tokens: Sequence[Token]) -> list[Mark]:
        """ "Double Mach 49" right behind the beginning of a number: "double nought four nine", garbled."""
        if self.last_number is None or not tokens or tokens[0].text not in MULTIPLIERS.keys() | MULTIPLIER_LIKE:
            return []
        since_ms = (tokens[0].span.start - self.last_number[1]) * 1000 / self.rate
        if not 0 <= since_ms <= GROUP_MS or len(tokens) > CORRECTION_TOKENS:
            return []
        return [Mark(0, len(tokens), self.last_number[0], Reason.CONTINUED, 0.6)]

    def snapshot(self) -> dict[str, Any]:
        """All of it as plain values: at most SECRETS_MAX numbers and names. It holds secrets: seal it."""
        return {
            "numbers": [list(number) for number in self.numbers],
            "names": list(self.names),
            "words": list(self.words),
            "words_end": self.words_end,
            "words_of": self.words_of,
            "last": list(self.last_number) if self.last_number else None,
        }

    def restore(self, plain: Mapping[str, Any]) -> None:
        """Take up a `snapshot`. Raises ValueError, KeyError or TypeError if it is none of this release."""
        self.numbers = deque(((str(d), known_name(entity)) for d, entity in plain["numbers"]), maxlen=SECRETS_MAX)
        self.names = deque(map(str, plain["names"]), maxlen=SECRETS_MAX)
        self.words = deque(map(str, plain["words"]), maxlen=WORDS_MAX)
        self.words_of = known_name(plain["words_of"])
        self.words_end = None if plain["words_end"] is None else int(plain["words_end"])
        self.last_number = None
        if plain["last"] is not None:
            entity, end = plain["last"]
            self.last_number = known_name(entity), int(end)

    def _worded(self, tokens: Sequence[Token]) -> list[Mark]:
        """Words of an address or a password said again: two of them close together, or one among letters and signs."""
        if self.words_end is None or not tokens:
            return []
        since_ms = (tokens[0].span.start - self.words_end) * 1000 / self.rate
        if since_ms > WORDS_MS:
            return []
        if goes_on := self._spelled_on(tokens, since_ms):
            return goes_on
        hits = [i for i, t in enumerate(tokens) if t.text in self.words]
        # A password is said after somebody as a whole: "acorn dash what?", the rest of it misheard.
        if self.words_of == "PASSWORD" and since_ms <= READ_BACK_MS and hits and hits[0] <= LEAD_TOKENS:
            end = next((i + 1 for i in range(hits[0], len(tokens)) if tokens[i].stop), len(tokens))
            return [Mark(hits[0], min(end, hits[0] + PART_TOKENS), "PASSWORD", Reason.READ_BACK, 0.6)]
        marks: list[Mark] = []
        for i in hits:
            around = [n for n in range(max(0, i - WORDED_REACH), min(len(tokens), i + WORDED_REACH + 1)) if n != i]
            sure = [n for n in around if n in hits or tokens[n].symbols or tokens[n].text in SIGNS]
            if sure or len(tokens) <= SHORT_TOKENS:
                marks.append(Mark(min([i, *sure]), max([i, *sure]) + 1, self.words_of, Reason.READ_BACK, 0.6))
        # Somebody makes sure of a letter or a sign: "hash or h?"
        checking = since_ms <= READ_BACK_MS and len(tokens) <= CHECK_TOKENS
        if not marks and checking and self.words_of == "PASSWORD":
            said = [i for i, t in enumerate(tokens) if t.is_letter or t.text in SIGNS | CASES]
            if said:
                marks.append(Mark(said[0], said[-1] + 1, "PASSWORD", Reason.READ_BACK, 0.5))
        return marks

    def _spelled_on(self, tokens: Sequence[Token], since_ms: float) -> list[Mark]:
        """An address taken up again by a part with a dot in it, a password put right with digits or letters in it."""
        if since_ms > CORRECTION_MS:
            return []
        if self.words_of != "PASSWORD":
            dotted = any(
                t.text in {"dot", "underscore", "hyphen"}
                or (t.point and t.span == u.span and len(t.text) > 1 < len(u.text) and (t.text + u.text).isalpha())
                for t, u in pairwise(tokens)
            )
            said = [i for i, t in enumerate(tokens) if t.symbols or t.text in SIGNS or t.text not in FILLERS]
            if dotted and said and len(tokens) <= PART_TOKENS:
                return [Mark(said[0], said[-1] + 1, self.words_of, Reason.CONTINUED, 0.6)]
            return []
        for right in find(PUT_RIGHT, tokens)[:1]:
            end = next((i + 1 for i in range(right.last, len(tokens)) if tokens[i].stop), len(tokens))
            if any(t.symbols or t.text in SIGNS for t in tokens[right.last : end]):
                return [Mark(right.last, end, "PASSWORD", Reason.CONTINUED, 0.6)]
        return []

    def _read_back(self, tokens: Sequence[Token], run: Run) -> tuple[str, Reason] | None:
        if len(run.digits) < READ_BACK_DIGITS:
            return None
        one_by_one = sum(len(t.symbols) == 1 for t in tokens[run.first : run.last]) >= READ_BACK_DIGITS
        if self.last_number and one_by_one and self._since(tokens, run) <= READ_BACK_MS:
            return self.last_number[0], Reason.READ_BACK  # even if one of the two was misheard
        for digits, entity in reversed(self.numbers):
            if run.digits in digits or (len(digits) >= READ_BACK_DIGITS and digits in run.digits):
                return entity, Reason.READ_BACK
        return None

    def _since(self, tokens: Sequence[Token], run: Run) -> float:
        """Milliseconds from the end of the last hidden number to the start of `run`."""
        assert self.last_number is not None
        return (tokens[run.first].span.start - self.last_number[1]) * 1000 / self.rate

    def _continued(self, tokens: Sequence[Token], run: Run) -> tuple[str, Reason] | None:
        if self.last_number is None or not run.symbols:
            return None
        entity = self.last_number[0]
        since_ms = self._since(tokens, run)
        before = tokens[max(0, run.first - CORRECTION_TOKENS) : run.first]
        if since_ms <= CORRECTION_MS and any(t.text in CORRECTIONS for t in before):
            return entity, Reason.CONTINUED
        # Behind a card number its expiry date and code follow, asked for or not.
        soon = since_ms <= (CARD_MS if entity in CARD_PARTS else CONTINUE_MS)
        bare = run.first <= LEAD_TOKENS and all(t.text in LEAD_INS for t in tokens[: run.first])
        bare = bare and (run.symbols >= 2 or run.last == len(tokens))
        if entity == NUMBER and run.symbols < READ_BACK_DIGITS and run.last < len(tokens):
            # "It's twelve below here": that the number before it was one is a guess itself.
            bare = bare and (tokens[run.last - 1].pause or tokens[run.last].text in FILLERS)
        around = (*tokens[: run.first], *tokens[run.last :])
        bare = bare or (len(run.digits) >= READ_BACK_DIGITS and all(t.text in FILLERS for t in around))
        return (entity, Reason.CONTINUED) if soon and bare else None


def _is_named(token: Token, lists: Lists) -> bool:
    """A word of a hidden name that is that name: in a garbled one stand ordinary words, and they mean themselves."""
    text = token.text
    named = token.cased and lists.is_name(text)
    plain = lists.is_ordinary(text) and not named if lists.words else False
    return len(text) >= NAME_LETTERS and text not in FILLERS and not token.symbols and not plain


def _telling(token: Token) -> bool:
    """A word that points back at the address or password it was said in."""
    return len(token.text) >= WORD_LETTERS and not token.symbols and token.text not in FILLERS | SIGNS | CASES | UNITS
