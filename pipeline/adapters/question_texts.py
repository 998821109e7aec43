"""The texts the meaning of questions is learned from: whole clauses, and things put into frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.core.entities import NAMES
from pipeline.core.heard import Word
from pipeline.core.span import Span
from pipeline.core.spoken.tokens import tokenise

TEXTS = Path(__file__).with_name("questions.yaml")
NONE = "NONE"
FRAMES_A_THING = 1
THINGS_A_FRAME = 8
STRIDE = 7  # things are dealt to frames in steps, so that every frame meets several kinds


@dataclass(frozen=True, slots=True)
class Example:
    """A clause and what is learned of it: its kind (or NONE), or True if it asks and False if it only tells."""

    text: str
    label: str | bool


@dataclass(frozen=True, slots=True)
class Texts:
    """kinds: examples of what a clause is about. asks: examples of whether it asks for that. Always in one order."""

    kinds: tuple[Example, ...]
    asks: tuple[Example, ...]


def load_texts(path: Path = TEXTS) -> Texts:
    """Read the texts of questions.yaml. Raises AssertionError for kinds nobody knows: the file is the program's own."""
    plain = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for part in ("things", "whole"):
        unknown = set(plain[part]) - NAMES - {NONE}
        assert not unknown, f"texts of unknown kinds: {sorted(unknown)}"
    return Texts(tuple(_kinds(plain)), tuple(_asks(plain)))


def _kinds(plain: Mapping[str, Any]) -> Iterator[Example]:
    frames: list[str] = plain["frames"]["ask"]
    at = 0
    for kind, things in plain["things"].items():
        for thing in things:
            for _ in range(FRAMES_A_THING):
                yield Example(_as_heard(frames[at % len(frames)].format(thing)), kind)
                at += 1
    for kind, clauses in plain["whole"].items():
        for clause in clauses:
            yield Example(_as_heard(clause), kind)


def _asks(plain: Mapping[str, Any]) -> Iterator[Example]:
    secrets = [thing for kind, things in plain["things"].items() if kind != NONE for thing in things]
    at = 0
    for name, asks in (("ask", True), ("tell", False)):
        for frame in plain["frames"][name]:
            for _ in range(THINGS_A_FRAME):
                yield Example(_as_heard(frame.format(secrets[at * STRIDE % len(secrets)])), asks)
                at += 1
    for kind, clauses in plain["whole"].items():
        if kind != NONE:
            for clause in clauses:
                yield Example(_as_heard(clause), True)


def _as_heard(text: str) -> str:
    """A text as a clause of tokens reaches the meaning."""
    return " ".join(t.text for t in tokenise(Word(Span(0, 1), word, 1.0) for word in text.split()))
