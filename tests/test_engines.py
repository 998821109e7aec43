"""One suite for every speech engine: what `ports.engine` promises, shown on the real libraries."""

from __future__ import annotations

import importlib
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from engines import Call, Case, case, hear, speech, turns
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.core.heard import Heard
from pipeline.core.span import Span
from pipeline.ports.engine import Pcm16

WORDS_PER_S_MAX = 10  # nobody speaks faster; an engine that says more has lost itself
LAG_S_MAX = 2.0  # of `upto`, in silence


@pytest.fixture(scope="module", params=["vosk", "whisper"])
def engine_case(request: pytest.FixtureRequest) -> Case:
    return case(request.param)


@pytest.fixture
def work(engine_case: Case, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Grows by one with every call into the library."""
    module, cls, method = engine_case.work.rsplit(".", 2)
    holder = getattr(importlib.import_module(module), cls)
    real, calls = getattr(holder, method), []

    def counted(self: Any, *args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        return real(self, *args, **kwargs)

    monkeypatch.setattr(holder, method, counted)
    return calls


def voice(engine_case: Case, seconds: float) -> Pcm16:
    rate = engine_case.engine.rate
    return speech(rate)[: int(seconds * rate)]


def check(call: Call, pushed: int) -> None:
    """Everything that holds for any input."""
    assert list(call.uptos) == sorted(call.uptos)
    assert call.uptos[-1] == pushed
    spans = [utterance.span for utterance in call.utterances]
    assert all(0 <= span.start < span.end <= pushed for span in spans)
    assert all(one.end <= two.start for one, two in pairwise(spans))
    for utterance in call.utterances:
        for words in utterance.readings:
            assert all(utterance.span.start <= w.span.start <= w.span.end <= utterance.span.end for w in words)
            assert all(a.span.start <= b.span.start and a.span.end <= b.span.end for a, b in pairwise(words))
            assert all(0.0 <= w.confidence <= 1.0 and w.text.strip() == w.text != "" for w in words)


def test_the_identity_says_what_is_loaded(engine_case: Case) -> None:
    identity = engine_case.engine.identity
    assert identity.engine == engine_case.name
    assert all((identity.engine_version, identity.model, identity.language))
    assert engine_case.engine.rate in (8_000, 16_000)


def test_words_and_utterances_lie_where_speech_is(engine_case: Case) -> None:
    engine = engine_case.engine
    pcm = speech(engine.rate)
    call = hear(engine.open(), pcm)
    check(call, pcm.size)
    for turn in turns(engine.rate):
        heard = sum(part.size for u in call.utterances if (part := u.span.clip(turn)) is not None)
        assert heard >= 0.98 * turn.size
        assert any(word.span.overlaps(turn) for word in call.words)
    near = [Span(max(0, t.start - engine.rate // 2), t.end + engine.rate // 2) for t in turns(engine.rate)]
    stray = [w for w in call.words if not any(w.span.overlaps(turn) for turn in near)]
    assert len(stray) <= 0.1 * len(call.words)


def test_nothing_is_reported_below_what_was_final(engine_case: Case) -> None:
    recogniser, pcm, upto = engine_case.engine.open(), voice(engine_case, 15), 0
    reports: list[Heard] = [recogniser.push(part) for part in np.split(pcm, range(1_600, pcm.size, 1_600))]
    for report in (*reports, recogniser.flush()):
        assert all(utterance.span.start >= upto for utterance in report.utterances)
        assert all(utterance.span.end <= report.upto for utterance in report.utterances)
        upto = report.upto


def test_heard_up_to_grows_in_silence(engine_case: Case) -> None:
    recogniser, rate = engine_case.engine.open(), engine_case.engine.rate
    recogniser.push(voice(engine_case, 8))
    silence = np.zeros(rate // 4, np.int16)
    recogniser.push(np.zeros(2 * rate, np.int16))  # lets the utterance end
    pushed = 10 * rate
    for _ in range(20):
        pushed += silence.size
        upto = recogniser.push(silence).upto
        assert pushed - LAG_S_MAX * rate <= upto <= pushed


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_how_the_feed_is_cut_changes_nothing(engine_case: Case, data: st.DataObject) -> None:
    pcm = voice(engine_case, 9)[: 9 * engine_case.engine.rate - 77]  # ends within a frame
    cuts = data.draw(st.lists(st.integers(0, pcm.size), max_size=40).map(sorted))
    whole = hear(engine_case.engine.open(), pcm, [])
    assert whole.words
    assert hear(engine_case.engine.open(), pcm, cuts).utterances == whole.utterances


def test_very_small_pushes_change_nothing(engine_case: Case) -> None:
    pcm = voice(engine_case, 9)
    small = hear(engine_case.engine.open(), pcm, every=101)
    assert small.utterances == hear(engine_case.engine.open(), pcm, []).utterances


def test_reset_is_as_good_as_new(engine_case: Case) -> None:
    pcm, recogniser = voice(engine_case, 9), engine_case.engine.open()
    recogniser.push(speech(engine_case.engine.rate)[200_000:290_123])  # stops in the middle of speech
    recogniser.reset()
    assert hear(recogniser, pcm) == hear(engine_case.engine.open(), pcm)


def test_flush_and_reset_make_room_for_the_next_call(engine_case: Case) -> None:
    pcm, recogniser = voice(engine_case, 9), engine_case.engine.open()
    first = hear(recogniser, pcm)
    recogniser.reset()
    assert hear(recogniser, pcm) == first


def test_flush_in_mid_word_reports_the_rest(engine_case: Case) -> None:
    rate = engine_case.engine.rate
    turn = turns(rate)[0]
    pcm = speech(rate)[: turn.start + turn.size * 2 // 3 + 55]
    recogniser = engine_case.engine.open()
    before = recogniser.push(pcm)
    assert not [u for u in before.utterances if u.span.overlaps(turn)]
    assert before.upto <= turn.start
    after = recogniser.flush()
    assert after.upto == pcm.size
    assert pcm.size - rate // 2 <= after.utterances[-1].span.end <= pcm.size
    assert after.utterances[-1].words


def test_an_empty_call(engine_case: Case) -> None:
    recogniser = engine_case.engine.open()
    assert recogniser.push(np.zeros(0, np.int16)) == Heard(0)
    assert recogniser.flush() == Heard(0)


@pytest.mark.parametrize("size", [1, 319, 320, 321])
def test_a_call_of_a_frame_or_less(engine_case: Case, size: int) -> None:
    call = hear(engine_case.engine.open(), speech(engine_case.engine.rate)[80_000 : 80_000 + size])
    check(call, size)


def garbage(kind: str, rate: int) -> Pcm16:
    """Four seconds of something that is not speech, between two seconds of nothing."""
    n = np.arange(4 * rate)
    body = {
        "white noise": lambda: np.random.default_rng(3).normal(0, 6_000, n.size),
        "constant": lambda: np.full(n.size, 20_000.0),
        "full-scale square": lambda: np.where(n // (rate // 400) % 2, 32_767.0, -32_768.0),
        "tone": lambda: 12_000 * np.sin(2 * np.pi * 1_000 / rate * n),
        "clicks": lambda: np.where(n % (rate // 5) == 0, 32_767.0, 0.0),
    }[kind]()
    gap = np.zeros(rate)
    return np.concatenate((gap, np.clip(body, -32_768, 32_767), gap)).astype(np.int16)


@pytest.mark.parametrize("kind", ["white noise", "constant", "full-scale square", "tone", "clicks"])
def test_garbage_does_no_harm(engine_case: Case, kind: str) -> None:
    pcm = garbage(kind, engine_case.engine.rate)
    recogniser = engine_case.engine.open()
    call = hear(recogniser, pcm)
    check(call, pcm.size)
    assert len(call.words) <= WORDS_PER_S_MAX * pcm.size / engine_case.engine.rate
    recogniser.reset()
    speech_again = voice(engine_case, 9)
    assert hear(recogniser, speech_again) == hear(engine_case.engine.open(), speech_again)


def test_the_library_is_not_called_in_silence(engine_case: Case, work: list[int]) -> None:
    rate = engine_case.engine.rate
    line = np.random.default_rng(5).normal(0, 16, 20 * rate).round().astype(np.int16)  # -66 dBFS
    for silence in (np.zeros(20 * rate, np.int16), line):
        call = hear(engine_case.engine.open(), silence)
        check(call, silence.size)
        assert call.utterances == ()
    assert not work
    hear(engine_case.engine.open(), voice(engine_case, 9))
    assert work, "the count sees real work"


def test_channels_do_not_disturb_each_other(engine_case: Case) -> None:
    rate = engine_case.engine.rate
    pcms = [speech(rate)[a * rate : (a + 9) * rate] for a in (0, 10, 20)]
    alone = [hear(engine_case.engine.open(), pcm) for pcm in pcms]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda pcm: hear(engine_case.engine.open(), pcm), pcms))
    assert together == alone
    # And taken in turns by one thread.
    recognisers = [engine_case.engine.open() for _ in pcms]
    said: list[list[Any]] = [[] for _ in pcms]
    for at in range(0, 9 * rate, rate):
        for recogniser, pcm, out in zip(recognisers, pcms, said, strict=True):
            out.extend(recogniser.push(pcm[at : at + rate]).utterances)
    for recogniser, out, want in zip(recognisers, said, alone, strict=True):
        assert (*out, *recogniser.flush().utterances) == want.utterances


@pytest.mark.slow
def test_two_hours_without_drift_or_growth(engine_case: Case) -> None:
    """The same minute over and over: its words stay at the same place of the minute, memory stays level."""
    engine = engine_case.engine
    minute, drift_max = 60 * engine.rate, 60 * engine.rate // 1000
    # The pauses of the same line fill it up: a step in the noise is speech to the gate until it has adapted.
    pause = speech(engine.rate)[engine.rate // 2 : 3 * engine.rate]
    line = np.resize(pause, minute)
    line[: 9 * engine.rate] = speech(engine.rate)[: 9 * engine.rate]
    recogniser = engine.open()
    minutes: list[list[Span]] = [[] for _ in range(120)]
    texts: list[list[str]] = [[] for _ in range(120)]
    peak_kib = 0
    for number in range(120):
        if number == 10:  # everything has been used by now
            peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for part in np.split(line, range(4_000, minute, 4_000)):
            for utterance in recogniser.push(part).utterances:
                for word in utterance.words:
                    at = word.span.start // minute
                    minutes[at].append(Span(word.span.start - at * minute, word.span.end - at * minute))
                    texts[at].append(word.text)
    assert recogniser.flush().upto == 120 * minute
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak_kib < 20_000
    first, last = minutes[1], minutes[-1]  # in the very first the gate still learns the line's noise
    assert first
    assert texts[1] == texts[-1]
    assert len(first) == len(last)
    assert all(
        abs(a.start - b.start) <= drift_max and abs(a.end - b.end) <= drift_max
        for a, b in zip(first, last, strict=True)
    )
