"""Names after cues, and illnesses on calls about health."""

from __future__ import annotations

import pytest
from scripted import words

from pipeline.core.illness import health_marks, is_about_health
from pipeline.core.names import name_marks
from pipeline.core.spoken.tokens import Token, tokenise


def tokens(said: str) -> tuple[Token, ...]:
    return tokenise(words(said))


def hides(said: str) -> str:
    spoken = tokens(said)
    chosen = sorted({i for m in name_marks(spoken) for i in range(m.first, m.last)})
    return " ".join(spoken[i].text for i in chosen)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("my name is clementine rothwell", "clementine rothwell"),
        ("my full name is clementine rothwell", "clementine rothwell"),
        ("you're speaking with Perpetua, how may i help", "perpetua"),
        ("Hello, this is Clementine Rothwell.", "clementine rothwell"),
        ("Thank you, Perpetua.", "perpetua"),
        ("It is Clementine Rothwell speaking.", "clementine rothwell"),
        ("I am calling on behalf of Mrs Rothwell.", "rothwell"),
        ("My daughter Perpetua ordered it.", "perpetua"),
        ("call me perpetua", "perpetua"),
    ],
)
def test_a_name_after_a_cue_is_hidden(said: str, name: str) -> None:
    hidden = hides(said)
    assert name in hidden
    assert len(hidden.split()) <= len(name.split()) + 1


@pytest.mark.parametrize(
    "said",
    [
        "This is about the delivery on Tuesday.",
        "I'm calling about the broken lamp.",
        "I'm very sorry about that.",
        "it's not working again",
        "this is what i was looking for",
        "Thank you very much.",
        "Hello, good morning.",
        "The total is ninety pounds.",
    ],
)
def test_talk_after_the_same_words_stays(said: str) -> None:
    assert hides(said) == ""


def test_a_garbled_name_of_filler_words_is_hidden_after_a_sure_cue() -> None:
    assert hides("my name is may look").endswith("may look")


def test_capitals_are_asked_for_only_where_they_are_written() -> None:
    assert hides("This is perhaps the one.") == ""
    assert hides("hello this is perpetua") == "perpetua"


@pytest.mark.parametrize("said", ["i would like to see a doctor", "the pharmacy sent me", "it is for a hospital visit"])
def test_a_call_about_health_is_known(said: str) -> None:
    assert is_about_health(tokens(said))


def test_a_call_about_lamps_is_not_about_health() -> None:
    assert not is_about_health(tokens("the lamp is broken and i would like a refund"))


@pytest.mark.parametrize(
    ("said", "illness"),
    [
        ("i was diagnosed with gout", "gout"),
        ("she is allergic to penicillin", "penicillin"),
        ("i need a prescription for ibuprofen", "ibuprofen"),
        ("he has been suffering from migraine since sunday", "migraine"),
    ],
)
def test_an_illness_is_hidden_and_the_words_before_it_stay(said: str, illness: str) -> None:
    spoken = tokens(said)
    marks = health_marks(spoken)
    chosen = {i for m in marks for i in range(m.first, m.last)}
    at = next(i for i, t in enumerate(spoken) if t.text == illness)
    assert at in chosen
    assert 0 not in chosen
    assert {m.entity for m in marks} == {"MEDICAL"}
