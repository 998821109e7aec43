"""A number that is all somebody replies is hidden, unless an amount was asked for; garbled requests for one count."""

from __future__ import annotations

import pytest
from scripted import RATE, dialogue, findings, leaks, lost, words

from pipeline.core.bare import REPLY_MS, Turns
from pipeline.core.questions import questions
from pipeline.core.spoken.tokens import Token, tokenise


def said(text: str, at: int = 0, confidence: float = 0.9) -> tuple[Token, ...]:
    return tokenise(words(text, at, confidence=confidence))


@pytest.mark.parametrize("reply", ["[7318]", "[15 24]", "yes it's [twenty thirty eight]", "okay [4 117]"])
@pytest.mark.parametrize("ask", ["and which lantern did we send you", "read that to me slowly now"])
def test_a_bare_number_is_hidden_whatever_the_question(ask: str, reply: str) -> None:
    script = dialogue(f"A: {ask}", f"C: {reply}", "A: the lamp is on its way to the shop")
    found = findings(script)
    assert leaks(script, found) == []
    assert lost(script, found) == []


@pytest.mark.parametrize(
    ("ask", "reply"),
    [
        ("in which year was the mill built", "1969"),
        ("how many lanterns are in the hall", "1200"),
        ("and which lantern did we send you", "12"),
        ("and which lantern did we send you", "35 minutes"),
        ("and which lantern did we send you", "the lantern with 1200 beads in it"),
    ],
)
def test_amounts_choices_and_numbers_in_sentences_stay(ask: str, reply: str) -> None:
    assert findings(dialogue(f"A: {ask}", f"C: {reply}")) == []


def test_only_a_prompt_reply_to_somebody_else_counts() -> None:
    late = (REPLY_MS + 8_000) * RATE // 1000
    for channel, at in ((0, 2 * RATE), (1, late)):
        turns = Turns(RATE)
        assert turns.reply(0, said("which lantern did we send")) == []
        assert turns.reply(channel, said("7318", at)) == []


def test_a_nod_between_changes_nothing_and_a_snapshot_goes_on() -> None:
    turns = Turns(RATE)
    turns.reply(0, said("which lantern did we send"))
    turns.reply(1, said("mm", 2 * RATE))
    again = Turns(RATE)
    again.restore(turns.snapshot())
    for one in (turns, again):
        assert [(m.first, m.last) for m in one.reply(1, said("7318", 3 * RATE))] == [(0, 1)]
    empty = Turns(RATE)
    empty.restore(Turns(RATE).snapshot())
    assert empty.reply(1, said("7318")) == []


@pytest.mark.parametrize(("confidence", "hidden"), [(0.9, False), (0.3, True)])
def test_a_garbled_word_beside_the_number_does_not_excuse_it(confidence: float, hidden: bool) -> None:
    turns = Turns(RATE)
    turns.reply(0, said("which lantern did we send"))
    assert bool(turns.reply(1, said("yes 7318 tunnel", 2 * RATE, confidence))) is hidden


@pytest.mark.parametrize(
    ("ask", "wanted"),
    [
        ("i'm tar number bali please", True),
        ("your oak bar number once again", True),
        ("the first four tell", True),
        ("there is a number of lanterns in the hall", False),
        ("do you need my number please", False),
    ],
)
def test_a_request_for_a_number_of_a_garbled_kind_counts(ask: str, wanted: bool) -> None:
    assert bool(questions(0, said(ask), RATE)) is wanted


PROVEN = ("A: and the long number on the card please", "C: [4 5 3 9 1 4 8 8 0 3 4 3 6 4 6 7]")
"""A secret was told: more may follow that nobody is heard to ask for."""


@pytest.mark.parametrize(
    "reply", ["~they'll ~say [35 31]", "[8 not 8]", "[january 28]", "[4 2]", "[purple 99]", "[devil 1 9 1]"]
)
def test_where_secrets_are_told_a_few_digits_are_one(reply: str) -> None:
    script = dialogue(*PROVEN, "A: and which of the lanterns", f"C: {reply}", "A: the lamp is on its way to the shop")
    assert leaks(script, findings(script)) == []


@pytest.mark.parametrize("reply", ["8 not 8", "january 28", "4 2"])
def test_elsewhere_they_are_not(reply: str) -> None:
    assert findings(dialogue("A: and which of the lanterns", f"C: {reply}")) == []


@pytest.mark.parametrize("reply", ["2100", "6.4, 6.4,"])
def test_a_round_number_and_one_with_a_point_tell_a_size(reply: str) -> None:
    assert findings(dialogue("A: and which of the lanterns", f"C: {reply}")) == []


def test_what_it_knows_of_secrets_told_is_in_its_snapshot() -> None:
    turns = Turns(RATE)
    turns.proves(1000)
    turns.reply(0, said("and which of the lanterns", 1000))
    other = Turns(RATE)
    other.restore(turns.snapshot())
    assert other.proving(1000) is turns.proving(1000) is True
    assert other.reply(1, said("4 2", 16_000)) == turns.reply(1, said("4 2", 16_000)) != []
