"""What accept makes of messages of consent and of metadata: events for the record, and nothing in clear."""

from __future__ import annotations

from dataclasses import replace

from pipeline.core.consent import Answer, Gate, Told
from pipeline.core.consent_rules import Rules
from pipeline.core.messages import REVOKED, Event, EventKind, Head, Intake
from pipeline.core.metadata import Metadata
from pipeline.core.pseudonym import Label
from pipeline.core.topics import EVENTS
from pipeline.ports.lane import Out
from pipeline.ports.pseudonyms import Pseudonyms
from pipeline.stages.accept_call import STAGE

TOLD = "told"  # reason of an event in which nobody answered: something was played


def labels_of(pseudonyms: Pseudonyms | None, message: Intake) -> tuple[Label, ...]:
    """Who takes part in the call that begins with this message. Without keys nobody is known."""
    if pseudonyms is None or not message.metadata.people:
        return ()
    return pseudonyms.labels(message.tenant, message.metadata.jurisdiction, message.metadata.people)


def gate_of(rules: Rules | None, tenant: str, metadata: Metadata) -> Gate | None:
    """Who may have the call that begins now; None: nobody asks."""
    return None if rules is None else Gate(rules.needs(tenant, metadata.jurisdiction), metadata.language)


def started(head: Head, metadata: Metadata) -> Event:
    """The event of a call that began."""
    facts = {
        "jurisdiction": metadata.jurisdiction, "language": metadata.language, "direction": metadata.direction,
    }  # fmt: skip
    return Event(head, EventKind.STARTED, head.started_ms, STAGE, facts=_facts(facts))


def consent_events(head: Head, told: Told, at_sample: int, at_ms: int) -> list[Out]:
    """One event for each purpose that was answered for, or one if none was."""
    common = {
        "notice": told.notice, "disclosure": told.disclosure, "language": told.language, "proof": told.proof,
        "sample": str(at_sample),
    }  # fmt: skip
    rows: list[tuple[str, str]] = [(purpose, str(answer)) for purpose, answer in sorted(told.answers.items())]
    return [
        Out(EVENTS, Event(head, EventKind.CONSENT, at_ms, STAGE, state, _facts({"purpose": purpose, **common})))
        for purpose, state in rows or [("", TOLD)]
    ]


def late_events(head: Head, told: Told, at_sample: int, at_ms: int, revocable: list[str] | None) -> list[Out]:
    """The same of a call that is over: what still ends by it is marked, for those who have something of the call."""
    ends = {p for p, a in told.answers.items() if a is not Answer.GRANTED and (revocable is None or p in revocable)}
    return [_marked(out, ends) for out in consent_events(head, told, at_sample, at_ms)]


def begins(told: Told) -> bool:
    """Whether a call nobody knows may begin with this: one that only takes back consent is about an older one."""
    return bool(told.notice or told.disclosure) or any(a is not Answer.WITHDRAWN for a in told.answers.values())


def _marked(out: Out, ends: set[str]) -> Out:
    event = out.message
    assert isinstance(event, Event)
    if dict(event.facts).get("purpose") not in ends:
        return out
    return Out(out.topic, replace(event, facts=tuple(sorted((*event.facts, REVOKED)))))


def _facts(facts: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in facts.items() if value))
