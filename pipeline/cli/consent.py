"""`callshield consent`: rules read and explained; what was told in a call; consent taken back after its end."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from datetime import UTC, datetime
from typing import Annotated

import typer

from pipeline.adapters.call_notes import CallNotes
from pipeline.adapters.consent_file import PRESETS, find_rules
from pipeline.adapters.index.consents import consents_of, head_fields, head_of
from pipeline.adapters.producer import open_producer
from pipeline.adapters.wire import Wire
from pipeline.adapters.withdrawal import withdraw
from pipeline.cli.acting import TokenFile, acting
from pipeline.cli.calls import CallName, Json, indexed
from pipeline.cli.custody import audit_log
from pipeline.cli.holdings import index, sealed_calls
from pipeline.cli.kafka import kafka
from pipeline.cli.topics import purposes_named, topic_table
from pipeline.core.consent import Answer
from pipeline.core.consent_rules import JURISDICTION, JURISDICTIONS_MAX, PURPOSE, Basis, Need, Needs, Rules
from pipeline.core.errors import ConfigError
from pipeline.core.messages import REVOKED, Event, EventKind
from pipeline.core.operator import Role
from pipeline.core.topics import EVENTS, OPERATOR
from pipeline.settings import Settings, load_settings

STORAGE = "storage"
PROOF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}")
app = typer.Typer(no_args_is_help=True, help="Who may have calls: rules, what was told, and taking consent back.")
EXAMPLE = "Example: callshield consent check consent.yaml --tenant acme --jurisdiction us-ca,us-tx"


@app.command("check", epilog=EXAMPLE)
def check(
    rules: Annotated[str, typer.Argument(help="A file, or a preset.", show_default="CALLSHIELD_CONSENT_RULES")] = "",
    *,
    tenant: Annotated[str, typer.Option("--tenant", help="What calls of this tenant need.")] = "",
    jurisdiction: Annotated[
        str, typer.Option("--jurisdiction", help="What calls under this law need; codes by commas.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Read consent rules and say what each purpose needs: by rule, or for the calls that options name."""
    settings = load_settings()
    name = rules or settings.consent_rules
    if not name:
        raise ConfigError(f"CALLSHIELD_CONSENT_RULES is not set: name a file or a preset: {', '.join(PRESETS)}")
    known = find_rules(name)
    tables = _tables(known, tenant, _codes(jurisdiction))
    never = [p for p, _ in purposes_named(settings) if not any(p in needs for _, needs in tables)]
    if as_json:
        rows = [{"for": where, "needs": {p: need.plain() for p, need in needs.items()}} for where, needs in tables]
        plain = {"name": known.name, "version": known.version, "rules": rows, "never": never}
        sys.stdout.write(json.dumps(plain, indent=1) + "\n")
        return
    typer.echo(f"{known.name}, version {known.version}")
    for where, needs in tables:
        typer.echo(f"{where}:")
        for purpose, need in sorted(needs.items()):
            typer.echo(f"  {purpose}: {_words(need)}")
        if not needs:
            typer.echo("  nobody has anything")
    for purpose in never:
        typer.echo(f"{purpose} gets redacted calls by CALLSHIELD_PURPOSES, but no rule here lets it have any")


@app.command("show", epilog="Example: callshield consent show acme/c1")
def show(call: CallName, *, as_json: Json = False) -> None:
    """What was told of consent in a call, in order, and what became of the call."""
    settings = load_settings()
    row = indexed(settings, call)
    with index(settings).read() as connection:
        told = consents_of(connection, row["id"])
    if as_json:
        whole = {name: row[name] for name in ("tenant", "call", "started_ms", "state", "jurisdiction")}
        sys.stdout.write(json.dumps({**whole, "consents": told}, indent=1) + "\n")
        return
    for item in told:
        more = [f"{name} {item[name]}" for name in ("notice", "disclosure", "language", "proof") if item[name]]
        typer.echo("  ".join([_time(item["at_ms"]), item["purpose"] or "-", item["state"], *more]))
    typer.echo(f"{row['state']}; {len(told)} times something was told" if told else f"{row['state']}; nothing was told")


