"""`callshield topics`: apply, check. The topic table of the code against the cluster."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer
from rich.table import Table

from pipeline.adapters import kafka_acls, kafka_topics
from pipeline.adapters.kafka_acls import Acl
from pipeline.adapters.kafka_topics import Actual, Admin, Difference, Wanted
from pipeline.cli.console import console
from pipeline.cli.kafka import kafka
from pipeline.core.errors import BrokerError, ConfigError
from pipeline.core.topics import DAY_MS, HOUR_MS, Topic, topics
from pipeline.settings import Settings, load_settings

app = typer.Typer(
    no_args_is_help=True,
    help="Topics of the live pipeline: create and mend them, check them, and who may read and write them.",
)

PURPOSE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
LOOKS_MAX, LOOK_S = 50, 0.2  # brokers learn of a change from the controller a moment later
PRINCIPAL = "User:callshield-"

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]
Acls = Annotated[bool, typer.Option("--acls", help="Also who may read and write. Needs an authorizer on the brokers.")]
Principals = Annotated[
    list[str] | None,
    typer.Option(
        "--principal", metavar="STAGE=PRINCIPAL",
        help=f"Who a stage or role logs in as. Repeatable. [default: {PRINCIPAL}STAGE]",
    ),
]  # fmt: skip


@dataclass
class Changes:
    """What apply has to do, or has done."""

    create: list[Wanted] = field(default_factory=list)
    grow: list[Difference] = field(default_factory=list)
    alter: list[Difference] = field(default_factory=list)
    left: list[Difference] = field(default_factory=list)
    grant: list[Acl] = field(default_factory=list)

    @property
    def some(self) -> bool:
        """Is there anything that can be done?"""
        return bool(self.create or self.grow or self.alter or self.grant)


@app.command("apply", epilog="Example: callshield topics apply --acls --principal hear=User:hear")
def apply_topics(
    *,
    acls: Acls = False,
    principal: Principals = None,
    partitions_too: Annotated[
        bool,
        typer.Option("--partitions-too", help="Add partitions to topics that have too few. No call may be running."),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, change nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Create missing topics and mend those that differ. Doing it twice changes nothing. Deletes nothing."""
    settings = load_settings()
    table = topic_table(settings)
    named = principals(table, principal or [])

    async def work() -> Changes:
        async with kafka_topics.administer(kafka(settings)) as admin:
            changes = await _plan(admin, settings, table, named if acls else None, partitions_too=partitions_too)
            if not dry_run and changes.some:
                await _carry_out(admin, changes)
                for _ in range(LOOKS_MAX):
                    if not (await _plan(admin, settings, table, named if acls else None, partitions_too=True)).some:
                        return changes
                    await asyncio.sleep(LOOK_S)
                raise BrokerError(
                    "the cluster took the changes but does not show them; look by: callshield topics check"
                )
            return changes

    changes = asyncio.run(work())
    if as_json:
        typer.echo(json.dumps(_changes_document(changes, dry_run), indent=2))
    else:
        _say(changes, len(table), dry_run)
    if changes.left:
        raise typer.Exit(1)


@app.command("check", epilog="Example: callshield topics check --json")
def check_topics(*, acls: Acls = False, principal: Principals = None, as_json: Json = False) -> None:
    """Compare topics with what they should be. Exit code 1 if one differs; with --acls also if others may use them."""
    settings = load_settings()
    table = topic_table(settings)
    named = principals(table, principal or [])

    async def work() -> tuple[dict[str, Actual], list[Acl]]:
        async with kafka_topics.administer(kafka(settings)) as admin:
            return await admin.actual(list(table)), await kafka_acls.granted(admin) if acls else []

    actual, granted = asyncio.run(work())
    wishes = kafka_topics.wanted(table, settings.partitions, settings.replicas)
    found = {wish.topic.name: kafka_topics.differences(wish, actual.get(wish.topic.name)) for wish in wishes}
    asked = kafka_acls.rights(table, named) if acls else []
    missing, beyond = kafka_acls.missing(asked, granted), kafka_acls.beyond(asked, granted, table)
    ok = not (any(found.values()) or missing or beyond)
    if as_json:
        rows = [_row_document(wish, actual.get(name), found[name]) for name, wish in zip(found, wishes, strict=True)]
        lists = {"missing": [acl.line for acl in missing], "beyond": [acl.line for acl in beyond]}
        typer.echo(json.dumps({"ok": ok, "topics": rows, **({"acls": lists} if acls else {})}, indent=2))
    else:
        _show(wishes, actual, found)
        for difference in (one for name in actual for one in found[name]):
            typer.echo(difference.line)
        for acl in missing:
            typer.echo(f"missing: {acl.line}")
        for acl in beyond:
            typer.echo(f"beyond the table: {acl.line}")
        typer.echo("ok" if ok else "mend it by: callshield topics apply" + (" --acls" if missing else ""))
    if not ok:
        raise typer.Exit(1)


def topic_table(settings: Settings) -> Mapping[str, Topic]:
    """The topics for the purposes of these settings. Raises ConfigError."""
    return topics([name for name, _ in purposes_named(settings)])


