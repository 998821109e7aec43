"""Signed heads of the audit log: the key they are signed with, and the file they are kept in, best on another disk.

The file holds one JSON line a head. The public key lies beside it as PEM. Who can write both the log with its private
key and the file of heads can write history anew; so keep the latter where the machine may only add
(docs/audit.md#anchors).
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pipeline.adapters.audio_files import not_written, shown
from pipeline.adapters.chain_file import not_read
from pipeline.adapters.ed25519 import key_id
from pipeline.core.audit import SignedHead
from pipeline.core.errors import OutputError, TamperedError

HEADS, PUBLIC = "heads.jsonl", "public.pem"
HEAD_BYTES_MAX = 1_024


def sign(key: Ed25519PrivateKey, seq: int, entry_hash: str, at_ms: int) -> SignedHead:
    """The head of an entry."""
    unsigned = SignedHead(seq, entry_hash, at_ms, key_id(key.public_key()), b"")
    return SignedHead(seq, entry_hash, at_ms, unsigned.key, key.sign(unsigned.message))


def genuine(head: SignedHead, public: Ed25519PublicKey) -> bool:
    """Whether this key signed it."""
    try:
        public.verify(head.signature, head.message)
    except InvalidSignature:
        return False
    return head.key == key_id(public)


def head_line(head: SignedHead) -> bytes:
    """As it is written."""
    plain = {
        "at_ms": head.at_ms, "hash": head.hash, "key": head.key, "seq": head.seq,
        "signature": base64.b64encode(head.signature).decode(),
    }  # fmt: skip
    return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def read_head(data: bytes) -> SignedHead:
    """Of such a line. Raises TamperedError."""
    try:
        plain = json.loads(data)
        signature = base64.b64decode(plain["signature"], validate=True)
        head = SignedHead(plain["seq"], plain["hash"], plain["at_ms"], plain["key"], signature)
        if head_line(head) == data and type(head.seq) is int:
            return head
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        pass
    raise TamperedError("a signed head that cannot be read")


class HeadFile:
    """The file of heads in `folder`. Guarded by the lock of the log."""

    def __init__(self, folder: Path) -> None:
        """folder: made when first written to."""
        self.folder = folder
        self._path = folder / HEADS

    def last(self) -> SignedHead | None:
        """The newest whole head. Raises OutputError, or TamperedError if it cannot be read."""
        try:
            with self._path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - 2 * HEAD_BYTES_MAX))
                data = file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise not_read(self._path, error) from None
        whole = data[: data.rfind(b"\n") + 1]
        return read_head(whole[whole.rfind(b"\n", 0, -1) + 1 :]) if whole else None

    def append(self, heads: Sequence[SignedHead]) -> None:
        """Durable when it returns. Raises OutputError."""
        data = b"".join(map(head_line, heads))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            fd = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise not_written(self._path, error) from None
        try:
            size = os.fstat(fd).st_size
            tail = os.pread(fd, HEAD_BYTES_MAX, max(0, size - HEAD_BYTES_MAX))
            whole = size - len(tail) + tail.rfind(b"\n") + 1  # less than the size: a crash left half a head
            os.ftruncate(fd, whole)
            if os.write(fd, data) != len(data):
                os.ftruncate(fd, whole)
                raise OutputError(f"{shown(self._path)}: the disk is full; free some space and run again")
            os.fsync(fd)
        except OSError as error:
            raise not_written(self._path, error) from None
        finally:
            os.close(fd)

    def heads(self) -> Iterator[SignedHead | None]:
        """Every whole head; None for a line that is not one. Raises OutputError."""
        try:
            with self._path.open("rb") as file:
                for data in file:
                    try:
                        yield read_head(data)
                    except TamperedError:
                        if data.endswith(b"\n"):
                            yield None
        except FileNotFoundError:
            return
        except OSError as error:
            raise not_read(self._path, error) from None
