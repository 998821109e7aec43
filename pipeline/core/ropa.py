"""The record of processing activities (GDPR Art. 30(1)) of a deployment, made of what runs and what is kept. What it
cannot know it takes from the controller; what nobody said is listed as open, never made up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from pipeline.core.answer import Outcome
from pipeline.core.checks import Checked
from pipeline.core.declared import Declared, Party
from pipeline.core.dpia import assessment
from pipeline.core.facts import Facts, Unseen
from pipeline.core.policy import DEFAULT_CLASSES, DataClass
from pipeline.core.tone import Action

SCHEMA, SCHEMA_VERSION = "callshield-ropa", 1
SUBJECTS = ("callers and customers", "agents")
SPECIAL = "special category (Art. 9)"


@dataclass(frozen=True, slots=True)
class Service:
    """Something the deployment runs on. part: what it does here; where: host, bucket or "this machine"."""

    name: str
    part: str
    where: str


def record(
    facts: Facts,
    checked: Sequence[Checked],
    declared: Declared,
    entities: Iterable[Mapping[str, Any]],
    services: Iterable[Service],
    release: str,
) -> dict[str, Any]:
    """The record as plain JSON values. entities: what was found in kept calls, as the index counts it."""
    found = list(entities)
    document = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "made": datetime.fromtimestamp(facts.now_ms / 1000, UTC).isoformat(timespec="seconds"),
        "release": release,
        **{name: _party(getattr(declared, name)) for name in ("controller", "joint", "representative", "officer")},
        "purposes": [_purpose(facts, declared, name) for name in facts.policies],
        "subjects": list(declared.subjects or SUBJECTS),
        "calls": None if isinstance(facts.index, Unseen) else facts.index.calls,
        "categories": [_category(facts, row) for row in found],
        "recipients": [asdict(one) for one in declared.recipients or ()],
        "transfers": [asdict(one) for one in declared.recipients or () if one.abroad],
        "retention": list(_retention(facts)),
        "measures": [_measure(one) for one in checked],
        "services": [asdict(one) for one in services],
        "models": [] if isinstance(facts.models, Unseen) else [asdict(model) for model in facts.models],
        "assessment": assessment({one.rule.name: one for one in checked}),
    }
    return {**document, "open": list(_open(facts, declared))}


def _party(party: Party | None) -> dict[str, str] | None:
    return None if party is None else asdict(party)


def _purpose(facts: Facts, declared: Declared, name: str) -> dict[str, Any]:
    policy, told = facts.policies[name], declared.purposes.get(name)
    return {
        "purpose": name,
        "why": told.why if told else "",
        "basis": told.basis if told else "",
        "policy": policy.name,
        "policy_version": policy.version,
        "policy_sha256": policy.sha256,
        "heard": sorted(entity for entity in DEFAULT_CLASSES if policy.action(entity) is Action.KEEP),
        "originals": sorted(policy.vault),
        "consent": [
            {"tenant": rule.tenant, "jurisdiction": rule.jurisdiction, **rule.needs[name].plain()}
            for rule in (facts.consent.rules if facts.consent else ())
            if name in rule.needs
        ],
    }


def _category(facts: Facts, row: Mapping[str, Any]) -> dict[str, Any]:
    data_class = str(DEFAULT_CLASSES.get(row["entity"], DataClass.UNJUDGED))
    treated = {purpose: str(policy.action(row["entity"])) for purpose, policy in facts.policies.items()}
    special = SPECIAL if data_class == DataClass.HEALTH else ""
    return {**row, "data_class": data_class, "special": special, "treated": treated}


def _retention(facts: Facts) -> Iterator[dict[str, Any]]:
    for rule in facts.retention.rules if facts.retention else ():
        for purpose, terms in sorted(rule.kept.terms.items()):
            yield {
                "tenant": rule.tenant, "jurisdiction": rule.jurisdiction, "class": rule.kept.name, "purpose": purpose,
                "max_ms": terms.max_ms, "min_ms": terms.min_ms,
            }  # fmt: skip


def _measure(one: Checked) -> dict[str, str]:
    return {
        "rule": one.rule.name, "outcome": str(one.answer.outcome), "told": one.answer.told, "gdpr": one.rule.gdpr,
        "mend": one.rule.mend if one.answer.outcome is Outcome.BAD else "",
    }  # fmt: skip


def _open(facts: Facts, declared: Declared) -> Iterator[str]:
    """What the controller still has to say or do before this is a record."""
    if declared.controller is None:
        yield "who the controller is, and how to reach it (Art. 30(1)(a))"
    if declared.officer is None:
        yield "the data-protection officer, or that none is needed (Art. 30(1)(a))"
    for purpose in facts.policies:
        told = declared.purposes.get(purpose)
        if told is None or not told.why:
            yield f"what the purpose {purpose} is for (Art. 30(1)(b))"
        if told is None or not told.basis:
            yield f"on which ground in law the purpose {purpose} stands (Art. 6)"
    if declared.recipients is None:
        yield "who else gets personal data, or that nobody does (Art. 30(1)(d))"
    for one in declared.recipients or ():
        if one.abroad and not one.safeguard:
            yield f"which safeguard covers the transfer to {one.name} in {one.country} (Art. 30(1)(e))"
    if facts.retention is None:
        yield "how long each category is kept: no retention rules are set (Art. 30(1)(f))"
    if isinstance(facts.index, Unseen):
        yield f"which categories were found: the index was not read ({facts.index.why}) (Art. 30(1)(c))"
    for purpose in sorted(set(declared.purposes) - set(facts.policies)):
        yield f"the purpose {purpose} is told of and not configured"
