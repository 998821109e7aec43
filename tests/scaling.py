"""Writes the tables of docs/scaling.md: the plan for three sizes, and what it is made of.

    python tests/scaling.py

Everything between a pair of markers `<!-- NAME -->` and `<!-- end of NAME -->` is replaced.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from measure_page import table  # noqa: E402

from pipeline.adapters.plan_figures import load_figures  # noqa: E402
from pipeline.core.plan import Plan, Wish, plan  # noqa: E402
from pipeline.core.plan_figures import STAGES, Figures, Kind  # noqa: E402

PAGE = ROOT / "docs" / "scaling.md"
SIZES = (100, 10_000, 1_000_000)


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
            [
                f"`{stage}` workers x cores",
                *(f"{p.stages[n].workers} x {p.stages[n].cores_each}" for p in made),
            ]
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
        ["memory of all workers, GB", *(f"{p.memory_gb:,.0f}" for p in made)],
        ["stored a day, TB", *(f"{p.stored_gb_day / 1000:,.2f}" for p in made)],
        ["calls a day; keys a second", *(f"{p.calls_day:,}; {p.keys_s:,.1f}" for p in made)],
    ]
    return table(["in each cell, unless it says all", *(f"{p.wish.calls:,} calls" for p in made)], rows)


def figure_table(figures: Figures) -> list[str]:
    """What the plan is made of."""
    rows = []
    for kind in Kind:
        for name, one in sorted(figures.by_name.items()):
            if one.kind is kind:
                rows.append([f"`{name}`", f"{one.value:,g}", f"{'**assumed**' if kind is Kind.ASSUMED else kind}",
                             one.source])  # fmt: skip
    return table(["figure", "value", "kind", "from"], rows)


def parts() -> dict[str, list[str]]:
    """By marker, the lines that stand there."""
    figures = load_figures()
    return {"plan": plan_tables(figures), "figures": figure_table(figures)}


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
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), parts()), encoding="utf-8")


if __name__ == "__main__":
    main()
