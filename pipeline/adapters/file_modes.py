"""Who may read and write the files that settings name."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.core.facts import SeenFile


def seen_files(named: Iterable[tuple[str, Path | None, bool]]) -> Iterator[SeenFile]:
    """named: what a file is called in reports, where it is, and whether it is secret. One that is not there is left
    out: whoever needs it says so.
    """
    for name, path, secret in named:
        try:
            if path is not None:
                yield SeenFile(name, stat.S_IMODE(path.stat().st_mode), secret)
        except (OSError, ValueError):
            continue
