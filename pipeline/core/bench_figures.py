"""The arithmetic of a benchmark: spreads, a straight line, a search for the largest number that holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

POINTS = 101  # of a distribution curve
LAG_S_MAX = 2.0  # of the last chunks, for 95 of 100: a call further behind does not keep up
GROWTH_MAX = 0.03  # seconds of lag a second: a run that falls behind faster is overloaded, however short it was
END_S = 3.0  # what counts as the end of a run
GROW = 1.3  # from a number that holds to the next one tried, while none is known that does not


@dataclass(frozen=True, slots=True)
class Spread:
    """How values are spread. None where there are none."""

    count: int
    p50: float | None = None
    p90: float | None = None
    p99: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """y = slope * x + intercept. r2: the share of y's variance it explains; 1 if y does not vary."""

    slope: float
    intercept: float
    r2: float


def spread(values: Sequence[float]) -> Spread:
    """The quantiles of `values`."""
    if not len(values):
        return Spread(0)
    p50, p90, p99, most = (float(v) for v in np.quantile(values, (0.5, 0.9, 0.99, 1.0)))
    return Spread(len(values), p50, p90, p99, most)


def curve(values: Sequence[float]) -> list[tuple[float, float]]:
    """(value, share of all that are at most that) at every hundredth; [] without values."""
    if not len(values):
        return []
    shares = np.linspace(0.0, 1.0, POINTS)
    return [(float(v), float(s)) for v, s in zip(np.quantile(values, shares), shares, strict=True)]


def line(x: Sequence[float], y: Sequence[float]) -> Line:
    """Least squares. Raises ValueError with fewer than two different x."""
    if len(x) != len(y) or len(set(x)) < 2:
        raise ValueError("a line needs two different points")
    xs, ys = np.asarray(x, np.float64), np.asarray(y, np.float64)
    dx = xs - xs.mean()
    slope = float(dx @ (ys - ys.mean()) / (dx @ dx))
    intercept = float(ys.mean() - slope * xs.mean())
    rest = float(np.sum((ys - slope * xs - intercept) ** 2))
    whole = float(np.sum((ys - ys.mean()) ** 2))
    return Line(slope, intercept, 1.0 - rest / whole if whole > 0 else 1.0)


def largest(holds: Callable[[int], bool], guess: int, *, within: float = 0.05, most: int = 100_000) -> int:
    """The largest number up to `most` for which `holds` says yes, by bisection from `guess`; 0 if there is none.

    within: how far below the largest the answer may lie, as a share of it. A number is asked about once.
    """
    low, high = 0, most + 1
    n = min(max(1, guess), most)
    while high - low > max(1, math.floor(low * within)):
        if holds(n):
            low = n
        else:
            high = n
        if high > most:
            n = min(max(low + 1, round(low * GROW)), most)
        elif not low:
            n = max(1, min(high - 1, round(high / GROW)))
        else:
            n = (low + high) // 2
    return low


def ratio(ours: float | None, theirs: float | None) -> float | None:
    """How many times `theirs` ours is; None where either is missing or theirs is nothing."""
    return None if ours is None or not theirs else ours / theirs


@dataclass(frozen=True, slots=True)
class Pace:
    """Whether calls kept up. lag_s: what 95 of 100 chunks of the end lagged at most, infinite if some never came.
    growth: seconds of lag a second.
    """

    keeps_up: bool
    lag_s: float
    growth: float


def pace(lags: Sequence[tuple[float, float]], *, missing: int, warm_s: float, until_s: float) -> Pace:
    """Judge a run by (when a chunk was due, how much later its push ended), in seconds.

    missing: chunks that were due and not pushed before the run was left. Before warm_s nothing counts.
    """
    end = [lag for due, lag in lags if due > until_s - END_S] + [math.inf] * missing
    counted = [(due, lag) for due, lag in lags if due > warm_s]
    if not end or len({due for due, _ in counted}) < 2:
        return Pace(False, math.inf, math.inf)
    lag_s = sorted(end)[math.ceil(0.95 * len(end)) - 1]
    growth = line([due for due, _ in counted], [lag for _, lag in counted]).slope
    return Pace(lag_s <= LAG_S_MAX and growth <= GROWTH_MAX, lag_s, growth)
