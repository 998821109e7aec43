"""Calls as fast as they go: CPU per second of call, by number of calls and by share of speech. Needs no quiet machine:
CPU time is counted, not waited for.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pipeline.cli.bench.calls import flat_out
from pipeline.cli.bench.plan import SEED, SHARE, Bench
from pipeline.core.bench_figures import line
from pipeline.core.bench_talk import SIDES


def measure(bench: Bench) -> dict[str, Any]:
    """CPU by number of calls. "calls": what this many would be in real time, by the wall clock of the last run."""
    plan, tried = bench.plan, []
    for count in plan.simulated_calls:
        bench.say(f"simulated: {count} calls of {plan.simulated_s:.0f} s, as fast as they go")
        run = flat_out(bench.rig, bench.material.talks(count, plan.simulated_s, SHARE, SEED + 2))
        tried.append(
            {
                "calls": count,
                "cpu_s_per_call_s": run.cpu_s / run.call_s,
                "calls_per_core": run.call_s / run.cpu_s,
                "calls_by_wall": run.call_s / run.wall_s,
            }
        )
    last = tried[-1]
    return {
        "calls": last["calls_by_wall"],
        "calls_per_core": last["calls_per_core"],
        "share": SHARE,
        "tried": tried,
    }


def linear(bench: Bench) -> dict[str, Any]:
    """CPU by share of speech, with a line through it."""
    plan, points = bench.plan, []
    for share in plan.linear_shares:
        bench.say(f"linear: {plan.linear_calls} calls of which each side speaks {share:.0%}")
        talks = bench.material.talks(plan.linear_calls, plan.linear_s, share, SEED + 3)
        run = flat_out(bench.rig, talks)
        spoken = sum(t.share(c) * t.seconds for t in talks for c in range(SIDES))
        points.append({"share": spoken / (SIDES * run.call_s), "cpu_s_per_channel_s": run.cpu_s / (SIDES * run.call_s)})
    fit = line([p["share"] for p in points], [p["cpu_s_per_channel_s"] for p in points])
    return {"points": points, "line": asdict(fit)}
