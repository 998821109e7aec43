"""Runs the measures that are wanted and puts what they found into one document."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.adapters.provenance import commit, machine, release
from pipeline.cli.bench import capacity, copying, cpu, engines, memory, peers, simulated, workers
from pipeline.cli.bench.calls import flat_out
from pipeline.cli.bench.plan import SEED, SHARE, WARM_S, Bench
from pipeline.core.bench_goals import CALLS_PER_CORE, judged
from pipeline.core.bench_talk import MEDIAN_S, SIGMA
from pipeline.ports.engine import EarlyEngine

SCHEMA_VERSION = 1
PARTS = (
    "simulated", "capacity", "latency", "early", "workers", "cpu", "linear", "peers", "engines", "kafka", "memory",
    "start",
)  # fmt: skip
LOADED = {"latency", "workers", "cpu"}


def document(bench: Bench, only: Collection[str], calls: Path, command: str) -> dict[str, Any]:
    """Measure the parts in `only`. calls: where the recordings are. Raises CallShieldError."""
    begun = datetime.now(UTC)
    identity = bench.rig.engine.identity
    flat_out(bench.rig, bench.material.talks(1, WARM_S, SHARE, SEED - 1))
    found = _measured(bench, only, calls)
    report = {
        "schema": "callshield-bench",
        "schema_version": SCHEMA_VERSION,
        "date": begun.isoformat(timespec="seconds"),
        "minutes": (datetime.now(UTC) - begun).total_seconds() / 60,
        "machine": machine(),
        "load_of_machine": os.getloadavg()[2],
        "command": command,
        "commit": commit(),
        "version": release(),
        "cores": bench.cores,
        "model": asdict(identity),
        "policy": {"name": bench.rig.policy.name, "sha256": bench.rig.policy.sha256},
        "material": {
            "recordings": bench.material.recordings,
            "utterances": len(bench.material.pieces),
            "speech_s": bench.material.seconds,
            "share": SHARE,
            "turn_median_s": MEDIAN_S,
            "turn_sigma": SIGMA,
        },
        "plan": asdict(bench.plan),
        **found,
    }
    return {**report, "goals": judged(report)}


def _measured(bench: Bench, only: Collection[str], calls: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if set(only) & (LOADED | {"capacity", "simulated"}):
        found["simulated"] = simulated.measure(bench)
    if "capacity" in only:
        guess = int(found["simulated"]["calls"] * capacity.BEHIND)
        found["capacity"] = capacity.measure(bench, guess)
    loaded = max(1, int(_known(found) * capacity.LOAD))
    measures: Mapping[str, Callable[[], Any]] = {
        "latency": lambda: capacity.latency(bench, loaded),
        "latency_at_goal": lambda: capacity.latency(bench, max(1, int(CALLS_PER_CORE * bench.cores * capacity.LOAD))),
        "early": lambda: _early(bench),
        "workers": lambda: workers.measure(bench, loaded, calls),
        "cpu": lambda: cpu.measure(bench, loaded),
        "linear": lambda: simulated.linear(bench),
        "peers": lambda: peers.measure(bench),
        "engines": lambda: engines.measure(bench),
        "kafka": lambda: copying.measure(bench),
        "memory": lambda: memory.measure(bench, calls),
        "start": lambda: memory.start_up(bench),
    }
    wanted = {*only, "latency_at_goal"} if "latency" in only else set(only)
    return found | {part: measure() for part, measure in measures.items() if part in wanted}


def _early(bench: Bench) -> dict[str, Any]:
    """Capacity and latency once more, with words of open utterances."""
    if not isinstance(bench.rig.engine, EarlyEngine):
        return {"left_out": "the engine tells no words of an utterance before it has ended"}
    early = replace(bench, rig=replace(bench.rig, early=True), say=lambda text: bench.say(f"early, {text}"))
    found: dict[str, Any] = {"simulated": simulated.measure(early)}
    found["capacity"] = capacity.measure(early, int(found["simulated"]["calls"] * capacity.BEHIND))
    calls = max(1, int(found["capacity"]["calls"] * capacity.LOAD))
    return {**found, "latency": capacity.latency(early, calls)}


def _known(found: Mapping[str, Any]) -> float:
    """Calls the machine carries: found in real time, else by calculation."""
    if "capacity" in found:
        return float(found["capacity"]["calls"])
    return float(found["simulated"]["calls"] * capacity.BEHIND) if "simulated" in found else 0.0
