"""Illnesses and drugs nobody listed: by how their names are built, and by what is said before them."""

from __future__ import annotations

import pytest
from scripted import dialogue, findings, leaks, lost, words
from test_question_turns import found

from pipeline.core.spoken.health import illness_ranges
from pipeline.core.spoken.tokens import tokenise

CLINIC = "A: thanks for calling the north clinic"


@pytest.mark.parametrize(
    "named",
    [
        "restless leg syndrome", "generalized anxiety disorder", "vitamin deficiency", "upper respiratory infection",
        "cerebral palsy", "ovarian cysts", "costochondritis", "peripheral neuropathy", "tonsillectomy",
        "trigeminal neuralgia",
    ],
)  # fmt: skip
@pytest.mark.parametrize("said", ["she has ~{} and stays at home", "it is ~{}.", "we spoke about ~my {} in the hall"])
def test_what_is_built_like_an_illness_is_one_on_any_call(named: str, said: str) -> None:
    script = dialogue("A: hello there", "C: " + said.format(" ".join(f"[{w}]" for w in named.split())))
    assert leaks(script, findings(script)) == []


@pytest.mark.parametrize(
    "text",
    [
        "the computer has a virus infection again",
        "is there any disease on the roses",
        "i have every sympathy with you",
        "out of nostalgia i kept it",
        "he won a trophy in the hall",
    ],
)
def test_what_only_ends_alike_is_none(text: str) -> None:
    assert illness_ranges(tokenise(words(text)), on_health_call=False) == []


@pytest.mark.parametrize(
    "said",
    [
        "my uncle had ~a [broken windmill]",
        "they think it's [carpet tunnels]",
        "the nurse gave him [lip eater]",
        "it turned out to be [gallows stones]",
        "he died of [lewd kimia]",
        "we keep it under control with [rose of stat in]",
        "my gp prescribed [zero bell]",
        "she has been struggling with [fire bro gia]",
        "and the pharmacy shows [clop id are]",
    ],
)
def test_on_a_call_about_health_what_is_announced_is_hidden_however_it_was_heard(said: str) -> None:
    script = dialogue(CLINIC, f"C: {said}")
    assert leaks(script, findings(script)) == []


@pytest.mark.parametrize(
    "asked",
    [
        "Anything else you're on at the moment?",
        "And how's that being treated?",
        "Is there anything we should know?",
    ],
)
def test_there_more_questions_are_about_it(asked: str) -> None:
    script = dialogue(CLINIC, f"A: {asked}", "C: ~Just [murder that vine.]")
    assert leaks(script, found(script)) == []
    script = dialogue("A: Thanks for calling the shop.", f"A: {asked}", "C: Just murder that vine.")
    assert lost(script, found(script)) == []


def test_a_name_heard_in_pieces_is_hidden_to_the_piece_nobody_knows() -> None:
    script = dialogue(CLINIC, "C: She had [tons of lightus] in the summer of last year.")
    assert leaks(script, found(script)) == []


@pytest.mark.parametrize("said", ["the van gave me a lift to the hall", "my uncle had two wardrobes in the hall"])
def test_elsewhere_it_is_not(said: str) -> None:
    script = dialogue("A: thanks for calling the removal firm", f"C: {said}")
    assert lost(script, findings(script)) == []
