"""Which terms a call has: rules by tenant and jurisdiction, a class each, and in it terms by purpose.

Purposes are those that get something of a call, and two more: `vault`, the originals of hidden spans, and `processing`,
the internal topics of the pipeline. As with consent (core/consent_rules.py) the nearest jurisdiction counts, of several
rules for it that of the tenant; a call under several jurisdictions has the shortest maximum and the longest minimum of
them. Where a call has no rule, nothing of it is ever due.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce

from pipeline.core.retention import DAY_MS, Terms
from pipeline.core.topics import REDACTED, TRANSCRIPTS, Topic

STORAGE, VAULT, PROCESSING = "storage", "vault", "processing"
DEADLINE_MS = 28 * DAY_MS  # a month, the shortest
JURISDICTIONS_MAX = 4


@dataclass(frozen=True, slots=True)
class Class:
    """Terms by purpose, under a name for reports and certificates."""

    name: str
    terms: Mapping[str, Terms]

    def within(self, other: Class) -> Class:
        """What fulfils both. A purpose that only one of them names has that one's terms."""
        if self.name == other.name:
            return self
        both = {**self.terms, **other.terms}
        for purpose in self.terms.keys() & other.terms.keys():
            both[purpose] = self.terms[purpose].within(other.terms[purpose])
        if VAULT in both and STORAGE in both:
            both[VAULT] = _inside(both[VAULT], both[STORAGE])
        return Class(":".join(sorted({*self.name.split(":"), *other.name.split(":")})), both)


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for calls of a tenant in a jurisdiction; an empty one: of any, in any."""

    tenant: str
    jurisdiction: str
    kept: Class


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a center. deadline_ms: by when a request must be answered. approved: kinds of requests that take a
    second person.
    """

    name: str
    version: int
    rules: tuple[Rule, ...]
    deadline_ms: int = DEADLINE_MS
    approved: frozenset[str] = field(default=frozenset({"erase"}))

    def of(self, tenant: str, jurisdiction: str) -> Class | None:
        """The class of a call. jurisdiction: codes by commas, or empty. None: there is no rule for one of them."""
        found = [self._nearest(tenant, code) for code in jurisdiction.split(",")[:JURISDICTIONS_MAX]]
        known = [one for one in found if one is not None]
        return reduce(Class.within, known) if len(known) == len(found) else None

    def of_unknown(self, tenant: str) -> Class | None:
        """The class of a call of which only the tenant is known: what fulfils every rule it could be under."""
        found = [rule.kept for rule in self.rules if rule.tenant in ("", tenant)]
        return reduce(Class.within, found) if found else None

    def shortest(self, purpose: str) -> tuple[str, Terms] | None:
        """The class that keeps a purpose's data the shortest, and for how long; None: no rule names the purpose."""
        named = [(rule.kept.name, rule.kept.terms[purpose]) for rule in self.rules if purpose in rule.kept.terms]
        return min(named, key=lambda one: one[1].kept_ms, default=None)

    def _nearest(self, tenant: str, code: str) -> Class | None:
        fits = [r for r in self.rules if r.tenant in ("", tenant) and _covers(r.jurisdiction, code)]
        return max(fits, key=lambda r: (len(r.jurisdiction), r.tenant != "")).kept if fits else None


@dataclass(frozen=True, slots=True)
class TopicTerm:
    """A topic beside the rules. kept_ms: how long the topic keeps; max_ms: how long it may; None: no rule says."""

    topic: str
    purpose: str
    kept_ms: int
    max_ms: int | None
    kept_by: str = ""

    @property
    def ok(self) -> bool:
        """Whether the topic keeps no longer than it may."""
        return self.max_ms is not None and self.kept_ms <= self.max_ms


def topic_terms(rules: Rules, topics: Iterable[Topic]) -> Iterator[TopicTerm]:
    """Every topic that keeps for a time. It holds calls of all tenants and jurisdictions: the shortest counts."""
    for topic in topics:
        if topic.retention_ms is None:
            continue
        purpose = purpose_of(topic.name)
        found = rules.shortest(purpose)
        name, max_ms = ("", None) if found is None else (found[0], found[1].kept_ms)
        yield TopicTerm(topic.name, purpose, topic.retention_ms, max_ms, name)


def purpose_of(topic: str) -> str:
    """What a topic's data is for."""
    for prefix in (REDACTED, TRANSCRIPTS):
        if topic.startswith(prefix):
            return topic.removeprefix(prefix)
    return PROCESSING


def vault_fits(kept: Class) -> bool:
    """Whether originals go no later than the recording they belong to."""
    vault, storage = kept.terms.get(VAULT), kept.terms.get(STORAGE)
    return vault is None or storage is None or vault == _inside(vault, storage)


def _inside(inner: Terms, outer: Terms) -> Terms:
    return Terms(min(inner.max_ms, outer.max_ms), min(inner.min_ms, outer.min_ms))


def _covers(rule: str, code: str) -> bool:
    return rule in ("", code) or code.startswith(f"{rule}-")
