"""What a benchmark is held against: each goal, what was measured, and whether that meets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """path: where its figure is in the document. least: it must be at least `bound`; else at most."""

    name: str
    path: tuple[str, ...]
    bound: float
    least: bool = False

    def met(self, value: float) -> bool:
        """Whether a figure meets it."""
        return value >= self.bound if self.least else value <= self.bound


CALLS_PER_CORE = 30
OUTSIDE = ("latency", "outside_numbers")
EARLY = ("early", *OUTSIDE)  # words of open utterances move the watermark
AT_GOAL = ("latency_at_goal", "outside_numbers")  # with 80 % of the calls that the first goal asks for
GOALS = (
    Goal("two-channel calls per core in real time", ("capacity", "calls_per_core"), CALLS_PER_CORE, least=True),
    Goal("ours to padded transcribe, utterances of 5 to 6 s", ("peers", "at_5_s", "ours_to_padded"), 3.5, least=True),
    Goal("ours to padded transcribe, conversation", ("peers", "conversation", "ours_to_padded"), 6, least=True),
    Goal("CPU of all but recognition, to recognition", ("cpu", "loaded", "all_but_recognition_to_recognition"), 0.10),
    Goal("early: spoken to released outside numbers, p50 s", (*EARLY, "spoken_to_released_s", "p50"), 1.0),
    Goal("early: spoken to released outside numbers, p99 s", (*EARLY, "spoken_to_released_s", "p99"), 2.5),
    Goal("end of turns to released outside numbers, p99 s", (*OUTSIDE, "end_of_next_turn_to_released_s", "p99"), 1.0),
    Goal("the same, 24 calls per core", (*AT_GOAL, "end_of_next_turn_to_released_s", "p99"), 1.0),
    Goal("end of one turn to released outside numbers, p99 s", (*OUTSIDE, "end_of_turn_to_released_s", "p99"), 1.0),
    Goal("CPU linear in speech, R²", ("linear", "line", "r2"), 0.98, least=True),
    Goal("memory of an open silent call, MB", ("memory", "open", "mb_each"), 2.0),
    Goal("growth of what a long call holds, MB an hour", ("memory", "long_call", "held_mb_per_hour"), 0.1),
    Goal("start of a worker to its first words, s", ("start", "median_s"), 3.0),
)


def judged(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every goal whose figure is in `document`, as plain values."""
    return [
        {"name": g.name, "goal": f"{'>=' if g.least else '<='} {g.bound:g}", "value": value, "met": g.met(value)}
        for g, value in _figures(document)
    ]


def _figures(document: Mapping[str, Any]) -> Iterator[tuple[Goal, float]]:
    for goal in GOALS:
        at: Any = document
        for key in goal.path:
            at = at.get(key) if isinstance(at, Mapping) else None
        if isinstance(at, int | float):
            yield goal, at
