"""`callshield incidents`: stored calls that failed their proof: what is wrong, what to recall, and letting them out."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.adapters.audio_files import shown
from pipeline.adapters.index.calls import with_incidents
from pipeline.adapters.stored_calls import StoredCalls, key_of
from pipeline.cli.acting import TokenFile, acting
from pipeline.cli.holdings import index, sealed_calls
from pipeline.core.errors import ConfigError, InputError
from pipeline.core.operator import Role
from pipeline.ports.key_register import KeyName
from pipeline.settings import Settings, load_settings

REASON_CHARS = 500
app = typer.Typer(no_args_is_help=True, help="Stored calls that failed their proof, and lie in quarantine.")
Incident = Annotated[str, typer.Argument(help="The incident, as list names it.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@app.command("list", epilog="Example: callshield incidents list --all")
def list_incidents(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Those that were released, too.")] = False,
    as_json: Json = False,
) -> None:
    """What is in quarantine, and why."""
    found = [i for _, i in _incidents(load_settings(), everything=everything)[1]]
    if as_json:
        sys.stdout.write(json.dumps({"incidents": found}, indent=1) + "\n")
        return
    for incident in found:
        typer.echo(_line(incident))
    typer.echo(f"{len(found)} incidents")


@app.command("recall", epilog="Example: callshield incidents recall 3f9a12bc04de")
def recall(incident: Incident, *, as_json: Json = False) -> None:
    """What of a call had gone out live: where in Kafka it lies, and which samples of it are wrong."""
    _, _, known = _one(load_settings(), incident)
    if as_json:
        told = {name: known[name] for name in ("incident", "tenant", "call", "live", "problems")}
        sys.stdout.write(json.dumps(told, indent=1) + "\n")
        return
    for item in known["live"]:
        offsets = "by its key" if item["first_offset"] is None else f"{item['first_offset']}-{item['last_offset']}"
        samples = f", samples {item['start_sample']}-{item['end_sample']}" if item["end_sample"] else ""
        key = shown(Path(item["key"]))
        typer.echo(f"{item['topic']}: partition {item['partition']}, offsets {offsets}, key {key}{samples}")
    for problem in known["problems"]:
        where = f"channel {problem['channel']}, samples {problem['start_sample']}-{problem['end_sample']}"
        typer.echo(f"wrong: {where}: {problem['entity'] or 'any'} {problem['kind']}")


@app.command("release", epilog='Example: callshield incidents release 3f9a12bc04de --reason "heard it: a price"')
def release(
    incident: Incident,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why it may be opened; it is recorded.", show_default=False)],
    token_file: TokenFile = None,
) -> None:
    """Let a call out of quarantine after all. Needs the role privacy_officer; who, when and why is recorded first."""
    if not reason.strip() or len(reason) > REASON_CHARS or not reason.isprintable():
        raise ConfigError(f"--reason: say why, in one line of up to {REASON_CHARS} characters")
    settings = load_settings()
    stored, key, _ = _one(settings, incident)
    operator = acting(
        settings, Role.PRIVACY_OFFICER, "incident.released", token_file=token_file,
        tenant=key.tenant, call=key.call, started_ms=key.started_ms,
    )  # fmt: skip
    now_ms = time.time_ns() // 1_000_000
    stored.release(key, {"at_ms": now_ms, "reason": reason.strip(), "by": operator.name})
    typer.echo(f"{incident}: released; read it with: callshield calls get {key.tenant}/{key.call}@{key.started_ms}")


def _incidents(settings: Settings, *, everything: bool) -> tuple[StoredCalls, list[tuple[KeyName, dict[str, Any]]]]:
    """What the index says failed its proof, each with its record, the oldest first."""
    base = index(settings)
    stored = StoredCalls(sealed_calls(settings), base)
    with base.read() as connection:
        keys = [key_of(row) for row in with_incidents(connection, everything=everything)]
    return stored, sorted(((key, stored.incident(key)) for key in keys), key=lambda i: i[1]["at_ms"])


def _one(settings: Settings, name: str) -> tuple[StoredCalls, KeyName, dict[str, Any]]:
    stored, found = _incidents(settings, everything=True)
    for key, incident in found:
        if incident["incident"] == name:
            return stored, key, incident
    raise InputError(f"{name!a}: no such incident; see: callshield incidents list")


def _line(incident: dict[str, Any]) -> str:
    at = datetime.fromtimestamp(incident["at_ms"] / 1000, UTC).isoformat(timespec="seconds")
    kinds = sorted({f"{p['entity']} {p['kind']}".strip() for p in incident["problems"]})
    state = "released" if incident["released"] else "in quarantine"
    call = shown(Path(f"{incident['tenant']}/{incident['call']}"))
    return f"{incident['incident']}  {at}  {call}  {state}  {', '.join(kinds)}"
