"""Settings: a default, a variable over it, an option over both; what is unknown or wrong is an error that names it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from command import here
from pydantic import ValidationError
from scripted import ScriptedEngine, dialogue

from pipeline.core.errors import ConfigError
from pipeline.settings import PREFIX, Settings, load_settings

VALUES = {  # of every setting: a value as text that is not its default, and what it becomes
    "models_dir": ("/some/where", Path("/some/where")),
    "engine": ("vosk", "vosk"),
    "language": ("en-GB", "en-GB"),
    "policy": ("pci", "pci"),
    "threads": ("7", 7),
    "log_level": ("debug", "debug"),
    "kafka_servers": ("kafka-1:9092,kafka-2:9092", "kafka-1:9092,kafka-2:9092"),
    "kafka_security": ("sasl_tls", "sasl_tls"),
    "kafka_ca_file": ("/ca.pem", Path("/ca.pem")),
    "kafka_cert_file": ("/cert.pem", Path("/cert.pem")),
    "kafka_key_file": ("/key.pem", Path("/key.pem")),
    "kafka_mechanism": ("PLAIN", "PLAIN"),
    "kafka_user": ("hear", "hear"),
    "kafka_password_file": ("/word", Path("/word")),
    "partitions": ("64", 64),
    "replicas": ("3", 3),
    "fleet": ("blue", "blue"),
    "tenants": ("acme,globex", "acme,globex"),
    "purposes": ("storage=pci", "storage=pci"),
    "roles": ("customer,agent", "customer,agent"),
    "keys_file": ("/keys.json", Path("/keys.json")),
    "intake_key_file": ("/intake.pem", Path("/intake.pem")),
    "key_provider": ("aws-kms:alias/callshield", "aws-kms:alias/callshield"),
    "key_provider_token_file": ("/transit-token", Path("/transit-token")),
    "key_provider_ca_file": ("/transit-ca.pem", Path("/transit-ca.pem")),
    "key_register": ("postgresql://callshield@db/keys", "postgresql://callshield@db/keys"),
    "tombstones_file": ("/tombstones", Path("/tombstones")),
    "audit_dir": ("/audit", Path("/audit")),
    "audit_anchor": ("/anchor", "/anchor"),
    "issuer_key_file": ("/issuer.pem", Path("/issuer.pem")),
    "issuer_public_file": ("/issuer.pub", Path("/issuer.pub")),
    "token_file": ("/token", Path("/token")),
    "vault_minutes": ("15", 15),
    "consent_rules": ("uk", "uk"),
    "pseudonym_key_file": ("/pseudonyms.json", Path("/pseudonyms.json")),
    "profile_key_file": ("/profile.json", Path("/profile.json")),
    "dead_keep_payload": ("true", True),
    "call_idle_s": ("120", 120),
    "reorder_ms": ("0", 0),
    "chat_idle_s": ("60", 60),
    "held_s_max": ("60", 60),
    "held_mb_max": ("64", 64),
    "store_url": ("s3://bucket/calls", "s3://bucket/calls"),
    "index_url": ("postgresql://user@host/index", "postgresql://user@host/index"),
    "retention": ("eu-gdpr", "eu-gdpr"),
    "store_proof": ("on", "on"),
    "proof_engine": ("vosk", "vosk"),
    "analytics_db": ("/a.sqlite3", Path("/a.sqlite3")),
    "metrics_host": ("0.0.0.0", "0.0.0.0"),
    "metrics_port": ("0", 0),
    "ready_lag_s": ("5", 5),
}
WRONG = {
    "engine": ["siri", "", "Vosk", "a:", ":b", "a b:c"],
    "language": ["english", "e", "EN", "en_GB", "en-gb", ""],
    "threads": ["0", "65", "-1", "two", "1.5", ""],
    "log_level": ["loud", "DEBUG", ""],
    "kafka_security": ["ssl", "TLS", ""],
    "kafka_mechanism": ["GSSAPI", "scram-sha-512"],
    "partitions": ["0", "1001", "many"],
    "key_provider": ["", "vault", "transit:vault/transit/key", "transit:https://vault/key", "aws-kms:"],
    "fleet": ["Blue", "", "-x", "a b"],
    "dead_keep_payload": ["perhaps"],
    "held_s_max": ["59", "3601"],
    "chat_idle_s": ["59", "86401"],
    "metrics_port": ["65536", "-1"],
}


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)


def test_every_setting_is_tested_here() -> None:
    assert VALUES.keys() == Settings.model_fields.keys()


def test_defaults() -> None:
    settings = load_settings()
    for name, (_, value) in VALUES.items():
        assert getattr(settings, name) != value
    assert settings.engine == "auto"
    assert settings.policy == "default"
    assert settings.models_dir == Path("models")


@pytest.mark.parametrize("name", VALUES)
def test_a_variable_wins_over_the_default(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, value = VALUES[name]
    monkeypatch.setenv(PREFIX + name.upper(), text)
    settings = load_settings()
    assert getattr(settings, name) == value
    others = Settings.model_fields.keys() - {name}
    assert all(getattr(settings, other) == Settings.model_fields[other].default for other in others)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts])
def test_a_wrong_value_names_its_variable_on_one_line(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + name.upper(), text)
    with pytest.raises(ConfigError) as caught:
        load_settings()
    message = str(caught.value)
    assert message.startswith(f"{PREFIX}{name.upper()}: ")
    assert message.isprintable()
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "name", ["CALLSHIELD_FOO", "CALLSHIELD_", "CALLSHIELD_ENGINES", "callshield_engine", "CallShield_Foo"]
)
def test_an_unknown_variable_is_an_error_that_lists_the_known(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "whisper")
    with pytest.raises(ConfigError) as caught:
        load_settings()
    message = str(caught.value)
    assert message.startswith(f"{name}: no such setting")
    for field in Settings.model_fields:
        assert PREFIX + field.upper() in message


def test_other_variables_are_none_of_our_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_CALLSHIELD_ENGINE", "siri")
    monkeypatch.setenv("ENGINE", "siri")
    assert load_settings() == Settings()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        load_settings().engine = "vosk"  # type: ignore[misc]


SAID = dialogue("A: hello there", mono=True)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "a.wav"
    sf.write(path, np.full(4_000, 5, np.int16), 8_000)
    return path


def test_an_option_wins_over_the_variable(tmp_path: Path, recording: Path) -> None:
    def policy(*options: str, variable: str = "pci") -> str:
        env = {"CALLSHIELD_POLICY": variable}
        out = tmp_path / "out"
        result = here("redact", recording, "--out", out, "--force", *options, engine=ScriptedEngine(SAID), env=env)
        assert result.code == 0, result.err
        report = (out / "a.json").read_text()
        return next(name for name in ("pci", "hipaa", "default") if f'"name": "{name}"' in report)

    assert policy() == "pci"
    assert policy("--policy", "hipaa") == "hipaa"
    assert policy("--policy", "default") == "default"


def test_variables_of_engine_language_and_folder_reach_the_loader(tmp_path: Path, recording: Path) -> None:
    env = {"CALLSHIELD_ENGINE": "vosk", "CALLSHIELD_LANGUAGE": "de", "CALLSHIELD_MODELS_DIR": str(tmp_path / "m")}
    result = here("redact", recording, "--out", tmp_path / "out", env=env)
    assert result.code == 2
    assert "no vosk model for language de" in result.error
    assert f"--models-dir {tmp_path / 'm'}" in result.error
    other = here("redact", recording, "--out", tmp_path / "out", "--language", "fr", env=env)
    assert "language fr" in other.error
