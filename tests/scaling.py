"""Writes the tables and the picture of docs/scaling.md: the plan for three sizes, and the simulation that tries it.

    python tests/scaling.py

Everything between a pair of markers `<!-- NAME -->` and `<!-- end of NAME -->` is replaced. Takes some minutes. The
simulation is seeded: the same figures give the same page.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from measure_page import table  # noqa: E402
from scaling_plot import picture  # noqa: E402
from simulate import CHAIN, Fault, Leave, NoBroker, Outcome, Roll, simulate  # noqa: E402
from simulate_scaler import Scaler  # noqa: E402

from pipeline.adapters.plan_figures import load_figures  # noqa: E402
from pipeline.core.plan import Plan, Wish, calls_max, plan  # noqa: E402
from pipeline.core.plan_figures import STAGES, Figures, Kind  # noqa: E402

PAGE = ROOT / "docs" / "scaling.md"
AUTOSCALING = ROOT / "deploy" / "kubernetes" / "autoscaling.yaml"
PICTURE = ROOT / "docs" / "images" / "scaling.png"
SIZES = (100, 10_000, 1_000_000)
SEEDS = (1, 2)
AT_S = 60.0  # when something happens
ELSEWHERE_S = 180.0  # until the workers of a lost zone run in the others; assumed
KILL_LAG_S_MAX = 30.0  # promised of a plan when a worker is killed; tests/test_scaling.py holds it
UTILISATIONS = (40, 50, 60, 70, 80, 90)

SCENARIOS: dict[str, tuple[Sequence[Fault], float, dict[str, Any]]] = {
    "nothing happens": ((), 300, {}),
    "a morning: from half of the calls to all in 20 min": ((), 2_400, {"ramp_s": 1_200.0}),
    "a worker of `hear` is killed, and back after 15 s": ((Leave("hear", AT_S, 0),), 600, {}),
    "one of each stage is killed, and back": ([Leave(s, AT_S, 0) for s in CHAIN], 600, {}),
    "Kafka is away for a minute": ((NoBroker(AT_S, 60),), 600, {}),
    "a zone is lost, its workers back elsewhere after 3 min": (
        [Leave(s, AT_S, 1 / 3, back_s=ELSEWHERE_S) for s in CHAIN], 900, {},
    ),
    "a zone is lost and nobody comes": ([Leave(s, AT_S, 1 / 3, back_s=None) for s in CHAIN], 900, {}),
    "rolling update of `hear`, a quarter at a time": ((Roll("hear", AT_S, 0.25),), 900, {}),
    "rolling update of `hear`, a tenth at a time": ((Roll("hear", AT_S, 0.1),), 1_800, {}),
    "rolling update of `hear`, one by one": ((Roll("hear", AT_S, 0),), 3_600, {}),
}  # fmt: skip


def plans(figures: Figures) -> list[Plan]:
    """Of the three sizes, with the defaults of `callshield plan`."""
    return [plan(Wish(calls), figures) for calls in SIZES]


def plan_tables(figures: Figures) -> list[str]:
    """What it takes, size beside size."""
    made = plans(figures)
    rows = [
        ["**clusters (cells)**", *(f"**{p.cells}**" for p in made)],
        ["calls in each", *(f"{p.calls_each:,}" for p in made)],
        ["**partitions of each topic**", *(f"**{p.kafka.partitions}**" for p in made)],
        *(
            [f"`{stage}` workers x cores", *(f"{p.stages[n].workers} x {p.stages[n].cores_each}" for p in made)]
            for n, stage in enumerate(STAGES)
        ),
        ["most partitions of a `hear` worker", *(f"{p.stages[1].partitions_each}" for p in made)],
        [
            "load of a `hear` worker: mean, busiest",
            *(f"{100 * p.stages[1].mean:.0f} %, {100 * p.stages[1].busiest:.0f} %" for p in made),
        ],
        ["memory of a `hear` worker", *(f"{p.stages[1].memory_mb_each:,} MB" for p in made)],
        ["Kafka in / out, MB/s", *(f"{p.kafka.in_mb_s:,.0f} / {p.kafka.out_mb_s:,.0f}" for p in made)],
        ["written, 3 copies, MB/s", *(f"{p.kafka.written_mb_s:,.0f}" for p in made)],
        ["on disk, 3 copies, TB", *(f"{p.kafka.disk_gb / 1000:,.1f}" for p in made)],
        ["partition copies", *(f"{p.kafka.replicas:,}" for p in made)],
        ["brokers (for)", *(f"{p.kafka.brokers} ({p.kafka.bound})" for p in made)],
        ["**cores of all workers, all cells**", *(f"**{p.cores:,}**" for p in made)],
        ["of them busy", *(f"{p.busy_cores:,.0f}" for p in made)],
        ["memory of all workers, all cells, GB", *(f"{p.memory_gb:,.0f}" for p in made)],
        ["stored a day, all cells, TB", *(f"{p.stored_gb_day / 1000:,.2f}" for p in made)],
        ["calls a day; keys a second, all cells", *(f"{p.calls_day:,}; {p.keys_s:,.1f}" for p in made)],
    ]
    return table(["in each cell, unless it says all", *(f"{p.wish.calls:,} calls" for p in made)], rows)


def figure_table(figures: Figures) -> list[str]:
    """What the plan is made of."""
    rows = [
        [f"`{name}`", f"{one.value:,g}", "**assumed**" if kind is Kind.ASSUMED else str(kind), one.source]
        for kind in Kind
        for name, one in sorted(figures.by_name.items())
        if one.kind is kind
    ]
    return table(["figure", "value", "kind", "from"], rows)


def told(outcomes: Sequence[Outcome]) -> str:
    """The worst of some runs: lag of 99 in 100 and of the last, and when everybody had caught up."""
    p99, worst = (
        max(found) for found in zip(*((o.quantile(0.99, AT_S), o.worst.max()) for o in outcomes), strict=True)
    )
    caught = [o.caught_up_s(AT_S) for o in outcomes]
    back = "not caught up" if None in caught else f"{max(c for c in caught if c is not None):.0f} s"
    if worst <= 2:
        return "none"
    return f"{p99:.0f} s, {worst:.0f} s; {back}"


def simulated_table(figures: Figures) -> list[str]:
    """What each scenario comes to, size beside size."""
    made, rows = plans(figures), []
    for name, (faults, seconds, more) in SCENARIOS.items():
        seeds = SEEDS[:1] if "one by one" in name else SEEDS
        row = [name]
        for one in made:
            found = [simulate(one, figures, faults, seconds=seconds, seed=seed, **more) for seed in seeds]
            text = told(found)
            if any(isinstance(f, Roll) for f in faults):
                through = [o.rolled_s for o in found]
                least = seconds - AT_S
                text += f"; through in {max(t for t in through if t is not None):.0f} s" if None not in through else (
                    f"; not through in {least / 60:.0f} min")  # fmt: skip
            row.append(text)
            print(name, one.wish.calls, text, flush=True)  # noqa: T201
        rows.append(row)
    return table(
        ["scenario", *(f"{p.wish.calls:,} calls" for p in made[:-1]), f"a cell of {made[-1].calls_each:,}"], rows
    )


def sweep(figures: Figures) -> list[str]:
    """What more and less head-room come to, with the workers of the middle size. Makes the picture."""
    made = plans(figures)[1]
    workers, full = made.stages[1].workers, calls_max("hear", 1.0, figures)
    killed, lost, rows = {}, {}, []
    for percent in UTILISATIONS:
        calls = percent / 100 * workers * full
        runs = {
            name: [simulate(made, figures, faults, seconds=900, seed=seed, calls=calls) for seed in SEEDS]
            for name, (faults, _, _) in SCENARIOS.items()
            if "of `hear` is killed" in name or "zone" in name
        }
        kill, back, gone = runs.values()
        killed[percent], lost[percent] = kill[0], gone[0]
        rows.append([
            f"{percent} %", f"{calls:,.0f}", f"{100 * max(o.busiest for o in kill):.0f} %",
            *(f"{100 * max(o.over for o in found):.0f} %" for found in (kill, gone)),
            *(told(found) for found in (kill, back, gone)),
        ])  # fmt: skip
        print(rows[-1], flush=True)  # noqa: T201
    picture(killed, lost, AT_S, PICTURE)
    head = ["mean utilisation", "calls", "busiest worker", "over 100 %", "the same without a zone", "a worker killed",
            "zone lost, back after 3 min", "zone lost for good"]  # fmt: skip
    return table(head, rows)


def autoscaled(figures: Figures) -> list[str]:
    """What deploy/kubernetes/autoscaling.yaml comes to, and what its trigger on lag would alone."""
    made = plans(figures)[1]
    spec = yaml.safe_load(AUTOSCALING.read_text(encoding="utf-8"))["spec"]
    every, rows = made.stages[1].workers, []
    for name, (faults, more, first) in {
        "an hour in which nothing happens": ((), {}, every),
        "a morning, beginning with half of the workers": ((), {"ramp_s": 1_200.0}, every // 2),
        "a worker is killed": ((Leave("hear", AT_S, 0),), {}, every),
        "Kafka is away for a minute": ((NoBroker(AT_S, 60),), {}, every),
    }.items():
        row = [name]
        for by_calls in (True, False):
            scaler = Scaler(spec, made.kafka.partitions, calls_max("hear", 0.6, figures), by_calls=by_calls)
            o = simulate(made, figures, faults, seconds=3_600, seed=1, scaler=scaler, workers=first, **more)
            row.append(
                f"{o.quantile(0.99, AT_S):.0f} s, {o.worst.max():.0f} s; {o.stops} stops; "
                f"{o.workers.min()} to {o.workers.max()}"
            )
        print(row, flush=True)  # noqa: T201
        rows.append(row)
    return table(["an hour of it", "lag and calls", "lag alone"], rows)


def written(page: str, made: dict[str, list[str]]) -> str:
    """The page with its marked parts replaced. Raises ValueError for a marker it does not have."""
    for name, lines in made.items():
        pattern = rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)"
        body = "\n" + "\n".join(lines).rstrip("\n") + "\n\n"
        page, found = re.subn(pattern, lambda m, body=body: m[1] + body + m[2], page, flags=re.DOTALL)  # type: ignore[misc]
        if found != 1:
            raise ValueError(f"{PAGE.name}: no pair of markers {name}")
    return page


def main() -> None:
    """Write the page."""
    figures = load_figures()
    quick = {"plan": plan_tables(figures), "figures": figure_table(figures)}
    slow = {"simulation": simulated_table(figures), "head-room": sweep(figures), "autoscaling": autoscaled(figures)}
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), quick | slow), encoding="utf-8")


if __name__ == "__main__":
    main()
