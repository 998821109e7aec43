"""`callshield profile`: what a customer may say of himself, as keyed hashes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.adapters.audio_files import shown
from pipeline.adapters.intake import PROFILE_BYTES_MAX
from pipeline.adapters.lists import loaded_lists
from pipeline.adapters.profiles import ProfileKeys, profile_text
from pipeline.core.errors import ConfigError
from pipeline.core.profile import Profile
from pipeline.core.profile_make import SHORT, Saying, entity_of, profile_hashes, sayings
from pipeline.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Make profiles: a customer's own words and numbers as keyed hashes.")

LINES_MAX = 64
LINE_CHARS_MAX = 200


@app.command("hash", epilog="Example: callshield profile hash --key-file profile-keys.json < customer.txt")
def hash_profile(
    key_file: Annotated[
        Path | None, typer.Option(help="Keys, made by: callshield keys create.", show_default="the setting")
    ] = None,
    *,
    last_four: Annotated[
        bool, typer.Option("--last-four", help="Numbers also count by their last four alone.")
    ] = False,
) -> None:
    """Read lines such as "name: Olivia Smith" from standard input, print the profile.

    Before the colon: name, address, phone, account, member, card, number, word, or an entity such as POSTCODE.
    """
    keys = profile_keys(key_file)
    lists = loaded_lists()
    lines: list[tuple[str, set[Saying]]] = []
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        if len(lines) == LINES_MAX or len(line) > LINE_CHARS_MAX:
            raise ConfigError(f"line {number}: at most {LINES_MAX} lines of {LINE_CHARS_MAX} characters make a profile")
        kind, colon, text = line.partition(":")
        entity = entity_of(kind.strip())
        if not colon or entity is None:
            short = ", ".join(SHORT)
            raise ConfigError(
                f'line {number}: write "kind: text"; kinds are {short}, or an entity of docs/detection.md'
            )
        try:
            lines.append((entity, sayings(entity, text.strip(), lists.is_ordinary, last_four=last_four)))
        except ConfigError as error:
            raise ConfigError(f"line {number}: {error}") from None
    if not lines:
        raise ConfigError('standard input holds nothing; write lines such as "name: Olivia Smith"')
    name, key = keys.current
    typer.echo(profile_text(name, profile_hashes(key, lines)))


def read_profile(path: Path) -> Profile:
    """The profile of a file, with the key of the settings. Raises ConfigError."""
    keys = profile_keys(None)
    try:
        with path.open("rb") as file:
            text = file.read(PROFILE_BYTES_MAX + 1).decode("ascii").strip()
    except (OSError, UnicodeError):
        raise ConfigError(
            f"{shown(path)}: the profile cannot be read; make one with: callshield profile hash"
        ) from None
    try:
        return keys.read(text)
    except ConfigError as error:
        raise ConfigError(f"{shown(path)}: {error}") from None


def profile_keys(path: Path | None) -> ProfileKeys:
    """The keys of a file, or else of the settings. Raises ConfigError."""
    path = path or load_settings().profile_key_file
    if path is None:
        raise ConfigError(
            "profiles need a key: CALLSHIELD_PROFILE_KEY_FILE; make one with: callshield keys create FILE"
        )
    return ProfileKeys(path)
