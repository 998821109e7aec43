"""The one place settings are read: defaults, then CALLSHIELD_* variables, then the command line."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.core.errors import ConfigError

PREFIX = "CALLSHIELD_"
ENGINE = re.compile(r"auto|whisper|vosk|[A-Za-z_][\w.]*:[A-Za-z_]\w*")


class Settings(BaseSettings):
    """What a machine or an operator sets once. Every field is also a variable: CALLSHIELD_MODELS_DIR and so on."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    models_dir: Path = Field(default=Path("models"), description="where speech models lie")
    engine: str = Field(default="auto", description="speech recogniser: one of ours, or module:function of your own")
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$", description="language spoken")
    policy: str = Field(default="default", description="preset name or policy file")
    threads: int = Field(default=2, ge=1, le=64, description="rounds of recognition side by side")
    kafka_servers: str = Field(default="localhost:9092", description="Kafka: host:port, several by commas")
    kafka_security: Literal["plaintext", "tls", "sasl_plaintext", "sasl_tls"] = Field(
        default="plaintext", description="Kafka: TLS, SASL, both or none"
    )
    kafka_ca_file: Path | None = Field(default=None, description="Kafka: certificates to trust, PEM")
    kafka_cert_file: Path | None = Field(default=None, description="Kafka: client certificate, PEM")
    kafka_key_file: Path | None = Field(default=None, description="Kafka: key of the client certificate, PEM")
    kafka_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = Field(
        default="SCRAM-SHA-512", description="Kafka: how SASL proves who we are"
    )
    kafka_user: str = Field(default="", description="Kafka: SASL user")
    kafka_password_file: Path | None = Field(default=None, description="Kafka: file with the SASL password")
    partitions: int = Field(default=8, ge=1, le=1000, description="partitions of each topic")
    replicas: int = Field(default=1, ge=1, le=9, description="copies of each topic")
    fleet: str = Field(
        default="main", pattern=r"^[a-z0-9][a-z0-9-]{0,31}$", description="workers that judge a call from start to end"
    )
    tenants: str = Field(default="", description="tenants that may send calls and chats, by commas; empty: any")
    purposes: str = Field(
        default="storage=default,analytics=default",
        description="who gets redacted audio and chat, each with its policy",
    )
    roles: str = Field(default="agent,customer", description="who speaks on the channels of a live call")
    keys_file: Path | None = Field(default=None, description="key-encryption keys, made by: callshield keys create")
    intake_key_file: Path | None = Field(default=None, description="private key recorders may encrypt to, PEM")
    key_provider: str = Field(
        default="file",
        pattern=r"^(file|transit:https?://[^\s/]+(/[A-Za-z0-9_.-]+){2,8}|aws-kms:[A-Za-z0-9_:/.-]{1,256})$",
        description="who wraps keys of stored calls: file, transit:URL/MOUNT/KEY or aws-kms:KEY",
    )
    key_provider_token_file: Path | None = Field(default=None, description="token for transit")
    key_provider_ca_file: Path | None = Field(default=None, description="certificates to trust for transit, PEM")
    key_register: str = Field(
        default="sqlite:///keys.sqlite3", description="database of the wrapped keys of stored calls"
    )
    tombstones_file: Path = Field(default=Path("tombstones.jsonl"), description="names of keys that were destroyed")
    audit_dir: Path = Field(default=Path("audit"), description="folder of the audit log")
    audit_anchor: str = Field(default="", description="where its signed heads are kept, outside")
    issuer_key_file: Path | None = Field(default=None, description="private key that operator tokens are issued with")
    issuer_public_file: Path | None = Field(default=None, description="public key of who issues operator tokens")
    token_file: Path | None = Field(default=None, description="the operator token commands act with")
    consent_rules: str = Field(default="", description="who may have calls: preset or file; empty: nobody asks")
    pseudonym_key_file: Path | None = Field(default=None, description="keys of pseudonyms, of callers and others")
    vault_minutes: int = Field(
        default=60, ge=1, le=720, description="how long after its issue a token opens originals of the vault"
    )
    profile_key_file: Path | None = Field(default=None, description="keys that profiles of customers are made with")
    dead_keep_payload: bool = Field(default=False, description="dead letters hold the message, encrypted")
    call_idle_s: int = Field(default=60, ge=5, le=3600, description="a call without audio this long has ended")
    reorder_ms: int = Field(
        default=2000, ge=0, le=30_000, description="how late audio, or a chat message, may come and still fit in"
    )
    chat_idle_s: int = Field(
        default=1800, ge=60, le=86_400, description="a conversation without a message this long is over"
    )
    held_s_max: int = Field(default=600, ge=60, le=3600, description="audio held longer leaves as silence")
    held_mb_max: int = Field(default=512, ge=16, le=65_536, description="audio one worker holds before it pauses")
    store_url: str = Field(default="recordings", description="where stored calls lie: a folder, or s3://bucket/prefix")
    index_url: str = Field(default="sqlite:///index.sqlite3", description="database that says what is stored")
    retention: str = Field(default="", description="how long calls are kept: preset or rules file")
    store_proof: Literal["off", "on"] = Field(default="off", description="store proves a call before it is to be seen")
    proof_engine: str = Field(default="auto", description="who hears a redacted call again, to prove it")
    analytics_db: Path = Field(default=Path("analytics.sqlite3"), description="where analytics writes its tables")
    metrics_host: str = Field(default="127.0.0.1", description="address of /metrics, /healthz and /readyz")
    metrics_port: int = Field(default=9464, ge=0, le=65_535, description="its port; 0: any free one")
    ready_lag_s: int = Field(default=30, ge=1, le=3600, description="a worker further behind is not ready")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="warning", description="log threshold")

    @field_validator("engine", "proof_engine")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        if not ENGINE.fullmatch(value):
            raise PydanticCustomError("engine", "input should be 'auto', 'whisper' or 'vosk', or module:function")
        return value


def load_settings() -> Settings:
    """Settings of this process. Raises ConfigError naming the variable that is unknown or wrong."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in os.environ:
        if name.upper().startswith(PREFIX) and name not in known:  # variables are told apart by case
            raise ConfigError(f"{ascii(name)[1:-1]}: no such setting; known are {', '.join(sorted(known))}")
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = f"{PREFIX}{str(first['loc'][0]).upper()}"
        raise ConfigError(f"{name}: {first['msg'][0].lower()}{first['msg'][1:]}") from None
