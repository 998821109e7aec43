"""`callshield tokens`: makes an issuer of operator tokens, issues tokens, shows and revokes them."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline.adapters.audio_files import shown
from pipeline.adapters.ed25519 import write_new
from pipeline.adapters.operator_tokens import HOURS_MAX, Issuer, Tokens, read_token, revoked_path
from pipeline.cli.acting import TokenFile
from pipeline.cli.custody import audit_log
from pipeline.core.errors import ConfigError
from pipeline.core.operator import NAME, Role
from pipeline.settings import Settings, load_settings

app = typer.Typer(no_args_is_help=True, help="Operator tokens: who may open, erase, hold or release what is kept.")
TOKEN_ID_CHARS = 16


@app.command("init", epilog="Example: callshield tokens init issuer.pem issuer.pub")
def init(
    key_file: Annotated[Path, typer.Argument(help="Private key to make; keep it where tokens are issued.")],
    public_file: Annotated[Path, typer.Argument(help="Public key to make; goes wherever commands are run.")],
) -> None:
    """Make an issuer: a key pair and an empty revocation list. Existing files are left alone."""
    issuer = Issuer.create(key_file, public_file)
    audit_log(load_settings()).append("issuer.made", f"issuer:{issuer.id}", key=f"issuer:{issuer.id}")
    typer.echo(f"issuer {issuer.id}: {shown(key_file)}, {shown(public_file)}, {shown(revoked_path(public_file))}")


@app.command("issue", epilog="Example: callshield tokens issue --name dana --role unsealer --purpose dispute --out t")
def issue(
    *,
    name: Annotated[str, typer.Option("--name", help="Who gets it.", show_default=False)],
    role: Annotated[list[Role], typer.Option("--role", help="What he may do; repeatable.", show_default=False)],
    purpose: Annotated[
        list[str] | None, typer.Option("--purpose", help="What he may open originals for; repeatable.")
    ] = None,
    hours: Annotated[float, typer.Option("--hours", help=f"How long it is valid, up to {HOURS_MAX}.")] = 8,
    out: Annotated[Path, typer.Option("--out", "-o", help="File to make, for its owner only.", show_default=False)],
) -> None:
    """Issue a token for one working day at most. It is written to a file, never shown."""
    settings = load_settings()
    issuer = _issuer(settings)
    now_s = int(time.time())
    text, token = issuer.issue(name, role, purpose or [], hours=hours, now_s=now_s)
    facts = {"operator": name, "token": token, "roles": ",".join(sorted(set(role)))}
    if purpose:
        facts["purposes"] = ",".join(sorted(set(purpose)))
    if out.exists():
        raise ConfigError(f"{shown(out)} exists; choose another file with --out")
    until_ms = (now_s + int(hours * 3600)) * 1000
    audit_log(settings).append("token.issued", f"issuer:{issuer.id}", until_ms=until_ms, **facts)
    write_new(out, f"{text}\n".encode(), 0o600)
    typer.echo(f"{shown(out)}: token {token} of {name}, until {_at(until_ms)}")


@app.command("show", epilog="Example: callshield tokens show --token-file token")
def show(
    token_file: TokenFile = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Whose token it is, what it allows, and until when. Refuses one that is not valid (exit code 6)."""
    settings = load_settings()
    path, public = token_file or settings.token_file, settings.issuer_public_file
    if path is None or public is None:
        missing = "CALLSHIELD_TOKEN_FILE" if path is None else "CALLSHIELD_ISSUER_PUBLIC_FILE"
        raise ConfigError(f"{missing} is not set; see: callshield tokens --help")
    operator = Tokens(public).operator(read_token(path), int(time.time()))
    if as_json:
        plain = {
            "name": operator.name, "token": operator.token, "roles": sorted(operator.roles),
            "purposes": sorted(operator.purposes), "until_ms": operator.until_ms,
        }  # fmt: skip
        sys.stdout.write(json.dumps(plain, indent=1) + "\n")
        return
    typer.echo(f"{operator.name}  token {operator.token}  until {_at(operator.until_ms)}")
    typer.echo(f"  roles     {', '.join(sorted(operator.roles))}")
    typer.echo(f"  purposes  {', '.join(sorted(operator.purposes)) or 'none'}")


@app.command("revoke", epilog="Example: callshield tokens revoke 3f9a12bc04de55aa")
def revoke(
    token: Annotated[str, typer.Argument(help="Id of the token, as issue and show print it.")] = "",
    *,
    operator: Annotated[str, typer.Option("--operator", help="All tokens this operator was issued so far.")] = "",
) -> None:
    """Take a token back before it ends. Give the revocation list to every machine where commands are run."""
    settings = load_settings()
    issuer, public = _issuer(settings), settings.issuer_public_file
    if public is None:
        raise ConfigError("CALLSHIELD_ISSUER_PUBLIC_FILE is not set; the revocation list lies beside it")
    if bool(token) == bool(operator):
        raise ConfigError("name one token, or all of one operator with --operator")
    if token and (len(token) != TOKEN_ID_CHARS or set(token) - set("0123456789abcdef")):
        raise ConfigError("a token's id has 16 digits 0-9a-f; callshield tokens show prints it")
    if operator and not NAME.fullmatch(operator):
        raise ConfigError("--operator: no such name")
    now_s, known = int(time.time()), Tokens(public).revoked()
    if token:
        changed = replace(known, tokens={**known.tokens, token: now_s + HOURS_MAX * 3600})
        told = {"token": token}
    else:
        changed = replace(known, operators={**known.operators, operator: now_s + 1})
        told = {"operator": operator}
    audit_log(settings).append("token.revoked", f"issuer:{issuer.id}", **told)
    issuer.write_revoked(public, changed, now_s)
    typer.echo(f"revoked; {shown(revoked_path(public))} goes to every machine where commands are run")


def _issuer(settings: Settings) -> Issuer:
    if settings.issuer_key_file is None:
        raise ConfigError("CALLSHIELD_ISSUER_KEY_FILE is not set; make an issuer with: callshield tokens init")
    return Issuer(settings.issuer_key_file)


def _at(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds")
