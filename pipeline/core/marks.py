"""A decision on tokens of one utterance, before it becomes a span of samples."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.core.finding import Reason


@dataclass(frozen=True, slots=True)
class Mark:
    """Tokens `first` to `last` (out) are hidden as `entity`."""

    first: int
    last: int
    entity: str
    reason: Reason
    confidence: float
