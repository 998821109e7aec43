"""No word of a hidden stretch is left in a transcript, and none that gives nothing away is lost."""

from __future__ import annotations

import string
import traceback
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.finding import Finding, Reason
from pipeline.core.heard import Utterance, Word
from pipeline.core.span import Span
from pipeline.core.transcript import MARGIN_MS, Transcript, transcript

RATE = 1_000  # a sample is a millisecond: the numbers below can be read
ROLES = ("agent", "customer")


def said(text: str, start: int = 0, each: int = 200, gap: int = 100) -> Utterance:
    """Words of `each` ms with `gap` ms between them: no word is within the margin of the next."""
    words = tuple(
        Word(Span(at, at + each), word, 0.9) for n, word in enumerate(text.split()) for at in [start + n * (each + gap)]
    )
    return Utterance(Span(words[0].span.start, words[-1].span.end), words)


def hide(entity: str, start: int, end: int, channel: int = 0, reason: Reason = Reason.ANSWER) -> Finding:
    return Finding(channel, Span(start, end), entity, reason, 0.9)


def over(entity: str, utterance: Utterance, words: str) -> Finding:
    """A finding over exactly these words of an utterance."""
    said_words, wanted = [w.text for w in utterance.words], words.split()
    first = next(n for n in range(len(said_words)) if said_words[n : n + len(wanted)] == wanted)
    part = utterance.words[first : first + len(wanted)]
    return hide(entity, part[0].span.start, part[-1].span.end)


def made(utterances: Sequence[Utterance], hidden: Sequence[Finding], roles: Sequence[str] = ROLES) -> Transcript:
    return transcript([(0, u) for u in utterances], hidden, rate=RATE, roles=roles)


def lines(result: Transcript) -> list[str]:
    return [turn.text for turn in result.turns]


def with_secret(secret: str, kept: str, entity: str = "PERSON_NAME") -> str:
    """What is left of `kept`, said later on in a call that hid `secret`."""
    first, second = said(f"well {secret} indeed"), said(kept, start=60_000)
    result = made([first, second], [over(entity, first, secret)])
    assert result.turns[0].text == f"well [{entity}] indeed"
    return result.turns[1].text


def test_a_hidden_stretch_leaves_one_placeholder_at_its_place() -> None:
    utterance = said("my card is 4929 5031 2203 4417 thank you")
    result = made([utterance], [over("CARD_NUMBER", utterance, "4929 5031 2203 4417")])
    assert lines(result) == ["my card is [CARD_NUMBER] thank you"]
    assert result.turns[0].span == utterance.span


def test_channels_have_their_roles_and_turns_are_sorted_by_time() -> None:
    spoken = [(1, said("yes it is", 5_000)), (0, said("is that right", 1_000)), (0, said("good", 9_000))]
    result = transcript(spoken, [hide("PIN", 5_000, 5_050, channel=0)], rate=RATE, roles=ROLES)
    assert [(t.channel, t.role, t.text) for t in result.turns] == [
        (0, "agent", "is that right"),
        (0, "agent", "[PIN]"),
        (1, "customer", "yes it is"),  # another channel's hidden stretch takes nothing from it
        (0, "agent", "good"),
    ]


def test_a_stretch_without_words_stays_visible() -> None:
    utterance = said("one moment please", 2_000)
    assert lines(made([utterance], [hide("KEYPAD", 4_000, 6_000)])) == ["one moment please", "[KEYPAD]"]
    assert lines(made([], [hide("KEYPAD", 4_000, 6_000)])) == ["[KEYPAD]"]
    pause = Utterance(Span(0, 3_000), (said("it is").words[0], said("okay", 2_500).words[0]))
    assert lines(made([pause], [hide("PASSWORD", 1_000, 2_000)])) == ["it [PASSWORD] okay"]


def test_a_stretch_over_several_utterances_leaves_one_placeholder() -> None:
    spoken = [said("alpha beta", 0), said("gamma delta", 1_000), said("epsilon zeta", 2_000)]
    hidden = [hide("UNJUDGED", 251, 2_249, reason=Reason.LATE)]
    assert lines(made(spoken, hidden)) == ["alpha", "[UNJUDGED]", "zeta"]


def test_same_placeholders_side_by_side_are_one_and_different_ones_are_not() -> None:
    utterance = said("call oh seven seven or oh eight eight now")
    hidden = [over("PHONE", utterance, "oh seven seven"), over("PHONE", utterance, "or oh eight eight")]
    assert lines(made([utterance], hidden)) == ["call [PHONE] now"]
    hidden[1] = over("PIN", utterance, "or oh eight eight")
    assert lines(made([utterance], hidden)) == ["call [PHONE] [PIN] now"]


