"""Chat and consent: each purpose has the messages it may have, whatever crashes, and a no ends it at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from memory import PURPOSES, Cluster, Worker
from test_chat_lane import IDLE_MS, PIN, TALKS, Chat, expected, messages

from pipeline.adapters.chat_intake import from_record, to_record
from pipeline.adapters.intake_headers import Unusable
from pipeline.core.consent import Answer, Told
from pipeline.core.consent_rules import Basis, Need, Rule, Rules
from pipeline.core.errors import WireError
from pipeline.core.messages import ChatRaw, ChatRole
from pipeline.core.metadata import Metadata
from pipeline.stages.accept_consent import begins

YES, NO, BACK = Answer.GRANTED, Answer.REFUSED, Answer.WITHDRAWN
RULES = Rules("r", 1, (
    Rule("", "gb", {"storage": Need(), "analytics": Need(Basis.OBJECTION, notice=False)}),
    Rule("", "us", {"storage": Need(notice=False)}),
))  # fmt: skip
RULED = replace(PIN, consent=RULES)
GB, US = Metadata("gb", "en"), Metadata("us")
BOTH = Told({"storage": YES, "analytics": YES}, notice="n1")


@pytest.fixture
def stage(tmp_path: Path) -> Chat:
    return Chat(Cluster(tmp_path), pin=RULED, rules=RULES)


def told(name: str, at: int, told_: Told, metadata: Metadata = GB) -> ChatRaw:
    return ChatRaw("acme", name, "", ChatRole.SYSTEM, at, "", metadata=metadata, told=told_)


def lines(name: str, metadata: Metadata = GB, *, final: bool = True) -> list[ChatRaw]:
    return [replace(message, metadata=metadata) for message in messages(name, TALKS[name], final=final)]


def write(stage: Chat, *sent: ChatRaw) -> None:
    for message in sent:
        stage.cluster.write(message)


def numbers(stage: Chat, name: str, purpose: str) -> list[int]:
    return [m.sequence for m in stage.out(name, purpose)]


def ends(stage: Chat, name: str, purpose: str) -> list[str]:
    return [m.reason for m in stage.out(name, purpose) if m.last]


def test_without_a_yes_nobody_gets_anything(stage: Chat) -> None:
    write(stage, *lines("card", US), *lines("login", Metadata("fr")), *lines("form"))
    stage.run()
    assert numbers(stage, "card", "storage") == numbers(stage, "login", "storage") == []
    assert numbers(stage, "card", "analytics") == [], "a purpose no rule names is denied"
    assert numbers(stage, "form", "storage") == []
    assert stage.texts("form", "analytics") == expected("form", "analytics")
    assert stage.dead() == []


def test_a_yes_counts_from_its_message_on_and_context_from_the_first(stage: Chat) -> None:
    one = lines("card")
    write(stage, *one[:2], told("card", 4, BOTH), *one[2:])
    stage.run()
    assert numbers(stage, "card", "storage") == [4, 5, 6]
    assert stage.texts("card") == expected("card")[4:], "what was asked before explains the answer after"
    assert ends(stage, "card", "storage") == ["ended"]
    assert numbers(stage, "card", "analytics") == list(range(7))


@pytest.mark.parametrize("answer", [NO, BACK])
def test_a_no_ends_a_purpose_for_good_and_no_other(stage: Chat, answer: Answer) -> None:
    one = lines("card")
    no = told("card", 3, Told({"storage": answer}))
    write(stage, told("card", 0, BOTH), *one[:3], no, *one[3:5], told("card", 5, BOTH), *one[5:], no)
    stage.run()
    assert numbers(stage, "card", "storage") == [-1, 0, 1, 2]
    assert ends(stage, "card", "storage") == ["withdrawn"]
    assert [m.text for m in stage.out("card") if m.sequence < 0] == [""]
    assert ends(stage, "card", "analytics") == ["ended"]
    assert numbers(stage, "card", "analytics") == list(range(7))


def test_who_was_refused_before_may_still_be_allowed_later(stage: Chat) -> None:
    one = lines("card")
    write(stage, told("card", 0, Told({"storage": NO}, notice="n1")), *one[:4])
    write(stage, told("card", 4, Told({"storage": YES})), *one[4:])
    stage.run()
    assert numbers(stage, "card", "storage") == [4, 5, 6]


def test_a_no_after_the_end_is_told_to_who_has_messages(stage: Chat) -> None:
    write(stage, told("card", 0, BOTH), *lines("card"))
    stage.run()
    write(stage, told("card", 7, Told({"storage": BACK})), told("other", 0, Told({"storage": BACK})))
    stage.run()
    assert ends(stage, "card", "storage") == ["withdrawn", "ended"]
    assert ends(stage, "card", "analytics") == ["ended"]
    assert stage.dead() == [("unknown_conversation", "other", 0)]


def test_an_end_by_time_is_told_to_who_has_messages_only(stage: Chat) -> None:
    write(stage, *lines("card", final=False))
    stage.run()
    worker = Worker(stage.cluster, stage.spec(), 0.0)
    for _ in range(IDLE_MS // 1_000 + 2):
        stage.cluster.now_ms += 1_000
        worker.step()
    assert ends(stage, "card", "analytics") == ["timeout"]
    assert numbers(stage, "card", "storage") == []
    write(stage, replace(messages("card", ["customer: hello"], final=False)[0], sequence=7))
    write(stage, told("card", 8, BOTH), replace(messages("card", ["customer: bye"])[0], sequence=8))
    stage.run()
    assert numbers(stage, "card", "storage") == [8], "the rules it began under hold when it goes on"


def test_where_nobody_asks_all_have_it_until_somebody_says_no(stage: Chat) -> None:
    stage.rules = None
    one = lines("card")
    write(stage, *one[:3], told("card", 3, Told({"analytics": BACK})), *one[3:])
    stage.run()
    assert numbers(stage, "card", "storage") == list(range(7))
    assert numbers(stage, "card", "analytics") == [-1, 0, 1, 2]


def test_a_state_nobody_can_read_lets_out_nothing(stage: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    one = lines("card")
    write(stage, told("card", 0, BOTH), *one[:3])
    stage.run()
    monkeypatch.setattr("pipeline.stages.chat.VERSION", 2)
    write(stage, *one[3:])
    stage.run()
    assert numbers(stage, "card", "storage") == [0, 1, 2]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_after_any_crashes_the_same_messages_have_left(data: st.DataObject, tmp_path_factory: Any) -> None:
    """And nothing that its purpose was not allowed when it was taken."""
    sent: list[ChatRaw] = []
    for n, line in enumerate(lines("card")):
        if data.draw(st.booleans()):
            answers = {p: data.draw(st.sampled_from([YES, NO, BACK])) for p in PURPOSES if data.draw(st.booleans())}
            notice = data.draw(st.sampled_from(["", "n1"]))
            if answers or notice:
                sent.append(told("card", n, Told(answers, notice=notice)))
        sent.append(line)
    out = []
    for crash_p in (0.0, 0.1):
        stage = Chat(Cluster(tmp_path_factory.mktemp("c"), 7), pin=RULED, rules=RULES)
        write(stage, *sent)
        stage.run(crash_p)
        out.append({p: [(m.sequence, m.text, m.reason) for m in stage.out("card", p)] for p in PURPOSES})
    assert out[0] == out[1]
    for purpose in PURPOSES:
        need, yes, notice, over, may = RULES.needs("acme", "gb")[purpose], None, None, False, []
        first = next(n for n, m in enumerate(sent) if m.told is None or begins(m.told))  # before it nobody knows it
        for message in sent[first:]:
            if message.told is None:
                agreed = yes is not False if need.consent is Basis.OBJECTION else yes is True
                if agreed and (notice or not need.notice) and not over:
                    may.append(message.sequence)
                continue
            notice = notice or message.told.notice
            answer = message.told.answers.get(purpose)
            if answer is not None:
                over = over or (answer is not YES and bool(may))
                yes = answer is YES
        assert [n for n, *_ in out[0][purpose] if n >= 0] == may, purpose
        assert [r for *_, r in out[0][purpose]].count("withdrawn") == over, purpose


# --- the contract


@pytest.mark.parametrize("message", [told("c-1", 3, BOTH), told("c-1", 0, Told({"storage": BACK}, proof="p1"), US)])
def test_what_is_told_is_read_as_it_was_sent(message: ChatRaw) -> None:
    assert from_record(*to_record(message)) == message


def test_a_consent_that_is_none_is_refused(stage: Chat) -> None:
    key, _, headers = to_record(told("c-1", 3, BOTH))
    for value, more in ((b"{}", []), (b'{"notice": "n1"}', [("final", b"1")])):
        with pytest.raises(WireError) as caught:
            from_record(key, value, [*headers, *more])
        assert (caught.value.reason, caught.value.call) == (Unusable.BAD_CONSENT, "c-1")
    assert ("jurisdiction", b"gb") in headers
    bad = [(name, b"GB!" if name == "jurisdiction" else said) for name, said in headers]
    assert from_record(key, b'{"notice": "n1"}', bad).metadata == Metadata("", "en"), "bad metadata cost no message"
