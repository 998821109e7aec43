"""`callshield inventory`: what is where, how much of it, and how sensitive."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from pipeline.adapters.audit_log import LOG
from pipeline.adapters.database_url import read_database_url
from pipeline.adapters.index.seen import entities, stored_objects, tallies
from pipeline.adapters.sql import Database
from pipeline.cli.console import console
from pipeline.cli.custody import key_register
from pipeline.cli.seen_files import SECRET, variable
from pipeline.cli.seen_kept import there
from pipeline.cli.terms import term
from pipeline.cli.topics import topic_table
from pipeline.core.errors import CallShieldError
from pipeline.core.inventory import (
    Holding,
    Sensitivity,
    by_sensitivity,
    index_holdings,
    key_holdings,
    object_holdings,
    topic_holdings,
)
from pipeline.settings import Settings, load_settings

EXAMPLES = "Example: callshield inventory --json | jq '.holdings[] | select(.sensitivity == \"raw\")'"
COLOURS = {
    Sensitivity.SECRET: "bold red", Sensitivity.RAW: "red", Sensitivity.PERSONAL: "yellow", Sensitivity.INTERNAL: "dim",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inventory:
    """holdings: the gravest first. entities: what was found in kept calls, by kind. unseen: what could not be read."""

    holdings: list[Holding]
    entities: list[dict[str, Any]]
    unseen: dict[str, str]


def inventory(
    *, as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False
) -> None:
    """List what is kept of calls and what protects it: topics, objects, index, keys, files. Opens no call.

    Topics are those configured; Kafka is not asked. Objects are counted by the index.
    """
    found = take(load_settings())
    if as_json:
        sys.stdout.write(json.dumps(asdict(found), indent=1) + "\n")
        return
    _show(found)


def take(settings: Settings) -> Inventory:
    """All of it. What is not there yet is left out; what cannot be read is told of in `unseen`."""
    unseen: dict[str, str] = {}
    kept = list(topic_holdings(topic_table(settings).values()))
    found: list[dict[str, Any]] = []
    try:
        if there(settings.index_url):
            found, of_index = _index(settings)
            kept += of_index
    except CallShieldError as error:
        unseen["index"] = str(error)
    try:
        if there(settings.key_register):
            kept += _keys(settings)
    except CallShieldError as error:
        unseen["key register"] = str(error)
    return Inventory(by_sensitivity([*kept, *_files(settings)]), found, unseen)


def _index(settings: Settings) -> tuple[list[dict[str, Any]], list[Holding]]:
    base = Database(settings.index_url)
    try:
        with base.read() as connection:
            kept = [*object_holdings(stored_objects(connection)), *index_holdings(tallies(connection))]
            return entities(connection), kept
    finally:
        base.close()


def _keys(settings: Settings) -> list[Holding]:
    register = key_register(settings)
    try:
        return list(key_holdings(register.counts()))
    finally:
        register.close()


def _files(settings: Settings) -> Iterator[Holding]:
    named: list[tuple[str, Path | None, str, Sensitivity]] = [
        (variable(name), getattr(settings, name), "keys, tokens or passwords", Sensitivity.SECRET) for name in SECRET
    ]
    named += [
        ("audit log", settings.audit_dir / LOG, "who did what to which call", Sensitivity.PERSONAL),
        (variable("tombstones_file"), settings.tombstones_file, "names of destroyed keys", Sensitivity.PERSONAL),
        (variable("analytics_db"), settings.analytics_db, "figures of calls", Sensitivity.PERSONAL),
        (variable("index_url"), read_database_url(settings.index_url).file, "the index", Sensitivity.PERSONAL),
    ]
    for name, path, what, level in named:
        if path is not None and path.is_file():
            yield Holding("file", name, what, level, sealed=False, bytes=path.stat().st_size)


def _show(found: Inventory) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in ("sensitivity", "where", "name", "what"):
        table.add_column(column)
    for column in ("count", "bytes"):
        table.add_column(column, justify="right")
    for column in ("kept", "sealed"):
        table.add_column(column)
    for one in found.holdings:
        kept = "" if one.kept_ms is None else term(one.kept_ms)
        table.add_row(
            f"[{COLOURS[one.sensitivity]}]{one.sensitivity}[/]", one.where, escape(one.name), escape(one.what),
            _number(one.count), _number(one.bytes), kept, "yes" if one.sealed else "no",
        )  # fmt: skip
    console().print(table)
    for row in found.entities:
        typer.echo(f"found in kept calls: {row['entity']}, {row['spans']} times in {row['calls']} calls")
    for name, why in found.unseen.items():
        typer.echo(f"{name}: could not be read: {why}")


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
