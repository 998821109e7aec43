"""Which offsets of one partition are taken and not finished, and so how far it may be committed."""

from __future__ import annotations

from collections import deque


class Ledger:
    """The taken offsets of one partition from `first`, the offset its reading started at.

    Offsets are taken in rising order, with gaps where transactions or compaction left some; they are finished in any
    order. A reader that goes back needs a new ledger.
    """

    def __init__(self, first: int) -> None:
        """first: the first offset that may come. Raises ValueError below 0."""
        if first < 0:
            raise ValueError(f"offset {first}: offsets start at 0.")
        self._next = first
        self._order: deque[int] = deque()
        self._held: set[int] = set()

    def take(self, offset: int) -> None:
        """A message came. Raises ValueError if it, or one after it, came before: its fate is not known here."""
        if offset < self._next:
            raise ValueError(f"offset {offset} after {self._next - 1}: start a new ledger where reading goes back.")
        self._next = offset + 1
        self._order.append(offset)
        self._held.add(offset)

    def done(self, offset: int) -> None:
        """All outputs of a taken message are confirmed. Raises ValueError if it is not held: taken twice or never."""
        if offset not in self._held:
            raise ValueError(f"offset {offset} is not held.")
        self._held.remove(offset)
        while self._order and self._order[0] not in self._held:
            self._order.popleft()

    @property
    def held(self) -> int | None:
        """The oldest offset that is taken and not finished."""
        return self._order[0] if self._order else None

    @property
    def commit(self) -> int:
        """The offset to go on from after a crash: of the oldest unfinished message, else of the next to come."""
        return self._order[0] if self._order else self._next

    @property
    def distance(self) -> int:
        """How many offsets a crash would read again."""
        return self._next - self.commit
