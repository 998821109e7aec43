"""From settings to the rules of retention, and terms for people."""

from __future__ import annotations

from pipeline.adapters.retention_file import PRESETS, find_rules
from pipeline.core.errors import ConfigError
from pipeline.core.retention import DAY_MS, HOUR_MS, Terms
from pipeline.core.retention_rules import Rules
from pipeline.settings import Settings


def retention_rules(settings: Settings) -> Rules:
    """The rules. Raises ConfigError."""
    if not settings.retention:
        raise ConfigError(
            f"CALLSHIELD_RETENTION: say how long calls are kept: a file (docs/retention.md), or {', '.join(PRESETS)}"
        )
    return find_rules(settings.retention)


def term(ms: int) -> str:
    """Such as `90 days` or `36 hours`."""
    days, rest = divmod(ms, DAY_MS)
    return f"{days} days" if not rest else f"{ms / HOUR_MS:g} hours"


def terms(of: Terms) -> str:
    """Such as `400 days, at least 366 days`."""
    return term(of.max_ms) + (f", at least {term(of.min_ms)}" if of.min_ms else "")
