"""Runs: wherever digits are said, in whatever form, all their words are found; amounts are known as such."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import words

from pipeline.core.spoken.runs import Run, runs
from pipeline.core.spoken.tokens import tokenise

ONES = dict(zip("one two three four five six seven eight nine".split(), "123456789", strict=True))
ZEROS = dict.fromkeys(("oh", "zero", "nought", "nil"), "0")
TEENS = dict(
    zip(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(),
        map(str, range(10, 20)),
        strict=True,
    )
)
TENS = dict(
    zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), map(str, range(20, 100, 10)), strict=True)
)

Part = tuple[str, str]  # as it is said, and its digits

digit = st.sampled_from([*ONES.items(), *ZEROS.items()])
multiple = st.tuples(st.sampled_from([("double", 2), ("triple", 3), ("treble", 3), ("quadruple", 4)]), digit).map(
    lambda p: (f"{p[0][0]} {p[1][0]}", p[1][1] * p[0][1])
)
teen = st.sampled_from([*TEENS.items()])
pair = st.tuples(st.sampled_from([*TENS.items()]), st.sampled_from([*ONES.items()])).map(
    lambda p: (f"{p[0][0]} {p[1][0]}", p[0][1][0] + p[1][1])
)
written = st.text("0123456789", min_size=1, max_size=6).filter(lambda d: not d.endswith("000"))
group = st.tuples(written, st.sampled_from(["", ",", "."])).map(lambda p: ("".join(p), p[0]))
joined = st.lists(written, min_size=2, max_size=3).map(lambda ds: ("-".join(ds), "".join(ds)))
PARTS = st.lists(st.one_of(digit, multiple, teen, pair, group, joined), min_size=1, max_size=10)
JOINERS = st.sampled_from(["", "", "", "and", "um", "dash", "then um"])


def found(said: str, **how: bool) -> tuple[list[Run], int]:
    tokens = tokenise(words(said))
    return runs(tokens, **how), len(tokens)


@given(PARTS, st.booleans(), st.booleans())
def test_a_number_is_one_run_over_all_its_tokens(parts: list[Part], lenient: bool, dates: bool) -> None:
    said, size = found(" ".join(p for p, _ in parts), lenient=lenient, dates=dates)
    assert [(r.first, r.last) for r in said] == [(0, size)]
    assert said[0].digits == "".join(d for _, d in parts)


@given(PARTS, st.lists(JOINERS, min_size=10, max_size=10))
def test_words_between_parts_do_not_end_a_number(parts: list[Part], between: list[str]) -> None:
    text = " ".join(f"{p} {j}" for (p, _), j in zip(parts, between, strict=False)).rsplit(" ", 1)[0]
    said, _ = found(f"it is {text.strip()} thanks ever so much")
    spoken = tokenise(words(text))
    symbols = {2 + i for i, t in enumerate(spoken) if t.symbols}
    assert symbols <= {i for r in said for i in range(r.first, r.last)}
    assert len(said) == 1


@given(PARTS, st.sampled_from(["sure it is", "the lamp has", "yes"]), st.sampled_from(["thanks", "my love", "there"]))
def test_words_around_a_number_stay_outside(parts: list[Part], before: str, after: str) -> None:
    text = " ".join(p for p, _ in parts)
    said, size = found(f"{before} {text} {after}")
    assert [(r.first, r.last) for r in said] == [(len(before.split()), size - len(after.split()))]


@given(PARTS.filter(lambda parts: sum(len(d) for _, d in parts) >= 6))
def test_a_long_number_identifies_somebody(parts: list[Part]) -> None:
    said, _ = found(" ".join(p for p, _ in parts))
    assert said[0].identifies


@pytest.mark.parametrize(
    "said",
    [
        "twenty minutes",
        "it costs ninety nine pounds",
        "that is $49.95 altogether",
        "about £12",
        "a rise of 14 percent",
        "a rise of 14%",
        "seven thousand visitors",
        "three hundred tiles",
        "room nineteen",
        "press two",
        "half past eleven",
        "sixty watts",
        "eight working days",
        "version 27",
        "from ten until four",
        "48000 of them",
        "two million",
        "within fifteen days",
        "a fee of 312 95",
        "parking runs 640 45 and 9",
        "the meter shows 38275 in credit",
        "48650 for the weekend",
        "open from 720-05",
        "which VPQID will it be",
        "your U-P-Q number",
    ],
)
def test_amounts_count_and_identify_nobody(said: str) -> None:
    spoken, _ = found(said)
    assert spoken
    assert all(r.counted and not r.identifies for r in spoken)


@pytest.mark.parametrize("said", ["38275 please", "it's 640 45", "from 20-45-67", "from 204567", "U-P-Q seven"])
def test_what_only_looks_like_an_amount_counts_nothing(said: str) -> None:
    spoken, _ = found(said)
    assert [r.counted for r in spoken] == [False]


@pytest.mark.parametrize("said", ["okay one second 4 2 7 1", "just 1 tick, 4271", "just a second 42 71"])
def test_a_moment_asked_for_is_no_part_of_the_number_behind_it(said: str) -> None:
    spoken, _ = found(said)
    assert [r.digits for r in spoken][-1:] == ["4271"]


def test_a_decimal_is_not_read_out_digit_by_digit() -> None:
    assert not any(r.identifies for r in found("6.4, 6.4")[0])
    assert any(r.identifies for r in found("6 4, 6 4")[0])


@pytest.mark.parametrize(
    "said",
    ["seven two nine double four", "90210 4432", "five five three oh one six", "4417-220", "twelve eighty six four"],
)
def test_plain_numbers_do_not_count_anything(said: str) -> None:
    spoken, _ = found(said)
    assert [r.counted for r in spoken] == [False]


@pytest.mark.parametrize(
    ("said", "identifies"),
    [
        ("k l nine two seven", True),
        ("w e l s h m", True),
        ("tango romeo uniform november", True),
        ("four two", False),
        ("b three", False),
    ],
)
def test_letters_spelled_out_belong_to_runs(said: str, identifies: bool) -> None:
    spoken, size = found(said, lenient=True)
    assert [(r.first, r.last) for r in spoken] == [(0, size)]
    assert spoken[0].identifies is identifies


def test_a_misheard_digit_is_read_only_where_a_number_is_expected() -> None:
    text = "six nine for two ate"
    strict, _ = found(text)
    assert [(r.first, r.last) for r in strict] == [(0, 2), (3, 4)]
    lenient, size = found(text, lenient=True)
    assert [(r.first, r.last) for r in lenient] == [(0, size)]


@pytest.mark.parametrize("text", ["for triple seven one two", "to double nine six", "ate treble four"])
def test_what_sounds_like_a_digit_is_one_before_a_multiplied_one(text: str) -> None:
    runs, size = found(text)
    assert [(r.first, r.last) for r in runs] == [(0, size)]


def test_before_double_without_a_digit_it_is_a_word() -> None:
    assert found("a room for double the price")[0] == []


@pytest.mark.parametrize("said", ["is that one broken", "the last one fell off", "which one do you mean"])
def test_one_as_a_pronoun_is_no_digit(said: str) -> None:
    assert not found(said)[0]


def test_months_belong_to_dates_only() -> None:
    text = "eleven march nineteen eighty"
    dated, size = found(text, dates=True)
    assert [(r.first, r.last) for r in dated] == [(0, size)]
    assert len(found(text)[0]) == 2
