"""`callshield audit`: shows the audit log, checks it, signs what a crash left unsigned."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline.adapters.audio_files import shown
from pipeline.cli.acting import TokenFile, acting
from pipeline.cli.custody import audit_log
from pipeline.core.audit import Entry, Problem, Wrong
from pipeline.core.operator import Role
from pipeline.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="The audit log: who did what, and whether it is what was written.")
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
WRONG = {
    Wrong.UNREADABLE: "line {at} is not as it was written",
    Wrong.EDITED: "line {at} was changed",
    Wrong.BROKEN: "line {at} does not follow the one before: something was taken out, put in or moved",
    Wrong.TORN: "line {at}, the last, has no end: a crash, and the next entry mends it, or a cut",
    Wrong.REMADE: "entry {at} is another than the one that was signed",
    Wrong.CUT: "entry {at} was signed and is not there",
    Wrong.UNSIGNED: "from entry {at} on nothing is signed: a crash leaves at most the last append so; look at them",
    Wrong.FORGED: "a signed head, of entry or line {at}, does not fit the key",
}


@app.command("show", epilog="Example: callshield audit show --act vault.unseal --since 2026-11-01 --json")
def show(
    *,
    act: Annotated[str, typer.Option("--act", help="Only this act; a beginning such as `vault.` is enough.")] = "",
    who: Annotated[str, typer.Option("--who", help="Only what this operator or stage did.")] = "",
    call: Annotated[str, typer.Option("--call", help="Only what was done to this call.")] = "",
    since: Annotated[datetime | None, typer.Option("--since", help="Only from this time on, UTC.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="The newest so many.")] = 100,
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Entries, oldest first. Needs the role auditor; that it was read is an entry, too."""
    settings = load_settings()
    log = audit_log(settings)
    from_ms = 0 if since is None else int(since.replace(tzinfo=since.tzinfo or UTC).timestamp() * 1000)
    found = [
        entry
        for entry in log.entries()
        if entry.act.startswith(act) and who in ("", entry.who) and call in ("", entry.facts.get("call"))
        and entry.at_ms >= from_ms
    ][-limit:]  # fmt: skip
    acting(settings, Role.AUDITOR, "audit.read", token_file=token_file, entries=len(found))
    if as_json:
        sys.stdout.write(json.dumps({"entries": [asdict(entry) for entry in found]}, indent=1) + "\n")
        return
    for entry in found:
        typer.echo(_line(entry))


@app.command("verify", epilog="Example: callshield audit verify --public /safe/public.pem")
def verify(
    *,
    public: Annotated[
        Path | None, typer.Option("--public", help="Key that heads are checked by.", show_default="the anchor's")
    ] = None,
    as_json: Json = False,
) -> None:
    """Find every edit, deletion, reorder and cut tail. Exit code 5 if there is one. Shows no entry."""
    log = audit_log(load_settings())
    seen = log.verify(public)
    if as_json:
        sys.stdout.write(json.dumps({"good": not seen.problems, **asdict(seen)}, indent=1) + "\n")
    else:
        for problem in seen.problems:
            typer.echo(f"{shown(log.folder)}: {_told(problem)}")
        if seen.clock_back:
            typer.echo(f"note: the clock went back {seen.clock_back} times; entries count by number")
        if log.anchor == log.folder:
            typer.echo("note: signed heads lie beside the log; set CALLSHIELD_AUDIT_ANCHOR to a folder elsewhere")
        found = f"{len(seen.problems)} problems" if seen.problems else "nothing wrong"
        typer.echo(f"{seen.entries} entries, {seen.heads} signed heads: {found}")
    if seen.problems:
        raise typer.Exit(5)


@app.command("anchor", epilog="Example: callshield audit anchor")
def anchor(as_json: Json = False) -> None:
    """Sign what is there now. What a crash left unsigned is told of in an entry first."""
    head = audit_log(load_settings()).sign()
    if as_json:
        plain = {"seq": head.seq, "hash": head.hash, "at_ms": head.at_ms, "key": head.key}
        sys.stdout.write(json.dumps(plain, indent=1) + "\n")
        return
    typer.echo(f"{head.seq} entries, hash {head.hash}, signed by key {head.key}")


def _told(problem: Problem) -> str:
    return WRONG[problem.wrong].format(at=problem.at)


def _line(entry: Entry) -> str:
    at = datetime.fromtimestamp(entry.at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    facts = " ".join(f"{name}={value}" for name, value in sorted(entry.facts.items()))
    return f"{entry.seq}  {at}  {entry.who}  {entry.act}  {facts}".rstrip()
