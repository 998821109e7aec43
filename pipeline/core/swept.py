"""What a sweep did, in figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

WHOLE = "store"  # the use of a call as a whole


@dataclass(slots=True)
class Swept:
    """What a sweep did, or would do. went: by reason and use. stayed: by call, why it stays though its term is over, or
    it was asked for. introduced: calls that got a row. buried: keys that a backup had brought back. restored: objects
    that it had. closed: requests that waited. unruled: calls that no rule is for.
    """

    went: Counter[tuple[str, str]] = field(default_factory=Counter)
    stayed: dict[int, str] = field(default_factory=dict)
    introduced: int = 0
    buried: int = 0
    restored: int = 0
    closed: int = 0
    unruled: int = 0

    @property
    def calls(self) -> int:
        """How many calls went as a whole."""
        return sum(n for (_, use), n in self.went.items() if use == WHOLE)
