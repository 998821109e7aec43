"""sha256 of model files. The folder hash can be checked by hand, with sha256sum (models/README.md)."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from pipeline.core.errors import ModelError

READ_BYTES = 1 << 20


def file_sha256(path: Path) -> str:
    """Lower-case hex sha256 of one file. Raises ModelError if it is not a readable regular file."""
    if not path.is_file():  # a named pipe would block for ever, a missing file has no hash
        raise ModelError(f"{path} is not a regular file; a model holds files and folders only")
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while block := stream.read(READ_BYTES):
                digest.update(block)
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror or error}") from error
    return digest.hexdigest()


def folder_sha256(path: Path) -> str:
    """sha256 over every file below `path`: its relative path and its content.

    It is the sha256 of the text that `sha256sum` prints for the files, named relative to the folder, sorted
    by their bytes, so nothing of our own is needed to check it. Empty folders, times and permissions do not
    count. Raises ModelError for an empty or unreadable folder, and for links to folders (what they hold may
    change without the hash seeing it).
    """
    manifest = hashlib.sha256()
    names = sorted(_files(path), key=os.fsencode)
    if not names:
        raise ModelError(f"{path} holds no files; a model folder holds at least its weights")
    for name in names:
        manifest.update(file_sha256(path / name).encode() + b"  " + os.fsencode(name) + b"\n")
    return manifest.hexdigest()


def path_sha256(path: Path) -> str:
    """`folder_sha256` of a folder, `file_sha256` of anything else. Raises ModelError."""
    return folder_sha256(path) if path.is_dir() else file_sha256(path)


def path_bytes(path: Path) -> int:
    """Total size of a file, or of the files below a folder, in bytes. Raises ModelError."""
    try:
        if path.is_dir():
            return sum((path / name).stat().st_size for name in _files(path))
        return path.stat().st_size
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror or error}") from error


def _files(root: Path) -> list[str]:
    found: list[str] = []

    def refuse(error: OSError) -> None:
        raise ModelError(f"cannot read {error.filename}: {error.strerror}") from error

    for folder, folders, files in os.walk(root, onerror=refuse):
        here = Path(folder)
        for name in folders:
            if (here / name).is_symlink():
                raise ModelError(f"{here / name} is a link to a folder; put the real folder into the model")
        found += [(here / name).relative_to(root).as_posix() for name in files]
    for name in found:
        if "\n" in name or "\\" in name:  # sha256sum would escape these, and two tools would disagree
            raise ModelError(f"a file below {root} has a line break or a backslash in its name; rename it")
    return found
