"""Which findings of a second hearing are secrets that can still be heard, and which are only its missing context."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scripted import RATE, dialogue, findings, samples, utterance

from pipeline.core.audible import ANSWERED_S, TOLERANCE_MS, audible
from pipeline.core.finding import Finding, Reason
from pipeline.core.heard import Utterance
from pipeline.core.level import Frames
from pipeline.core.proof import Kind, Problem, Stretch
from pipeline.core.span import Span
from pipeline.core.tone import Action

SLACK = TOLERANCE_MS * RATE // 1000
LENGTH = samples(40)


def frames(*loud: Span) -> Frames:
    """Of a call of 40 s that sounds in `loud`, or all the time."""
    rms = np.full(LENGTH * 100 // RATE, 0.0 if loud else 0.2, np.float32)
    for span in loud:
        rms[span.start * 100 // RATE : span.end * 100 // RATE] = 0.2
    return Frames(RATE, 0, rms, np.full(rms.size, 0.01, np.float32))


def heard(
    finding: Finding,
    *said: Utterance,
    hidden: Sequence[Span] = (),
    as_what: str = "CARD_NUMBER",
    loud: Sequence[Span] = (),
    keeps: bool = False,
) -> tuple[Problem, ...]:
    stretches = [Stretch(0, span, as_what, Action.SILENCE) for span in hidden]
    spoken = [(0, u) for u in said]
    return audible([finding], spoken, [frames(*loud)], [tuple(hidden)], stretches, keeps=lambda _: keeps)


def at(start_s: float, text: str) -> Utterance:
    return utterance(text, samples(start_s))


def of(said: Utterance, entity: str = "CARD_NUMBER", reason: Reason = Reason.PATTERN) -> Finding:
    return Finding(0, said.span, entity, reason, 0.9)


def test_a_number_that_is_said_is_a_problem() -> None:
    said = at(10, "four one one one")
    (problem,) = heard(of(said), said)
    assert (problem.channel, problem.kind, problem.entity, problem.reason) == (
        0, Kind.AUDIBLE, "CARD_NUMBER", "pattern",
    )  # fmt: skip
    assert said.span.start <= problem.span.start < problem.span.end <= said.span.end


def test_what_is_hidden_is_none_nor_what_is_near_it() -> None:
    said = at(10, "four one one one")
    assert heard(of(said), said, hidden=[said.span]) == ()
    near = Span(said.span.start + SLACK, said.span.end - SLACK)
    assert heard(of(said), said, hidden=[near]) == ()
    half = Span(said.span.start, (said.span.start + said.span.end) // 2)
    (problem,) = heard(of(said), said, hidden=[half])
    assert problem.span.start >= half.end + SLACK - 80


def test_silence_and_what_has_no_words_are_none() -> None:
    said = at(10, "four one one one")
    assert heard(of(said), said, loud=[Span(0, samples(5))]) == ()
    assert heard(of(said), loud=[said.span]) == ()
    assert heard(of(said, "KEYPAD", Reason.KEYPAD)) != ()


@pytest.mark.parametrize("reason", [Reason.DOUBT_WORDS, Reason.DOUBT_NO_WORDS, Reason.ALTERNATIVE, Reason.LATE])
def test_doubt_alone_is_none(reason: Reason) -> None:
    said = at(10, "four one one one")
    assert heard(of(said, reason=reason), said) == ()


def test_what_the_policy_keeps_is_none() -> None:
    said = at(10, "four one one one")
    assert heard(of(said), said, keeps=True) == ()


@pytest.mark.parametrize(
    ("entity", "reason", "text", "counts", "after_another"),
    [
        ("PERSON_NAME", Reason.ANSWER, "how can i help", False, False),
        ("CARD_EXPIRY", Reason.ANSWER, "doors open at half past six", False, False),
        ("CARD_EXPIRY", Reason.ANSWER, "well that is six seven then", False, True),
        ("CARD_NUMBER", Reason.ANSWER, "four one one one", True, True),
        ("PERSON_NAME", Reason.CUE, "my name is maria", True, True),
    ],
)
def test_after_a_hidden_answer_only_a_number_is_more_of_it(
    entity: str, reason: Reason, text: str, counts: bool, after_another: bool
) -> None:
    said = at(20, text)
    before = Span(samples(17), samples(19))
    for what in (entity, "NUMBER"):
        assert bool(heard(of(said, entity, reason), said, hidden=[before], as_what=what)) is counts
    assert bool(heard(of(said, entity, reason), said, hidden=[before], as_what="EMAIL")) is after_another
    long_ago = Span(samples(1), samples(20 - ANSWERED_S) - samples(0.5))
    assert heard(of(said, entity, reason), said, hidden=[long_ago], as_what=entity) != ()


def test_a_call_heard_without_its_answers_has_no_problem() -> None:
    """The rules themselves, on a dialogue whose answers are silent: questions stay, nothing answers them."""
    script = dialogue(
        "A: could you read me the long number on the card",
        "A +8: thank you and what is your date of birth",
        "A +6: lovely and your full name please",
        "C +5: great can you send the kettle to my office on friday",
        "A: of course is there anything else",
        "C: no that was all thank you",
    )
    ends = [u.span.end for u in script.utterances[0]]
    answers = [Span(ends[0] + 4000, ends[0] + 50_000), Span(ends[1] + 4000, ends[1] + 40_000)]
    answers.append(Span(ends[2] + 4000, ends[2] + 35_000))
    hidden = [(), tuple(answers)]
    kinds = ("CARD_NUMBER", "DATE_OF_BIRTH", "PERSON_NAME")
    stretches = [Stretch(1, span, kind, Action.SILENCE) for span, kind in zip(answers, kinds, strict=True)]
    spoken = [(c, u) for c, own in enumerate(script.utterances) for u in own]
    found = findings(script)
    assert audible(found, spoken, [frames(), frames()], hidden, stretches) == ()