@pytest.mark.parametrize(
    ("start", "end", "kept"),
    [
        (1_000, 1_000, False),  # no length, on the edge
        (1_500, 1_500, False),
        (950, 950, False),
        (900, 1_000 - MARGIN_MS, False),
        (900, 999 - MARGIN_MS, True),
        (1_500 + MARGIN_MS, 1_700, False),
        (1_501 + MARGIN_MS, 1_700, True),
        (900, 1_001, False),
        (1_100, 1_200, False),
        (500, 3_000, False),
    ],
)
def test_a_word_at_the_edge_goes(start: int, end: int, kept: bool) -> None:
    utterance = Utterance(Span(0, 4_000), (Word(Span(start, end), "Zanzibar", 0.9),))
    result = made([utterance], [hide("PIN", 1_000, 1_500)])
    assert ("Zanzibar" in result.turns[0].text) is kept
    assert "[PIN]" in result.turns[0].text


@pytest.mark.parametrize(
    ("secret", "repeat"),
    [
        ("Parker", "parker"),
        ("Parker", "Parker's"),
        ("parker,", "PARKER."),
        ("Parker\u2019s", "parker"),
        ("Jos\u00e9", "jose"),
        ("Smith-Jones", "Jones"),
        ("O'Brien", "o\u2019brien"),
        ("\uae40\ubbfc\uc218", "\uae40\ubbfc\uc218"),
        ("olivia@example.net", "Olivia"),
        ("P-I-T-T", "Pitt"),
        ("P I T T", "pitt"),
        ("Pitt", "P I double T"),
        ("A as in apple", "apple"),
        ("diabetes", "diabetes"),
        ("4929 5031", "4929"),
        ("4929", "49-29"),
        ("4929", "four nine two nine"),
        ("four nine two nine five oh three one", "4929"),
        ("four nine two nine five oh three one", "five oh three one"),
        ("4929 5031", "forty nine twenty nine"),
        ("737", "seven three seven"),
        ("seven three seven one", "737"),
        ("4929", "x4929"),
    ],
)
def test_a_secret_said_again_is_hidden_again(secret: str, repeat: str) -> None:
    assert with_secret(secret, f"so then {repeat} correct") == "so then [PERSON_NAME] correct"


def test_what_stands_around_a_repeated_number_is_not_it() -> None:
    assert with_secret("4929", "it was 1 49 2 9 5 boxes", "PIN") == "it was 1 [PIN] 5 boxes"
    assert with_secret("4929", "it was 1 49 295 8 boxes", "PIN") == "it was 1 [PIN] 8 boxes"
    assert with_secret("4929", "it was 1 849295 boxes", "PIN") == "it was 1 [PIN] boxes"


def test_a_short_number_is_found_before_a_moment() -> None:
    assert with_secret("737", "is seven three seven one moment", "SECURITY_CODE") == ("is [SECURITY_CODE] one moment")


@pytest.mark.parametrize(
    ("secret", "kept"),
    [
        ("yes that's um Parker", "yes that's right um thanks"),
        ("four nine two nine", "four tickets for nine pounds on the second"),
        ("4929 5031", "the total is 250 pounds or 1200 a year"),
        ("at gmail dot com", "send it at gmail dot com"),
        ("fourteenth of March 1984", "delivery on the fifth of March"),
        ("Al", "Al is fine"),
        ("S for Sierra H for hotel 4 7", "the seven of us"),
        ("hotel hotel 4 7", "your hotel is booked"),
        ("security code and expiry", "what is the security code and the expiry"),
        ("0 3 1", "0 3 1 5 5 2"),  # three digits inside a longer number may be chance
        ("four nine two nine five oh three one", "503 was the error"),
    ],
)
def test_what_gives_nothing_away_survives(secret: str, kept: str) -> None:
    assert with_secret(secret, kept) == kept


def test_a_word_mostly_outside_a_stretch_is_no_secret() -> None:
    first, second = said("is Parker calling"), said("thanks for calling Parker", 60_000)
    name = first.words[1].span
    hidden = [hide("PERSON_NAME", name.start - 180, name.end + 180)]  # edges moved outward, into both words
    assert lines(made([first, second], hidden)) == ["[PERSON_NAME]", "thanks for calling [PERSON_NAME]"]


def test_a_repeat_on_another_channel_is_hidden_too_by_its_best_name() -> None:
    first = said("it is Parker", 0)
    again, later = said("hello Parker", 5_000), said("Parker there", 9_000)
    hidden = [hide("UNJUDGED", 5_300, 5_500, 1, Reason.LATE), over("PERSON_NAME", first, "Parker")]
    spoken = [(1, again), (1, later), (0, first)]
    result = transcript(spoken, hidden, rate=RATE, roles=ROLES)
    assert lines(result) == ["it is [PERSON_NAME]", "hello [UNJUDGED]", "[PERSON_NAME] there"]


