"""What a channel knows can be taken up elsewhere: nothing it tells afterwards is different."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scripted import RATE, dialogue, findings, hidden, samples
from written import WrittenEngine, calls, identity, open_engine, open_mortal, write

from pipeline.adapters.policy_file import preset
from pipeline.adapters.resample import Resampler
from pipeline.core.errors import EngineError
from pipeline.core.heard import Heard, Utterance, Word
from pipeline.core.keypad import Keypad, Runs
from pipeline.core.level import Level
from pipeline.core.sound import Sound
from pipeline.core.span import Span
from pipeline.ports.engine import Pcm16
from pipeline.stages.call import Call
from pipeline.stages.channel import Hear

SCRIPT = dialogue(
    "A: what is the long number on your card",
    "C: sure [six two three three nine oh one] <0.8> [double eight four]",
    "A -0.4: mm hmm",
    "C +0.7: [double eight four five six] #0.9 okay then",
    "A +4: thanks the shed arrives in two weeks and i will send you the papers for it on the same day",
)
PCM = write(SCRIPT).astype(np.int32)


def carried(plain: Any) -> Any:
    """As it comes back from where it was kept."""
    return msgpack.unpackb(msgpack.packb(plain))


def keys_pressed(rate: int, seconds: float, seed: int) -> NDArray[np.int32]:
    """Noise that comes and goes, and key presses: some long, some next to one another."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(rate * seconds)) / rate
    out = rng.normal(0, 20, t.size) * (1 + 40 * (np.sin(t) > 0.6))
    at = 0.3
    while at < seconds:
        down = (t >= at) & (t < at + rng.choice([0.06, 0.1, 2.5]))
        out += 4_000 * down * (np.sin(2 * np.pi * 770 * t) + np.sin(2 * np.pi * rng.choice([1209, 1336]) * t))
        at += float(rng.choice([0.2, 0.4, 2.2, 3.0]))
    return np.clip(np.rint(out), -30_000, 30_000).astype(np.int32)


@settings(max_examples=20, deadline=None)
@given(rate=st.sampled_from([8_000, 11_025, 16_000]), seed=st.integers(0, 99), cuts=st.lists(st.integers(0, 49_000)))
def test_loudness_goes_on_from_a_snapshot(rate: int, seed: int, cuts: list[int]) -> None:
    pcm = keys_pressed(rate, 3, seed) + np.random.default_rng(seed).integers(-300, 300, 3 * rate, np.int32)
    raised = 0
    one, other = Level(rate), Level(rate)
    for part in np.split(pcm, sorted(c for c in cuts if c < pcm.size)):
        one.push(part)
        other.push(part)
        fresh = Level(rate)
        fresh.restore(carried(other.snapshot()))
        raised += len(set(one.frames().threshold.tolist()))
        other = fresh
        assert other.upto == one.upto
        for mine, its in zip(
            (other.frames().rms, other.frames().threshold), (one.frames().rms, one.frames().threshold), strict=True
        ):
            assert np.array_equal(mine, its)
    assert raised > 1  # the threshold followed the noise


@settings(max_examples=20, deadline=None)
@given(rate=st.sampled_from([8_000, 11_025, 16_000]), seed=st.integers(0, 99), cuts=st.lists(st.integers(0, 95_000)))
def test_keypad_entries_go_on_from_a_snapshot(rate: int, seed: int, cuts: list[int]) -> None:
    pcm = keys_pressed(rate, 6, seed)
    one, other, runs, others = Keypad(rate), Keypad(rate), Runs(rate), Runs(rate)
    presses = 0
    for part in [*np.split(pcm, sorted(c for c in cuts if c < pcm.size)), None]:
        heard = one.flush() if part is None else one.push(part)
        assert (other.flush() if part is None else other.push(part)) == heard
        assert others.push(heard) == runs.push(heard)
        presses += len(heard.tones)
        fresh, fresh_runs = Keypad(rate), Runs(rate)
        fresh.restore(carried(other.snapshot()))
        fresh_runs.restore(carried(others.snapshot()))
        other, others = fresh, fresh_runs
    assert presses


