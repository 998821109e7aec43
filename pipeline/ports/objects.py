"""Where bytes are kept under a name, once. What is put is durable when `put` returns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Objects(Protocol):
    """A write-once store of objects. Names are relative paths with `/`, without `.` or `..` in them.

    All methods raise OutputError if they may be tried again (the store is down, full or refuses us), and may be
    called from any thread. `put` raises OverwriteError if the service would write over
    what lies there.
    """

    def put(self, name: str, data: bytes) -> bool:
        """Keep `data` under `name` if nothing lies there. False: something does, and it was left as it is."""
        ...

    def get(self, name: str) -> bytes | None:
        """What lies there, whole; None: nothing."""
        ...

    def delete(self, *names: str) -> None:
        """Remove them; nothing there is fine."""
        ...

    def names(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Name and bytes of every object whose name begins with `prefix`, sorted by name."""
        ...
