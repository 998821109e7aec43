"""`callshield check` on deployments set up by commands. It makes nothing, and nothing stops it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command import Result, files, here

from pipeline.adapters.audit_log import AuditLog
from pipeline.adapters.clock import clock_good
from pipeline.adapters.database_url import is_local, read_database_url
from pipeline.adapters.file_modes import seen_files
from pipeline.adapters.index.database import open_index
from pipeline.adapters.key_register import SqlKeyRegister
from pipeline.adapters.keyring import KeyFile, write_key_file
from pipeline.adapters.keys.file import FileKeys
from pipeline.adapters.tombstones import Tombstones
from pipeline.core.checks import RULES
from pipeline.core.errors import ConfigError
from pipeline.core.facts import SeenFile, Unseen
from pipeline.ports.key_register import KeyName, Use

CLOSED = "127.0.0.1:1"  # nobody listens there


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, no Kafka, and no models to hash."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALLSHIELD_KAFKA_SERVERS", CLOSED)
    monkeypatch.setattr("pipeline.cli.seen.models", lambda _: ())
    return tmp_path


def rules(result: Result) -> dict[str, Any]:
    return {row["rule"]: row for row in result.document["rules"]}


def outcomes(*words: str, **settings: object) -> dict[str, str]:
    env = {f"CALLSHIELD_{name.upper()}": str(value) for name, value in settings.items()}
    return {name: row["outcome"] for name, row in rules(here("check", "--json", *words, env=env)).items()}


def test_a_fresh_machine_is_told_what_to_do_and_nothing_is_made(place: Path) -> None:
    result = here("check", "--json")
    found = rules(result)
    assert result.code == 1
    assert not result.document["ok"]
    assert list(found) == [rule.name for rule in RULES]
    assert found["acls"]["outcome"] == found["topics"]["outcome"] == "unknown"
    assert "Kafka at" in found["topics"]["told"]
    assert found["retention_rules"] == {
        "rule": "retention_rules", "severity": "error", "outcome": "bad",
        "told": "without rules everything is kept for good",
        "mend": "say how long calls are kept: CALLSHIELD_RETENTION", "pci": "3.2.1", "gdpr": "Art. 5(1)(e)",
    }  # fmt: skip
    assert files(place) == []


def test_a_machine_set_up_with_care_passes(place: Path) -> None:
    assert here("keys", "create", "keys.json").code == 0
    assert here("keys", "create", "names.json").code == 0
    heads = {"CALLSHIELD_AUDIT_ANCHOR": "heads"}
    assert here("tokens", "init", "away/issuer.pem", "issuer.pub", env=heads).code == 0
    (place / "kafka.pass").write_text("q8Zk3v0TnP1xWb7R\n")
    (place / "kafka.pass").chmod(0o600)
    AuditLog(place / "audit", place / "heads").append("audit.read", "dana", role="auditor")
    open_index(f"sqlite:///{place}/index.sqlite3").close()
    env = {
        "CALLSHIELD_KEYS_FILE": "keys.json", "CALLSHIELD_PSEUDONYM_KEY_FILE": "names.json",
        "CALLSHIELD_ISSUER_PUBLIC_FILE": "issuer.pub", "CALLSHIELD_KAFKA_SECURITY": "sasl_tls",
        "CALLSHIELD_KAFKA_USER": "audit", "CALLSHIELD_KAFKA_PASSWORD_FILE": "kafka.pass",
        "CALLSHIELD_AUDIT_ANCHOR": "heads", "CALLSHIELD_RETENTION": "eu-gdpr", "CALLSHIELD_CONSENT_RULES": "eu-gdpr",
        "CALLSHIELD_TENANTS": "acme", "CALLSHIELD_REPLICAS": "3", "CALLSHIELD_STORE_PROOF": "on",
    }  # fmt: skip
    result = here("check", "--json", env=env)
    found = rules(result)
    bad = {name: row["told"] for name, row in found.items() if row["outcome"] == "bad"}
    assert bad.keys() <= {"clock"}, bad  # of the machine the tests run on
    assert result.code == 0
    for name in ("audit", "audit_anchor", "index", "key_age", "secret_files", "trusted_files", "consent_purposes"):
        assert found[name]["outcome"] == "good", found[name]
    assert here("check", "--strict", env=env).code == 1  # Kafka is not there


def test_settings_that_weaken_it_are_found(place: Path) -> None:
    write_key_file(place / "weak.json", KeyFile("2020-01-31-1", {"2020-01-31-1": bytes(32)}))
    (place / "pass").write_text("kafka\n")
    (place / "mine.yaml").write_text(
        "name: mine\nentities: {CARD_NUMBER: keep, PERSON_NAME: keep}\ndoubt: {words: keep}\n"
    )
    (place / "mine.yaml").chmod(0o666)
    found = outcomes(
        keys_file="weak.json", kafka_servers="kafka.invalid:9092", kafka_security="sasl_plaintext", kafka_user="kafka",
        kafka_password_file="pass", metrics_host="0.0.0.0", log_level="debug", dead_keep_payload="true",
        purposes="storage=mine.yaml", key_register="sqlite:///recordings/keys.sqlite3",
    )  # fmt: skip
    assert {name for name, outcome in found.items() if outcome == "bad"} >= {
        "tls", "default_secrets", "metrics_address", "log_level", "dead_letters", "card_data", "personal_data", "doubt",
        "trusted_files", "key_age", "walls", "proof", "copies",
    }  # fmt: skip


def test_secrets_others_may_read_are_found_by_their_mode(place: Path) -> None:
    here("keys", "create", "keys.json")
    (place / "keys.json").chmod(0o644)
    found = rules(here("check", "--json", env={"CALLSHIELD_KEYS_FILE": "keys.json"}))
    assert found["secret_files"]["told"] == "CALLSHIELD_KEYS_FILE has mode 644"
    assert found["key_age"]["outcome"] == "bad"  # nobody can use it so


def test_a_tampered_audit_log_is_found(place: Path) -> None:
    log = AuditLog(place / "audit", place / "heads")
    for _ in range(3):
        log.append("audit.read", "dana", role="auditor")
    path = place / "audit" / "log.jsonl"
    path.write_text(path.read_text().replace("dana", "erin", 1))
    found = rules(here("check", "--json", env={"CALLSHIELD_AUDIT_ANCHOR": "heads"}))
    assert found["audit"]["outcome"] == "bad"
    path.unlink()
    assert outcomes(audit_anchor="heads")["audit"] == "bad"  # cut off whole


def test_a_register_without_its_tombstones_is_found(place: Path) -> None:
    here("keys", "create", "keys.json")
    env = {"CALLSHIELD_KEYS_FILE": "keys.json"}
    assert here("keys", "verify", env=env).code == 0
    found = outcomes(keys_file="keys.json")
    assert found["register"] == found["tombstones"] == found["rewrapped"] == "good"
    register = SqlKeyRegister(
        "sqlite:///keys.sqlite3", Tombstones(Path("tombstones.jsonl")), FileKeys(place / "keys.json")
    )
    name = KeyName("acme", "c1", 1, Use.STORE)
    register.create(name)
    register.destroy(name, "erasure", 2)
    register.close()
    (place / "tombstones.jsonl").unlink()
    found = outcomes(keys_file="keys.json")
    assert found["register"] == found["tombstones"] == "bad"


def test_an_index_that_is_down_or_none_is_found(place: Path) -> None:
    (place / "index.sqlite3").write_bytes(b"no database at all" * 100)
    assert outcomes()["index"] == "bad"
    assert outcomes(index_url="postgresql://callshield:q8Zk3v0TnP1x@127.0.0.1:1/index")["index"] == "bad"


def test_for_people_it_names_the_mend_and_counts(place: Path) -> None:
    result = here("check", "--bad-only", env={"NO_COLOR": "1"})
    assert "mend: say how long calls are kept: CALLSHIELD_RETENTION" in result.out
    assert "\x1b" not in result.out
    assert "metrics are open to this machine only" not in result.out
    assert result.out.splitlines()[-1].endswith(" good")


def test_presets_and_their_names(place: Path) -> None:
    assert rules(here("check", "--json"))["consent_rules"]["severity"] == "warning"
    assert rules(here("check", "--json", "--preset", "gdpr"))["consent_rules"]["severity"] == "error"
    assert rules(here("check", "--json", "--preset", "pci"))["consent_rules"]["severity"] == "warning"
    assert here("check", "--preset", "hipaa").code == 2


def test_a_policy_that_is_none_is_an_error_not_a_finding(place: Path) -> None:
    result = here("check", env={"CALLSHIELD_PURPOSES": "storage=nothing.yaml"})
    assert result.code == 2
    assert "nothing.yaml" in result.error


def test_nothing_secret_is_told(place: Path) -> None:
    (place / "pass").write_text("Tr0ub4dor&3\n")
    url = "postgresql://audit:hunter2hunter2@db.invalid/index"
    result = here("check", "--json", env={
        "CALLSHIELD_KAFKA_SECURITY": "sasl_tls", "CALLSHIELD_KAFKA_USER": "u", "CALLSHIELD_KAFKA_PASSWORD_FILE": "pass",
        "CALLSHIELD_KEY_REGISTER": url, "CALLSHIELD_INDEX_URL": "sqlite:///i.sqlite3",
    })  # fmt: skip
    assert "Tr0ub4dor" not in result.out + result.err
    assert "hunter2" not in result.out + result.err
    assert json.loads(result.out)["rules"]


@pytest.mark.parametrize(
    ("url", "local", "encrypted"),
    [
        ("sqlite:///keys.sqlite3", True, False),
        ("postgresql:///keys", True, False),
        ("postgresql://u@localhost/keys", True, False),
        ("postgresql://u@/keys?host=/run/postgresql", True, False),
        ("postgresql://u@db/keys", False, False),
        ("postgresql://u@db/keys?sslmode=prefer", False, False),
        ("postgresql://u@db/keys?sslmode=verify-full", False, True),
    ],
)
def test_ways_to_a_database(url: str, local: bool, encrypted: bool) -> None:
    found = read_database_url(url)
    assert (found.local, found.encrypted) == (local, encrypted)


def test_what_is_no_url_of_a_database() -> None:
    with pytest.raises(ConfigError):
        read_database_url("no url")


@pytest.mark.parametrize(
    ("host", "local"), [("127.0.0.7", True), ("[::1]", True), ("Localhost", True), ("0.0.0.0", False), ("kafka", False)]
)
def test_which_hosts_are_this_machine(host: str, local: bool) -> None:
    assert is_local(host) is local


def test_modes_are_those_of_files_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.touch(0o640)
    path.chmod(0o640)
    assert list(seen_files([("a", path, True), ("b", tmp_path / "none", True), ("c", None, False)])) == [
        SeenFile("a", 0o640, secret=True)
    ]


def test_the_clock_is_asked_and_left_alone() -> None:
    found = clock_good()
    assert isinstance(found, bool | Unseen)
    assert clock_good() == found
