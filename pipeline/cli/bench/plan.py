"""How much is measured, and with what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.kafka_connect import Kafka
from pipeline.adapters.model_store import ModelStore
from pipeline.cli.bench.calls import Rig
from pipeline.cli.bench.material import Material

SHARE = 0.4  # of the time each side speaks
SEED = 6
WARM_S = 10.0  # of a call before anything counts: the name tagger goes on loading behind the start


@dataclass(frozen=True, slots=True)
class Plan:
    """window_s: counted of a run in real time, between warm_s before, and tail_s behind, in which what was spoken can
    still leave. within: see `largest`. curve: shares of capacity that are watched, too. The others by measure.
    """

    window_s: float = 20.0
    warm_s: float = 5.0
    tail_s: float = 5.0
    within: float = 0.05
    simulated_calls: tuple[int, ...] = (1, 4, 16)
    simulated_s: float = 30.0
    linear_shares: tuple[float, ...] = (0.1, 0.2, 0.4, 0.6)
    linear_calls: int = 8
    linear_s: float = 30.0
    alone_s: float = 120.0
    open_calls: int = 1000
    open_s: float = 10.0
    long_s: float = 1800.0
    utterances: int = 10
    peer_calls: int = 16
    peer_s: float = 30.0
    engine_s: float = 60.0
    copied: int = 4000
    curve: tuple[float, ...] = (0.25, 0.5, 0.75)

    @property
    def run_s(self) -> float:
        """Of a run in real time."""
        return self.warm_s + self.window_s + self.tail_s


QUICK = Plan(
    window_s=6.0, warm_s=2.0, tail_s=3.0, within=0.2, simulated_calls=(1, 4), simulated_s=15.0,
    linear_shares=(0.1, 0.4), linear_calls=4, linear_s=15.0, alone_s=30.0, open_calls=100, open_s=2.0, long_s=120.0,
    utterances=3, peer_calls=4, peer_s=8.0, engine_s=20.0, copied=400, curve=(0.5,),
)  # fmt: skip
FULL_LONG_S = 4 * 3600.0


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """How to load the engine again: here with another number of threads, or in a process of its own."""

    name: str
    language: str
    store: ModelStore

    def words(self) -> tuple[str, str, str]:
        """For a command line."""
        return self.name, self.language, str(self.store.models_dir)

    @classmethod
    def of(cls, name: str, language: str, models_dir: str) -> EngineChoice:
        """From `words`."""
        return cls(name, language, ModelStore(Path(models_dir)))


@dataclass(frozen=True, slots=True)
class Bench:
    """What every measure is given. say: tells a person how far it is. kafka: a broker, if one is named."""

    rig: Rig
    engine: EngineChoice
    material: Material
    cores: int
    plan: Plan
    say: Callable[[str], None]
    kafka: Kafka | None = None
