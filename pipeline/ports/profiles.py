"""Where identify gets a customer's profile from the text that came with the call."""

from __future__ import annotations

from typing import Protocol

from pipeline.core.profile import Profile


class Profiles(Protocol):
    """Reads profiles with the keys this worker has."""

    def read(self, text: str) -> Profile:
        """The profile. Raises ConfigError for a text that is none, or one under a key that is not at hand."""
        ...
