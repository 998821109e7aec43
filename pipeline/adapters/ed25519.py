"""Signing keys (Ed25519) as PEM files: of the audit log, and of who issues operator tokens."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pipeline.adapters.audio_files import not_written, shown
from pipeline.core.errors import ConfigError

ID_CHARS = 16


def public_pem(key: Ed25519PublicKey) -> bytes:
    """The key as PEM."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_id(key: Ed25519PublicKey) -> str:
    """What a public key is called: the beginning of its SHA-256."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:ID_CHARS]


def read_public(path: Path) -> Ed25519PublicKey:
    """Raises ConfigError."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError):
        raise ConfigError(f"{shown(path)}: no public key of Ed25519 can be read; name the right file") from None
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigError(f"{shown(path)}: not a key of Ed25519; name the right file")
    return key


def read_private(path: Path) -> Ed25519PrivateKey:
    """Raises ConfigError, also if others than its owner may read it."""
    try:
        mode, pem = path.stat().st_mode, path.read_bytes()
        key = serialization.load_pem_private_key(pem, None)
    except (OSError, ValueError, TypeError):
        raise ConfigError(f"{shown(path)}: no private key of Ed25519 can be read; name the right file") from None
    if mode & 0o077:
        raise ConfigError(f"{shown(path)}: others may read the key; run: chmod 600 {shown(path)}")
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"{shown(path)}: not a key of Ed25519; name the right file")
    return key


def write_private(path: Path, key: Ed25519PrivateKey) -> None:
    """For its owner only; an existing file is left alone. Raises OutputError, FileExistsError."""
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_new(path, pem, 0o600)


def write_new(path: Path, data: bytes, mode: int) -> None:
    """Write a file that is not there yet, durably. Raises OutputError, FileExistsError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise
    except OSError as error:
        raise not_written(path, error) from None
