"""The counter-example suite: what people say in calls in which nothing is secret. Nothing of it may be hidden."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml
from _pytest.mark.structures import ParameterSet
from scripted import RATE, dialogue, in_turn, sounds

from pipeline.adapters.aids import loaded_aids
from pipeline.core.aids import Aids
from pipeline.core.identify import Identify

SUITE = Path(__file__).with_name("harmless.yaml")
LEAST = 300
KNOWN_MAX = 0.03
# What is still hidden, and the kind of rule that does it. Mended, it fails here: then it leaves the list.
KNOWN = {
    "C: There's a code on the display, it says E twenty two.": "'a code ... it says' announces",
    "C: I nearly had a heart attack when I saw the bill.": "illnesses in idioms",
    "A: What's the reading on the meter? | C: One four seven six two.": "five digits identify something",
    "A: Can you read me the meter, please? | C: It says zero eight three one five.": "five digits identify something",
    "A: A phone number has ten digits, without the country code.": "'number' announces what follows",
    "A: Did you get the text with the code? | C: No, nothing yet.": "a short no where digits were due is doubtful",
}


@cache
def aids() -> Aids:
    """What the product judges with, loaded once."""
    return loaded_aids()


def exchanges() -> list[tuple[str, str]]:
    """(what tempts a detector, exchange), in the order of the file."""
    suite: dict[str, list[str]] = yaml.safe_load(SUITE.read_text(encoding="utf-8"))
    return [(tempts, said) for tempts, several in suite.items() for said in several]


def hidden_words(said: str) -> list[str]:
    """Words of an exchange ("A: ... | C: ...") that are hidden, and why."""
    script = dialogue(*(turn.strip() for turn in said.split(" | ")))
    identify = Identify(script.channels, RATE, aids())
    cuts = range(0, script.length, RATE // 4)
    feed = in_turn([sounds(script, c, cuts) for c in range(script.channels)])
    found = [f for sound in feed for v in identify.push(sound) for f in v.findings]
    return [
        f"{word.text} ({f.entity}, {f.reason.value})"
        for f in found
        for channel, word in script.keep
        if channel == f.channel and word.span.overlaps(f.span)
    ]


def test_the_suite_is_large_and_says_nothing_twice() -> None:
    said = [said for _, said in exchanges()]
    assert len(said) >= LEAST
    assert len(said) == len(set(said))


def marked() -> list[ParameterSet]:
    """Every exchange as a case; those known to fail must go on failing."""
    return [
        pytest.param(said, id=said[:70], marks=[pytest.mark.xfail(strict=True, reason=KNOWN[said])])
        if said in KNOWN
        else pytest.param(said, id=said[:70])
        for _, said in exchanges()
    ]


def test_what_is_known_to_fail_is_little_and_in_the_suite() -> None:
    assert set(KNOWN) <= {said for _, said in exchanges()}
    assert len(KNOWN) <= KNOWN_MAX * len(exchanges())


@pytest.mark.parametrize("said", marked())
def test_nothing_harmless_is_hidden(said: str) -> None:
    assert hidden_words(said) == []
