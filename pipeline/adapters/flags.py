"""Where labels go above a time line: in rows, so that none covers another or another's pole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flag:
    """A label to place: its pole stands at `at`, its cloth is `width` wide, in units of the time line."""

    at: float
    width: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cloth hangs: its left edge, and its row counted from the time line up."""

    left: float
    row: int


def place(flags: Sequence[Flag], right: float, rows_max: int, gap: float = 0.0) -> tuple[Place | None, ...]:
    """One place per flag, in the order given; None for a flag that finds no room in `rows_max` rows.

    A cloth hangs to the right of its pole, but never beyond `right`. Placed from the right, each above every
    flag whose cloth or pole it would cover, so that poles stay visible down to the time line.
    """
    out: list[Place | None] = [None] * len(flags)
    hung: list[tuple[float, float, int]] = []  # leftmost and rightmost point of a flag, and its row
    for index in sorted(range(len(flags)), key=lambda i: (flags[i].at, i), reverse=True):
        flag = flags[index]
        left = max(min(flag.at, right - flag.width), 0.0)
        end = left + flag.width
        below = [row for start, stop, row in hung if left - gap < stop and start < end + gap]
        row = max(below, default=-1) + 1
        if row < rows_max:
            out[index] = Place(left, row)
            hung.append((min(left, flag.at), max(end, flag.at), row))
    return tuple(out)
