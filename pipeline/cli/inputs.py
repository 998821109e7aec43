"""What to redact and where to: files and folders as jobs whose outputs cannot collide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.audio_files import shown
from pipeline.core.errors import ConfigError, InputError

SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus"})
RAW_SUFFIXES = frozenset({".ulaw", ".ul", ".alaw", ".al", ".raw", ".g711", ".pcmu", ".pcma"})


@dataclass(frozen=True, slots=True)
class Job:
    """One recording and the name, below the output folder and without suffix, of what comes of it."""

    source: Path
    name: Path


def jobs(inputs: Sequence[Path], *, raw: bool) -> list[Job]:
    """Recordings in `inputs`, in order. Raises InputError for a missing path or a folder without any.

    Relative paths below a folder are kept. Where two recordings differ in their suffix only, it stays in the name.
    """
    found = [item for path in inputs for item in _found(path, raw)]
    stems = Counter(name.with_suffix("") for _, name in found)
    out = [Job(path, name if stems[name.with_suffix("")] > 1 else name.with_suffix("")) for path, name in found]
    twice = [name for name, n in Counter(job.name for job in out).items() if n > 1]
    if twice:
        raise ConfigError(f"two inputs would both become {twice[0]}; give their common folder instead of the files")
    return out


def _found(path: Path, raw: bool) -> list[tuple[Path, Path]]:
    if not path.exists():
        raise InputError(f"{shown(path)}: no such file or folder")
    if not path.is_dir():
        return [(path, Path(path.name))]
    suffixes = SUFFIXES | RAW_SUFFIXES if raw else SUFFIXES
    below = sorted(p for p in path.rglob("*") if p.suffix.lower() in suffixes and p.is_file())
    visible = [p for p in below if not any(part.startswith(".") for part in p.relative_to(path).parts)]
    if not visible:
        raise InputError(f"{shown(path)}: no recordings in this folder; they end in {', '.join(sorted(suffixes))}")
    return [(p, p.relative_to(path)) for p in visible]
