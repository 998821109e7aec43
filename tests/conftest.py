"""What several test files share: the embedded engine, loaded once, one run over all sample calls, a Kafka broker."""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import s3
from broker import EMBEDDED, LACKS, described, kind, serving
from command import SAMPLES, Result, process
from hypothesis import settings

from pipeline.adapters.model_store import ModelStore
from pipeline.cli.engines import load_engine
from pipeline.ports.engine import Engine

LOOK_S = 0.005
settings.register_profile("here", deadline=None)  # machines that run tests do other things, too
settings.load_profile("here")
IN_MODIFY, IN_CREATE, IN_MOVED_TO, IN_NONBLOCK = 0x2, 0x100, 0x80, 0o4000


def pytest_report_header() -> list[str]:
    """The first lines of a report say which broker and which S3 server its results were got on."""
    return [described(), s3.described()]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several processes, tests on a broker share one, one after another; of others, those of a file do."""
    for item in items:
        group = "kafka" if item.get_closest_marker("kafka") else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """Where a Kafka broker listens, for bootstrap_servers."""
    with serving() as servers:
        yield servers


@pytest.fixture(scope="session")
def apache() -> None:
    """For tests that need what only Apache Kafka has: skips them on the embedded broker."""
    if kind() == EMBEDDED:
        pytest.skip(LACKS)


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The embedded English engine, verified and loaded as the command does it."""
    return load_engine("whisper", "en", ModelStore(), 2)


class Watch:
    """Names of the files that ever appeared in a folder, however short they lived there. Linux only."""

    def __init__(self, folder: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._fd = libc.inotify_init1(IN_NONBLOCK)
        assert self._fd >= 0
        added = libc.inotify_add_watch(self._fd, os.fsencode(folder), IN_CREATE | IN_MOVED_TO | IN_MODIFY)
        assert added >= 0, os.strerror(ctypes.get_errno())

    def names(self) -> set[str]:
        """All names since the start."""
        found: set[str] = set()
        while True:
            try:
                data = os.read(self._fd, 1 << 16)
            except BlockingIOError:
                return found
            at = 0
            while at < len(data):
                size = struct.unpack_from("iIII", data, at)[3]
                found.add(data[at + 16 : at + 16 + size].rstrip(b"\0").decode())
                at += 16 + size


@dataclass(frozen=True, slots=True)
class SamplesRun:
    """`callshield redact tests/samples --json` with a log as chatty as it gets, in folders of its own.

    temporary: names of what appeared in its TMPDIR. seen: path and content of all that lay there at some look,
    and for links where they led. home, work: its HOME and working directory.
    """

    out: Path
    result: Result
    temporary: set[str]
    seen: dict[str, bytes]
    home: Path
    work: Path


@pytest.fixture(scope="session")
def samples_run(tmp_path_factory: pytest.TempPathFactory) -> SamplesRun:
    """All sample calls redacted by a process of its own, once for all tests that look at them."""
    base = tmp_path_factory.mktemp("samples_run")
    for name in ("tmp", "home", "work"):
        (base / name).mkdir()
    watch, ended = Watch(base / "tmp"), threading.Event()
    with ThreadPoolExecutor(1) as pool, contextlib.ExitStack() as at_end:
        at_end.callback(ended.set)
        looks = pool.submit(_looks, base / "tmp", ended)
        result = process(
            "redact", SAMPLES, "--out", base / "out", "--roles", "agent,customer", "--json",
            cwd=base / "work",
            env={"CALLSHIELD_LOG_LEVEL": "debug", "TMPDIR": str(base / "tmp"), "HOME": str(base / "home")},
        )  # fmt: skip
    assert result.code == 0, result.err
    return SamplesRun(base / "out", result, watch.names(), looks.result(), base / "home", base / "work")


def _looks(folder: Path, ended: threading.Event) -> dict[str, bytes]:
    """What lay below `folder` whenever it was looked at, until `ended`."""
    seen: dict[str, bytes] = {}
    while not ended.wait(LOOK_S):
        with contextlib.suppress(OSError):  # gone again
            for path in folder.rglob("*"):
                if path.is_symlink():
                    seen[str(path)] = str(path.readlink()).encode()
                elif path.is_file():
                    seen[str(path)] = path.read_bytes()
    return seen
