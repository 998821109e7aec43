"""`callshield calls`: what is stored, found in the index; a call read by who may; the index made anew."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import track

from pipeline.adapters.audio_files import shown
from pipeline.adapters.index.calls import Wanted, count, details, find
from pipeline.adapters.index.schema import CallState
from pipeline.adapters.stored_calls import StoredCalls, key_of
from pipeline.cli.acting import TokenFile, acting
from pipeline.cli.console import console
from pipeline.cli.days import day_ms, moment
from pipeline.cli.holdings import index, sealed_calls
from pipeline.core.errors import InputError
from pipeline.core.operator import Role
from pipeline.core.requests import refuse_restricted
from pipeline.settings import Settings, load_settings

LIMIT, LIMIT_MAX = 50, 10_000
app = typer.Typer(no_args_is_help=True, help="Stored calls: listed, found, read; their index made anew.")
CallName = Annotated[str, typer.Argument(help="TENANT/CALL, with @STARTED_MS if there are several.")]
Tenant = Annotated[str, typer.Option("--tenant", help="Calls of this tenant.", show_default="all")]
Since = Annotated[str, typer.Option("--from", help="They started on this day (UTC) or later: 2026-01-31.")]
Until = Annotated[str, typer.Option("--to", help="They started on this day or earlier.")]
States = Annotated[list[CallState] | None, typer.Option("--state", help="In this state; repeatable.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=LIMIT_MAX, help="Not more than so many.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@app.command("list", epilog="Example: callshield calls list --tenant acme --from 2026-01-01 --to 2026-01-31")
def list_calls(
    *,
    tenant: Tenant = "",
    since: Since = "",
    until: Until = "",
    state: States = None,
    limit: Limit = LIMIT,
    as_json: Json = False,
) -> None:
    """Calls, the newest first."""
    wanted = Wanted(tenant, "", day_ms(since, "--from"), day_ms(until, "--to", days=1), state or ())
    _found(wanted, limit, as_json=as_json)


@app.command("search", epilog="Example: callshield calls search --entity CARD_NUMBER --tenant acme")
def search(
    *,
    tenant: Tenant = "",
    since: Since = "",
    until: Until = "",
    state: States = None,
    entity: Annotated[str, typer.Option("--entity", help="This was hidden in them: CARD_NUMBER.")] = "",
    pseudonym: Annotated[
        list[str] | None, typer.Option("--pseudonym", help="They are of this pseudonym; repeatable: any of them.")
    ] = None,
    label: Annotated[str, typer.Option("--label", help="Kind of the pseudonym: caller, customer, agent, name.")] = "",
    jurisdiction: Annotated[str, typer.Option("--jurisdiction", help="Under this law.")] = "",
    language: Annotated[str, typer.Option("--language", help="Spoken in it.")] = "",
    limit: Limit = LIMIT,
    as_json: Json = False,
) -> None:
    """Calls by what was hidden in them, whose they are, and under which law; the newest first."""
    wanted = Wanted(
        tenant, "", day_ms(since, "--from"), day_ms(until, "--to", days=1), state or (), entity, label,
        pseudonym or (), jurisdiction, language,
    )  # fmt: skip
    _found(wanted, limit, as_json=as_json)


@app.command("show", epilog="Example: callshield calls show acme/c1")
def show(call: CallName, *, as_json: Json = False) -> None:
    """All that the index knows of a call."""
    settings = load_settings()
    row = indexed(settings, call)
    with index(settings).read() as connection:
        whole = {**row, **details(connection, row["id"])}
    if as_json:
        sys.stdout.write(json.dumps(whole, indent=1) + "\n")
        return
    for name, value in row.items():
        typer.echo(f"{name}: {_shown(name, value)}")
    for item in whole["objects"]:
        typer.echo(f"object: {item['kind']}, {item['bytes']} bytes, {item['name']}")
    for item in whole["findings"]:
        typer.echo(f"hidden: {item['entity']} ({item['reason']}): {item['spans']} times, {item['hidden_ms']} ms")
    for item in whole["labels"]:
        typer.echo(f"{item['kind']}: {item['pseudonym']} (key {item['key_id']})")


@app.command("get", epilog="Example: callshield calls get acme/c1 --out call --token-file token")
def get(
    call: CallName,
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write to, for you only.", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="Overwrite files there.")] = False,
    token_file: TokenFile = None,
) -> None:
    """Recording, transcript and manifest of a call, opened. Needs the role reader; the audit log tells who read it."""
    settings = load_settings()
    row = indexed(settings, call)
    refuse_restricted(call, restricted=row["restricted"])
    key = key_of(row)
    stored = StoredCalls(sealed_calls(settings), index(settings))
    acting(
        settings, Role.READER, "call.read", token_file=token_file,
        tenant=key.tenant, call=key.call, started_ms=key.started_ms,
    )  # fmt: skip
    for path in stored.export(key, out, force=force):
        typer.echo(shown(path))


@app.command("reindex", epilog="Example: callshield calls reindex --token-file token")
def reindex(*, token_file: TokenFile = None, as_json: Json = False) -> None:
    """Make the index anew from what is in the store. Holds and requests are not: restore their backup.

    Needs the role operator. May be repeated, and while workers run.
    """
    settings = load_settings()
    stored = StoredCalls(sealed_calls(settings), index(settings))
    acting(settings, Role.OPERATOR, "index.rebuilt", token_file=token_file)
    names = stored.indexable()
    failed: list[tuple[str, str]] = []
    done = sum(
        track(
            stored.reindex_all(names, lambda name, why: failed.append((name, why))),
            "indexing", len(names), console=console(stderr=True), transient=True,
        )
    )  # fmt: skip
    if as_json:
        plain = {"indexed": done, "failed": [{"object": name, "error": why} for name, why in failed]}
        sys.stdout.write(json.dumps(plain, indent=1) + "\n")
    else:
        for why, times in sorted(Counter(why for _, why in failed).items()):
            typer.echo(f"{times} calls could not be read: {why}")
        typer.echo(f"{done} calls indexed")
    if any(why != "KeyLostError" for _, why in failed):
        raise InputError("not all calls are indexed; --json names those that could not be read")


def indexed(settings: Settings, name: str) -> dict[str, Any]:
    """The row of the one call that TENANT/CALL or TENANT/CALL@STARTED_MS names. Raises InputError."""
    tenant, slash, rest = name.partition("/")
    call, at, started = rest.partition("@")
    if not (tenant and slash and call) or (at and not started.isdecimal()):
        raise InputError(f"{name!a}: name a call by TENANT/CALL, or TENANT/CALL@STARTED_MS")
    moment = int(started) if at else None
    wanted = Wanted(tenant, call, moment, None if moment is None else moment + 1)
    with index(settings).read() as connection:
        rows = find(connection, wanted, 2)
    if not rows:
        raise InputError(f"{name!a}: no such call is indexed; see: callshield calls list, callshield calls reindex")
    if len(rows) > 1:
        raise InputError(f"{name!a}: there are several; the newest is {tenant}/{call}@{rows[0]['started_ms']}")
    return rows[0]


def _found(wanted: Wanted, limit: int, *, as_json: bool) -> None:
    with index(load_settings()).read() as connection:
        rows, every = find(connection, wanted, limit), count(connection, wanted)
    if as_json:
        sys.stdout.write(json.dumps({"calls": rows, "found": every}, indent=1) + "\n")
        return
    for row in rows:
        length = "" if row["duration_ms"] is None else str(timedelta(seconds=round(row["duration_ms"] / 1000)))
        name = shown(Path(f"{row['tenant']}/{row['call']}@{row['started_ms']}"))
        typer.echo(f"{_shown('started_ms', row['started_ms'])}  {length:>8}  {row['state']:<11}  {name}")
    typer.echo(f"{every} calls" if every <= len(rows) else f"{len(rows)} of {every} calls; more with --limit")


def _shown(name: str, value: Any) -> str:
    if name.endswith("_ms") and name != "duration_ms" and value is not None:
        return moment(value)
    return "-" if value is None or value == "" else str(value)
