"""Secrets nobody asked for: long numbers, spelled words, announced numbers, mail addresses and birthdays."""

from __future__ import annotations

import pytest
from scripted import RATE, dialogue, findings, leaks, lost, words
from wordings import HARMLESS

from pipeline.core.finding import Reason
from pipeline.core.marks import Mark
from pipeline.core.spoken.tokens import tokenise
from pipeline.core.standalone import cue_marks, free_cue_marks, pattern_marks


def covers(marks: list[Mark], said: str, secret: str) -> bool:
    tokens = [t.text for t in tokenise(words(said))]
    wanted = [t.text for t in tokenise(words(secret))]
    first = next(i for i in range(len(tokens)) if tokens[i : i + len(wanted)] == wanted)
    chosen = {i for m in marks for i in range(m.first, m.last)}
    return set(range(first, first + len(wanted))) <= chosen


def patterns(said: str) -> list[Mark]:
    return pattern_marks(tokenise(words(said)))


def cues(said: str) -> list[Mark]:
    tokens = tokenise(words(said))
    return cue_marks(tokens) + free_cue_marks(tokens, RATE)


@pytest.mark.parametrize(
    ("said", "secret", "entity"),
    [
        (
            "so five one nine nine two two four seven three oh double four nine one six seven then",
            "five one nine nine two two four seven three oh double four nine one six seven",
            "CARD_NUMBER",
        ),
        (
            "ring oh seven nine double four six one two three eight",
            "oh seven nine double four six one two three eight",
            "PHONE",
        ),
        ("try 4417, 2209 for once", "4417 2209", "NUMBER"),
        ("so w e l s h m right", "w e l s h m", "NUMBER"),
        ("write to mina dot groves at gmail dot com thanks", "mina dot groves at gmail dot com", "EMAIL"),
        ("use mina@groves.org instead", "mina@groves.org", "EMAIL"),
        ("it says june nineteen seventy two nine on it", "june nineteen seventy two nine", "DATE_OF_BIRTH"),
    ],
)
def test_what_has_the_shape_of_a_secret_is_hidden(said: str, secret: str, entity: str) -> None:
    marks = patterns(said)
    assert covers(marks, said, secret)
    assert {m.entity for m in marks} == {entity}
    assert {m.reason for m in marks} == {Reason.PATTERN}


@pytest.mark.parametrize(
    ("said", "secret", "entity"),
    [
        ("my account number is four four one nine", "four four one nine", "BANK_ACCOUNT"),
        ("the policy number is k l two seven", "k l two seven", "MEMBER_NUMBER"),
        ("your new pin will be nine one one two", "nine one one two", "PIN"),
        ("the security code would be four nine two", "four nine two", "SECURITY_CODE"),
        ("it expires eleven twenty nine", "eleven twenty nine", "CARD_EXPIRY"),
        ("the sort code was twenty forty fifty", "twenty forty fifty", "SORT_CODE"),
        ("my password is marmalade windmill", "marmalade windmill", "PASSWORD"),
        ("my address is thistle crescent penarth", "thistle crescent penarth", "POSTAL_ADDRESS"),
    ],
)
def test_what_the_speaker_announces_is_hidden(said: str, secret: str, entity: str) -> None:
    marks = cues(said)
    assert covers(marks, said, secret)
    assert entity in {m.entity for m in marks}
    assert not covers(marks, said, said.split(maxsplit=1)[0])


def test_both_halves_of_an_announced_number_are_hidden() -> None:
    said = "my account number is four four one um nine oh seven"
    assert covers(cues(said), said, "four four one")
    assert covers(cues(said), said, "nine oh seven")


def test_a_number_far_from_its_announcement_is_another_one() -> None:
    said = "my account number is written on a letter which i left in the old shed near the barn with the twelve ninety"
    assert not covers(cues(said), said, "twelve ninety")


@pytest.mark.parametrize("said", ["my password is wrong again", "your password is not working", "the pin is blocked"])
def test_to_speak_of_a_secret_is_not_to_say_it(said: str) -> None:
    assert cues(said) == []


@pytest.mark.parametrize(
    "said",
    ["we meet on the fifth of october twenty twenty five", "delivery is june the ninth", "it arrives the third of may"],
)
def test_dates_to_come_are_nobodys_birthday(said: str) -> None:
    assert patterns(said) == []


@pytest.mark.parametrize("said", HARMLESS)
def test_small_talk_has_no_shape_of_a_secret(said: str) -> None:
    assert patterns(said) == []


def test_letters_before_a_number_are_hidden_with_it_even_if_two_of_them_look_like_a_word() -> None:
    script = dialogue("A: repeating [W B J PM 9 4 3 2 F] ~thank ~you")
    assert leaks(script, findings(script)) == []


@pytest.mark.parametrize("said", ["[kestrel fifteen it paid him] ~is ~it", "~it's [perpetua double four at pay team]"])
def test_a_payment_address_is_known_by_what_its_handle_is_taken_for(said: str) -> None:
    script = dialogue(f"C: {said}")
    assert leaks(script, findings(script)) == []


@pytest.mark.parametrize(
    "said",
    ["2100, 2100, 2100, 2100,", "i gave him fifteen and it was fine", "he said that it paid him well", "1900, 1900,"],
)
def test_an_amount_written_over_and_over_is_an_amount_and_talk_is_talk(said: str) -> None:
    script = dialogue("A: what would it set me back", f"C: {said}")
    assert lost(script, findings(script)) == []
