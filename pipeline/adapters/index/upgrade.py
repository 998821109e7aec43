"""Alembic on the index: its tables brought to those of this release, within the transaction that is open."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from pipeline.core.errors import ConfigError

MIGRATIONS = Path(__file__).parent / "migrations"


def migrations(connection: Connection) -> Config:
    """Alembic set up to work on this connection, within its transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection, now: str | None) -> None:
    """To the tables of this release. now: the revision it has. Raises ConfigError if that is of a newer one."""
    try:
        command.upgrade(migrations(connection), "head")
    except CommandError:
        raise ConfigError(f"the index is of a newer release of callshield (revision {now}); upgrade this one") from None
