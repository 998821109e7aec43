"""The figures a plan is made of, as a JSON file: by name, value, kind (measured, set or assumed) and source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.adapters.audio_files import shown
from pipeline.core.errors import ConfigError
from pipeline.core.plan_figures import Figure, Figures, Kind

OURS = Path(__file__).with_suffix(".json")  # made by: python tests/measure_plan.py
KINDS = frozenset(Kind)
BYTES_MAX = 1 << 20
HEARING = ("recognition", "speech gate, endpoints", "resample")  # of bench: what cpu_ms.hear was measured without


def load_figures(path: Path = OURS) -> Figures:
    """The figures of a file. Raises ConfigError, one line."""
    known = _read(path)
    if not isinstance(known, dict):
        raise ConfigError(f"{shown(path)}: these are no figures; the form is that of docs/scaling.md")
    return Figures({name: _figure(name, known[name]) for name in known})


def with_bench(figures: Figures, path: Path) -> Figures:
    """The same with what `callshield bench` measured: recognition, and memory of a call. Raises ConfigError."""
    found = _read(path)
    try:
        cpu = found["cpu"]["loaded"]["cpu_s_per_call_s"]  # type: ignore[index]
        new = {
            "cpu_ms.recognition": 1000 * sum(float(cpu[part]) for part in HEARING),
            "memory_mb.call": float(found["memory"]["open"]["mb_each"]),  # type: ignore[index]
        }
        source = f"callshield bench of {found['date'][:10]} on {found['machine']}"  # type: ignore[index]
    except (KeyError, TypeError, ValueError):
        told = "has no cpu and memory as callshield bench writes them; run: callshield bench --only cpu,memory"
        raise ConfigError(f"{shown(path)}: {told}") from None
    return Figures({**figures.by_name, **{n: Figure(round(v, 2), Kind.MEASURED, source) for n, v in new.items()}})


def _read(path: Path) -> object:
    """What a JSON file says; None if it is none."""
    try:
        with path.open("rb") as file:
            raw = file.read(BYTES_MAX + 1)
        return json.loads(raw) if len(raw) <= BYTES_MAX else None
    except OSError as error:
        raise ConfigError(f"{shown(path)}: the figures cannot be read ({error.strerror}); check the path") from None
    except ValueError:
        return None


def plain(figures: Figures) -> dict[str, Any]:
    """The same for a file."""
    return {
        name: {"value": one.value, "kind": str(one.kind), "source": one.source}
        for name, one in sorted(figures.by_name.items())
    }


def _figure(name: str, known: object) -> Figure:
    match known:
        case {"value": int() | float() as value, "kind": str() as kind, "source": str() as source} if kind in KINDS:
            return Figure(float(value), Kind(kind), source)
    raise ConfigError(f"figures: {ascii(name)[1:-1]} needs value (a number), kind ({', '.join(Kind)}) and source")
