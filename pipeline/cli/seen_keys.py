"""Keys that new data are protected by, and how old they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

from pipeline.adapters.keyring import read_key_file
from pipeline.cli.custody import key_provider
from pipeline.cli.seen_files import KEY_FILES, variable
from pipeline.core.errors import CallShieldError
from pipeline.core.facts import NO_KEYS, KeyInUse, Unseen
from pipeline.settings import Settings

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})-\d+")  # how `callshield keys` names what it makes


def keys_in_use(settings: Settings) -> tuple[KeyInUse, ...] | Unseen:
    """The current key of each key file, and of the key provider if that is another."""
    try:
        found = tuple(_keys(settings))
    except CallShieldError as error:
        return Unseen(str(error), broken=True)
    return found or NO_KEYS


def _keys(settings: Settings) -> Iterator[KeyInUse]:
    today = datetime.now(UTC).date()
    for name in KEY_FILES:
        path = getattr(settings, name)
        if path is not None:
            yield KeyInUse(variable(name), _age_days(read_key_file(path).current, today))
    if settings.key_provider != "file":
        yield KeyInUse(f"key of {key_provider(settings).kind}", None)


def _age_days(name: str, today: date) -> int | None:
    found = _DAY.fullmatch(name)
    try:
        return (today - date.fromisoformat(found[1])).days if found else None
    except ValueError:
        return None
