"""What to redact and where to: files and folders as jobs whose outputs cannot collide."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.audio_files import shown
from pipeline.core.errors import ConfigError, InputError, OutputError

SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus"})
RESULT_SUFFIXES = (".flac", ".wav", ".json", ".transcript.json", ".vtt", ".png")
RAW_SUFFIXES = frozenset({".ulaw", ".ul", ".alaw", ".al", ".raw", ".g711", ".pcmu", ".pcma"})


@dataclass(frozen=True, slots=True)
class Job:
    """One recording and the name, below the output folder and without suffix, of what comes of it."""

    source: Path
    name: Path


def jobs(inputs: Sequence[Path], *, raw: bool, out: Path | None = None) -> list[Job]:
    """Recordings in `inputs`, in order. Raises InputError for a missing path or a folder without any.

    Relative paths below a folder are kept. Where two recordings would share a result, their suffix stays in the
    name. out: where results go; what lies there already is no input, though the folder given may hold it.
    """
    found = [item for path in inputs for item in _found(path, raw, out)]
    names = [_bare(name) for _, name in found]
    while shared := _shared(names):
        longer = [full if n in shared else n for n, (_, full) in zip(names, found, strict=True)]
        if longer == names:
            raise ConfigError(
                f"two inputs would both become {shown(min(shared))}; give their common folder instead of the files"
            )
        names = longer
    todo = [Job(path, name) for (path, _), name in zip(found, names, strict=True)]
    if out is not None:
        _spare_inputs(todo, out)
    return todo


def _spare_inputs(todo: Sequence[Job], out: Path) -> None:
    """No result may take the place of a recording that is still to be read. Raises OutputError."""
    sources = {os.path.realpath(job.source) for job in todo}
    for job in todo:
        for suffix in RESULT_SUFFIXES:
            result = f"{out / job.name}{suffix}"
            if os.path.realpath(result) in sources:
                raise OutputError(f"{shown(Path(result))}: is one of the inputs; choose another folder with --out")


def _bare(name: Path) -> Path:
    """`name` without its suffix, unless nothing but dots would be left."""
    stem = name.name.removesuffix(name.suffix)
    return name.with_name(stem) if stem.strip(".") else name


def _shared(names: Sequence[Path]) -> set[Path]:
    """Names that would write one file twice: equal ones, and `a.transcript` beside `a`."""
    claims = Counter(claim for name in names for claim in _claims(name))
    return {name for name in names if any(claims[claim] > 1 for claim in _claims(name))}


def _claims(name: Path) -> tuple[str, str]:
    """The JSON files of a call: all its other files differ if these do."""
    return f"{name}.json", f"{name}.transcript.json"


def _found(path: Path, raw: bool, out: Path | None) -> list[tuple[Path, Path]]:
    if out is not None and os.path.realpath(out) == os.path.realpath(path):
        raise OutputError(f"{shown(out)}: is the input folder; choose another folder with --out")
    try:
        folder = path.is_dir()
        if not folder and not path.exists():
            raise InputError(f"{shown(path)}: no such file or folder")
    except OSError as error:
        raise _unreadable(path, error) from None
    if not folder:
        return [(path, Path(path.name))]
    suffixes = SUFFIXES | RAW_SUFFIXES if raw else SUFFIXES
    below = sorted(p for p in _files(path, out) if p.suffix.lower() in suffixes and p.is_file())
    if not below:
        raise InputError(f"{shown(path)}: no recordings in this folder; they end in {', '.join(sorted(suffixes))}")
    return [(p, p.relative_to(path)) for p in below]


def _files(folder: Path, out: Path | None) -> Iterator[Path]:
    """Files below, but for hidden ones. A folder that may not be read is an error: its calls would be left out."""

    def stop(error: OSError) -> None:
        raise _unreadable(Path(error.filename), error)

    results = os.path.realpath(out) if out else None
    for place, folders, files in os.walk(folder, onerror=stop):
        kept = (f for f in folders if not f.startswith(".") and os.path.realpath(Path(place, f)) != results)
        folders[:] = sorted(kept)
        for linked in (f for f in folders if Path(place, f).is_symlink()):
            raise InputError(
                f"{shown(Path(place, linked))}: a link to a folder is not followed; give that folder as an input"
            )
        yield from (Path(place, f) for f in files if not f.startswith("."))


def _unreadable(path: Path, error: OSError) -> InputError:
    reason = (error.strerror or "unknown reason").lower()
    return InputError(f"{shown(path)}: cannot be read ({reason}); check the path and its permissions")
