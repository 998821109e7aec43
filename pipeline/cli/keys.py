"""callshield keys: makes and rotates the key-encryption keys."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from pipeline.adapters.keyring import KeyFile, add_key, changing, read_key_file, write_key_file
from pipeline.cli.acting import TokenFile, acting
from pipeline.cli.console import console
from pipeline.cli.custody import audit_log, key_provider, key_register
from pipeline.core.errors import ConfigError
from pipeline.core.operator import Role
from pipeline.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Make and rotate the keys that calls are encrypted under.")

KeyPath = Annotated[Path, typer.Argument(help="The key file, readable by its owner only.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
AnyKeyPath = Annotated[
    Path | None, typer.Argument(help="A key file. Without one: the keys of stored calls.", show_default=False)
]


@app.command("create", epilog="Example: callshield keys create keys.json")
def create(path: KeyPath) -> None:
    """Make a key file with one key. An existing file is left alone."""
    if path.exists():
        raise ConfigError(f"{path} exists; add a key to it with: callshield keys rotate {path}")
    made = add_key(path, KeyFile("", {}))
    write_key_file(path, made)
    typer.echo(f"{path}: key {made.current}. Keep a copy in a safe place: without it nothing encrypted can be read.")


@app.command("rotate", epilog="Example: callshield keys rotate keys.json")
def rotate(path: AnyKeyPath = None, *, token_file: TokenFile = None) -> None:
    """Add a key; calls that start from now on are encrypted under it. Running workers notice by themselves.

    Without a file: make a new key-encryption key at the key provider of stored calls. Needs the role operator.
    """
    if path is None:
        _rotate_provider(token_file)
        return
    with changing(path):
        content = read_key_file(path)
        made = add_key(path, content)
        write_key_file(path, made)
    older = len(content.keys)
    typer.echo(f"{path}: new calls are encrypted under {made.current}; {older} older keys still open theirs.")


@app.command("list", epilog="Example: callshield keys list keys.json")
def show(path: AnyKeyPath = None, *, as_json: Json = False) -> None:
    """The names of the keys, the current one marked. Never the keys.

    Without a file: key-encryption keys of stored calls, and how many data keys the register has under each.
    """
    if path is None:
        _show_register(as_json)
        return
    content = read_key_file(path)
    if as_json:
        _say({"current": content.current, "keys": sorted(content.keys)})
        return
    for name in sorted(content.keys):
        typer.echo(f"{name}{'  current' if name == content.current else ''}")


@app.command("rewrap", epilog="Example: callshield keys rewrap --token-file operator.token")
def rewrap(*, token_file: TokenFile = None) -> None:
    """Put the data keys of all stored calls under the current key-encryption key; no data is touched.

    After it an old key-encryption key may be destroyed. Stopped, it goes on where it was. Needs the role operator.
    """
    settings = load_settings()
    register = key_register(settings)
    who = acting(settings, Role.OPERATOR, "keys.rewrap", token_file=token_file)
    total, err = sum(register.counts().values()), console(stderr=True)
    with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("Rewrapping", total=total)
        changed = register.rewrap(lambda count: bar.update(task, completed=count))
    audit_log(settings).append("keys.rewrapped", who.name, keys=changed, token=who.token)
    typer.echo(f"{changed} of {total} data keys are under another key-encryption key now")


@app.command("verify", epilog="Example: callshield keys verify")
def verify(
    *, as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False
) -> None:
    """Read all tombstones of destroyed keys, and see that the register knows each. Exit code 5 if not."""
    register = key_register(load_settings())
    buried, count = register.bury(), register.verify()
    if as_json:
        _say({"tombstones": count, "buried": buried})
        return
    typer.echo(
        f"{count} tombstones, nothing wrong" + (f"; {buried} keys that had one were destroyed again" * (buried > 0))
    )


@app.command("destroy", epilog="Example: callshield keys destroy keys.json 2026-01-31-1 --yes")
def destroy(
    path: KeyPath,
    name: Annotated[str, typer.Argument(help="The key to destroy, as keys list shows it.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    token_file: TokenFile = None,
) -> None:
    """Take a key out of the file: whatever was encrypted under it can never be read again.

    Where operators are known (CALLSHIELD_ISSUER_PUBLIC_FILE) it needs the role operator.
    """
    content = read_key_file(path)
    if name not in content.keys:
        raise ConfigError(f"{path} has no key {ascii(name)[1:-1]}; callshield keys list shows them")
    if name == content.current:
        raise ConfigError(f"{name} is the current key; make another first: callshield keys rotate {path}")
    if not yes:
        typer.confirm(f"Destroy {name}? Nothing under it can be read again", abort=True)
    settings = load_settings()
    if settings.issuer_public_file is not None:
        acting(settings, Role.OPERATOR, "keys.destroy", token_file=token_file, provider="file", key=f"kek:{name}")
    with changing(path):
        content = read_key_file(path)  # as it is by now
        write_key_file(path, KeyFile(content.current, {n: k for n, k in content.keys.items() if n != name}))
    typer.echo(f"{path}: {name} is destroyed. Copies and backups of the file still hold it.")


def _rotate_provider(token_file: Path | None) -> None:
    settings = load_settings()
    provider = key_provider(settings)
    who = acting(settings, Role.OPERATOR, "keys.rotate", token_file=token_file, provider=provider.kind)
    made = provider.rotate()
    audit_log(settings).append("keys.rotated", who.name, provider=provider.kind, key=f"kek:{made}", token=who.token)
    typer.echo(f"{made} is current; put stored calls under it with: callshield keys rewrap")


def _show_register(as_json: bool) -> None:
    settings = load_settings()
    provider = key_provider(settings)
    current, counts = provider.current(), key_register(settings).counts()
    if as_json:
        _say({"provider": provider.kind, "current": current, "keys": counts})
        return
    for name in sorted({current, *counts}):
        typer.echo(f"{name}  {counts.get(name, 0)} data keys{'  current' if name == current else ''}")


def _say(plain: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(plain, indent=1) + "\n")
