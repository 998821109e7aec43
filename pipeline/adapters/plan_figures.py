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


def load_figures(path: Path = OURS) -> Figures:
    """The figures of a file. Raises ConfigError, one line."""
    try:
        with path.open("rb") as file:
            raw = file.read(BYTES_MAX + 1)
        known = json.loads(raw) if len(raw) <= BYTES_MAX else None
    except OSError as error:
        raise ConfigError(f"{shown(path)}: the figures cannot be read ({error.strerror}); check the path") from None
    except ValueError:
        known = None
    if not isinstance(known, dict):
        raise ConfigError(f"{shown(path)}: these are no figures; the form is that of docs/scaling.md")
    return Figures({name: _figure(name, known[name]) for name in known})


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
