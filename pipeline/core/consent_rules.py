"""What each purpose needs before it may have a call: the decision table by tenant and jurisdiction. Nothing is allowed
that no rule names.

A call may be under several jurisdictions ("us-ca,us-tx", where its two ends are): then a purpose needs what the
strictest of them wants, and one that any of them denies gets nothing. "us" covers "us-ca" where that has no rule of its
own. Of rules that fit the nearest jurisdiction counts, and of several for that the one of the tenant: a house's own
rule for everywhere never loosens the law of a place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import reduce
from typing import Any

JURISDICTION = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8}){0,3}")
JURISDICTIONS_MAX = 4  # of one call
PURPOSES_MAX = 32  # of one call: what is kept of each is small, and written down often
PURPOSE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class Basis(StrEnum):
    """Whether a purpose waits for the customer's yes. From weak to strict."""

    NONE = "none"  # a duty or a contract: neither yes nor no counts
    OBJECTION = "objection"  # allowed until somebody says no
    REQUIRED = "required"  # nothing without a yes


class Tongue(StrEnum):
    """What must be known of the language in which somebody was told and agreed. From weak to strict."""

    ANY = "any"
    TOLD = "told"  # it must be said which it was
    CALL = "call"  # it must be that of the call


@dataclass(frozen=True, slots=True)
class Need:
    """What one purpose needs. notice: that recording was announced; disclosure: that AI listens; proof: an id under
    which the yes can be shown.
    """

    consent: Basis = Basis.REQUIRED
    notice: bool = True
    disclosure: bool = False
    language: Tongue = Tongue.ANY
    proof: bool = False

    def plain(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return {**asdict(self), "consent": str(self.consent), "language": str(self.language)}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Need:
        """The need `plain` was made of. Raises KeyError, TypeError or ValueError if it is none."""
        notice, disclosure, proof = (bool(plain[name]) for name in ("notice", "disclosure", "proof"))
        return cls(Basis(plain["consent"]), notice, disclosure, Tongue(plain["language"]), proof)


Needs = Mapping[str, Need]
"""By purpose. A purpose that is not in it is denied."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for calls of a tenant in a jurisdiction; an empty one: of any, in any."""

    tenant: str
    jurisdiction: str
    needs: Needs


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a center."""

    name: str
    version: int
    rules: tuple[Rule, ...]

    def needs(self, tenant: str, jurisdiction: str) -> Needs:
        """What a call needs. jurisdiction: codes by commas, as its recorder told; empty: it did not."""
        tables = [self._table(tenant, code) for code in jurisdiction.split(",")[:JURISDICTIONS_MAX]]
        shared = reduce(lambda a, b: a & b, (set(table) for table in tables))
        return {purpose: reduce(stricter, (table[purpose] for table in tables)) for purpose in sorted(shared)}

    def plain(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        rules = [
            [rule.tenant, rule.jurisdiction, {purpose: need.plain() for purpose, need in sorted(rule.needs.items())}]
            for rule in self.rules
        ]
        return {"name": self.name, "version": self.version, "rules": rules}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Rules:
        """The rules `plain` was made of. Raises KeyError, TypeError or ValueError if it is none."""
        rules = tuple(
            Rule(str(tenant), str(place), {str(purpose): Need.of(need) for purpose, need in needs.items()})
            for tenant, place, needs in plain["rules"]
        )
        return cls(str(plain["name"]), int(plain["version"]), rules)

    def _table(self, tenant: str, code: str) -> Needs:
        fits = [r for r in self.rules if r.tenant in ("", tenant) and _covers(r.jurisdiction, code)]
        return max(fits, key=lambda r: (len(r.jurisdiction), r.tenant != "")).needs if fits else {}


def stricter(one: Need, other: Need) -> Need:
    """What fulfils both."""
    return Need(
        _later(Basis, one.consent, other.consent),
        one.notice or other.notice,
        one.disclosure or other.disclosure,
        _later(Tongue, one.language, other.language),
        one.proof or other.proof,
    )


def _later(kind: Any, one: Any, other: Any) -> Any:
    return max(one, other, key=list(kind).index)


def _covers(rule: str, code: str) -> bool:
    return rule in ("", code) or code.startswith(f"{rule}-")
