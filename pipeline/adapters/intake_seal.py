"""Encryption of intake audio to a public key: an AES-256 key per call, wrapped by RSA-OAEP with SHA-256.

Value: 12 bytes of nonce, then AES-256-GCM. Bound to it: the message's ce_id, a line feed, and its Kafka key.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from pipeline.core.errors import ConfigError

ALGORITHM = "RSA-OAEP-256+A256GCM"
KEY_BYTES, NONCE_BYTES = 32, 12
RSA_BITS_MIN = 2048
UNWRAPPED_MAX = 4096  # calls whose key is remembered; unwrapping costs about a millisecond


class PrivateKey:
    """What encrypted audio is opened with. Remembers the newest keys it unwrapped. Shows nothing of itself."""

    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key
        self._known: OrderedDict[bytes, AESGCM | None] = OrderedDict()

    def unwrap(self, wrapped: bytes) -> AESGCM | None:
        """The data key of a call, or None if it was not wrapped for this one."""
        if wrapped in self._known:
            self._known.move_to_end(wrapped)
            return self._known[wrapped]
        try:
            key = self._key.decrypt(wrapped, _oaep())
        except ValueError:
            key = b""
        self._known[wrapped] = AESGCM(key) if len(key) == KEY_BYTES else None
        if len(self._known) > UNWRAPPED_MAX:
            self._known.popitem(last=False)
        return self._known[wrapped]


def load_private_key(path: Path) -> PrivateKey:
    """Read an RSA key, PEM without a password. Raises ConfigError if it is none or too short."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        wrong = (error.strerror or "cannot be read") if isinstance(error, OSError) else "no PEM key without a password"
        _refuse(f"{path}: {wrong}; make one with: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072")
    if not isinstance(key, RSAPrivateKey) or key.key_size < RSA_BITS_MIN:
        _refuse(f"{path}: must be an RSA key of at least {RSA_BITS_MIN} bits")
    return PrivateKey(key)


def sealed(public_key: bytes, subject: str, identity: bytes, key: bytes, plain: bytes) -> tuple[bytes, bytes]:
    """The wrapped data key of the call `subject`, and the value. public_key: PEM. Raises ConfigError."""
    cipher, wrapped = _data_key(public_key, subject)
    nonce = os.urandom(NONCE_BYTES)
    return wrapped, nonce + cipher.encrypt(nonce, plain, _bound(identity, key))


def opened(private_key: PrivateKey, wrapped: bytes, identity: bytes, key: bytes, value: bytes) -> bytes | None:
    """What was sealed, or None if anything of it is not as it was."""
    cipher = private_key.unwrap(wrapped)
    if cipher is None or len(value) < NONCE_BYTES:
        return None
    try:
        return cipher.decrypt(value[:NONCE_BYTES], value[NONCE_BYTES:], _bound(identity, key))
    except InvalidTag:
        return None


@lru_cache(maxsize=1024)  # one key a call, so that the reader unwraps once a call
def _data_key(public_key: bytes, _subject: str) -> tuple[AESGCM, bytes]:
    try:
        outer = load_pem_public_key(public_key)
    except ValueError:
        _refuse("the public key of intake is no PEM key; make it with: openssl pkey -pubout")
    if not isinstance(outer, RSAPublicKey) or outer.key_size < RSA_BITS_MIN:
        _refuse(f"the public key of intake must be an RSA key of at least {RSA_BITS_MIN} bits")
    key = AESGCM.generate_key(KEY_BYTES * 8)
    return AESGCM(key), outer.encrypt(key, _oaep())


def _bound(identity: bytes, key: bytes) -> bytes:
    return identity + b"\n" + key


def _oaep() -> OAEP:
    return OAEP(MGF1(SHA256()), SHA256(), None)


def _refuse(text: str) -> NoReturn:
    raise ConfigError(text)
