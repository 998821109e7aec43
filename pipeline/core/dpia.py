"""The skeleton of a data-protection impact assessment (GDPR Art. 35(7)): risks, what stands against each as it is set
up now, and what only the controller can answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.core.answer import Outcome
from pipeline.core.checks import Checked


@dataclass(frozen=True, slots=True)
class Risk:
    """What may happen to people. rules: of the self-audit, that stand against it. left: what stays whatever is set."""

    name: str
    what: str
    rules: tuple[str, ...]
    left: str


RISKS = (
    Risk("heard", "somebody hears or reads a secret that redaction missed",
         ("card_data", "personal_data", "doubt", "proof", "models"),
         "recognisers mishear, and names, addresses and illnesses most; measure it on your own calls"),
    Risk("recognised", "somebody is recognised by voice, or by what he tells of himself",
         ("personal_data", "consent_rules", "retention_rules"), "a redacted call is not anonymous: the voice stays"),
    Risk("raw", "somebody reads raw audio or words on their way",
         ("tls", "kafka_login", "acls", "topics", "dead_letters", "log_level"),
         "recorders and calls.intake hold speech in clear, unless recorders encrypt it"),
    Risk("opened", "somebody inside opens calls without need",
         ("operators", "issuer_apart", "audit", "audit_anchor", "vault"), "who may open calls can tell of them"),
    Risk("stolen", "keys or stored calls are stolen",
         ("secret_files", "trusted_files", "default_secrets", "key_age", "rewrapped", "walls", "register"),
         "who has both the keys and the store reads the calls"),
    Risk("other_purpose", "calls are used for something nobody agreed to",
         ("consent_rules", "consent_purposes", "tenants"), "what a purpose was given it may pass on"),
    Risk("too_long", "calls are kept longer than needed",
         ("retention_rules", "topic_terms", "topics", "sweep", "tombstones"),
         "copies that others made, and backups of keys, are theirs to end"),
    Risk("no_answer", "somebody asks for his calls or their erasure, and gets no answer or not all of them",
         ("pseudonym_keys", "requests", "index"), "calls without a known number or customer id are not found"),
    Risk("lost", "calls that law or a customer needs are lost", ("copies", "store", "index", "clock", "register"),
         "a lost key register or key-encryption key loses all calls under it"),
)  # fmt: skip

QUESTIONS = (
    "Which need does each purpose serve, and could it be met with less: fewer purposes, shorter terms, no recording?",
    "On which ground in law does each purpose stand, and for health data on which exception of Art. 9(2)?",
    "How are callers and agents told, before the recording starts, and how can they object?",
    "Were the views of callers, agents or their representatives sought (Art. 35(9))? If not, why?",
    "What did the data-protection officer advise (Art. 35(2))?",
    "How likely and how grave is each risk below for your callers, with the measures as they are?",
    "Does a high risk remain, so that the authority must be consulted first (Art. 36)?",
    "When will this be looked at again (Art. 35(11))?",
)


def assessment(checked: Mapping[str, Checked]) -> dict[str, Any]:
    """Risks with their measures as they are now, and the questions. checked: by rule, all of the table."""
    return {"risks": [_risk(risk, checked) for risk in RISKS], "questions": list(QUESTIONS)}


def _risk(risk: Risk, checked: Mapping[str, Checked]) -> dict[str, Any]:
    by: dict[str, list[str]] = {str(outcome): [] for outcome in Outcome}
    for name in risk.rules:
        by[str(checked[name].answer.outcome)].append(name)
    return {
        "risk": risk.name, "what": risk.what, "measures": by[Outcome.GOOD], "missing": by[Outcome.BAD],
        "unknown": by[Outcome.UNKNOWN], "left": risk.left, "likelihood": "", "gravity": "",
    }  # fmt: skip
