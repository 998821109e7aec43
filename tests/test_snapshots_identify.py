"""Identify, written down after any news and taken up elsewhere, goes on as if never interrupted."""

from __future__ import annotations

from collections.abc import Sequence

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import RATE, Script, dialogue, doubted, in_turn, samples, sounds

from pipeline.adapters.lists import loaded_lists
from pipeline.core.aids import Aids
from pipeline.core.brief import Brief
from pipeline.core.identify import Identify
from pipeline.core.plain import plain_utterance, utterance_of
from pipeline.core.sound import Sound
from pipeline.core.span import Span
from pipeline.core.verdict import Verdict

CALL = doubted(
    dialogue(
        "A: thanks for calling the clinic my name is Perpetua how can i help",
        "C: i would like to pay for the cream the doctor gave me for my eczema",
        "A: what is the long number on the front of the card",
        "C: six two three three <0.4> nine oh one",
        "A -0.5: mm hmm",
        "C +0.7: double eight four five six seven two",
        "A: and the security code and what is your surname",
        "C +2.5: #0.9",
        "C +0.4: five one nine",
        "A: so that ends in six seven two",
        "C: no it ends in six seven three underwood",
        "A: which medicine are you taking and what is your postcode",
        "C: k t three nine q l",
        "C: so it was perpetua who will call me",
    )
)
MONO = dialogue(
    "A: may i take your full name and your date of birth",
    "C: polly underwood <0.9> march the ninth nineteen eighty",
    "A +1.2: and the number on the card",
    "C: six two three three <0.9> nine oh one double eight",
    "A +2: the shed comes to ninety pounds",
    mono=True,
)
CUTS = st.one_of(
    st.integers(1_500, 40_000).map(lambda step: list(range(step, CALL.length, step))),
    st.lists(st.integers(1, MONO.length - 1), max_size=10),
)


AIDS = Aids(lists=loaded_lists())
EARLY = Brief(early=True)


def feed(script: Script, cuts: Sequence[int]) -> list[Sound]:
    return in_turn([sounds(script, c, cuts, early=True) for c in range(script.channels)])


def test_words_of_open_utterances_are_among_the_news() -> None:
    news = feed(CALL, range(0, CALL.length, RATE // 4))
    assert any(s.heard.early for s in news)
    identify = Identify(2, RATE, AIDS, EARLY)
    plain = Identify(2, RATE)
    ahead = [sum(v.watermark for v in identify.push(s)) - sum(v.watermark for v in plain.push(s)) for s in news]
    assert any(ahead)


def test_other_readings_are_written_down_too() -> None:
    for utterance in doubted(dialogue("C: four oh one", "C: nine", mono=True)).utterances[0]:
        assert len(utterance.readings) == 3
        assert utterance_of(msgpack.unpackb(msgpack.packb(plain_utterance(utterance)))) == utterance


def taken_up(identify: Identify, channels: int) -> Identify:
    other = Identify(channels, RATE, AIDS, EARLY)
    other.restore(msgpack.unpackb(msgpack.packb(identify.snapshot())))
    return other


def told(channels: int, news: Sequence[Sound], breaks: set[int]) -> list[tuple[Verdict, ...]]:
    identify = Identify(channels, RATE, AIDS, EARLY)
    out = []
    for n, sound in enumerate(news):
        out.append(identify.push(sound))
        if n in breaks:
            identify = taken_up(identify, channels)
    return out


@settings(max_examples=40, deadline=None)
@given(mono=st.booleans(), cuts=CUTS, data=st.data())
def test_an_interrupted_identify_says_the_same(mono: bool, cuts: list[int], data: st.DataObject) -> None:
    script = MONO if mono else CALL
    news = feed(script, cuts)
    breaks = data.draw(st.sets(st.integers(0, len(news) - 1), min_size=1, max_size=6))
    assert told(script.channels, news, breaks) == told(script.channels, news, set())


@pytest.mark.parametrize("script", [CALL, MONO])
def test_it_may_be_interrupted_after_every_news(script: Script) -> None:
    news = feed(script, range(0, script.length, RATE // 2))
    plain = told(script.channels, news, set())
    assert any(v.findings for verdicts in plain for v in verdicts)
    assert told(script.channels, news, set(range(len(news)))) == plain


def test_a_greeting_is_the_first_thing_somebody_says_also_after_a_restart() -> None:
    script = dialogue(
        "A: good morning this is Marlow speaking to you", "C: hello there", "A: this is marigold from Tesco you know"
    )
    news = feed(script, range(0, script.length, RATE // 2))
    assert told(2, news, set(range(len(news)))) == told(2, news, set())


def test_keys_not_told_yet_are_not_lost() -> None:
    news = [s for s in feed(CALL, range(0, CALL.length, RATE)) if s.channel == 0]
    first = Sound(0, news[0].heard, (Span(0, samples(0.5)),), 0, news[0].frames)
    mono = Identify(2, RATE)
    assert mono.snapshot() == taken_up(mono, 2).snapshot()
    mono.push(first)
    assert mono.snapshot() == taken_up(mono, 2).snapshot()


def test_a_snapshot_is_bounded() -> None:
    """It holds what waits and what is remembered, not the call."""
    sizes = []
    identify = Identify(2, RATE)
    script = dialogue(*["A: what is your account number", "C: one two three four five six seven eight"] * 40)
    for sound in feed(script, range(0, script.length, RATE)):
        identify.push(sound)
        sizes.append(len(msgpack.packb(identify.snapshot())))
    half = len(sizes) // 2
    assert max(sizes[half:]) < 2 * max(sizes[:half]) < 40_000


def changed(plain: dict, path: Sequence[object], value: object) -> dict:
    plain = msgpack.unpackb(msgpack.packb(plain))
    place = plain
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return plain


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("judge", "expectations", "open", 0, 2, 0), "SHOE_SIZE"),
        (("judge", "memory", "numbers", 0, 1), "SHOE_SIZE"),
        (("judge", "memory", "last", 0), "SHOE_SIZE"),
        (("channels",), []),
        (("found",), [[]]),
        (("found", 0), [[0, 1, 2, "SHOE_SIZE", "cue", 1.0]]),
        (("found", 0), [[0, 1, 2, "PIN", "guess", 1.0]]),
        (("channels", 0, "quiet", 2), b""),
        (("channels", 0, "waiting"), [[5, 4, [], [], []]]),
    ],
)
def test_what_this_release_does_not_know_is_refused(path: Sequence[object], value: object) -> None:
    identify = Identify(2, RATE)
    for sound in feed(CALL, range(0, CALL.length, RATE))[:60]:
        identify.push(sound)
    plain = identify.snapshot()
    Identify(2, RATE).restore(plain)
    with pytest.raises(ValueError, match=r".+"):
        Identify(2, RATE).restore(changed(plain, path, value))
