"""Early watermarks: plain talk leaves before its sentence has ended, and nothing leaves that is hidden without them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import RATE, Script, dialogue, hidden, in_turn, leaks, looked, samples, sounds, utterance

from pipeline.adapters.lists import loaded_lists
from pipeline.adapters.policy_file import preset
from pipeline.core.ahead import Ahead
from pipeline.core.aids import NO_AIDS, Aids
from pipeline.core.brief import Brief
from pipeline.core.custom import custom_of
from pipeline.core.early import Pending, plain_upto
from pipeline.core.fit import Fit
from pipeline.core.heard import Early, Heard, Utterance, Word
from pipeline.core.identify import Identify
from pipeline.core.judge import Judge
from pipeline.core.looks import Looks, agreed
from pipeline.core.pin import Pin
from pipeline.core.profile import WORDS, Profile, hashed
from pipeline.core.sound import Sound
from pipeline.core.span import Span, covered
from pipeline.core.terms import Recogniser, Term, Terms
from pipeline.core.verdict import Verdict

AIDS = Aids(lists=loaded_lists())
EARLY = Brief(early=True)
TALK = (
    "so i was looking at the garden and the trees behind the house because they are getting so big that we can "
    "hardly see the road"
)
CALLS = [
    dialogue(f"A: {TALK}", "C: yes i see what you mean and i think that it would be good to do something about them"),
    dialogue(
        f"A: {TALK} and my card number is [four one one one two two two two] thank you",
        "C: thank you so much for that and for all that you have been doing",
    ),
    dialogue(
        "A: before we go on what is the long number on the front of the card",
        "C: sure it is here and it says [six two three three] <0.4> [nine oh one]",
        "A -0.5: mm hmm",
        "C +0.7: [double eight four five six seven two]",
        f"A: {TALK}",
        "C: wonderful my name is [Polly Underwood] and i would like to thank you for all of your help today",
    ),
    dialogue(
        f"A: {TALK}", "C: the garden is at [one hundred and nine coppice road] and we are there all day", mono=True
    ),
]


def judged(
    script: Script, news: Sequence[Sound], *, early: bool, aids: Aids = AIDS
) -> tuple[list[Verdict], list[tuple[int, int]]]:
    """Verdicts; and how far audio may leave by when, both in samples."""
    identify = Identify(script.channels, RATE, aids, Brief(early=early))
    marks, ends, out, left = [0] * script.channels, [0] * script.channels, [], []
    for sound in news:
        ends[sound.channel] = sound.frames.end * RATE // 100
        for verdict in identify.push(sound):
            assert verdict.watermark >= marks[verdict.channel], "a watermark goes back"
            assert all(f.span.start >= marks[verdict.channel] for f in verdict.findings), "hidden after it has left"
            marks[verdict.channel] = verdict.watermark
            out.append(verdict)
        left.append((min(ends), min(marks)))
    return out, left


def feed(script: Script, cuts: Sequence[int], *, early: bool = True) -> list[Sound]:
    return in_turn([sounds(script, c, cuts, early=early) for c in range(script.channels)])


def blocks(script: Script) -> range:
    return range(0, script.length, RATE // 4)


def test_talk_leaves_before_its_sentence_has_ended() -> None:
    script = CALLS[0]
    _, late = judged(script, feed(script, blocks(script)), early=False)
    _, soon = judged(script, feed(script, blocks(script)), early=True)
    ahead = [a[1] - b[1] for a, b in zip(soon, late, strict=True)]
    assert min(ahead) >= 0
    assert max(ahead) > samples(5)
    held = [pushed - mark for pushed, mark in soon if pushed < script.length]
    assert max(held) < samples(4), "the talk was as long as ten seconds"


@pytest.mark.parametrize("script", CALLS)
def test_all_that_is_hidden_without_is_hidden_with_it(script: Script) -> None:
    plain, _ = judged(script, feed(script, blocks(script)), early=False)
    early, _ = judged(script, feed(script, blocks(script)), early=True)
    for channel in range(script.channels):
        found = [[f for v in said for f in v.findings] for said in (plain, early)]
        assert hidden(found[0], channel) == hidden(found[1], channel)
    assert leaks(script, [f for v in early for f in v.findings]) == []


@settings(max_examples=30, deadline=None)
@given(n=st.integers(0, len(CALLS) - 1), step=st.integers(400, 30_000))
def test_what_is_hidden_does_not_depend_on_how_the_feed_is_cut(n: int, step: int) -> None:
    script = CALLS[n]
    whole, _ = judged(script, feed(script, []), early=True)
    parts, _ = judged(script, feed(script, range(0, script.length, step)), early=True)
    for channel in range(script.channels):
        assert hidden([f for v in whole for f in v.findings], channel) == hidden(
            [f for v in parts for f in v.findings], channel
        )


@settings(max_examples=40, deadline=None)
@given(at=st.integers(0, 22), digits=st.integers(3, 12), step=st.sampled_from([1_000, 2_000, 4_000]), data=st.data())
def test_no_part_of_a_number_leaves_before_it_is_judged(at: int, digits: int, step: int, data: st.DataObject) -> None:
    """It begins anywhere in a sentence, and the watermark waits in front of it."""
    said = data.draw(
        st.lists(
            st.sampled_from("oh one two three four five six seven eight nine for to 4 71 double".split()),
            min_size=digits, max_size=digits,
        )
    )  # fmt: skip
    words = TALK.split()
    script = dialogue(" ".join(["A:", *words[:at], "my card number is", *said, *words[at:][:4]]), "C: thank you")
    identify = Identify(2, RATE, AIDS, EARLY)
    begin = script.utterances[0][0].words[at + 4].span.start
    ended = False
    for sound in feed(script, range(0, script.length, step)):
        ended = ended or (sound.channel == 0 and bool(sound.heard.utterances))
        for verdict in identify.push(sound):
            assert ended or verdict.watermark <= begin


@settings(max_examples=60, deadline=None)
@given(n=st.integers(0, len(CALLS) - 1), seed=st.integers(0, 2**16))
def test_early_words_that_were_wrong_break_no_promise(n: int, seed: int) -> None:
    """Whatever an engine makes of open utterances: what left stays as it is, and the rest is hidden as ever."""
    script, rng = CALLS[n], random.Random(seed)
    news = [
        replace(s, heard=replace(s.heard, early=_garbled(s.heard.early, rng))) for s in feed(script, blocks(script))
    ]
    plain, _ = judged(script, feed(script, blocks(script)), early=False)
    early, _ = judged(script, news, early=True)
    for channel in range(script.channels):
        marks = [0, *(v.watermark for v in early if v.channel == channel)]
        mine, theirs = (hidden([f for v in said for f in v.findings], channel) for said in (early, plain))
        assert all(covered(span, theirs) == span.size for span in mine)
        assert marks[-1] == script.length


def _garbled(early: Early | None, rng: random.Random) -> Early | None:
    if early is None:
        return None
    texts = "the garden so one my name is double polly for".split()
    return replace(early, words=tuple(replace(w, text=rng.choice([w.text, *texts])) for w in early.words))


def test_without_lists_no_word_is_known_to_be_plain() -> None:
    script = CALLS[0]
    _, late = judged(script, feed(script, blocks(script)), early=False, aids=NO_AIDS)
    _, soon = judged(script, feed(script, blocks(script)), early=True, aids=NO_AIDS)
    assert soon == late


def test_while_a_question_is_open_nobody_is_released_early() -> None:
    script = dialogue("A: what is your surname", f"C: {TALK}", "A +1: thank you so much for that and for all of it")
    asked = script.utterances[0][0].words[-1].span.end
    identify = Identify(2, RATE, AIDS, EARLY)
    for sound in feed(script, blocks(script)):
        told = [v.watermark for v in identify.push(sound)]
        if not any(u.span.end > asked for u in sound.heard.utterances):
            assert max(told, default=0) <= script.utterances[1][0].span.start
        else:
            return


def test_two_hearings_agree_up_to_the_first_word_that_differs() -> None:
    one, two = utterance("so i was going to").words, utterance("so i was growing tomatoes").words
    assert [w.text for w in agreed(one, two)] == ["so", "i", "was"]
    assert agreed((), two) == ()
    assert agreed(two, two) == two


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("so i was looking at the garden and", 6),
        ("so i was looking at the garden", 6),
        ("so i was thinking about four of the things that we", 3),
        ("so it was for to four of the things that we", 3),
        ("so it was Polly who told me about that", 1),
        ("so it was fnord who told me about that", 1),
        ("and that is my account so i think that we", 2),
        ("my house is on mill", 4),
        ("so it was Polly who told me that it is going to be", 11),
        ("so it was four of us who told me that it is going to be", 1),
    ],
)
def test_the_first_word_that_may_become_a_secret_holds_back_the_rest(text: str, plain: int) -> None:
    said = utterance(text, samples(2))
    item = Pending(0, Utterance(Span(said.span.start, said.words[-1].span.end), said.words), (), open=True)
    upto = plain_upto(item, AIDS.lists, RATE)
    ends = [w.span.end for w in said.words]
    assert sum(end <= upto for end in ends) == plain


def test_a_word_hardly_heard_and_voice_without_words_hold_back() -> None:
    said = utterance("so i was looking at the garden and the trees", samples(2))
    words = tuple(replace(w, confidence=0.1 if w.text == "garden" else 0.9) for w in said.words)
    whole = Span(said.span.start, said.words[-1].span.end)
    item = Pending(0, Utterance(whole, words), (), open=True)
    assert plain_upto(item, AIDS.lists, RATE) == words[3].span.end
    gap = tuple(w for w in said.words if w.text not in {"garden", "and"})
    item = Pending(0, Utterance(whole, gap), (Span(samples(2), whole.end),), open=True)
    assert plain_upto(item, AIDS.lists, RATE) == said.words[5].span.end
    whole = Span(whole.start - samples(0.2), whole.end)
    breath = Pending(0, Utterance(whole, said.words), (whole,), open=True)
    assert plain_upto(breath, AIDS.lists, RATE) == whole.start


def test_in_a_pause_the_last_words_need_not_wait_but_what_sounds_like_digits() -> None:
    for text, talking, paused in (("my house is on mill", 4, 5), ("so i was looking for", 3, 4)):
        said = utterance(text, samples(2))
        whole = Utterance(Span(said.span.start, said.words[-1].span.end), said.words)
        for pause, plain in ((False, talking), (True, paused)):
            bound = plain_upto(Pending(0, whole, (), open=True, paused=pause), AIDS.lists, RATE)
            assert sum(w.span.end <= bound for w in said.words) == plain


def test_of_an_utterance_that_has_ended_only_numbers_are_waited_for() -> None:
    for text, plain in (("so it was fnord who told me", 7), ("so it was four", 1)):
        said = utterance(text, samples(2))
        bound = plain_upto(Pending(0, said, (), open=False), AIDS.lists, RATE)
        assert sum(w.span.end <= bound for w in said.words) == plain


def upto(brief: Brief, text: str) -> int:
    """How many words of an open utterance may leave."""
    said = utterance(text, samples(2))
    item = Pending(0, Utterance(Span(said.span.start, said.words[-1].span.end), said.words), (), open=True)
    bound = Ahead(2, RATE, AIDS, brief).upto(Judge(2, RATE, AIDS, brief), [item], 0)
    return sum(w.span.end <= bound for w in said.words)


def test_words_of_a_policy_and_a_profile_are_waited_for() -> None:
    plain = upto(EARLY, TALK)
    assert plain > 15
    deny = custom_of((Terms(deny=(Term("road to the big blue sea"),)),), None)
    assert 0 < upto(replace(EARLY, custom=deny), TALK) < plain
    behind = custom_of((Terms(custom=(Recogniser("TREES", "CUSTOM", ("trees",), context=("garden",)),)),), None)
    assert upto(replace(EARLY, custom=behind), TALK) == 0
    known = Profile(b"k" * 32, {WORDS: {hashed(b"k" * 32, WORDS, "cherryhill"): "POSTAL_ADDRESS"}})
    assert 0 < upto(replace(EARLY, profile=known), TALK) < plain
    assert upto(Brief(), TALK) == 0


def test_words_of_an_utterance_told_as_ended_are_no_news() -> None:
    script = CALLS[0]
    first = script.utterances[0][0]
    news = sounds(script, 0, blocks(script), early=True)
    fit = Fit(RATE)
    for sound in news:
        told = fit.push(sound)
        late = Early(first.span, first.words)
        if told.heard.utterances:
            again = replace(sound, heard=Heard(sound.heard.upto, (), late), frames=_none(sound))
            assert fit.push(again).heard.early is None
            return
        assert told.heard.early == sound.heard.early


def _none(sound: Sound) -> object:
    frames = sound.frames
    return replace(frames, first=frames.end, rms=frames.rms[:0], threshold=frames.threshold[:0])


def test_early_words_are_of_the_open_utterance() -> None:
    script = CALLS[2]
    for channel in range(2):
        for now in range(0, script.length, 500):
            early = looked(script.utterances[channel], now - 500, now)
            if early is not None:
                first = next(u for u in script.utterances[channel] if u.span.start == early.span.start)
                assert early.words == first.words[: len(early.words)]


def test_an_utterance_is_looked_at_at_the_same_lengths_however_it_comes() -> None:
    for step in (20, 40, 60, 500):
        looks = Looks(500)
        at = [n for n in range(20, 2_100, step) if looks.due(Span(100, 100 + n))]
        assert len(at) == 4
        assert all(n % 500 < step for n in at)
    assert not looks.due(Span(100, 2_000))
    assert not looks.due(Span(2_000, 2_400)), "another utterance"
    assert looks.due(Span(2_000, 2_500))


def test_a_pause_is_looked_at_once() -> None:
    looks = Looks(500)
    one, two = utterance("so i was going to").words, utterance("so i was growing tomatoes").words
    assert looks.due(Span(0, 500))
    assert looks.saw(one) == Early(Span(0, 0), ())
    assert not looks.due(Span(0, 700))
    assert looks.due(Span(0, 700), pause=True)
    assert looks.saw(two) == Early(Span(0, two[2].span.end), two[:3])
    assert not looks.due(Span(0, 700), pause=True)
    assert looks.due(Span(0, 1_000))
    assert looks.saw(two).words == two
    assert looks.due(Span(5_000, 5_500))
    assert looks.saw(two).words == (), "seen in the one before"


def test_words_heard_twice_are_words() -> None:
    word = Word(Span(0, 5), "so", 0.5)
    assert agreed([word], [Word(Span(1, 6), "So,", 0.4)]) == (Word(Span(1, 6), "So,", 0.4),)


def test_a_call_is_early_only_if_all_who_get_it_say_so() -> None:
    policy = preset("default")
    early = replace(policy, early=True)
    made = Pin({"storage": early, "analytics": policy}, ("agent",), "d", "e", "1", "m", "en", "s", "r")
    assert not made.early
    both = replace(made, policies={"storage": early, "analytics": early})
    assert both.early
    assert Pin.of(both.plain()) == both
    assert Pin.of(made.plain()).policies["storage"].early
    assert not replace(made, policies={}).early
