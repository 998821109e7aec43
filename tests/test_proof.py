"""Samples prove that nothing is left: what masking makes passes, and every change of it is found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
import soundfile
from command import SAMPLES
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.core.finding import Finding, Reason
from pipeline.core.hold import Due
from pipeline.core.masker import Masker
from pipeline.core.proof import EMPTY_DBFS, LIKE, Kind, Problem, SampleProof, Stretch, level_dbfs, likeness
from pipeline.core.span import Span
from pipeline.core.tone import Action, Tone

RATE, N = 8_000, 16_000
HIDES = (Action.SILENCE, Action.BEEP, Action.NOISE)
ENTITY = {Action.SILENCE: "CARD_NUMBER", Action.BEEP: "PIN", Action.NOISE: "PERSON_NAME"}


@cache
def speech() -> np.ndarray:
    """Two seconds of a sample call, both channels with talk, (n, 2) int32 of 16 bits."""
    data, rate = soundfile.read(SAMPLES / "card_payment" / "call.wav", dtype="int16", always_2d=True)
    mono = data[:, 0].astype(np.int32)
    step = max(1, rate // RATE)
    talk = mono[::step]
    sums = np.cumsum(np.abs(talk))
    loud = int(np.argmax(sums[N:] - sums[:-N])) + 1
    one = talk[loud : loud + N]
    return np.stack([one, np.roll(one, 3001)], axis=1).astype(np.int32)


@dataclass(frozen=True)
class Case:
    """A masked call and what is told of it."""

    stretches: tuple[Stretch, ...]
    tone: Tone
    clean: np.ndarray
    masked: np.ndarray

    def proof(self) -> SampleProof:
        return SampleProof(self.stretches, channels=2, rate=RATE, bits=16, frames=len(self.masked), tone=self.tone)

    def problems(
        self, masked: np.ndarray | None = None, *, step: int = 4096, source: bool = False
    ) -> tuple[Problem, ...]:
        given = self.masked if masked is None else masked
        proof = self.proof()
        for at in range(0, len(given), step):
            proof.push(given[at : at + step], self.clean[at : at + step] if source else None)
        return proof.problems()


def masked(stretches: tuple[Stretch, ...], tone: Tone, clean: np.ndarray) -> Case:
    findings = [Finding(s.channel, s.span, s.entity, Reason.PATTERN, 0.9) for s in stretches]
    hidden = tuple(tuple(f for f in findings if f.channel == c) for c in range(2))
    actions = {entity: action for action, entity in ENTITY.items()}
    out, _ = Masker(RATE, 16, actions, tone).mask(Due(0, clean, hidden))
    clipped = tuple(
        Stretch(s.channel, part, s.entity, s.action) for s in stretches if (part := s.span.clip(Span(0, len(clean))))
    )
    return Case(clipped, tone, clean, out)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    stretches = []
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, N - 1))
        end = draw(st.sampled_from([start + 40, start + 400, start + 4000, N, N + 500]))
        action = draw(st.sampled_from(HIDES))
        stretches.append(Stretch(draw(st.integers(0, 1)), Span(start, max(end, start + 1)), ENTITY[action], action))
    tone = Tone(level_dbfs=draw(st.sampled_from([-20.0, -6.0, -50.0])), ramp_ms=draw(st.sampled_from([0.0, 5.0, 20.0])))
    return masked(tuple(stretches), tone, speech())


@settings(max_examples=40, deadline=None)
@given(cases(), st.integers(60, 9000))
def test_what_masking_makes_passes_however_it_is_cut(case: Case, step: int) -> None:
    assert case.problems(step=step) == ()
    assert case.problems(step=step, source=True) == ()


@settings(max_examples=40, deadline=None)
@given(cases(), st.data())
def test_a_leak_of_one_step_in_one_sample_is_found(case: Case, data: st.DataObject) -> None:
    """The floor. But for the end of the call, where a tone may fade or not."""
    proof = case.proof()
    channel = data.draw(st.integers(0, 1))
    assume(proof.hidden[channel])
    run = data.draw(st.sampled_from(proof.hidden[channel]))
    at = data.draw(st.integers(run.start, run.end - 1))
    assume(at < N - 160)
    wrong = case.masked.copy()
    wrong[at, channel] += 1 if wrong[at, channel] >= 0 else -1
    found = case.problems(wrong)
    assert [(p.channel, p.span, p.kind) for p in found] == [(channel, Span(at, at + 1), Kind.RESIDUE)]


@pytest.mark.parametrize("action", HIDES)
@pytest.mark.parametrize("level_db", [0, -20, -40, -50])
@pytest.mark.parametrize("lag", [0, 80, -37])
def test_five_milliseconds_of_the_source_are_found(action: Action, level_db: int, lag: int) -> None:
    """Of loud speech: down to where the samples round to nothing."""
    case = masked((Stretch(0, Span(4000, 12000), ENTITY[action], action),), Tone(), speech())
    loud = 4400 + int(np.argmax(np.abs(speech()[4400:11600, 0])))
    part = slice(loud - 20, loud + 20)
    wrong = case.masked.copy()
    leak = np.rint(speech()[loud - 20 - lag : loud + 20 - lag, 0] * 10 ** (level_db / 20)).astype(np.int32)
    assert leak.any()
    wrong[part, 0] += leak
    found = case.problems(wrong, source=True)
    assert found
    assert all(p.channel == 0 and loud - 21 <= p.span.start and p.span.end <= loud + 21 for p in found)
    assert {p.entity for p in found} == {ENTITY[action]}
    # Called the source by likeness; a few steps of rounding are too coarse to be like anything.
    assert level_db < -40 or {p.kind for p in found} == {Kind.SOURCE}
    assert max(p.level_dbfs for p in found) == pytest.approx(level_dbfs(leak[leak != 0], 16), abs=6)


def test_a_stretch_that_was_not_masked_is_the_source() -> None:
    case = masked((Stretch(0, Span(4000, 9000), "PIN", Action.BEEP),), Tone(), speech())
    wrong = case.masked.copy()
    wrong[4000:9000] = case.clean[4000:9000]
    found = case.problems(wrong, source=True)
    assert {p.channel for p in found} == {0}
    assert case.problems(wrong)
    assert all(p.kind is Kind.RESIDUE for p in case.problems(wrong))


def test_an_edge_one_sample_short_is_found() -> None:
    stretch = Stretch(0, Span(4000, 9000), "CARD_NUMBER", Action.SILENCE)
    clean = speech().copy()
    clean[[4000, 8999], 0] = 500
    case = masked((Stretch(0, Span(4001, 8999), "CARD_NUMBER", Action.SILENCE),), Tone(), clean)
    short = Case((stretch,), case.tone, clean, case.masked)
    assert [p.span for p in short.problems()] == [Span(4000, 4001), Span(8999, 9000)]


@settings(max_examples=40, deadline=None)
@given(cases(), st.integers(0, N - 1), st.integers(0, 1))
def test_what_is_not_hidden_must_be_the_source(case: Case, at: int, channel: int) -> None:
    assume(not any(run.start <= at < run.end for run in case.proof().hidden[channel]))
    wrong = case.masked.copy()
    wrong[at, channel] ^= 1
    found = case.problems(wrong, source=True)
    assert [(p.channel, p.span, p.kind) for p in found] == [(channel, Span(at, at + 1), Kind.CHANGED)]
    assert case.problems(wrong) == ()


def test_the_same_samples_a_little_later_are_found() -> None:
    case = masked((Stretch(1, Span(4000, 9000), "PIN", Action.BEEP),), Tone(), speech())
    later = np.roll(case.masked, 1, axis=0)
    assert {p.kind for p in case.problems(later)} == {Kind.RESIDUE}
    assert Kind.CHANGED in {p.kind for p in case.problems(later, source=True)}


def test_another_tone_is_no_proof() -> None:
    case = masked((Stretch(0, Span(4000, 9000), "PIN", Action.BEEP),), Tone(), speech())
    assert Case(case.stretches, Tone(frequency_hz=900.0), case.clean, case.masked).problems()


def test_silence_hides_whatever_the_report_says() -> None:
    """A plain number inside a better name is not told of, lost samples are zero, and tones fade towards both."""
    both = (
        Stretch(0, Span(4000, 9000), "PIN", Action.BEEP),
        Stretch(0, Span(5000, 7000), "CARD_NUMBER", Action.SILENCE),
    )
    case = masked(both, Tone(), speech())
    assert Case(case.stretches[:1], case.tone, case.clean, case.masked).problems(source=True) == ()
    wrong = case.masked.copy()
    wrong[6000, 0] = 1
    assert Case(case.stretches[:1], case.tone, case.clean, wrong).problems() != ()


def test_what_is_proven_is_muted_and_the_rest_is_heard() -> None:
    case = masked((Stretch(0, Span(4000, 9000), "PIN", Action.BEEP),), Tone(), speech())
    wrong = case.masked.copy()
    wrong[6000:6100, 0] = case.clean[6000:6100, 0] + 1
    proof = case.proof()
    proof.push(wrong)
    for step in (N, 777):
        out = np.concatenate([proof.muted(at, wrong[at : at + step]) for at in range(0, N, step)])
        assert not out[4000:5800, 0].any()
        assert not out[6300:9000, 0].any()
        assert np.array_equal(out[6000:6100, 0], wrong[6000:6100, 0])
        assert np.array_equal(out[:4000], wrong[:4000])
        assert np.array_equal(out[:, 1], wrong[:, 1])


def test_likeness_tells_the_source_from_others() -> None:
    one = speech()[:, 0]
    rng = np.random.default_rng(5)
    assert likeness(one[2000:2400] // 50, one, 2000, RATE) > LIKE
    assert likeness(one[2000:2400], one, 2100, RATE) > LIKE, "a hundred samples off"
    assert likeness(-one[2000:2400], one, 2000, RATE) > LIKE, "turned over"
    assert likeness(rng.integers(-500, 500, 400).astype(np.int32), one, 2000, RATE) < LIKE
    assert likeness(np.zeros(400, np.int32), one, 2000, RATE) == 0
    assert likeness(one[:1], one, 0, RATE) == 0


def test_levels() -> None:
    assert level_dbfs(np.zeros(5, np.int32), 16) == EMPTY_DBFS
    assert level_dbfs(np.full(9, 16384), 16) == -6.0
    assert level_dbfs(np.ones(9, np.int64), 16) == -90.3
