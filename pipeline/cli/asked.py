"""`callshield requests find|access|rectify|restrict|erase`: what is asked for, done."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Annotated

import typer

from pipeline.adapters.audio_files import shown
from pipeline.adapters.call_notes import CallNotes, Righted
from pipeline.adapters.index import requests
from pipeline.adapters.index.turn import turn
from pipeline.adapters.request_package import seen, write_package
from pipeline.adapters.stored_calls import StoredCalls, key_of
from pipeline.adapters.sweep import Sweep
from pipeline.cli.acting import TokenFile
from pipeline.cli.calls import indexed
from pipeline.cli.custody import audit_log
from pipeline.cli.holdings import sealed_calls
from pipeline.cli.requests import Job, Json, RequestName, app
from pipeline.cli.terms import retention_rules
from pipeline.core.consent_rules import JURISDICTION, JURISDICTIONS_MAX
from pipeline.core.errors import ConfigError, InputError
from pipeline.core.operator import Role
from pipeline.core.requests import Kind

__all__ = ["app"]
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


@app.command("find", epilog="Example: callshield requests find request-12")
def find(request: RequestName, *, token_file: TokenFile = None, as_json: Json = False) -> None:
    """The calls that are kept of the person, the newest first."""
    job = Job(request, Role.PRIVACY_OFFICER, "request.find", token_file)
    rows = job.rows()
    names = [f"{row['tenant']}/{row['call']}@{row['started_ms']}" for row in rows]
    if as_json:
        found = [
            {"call": name, "state": row["state"], "restricted": bool(row["restricted"])}
            for name, row in zip(names, rows, strict=True)
        ]
        typer.echo(json.dumps({"request": job.name, "calls": found}, indent=1))
        return
    for name, row in zip(names, rows, strict=True):
        typer.echo(f"{name}  {row['state']}{'  restricted' if row['restricted'] else ''}")
    typer.echo(f"{len(rows)} calls")


@app.command("access", epilog="Example: callshield requests access request-12 --out package.zip")
def access(
    request: RequestName,
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The zip to write, for you only.", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="Overwrite it.")] = False,
    token_file: TokenFile = None,
) -> None:
    """Write recordings, transcripts, consents and who saw what, as a zip to give to the person."""
    job = Job(request, Role.PRIVACY_OFFICER, "request.access", token_file)
    job.carry_out(Kind.ACCESS)
    log, rows = audit_log(job.settings), job.rows()
    stored = StoredCalls(sealed_calls(job.settings), job.index)
    acts = seen(log.entries())
    log.append_all([
        ("call.read", job.who.name, {
            "tenant": row["tenant"], "call": row["call"], "started_ms": row["started_ms"], "request": job.name,
            "role": str(Role.PRIVACY_OFFICER),
        })
        for row in rows
    ])  # fmt: skip
    about = {name: job.row[name] for name in ("kind", "received_ms", "subject_kind")} | {"request": job.name}
    given = write_package(out, about, rows, stored, job.index, acts, force=force)
    typer.echo(f"{shown(out)}: {len(rows)} calls, {given} of them with what was recorded")
    typer.echo(f"when it was handed over: callshield requests close {job.name} --outcome answered")


@app.command("rectify", epilog="Example: callshield requests rectify request-12 --call acme/c17 --language de")
def rectify(
    request: RequestName,
    *,
    call: Annotated[str, typer.Option("--call", help="TENANT/CALL, one of those found.", show_default=False)],
    language: Annotated[str, typer.Option("--language", help="It was spoken in this: en, de-AT.")] = "",
    jurisdiction: Annotated[str, typer.Option("--jurisdiction", help="It is under this law; codes by commas.")] = "",
    not_theirs: Annotated[bool, typer.Option("--not-theirs", help="It is not of this person after all.")] = False,
    token_file: TokenFile = None,
) -> None:
    """Set right what the index says of a call. What was spoken is not changed by anybody."""
    if language and not LANGUAGE.fullmatch(language):
        raise ConfigError("--language: write a code such as en or de-AT")
    codes = jurisdiction.split(",") if jurisdiction else []
    if len(codes) > JURISDICTIONS_MAX or not all(JURISDICTION.fullmatch(code) for code in codes):
        raise ConfigError(f"--jurisdiction: write up to {JURISDICTIONS_MAX} codes by commas: us-ca,us-tx")
    changes = {k: v for k, v in (("language", language), ("jurisdiction", jurisdiction)) if v}
    if not changes and not not_theirs:
        raise ConfigError("say what is wrong: --language, --jurisdiction or --not-theirs")
    job = Job(request, Role.PRIVACY_OFFICER, "request.rectify", token_file)
    job.carry_out(Kind.RECTIFY)
    row = indexed(job.settings, call)
    if row["id"] not in {found["id"] for found in job.rows()}:
        raise InputError(f"{call}: not a call of this person; see: callshield requests find {job.name}")
    with job.index.read() as connection:
        wrong = tuple(requests.labels_of(connection, job.number, row["id"])) if not_theirs else ()
    righted = Righted(time.time_ns() // 1_000_000, changes, wrong)
    with turn(job.index):
        CallNotes(sealed_calls(job.settings), job.index).set_right(key_of(row), row["id"], righted)
    for step in [*changes, *(["not_theirs"] if not_theirs else [])]:
        audit_log(job.settings).append(
            "call.rectified", job.who.name, request=job.name, tenant=row["tenant"], call=row["call"],
            started_ms=row["started_ms"], step=step,
        )  # fmt: skip
    typer.echo(f"{call}: set right; close it by: callshield requests close {job.name} --outcome rectified")


@app.command("restrict", epilog="Example: callshield requests restrict request-12")
def restrict(
    request: RequestName,
    *,
    lift: Annotated[bool, typer.Option("--lift", help="They may be used again; the request is done.")] = False,
    token_file: TokenFile = None,
) -> None:
    """Keep the person's calls and let nobody use them: not opened, and not disposed of when their term ends."""
    job = Job(request, Role.PRIVACY_OFFICER, "request.lift" if lift else "request.restrict", token_file)
    job.carry_out(Kind.RESTRICT)
    with turn(job.index), job.index.begin() as connection:
        ids = [row["id"] for row in requests.meant(connection, job.number)]
        requests.restrict(connection, ids, restricted=not lift)
    now_ms = time.time_ns() // 1_000_000
    job.save(job.request.settle("lifted" if lift else "restricted", now_ms, left=0 if lift else 1))
    audit_log(job.settings).append(
        "calls.unrestricted" if lift else "calls.restricted", job.who.name, request=job.name, calls=len(ids)
    )  # fmt: skip
    typer.echo(f"{job.name}: {len(ids)} calls " + ("may be used again" if lift else "are kept and not used"))


