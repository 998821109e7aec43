"""The figures of an evaluation as tables in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.core.score import CallScore, EntityScore, State, Totals


def print_tables(console: Console, calls: Sequence[CallScore], totals: Totals, real_time_factor: float) -> None:
    """Print per call, per entity, and in total. Leaks are marked by colour and by their count."""
    console.print(_call_table(calls))
    console.print(_entity_table(totals))
    console.print(
        f"[bold]Total[/]  recall {totals.all.recall:.4f}"
        f"  leaky spans {totals.all.leaky_spans}/{totals.all.spans}"
        f"  over-redaction {totals.over_redaction:.4f}"
        f"  missing {totals.missing}  misshapen {totals.misshapen}"
        f"  real-time factor {real_time_factor:.4f}",
        highlight=False,
        soft_wrap=True,
    )


def _call_table(calls: Sequence[CallScore]) -> Table:
    table = Table(title="Calls", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("Call", overflow="fold")
    for heading in ("Recall", "Leaky spans", "Audible s", "Over-redaction"):
        table.add_column(heading, justify="right")
    for call in calls:
        if call.state is State.SCORED:
            over = Text(f"{call.over_redaction:.3f}")
        else:
            over = Text(call.state.value, style="bold red")
        table.add_row(Text(call.call), *_figures(call.all), over)
    return table


def _entity_table(totals: Totals) -> Table:
    table = Table(title="Entities", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("Entity")
    for heading in ("Recall", "Leaky spans", "Audible s"):
        table.add_column(heading, justify="right")
    for score in totals.entities:
        table.add_row(score.entity, *_figures(score))
    if totals.keypad.spans:
        table.add_section()
        table.add_row("keyed, of any kind", *_figures(totals.keypad))
    return table


def _figures(score: EntityScore) -> tuple[Text, Text, Text]:
    if not score.spans:
        return Text("-", style="dim"), Text("-", style="dim"), Text("-", style="dim")
    leaky = Text(f"{score.leaky_spans}/{score.spans}", style="bold red" if score.leaky_spans else "green")
    return Text(f"{score.recall:.3f}"), leaky, Text(f"{score.audible_ms / 1000:.2f}")
