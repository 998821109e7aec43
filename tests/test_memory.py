"""Memory: what was hidden is known again when it is repeated, corrected or carried on."""

from __future__ import annotations

import pytest
from scripted import RATE, samples, words

from pipeline.core.finding import Reason
from pipeline.core.marks import Mark
from pipeline.core.memory import SECRETS_MAX, Memory
from pipeline.core.spoken.tokens import Token, tokenise

NUMBER = "five one nine nine two two four seven"


def tokens(said: str, at_s: float) -> tuple[Token, ...]:
    return tokenise(words(said, samples(at_s)))


def learned(said: str = NUMBER, entity: str = "CARD_NUMBER", at_s: float = 0) -> Memory:
    memory = Memory(RATE)
    spoken = tokens(said, at_s)
    memory.learn(spoken, [Mark(0, len(spoken), entity, Reason.ANSWER, 0.9)])
    return memory


def recalled(memory: Memory, said: str, at_s: float) -> tuple[str, set[tuple[str, Reason]]]:
    spoken = tokens(said, at_s)
    marks = memory.recall(spoken)
    chosen = sorted({i for m in marks for i in range(m.first, m.last)})
    return " ".join(spoken[i].text for i in chosen), {(m.entity, m.reason) for m in marks}


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("so that was five one nine nine two two four seven thank you", NUMBER),
        ("i have got nine nine two two here", "nine nine two two"),
        ("5199 and then 2247", "5199 and then 2247"),
        ("five one double nine", "five one double nine"),
        ("the card ending two two four seven", "two two four seven"),
    ],
)
@pytest.mark.parametrize("at_s", [4, 120])
def test_a_read_back_is_hidden_however_late(said: str, part: str, at_s: float) -> None:
    hidden, why = recalled(learned(), said, at_s)
    assert part in hidden
    assert {entity for entity, _ in why} == {"CARD_NUMBER"}


@pytest.mark.parametrize(
    "said", ["it weighs nine hundred and ninety two kilos", "in twenty two minutes", "gate four", "the lamp is broken"]
)
def test_other_numbers_are_no_read_back(said: str) -> None:
    assert recalled(learned(), said, 60)[0] == ""


def test_a_number_goes_on_after_a_long_pause_but_not_for_ever() -> None:
    said = "and then three oh"
    assert "three oh" in recalled(learned(), said, 14)[0]
    assert recalled(learned(), said, 60)[0] == ""


def test_a_number_inside_talk_does_not_carry_on_another() -> None:
    assert recalled(learned(), "the two boxes had a big dent and we sent three back", 14)[0] == ""


@pytest.mark.parametrize(("said", "goes_on"), [("it's twelve below here", False), ("and twelve", True)])
def test_what_only_looked_like_a_number_goes_on_in_numbers_alone(said: str, goes_on: bool) -> None:
    assert bool(recalled(learned(entity="NUMBER"), said, 14)[0]) is goes_on


@pytest.mark.parametrize(("said", "part"), [("try rosa.quill", True), ("what's the six-digit code", False)])
def test_an_address_goes_on_in_dots_not_in_hyphens(said: str, part: bool) -> None:
    assert bool(recalled(learned("quill at example dot com", "EMAIL"), said, 14)[0]) is part


def test_a_correction_of_the_end_is_hidden() -> None:
    hidden, why = recalled(learned(), "no wait it ends in nine eight", 12)
    assert hidden.endswith("nine eight")
    assert {entity for entity, _ in why} == {"CARD_NUMBER"}


def test_a_name_once_hidden_stays_hidden() -> None:
    memory = learned("clementine rothwell", "PERSON_NAME")
    hidden, why = recalled(memory, "lovely to meet you clementine how is the lamp", 100)
    assert hidden == "clementine"
    assert why == {("PERSON_NAME", Reason.READ_BACK)}


def test_words_that_are_no_names_are_not_learned() -> None:
    memory = learned("it is on clementine", "PERSON_NAME")
    assert recalled(memory, "it is on the table", 9)[0] == ""


def test_nothing_is_known_at_the_start() -> None:
    assert recalled(Memory(RATE), f"so {NUMBER}", 5) == ("", set())


def test_memory_is_bounded() -> None:
    memory = Memory(RATE)
    for i in range(SECRETS_MAX + 50):
        spoken = tokens(f"{10_000 + i}", i)
        memory.learn(spoken, [Mark(0, 1, "PHONE", Reason.ANSWER, 0.9)])
    assert len(memory.numbers) == SECRETS_MAX
    assert recalled(memory, f"so {10_000 + SECRETS_MAX + 49} then", 10_000)[0]
