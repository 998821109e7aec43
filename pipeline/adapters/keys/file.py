"""Key-encryption keys in a file (adapters/keyring.py): for one machine, and for tests of the others.

A data key is wrapped by AES-256-GCM: 12 random bytes, 32 of ciphertext, 16 of tag; the context is associated data.
Version 2 of the envelope; version 1, AES-KW without a context, is that of calls in topics.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipeline.adapters.keyring import KEY_BYTES, LOOK_S, KeyFile, add_key, changing, read_key_file, write_key_file
from pipeline.core.errors import ConfigError, KeyLostError
from pipeline.core.messages import WrappedKey

VERSION, ALGORITHM = 2, "A256GCM"
NONCE_BYTES = 12


class FileKeys:
    """Implements ports.key_provider.KeyProvider."""

    kind = "file"

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """clock: seconds, never goes back. Raises ConfigError if the file is not usable."""
        self._path, self._clock = path, clock
        self._lock = threading.Lock()
        self._file, self._looked_s = read_key_file(path), clock()

    def current(self) -> str:
        """See KeyProvider. A rotation by another process counts within seconds."""
        return self._content().current

    def wrap(self, data_key: bytes, context: bytes) -> WrappedKey:
        """See KeyProvider."""
        if len(data_key) != KEY_BYTES:
            raise ValueError("a data key has 32 bytes")
        content, nonce = self._content(), secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(content.keys[content.current]).encrypt(nonce, data_key, context)
        return WrappedKey(content.current, nonce + sealed, ALGORITHM, VERSION)

    def unwrap(self, key: WrappedKey, context: bytes) -> bytes:
        """See KeyProvider."""
        if (key.version, key.algorithm) != (VERSION, ALGORITHM):
            raise KeyLostError(f"key envelope {key.version}/{key.algorithm} is not of the key file: another provider?")
        kek = self._content().keys.get(key.kek_id) or self._content(anew=True).keys.get(key.kek_id)
        if kek is None:
            raise KeyLostError(f"key {key.kek_id} is not in {self._path}: calls under it cannot be read any more")
        try:
            return AESGCM(kek).decrypt(key.wrapped[:NONCE_BYTES], key.wrapped[NONCE_BYTES:], context)
        except (InvalidTag, ValueError):
            raise KeyLostError(f"a data key does not open under {key.kek_id}: was the key file mixed up?") from None

    def rewrap(self, key: WrappedKey, context: bytes) -> WrappedKey:
        """See KeyProvider."""
        return key if key.kek_id == self.current() else self.wrap(self.unwrap(key, context), context)

    def rotate(self) -> str:
        """See KeyProvider. Raises ConfigError if the file is full or cannot be written."""
        with self._lock, changing(self._path):
            changed = add_key(self._path, read_key_file(self._path))
            write_key_file(self._path, changed)
            self._file, self._looked_s = changed, self._clock()
            return changed.current

    def _content(self, *, anew: bool = False) -> KeyFile:
        """What the file says; one that is broken changes nothing."""
        with self._lock:
            if anew or self._clock() - self._looked_s > LOOK_S:
                self._looked_s = self._clock()
                with contextlib.suppress(ConfigError):
                    self._file = read_key_file(self._path)
            return self._file
