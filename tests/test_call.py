"""A call from end to end with a scripted engine: same length, clean samples untouched, nothing out before its time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scripted import RATE, Script, ScriptedEngine, audio, dialogue, hidden, samples

from pipeline.adapters.policy_file import preset
from pipeline.adapters.resample import Resampler
from pipeline.core.entities import UNJUDGED
from pipeline.core.errors import EngineError
from pipeline.core.finding import Reason
from pipeline.core.identify import Identify
from pipeline.core.policy import Policy
from pipeline.core.release import Block
from pipeline.core.sound import Sound
from pipeline.core.span import Span, covered
from pipeline.core.verdict import Verdict
from pipeline.stages import call as stage
from pipeline.stages.call import Call

SCRIPT = dialogue(
    "A: what is the long number on your card",
    "C: sure [six two three three nine oh one]",
    "A -0.4: mm hmm",
    "C +0.7: [double eight four five six]",
    "A: thanks the shed arrives in two weeks",
)
PCM = audio(SCRIPT)
SILENT = Policy("silent", 1, {})  # an entity without a rule is silenced
DEFAULT = preset("default")
HOLD = DEFAULT.hold_ms * RATE // 1000


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def open_call(executor: Executor, script: Script, policy: Policy, engine: ScriptedEngine | None = None) -> Call:
    return Call(
        script.channels,
        RATE,
        16,
        engine=engine or ScriptedEngine(script),
        policy=policy,
        resampler=Resampler,
        executor=executor,
    )


def joined(blocks: Sequence[Block], channels: int = 2, at: int = 0) -> NDArray[np.int32]:
    """The samples of blocks that follow one another from sample `at` on."""
    for block in blocks:
        assert block.start == at
        at += len(block.pcm)
    return np.concatenate([np.zeros((0, channels), np.int32), *(b.pcm for b in blocks)])


def run(call: Call, pcm: NDArray[np.int32], cuts: Sequence[int] = ()) -> NDArray[np.int32]:
    blocks = [b for part in np.split(pcm, sorted(cuts)) for b in call.push(part)]
    return joined([*blocks, *call.flush()], pcm.shape[1])


def masks(call: Call, channels: int, size: int) -> NDArray[np.bool_]:
    """(n, channels) true where a finding hides."""
    out = np.zeros((size, channels), bool)
    for channel in range(channels):
        for span in hidden(call.record.findings, channel):
            out[span.start : span.end, channel] = True
    return out


def test_hidden_samples_are_silent_and_all_others_untouched(executor: Executor) -> None:
    call = open_call(executor, SCRIPT, SILENT)
    out = run(call, PCM)
    gone = masks(call, 2, len(PCM))
    assert out.shape == PCM.shape
    assert (PCM != 0).all()
    assert not out[gone].any()
    assert np.array_equal(out[~gone], PCM[~gone])
    for channel, word in SCRIPT.hide:
        assert gone[word.span.start : word.span.end, channel].all()
    assert not gone.all()


def test_the_default_policy_replaces_and_never_mixes(executor: Executor) -> None:
    """What is heard where something is hidden does not depend on what was said there."""
    other = PCM.copy()
    first = open_call(executor, SCRIPT, DEFAULT)
    out = run(first, PCM)
    gone = masks(first, 2, len(PCM))
    other[gone] = -other[gone]  # as loud, so that judgement is the same
    second = open_call(executor, SCRIPT, DEFAULT)
    assert np.array_equal(out[gone], run(second, other)[gone])
    assert second.record.findings == first.record.findings
    assert np.array_equal(out[~gone], PCM[~gone])


@settings(max_examples=12, deadline=None)
@given(cuts=st.lists(st.integers(0, len(PCM)), max_size=8))
def test_the_output_is_the_same_for_every_way_to_cut_the_input(executor: Executor, cuts: list[int]) -> None:
    one, other = open_call(executor, SCRIPT, DEFAULT), open_call(executor, SCRIPT, DEFAULT)
    assert np.array_equal(run(one, PCM), run(other, PCM, cuts))
    assert one.record.findings == other.record.findings
    assert sorted(one.record.utterances, key=str) == sorted(other.record.utterances, key=str)


@pytest.mark.parametrize("size", [0, 1, 79, RATE // 4, RATE // 4 + 1, 3 * RATE + 7])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_length_comes_out_whole(executor: Executor, size: int, channels: int) -> None:
    script = Script(channels, [[] for _ in range(channels)], [[] for _ in range(channels)], length=size)
    pcm = audio(script)
    call = open_call(executor, script, DEFAULT)
    assert np.array_equal(run(call, pcm), pcm)
    assert call.record.findings == []


def test_what_the_engine_heard_is_on_record(executor: Executor) -> None:
    call = open_call(executor, SCRIPT, DEFAULT)
    run(call, PCM)
    for channel, said in enumerate(SCRIPT.utterances):
        assert [u for c, u in call.record.utterances if c == channel] == said


class Watched(Identify):
    """Keeps the watermarks told, for the test to hold the released audio against."""

    marks: list[int]

    def __init__(self, channels: int, rate: int, *more: object) -> None:
        super().__init__(channels, rate, *more)  # type: ignore[arg-type]
        Watched.marks = [0] * channels

    def push(self, sound: Sound) -> tuple[Verdict, ...]:
        told = super().push(sound)
        for verdict in told:
            Watched.marks[verdict.channel] = verdict.watermark
        return told


@pytest.mark.parametrize("dies_s", [0.1, 4, 7.3, 9])
def test_an_engine_that_dies_lets_nothing_out_that_was_not_judged(
    executor: Executor, monkeypatch: pytest.MonkeyPatch, dies_s: float
) -> None:
    whole = run(open_call(executor, SCRIPT, DEFAULT), PCM)
    monkeypatch.setattr(stage, "Identify", Watched)
    call = open_call(executor, SCRIPT, DEFAULT, ScriptedEngine(SCRIPT, dies_at=samples(dies_s)))
    blocks = []

    def feed() -> None:
        for start in range(0, len(PCM), 1_000):
            for block in call.push(PCM[start : start + 1_000]):
                assert block.start + len(block.pcm) <= min(Watched.marks)
                blocks.append(block)

    with pytest.raises(EngineError):
        feed()
    out = joined(blocks)
    assert len(out) < samples(dies_s)
    assert np.array_equal(out, whole[: len(out)])


def test_nothing_leaves_above_the_watermark(executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "Identify", Watched)
    call = open_call(executor, SCRIPT, DEFAULT)
    left = 0
    for start in range(0, len(PCM), 1_777):
        for block in call.push(PCM[start : start + 1_777]):
            left = block.start + len(block.pcm)
            assert left <= min(Watched.marks)
    assert left > 0
    assert left + len(joined([*call.flush()], at=left)) == len(PCM)


@pytest.mark.parametrize("deaf_s", [0, 6])
def test_audio_an_engine_never_judged_leaves_silent(executor: Executor, deaf_s: float) -> None:
    """It stops hearing but does not die: after the hold its audio goes, as silence."""
    script = dialogue("A: the shed arrives in two weeks", "C: wonderful <30> and who brings it", rest_s=9)
    pcm = audio(script)
    call = open_call(executor, script, DEFAULT, ScriptedEngine(script, deaf_from=samples(deaf_s)))
    live = joined([b for start in range(0, len(pcm), RATE) for b in call.push(pcm[start : start + RATE])])
    assert len(pcm) - HOLD - RATE <= len(live) <= len(pcm) - HOLD + RATE
    assert not live[samples(deaf_s) :].any()
    judged = samples(max(0, deaf_s - 1))
    assert np.array_equal(live[:judged], pcm[:judged])
    rest = joined([*call.flush()], at=len(live))
    assert len(live) + len(rest) == len(pcm)
    late = [f for f in call.record.findings if f.reason is Reason.LATE]
    assert {f.entity for f in late} == {UNJUDGED}
    for channel in range(2):
        silenced = Span(samples(deaf_s), len(live))
        assert covered(silenced, hidden(late, channel)) == silenced.size
