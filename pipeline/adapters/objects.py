"""The object store: a folder of this machine, or a bucket of any S3-compatible service. obstore talks to the bucket.

obstore's own folders are not used: it names a file before its bytes are forced to the disk, so that a machine losing
power could leave an empty object that nobody may write again. Ours are written nameless, forced, and then named.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from pipeline.adapters.audio_files import Staged, publish, sync_folder
from pipeline.core.errors import ConfigError, OutputError, OverwriteError
from pipeline.ports.objects import Objects

FOLDER_BATCH_MS, BUCKET_BATCH_MS = 1000, 15_000  # two forced writes a second and call; a request costs money and time
NAME_BYTES_MAX = 900  # S3 takes 1024, with the prefix
_STAGED = re.compile(r"\..*\.(?:partial|before)-[0-9a-f]{8}")
_RETRY: Any = {"max_retries": 3}  # whoever puts tries again too, and knows how long
_CLIENT: Any = {"timeout": "60s", "connect_timeout": "5s", "allow_http": True}  # only where the endpoint says http
_HELP = (
    "an object cannot be kept or read ({}); it is tried again: free some space, or make the folder of "
    "CALLSHIELD_STORE_URL this user's"
)
WRITTEN_ONCE = ".written-once"  # an empty object beside those of calls, which tells whether a service keeps its word
_OVERWRITES = (
    "CALLSHIELD_STORE_URL: this service writes over what lies there, whatever If-None-Match: * says, so nothing is "
    "kept in it; use a release or a service that heeds it (docs/store.md)"
)
_T = TypeVar("_T")


def open_objects(url: str) -> Objects:
    """The store at "file:///folder", a plain path, or "s3://bucket/prefix". Raises ConfigError.

    Credentials, region and endpoint of S3 come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION,
    AWS_ENDPOINT_URL and so on, as everywhere.
    """
    parts = urlsplit(url)
    if url and "://" not in url:
        return FolderObjects(Path(url))
    if parts.scheme == "file" and not parts.netloc and parts.path != "/":
        return FolderObjects(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc and not parts.query:
        try:
            prefix = unquote(parts.path).strip("/") or None
            return StoreObjects(S3Store(parts.netloc, prefix=prefix, retry_config=_RETRY, client_options=_CLIENT))
        except BaseError:
            raise ConfigError("CALLSHIELD_STORE_URL: the variables AWS_* are not usable; check each of them") from None
    raise ConfigError("CALLSHIELD_STORE_URL: write a folder, file:///folder or s3://bucket/prefix")


def batch_ms(objects: Objects) -> int:
    """How much of a running call one object should hold there."""
    return FOLDER_BATCH_MS if isinstance(objects, FolderObjects) else BUCKET_BATCH_MS


def checked(name: str) -> str:
    """The name, if it is one. Raises ValueError: names are made by this program, from names that were checked."""
    parts = name.split("/")
    if not name.isprintable() or "\\" in name or len(name.encode()) > NAME_BYTES_MAX or {"", ".", ".."} & {*parts}:
        raise ValueError("no name of an object")
    return name


class FolderObjects:
    """Objects as files below a folder that is made when the first one comes. Only this user may look into it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, data: bytes) -> bool:
        """See `Objects`. File and folders are forced to the disk."""
        path = self._folder / checked(name)
        try:
            if path.exists():
                return False
            made = self._folders(path.parent)
            staged = Staged.create(path, force=True)  # force: whether it is there is seen below
            try:
                staged.write(data)
                staged.seal()
                publish([staged], force=False)
            finally:
                staged.discard()
            for folder in made:
                sync_folder(folder.parent)
        except OSError as error:
            raise _not_kept(error) from None
        except OutputError:
            if path.exists():
                return False
            raise OutputError(_HELP.format("is the disk full?")) from None
        return True

    def get(self, name: str) -> bytes | None:
        """See `Objects`."""
        try:
            return (self._folder / checked(name)).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _not_kept(error) from None

    def delete(self, *names: str) -> None:
        """See `Objects`. Folders that are empty then go too."""
        left: dict[Path, None] = {}
        for path in [self._folder / checked(name) for name in names]:
            try:
                path.unlink(missing_ok=True)
                left[path.parent] = None
            except NotADirectoryError:
                continue
            except OSError as error:
                raise _not_kept(error) from None
        for folder in left:
            self._tidy(folder)

    def names(self, prefix: str) -> Iterator[tuple[str, int]]:
        """See `Objects`."""
        top = self._folder / prefix.rpartition("/")[0]

        def stop(error: OSError) -> None:
            if not isinstance(error, FileNotFoundError | NotADirectoryError):
                raise _not_kept(error)

        found: list[tuple[str, int]] = []
        for place, folders, files in os.walk(top, onerror=stop):
            within = Path(place).relative_to(self._folder).as_posix()
            base = "" if within == "." else f"{within}/"
            folders[:] = [f for f in folders if _may_match(f"{base}{f}/", prefix)]
            for file in files:
                name = f"{base}{file}"
                if name.startswith(prefix) and not _STAGED.fullmatch(file):
                    try:
                        found.append((name, Path(place, file).stat().st_size))
                    except FileNotFoundError:
                        continue  # deleted this moment
        yield from sorted(found)

    def _tidy(self, folder: Path) -> None:
        """Remove folders that are empty, but not the store's own."""
        with contextlib.suppress(OSError):  # not empty, or another does it
            while folder != self._folder:
                folder.rmdir()
                folder = folder.parent

    def _folders(self, folder: Path) -> list[Path]:
        """Make them. Returns those that were not there, the outermost last."""
        made = [place for place in (folder, *folder.parents) if not place.exists()]
        for place in reversed(made):
            place.mkdir(mode=0o700, exist_ok=True)
        return made