def test_snapshots_stay_small() -> None:
    stage = Hear(0, 48_000, 16, WrittenEngine(48_000), Resampler)
    quiet = np.ones(48_000 // 4, np.int32)
    for _ in range(4 * 40):
        stage.push(quiet)
    assert len(msgpack.packb(stage.snapshot())) < 25_000
    level = Level(48_000)
    for _ in range(70):
        level.push(np.ones(48_001, np.int32))
    assert len(msgpack.packb(level.snapshot())) < 70_000


def plain(sound: Sound) -> tuple[Any, ...]:
    """All a Sound says, comparable."""
    frames = sound.frames
    return (
        sound.channel, sound.heard, sound.keys, sound.keys_upto, sound.ended,
        frames.rate, frames.first, frames.rms.tolist(), frames.threshold.tolist(),
    )  # fmt: skip


def hear(pcm: NDArray[np.int32], cuts: Sequence[int], snaps: set[int], engine: WrittenEngine) -> list[tuple[Any, ...]]:
    """All that is told of (n,) samples. After the parts numbered in `snaps` somebody else goes on."""
    stage = Hear(0, RATE, 16, engine, Resampler)
    out, at = [], 0
    for number, part in enumerate(np.split(pcm, sorted(cuts))):
        out.append(plain(stage.push(part)))
        at += part.size
        if number in snaps:
            kept = carried(stage.snapshot())
            stage = Hear(0, RATE, 16, engine, Resampler)
            stage.resume(kept)
            assert kept["refeed_from"] % RATE == 0
            assert kept["refeed_from"] <= kept["upto"] <= kept["pushed"] == at
            for again in np.array_split(pcm[kept["refeed_from"] : at], 3):
                stage.refeed(again)
    return [*out, plain(stage.flush())]


@settings(max_examples=40, deadline=None)
@given(
    channel=st.integers(0, 1),
    cuts=st.lists(st.integers(0, len(PCM)), max_size=12),
    snaps=st.sets(st.integers(0, 12)),
)
def test_a_channel_taken_up_elsewhere_tells_the_same(channel: int, cuts: list[int], snaps: set[int]) -> None:
    pcm = np.ascontiguousarray(PCM[:, channel])
    assert hear(pcm, cuts, snaps, open_engine()) == hear(pcm, cuts, set(), open_engine())


def test_it_is_the_same_after_every_block_of_a_call() -> None:
    pcm = np.ascontiguousarray(PCM[:, 1])
    blocks = range(RATE // 4, len(pcm), RATE // 4)
    whole = hear(pcm, blocks, set(), open_engine())
    assert sum(len(told[1].utterances) for told in whole) == len(SCRIPT.utterances[1])
    assert hear(pcm, blocks, set(range(len(blocks))), open_engine()) == whole


class Dictated:
    """Engine and recogniser in one: tells what it is given, push by push."""

    rate, identity = RATE, open_engine().identity
    side_by_side, waiting = 2, 0

    def __init__(self, *tells: Heard) -> None:
        self._tells = iter(tells)

    def open(self) -> Dictated:
        return self

    def push(self, pcm: Pcm16) -> Heard:
        return next(self._tells)

    def flush(self) -> Heard:
        return next(self._tells)

    def reset(self) -> None:
        pass


def at(start_s: float, end_s: float) -> Span:
    return Span(samples(start_s), samples(end_s))


def test_a_recogniser_that_cuts_speech_elsewhere_tells_only_what_is_new() -> None:
    """Opened in mid-speech it may begin an utterance sooner, and be behind what its predecessor had told."""
    second = np.ones(RATE, np.int32)
    first = Hear(0, RATE, 16, Dictated(Heard(0), Heard(samples(3.2), (Utterance(at(1, 3.1), ()),))), Resampler)
    first.push(np.ones(3 * RATE, np.int32))
    first.push(second)
    kept = carried(first.snapshot())
    assert (kept["pushed"], kept["refeed_from"]) == (4 * RATE, 2 * RATE)
    # From here on second 0 is second 2 of the call.
    said = tuple(Word(at(a, b), t, 0.5) for a, b, t in [(0.6, 1, "told"), (1, 1.3, "half"), (1.3, 1.5, "new")])
    late = (Utterance(at(0.2, 0.5), ()), Utterance(at(0.6, 1.6), said))
    other = Hear(0, RATE, 16, Dictated(Heard(samples(0.1)), Heard(samples(0.3)), Heard(samples(2), late)), Resampler)
    other.resume(kept)
    other.refeed(np.ones(2 * RATE, np.int32))
    assert other.push(second).heard == Heard(samples(3.2))
    words = (Word(at(3.2, 3.3), "half", 0.5), Word(at(3.3, 3.5), "new", 0.5))
    assert other.push(second).heard == Heard(samples(4), (Utterance(at(3.2, 3.6), words),))


def test_what_is_found_while_it_is_fed_again_is_told_with_the_next_block() -> None:
    first = Hear(0, RATE, 16, Dictated(Heard(samples(1))), Resampler)
    first.push(np.ones(3 * RATE, np.int32))
    found = Utterance(at(1.5, 2.5), ())
    other = Hear(0, RATE, 16, Dictated(Heard(samples(2.6), (found,)), Heard(samples(3))), Resampler)
    other.resume(first.snapshot())
    other.refeed(np.ones(3 * RATE, np.int32))
    assert other.snapshot() == first.snapshot()  # it was not told yet
    assert other.push(np.ones(RATE, np.int32)).heard == Heard(samples(3), (found,))


def test_a_channel_goes_on_only_when_it_was_fed_again() -> None:
    stage = Hear(0, RATE, 16, open_engine(), Resampler)
    pcm = np.ascontiguousarray(PCM[: 3 * RATE, 0])
    stage.push(pcm)
    kept = stage.snapshot()
    other = Hear(0, RATE, 16, open_engine(), Resampler)
    other.resume(kept)
    with pytest.raises(ValueError, match="fed again"):
        other.push(pcm)
    with pytest.raises(ValueError, match="more is fed"):
        other.refeed(np.concatenate((pcm, pcm)))
    with pytest.raises(ValueError, match="contradict"):
        Hear(0, RATE, 16, open_engine(), Resampler).resume({**kept, "upto": kept["pushed"] + 1})


@pytest.mark.parametrize("number", range(3))
def test_written_words_are_judged_as_scripted_ones(number: int) -> None:
    script, pcm = list(calls(7, number + 1, 30))[number] if number else (SCRIPT, write(SCRIPT))
    with ThreadPoolExecutor(2) as pool:
        call = Call(2, RATE, 16, engine=open_engine(), policy=preset("default"), resampler=Resampler, executor=pool)
        for part in np.array_split(pcm.astype(np.int32), 7):
            list(call.push(part))
        list(call.flush())
    told = sorted(call.record.utterances, key=str)
    assert told == sorted(((c, u) for c in range(2) for u in script.utterances[c]), key=str)
    wanted = findings(script)
    assert {(f.channel, f.entity) for f in call.record.findings} <= {(f.channel, f.entity) for f in wanted}
    assert [hidden(call.record.findings, c) for c in range(2)] == [hidden(wanted, c) for c in range(2)]


def test_a_mortal_engine_dies() -> None:
    recogniser = open_mortal().open()
    second = np.ones(RATE, np.int16)
    for _ in range(19):
        recogniser.push(second)
    with pytest.raises(EngineError):
        recogniser.push(second)
    assert identity() == open_engine().identity
