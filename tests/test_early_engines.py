"""Words of open utterances, from the real libraries: a function of the samples, and nothing else changes by them."""

from __future__ import annotations

import numpy as np
import pytest
from engines import Case, case, speech, turns

from pipeline.core.heard import Early, Heard
from pipeline.core.looks import agreed
from pipeline.core.span import Span
from pipeline.ports.engine import EarlyEngine, Pcm16


@pytest.fixture(scope="module", params=["vosk", "whisper"])
def engine_case(request: pytest.FixtureRequest) -> Case:
    return case(request.param)


def told(engine_case: Case, pcm: Pcm16, step: int) -> tuple[list[Heard], dict[int, Early]]:
    """All reports; and the newest early words by the samples pushed when they were told."""
    assert isinstance(engine_case.engine, EarlyEngine)
    recogniser = engine_case.engine.open_early()
    reports, early = [], {}
    for at in range(0, pcm.size, step):
        reports.append(recogniser.push(pcm[at : at + step]))
        if reports[-1].early is not None:
            early[min(at + step, pcm.size)] = reports[-1].early
    reports.append(recogniser.flush())
    return reports, early


def long_turn(rate: int) -> Pcm16:
    """One long utterance, a pause, and another."""
    voiced = np.concatenate([speech(rate)[t.start : t.end] for t in turns(rate)])[: 8 * rate]
    quiet = speech(rate)[rate // 4 : rate]
    return np.concatenate([quiet, quiet, voiced, quiet, quiet, voiced[: 4 * rate], quiet])


def test_words_come_while_somebody_speaks_and_are_of_what_is_open(engine_case: Case) -> None:
    rate = engine_case.engine.rate
    reports, early = told(engine_case, long_turn(rate), rate // 4)
    assert len(early) >= 4
    ended = 0
    for pushed, news in early.items():
        within = Span(news.span.start, pushed)
        assert within.start <= news.span.end <= within.end
        assert all(news.span.start <= w.span.start <= w.span.end <= news.span.end for w in news.words)
        report = reports[-(-pushed // (rate // 4)) - 1]
        ended = max([ended, *(u.span.end for u in report.utterances)])
        assert news.span.start >= max(ended, report.upto)
    starts = {u.span.start for r in reports for u in r.utterances}
    assert {news.span.start for news in early.values()} <= starts


def test_asking_for_them_changes_no_utterance(engine_case: Case) -> None:
    rate = engine_case.engine.rate
    pcm = long_turn(rate)
    plain = engine_case.engine.open()
    without = [plain.push(pcm), plain.flush()]
    assert all(r.early is None for r in without)
    reports, _ = told(engine_case, pcm, rate)
    assert [u for r in reports for u in r.utterances] == [u for r in without for u in r.utterances]


def test_how_the_feed_is_cut_changes_no_early_word(engine_case: Case) -> None:
    """Whoever pushed a second has heard the same, in one part or in many."""
    rate = engine_case.engine.rate
    pcm = long_turn(rate)
    _, coarse = told(engine_case, pcm, rate)
    _, fine = told(engine_case, pcm, 7 * rate // 100)
    _, exact = told(engine_case, pcm, rate // 4)
    assert coarse
    assert fine
    for pushed, news in coarse.items():
        last = max((at for at in exact if at <= pushed), default=0)
        assert exact[last] == news
    assert list(exact.values())[-1] in fine.values()


def test_they_agree_with_what_is_told_in_the_end_more_often_than_not() -> None:
    """Of an engine that knows the language."""
    rate = case("whisper").engine.rate
    reports, early = told(case("whisper"), long_turn(rate), rate // 4)
    final = {u.span.start: u.words for r in reports for u in r.utterances}
    kept = [len(agreed(e.words, final[e.span.start])) for e in early.values()]
    assert sum(kept) >= 0.8 * sum(len(e.words) for e in early.values()) > 20
