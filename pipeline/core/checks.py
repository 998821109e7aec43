"""The self-audit: every rule of a deployment in one table, each judged by a function of what is known of it.

A rule is an error or a warning; a preset turns into errors what its law or standard asks for. Who adds a rule writes
a function of `Facts` in one of the check_* files, and a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.core import check_access as access
from pipeline.core import check_judging as judging
from pipeline.core import check_keeping as keeping
from pipeline.core.answer import Answer, Outcome
from pipeline.core.facts import Facts


class Severity(StrEnum):
    """What a rule that is not kept means."""

    ERROR = "error"  # must be mended
    WARNING = "warning"  # should be


class Preset(StrEnum):
    """A standard or law that a deployment can be held to."""

    PCI = "pci"  # PCI DSS 4.0.1
    GDPR = "gdpr"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. pci, gdpr: where it is asked for, empty: nowhere. mend: what to do where it is not kept."""

    name: str
    severity: Severity
    judge: Callable[[Facts], Answer]
    pci: str
    gdpr: str
    mend: str

    def weight(self, preset: Preset | None) -> Severity:
        """Its severity under a preset."""
        asked = {Preset.PCI: self.pci, Preset.GDPR: self.gdpr}
        return Severity.ERROR if preset is not None and asked[preset] else self.severity


@dataclass(frozen=True, slots=True)
class Checked:
    """What one rule found."""

    rule: Rule
    severity: Severity
    answer: Answer

    @property
    def failed(self) -> bool:
        """Whether it must be mended."""
        return self.answer.outcome is Outcome.BAD and self.severity is Severity.ERROR


