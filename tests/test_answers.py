"""Answers: which words of a reply give the secret, and which only talk around it."""

from __future__ import annotations

import pytest
from scripted import RATE, words

from pipeline.core.answers import entity_for, free_marks, numeric_marks
from pipeline.core.entities import ENTITIES, Entity
from pipeline.core.finding import Reason
from pipeline.core.marks import Mark
from pipeline.core.spoken.runs import runs
from pipeline.core.spoken.tokens import Token, tokenise

BY_NAME = {e.name: e for e in ENTITIES}


def entities(*names: str) -> tuple[Entity, ...]:
    return tuple(BY_NAME[n] for n in names)


def tokens(said: str, confidence: float = 0.9) -> tuple[Token, ...]:
    return tokenise(words(said, confidence=confidence))


def numeric(said: str, *names: str, start: int = 0, doubt: bool = True, confidence: float = 0.9) -> list[Mark]:
    return numeric_marks(tokens(said, confidence), start, entities(*names), RATE, doubt=doubt)


def free(said: str, name: str, start: int = 0, confidence: float = 0.9) -> list[Mark]:
    return free_marks(tokens(said, confidence), start, entities(name), RATE)


def hides(marks: list[Mark], said: str) -> str:
    """The hidden words of `said`."""
    spoken = tokens(said)
    chosen = sorted({i for m in marks for i in range(m.first, m.last)})
    return " ".join(spoken[i].text for i in chosen)


@pytest.mark.parametrize(
    ("said", "name", "secret"),
    [
        ("yes it is seven one double four two", "MEMBER_NUMBER", "seven one double four two"),
        ("sure so that is four nine two", "SECURITY_CODE", "four nine two"),
        ("it is seven two for nine to", "PIN", "seven two for nine to"),
        ("the fourteenth of may nineteen ninety", "DATE_OF_BIRTH", "fourteenth of may nineteen ninety"),
        ("m k seven seven nine two", "DRIVING_LICENCE", "m k seven seven nine two"),
        ("three nine and eight one one", "PIN", "three nine and eight one one"),
    ],
)
def test_the_number_is_hidden_whole_and_the_words_before_it_stay(said: str, name: str, secret: str) -> None:
    marks = numeric(said, name)
    assert secret in hides(marks, said)
    assert len(hides(marks, said).split()) <= len(secret.split()) + 1
    assert {m.entity for m in marks} == {name}
    assert {m.reason for m in marks} == {Reason.ANSWER}


def test_words_garbled_inside_a_number_are_hidden_with_it() -> None:
    said = "five nine flavour six two kettle one one four"
    assert hides(numeric(said, "CARD_NUMBER"), said) == said


@pytest.mark.parametrize(
    "said",
    [
        "i ordered it twenty five minutes ago and nobody has phoned",
        "well it cost ninety nine pounds when i bought it in the summer",
        "let me look it must be in the drawer under the window somewhere",
        "i do not have it with me because i am in the garden",
    ],
)
def test_talk_and_amounts_do_not_answer(said: str) -> None:
    assert numeric(said, "SECURITY_CODE") == []


def test_a_long_rest_of_the_sentence_is_talk_again() -> None:
    said = "four nine two lovely weather near the harbour today although windy near every bridge in penarth"
    hidden = hides(numeric(said, "SECURITY_CODE"), said)
    assert hidden.startswith("four nine two")
    assert "harbour" not in hidden
    assert "penarth" not in hidden


def test_words_before_the_question_do_not_answer_it() -> None:
    said = "six two nine what is the code four four one"
    (mark,) = numeric(said, "SECURITY_CODE", start=3)
    assert mark.first >= 3
    assert hides([mark], said).endswith("four four one")


def test_a_short_reply_without_digits_is_doubted() -> None:
    (mark,) = numeric("flour mime chew", "SECURITY_CODE")
    assert (mark.first, mark.last, mark.reason) == (0, 3, Reason.DOUBT_WORDS)
    assert numeric("flour mime chew", "SECURITY_CODE", doubt=False) == []
    assert numeric("yes of course", "SECURITY_CODE") == []


