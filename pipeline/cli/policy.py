"""`callshield policy`: show, check, presets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipeline.adapters.policy_file import DEFAULT, PRESETS, load_policy, preset
from pipeline.cli.console import console
from pipeline.core.errors import ConfigError
from pipeline.core.policy import Policy, tone_values
from pipeline.core.tone import Action

app = typer.Typer(
    no_args_is_help=True,
    help="What is hidden and how: show a policy, check a file of your own, list the presets.",
)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]
COLOURS = {Action.KEEP: "yellow", Action.BEEP: "green", Action.NOISE: "green", Action.SILENCE: "cyan"}


@app.command("show", epilog="Example: callshield policy show --preset pci")
def show_policy(
    file: Annotated[Path | None, typer.Argument(help="A policy file. Without one, the preset is shown.")] = None,
    name: Annotated[
        str | None, typer.Option("--preset", help=f"One of {', '.join(PRESETS)}. [default: {DEFAULT}]")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what a policy does to each kind of secret."""
    if file is not None and name is not None:
        raise ConfigError("policy show takes a file or --preset, not both")
    policy = load_policy(file) if file is not None else preset(DEFAULT if name is None else name)
    if as_json:
        _say_json(_document(policy))
        return
    table = _table("entity", "action", "class")
    for entity, rule in sorted(policy.rules.items()):
        table.add_row(entity, f"[{COLOURS[rule.action]}]{rule.action}[/]", rule.data_class)
    _print(table)
    tone = ", ".join(f"{key} {value:g}" for key, value in tone_values(policy.tone).items())
    typer.echo(f"\n{policy.name}, version {policy.version}")
    typer.echo(f"  tone     {tone}")
    typer.echo(f"  hold_ms  {policy.hold_ms}")
    typer.echo(f"  sha256   {policy.sha256}")


@app.command("check", epilog="Example: callshield policy check my-center.yaml")
def check_policy(file: Annotated[Path, typer.Argument(help="A policy file.")], as_json: Json = False) -> None:
    """Read a policy file. Prints its hash; exit code 2 and the line of the first mistake if it has one."""
    policy = load_policy(file)
    if as_json:
        _say_json({"ok": True, "name": policy.name, "version": policy.version, "sha256": policy.sha256})
        return
    typer.echo(f"ok  {policy.name}, version {policy.version}  sha256 {policy.sha256}")


@app.command("presets", epilog="Example: callshield policy presets --json")
def list_presets(as_json: Json = False) -> None:
    """List the presets a file can extend, and what each hides."""
    policies = {name: preset(name) for name in PRESETS}
    if as_json:
        rows = [
            {"name": name, "hides": PRESETS[name], "keeps": _kept(policy), "sha256": policy.sha256}
            for name, policy in policies.items()
        ]
        _say_json({"presets": rows})
        return
    table = _table("preset", "passes", "hides")
    for name, policy in policies.items():
        table.add_row(name, str(len(_kept(policy)) or "nothing"), PRESETS[name])
    _print(table)


def _kept(policy: Policy) -> list[str]:
    return sorted(entity for entity, action in policy.actions.items() if action is Action.KEEP)


def _document(policy: Policy) -> dict[str, object]:
    return {
        "name": policy.name,
        "version": policy.version,
        "sha256": policy.sha256,
        "hold_ms": policy.hold_ms,
        "tone": tone_values(policy.tone),
        "entities": {
            entity: {"action": str(rule.action), "class": str(rule.data_class)}
            for entity, rule in sorted(policy.rules.items())
        },
    }


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=column == columns[0])
    return table


def _print(table: Table) -> None:
    console().print(table)


def _say_json(document: dict[str, object]) -> None:
    typer.echo(json.dumps(document, indent=2))
