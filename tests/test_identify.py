"""Identify: findings follow from the audio, never from how and when it arrived; the watermark tells the truth."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import RATE, Script, dialogue, hidden, in_turn, leaks, samples, sounds, utterance, verdicts, words

from pipeline.core.endpoint import EndpointConfig
from pipeline.core.entities import KEYPAD
from pipeline.core.finding import Reason
from pipeline.core.heard import Heard, Utterance
from pipeline.core.identify import Identify
from pipeline.core.level import Frames
from pipeline.core.policy import HOLD_MS_LEAST
from pipeline.core.sound import Sound
from pipeline.core.span import Span, covered
from pipeline.core.verdict import Verdict

CALL = dialogue(
    "A: thanks for calling the garden centre how can i help",
    "C: i would like to pay for the shed we ordered",
    "A: what is the long number on the front of the card",
    "C: [six two three three] <0.4> [nine oh one]",
    "A -0.5: mm hmm",
    "C +0.7: [double eight four five six seven two]",
    "A: and what is the expiry date",
    "C -0.2: [march twenty thirty one]",
    "C +0.9: #0.9",
    "A: can i take your email address please",
    "C +3: #0.7 <0.2> [polly at fern dash garden dot com]",
    "A: the shed comes to ninety pounds and arrives in two weeks",
    "C: wonderful my name is [Polly Underwood]",
)


MONO = dialogue(
    "A: may i take your full name",
    "C: [polly underwood]",
    "A +1.2: and the number on the card",
    "C: [six two three three] <0.9> [nine oh one double eight]",
    "A +2: the shed comes to ninety pounds",
    mono=True,
)


def words_loud(said: Utterance) -> list[Span]:
    """Where an utterance is heard."""
    return [w.span for w in said.words]


def cuts_of(length: int) -> st.SearchStrategy[list[int]]:
    """Cuts from a few to many, at any sample."""
    every = st.builds(lambda step, at: list(range(at, length, step)), st.integers(800, 40_000), st.integers(1, 799))
    return st.one_of(st.lists(st.integers(1, length - 1), max_size=12), every)


def interleaved(parts: Sequence[Sequence[Sound]], seed: int) -> list[Sound]:
    """One order in which the channels' parts could arrive."""
    rng = random.Random(seed)
    left = [list(p) for p in parts]
    out = []
    while any(left):
        out.append(rng.choice([p for p in left if p]).pop(0))
    return out


def by_channel(script: Script, said: Sequence[Verdict]) -> list[tuple[Span, ...]]:
    return [hidden([f for v in said for f in v.findings], c) for c in range(script.channels)]


def facts(said: Sequence[Verdict]) -> list[tuple]:
    return sorted((f.channel, f.span, f.entity, f.reason) for v in said for f in v.findings)


def check_watermarks(script: Script, said: Sequence[Verdict]) -> None:
    marks = [0] * script.channels
    for verdict in said:
        assert verdict.watermark >= marks[verdict.channel]
        for finding in verdict.findings:
            assert finding.channel == verdict.channel
            assert finding.span.start >= marks[verdict.channel]
            assert finding.span.end <= script.length
        marks[verdict.channel] = verdict.watermark
    assert marks == [script.length] * script.channels


def whole(script: Script) -> list[Verdict]:
    """Every channel in one piece."""
    return verdicts(script, [sound for c in range(script.channels) for sound in sounds(script, c)])


WHOLE, MONO_WHOLE = whole(CALL), whole(MONO)


def test_the_calls_have_something_to_hide() -> None:
    for script, said in ((CALL, WHOLE), (MONO, MONO_WHOLE)):
        assert leaks(script, [f for v in said for f in v.findings]) == []
        check_watermarks(script, said)


@settings(max_examples=60, deadline=None)
@given(one=cuts_of(CALL.length), two=cuts_of(CALL.length), seed=st.integers(0, 2**16))
def test_findings_do_not_depend_on_cuts_and_order(one: list[int], two: list[int], seed: int) -> None:
    said = verdicts(CALL, interleaved([sounds(CALL, 0, one), sounds(CALL, 1, two)], seed))
    check_watermarks(CALL, said)
    assert by_channel(CALL, said) == by_channel(CALL, WHOLE)
    assert facts(said) == facts(WHOLE)


