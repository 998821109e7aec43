"""`callshield holds`: calls that a court or a claim wants kept: placed, lifted, listed."""

from __future__ import annotations

import json
import sys
import time
from typing import Annotated

import typer

from pipeline.adapters.index import holds
from pipeline.adapters.index.calls import Wanted
from pipeline.adapters.index.turn import turn
from pipeline.cli.acting import TokenFile, acting
from pipeline.cli.custody import audit_log
from pipeline.cli.days import day_ms, moment
from pipeline.cli.holdings import index
from pipeline.core.audit import fits
from pipeline.core.errors import ConfigError, InputError
from pipeline.core.operator import Role
from pipeline.core.past_acts import LIFTED, PLACED, last_number, past
from pipeline.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Legal holds: what they name stays, whatever its term.")
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Reason = Annotated[str, typer.Option("--reason", help="A code or ticket; it is recorded.", show_default=False)]


@app.command("place", epilog="Example: callshield holds place --matter case-2026-17 --tenant acme --from 2026-01-01")
def place(
    *,
    matter: Annotated[str, typer.Option("--matter", help="The case, by its id.", show_default=False)],
    tenant: Annotated[str, typer.Option("--tenant", help="Calls of this tenant.", show_default=False)],
    reason: Reason,
    call: Annotated[str, typer.Option("--call", help="Only calls of this id.")] = "",
    since: Annotated[str, typer.Option("--from", help="They started on this day (UTC) or later.")] = "",
    until: Annotated[str, typer.Option("--to", help="They started on this day or earlier.")] = "",
    pseudonym: Annotated[
        list[str] | None, typer.Option("--pseudonym", help="They are of this pseudonym; repeatable: any of them.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All calls of the tenant there are.")] = False,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Hold the calls there are of these. Calls that come later are not held: place it again. Role custodian."""
    wanted = Wanted(
        tenant, call, day_ms(since, "--from"), day_ms(until, "--to", days=1), pseudonyms=pseudonym or ()
    )  # fmt: skip
    if not every and wanted == Wanted(tenant):
        raise ConfigError("say which calls: --call, --from, --to or --pseudonym, or --all for all of the tenant")
    for name, value in (("matter", matter), ("reason", reason), ("tenant", tenant)):
        if not fits(name, value):
            raise ConfigError(f"--{name}: write an id without blanks, such as case-2026-17; no names, no mere numbers")
    settings = load_settings()
    base, log = index(settings), audit_log(settings)
    who = acting(
        settings, Role.CUSTODIAN, "hold.place", token_file=token_file, matter=matter, tenant=tenant, reason=reason
    )
    now_ms = time.time_ns() // 1_000_000
    with turn(base), base.begin() as connection:
        above = last_number(log.entries(), "hold")
        number, calls = holds.place(connection, wanted, matter, reason, who.name, now_ms, above)
        if not calls:
            raise InputError("there are no such calls; see: callshield calls list")
    name = holds.name_of(number)
    log.append(PLACED, who.name, hold=name, matter=matter, tenant=tenant, calls=calls)
    _say({"hold": name, "matter": matter, "calls": calls}, f"{name}: {calls} calls stay", as_json=as_json)


@app.command("lift", epilog="Example: callshield holds lift hold-3 --reason settled")
def lift(
    hold: Annotated[str, typer.Argument(help="The hold, as list names it.", show_default=False)],
    *,
    reason: Reason,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Its calls may go again when their term is over, if no other hold names them. Role custodian."""
    if not fits("reason", reason):
        raise ConfigError("--reason: write an id without blanks, such as settled or case-2026-17")
    settings = load_settings()
    base, log = index(settings), audit_log(settings)
    number = int(hold.removeprefix("hold-")) if hold.removeprefix("hold-").isdecimal() else 0
    with base.read() as connection:
        found = holds.find(connection, number)
    if found is None and hold not in past(log.entries()).holds:
        raise InputError(f"{hold!a}: no such hold; see: callshield holds list --all")
    who = acting(settings, Role.CUSTODIAN, "hold.lift", token_file=token_file, hold=hold, reason=reason)
    with turn(base), base.begin() as connection:
        holds.lift(connection, number, time.time_ns() // 1_000_000)
    log.append(LIFTED, who.name, hold=hold, reason=reason)
    _say({"hold": hold, "lifted": True}, f"{hold}: lifted", as_json=as_json)


@app.command("list", epilog="Example: callshield holds list --all")
def list_holds(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Those that were lifted, too.")] = False,
    as_json: Json = False,
) -> None:
    """Holds that are in force, and how many calls each names."""
    with index(load_settings()).read() as connection:
        rows = [{"hold": holds.name_of(r["id"]), **r} for r in holds.listed(connection, everything=everything)]
    if as_json:
        sys.stdout.write(json.dumps({"holds": rows}, indent=1) + "\n")
        return
    for row in rows:
        state = "" if row["lifted_ms"] is None else f", lifted {moment(row['lifted_ms'])}"
        placed = f"{moment(row['placed_ms'])} by {row['by_whom']}{state}"
        typer.echo(f"{row['hold']}  {row['matter']}  {row['tenant']}  {row['calls']} calls  {placed}")
    typer.echo(f"{len(rows)} holds")


def _say(plain: dict[str, object], line: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(plain, indent=1) if as_json else line)
