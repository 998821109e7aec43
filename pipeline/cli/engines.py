"""Which recogniser is loaded: by name, or the best one lying here for the language."""

from __future__ import annotations

from pipeline.adapters.model_store import InstalledModel, ModelStore
from pipeline.adapters.vosk_engine import VoskEngine
from pipeline.adapters.whisper_engine import WhisperEngine
from pipeline.core.errors import ModelError
from pipeline.ports.engine import Engine

ENGINES = ("auto", "whisper", "vosk")


def load_engine(name: str, language: str, store: ModelStore, threads: int) -> Engine:
    """Load a verified model. name: auto takes a Vosk model of the language, else the embedded one.

    Raises ModelError with the command that mends it.
    """
    order = ("vosk", "whisper") if name == "auto" else (name,)
    for engine in order:
        installed = store.find(engine, language)
        if installed is not None:
            return _load(engine, installed, language, threads)
    wanted = "no model" if name == "auto" else f"no {name} model"
    raise ModelError(f"{wanted} for language {language} is installed; see: callshield models list")


def _load(engine: str, installed: InstalledModel, language: str, threads: int) -> Engine:
    if engine == "vosk":
        return VoskEngine.load(
            installed.path, language=language, model_name=installed.entry.name, sha256=installed.sha256
        )
    return WhisperEngine.load(
        installed.path, threads=threads, language=language, model_name=installed.entry.name, sha256=installed.sha256
    )
