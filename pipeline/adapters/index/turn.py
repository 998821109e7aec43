"""One at a time: who decides that calls go, and who says that they must stay."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from pipeline.adapters.audio_files import not_written
from pipeline.adapters.sql import Database

_LOCK = 0x4B455054  # of PostgreSQL


@contextlib.contextmanager
def turn(index: Database) -> Iterator[None]:
    """While it is held nobody else places a hold, restricts or disposes of a call. Waits for it. Raises OutputError.

    A process that dies lets go of it. PostgreSQL: for all machines; SQLite, which is of one machine: a file beside it.
    """
    if index.postgres:
        with index.alone() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
        return
    path = Path(f"{index.engine.url.database}.turn")
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise not_written(path, error) from None
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
