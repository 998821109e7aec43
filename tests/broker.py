"""The Kafka broker tests run on: the one KAFKA_BOOTSTRAP_SERVERS names, else Apache Kafka as deploy/kafka starts it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

DEPLOY = Path(__file__).parents[1] / "deploy" / "kafka"
SCRIPT = DEPLOY / "broker.py"
STOP_S_MAX = 30
ENVIRONMENT = "KAFKA_BOOTSTRAP_SERVERS"


def described() -> str:
    """Which broker the tests run on: for the head of the report."""
    if given := os.environ.get(ENVIRONMENT):
        return f"kafka: {given}, given by {ENVIRONMENT}"
    found = re.search(r"kafka_2\.13-([\d.]+)\.jar", (DEPLOY / "libs.sha256").read_text(encoding="utf-8"))
    assert found is not None
    return f"kafka: Apache Kafka {found[1]}, started by deploy/kafka/broker.py when a test needs it"


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
        """Returns when it answers. Fails with the broker's own words if it does not."""
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
