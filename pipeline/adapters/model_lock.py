"""`installed.toml`, beside the models: what was installed, from which archive, and what it must hash to."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path

from pipeline.adapters.model_registry import check_identity, check_sha256
from pipeline.core.errors import ModelError

FILE_NAME = "installed.toml"
WORK_FOLDER = ".download"  # part files and the guard live here; dot folders are never taken for models


class Trust(StrEnum):
    """Why the hash of an installed model is believed."""

    REGISTRY = "registry"  # the archive matched the registry's sha256
    GIVEN = "given"  # the archive matched the sha256 the user gave
    FIRST_USE = "first-use"  # the user accepted what the server sent; from then on it is fixed
    ADDED = "added"  # the user put the folder there and adopted it


@dataclass(frozen=True, slots=True)
class Record:
    """One installed model.

    `sha256` is that of the unpacked folder; `path` is relative to the models folder if it lies inside.
    `archive_sha256` is "" for an added folder.
    """

    name: str
    engine: str
    language: str
    licence: str
    path: str
    sha256: str
    archive_sha256: str
    trust: Trust


def read_lock(models_dir: Path) -> dict[str, Record]:
    """Records by name; none if nothing was installed yet. Raises ModelError for a damaged file."""
    file = models_dir / FILE_NAME
    try:
        document = tomllib.loads(file.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ModelError(f"cannot read {file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"{file} is damaged: {error}; remove it and fetch or add the models again") from error
    rows = document.get("model", [])
    records = [_record(row, file) for row in (rows if isinstance(rows, list) else [rows])]
    return {record.name: record for record in records}


def write_lock(models_dir: Path, records: Mapping[str, Record]) -> None:
    """Replace the file in one step, so that a reader sees the old or the new one. Raises ModelError."""
    lines = ["# Written by `callshield models`. What is recorded here is verified on every load."]
    for name in sorted(records):
        lines += ["", "[[model]]"]
        # JSON strings without ASCII escapes are TOML basic strings, but for DEL
        for key, value in asdict(records[name]).items():
            lines.append(f"{key} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007f"))
    try:
        with tempfile.NamedTemporaryFile("w", dir=models_dir, prefix=".installed-", delete=False) as stream:
            temporary = Path(stream.name)
            try:
                stream.write("\n".join(lines) + "\n")
                stream.flush()
                os.fsync(stream.fileno())
                temporary.chmod(0o644)  # the redacting process may run as another user
                temporary.replace(models_dir / FILE_NAME)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise ModelError(f"cannot write {models_dir / FILE_NAME}: {error.strerror}") from error


@contextmanager
def exclusive(models_dir: Path) -> Iterator[Path]:
    """Hold the models folder alone while it is changed; gives the work folder. ModelError if it is held."""
    work = models_dir / WORK_FOLDER
    try:
        work.mkdir(parents=True, exist_ok=True)
        guard = (work / "guard").open("w")
    except OSError as error:
        raise ModelError(f"cannot write into {models_dir}: {error.strerror}") from error
    with guard:
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ModelError(f"another command is changing {models_dir}; wait until it is done") from error
        yield work


def _record(row: object, file: Path) -> Record:
    remedy = "remove it and fetch or add the models again"
    keys = [field.name for field in fields(Record)]
    if not isinstance(row, dict) or set(row) != set(keys) or not all(isinstance(row[key], str) for key in keys):
        raise ModelError(f"{file} is damaged: a record is not complete; {remedy}")
    try:
        record = Record(**{**row, "trust": Trust(row["trust"])})
    except ValueError as error:
        raise ModelError(f"{file} is damaged: {error}; {remedy}") from error
    check_identity(record.name, record.engine, record.language, f"{file} is damaged")
    check_sha256(record.sha256, f"{file} is damaged")
    return record
