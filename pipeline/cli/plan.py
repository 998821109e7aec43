"""`callshield plan`: what so many calls at a time take, in partitions, workers, cores, brokers and bytes."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from pipeline.adapters.plan_figures import OURS, load_figures, plain, with_bench
from pipeline.cli.console import console
from pipeline.core.plan import Plan, Wish, plan
from pipeline.core.plan_figures import Figures, Kind

EXAMPLES = (
    "Examples: callshield plan --calls 10000 · callshield plan --calls 500 --zones 2 --bench out/bench/bench.json"
)


def plan_calls(
    *,
    calls: Annotated[int, typer.Option("--calls", help="Calls of two channels at the same time, at the busiest.")],
    utilisation: Annotated[float, typer.Option("--utilisation", help="Mean share of its cores a worker needs.")] = 0.6,
    growth: Annotated[float, typer.Option("--growth", help="Times the calls the partitions shall last for.")] = 2.0,
    zones: Annotated[int, typer.Option("--zones", help="Places that may be lost one at a time.")] = 3,
    replicas: Annotated[int, typer.Option("--replicas", help="Copies of each topic.")] = 3,
    call_minutes: Annotated[float, typer.Option("--call-minutes", help="Length of a call.")] = 6.0,
    busy_hours: Annotated[
        float, typer.Option("--busy-hours", help="A day has the calls of so many hours at the busiest.")
    ] = 8.0,
    figures: Annotated[
        Path | None, typer.Option("--figures", help="Figures of your machines, JSON. [default: ours]")
    ] = None,
    bench: Annotated[
        Path | None, typer.Option("--bench", help="bench.json of callshield bench: recognition as measured there.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Say what so many calls take: partitions, workers and cores of each stage, brokers, storage, keys. Asks nobody.

    Made of what one call costs, as measured on a machine of two cores; figures say which of them are assumed.
    """
    known = load_figures(figures or OURS)
    if bench is not None:
        known = with_bench(known, bench)
    made = plan(Wish(calls, utilisation, growth, zones, replicas, call_minutes, busy_hours), known)
    if as_json:
        sys.stdout.write(json.dumps(document(made, known), indent=1) + "\n")
        return
    _show(made, known)


def document(made: Plan, figures: Figures) -> dict[str, Any]:
    """The plan and what it is made of, for JSON."""
    found = asdict(made)
    for row, stage in zip(found["stages"], made.stages, strict=True):
        row["cores"] = stage.cores
    return found | {"figures": plain(figures)}


def _show(made: Plan, figures: Figures) -> None:
    out, kafka = console(), made.kafka
    cells = f"{made.cells} clusters of {made.calls_each:,} calls; of each of them" if made.cells > 1 else "one cluster"
    out.print(f"[bold]{made.wish.calls:,} calls at a time[/]: {cells}", highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in ("stage", "workers", "cores each", "cores", "partitions", "calls each", "mean", "busiest", "memory"):
        table.add_column(column, justify="left" if column == "stage" else "right", no_wrap=True)
    for one in made.stages:
        table.add_row(
            one.stage, f"{one.workers:,}", f"{one.cores_each}", f"{one.cores:,}", f"{one.partitions_each}",
            f"{one.calls_each:,.0f}", f"{100 * one.mean:.0f} %", f"{100 * one.busiest:.0f} %",
            f"{one.memory_mb_each:,} MB",
        )  # fmt: skip
    out.print(table)
    lines = {
        "partitions": f"{kafka.partitions} of each topic (CALLSHIELD_PARTITIONS), for {made.wish.growth:g} times "
        f"the calls; {kafka.replicas:,} with {made.wish.replicas} copies of {kafka.topics} topics",
        "Kafka": f"{kafka.in_mb_s:,.0f} MB/s in, {kafka.out_mb_s:,.0f} out, {kafka.written_mb_s:,.0f} written; "
        f"{kafka.disk_gb:,.0f} GB on disk; {kafka.brokers} brokers, for {kafka.bound}; "
        f"{kafka.cores:,.0f} cores at least",
        "a worker of hear dies": f"its calls go on after {made.take_over.stall_s:.0f} s; each worker reads "
        f"{made.take_over.read_mb:,.0f} MB of states and hears {made.take_over.replay_s:g} s again",
        "in all": f"{made.cores:,} cores, {made.busy_cores:,.0f} of them busy, and {made.memory_gb:,.0f} GB of memory "
        "for workers; brokers not counted",
        "a day": f"{made.calls_day:,} calls, {made.stored_gb_day:,.0f} GB stored, as many keys; "
        f"{made.keys_s:,.1f} keys a second",
    }
    for name, text in lines.items():
        out.print(f"[bold]{name}[/]: {text}", highlight=False, soft_wrap=True)
    for note in made.notes:
        out.print(f"[yellow]mind[/]: {note}", highlight=False, soft_wrap=True)
    assumed = sorted(name for name, one in figures.by_name.items() if one.kind is Kind.ASSUMED)
    out.print(f"[dim]assumed, not measured: {', '.join(assumed) or 'nothing'}[/]", highlight=False, soft_wrap=True)
