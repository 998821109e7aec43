"""`callshield policy`: show, check, presets."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipeline.adapters.policy_file import DEFAULT, PRESETS, load_policy, preset
from pipeline.cli.console import console
from pipeline.core.brief import brief_of
from pipeline.core.errors import ConfigError
from pipeline.core.heard import Word
from pipeline.core.own import Own
from pipeline.core.policy import Policy, detect_values, tone_values
from pipeline.core.span import Span
from pipeline.core.spoken.tokens import tokenise
from pipeline.core.terms import Terms
from pipeline.core.tone import Action

app = typer.Typer(
    no_args_is_help=True,
    help="What is hidden and how: show a policy, check or try a file of your own, list the presets.",
)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]
TRY_S, TRY_RATE = 10, 1_000  # time of sentences that nobody speaks
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
    typer.echo(f"  early    {'on' if policy.early else 'off'}")
    typer.echo(f"  doubt    {', '.join(f'{k} {v}' for k, v in _doubt(policy).items())}")
    typer.echo(f"  detect   {', '.join(f'{k} {v}' for k, v in _detect(policy).items())}")
    for line in _terms(policy.terms):
        typer.echo(f"  {line}")
    if policy.vault:
        typer.echo(f"  vault    {', '.join(sorted(policy.vault))}")
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


@app.command("try", epilog="Example: callshield policy try my-center.yaml < said.txt")
def try_policy(
    file: Annotated[Path, typer.Argument(help="A policy file.")],
    tenant: Annotated[str, typer.Option(help="Whose call it is.", show_default="nobody's")] = "",
) -> None:
    """Read sentences from standard input and show what the policy's own words hide of them.

    A line is what somebody said; ten seconds pass from line to line, for the sake of contexts. What the rules of the
    program find by themselves is not shown.
    """
    policy = load_policy(file)
    own = Own(TRY_RATE, brief_of([policy], tenant or None))
    for number, line in enumerate(sys.stdin):
        at = number * TRY_S * TRY_RATE
        said = [Word(Span(at + n, at + n + 1), text, 1.0) for n, text in enumerate(line.split())]
        tokens = tokenise(said)
        found = {t.span.start: m.entity for m in own.over(0, tokens, [], []) for t in tokens[m.first : m.last]}
        shown = [f"[{found[w.span.start]}]" if w.span.start in found else w.text for w in said]
        typer.echo(" ".join(t for n, t in enumerate(shown) if n == 0 or t != shown[n - 1] or not t.startswith("[")))


def _doubt(policy: Policy) -> dict[str, str]:
    return {name: "hide" if hides else "keep" for name, hides in asdict(policy.doubt).items()}


def _detect(policy: Policy) -> dict[str, str]:
    values = detect_values(policy.detect)
    return {name: value if isinstance(value, str) else "on" if value else "off" for name, value in values.items()}


def _plain_terms(terms: Terms) -> dict[str, object]:
    return {
        "custom": [{k: list(v) if isinstance(v, tuple) else v for k, v in asdict(r).items()} for r in terms.custom],
        "allow": [{"phrase": t.text, "tenants": list(t.tenants)} for t in terms.allow],
        "deny": [{"phrase": t.text, "tenants": list(t.tenants)} for t in terms.deny],
    }


def _terms(terms: Terms) -> list[str]:
    """What the policy looks for by words of its own, a line each."""
    out = []
    for r in terms.custom:
        what = [f"{len(r.phrases)} phrases"] if r.phrases else []
        what += [f"{r.pattern}{', nothing longer' if r.whole else ''}"] if r.pattern else []
        when = f", within {r.within_s} s of {len(r.context)} phrases" if r.context else ""
        out.append(f"custom   {r.name} as {r.entity}: {' or '.join(what)}{when}{_whose(r.tenants)}")
    out += [f"allow    {t.text}{_whose(t.tenants)}" for t in terms.allow]
    return out + [f"deny     {t.text}{_whose(t.tenants)}" for t in terms.deny]


def _whose(tenants: Sequence[str]) -> str:
    return f", for {', '.join(tenants)}" if tenants else ""


def _kept(policy: Policy) -> list[str]:
    return sorted(entity for entity, action in policy.actions.items() if action is Action.KEEP)


def _document(policy: Policy) -> dict[str, object]:
    return {
        "name": policy.name,
        "version": policy.version,
        "sha256": policy.sha256,
        "hold_ms": policy.hold_ms,
        "early": policy.early,
        "tone": tone_values(policy.tone),
        "doubt": _doubt(policy),
        "detect": _detect(policy),
        **_plain_terms(policy.terms),
        "vault": sorted(policy.vault),
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
