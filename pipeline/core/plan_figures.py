"""The figures a plan is made of: what one call costs each stage and each topic, and where each number is from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.core.errors import ConfigError
from pipeline.core.topics import topics

STAGES = ("accept", "hear", "identify", "mask", "store", "analytics")  # chat and vault are not about live audio
HEAR = "hear"
PURPOSES = ("storage", "analytics")  # what the figures were measured with
HARDLY = ("calls.dead", "calls.pins", "calls.sealed")  # nothing, or next to it, as long as all is well
STAGE_FIGURES = tuple(f"{what}.{stage}" for what in ("cpu_ms", "memory_mb") for stage in STAGES)
NAMES = frozenset({
    *STAGE_FIGURES, "cpu_ms.recognition", "cpu_ms.broker", "memory_mb.call", "bytes.stored", "broker.written_mb_s",
    "broker.sent_mb_s", "broker.replicas", "take_over.session_s", "take_over.join_s", "take_over.read_mb_s",
    "take_over.replay_s",
    *(f"bytes.{topic}" for topic in topics(PURPOSES) if "chat" not in topic and topic not in HARDLY),
})  # fmt: skip


class Kind(StrEnum):
    """How far to trust a figure."""

    MEASURED = "measured"
    SET = "set"  # a setting or constant of ours
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with where it is from."""

    value: float
    kind: Kind
    source: str


@dataclass(frozen=True, slots=True)
class Figures:
    """All that a plan is made of. cpu_ms.*: milliseconds of a core per second of a call; bytes.*: per second of a
    call, by topic and stored; memory_mb.*: of a worker without calls, and of a call; broker.*: of one broker;
    take_over.*: from a worker's death to work going on.
    """

    by_name: Mapping[str, Figure]

    def __post_init__(self) -> None:
        """Raises ConfigError if one is missing, unknown or not positive."""
        if missing := NAMES - self.by_name.keys():
            raise ConfigError(f"figures: {min(missing)} is missing")
        if unknown := self.by_name.keys() - NAMES:
            known = ", ".join(sorted(NAMES))
            raise ConfigError(f"figures: {ascii(min(unknown))[1:-1]} is not known; known are {known}")
        for name, figure in self.by_name.items():
            if not 0 < figure.value < 1e12:
                raise ConfigError(f"figures: {name} must be above 0")

    def __getitem__(self, name: str) -> float:
        """The value of one."""
        return self.by_name[name].value
