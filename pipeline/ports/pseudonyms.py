"""Where accept gets pseudonyms of who took part in a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from pipeline.core.pseudonym import Kind, Label


class Pseudonyms(Protocol):
    """Makes them with the keys this worker has."""

    def labels(self, tenant: str, jurisdiction: str, given: Mapping[Kind, str]) -> tuple[Label, ...]:
        """A label for each value that says anything, under the current key. jurisdiction: where a telephone number
        without a country is from.
        """
        ...
