"""mask, one lane at a time: what comes twice, late, damaged or not at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from memory import NoMeter

from pipeline.adapters.policy_file import preset
from pipeline.core.finding import Finding, Reason
from pipeline.core.messages import END, Audio, Dead, Head, Judgement, Message, Redacted, WrappedKey
from pipeline.core.pin import Pin
from pipeline.core.policy import Late, Policy, Rule
from pipeline.core.span import Span
from pipeline.core.tone import Action, Tone
from pipeline.core.topics import AUDIO, VERDICTS
from pipeline.core.verdict import Verdict
from pipeline.ports.lane import Record, Step, Unreadable
from pipeline.stages.mask import Budget, MaskLane

POLICY = preset("default")
CHUNK = 2_000
NOW = 1_000_000
PINS = {"p": Pin({"storage": POLICY}, (), "d", "e", "1", "m", "en", "0", "r")}
HEAD = Head("acme", "c1", "main", "p", 8_000, 1, 0, WrappedKey("k", b""))


def lane(policy: Policy = POLICY, budget: int = 1 << 20, held_ms_max: int = 600_000) -> MaskLane:
    pins = {"p": replace(PINS["p"], policies={"storage": policy})}
    return MaskLane(
        fleet="main", purposes=("storage",), pins=pins, held_ms_max=held_ms_max, budget=Budget(budget), meter=NoMeter()
    )


def chunk(n: int, *, last: bool = False, value: int = 0) -> Audio:
    pcm = np.full((CHUNK, 1), value or n + 1, np.int16)
    return Audio(HEAD, n, n * CHUNK, pcm, NOW, last=last, reason="ended" if last else "")


def judged(n: int, upto: int, *hidden: tuple[int, int], since: int = 0) -> Judgement:
    findings = tuple(Finding(0, Span(a, b), "PIN", Reason.PATTERN, 1.0) for a, b in hidden)
    return Judgement(HEAD, n, (Verdict(0, upto, findings),), NOW, since=since)


def feed(mask: MaskLane, *items: tuple[int, Message], now_ms: int = NOW) -> list[Step]:
    """(offset, message) in this order."""
    out = []
    for offset, message in items:
        topic = AUDIO if isinstance(message, Audio) else VERDICTS
        out.append(mask.take(Record(topic, offset, NOW, message), now_ms))
    return out


def blocks(steps: list[Step]) -> list[Redacted]:
    return [o.message for s in steps for o in s.outs if isinstance(o.message, Redacted)]


def asked(steps: list[Step]) -> list[Judgement]:
    return [o.message for s in steps for o in s.outs if isinstance(o.message, Judgement)]


def done(steps: list[Step]) -> list[tuple[str, int]]:
    return [d for s in steps for d in s.done]


def test_audio_that_came_back_without_its_verdicts_does_not_leave() -> None:
    """accept sent chunks again; mask was restarted, and the verdicts on them are finished: they hold a PIN."""
    steps = feed(
        lane(), (10, chunk(0)), (11, chunk(1)), (12, chunk(2)), (40, judged(7, 3 * CHUNK, since=2 * CHUNK)),
        (41, judged(8, 9 * CHUNK, since=3 * CHUNK)),
    )  # fmt: skip
    assert blocks(steps)[0].start_sample == 2 * CHUNK
    assert set(np.concatenate([b.pcm for b in blocks(steps)]).ravel().tolist()) == {3}
    assert {(AUDIO, 10), (AUDIO, 11)} <= set(done(steps))
    assert asked(steps) == []


def test_verdicts_first_and_audio_later_is_the_same() -> None:
    steps = feed(lane(), (40, judged(7, 9 * CHUNK, since=CHUNK)), (10, chunk(0)), (11, chunk(1)), (12, chunk(2)))
    assert {v for b in blocks(steps) for v in b.pcm.ravel().tolist()} == {2, 3}


def test_a_hole_in_the_verdicts_silences_the_rest_by_a_word_in_the_log() -> None:
    mask = lane()
    steps = feed(mask, (0, chunk(0)), (1, chunk(1)), (0, judged(0, CHUNK)), (1, judged(2, 2 * CHUNK)))
    assert [(j.silence_upto, j.reason) for j in asked(steps)] == [(END, "verdict_lost")]
    assert sum(len(b.pcm) for b in blocks(steps)) < CHUNK
    after = feed(mask, (2, asked(steps)[0]), (2, chunk(2, last=True)))
    assert not any(b.pcm[max(0, CHUNK - b.start_sample) :].any() for b in blocks(after))
    assert blocks(after)[-1].last


def test_a_verdict_that_contradicts_what_left_silences_the_rest() -> None:
    steps = feed(lane(), (0, chunk(0)), (1, chunk(1)), (0, judged(0, CHUNK)), (1, judged(1, 2 * CHUNK, (10, 20))))
    assert asked(steps)[0].reason == "verdict_contradicts"


def test_judgements_are_finished_when_their_audio_is_committed_not_before() -> None:
    """Another call's chunk at offset 0 holds up the commit: after a crash this call's audio comes again, too."""
    other = Audio(replace(HEAD, call="c0"), 0, 0, np.ones((CHUNK, 1), np.int16), NOW)
    mask = lane()
    steps = feed(mask, (0, other), (1, chunk(0)), (2, chunk(1, last=True)), (0, judged(0, 2 * CHUNK)))
    assert (AUDIO, 1) in done(steps)
    assert (AUDIO, 2) in done(steps)
    assert (VERDICTS, 0) not in done(steps)
    both = replace(judged(0, CHUNK), head=other.head), replace(judged(1, 5 * CHUNK, since=CHUNK), head=other.head)
    later = feed(mask, (1, both[0]), (2, both[1]))
    assert {(AUDIO, 0), (VERDICTS, 0)} <= set(done(later))


def test_late_is_held_or_silence_as_the_policy_says() -> None:
    for policy, expected in ((POLICY, []), (replace(POLICY, late=Late.SILENCE), [(CHUNK, "late")])):
        mask = lane(policy)
        feed(mask, (0, chunk(0)))
        assert asked([mask.tick(NOW + POLICY.hold_ms)]) == []
        found = asked([mask.tick(NOW + POLICY.hold_ms + 1)])
        assert [(j.silence_upto, j.reason) for j in found] == expected
        assert asked([mask.tick(NOW + POLICY.hold_ms + 2)]) == [], "it asks once"


def test_nothing_is_held_for_ever() -> None:
    mask = lane(held_ms_max=60_000)
    feed(mask, (0, chunk(0)))
    found = asked([mask.tick(NOW + 60_001)])
    assert [(j.silence_upto, j.reason) for j in found] == [(CHUNK, "held_too_long")]


def test_too_much_held_pauses_audio_until_it_leaves() -> None:
    mask = lane(budget=5 * CHUNK)
    feed(mask, (0, chunk(0)), (1, chunk(1)))
    assert not mask.paused
    feed(mask, (2, chunk(2)))
    assert mask.paused == {AUDIO}
    feed(mask, (0, judged(0, 3 * CHUNK)))
    assert not mask.paused
    mask.close()


def test_a_chunk_nobody_can_read_is_silence_of_its_length() -> None:
    mask = lane()
    dead = Dead("mask", AUDIO, 0, 1, "forged", NOW, "acme", "c1", 1, CHUNK)
    steps = feed(mask, (0, chunk(0)))
    steps.append(mask.unreadable(Unreadable(AUDIO, 1, NOW, dead), NOW))
    steps += feed(mask, (2, chunk(2, last=True)), (0, judged(0, 3 * CHUNK)))
    pcm = np.concatenate([b.pcm for b in blocks(steps)]).ravel()
    assert pcm.size == 3 * CHUNK
    assert [int(v) for v in pcm[[0, CHUNK, 2 * CHUNK]]] == [1, 0, 3]
    assert [m.span for b in blocks(steps) for m in b.missing] == [Span(CHUNK, 2 * CHUNK)]


@pytest.mark.parametrize("known", [True, False])
def test_a_verdict_nobody_can_read_hides_what_comes_after(known: bool) -> None:
    mask = lane()
    steps = feed(mask, (0, chunk(0)), (1, chunk(1)), (0, judged(0, CHUNK)))
    dead = Dead("mask", VERDICTS, 0, 1, "damaged", NOW, *(("acme", "c1") if known else ("", "")))
    steps.append(mask.unreadable(Unreadable(VERDICTS, 1, NOW, dead), NOW))
    steps += feed(mask, (2, judged(2, 2 * CHUNK)))
    assert sum(len(b.pcm) for b in blocks(steps)) < CHUNK
    assert asked(steps)[-1].silence_upto == END
    assert (VERDICTS, 1) not in done(steps), "after a crash it must be met again"


def test_repeats_of_a_call_that_ended_are_known_for_what_they_are() -> None:
    mask = lane()
    feed(mask, (0, chunk(0, last=True)), (0, judged(0, CHUNK)))
    steps = feed(mask, (1, chunk(0, last=True)), (1, judged(0, CHUNK)))
    assert blocks(steps) == []
    assert set(done(steps)) == {(AUDIO, 1), (VERDICTS, 1)}
    assert mask.calls == 0


def test_the_verdicts_head_says_what_is_masked_how() -> None:
    """accept died before it knew its first head, and gave the call another with another policy."""
    keeps = replace(POLICY, rules={**POLICY.rules, "PERSON_NAME": Rule(Action.KEEP, "identity")})
    pins = {"p": PINS["p"], "q": replace(PINS["p"], policies={"storage": keeps})}
    mask = MaskLane(
        fleet="main", purposes=("storage",), pins=pins, held_ms_max=600_000, budget=Budget(1 << 20), meter=NoMeter()
    )
    name = Finding(0, Span(100, 900), "PERSON_NAME", Reason.CUE, 1.0)
    first = Judgement(HEAD, 0, (Verdict(0, 2 * CHUNK, (name,)),), NOW)
    steps = feed(mask, (0, replace(chunk(0), head=replace(HEAD, pin="q"))), (0, first), (1, chunk(1, last=True)))
    pcm = np.concatenate([b.pcm for b in blocks(steps)]).ravel()
    assert not pcm[100:900].any()
    assert pcm[:100].all()
    assert {b.head.pin for b in blocks(steps)} == {"p"}
    later = replace(judged(1, 3 * CHUNK, since=2 * CHUNK), head=replace(HEAD, pin="q"))
    mask = lane()
    steps = feed(mask, (0, chunk(0)), (1, chunk(1)), (0, judged(0, CHUNK)), (1, later))
    assert asked(steps)[-1].reason == "pin_mismatch"


def test_a_tone_the_call_cannot_carry_is_silence() -> None:
    high = replace(POLICY, tone=Tone(frequency_hz=5_000))
    steps = feed(lane(high), (0, chunk(0, last=True)))
    assert asked(steps)[0].reason == "tone_unfit"
    assert blocks(steps) == []


def test_a_call_whose_last_chunk_is_lost_ends_after_two_hours() -> None:
    mask = lane()
    feed(mask, (0, chunk(0)), (0, judged(0, CHUNK)), (1, judged(1, 5 * CHUNK, since=CHUNK)))
    assert mask.calls == 1
    assert asked([mask.tick(NOW + 7_000_000)]) == []
    said = asked([mask.tick(NOW + 7_200_001)])
    assert [(j.silence_upto, j.reason) for j in said] == [(END, "audio_stopped")]
    steps = feed(mask, (2, said[0]), now_ms=NOW + 7_200_002)
    steps.append(mask.tick(NOW + 7_200_003))
    assert blocks(steps)[-1].last
    assert mask.calls == 0
    assert {(VERDICTS, 0), (VERDICTS, 1), (VERDICTS, 2)} <= {*done(steps), (VERDICTS, 0)}
