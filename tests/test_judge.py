"""Whole conversations: what must be hidden is, and the talk around it stays. `[...]` marks what must go."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import RATE, Script, dialogue, findings, leaks, lost, samples, utterance, words
from wordings import ANSWERED, ASKED, HARMLESS

from pipeline.core.doubt import DOUBTS
from pipeline.core.entities import ENTITIES, NUMBER
from pipeline.core.expectations import EXPECT_MS_MAX
from pipeline.core.finding import Finding, Reason
from pipeline.core.heard import Utterance
from pipeline.core.judge import Judge
from pipeline.core.judged import fused, without_doubles
from pipeline.core.span import Span, covered, merge

CARD = "[five one nine nine two two four seven three oh double four nine one six seven]"
ASK_CARD = "A: could you read me the long number on your card"


def check(script: Script) -> list[Finding]:
    found = findings(script)
    assert leaks(script, found) == []
    assert lost(script, found) == []
    return found


CONVERSATIONS = {
    "question and answer": (
        "A: thanks for calling the furniture desk how can i help",
        "C: hello i would like to pay for the wardrobe we ordered",
        ASK_CARD,
        f"C: {CARD}",
        "A: great that went through the wardrobe comes on tuesday",
        "C: wonderful we look forward to it",
    ),
    "filler inside a number": (
        ASK_CARD,
        "C: certainly [five one nine nine two two] um [three oh double four seven one]",
    ),
    "nod in the middle": (
        ASK_CARD,
        "C: [five one nine nine two two]",
        "A -0.3: mm hmm",
        "C: [three oh double four seven one eight]",
        "A: great that went through",
    ),
    "twelve seconds of silence in the middle": (
        ASK_CARD,
        "C: [five one nine nine two two]",
        "C +12: [three oh double four seven one eight]",
        "A: great that went through",
    ),
    "twelve seconds before the answer": (
        ASK_CARD,
        "C: hold on let me find my glasses",
        f"C +12: {CARD}",
        "A: great that went through",
    ),
    "read-back by the asker": (
        ASK_CARD,
        f"C: {CARD}",
        f"A: so i have {CARD} here",
        "C: yes that is correct",
    ),
    "read-back of the end much later": (
        ASK_CARD,
        f"C: {CARD}",
        "A: great that went through the wardrobe comes on tuesday <20> and it was the card ending [nine one six seven]",
    ),
    "correction": (
        ASK_CARD,
        f"C: {CARD}",
        "A: mm hmm",
        "C +1: sorry no it ~ends ~in [oh nine double six]",
        "A: no problem",
    ),
    "correction by the customer of what was read back": (
        "A: what is your phone number",
        "C: [oh seven nine double four six one two three oh eight]",
        "A: so [oh seven nine double four] <1> [six one two three oh nine]",
        "C: no it is [three oh eight] at the end",
    ),
    "name by name": (
        "A: may i take your full name please",
        "C: [brunhilde aspinall]",
        "A: thank you [brunhilde] <1> and which colour would you like for the wardrobe",
        "C: the green one with brass handles please",
    ),
    "two questions one after the other": (
        "A: and the expiry date please",
        "C: [november twenty thirty]",
        "A: and the security code",
        "C: [four nine two]",
        "A: lovely the wardrobe is on its way",
    ),
    "question misunderstood and put again": (
        "A: what is your sort code",
        "C: my what sorry",
        "A: the sort code of your bank",
        "C: [twenty forty fifty two]",
        "A: lovely the wardrobe is on its way",
    ),
    "customer asks, agent tells": (
        "C: could you tell me the booking reference",
        "A: of course it is [q r seven eight two f]",
        "C: thanks so much see you on tuesday",
    ),
    "written as a recogniser writes": (
        "A: And what's the long number on the card?",
        "C: Sure, it's [5199, 2247, 3044, 9167.]",
        "A: Great, that went through. The wardrobe comes on Tuesday.",
    ),
    "amounts beside an answer": (
        "A: that makes ninety nine pounds <1> what is the security code",
        "C: [four nine two]",
        "A: thank you we got that and it arrives in two weeks",
    ),
}


@pytest.mark.parametrize("lines", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_what_is_asked_for_is_hidden_and_the_rest_stays(lines: tuple[str, ...]) -> None:
    assert check(dialogue(*lines))


@pytest.mark.parametrize(("entity", "ask"), [(e, ask) for e, both in ASKED.items() for ask in both])
def test_every_kind_asked_for_is_hidden(entity: str, ask: str) -> None:
    about = "A: thanks for calling the north clinic" if entity == "MEDICAL" else "A: thanks for calling us today"
    script = dialogue(about, f"A: {ask}", f"C: [{ANSWERED[entity]}]", "A: thank you")
    assert leaks(script, findings(script)) == []


@pytest.mark.parametrize(
    "lines",
    [
        (ASK_CARD, f"C: {CARD}", "A +0.9: great that went through the wardrobe comes on tuesday"),
        (
            "A: what is your date of birth",
            "C: [the ninth of june nineteen seventy two]",
            "A +2: i have found the wardrobe",
        ),
        (f"{ASK_CARD} please <1> {CARD} <2> great that went through the wardrobe comes on tuesday",),
        ("A: What's the security ~code? <0.5> [Four nine two.] <1> Lovely, your parcel ships on Friday.",),
    ],
)
def test_one_channel_for_both(lines: tuple[str, ...]) -> None:
    assert check(dialogue(*lines, mono=True))


@pytest.mark.parametrize(
    "line",
    [
        "your new pin is [four nine two two]",
        "you are speaking with [Perpetua] <1> how can i help",
        "Good afternoon, this is [Perpetua] from the furniture desk, how may I help?",
        "the sort code is [twenty forty fifty two] and the account number is [oh one double nine two three four six]",
        "yes it expires [oh nine twenty nine]",
        "my phone number is [oh seven nine double four six one two three oh eight]",
        "the policy number is [k l seven seven two nine] <1> and the lamp never arrived",
        "my name is [Hermione Okafor] <1> and i ordered a kettle",
        "you can email me at [brun dot aspinall at gmail dot com]",
    ],
)
def test_what_is_announced_is_hidden_without_a_question(line: str) -> None:
    for speaker, other in ("AC", "CA"):
        assert check(dialogue(f"{speaker}: {line}", f"{other}: alright thank you"))


MOVED = "the meeting moved to the fifteenth of march"


@pytest.mark.parametrize("said", [h for h in HARMLESS if h != MOVED])
def test_harmless_talk_stays(said: str) -> None:
    assert findings(dialogue("A: How can I help?", f"C: {said.capitalize()}.", "A: I see.")) == []


# Without capitals these cannot be told from names after a cue.
LIKE_NAMES = {
    "the boiler is making a strange noise again",
    "he is out of the office until thursday",
    "the lift is stuck on the fourth floor",
    "my neighbour has the same washing machine",
}


@pytest.mark.parametrize("said", [h for h in HARMLESS if h != MOVED and h not in LIKE_NAMES])
def test_harmless_talk_stays_also_where_no_capitals_are_written(said: str) -> None:
    assert findings(dialogue("A: how can i help", f"C: {said}", "A: i see")) == []


@pytest.mark.parametrize(
    "line",
    [
        "C: #0.9",
        "C: #0.9 <0.3> ~yes",
        "C: [?flour ?mime ?chew]",
        "C: [?four] #0.8 [?two]",
        "C +9: #1.5",
    ],
)
@pytest.mark.parametrize("ask", ["A: what is the security code on the back", "A: may i take your full name"])
def test_what_was_not_understood_is_hidden_where_a_secret_is_due(ask: str, line: str) -> None:
    script = dialogue(ask, line, "A: thank you that is all done")
    found = check(script)
    hidden = merge(f.span for f in found if f.channel == 1)
    for channel, span in script.sounds:
        assert channel == 1
        assert covered(span, hidden) == span.size


def test_sound_without_words_stays_where_nothing_is_due() -> None:
    assert findings(dialogue("A: the wardrobe comes on tuesday", "C: #0.9", "C: #0.7 lovely", "A: thank you")) == []


@pytest.mark.parametrize(
    "lines",
    [
        (
            "A: so if you could now tell me the long number on your card whenever you are ready",
            f"C -0.6: {CARD}",
            "A: thank you the wardrobe comes on tuesday",
        ),
        (
            "A: what is the security code on the back and please take your time with it there is no hurry at all today",
            "C -3: [five one nine]",
        ),
    ],
)
def test_an_answer_given_while_the_question_goes_on_is_hidden(lines: tuple[str, ...]) -> None:
    assert check(dialogue(*lines))


@pytest.mark.parametrize("ask", ["A: could you tell me the security code", "A: may i take your full name"])
def test_a_question_left_alone_does_not_hide_what_comes_much_later(ask: str) -> None:
    pause = EXPECT_MS_MAX / 1000 + 3
    assert check(dialogue(ask, f"C +{pause}: ladders and wardrobes", "A: i see")) == []


@pytest.mark.parametrize(
    "lines",
    [
        (
            "A: what is the security code",
            "A +3: well never mind we will send you a letter about the wardrobe on tuesday",
            "C: the green wardrobe",
        ),
        (
            "A: may i take your full name",
            "C: [brunhilde aspinall]",
            "A: which colour would you like for the wardrobe and the shelves",
            "C: green shelves and a walnut wardrobe please",
        ),
    ],
)
def test_a_new_topic_closes_the_question(lines: tuple[str, ...]) -> None:
    check(dialogue(*lines))


def test_a_hidden_stretch_carries_the_name_of_what_was_asked() -> None:
    found = findings(dialogue("A: what is your pin", "C: [seven seven one two]", "A: thanks"))
    assert [f.entity for f in without_doubles(found, lambda _: True)] == ["PIN"]


def test_the_same_utterances_give_the_same_findings() -> None:
    script = dialogue(*CONVERSATIONS["read-back by the asker"])
    assert findings(script) == findings(script)


def judged(said: Utterance, *overlapping: tuple[int, Utterance]) -> tuple[Finding, ...]:
    return Judge(2, RATE).utterance(1, said, [w.span for w in said.words], overlapping)


def test_a_question_heard_at_the_same_time_counts() -> None:
    answer = utterance("five nineteen", samples(4))
    question = utterance("what is the security code please and take your time", samples(2))
    assert judged(answer) == ()
    (found, *_) = judged(answer, (0, question))
    assert found.reason is Reason.ANSWER
    assert covered(answer.words[0].span, [found.span]) == answer.words[0].span.size


def test_sound_between_utterances_is_doubted_only_after_a_question() -> None:
    run = Span(samples(5), samples(6))
    judge = Judge(2, RATE)
    assert judge.gap(1, run) == ()
    judge.utterance(0, utterance("what is the security code", samples(2)), [])
    assert [f.span for f in judge.gap(1, run)] == [run]
    assert judge.gap(0, run) == ()
    assert judge.gap(1, Span(run.start, run.start + samples(0.05))) == ()


def test_an_utterance_without_words_is_no_answer_and_no_fault() -> None:
    silent = Utterance(Span(samples(1), samples(2)), ())
    assert Judge(2, RATE).utterance(0, silent, []) == ()


def test_a_judge_may_forget_what_is_long_past() -> None:
    judge = Judge(2, RATE)
    judge.utterance(0, utterance("what is the security code", samples(2)), [])
    judge.forget(samples(1_000))
    said = utterance("five nineteen", samples(1_001))
    assert judge.utterance(1, said, []) == ()


def test_findings_lie_inside_their_utterance() -> None:
    said = words("my account number is four four one nine", samples(3))
    whole = Utterance(Span(samples(2.8), said[-1].span.end + samples(0.1)), said)
    found = Judge(2, RATE).utterance(0, whole, [])
    assert found
    assert all(whole.span.start <= f.span.start < f.span.end <= whole.span.end for f in found)


FINDINGS = st.lists(
    st.builds(
        lambda start, size, entity, reason: Finding(0, Span(start, start + size), entity, reason, 0.5),
        st.integers(0, 80),
        st.integers(1, 15),
        st.sampled_from([NUMBER, *(e.name for e in ENTITIES[:4])]),
        st.sampled_from(list(Reason)),
    ),
    max_size=10,
)


@given(FINDINGS, st.integers(0, 6))
def test_fusing_hides_no_less_and_joins_what_is_close(found: list[Finding], gap: int) -> None:
    out = fused(found, gap)
    before, after = merge(f.span for f in found), merge(f.span for f in out)
    assert all(covered(s, after) == s.size for s in before)
    assert all(any(s.start >= b.start and s.end <= b.end for b in merge(before, gap)) for s in after)
    for kind in {(f.entity, DOUBTS.get(f.reason)) for f in out}:
        own = sorted(f.span for f in out if (f.entity, DOUBTS.get(f.reason)) == kind)
        assert all(a.end + gap < b.start for a, b in pairwise(own))
    assert fused(out, gap) == out


@pytest.mark.parametrize(
    "ask",
    [
        "could you say that again for me",
        "the last part was breaking up",
        "once more a bit slower",
        "sorry, i didn't catch it",
    ],
)
def test_who_asks_to_hear_it_again_is_told_a_secret_again(ask: str) -> None:
    script = dialogue(
        "A: what is your pin please", "C: [4 8 3]", f"A: {ask}", "C: [marble ate three]", "A: the lamp is on its way"
    )
    assert leaks(script, findings(script)) == []


@pytest.mark.parametrize("text", ["i'm setting it to [castle teapot kettle.]", "we've changed yours to [acorn seven.]"])
def test_a_password_that_is_set_is_hidden_where_passwords_are_told(text: str) -> None:
    script = dialogue("C: my password has expired", f"A: ~that ~one ~is ~gone. {text} write that down")
    assert leaks(script, findings(script)) == []


@pytest.mark.parametrize(
    "heard", ["[we know we know we know]", "[now now now now j a]", "[sink of inner sink of inner]"]
)
def test_a_loop_of_a_recogniser_is_hidden_where_a_number_was_due(heard: str) -> None:
    script = dialogue("A: what is your card number please", f"C: {heard}")
    assert leaks(script, findings(script)) == []


@pytest.mark.parametrize("heard", ["[double mach 49]", "[devil 1 9 1]", "[double night eat not]"])
def test_a_double_that_was_garbled_goes_on_with_a_number(heard: str) -> None:
    script = dialogue("C: [3 5 6 6 0 1]", f"C +1.2: {heard}", "C +1.2: [9 3 9 6 7 4 6 4]")
    assert leaks(script, findings(script)) == []


@pytest.mark.parametrize(
    "text",
    ["~whoops ~wrong [for not one two double a five not six two]", "[nine not five three]", "[three four not five]"],
)
def test_noughts_heard_as_not_belong_to_their_number(text: str) -> None:
    script = dialogue("A: and the long number on the card", "C: [4 5 3 9 1 4]", f"C +1: {text}", "A: the lamp is ready")
    assert leaks(script, findings(script)) == []


def test_a_number_that_ends_with_digits_is_no_time() -> None:
    script = dialogue("A: read me your social security number", "C: [9 5 7 6 2] ~and ~it ~ends ~at [7292]")
    assert leaks(script, findings(script)) == []