@settings(max_examples=30, deadline=None)
@given(cuts=cuts_of(MONO.length))
def test_findings_of_one_channel_do_not_depend_on_cuts(cuts: list[int]) -> None:
    said = verdicts(MONO, sounds(MONO, 0, cuts))
    check_watermarks(MONO, said)
    assert facts(said) == facts(MONO_WHOLE)


@settings(max_examples=30, deadline=None)
@given(
    order=st.permutations(range(6)),
    pauses=st.lists(st.sampled_from(["+0.6", "-0.4", "+1.5"]), min_size=6, max_size=6),
    cuts=st.integers(900, 30_000),
)
def test_other_conversations_do_not_depend_on_cuts_either(order: list[int], pauses: list[str], cuts: int) -> None:
    lines = [
        "A{}: what is the security code",
        "C{}: five one nine",
        "A{}: mm hmm",
        "C{}: may i ask what your name is",
        "A{}: my name is Perpetua <1> and your postcode",
        "C{}: #0.8 k t three nine q l",
    ]
    try:
        script = dialogue(*(lines[i].format(f" {p}") for i, p in zip(order, pauses, strict=True)), lead_s=3)
    except AssertionError:  # somebody interrupts himself
        return
    feed = in_turn([sounds(script, c, range(0, script.length, cuts)) for c in range(2)])
    said = verdicts(script, feed)
    check_watermarks(script, said)
    assert facts(said) == facts(whole(script))


def monologue(length_s: int, long_s: int, first_s: float = 0) -> tuple[list[Utterance], list[Span]]:
    """Talk without a pause, heard in utterances of `long_s`."""
    spoken = []
    starts = [samples(first_s + t) for t in range(0, length_s - long_s - int(first_s) + 1, long_s)]
    for start in starts:
        said = [w for w in words("the lamp fell over " * 9, start) if w.span.end <= start + samples(long_s)]
        spoken.append(Utterance(Span(start, start + samples(long_s)), tuple(said)))
    return spoken, [Span(s, s + samples(long_s)) for s in starts]


