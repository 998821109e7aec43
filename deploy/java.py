"""What the scripts in the folders beside it share: JARs from Maven Central, pinned and verified, and a server."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

READY_S_MAX, STOP_S_MAX, FETCH_S_MAX, LOOK_S = 90, 20, 900, 0.1
PR_SET_PDEATHSIG = 1


def jars_folder(here: Path, cache: Path) -> Path:
    """Where the JARs that libs.sha256 in `here` names are kept: a folder in the cache for each listing."""
    return cache / hashlib.sha256((here / "libs.sha256").read_bytes()).hexdigest()[:16]


def libraries(here: Path, cache: Path, product: str) -> Path:
    """The folder with those JARs, verified; fetched by Maven with the pom.xml in `here` if it is not there yet."""
    folder = jars_folder(here, cache)
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with (cache / "lock").open("w") as lock, tempfile.TemporaryDirectory(dir=cache, prefix="fetch-") as temporary:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.is_dir():  # another start was first
                _fetch(here / "pom.xml", Path(temporary) / "jars", product)
                (Path(temporary) / "jars").rename(folder)
    listing = (here / "libs.sha256").read_text(encoding="utf-8")
    expected = {name: digest for digest, name in map(str.split, listing.splitlines())}
    actual = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in folder.glob("*")}
    wrong = sorted(name for name in expected.keys() | actual.keys() if expected.get(name) != actual.get(name))
    if wrong:
        fail(f"{folder}: not what libs.sha256 names: {', '.join(wrong)}; remove the folder and start again.")
    return folder


def _fetch(pom: Path, folder: Path, product: str) -> None:
    if shutil.which("mvn") is None:
        fail(f"{product} is not in the cache and mvn is not installed; install Maven or point --cache to a copy.")
    print(f"Fetching {product} from Maven Central (about 50 MB, once).", file=sys.stderr)
    maven = ["mvn", "-q", "-B", "-C", "-Dstyle.color=never", "-f", str(pom)]
    maven += ["dependency:copy-dependencies", f"-DoutputDirectory={folder}", "-DincludeScope=runtime"]
    try:
        subprocess.run(maven, check=True, stdout=sys.stderr, stdin=subprocess.DEVNULL, timeout=FETCH_S_MAX)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        fail(f"Maven could not fetch {product}; its messages are above. Is Maven Central within reach?")


@contextlib.contextmanager
def running(command: Sequence[str], **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """The server's process, with these variables set. It dies with this one, however this one dies."""
    libc = ctypes.CDLL(None)
    try:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),
            env={**os.environ, **variables},
            start_new_session=True,  # Ctrl-C reaches this script only, which then stops it in order
            preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL),  # noqa: PLW1509 - the scripts have one thread
        )
    except FileNotFoundError:
        fail(f"{command[0]} is not installed; Java 17 or newer is needed.")
    try:
        yield server
    finally:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, signal.SIG_IGN)
        server.terminate()
        try:
            server.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_until_ready(server: subprocess.Popen[bytes], product: str, answers: Callable[[], bool]) -> None:
    """Until it answers: the port is open before that. An OSError is no answer."""
    end = time.monotonic() + READY_S_MAX
    while time.monotonic() < end:
        _still(server, product)
        with contextlib.suppress(OSError):
            if answers():
                return
        time.sleep(LOOK_S)
    fail(f"{product} did not answer within {READY_S_MAX} s.")


def stay(server: subprocess.Popen[bytes], product: str, addresses: Mapping[str, str], parent: int | None) -> None:
    """Print the addresses; return when the parent is not that one any more. Exits with 1 if the server ends before."""
    for variable, value in addresses.items():
        print(f"{variable}={value}", flush=True)
    while parent is None or os.getppid() == parent:
        _still(server, product)
        time.sleep(LOOK_S)


def _still(server: subprocess.Popen[bytes], product: str) -> None:
    if server.poll() is not None:
        fail(f"{product} ended by itself with code {server.returncode}; its messages are above.")


def stop_on_signals() -> None:
    """SIGTERM and Ctrl-C end the script in order."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: sys.exit(0))


def write_secret(path: Path, text: str) -> None:
    """A new file for this user's eyes only, in place of an old one."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def fail(message: str) -> NoReturn:
    """End with this error."""
    print(f"error: {message}", file=sys.stderr)
    sys.exit(1)
