"""`callshield retention`: the rules as they are understood, and whether topics and stored calls keep to them."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from pipeline.cli.terms import retention_rules, term, terms
from pipeline.cli.topics import topic_table
from pipeline.core.retention_rules import Class, topic_terms
from pipeline.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="How long calls are kept: the rules, and what does not keep to them.")
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@app.command("show", epilog="Example: callshield retention show --tenant acme --jurisdiction eu-de")
def show(
    *,
    tenant: Annotated[str, typer.Option("--tenant", help="What holds for calls of this tenant.")] = "",
    jurisdiction: Annotated[str, typer.Option("--jurisdiction", help="And under this law; several by commas.")] = "",
    as_json: Json = False,
) -> None:
    """All rules, or with --tenant or --jurisdiction the terms of such a call."""
    rules = retention_rules(load_settings())
    if tenant or jurisdiction:
        kept = rules.of(tenant, jurisdiction)
        found = [] if kept is None else [(tenant, jurisdiction, kept)]
    else:
        found = [(rule.tenant, rule.jurisdiction, rule.kept) for rule in rules.rules]
    if as_json:
        plain = {
            "name": rules.name, "version": rules.version, "deadline_ms": rules.deadline_ms,
            "approved": sorted(rules.approved),
            "rules": [{"tenant": t, "jurisdiction": j, **_plain(kept)} for t, j, kept in found],
        }  # fmt: skip
        sys.stdout.write(json.dumps(plain, indent=1) + "\n")
        return
    for named, place, kept in found:
        typer.echo(f"{kept.name}: calls of {named or 'any tenant'} in {place or 'any jurisdiction'}")
        for purpose, one in sorted(kept.terms.items()):
            typer.echo(f"  {purpose:<12} {terms(one)}")
    if not found:
        typer.echo("no rule: such a call is kept for good, and the sweep tells of it")
    approved = ", ".join(sorted(rules.approved)) or "none"
    typer.echo(f"requests: to be answered within {term(rules.deadline_ms)}; a second person for: {approved}")


@app.command("check", epilog="Example: callshield retention check")
def check(*, as_json: Json = False) -> None:
    """Compare the retention of topics with the rules. Exit code 1 if one keeps longer, or no rule is for it."""
    settings = load_settings()
    found = list(topic_terms(retention_rules(settings), topic_table(settings).values()))
    bad = [one for one in found if not one.ok]
    if as_json:
        rows = [
            {"topic": one.topic, "purpose": one.purpose, "kept_ms": one.kept_ms, "max_ms": one.max_ms,
             "class": one.kept_by, "ok": one.ok}
            for one in found
        ]  # fmt: skip
        sys.stdout.write(json.dumps({"ok": not bad, "topics": rows}, indent=1) + "\n")
    else:
        for one in bad:
            may = f"no rule names {one.purpose}" if one.max_ms is None else f"{one.kept_by} allows {term(one.max_ms)}"
            typer.echo(f"{one.topic}: keeps {term(one.kept_ms)}; {may}")
        typer.echo(f"{len(found) - len(bad)} of {len(found)} topics keep to the rules")
    if bad:
        raise typer.Exit(1)


def _plain(kept: Class) -> dict[str, object]:
    named = sorted(kept.terms.items())
    return {"class": kept.name, "terms": {p: {"max_ms": one.max_ms, "min_ms": one.min_ms} for p, one in named}}
