"""Tokens: words split as they were said, each part with the samples of its word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import RATE, words

from pipeline.core.heard import Word
from pipeline.core.span import Span
from pipeline.core.spoken.clauses import clauses
from pipeline.core.spoken.tokens import digits_of, hull, tokenise


def texts(said: str) -> list[str]:
    return [t.text for t in tokenise(words(said))]


def digits(said: str) -> str:
    return digits_of(tokenise(words(said)))


@given(st.lists(st.text(max_size=12), max_size=6))
def test_every_token_has_the_span_and_confidence_of_its_word(parts: list[str]) -> None:
    said = [Word(Span(100 * i, 100 * i + 80), text, i / 10) for i, text in enumerate(parts)]
    tokens = tokenise(said)
    at = 0
    for word in said:  # in order, and none from nowhere
        while at < len(tokens) and tokens[at].span == word.span:
            assert tokens[at].confidence == word.confidence
            assert tokens[at].text
            assert tokens[at].text == tokens[at].text.lower()
            at += 1
    assert at == len(tokens)


@given(st.text(alphabet="0123456789,.-", min_size=1, max_size=20))
def test_no_written_digit_is_lost(text: str) -> None:
    assert digits(text) == "".join(c for c in text if c.isdigit())


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("double seven oh", "770"),
        ("triple four nine", "4449"),
        ("treble two quadruple six", "2226666"),
        ("sixty three", "63"),
        ("sixty oh three", "6003"),
        ("sixty thirteen", "6013"),
        ("eighteen forty two", "1842"),
        ("nought nil zero oh", "0000"),
        ("71, 08- 4", "71084"),
        ("603-88-41", "6038841"),
        ("the lamp is broken", ""),
    ],
)
def test_what_digits_are_said(said: str, expected: str) -> None:
    assert digits(said) == expected


def test_joined_words_come_apart_in_one_span() -> None:
    word = Word(Span(40, 90), "M-O-R-R-O-W", 0.7)
    tokens = tokenise([word])
    assert [t.symbols for t in tokens] == list("morrow")
    assert hull(tokens) == word.span


@pytest.mark.parametrize("letter", ["tango", "victor", "zulu", "b", "q"])
def test_letters_are_known_by_name_and_alone(letter: str) -> None:
    assert [t.is_letter for t in tokenise(words(letter))] == [True]


@pytest.mark.parametrize("word", ["a", "i", "sofa", "OK", "TV", "garden"])
def test_ordinary_words_stand_for_nothing(word: str) -> None:
    assert not any(t.symbols for t in tokenise(words(word)))


def test_marks_behind_words_are_told() -> None:
    comma, stop, question, last = tokenise(words("Well, fine. Ready? yes"))
    assert (comma.pause, comma.stop, comma.asks) == (True, False, False)
    assert (stop.pause, stop.stop, stop.asks) == (True, True, False)
    assert (question.stop, question.asks) == (True, True)
    assert (last.pause, last.stop, last.asks) == (False, False, False)
    assert [t.cased for t in (comma, stop, question, last)] == [True, False, True, False]


@given(st.lists(st.sampled_from(["lamp", "Lamp.", "fine,", "7", "4,", "2.", "broken?"]), min_size=1, max_size=10))
def test_clauses_share_out_all_tokens_and_never_cut_a_number(said: list[str]) -> None:
    tokens = tokenise(words(" ".join(said)))
    for commas in (False, True):
        parts = clauses(tokens, RATE, commas=commas)
        assert [i for a, b in parts for i in range(a, b)] == list(range(len(tokens)))
        assert not any(tokens[b - 1].symbols and tokens[b].symbols for _, b in parts[:-1])


def test_a_long_pause_ends_a_clause() -> None:
    one, two = words("the lamp"), words("is broken", RATE * 3)
    assert len(clauses(tokenise([*one, *two]), RATE)) == 2
    assert len(clauses(tokenise(words("the lamp is broken")), RATE)) == 1
