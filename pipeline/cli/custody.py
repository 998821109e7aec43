"""From settings to who keeps keys and who writes down what was done with them."""

from __future__ import annotations

from pathlib import Path

from pipeline.adapters.audit_log import AuditLog
from pipeline.adapters.key_register import SqlKeyRegister
from pipeline.adapters.keys.aws_kms import AwsKmsKeys
from pipeline.adapters.keys.file import FileKeys
from pipeline.adapters.keys.transit import TransitKeys
from pipeline.adapters.objects import open_objects
from pipeline.adapters.tombstones import Tombstones
from pipeline.core.errors import ConfigError
from pipeline.ports.key_provider import KeyProvider
from pipeline.settings import Settings


def key_provider(settings: Settings) -> KeyProvider:
    """Who wraps data keys of stored calls. Raises ConfigError."""
    kind, _, where = settings.key_provider.partition(":")
    if kind == AwsKmsKeys.kind:
        return AwsKmsKeys(where)
    if kind == TransitKeys.kind:
        if settings.key_provider_token_file is None:
            raise ConfigError("CALLSHIELD_KEY_PROVIDER_TOKEN_FILE: transit needs a token; name the file it is in")
        return TransitKeys(where, settings.key_provider_token_file, settings.key_provider_ca_file)
    if settings.keys_file is None:
        raise ConfigError("CALLSHIELD_KEYS_FILE: stored calls need a key file; make one with: callshield keys create")
    return FileKeys(settings.keys_file)


def key_register(settings: Settings) -> SqlKeyRegister:
    """The register of data keys. Raises ConfigError, TamperedError, OutputError."""
    return SqlKeyRegister(settings.key_register, Tombstones(settings.tombstones_file), key_provider(settings))


def audit_log(settings: Settings) -> AuditLog:
    """The audit log of this machine. Raises ConfigError."""
    named = [part.strip() for part in settings.audit_anchor.split(",") if part.strip()]
    buckets = [part for part in named if part.startswith("s3://")]
    folders = [part for part in named if "://" not in part]
    if len(buckets) > 1 or len(folders) > 1 or len(buckets) + len(folders) != len(named):
        raise ConfigError("CALLSHIELD_AUDIT_ANCHOR: write a folder, s3://bucket/prefix, or one of each by a comma")
    return AuditLog(
        settings.audit_dir,
        Path(folders[0]) if folders else None,
        open_objects(buckets[0]) if buckets else None,
    )
