"""Archives are unpacked as if the sender were hostile: plain files and folders, inside, within bounds."""

from __future__ import annotations

import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipeline.core.errors import ModelError

COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one archive. The largest Vosk models unpack to a few GiB, in some dozens of files."""

    total_bytes: int = 12 << 30  # everything unpacked
    members: int = 10_000  # files and folders
    ratio: int = 50  # unpacked / packed; speech models reach 2 to 4
    ratio_floor_bytes: int = 16 << 20  # tiny archives of text may exceed the ratio harmlessly
    name_chars: int = 255  # of one path component
    depth: int = 16  # folders below each other

    def allowed_bytes(self, archive_bytes: int) -> int:
        """How much an archive of this size may unpack to."""
        return min(self.total_bytes, max(self.ratio * archive_bytes, self.ratio_floor_bytes))


class _Bounds:
    """Counts what has come out so far, and refuses the rest."""

    def __init__(self, limits: Limits, allowed_bytes: int) -> None:
        self._limits, self._allowed = limits, allowed_bytes
        self._bytes = self._members = 0
        self._seen: set[str] = set()

    def member(self, name: str) -> tuple[str, ...]:
        """The safe path parts of a member's name. Raises ModelError."""
        self._members += 1
        if self._members > self._limits.members:
            raise ModelError(f"the archive has more than {self._limits.members} members; it was not unpacked")
        text = name.rstrip("/")
        parts = tuple(part for part in text.split("/") if part != ".")
        bad = (
            text.startswith("/")
            or "\\" in text
            or not all(text.isprintable() and 0 < len(part) <= self._limits.name_chars for part in parts)
            or any(part == ".." or ":" in part for part in parts)
            or len(parts) > self._limits.depth
        )
        if bad:
            raise ModelError(f"the archive has a member that leaves its folder ({name!r:.80}); it was not unpacked")
        return parts

    def once(self, parts: tuple[str, ...]) -> None:
        """Refuse a file that comes twice (also on file systems that ignore case)."""
        key = "/".join(parts).casefold()
        if not parts or key in self._seen:
            raise ModelError("the archive has the same file twice; it was not unpacked")
        self._seen.add(key)

    def add(self, count: int) -> None:
        """Count bytes that came out of the decompressor. Raises ModelError past the bound."""
        self._bytes += count
        if self._bytes > self._allowed:
            raise ModelError(f"the archive unpacks to more than {self._allowed} bytes; it was not unpacked")


class _Counted:
    """A decompressed stream under bounds: tar headers count too, which stops header bombs."""

    def __init__(self, stream: IO[bytes], bounds: _Bounds) -> None:
        self._stream, self._bounds = stream, bounds

    def read(self, size: int) -> bytes:
        block = self._stream.read(size)
        self._bounds.add(len(block))
        return block


def unpack(archive: Path, into: Path, limits: Limits | None = None) -> Path:
    """Unpack a zip or tar.gz into the empty folder `into`; returns the model's root.

    The root is the archive's only top folder, if there is just one, else `into`. Links, devices, absolute
    paths, `..`, encrypted members and anything past `limits` are refused with ModelError; `into` is then for
    the caller to remove.
    """
    limits = limits or Limits()
    try:
        bounds = _Bounds(limits, limits.allowed_bytes(archive.stat().st_size))
        with archive.open("rb") as stream:
            magic = stream.read(4)
        if magic == b"PK\x03\x04":
            _unpack_zip(archive, into, bounds)
        elif magic[:2] == b"\x1f\x8b":
            _unpack_tar(archive, into, bounds)
        else:
            raise ModelError(f"{archive.name} is neither a zip nor a tar.gz archive")
        tops = list(into.iterdir())
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        EOFError,
        NotImplementedError,
        ValueError,
    ) as error:
        raise ModelError(f"{archive.name} is a damaged archive: {_line(error)}") from error
    except OSError as error:
        raise ModelError(f"cannot unpack {archive.name}: {error.strerror or _line(error)}") from error
    if not tops:
        raise ModelError(f"{archive.name} is an empty archive")
    return tops[0] if len(tops) == 1 and tops[0].is_dir() else into


def _unpack_zip(archive: Path, into: Path, bounds: _Bounds) -> None:
    with zipfile.ZipFile(archive) as packed:
        for info in packed.infolist():
            parts = bounds.member(info.filename)
            kind = stat.S_IFMT(info.external_attr >> 16)
            if info.flag_bits & 1:
                raise ModelError(f"{archive.name} is encrypted; it was not unpacked")
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise ModelError(f"the archive has a link or device ({info.filename!r:.80}); it was not unpacked")
            if info.is_dir():
                into.joinpath(*parts).mkdir(parents=True, exist_ok=True)
                continue
            with packed.open(info) as source:
                _write(_blocks(source, bounds), parts, into, bounds)


def _unpack_tar(archive: Path, into: Path, bounds: _Bounds) -> None:
    with gzip.open(archive) as plain:
        counted = _Counted(plain, bounds)  # type: ignore[arg-type]  # GzipFile reads bytes
        with tarfile.open(fileobj=counted, mode="r|") as packed:  # type: ignore[call-overload]  # only read() is used
            for info in packed:
                parts = bounds.member(info.name)
                if info.isdir():
                    into.joinpath(*parts).mkdir(parents=True, exist_ok=True)
                    continue
                source = packed.extractfile(info) if info.isreg() and not info.issparse() else None
                if source is None:
                    raise ModelError(f"the archive has a link or device ({info.name!r:.80}); it was not unpacked")
                _write(_blocks(source, None), parts, into, bounds)
        while counted.read(COPY_BYTES):  # to the end, where gzip's own check sum is compared
            pass


def _blocks(source: IO[bytes], bounds: _Bounds | None) -> Iterator[bytes]:
    while block := source.read(COPY_BYTES):
        if bounds:
            bounds.add(len(block))
        yield block


def _write(blocks: Iterator[bytes], parts: tuple[str, ...], into: Path, bounds: _Bounds) -> None:
    bounds.once(parts)
    target = into.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as sink:  # modes of the archive are not taken over
        for block in blocks:
            sink.write(block)


def _line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