E, W = Severity.ERROR, Severity.WARNING
RULES: tuple[Rule, ...] = (
    Rule("tls", E, access.tls, "4.2.1", "Art. 32(1)(a)",
         "set CALLSHIELD_KAFKA_SECURITY=sasl_tls, sslmode=verify-full in database URLs, https for transit"),
    Rule("kafka_login", E, access.kafka_login, "8.3.1", "Art. 32(1)(b)",
         "set CALLSHIELD_KAFKA_SECURITY=sasl_tls with CALLSHIELD_KAFKA_USER, or a client certificate"),
    Rule("acls", E, access.acls, "7.2.1", "Art. 32(1)(b)",
         "run: callshield topics apply --acls; take away what is beyond the table"),
    Rule("operators", E, access.operators, "8.2.1", "Art. 32(4)",
         "make an issuer (callshield tokens init) and set CALLSHIELD_ISSUER_PUBLIC_FILE"),
    Rule("issuer_apart", W, access.issuer_apart, "", "",
         "keep the issuer's private key on another machine, and unset CALLSHIELD_ISSUER_KEY_FILE here"),
    Rule("secret_files", E, access.secret_files, "3.6.1", "Art. 32(1)(b)", "run: chmod 600 on each of them"),
    Rule("trusted_files", E, access.trusted_files, "7.2.1", "Art. 32(1)(b)", "run: chmod go-w on each of them"),
    Rule("default_secrets", E, access.default_secrets, "2.2.2", "Art. 32(1)(b)",
         "choose a long random secret: openssl rand -base64 24; keys by callshield keys create"),
    Rule("metrics_address", W, access.metrics_address, "1.2.5", "",
         "set CALLSHIELD_METRICS_HOST=127.0.0.1, or let only Prometheus reach the port"),
    Rule("tenants", W, access.tenants, "", "", "name who may send calls: CALLSHIELD_TENANTS"),
    Rule("topics", E, keeping.topics, "", "Art. 5(1)(e)", "run: callshield topics apply"),
    Rule("copies", W, keeping.copies, "", "Art. 32(1)(b)", "set CALLSHIELD_REPLICAS=3 where three brokers are"),
    Rule("retention_rules", E, keeping.retention_rules, "3.2.1", "Art. 5(1)(e)",
         "say how long calls are kept: CALLSHIELD_RETENTION"),
    Rule("topic_terms", E, keeping.topic_terms, "3.2.1", "Art. 5(1)(e)",
         "give each purpose a term in the retention rules that its topics keep to; see: callshield retention check"),
    Rule("sweep", E, keeping.sweep, "3.2.1", "Art. 5(1)(e)", "run callshield sweep every day"),
    Rule("requests", W, keeping.requests, "", "Art. 12(3)", "answer them; see: callshield requests list"),
    Rule("key_age", W, keeping.key_age, "3.7.4", "Art. 32(1)(a)",
         "run: callshield keys rotate, or callshield pseudonym keys"),
    Rule("rewrapped", W, keeping.rewrapped, "3.7.4", "", "run: callshield keys rewrap"),
    Rule("register", E, keeping.register, "3.6.1", "Art. 32(1)(b)",
         "see that the database of CALLSHIELD_KEY_REGISTER and the key provider run; see: callshield keys verify"),
    Rule("tombstones", E, keeping.tombstones, "3.2.1", "Art. 17",
         "see: callshield keys verify; restore the newest file"),
    Rule("store", E, keeping.store, "", "Art. 32(1)(b)", "see that the store of CALLSHIELD_STORE_URL can be reached"),
    Rule("index", E, keeping.index, "", "Art. 32(1)(b)", "see that the database of CALLSHIELD_INDEX_URL runs"),
    Rule("walls", W, keeping.walls, "3.6.1.3", "Art. 32(1)(b)",
         "keep keys, data, index and audit heads in places apart"),
    Rule("audit", E, keeping.audit, "10.3.4", "Art. 5(2)", "see: callshield audit verify"),
    Rule("audit_anchor", W, keeping.audit_anchor, "10.3.3", "Art. 5(2)",
         "keep signed heads elsewhere: CALLSHIELD_AUDIT_ANCHOR"),
    Rule("card_data", W, judging.card_data, "3.3.1", "", "hide them in the policy of that purpose; see docs/policy.md"),
    Rule("personal_data", W, judging.personal_data, "", "Art. 5(1)(c)",
         "hide them in the policy of that purpose, or say in the record why they are needed"),
    Rule("doubt", W, judging.doubt, "3.3.1", "Art. 25(1)", "take the doubt: keys out of the policy: then doubt hides"),
    Rule("vault", E, judging.vault, "3.3.1", "Art. 5(1)(c)",
         "keep no originals (leave vault: out of the policy), or set operators, retention and an anchor first"),
    Rule("proof", W, judging.proof, "", "Art. 32(1)(d)", "set CALLSHIELD_STORE_PROOF=on"),
    Rule("dead_letters", W, judging.dead_letters, "3.2.1", "Art. 5(1)(c)", "set CALLSHIELD_DEAD_KEEP_PAYLOAD=false"),
    Rule("consent_rules", W, judging.consent_rules, "", "Art. 6(1), 7(1)",
         "say what each purpose needs: CALLSHIELD_CONSENT_RULES"),
    Rule("consent_purposes", W, judging.consent_purposes, "", "Art. 5(1)(b)",
         "name the purpose in the consent rules, or take it out of CALLSHIELD_PURPOSES"),
    Rule("pseudonym_keys", W, judging.pseudonym_keys, "", "Art. 25(1)",
         "make keys (callshield pseudonym keys) and set CALLSHIELD_PSEUDONYM_KEY_FILE"),
    Rule("models", E, judging.models, "6.3.2", "Art. 32(1)(b)", "see: callshield models verify"),
    Rule("log_level", W, judging.log_level, "", "Art. 5(1)(c)", "set CALLSHIELD_LOG_LEVEL=warning or info"),
    Rule("clock", W, judging.clock, "10.6.1", "Art. 5(2)", "keep the clock right: chrony or systemd-timesyncd"),
)  # fmt: skip


def check(facts: Facts, preset: Preset | None = None) -> list[Checked]:
    """What every rule finds, in the order of the table."""
    return [Checked(rule, rule.weight(preset), rule.judge(facts)) for rule in RULES]


def passed(found: Sequence[Checked], *, strict: bool = False) -> bool:
    """Whether nothing must be mended. strict: nor is anything to be warned of, or unknown."""
    return not any(one.failed or (strict and one.answer.outcome is not Outcome.GOOD) for one in found)
