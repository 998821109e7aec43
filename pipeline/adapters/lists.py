"""Reads the lists of names and words from lists/: once per process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pipeline.core.lists import Lists, with_sounds

FOLDER = Path(__file__).with_name("lists")
COMMENT = "#"
NAMES = ("given", "surnames", "towns", "streets", "words", "illnesses", "drugs")


@cache
def loaded_lists() -> Lists:
    """All lists of the package. Takes some 50 ms."""
    given, surnames, towns, streets, words, illnesses, drugs = (_entries(FOLDER / f"{name}.txt") for name in NAMES)
    return with_sounds(Lists(given, surnames, towns, streets, words, illnesses, drugs))


def _entries(path: Path) -> frozenset[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith(COMMENT))
