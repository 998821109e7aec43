"""Bring a registered model into the models folder: download, check, unpack, check, record. In this order."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from pipeline.adapters.model_download import Patience, Progress, discard, download
from pipeline.adapters.model_hash import file_sha256, path_sha256
from pipeline.adapters.model_lock import Record, Trust, exclusive, read_lock, write_lock
from pipeline.adapters.model_registry import ModelEntry, check_sha256
from pipeline.adapters.model_store import InstalledModel, ModelStore, check_weights
from pipeline.adapters.model_unpack import Limits, unpack
from pipeline.core.errors import ModelError


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user says about one fetch.

    `sha256`: of the archive, "" if not given. `archive`: a file brought by hand, instead of the download.
    `force`: fetch again although the model is there and verifies.
    """

    sha256: str = ""
    trust_first_use: bool = False
    archive: Path | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of it. `archive_sha256` is "" for packages; `new` is False if the model was there already."""

    model: InstalledModel
    archive_sha256: str
    trust: Trust
    new: bool


def fetch(
    store: ModelStore,
    name: str,
    wish: Wish | None = None,
    *,
    progress: Progress = lambda _done, _total: None,
    patience: Patience | None = None,
    limits: Limits | None = None,
) -> Fetched:
    """Install the model of that name and return it verified.

    Nothing is asked of the network before it is clear what the archive must hash to, or that the user accepts
    an unknown one. A wrong hash deletes the download. Raises ModelError; installed models are then as before.
    """
    wish = wish or Wish()
    entry = store.entry(name)
    if entry.packaged or not entry.address:
        return _present(store, entry)
    if wish.archive and not wish.archive.is_file():
        raise ModelError(f"there is no archive {wish.archive}; give the file that was downloaded by hand")
    records = read_lock(store.models_dir)
    expected, trust = _expected(entry, records.get(name), wish)
    if not wish.force and _sound(store, entry, expected):
        return Fetched(store.locate(name), records[name].archive_sha256, records[name].trust, new=False)
    with exclusive(store.models_dir) as work:
        archive = wish.archive or work / f"{name}.part"
        if not wish.archive:
            size_bytes = entry.size_bytes if entry.sha256 else 0  # unpinned sizes are a hint only
            download(entry.address, archive, size_bytes, progress, patience or Patience())
        actual = file_sha256(archive)
        if expected and actual != expected:
            if not wish.archive:
                discard(archive)
            gone = "" if wish.archive else "; the download was deleted"
            raise ModelError(f"the archive of {name} has sha256 {actual}, must have {expected}{gone}")
        try:
            sha256 = _install(archive, store.models_dir, entry, limits)
        except ModelError:
            if not expected and not wish.archive:
                discard(archive)  # nobody vouched for it: the next try shall not meet it again
            raise
        record = Record(name, entry.engine, entry.language, entry.licence, name, sha256, actual, trust)
        write_lock(store.models_dir, {**read_lock(store.models_dir), name: record})
        if not wish.archive:
            discard(archive)
    return Fetched(store.locate(name), actual, trust, new=True)


def _present(store: ModelStore, entry: ModelEntry) -> Fetched:
    trust = Trust.REGISTRY if entry.packaged else Trust.ADDED
    return Fetched(store.locate(entry.name), "", trust, new=False)


def _expected(entry: ModelEntry, record: Record | None, wish: Wish) -> tuple[str, Trust]:
    """What the archive must hash to ("" = whatever comes), and why that is believed. Raises ModelError."""
    given = check_sha256(wish.sha256, "--sha256") if wish.sha256 else ""
    if entry.sha256:
        if given and given != entry.sha256:
            raise ModelError(f"the registry says {entry.name} has sha256 {entry.sha256}; leave --sha256 out")
        return entry.sha256, Trust.REGISTRY
    if given:
        return given, Trust.GIVEN
    if record and record.archive_sha256:
        return record.archive_sha256, record.trust  # trusted once: from then on it may not change
    if wish.trust_first_use:
        return "", Trust.FIRST_USE
    raise ModelError(
        f"no sha256 is registered for {entry.name}; give the one you trust with --sha256 HEX,"
        " or accept what the server sends, once, with --trust-first-use"
    )


def _sound(store: ModelStore, entry: ModelEntry, expected: str) -> bool:
    record = read_lock(store.models_dir).get(entry.name)
    if record is None or record.archive_sha256 != expected:
        return False
    try:
        store.locate(entry.name)
    except ModelError:
        return False  # damaged or gone: fetching is the repair
    return True


def _install(archive: Path, models_dir: Path, entry: ModelEntry, limits: Limits | None) -> str:
    """Unpack beside the models and move into place; returns the folder's sha256."""
    place = models_dir / entry.name
    try:
        with tempfile.TemporaryDirectory(dir=models_dir, prefix=".unpack-") as temporary:
            fresh = Path(temporary) / "new"
            fresh.mkdir()
            root = unpack(archive, fresh, limits)
            check_weights(root, entry.engine)
            sha256 = path_sha256(root)
            _replace(place, root, Path(temporary) / "old")
    except OSError as error:
        raise ModelError(f"cannot write into {models_dir}: {error.strerror}") from error
    return sha256


def _replace(place: Path, fresh: Path, aside: Path) -> None:
    there = place.exists() or place.is_symlink()
    if there:
        place.rename(aside)
    try:
        fresh.rename(place)
    except OSError:
        if there:
            aside.rename(place)
        raise
