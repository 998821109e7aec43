"""The tables of a benchmark in the terminal, and as a page of Markdown with the plots."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table as Drawn
from rich.text import Text

from pipeline.adapters.bench_tables import Document, Table, tables


def print_tables(console: Console, found: Document) -> None:
    """Print all tables of a document."""
    for table in tables(found):
        drawn = Drawn(title=table.title, title_justify="left", box=box.SIMPLE_HEAD)
        for number, head in enumerate(table.heads):
            drawn.add_column(head, justify="right" if number else "left", overflow="fold")
        for row in table.rows:
            drawn.add_row(*(_cell(text) for text in row))
        console.print(drawn)
        if table.note:
            console.print(table.note.replace("`", ""), markup=False, highlight=False, soft_wrap=True)


def _cell(text: str) -> Text:
    return Text(text, style={"met": "green", "missed": "bold red", "no": "bold red"}.get(text, ""))


def page(found: Document, plots: Sequence[str]) -> str:
    """The document as Markdown. plots: file names of its pictures."""
    model, policy, material = found["model"], found["policy"], found["material"]
    lines = [
        "# Capacity",
        "",
        f"- date: {found['date']} ({found['minutes']:.0f} min)",
        f"- machine: {found['machine']}; {found['cores']} cores used; load over 15 min {found['load_of_machine']:.1f}",
        f"- command: `{found['command']}`",
        f"- commit: {found['commit']}",
        f"- model: {model['engine']} {model['engine_version']}, {model['model']} (`{model['sha256'][:12]}`)",
        f"- policy: {policy['name']} (`{policy['sha256'][:12]}`)",
        f"- calls: two channels, 8 kHz, each side speaks {material['share']:.0%} of the time, composed of "
        f"{material['utterances']} utterances ({material['speech_s']:.0f} s) of {material['recordings']} recordings; "
        f"turns are lognormal, median {material['turn_median_s']:g} s",
        "",
        "Absolute figures are those of this machine, at that load; ratios carry over better.",
        "",
    ]
    for table in tables(found):
        lines += _markdown(table)
    lines += [f"![{name.removesuffix('.png').replace('_', ' ')}]({name})\n" for name in plots]
    return "\n".join(lines).rstrip() + "\n"


def _markdown(table: Table) -> list[str]:
    heads = [head or " " for head in table.heads]
    lines = [f"## {table.title}", "", f"| {' | '.join(heads)} |", f"| {' | '.join('---' for _ in heads)} |"]
    lines += [f"| {' | '.join(text.replace('|', '/') for text in row)} |" for row in table.rows]
    return [*lines, "", table.note, ""] if table.note else [*lines, ""]
