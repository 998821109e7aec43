"""Days and moments on the command line: UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline.core.errors import ConfigError


def day_ms(text: str, option: str, days: int = 0) -> int | None:
    """When a day such as 2026-01-31 begins, and so many days later; None: no day was given. Raises ConfigError."""
    if not text:
        return None
    try:
        found = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=days)
    except (ValueError, OverflowError):
        raise ConfigError(f"{option}: write a day such as 2026-01-31") from None
    return int(found.timestamp() * 1000)


def moment(ms: int) -> str:
    """Such as 2026-01-31T12:00:00+00:00."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds")
