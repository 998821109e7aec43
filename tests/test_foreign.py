"""Digits of Spanish and Hindi where a number is due are hidden, whatever a recogniser of English writes for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import dialogue, findings, leaks, lost, words

from pipeline.core.foreign import is_foreign
from pipeline.core.spoken.tokens import tokenise

DIGITS = "cero uno dos tres cuatro cinco seis siete ocho nueve ek dho teen chaar paanch chhe saat aath nau".split()


@given(st.lists(st.sampled_from(DIGITS), min_size=3, max_size=12))
def test_digits_as_they_are_written_are_hidden(digits: list[str]) -> None:
    script = dialogue("A: what is your card number please", "C: " + " ".join(f"[{d}]" for d in digits))
    assert leaks(script, findings(script)) == []


@pytest.mark.parametrize(
    "heard", ["juni ting ting ting", "do shunya teen ac", "sink of where they say trace", "now punch still"]
)
def test_so_are_words_they_are_taken_for(heard: str) -> None:
    script = dialogue("A: what is your aadhaar number please", f"C: [{heard}]")
    assert leaks(script, findings(script)) == []


@pytest.mark.parametrize(
    "heard",
    [
        "quattro sero webbing, sinko ocho trust, seek sero uno dress",
        "shunya panch sat teen, junior art ek now, char punch side",
        "press sinto webbing, they say ocho quadro sero watching trust",
    ],
)
def test_who_tells_digits_in_another_language_needs_no_question(heard: str) -> None:
    script = dialogue("A: lovely weather we are having today", "C: " + " ".join(f"[{w}]" for w in heard.split()))
    assert leaks(script, findings(script)) == []


def test_who_told_some_before_goes_on_telling() -> None:
    asked = dialogue(
        "A: what is your pin please", "C: [sero webbing uno quattro]", "A: lovely weather", "C: [trust ocho know web]"
    )
    assert leaks(asked, findings(asked)) == []
    unasked = dialogue("A: lovely weather we are having", "C: trust ocho know web")
    assert lost(unasked, findings(unasked)) == []


@pytest.mark.parametrize(
    "reply",
    [
        "no i do not have it with me now",
        "let me get my glasses from the kitchen",
        "oh no",
        "i put the card down somewhere in the hall",
        "we can see the way to the hall from here",
        "i know they say it takes a while to get through",
        "can you tell me what the charge was for in the first place",
    ],
)
def test_talk_is_not_foreign(reply: str) -> None:
    assert not is_foreign(tokenise(words(reply)))
    script = dialogue("A: what is your card number please", f"C: {reply}", "A: take your time")
    assert lost(script, findings(script)) == []
