"""What one call is judged by beside the rules that every call is judged by."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.core.detect import EVERYTHING, Detect


@dataclass(frozen=True, slots=True)
class Brief:
    """detect: the parts of the detector that are on."""

    detect: Detect = EVERYTHING


PLAIN = Brief()