@pytest.mark.parametrize("both", [False, True])
def test_the_watermark_keeps_up_with_talk_without_a_pause(both: bool) -> None:
    """What is held must fit into the hold, however the utterances of two speakers lie to each other."""
    longest_s = EndpointConfig().max_ms // 1000
    assert longest_s <= 10
    one, loud = monologue(60, longest_s)
    two, loud_two = monologue(60, longest_s, longest_s / 2) if both else ([], [])
    script = Script(2, [one, two], [loud, loud_two], length=samples(62))
    identify = Identify(2, RATE)
    marks, pushed = [0, 0], [0, 0]
    for sound in in_turn([sounds(script, c, range(0, script.length, RATE // 4)) for c in range(2)]):
        pushed[sound.channel] += sound.frames.rms.size * RATE // 100
        for verdict in identify.push(sound):
            marks[verdict.channel] = verdict.watermark
        assert (max(pushed) - min(marks)) * 1000 / RATE < HOLD_MS_LEAST
    assert marks == [script.length] * 2


ANSWER = "i have lived here for years and the lamp fell over and broke the window and the door as well"


@pytest.mark.parametrize(("gap", "talked_over"), [("+0.3", False), ("+0.05", False), ("-0.8", True)])
def test_a_turn_does_not_wait_for_the_end_of_its_answer(gap: str, talked_over: bool) -> None:
    """It is judged while who answers at once still talks, and what he did not talk over may leave."""
    script = dialogue("A: where did you say the lamp is", f"C {gap}: {ANSWER}", "A +2: i see")
    (turn, _), (answer,) = script.utterances
    identify, marks = Identify(2, RATE), [0, 0]
    for part in in_turn([sounds(script, c, range(0, answer.span.end, RATE // 4)) for c in range(2)])[:-2]:
        for verdict in identify.push(part):
            marks[verdict.channel] = verdict.watermark
    if talked_over:
        assert max(marks) <= turn.span.start
    else:
        assert answer.span.start - samples(0.1) <= marks[1] <= answer.span.start
        assert marks[0] >= turn.words[-1].span.end


LONG_QUESTION = "what is your mother's maiden name we need that for the account because it was opened so long ago here"


@pytest.mark.parametrize("nod", ["C -1: okay", "C -4.5: mm"])
def test_sound_before_a_nod_is_judged_once_the_question_is(nod: str) -> None:
    """An answer without words, a nod behind it, and the question goes on over both."""
    script = dialogue(f"A: {LONG_QUESTION}", "C -3.5: #0.8", nod)
    said = whole(script)
    check_watermarks(script, said)
    found = [f for v in said for f in v.findings]
    (answer,) = (span for channel, span in script.sounds if channel == 1)
    assert any(f.reason is Reason.DOUBT_NO_WORDS and f.span.overlaps(answer) for f in found)


def test_with_three_channels_sound_is_judged_in_the_order_it_was_heard() -> None:
    """However much comes at once."""
    script = dialogue("A: #0.8", "C +3: #0.8")
    asks = dialogue("A: who am i speaking with", lead_s=1.0)
    script.channels = 3
    script.utterances.append(asks.utterances[0])
    script.loud.append(asks.loud[0])
    script.loud[0], script.loud[1] = script.loud[1], [Span(samples(4), samples(4.8))]
    script.loud[0] = [Span(samples(8), samples(8.8)), *words_loud(name := utterance("featherstone", samples(12)))]
    script.utterances[0] = [name]
    script.length = samples(16)
    results = [
        {(f.channel, f.span, f.reason) for v in verdicts(script, in_turn(parts)) for f in v.findings}
        for parts in (
            [sounds(script, c, range(0, script.length, step)) for c in range(3)] for step in (RATE // 4, script.length)
        )
    ]
    assert results[0] == results[1]
    assert len(results[0]) >= 2


def test_nothing_is_final_while_another_channel_is_behind() -> None:
    script = dialogue("C: hello there <9> hello again", "A: hello")
    ahead = sounds(script, 1, range(0, script.length, RATE))
    assert verdicts(script, ahead[:-1]) == []
    late = verdicts(script, [*ahead, *sounds(script, 0, range(0, script.length, RATE))])
    check_watermarks(script, late)


def sound(upto: int, keys: tuple[Span, ...], keys_upto: int, *, ended: bool = False, first: int = 0) -> Sound:
    quiet = np.full(upto * 100 // RATE - first, 0.0001, np.float32)
    return Sound(0, Heard(upto), keys, keys_upto, Frames(RATE, first, quiet, quiet * 10), ended=ended)


def test_keys_are_hidden_as_they_are_told() -> None:
    identify = Identify(1, RATE)
    keys = Span(samples(1), samples(2))
    told = identify.push(sound(samples(4), (keys,), samples(2.5)))
    (found,) = [f for v in told for f in v.findings]
    assert (found.span, found.entity, found.reason) == (keys, KEYPAD, Reason.KEYPAD)
    assert all(v.watermark <= samples(2.5) for v in told)
    more = Span(samples(2.5), samples(3))
    last = identify.push(sound(samples(5), (more,), samples(5), ended=True, first=400))
    assert [f.span for v in last for f in v.findings] == [more]
    assert last[-1].watermark == samples(5)


def test_speech_in_which_nothing_was_heard_is_final_too() -> None:
    script = dialogue("A: #3", "C: #2")
    said = whole(script)
    check_watermarks(script, said)
    assert [f for v in said for f in v.findings] == []


def test_edges_move_outward_only() -> None:
    for script, said in ((CALL, WHOLE), (MONO, MONO_WHOLE)):
        for channel, word in script.hide:
            spans = by_channel(script, said)[channel]
            assert covered(word.span, spans) == word.span.size


def test_news_without_anything_new_changes_nothing() -> None:
    parts = in_turn([sounds(CALL, c, range(0, CALL.length, RATE)) for c in range(2)])
    empty = [replace(p, heard=Heard(p.heard.upto), frames=_nothing(p), ended=False) for p in parts]
    doubled = [s for pair in zip(parts, empty, strict=True) for s in pair if not (s is pair[1] and pair[0].ended)]
    assert facts(verdicts(CALL, doubled)) == facts(WHOLE)


def _nothing(part: Sound) -> Frames:
    frames = part.frames
    return Frames(RATE, frames.end, frames.rms[:0], frames.threshold[:0])
