"""Where originals of hidden stretches are kept. What is kept is durable when a method returns, and survives any crash.

Every method may be repeated, also by another worker: the same call and the same samples give the same result.
They are called from a pool, for one call by one caller at a time. All of them raise OutputError, KeyServiceError or
KeyLostError if they may be tried again, and InputError or TamperedError if that is no use.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pipeline.core.messages import Head
from pipeline.core.originals import Original


class Vault(Protocol):
    """Keeps originals."""

    def keep(self, head: Head, originals: Sequence[Original]) -> None:
        """Add to a call. Of one whose key was destroyed nothing is kept."""
        ...

    def finish(self, head: Head) -> None:
        """All that can come of the call is kept: make segments of it, and the list of them."""
        ...
