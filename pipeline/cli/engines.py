"""Which recogniser is loaded: by name, or the best one lying here for the language."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

from pipeline.adapters import vosk_engine, whisper_engine
from pipeline.adapters.model_store import InstalledModel, ModelStore
from pipeline.adapters.vosk_engine import VoskEngine
from pipeline.adapters.whisper_engine import WhisperEngine
from pipeline.core.errors import ConfigError, ModelError
from pipeline.ports.engine import Engine, ModelIdentity

ENGINES = ("auto", "whisper", "vosk")


def load_engine(name: str, language: str, store: ModelStore, threads: int) -> Engine:
    """Load a verified model. name: auto takes a Vosk model of the language, else the embedded one; module:function
    calls that function, which returns an engine of your own.

    Raises ModelError with the command that mends it, ConfigError for a name that is none.
    """
    if ":" in name:
        own: Engine = _own(name)()
        for needed in ("rate", "identity", "side_by_side", "waiting", "open"):
            if not hasattr(own, needed):
                raise ConfigError(f"engine {name!a} has no {needed!r}; see Engine in pipeline/ports/engine.py")
        return own
    return _load(*_find(name, language, store), language, threads)


def engine_identity(name: str, language: str, store: ModelStore) -> ModelIdentity:
    """What `load_engine` would load, without its weights. Raises what it raises."""
    if ":" in name:
        own: ModelIdentity = _own(name)().identity
        return own
    engine, installed = _find(name, language, store)
    of = vosk_engine.identity if engine == "vosk" else whisper_engine.identity
    return of(installed.entry.name, language, installed.sha256)


def _find(name: str, language: str, store: ModelStore) -> tuple[str, InstalledModel]:
    if name not in ENGINES:
        raise ConfigError(f"--engine: {name!a} is not one of {', '.join(ENGINES)}")
    order = ("vosk", "whisper") if name == "auto" else (name,)
    for engine in order:
        installed = store.find(engine, language)
        if installed is not None:
            return engine, installed
    wanted = "no model" if name == "auto" else f"no {name} model"
    raise ModelError(f"{wanted} for language {ascii(language)[1:-1]} is installed; {_remedy(order, language, store)}")


def _own(name: str) -> Callable[[], Any]:
    """The function that module:function names."""
    module, _, function = name.partition(":")
    try:
        found: Callable[[], Any] = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError):
        raise ConfigError(f"engine {name!a} cannot be imported; give module:function of something installed") from None
    return found


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
            installed.path, language=language, model_name=installed.entry.name, sha256=installed.sha256, threads=threads
        )
    return WhisperEngine.load(
        installed.path, threads=threads, language=language, model_name=installed.entry.name, sha256=installed.sha256
    )
