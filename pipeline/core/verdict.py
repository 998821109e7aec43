"""What `identify` tells `mask`: findings, and how far the judgement is final."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.core.finding import Finding


@dataclass(frozen=True, slots=True)
class Verdict:
    """Judgement of one channel. Below `watermark` (samples) there are no findings but those told so far."""

    channel: int
    watermark: int
    findings: tuple[Finding, ...] = ()
