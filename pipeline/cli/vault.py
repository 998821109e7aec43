"""`callshield vault`: originals of hidden stretches: which are kept, and one of them opened by who may."""

from __future__ import annotations

import io
import json
import sys
import wave
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.adapters.audio_files import shown
from pipeline.adapters.index.vault import segments_of, with_originals
from pipeline.adapters.stored_calls import write_files
from pipeline.adapters.vault import ObjectVault, Samples, vault_key
from pipeline.cli.acting import TokenFile, acting
from pipeline.cli.calls import LIMIT, LIMIT_MAX, CallName, indexed
from pipeline.cli.holdings import index, sealed_calls
from pipeline.core.errors import ConfigError, InputError
from pipeline.core.operator import PURPOSE, Role
from pipeline.core.vault_names import Segment
from pipeline.settings import Settings, load_settings

STDOUT = "-"
app = typer.Typer(no_args_is_help=True, help="Originals of what was hidden, where a policy keeps them.")
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@app.command("list", epilog="Examples: callshield vault list --tenant acme · callshield vault list acme/c1")
def list_vault(
    call: Annotated[str, typer.Argument(help="TENANT/CALL: its segments. [default: calls that have any]")] = "",
    *,
    tenant: Annotated[
        str, typer.Option("--tenant", help="Without CALL: calls of this tenant.", show_default="all")
    ] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=LIMIT_MAX, help="Not more calls than so many.")] = LIMIT,
    as_json: Json = False,
) -> None:
    """Which calls have originals, or which segments a call has. Nothing is opened, and no token is needed."""
    settings = load_settings()
    if call:
        _segments(settings, call, as_json=as_json)
        return
    with index(settings).read() as connection:
        rows = with_originals(connection, tenant, limit)
    if as_json:
        sys.stdout.write(json.dumps({"calls": rows}, indent=1) + "\n")
        return
    for row in rows:
        name = shown(Path(f"{row['tenant']}/{row['call']}@{row['started_ms']}"))
        due = _time(row["vault_due_ms"])
        typer.echo(f"{_time(row['started_ms'])}  {row['segments']:>3} segments  due {due}  {name}")


@app.command(
    "unseal",
    epilog="Example: callshield vault unseal acme/c1 00-000000012000-000000020000-CARD_NUMBER --purpose dispute "
    "--reason ticket-4711 --out heard.wav --token-file token",
)
def unseal(
    call: CallName,
    segment: Annotated[str, typer.Argument(help="Which one, as `callshield vault list CALL` names it.")],
    *,
    purpose: Annotated[
        str, typer.Option("--purpose", help="What for; your token must name it.", show_default=False)
    ],
    reason: Annotated[
        str, typer.Option("--reason", help="Why: a ticket or code, such as ticket-4711.", show_default=False)
    ],
    out: Annotated[
        str, typer.Option("--out", "-o", help="WAV file, for you only; -: standard output.", show_default=False)
    ],
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file there.")] = False,
    token_file: TokenFile = None,
) -> None:  # fmt: skip
    """Open one original. Needs the role unsealer in a token not older than CALLSHIELD_VAULT_MINUTES.

    Who opened what, for what and why is in the audit log before it is written; so is each refusal.
    """
    wanted = Segment.read(segment)
    if wanted is None:
        raise InputError(f"{segment!a}: this is no segment's name; see: callshield vault list {call}")
    if not PURPOSE.fullmatch(purpose):
        raise ConfigError("--purpose: small letters, digits and dashes, such as dispute")
    if out == STDOUT and sys.stdout.isatty():
        raise ConfigError("--out -: standard output is a terminal; send it to a program, or name a file")
    settings = load_settings()
    row = indexed(settings, call)
    key, calls = vault_key(row["tenant"], row["call"], row["started_ms"]), sealed_calls(settings)
    if wanted.object not in {name for name, _ in calls.names(key, wanted.object)}:
        raise InputError(f"{segment}: the call has no such segment; see: callshield vault list {call}")
    vault = ObjectVault(calls, index(settings))
    acting(
        settings, Role.UNSEALER, "vault.unsealed", purpose=purpose, minutes=settings.vault_minutes,
        restricted=row["restricted"], token_file=token_file, tenant=key.tenant, call=key.call,
        started_ms=key.started_ms, use=str(key.use), entity=wanted.entity, channel=wanted.channel,
        start_sample=wanted.span.start, end_sample=wanted.span.end, reason=reason,
    )  # fmt: skip
    data = _wav(vault.segment(key, wanted))
    if out == STDOUT:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    path = Path(out)
    for written in write_files(path.parent, {path.name: data}, force=force):
        typer.echo(shown(written))


def _segments(settings: Settings, name: str, *, as_json: bool) -> None:
    row = indexed(settings, name)
    with index(settings).read() as connection:
        found = segments_of(connection, row["id"])
    segments = [s for o in found if (s := Segment.read(o["name"].rpartition("/")[2])) is not None]
    rows = [_plain(segment, row["rate_hz"]) for segment in sorted(segments)]
    if as_json:
        whole = {name: row[name] for name in ("tenant", "call", "started_ms", "vault_due_ms", "rate_hz")}
        sys.stdout.write(json.dumps({**whole, "segments": rows}, indent=1) + "\n")
        return
    for item in rows:
        typer.echo(f"{item['segment']}  {item['start_s']:.2f}-{item['end_s']:.2f} s")
    if not rows:
        typer.echo("no originals of this call are kept, or it is not complete yet")


def _plain(segment: Segment, rate: int) -> dict[str, Any]:
    span = segment.span
    return {
        "segment": segment.name, "entity": segment.entity, "channel": segment.channel, "start_sample": span.start,
        "end_sample": span.end, "start_s": round(span.start / rate, 3), "end_s": round(span.end / rate, 3),
    }  # fmt: skip


def _wav(samples: Samples) -> bytes:
    """As a WAV file, in memory."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(samples.rate)
        file.writeframes(samples.pcm.astype("<i2").tobytes())
    return made.getvalue()


def _time(at_ms: int | None) -> str:
    return "-" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")
