"""The live stage `hear`: a worker that dies anywhere changes no word; what cannot be heard fails closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import msgpack
import numpy as np
import pytest
import written
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import RATE, dialogue
from written import WrittenEngine, calls, open_dying, open_engine, open_mortal

from pipeline.adapters.policy_file import preset
from pipeline.adapters.resample import Resampler
from pipeline.core.fit import Fit
from pipeline.core.ledger import Ledger
from pipeline.core.messages import Audio, Dead, Event, EventKind, Head, Message, Pcm16, State, Words, WrappedKey
from pipeline.core.pin import Pin
from pipeline.core.topics import AUDIO, EVENTS, STATE, WORDS, topics
from pipeline.ports.engine import Engine, ModelIdentity
from pipeline.ports.lane import Job, Record, Step, Unreadable
from pipeline.stages.channel import Hear
from pipeline.stages.hear import RETELL_MS, SEQUENCE_LAST, STAGE, HearLane
from pipeline.stages.hear_call import joined

CHUNK = RATE // 4


def pin_of(identity: ModelIdentity) -> Pin:
    return Pin(
        {"storage": preset("default")}, ("agent", "customer"), "detector", identity.engine, identity.engine_version,
        identity.model, identity.language, identity.sha256, "test",
    )  # fmt: skip


PIN = pin_of(written.identity())


def head(call: str, *, pin: Pin = PIN, rate: int = RATE, channels: int = 2, fleet: str = "main") -> Head:
    return Head("acme", call, fleet, pin.sha256, rate, channels, 0, WrappedKey("kek", b""))


def chunks(of: Head, pcm: Pcm16, *, empty_last: bool = False) -> list[Audio]:
    """A call in messages of 250 ms. empty_last: its end is told by a message of its own."""
    size = of.rate // 4
    starts = list(range(0, len(pcm), size)) + [len(pcm)] * empty_last
    return [
        Audio(of, n, at, pcm[at : at + size], n * 250, last=n == len(starts) - 1, reason="ended")
        for n, at in enumerate(starts)
    ]


def mixed(*of_calls: Sequence[Audio], offset: int = 7) -> list[Audio]:
    """Calls side by side; the later ones begin `offset` messages after one another."""
    at = [(n + offset * k, k, audio) for k, audios in enumerate(of_calls) for n, audio in enumerate(audios)]
    return [audio for *_, audio in sorted(at, key=lambda item: item[:2])]


PCMS = [pcm for _, pcm in calls(11, 3, 14)]
LOG = mixed(*(chunks(head(f"call{n}"), pcm, empty_last=n == 1) for n, pcm in enumerate(PCMS)))
LOG[60:60] = LOG[50:54]  # what accept sends again after it died itself


class Counts:
    """Implements ports.lane.Meter."""

    def __init__(self) -> None:
        self.total: dict[str, float] = {}

    def add(self, name: str, value: float = 1, **labels: str) -> None:
        self.total[name] = self.total.get(name, 0) + value

    def observe(self, name: str, value: float, **labels: str) -> None:
        self.add(name + "_count")


@dataclass
class World:
    """The broker and a runner around a lane: a log of audio, and what became of it. now_ms: of the workers' clock.

    lag: after how many more steps a step is confirmed. every: jobs are run after so many records.
    """

    log: Sequence[Message | Dead]
    engine: Engine = field(default_factory=open_engine)
    lag: int = 0
    every: int = 1
    pins: dict[str, Pin] = field(default_factory=lambda: {PIN.sha256: PIN})
    words: list[Words] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)
    meter: Counts = field(default_factory=Counts)
    ledger: Ledger = field(default_factory=lambda: Ledger(0))
    first: int = 0
    steps: int = 0
    now_ms: int = 0
    looks: Callable[[HearLane], None] = lambda lane: None

    def lane(self) -> HearLane:
        lane = HearLane(fleet="main", engine=self.engine, resampler=Resampler, pins=self.pins, meter=self.meter)
        lane.restore(list(self.states.values()))
        return lane

    def run(self, crash_at: int | None = None) -> HearLane:
        """A worker from its start to its death after `crash_at` steps, or till all is done."""
        lane, self.steps = self.lane(), 0
        self.first = self.ledger.commit
        self.ledger = Ledger(self.first)
        waiting: list[Job] = []
        unconfirmed: list[Step] = []

        def took(step: Step) -> bool:
            self._sent(step)
            waiting.extend(step.jobs)
            unconfirmed.append(step)
            while len(unconfirmed) > self.lag:
                self._confirmed(unconfirmed.pop(0))
            self.looks(lane)
            self.steps += 1
            return self.steps == crash_at

        for offset in range(self.first, len(self.log)):
            self.ledger.take(offset)
            message = self.log[offset]
            at_ms = offset * 80
            self.now_ms = max(self.now_ms, at_ms)
            if isinstance(message, Dead):
                step = lane.unreadable(Unreadable(AUDIO, offset, at_ms, message), self.now_ms)
            else:
                step = lane.take(Record(AUDIO, offset, at_ms, message), self.now_ms)
            if took(step):
                return lane
            while waiting and (offset % self.every == 0 or offset == len(self.log) - 1):
                job = waiting.pop(0)
                if took(lane.finish(job, job.run(), self.now_ms)):
                    return lane
        for step in unconfirmed:
            self._confirmed(step)
        return lane

    def _sent(self, step: Step) -> None:
        for out in step.outs:
            if out.topic == WORDS:
                assert isinstance(out.message, Words)
                self.words.append(out.message)
            else:
                assert out.topic == EVENTS
                assert isinstance(out.message, Event)
                self.events.append(out.message)

    def _confirmed(self, step: Step) -> None:
        for out in step.states:
            assert isinstance(out.message, State)
            assert out.topic == STATE + STAGE
            subject = out.message.head.subject
            if out.message.body is None:
                self.states.pop(subject, None)
            else:
                assert len(out.message.body) < 60_000
                self.states[subject] = out.message
        for topic, offset in step.done:
            assert topic == AUDIO
            self.ledger.done(offset)


def heard(words: Sequence[Words], channels: int = 2, rate: int = RATE) -> dict[str, list[tuple[Any, ...]]]:
    """By call, all that whoever takes Words makes of the log: the first of each sequence, in order, without repeats."""
    first: dict[str, dict[int, Words]] = {}
    for message in words:
        first.setdefault(message.head.call, {}).setdefault(message.sequence, message)
    out: dict[str, list[tuple[Any, ...]]] = {}
    for call, by_sequence in first.items():
        fits = [Fit(rate) for _ in range(channels)]
        assert sorted(by_sequence) == list(range(len(by_sequence)))
        for sequence in sorted(by_sequence):
            message = by_sequence[sequence]
            assert not message.failed
            assert [s.channel for s in message.sounds] == list(range(channels))
            out.setdefault(call, []).append(
                (sequence, message.spoken_ms, *(plain(f.push(s)) for f, s in zip(fits, message.sounds, strict=True)))
            )
    return out


def plain(sound: Any) -> tuple[Any, ...]:
    frames = sound.frames
    levels = (frames.first, frames.rms.tolist(), frames.threshold.tolist())
    return (sound.channel, sound.heard, sound.keys, sound.keys_upto, sound.ended, levels)


def expected(audios: Sequence[Audio]) -> dict[str, list[tuple[Any, ...]]]:
    """The same by hand: every channel heard from its beginning to its end."""
    out: dict[str, list[tuple[Any, ...]]] = {}
    hears: dict[str, list[Hear]] = {}
    for audio in audios:
        of = audio.head
        if audio.sequence < len(out.get(of.call, [])):
            continue
        own = hears.setdefault(of.call, [Hear(c, of.rate, 16, open_engine(), Resampler) for c in range(of.channels)])
        sounds = [hear.push(audio.pcm[:, c].astype(np.int32)) for c, hear in enumerate(own)]
        if audio.last:
            sounds = [joined(sound, hear.flush()) for sound, hear in zip(sounds, own, strict=True)]
        out.setdefault(of.call, []).append((audio.sequence, audio.spoken_ms, *(plain(s) for s in sounds)))
    return out


WHOLE = expected(LOG)


def ended(world: World, lane: HearLane) -> None:
    """Holds once all was taken: nothing is left in memory, in the states, or to be read again."""
    assert lane.calls == 0
    assert world.states == {}
    assert world.ledger.commit == len(world.log)
    assert not lane.paused


@pytest.mark.parametrize("every", [1, 5, 1000])
def test_every_chunk_becomes_words_of_its_own(every: int) -> None:
    world = World(LOG, every=every)
    lane = world.run()
    assert heard(world.words) == WHOLE
    assert len(world.words) == sum(map(len, WHOLE.values()))  # and nothing comes twice
    assert not world.events
    ended(world, lane)
    seconds = sum(len(pcm) * 2 for pcm in PCMS) / RATE
    assert world.meter.total["audio_seconds_total"] == pytest.approx(seconds)
    assert world.meter.total["words_total"] == sum(
        len(u.words) for told in WHOLE.values() for row in told for s in row[2:] for u in s[1].utterances
    )


@settings(max_examples=25, deadline=None)
@given(
    crashes=st.lists(st.integers(1, 400), min_size=1, max_size=4),
    lag=st.integers(0, 30),
    every=st.sampled_from([1, 2, 9, 40]),
)
def test_workers_that_die_change_no_word(crashes: list[int], lag: int, every: int) -> None:
    world = World(LOG, lag=lag, every=every)
    for crash_at in crashes:
        world.run(crash_at)
    lane = world.run()
    assert heard(world.words) == WHOLE
    assert not world.events
    ended(world, lane)


@settings(max_examples=20, deadline=None)
@given(
    crashes=st.lists(st.integers(1, 110), min_size=1, max_size=3),
    lates_ms=st.lists(st.sampled_from([0, 100, 400, 1_500, 3_000]), min_size=4, max_size=4),
    lag=st.integers(0, 20),
)
def test_no_utterance_falls_between_workers_that_tell_it_sooner_and_later(
    crashes: list[int], lates_ms: list[int], lag: int
) -> None:
    """The first Words of a sequence count: what only a repeat tells would be lost if it were not told again."""
    audios = chunks(head("c"), PCMS[0])
    world = World(audios, lag=lag)
    for crash_at, late_ms in zip([*crashes, None], lates_ms, strict=False):
        world.engine = WrittenEngine(late_ms=late_ms)
        lane = world.run(crash_at)
    ended(world, lane)
    rows = heard(world.words)["c"]
    for channel in (0, 1):
        told = [u for row in rows for u in row[2 + channel][1].utterances]
        assert told == [u for row in WHOLE["call0"] for u in row[2 + channel][1].utterances]


def test_a_crash_reads_little_again() -> None:
    """Far less than the call: what a state covers is done."""
    _, pcm = next(calls(3, 1, 60))
    world = World(chunks(head("long"), pcm))
    worst = 0

    def look(lane: HearLane) -> None:
        nonlocal worst
        worst = max(worst, world.ledger.distance)

    world.looks = look
    world.run()
    assert len(world.log) > 240
    assert worst <= 4 * (10 + 1 + 2 + 5 + 1)  # an utterance, a pause, the lead and its rounding, between two states


def test_a_silent_call_holds_little() -> None:
    pcm = np.ones((60 * RATE, 2), np.int16)
    world = World(chunks(head("quiet"), pcm))
    held = 0

    def look(lane: HearLane) -> None:
        nonlocal held
        for call in lane._calls.values():
            held = max(held, sum(c.pcm.nbytes for c in call.old) + len(call.state()))

    world.looks = look
    world.run()
    assert 0 < held < 200_000


def test_an_engine_that_dies_is_opened_again_and_nobody_notices() -> None:
    world = World(LOG, engine=open_mortal(), every=3)
    short = WrittenEngine(mortal_s=14.0)
    world.engine = short
    lane = world.run()
    assert heard(world.words) == WHOLE
    assert world.meter.total["engine_restarts_total"] >= 3
    ended(world, lane)


def failed(world: World, reason: str) -> Words:
    """The one message that says that a call cannot be heard."""
    last = [w for w in world.words if w.failed and w.sequence != SEQUENCE_LAST]
    assert [w.failed for w in last] == [reason]
    assert last[0].sounds == ()
    assert [(e.kind, e.stage, e.reason) for e in world.events] == [(EventKind.FAILED, STAGE, reason)]
    return last[0]


def test_an_engine_that_always_dies_fails_the_call() -> None:
    world = World(chunks(head("c"), PCMS[0]), engine=open_dying())
    lane = world.run()
    told = failed(world, "engine_failed")
    assert told.sequence == 3
    ended(world, lane)


def test_only_that_call_fails() -> None:
    """An engine's failure is a call's own, and words of others go on."""
    bad = replace(LOG[0].head, call="bad", pin="0" * 64)
    world = World(mixed(chunks(bad, PCMS[0]), chunks(LOG[0].head, PCMS[0])))
    lane = world.run()
    assert failed(world, "pin_mismatch").head == bad
    assert heard([w for w in world.words if w.head != bad]) == {"call0": WHOLE["call0"]}
    ended(world, lane)


@pytest.mark.parametrize("field_", ["engine", "engine_version", "model", "model_sha256", "language"])
def test_another_engine_than_the_pin_says_hears_nothing(field_: str) -> None:
    other = replace(PIN, **{field_: "other"})
    world = World(chunks(head("c", pin=other), PCMS[0]), pins={PIN.sha256: PIN, other.sha256: other})
    lane = world.run()
    assert failed(world, "pin_mismatch").sequence == 0
    assert [w.sequence for w in world.words] == [0, SEQUENCE_LAST]
    ended(world, lane)


def test_a_worker_with_another_engine_that_takes_over_fails_the_call_for_good() -> None:
    world = World(chunks(head("c"), PCMS[0]))
    world.run(90)
    assert world.states
    world.pins = {}
    before = len(world.words)
    lane = world.run()
    state = failed(world, "pin_mismatch")
    # It cannot know what was told, so it also leaves a hole that is behind everything.
    assert state.sequence < before
    assert world.words[-1].sequence == SEQUENCE_LAST
    ended(world, lane)


@pytest.mark.parametrize("damage", ["version", "noise", "empty", "channels", "place"])
def test_a_state_nobody_can_read_fails_the_call(damage: str) -> None:
    world = World(chunks(head("c"), PCMS[0]))
    world.run(80)
    subject, state = next(iter(world.states.items()))
    assert state.body is not None
    sequence, spoken_ms, snapshots = msgpack.unpackb(state.body)
    broken = {
        "version": replace(state, version=2),
        "noise": replace(state, body=b"\xc1" + state.body),
        "empty": replace(state, body=b""),
        "channels": replace(state, body=msgpack.packb([sequence, spoken_ms, snapshots[:1]])),
        "place": replace(
            state, body=msgpack.packb([sequence, spoken_ms, [{**s, "refeed_from": s["pushed"]} for s in snapshots]])
        ),
    }
    world.states[subject] = broken[damage]
    lane = world.run()
    failed(world, "state_unreadable")
    assert world.words[-1].sequence == SEQUENCE_LAST
    ended(world, lane)


def dead(audio: Audio, **known: Any) -> Dead:
    """`audio` as a message that nobody can read."""
    coordinates = {"tenant": "acme", "call": audio.head.call, "sequence": audio.sequence, **known}
    return Dead("hear", AUDIO, 0, 0, "unreadable", 0, **coordinates)


@settings(max_examples=15, deadline=None)
@given(
    holes=st.sets(st.integers(0, 50), min_size=1, max_size=4),
    known=st.booleans(),
    crashes=st.lists(st.integers(1, 110), max_size=2),
)
def test_a_chunk_nobody_can_read_is_heard_as_silence(holes: set[int], known: bool, crashes: list[int]) -> None:
    audios = chunks(head("c"), PCMS[0])
    holes = {h for h in holes if h < len(audios) - 1 and (known or h)}
    blank = [replace(a, pcm=np.zeros_like(a.pcm)) if a.sequence in holes else a for a in audios]
    log = [dead(a, **({} if known else {"call": "", "sequence": -1})) if a.sequence in holes else a for a in audios]
    if known and 0 in holes and 1 in holes:
        log[1] = audios[1]
        blank[1] = audios[1]
    world = World(log)
    for crash_at in crashes:
        world.run(crash_at)
    lane = world.run()
    if world.events:  # a hole where a worker takes up: nobody knows whether its state is old
        assert not known
        assert crashes
        assert {e.reason for e in world.events} == {"audio_unfit"}
        return
    spoken = [[(row[0], *row[2:]) for row in told] for told in heard(world.words).values()]
    assert spoken == [[(row[0], *row[2:]) for row in told] for told in expected(blank).values()]
    ended(world, lane)


def test_a_state_of_a_worker_thought_dead_fails_the_call() -> None:
    """It was written last and says least: what it needs to hear again is committed, and does not come any more."""
    world = World(chunks(head("c"), PCMS[0]))
    world.run(crash_at=50)
    old = dict(world.states)
    world.run(crash_at=60)
    assert old
    assert world.states["acme/c"].body != old["acme/c"].body
    world.states = old
    lane = world.run()
    assert world.events[-1].reason == "audio_unfit"
    assert lane.calls == 0


def test_a_last_chunk_nobody_can_read_fails_the_call_after_a_while() -> None:
    audios = chunks(head("c"), PCMS[0])
    world = World([*audios[:-1], dead(audios[-1])])
    lane = world.run()
    assert lane.calls == 1
    now = len(audios) * 80
    assert not lane.tick(now + 50_000).outs
    step = lane.tick(now + 70_000)
    assert {o.message.failed for o in step.outs if isinstance(o.message, Words)} == {"audio_unreadable"}
    assert (AUDIO, len(audios) - 1) in step.done
    assert lane.calls == 0


@pytest.mark.parametrize("change", [{"start_sample": CHUNK * 4 - 1}, {"start_sample": 90 * RATE, "sequence": 7}])
def test_audio_that_does_not_follow_fails_the_call(change: dict[str, int]) -> None:
    audios = chunks(head("c"), PCMS[0])
    world = World([*audios[:4], replace(audios[4], **change), *audios[5:]])
    lane = world.run()
    assert failed(world, "audio_unfit").sequence == 4
    ended(world, lane)


def test_calls_of_other_fleets_and_the_middle_of_calls_that_are_over_are_left_alone() -> None:
    world = World([*chunks(head("other", fleet="blue"), PCMS[0]), *chunks(head("over"), PCMS[1])[9:]])
    lane = world.run()
    assert world.words == []
    assert world.events == []
    ended(world, lane)


def test_too_much_waiting_audio_pauses_the_topic() -> None:
    audios = chunks(head("c"), PCMS[0])
    size = audios[0].pcm.nbytes
    lane = HearLane(
        fleet="main", engine=open_engine(), resampler=Resampler, pins={PIN.sha256: PIN}, meter=Counts(),
        queue_bytes_max=45 * size,
    )  # fmt: skip
    jobs, paused = [], []
    for n, audio in enumerate(audios[:50]):
        jobs += lane.take(Record(AUDIO, n, 0, audio), 0).jobs
        paused.append(bool(lane.paused))
    assert paused == [False] * 45 + [True] * 5
    assert lane.paused == {AUDIO}
    assert len(jobs) == 1  # one at a time
    waits = []
    while jobs:
        job = jobs.pop()
        jobs += lane.finish(job, job.run(), 0).jobs
        waits.append(bool(lane.paused))
    assert waits[:3] == [True, True, False]  # 49, 29 and 9 chunks


def test_what_a_predecessor_meant_to_tell_later_is_told_again() -> None:
    """A worker that hears an utterance earlier than the dead one did would lose it, were it told once only."""
    script = dialogue("A: one two three", "C +6.6: [four five six]", rest_s=20)
    audios = chunks(head("c"), written.write(script))
    world = World(audios)
    world.run(2 * 44)  # there is a state of 10 s; what the customer says is told 250 ms later
    assert world.states
    told = len(world.words)
    lane = world.lane()
    again: list[Words] = []
    for offset in range(world.ledger.commit, len(audios)):
        at_ms = offset * 250
        step = lane.take(Record(AUDIO, offset, at_ms, audios[offset]), 44 * 250)
        for job in step.jobs:
            done = lane.finish(job, job.run(), 44 * 250)
            again += [o.message for o in done.outs if isinstance(o.message, Words)]
    first = again[0].sequence
    assert first < told
    late = [w for w in again if w.sequence >= told]
    fresh = {u for w in again if w.sequence < told for s in w.sounds for u in s.heard.utterances}
    repeated = {u for s in late[0].sounds for u in s.heard.utterances}
    assert fresh
    assert fresh <= repeated
    quiet = [w for w in again if w.sequence * 250 > 44 * 250 + RETELL_MS]
    assert quiet
    assert not any(s.heard.utterances for w in quiet for s in w.sounds)


def test_hear_may_write_what_it_writes() -> None:
    table = topics(("storage",))
    assert all(STAGE in table[name].writers for name in (WORDS, EVENTS, STATE + STAGE))
    assert STAGE in table[AUDIO].readers


def test_whisper_taken_up_elsewhere_keeps_the_contract(engine: Engine) -> None:
    """A real engine, dead in the middle: what is told stays in order and nothing of the call is left out."""
    import soundfile
    from engines import SAMPLES

    pcm, rate = soundfile.read(SAMPLES / "card_payment" / "call.wav", dtype="int16", always_2d=True)
    pcm = pcm[: 24 * rate]
    pin = pin_of(engine.identity)
    log = chunks(head("c", pin=pin, rate=rate), pcm)
    whole = World(log, engine=engine, pins={pin.sha256: pin}, every=8)
    whole.run()
    world = World(log, engine=engine, pins={pin.sha256: pin}, every=8)
    world.run(70)
    assert world.states
    lane = world.run()
    ended(world, lane)
    rows, truth = heard(world.words, rate=rate)["c"], heard(whole.words, rate=rate)["c"]
    for channel in (0, 1):
        sounds = [row[2 + channel] for row in rows]
        uptos = [s[1].upto for s in sounds]
        assert uptos == sorted(uptos)
        assert uptos[-1] == len(pcm)
        assert [s[4] for s in sounds] == [False] * (len(log) - 1) + [True]
        told = [u for s in sounds for u in s[1].utterances]
        assert all(a.span.end <= b.span.start for a, b in pairwise(told))
        assert [s[2:] for s in sounds] == [row[2 + channel][2:] for row in truth]  # keys and loudness are exact
        # Rounding differs where the resampler began, and a letter of a word may; what counts as speech does not.
        assert [u.span for u in told] == [u.span for row in truth for u in row[2 + channel][1].utterances]
        assert any(u.words for u in told)
