"""Data keys opened a moment ago: a call asks for its key often, and a key provider may be away for a while."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

OPEN_MAX, OPEN_S = 1_000, 60.0  # how many are kept in memory, and for how long a lost key provider is no matter


class OpenKeys:
    """By their wrapped bytes, so that a key that was destroyed or rewrapped is not found. From any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, tuple[bytes, float]] = OrderedDict()

    def find(self, wrapped: bytes) -> bytes | None:
        """The data key, if it was opened in the last minute."""
        with self._lock:
            plain, until = self._known.get(wrapped, (None, 0.0))
            return plain if time.monotonic() < until else None

    def keep(self, wrapped: bytes, plain: bytes) -> bytes:
        """Keep it for a minute; gives it back."""
        with self._lock:
            self._known[wrapped] = plain, time.monotonic() + OPEN_S
            if len(self._known) > OPEN_MAX:
                self._known.popitem(last=False)
        return plain