def purposes_named(settings: Settings) -> list[tuple[str, str]]:
    """Purposes and what stands behind their "=", which is a policy or nothing. Raises ConfigError."""
    pairs = [entry.partition("=") for entry in settings.purposes.split(",")]
    named = [(name.strip(), policy.strip()) for name, _, policy in pairs]
    names = [name for name, _ in named]
    for name in names:
        if not PURPOSE.fullmatch(name):
            raise ConfigError(
                f"CALLSHIELD_PURPOSES: {name!a} is no name for a purpose (a-z, 0-9 and -); example: storage=default"
            )
    if len(set(names)) < len(names):
        raise ConfigError("CALLSHIELD_PURPOSES names a purpose twice; give each of them once")
    return named


def principals(table: Mapping[str, Topic], given: list[str]) -> dict[str, str]:
    """Who each stage and role logs in as; given: ROLE=PRINCIPAL each. Raises ConfigError."""
    chosen = {role: PRINCIPAL + role for role in kafka_acls.who(table)}
    for text in given:
        role, _, name = text.partition("=")
        if role not in chosen:
            raise ConfigError(f"--principal {text!a}: no such stage or role; known are {', '.join(chosen)}")
        if not re.fullmatch(r"\w+:\S.*", name) or not name.isprintable():
            raise ConfigError(f"--principal {text!a}: a principal has a kind and a name; example: {role}=User:{role}")
        chosen[role] = name
    return chosen


async def _plan(
    admin: Admin, settings: Settings, table: Mapping[str, Topic], named: dict[str, str] | None, *, partitions_too: bool
) -> Changes:
    """What differs, sorted by how it is mended. named: None to leave ACLs alone. Raises BrokerError."""
    wishes = kafka_topics.wanted(table, settings.partitions, settings.replicas)
    actual = await admin.actual(list(table))
    kafka_topics.refuse(wishes, actual, partitions_too=partitions_too)
    changes = Changes()
    for wish in wishes:
        now = actual.get(wish.topic.name)
        if now is None:
            changes.create.append(wish)
            continue
        for difference in kafka_topics.differences(wish, now):
            kind = {"partitions": changes.grow, "replicas": changes.left}.get(difference.what, changes.alter)
            kind.append(difference)
    if named is not None:
        changes.grant = kafka_acls.missing(kafka_acls.rights(table, named), await kafka_acls.granted(admin))
    return changes


async def _carry_out(admin: Admin, changes: Changes) -> None:
    if changes.create:
        await admin.create(changes.create)
    if changes.grow:
        await admin.grow({d.topic: int(d.expected) for d in changes.grow})
    settings: dict[str, dict[str, str]] = {}
    for difference in changes.alter:
        settings.setdefault(difference.topic, {})[difference.what] = difference.expected
    if settings:
        await admin.alter(settings)
    if changes.grant:
        await kafka_acls.grant(admin, changes.grant)


def _say(changes: Changes, count: int, dry_run: bool) -> None:
    would = "would " if dry_run else ""
    for wish in changes.create:
        typer.echo(f"{would}create  {wish.topic.name}, partitions {wish.partitions}, replicas {wish.replicas}")
    for difference in (*changes.grow, *changes.alter):
        before = difference.found or "unset"
        typer.echo(f"{would}change  {difference.topic}: {difference.what} {before} -> {difference.expected}")
    for acl in changes.grant:
        typer.echo(f"{would}grant   {acl.line}")
    for difference in changes.left:
        typer.echo(f"left    {difference.line}; copies are added by Kafka's kafka-reassign-partitions.sh")
    if not changes.some:
        typer.echo(f"nothing to change, {count} topics")


def _changes_document(changes: Changes, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "created": [wish.topic.name for wish in changes.create],
        "changed": [_difference_document(d) | {"topic": d.topic} for d in (*changes.grow, *changes.alter)],
        "granted": [acl.line for acl in changes.grant],
        "left": [_difference_document(d) | {"topic": d.topic} for d in changes.left],
    }


def _difference_document(difference: Difference) -> dict[str, str]:
    return {"what": difference.what, "expected": difference.expected, "found": difference.found}


def _row_document(wish: Wanted, now: Actual | None, found: list[Difference]) -> dict[str, Any]:
    topic = wish.topic
    return {
        "topic": topic.name, "ok": not found, "partitions": now.partitions if now else None,
        "replicas": now.replicas if now else None, "retention_ms": topic.retention_ms, "cleanup": topic.cleanup,
        "max_bytes": topic.max_bytes, "sealed": topic.sealed, "writers": list(topic.writers),
        "readers": list(topic.readers), "differences": [_difference_document(d) for d in found],
    }  # fmt: skip


def _show(wishes: list[Wanted], actual: Mapping[str, Actual], found: Mapping[str, list[Difference]]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in ("topic", "partitions", "kept", "cleanup", "max size", "writers", "readers", "state"):
        table.add_column(column, no_wrap=column == "topic")
    for wish in wishes:
        topic, now = wish.topic, actual.get(wish.topic.name)
        state = "[red]missing[/]" if now is None else "[yellow]differs[/]" if found[topic.name] else "[green]ok[/]"
        table.add_row(
            topic.name, str(now.partitions if now else wish.partitions), kept(topic), topic.cleanup,
            f"{topic.max_bytes >> 20} MiB", " ".join(topic.writers), " ".join(topic.readers), state,
        )  # fmt: skip
    console().print(table)


def kept(topic: Topic) -> str:
    """How long a topic keeps a message, for people."""
    if topic.retention_ms is None:
        return "newest per key"
    days, rest = divmod(topic.retention_ms, DAY_MS)
    return f"{days} d" if days and not rest else f"{topic.retention_ms // HOUR_MS} h"
