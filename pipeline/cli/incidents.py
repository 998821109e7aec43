"""`callshield incidents`: stored calls that failed their proof: what is wrong, what to recall, and letting them out."""

from __future__ import annotations

import json
import os
import pwd
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.adapters.audio_files import shown
from pipeline.adapters.shelf_quarantine import Quarantine
from pipeline.core.errors import ConfigError, InputError
from pipeline.settings import load_settings

REASON_CHARS = 500
app = typer.Typer(no_args_is_help=True, help="Stored calls that failed their proof, and lie in quarantine.")
StoreDir = Annotated[Path | None, typer.Option("--store-dir", help="Where store writes.", show_default="recordings")]
Incident = Annotated[str, typer.Argument(help="The incident, as list names it.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@app.command("list", epilog="Example: callshield incidents list --all")
def list_incidents(
    *,
    store_dir: StoreDir = None,
    everything: Annotated[bool, typer.Option("--all", help="Those that were released, too.")] = False,
    as_json: Json = False,
) -> None:
    """What is in quarantine, and why."""
    found = [i for i in _quarantine(store_dir).incidents() if everything or i["released"] is None]
    if as_json:
        sys.stdout.write(json.dumps({"incidents": found}, indent=1) + "\n")
        return
    for incident in found:
        typer.echo(_line(incident))
    typer.echo(f"{len(found)} incidents")


@app.command("recall", epilog="Example: callshield incidents recall 3f9a12bc04de")
def recall(incident: Incident, *, store_dir: StoreDir = None, as_json: Json = False) -> None:
    """What of a call had gone out live: where in Kafka it lies, and which samples of it are wrong."""
    known = next((i for i in _quarantine(store_dir).incidents() if i["incident"] == incident), None)
    if known is None:
        raise InputError(f"{incident!a}: no such incident; see: callshield incidents list")
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
    store_dir: StoreDir = None,
) -> None:
    """Move a call to its ordinary place after all. Who did it, when and why is recorded first."""
    if not reason.strip() or len(reason) > REASON_CHARS or not reason.isprintable():
        raise ConfigError(f"--reason: say why, in one line of up to {REASON_CHARS} characters")
    place = _quarantine(store_dir).release(incident, reason.strip(), _who())
    typer.echo(f"{incident}: released to {shown(place)}")


def _quarantine(store_dir: Path | None) -> Quarantine:
    return Quarantine(store_dir or load_settings().store_dir)


def _line(incident: dict[str, Any]) -> str:
    at = datetime.fromtimestamp(incident["at_ms"] / 1000, UTC).isoformat(timespec="seconds")
    kinds = sorted({f"{p['entity']} {p['kind']}".strip() for p in incident["problems"]})
    state = "released" if incident["released"] else "in quarantine"
    call = shown(Path(f"{incident['tenant']}/{incident['call']}"))
    return f"{incident['incident']}  {at}  {call}  {state}  {', '.join(kinds)}"


def _who() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user need not have a name
        return f"uid {os.getuid()}"
