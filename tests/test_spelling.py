"""Letters made clear by words spell something secret, whoever asked, and however much of it was garbled."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import LETTERS, NATO, OTHER, UNITS
from scripted import dialogue, findings, leaks, words

from pipeline.core.spelling import spelled_marks
from pipeline.core.spoken.tokens import tokenise

LINKS = ("for", "as in", "like")
TALK = ("hello there", "thank you", "the kettle is on", "see you there", "as for me", "i am waiting in the hall")


def spelt(rng: Random, letters: int, digits: int) -> str:
    """A code of letters, each made clear by a word, and digits, in any order."""
    named = [rng.choice("bcdfghjklmnpqrstvwxyz") for _ in range(letters)]
    parts = [
        f"{c} {rng.choice(LINKS)} {rng.choice((NATO[LETTERS.index(c)], OTHER[LETTERS.index(c)]))}" for c in named
    ] + [rng.choice(UNITS) for _ in range(digits)]
    rng.shuffle(parts)
    return " ".join(parts)


@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(0, 6), st.tuples(*[st.sampled_from(TALK)] * 2))
def test_whatever_is_spelled_with_words_is_hidden(
    seed: int, letters: int, digits: int, around: tuple[str, str]
) -> None:
    code = " ".join(f"[{w}]" for w in spelt(Random(seed), letters, digits).split())
    before, after = (" ".join(f"~{w}" for w in text.split()) for text in around)
    script = dialogue(f"C: {before} <0.9> {code} <0.9> {after}")
    assert leaks(script, findings(script)) == []


@pytest.mark.parametrize(
    "heard",
    [
        "[t for table b for ags s for sugar t for table]",
        "[c for cherry e for ag z for zebra]",
        "~is ~in ~billie [z and billie six x is in xray b is in robicie]",
        "[bravo juliette opa mike 9 4 3 2]",
        "[see for cherry two o f for fish]",
        "[and for nancy x for xavier seven one]",
        "[he is in yankee seven one]",
        "[four nine and he is in foxtrot]",
        "[elizin lemon c as in cat d as in dog f as in fish totem and vase]",
    ],
)
def test_one_pair_that_was_heard_vouches_for_those_beside_it(heard: str) -> None:
    script = dialogue(f"C: ~well <0.9> {heard} <0.9> ~okay")
    assert leaks(script, findings(script)) == []


@pytest.mark.parametrize(
    "text",
    [
        "you can see for yourself in the hall",
        "i for one like the old kettle",
        "a for effort and thank you for calling",
        "we are in the hall and on the stairs",
        "is it for sunday or for monday",
        "tea for two and cake for ten",
        "and for next week we have a new hall",
        "he is in the garden and for now she is not",
    ],
)
def test_talk_spells_nothing(text: str) -> None:
    assert spelled_marks(tokenise(words(text))) == []
