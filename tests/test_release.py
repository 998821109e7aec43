"""Hold and release: nothing unjudged leaves, nothing is lost, the output follows from audio and verdicts."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.errors import ConfigError
from pipeline.core.finding import Finding, Reason
from pipeline.core.release import Release
from pipeline.core.span import Span
from pipeline.core.tone import Action, Tone, render

RATE, BITS = 1_000, 16
TONE = Tone(frequency_hz=90, ramp_ms=6)
RAMP = 6
LONG_MS = 10**6
ACTIONS = {"B": Action.BEEP, "S": Action.SILENCE, "N": Action.NOISE, "K": Action.KEEP}
RANK = {"K": 0, "N": 1, "B": 2, "S": 3, "?": 3}


def finding(channel, start, end, entity="B"):
    return Finding(channel, Span(start, end), entity, Reason.PATTERN, 0.9)


def audio(n, channels, seed=0):
    """Louder than any replacement, so that a sample of the source can never be taken for one of them."""
    return np.random.default_rng(seed).integers(20_000, 32_000, (n, channels), dtype=np.int32)


def joined(blocks, channels):
    at = 0
    for block in blocks:
        assert block.start == at
        assert len(block.pcm) > 0
        at += len(block.pcm)
    return np.concatenate([b.pcm for b in blocks]) if blocks else np.zeros((0, channels), np.int32)


def reference(clean, findings):
    """The whole array at once, sample by sample."""
    out = clean.copy()
    n = len(clean)
    for c in range(clean.shape[1]):
        mine = [f for f in findings if f.channel == c]
        end = max([n, *(f.span.end for f in mine)])
        ranks = [0] * (end + 1)
        for f in mine:
            for i in range(f.span.start, f.span.end):
                ranks[i] = max(ranks[i], RANK.get(f.entity, 3))
        for i in range(n):
            if not ranks[i]:
                continue
            a = b = i
            while a > 0 and ranks[a - 1] == ranks[i]:
                a -= 1
            while ranks[b + 1] == ranks[i]:
                b += 1
            near = min(i - a, b - i)
            gain = 1.0 if near >= RAMP else 0.5 - 0.5 * math.cos(math.pi * (near + 0.5) / RAMP)
            action = {1: Action.NOISE, 2: Action.BEEP, 3: Action.SILENCE}[ranks[i]]
            out[i, c] = render(action, i, 1, RATE, BITS, tone=TONE, gain=np.array([gain]))[0]
    return out


@dataclass
class Script:
    """What is said on a call: its audio, and per channel the verdicts in order."""

    clean: np.ndarray
    verdicts: list  # per channel: list of (findings, watermark)

    @property
    def findings(self):
        return [f for channel in self.verdicts for findings, _ in channel for f in findings]


@st.composite
def scripts(draw, complete=True):
    n, channels = draw(st.integers(1, 160)), draw(st.integers(1, 2))
    verdicts = []
    for c in range(channels):
        marks = sorted(draw(st.lists(st.integers(0, n), max_size=5))) + ([n] if complete else [])
        mine, low = [], 0
        for mark in marks:
            found = []
            for _ in range(draw(st.integers(0, 3))):
                start = draw(st.integers(low, n + 5))
                found.append(finding(c, start, start + draw(st.integers(0, 60)), draw(st.sampled_from("BBSNK?"))))
            mine.append((tuple(draw(st.permutations(found))), mark))
            low = mark
        verdicts.append(mine)
    return Script(audio(n, channels, draw(st.integers(0, 3))), verdicts)


def play(script, draw, release):
    """Push audio and verdicts in an order that `draw` picks; check at every step what may have left."""
    channels, n = script.clean.shape[1], len(script.clean)
    todo = [list(v) for v in script.verdicts]
    mark = [0] * channels
    at, blocks = 0, list(release.push_audio(script.clean[:0]))
    while at < n or any(todo):
        choices = [c for c in range(channels) if todo[c]] + ([-1] if at < n else [])
        pick = draw(st.sampled_from(choices))
        if pick < 0:
            step = draw(st.integers(1, 50))
            buffer = script.clean[at : at + step].copy()
            blocks += release.push_audio(buffer)
            buffer[:] = 77  # the caller's buffer is the caller's
            at = min(n, at + step)
        else:
            findings, mark[pick] = todo[pick].pop(0)
            blocks += release.push_verdict(pick, findings, mark[pick])
        yield blocks, at, mark
    blocks += release.flush()
    yield blocks, n, mark


@settings(max_examples=150, deadline=None)
@given(script=scripts(), data=st.data())
def test_any_interleaving_gives_what_the_whole_array_gives(script, data):
    release = Release(script.clean.shape[1], RATE, BITS, ACTIONS, TONE, hold_ms=LONG_MS)
    for blocks, at, mark in play(script, data.draw, release):
        gone = sum(len(b.pcm) for b in blocks)
        assert gone <= at
        assert gone <= min(mark)
    assert np.array_equal(joined(blocks, script.clean.shape[1]), reference(script.clean, script.findings))
    assert release.late == ()


@settings(max_examples=150, deadline=None)
@given(script=scripts(complete=False), data=st.data(), hold_ms=st.integers(0, 120))
def test_nothing_unjudged_leaves_whatever_is_late(script, data, hold_ms):
    """Verdicts missing or slow: no sample of the source leaves above the watermark of that moment."""
    channels = script.clean.shape[1]
    release = Release(channels, RATE, BITS, ACTIONS, TONE, hold_ms=hold_ms)
    seen = 0
    for blocks, at, mark in play(script, data.draw, release):
        assert at - sum(len(b.pcm) for b in blocks) <= hold_ms + RAMP
        for block in blocks[seen:]:
            source = script.clean[block.start : block.start + len(block.pcm)]
            for c in range(channels):
                shown = np.flatnonzero(block.pcm[:, c] == source[:, c]) + block.start
                assert not shown.size or shown.max() < mark[c]
        seen = len(blocks)
    out = joined(blocks, channels)
    assert out.shape == script.clean.shape
    hidden = np.zeros(out.shape, bool)
    late = np.zeros(out.shape, bool)
    for f in script.findings:
        if f.entity != "K":
            hidden[f.span.start : f.span.end, f.channel] = True
    for f in release.late:
        assert (f.entity, f.reason) == ("UNJUDGED", Reason.LATE)
        assert not late[f.span.start : f.span.end, f.channel].any()
        late[f.span.start : f.span.end, f.channel] = True
    assert np.array_equal(out == script.clean, ~(hidden | late))
    assert not out[late].any()


def test_hidden_samples_say_nothing_about_the_source():
    findings = (finding(0, 20, 90, "B"), finding(0, 100, 150, "N"), finding(0, 160, 170, "S"))
    outs = []
    for seed in (1, 2):
        release = Release(1, RATE, BITS, ACTIONS, TONE, hold_ms=LONG_MS)
        blocks = release.push_verdict(0, findings, 200) + release.push_audio(audio(200, 1, seed)) + release.flush()
        outs.append(joined(blocks, 1)[:, 0])
    for f in findings:
        part = slice(f.span.start, f.span.end)
        assert np.array_equal(outs[0][part], outs[1][part])
    assert np.array_equal(outs[0][26:84], render(Action.BEEP, 26, 58, RATE, BITS, tone=TONE))
    assert np.array_equal(outs[0][:20], audio(200, 1, 1)[:20, 0])


def test_channels_leave_together_at_the_slower_watermark():
    release = Release(2, RATE, BITS, ACTIONS, TONE, hold_ms=LONG_MS)
    clean = audio(100, 2)
    assert release.push_audio(clean) == ()
    assert release.push_verdict(0, (), 100) == ()
    (block,) = release.push_verdict(1, (), 60)
    assert (block.start, len(block.pcm)) == (0, 60 - RAMP)
    assert np.array_equal(block.pcm, clean[: 60 - RAMP])


def test_a_late_channel_is_silenced_and_reported_and_the_other_is_not():
    release = Release(2, RATE, BITS, ACTIONS, TONE, hold_ms=50)
    clean = audio(200, 2)
    blocks = list(release.push_verdict(0, (), 200))
    for at in range(0, 200, 20):
        blocks += release.push_audio(clean[at : at + 20])
    blocks += release.push_verdict(1, (finding(1, 100, 180, "B"),), 200)
    blocks += release.flush()
    out = joined(blocks, 2)
    assert np.array_equal(out[:, 0], clean[:, 0])
    assert not out[:150, 1].any()
    assert out[150:180, 1].any()
    assert not np.any(out[150:180, 1] == clean[150:180, 1])
    assert np.array_equal(out[180:, 1], clean[180:, 1])
    assert release.late == (Finding(1, Span(0, 150), "UNJUDGED", Reason.LATE, 1.0),)


def test_flush_silences_what_no_verdict_covers():
    release = Release(1, RATE, BITS, ACTIONS, TONE, hold_ms=LONG_MS)
    clean = audio(100, 1)
    blocks = release.push_audio(clean) + release.push_verdict(0, (), 70) + release.flush()
    out = joined(blocks, 1)
    assert np.array_equal(out[:70], clean[:70])
    assert not out[70:].any()
    assert release.late[0].span == Span(70, 100)
    for late_push in (
        lambda: release.push_audio(clean),
        lambda: release.push_verdict(0, (), 100),
        release.flush,
    ):
        with pytest.raises(ValueError, match="flushed"):
            late_push()


def test_a_finding_below_the_watermark_is_an_error_and_its_rest_is_hidden():
    release = Release(1, RATE, BITS, ACTIONS, TONE, hold_ms=LONG_MS)
    clean = audio(100, 1)
    blocks = release.push_audio(clean) + release.push_verdict(0, (), 50)
    with pytest.raises(ValueError, match="below the watermark 50"):
        release.push_verdict(0, (finding(0, 30, 80, "S"),), 100)
    blocks += release.push_verdict(0, (), 100) + release.flush()
    assert not joined(blocks, 1)[50 - RAMP : 80].any()


def test_a_shrinking_watermark_or_a_wrong_channel_is_an_error():
    release = Release(2, RATE, BITS, ACTIONS, TONE)
    release.push_verdict(0, (), 50)
    with pytest.raises(ValueError, match="shrinks"):
        release.push_verdict(0, (), 49)
    with pytest.raises(ValueError, match="another channel"):
        release.push_verdict(0, (finding(1, 60, 70),), 60)
    for channel in (-1, 2):
        with pytest.raises(ValueError, match="of 2 channels"):
            release.push_verdict(channel, (), 60)


@pytest.mark.parametrize("block", [np.zeros(5, np.int32), np.zeros((5, 1), np.int32), np.zeros((5, 2), np.int16)])
def test_a_block_of_another_shape_is_an_error(block):
    with pytest.raises(ValueError, match="2 channels of int32"):
        Release(2, RATE, BITS, ACTIONS, TONE).push_audio(block)


def test_an_entity_without_an_action_is_silenced_and_a_function_may_decide():
    clean = audio(50, 1)
    for actions in (ACTIONS, lambda entity: Action.SILENCE):
        release = Release(1, RATE, BITS, actions, TONE)
        release.push_verdict(0, (finding(0, 10, 20, "NEVER_HEARD_OF"),), 50)
        out = joined(release.push_audio(clean) + release.flush(), 1)
        assert not out[10:20].any()
        assert np.array_equal(out[20:], clean[20:])


def test_a_pitch_above_half_the_rate_is_an_error():
    with pytest.raises(ConfigError):
        Release(1, 8_000, 16, ACTIONS, Tone(frequency_hz=5_000))


def test_what_is_held_stays_bounded_on_a_long_call_with_a_dead_judge():
    release = Release(1, RATE, BITS, ACTIONS, TONE, hold_ms=500)
    block = audio(100, 1)
    for _ in range(2_000):
        release.push_audio(block)
    assert sum(len(b) for b in release._held._held) <= 500 + RAMP
    assert len(release._held._channels[0].hidden) < 20
    assert release.late == (Finding(0, Span(0, 2_000 * 100 - 500), "UNJUDGED", Reason.LATE, 1.0),)
