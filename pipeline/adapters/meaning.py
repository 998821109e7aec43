"""The meaning of questions, by their nearest prototype: WordLlama's static embeddings, numpy only, nothing to download.

A phrase says what it matches; a meaning reaches the wordings nobody thought of.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import wordllama
import yaml

from pipeline.core.entities import NAMES

PROTOTYPES = Path(__file__).with_name("questions.yaml")
NONE = "NONE"
LIKE_MIN = 0.55  # cosine to the nearest prototype; below, unseen questions were named by chance
LEAD_MIN = 0.05  # by which a kind must be nearer than the nearest harmless clause


class QuestionMeaning:
    """Callable as core.questions.Meaning: one clause → the kind it asks for."""

    def __init__(self) -> None:
        self._model = _load()
        prototypes: dict[str, list[str]] = yaml.safe_load(PROTOTYPES.read_text(encoding="utf-8"))
        unknown = set(prototypes) - NAMES - {NONE}
        assert not unknown, f"prototypes of unknown kinds: {sorted(unknown)}"
        self._labels = [label for label, texts in prototypes.items() for _ in texts]
        texts = [text for texts in prototypes.values() for text in texts]
        self._vectors = self._model.embed(texts, norm=True)
        self._harmless = np.array([label == NONE for label in self._labels])

    def __call__(self, clause: str) -> str | None:
        """The kind `clause` asks for, or None."""
        likeness = self._vectors @ self._model.embed([clause], norm=True)[0]
        best = int(np.argmax(np.where(self._harmless, -1.0, likeness)))
        if likeness[best] < LIKE_MIN or likeness[best] - likeness[self._harmless].max() < LEAD_MIN:
            return None
        return self._labels[best]


@cache
def _load() -> wordllama.WordLlama:
    """The embedding model inside the wheel. Its loader looks for the tokenizer in a cache folder: it gets one."""
    package = Path(wordllama.__file__).parent
    with tempfile.TemporaryDirectory(prefix="callshield-") as folder:
        for part in ("tokenizers", "weights"):
            (Path(folder) / part).symlink_to(package / part)
        return wordllama.WordLlama.load(cache_dir=Path(folder), disable_download=True)
