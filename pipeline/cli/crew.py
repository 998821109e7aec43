"""All stages on one machine: each in a process of its own, started again when it dies, stopped together. If the
process that watches over them is killed itself, they end too: whoever starts it anew finds their ports free.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from types import FrameType

import typer

from pipeline.adapters.log import get_log

LOOK_S = 0.2
STOP_S_MAX = 10.0  # a stage stops within 5 s with audio held
SHORT_S = 10.0  # a stage that dies sooner than this has a lasting problem
SHORT_LIVES_MAX = 5


def run_all(stages: Sequence[str], metrics_port: int) -> int:
    """Until SIGTERM or Ctrl-C. Metrics of the n-th stage are on metrics_port + n (0: any). Returns the exit code."""
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    ports = {stage: metrics_port + n if metrics_port else 0 for n, stage in enumerate(stages)}
    running = {stage: _Child(stage, ports[stage]) for stage in stages}
    code = 0
    while not stopping and not code:
        time.sleep(LOOK_S)
        for child in running.values():
            code = code or child.look()
    for child in running.values():
        child.process.terminate()
    end = time.monotonic() + STOP_S_MAX
    for child in running.values():
        try:
            child.process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
    return code


def end_with(parent: int) -> None:
    """End this process once `parent`, a process id, is no more what started it: at once, as by kill -9, which the
    stages bear. To stop in order would take seconds, with no one to see that it is ever done.
    """

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_S)
        os._exit(1)  # without a word: whoever read the log may be gone as well

    threading.Thread(target=look, name="parent", daemon=True).start()


class _Child:
    """One stage as a process."""

    def __init__(self, stage: str, port: int) -> None:
        self._stage, self._port = stage, port
        self._short_lives = 0
        self._start()

    def _start(self) -> None:
        self._began = time.monotonic()
        words = [sys.executable, "-m", "pipeline", "run", self._stage, "--metrics-port", str(self._port),
                 "--with-parent", str(os.getpid())]  # fmt: skip
        # A group of its own: Ctrl-C reaches this process only, which then stops all in order.
        self.process = subprocess.Popen(words, start_new_session=True)  # noqa: S603 - our own command

    def look(self) -> int:
        """Start it again if it died. Returns an exit code other than 0 if that is no use."""
        code = self.process.poll()
        if code is None:
            return 0
        short = time.monotonic() - self._began < SHORT_S
        self._short_lives = self._short_lives + 1 if short else 0
        get_log().error("stage_died", stage=self._stage, exit_code=code)
        if self._short_lives >= SHORT_LIVES_MAX or code in (2, 4):
            typer.echo(f"{self._stage} cannot run: its own line above says why; all stages are stopped", err=True)
            return code if code > 0 else 1
        self._start()
        return 0
