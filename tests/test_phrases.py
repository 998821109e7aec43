"""Phrases: found where they are said, with few words in between, and by their sound."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from scripted import words

from pipeline.core.spoken.phrases import GAP_WORDS, find
from pipeline.core.spoken.tokens import tokenise

OTHER = st.lists(st.sampled_from("lamp kettle we never got round it".split()), max_size=6)


def places(phrases: list[str], said: str, *, by_sound: bool = False) -> list[tuple[int, int, bool]]:
    return [(m.first, m.last, m.exact) for m in find(phrases, tokenise(words(said)), by_sound=by_sound)]


@given(OTHER, st.lists(st.sampled_from(["lamp", "kettle"]), max_size=GAP_WORDS), OTHER)
def test_a_phrase_is_found_at_its_words(before: list[str], between: list[str], after: list[str]) -> None:
    said = " ".join([*before, "garden", *between, "gate", *after])
    at = len(before)
    assert places(["garden gate"], said) == [(at, at + len(between) + 2, True)]


@given(OTHER, st.lists(st.sampled_from(["lamp", "kettle"]), min_size=GAP_WORDS + 1, max_size=6))
def test_too_many_words_in_between_are_another_phrase(before: list[str], between: list[str]) -> None:
    assert not places(["garden gate"], " ".join([*before, "garden", *between, "gate"]))


@given(OTHER, st.lists(st.sampled_from(["lamp", "kettle"]), max_size=2))
def test_a_tight_phrase_allows_nothing_in_between(before: list[str], between: list[str]) -> None:
    found = places(["=garden gate"], " ".join([*before, "garden", *between, "gate"]))
    assert found == ([] if between else [(len(before), len(before) + 2, True)])


def test_alternatives_and_repeats() -> None:
    said = "the shed key or the barn key or the shed lock"
    assert places(["shed|barn key"], said) == [(1, 3, True), (5, 7, True)]
    assert places(["=shed|barn key|lock"], said) == [(1, 3, True), (5, 7, True), (9, 11, True)]


def test_words_are_whole_words() -> None:
    assert not places(["den gate"], "garden gate")
    assert not places(["garden gat"], "garden gate")


def test_matches_of_several_phrases_come_in_order() -> None:
    assert places(["barn key", "garden gate"], "the garden gate and the barn key") == [(1, 3, True), (5, 7, True)]


def test_a_phrase_misheard_is_found_by_sound_only_when_asked() -> None:
    said = "tell me the short code please"
    assert not places(["sort code"], said)
    assert places(["sort code"], said, by_sound=True) == [(3, 5, False)]


def test_a_phrase_said_exactly_is_exact_also_by_sound() -> None:
    assert places(["date of birth"], "the date of birth", by_sound=True) == [(1, 4, True)]


def test_short_and_unlike_phrases_are_not_guessed_by_sound() -> None:
    assert not places(["pin code"], "thin coat", by_sound=True)
    assert not places(["date of birth"], "the gate was painted", by_sound=True)


def test_nothing_is_found_in_nothing() -> None:
    assert not places(["garden gate", "=barn"], "", by_sound=True)
