"""The command `callshield`, run in this process with an engine already loaded, or as a process of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from pipeline.cli import main
from pipeline.ports.engine import Engine

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "tests" / "samples"
PROCESS_S_MAX = 300


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended and what it wrote to its two outputs."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What --json printed."""
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The one line of an error. Fails if there is more, or less."""
        (line,) = self.err.splitlines()
        assert line.startswith("error: "), line
        assert line.isprintable(), line
        return line


def here(*words: object, engine: Engine | None = None, env: Mapping[str, str] | None = None) -> Result:
    """Run it in this process. engine: loaded instead of a model; None loads one as the command would."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.dict(os.environ, env or {}))
        stack.enter_context(mock.patch.object(sys, "argv", ["callshield", *map(str, words)]))
        if engine is not None:
            stack.enter_context(mock.patch("pipeline.cli.redact.load_engine", return_value=engine))
        stack.callback(signal.signal, signal.SIGTERM, signal.getsignal(signal.SIGTERM))
        stack.enter_context(contextlib.redirect_stdout(out))
        stack.enter_context(contextlib.redirect_stderr(err))
        try:
            main.run()
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int)
    return Result(code, out.getvalue(), err.getvalue())


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables of a process of its own: ours, without settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("CALLSHIELD_")}
    return {**kept, **(extra or {})}


def line(*words: object) -> list[str]:
    """The command line of a process of its own."""
    return [sys.executable, "-m", "pipeline", *map(str, words)]


def process(*words: object, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Result:
    """Run it as a process of its own: a second or so, to import everything and load the model."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        line(*words), capture_output=True, text=True, cwd=cwd, timeout=PROCESS_S_MAX, check=False,
        env=environment({"PYTHONPATH": path, **(env or {})}),
    )  # fmt: skip
    return Result(done.returncode, done.stdout, done.stderr)


def files(folder: Path) -> list[str]:
    """All files below, hidden ones too, as paths relative to it. A folder that is not there holds none."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir())


def spans(report: Mapping[str, Any], channel: int) -> Sequence[tuple[int, int]]:
    """(start, end) in samples of what a report says is hidden on one channel."""
    return [
        (s["start_sample"], s["end_sample"])
        for s in report["spans"]
        if s["channel"] == channel and s["action"] != "keep"
    ]