class StoreObjects:
    """Objects of an obstore store: S3, or memory in tests."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._refuses = False

    def put(self, name: str, data: bytes) -> bool:
        """See `Objects`. In one request, with "if none is there". Before the first, is that kept?"""
        name = checked(name)
        if not self._refuses:
            if self._put(WRITTEN_ONCE, b"") and self._put(WRITTEN_ONCE, b""):
                raise OverwriteError(_OVERWRITES)
            self._refuses = True
        return self._put(name, data)

    def _put(self, name: str, data: bytes) -> bool:
        def put() -> bool:
            try:
                obstore.put(self._store, name, data, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
            return True

        return _asked(put)

    def get(self, name: str) -> bytes | None:
        """See `Objects`."""

        def get() -> bytes | None:
            try:
                return bytes(obstore.get(self._store, checked(name)).bytes())
            except FileNotFoundError:
                return None

        return _asked(get)

    def delete(self, *names: str) -> None:
        """See `Objects`. Up to a thousand in one request."""

        def delete() -> None:
            with contextlib.suppress(FileNotFoundError):
                obstore.delete(self._store, [checked(name) for name in names])

        if names:
            _asked(delete)

    def names(self, prefix: str) -> Iterator[tuple[str, int]]:
        """See `Objects`. Services list by whole folders: what is below is asked for, and looked through here."""
        folder = prefix.rpartition("/")[0]

        def listed() -> list[tuple[str, int]]:
            pages = obstore.list(self._store, folder or None)
            found = ((m["path"], m["size"]) for page in pages for m in page if m["path"] != WRITTEN_ONCE)
            return sorted((name, size) for name, size in found if name.startswith(prefix))

        yield from _asked(listed)


def _asked(ask: Callable[[], _T]) -> _T:
    """What the store answers. Its errors become ours, without their texts, which hold addresses and names."""
    try:
        return ask()
    except (BaseError, OSError) as error:
        code = type(error).__name__.removesuffix("Error")
        raise OutputError(
            f"the object store does not take or give it ({code}); it is tried again: see that the service of "
            "CALLSHIELD_STORE_URL runs, and that the key in AWS_ACCESS_KEY_ID may read and write there"
        ) from None


def _may_match(folder: str, prefix: str) -> bool:
    return folder.startswith(prefix) or prefix.startswith(folder)


def _not_kept(error: OSError) -> OutputError:
    return OutputError(_HELP.format((error.strerror or "unknown reason").lower()))
