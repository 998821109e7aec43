"""Memory per open silent call, memory of a long call, and how long a worker takes to its first word."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from pipeline.cli.bench import alone
from pipeline.cli.bench.plan import Bench
from pipeline.core.bench_figures import line
from pipeline.core.errors import EngineError

STARTS = 3
PROCESS_S_MAX = 3600
BYTES_A_MB = 1e6
LONG_H_LEAST = 2.0  # below, what an allocator keeps looks like growth


def measure(bench: Bench, calls: Path) -> dict[str, Any]:
    """Each in a process of its own. calls: where the recordings of `bench.material` are. Raises EngineError."""
    plan = bench.plan
    bench.say(f"memory: {plan.open_calls} silent calls")
    opened = _alone(bench, "open", plan.open_calls, plan.open_s)
    bench.say(f"memory: a call of {plan.long_s / 3600:.2g} h, as fast as it goes")
    long = _alone(bench, "long", plan.long_s, calls.resolve())
    return {"open": {**opened, "mb_each": _mb(opened["bytes_each"])}, "long_call": {**long, **_growth(long["seen"])}}


def start_up(bench: Bench) -> dict[str, Any]:
    """Seconds from the start of a process to the first utterance heard, of STARTS processes."""
    utterance = sorted(bench.material.utterances, key=lambda u: u.size)[len(bench.material.utterances) // 2]
    took = []
    for number in range(STARTS):
        bench.say(f"start: {number + 1} of {STARTS}")
        begun = time.monotonic()
        _alone(bench, "start", pcm=utterance.tobytes())
        took.append(time.monotonic() - begun)
    return {"seconds": took, "median_s": statistics.median(took)}


def _alone(bench: Bench, what: str, *numbers: object, pcm: bytes = b"") -> dict[str, Any]:
    words = [sys.executable, "-m", alone.__name__, what, *bench.engine.words(), *map(str, numbers)]
    try:
        done = subprocess.run(  # noqa: S603 - this program
            words, input=pcm, capture_output=True, timeout=PROCESS_S_MAX, check=False
        )
    except subprocess.TimeoutExpired:
        raise EngineError(f"bench: {what} took over {PROCESS_S_MAX} s") from None
    if done.returncode:
        last = done.stderr.decode(errors="replace").splitlines()[-1:] if done.returncode == 2 else []
        raise EngineError(f"bench: the process that measures {what} failed" + "".join(f" ({line})" for line in last))
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _growth(seen: list[dict[str, Any]]) -> dict[str, float | None]:
    """Over the second half of the call: in the first, caches fill."""
    late = seen[len(seen) // 2 :]
    hours, held = [s["hours"] for s in late], [s["held_bytes"] / BYTES_A_MB for s in late]
    known = all(s["rss_bytes"] is not None for s in late)
    of_process = line(hours, [s["rss_bytes"] / BYTES_A_MB for s in late]).slope if known else None
    return {
        "held_mb": held[-1],
        "held_mb_per_hour": line(hours, held).slope,
        "process_mb_per_hour": of_process if hours[-1] >= LONG_H_LEAST else None,
    }


def _mb(size: float | None) -> float | None:
    return None if size is None else size / BYTES_A_MB
