"""The model of names: what it tells of words, and that it never decides alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import utterance

from pipeline.adapters import tagger
from pipeline.adapters.lists import loaded_lists
from pipeline.adapters.tagger import SpacyTagger
from pipeline.core.aids import NO_AIDS, Aids, Tagged
from pipeline.core.casing import restored
from pipeline.core.people import tagged_marks
from pipeline.core.spoken.tokens import Token, tokenise

MODEL = SpacyTagger()


def tokens(text: str) -> tuple[Token, ...]:
    return tokenise(utterance(text).words)


def test_a_name_in_capitals_is_told() -> None:
    assert [(t.first, t.last, t.entity) for t in MODEL("I talked to Harriet Bloom again".split())] == [
        (3, 5, "PERSON_NAME")
    ]


def test_small_letters_get_their_capitals_back_and_no_others() -> None:
    said = tokens("then siobhan will mark the rose in leeds")
    assert restored(said, loaded_lists()) == "then Siobhan will mark the rose in Leeds".split()


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from("Harriet said the Leeds order with Tomasz is 9 late".split()), max_size=30))
def test_ranges_are_sorted_disjoint_and_the_same_again(said: list[str]) -> None:
    found = MODEL(said)
    edges = [edge for t in found for edge in (t.first, t.last)]
    assert edges == sorted(edges)
    assert all(0 <= t.first < t.last <= len(said) for t in found)
    assert MODEL(said) == found


class Eager:
    """Calls everything a name, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, words: list[str]) -> list[Tagged]:
        self.asked += 1
        return [Tagged(0, len(words), "PERSON_NAME", 0.5)]


def test_words_that_are_no_names_stay_whatever_the_model_says() -> None:
    eager = Eager()
    aids = Aids(tagger=eager, lists=loaded_lists())
    assert tagged_marks(tokens("the parcel is late again"), aids) == []
    assert eager.asked == 0, "nothing in it may be a name, so the model is not asked"
    marks = tagged_marks(tokens("the parcel went to Siobhan again"), aids)
    assert [(m.first, m.last) for m in marks] == [(4, 5)]
    assert eager.asked == 1


def test_without_a_model_nothing_is_tagged() -> None:
    assert tagged_marks(tokens("it went to Siobhan"), replace(NO_AIDS, lists=loaded_lists())) == []


def test_what_kept_it_from_loading_is_told_to_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagger, "PACKAGE", "no_such_model")
    broken = SpacyTagger()
    with pytest.raises(OSError, match="no_such_model"):
        broken(["Harriet"])
    with pytest.raises(OSError, match="no_such_model"):
        broken(["Harriet"])
