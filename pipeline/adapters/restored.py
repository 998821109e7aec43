"""Objects that a backup brought back of calls whose keys are destroyed: nobody can read them, and they go."""

from __future__ import annotations

from itertools import groupby

from pipeline.adapters.sealed_calls import SealedCalls
from pipeline.core.shelf_names import VAULT
from pipeline.ports.key_register import KeyName, Use


def remove_restored(calls: SealedCalls) -> int:
    """Remove them. Looks at the name of every object there is; returns how many went. Raises OutputError."""
    removed = 0
    for parts, found in groupby((name for name, _ in calls.objects.names("")), lambda name: name.split("/")[:4]):
        names = list(found)
        if len(parts) < 4 or not parts[3].isdecimal():
            continue
        keys = {use: KeyName(parts[0], parts[2], int(parts[3]), use) for use in Use}
        gone = names if calls.register.tombstone(keys[Use.STORE]) is not None else []
        if not gone and (originals := [n for n in names if n.startswith("/".join([*parts, VAULT]))]):
            gone = originals if calls.register.tombstone(keys[Use.VAULT]) is not None else []
        calls.objects.delete(*gone)
        removed += len(gone)
    return removed
