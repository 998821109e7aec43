"""A PostgreSQL server for the tests: a cluster of its own in a temporary folder, reached by a socket in it only."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import psycopg

USER = "postgres"
START_S = 30.0


class Server:
    """The running server. The cluster belongs to a user that is not root, as PostgreSQL wants it."""

    def __init__(self, *, durable: bool = False) -> None:
        """durable: as it comes; else without forcing anything to the disk, for tests."""
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._as: dict[str, str] = {"user": USER, "group": USER} if os.geteuid() == 0 else {}
        if self._as:
            shutil.chown(self.folder, USER, USER)
        bins = binaries()
        data = self.folder / "data"
        command = [bins / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, **self._as)  # type: ignore[call-overload]
        settings = ("listen_addresses=", "max_connections=50", f"fsync={'on' if durable else 'off'}")
        self._command = [bins / "postgres", "-D", data, "-k", self.folder, *(w for s in settings for w in ("-c", s))]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, cwd=self.folder, **self._as)  # type: ignore[call-overload]
        until = time.monotonic() + START_S
        while True:
            try:
                psycopg.connect(host=str(self.folder), user=USER, dbname="postgres").close()
                return
            except psycopg.OperationalError:
                assert time.monotonic() < until, (self.folder / "log").read_text()
                time.sleep(0.1)

    def stop(self) -> None:
        """Stop at once, as a machine losing power would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(START_S)
            self._process = None

    def database(self) -> str:
        """Url of a new, empty database."""
        name = f"t{uuid.uuid4().hex[:12]}"
        with psycopg.connect(host=str(self.folder), user=USER, dbname="postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
        return f"postgresql://{USER}@/{name}?host={self.folder}"

    def remove(self) -> None:
        """Stop, and leave nothing."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def binaries() -> Path:
    """Where PostgreSQL lies: Debian keeps it out of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    initdb = found[-1] if found else shutil.which("initdb")
    if initdb is None:
        raise RuntimeError("PostgreSQL is not here, and the tests need it: apt-get install postgresql")
    return Path(initdb).resolve().parent


@functools.cache
def server() -> Server:
    """The one of this run, started when the first test needs it."""
    started = Server()
    atexit.register(started.remove)
    return started
