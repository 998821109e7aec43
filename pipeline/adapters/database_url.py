"""What the URL of a database says of the way to it, and of the secret in it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from pipeline.core.errors import ConfigError

VERIFIED = ("verify-ca", "verify-full")


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """local: it is on this machine. encrypted: TLS, with the server's certificate verified. file: of SQLite.

    password: None: there is none in the URL.
    """

    local: bool
    encrypted: bool
    user: str
    password: str | None
    file: Path | None


def read_database_url(url: str) -> DatabaseUrl:
    """Raises ConfigError."""
    try:
        found = make_url(url)
    except ArgumentError:
        raise ConfigError("a database URL is sqlite:///FILE or postgresql://USER@HOST/NAME") from None
    if found.get_backend_name() == "sqlite":
        return DatabaseUrl(True, False, "", None, Path(found.database) if found.database else None)
    host = found.host or str(found.query.get("host", ""))
    return DatabaseUrl(
        is_local(host), found.query.get("sslmode") in VERIFIED, found.username or "",
        None if found.password is None else str(found.password), None,
    )  # fmt: skip


def is_local(host: str) -> bool:
    """Whether a host's name is this machine: none at all, a socket's path, localhost or a loopback address."""
    plain = host.strip("[]").casefold()
    if plain in ("", "localhost") or plain.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(plain).is_loopback
    except ValueError:
        return False
