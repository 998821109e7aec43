"""How to divide the machine: few processes with many rounds of recognition side by side, or many with few.

Recognition runs beside the interpreter, everything else holds it: one process cannot keep many cores busy. Utterances
of one process are decoded together, those of two are not. Which matters more is measured: the same calls, in real time,
divided over so many worker processes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from pipeline.cli.bench import alone
from pipeline.cli.bench.plan import Bench
from pipeline.core.bench_figures import spread
from pipeline.core.errors import EngineError

PROCESS_S_MAX = 600


def layouts(cores: int) -> list[tuple[int, int]]:
    """(processes, threads of each): the cores divided by 1, 2, 4..., and one of each per core."""
    return sorted({(n, max(1, cores // n)) for n in (*(2**k for k in range(cores.bit_length())), cores) if n <= cores})


def measure(bench: Bench, calls: int, recordings: Path) -> dict[str, Any]:
    """That many calls under each layout. Raises EngineError."""
    tried = []
    for processes, threads in layouts(bench.cores):
        bench.say(f"workers: {calls} calls over {processes} x {threads} threads, {bench.plan.run_s:.0f} s")
        parts = _run(bench, calls, processes, threads, recordings)
        after = spread([s for part in parts for s in part["after_turn_s"]])
        tried.append(
            {
                "processes": processes,
                "threads": threads,
                "keep_up": all(part["keeps_up"] for part in parts),
                "cores_used": sum(part["cores"] for part in parts),
                "p50_s": after.p50,
                "p99_s": after.p99,
            }
        )
    best = min(tried, key=lambda t: (not t["keep_up"], float("inf") if t["p99_s"] is None else t["p99_s"]))
    return {"calls": calls, "tried": tried, "best": {"processes": best["processes"], "threads": best["threads"]}}


def _run(bench: Bench, calls: int, processes: int, threads: int, recordings: Path) -> list[dict[str, Any]]:
    """What each process found: see alone.live."""
    shares = [calls // processes + (n < calls % processes) for n in range(processes)]
    plan = bench.plan
    fixed = [sys.executable, "-m", alone.__name__, "live", *bench.engine.words()]
    begun: list[subprocess.Popen[str]] = []
    try:
        for number, share in enumerate(shares):
            words = [share, threads, number, plan.warm_s, plan.window_s, plan.tail_s, recordings.resolve()]
            begun.append(
                subprocess.Popen(  # noqa: S603 - this program
                    [*fixed, *map(str, words)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                )
            )
        for process in begun:
            assert process.stdout is not None
            if process.stdout.readline().strip() != alone.READY:
                raise EngineError("bench: a worker process did not start")
        for process in begun:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        return [json.loads(process.communicate(timeout=PROCESS_S_MAX)[0]) for process in begun]
    except (OSError, subprocess.TimeoutExpired, json.JSONDecodeError):
        raise EngineError("bench: a worker process ended before it had measured") from None
    finally:
        for process in begun:
            process.kill()
            process.communicate()
