"""The Kafka broker tests run on: the one KAFKA_BOOTSTRAP_SERVERS names, else Apache Kafka as deploy/kafka starts it if
Java and its JARs can be had, else the embedded one."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType, TracebackType

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

SCRIPTS = Path(__file__).parents[1] / "deploy"
DEPLOY = SCRIPTS / "kafka"
SCRIPT = DEPLOY / "broker.py"
CACHE = Path("~/.cache/callshield/kafka").expanduser()
STOP_S_MAX = 30
JAVA_MIN = 17
ENVIRONMENT = "KAFKA_BOOTSTRAP_SERVERS"
GIVEN, APACHE, EMBEDDED = "given", "apache", "embedded"
LACKS = (
    "this test needs Apache Kafka: the embedded broker has no idempotent producers, transactions, ACLs, logins, disk, "
    "retention or compaction, and is wrong about the end of a partition"
)


@cache
def kind() -> str:
    """Which broker tests get: GIVEN, APACHE or EMBEDDED. JARs that are not there yet are fetched first, once."""
    if os.environ.get(ENVIRONMENT):
        return GIVEN
    if not java():
        return EMBEDDED
    if not _jars().is_dir():
        try:
            loaded("broker").libraries(CACHE)
        except SystemExit:  # it has said why
            return EMBEDDED
    return APACHE


def described() -> str:
    """Which broker the tests run on: for the head of the report. Fetches nothing."""
    if given := os.environ.get(ENVIRONMENT):
        return f"kafka: {given}, given by {ENVIRONMENT}"
    found = re.search(r"kafka_2\.13-([\d.]+)\.jar", (DEPLOY / "libs.sha256").read_text(encoding="utf-8"))
    assert found is not None
    apache = f"Apache Kafka {found[1]}, started by deploy/kafka/broker.py when a test needs it"
    if not java():
        return f"kafka: embedded broker, since there is no Java {JAVA_MIN}; tests that need Apache Kafka are skipped"
    if _jars().is_dir():
        return f"kafka: {apache}"
    if shutil.which("mvn"):
        return f"kafka: {apache} and Maven has fetched it; the embedded broker if it cannot, which skips some tests"
    return "kafka: embedded broker, since there is no Maven to fetch Apache Kafka; tests that need that are skipped"


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """Where the broker of `kind()` listens, for bootstrap_servers; started and stopped unless it was given."""
    if kind() == GIVEN:
        yield os.environ[ENVIRONMENT]
    elif kind() == APACHE:
        with Broker() as broker:
            yield broker.servers
    else:
        with loaded("embedded").embedded() as servers:
            yield servers


def loaded(name: str, folder: Path = DEPLOY) -> ModuleType:
    """A script of deploy/kafka, or of another folder, as a module."""
    spec = importlib.util.spec_from_file_location(f"deploy_{folder.name}_{name}", folder / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


def _jars() -> Path:
    """Where deploy/kafka/broker.py keeps the JARs of its listing."""
    return Path(loaded("java", SCRIPTS).jars_folder(DEPLOY, CACHE))


@cache
def java() -> bool:
    """Is there a Java new enough for Apache Kafka 4, and for S3Proxy?"""
    if shutil.which("java") is None:
        return False
    done = subprocess.run(["java", "-version"], capture_output=True, text=True, timeout=STOP_S_MAX, check=False)
    found = re.search(r'version "(\d+)', done.stderr)
    return found is not None and int(found[1]) >= JAVA_MIN


@dataclass
class Broker:
    """A broker of our own, running from `with` to its end; stop() and start() in between keep port and data.

    data: a folder for its data; None: one of its own, removed at the end. addresses: what the script printed.
    """

    data: Path | None = None
    users: tuple[str, ...] = ()
    addresses: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def servers(self) -> str:
        """Where it listens, for bootstrap_servers."""
        return self.addresses[ENVIRONMENT]

    @property
    def pid(self) -> int:
        """Process id of the script; Kafka itself is its only child."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Returns when it answers. Fails with the broker's own words if it does not. Skips the test without Java."""
        if kind() == EMBEDDED or not java():
            pytest.skip(LACKS)
        words = [sys.executable, str(SCRIPT), "--with-parent"]
        words += [] if self.data is None else ["--data", str(self.data)]
        words += ["--port", self.servers.rpartition(":")[2]] if self.addresses else []
        words += [word for user in self.users for word in ("--user", user)]
        with tempfile.TemporaryFile() as said:
            self._process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=said)
            assert self._process.stdout is not None
            expected = 4 if self.users else 1
            lines = [self._process.stdout.readline().decode().strip() for _ in range(expected)]
            if not all(lines):
                self._process.wait(STOP_S_MAX)
                said.seek(0)
                raise AssertionError(said.read().decode())
        self.addresses = dict(line.split("=", 1) for line in lines)

    def stop(self) -> int:
        """Stop it in order. Returns the script's exit code."""
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.terminate()
        code = self._process.wait(STOP_S_MAX)
        self._process.stdout.close()
        self._process = None
        return code

    def kill(self) -> None:
        """Kill it as kill -9 does: Kafka dies with its script."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(STOP_S_MAX)

    def __enter__(self) -> Broker:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.stop()


async def create(servers: str, *names: str, partitions: int = 1) -> None:
    """Create topics. Their leaders may not be known yet when this returns; clients wait for them."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        answer = await admin.create_topics([NewTopic(name, partitions, 1) for name in names])
        assert all(code == 0 for _, code, *_ in answer.topic_errors), answer
    finally:
        await admin.close()