def test_a_long_reply_without_digits_is_doubted_if_hardly_heard() -> None:
    said = "flour mime chew under every lantern we sail"
    assert numeric(said, "CARD_NUMBER") == []
    assert numeric(said, "CARD_NUMBER", confidence=0.2)


@pytest.mark.parametrize(
    ("said", "confidence", "hidden"),
    [
        ("the grocery way know they nod at every willow", 0.65, True),  # digits of another language, as heard
        ("the grocery way know they nod at every willow", 0.8, False),
        ("what do you want me to read from it", 0.65, False),
        ("what do you want me to read from it", 0.4, True),
        ("hold on let me find my wallet", 0.65, False),
        ("so thank you", 0.5, False),
        ("so thank you", 0.1, True),
    ],
)
def test_a_reply_hardly_heard_is_hidden_whole_unless_it_is_clearly_talk(
    said: str, confidence: float, hidden: bool
) -> None:
    marks = numeric(said, "CARD_NUMBER", confidence=confidence)
    assert [(m.first, m.last, m.reason) for m in marks] == [(0, len(said.split()), Reason.DOUBT_WORDS)] * hidden


@pytest.mark.parametrize(
    ("said", "name", "secret"),
    [
        ("it is clementine rothwell", "PERSON_NAME", "clementine rothwell"),
        ("Rothwell. R-O-T-H-W-E-L-L", "PERSON_NAME", "rothwell r o t h w e l l"),
        ("eleven thistle crescent in penarth", "POSTAL_ADDRESS", "eleven thistle crescent in penarth"),
        ("i think it was bartholomew", "SECURITY_ANSWER", "bartholomew"),
    ],
)
def test_free_words_are_hidden_and_fillers_around_them_stay(said: str, name: str, secret: str) -> None:
    marks = free(said, name)
    assert hides(marks, said) == secret
    assert {m.entity for m in marks} == {name}


def test_an_answer_ends_where_the_speaker_talks_on() -> None:
    said = "Rothwell, but we have waited for the delivery since tuesday"
    assert hides(free(said, "PERSON_NAME"), said) == "rothwell"


def test_yes_is_no_answer() -> None:
    assert free("yes that is right thank you", "PERSON_NAME") == []


def test_a_garbled_answer_is_hidden_with_its_fillers() -> None:
    said = "it is on rothwell"
    assert hides(free(said, "PERSON_NAME", confidence=0.2), said) == said


@pytest.mark.parametrize(
    ("said", "expected"),
    [("twenty forty fifty two", "SORT_CODE"), ("four nine oh one two two three eight nine one", "PHONE")],
)
def test_of_two_kinds_asked_for_the_length_decides(said: str, expected: str) -> None:
    both = entities("SORT_CODE", "PHONE")
    assert entity_for(both, runs(tokens(said))).name == expected
    assert {m.entity for m in numeric(said, "SORT_CODE", "PHONE")} == {expected}


def test_nothing_said_answers_nothing() -> None:
    assert numeric("", "PIN") == []
    assert free("", "PERSON_NAME") == []


def test_a_short_reply_is_no_garbled_number_where_nobody_plainly_asked_for_one() -> None:
    said = "marmalade kettle"
    assert hides(numeric(said, "PIN"), said) == said
    assert numeric_marks(tokens(said), 0, entities("PIN"), RATE, doubt=True, plain=False) == []
    foreign = "sero webbing uno quattro"
    found = numeric_marks(tokens(foreign), 0, entities("PIN"), RATE, doubt=True, plain=False)
    assert hides(found, foreign) == foreign


@pytest.mark.parametrize("name", ["PERSON_NAME", "POSTAL_ADDRESS", "PASSWORD"])
@pytest.mark.parametrize("said", ["what's the kettle for?", "how long does it take", "so can i call the shop?"])
def test_a_question_put_back_answers_nothing_unless_it_was_hardly_heard(said: str, name: str) -> None:
    assert free(said, name) == []
    assert free(said, "PASSWORD", confidence=0.4) != []


def test_behind_an_answer_it_ends_it() -> None:
    said = "brunhilde aspinall. what is it for?"
    assert hides(free(said, "PERSON_NAME"), said) == "brunhilde aspinall"
