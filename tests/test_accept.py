"""accept gives every call on in order, refuses what does not fit, and after any crash goes on as if there was none."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.ledger import Ledger
from pipeline.core.messages import Audio, Dead, Event, EventKind, Intake, Missing, State, WrappedKey
from pipeline.core.metric_table import METRICS
from pipeline.core.span import Span
from pipeline.core.topics import INTAKE, STATE
from pipeline.ports.lane import Job, Record, Step, Unreadable
from pipeline.stages import accept
from pipeline.stages.accept import AcceptLane
from pipeline.stages.accept_call import Refused

RATE = 8000
SIZE = 2000
T0 = 1_700_000_000_000
IDLE_MS = 60_000
PCM = np.random.default_rng(3).integers(-30_000, 30_000, (20 * RATE, 2)).astype(np.int16)


class Counts(dict[str, float]):
    """A meter that can be read, and knows only metrics of the table."""

    def add(self, name: str, value: float = 1, **labels: str) -> None:
        assert set(labels) == set(METRICS[name].labels)
        key = "/".join((name, *labels.values()))
        self[key] = self.get(key, 0) + value

    def observe(self, name: str, value: float, **labels: str) -> None:
        raise AssertionError("accept observes nothing")


@dataclass
class NewKeys:
    made: int = 0

    def new(self) -> WrappedKey:
        self.made += 1
        return WrappedKey("kek", b"%d" % self.made)


def lane(**options: Any) -> AcceptLane:
    plain = {
        "pin": "a" * 64, "fleet": "main", "tenants": frozenset(), "idle_ms": IDLE_MS, "reorder_ms": 200,
        "keys": NewKeys(), "meter": Counts(),
    }  # fmt: skip
    return AcceptLane(**plain | options)


def audio(start: int, end: int, channel: int | None = None, call: str = "c1", final: bool = False) -> Intake:
    pcm = PCM[start:end] if channel is None else PCM[start:end, channel : channel + 1]
    return Intake("acme", call, channel, 2, RATE, 0, start, pcm, final)


@dataclass
class Feed:
    """Messages into a lane, one after another; what came out."""

    lane: AcceptLane
    at_ms: int = T0
    offset: int = 0
    steps: list[Step] = field(default_factory=list)
    messages: list[Intake] = field(default_factory=list)

    def put(self, message: Intake, after_ms: int = 250) -> Step:
        self.at_ms += after_ms
        record = Record(INTAKE, self.offset, self.at_ms, message)
        self.offset += 1
        self.messages.append(message)
        self.steps.append(self.lane.take(record, self.at_ms))
        return self.steps[-1]

    def tick(self, after_ms: int) -> Step:
        end_ms = self.at_ms + after_ms
        while self.at_ms < end_ms:
            self.at_ms = min(end_ms, self.at_ms + 5000)
            self.steps.append(self.lane.tick(self.at_ms))
        return self.steps[-1]

    def all(self, kind: type) -> list[Any]:
        return [out.message for step in self.steps for out in step.outs if isinstance(out.message, kind)]

    @property
    def done(self) -> list[int]:
        return sorted(offset for step in self.steps for _, offset in step.done)


def reasons(step: Step) -> list[str]:
    return [out.message.reason for out in step.outs if isinstance(out.message, Dead)]


def test_a_call_from_its_first_message_to_its_last() -> None:
    feed = Feed(lane(meter=(counts := Counts())))
    first = feed.put(replace(audio(0, 3000), trace="00-" + "1" * 32 + "-" + "2" * 16 + "-01"))
    kinds = [type(out.message) for out in first.outs]
    assert kinds == [State, Event, Audio], "the state comes first: the key in it opens all that follows"
    assert feed.lane.calls == 1
    for start in range(3000, 18_000, 3000):
        feed.put(audio(start, start + 3000))
    feed.put(audio(18_000, 18_500, final=True))
    chunks = feed.all(Audio)
    assert [c.sequence for c in chunks] == list(range(10))
    assert [len(c.pcm) for c in chunks] == [SIZE] * 9 + [500]
    assert [(c.last, c.reason) for c in chunks] == [(False, "")] * 9 + [(True, "ended")]
    np.testing.assert_array_equal(np.concatenate([c.pcm for c in chunks]), PCM[:18_500])
    assert [c.spoken_ms - T0 for c in chunks[:3]] == [250, 500, 500], "when its last sample came"
    head = chunks[0].head
    assert {c.head for c in chunks} == {head}
    assert (head.subject, head.fleet, head.pin, head.started_ms) == ("acme/c1", "main", "a" * 64, T0 + 250)
    assert head.trace.startswith("00-1")
    events = feed.all(Event)
    assert [(e.kind, e.reason) for e in events] == [(EventKind.STARTED, ""), (EventKind.ENDED, "ended")]
    assert feed.done == list(range(7))
    assert (feed.lane.calls, feed.lane.paused) == (0, frozenset())
    assert counts == {"calls_total/ended": 1, "audio_seconds_total": pytest.approx(2 * 18_500 / RATE)}


def test_offsets_are_done_with_the_state_that_covers_them() -> None:
    feed = Feed(lane())
    for start in range(0, 17_000, 1700):
        step = feed.put(audio(start, start + 1700))
    assert len(step.states) == 1
    assert feed.done == list(range(9)), "the last one reaches beyond sample 16,000, where the state stands"
    assert sum(len(s.states) for s in feed.steps) == 1


def test_what_never_comes_is_missing_and_what_comes_then_is_late() -> None:
    feed = Feed(lane(meter=(counts := Counts())))
    feed.put(audio(0, 1000))
    feed.put(audio(1500, 3000))
    assert feed.all(Audio) == []
    feed.put(audio(3000, 4000))
    (chunk,) = [c for c in feed.all(Audio) if c.sequence == 0]
    assert chunk.missing == (Missing(0, Span(1000, 1500)), Missing(1, Span(1000, 1500)))
    assert not chunk.pcm[1000:1500].any()
    step = feed.put(audio(1200, 4200))
    assert reasons(step) == [Refused.LATE]
    feed.put(audio(4200, 4200, final=True))
    np.testing.assert_array_equal(feed.all(Audio)[-1].pcm, PCM[4000:4200])
    assert counts["missing_samples_total"] == 1000
    assert counts["dead_letters_total/late"] == 1
    assert feed.done == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (replace(audio(2000, 4000), rate=16_000), Refused.WRONG_RATE),
        (replace(audio(2000, 4000), channels=3), Refused.WRONG_CHANNELS),
        (replace(audio(2000, 4000), start_sample=1000 + 60 * RATE + 1), Refused.FIRST_SAMPLE_TOO_FAR),
        (replace(audio(2000, 4000), tenant="other"), Refused.TENANT_NOT_ALLOWED),
        (replace(audio(2000, 4000, call="c2"), start_sample=60 * RATE + 1), Refused.FIRST_SAMPLE_TOO_FAR),
    ],
)
def test_what_does_not_fit_is_refused_and_the_call_goes_on(message: Intake, reason: Refused) -> None:
    feed = Feed(lane(tenants=frozenset({"acme"}), meter=(counts := Counts())))
    feed.put(audio(0, 1000))
    step = feed.put(replace(message, sequence=7))
    (dead,) = [out.message for out in step.outs]
    assert (dead.reason, dead.offset, dead.topic, dead.tenant, dead.call) == (
        reason, 1, INTAKE, message.tenant, message.call,
    )  # fmt: skip
    assert (dead.sequence, dead.start_sample, dead.original) == (7, message.start_sample, None)
    assert step.done == [(INTAKE, 1)]
    assert counts == {f"dead_letters_total/{reason}": 1}
    feed.put(audio(1000, 2000, final=True))
    np.testing.assert_array_equal(np.concatenate([c.pcm for c in feed.all(Audio)]), PCM[:2000])
    assert feed.lane.calls == 0


def test_a_minute_may_be_missing_at_the_start() -> None:
    feed = Feed(lane())
    feed.put(replace(audio(0, 2000), start_sample=60 * RATE))
    feed.put(replace(audio(0, 0, final=True), start_sample=60 * RATE + 2000))
    chunks = feed.all(Audio)
    assert sum(len(c.pcm) for c in chunks) == 60 * RATE + 2000
    assert all(len(c.missing) == 2 for c in chunks[:240])
    np.testing.assert_array_equal(chunks[240].pcm, PCM[:2000])


def test_what_is_filled_in_is_bounded_by_what_came() -> None:
    feed = Feed(lane())
    made = [feed.put(replace(audio(0, 1), start_sample=k * 50 * RATE)) for k in range(1, 20)]
    assert [reasons(step) for step in made[:2]] == [[], [Refused.TOO_MUCH_MISSING]]
    assert all(reasons(step) for step in made[1:])
    assert feed.lane.calls == 1
    assert sum(len(c.pcm) for c in feed.all(Audio)) <= 61 * RATE
    assert reasons(feed.put(replace(audio(0, RATE), start_sample=60 * RATE + 1))) == [], "60 s may be missing"


def test_a_call_that_spoke_for_long_may_miss_as_much() -> None:
    feed = Feed(lane())
    for second in range(70):
        feed.put(replace(audio(0, RATE), start_sample=second * RATE))
    assert reasons(feed.put(replace(audio(0, RATE), start_sample=120 * RATE))) == []
    assert reasons(feed.put(replace(audio(0, RATE), start_sample=150 * RATE))) == [Refused.TOO_MUCH_MISSING]
    again = restarted(feed)
    assert reasons(again.put(replace(audio(0, RATE), start_sample=150 * RATE))) == [Refused.TOO_MUCH_MISSING]
    assert reasons(again.put(replace(audio(0, RATE), start_sample=142 * RATE))) == []


def test_each_channel_may_end_by_itself() -> None:
    feed = Feed(lane())
    feed.put(audio(0, 1000, 0, final=True))
    assert reasons(feed.put(audio(1000, 2000, 0))) == [Refused.AFTER_END]
    feed.put(audio(0, 3000, 1, final=True))
    chunks = feed.all(Audio)
    assert [c.last for c in chunks] == [False, True]
    assert chunks[0].missing == (Missing(0, Span(1000, 2000)),)
    assert feed.done == [0, 1, 2]


def test_nothing_of_a_call_counts_after_its_end_until_it_is_forgotten() -> None:
    feed = Feed(lane())
    feed.put(audio(0, 1000, final=True))
    assert reasons(feed.put(audio(1000, 2000))) == [Refused.AFTER_END]
    assert feed.tick(accept.ENDED_MS - 1000).states == []
    (tombstone,) = feed.tick(1000).states
    assert (tombstone.topic, tombstone.message.body) == (f"{STATE}accept", None)
    assert feed.tick(1000).states == []


def test_a_call_nobody_sends_to_has_ended() -> None:
    feed = Feed(lane(meter=(counts := Counts())))
    feed.put(audio(0, 2500))
    assert feed.tick(IDLE_MS - 1).outs == []
    feed.tick(1)
    assert [(c.last, c.reason, len(c.pcm)) for c in feed.all(Audio)] == [(False, "", 2000), (True, "timeout", 500)]
    assert feed.all(Event)[-1].reason == "timeout"
    assert feed.done == [0]
    assert counts["calls_total/timeout"] == 1
    assert reasons(feed.put(audio(2500, 3000))) == [Refused.AFTER_END]


def test_other_calls_tell_the_time_too_but_not_by_a_clock_that_is_ahead() -> None:
    feed = Feed(lane())
    feed.put(audio(0, 2500))
    ahead = Record(INTAKE, 5, T0 + 10 * IDLE_MS, audio(0, 100, call="c2"))
    feed.lane.take(ahead, T0 + 500)
    assert feed.lane.calls == 2
    for k in range(1, 12):
        feed.put(audio(100 * k, 100 * k + 100, call="c2"), after_ms=5000)
    feed.put(audio(1200, 1300, call="c2"), after_ms=4999)
    assert feed.lane.calls == 2
    feed.put(audio(1300, 1400, call="c2"), after_ms=1)
    assert feed.lane.calls == 1


def test_a_standstill_is_not_idleness() -> None:
    feed = Feed(lane())
    feed.put(audio(0, 17_000))
    feed.put(audio(0, 100, call="c2"))
    feed.at_ms += IDLE_MS + 1000
    assert feed.lane.tick(feed.at_ms).outs == [], "the worker stood still, and has yet to read"
    feed.put(audio(17_000, 17_100), after_ms=0)
    again = Feed(lane(), feed.at_ms, feed.offset)
    states = [out.message for step in feed.steps for out in (*step.outs, *step.states)]
    again.lane.restore({s.head.subject: s for s in states if isinstance(s, State)}.values())
    for offset, at_ms in enumerate((T0 + 250, T0 + 500, feed.at_ms)):
        again.lane.take(Record(INTAKE, offset, at_ms, feed.messages[offset]), feed.at_ms)
    for each in (feed, again):
        assert each.lane.calls == 2, "recorders or the broker were away"
        for k in range(10):
            each.put(audio(17_100 + 100 * k, 17_200 + 100 * k), after_ms=5000)
        assert each.lane.calls == 2
        each.put(audio(18_100, 18_200), after_ms=5000)
        assert each.lane.calls == 1, "c2 had a minute while others sent"


def test_a_lane_that_was_away_reads_before_it_ends_a_call() -> None:
    feed = Feed(lane())
    state = next(out.message for out in feed.put(audio(0, 2500)).outs if isinstance(out.message, State))
    again = lane()
    again.restore([state])
    hour = T0 + 3_600_000
    assert again.tick(hour).outs == []
    again.take(Record(INTAKE, 0, T0 + 250, audio(0, 2500)), hour)
    again.take(Record(INTAKE, 1, T0 + 500, audio(2500, 4000)), hour + IDLE_MS)
    assert again.calls == 1
    assert again.tick(hour + IDLE_MS + 1).outs == []
    for ms in range(0, IDLE_MS + 1, 500):
        again.tick(hour + IDLE_MS + ms)
    assert again.calls == 0


def restarted(feed: Feed, **options: Any) -> Feed:
    """A new lane with the newest state, which takes all offsets that are not done again; a feed to go on with."""
    states = [out.message for step in feed.steps for out in (*step.outs, *step.states)]
    again = Feed(lane(**options), feed.at_ms, feed.offset)
    again.lane.restore([[s for s in states if isinstance(s, State)][-1]])
    for offset, message in enumerate(feed.messages):
        if offset not in feed.done:
            again.steps.append(again.lane.take(Record(INTAKE, offset, feed.at_ms, message), feed.at_ms))
    return again


def test_what_was_taken_before_a_restart_is_taken_again_whatever_the_settings_say_now() -> None:
    feed = Feed(lane())
    for start in range(0, 17_000, 1700):
        feed.put(audio(start, start + 1700))
    again = restarted(feed, tenants=frozenset({"other"}), reorder_ms=0, pin="b" * 64)
    assert reasons(again.put(audio(17_000, 18_000))) == [Refused.TENANT_NOT_ALLOWED]
    again.tick(IDLE_MS)
    chunks = again.all(Audio)
    assert [c.sequence for c in chunks] == [8]
    np.testing.assert_array_equal(chunks[0].pcm, PCM[16_000:17_000])
    assert chunks[0].head == feed.all(Audio)[0].head


def test_a_channel_that_ended_with_a_hole_is_whole_after_a_restart() -> None:
    feed = Feed(lane())
    feed.put(audio(0, 16_100, 0))
    feed.put(audio(17_000, 18_000, 0, final=True))
    feed.put(audio(0, 16_050, 1))
    again = restarted(feed)
    again.put(audio(16_050, 20_000, 1, final=True))
    first = again.all(Audio)[0]
    assert first.missing == (Missing(0, Span(16_100, 17_000)),)
    np.testing.assert_array_equal(first.pcm[1000:], PCM[17_000:18_000])


@pytest.mark.parametrize("broken", [{"version": 2}, {"body": b"\xc1"}, {"body": b"\x80"}, {"body": b"\x01"}])
def test_a_state_nobody_can_read_fails_the_call(broken: dict[str, Any]) -> None:
    state = next(out.message for out in Feed(lane()).put(audio(0, 2500)).outs if isinstance(out.message, State))
    feed = Feed(lane())
    feed.lane.restore([replace(state, **broken)])
    step = feed.put(audio(0, 2500))
    assert [(e.kind, e.reason) for e in feed.all(Event)] == [(EventKind.FAILED, "state_unreadable")]
    assert reasons(step) == [Refused.CALL_FAILED]
    assert (feed.all(Audio), feed.done) == ([], [0])


def test_bounds_refuse_instead_of_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accept, "CALLS_MAX", 1)
    monkeypatch.setattr(accept, "HELD_BYTES_MAX", 10_000)
    feed = Feed(lane(reorder_ms=30_000))
    feed.put(audio(100, 2000))
    assert reasons(feed.put(audio(0, 100, call="c2"))) == [Refused.TOO_MANY_CALLS]
    assert reasons(feed.put(audio(2000, 3000))) == [Refused.TOO_MUCH_HELD]
    assert reasons(feed.put(audio(0, 100))) == []
    assert reasons(feed.put(audio(2000, 3000))) == [], "what was held has gone out"


def test_what_cannot_be_read_is_done() -> None:
    step = lane().unreadable(Unreadable(INTAKE, 4, T0, Dead("accept", INTAKE, 0, 4, "bad_rate", T0)), T0)
    assert (step.done, step.outs) == ([(INTAKE, 4)], [])


def test_there_are_no_jobs() -> None:
    with pytest.raises(RuntimeError, match="no jobs"):
        lane().finish(Job(0, lambda: None), None, T0)


# --- crashes ---------------------------------------------------------------------------------------------------


def log_of(seed: int) -> list[Record]:
    """Three calls at once, sent in every bad way there is: each its own stream, mixed."""
    rnd = random.Random(seed)
    streams = []
    for call in ("c1", "c2", "c3"):
        apart, stream, total = rnd.random() < 0.4, [], rnd.randrange(500, 8 * RATE)
        for channel in (0, 1) if apart else (None,):
            at = rnd.choice((0, 0, 700))
            while at < total:
                end = min(total, at + rnd.randrange(1, 6000))
                if rnd.random() < 0.9:
                    stream.append((at + rnd.randrange(0, 1500), audio(at, end, channel, call)))
                if rnd.random() < 0.1:  # again, or other audio for the same place
                    start = max(0, at - rnd.randrange(0, 900))
                    again = replace(audio(start, end, channel, call), start_sample=start + rnd.choice((0, 0, 300)))
                    stream.append((at + rnd.randrange(0, 9000), again))
                if rnd.random() < 0.05:
                    far = replace(audio(at, end, channel, call), start_sample=60 * RATE + rnd.randrange(0, 6 * RATE))
                    stream.append((at, far))
                if rnd.random() < 0.05:
                    stream.append((at, replace(audio(at, end, channel, call), rate=16_000)))
                at = end if rnd.random() < 0.95 else end + rnd.randrange(1, 4000)
            if rnd.random() < 0.7:
                stream.append((total + 3000 * rnd.random(), audio(total, total, channel, call, final=True)))
        offset = rnd.choice((0, 0, 600_000))  # calls that were not ended are idle by then
        streams += [(offset + key, message) for key, message in stream]
    if rnd.random() < 0.5:  # it tells the time, so calls end while others run
        streams += [(4 * RATE * k, audio(1000 * k, 1000 * k + 1000, call="c4")) for k in range(20)]
    streams.sort(key=lambda item: item[0])
    records, offset = [], 5
    for key, message in streams:
        offset += rnd.choice((1, 1, 1, 3))
        records.append(Record(INTAKE, offset, T0 + int(key * 1000 / RATE), message))
    times = np.maximum.accumulate([r.at_ms for r in records]) if records else []
    return [replace(r, at_ms=int(t)) for r, t in zip(records, times, strict=True)]


@dataclass
class Broker:
    """What a crash leaves: messages in the log, newest states, the committed offset."""

    commit: int = 0
    sent: list[Any] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)
    keys: NewKeys = field(default_factory=NewKeys)
    options: dict[str, Any] = field(default_factory=dict)

    def publish(self, messages: list[Any]) -> None:
        for message in messages:
            if isinstance(message, State):
                self.states[message.head.subject] = message
            else:
                self.sent.append(message)

    def live(self, records: list[Record], rnd: random.Random | None, delay_ms: int = 0) -> None:
        """One life of a worker: to its crash, or without rnd to the end of the log."""
        worker = lane(keys=self.keys, **self.options)
        worker.restore(self.states.values())
        ledger = Ledger(self.commit)
        mine = [r for r in records if r.offset >= self.commit]
        steps = []
        for record in mine[: rnd.randrange(0, len(mine) + 1) if rnd else None]:
            ledger.take(record.offset)
            steps.append(worker.take(record, record.at_ms + delay_ms))
            steps.append(worker.tick(record.at_ms + delay_ms))
        if not rnd:
            end_ms = records[-1].at_ms + delay_ms + 2 * IDLE_MS
            steps += [worker.tick(end_ms + ms) for ms in range(0, IDLE_MS + 5000, 5000)]
            assert worker.calls == 0
        sure = rnd.randrange(0, len(steps) + 1) if rnd else len(steps)
        for step in steps[:sure]:
            self.publish([out.message for out in (*step.outs, *step.states)])
            for _, offset in step.done:
                ledger.done(offset)
        self.commit = ledger.commit
        if rnd and sure < len(steps):
            self.lose(steps[sure:], rnd)
        if not rnd:
            assert ledger.held is None

    def lose(self, steps: list[Step], rnd: random.Random) -> None:
        """Unconfirmed: of each topic the first few may have reached the log, and states behind confirmed outs."""
        outs = [out for step in steps for out in step.outs]
        if rnd.random() < 0.5:
            self.publish([out.message for out in (*steps[0].outs, *steps[0].states)])
            outs = outs[len(steps[0].outs) :]
        for topic in sorted({out.topic for out in outs}):
            own = [out.message for out in outs if out.topic == topic]
            self.publish(own[: rnd.randrange(0, len(own) + 1)])

    def audio(self) -> dict[tuple[str, int], Any]:
        """The first of each sequence of each call."""
        first: dict[tuple[str, int], Any] = {}
        for m in self.sent:
            if isinstance(m, Audio):
                plain = (m.start_sample, m.pcm.tobytes(), m.missing, m.spoken_ms, m.last, m.reason, m.head.started_ms)
                first.setdefault((m.head.call, m.sequence), plain)
        return first

    def events(self) -> set[tuple[Any, ...]]:
        return {(e.head.call, e.kind, e.reason, e.at_ms) for e in self.sent if isinstance(e, Event)}


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_after_any_crashes_the_output_is_what_it_would_have_been(seed: int) -> None:
    records = log_of(seed)
    if not records:
        return
    calm, rough = Broker(), Broker()
    calm.live(records, None)
    rnd = random.Random(seed + 1)
    delay_ms = 0
    for _ in range(rnd.randrange(1, 5)):
        rough.live(records, rnd, delay_ms)
        delay_ms += rnd.randrange(0, 100_000)
    rough.live(records, None, delay_ms)
    assert rough.audio() == calm.audio()
    assert rough.events() == calm.events()
    ends = [m.sequence for m in rough.sent if isinstance(m, Audio) and m.last]
    assert ends


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_once_the_state_is_there_the_key_stays(seed: int) -> None:
    records = log_of(seed)
    broker, rnd = Broker(), random.Random(seed)
    for _ in range(4):
        known = {s.head.subject: s.head for s in broker.states.values()}
        count = len(broker.sent)
        broker.live(records, rnd)
        for message in broker.sent[count:]:
            if not isinstance(message, Dead) and (head := known.get(message.head.subject)):
                assert message.head == head
