"""Files that settings name, and secrets that are none: only whether, never what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.adapters.audit_log import PRIVATE
from pipeline.adapters.consent_file import PRESETS as CONSENT_PRESETS
from pipeline.adapters.database_url import read_database_url
from pipeline.adapters.file_modes import seen_files
from pipeline.adapters.keyring import read_key_file
from pipeline.adapters.operator_tokens import revoked_path
from pipeline.adapters.policy_file import PRESETS as POLICY_PRESETS
from pipeline.adapters.retention_file import PRESETS as RETENTION_PRESETS
from pipeline.cli.stages import purposes
from pipeline.core.check_access import weak_key, weak_secret
from pipeline.core.errors import ConfigError
from pipeline.core.facts import SeenFile
from pipeline.settings import PREFIX, Settings

SECRET = (
    "keys_file", "pseudonym_key_file", "profile_key_file", "intake_key_file", "kafka_key_file", "kafka_password_file",
    "key_provider_token_file", "issuer_key_file", "token_file",
)  # fmt: skip
KEY_FILES = ("keys_file", "pseudonym_key_file", "profile_key_file")
TRUSTED = ("issuer_public_file", "kafka_ca_file", "kafka_cert_file", "key_provider_ca_file", "tombstones_file")
DATABASES = ("key_register", "index_url")


def variable(field: str) -> str:
    """The variable of a setting."""
    return PREFIX + field.upper()


def files(settings: Settings) -> Iterator[SeenFile]:
    """Modes of all that are there."""
    secret = [(variable(name), getattr(settings, name), True) for name in SECRET]
    secret.append((f"{PRIVATE} of {variable('audit_dir')}", settings.audit_dir / PRIVATE, True))
    trusted: list[tuple[str, Path | None, bool]] = [(variable(n), getattr(settings, n), False) for n in TRUSTED]
    if settings.issuer_public_file is not None:
        trusted.append(("the revocation list of tokens", revoked_path(settings.issuer_public_file), False))
    for name in DATABASES:
        trusted.append((variable(name), _file(getattr(settings, name)), False))
    for text, presets, name in (
        (settings.consent_rules, CONSENT_PRESETS, "consent_rules"),
        (settings.retention, RETENTION_PRESETS, "retention"),
    ):
        trusted.append((variable(name), Path(text) if text and text not in presets else None, False))
    for purpose, policy in purposes(settings).items():
        trusted.append((f"the policy of {purpose}", Path(policy) if policy not in POLICY_PRESETS else None, False))
    yield from seen_files([*secret, *trusted])


def weak(settings: Settings) -> Iterator[str]:
    """Settings whose password or key everybody could guess."""
    for name in DATABASES:
        try:
            url = read_database_url(getattr(settings, name))
        except ConfigError:
            continue
        if url.password is not None and weak_secret(url.password, url.user):
            yield variable(name)
    if settings.kafka_password_file is not None:
        try:
            password = settings.kafka_password_file.read_text("utf-8").partition("\n")[0]
        except (OSError, UnicodeError):
            password = None
        if password is not None and weak_secret(password, settings.kafka_user):
            yield variable("kafka_password_file")
    for name in KEY_FILES:
        path = getattr(settings, name)
        try:
            if path is not None and any(map(weak_key, read_key_file(path).keys.values())):
                yield variable(name)
        except ConfigError:
            continue  # told of by the rules of keys and of files


def _file(url: str) -> Path | None:
    try:
        return read_database_url(url).file
    except ConfigError:
        return None
