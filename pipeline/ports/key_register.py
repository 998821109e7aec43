"""The data keys of stored calls, wrapped, and the tombstones of those that were destroyed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pipeline.core.messages import WrappedKey


class Use(StrEnum):
    """What a data key is for. Add, never rename."""

    STORE = "store"  # recording, transcript, manifest
    VAULT = "vault"  # originals of hidden spans


@dataclass(frozen=True, slots=True, order=True)
class KeyName:
    """Which data key: of which call, for what. started_ms tells calls of one name apart."""

    tenant: str
    call: str
    started_ms: int
    use: Use

    @property
    def context(self) -> bytes:
        """What the wrapped key is bound to."""
        return f"callshield/{self.tenant}/{self.call}/{self.started_ms}/{self.use}".encode()


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A data key that was destroyed, for good. reason: a code, such as "retention", "erasure", "withdrawal"."""

    name: KeyName
    at_ms: int
    reason: str


class KeyRegister(Protocol):
    """From any thread. All methods raise OutputError if the register cannot be written or read and trying again may
    help, KeyServiceError if the key provider cannot be reached.
    """

    def create(self, name: KeyName) -> bytes:
        """The 32 bytes of a data key, made and registered at the first call, the same ones later.

        Raises KeyLostError if it was destroyed, or cannot be unwrapped.
        """
        ...

    def open(self, name: KeyName) -> bytes:
        """The data key. Raises KeyLostError if there is none, it was destroyed, or it cannot be unwrapped."""
        ...

    def destroy(self, name: KeyName, reason: str, now_ms: int) -> Tombstone:
        """Destroy it for good: the tombstone is durable before the key goes. Again: the first tombstone."""
        ...

    def destroy_all(self, names: Sequence[KeyName], reason: str, now_ms: int) -> list[Tombstone]:
        """Many at the price of one. Stopped half-way, it can be repeated."""
        ...

    def tombstone(self, name: KeyName) -> Tombstone | None:
        """The tombstone of a key, if it was destroyed."""
        ...

    def tombstones(self) -> Iterator[Tombstone]:
        """Every one, sorted by name."""
        ...

    def known(self, names: Sequence[KeyName]) -> set[KeyName]:
        """Those of these names that have a key, or had one that was destroyed."""
        ...

    def bury(self) -> int:
        """Destroy what a restored backup brought back: every registered key that has a tombstone. Returns how many."""
        ...

    def rewrap(self) -> int:
        """Put every data key under the current key-encryption key, without touching data. Returns how many it was."""
        ...

    def keys(self) -> Iterator[tuple[KeyName, WrappedKey, int]]:
        """Every registered key: name, wrapped, and when it was made (ms). Sorted by name."""
        ...
