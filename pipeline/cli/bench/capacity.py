"""The largest number of calls that keeps up in real time, and how long audio waits at each number tried."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from pipeline.adapters.machine_load import busy_s
from pipeline.cli.bench.calls import CHUNK_S, Run, real_time
from pipeline.cli.bench.plan import SEED, SHARE, Bench
from pipeline.core.bench_figures import Pace, curve, largest, pace, spread
from pipeline.core.bench_wait import Wait

LOAD = 0.8  # of capacity: what a worker is run at
BEHIND = 0.9  # of what calls that need not wait for their audio reach: first guess


@dataclass(frozen=True, slots=True)
class Watched:
    """A run of so many calls. waits: of the chunks spoken in its window. cores: this process used, others: the rest of
    the machine did, None if nobody knows.
    """

    calls: int
    pace: Pace
    waits: tuple[Wait, ...]
    cores: float
    others: float | None

    def figures(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "calls": self.calls,
            "keeps_up": self.pace.keeps_up,
            "lag_p95_s": self.pace.lag_s if self.pace.lag_s < float("inf") else None,
            "lag_growth": self.pace.growth if self.pace.growth < float("inf") else None,
            "cores_used": self.cores,
            "cores_of_others": self.others,
            "not_left_at_the_end": sum(w.cut for w in self.waits),
            "spoken_to_released_s": asdict(spread([w.delay_s for w in self.waits])),
        }


def watch(bench: Bench, calls: int, *, seed: int = SEED) -> Watched:
    """Run that many calls for a window. Raises EngineError."""
    plan = bench.plan
    talks = bench.material.talks(calls, plan.run_s, SHARE, seed)
    busy = busy_s()
    run = real_time(bench.rig, talks)
    after = busy_s()
    others = None if busy is None or after is None else max(0.0, (after - busy - run.cpu_s) / run.wall_s)
    found = tuple(
        w
        for call in run.calls
        for n, w in enumerate(call.waits(plan.run_s))
        if plan.warm_s < (n + 1) * CHUNK_S <= plan.warm_s + plan.window_s
    )
    return Watched(calls, _pace(run, plan.warm_s, plan.run_s), found, run.cpu_s / run.wall_s, others)


def measure(bench: Bench, guess: int) -> dict[str, Any]:
    """Find it, from a guess on. Raises EngineError."""
    tried: list[Watched] = []

    def holds(calls: int) -> bool:
        bench.say(f"capacity: {calls} calls in real time, {bench.plan.run_s:.0f} s")
        tried.append(watch(bench, calls))
        seen = tried[-1]
        bench.say(f"capacity: {calls} calls {'keep up' if seen.pace.keeps_up else 'do not keep up'}")
        return seen.pace.keeps_up

    most = largest(holds, guess, within=bench.plan.within)
    below = {max(1, round(share * most)) for share in bench.plan.curve} - {seen.calls for seen in tried}
    for calls in sorted(below):
        holds(calls)
    return {
        "calls": most,
        "calls_per_core": most / bench.cores,
        "window_s": bench.plan.window_s,
        "tried": [seen.figures() for seen in sorted(tried, key=lambda s: s.calls)],
    }


def latency(bench: Bench, calls: int) -> dict[str, Any]:
    """How long audio waits while that many calls run. Raises EngineError."""
    bench.say(f"latency: {calls} calls in real time, {bench.plan.run_s:.0f} s")
    seen = watch(bench, calls, seed=SEED + 1)
    apart = {
        "all": list(seen.waits),
        "outside_numbers": [w for w in seen.waits if not w.hidden],
        "inside_numbers": [w for w in seen.waits if w.hidden],
    }
    return {
        **seen.figures(),
        **{name: _waits(part) for name, part in apart.items()},
        "curves": {name: curve([w.delay_s for w in part]) for name, part in apart.items()},
    }


def _waits(found: list[Wait]) -> dict[str, Any]:
    return {
        "spoken_to_released_s": asdict(spread([w.delay_s for w in found])),
        "end_of_turn_to_released_s": asdict(spread([w.after_turn_s for w in found if w.after_turn_s is not None])),
        "end_of_next_turn_to_released_s": asdict(spread([w.after_next_s for w in found if w.after_next_s is not None])),
    }


def _pace(run: Run, warm_s: float, until_s: float) -> Pace:
    lags = [lag for call in run.calls for lag in call.lags]
    missing = sum(int(until_s / CHUNK_S) - len(call.lags) for call in run.calls)
    return pace(lags, missing=missing, warm_s=warm_s, until_s=until_s)