@app.command("erase", epilog="Example: callshield requests erase request-12 --token-file officer.token")
def erase(request: RequestName, *, token_file: TokenFile = None, as_json: Json = False) -> None:
    """Destroy keys and objects of the person's calls, with a certificate each.

    What a legal hold or a minimum term keeps is restricted until then, and goes with the sweep.
    """
    job = Job(request, Role.PRIVACY_OFFICER, "request.erase", token_file)
    job.carry_out(Kind.ERASE)
    run = Sweep(sealed_calls(job.settings), job.index, audit_log(job.settings), retention_rules(job.settings))
    run.check(clock_is_right=True)
    now_ms = time.time_ns() // 1_000_000
    job.save(job.request.settle("erased", now_ms, left=1))  # from here on the sweep would finish it
    swept = run.erase(job.rows, job.who.name, {"request": job.name})
    with job.index.begin() as connection:
        requests.restrict(connection, list(swept.stayed), restricted=True)
    job.index.scrub()
    job.save(job.request.settle("erased", now_ms, left=len(swept.stayed)))
    audit_log(job.settings).append(
        "request.erased", job.who.name, request=job.name, calls=swept.calls, state=str(job.request.state)
    )  # fmt: skip
    if as_json:
        left = sorted(swept.stayed.values())
        plain = {"request": job.name, "erased": swept.calls, "left": left, "state": str(job.request.state)}
        typer.echo(json.dumps(plain, indent=1))
        return
    typer.echo(f"{job.name}: {swept.calls} calls erased")
    if swept.stayed:
        typer.echo(f"{len(swept.stayed)} calls stay until a hold or the law lets them go; nobody may use them")
