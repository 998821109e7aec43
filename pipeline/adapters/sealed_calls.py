"""The objects of calls, each sealed under its call's data key: the only way anything of a call is written or read."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.adapters.sealed_object import BrokenSealError, seal, unseal
from pipeline.core.errors import OutputError
from pipeline.core.shelf_names import place
from pipeline.ports.key_register import KeyName, KeyRegister
from pipeline.ports.objects import Objects

_TAG = b"callshield/name/1"


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored object: its name within the call, its bytes, and the hash of them, as they lie there sealed."""

    name: str
    bytes: int
    sha256: str


class SealedCalls:
    """Objects of any call. From any thread. Methods raise OutputError, KeyServiceError to be tried again, KeyLostError
    if the key was destroyed, BrokenSealError if something is not what was written, TamperedError if tombstones are not,
    InputError for a call of no name.
    """

    def __init__(self, objects: Objects, register: KeyRegister) -> None:
        self.objects, self.register = objects, register

    def names(self, key: KeyName, within: str = "") -> list[tuple[str, int]]:
        """Name within the call, and bytes, of all there is of it."""
        folder = place(key.tenant, key.call, key.started_ms)
        return [(name.removeprefix(folder), size) for name, size in self.objects.names(folder + within)]

    def get(self, key: KeyName, name: str, sha256: str = "") -> bytes | None:
        """An object, opened. sha256: what its sealed bytes must be, if that is known. None: there is none."""
        return None if (found := self.read(key, name, sha256)) is None else found[0]

    def read(self, key: KeyName, name: str, sha256: str = "") -> tuple[bytes, Stored] | None:
        """An object, opened, and how it lies there."""
        sealed = self.objects.get(place(key.tenant, key.call, key.started_ms) + name)
        if sealed is None:
            return None
        stored = _stored(name, sealed)
        if sha256 and stored.sha256 != sha256:
            raise BrokenSealError(f"the {name.partition('-')[0]} of a call is not the one its manifest names")
        return unseal(self.register.open(key), key, name, sealed), stored

    def put(self, key: KeyName, name: str, data: bytes) -> Stored | None:
        """Keep an object. None: something lies there and was left."""
        sealed = seal(self.register.open(key), key, name, data)
        whole = place(key.tenant, key.call, key.started_ms) + name
        return _stored(name, sealed) if self.objects.put(whole, sealed) else None

    def put_same(self, key: KeyName, name: str, data: bytes) -> Stored:
        """Keep an object that is named after its content, and may be there already."""
        if (stored := self.put(key, name, data)) is not None:
            return stored
        there = self.read(key, name)
        if there is None:
            raise OutputError("an object of a call went while it was looked at; it is tried again")
        if there[0] != data:
            raise BrokenSealError("something else lies where an object of a call belongs; remove it")
        return there[1]

    def tag(self, key: KeyName, data: bytes) -> str:
        """16 hex digits that tell contents apart, and nobody without the key what they are."""
        return hmac.new(self.register.open(key), _TAG + data, "sha256").hexdigest()[:16]

    def delete(self, key: KeyName, names: Iterable[str]) -> None:
        """Remove objects of a call."""
        folder = place(key.tenant, key.call, key.started_ms)
        self.objects.delete(*(folder + name for name in names))


def _stored(name: str, sealed: bytes) -> Stored:
    return Stored(name, len(sealed), hashlib.sha256(sealed).hexdigest())
