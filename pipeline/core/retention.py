"""How long what is kept of a call stays: the decision table of the sweep.

    | is so                                  | then                                                        |
    | its erasure was begun (a tombstone)    | due: it is finished, whatever holds now                     |
    | its term is not over, nobody asks      | stays                                                       |
    | no rule is for it, nobody asks         | stays, and is told of                                       |
    | a legal hold names it                  | stays                                                       |
    | somebody asks, the law wants it kept   | stays, and goes when that is over                           |
    | somebody asks for its erasure          | due                                                         |
    | its use is restricted                  | stays: its customer may need it                             |
    | its term is over                       | due                                                         |

Terms count from the end of the call. Where a minimum is longer than the maximum another law sets, the minimum counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
CLOCK_LEAP_MS_MAX = 8 * DAY_MS  # a sweep runs daily, or weekly: more than that since the last sign of life is a leap


class Reason(StrEnum):
    """Why something is disposed of; also the reason of its tombstone. Add, never rename."""

    RETENTION = "retention"
    ERASURE = "erasure"
    WITHDRAWAL = "withdrawal"


class Stays(StrEnum):
    """Why something stays."""

    TERM = "term"  # it is not over yet
    HOLD = "hold"
    MINIMUM = "minimum"  # law wants it kept until then
    RESTRICTED = "restricted"
    NO_RULE = "no_rule"


@dataclass(frozen=True, slots=True)
class Terms:
    """max_ms: it is kept no longer; min_ms: and no shorter, whoever asks."""

    max_ms: int
    min_ms: int = 0

    @property
    def kept_ms(self) -> int:
        """How long it is kept if nobody asks."""
        return max(self.max_ms, self.min_ms)

    def within(self, other: Terms) -> Terms:
        """What fulfils both: the shorter maximum, the longer minimum."""
        return Terms(min(self.max_ms, other.max_ms), max(self.min_ms, other.min_ms))


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of one use of a call. ended_ms: when it ended, or began where the end is not known. terms: None,
    there is no rule. asked: who wants it gone. begun: why its key was destroyed already.
    """

    ended_ms: int
    terms: Terms | None
    held: bool = False
    restricted: bool = False
    asked: Reason | None = None
    begun: Reason | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done. due_ms: when it must go, or may first; None: nobody knows."""

    why: Reason | Stays
    due_ms: int | None

    @property
    def due(self) -> bool:
        """Whether it goes now."""
        return isinstance(self.why, Reason)


def decide(kept: Kept, now_ms: int) -> Decision:
    """The table above."""
    due_ms = None if kept.terms is None else kept.ended_ms + kept.terms.kept_ms
    if kept.begun is not None:
        return Decision(kept.begun, due_ms)
    if kept.asked is None and (due_ms is None or now_ms < due_ms):
        stays = kept.held or kept.restricted
        return Decision(Stays.NO_RULE if due_ms is None else Stays.TERM, None if stays else due_ms)
    if kept.held:
        return Decision(Stays.HOLD, None)
    if kept.asked is not None:
        first_ms = kept.ended_ms + (0 if kept.terms is None else kept.terms.min_ms)
        early = kept.terms is not None and kept.terms.min_ms > 0 and now_ms < first_ms  # an end may be ahead of a clock
        return Decision(Stays.MINIMUM if early else kept.asked, first_ms)
    return Decision(Stays.RESTRICTED, None) if kept.restricted else Decision(Reason.RETENTION, due_ms)


def leapt(now_ms: int, seen_ms: Iterable[int]) -> int | None:
    """How far the clock is ahead of the last sign of life, if that is too far to believe it. seen_ms: signs of life."""
    last = max(seen_ms, default=None)
    ahead = 0 if last is None else now_ms - last
    return ahead if ahead > CLOCK_LEAP_MS_MAX else None
