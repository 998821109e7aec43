"""Every rule of the self-audit, with a deployment that keeps it and one that does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.consent_file import rules_preset
from pipeline.adapters.policy_file import preset
from pipeline.adapters.retention_file import find_rules
from pipeline.core.answer import NAMED_MAX, Outcome, some
from pipeline.core.check_access import weak_key, weak_secret
from pipeline.core.checks import RULES, Preset, Severity, check, passed
from pipeline.core.doubt import Doubt
from pipeline.core.facts import (
    Acls,
    AuditLog,
    Facts,
    IndexFacts,
    KeyInUse,
    Line,
    Register,
    SeenFile,
    SeenModel,
    Unseen,
)
from pipeline.core.policy import DataClass, Policy, Rule
from pipeline.core.retention import DAY_MS
from pipeline.core.retention_rules import TopicTerm
from pipeline.core.tone import Action

NOW = 2_000 * DAY_MS
ALL = preset("default")
AUDIT = AuditLog(9, 0, apart=True)
GOOD = Facts(
    now_ms=NOW,
    lines=(Line("the line to Kafka", local=False, encrypted=True), Line("the register", local=True, encrypted=False)),
    kafka_login=True,
    topics=(),
    acls=Acls(),
    terms=(TopicTerm("calls.audio", "processing", DAY_MS, DAY_MS, "eu-gdpr"),),
    replicas=3,
    files=(SeenFile("KEYS", 0o600, secret=True), SeenFile("POLICY", 0o644, secret=False)),
    weak=(),
    walls=(),
    tenants=2,
    metrics_local=True,
    operators=True,
    issuer_here=False,
    keys=(KeyInUse("KEYS", 30),),
    register=Register(5, 0),
    tombstones=2,
    store=True,
    index=IndexFacts(5, NOW - DAY_MS, 0),
    audit=AUDIT,
    policies={"storage": ALL},
    consent=rules_preset("eu-gdpr"),
    retention=find_rules("eu-gdpr"),
    pseudonyms=True,
    models=(SeenModel("whisper-tiny.en", "whisper", "en", "MIT", "00", good=True),),
    log_level="warning",
    clock_good=True,
    proof=True,
    dead_payload=False,
)


def keeping(entity: str, data_class: str = "") -> Policy:
    """A policy that lets one kind of secret be heard."""
    rule = Rule(Action.KEEP, data_class or ALL.data_class(entity))
    return replace(ALL, name="mine", rules={**ALL.rules, entity: rule})


VAULT: Any = {"policies": {"storage": replace(ALL, vault=frozenset({"PHONE"}))}}
BROKEN = Unseen("it does not answer", broken=True)
FAILING: list[tuple[str, dict[str, Any], str]] = [
    ("tls", {"lines": (Line("the line to Kafka", local=False, encrypted=False),)}, "Kafka is in clear"),
    ("kafka_login", {"kafka_login": False}, "takes anybody"),
    ("acls", {"acls": Acls(missing=("User:a may read topic b",))}, "missing: User:a"),
    ("acls", {"acls": Acls(beyond=("User:a may read topic b",))}, "beyond: User:a"),
    ("acls", {"acls": BROKEN}, "does not answer"),
    ("operators", {"operators": False}, "nobody can act"),
    ("issuer_apart", {"issuer_here": True}, "on this machine"),
    ("secret_files", {"files": (SeenFile("KEYS", 0o640, secret=True),)}, "KEYS has mode 640"),
    ("secret_files", {"files": (SeenFile("KEYS", 0o604, secret=True),)}, "KEYS has mode 604"),
    ("trusted_files", {"files": (SeenFile("POLICY", 0o664, secret=False),)}, "POLICY has mode 664"),
    ("trusted_files", {"files": (SeenFile("POLICY", 0o646, secret=False),)}, "POLICY has mode 646"),
    ("default_secrets", {"weak": ("CALLSHIELD_INDEX_URL",)}, "CALLSHIELD_INDEX_URL"),
    ("metrics_address", {"metrics_local": False}, "open to the network"),
    ("tenants", {"tenants": 0}, "any tenant"),
    ("topics", {"topics": ("calls.audio: retention.ms is 9, should be 8",)}, "retention.ms is 9"),
    ("copies", {"replicas": 1}, "one copy"),
    ("retention_rules", {"retention": None}, "for good"),
    ("topic_terms", {"terms": (TopicTerm("calls.audio", "processing", 9, 8),)}, "longer"),
    ("topic_terms", {"terms": (TopicTerm("calls.audio", "processing", 9, None),)}, "no rule names it"),
    ("sweep", {"index": IndexFacts(5, None, 0)}, "no sweep"),
    ("sweep", {"index": IndexFacts(5, NOW - 9 * DAY_MS, 0)}, "9 days ago"),
    ("requests", {"index": IndexFacts(5, NOW, 3)}, "3 requests"),
    ("key_age", {"keys": (KeyInUse("KEYS", 367),)}, "KEYS is 367 days old"),
    ("key_age", {"keys": (KeyInUse("KEYS", 367), KeyInUse("transit", None))}, "KEYS is 367 days old"),
    ("key_age", {"keys": BROKEN}, "does not answer"),
    ("rewrapped", {"register": Register(5, 2)}, "2 of 5"),
    ("register", {"register": BROKEN}, "does not answer"),
    ("tombstones", {"tombstones": BROKEN}, "does not answer"),
    ("store", {"store": BROKEN}, "does not answer"),
    ("index", {"index": BROKEN}, "does not answer"),
    ("walls", {"walls": ("key register and index are one database",)}, "one database"),
    ("audit", {"audit": replace(AUDIT, problems=2)}, "2 problems"),
    ("audit", {"audit": BROKEN}, "does not answer"),
    ("audit_anchor", {"audit": replace(AUDIT, apart=False)}, "beside the log"),
    ("card_data", {"policies": {"analytics": keeping("CARD_NUMBER")}}, "analytics: policy mine keeps CARD_NUMBER"),
    ("card_data", {"policies": {"analytics": keeping("CARD_NUMBER", DataClass.CONTACT)}}, "keeps CARD_NUMBER"),
    ("card_data", {"policies": {"analytics": keeping("EMAIL", DataClass.AUTHENTICATION)}}, "keeps EMAIL"),
    ("personal_data", {"policies": {"analytics": keeping("PERSON_NAME")}}, "keeps PERSON_NAME"),
    ("doubt", {"policies": {"storage": replace(ALL, doubt=Doubt(words=False))}}, "doubtful by words"),
    ("vault", {**VAULT, "operators": False}, "no operators"),
    ("vault", {**VAULT, "retention": None}, "no retention rules"),
    ("vault", {**VAULT, "audit": replace(AUDIT, apart=False)}, "signed heads"),
    ("vault", {**VAULT, "audit": BROKEN}, "signed heads"),
    ("proof", {"proof": False}, "not heard again"),
    ("dead_letters", {"dead_payload": True}, "hold messages"),
    ("consent_rules", {"consent": None}, "every purpose gets every call"),
    ("consent_purposes", {"policies": {"marketing": ALL}}, "marketing: no consent rule"),
    ("pseudonym_keys", {"pseudonyms": False}, "dropped"),
    ("models", {"models": (SeenModel("m", "vosk", "en", "MIT", "", good=False),)}, "m is not what was registered"),
    ("log_level", {"log_level": "debug"}, "debug"),
    ("clock", {"clock_good": False}, "nothing keeps"),
    ("clock", {"audit": replace(AUDIT, clock_back=1)}, "went back 1 times"),
]
AWAY = Unseen("it is not there")
UNKNOWN: list[tuple[str, dict[str, Any]]] = [
    ("acls", {"acls": AWAY}),
    ("topics", {"topics": AWAY}),
    ("topic_terms", {"terms": AWAY}),
    ("sweep", {"index": AWAY}),
    ("requests", {"index": AWAY}),
    ("key_age", {"keys": AWAY}),
    ("key_age", {"keys": (KeyInUse("transit", None),)}),
    ("rewrapped", {"register": AWAY}),
    ("register", {"register": AWAY}),
    ("tombstones", {"tombstones": AWAY}),
    ("store", {"store": AWAY}),
    ("index", {"index": AWAY}),
    ("audit", {"audit": AWAY}),
    ("audit_anchor", {"audit": AWAY}),
    ("consent_purposes", {"consent": None}),
    ("models", {"models": AWAY}),
    ("models", {"models": ()}),
    ("clock", {"clock_good": AWAY}),
]


def one(facts: Facts, name: str, held_to: Preset | None = None) -> Any:
    (found,) = [c for c in check(facts, held_to) if c.rule.name == name]
    return found


@pytest.mark.parametrize("name", [rule.name for rule in RULES])
def test_a_good_deployment_keeps_every_rule(name: str) -> None:
    assert one(GOOD, name).answer.outcome is Outcome.GOOD


def test_every_rule_has_a_failing_case_and_a_name_of_its_own() -> None:
    names = [rule.name for rule in RULES]
    assert sorted(set(names)) == sorted(names)
    assert {name for name, _, _ in FAILING} == set(names)


@pytest.mark.parametrize(("name", "changed", "told"), FAILING)
def test_a_rule_fails_and_says_why(name: str, changed: dict[str, Any], told: str) -> None:
    found = one(replace(GOOD, **changed), name)
    assert found.answer.outcome is Outcome.BAD
    assert told in found.answer.told
    assert found.failed is (found.rule.severity is Severity.ERROR)


@pytest.mark.parametrize(("name", "changed"), UNKNOWN)
def test_what_cannot_be_looked_at_is_unknown(name: str, changed: dict[str, Any]) -> None:
    found = one(replace(GOOD, **changed), name)
    assert found.answer.outcome is Outcome.UNKNOWN
    assert not found.failed


def test_a_vault_that_is_guarded_is_good_and_nothing_kept_needs_no_sweep() -> None:
    assert one(replace(GOOD, **VAULT), "vault").answer.outcome is Outcome.GOOD
    assert one(replace(GOOD, index=IndexFacts(0, None, 0)), "sweep").answer.outcome is Outcome.GOOD


def test_presets_turn_warnings_into_errors_of_what_they_ask_for() -> None:
    heard = replace(GOOD, policies={"analytics": keeping("CARD_NUMBER")})
    assert passed(check(heard))
    assert passed(check(heard, Preset.GDPR))
    assert not passed(check(heard, Preset.PCI))
    silent = replace(GOOD, consent=None)
    assert passed(check(silent))
    assert passed(check(silent, Preset.PCI))
    assert not passed(check(silent, Preset.GDPR))


@given(st.sampled_from(FAILING), st.sampled_from(list(Preset)))
def test_a_preset_never_excuses_anything(case: tuple[str, dict[str, Any], str], held_to: Preset) -> None:
    facts = replace(GOOD, **case[1])
    assert passed(check(facts)) or not passed(check(facts, held_to))


def test_strict_takes_neither_warnings_nor_unknowns() -> None:
    assert passed(check(GOOD), strict=True)
    assert not passed(check(replace(GOOD, proof=False)), strict=True)
    assert not passed(check(replace(GOOD, clock_good=AWAY)), strict=True)
    assert passed(check(replace(GOOD, proof=False, clock_good=AWAY)))


@pytest.mark.parametrize(
    ("secret", "user", "weak"),
    [
        ("", "", True), ("postgres", "", True), ("Password123!", "", True), ("short-but-odd", "", False),
        ("callshield-hear", "callshield-hear", True), ("callshield-hear1", "callshield-hear", True),
        ("q8Zk3v0TnP1xWb7R", "callshield", False), ("aB3$xY9", "", True),
    ],
)  # fmt: skip
def test_secrets_everybody_could_guess(secret: str, user: str, weak: bool) -> None:
    assert weak_secret(secret, user) is weak


@pytest.mark.parametrize("key", [bytes(32), bytes(range(32)), b"callshield-key-callshield-key-ca", b"ab" * 16])
def test_keys_that_are_none(key: bytes) -> None:
    assert weak_key(key)


@given(st.randoms(use_true_random=True))
def test_random_keys_are_keys(random: Any) -> None:
    assert not weak_key(random.randbytes(32))


@given(st.lists(st.text("ab", min_size=1), min_size=1, max_size=9))
def test_a_line_names_the_first_few_and_counts_the_rest(found: list[str]) -> None:
    told = some(found)
    assert told.startswith(found[0])
    assert (f"and {len(found) - NAMED_MAX} more" in told) is (len(found) > NAMED_MAX)
