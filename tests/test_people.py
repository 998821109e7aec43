"""People, places and health: how much of what is secret is hidden in made-up calls, and how much else is lost."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from scripted import RATE, dialogue, in_turn, leaks, lost, sounds

from pipeline.adapters.aids import loaded_aids
from pipeline.core.aids import Aids
from pipeline.core.identify import Identify

TEXTS = yaml.safe_load(Path(__file__).with_name("people.yaml").read_text(encoding="utf-8"))
LEAST = 150  # exchanges of either sort
RECALL_MIN = 0.9  # of the words to hide
OVER_MAX = 0.03  # of the words to keep, beside secrets
OVER_HARMLESS_MAX = 0.01  # of all words, where nothing is secret


@cache
def aids() -> Aids:
    """What the product judges with, loaded once."""
    return loaded_aids()


def in_small_letters(said: str) -> str:
    """As a recogniser writes that knows neither capitals nor marks."""
    turns = (turn.partition(":") for turn in said.split(" | "))
    return " | ".join(f"{who}:{re.sub(r'[.,?!]', '', text).lower()}" for who, _, text in turns)


def judged(said: str, with_aids: Aids) -> tuple[list[str], list[str], int]:
    """Words left audible that had to go, words lost that had to stay, and how many there were in all."""
    script = dialogue(*(turn.strip() for turn in said.split(" | ")))
    identify = Identify(script.channels, RATE, with_aids)
    feed = in_turn([sounds(script, c, range(0, script.length, RATE // 4)) for c in range(script.channels)])
    found = [f for sound in feed for v in identify.push(sound) for f in v.findings]
    left, gone = leaks(script, found), lost(script, found)
    return left, gone, len(script.hide) + len(script.keep)


def rates(kind: str, with_aids: Aids, *, small: bool) -> tuple[float, float]:
    """Of the exchanges of a kind: recall of the words to hide, and the share lost of those to keep."""
    left = over = hide = keep = 0
    for texts in TEXTS[kind].values():
        for text in texts:
            said = in_small_letters(text) if small else text
            script = dialogue(*(turn.strip() for turn in said.split(" | ")))
            missed, gone, _ = judged(said, with_aids)
            left, over = left + len(missed), over + len(gone)
            hide, keep = hide + len(script.hide), keep + len(script.keep)
    return 1 - left / max(1, hide), over / keep


def test_there_are_enough_texts_of_both_sorts_and_none_twice() -> None:
    for kind in ("secret", "harmless"):
        texts = [text for several in TEXTS[kind].values() for text in several]
        assert len(texts) >= LEAST
        assert len(texts) == len(set(texts))
        assert all(("[" in text) == (kind == "secret") for text in texts)


@pytest.mark.parametrize("small", [False, True], ids=["capitals", "small letters"])
def test_what_is_secret_goes_and_the_talk_around_it_stays(small: bool) -> None:
    recall, over = rates("secret", aids(), small=small)
    assert recall >= RECALL_MIN
    assert over <= OVER_MAX


@pytest.mark.parametrize("small", [False, True], ids=["capitals", "small letters"])
def test_harmless_talk_stays(small: bool) -> None:
    _, over = rates("harmless", aids(), small=small)
    assert over <= OVER_HARMLESS_MAX
