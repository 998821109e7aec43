"""`callshield check`: whether this deployment is as safe as it can be, rule by rule, and what to do where it is not."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from pipeline.cli.console import console
from pipeline.cli.seen import look
from pipeline.cli.topics import Principals
from pipeline.core.answer import Outcome
from pipeline.core.checks import Checked, Preset, Severity, check, passed
from pipeline.settings import load_settings

EXAMPLES = "Example: callshield check --preset pci --json"
SHOWN = {Outcome.GOOD: "[green]good[/]", Outcome.UNKNOWN: "[cyan]unknown[/]"}
BAD = {Severity.ERROR: "[bold red]error[/]", Severity.WARNING: "[yellow]warning[/]"}


def check_deployment(
    *,
    preset: Annotated[Preset | None, typer.Option("--preset", help="Hold it to this standard or law, too.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail by warnings and by what is unknown, too.")] = False,
    bad_only: Annotated[bool, typer.Option("--bad-only", help="Leave out rules that are kept.")] = False,
    principal: Principals = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Check the settings of this machine and what they name: lines, keys, files, rules, logs. Changes nothing.

    Exit code 1 if something must be mended. What cannot be looked at, such as Kafka where it does not run, is unknown.
    """
    found = check(look(load_settings(), principal or ()), preset)
    good = passed(found, strict=strict)
    shown = [one for one in found if not (bad_only and one.answer.outcome is Outcome.GOOD)]
    if as_json:
        sys.stdout.write(json.dumps(_document(shown, preset, good=good), indent=1) + "\n")
    else:
        _show(shown)
        counts = Counter(
            str(one.severity if one.answer.outcome is Outcome.BAD else one.answer.outcome) for one in found
        )
        typer.echo(", ".join(f"{counts[kind]} {kind}" for kind in ("error", "warning", "unknown", "good")))
    if not good:
        raise typer.Exit(1)


def plain(one: Checked) -> dict[str, Any]:
    """A result for JSON."""
    return {
        "rule": one.rule.name, "severity": str(one.severity), "outcome": str(one.answer.outcome),
        "told": one.answer.told, "mend": one.rule.mend, "pci": one.rule.pci, "gdpr": one.rule.gdpr,
    }  # fmt: skip


def _document(found: list[Checked], preset: Preset | None, *, good: bool) -> dict[str, Any]:
    return {"ok": good, "preset": preset and str(preset), "rules": [plain(one) for one in found]}


def _show(found: list[Checked]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in ("rule", "result", "what was found, and how to mend it"):
        table.add_column(column, no_wrap=column != "what was found, and how to mend it")
    for one in found:
        outcome = one.answer.outcome
        told = escape(one.answer.told)
        if outcome is Outcome.BAD:
            told += f"\n[dim]mend: {escape(one.rule.mend)}[/]"
        table.add_row(one.rule.name, BAD[one.severity] if outcome is Outcome.BAD else SHOWN[outcome], told)
    console().print(table)
