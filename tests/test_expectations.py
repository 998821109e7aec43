"""Expectations: a question waits for its answer until it has it, the talk moves on, or too much time goes by."""

from __future__ import annotations

from scripted import RATE, samples, words

from pipeline.core.expectations import AGAIN_MS, EXPECT_MS_MAX, Expectation, Expectations
from pipeline.core.questions import Question, questions
from pipeline.core.spoken.tokens import tokenise

AGENT, CUSTOMER = 0, 1
MAX_S = EXPECT_MS_MAX / 1000


def question(said: str, at_s: float, channel: int = AGENT) -> Question:
    """What `said` asks, its last word ending near at_s."""
    start = samples(at_s) - words(said)[-1].span.end
    (asked,) = questions(channel, tokenise(words(said, start)), RATE)
    return asked


def asked(said: str, at_s: float, channels: int = 2) -> tuple[Expectations, Question]:
    expectations = Expectations(channels, RATE)
    item = question(said, at_s)
    expectations.hear_speech(AGENT, samples(at_s - 3), len(said.split()), [item])
    return expectations, item


def waits(expectations: Expectations, channel: int, start_s: float, end_s: float | None = None) -> list[Expectation]:
    return expectations.waiting(channel, samples(start_s), samples(end_s if end_s is not None else start_s + 2))


def test_the_other_channel_is_expected_to_answer() -> None:
    expectations, item = asked("what is your pin", 10)
    assert [e.question for e in waits(expectations, CUSTOMER, 11)] == [item]
    assert waits(expectations, AGENT, 11) == []


def test_on_one_channel_everybody_may_answer() -> None:
    expectations, item = asked("what is your pin", 10, channels=1)
    assert [e.question for e in waits(expectations, AGENT, 11)] == [item]


def test_speech_that_ends_before_the_question_does_not_answer_it() -> None:
    expectations, _ = asked("what is your pin", 10)
    assert waits(expectations, CUSTOMER, 5, 8) == []
    assert waits(expectations, CUSTOMER, 8, 12)


def test_an_expectation_outlasts_a_search_for_glasses_and_then_ends() -> None:
    expectations, _ = asked("what is your pin", 10)
    assert waits(expectations, CUSTOMER, 10 + MAX_S * 0.9)
    assert waits(expectations, CUSTOMER, 10 + MAX_S + 1) == []


def test_a_nod_of_the_asker_keeps_the_question_open_and_a_turn_closes_it() -> None:
    expectations, _ = asked("what is your pin", 10)
    expectations.hear_speech(AGENT, samples(13), 2, [])
    assert waits(expectations, CUSTOMER, 15)
    expectations.hear_speech(AGENT, samples(17), 15, [])
    assert waits(expectations, CUSTOMER, 16)
    assert waits(expectations, CUSTOMER, 19) == []


def test_what_the_customer_says_in_between_does_not_close_it() -> None:
    expectations, _ = asked("what is your pin", 10)
    expectations.hear_speech(CUSTOMER, samples(13), 12, [])
    assert waits(expectations, CUSTOMER, 20)


def test_a_new_question_takes_the_place_of_the_old_one() -> None:
    expectations, _ = asked("what is your pin", 10)
    new = question("and your sort code", 15)
    expectations.hear_speech(AGENT, samples(14), 4, [new])
    assert [e.question for e in waits(expectations, CUSTOMER, 16)] == [new]


def test_a_number_is_over_when_it_is_complete() -> None:
    expectations, item = asked("what is your pin", 10)
    (open_,) = waits(expectations, CUSTOMER, 11)
    open_.answered_at, open_.symbols = samples(12), 2
    assert waits(expectations, CUSTOMER, 14)
    open_.symbols = item.entities[0].enough
    assert waits(expectations, CUSTOMER, 14) == []


def test_a_free_answer_may_go_on_after_a_breath_only() -> None:
    expectations, _ = asked("what is your full name", 10)
    (open_,) = waits(expectations, CUSTOMER, 11)
    open_.answered_at = open_.first_answer_at = samples(13)
    assert waits(expectations, CUSTOMER, 14)
    assert waits(expectations, CUSTOMER, 25) == []


def test_the_newest_question_comes_first() -> None:
    expectations, old = asked("what is your pin", 10)
    new = question("and your sort code", 10.2)
    expectations.hear_speech(AGENT, samples(7), 4, [new])
    assert [e.question for e in waits(expectations, CUSTOMER, 11)] == [new, old]


def test_forgetting_drops_only_what_is_closed() -> None:
    expectations, _ = asked("what is your pin", 10)
    expectations.forget(samples(30))
    assert waits(expectations, CUSTOMER, 31)
    expectations.forget(samples(10 + MAX_S + 1))
    assert waits(expectations, CUSTOMER, 31) == []


def test_a_nod_is_short() -> None:
    """The same two sayings, judged where it counts: one leaves the question open, the other ends it."""
    talk = "so what i would like to know is this before we go on with the rest of it"
    for said, open_still in (("mm hmm", True), (talk, False)):
        expectations, _ = asked("what is your pin", 10)
        expectations.hear_speech(AGENT, samples(13), len(tokenise(words(said))), [])
        assert bool(waits(expectations, CUSTOMER, 15)) is open_still


def test_who_asks_again_asks_for_what_he_asked_for_last() -> None:
    expectations, item = asked("what is your pin", 10)
    again = expectations.again(AGENT, samples(20))
    assert again is not None
    assert (again.entities, again.at) == (item.entities, samples(20))
    assert expectations.again(CUSTOMER, samples(20)) is None
    assert expectations.again(AGENT, samples(10 + AGAIN_MS / 1000 + 1)) is None


def test_what_was_asked_last_is_in_a_snapshot() -> None:
    expectations, _ = asked("what is your pin", 10)
    other = Expectations(2, RATE)
    other.restore(expectations.snapshot())
    assert other.again(AGENT, samples(20)) == expectations.again(AGENT, samples(20)) is not None
