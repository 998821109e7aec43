"""Quantiles of histograms that only count: how many values were at most so large, per worker, since it began."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping

Counts = Mapping[float, float]
"""By upper bound of a bucket, the last one infinite: how many values were at most that."""
Key = tuple[str, ...]


def quantile(counts: Counts, share: float) -> float | None:
    """The value that `share` (0 to 1) of all values do not exceed, interpolated within its bucket; None without any.

    A value beyond the last finite bound is told as that bound.
    """
    bounds = sorted(counts)
    total = counts[bounds[-1]] if bounds else 0.0
    if total <= 0:
        return None
    below, lower = 0.0, 0.0
    for bound in bounds:
        if counts[bound] >= share * total and counts[bound] > below:
            if math.isinf(bound):
                return lower
            return lower + (bound - lower) * (share * total - below) / (counts[bound] - below)
        below, lower = counts[bound], bound
    return lower


def added(many: list[Counts]) -> dict[float, float]:
    """Histograms of several workers as one. All have the same bounds."""
    total: dict[float, float] = {}
    for counts in many:
        for bound, number in counts.items():
            total[bound] = total.get(bound, 0.0) + number
    return total


class Window:
    """What histograms have gained lately. One histogram has one key; a worker that began anew counts from zero."""

    def __init__(self, seconds: float) -> None:
        """seconds: how far back it looks."""
        self._seconds = seconds
        self._past: deque[tuple[float, Mapping[Key, Counts]]] = deque()

    def gained(self, now_s: float, current: Mapping[Key, Counts]) -> dict[Key, Counts]:
        """Since the start of the window, or since the first look if that is later.

        A first look has no earlier one: it tells all since the workers began. So does a worker first met later.
        """
        while len(self._past) > 1 and self._past[1][0] <= now_s - self._seconds:
            self._past.popleft()
        before = self._past[0][1] if self._past else {}
        self._past.append((now_s, current))
        return {key: _less(counts, before.get(key, {})) for key, counts in current.items()}


def _less(counts: Counts, before: Counts) -> Counts:
    if any(number < before.get(bound, 0.0) for bound, number in counts.items()):
        return counts
    return {bound: number - before.get(bound, 0.0) for bound, number in counts.items()}
