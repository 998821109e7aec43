"""A chain of hashes in a file that only grows. Several processes may append: a lock on the file puts them in a row.

A line counts once it is whole and on the disk. What a crash or a full disk left of a line is taken off before the next
one is written; it never counted.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.adapters.audio_files import not_written, shown
from pipeline.core.chain import LINE_BYTES_MAX, Body, Link, line, link, read_line
from pipeline.core.errors import OutputError, TamperedError


class Tail:
    """The end of a chain while it is locked. size: of whole lines, in bytes. torn_bytes: what lies behind them."""

    def __init__(self, path: Path, fd: int) -> None:
        """Reads the last line. Raises TamperedError if it is not a line of a chain."""
        self._path, self._fd = path, fd
        self.size = os.fstat(fd).st_size
        start = max(0, self.size - 2 * LINE_BYTES_MAX)
        data = os.pread(fd, self.size - start, start)
        whole = data[: data.rfind(b"\n") + 1]
        self.torn_bytes = len(data) - len(whole)
        self.size -= self.torn_bytes
        if not whole and self.size:
            raise _damaged(path)
        self.last = _last(path, whole)

    def append(self, bodies: Sequence[Body]) -> list[Link]:
        """Write one line each; all are on the disk when it returns, or none. Raises OutputError."""
        made: list[Link] = []
        for body in bodies:
            made.append(link(made[-1] if made else self.last, body))
        data = b"".join(map(line, made))
        try:
            os.ftruncate(self._fd, self.size)
            written = 0
            while written < len(data):
                written += os.write(self._fd, data[written:])
            os.fsync(self._fd)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, self.size)
            raise not_written(self._path, error) from None
        self.size, self.torn_bytes = self.size + len(data), 0
        self.last = made[-1] if made else self.last
        return made


class ChainFile:
    """One such file. Safe to use from any thread and process of this machine."""

    def __init__(self, path: Path, mode: int = 0o600) -> None:
        """path: made with `mode` when first written to."""
        self.path, self._mode = path, mode
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def locked(self) -> Iterator[Tail]:
        """Nobody else appends meanwhile. Raises OutputError, or TamperedError if the end is damaged."""
        with self._lock:
            try:
                fresh = not self.path.exists()
                if fresh:
                    self.path.parent.mkdir(parents=True, exist_ok=True)
                fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, self._mode)
            except OSError as error:
                raise not_written(self.path, error) from None
            try:
                if fresh:
                    _sync_folder(self.path.parent)
                fcntl.flock(fd, fcntl.LOCK_EX)
                yield Tail(self.path, fd)
            finally:
                os.close(fd)

    @contextlib.contextmanager
    def still(self) -> Iterator[int]:
        """Nobody appends meanwhile; gives its size in bytes, 0 if it is not there. Raises OutputError."""
        try:
            fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            yield 0
            return
        except OSError as error:
            raise not_read(self.path, error) from None
        try:
            fcntl.flock(fd, fcntl.LOCK_SH)
            yield os.fstat(fd).st_size
        finally:
            os.close(fd)

    def lines(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Its lines from byte `start` up to `end`, a torn one too. Raises OutputError."""
        end = self.size() if end is None else end
        try:
            if start >= end:
                return
            with self.path.open("rb") as file:
                file.seek(start)
                while start < end and (data := file.readline(LINE_BYTES_MAX + 1)[: end - start]):
                    start += len(data)
                    yield data
        except OSError as error:
            raise not_read(self.path, error) from None

    def size(self) -> int:
        """In bytes; 0 if it is not there."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0


def not_read(path: Path, error: OSError) -> OutputError:
    """Our error for the system's."""
    reason = (error.strerror or "unknown reason").lower()
    return OutputError(f"{shown(path)}: cannot be read ({reason}); mend that and run again")


def _last(path: Path, whole: bytes) -> Link | None:
    if not whole:
        return None
    start = whole.rfind(b"\n", 0, -1) + 1
    try:
        return read_line(whole[start:])
    except TamperedError:
        raise _damaged(path) from None


def _damaged(path: Path) -> TamperedError:
    return TamperedError(
        f"{shown(path)}: its last line was changed, so nothing more is written to it; restore the newest copy"
    )


def _sync_folder(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
