"""Who holds key-encryption keys: wraps and unwraps data keys, and never gives its own keys away."""

from __future__ import annotations

from typing import Protocol

from pipeline.core.messages import WrappedKey


class KeyProvider(Protocol):
    """One way to keep key-encryption keys. From any thread.

    All methods raise KeyServiceError if the provider cannot be reached and trying again may help, KeyLostError if a
    key is gone, refused or does not fit. context: what the data key is for, bound to it (associated data of the
    file's AES-256-GCM and of transit, encryption context of AWS): a key wrapped for one call does not unwrap for
    another.
    """

    @property
    def kind(self) -> str:
        """Name of the provider for reports: "file", "transit", "aws-kms"."""
        ...

    def current(self) -> str:
        """Id of the key-encryption key that new data keys are wrapped under."""
        ...

    def wrap(self, data_key: bytes, context: bytes) -> WrappedKey:
        """Encrypt 32 bytes under the current key-encryption key."""
        ...

    def unwrap(self, key: WrappedKey, context: bytes) -> bytes:
        """The 32 bytes again."""
        ...

    def rewrap(self, key: WrappedKey, context: bytes) -> WrappedKey:
        """The same data key under the current key-encryption key; `key` itself if it is under it already."""
        ...

    def rotate(self) -> str:
        """Make a new current key-encryption key; older ones go on opening. Returns its id."""
        ...
