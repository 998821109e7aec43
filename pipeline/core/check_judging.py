"""Rules of what is hidden, from whom and by what: policies, the vault, consent, pseudonyms, models, logs, the clock."""

from __future__ import annotations

from dataclasses import fields

from pipeline.core.answer import Answer, bad, good, none_of, unseen
from pipeline.core.doubt import Doubt
from pipeline.core.facts import Facts, Unseen
from pipeline.core.policy import DEFAULT_CLASSES, DataClass
from pipeline.core.tone import Action

CARD = frozenset({DataClass.PAYMENT, DataClass.AUTHENTICATION})
PERSONAL = frozenset({DataClass.IDENTITY, DataClass.CONTACT, DataClass.HEALTH, DataClass.ACCOUNT})


def card_data(facts: Facts) -> Answer:
    """No purpose hears what pays or proves who one is."""
    return none_of(_kept(facts, CARD), "every purpose has payment and authentication data hidden")


def personal_data(facts: Facts) -> Answer:
    """No purpose hears more of a person than it needs."""
    return none_of(_kept(facts, PERSONAL), "every purpose has personal data hidden")


def doubt(facts: Facts) -> Answer:
    """When in doubt, hidden."""
    off = [
        f"{purpose}: the policy lets out what is doubtful by {one.name}"
        for purpose, policy in sorted(facts.policies.items())
        for one in fields(Doubt)
        if not getattr(policy.doubt, one.name)
    ]
    return none_of(off, "what is in doubt is hidden")


def vault(facts: Facts) -> Answer:
    """Originals are kept only where who may open them is proven, written down, and ended by a term."""
    keeping = {e for policy in facts.policies.values() for e in policy.vault}
    if not keeping:
        return good("no originals are kept")
    apart = not isinstance(facts.audit, Unseen) and facts.audit.apart
    lacks = [
        lack
        for lack, there in (
            ("no operators are known", facts.operators),
            ("no retention rules are set", facts.retention is not None),
            ("signed heads of the audit log have no place of their own", apart),
        )
        if not there
    ]
    return none_of([f"originals are kept, and {lack}" for lack in lacks], f"originals kept of {len(keeping)} kinds")


def proof(facts: Facts) -> Answer:
    """Stored calls are heard again before anybody can open them."""
    if facts.proof:
        return good("stored calls are proven first")
    return bad("stored calls are not heard again before they can be opened")


def dead_letters(facts: Facts) -> Answer:
    """Dead letters say where and why, not what."""
    if facts.dead_payload:
        return bad("dead letters hold messages, though encrypted, for seven days")
    return good("dead letters hold no messages")


def consent_rules(facts: Facts) -> Answer:
    """Consent is asked for."""
    if facts.consent is None:
        return bad("every purpose gets every call: the recorder is believed to send only what it may")
    return good(f"rules {facts.consent.name}, version {facts.consent.version}")


def consent_purposes(facts: Facts) -> Answer:
    """Every purpose that is served is named by a consent rule; one that none names gets silence for ever."""
    if facts.consent is None:
        return unseen(Unseen("no consent rules are set"))
    named = {purpose for rule in facts.consent.rules for purpose in rule.needs}
    return none_of(
        [f"{p}: no consent rule names it" for p in sorted(set(facts.policies) - named)],
        f"consent rules name all {len(facts.policies)} purposes",
    )


def pseudonym_keys(facts: Facts) -> Answer:
    """Who called is kept as a keyed hash."""
    if facts.pseudonyms:
        return good("callers, customers and agents become pseudonyms")
    return bad("who called is dropped, so that no customer's calls can be found for a request")


def models(facts: Facts) -> Answer:
    """Weights are those that were registered."""
    if isinstance(facts.models, Unseen):
        return unseen(facts.models)
    if not facts.models:
        return unseen(Unseen("no models lie here"))
    changed = [f"{model.name} is not what was registered" for model in facts.models if not model.good]
    return none_of(changed, f"{len(facts.models)} models hash to what was registered")


def log_level(facts: Facts) -> Answer:
    """Logs tell no more than they need."""
    return (bad if facts.log_level == "debug" else good)(f"the log tells from {facts.log_level} on")


def clock(facts: Facts) -> Answer:
    """Terms, tokens and the audit log count on the clock."""
    if not isinstance(facts.audit, Unseen) and facts.audit.clock_back:
        return bad(f"the clock went back {facts.audit.clock_back} times since the audit log began")
    if isinstance(facts.clock_good, Unseen):
        return unseen(facts.clock_good)
    if not facts.clock_good:
        return bad("the system says that nothing keeps its clock right")
    return good("the system keeps its clock right")


def _kept(facts: Facts, classes: frozenset[DataClass]) -> list[str]:
    """A policy may call an entity something else; what it is by default counts as well."""
    return [
        f"{purpose}: policy {policy.name} keeps {entity}"
        for purpose, policy in sorted(facts.policies.items())
        for entity in sorted(DEFAULT_CLASSES)
        if policy.action(entity) is Action.KEEP and {policy.data_class(entity), DEFAULT_CLASSES[entity]} & classes
    ]
