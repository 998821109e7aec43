"""How late things were, counted in a table that does not grow."""

from __future__ import annotations

import math

STEP = 1.05  # a percentile is right to 5 %
LEAST_MS = 0.1
STEPS = 400  # up to eight hours; what is later counts as the latest


class Lateness:
    """Milliseconds behind schedule, of any number of events."""

    def __init__(self) -> None:
        self._counts = [0] * (STEPS + 1)
        self._all = 0
        self.max_ms = 0.0

    def add(self, late_ms: float) -> None:
        """One more event; early ones count as on time."""
        late_ms = max(0.0, late_ms)
        step = 0 if late_ms <= LEAST_MS else math.ceil(math.log(late_ms / LEAST_MS, STEP))
        self._counts[min(step, STEPS)] += 1
        self._all += 1
        self.max_ms = max(self.max_ms, late_ms)

    def quantile_ms(self, share: float) -> float | None:
        """The lateness that `share` (above 0, up to 1) of all events did not exceed; None without events."""
        left = math.ceil(share * self._all)
        for step, count in enumerate(self._counts):
            left -= count
            if count and left <= 0:
                return self.max_ms if step == STEPS else min(LEAST_MS * STEP**step, self.max_ms)
        return None
