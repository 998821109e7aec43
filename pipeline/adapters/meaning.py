"""The meaning of clauses, learned from questions.yaml: what kind of secret one is about, and whether it asks for it.

Features of a clause: WordLlama's static embedding of all its words and of its words of substance (numpy only,
nothing to download), and its words and pairs of words. On these two linear heads are fitted when a worker starts, by
ridge regression in closed form: the same texts make the same heads, in a fraction of a second.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import wordllama
from numpy.typing import NDArray

from pipeline.adapters.question_texts import NONE, load_texts
from pipeline.core.questions import Meant

SEEN_MIN = 3  # a word or pair of words seen less often teaches nothing
PAIRS_WEIGHT = 0.85
RIDGE_KINDS, RIDGE_ASKS = 0.4, 0.5
RARE = 50  # a word or pair in fewer than one of so many clauses is multiplied by itself
FRAME_WORDS = frozenset(
    "a an the and so then please can could may might i i'll i'd i'm you your me my we us is what what's for of on to "
    "it that's that do have would from let just be with in this need take get give tell read enter say go ahead share "
    "confirm".split()
)
NUMERALS = {
    "1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "8": "eight", "9": "nine",
    "10": "ten", "12": "twelve", "15": "fifteen", "16": "sixteen", "1st": "first", "2nd": "second", "3rd": "third",
}  # fmt: skip
# Thresholds: see docs/measurements/questions.md.
LEAD_MIN = 0.1  # by which a kind must lead "none" to be meant
ASKS_MIN = -0.3  # below, a clause tells
SURE_LEAD = 0.4
HARMLESS_LEAD = -0.35  # a kind so far behind "none": the clause is about nothing secret
SURELY_HARMLESS = -0.6
TELLS_MAX = -0.4  # a clause that surely only tells

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scores:
    """What the heads say of a clause. kind: the likeliest. lead: by which it leads "none". asks: above 0 it asks."""

    kind: str
    lead: float
    asks: float


class QuestionMeaning:
    """Callable as core.questions.Meaning. The same clause, the same answer."""

    def __init__(self) -> None:
        self._model = _load()
        texts = load_texts()
        self._labels = (NONE, *sorted({str(e.label) for e in texts.kinds} - {NONE}))
        clauses = [e.text for e in (*texts.kinds, *texts.asks)]
        seen = Counter(part for clause in clauses for part in set(_pairs(clause)))
        self._columns = {part: i for i, part in enumerate(sorted(p for p, n in seen.items() if n >= SEEN_MIN))}
        kinds = np.array([[float(e.label == label) for label in self._labels] for e in texts.kinds], np.float32)
        asks = np.array([[1.0 if e.label else -1.0] for e in texts.asks], np.float32)
        row = {text: i for i, text in enumerate(dict.fromkeys(clauses))}  # many are examples of both
        features = self._features(list(row))
        gram = _gram(features)
        of_kinds, of_asks = ([row[e.text] for e in examples] for examples in (texts.kinds, texts.asks))
        self._kinds = _ridge(features, gram, of_kinds, kinds, RIDGE_KINDS)
        self._asks = _ridge(features, gram, of_asks, asks, RIDGE_ASKS)

    def __call__(self, clause: str) -> Meant:
        """What `clause` (lower case) asks for."""
        scores = self.scores(clause)
        if scores.lead >= LEAD_MIN and scores.asks >= ASKS_MIN:
            return Meant(scores.kind, sure=scores.lead >= SURE_LEAD)
        harmless = scores.lead <= HARMLESS_LEAD or scores.asks <= TELLS_MAX
        return Meant(None, sure=harmless and scores.lead <= SURELY_HARMLESS, harmless=harmless)

    def scores(self, clause: str) -> Scores:
        """What both heads say of `clause`."""
        features = self._features([" ".join(NUMERALS.get(w, w) for w in clause.split())])
        kinds = (features @ self._kinds)[0]
        best = 1 + int(np.argmax(kinds[1:]))
        return Scores(self._labels[best], float(kinds[best] - kinds[0]), float((features @ self._asks)[0, 0]))

    def _features(self, clauses: Sequence[str]) -> Floats:
        """(clauses, features): two embeddings, words and pairs, and a one; each part of length 1."""
        said = np.zeros((len(clauses), len(self._columns)), np.float32)
        for row, clause in enumerate(clauses):
            known = [self._columns[p] for p in _pairs(clause) if p in self._columns]
            said[row, known] = PAIRS_WEIGHT / max(1, len(known)) ** 0.5
        substance = [" ".join(w for w in c.split() if w not in FRAME_WORDS) or c for c in clauses]
        with np.errstate(invalid="ignore"):  # of no known word at all: nothing divided by its length
            parts = [np.nan_to_num(self._model.embed(list(texts), norm=True)) for texts in (clauses, substance)]
        return np.hstack([*parts, said, np.ones((len(clauses), 1), np.float32)]).astype(np.float32)


def _pairs(clause: str) -> list[str]:
    words = ["<", *clause.split(), ">"]
    return [*words[1:-1], *(f"{a} {b}" for a, b in pairwise(words))]


def _ridge(features: Floats, gram: Floats, rows: Sequence[int], wanted: Floats, ridge: float) -> Floats:
    """Weights (features, outputs) of least squares with penalty `ridge`, solved by examples: fewer than features.

    gram: of all features; rows: those of the examples that `wanted` is for.
    """
    part = gram[np.ix_(rows, rows)]
    part[np.diag_indices_from(part)] += ridge
    return np.asarray(features[rows].T @ np.linalg.solve(part, wanted), np.float32)


def _gram(features: Floats) -> Floats:
    """features @ features.T. Most words are in few clauses: of their columns only what is there is multiplied."""
    rare = np.count_nonzero(features, axis=0) * RARE <= len(features)
    common = features[:, ~rare]
    gram = common @ common.T
    seldom = np.ascontiguousarray(features[:, rare].T)
    columns, rows = np.nonzero(seldom)
    for said in np.split(np.arange(rows.size), np.flatnonzero(np.diff(columns)) + 1):
        clauses, weights = rows[said], seldom[columns[said], rows[said]]
        gram[np.ix_(clauses, clauses)] += np.outer(weights, weights)
    return gram


@cache
def _load() -> wordllama.WordLlama:
    """The embedding model inside the wheel. Its loader looks for the tokenizer in a cache folder: it gets one."""
    package = Path(wordllama.__file__).parent
    with tempfile.TemporaryDirectory(prefix="callshield-") as folder:
        for part in ("tokenizers", "weights"):
            (Path(folder) / part).symlink_to(package / part)
        return wordllama.WordLlama.load(cache_dir=Path(folder), disable_download=True)
