"""The meaning of questions: what it makes of wordings nobody taught it, and that it learns the same each time."""

from __future__ import annotations

import time

import measure_questions as measured
import pytest
from measure_questions import HARMLESSES, QUESTIONS, bare, by_meaning, by_rules, score, unseen

from pipeline.adapters.meaning import NONE, QuestionMeaning
from pipeline.adapters.question_texts import load_texts
from pipeline.core.entities import ENTITIES

CLAUSE_MS = 1.0
LOAD_S = 3.0  # 1.3 s on one core; more where others compute beside it


@pytest.fixture(scope="module")
def meaning() -> QuestionMeaning:
    return QuestionMeaning()


def test_every_kind_is_taught_and_tested() -> None:
    kinds = {e.name for e in ENTITIES}
    assert {str(e.label) for e in load_texts().kinds} == kinds | {NONE}
    assert {kind for kind, _ in unseen()[0]} == kinds
    assert QUESTIONS >= 190
    assert HARMLESSES >= 150


def test_nothing_unseen_was_taught() -> None:
    taught = {e.text for e in (*load_texts().kinds, *load_texts().asks)}
    put, harmless = unseen()
    assert not taught & {bare(said) for said in (*(q for _, q in put), *harmless)}


@pytest.mark.parametrize("form", [str, bare], ids=["punctuated", "bare"])
def test_unseen_questions_are_understood(meaning: QuestionMeaning, form: measured.Callable[[str], str]) -> None:
    both = score(by_rules(meaning), form)
    assert both.kind >= 0.88
    assert both.asked >= 0.93
    assert both.alarms <= 0.10
    alone = score(by_meaning(meaning), form)
    assert alone.kind >= 0.80
    assert alone.alarms <= 0.07
    phrases = score(by_rules(None), form)
    assert both.kind > phrases.kind + 0.1  # it proves its worth
    assert both.alarms < phrases.alarms


def test_it_is_learned_the_same_each_time(meaning: QuestionMeaning) -> None:
    again = QuestionMeaning()
    for said in [said for _, said in unseen()[0]]:
        assert meaning.scores(bare(said)) == again.scores(bare(said))


def test_it_costs_little(meaning: QuestionMeaning) -> None:
    clauses = [bare(said) for _, said in unseen()[0]]
    began = time.process_time()
    for clause in clauses:
        meaning(clause)
    assert (time.process_time() - began) * 1000 / len(clauses) <= CLAUSE_MS
    began = time.process_time()
    QuestionMeaning()
    assert time.process_time() - began <= LOAD_S


def test_digits_written_as_digits_mean_the_same(meaning: QuestionMeaning) -> None:
    assert meaning("what are the 3 digits on the back") == meaning("what are the three digits on the back")


def test_nothing_and_nonsense_mean_nothing(meaning: QuestionMeaning) -> None:
    assert meaning("").kind is None
    assert meaning("zzxq").kind is None
