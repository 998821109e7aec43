"""The endpointer: every stretch of speech in an utterance, utterances in order, nothing reported too late."""

from __future__ import annotations

from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.endpoint import FRAME_MS, EndpointConfig, Endpointer
from pipeline.core.errors import ConfigError
from pipeline.core.span import Span

SMALL = EndpointConfig(rate=8_000, pre_roll_ms=100, hang_ms=200, tail_ms=80, max_ms=1_000)
CONFIGS = (EndpointConfig(), EndpointConfig(rate=8_000), SMALL)

runs = st.tuples(st.booleans(), st.one_of(st.integers(1, 12), st.integers(1, 150)))
flags = st.lists(runs, max_size=40).map(lambda parts: [speech for speech, n in parts for _ in range(n)])
configs = st.sampled_from(CONFIGS)


def frames(config: EndpointConfig, ms: int) -> int:
    return ms * config.rate // 1000


def cut(config: EndpointConfig, feed: list[bool]) -> tuple[Span, ...]:
    ends = Endpointer(config)
    return ends.push_all(feed) + ends.flush()


def said(ms: int, *, speech: bool = True) -> list[bool]:
    return [speech] * (ms // FRAME_MS)


def quiet(ms: int) -> list[bool]:
    return said(ms, speech=False)


def speech_runs(config: EndpointConfig, feed: list[bool], at_least: int) -> list[Span]:
    out, at = [], 0
    for speech, group in groupby(feed):
        n = len(list(group))
        if speech and n >= at_least:
            out.append(Span(at * config.frame_samples, (at + n) * config.frame_samples))
        at += n
    return out


@given(configs, flags)
def test_utterances_are_ordered_disjoint_bounded_and_on_frame_edges(config: EndpointConfig, feed: list[bool]) -> None:
    out = cut(config, feed)
    assert all(one.end <= two.start for one, two in pairwise(out))
    assert all(0 < span.size <= frames(config, config.max_ms) for span in out)
    assert all(span.start % config.frame_samples == 0 == span.end % config.frame_samples for span in out)
    assert not out or out[-1].end <= len(feed) * config.frame_samples


@given(configs, flags)
def test_every_run_of_speech_long_enough_is_covered(config: EndpointConfig, feed: list[bool]) -> None:
    out = cut(config, feed)
    for run in speech_runs(config, feed, -(-config.min_speech_ms // FRAME_MS)):
        inside = sum(part.size for span in out if (part := span.clip(run)) is not None)
        assert inside == run.size


@given(configs, flags)
def test_every_utterance_holds_speech(config: EndpointConfig, feed: list[bool]) -> None:
    for span in cut(config, feed):
        assert any(feed[span.start // config.frame_samples : span.end // config.frame_samples])


@given(configs, flags)
def test_pending_from_never_shrinks_and_nothing_is_reported_below_it(config: EndpointConfig, feed: list[bool]) -> None:
    ends, pending = Endpointer(config), 0
    for speech in feed:
        for span in ends.push(speech):
            assert span.start >= pending
            assert ends.pending_from >= span.end
        assert pending <= ends.pending_from <= ends.settled_to <= ends.now
        pending = ends.pending_from
    assert all(span.start >= pending for span in ends.flush())
    assert ends.pending_from == ends.now == len(feed) * config.frame_samples


@given(configs, flags)
def test_pending_from_stays_close_behind(config: EndpointConfig, feed: list[bool]) -> None:
    ends = Endpointer(config)
    in_silence = frames(config, config.pre_roll_ms + config.min_speech_ms + 2 * FRAME_MS)
    for speech in feed:
        ends.push(speech)
        bound = frames(config, config.max_ms) if ends.is_open else in_silence
        assert ends.now - ends.pending_from <= bound


@given(configs, flags)
def test_what_is_settled_stays_in_the_utterance_unless_it_is_cut(config: EndpointConfig, feed: list[bool]) -> None:
    ends, settled = Endpointer(config), Span(0, 0)
    for speech in feed:
        for span in ends.push(speech):
            was_cut = ends.is_open
            assert was_cut or span.end >= settled.end
        settled = Span(ends.pending_from, ends.settled_to)
    for span in ends.flush():
        assert span.end >= settled.end


@given(configs, flags, st.data())
def test_how_the_feed_is_cut_changes_nothing(config: EndpointConfig, feed: list[bool], data: st.DataObject) -> None:
    ends, out, at = Endpointer(config), (), 0
    while at < len(feed):
        n = data.draw(st.integers(1, len(feed) - at))
        out += ends.push_all(feed[at : at + n])
        at += n
    assert out + ends.flush() == cut(config, feed)


def test_a_word_gets_its_pre_roll_and_its_tail() -> None:
    config = EndpointConfig()
    out = cut(config, quiet(1_000) + said(500) + quiet(2_000))
    assert out == (Span(frames(config, 1_000 - 80), frames(config, 1_700)),)


def test_a_pause_shorter_than_the_hang_does_not_part_a_sentence() -> None:
    config = EndpointConfig()
    assert len(cut(config, said(300) + quiet(580) + said(300))) == 1
    assert len(cut(config, said(300) + quiet(600) + said(300))) == 2


def test_the_next_pre_roll_stops_where_the_last_utterance_ended() -> None:
    config = EndpointConfig(hang_ms=300, tail_ms=300)
    one, two = cut(config, said(300) + quiet(320) + said(300))
    assert two.start == one.end == frames(config, 600)


@pytest.mark.parametrize("ms", [20, 40])
def test_a_click_is_no_utterance(ms: int) -> None:
    assert cut(EndpointConfig(), quiet(500) + said(ms) + quiet(500)) == ()


def test_a_long_speech_is_cut_in_its_longest_late_pause() -> None:
    config = EndpointConfig(max_ms=14_000)
    feed = said(2_000) + quiet(400) + said(7_600) + quiet(200) + said(1_000) + quiet(100) + said(9_000)
    one, two = cut(config, feed)
    assert one == Span(0, frames(config, 10_100))
    assert two == Span(frames(config, 10_100), frames(config, 20_300))


def test_speech_without_a_pause_is_cut_hard_and_goes_on_there() -> None:
    config = EndpointConfig(max_ms=14_000)
    out = cut(config, said(30_000))
    assert [(s.start, s.end) for s in out] == [
        (0, frames(config, 14_000)),
        (frames(config, 14_000), frames(config, 28_000)),
        (frames(config, 28_000), frames(config, 30_000)),
    ]


def test_a_cut_in_the_last_pause_leaves_no_empty_utterance() -> None:
    config = EndpointConfig(max_ms=14_000)
    ends = Endpointer(config)
    feed = said(13_600) + quiet(3_000)
    out = ends.push_all(feed)
    assert out == (Span(0, frames(config, 13_800)),)
    assert ends.pending_from == frames(config, len(feed) * FRAME_MS - 80)
    assert ends.flush() == ()


def test_flush_reports_the_open_utterance_up_to_now() -> None:
    config = EndpointConfig()
    ends = Endpointer(config)
    assert ends.push_all(quiet(400) + said(300)) == ()
    assert ends.flush() == (Span(frames(config, 320), frames(config, 700)),)
    assert ends.flush() == ()


@pytest.mark.parametrize(
    "bad",
    [
        {"rate": 11_025},
        {"rate": 0},
        {"min_speech_ms": 0},
        {"hang_ms": 0},
        {"pre_roll_ms": -20},
        {"lead_ms": -20},
        {"tail_ms": 700},
        {"max_ms": 1_200},
    ],
)
def test_settings_that_contradict_each_other_are_refused(bad: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match=r"endpoint: .*(use|must|make)|endpoint: .*multiple"):
        EndpointConfig(**bad)
