"""What a policy looks for, or leaves alone, by words of its own: recognisers, what is always, what is never hidden."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.core.entities import CUSTOM, KEYPAD, NAMES, UNJUDGED
from pipeline.core.errors import ConfigError
from pipeline.core.pattern import PatternError, compiled, literal, of_literal

RECOGNISERS_MAX = 64  # all are looked for in every utterance
TERMS_MAX = 500  # of each list of a policy; a catalogue of products fits
PHRASE_CHARS_MAX = 100
NUMBERS_MAX = 200  # entries of a list with digits or spelled letters: each has an automaton of its own
WITHIN_S_MAX = 600
WITHIN_S = 60  # a question, its answer, and the talk between them
NEVER_ALLOWED = frozenset("CARD_NUMBER SECURITY_CODE PIN ONE_TIME_CODE SSN AADHAAR PASSWORD KEYPAD UNJUDGED".split())
"""What no list of what is never hidden lets through: whoever hears it can use it."""
TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")


@dataclass(frozen=True, slots=True, order=True)
class Term:
    """Words or a number. tenants: whose calls it counts for; empty: all. Raises ConfigError."""

    text: str
    tenants: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if problem := phrase_problem(self.text) or tenants_problem(self.tenants):
            raise ConfigError(problem)


@dataclass(frozen=True, slots=True, order=True)
class Recogniser:
    """Finds any of `phrases`, and what `pattern` (see core/pattern) matches; it is hidden as `entity`.

    whole: the pattern matches no part of a longer number. context: phrases of which one must have been said, by
    anybody, at most within_s before. tenants: see Term. Raises ConfigError.
    """

    name: str
    entity: str = CUSTOM
    phrases: tuple[str, ...] = ()
    pattern: str = ""
    whole: bool = False
    context: tuple[str, ...] = ()
    within_s: int = WITHIN_S
    tenants: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problem = "" if NAME.fullmatch(self.name) else "name must be capitals, digits and _, a letter first, at most 64"
        problem = problem or ("" if self.entity in NAMES - {KEYPAD, UNJUDGED} else "entity is none that can be found")
        problem = problem or ("" if self.phrases or self.pattern else "needs phrases, a pattern or both")
        problem = problem or (pattern_problem(self.pattern) if self.pattern else "")
        problem = problem or "".join([phrase_problem(p) for p in (*self.phrases, *self.context)][:1])
        problem = problem or ("" if 1 <= self.within_s <= WITHIN_S_MAX else f"within_s must be 1 to {WITHIN_S_MAX}")
        if problem := problem or tenants_problem(self.tenants):
            raise ConfigError(problem)


@dataclass(frozen=True, slots=True)
class Terms:
    """All of a policy. deny: always hidden, as CUSTOM. allow: never hidden, but for NEVER_ALLOWED and what deny, a
    profile or a zero-leak kind says. Raises ConfigError for too many.
    """

    custom: tuple[Recogniser, ...] = ()
    allow: tuple[Term, ...] = ()
    deny: tuple[Term, ...] = ()

    def __post_init__(self) -> None:
        names = [r.name for r in self.custom]
        if len(set(names)) < len(names):
            raise ConfigError("two recognisers have one name; give each its own")
        if problem := self._too_many():
            raise ConfigError(problem)

    def _too_many(self) -> str:
        said = [p for r in self.custom for p in (*r.phrases, *r.context)]
        listed = [t.text for t in (*self.allow, *self.deny)]
        if len(self.custom) > RECOGNISERS_MAX:
            return f"more than {RECOGNISERS_MAX} recognisers"
        if max(len(self.allow), len(self.deny), len(said)) > TERMS_MAX:
            return f"more than {TERMS_MAX} phrases in one list, or in all recognisers together"
        if sum(not plain_words(text) for text in (*said, *listed)) > NUMBERS_MAX:
            return f"more than {NUMBERS_MAX} phrases with digits or single letters; use a pattern for those of one form"
        return ""

    def plain(self) -> dict[str, Any]:
        """As plain values, for JSON; sorted, so that two that do the same say the same but for names."""
        return {
            "custom": sorted(
                [r.name, r.entity, sorted(r.phrases), r.pattern, r.whole, sorted(r.context), r.within_s,
                 sorted(r.tenants)]
                for r in self.custom
            ),
            "allow": sorted([t.text, sorted(t.tenants)] for t in self.allow),
            "deny": sorted([t.text, sorted(t.tenants)] for t in self.deny),
        }  # fmt: skip

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Terms:
        """The terms `plain` was made of. Raises KeyError, TypeError, ValueError or ConfigError if it is none."""
        custom = []
        for name, entity, phrases, pattern, whole, context, within_s, tenants in plain["custom"]:
            said, before = tuple(map(str, phrases)), tuple(map(str, context))
            whose = tuple(map(str, tenants))
            custom.append(
                Recogniser(str(name), str(entity), said, str(pattern), bool(whole), before, int(within_s), whose)
            )
        return cls(tuple(custom), _terms_of(plain["allow"]), _terms_of(plain["deny"]))


NO_TERMS = Terms()


def terms_effect(terms: Terms) -> dict[str, Any]:
    """What the terms do, for a hash: as `plain`, but whatever recognisers are called."""
    plain = terms.plain()
    plain["custom"] = sorted(row[1:] for row in plain["custom"])
    return plain


def _terms_of(plain: Sequence[Any]) -> tuple[Term, ...]:
    return tuple(Term(str(text), tuple(map(str, tenants))) for text, tenants in plain)


def plain_words(text: str) -> bool:
    """Whether a phrase is made of ordinary words alone: no digits, nothing spelled."""
    return all(len(t.text) > 1 and not t.is_digits and t.symbols != t.text for t in literal(text))


def phrase_problem(text: str) -> str:
    """What is wrong with a phrase, or nothing. It is not repeated."""
    if len(text) > PHRASE_CHARS_MAX:
        return f"a phrase has more than {PHRASE_CHARS_MAX} characters"
    tokens = literal(text)
    if not tokens or (len(tokens) == 1 and len(tokens[0].text) == 1):
        return "a phrase must hold a word, a number or several letters"
    try:
        of_literal(text)
    except PatternError as error:
        return f"a phrase: {error}"
    return ""


def pattern_problem(pattern: str) -> str:
    """What is wrong with a pattern, or nothing. It is not repeated."""
    try:
        compiled(pattern)
    except PatternError as error:
        return f"pattern: {error}"
    return ""


def tenants_problem(tenants: Sequence[str]) -> str:
    """What is wrong with a list of tenants, or nothing."""
    if len(tenants) > TERMS_MAX or not all(TENANT.fullmatch(t) for t in tenants):
        return f"tenants must match {TENANT.pattern}, at most {TERMS_MAX} of them"
    return ""
