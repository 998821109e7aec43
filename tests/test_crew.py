"""`callshield run all`: what dies is started again, all stop together, and none outlives who watches over them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from broker import APACHE, Broker, kind
from command import environment, line
from live import Live, by_file, check, speak, until
from test_live import written

from pipeline.adapters.policy_file import preset
from pipeline.core.topics import STAGES

POLICY = preset("default")
START_S_MAX, STOP_S_MAX, GONE_S_MAX = 240, 20, 5
WATCHED = "import os, sys, time; from pipeline.cli.crew import end_with; end_with(int(sys.argv[1])); time.sleep(60)"
WATCHER = f"""
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {WATCHED!r}, str(os.getpid())], start_new_session=True)
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """One of its own, without old calls."""
    if kind() != APACHE:
        pytest.skip("needs a broker of its own: Java 17 and Apache Kafka's JARs, and no KAFKA_BOOTSTRAP_SERVERS")
    with Broker(data=tmp_path / "kafka") as started:
        yield started


def alive(pid: int) -> bool:
    """False, too, for what has ended and was not collected yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def crew_of(live: Live, said: Path, port: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """`callshield run all`, killed at the end if it still is."""
    with said.open("wb") as log:
        words = line("run", "all", "--metrics-port", port)
        crew = subprocess.Popen(words, env=live.environment, stderr=log, stdout=log, cwd=live.folder)
    try:
        yield crew
    finally:
        crew.kill()
        crew.wait(STOP_S_MAX)


def free_ports(n: int) -> int:
    """The first of n neighbouring ports that nobody has."""
    for first in range(20_000 + os.getpid() % 5_000, 30_000, n):
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            for port in range(first, first + n):
                held.enter_context(socket.socket()).bind(("0.0.0.0", port))
            return first
    raise AssertionError("no free ports")


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks into /proc")
def test_a_stage_ends_when_who_watches_over_it_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", WATCHER], stdout=subprocess.PIPE, env=environment()) as watcher:
        assert watcher.stdout is not None
        child = int(watcher.stdout.readline())
        time.sleep(2)
        assert alive(child), "it lives as long as its parent does"
        watcher.kill()
    end = time.monotonic() + GONE_S_MAX
    while alive(child) and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive(child)


def test_a_stage_whose_parent_went_before_it_looked_ends_at_once() -> None:
    words = [sys.executable, "-c", WATCHED, str(os.getppid())]  # its grandparent
    done = subprocess.run(words, env=environment(), timeout=30, check=False)
    assert done.returncode == 1


@pytest.mark.kafka
async def test_run_all_starts_again_what_dies_and_stops_together(broker: Broker, tmp_path: Path) -> None:
    live, spoken, said = Live(tmp_path, broker.servers), written("all", 51, 2, 10), tmp_path / "all.log"
    live.apply_topics()

    def ready() -> int:
        return said.read_text().count("ready on")

    with crew_of(live, said) as crew:
        await until(lambda: ready() == len(STAGES), START_S_MAX, said.read_text)
        first = children(crew.pid)
        assert len(first) == len(STAGES)
        os.kill(first[3], signal.SIGKILL)
        await until(lambda: ready() > len(STAGES), START_S_MAX, said.read_text)
        await speak(live, spoken, speed=4)
        await until(lambda: all(live.stored(name) for name in spoken), 60, said.read_text)
        await check(live, spoken, POLICY, {name: by_file(pcm) for name, pcm in spoken.items()})
        last = children(crew.pid)
        assert len(set(first) - set(last)) == 1, "only what died was started again"
        crew.terminate()
        assert await asyncio.to_thread(crew.wait, STOP_S_MAX) == 0
    assert not [pid for pid in {*first, *last} if alive(pid)]


@pytest.mark.kafka
async def test_run_all_that_was_killed_leaves_nobody_and_can_be_started_again(broker: Broker, tmp_path: Path) -> None:
    """In the middle of calls, on the same ports, at once."""
    live, spoken, port = Live(tmp_path, broker.servers), written("orphan", 52, 4, 20), free_ports(len(STAGES))
    live.apply_topics()
    said, again = tmp_path / "all.log", tmp_path / "again.log"
    with crew_of(live, said, port) as crew:
        await until(lambda: said.read_text().count("ready on") == len(STAGES), START_S_MAX, said.read_text)
        talking = asyncio.create_task(speak(live, spoken))
        await asyncio.sleep(8)
        orphans = children(crew.pid)
        assert len(orphans) == len(STAGES)
        crew.kill()
        with crew_of(live, again, port) as second:
            await until(lambda: not any(alive(pid) for pid in orphans), GONE_S_MAX, again.read_text)
            await until(lambda: again.read_text().count("ready on") == len(STAGES), START_S_MAX, again.read_text)
            await talking
            await until(lambda: all(live.stored(name) for name in spoken), 120, again.read_text)
            await check(live, spoken, POLICY, {name: by_file(pcm) for name, pcm in spoken.items()})
            second.terminate()
            assert await asyncio.to_thread(second.wait, STOP_S_MAX) == 0
