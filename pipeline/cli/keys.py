"""callshield keys: makes and rotates the key-encryption keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.adapters.keyring import KeyFile, add_key, read_key_file, write_key_file
from pipeline.core.errors import ConfigError

app = typer.Typer(no_args_is_help=True, help="Make and rotate the keys that calls are encrypted under.")

KeyPath = Annotated[Path, typer.Argument(help="The key file, readable by its owner only.")]


@app.command("create", epilog="Example: callshield keys create keys.json")
def create(path: KeyPath) -> None:
    """Make a key file with one key. An existing file is left alone."""
    if path.exists():
        raise ConfigError(f"{path} exists; add a key to it with: callshield keys rotate {path}")
    made = add_key(path, KeyFile("", {}))
    write_key_file(path, made)
    typer.echo(f"{path}: key {made.current}. Keep a copy in a safe place: without it nothing encrypted can be read.")


@app.command("rotate", epilog="Example: callshield keys rotate keys.json")
def rotate(path: KeyPath) -> None:
    """Add a key; calls that start from now on are encrypted under it. Running workers notice by themselves."""
    content = read_key_file(path)
    made = add_key(path, content)
    write_key_file(path, made)
    older = len(content.keys)
    typer.echo(f"{path}: new calls are encrypted under {made.current}; {older} older keys still open theirs.")


@app.command("list", epilog="Example: callshield keys list keys.json")
def show(path: KeyPath) -> None:
    """The names of the keys, the current one marked. Never the keys."""
    content = read_key_file(path)
    for name in sorted(content.keys):
        typer.echo(f"{name}{'  current' if name == content.current else ''}")


@app.command("destroy", epilog="Example: callshield keys destroy keys.json 2026-01-31-1 --yes")
def destroy(
    path: KeyPath,
    name: Annotated[str, typer.Argument(help="The key to destroy, as keys list shows it.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take a key out of the file: whatever was encrypted under it can never be read again."""
    content = read_key_file(path)
    if name not in content.keys:
        raise ConfigError(f"{path} has no key {ascii(name)[1:-1]}; callshield keys list shows them")
    if name == content.current:
        raise ConfigError(f"{name} is the current key; make another first: callshield keys rotate {path}")
    if not yes:
        typer.confirm(f"Destroy {name}? Nothing under it can be read again", abort=True)
    write_key_file(path, KeyFile(content.current, {n: k for n, k in content.keys.items() if n != name}))
    typer.echo(f"{path}: {name} is destroyed. Copies and backups of the file still hold it.")
