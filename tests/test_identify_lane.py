"""The live stage identify: Judgements follow from the words and are written once, whatever crashes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import RATE, Script, dialogue, samples, sounds

from pipeline.core.aids import NO_AIDS
from pipeline.core.fit import Fit
from pipeline.core.heard import Heard, Utterance, Word
from pipeline.core.identify import Identify
from pipeline.core.judged import fused, without_doubles
from pipeline.core.ledger import Ledger
from pipeline.core.level import Frames
from pipeline.core.messages import (
    END,
    Dead,
    Event,
    EventKind,
    Head,
    Judgement,
    State,
    TranscriptPart,
    Words,
    WrappedKey,
)
from pipeline.core.pin import Pin
from pipeline.core.policy import Policy, Rule
from pipeline.core.sound import Sound
from pipeline.core.span import Span
from pipeline.core.tone import Action
from pipeline.core.topics import STATE, VERDICTS, WORDS
from pipeline.core.transcript import Role, transcript
from pipeline.ports.lane import Job, Out, Record, Step, Unreadable
from pipeline.stages.identify import CLOSED_MS, IDLE_MS, INPUTS, SEQUENCE_LAST, STAGE, IdentifyLane
from pipeline.stages.transcripts import Spoken

OPEN = Policy("open", 1, {"PERSON_NAME": Rule(Action.KEEP, "identity"), "CARD_NUMBER": Rule(Action.BEEP, "payment")})
SHUT = Policy("shut", 1, {})
PIN = Pin({"storage": SHUT, "analytics": OPEN}, ("agent", "customer"), "rules", "e", "1", "m", "en", "0" * 64, "r")
PINS = {PIN.sha256: PIN}
CALL = dialogue(
    "A: thanks for calling how can i help",
    "C: my name is Polly Underwood and i would like to pay",
    "A: thank you Polly what is the long number on the front of the card",
    "C: six two three three <0.4> nine oh one",
    "C +0.7: double eight four five six seven two",
    "A: and the security code",
    "C +1.5: five one nine",
    "A: that is all done you will have the bill by friday",
)
SHORT = dialogue("A: what is your postcode", "C: k t three nine q l", "A: lovely and your name", "C: it's Ada Byron")
MONO = dialogue("A: may i take your full name", "C: polly underwood", "A +1: it is ninety pounds", mono=True)
CHUNK = RATE // 4


class Counts(Counter[tuple[str, str]]):
    """Implements ports.lane.Meter."""

    def add(self, name: str, value: float = 1, **labels: str) -> None:
        self[name, labels.get("entity", "")] += int(value)

    def observe(self, name: str, value: float, **labels: str) -> None:
        raise AssertionError(name)


def head(call: str, channels: int = 2, *, pin: str = PIN.sha256, fleet: str = "main") -> Head:
    return Head("acme", call, fleet, pin, RATE, channels, 0, WrappedKey("k", b"wrapped"))


def spoken(script: Script, of: Head, step: int = CHUNK) -> list[Words]:
    """The words of a whole call, all channels in each message."""
    parts = [sounds(script, c, range(0, script.length, step)) for c in range(script.channels)]
    return [Words(of, n, tuple(now), 1000 + n) for n, now in enumerate(zip(*parts, strict=True))]


def lane(first: Mapping[str, int] | None = None, **changes: object) -> IdentifyLane:
    given_ = {"fleet": "main", "detector": "rules", "pins": PINS, "aids": NO_AIDS, "meter": Counts()}
    return IdentifyLane(**{**given_, "first_sequence": first or {}, **changes})


class Worker:
    """A runner in little, and a broker that never forgets: sends, confirms later, commits; can crash at any moment."""

    def __init__(self, log: Sequence[Words], *, read_back: bool = True, lag: int = 0) -> None:
        self.log, self.read_back, self.lag = log, read_back, lag
        self.sent: list[Out] = []
        self.states: dict[str, State] = {}
        self.committed = 0
        self.now_ms = 0
        self.start()

    def start(self) -> None:
        """A new lane from what the broker has."""
        first: Counter[str] = Counter()
        for out in self.sent if self.read_back else []:
            if isinstance(out.message, Judgement):
                first[out.message.head.subject] = max(first[out.message.head.subject], out.message.sequence + 1)
        self.lane = lane(first)
        self.lane.restore(s for s in self.states.values() if s.body is not None)
        self.ledger, self.next = Ledger(self.committed), self.committed
        self.steps: list[Step] = []
        self.jobs: list[Job] = []

    def run(self, crashes: Iterable[int] = ()) -> Worker:
        """All of the log. crashes: counts of records after which the worker dies with the last `lag` steps unsent."""
        left, taken = sorted(crashes, reverse=True), 0
        while self.next < len(self.log):
            record = Record(WORDS, self.next, 0, self.log[self.next])
            self.ledger.take(self.next)
            self.next += 1
            self.now_ms += 100
            self.step(self.lane.take(record, self.now_ms))
            self.step(self.lane.tick(self.now_ms))
            self.work(self.lag)
            taken += 1
            self.confirm(self.lag)
            if left and taken >= left[-1]:
                left.pop()
                self.confirm(0, whole=False)
                self.start()
        self.now_ms += IDLE_MS
        self.work(0)
        self.step(self.lane.tick(self.now_ms))
        self.confirm(0)
        return self

    def step(self, step: Step) -> None:
        self.steps.append(step)
        self.jobs += step.jobs

    def work(self, keep: int) -> None:
        """Do all jobs; while `keep` is not 0, not the last one."""
        while len(self.jobs) > bool(keep):
            job = self.jobs.pop(0)
            self.step(self.lane.finish(job, job.run(), self.now_ms))

    def confirm(self, keep: int, *, whole: bool = True) -> None:
        """Carry out all steps but the last `keep`; if not `whole`, of the last one the outs only."""
        while len(self.steps) > keep:
            step = self.steps.pop(0)
            self.sent += step.outs
            if not whole:
                return
            self.states |= {out.message.head.subject: out.message for out in step.states}
            for _, offset in step.done:
                self.ledger.done(offset)
            self.committed = self.ledger.commit


def said(sent: Iterable[Out]) -> dict[tuple, object]:
    """What consumers see of Judgements and TranscriptParts. Repeats must say the same: only the first counts."""
    seen: dict[tuple, object] = {}
    for out in sent:
        m = out.message
        if isinstance(m, Judgement):
            what: tuple = (m.verdicts, m.spoken_ms, m.silence_upto, m.reason)
        elif isinstance(m, TranscriptPart):
            what = (m.turns, m.last)
        else:
            continue
        assert seen.setdefault((out.topic, m.head.subject, m.sequence), what) == what
    return seen


def ends_of(sent: Iterable[Out]) -> set[tuple]:
    """The keys of `said` under which a call is silenced to its end."""
    found = (o for o in sent if isinstance(o.message, Judgement) and o.message.silence_upto == END)
    return {(o.topic, o.message.head.subject, o.message.sequence) for o in found}


def interleaved(seed: int, *calls: list[Words]) -> list[Words]:
    rng, left, out = random.Random(seed), [list(c) for c in calls], []
    while any(left):
        out.append(rng.choice([c for c in left if c]).pop(0))
    return out


def of(step_or_sent: Step | list[Out], kind: type) -> list:
    outs = step_or_sent.outs if isinstance(step_or_sent, Step) else step_or_sent
    return [o.message for o in outs if isinstance(o.message, kind)]


def test_a_call_is_judged_as_identify_judges_it() -> None:
    of_call = head("one")
    done = Worker(spoken(CALL, of_call)).run()
    judged = of(done.sent, Judgement)
    plain, identify = [], Identify(2, RATE)
    for words in spoken(CALL, of_call):
        verdicts = tuple(v for s in words.sounds for v in identify.push(s))
        plain += [(verdicts, words.spoken_ms)] if verdicts else []
    assert [(j.verdicts, j.spoken_ms) for j in judged] == plain
    assert [j.sequence for j in judged] == list(range(len(plain)))
    assert {o.topic for o in done.sent if isinstance(o.message, Judgement)} == {VERDICTS}
    assert (done.committed, done.lane.calls, done.lane.paused) == (len(done.log), 0, frozenset())
    assert not of(done.sent, Event)
    assert (STAGE, INPUTS) == ("identify", (WORDS,))


def test_transcripts_are_those_of_a_recording_by_the_policy_of_their_purpose() -> None:
    done = Worker(spoken(CALL, head("one"))).run()
    found = [f for j in of(done.sent, Judgement) for v in j.verdicts for f in v.findings]
    told = [(s.channel, u) for w in done.log for s in w.sounds for u in s.heard.utterances]
    for purpose, policy in PIN.policies.items():
        parts = [o.message for o in done.sent if o.topic == f"calls.transcripts.{purpose}"]
        own = [fused([f for f in found if f.channel == c], 0) for c in (0, 1)]
        named = [
            f for fs in own for f in without_doubles(fs, lambda f, p=policy: p.action(f.entity) is not Action.KEEP)
        ]
        hidden = [f for f in named if policy.action(f.entity) is not Action.KEEP]
        whole = transcript(told, hidden, rate=RATE, roles=("agent", "customer"))
        assert tuple(t for p in parts for t in p.turns) == whole.turns
        text = " ".join(t.text for t in whole.turns)
        assert ("Polly" in text) == (purpose == "analytics")
        assert "[" in text
        assert "double" not in text


def test_long_transcripts_come_in_parts() -> None:
    script = dialogue(*["A: good", "C: fine"] * 150)
    sent = Worker(spoken(script, head("one"), RATE * 2)).run().sent
    parts = [o.message for o in sent if o.topic == "calls.transcripts.storage"]
    assert [(p.sequence, len(p.turns), p.last) for p in parts] == [(0, 200, False), (1, 100, True)]


def test_a_call_nobody_spoke_in_has_an_empty_transcript() -> None:
    silent = Script(1, [[]], [[]], length=0)
    sent = Worker(spoken(silent, head("one", 1))).run().sent
    assert [(p.sequence, p.turns, p.last) for p in of(sent, TranscriptPart)] == [(0, (), True)] * 2


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 999),
    crashes=st.lists(st.integers(1, 400), max_size=8),
    read_back=st.booleans(),
    lag=st.integers(0, 6),
    hole=st.booleans(),
)
def test_crashes_change_nothing(seed: int, crashes: list[int], read_back: bool, lag: int, hole: bool) -> None:
    calls = [spoken(CALL, head("one"), CHUNK * 2), spoken(SHORT, head("two")), spoken(MONO, head("three", 1))]
    if hole:
        del calls[1][17]
    log = interleaved(seed, *calls)
    quiet, broken = Worker(log).run(), Worker(log, read_back=read_back, lag=lag).run(crashes)
    ends, plain_ends = ends_of(broken.sent), ends_of(quiet.sent)  # silence may be said again
    assert ({s for _, s, _ in ends}, bool(ends)) == ({s for _, s, _ in plain_ends}, hole)
    told, plainly = said(broken.sent), said(quiet.sent)
    assert {k: told[k] for k in told.keys() - ends} == {k: plainly[k] for k in plainly.keys() - plain_ends}
    assert quiet.committed == broken.committed == len(log)
    if read_back and not lag:
        keys = [(o.topic, o.message.head.subject, o.message.sequence) for o in broken.sent if o.topic == VERDICTS]
        assert len(keys) == len(set(keys))


def test_a_judgement_in_the_log_is_not_sent_again_nor_counted() -> None:
    meter, words = Counts(), spoken(CALL, head("one"))
    plain = of(Worker(words).run().sent, Judgement)
    known = 1 + next(n for n, j in enumerate(plain) if any(v.findings for v in j.verdicts))
    again = lane({"acme/one": known}, meter=meter)
    steps = [again.take(Record(WORDS, n, 0, w), 0) for n, w in enumerate(words)]
    sent = [j for s in steps for j in of(s, Judgement)]
    assert [(j.sequence, j.verdicts) for j in sent] == [(j.sequence, j.verdicts) for j in plain[known:]]
    counted = Counter(f.entity for j in plain[known:] for v in j.verdicts for f in v.findings)
    assert meter == {("spans_total", entity): n for entity, n in counted.items()}
    assert 0 < sum(counted.values()) < sum(len(v.findings) for j in plain for v in j.verdicts)


def test_states_come_every_five_seconds_and_cover_what_is_done() -> None:
    stage, covered = lane(), []
    for n, words in enumerate(spoken(CALL, head("one"))[:-1]):
        step = stage.take(Record(WORDS, n, 0, words), 0)
        assert bool(step.states) == bool(step.done)
        if step.states:
            assert step.states[0].topic == STATE + STAGE
            covered.append(n)
            assert step.done[-1] == (WORDS, n)
    assert covered == list(range(19, 200, 20))[: len(covered)]
    assert len(covered) >= 4


def test_a_silent_call_does_not_hold_up_the_partition() -> None:
    stage = lane()
    stage.take(Record(WORDS, 0, 0, spoken(CALL, head("one"))[0]), 5)
    assert not stage.tick(IDLE_MS + 4).done
    step = stage.tick(IDLE_MS + 5)
    assert step.done == [(WORDS, 0)]
    assert step.states
    assert not stage.tick(2 * IDLE_MS + 5).states


def test_calls_of_another_fleet_are_left_alone() -> None:
    stage, other = lane(), head("one", fleet="other")
    step = stage.take(Record(WORDS, 0, 0, spoken(CALL, other)[0]), 0)
    assert (step.done, step.outs, step.states, stage.calls) == ([(WORDS, 0)], [], [], 0)
    stage.restore([State(other, STAGE, 99, b"?")])
    assert stage.tick(0).outs == []


def silenced(step: Step, reason: str) -> Judgement:
    """The last Judgement of a step, if it silences the call and everything else is as it must be."""
    judged = of(step, Judgement)[-1]
    assert (judged.silence_upto, judged.reason, judged.verdicts) == (END, reason, ())
    (event,) = of(step, Event)
    assert (event.kind, event.stage, event.reason) == (EventKind.FAILED, STAGE, reason)
    return judged


def finished(stage: IdentifyLane, step: Step) -> Step:
    """A step with what becomes of its jobs."""
    whole = Step([*step.outs], [*step.states], [*step.done])
    for job in step.jobs:
        more = stage.finish(job, job.run(), 0)
        whole = Step(whole.outs + more.outs, whole.states + more.states, whole.done + more.done)
    return whole


def after(stage: IdentifyLane, words: Sequence[Words]) -> list[Judgement]:
    return [j for n, w in enumerate(words) for j in of(stage.take(Record(WORDS, n, 0, w), 0), Judgement)]


def broken(words: Words, **changes: object) -> Words:
    sound = words.sounds[0]
    return replace(words, sounds=(replace(sound, **changes), *words.sounds[1:]))


WORDS_OF_CALL = spoken(CALL, head("one"))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (WORDS_OF_CALL[83], "words_missing"),
        (replace(WORDS_OF_CALL[82], failed="engine_lost", sounds=()), "engine_lost"),
        (replace(WORDS_OF_CALL[82], sequence=SEQUENCE_LAST, failed="state_unreadable", sounds=()), "state_unreadable"),
        (broken(WORDS_OF_CALL[82], frames=WORDS_OF_CALL[83].sounds[0].frames), "words_unfit"),
        (broken(WORDS_OF_CALL[82], frames=replace(WORDS_OF_CALL[82].sounds[0].frames, rate=16_000)), "words_unfit"),
        (broken(WORDS_OF_CALL[82], channel=2), "words_unfit"),
        (broken(WORDS_OF_CALL[82], channel=-1), "words_unfit"),
    ],
)
def test_words_that_do_not_follow_silence_the_call(words: Words, reason: str) -> None:
    stage = lane()
    judged = after(stage, WORDS_OF_CALL[:82])
    step = finished(stage, stage.take(Record(WORDS, 82, 0, words), 7))
    assert len(step.states) == 1
    assert silenced(step, reason).sequence == len(judged)
    assert step.done == [(WORDS, n) for n in range(80, 83)]
    assert stage.calls == 0
    late = stage.take(Record(WORDS, 83, 0, WORDS_OF_CALL[83]), 8)
    assert (late.done, late.outs, late.states) == ([(WORDS, 83)], [], [])
    mark = min(max(v.watermark for j in judged for v in j.verdicts if v.channel == c) for c in (0, 1))
    pieces = [p for t in of(step, TranscriptPart) for turn in t.turns for p in turn.pieces]
    assert pieces
    assert all(p.span.end <= mark for p in pieces if not p.hidden)
    assert max(u.span.end for w in WORDS_OF_CALL[:82] for s in w.sounds for u in s.heard.utterances) > mark


def test_an_unreadable_message_silences_its_call() -> None:
    stage = lane()
    judged = after(stage, WORDS_OF_CALL[:50])
    dead = Dead(STAGE, WORDS, 0, 50, "crc", 0, "acme", "one", 50)
    step = finished(stage, stage.unreadable(Unreadable(WORDS, 50, 0, dead), 0))
    assert silenced(step, "unreadable").sequence == len(judged)
    assert (WORDS, 50) in step.done


@pytest.mark.parametrize(("call", "sequence"), [("two", 50), ("one", 49), ("", -1)])
def test_an_unreadable_message_of_nobody_or_known_already_changes_nothing(call: str, sequence: int) -> None:
    stage = lane()
    after(stage, WORDS_OF_CALL[:50])
    dead = Dead(STAGE, WORDS, 0, 50, "crc", 0, "acme", call, sequence)
    step = stage.unreadable(Unreadable(WORDS, 50, 0, dead), 0)
    assert (step.done, step.outs, step.states) == ([(WORDS, 50)], [], [])
    assert stage.calls == 1


def test_what_an_engine_did_not_hear_at_the_end_is_silence() -> None:
    words = spoken(SHORT, head("one"))
    last = words[-1].sounds[0]
    words[-1] = broken(words[-1], heard=replace(last.heard, upto=last.heard.upto - RATE))
    stage = lane()
    after(stage, words[:-1])
    silenced(stage.take(Record(WORDS, 99, 0, words[-1]), 0), "unheard")


@pytest.mark.parametrize(
    ("changes", "reason"), [({"pins": {}}, "pin_unknown"), ({"detector": "other"}, "pin_mismatch")]
)
def test_only_the_detector_of_the_pin_judges(changes: dict, reason: str) -> None:
    stage = lane(**changes)
    step = finished(stage, stage.take(Record(WORDS, 0, 0, WORDS_OF_CALL[0]), 0))
    assert silenced(step, reason).sequence == 0
    assert (step.done, len(step.states)) == ([(WORDS, 0)], 1)
    assert all(p.turns == () for p in of(step, TranscriptPart))


@pytest.mark.parametrize(("changes", "reason"), [({"pins": {}}, "pin_unknown"), ({"detector": "x"}, "pin_mismatch")])
def test_a_call_of_another_detector_is_silenced_behind_what_is_in_the_log(changes: dict, reason: str) -> None:
    stage = lane()
    state = [stage.take(Record(WORDS, n, 0, w), 0) for n, w in enumerate(WORDS_OF_CALL[:40])][39].states[0].message
    other = lane({"acme/one": 44}, **changes)
    other.restore([state])
    assert silenced(other.take(Record(WORDS, 40, 0, WORDS_OF_CALL[40]), 0), reason).sequence == 44


def test_a_call_without_beginning_is_silenced() -> None:
    stage = lane()
    step = finished(stage, stage.take(Record(WORDS, 9, 0, WORDS_OF_CALL[9]), 0))
    assert silenced(step, "words_missing").sequence == SEQUENCE_LAST
    assert step.done == [(WORDS, 9)]
    step = lane({"acme/one": 5}).take(Record(WORDS, 9, 0, WORDS_OF_CALL[9]), 0)
    assert silenced(step, "words_missing").sequence == 5


@pytest.mark.parametrize("spoilt", ["version", "body", "channels"])
def test_a_state_that_cannot_be_read_silences_its_call(spoilt: str) -> None:
    stage = lane()
    state = [stage.take(Record(WORDS, n, 0, w), 0) for n, w in enumerate(WORDS_OF_CALL[:40])][39].states[0].message
    if spoilt == "version":
        state = replace(state, version=2)
    elif spoilt == "body":
        state = replace(state, body=state.body[:-9])
    else:
        state = replace(state, head=replace(state.head, channels=1))
    other = lane({"acme/one": 30})
    other.restore([state])
    step = other.take(Record(WORDS, 40, 0, WORDS_OF_CALL[40]), 0)
    assert silenced(step, "state_unreadable").sequence == 30
    assert step.done == [(WORDS, 40)]
    finished(other, step)
    assert other.calls == 0


def test_the_end_of_a_call_is_remembered_until_its_words_are_committed() -> None:
    done = Worker(spoken(SHORT, head("one"))).run()
    assert done.states["acme/one"].body is not None
    other = lane()
    other.restore(done.states.values())
    step = other.take(Record(WORDS, 30, 0, done.log[30]), 1_000)
    assert (step.done, step.outs) == ([(WORDS, 30)], [])
    assert other.tick(1_000 + CLOSED_MS - 1).states == []
    (tombstone,) = other.tick(1_000 + CLOSED_MS).states
    assert tombstone.message.body is None
    assert other.tick(1_000 + 2 * CLOSED_MS).states == []


def test_a_result_nobody_waits_for_is_refused() -> None:
    with pytest.raises(ValueError, match="no job"):
        lane().finish(Job("x", list), None, 0)


def test_a_call_is_over_when_its_transcripts_are_made() -> None:
    stage, words = lane(), spoken(SHORT, head("one"))
    steps = [stage.take(Record(WORDS, n, 0, w), 0) for n, w in enumerate(words)]
    assert of(steps[-1], Judgement)
    assert (steps[-1].done, steps[-1].states, stage.calls) == ([], [], 1)
    again = stage.take(Record(WORDS, 99, 0, words[-1]), 0)
    assert (again.done, again.outs, again.jobs) == ([(WORDS, 99)], [], [])
    (job,) = steps[-1].jobs
    step = stage.finish(job, job.run(), 0)
    assert (step.done[-1], len(step.states), stage.calls) == ((WORDS, len(words) - 1), 1, 0)
    assert [p.last for p in of(step, TranscriptPart)] == [True, True]


def test_a_transcript_that_cannot_be_made_is_empty() -> None:
    spoken_ = Spoken()
    spoken_.say(7, Utterance(at(1, 2), (Word(at(1, 2), "hello", 1.0),)))
    assert [(p.purpose, p.turns, p.last) for p in spoken_.parts(head("one"), PIN)] == [
        ("analytics", (), True),
        ("storage", (), True),
    ]


@settings(max_examples=30, deadline=None)
@given(step=st.integers(900, 30_000))
def test_news_that_fit_are_left_as_they_are(step: int) -> None:
    for channel in (0, 1):
        fit = Fit(RATE)
        for sound in sounds(CALL, channel, range(0, CALL.length, step)):
            fitted = fit.push(sound)
            assert replace(fitted, frames=sound.frames) == sound
            assert fitted.frames is sound.frames


def at(*seconds: float) -> Span:
    return Span(samples(seconds[0]), samples(seconds[1]))


def news(upto: float, spoken_: Sequence[Utterance], first: int, end: int, keys_upto: float = 0) -> Sound:
    rms = np.full(end - first, 0.5, np.float32)
    return Sound(0, Heard(samples(upto), tuple(spoken_)), (), samples(keys_upto), Frames(RATE, first, rms, rms / 2))


def test_another_recogniser_is_made_to_fit_what_was_told() -> None:
    fit = Fit(RATE)
    word = Word(at(1.2, 1.8), "hello", 1.0)
    fit.push(news(4, [Utterance(at(1, 2), (word,))], 0, 500, 4))
    again = Utterance(at(0.5, 3), (word, Word(at(1.9, 2.4), "there", 1.0), Word(at(2.5, 2.9), "ada", 1.0)))
    sound = fit.push(news(3, [Utterance(at(0, 2), (word,)), again], 450, 600, 3))
    assert (sound.heard.upto, sound.keys_upto) == (samples(4), samples(4))
    (told,) = sound.heard.utterances
    assert told.span == at(2, 3)
    assert [(w.text, w.span) for w in told.words] == [("there", at(2, 2.4)), ("ada", at(2.5, 2.9))]
    assert (sound.frames.first, sound.frames.end) == (500, 600)
    with pytest.raises(ValueError, match="follow"):
        fit.push(news(4, [], 601, 700))


def test_a_call_with_a_hole_is_silenced_whatever_the_log_knows_already() -> None:
    """Whoever reads the hole again says so again, behind all that is in the log: twice is harmless, never is not."""
    with_hole = [*WORDS_OF_CALL[:50], *WORDS_OF_CALL[51:60]]
    judged = after(lane(), with_hole)
    assert judged[-1].silence_upto == END
    again = after(lane({"acme/one": len(judged)}), with_hole)
    assert [(j.sequence, j.silence_upto, j.verdicts) for j in again] == [(len(judged), END, ())]


@pytest.mark.parametrize("restored", [False, True])
def test_findings_below_the_published_watermark_are_cut(restored: bool) -> None:
    """A recogniser that took up the call tells of a number where the first had told of silence."""
    stage = lane()
    state = [stage.take(Record(WORDS, n, 0, w), 0) for n, w in enumerate(WORDS_OF_CALL[:40])][39].states[0].message
    if restored:
        stage = lane()
        stage.restore([state])
    marks = [c["watermark"] for c in msgpack.unpackb(stage._calls["acme/one"].snapshot())["identify"]["channels"]]
    key = Span(marks[0] - 900, marks[0] + 400)
    step = stage.take(Record(WORDS, 40, 0, broken(WORDS_OF_CALL[40], keys=(key, Span(5, 900)))), 0)
    found = [f for j in of(step, Judgement) for v in j.verdicts for f in v.findings if f.entity == "KEYPAD"]
    assert [f.span for f in found] == [Span(marks[0], key.end)]


def test_roles_of_channels_without_one_are_unknown() -> None:
    bare = replace(PIN, roles=("agent",))
    words = spoken(SHORT, head("one", pin=bare.sha256))
    stage = lane(pins={bare.sha256: bare})
    steps = [finished(stage, stage.take(Record(WORDS, n, 0, w), 0)) for n, w in enumerate(words)]
    parts = [p for step in steps for p in of(step, TranscriptPart)]
    assert {(t.channel, t.role) for p in parts for t in p.turns} == {(0, Role.AGENT), (1, Role.UNKNOWN)}
