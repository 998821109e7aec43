"""Where a stored call lies: TENANT/DAY/CALL/STARTED/, day in UTC, and the names of its objects there.

While it runs: parts/FROM-UPTO-TAG, in samples; `-last` at the end if the transcript ended with it. Once it is
finished: recording, transcript, manifest, and if it failed its proof incident, and release if it was let out. What was
told of it is below told/, what was set right of its metadata below righted/, what is under its vault key below vault/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.core.errors import InputError

MANIFEST, INCIDENT, RELEASE, PARTS, VAULT = "manifest", "incident", "release", "parts/", "vault/"
TOLD, RIGHTED = "told/", "righted/"
NAME_BYTES_MAX = 200  # of a tenant or call: file systems take 255
_PART = re.compile(r"parts/(\d{15})-(\d{15})-[0-9a-f]{16}(-last)?")


@dataclass(frozen=True, slots=True)
class PartName:
    """What the name of a part says. start, end: samples; words_last: the transcript has ended."""

    name: str
    start: int
    end: int
    words_last: bool

    @classmethod
    def make(cls, start: int, end: int, tag: str, *, words_last: bool) -> PartName:
        """tag: 16 hex digits that tell contents apart."""
        return cls(f"{PARTS}{start:015d}-{end:015d}-{tag}{'-last' * words_last}", start, end, words_last)

    @classmethod
    def read(cls, name: str) -> PartName | None:
        """None: it is the name of something else."""
        found = _PART.fullmatch(name)
        return None if found is None else cls(name, int(found[1]), int(found[2]), found[3] is not None)


def place(tenant: str, call: str, started_ms: int) -> str:
    """The folder of a call, with `/` at its end. Raises InputError for names that cannot be those of folders."""
    for name in (tenant, call):
        if name.startswith(".") or not name.isprintable() or not {"/", "\\"}.isdisjoint(name):
            raise InputError("a tenant or call whose name cannot be that of a folder")
        if not 0 < len(name.encode(errors="replace")) <= NAME_BYTES_MAX:
            raise InputError(f"a tenant or call whose name is not 1 to {NAME_BYTES_MAX} bytes long")
    return f"{tenant}/{day(started_ms)}/{call}/{started_ms}/"


def day(started_ms: int) -> str:
    """Such as 2026-01-02. Raises InputError."""
    try:
        return datetime.fromtimestamp(started_ms / 1000, UTC).date().isoformat()
    except (OverflowError, ValueError, OSError):
        raise InputError("a call that started at no time there is") from None
