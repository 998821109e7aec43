"""A database by its URL, SQLite or PostgreSQL: durable transactions, and our errors for the driver's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError

from pipeline.core.errors import ConfigError, OutputError

WAIT_S = 30  # for other processes' transactions, which take milliseconds; a sweep's take longer
KINDS = ("sqlite", "postgresql")
READS = "callshield_reads"


class Database:
    """Transactions on one database. From any thread."""

    def __init__(self, url: str) -> None:
        """url: sqlite:///FILE or postgresql://USER@HOST/NAME. Raises ConfigError. Connects when first used."""
        try:
            parsed = make_url(url)
            if parsed.drivername.partition("+")[0] not in KINDS:
                raise ArgumentError
            if parsed.drivername == "postgresql":
                parsed = parsed.set(drivername="postgresql+psycopg")
        except ArgumentError:
            raise ConfigError("a database URL is sqlite:///FILE or postgresql://USER@HOST/NAME") from None
        self.shown = parsed.render_as_string(hide_password=True)
        self.postgres = parsed.get_backend_name() == "postgresql"
        if not self.postgres:
            self.engine: Engine = create_engine(parsed, connect_args={"timeout": WAIT_S})
            event.listen(self.engine, "connect", _sqlite)
            event.listen(self.engine, "begin", _sqlite_begins)
        else:
            self.engine = create_engine(parsed, pool_pre_ping=True, connect_args={"connect_timeout": WAIT_S})

    @contextlib.contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction, committed at the end. Raises OutputError; IntegrityError is the caller's to handle."""
        with self._told(), self.engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that only reads, and keeps no writer of SQLite waiting. Raises OutputError."""
        with self._told(), self.engine.connect().execution_options(**{READS: True}) as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def alone(self) -> Iterator[Connection]:
        """A connection without a transaction, for locks of the session. Raises OutputError."""
        with self._told(), self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Our errors for the driver's, without their texts: those hold the values of rows."""
        try:
            yield
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            cause = type(getattr(error, "orig", None) or error).__name__
            raise OutputError(
                f"{self.shown}: the database cannot be used ({cause}); see that it runs, and try again"
            ) from None

    def scrub(self) -> None:
        """After deleting: nothing of it stays in SQLite's files. PostgreSQL: VACUUM and its log see to that later."""
        if not self.postgres:
            with self._told(), contextlib.closing(self.engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")  # if others are busy, theirs does it

    def close(self) -> None:
        """Close its connections."""
        self.engine.dispose()


def _sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin below, not where the driver guesses: it leaves out DDL
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # a commit is on the disk when it returns
    cursor.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten: keys must not stay in free pages
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _sqlite_begins(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get(READS) else "BEGIN IMMEDIATE")
