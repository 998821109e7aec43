"""Terms of policies, made ready for one call, and where they are in its utterances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from pipeline.core.automaton import Automaton, matched
from pipeline.core.entities import CUSTOM
from pipeline.core.finding import Reason
from pipeline.core.marks import Mark
from pipeline.core.pattern import compiled, literal, of_literal
from pipeline.core.readings import Reading, alone, readings
from pipeline.core.spoken.tokens import Token
from pipeline.core.terms import NEVER_ALLOWED, NO_TERMS, Recogniser, Term, Terms, plain_words

Ranges = list[tuple[int, int]]  # tokens, half-open, sorted


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """One utterance, made ready to be searched."""

    tokens: Sequence[Token]
    paths: Sequence[Sequence[Reading]]
    bounds: Sequence[bool]

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> Text:
        """tokens: of one utterance, in order."""
        return cls(tokens, readings(tokens), alone(tokens))


@dataclass(frozen=True, slots=True, eq=False)
class Phrases:
    """Phrases of ordinary words, however a recogniser divides them ("blue bird"), and numbers, however said.

    joined: the words of a phrase without blanks. longest: of them, characters. whole: numbers are no part of longer
    ones.
    """

    joined: frozenset[str]
    longest: int
    numbers: tuple[Automaton, ...]
    whole: bool

    @classmethod
    def of(cls, texts: Iterable[str], *, whole: bool) -> Phrases:
        """texts: as in a policy."""
        words, numbers = set(), []
        for text in texts:
            if plain_words(text):
                words.add("".join(t.text for t in literal(text)))
            else:
                numbers.append(of_literal(text))
        return cls(frozenset(words), max(map(len, words), default=0), tuple(numbers), whole)

    def found(self, text: Text) -> Ranges:
        """Where any of them is said; ranges may overlap."""
        out = []
        for first in range(len(text.tokens) if self.joined else 0):
            said = ""
            for last, token in enumerate(text.tokens[first:], first + 1):
                said += token.text
                if said in self.joined:
                    out.append((first, last))
                if len(said) >= self.longest:
                    break
        for number in self.numbers:
            out += _ranges(matched(number, text.paths, text.bounds if self.whole else None))
        return sorted(out)


@dataclass(frozen=True, slots=True, eq=False)
class Finder:
    """A recogniser, ready. context: what must have been said, or None; within_s: how long ago at most."""

    entity: str
    phrases: Phrases
    pattern: Automaton | None
    whole: bool
    context: Phrases | None
    within_s: int

    @classmethod
    def of(cls, recogniser: Recogniser) -> Finder:
        """Of what a policy says."""
        return cls(
            recogniser.entity,
            Phrases.of(recogniser.phrases, whole=False),
            compiled(recogniser.pattern) if recogniser.pattern else None,
            recogniser.whole,
            Phrases.of(recogniser.context, whole=False) if recogniser.context else None,
            recogniser.within_s,
        )

    def found(self, text: Text) -> Ranges:
        """Where it finds something, whatever its context."""
        out = self.phrases.found(text)
        if self.pattern is not None:
            out += _ranges(matched(self.pattern, text.paths, text.bounds if self.whole else None))
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Custom:
    """finders: by a number that names them as long as the call lasts."""

    finders: tuple[Finder, ...]
    deny: Phrases
    allow: Phrases

    @property
    def empty(self) -> bool:
        """Nothing to look for, nothing to leave alone."""
        parts = (self.deny, self.allow)
        return not self.finders and not any(p.joined or p.numbers for p in parts)

    @property
    def reach(self) -> int | None:
        """How many characters before its end something looked for may begin; None: anywhere before."""
        if any(f.pattern is not None or f.context is not None for f in self.finders):
            return None
        return max([self.deny.longest, *(f.phrases.longest for f in self.finders)])

    def denied(self, text: Text) -> list[Mark]:
        """What is always hidden."""
        return [Mark(a, b, CUSTOM, Reason.CUSTOM, 1.0) for a, b in self.deny.found(text)]

    def unless_allowed(self, text: Text, marks: Sequence[Mark]) -> list[Mark]:
        """`marks` without those that lie inside what is never hidden."""
        ranges = self.allow.found(text)
        return [
            m for m in marks if m.entity in NEVER_ALLOWED or not any(a <= m.first and m.last <= b for a, b in ranges)
        ]


NOTHING = Custom((), Phrases.of((), whole=False), Phrases.of((), whole=True))


@lru_cache(256)
def custom_of(all_terms: tuple[Terms, ...], tenant: str | None) -> Custom:
    """The terms of all who get a call's audio, as one: it is judged once for all of them.

    Whatever one of them looks for is looked for; what is left alone is what all of them leave alone. tenant: whose
    call it is. None: nobody knows; then what is for some tenants only is hidden for all, and allowed for none.
    """
    if all(terms == NO_TERMS for terms in all_terms):
        return NOTHING
    finders = {
        (r.entity, r.phrases, r.pattern, r.whole, r.context, r.within_s): Finder.of(r)
        for terms in all_terms
        for r in sorted(terms.custom)
        if _counts(r.tenants, tenant, unknown=True)
    }
    deny = {t.text for terms in all_terms for t in terms.deny if _counts(t.tenants, tenant, unknown=True)}
    allow = [
        {_normal(t): t.text for t in terms.allow if _counts(t.tenants, tenant, unknown=False)} for terms in all_terms
    ]
    shared = set.intersection(*map(set, allow))
    return Custom(
        tuple(finders[key] for key in sorted(finders)),
        Phrases.of(sorted(deny), whole=False),
        Phrases.of([allow[0][key] for key in sorted(shared)], whole=True),
    )


def _normal(term: Term) -> str:
    """The same for two entries that are the same when said: blanks inside a number do not count."""
    groups = groupby(literal(term.text), key=lambda t: t.is_digits)
    return " ".join(
        "".join(t.symbols for t in own) if digits else " ".join(t.text for t in own) for digits, own in groups
    )


def _counts(tenants: Sequence[str], tenant: str | None, *, unknown: bool) -> bool:
    return not tenants or (unknown if tenant is None else tenant in tenants)


def _ranges(hit: Sequence[bool]) -> Ranges:
    """Runs of True."""
    out: Ranges = []
    for i, is_hit in enumerate(hit):
        if is_hit and out and out[-1][1] == i:
            out[-1] = (out[-1][0], i + 1)
        elif is_hit:
            out.append((i, i + 1))
    return out
