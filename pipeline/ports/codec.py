"""The protocol between runners and the wire: bytes to messages and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pipeline.core.messages import Message

Headers = Sequence[tuple[str, bytes]]


class Codec(Protocol):
    """Our own topics by the wire format, `calls.intake` by its contract."""

    def encode(self, topic: str, message: Message) -> tuple[bytes, bytes | None, list[tuple[str, bytes]]]:
        """Key, value and headers. Raises KeyLostError."""
        ...

    def decode(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> Message:
        """Raises WireError."""
        ...
