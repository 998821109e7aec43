"""chat over logs in memory: what leaves is what the rules say, whatever crashes, repeats or is late."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from command import here
from memory import PURPOSES, Cluster, Line, NoMeter, Worker

from pipeline.adapters.policy_file import preset
from pipeline.core.aids import NO_AIDS
from pipeline.core.brief import brief_of
from pipeline.core.consent_rules import Rules
from pipeline.core.messages import ChatRaw, ChatRedacted, ChatRole, State
from pipeline.core.pin import Pin
from pipeline.core.topics import CHAT, CHAT_REDACTED, DAY_MS, DEAD, STATE
from pipeline.core.written import FINDERS, Conversation
from pipeline.core.written_redact import redacted
from pipeline.ports.lane import Record, Spec
from pipeline.stages import chat, chat_talk
from pipeline.stages.chat import ChatLane

IDLE_MS, REORDER_MS = 600_000, 2_000
PIN = Pin(
    {"storage": preset("default"), "analytics": preset("pci")}, (), "d" * 64, "text", "1", "small", "en", "", "test"
)
OTHER = Pin({"storage": preset("default")}, (), "e" * 64, "text", "1", "small", "en", "", "test")
TALKS = {
    "card": (
        "agent: What is the card number, please?", "customer: sure, 4417 1234", "agent: go on", "customer: 5678 9113",
        "agent: and the three digits on the back?", "customer: 123", "agent: Thank you, that is 45.99 in all.",
    ),
    "login": (
        "bot: What is your email?", "customer: ann.smith@example.org", "bot: and your password?",
        "customer: Hunter2!x", "agent: We close at 6 o'clock.",
    ),
    "form": ("customer: pw: zebra-99!", "customer: my iban is GB29 NWBK 6016 1331 9268 19", "agent: All done?"),
}  # fmt: skip


@dataclass
class Chat:
    """A stage on a cluster of its own."""

    cluster: Cluster
    meter: NoMeter = field(default_factory=NoMeter)
    pin: Pin = PIN
    detector: str = PIN.detector
    tenants: frozenset[str] = frozenset()
    finders: tuple[Any, ...] = FINDERS
    rules: Rules | None = None

    def spec(self) -> Spec:
        self.cluster.pins.setdefault(self.pin.sha256, self.pin)
        return Spec("chat", chat.INPUTS, lambda p, _: ChatLane(
            pin=self.pin.sha256, detector=self.detector, pins=self.cluster.pins, fleet="main", purposes=PURPOSES,
            tenants=self.tenants, idle_ms=IDLE_MS, reorder_ms=REORDER_MS, keys=self.cluster.keys, aids=NO_AIDS,
            finders=self.finders, meter=self.meter, partition=p, rules=self.rules), keeps_state=True)  # fmt: skip

    def run(self, crash_p: float = 0.0) -> Line:
        line = Line(self.cluster, [self.spec()], crash_p)
        line.run(idle_rounds=40)  # beyond REORDER_MS
        return line

    def out(self, name: str, purpose: str = "storage") -> list[ChatRedacted]:
        """What a consumer has: the first with each sequence."""
        first: dict[int, ChatRedacted] = {}
        for m in self.cluster.messages(CHAT_REDACTED + purpose):
            if m.head.call == name:
                first.setdefault(m.sequence, m)
        return [first[n] for n in sorted(first)]

    def texts(self, name: str, purpose: str = "storage") -> list[str]:
        return [m.text for m in self.out(name, purpose) if m.sequence >= 0]

    def dead(self) -> list[tuple[str, str, int]]:
        return [(d.reason, d.call, d.sequence) for d in self.cluster.messages(DEAD)]


@pytest.fixture
def stage(tmp_path: Path) -> Chat:
    return Chat(Cluster(tmp_path))


def messages(name: str, lines: Iterable[str], *, final: bool = True) -> list[ChatRaw]:
    found = [line.partition(": ") for line in lines]
    last = len(found) - 1
    return [
        ChatRaw("acme", name, f"{role}-1", ChatRole(role), n, text, final and n == last)
        for n, (role, _, text) in enumerate(found)
    ]


def expected(name: str, purpose: str = "storage", lines: Iterable[str] = ()) -> list[str]:
    """By the rules alone."""
    talk = Conversation(mono=False, brief=brief_of(list(PIN.policies.values()), "acme"))
    return [
        redacted(m.text, talk.push(m.author, m.text), PIN.policies[purpose])
        for m in messages(name, lines or TALKS[name])
    ]


def feed(cluster: Cluster, *, mixed: bool = False) -> None:
    """All conversations at once, by chance in turn. mixed: with repeats, and neighbours exchanged."""
    left = {name: messages(name, lines) for name, lines in TALKS.items()}
    while left:
        name = cluster.rng.choice(sorted(left))
        queue = left[name]
        swap = mixed and len(queue) > 1 and cluster.rng.random() < 0.4
        message = queue.pop(1 if swap else 0)
        for _ in range(1 + (mixed and cluster.rng.random() < 0.3)):
            cluster.write(message)
        if not queue:
            del left[name]


def test_messages_leave_as_the_rules_say_by_the_policy_of_each_purpose(stage: Chat) -> None:
    feed(stage.cluster)
    line = stage.run()
    for name in TALKS:
        for purpose in PURPOSES:
            assert stage.texts(name, purpose) == expected(name, purpose), name
    assert "[SECURITY_CODE]" in stage.texts("card")
    assert stage.texts("login") != stage.texts("login", "analytics"), "their policies hide different kinds"
    last = stage.out("card")[-1]
    assert (last.last, last.reason, last.role, last.author) == (True, "ended", ChatRole.AGENT, "agent-1")
    hidden = stage.out("card")[1].hidden
    assert [(f.entity, f.span.start, f.span.end) for f in hidden] == [("CARD_NUMBER", 6, 15)]
    assert stage.dead() == []
    assert line.workers["chat"].commit() == {CHAT: 0}
    assert stage.meter.counts["calls_total"] == len(TALKS)


@pytest.mark.parametrize("seed", range(12))
def test_crashes_repeats_and_exchanged_neighbours_change_nothing(tmp_path: Path, seed: int) -> None:
    stage = Chat(Cluster(tmp_path, seed))
    feed(stage.cluster, mixed=True)
    line = stage.run(crash_p=0.05)
    assert line.crashes
    for name in TALKS:
        for purpose in PURPOSES:
            assert stage.texts(name, purpose) == expected(name, purpose), f"seed {seed}: {name}"
    for purpose in PURPOSES:  # and what comes again is the same
        said: dict[tuple[str, int], tuple[Any, ...]] = {}
        for m in stage.cluster.messages(CHAT_REDACTED + purpose):
            whole = (m.text, m.hidden, m.head, m.last, m.reason, m.at_ms)
            assert said.setdefault((m.head.call, m.sequence), whole) == whole
    assert {reason for reason, _, _ in stage.dead()} <= {"late"}


def test_the_same_as_redact_text(stage: Chat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pipeline.adapters.written_presidio as presidio
    from pipeline.cli import redact_text

    monkeypatch.setattr(presidio, "Analyzer", lambda: lambda text: [f for finder in FINDERS for f in finder(text)])
    monkeypatch.setattr(redact_text, "loaded_aids", lambda: NO_AIDS)
    stage.pin = Pin({"storage": preset("default")}, (), PIN.detector, "text", "1", "small", "en", "", "test")
    feed(stage.cluster)
    said = [m for entry in stage.cluster.messages(CHAT) for m in [entry]]
    lines = [{"conversation": m.conversation, "speaker": m.author, "text": m.text} for m in said]
    (tmp_path / "chat.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    done = here("redact-text", tmp_path / "chat.jsonl", "--conversation", "--tenant", "acme", "--out", tmp_path / "out")
    assert done.code == 0, done.err
    stage.run()
    told = [json.loads(line) for line in (tmp_path / "out/chat.jsonl").read_text(encoding="utf-8").splitlines()]
    for name in TALKS:
        assert [line["text"] for line in told if line["conversation"] == name] == stage.texts(name)


def test_a_message_that_never_comes_is_given_up_and_refused_when_it_does(stage: Chat) -> None:
    first, second, third, *rest = messages("card", TALKS["card"])
    for m in (first, third, *rest):
        stage.cluster.write(m)
    worker = Worker(stage.cluster, stage.spec())
    for _ in range(30):
        worker.step()
    assert [m.sequence for m in stage.out("card")] == [0], "the others wait for it"
    assert worker.commit() == {CHAT: 0}, "but not in the log: a state has them"
    stage.run()
    assert [m.sequence for m in stage.out("card")] == [0, 2, 3, 4, 5, 6]
    assert stage.meter.counts["chat_messages_total"] >= 7
    stage.cluster.write(second)
    stage.run()
    assert stage.dead() == [("late", "card", 1)]
    assert 1 not in {m.sequence for m in stage.out("card")}


@pytest.mark.parametrize("seed", range(8))
def test_what_was_given_up_stays_so_after_a_crash(tmp_path: Path, seed: int) -> None:
    """Even if the message comes between the decision and what follows from it."""
    stage = Chat(Cluster(tmp_path, seed))
    first, second, *rest = messages("card", TALKS["card"])
    for m in (first, *rest):
        stage.cluster.write(m)
    stage.run(crash_p=0.05)
    stage.cluster.write(second)
    stage.run(crash_p=0.05)
    for m in stage.cluster.messages(CHAT_REDACTED + "storage"):
        assert m.text == next(o.text for o in stage.out("card") if o.sequence == m.sequence)
    assert {r for r, _, _ in stage.dead()} == {"late"}


def test_messages_that_wait_are_bounded(stage: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_talk, "WAITING_MAX", 3)
    said = messages("long", [f"customer: line {n} of it" for n in range(8)])
    for m in said[1:]:
        stage.cluster.write(m)
    worker = Worker(stage.cluster, stage.spec())
    for _ in range(40):
        worker.step()
    assert [m.sequence for m in stage.out("long")] == list(range(1, 8)), "no time passed, but there were too many"


def test_a_silent_conversation_ends_and_may_begin_anew_without_memory(stage: Chat) -> None:
    asked, answered = messages("quiet", ["agent: What is your PIN?", "customer: 4821"], final=False)
    stage.cluster.write(asked)
    stage.run()
    worker = Worker(stage.cluster, stage.spec())
    for _ in range(IDLE_MS // 1_000 + 60):  # as ticks see time pass, a worker that slept for an hour would not
        stage.cluster.now_ms += 1_000
        worker.step()
    end = stage.out("quiet")[0]
    assert (end.sequence, end.last, end.reason, end.text) == (-1, True, "timeout", "")
    assert worker.lane.calls == 0
    stage.cluster.write(answered)
    stage.run()
    assert [m.sequence for m in stage.out("quiet")] == [-1, 0, 1]
    assert stage.out("quiet")[2].head.key != stage.out("quiet")[1].head.key
    assert stage.texts("quiet")[1] == "4821", "the question is forgotten, and this was its price"
    assert stage.dead() == []


def test_after_its_end_nothing_counts_and_a_day_later_it_is_forgotten(stage: Chat) -> None:
    feed(stage.cluster)
    stage.run()
    more = ChatRaw("acme", "card", "customer-1", ChatRole.CUSTOMER, 7, "my pin is 4821")
    stage.cluster.write(more)
    stage.cluster.write(messages("card", TALKS["card"])[2])
    stage.run()
    assert stage.dead() == [("after_end", "card", 7)]
    stage.cluster.now_ms += DAY_MS + 1
    stage.cluster.write(ChatRaw("acme", "new", "c", ChatRole.CUSTOMER, 0, "hello", final=True))
    stage.run()
    assert {s.head.call for s in stage.cluster.states("chat")} == {"new"}


@pytest.mark.parametrize("how", ["pin_mismatch", "pin_unknown", "state_unreadable", "text_unfit"])
def test_what_cannot_be_judged_as_it_began_goes_on_hidden(
    stage: Chat, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *rest = messages("card", TALKS["card"])
    stage.cluster.write(first)
    stage.run()
    if how == "pin_mismatch":
        stage.detector = "f" * 64
    elif how == "pin_unknown":
        stage.cluster.pins.clear()
        stage.pin = OTHER
    elif how == "state_unreadable":
        state = stage.cluster.states("chat")[0]
        broken = State(state.head, "chat", 99, b"x")
        stage.cluster.append(STATE + "chat", *stage.cluster.wire.encode(STATE + "chat", broken))
    else:

        def broken_finder(text: str) -> list[Any]:
            raise ValueError(text)

        stage.finders = (broken_finder,)
    for m in rest:
        stage.cluster.write(m)
    stage.run()
    assert stage.texts("card") == [first.text, *["[UNJUDGED]"] * len(rest)]
    assert {m.reason for m in stage.out("card")[1:]} == {how}
    assert stage.out("card")[-1].last


def test_a_state_nobody_can_read_does_not_end_its_conversation(stage: Chat) -> None:
    """Ended, it would begin anew, and its next answer would be in clear."""
    asked, answered = messages("lost", ["agent: What is your PIN?", "customer: 4821"], final=False)
    stage.cluster.write(asked)
    stage.run()
    state = stage.cluster.states("chat")[0]
    broken = State(state.head, "chat", 99, b"x")
    stage.cluster.append(STATE + "chat", *stage.cluster.wire.encode(STATE + "chat", broken))
    worker = Worker(stage.cluster, stage.spec())
    for _ in range(20):
        stage.cluster.now_ms += 250
        worker.step()
    stage.cluster.write(ChatRaw("acme", "other", "c", ChatRole.CUSTOMER, 0, "hello"))
    stage.cluster.write(answered)
    for _ in range(20):
        worker.step()
    assert stage.texts("lost")[1] == "[UNJUDGED]"
    assert stage.texts("other") == ["hello"]


def test_a_context_too_large_for_its_state_is_dropped_and_the_rest_hidden(
    stage: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_talk, "CONTEXT_BYTES_MAX", 10)
    feed(stage.cluster)
    stage.run()
    assert stage.texts("card")[0] == TALKS["card"][0].partition(": ")[2]
    assert set(stage.texts("card")[1:]) == {"[UNJUDGED]"}


def test_who_may_not_and_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    stage = Chat(Cluster(tmp_path), tenants=frozenset({"acme"}))
    stage.cluster.write(ChatRaw("other", "c1", "c", ChatRole.CUSTOMER, 0, "my pin is 4821"))
    stage.cluster.write(ChatRaw("acme", "c2", "c", ChatRole.CUSTOMER, 0, "hello"))
    stage.cluster.write(ChatRaw("acme", "c2", "c", ChatRole.CUSTOMER, 20_000, "my pin is 4821"))
    stage.cluster.append(CHAT, b"acme/c2", b"my pin is 4821", [("tenant", b"acme"), ("conversation", b"c2")])
    stage.run()
    found = {("tenant_not_allowed", "c1", 0), ("sequence_too_far", "c2", 20_000), ("missing_header", "c2", -1)}
    assert set(stage.dead()) == found
    assert stage.texts("c2") == ["hello"]


def test_too_many_conversations_are_refused(stage: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "TALKS_MAX", 2)
    for n in range(4):
        stage.cluster.write(ChatRaw("acme", f"c{n}", "c", ChatRole.CUSTOMER, 0, "hello"))
    stage.run()
    assert stage.dead() == [("too_many_conversations", "c2", 0), ("too_many_conversations", "c3", 0)]


def test_no_secret_stands_in_clear_anywhere(stage: Chat) -> None:
    """Topics in clear but chat.raw, and states and dead letters, which are sealed."""
    feed(stage.cluster, mixed=True)
    stage.cluster.write(ChatRaw("acme", "card", "customer-1", ChatRole.CUSTOMER, 99, "my pin is 4821"))
    stage.run(crash_p=0.05)
    secrets = (b"4417", b"5678 9113", b"NWBK", b"4821", b"zebra-99", b"Hunter2")
    for topic, log in stage.cluster.logs.items():
        if topic not in {CHAT, CHAT_REDACTED + "analytics"}:  # pci leaves what is no card
            assert not [s for e in log for s in secrets if s in (e.value or b"")], topic
        assert not [s for e in log for s in secrets if s in repr(e.headers).encode()], topic
    assert any(stage.cluster.logs[STATE + "chat"])
    assert "4417" not in repr(stage.cluster.messages(CHAT)) + repr(stage.cluster.messages(STATE + "chat"))


def test_a_message_that_is_no_chat_is_refused(stage: Chat) -> None:
    lane = stage.spec().make(0, ())
    with pytest.raises(Exception, match="does not read"):
        lane.take(Record(CHAT, 0, 0, State(None, "chat", 1, b"")), 0)  # type: ignore[arg-type]
