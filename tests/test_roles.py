"""Names of others on a call: by what they are to somebody, by what is done with them, and where somebody is called."""

from __future__ import annotations

import pytest
from scripted import dialogue, leaks, lost
from test_question_turns import found


@pytest.mark.parametrize(
    "said",
    [
        "Our plumber, [Bertrand,] will come on Monday.",
        "The technician, [wheel of it,] has your keys.",
        "I left it with your receptionist, [Ottoline,] at the front desk.",
        "My solicitor [Perpetua] sent you the form.",
        "I can ask [Ottoline] to ring you.",
        "Let me check [Quillfeather.]",
        "Please thank [Wilhelmina] for that.",
        "This is [sand of it,] the daughter.",
        "It's [in a gin,] his wife.",
        "Am I talking to [joke win?]",
        "Doctor [Kettering] saw her on Monday.",
        "A lady called [Gary] left it here.",
    ],
)
def test_who_is_spoken_of_is_hidden(said: str) -> None:
    script = dialogue("A: Good morning to you.", f"C: {said}")
    assert leaks(script, found(script)) == []


@pytest.mark.parametrize(
    "said",
    [
        "The driver, however, came on Monday.",
        "Our plumber, who was late, broke it.",
        "My landlord, on the other hand, wants it done.",
        "Let me check the shed.",
        "I'll ask someone at the desk.",
        "I can text the shop.",
        "It's the blue one, the big one.",
        "Am I talking to the right team?",
        "Okay, no problem, that's done.",
        "Right, next thing, the kettle.",
    ],
)
def test_who_is_not_named_is_not(said: str) -> None:
    script = dialogue("A: Good morning to you.", f"C: {said}")
    assert lost(script, found(script)) == []


def test_behind_a_word_that_addresses_stands_who_gave_his_name() -> None:
    called = "A: Okay, {} that'll be ready on Monday."
    script = dialogue("A: And your name?", "C: [Inez Aspinall.]", called.format("[in these,]"))
    assert leaks(script, found(script)) == []
    script = dialogue("C: The kettle is broken.", called.format("in these,"))
    assert lost(script, found(script)) == []
    script = dialogue("A: And your name?", "C: [Inez Aspinall.]", "A: Okay, great news, that's ready.")
    assert lost(script, found(script)) == []
