"""Which recogniser is loaded: by name, or the best one lying here for the language."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.adapters.model_store import InstalledModel, ModelStore
from pipeline.adapters.vosk_engine import VoskEngine
from pipeline.adapters.whisper_engine import WhisperEngine
from pipeline.core.errors import ConfigError, ModelError
from pipeline.ports.engine import Engine

ENGINES = ("auto", "whisper", "vosk")


def load_engine(name: str, language: str, store: ModelStore, threads: int) -> Engine:
    """Load a verified model. name: auto takes a Vosk model of the language, else the embedded one.

    Raises ModelError with the command that mends it, ConfigError for a name that is none.
    """
    if name not in ENGINES:
        raise ConfigError(f"--engine: {name!a} is not one of {', '.join(ENGINES)}")
    order = ("vosk", "whisper") if name == "auto" else (name,)
    for engine in order:
        installed = store.find(engine, language)
        if installed is not None:
            return _load(engine, installed, language, threads)
    wanted = "no model" if name == "auto" else f"no {name} model"
    raise ModelError(f"{wanted} for language {ascii(language)[1:-1]} is installed; {_remedy(order, language, store)}")


def _remedy(order: Sequence[str], language: str, store: ModelStore) -> str:
    """The command that brings a model that fits, the first the registry names."""
    for engine in order:
        for entry in store.entries():
            if entry.engine == engine and _primary(entry.language) == _primary(language):
                return f"run: {store.status(entry).remedy}"
    return "see: callshield models list, or bring your own: callshield models add --help"


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()


def _load(engine: str, installed: InstalledModel, language: str, threads: int) -> Engine:
    if engine == "vosk":
        return VoskEngine.load(
            installed.path, language=language, model_name=installed.entry.name, sha256=installed.sha256
        )
    return WhisperEngine.load(
        installed.path, threads=threads, language=language, model_name=installed.entry.name, sha256=installed.sha256
    )
