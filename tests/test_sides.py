"""Who called asks for less, who takes calls tells less; and in doubt both are taken for the other one."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import RATE, Script, dialogue, hidden, in_turn, leaks, sounds, words

from pipeline.adapters.aids import loaded_aids
from pipeline.core.aids import Aids
from pipeline.core.entities import ENTITIES
from pipeline.core.finding import Finding
from pipeline.core.identify import Identify
from pipeline.core.sides import Sides, may_ask
from pipeline.core.spoken.tokens import Token, tokenise

GREETING = "A: Riverside sports centre, how can I help?"


@cache
def aids() -> Aids:
    return loaded_aids()


def said(text: str) -> list[Token]:
    return list(tokenise(words(text)))


def found(script: Script) -> list[Finding]:
    identify = Identify(script.channels, RATE, aids())
    feed = in_turn([sounds(script, c, range(0, script.length, RATE // 4)) for c in range(script.channels)])
    return [f for sound in feed for v in identify.push(sound) for f in v.findings]


def secret(*lines: str) -> bool:
    """Something of the last line is hidden."""
    script = dialogue(*lines)
    channel = "AC".index(lines[-1][0])
    last = script.utterances[channel][-1].span
    return any(span.overlaps(last) for span in hidden(found(script), channel))


def test_where_the_company_is_is_no_secret_and_where_the_caller_lives_is() -> None:
    question, answer = "And what's the address of the house?", "Behind the chemist, the second driveway."
    assert not secret(GREETING, f"C: {question}", f"A: {answer}")
    assert secret(GREETING, f"A: {question}", f"C: {answer}")


@pytest.mark.parametrize("question", ["C: What address do you have for me?", "C: And what's my address on there?"])
def test_what_is_known_of_the_caller_is_secret_whoever_asks(question: str) -> None:
    assert secret(GREETING, question, "A: Forty Mill Lane, Norwood.")


@pytest.mark.parametrize(
    "first",
    [
        "C: Hello?",  # he was called
        "C: I want to change where you send my letters.",  # the greeting was cut off
        "C: Hi, is that the sports centre? My bag was stolen.",
    ],
)
def test_who_speaks_first_of_himself_is_not_held_for_the_one_who_takes_calls(first: str) -> None:
    assert secret(first, "A: Sure. And the address of the house?", "C: Forty Mill Lane, Norwood.")
    assert secret(first, "A: Okay then.", "C: six two nine four five one")


def test_small_numbers_of_who_takes_calls_stay_until_the_caller_tells_something() -> None:
    number = "A: then six by four and six by fifty one"
    assert not secret(GREETING, "C: How big are the boxes?", number)
    told = ("A: What's your membership number?", "C: [five five nine one eight two]")
    assert secret(GREETING, *told, "A: five five nine one eight two")
    script = dialogue(GREETING, *told, "A: [five five nine one eight] thank you")
    assert leaks(script, found(script)) == []


def test_long_numbers_and_announced_ones_are_hidden_whoever_says_them() -> None:
    assert secret(GREETING, "C: Yes?", "A: oh seven seven double oh nine hundred one two three")
    assert secret(GREETING, "C: Yes?", "A: your account number is four four one nine two")


@given(st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["hello", "riverside sports", "i have a card", ""]))))
def test_both_are_never_held_for_the_same_and_a_snapshot_keeps_all(order: list[tuple[int, str]]) -> None:
    sides = Sides(2)
    for channel, text in order:
        sides.speaks(channel, said(text) if text else [])
    assert not (sides.called(0) and sides.called(1))
    assert not (sides.takes(0) and sides.takes(1))
    again = Sides(2)
    again.restore(sides.snapshot())
    assert [again.called(c) for c in (0, 1)] == [sides.called(c) for c in (0, 1)]
    assert [again.takes(c) for c in (0, 1)] == [sides.takes(c) for c in (0, 1)]
    sides.suspect()
    assert not any([sides.called(0), sides.called(1), sides.takes(0), sides.takes(1)])


def test_who_asks_for_yours_or_is_answered_did_not_call() -> None:
    for proof in (lambda s: s.asks(1, said("and your postcode")), lambda s: s.answered(1, 3), lambda s: s.tells(0)):
        sides = Sides(2)
        sides.speaks(0, said("riverside sports centre"))
        assert sides.called(1)
        proof(sides)
        assert not sides.called(1)
    assert not Sides(1).called(0)
    assert not Sides(1).takes(0)


def test_passwords_and_what_is_plainly_asked_for_count_whoever_asks() -> None:
    by_name = {e.name: e for e in ENTITIES}
    clause = said("what is it on the wall there")
    assert may_ask(by_name["PASSWORD"], clause, plainly=False)
    assert may_ask(by_name["SECURITY_CODE"], clause, plainly=True)
    assert not may_ask(by_name["SECURITY_CODE"], clause, plainly=False)
    assert not may_ask(by_name["POSTAL_ADDRESS"], clause, plainly=True)
    assert may_ask(by_name["PERSON_NAME"], said("who is it please"), plainly=True)
