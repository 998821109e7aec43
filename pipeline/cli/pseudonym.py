"""`callshield pseudonym`: the keys of pseudonyms, and finding a person's calls by them."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Annotated

import typer
from sqlalchemy import func, select

from pipeline.adapters.index.calls import Wanted, find
from pipeline.adapters.index.schema import labels
from pipeline.adapters.pseudonym_keys import PseudonymKeys
from pipeline.cli.acting import TokenFile, acting
from pipeline.cli.calls import Json
from pipeline.cli.holdings import index
from pipeline.core.errors import ConfigError
from pipeline.core.operator import Role
from pipeline.core.pseudonym import VALUE_CHARS_MAX, Kind
from pipeline.settings import Settings, load_settings

FOUND_MAX = 10_000
app = typer.Typer(no_args_is_help=True, help="Pseudonyms of who takes part in calls: their keys, and finding people.")


@app.command("keys", epilog="Example: callshield pseudonym keys")
def show_keys(*, as_json: Json = False) -> None:
    """Names of the keys, the current one marked, and how many labels in the index were made with each.

    A key with labels must stay in the file until their calls are gone: without it nobody finds these people.
    """
    settings = load_settings()
    file = pseudonym_keys(settings).file
    counts = _counts(settings)
    lost = sorted(set(counts) - set(file.keys))
    if as_json:
        plain = {"current": file.current, "keys": {n: counts.get(n, 0) for n in sorted(file.keys)}, "lost": lost}
        sys.stdout.write(json.dumps(plain, indent=1) + "\n")
        return
    for name in sorted(file.keys):
        typer.echo(f"{name}  {counts.get(name, 0)} labels{'  current' if name == file.current else ''}")
    for name in lost:
        typer.echo(f"{name}  {counts[name]} labels, and the file has no such key: restore it from a backup")


@app.command("find", epilog="Example: echo '+44 20 7946 0000' | callshield pseudonym find caller --tenant acme")
def find_person(
    kind: Annotated[Kind, typer.Argument(help="What standard input holds.")],
    *,
    tenant: Annotated[str, typer.Option("--tenant", help="Whose calls.", show_default=False)],
    jurisdiction: Annotated[
        str, typer.Option("--jurisdiction", help="Where a number without a country is from: gb.")
    ] = "",
    token_file: TokenFile = None,
    as_json: Json = False,
) -> None:
    """Read a number, id or name from standard input, print its pseudonyms and the calls that have one of them.

    It is looked for under all keys, old ones too. Needs the role privacy_officer; the audit log has the pseudonym.
    """
    settings = load_settings()
    keys = pseudonym_keys(settings)
    value = sys.stdin.readline(VALUE_CHARS_MAX + 2).strip()
    made = keys.search(tenant, jurisdiction, kind, value)
    if not made or len(value) > VALUE_CHARS_MAX:
        raise ConfigError(f"standard input must hold one line of at most {VALUE_CHARS_MAX} characters: the {kind}")
    acting(
        settings, Role.PRIVACY_OFFICER, "person.find", token_file=token_file, tenant=tenant, label=str(kind),
        pseudonym=made[0].pseudonym,
    )  # fmt: skip
    wanted = Wanted(tenant, label=str(kind), pseudonyms=[label.pseudonym for label in made])
    with index(settings).read() as connection:
        rows = find(connection, wanted, FOUND_MAX)
    calls = [{name: row[name] for name in ("tenant", "call", "started_ms", "state")} for row in rows]
    if as_json:
        plain = [{"key_id": label.key_id, "pseudonym": label.pseudonym} for label in made]
        sys.stdout.write(json.dumps({"kind": str(kind), "pseudonyms": plain, "calls": calls}, indent=1) + "\n")
        return
    for label in made:
        typer.echo(f"{label.pseudonym}  key {label.key_id}")
    for row in calls:
        typer.echo(f"{row['tenant']}/{row['call']}@{row['started_ms']}  {row['state']}")
    typer.echo(f"{len(calls)} calls")


def pseudonym_keys(settings: Settings) -> PseudonymKeys:
    """The keys of the settings. Raises ConfigError if none are set up."""
    if settings.pseudonym_key_file is None:
        raise ConfigError(
            "pseudonyms need a key: CALLSHIELD_PSEUDONYM_KEY_FILE; make one with: callshield keys create FILE"
        )
    return PseudonymKeys(settings.pseudonym_key_file)


def _counts(settings: Settings) -> Mapping[str, int]:
    with index(settings).read() as connection:
        rows = connection.execute(select(labels.c.key_id, func.count()).group_by(labels.c.key_id))
        return {str(name): int(number) for name, number in rows}
