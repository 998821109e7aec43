"""Where the figures of calls are kept while they run and after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pipeline.core.messages import Head
from pipeline.core.talk import Talk


class Tally(Protocol):
    """Keeps one `Talk` per call."""

    def change(self, head: Head, change: Callable[[Talk], None]) -> bool:
        """Change what is known of a call, durably and whole or not at all. Returns whether this completed it.

        change: does nothing if it is done twice; it is not asked once the call is complete. Raises OutputError if
        this may be tried again, InputError if that is no use.
        """
        ...

    def forget(self, head: Head) -> None:
        """Consent was withdrawn: nothing that is known or comes of the call is kept. Raises OutputError."""
        ...