def test_speech_cannot_pose_as_a_placeholder_or_break_a_line() -> None:
    utterance = Utterance(Span(0, 900), (Word(Span(0, 300), "[PIN]\n\nx", 0.9), Word(Span(400, 500), " ", 0.9)))
    assert lines(made([utterance], [])) == ["(PIN) x"]
    assert lines(made([Utterance(Span(0, 9), (Word(Span(0, 9), "\u2028", 0.9),))], [])) == []


def test_nothing_printed_of_a_transcript_or_its_errors_holds_a_word() -> None:
    utterance = said("the password is Zanzibar")
    assert "anzibar" not in repr(made([utterance], [])) + str(made([utterance], []).turns[0])
    for roles, channel in ((ROLES, 7), (("boss", "customer"), 0), ((), 0)):
        with pytest.raises(ValueError, match=r"(?i)role") as caught:
            transcript([(channel, utterance)], [hide("PASSWORD", 0, 9)], rate=RATE, roles=roles)
        assert "anzibar" not in "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    with pytest.raises(ValueError, match="not a call"):
        made([utterance], [hide("PASSWORD", 0, 9, channel=2)])


# Random calls. Texts are made of letters only where each word must be told from all others.

LENGTH = 20_000
spans = st.builds(lambda a, n: Span(a, a + n), st.integers(0, LENGTH), st.integers(0, 1_500))


def name_of(n: int) -> str:
    """A word of six letters, another one for each n."""
    return "Q" + "".join(string.ascii_lowercase[(n // 26**i) % 26] for i in range(4)) + "x"


@st.composite
def calls(draw: st.DrawFn, texts: st.SearchStrategy[str] | None = None) -> list[tuple[int, Utterance]]:
    out = []
    number = 0
    for _ in range(draw(st.integers(0, 6))):
        own = sorted(draw(st.lists(spans, min_size=1, max_size=6)))
        words = []
        for span in own:
            words.append(Word(span, draw(texts) if texts is not None else name_of(number), 0.5))
            number += 1
        whole = Span(own[0].start, max(s.end for s in own))
        out.append((draw(st.integers(0, 1)), Utterance(whole, tuple(words))))
    return out


@st.composite
def findings(draw: st.DrawFn) -> list[Finding]:
    own = draw(st.lists(st.tuples(st.integers(0, 1), spans), max_size=6))
    return [Finding(c, s, f"E{n}", Reason.CUE, 0.5) for n, (c, s) in enumerate(own)]


def touches(word: Word, finding: Finding) -> bool:
    return (
        word.span.start <= max(finding.span.end, finding.span.start + 1) + MARGIN_MS
        and word.span.end >= finding.span.start - MARGIN_MS
    )


@given(calls(), findings())
def test_exactly_the_words_away_from_hidden_stretches_are_left(
    spoken: list[tuple[int, Utterance]], hidden: list[Finding]
) -> None:
    result = transcript(spoken, hidden, rate=RATE, roles=ROLES)
    left = sorted(w for turn in result.turns for w in turn.text.split())
    kept = [
        w.text
        for channel, utterance in spoken
        for w in utterance.words
        if not any(f.channel == channel and touches(w, f) for f in hidden)
    ]
    assert left == sorted([*kept, *(f"[{f.entity}]" for f in hidden)])  # each stretch: exactly one placeholder
    assert [t.span.start for t in result.turns] == sorted(t.span.start for t in result.turns)
    for turn in result.turns:
        starts = [p.span.start for p in turn.pieces]
        assert starts == sorted(starts)
        for f in hidden:
            if f"[{f.entity}]" in turn.text:
                assert turn.channel == f.channel
                assert turn.span.start <= f.span.start <= f.span.end <= turn.span.end


@given(calls(), findings(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(
    spoken: list[tuple[int, Utterance]], hidden: list[Finding], random: object
) -> None:
    before = transcript(spoken, hidden, rate=RATE, roles=ROLES)
    shuffled, mixed = list(spoken), list(hidden)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    after = transcript(shuffled, mixed, rate=RATE, roles=ROLES)
    assert after == before


SECRETS = ["Parker", "parker's", "Ros\u00e9n", "4929", "737", "50315", "four", "nine", "two", "Smith-Okafor"]


@given(calls(st.sampled_from(SECRETS)), findings())
def test_no_word_hidden_anywhere_is_left_anywhere(spoken: list[tuple[int, Utterance]], hidden: list[Finding]) -> None:
    result = transcript(spoken, hidden, rate=RATE, roles=ROLES)
    left = " ".join(lines(result)).lower()
    for channel, utterance in spoken:
        for word in utterance.words:
            inside = any(
                f.channel == channel and f.span.start <= word.span.start and word.span.end <= f.span.end for f in hidden
            )
            if inside and word.text not in {"four", "nine", "two"}:
                assert word.text.lower().removesuffix("'s") not in left
