"""The index's database, SQLite or PostgreSQL, brought to the tables of this release when it is opened."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, text

from pipeline.adapters.sql import Database
from pipeline.core.errors import ConfigError

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x43414C4C  # of PostgreSQL, while tables are brought up to date


def open_index(url: str) -> Database:
    """Connect, and bring the tables up to date: one worker at a time, and all of it or nothing.

    Raises ConfigError for a URL that is none, or tables of a newer release; OutputError if it cannot be reached now.
    """
    try:
        base = Database(url)
    except ConfigError as error:
        raise ConfigError(f"CALLSHIELD_INDEX_URL: {error}") from None
    try:
        with base.begin() as connection:
            _migrate(connection, postgres=base.postgres)
    except BaseException:
        base.close()
        raise
    return base


def migrations(connection: Connection) -> Config:
    """Alembic set up to work on this connection, within its transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _migrate(connection: Connection, *, postgres: bool) -> None:
    if postgres:  # SQLite's transaction is lock enough
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    now = MigrationContext.configure(connection).get_current_revision()
    if now == ScriptDirectory(str(MIGRATIONS)).get_current_head():
        return
    try:
        command.upgrade(migrations(connection), "head")
    except CommandError:
        raise ConfigError(f"the index is of a newer release of callshield (revision {now}); upgrade this one") from None