@app.command("withdraw", epilog="Example: callshield consent withdraw acme/c1 --purpose storage --proof letter-77")
def withdraw_consent(
    call: CallName,
    *,
    purpose: Annotated[str, typer.Option("--purpose", help="For what it is taken back.", show_default=False)],
    proof: Annotated[str, typer.Option("--proof", help="Id of the letter or ticket.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    token_file: TokenFile = None,
) -> None:
    """Take back consent for a call that is over. Needs the role privacy_officer.

    storage: its key is destroyed and its objects are deleted, here and at once. Other purposes are told by an event.
    """
    settings = load_settings()
    if not PURPOSE.fullmatch(purpose):
        raise ConfigError(f"--purpose {purpose!a}: no name of a purpose; example: storage")
    if not PROOF.fullmatch(proof) or not any(c.isalpha() for c in proof):
        raise ConfigError(f"--proof {proof!a}: give an id with a letter in it, such as letter-77, and no sentence")
    row = indexed(settings, call)
    if not yes:
        typer.confirm(f"Take back consent to {purpose} for {call}? What there is of it goes for good", abort=True)
    operator = acting(
        settings, Role.PRIVACY_OFFICER, "consent.withdraw", token_file=token_file, kind=purpose, proof=proof,
        tenant=row["tenant"], call=row["call"], started_ms=row["started_ms"],
    )  # fmt: skip
    now_ms = time.time_ns() // 1_000_000
    base = index(settings)
    with base.read() as connection:
        fields = head_fields(connection, row["id"])
    facts = tuple(sorted([("purpose", purpose), ("proof", proof), REVOKED]))
    event = Event(head_of(fields), EventKind.CONSENT, now_ms, OPERATOR, str(Answer.WITHDRAWN), facts)
    if purpose == STORAGE:
        withdraw(sealed_calls(settings), base, audit_log(settings), fields, operator.name)
    else:
        asyncio.run(_send(settings, event))
    CallNotes(sealed_calls(settings), base).tell(event)
    told = "nothing of it is kept any more" if purpose == STORAGE else f"{EVENTS} tells who has it to destroy it"
    typer.echo(f"{call}: {told}")


def _tables(rules: Rules, tenant: str, jurisdiction: str) -> list[tuple[str, Needs]]:
    """What is shown: all rules, or what holds for some calls; each with the words it is for."""
    if tenant or jurisdiction:
        return [(_where(tenant, jurisdiction), rules.needs(tenant, jurisdiction))]
    return [(_where(rule.tenant, rule.jurisdiction), rule.needs) for rule in rules.rules]


def _codes(text: str) -> str:
    codes = text.split(",")
    if text and (len(codes) > JURISDICTIONS_MAX or not all(JURISDICTION.fullmatch(code) for code in codes)):
        raise ConfigError(f"--jurisdiction {text!a}: write up to {JURISDICTIONS_MAX} codes by commas: us-ca,us-tx")
    return text


def _where(tenant: str, jurisdiction: str) -> str:
    return f"{tenant or 'any tenant'}, {jurisdiction or 'anywhere'}"


def _words(need: Need) -> str:
    consent = {Basis.REQUIRED: "a yes", Basis.OBJECTION: "nobody said no", Basis.NONE: "neither yes nor no"}
    more = [name for name in ("notice", "disclosure", "proof") if getattr(need, name)]
    return ", ".join([consent[need.consent], *more, *([f"language {need.language}"] if need.language != "any" else [])])


async def _send(settings: Settings, event: Event) -> None:
    key, value, headers = Wire(topic_table(settings), None, OPERATOR).encode(EVENTS, event)
    async with open_producer(kafka(settings), EVENTS) as producer:
        await producer.send_and_wait(EVENTS, value, key=key, headers=headers)


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")
