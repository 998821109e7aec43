"""The index's database, SQLite or PostgreSQL, brought to the tables of this release when it is opened."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from pipeline.adapters.index.schema import REVISION
from pipeline.adapters.sql import Database
from pipeline.core.errors import ConfigError

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


def _migrate(connection: Connection, *, postgres: bool) -> None:
    if postgres:  # SQLite's transaction is lock enough
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    now = _revision(connection)
    if now == REVISION:
        return
    from pipeline.adapters.index.upgrade import upgrade  # noqa: PLC0415 - a tenth of a second no other command needs

    upgrade(connection, now)


def _revision(connection: Connection) -> str | None:
    """Of the tables, as Alembic keeps it; None: there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
