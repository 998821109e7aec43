"""accept and consent: chunks say who may have them, by the rules at the call's start, whatever crashes; and who takes
part is a pseudonym before anything leaves.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import Any

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_accept import SIZE, Broker, Feed, audio, lane, log_of, reasons, restarted

from pipeline.adapters.consent_file import rules_preset
from pipeline.core.consent import OPEN, Answer, Told
from pipeline.core.consent_rules import Basis, Need, Rule, Rules
from pipeline.core.messages import REVOKED, Audio, Event, EventKind, Intake, State
from pipeline.core.metadata import Metadata
from pipeline.core.pseudonym import Kind, Label
from pipeline.ports.lane import Record
from pipeline.stages.accept_call import Refused

YES, NO, BACK = Answer.GRANTED, Answer.REFUSED, Answer.WITHDRAWN
RULES = Rules("r", 1, (
    Rule("", "", {"storage": Need(), "quality": Need(Basis.OBJECTION), "duty": Need(Basis.NONE, notice=False)}),
    Rule("", "us", {"storage": Need(Basis.OBJECTION)}),
))  # fmt: skip


def told(at: int, call: str = "c1", metadata: Metadata | None = None, **kwargs: Any) -> Intake:
    message = replace(audio(at, at, call=call), told=Told(**kwargs), start_sample=at)
    return replace(message, metadata=metadata) if metadata else message


def had(feed: Feed) -> list[list[str]]:
    """By chunk, who may have it."""
    return [
        [a.purpose for a in m.purposes if a.span.start <= m.start_sample < a.span.end]
        for m in feed.all(Audio)
    ]  # fmt: skip


def test_chunks_say_who_may_have_them() -> None:
    feed = Feed(lane(rules=RULES))
    feed.put(audio(0, SIZE))
    feed.put(told(SIZE, notice="n1", language="en"))
    feed.put(audio(SIZE, 2 * SIZE))
    feed.put(told(2 * SIZE + 1, answers={"storage": YES}, proof="p1"))
    feed.put(audio(2 * SIZE, 3 * SIZE))
    feed.put(audio(3 * SIZE, 4 * SIZE))
    feed.put(told(0, answers={"quality": NO, "duty": BACK}))
    feed.put(audio(4 * SIZE, 5 * SIZE, final=True))
    assert had(feed) == [["duty"], ["duty", "quality"], ["duty", "quality"], ["duty", "quality", "storage"],
                         ["duty", "storage"], ["duty", "storage"]]  # fmt: skip
    last = {a.purpose: (a.span.start, a.span.end) for a in feed.all(Audio)[-1].purposes}
    assert last == {"duty": (0, OPEN), "quality": (SIZE, 4 * SIZE), "storage": (3 * SIZE, OPEN)}
    events = [(e.reason, dict(e.facts)) for e in feed.all(Event) if e.kind is EventKind.CONSENT]
    assert events[:2] == [
        ("told", {"notice": "n1", "language": "en", "sample": "2000"}),
        ("granted", {"purpose": "storage", "proof": "p1", "sample": "4001"}),
    ]
    assert [(reason, facts["purpose"]) for reason, facts in events[2:]] == [
        ("withdrawn", "duty"),
        ("refused", "quality"),
    ]


def test_without_rules_all_have_it_until_somebody_says_no() -> None:
    feed = Feed(lane(purposes=("analytics", "storage")))
    feed.put(audio(0, SIZE))
    assert feed.all(Audio)[0].purposes is None
    feed.put(told(0, answers={"storage": YES}))
    feed.put(audio(SIZE, 2 * SIZE))
    feed.put(told(0, answers={"analytics": BACK}))
    feed.put(audio(2 * SIZE, 3 * SIZE))
    spans = [{a.purpose: (a.span.start, a.span.end) for a in m.purposes} for m in feed.all(Audio)[1:]]
    assert spans == [{"analytics": (0, OPEN), "storage": (0, OPEN)}, {"analytics": (0, 2 * SIZE), "storage": (0, OPEN)}]


def test_the_jurisdiction_of_the_first_message_chooses_the_rule() -> None:
    feed = Feed(lane(rules=RULES))
    feed.put(told(0, metadata=Metadata("us-tx"), notice="n1"))
    feed.put(replace(audio(0, SIZE), metadata=Metadata("de")))
    assert had(feed) == [["storage"]]
    assert feed.all(Audio)[0].head.jurisdiction == "us-tx"
    nobody = Feed(lane(rules=Rules("r", 1, (Rule("", "fr", {"storage": Need()}),))))
    nobody.put(audio(0, SIZE))
    assert had(nobody) == [[]]


def test_consent_of_a_call_that_is_over_is_an_event_and_of_an_unknown_one_refused() -> None:
    feed = Feed(lane(rules=RULES))
    feed.put(told(0, notice="n1", answers={"storage": YES}))
    feed.put(audio(0, SIZE, final=True))
    step = feed.put(told(0, answers={"storage": BACK, "duty": BACK, "quality": YES}))
    marked = {dict(o.message.facts)["purpose"]: REVOKED in o.message.facts for o in step.outs}  # type: ignore[union-attr]
    assert marked == {"storage": True, "duty": False, "quality": False}
    again = restarted(feed, rules=RULES)
    assert REVOKED in again.put(told(0, answers={"storage": BACK})).outs[0].message.facts  # type: ignore[union-attr]
    assert reasons(feed.put(told(0, call="c9", answers={"storage": BACK}))) == [Refused.UNKNOWN_CALL]
    assert reasons(feed.put(told(0, call="c8", answers={"storage": NO}))) == []
    assert reasons(feed.put(replace(told(0, call="c8", notice="n"), channels=1))) == [Refused.WRONG_CHANNELS]


def test_a_profile_on_a_first_message_of_consent_outlives_a_restart() -> None:
    feed = Feed(lane(rules=RULES))
    feed.put(replace(told(0, notice="n1"), profile="{}"))
    feed.put(told(0, answers={"storage": YES}))
    again = restarted(feed, rules=None)
    again.put(audio(0, SIZE))
    assert again.all(Audio)[0].profile == "{}"
    assert had(again)[-1] == ["duty", "quality", "storage"]


def test_a_call_of_consent_alone_ends_by_itself() -> None:
    feed = Feed(lane(rules=RULES))
    feed.put(told(0, notice="n1"))
    feed.tick(65_000)
    (end,) = feed.all(Audio)
    assert (end.last, end.reason, len(end.pcm)) == (True, "timeout", 0)


def denied(feed: Feed) -> list[set[str]]:
    """Whom the end of each call names."""
    return [set(e.denied) for e in feed.all(Event) if e.kind is EventKind.ENDED]


@pytest.mark.parametrize("crash", [False, True])
def test_the_end_names_who_never_had_anything(crash: bool) -> None:
    options = {"rules": RULES, "purposes": ("analytics", "duty", "quality", "storage")}
    feed = Feed(lane(**options))
    feed.put(told(0, notice="n1", answers={"storage": NO}))
    feed.put(audio(0, SIZE))
    if crash:
        feed = restarted(feed, **options)
    feed.put(told(0, answers={"quality": BACK}))  # it had some
    feed.put(audio(SIZE, 2 * SIZE, final=True))
    assert denied(feed) == [{"analytics", "storage"}]


def test_where_nobody_asks_the_end_names_who_was_refused_before_it_began() -> None:
    feed = Feed(lane(purposes=("analytics", "storage")))
    feed.put(told(0, answers={"storage": NO}))
    feed.put(audio(0, SIZE, final=True))
    feed.put(audio(0, SIZE, call="c2", final=True))
    assert denied(feed) == [{"storage"}, set()]
    assert [e.facts for e in feed.all(Event) if e.kind is EventKind.ENDED][1] == ()


@dataclass
class Names:
    """Pseudonyms that can be read."""

    seen: list[dict[Kind, str]] = field(default_factory=list)

    def labels(self, tenant: str, jurisdiction: str, given: Any) -> tuple[Label, ...]:
        self.seen.append(dict(given))
        return tuple(Label(str(kind), "k1", f"{tenant}-{jurisdiction}-{len(value)}") for kind, value in given.items())


def test_who_takes_part_is_a_pseudonym_before_anything_leaves() -> None:
    people = {Kind.CALLER: "+442079460000", Kind.NAME: "Olivia Quillfeather"}
    first = replace(audio(0, SIZE), metadata=Metadata("gb", "en-GB", "inbound", people))
    names = Names()
    feed = Feed(lane(pseudonyms=names))
    feed.put(first)
    feed.put(replace(audio(SIZE, 2 * SIZE, final=True), metadata=first.metadata))
    heads = {m.head for m in (*feed.all(Audio), *feed.all(Event), *feed.all(State))}
    assert [label.pseudonym for head in heads for label in head.labels] == ["acme-gb-13", "acme-gb-19"]
    assert len(names.seen) == 1, "labels are made once a call"
    started = next(e for e in feed.all(Event) if e.kind is EventKind.STARTED)
    assert dict(started.facts) == {"jurisdiction": "gb", "language": "en-GB", "direction": "inbound"}
    everything = repr(feed.steps) + repr([msgpack.unpackb(s.body) for s in feed.all(State) if s.body])
    assert "7946" not in everything
    assert "uillfeather" not in everything
    assert "uillfeather" not in repr(first)
    without = Feed(lane())
    without.put(first)
    assert without.all(Audio)[0].head.labels == ()


def spoken_and_told(seed: int) -> list[Record]:
    """A log of calls in every bad way, with consent told here and there."""
    rnd, out = random.Random(seed), []
    for record in log_of(seed):
        out.append(record)
        if rnd.random() < 0.15:
            message = record.message
            assert isinstance(message, Intake)
            answers = {p: rnd.choice(list(Answer)) for p in ("storage", "quality", "duty") if rnd.random() < 0.5}
            news = Told(answers, rnd.choice(("", "n1")), "", rnd.choice(("", "en")), rnd.choice(("", "p1")))
            at = max(0, message.start_sample + rnd.randrange(-4_000, 4_000))
            out.append(replace(record, message=replace(told(at, message.call), told=news)))
    return [replace(record, offset=10 + 2 * n) for n, record in enumerate(out)]


def accesses(broker: Broker) -> dict[tuple[str, int], Any]:
    """Of the first of each sequence of each call."""
    first: dict[tuple[str, int], Any] = {}
    for m in broker.sent:
        if isinstance(m, Audio):
            first.setdefault((m.head.call, m.sequence), m.purposes)
    return first


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.booleans())
def test_after_any_crashes_the_same_purposes_have_the_same(seed: int, ruled: bool) -> None:
    records = spoken_and_told(seed)
    if not records:
        return
    options = {"rules": RULES if ruled else None, "purposes": ("quality", "storage")}
    calm, rough = Broker(options=options), Broker(options=options)
    calm.live(records, None)
    rnd = random.Random(seed + 1)
    for _ in range(rnd.randrange(1, 5)):
        rough.live(records, rnd)
    rough.live(records, None)
    assert rough.audio() == calm.audio()
    assert accesses(rough) == accesses(calm)
    facts = [
        {(e.head.call, e.kind, e.reason, e.at_ms, e.facts) for e in b.sent if isinstance(e, Event)}
        for b in (calm, rough)
    ]
    assert facts[0] == facts[1]


@pytest.mark.parametrize("later", [None, rules_preset("eu-gdpr")])
def test_a_late_change_of_rules_changes_no_running_call(later: Rules | None) -> None:
    feed = Feed(lane(rules=RULES))
    feed.put(told(0, notice="n1", answers={"storage": YES}))
    feed.put(audio(0, SIZE))
    again = restarted(feed, rules=later)
    again.put(audio(SIZE, 2 * SIZE))
    assert had(again)[-1] == ["duty", "quality", "storage"]
