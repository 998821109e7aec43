"""Files that appear whole or not at all: written under a hidden name, then renamed, alone or as a group."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from pipeline.core.errors import OutputError

_NAME_KEPT = 40  # characters of the name in the hidden one: at 4 bytes each it still fits the usual 255
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NAMELESS = getattr(os, "O_TMPFILE", None)
"""The flag that opens a file without a name, None where there is none."""
_NO_NAMELESS = {errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def shown(path: Path) -> str:
    """The path for a one-line message: line breaks and unprintable characters escaped."""
    text = os.fspath(path)
    return text if text.isprintable() else ascii(text)[1:-1]


def not_written(path: Path, error: OSError) -> OutputError:
    """Our error for the system's, saying what to do."""
    if error.errno in _FULL:
        return OutputError(f"{shown(path)}: the disk is full; free some space and run again")
    if error.errno in _CLOSED:
        return OutputError(f"{shown(path)}: may not be written; choose another folder with --out")
    reason = (error.strerror or "unknown reason").lower()
    return OutputError(f"{shown(path)}: cannot be written ({reason}); choose another folder with --out")


class Staged:
    """One file in the making, beside its place. `fd` is open for reading and writing.

    Until it is sealed it has no name at all, where the file system can do that: a process that is killed leaves
    nothing. Elsewhere it has a hidden one.
    """

    def __init__(self, path: Path, partial: Path, fd: int) -> None:
        self.path = path
        self.partial = partial
        self.fd = fd

    @classmethod
    def create(cls, path: Path, *, force: bool) -> Self:
        """Make the folder if need be, and the hidden file. OutputError if `path` is taken or unwritable."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                raise OutputError(f"{shown(path)}: is a folder; choose another folder with --out")
            if not force and os.path.lexists(path):
                raise OutputError(f"{shown(path)}: exists; use --force to overwrite it")
            partial = _hidden(path, "partial")
            return cls(path, partial, _open_nameless(path.parent) or _open_hidden(partial))
        except OSError as error:
            raise not_written(path, error) from None

    def write(self, data: bytes) -> None:
        """Write all of it, for this user only. Raises OutputError."""
        try:
            os.fchmod(self.fd, 0o600)
            left = memoryview(data)
            while left:
                left = left[os.write(self.fd, left) :]
        except OSError as error:
            raise not_written(self.path, error) from None

    def seal(self) -> None:
        """Everything is written: force it to the disk and close."""
        try:
            os.fsync(self.fd)
            if not os.path.lexists(self.partial):
                _name(self.fd, self.partial)
        except OSError as error:
            raise not_written(self.path, error) from None
        finally:
            self._close()

    def discard(self) -> None:
        """Remove the hidden file, if it is still there."""
        self._close()
        self.partial.unlink(missing_ok=True)

    def _close(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


def _open_nameless(folder: Path) -> int | None:
    """A file without a name in `folder`, or None where there is no such thing."""
    if NAMELESS is None or not Path("/proc/self/fd").is_dir():
        return None
    try:
        return os.open(folder, os.O_RDWR | os.O_CLOEXEC | NAMELESS, 0o666)
    except OSError as error:
        if error.errno in _NO_NAMELESS:
            return None
        raise


def _open_hidden(partial: Path) -> int:
    return os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)


def _name(fd: int, path: Path) -> None:
    """Give a nameless file its name."""
    folder = os.open("/proc/self/fd", os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.link(str(fd), path, src_dir_fd=folder, follow_symlinks=True)
    finally:
        os.close(folder)


def publish(files: Sequence[Staged], *, force: bool) -> None:
    """Give sealed files their names. If one fails, those before it are taken back and OutputError is raised.

    With `force`, what stood there before is kept aside until all have their names, and restored on failure.
    """
    moved: list[tuple[Path, Path | None]] = []
    file: Staged | None = None
    try:
        for file in files:
            moved.append((file.path, _appear(file, force)))
        _sync_folders(files)
    except BaseException as error:
        for path, before in reversed(moved):
            _take_back(path, before)
        for left in files:
            left.discard()
        if isinstance(error, FileExistsError) and file is not None:
            raise OutputError(f"{shown(file.path)}: exists; use --force to overwrite it") from None
        if isinstance(error, OSError) and file is not None:
            raise not_written(file.path, error) from None
        raise
    for _, before in moved:
        if before is not None:
            before.unlink(missing_ok=True)


def _appear(file: Staged, force: bool) -> Path | None:
    """Rename one file. Returns where the file it replaced is kept, if there was one."""
    if not force:
        _rename_to_free(file.partial, file.path)
        return None
    before: Path | None = None
    if os.path.lexists(file.path):
        before = _hidden(file.path, "before")
        try:
            os.link(file.path, before, follow_symlinks=False)
        except OSError:  # a file system without links
            file.path.rename(before)
    try:
        file.partial.rename(file.path)
    except BaseException:
        _take_back(file.path, before)
        raise
    return before


def _rename_to_free(partial: Path, path: Path) -> None:
    """Rename, but never onto another file, also not onto one that appeared this moment."""
    try:
        os.link(partial, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links: look, then rename
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        partial.rename(path)
    else:
        partial.unlink()


def _take_back(path: Path, before: Path | None) -> None:
    with contextlib.suppress(OSError):
        if before is None:
            path.unlink(missing_ok=True)
        else:
            before.replace(path)


def sync_folder(folder: Path) -> None:
    """Make what was made or renamed in a folder durable. Raises OSError."""
    fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems cannot do this for folders
            raise
    finally:
        os.close(fd)


def _sync_folders(files: Sequence[Staged]) -> None:
    for folder in {file.path.parent for file in files}:
        sync_folder(folder)


def _hidden(path: Path, what: str) -> Path:
    return path.with_name(f".{path.name[:_NAME_KEPT]}.{what}-{secrets.token_hex(4)}")
