"""Figures of a call are a function of its samples and words, however they are cut, repeated or carried over."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.finding import Finding, Reason
from pipeline.core.messages import Head, Redacted, TranscriptPart, WrappedKey
from pipeline.core.span import Span
from pipeline.core.talk import Talk
from pipeline.core.transcript import Piece, Role, Turn

RATE = 1000  # 20 samples a frame
HEAD = Head("acme", "c1", "main", "ab" * 32, RATE, 2, 0, WrappedKey("k", b""))


def sound(*parts: tuple[float, float]) -> np.ndarray:
    """Two channels of (seconds, level) one after the other, level 0..1: a square wave on channel 0, none on 1."""
    one = np.concatenate([np.full(round(s * RATE), level * 32000) for s, level in parts])
    one[::2] *= -1
    return np.stack([one, np.zeros_like(one)], axis=1).astype(np.int16)


def beside(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.stack([left[:, 0], right[:, 0]], axis=1)


def block(pcm: np.ndarray, start: int, end: int, findings: tuple[Finding, ...] = ()) -> Redacted:
    hidden = tuple(f for f in findings if start <= f.span.start < end)
    return Redacted(HEAD, "analytics", start, pcm[start:end], hidden, 0, end == len(pcm))


def part(sequence: int, *words: str, last: bool = False, channel: int = 0) -> TranscriptPart:
    pieces = tuple(Piece(Span(0, 1), word, word.startswith("[")) for word in words)
    turns = (Turn(channel, Role.AGENT, pieces),) if pieces else ()
    return TranscriptPart(HEAD, "analytics", sequence, turns, last)


def counted(pcm: np.ndarray, *findings: Finding) -> Talk:
    talk = Talk.begin(RATE, pcm.shape[1])
    talk.audio(block(pcm, 0, len(pcm), findings))
    return talk


def facts(talk: Talk) -> Any:
    return json.loads(json.dumps(talk.plain()))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_cuts_repetitions_and_restarts_change_nothing(data: st.DataObject) -> None:
    seed = data.draw(st.integers(0, 5))
    random = np.random.default_rng(seed)
    pcm = (
        (random.normal(0, 9000, (700, 2)) * random.integers(0, 2, (7, 2)).repeat(100, 0))
        .clip(-32000, 32000)
        .astype(np.int16)
    )
    findings = tuple(Finding(i % 2, Span(i, i + 90), "PIN", Reason.CUE, 1.0) for i in range(13, 700, 130))
    whole = counted(pcm, *findings)
    talk, found, sent = Talk.begin(RATE, 2), set(), 0
    for final in [*[False] * data.draw(st.integers(0, 4)), True]:
        back = data.draw(st.integers(0, sent))
        cuts = sorted({back, 700, *data.draw(st.lists(st.integers(back, 700), max_size=6))})
        plan = list(pairwise(cuts)) or [(700, 700)]
        for a, b in plan if final else plan[:2]:
            talk.audio(block(pcm, a, b, findings))
            found |= talk.found
            sent = max(sent, b)
            if data.draw(st.booleans()):
                talk = Talk.of(json.loads(json.dumps(talk.plain())))
    assert facts(talk) == facts(whole)
    assert found == whole.found


def test_who_talks_and_for_how_long() -> None:
    pcm = beside(sound((1, 0.5), (2, 0), (1, 0)), sound((0.6, 0), (1.4, 0.5), (2, 0)))
    talk = counted(pcm)
    first, second = talk.voices
    assert (first.talk, second.talk) == (50, 70)
    assert (talk.totals.frames, talk.totals.crosstalk, talk.totals.silence) == (200, 20, 100)
    assert talk.totals.longest_silence == talk.totals.longest_hold == 100
    assert (first.interruptions, second.interruptions) == (0, 1), "the second began while the first talked"


def test_quiet_is_not_talk_and_loud_is() -> None:
    assert counted(sound((1, 0.005))).voices[0].talk == 0
    assert counted(sound((1, 0.006))).voices[0].talk == 50


def test_music_is_a_hold_after_ten_seconds_without_a_pause() -> None:
    talk = counted(sound((2, 0.5), (3, 0), (15, 0.5), (2, 0), (1, 0.5)))
    assert talk.voices[0].talk == 50 * (2 + 10 + 1)
    assert talk.voices[0].music == 50 * 5
    assert talk.totals.longest_hold == 50 * (5 + 2)
    assert talk.totals.longest_silence == 50 * 3


def test_speech_with_breaths_is_never_music() -> None:
    talk = counted(sound(*[(4, 0.5), (0.5, 0)] * 6))
    assert talk.voices[0].music == 0
    assert talk.voices[0].talk == 50 * 24


def test_a_tone_over_what_is_hidden_is_neither_talk_nor_silence() -> None:
    hidden = Finding(0, Span(500, 1010), "CARD_NUMBER", Reason.PATTERN, 1.0)
    talk = counted(sound((0.5, 0.5), (0.5, 0.9), (1, 0)), hidden)
    assert (talk.voices[0].talk, talk.voices[0].hidden) == (25, 26)
    assert talk.totals.silence == 49
    assert talk.found == {(0, 500, 1010, "CARD_NUMBER", "pattern")}
    assert talk.voices[1].hidden == 0


def test_what_was_lost_is_counted_and_joins_nothing() -> None:
    pcm = sound((4, 0))
    talk = Talk.begin(RATE, 2)
    talk.audio(block(pcm, 0, 1000))
    talk.audio(block(pcm, 2010, 4000))
    assert (talk.lost_samples, talk.totals.frames) == (1010, 50 + 99)
    assert talk.totals.longest_silence == 99
    assert talk.ended


def test_words_are_counted_once_and_hidden_ones_are_not() -> None:
    talk = Talk.begin(RATE, 2)
    for told in (part(0, "my", "number", "[CARD_NUMBER]"), part(1, "ok", channel=1), part(0, "other"), part(1, "x")):
        talk.words(told)
    assert [voice.words for voice in talk.voices] == [2, 1]
    assert not talk.words_ended
    talk.words(part(4, "bye", last=True))
    assert (talk.lost_parts, talk.words_ended, talk.complete) == (2, True, False)


@pytest.mark.parametrize(("rate", "channels"), [(0, 1), (49, 1), (8000, 0)])
def test_what_is_no_call_is_refused(rate: int, channels: int) -> None:
    with pytest.raises(ValueError, match="not a call"):
        Talk.begin(rate, channels)


def test_another_number_of_channels_is_refused() -> None:
    with pytest.raises(ValueError, match="a block of shape"):
        Talk.begin(RATE, 1).audio(block(sound((1, 0)), 0, 100))


def test_sums_of_another_version_are_refused() -> None:
    plain = Talk.begin(RATE, 2).plain()
    with pytest.raises(ValueError, match="version 2"):
        Talk.of(plain | {"version": 2})
