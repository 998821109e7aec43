"""Profiles of customers as JSON, and the keys they are made and read with. docs/profiles.md is the contract.

{"version": 1, "key": id, "hashes": {kind: {entity: [16 bytes in base64, ...]}}}; kinds: see core/profile.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from pathlib import Path

from pipeline.adapters.intake import PROFILE_BYTES_MAX
from pipeline.adapters.keyring import read_key_file
from pipeline.core.errors import ConfigError
from pipeline.core.profile import Profile

VERSION = 1


class ProfileKeys:
    """Implements ports.profiles.Profiles with a key file; a key it lacks is looked for in the file again."""

    def __init__(self, path: Path) -> None:
        """Raises ConfigError if the file is not usable."""
        self._path = path
        self._file = read_key_file(path)

    @property
    def current(self) -> tuple[str, bytes]:
        """Name and key that new profiles are made with."""
        return self._file.current, self._file.keys[self._file.current]

    def read(self, text: str) -> Profile:
        """See ports.profiles.Profiles."""
        if len(text) > PROFILE_BYTES_MAX:
            raise ConfigError(f"a profile of more than {PROFILE_BYTES_MAX} bytes; give it fewer lines")
        try:
            plain = json.loads(text)
            good = set(plain) == {"version", "key", "hashes"} and plain["version"] == VERSION
            name = str(plain["key"])
            hashes = _hashes(plain["hashes"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
            good = False
        if not good:
            raise ConfigError("this is no profile; make one with: callshield profile hash")
        if name not in self._file.keys:
            self._file = read_key_file(self._path)
        if name not in self._file.keys:
            raise ConfigError(f"a profile under a key that {self._path} does not hold; make it anew under a key of it")
        try:
            return Profile(self._file.keys[name], hashes)
        except ValueError as error:
            raise ConfigError(f"{error}; make it with: callshield profile hash") from None


def profile_text(key_name: str, hashes: Mapping[str, Mapping[bytes, str]]) -> str:
    """The JSON of a profile, in one line. hashes: as Profile takes them. Raises ConfigError if it is too long."""
    plain: dict[str, dict[str, list[str]]] = {}
    for kind, known in sorted(hashes.items()):
        for value, entity in sorted(known.items()):  # by hash: the order of the words tells nothing
            plain.setdefault(kind, {}).setdefault(entity, []).append(base64.b64encode(value).decode().rstrip("="))
    text = json.dumps({"version": VERSION, "key": key_name, "hashes": plain}, separators=(",", ":"))
    if len(text) > PROFILE_BYTES_MAX:
        raise ConfigError(f"a profile of more than {PROFILE_BYTES_MAX} bytes; give it fewer lines")
    return text


def _hashes(plain: Mapping[str, Mapping[str, list[str]]]) -> dict[str, dict[bytes, str]]:
    return {
        kind: {base64.b64decode(f"{value}==", validate=True): str(e) for e, values in own.items() for value in values}
        for kind, own in plain.items()
    }
