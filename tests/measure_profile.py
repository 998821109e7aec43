"""Where the CPU went and goes, for the three largest wins: writes docs/measurements/profiles.md.

    python tests/measure_profile.py [TURNS]

Three states of the source take turns: before, with the first win, and this checkout. The live part needs the right to
run at real-time priority (root), so that what else the machine does cannot delay wake-ups and so make them fewer.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import measure_flow
from broker import Broker, described
from command import ROOT
from copy_loop import cpu_s
from live import Live, Worker
from profile_page import page

from pipeline.adapters.intake import to_record
from pipeline.adapters.provenance import commit, machine
from pipeline.core.messages import Intake
from pipeline.core.topics import INTAKE

PAGE = ROOT / "docs" / "measurements" / "profiles.md"
STEPS = {"before": "5200129", "messages gather": "de4a5d1", "now": ""}  # commits; "": this checkout
STAGES = ("accept", "hear", "identify", "mask")
CALLS, WARM_S, WINDOW_S, TURNS, REAL_TIME = 30, 3.0, 8.0, 2, 5


def tree(folder: Path, name: str) -> Path:
    """That state of the source as a folder."""
    if not STEPS[name]:
        return ROOT
    done = subprocess.run(
        ["git", "-C", str(ROOT), "archive", STEPS[name], "pipeline", "tests"], capture_output=True, check=True
    )
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as packed:
        packed.extractall(folder / STEPS[name], filter="data")
    return folder / STEPS[name]


def audio_of(where: Path) -> dict[str, float]:
    """By part: see profile_audio.py."""
    words, path = [sys.executable, str(ROOT / "tests" / "profile_audio.py")], {"PYTHONPATH": str(where)}
    done = subprocess.run(words, env=os.environ | path, capture_output=True, check=True, text=True)
    return dict(json.loads(done.stdout))


class Sampled(Live):
    """A pipeline of one tree whose workers are sampled."""

    where = ROOT

    def start(self, stage: str) -> Worker:
        """See Live."""
        said = self.folder / f"{stage}.log"
        code = (
            f"import pathlib, sampler, sys; sampler.begin(pathlib.Path({str(self.folder / stage)!r}))\n"
            "from pipeline.cli.main import run\n"
            f"sys.argv = ['callshield', 'run', {stage!r}, '--metrics-port', '0']; run()"
        )
        path = {"PYTHONPATH": f"{self.where}:{self.where / 'tests'}:{ROOT / 'tests'}"}  # an engine of its own time
        with said.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", code], env=self.environment | path, stderr=log, stdout=log, cwd=self.folder
            )
        worker = Worker(stage, process, said)
        self.workers.append(worker)
        return worker


def urgent(pid: int, more: int = 0) -> None:
    """All threads of a process before whatever else wants to run."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(ProcessLookupError):
            os.sched_setscheduler(int(thread.name), os.SCHED_RR, os.sched_param(REAL_TIME + more))


def switches(pid: int) -> int:
    """How often its threads were put to sleep."""
    said = [(at / "status").read_text(encoding="ascii") for at in Path(f"/proc/{pid}/task").iterdir()]
    return sum(int(li.split()[1]) for text in said for li in text.splitlines() if li.startswith("voluntary_ctxt"))


async def live_of(where: Path, folder: Path) -> dict[str, Any]:
    """By stage: ms of CPU per second of a call, sleeps per second, samples by part; and the broker's CPU."""
    spoken = measure_flow.scripts(WARM_S + WINDOW_S + 20)
    with Broker() as broker:
        live = Sampled(folder, broker.servers, partitions=8)
        live.where = where
        live.apply_topics()
        try:
            for stage in STAGES:
                live.start(stage)
            await live.wait_ready()
            kafka = int(Path(f"/proc/{broker.pid}/task/{broker.pid}/children").read_text(encoding="ascii"))
            pids = {w.stage: w.process.pid for w in live.workers} | {"broker": kafka}
            for pid in (*pids.values(), os.getpid()):
                urgent(pid, more=pid == os.getpid())
            count = int((WARM_S + WINDOW_S + 15) * 4)
            messages = [[_message(spoken[n % len(spoken)], n, i) for i in range(count)] for n in range(CALLS)]
            task = asyncio.create_task(_speak(live.servers, messages))
            await asyncio.sleep(WARM_S)
            for worker in live.workers:
                worker.process.send_signal(signal.SIGUSR1)
            before = {name: (cpu_s(pid), switches(pid)) for name, pid in pids.items()}
            began = time.monotonic()
            await asyncio.sleep(WINDOW_S)
            took = time.monotonic() - began
            after = {name: (cpu_s(pid), switches(pid)) for name, pid in pids.items()}
            for worker in live.workers:
                worker.process.send_signal(signal.SIGUSR2)
            await asyncio.sleep(0.5)
            task.cancel()
        finally:
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
            live.close()
    return {
        name: {
            "ms": 1000 * (after[name][0] - before[name][0]) / took / CALLS,
            "sleeps": (after[name][1] - before[name][1]) / took,
            "parts": json.loads((folder / name).read_text(encoding="utf-8")) if name in STAGES else {},
        }
        for name in pids
    }


def _message(pcm: Any, call: int, number: int) -> Any:
    size = measure_flow.RATE // 4
    return to_record(Intake("acme", f"c{call}", None, 2, measure_flow.RATE, number, number * size,
                            pcm[number * size :][:size], False))  # fmt: skip


async def _speak(servers: str, messages: list[list[Any]]) -> None:
    async with measure_flow.speaking(servers, INTAKE, messages, 250):
        await asyncio.sleep(WARM_S + WINDOW_S + 5)


def main() -> None:
    """Measure and write the page."""
    turns, load = int((sys.argv[1:] or [TURNS])[0]), os.getloadavg()[1]
    sounds: dict[str, list[dict[str, float]]] = {"before": [], "now": []}
    found: dict[str, list[dict[str, Any]]] = {step: [] for step in STEPS}
    with tempfile.TemporaryDirectory() as folder:
        trees = {step: tree(Path(folder), step) for step in STEPS}
        for turn in range(turns):
            for _ in range(3):
                for step, those in sounds.items():
                    those.append(audio_of(trees[step]))
            for number, step in enumerate(STEPS):
                own = Path(folder) / f"{turn}-{number}"
                own.mkdir()
                found[step].append(asyncio.run(live_of(trees[step], own)))
                told = {name: round(x["ms"], 2) for name, x in found[step][-1].items()}
                sys.stderr.write(f"turn {turn}, {step}: {told}\n")
    best = {step: {part: min(one[part] for one in those) for part in those[0]} for step, those in sounds.items()}
    known = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine(), "commit": commit(),
        "turns": turns, "load": f"{load:.1f}, {os.getloadavg()[1]:.1f}", "calls": CALLS, "window": WINDOW_S,
        "broker": described().removeprefix("kafka: ").partition(",")[0], "before": STEPS["before"],
        "gather": STEPS["messages gather"],
    }  # fmt: skip
    PAGE.write_text(page(known, found, best), encoding="utf-8")


if __name__ == "__main__":
    main()
