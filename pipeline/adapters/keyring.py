"""Data keys of calls: made here, wrapped under a key-encryption key, opened again. Keys come from a file.

The key file is JSON: {"current": id, "keys": {id: 32 bytes in base64}}, readable by its owner only. New calls are
wrapped under `current`; the others open older calls. Taking a key out of the file destroys every call wrapped under
it: their messages become dead letters and their audio silence. A running worker reads the file again when it meets an
id it does not know and every few seconds, so neither rotation nor destruction needs a restart.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import fcntl
import json
import os
import re
import secrets
import stat
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from pipeline.core.errors import ConfigError, KeyLostError
from pipeline.core.messages import WrappedKey

KEY_BYTES = 32
KEYS_MAX = 1_000  # a rotation a day for almost three years
CACHED_MAX = 20_000  # calls whose data key is kept open: 100 bytes each
LOOK_S = 5.0  # how long a destroyed key may still be in use
ALGORITHM, VERSION = "A256GCM", 1
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What a key file says."""

    current: str
    keys: dict[str, bytes] = field(repr=False)


def read_key_file(path: Path) -> KeyFile:
    """Raises ConfigError, one line that says what is wrong and how to mend it, and nothing of the keys."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        raise ConfigError(f"{path}: the key file cannot be read; make one with: callshield keys create") from None
    if mode & (stat.S_IRWXO | stat.S_IWGRP | stat.S_IXGRP):
        raise ConfigError(f"{path}: others may read the keys; run: chmod 600 {path}")
    try:
        plain = json.loads(text)
        current, keys = (
            plain["current"],
            {name: base64.b64decode(key, validate=True) for name, key in plain["keys"].items()},
        )
        good = set(plain) == {"current", "keys"} and current in keys and len(keys) <= KEYS_MAX
        good = good and all(_ID.fullmatch(n) and len(k) == KEY_BYTES for n, k in keys.items())
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        good = False
    if not good:
        raise ConfigError(f"{path}: this is no key file; make one with: callshield keys create")
    return KeyFile(current, keys)


def write_key_file(path: Path, content: KeyFile) -> None:
    """Write it whole or not at all, for its owner only. Raises ConfigError."""
    text = {"current": content.current, "keys": {n: base64.b64encode(k).decode() for n, k in content.keys.items()}}
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(text, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        reason = (error.strerror or "unknown reason").lower()
        raise ConfigError(f"{path}: the key file cannot be written ({reason}); choose another folder") from None


def fresh_key() -> bytes:
    """A key-encryption key."""
    return secrets.token_bytes(KEY_BYTES)


@contextlib.contextmanager
def changing(path: Path) -> Iterator[None]:
    """Nobody else changes the key file meanwhile: of two keys added at once one would be lost. Raises ConfigError."""
    try:
        fd = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)  # the file itself is replaced
    except OSError:
        raise ConfigError(f"{path}: its folder cannot be read; choose another folder") from None
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def add_key(path: Path, content: KeyFile) -> KeyFile:
    """With one more key, named by today's date, as the current one. Raises ConfigError if the file is full."""
    if len(content.keys) >= KEYS_MAX:
        raise ConfigError(f"{path} holds {KEYS_MAX} keys; destroy old ones with: callshield keys destroy")
    today = datetime.now(UTC).date().isoformat()
    name = next(name for n in range(1, KEYS_MAX + 2) if (name := f"{today}-{n}") not in content.keys)
    return KeyFile(name, {**content.keys, name: fresh_key()})


class Keyring:
    """Implements ports.lane.Keys, and opens what it made. For one event loop."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """clock: seconds, never goes back. Raises ConfigError if the file is not usable."""
        self._path, self._clock, self._looked_s = path, clock, clock()
        self._file = read_key_file(path)
        self._open: OrderedDict[tuple[str, bytes], AESGCM] = OrderedDict()

    def new(self) -> WrappedKey:
        """See ports.lane.Keys. Reads the file again, so that a rotation reaches the next call."""
        self._reload()
        plain = secrets.token_bytes(KEY_BYTES)
        key_id = self._file.current
        wrapped = WrappedKey(key_id, aes_key_wrap(self._file.keys[key_id], plain), ALGORITHM, VERSION)
        self._keep(wrapped, AESGCM(plain))
        return wrapped

    def cipher(self, key: WrappedKey) -> AESGCM:
        """What a call is sealed with. Raises KeyLostError if its key-encryption key is gone or does not fit."""
        if self._clock() - self._looked_s > LOOK_S:
            self._reload()
        known = self._open.get((key.kek_id, key.wrapped))
        if known is not None:
            return known
        if key.version != VERSION or key.algorithm != ALGORITHM:
            raise KeyLostError(f"key envelope {key.version}/{key.algorithm} is of a newer release: upgrade this worker")
        if key.kek_id not in self._file.keys:
            self._reload()
        kek = self._file.keys.get(key.kek_id)
        if kek is None:
            raise KeyLostError(f"key {key.kek_id} is not in {self._path}: calls under it cannot be read any more")
        try:
            cipher = AESGCM(aes_key_unwrap(kek, key.wrapped))
        except (InvalidUnwrap, ValueError):
            raise KeyLostError(f"a data key does not open under {key.kek_id}: was the key file mixed up?") from None
        self._keep(key, cipher)
        return cipher

    def _keep(self, key: WrappedKey, cipher: AESGCM) -> None:
        self._open[key.kek_id, key.wrapped] = cipher
        if len(self._open) > CACHED_MAX:
            self._open.popitem(last=False)

    def _reload(self) -> None:
        """Take up a changed file; a broken one changes nothing. What was opened under a key that is gone goes."""
        self._looked_s = self._clock()
        try:
            changed = read_key_file(self._path)
        except ConfigError:
            return
        if changed != self._file:
            gone = set(self._file.keys) - set(changed.keys)
            self._file = changed
            if gone:
                self._open = OrderedDict((k, v) for k, v in self._open.items() if k[0] not in gone)
