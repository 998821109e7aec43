"""Who writes down what was done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from pipeline.core.audit import Entry
from pipeline.core.chain import Plain

Act = tuple[str, str, Mapping[str, Plain]]  # act, who, facts


class Audit(Protocol):
    """The audit log. From any thread. An act whose entry cannot be written must not be done.

    All methods raise OutputError if the log cannot be written (disk full, anchor away), TamperedError if it is not
    what it was, InputError if a fact's value could be a secret, and ValueError if its name is not in core/audit.FACTS.
    """

    def append(self, act: str, who: str, **facts: str | int) -> Entry:
        """Write one entry; it is on the disk and its head signed when it returns."""
        ...

    def append_all(self, acts: Sequence[Act]) -> list[Entry]:
        """Write many at the price of one: all of them, or none."""
        ...

    def entries(self) -> Iterator[Entry]:
        """All of them, from the first."""
        ...
