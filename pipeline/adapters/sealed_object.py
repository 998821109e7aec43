"""What is kept of a call, encrypted: the bytes of a stored object.

    CSO1 | version 1 | use, tenant, call, started, name of the object, each with its length | salt 32 | prefix 7
    then segments of 64 KiB, AES-256-GCM, each with its tag; the last one may be shorter, also empty

Every object has a key of its own, made of the call's data key and its salt (HKDF-SHA-256). The nonce of a segment is
prefix, its number and whether it is the last; the whole header is associated data. So nothing can be changed, cut,
reordered, taken from another object or given another name without being found. The construction is the streaming one
of Hoang, Reyhanitabar, Rogaway and Vizár (2015).
"""

from __future__ import annotations

import secrets
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pipeline.core.errors import TamperedError
from pipeline.ports.key_register import KeyName, Use

MAGIC, VERSION = b"CSO1", 1
SEGMENT_BYTES = 1 << 16
KEY_BYTES, TAG_BYTES, SALT_BYTES, PREFIX_BYTES = 32, 16, 32, 7
_INFO = b"callshield/object/1"


class BrokenSealError(TamperedError):
    """A stored object is not what was written: of its call alone, unlike other things that can be tampered with."""


def seal(data_key: bytes, key: KeyName, name: str, data: bytes) -> bytes:
    """Encrypt an object. data_key: 32 bytes, those of `key`. name: of the object within its call."""
    salt, prefix = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(PREFIX_BYTES)
    header = _fields(key, name) + salt + prefix
    cipher, view = AESGCM(_own_key(data_key, salt)), memoryview(data)
    count = max(1, -(-len(data) // SEGMENT_BYTES))
    out = [header]
    for number in range(count):
        piece = view[number * SEGMENT_BYTES : (number + 1) * SEGMENT_BYTES]
        out.append(cipher.encrypt(_nonce(prefix, number, number == count - 1), piece, header))
    return b"".join(out)


def unseal(data_key: bytes, key: KeyName, name: str, sealed: bytes) -> bytes:
    """The bytes again. Raises BrokenSealError if they are not whole, unchanged, and those of this key and name."""
    fields = _fields(key, name)
    size = len(fields) + SALT_BYTES + PREFIX_BYTES
    if not sealed.startswith(fields) or len(sealed) < size + TAG_BYTES:
        raise _tampered()
    header, view = sealed[:size], memoryview(sealed)[size:]
    salt, prefix = header[len(fields) :][:SALT_BYTES], header[-PREFIX_BYTES:]
    cipher, step = AESGCM(_own_key(data_key, salt)), SEGMENT_BYTES + TAG_BYTES
    count = -(-len(view) // step)
    try:
        return b"".join(
            cipher.decrypt(_nonce(prefix, n, n == count - 1), view[n * step : (n + 1) * step], header)
            for n in range(count)
        )
    except (InvalidTag, ValueError):
        raise _tampered() from None


def named(sealed: bytes) -> tuple[KeyName, str]:
    """Which key an object says it is under, and its name. Believe it when it was opened. Raises BrokenSealError."""
    try:
        if sealed[:4] != MAGIC or sealed[4] != VERSION:
            raise _tampered()
        at, texts = 5, list[str]()
        for _ in range(5):
            (size,) = struct.unpack_from(">H", sealed, at)
            texts.append(sealed[at + 2 : at + 2 + size].decode())
            at += 2 + size
        use, tenant, call, started, name = texts
        return KeyName(tenant, call, int(started), Use(use)), name
    except (IndexError, struct.error, ValueError):
        raise _tampered() from None


def _fields(key: KeyName, name: str) -> bytes:
    texts = [text.encode() for text in (str(key.use), key.tenant, key.call, str(key.started_ms), name)]
    return MAGIC + bytes([VERSION]) + b"".join(struct.pack(">H", len(text)) + text for text in texts)


def _own_key(data_key: bytes, salt: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt, _INFO).derive(data_key)


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + struct.pack(">I?", number, last)


def _tampered() -> BrokenSealError:
    return BrokenSealError("a stored object is not what was written, or not under this key; restore it from a backup")
