"""Words of a policy's own: patterns match as a plain matcher does, in bounded time; deny beats allow beats custom."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Sequence
from dataclasses import replace

import msgpack
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scripted import RATE, dialogue, in_turn, samples, sounds

from pipeline.adapters.policy_file import preset
from pipeline.core.automaton import matched
from pipeline.core.brief import Brief, brief_of
from pipeline.core.custom import custom_of
from pipeline.core.errors import ConfigError
from pipeline.core.finding import Reason
from pipeline.core.heard import Word
from pipeline.core.identify import Identify
from pipeline.core.marks import Mark
from pipeline.core.own import Own
from pipeline.core.pattern import PATTERN_CHARS_MAX, PatternError, compiled
from pipeline.core.pin import Pin
from pipeline.core.policy import Policy
from pipeline.core.readings import Reading, alone, readings
from pipeline.core.span import Span
from pipeline.core.spoken.tokens import Token, tokenise
from pipeline.core.terms import Recogniser, Term, Terms

STEP = 300  # samples from word to word, and from sentence to sentence


def tokens(said: str, start: int = 0) -> tuple[Token, ...]:
    return tokenise(
        Word(Span(start + n * STEP, start + n * STEP + STEP - 10), w, 0.9) for n, w in enumerate(said.split())
    )


def hit(pattern: str, said: str, *, whole: bool = False) -> str:
    """The words of `said` that the pattern matches."""
    parts = tokens(said)
    flags = matched(compiled(pattern), readings(parts), alone(parts) if whole else None)
    return " ".join(t.text for t, flag in zip(parts, flags, strict=True) if flag)


# --- patterns


@pytest.mark.parametrize(
    ("pattern", "said", "found"),
    [
        ("<letter>{2} <digit>{6,8}", "it is a b one two three four five six thanks", "a b one two three four five six"),
        ("<letter>{2} <digit>{6,8}", "AB123456.", "ab 123456"),
        ("<letter>{2} <digit>{6}", "a as in apple b for bravo double one um two forty two oh", "same"),
        ("<letter>{2} <digit>{6}", "see are 12 34 dash 56", "see are 12 34 dash 56"),
        ("<letter>{2} <digit>{6}", "it is a one two three four five six", ""),
        ("<digit>{6}", "one two three four five", ""),
        ("gold|silver <digit>", "gold or silver nine", "gold silver nine"),
        ("(gold|silver) <digit>", "gold or silver nine", "silver nine"),
        ("plan (number)? 49", "plan forty nine and plan number four nine", "plan forty nine plan number four nine"),
        ("x <word> 7", "ex mountain seven", ""),
        ("x <word> 7", "x mountain seven", "x mountain seven"),
        ("purple <word>{1,2} end", "a purple thing to end", "purple thing to end"),
    ],
)
def test_patterns_find_what_is_said(pattern: str, said: str, found: str) -> None:
    assert hit(pattern, said) == (" ".join(t.text for t in tokens(said)) if found == "same" else found)


def test_a_whole_match_is_no_part_of_a_longer_number() -> None:
    assert hit("<digit>{6}", "one two three four five six seven") == "one two three four five six seven"
    assert hit("<digit>{6}", "one two three four five six seven", whole=True) == ""
    assert hit("<digit>{6}", "call one two three four five six now", whole=True) == "one two three four five six"


@pytest.mark.parametrize(
    ("pattern", "wrong"),
    [
        ("", "empty"),
        ("a||b", "empty"),
        ("()", "empty"),
        ("<digit", "digit, letter or word"),
        ("<DIGIT>", "digit, letter or word"),
        ("<>", "digit, letter or word"),
        ("(a", "not closed"),
        ("a)", "not opened"),
        ("{3}", "nothing is before"),
        ("a{3}{3}", "nothing is before"),
        ("a{}", "count must be"),
        ("a{1,}", "count must be"),
        ("a{2,1}", "count must grow"),
        ("<digit>{65}", "at most 64"),
        ("a?", "nothing at all"),
        ("(a?|b?)(c?)", "nothing at all"),
        ("((<digit>{64}){64}){64}", "more than 128"),
        ("...", "neither a word nor a number"),
        ("(" * 12 + "a" + ")" * 12, "more than 8 deep"),
        ("a" * (PATTERN_CHARS_MAX + 1), "longer than 200"),
    ],
)
def test_what_is_no_pattern_is_told_why(pattern: str, wrong: str) -> None:
    with pytest.raises(PatternError, match=wrong):
        compiled(pattern)


@given(st.text("<digt>ler{}()|?,0123 ab", max_size=40))
def test_any_text_is_a_pattern_or_an_error_of_ours(pattern: str) -> None:
    with contextlib.suppress(PatternError):
        assert compiled(pattern).first


PIECES = {"<digit>": str.isdigit, "<letter>": str.isalpha, "7": "7".__eq__, "b": "b".__eq__}


def strings(node: object) -> set[tuple[str, ...]]:
    """All rows of pieces a pattern may stand for."""
    kind, *parts = node  # type: ignore[misc]
    if kind == "one":
        return {(parts[0],)}
    if kind == "row":
        return {a + b for a in strings(parts[0]) for b in strings(parts[1])}
    if kind == "or":
        return strings(parts[0]) | strings(parts[1])
    inner = strings(parts[0])
    return {sum(rows, ()) for n in range(parts[1], parts[2] + 1) for rows in itertools.product(inner, repeat=n)}


def text(node: object) -> str:
    kind, *parts = node  # type: ignore[misc]
    if kind == "one":
        return str(parts[0])
    if kind == "times":
        return f"({text(parts[0])}){{{parts[1]},{parts[2]}}}"
    return f"({text(parts[0])}{' ' if kind == 'row' else '|'}{text(parts[1])})"


NODES = st.recursive(
    st.sampled_from(sorted(PIECES)).map(lambda p: ("one", p)),
    lambda inner: st.one_of(
        st.tuples(st.just("row"), inner, inner),
        st.tuples(st.just("or"), inner, inner),
        st.tuples(st.just("times"), inner, st.integers(0, 1), st.integers(1, 2)),
    ),
    max_leaves=4,
)


@settings(max_examples=300, deadline=None)
@given(NODES, st.lists(st.text("7b1c", min_size=1, max_size=3), max_size=5), st.booleans())
def test_the_automaton_matches_what_a_plain_matcher_does(node: object, parts: list[str], whole: bool) -> None:
    rows = strings(node)
    if () in rows:
        with pytest.raises(PatternError):
            compiled(text(node))
        return
    paths = [[Reading(n + 1, part)] for n, part in enumerate(parts)]
    spoken = "".join(parts)
    owner = [n for n, part in enumerate(parts) for _ in part]
    ends = set(itertools.accumulate(map(len, parts), initial=0))
    expected = [False] * len(parts)
    for row in rows:
        for at in range(len(spoken) - len(row) + 1):
            fits = all(PIECES[p](c) for p, c in zip(row, spoken[at:], strict=False))
            if fits and (not whole or {at, at + len(row)} <= ends):
                for n in owner[at : at + len(row)]:
                    expected[n] = True
    assert matched(compiled(text(node)), paths, [True] * (len(parts) + 1) if whole else None) == expected


@pytest.mark.parametrize("said", ["four five six " * 70, "a b seven " * 70, "double four " * 100, "9" * 90 + " x" * 90])
def test_no_pattern_can_make_a_worker_stand_still(said: str) -> None:
    nasty = ["<word> (<digit>?){60} (<word>?){60}", "((<digit>|<letter>|<word>)?){40} x", "(<digit>{1,2}){2,40} end"]
    parts = tokens(said)
    started = time.perf_counter()
    for pattern in nasty:
        matched(compiled(pattern), readings(parts), None)
    assert time.perf_counter() - started < 2  # 0.05 s on an idle machine; one that tries again never comes back


# --- terms of a call


def hides(terms: Terms, *said: str, tenant: str | None = "acme", marks: Sequence[Mark] = (), gap_s: float = 1) -> str:
    """What is hidden of the last of some sentences, spoken in turn on channels 0 and 1."""
    own = Own(RATE, Brief(custom=custom_of((terms,), tenant)))
    out: list[Mark] = []
    at = 0
    for n, sentence in enumerate(said):
        parts = tokens(sentence, at)
        out = own.over(n % 2, parts, [], marks)
        at = parts[-1].span.end + samples(gap_s)
    return " ".join(t.text for i, t in enumerate(parts) if any(m.first <= i < m.last for m in out))


NUMBER = Recogniser("NUMBER_", pattern="<digit>{6}")
CARD = [Mark(1, 7, "CARD_NUMBER", Reason.ANSWER, 0.9)]
PHONE = [Mark(1, 7, "PHONE", Reason.ANSWER, 0.9)]
SAID = "call one two three four five six now"
DIGITS = "one two three four five six"


@pytest.mark.parametrize(
    ("terms", "marks", "left"),
    [
        (Terms(custom=(NUMBER,)), [], DIGITS),
        (Terms(), PHONE, DIGITS),
        (Terms(allow=(Term("123 456"),)), PHONE, ""),
        (Terms(custom=(NUMBER,), allow=(Term("123 456"),)), PHONE, ""),
        (Terms(allow=(Term("123 456"),), deny=(Term("123456"),)), PHONE, DIGITS),
        (Terms(allow=(Term("123 456"),)), CARD, DIGITS),  # a zero-leak kind is never taken back
        (Terms(allow=(Term("12345"),)), PHONE, DIGITS),  # a part of it is not it
        (Terms(allow=(Term("1234567"),)), PHONE, DIGITS),
        (Terms(allow=(Term("call 123456 now"),)), PHONE, ""),  # it lies inside what is allowed
        (Terms(allow=(Term("call 123456"),)), [Mark(0, 8, "PHONE", Reason.ANSWER, 0.9)], SAID),
        (Terms(deny=(Term("now"),)), [], "now"),
    ],
)
def test_deny_beats_allow_and_allow_beats_what_was_found(terms: Terms, marks: list[Mark], left: str) -> None:
    assert hides(terms, SAID, marks=marks) == left


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("all about project blue bird here", "project blue bird"),
        ("all about Project Bluebird.", "project bluebird"),
        ("a project of a blue bird", ""),
        ("that is operation forty nine ok", "operation forty nine"),
        ("that is operation four nine ok", "operation four nine"),
        ("that is operation fifty ok", ""),
    ],
)
def test_phrases_are_known_however_they_are_divided_or_counted(said: str, found: str) -> None:
    both = ("project bluebird", "operation 49")
    assert hides(Terms(custom=(Recogniser("P", phrases=both),)), said) == found


@pytest.mark.parametrize(
    ("said", "gap_s", "found"),
    [
        (("what is your loyalty number", "it is " + DIGITS), 1, DIGITS),
        (("what is your number", "it is " + DIGITS), 1, ""),
        (("it is " + DIGITS + " of my loyalty card",), 1, DIGITS),
        (("loyalty", "hm", "hm", DIGITS), 12, ""),
        (("loyalty", "hm", "hm", DIGITS), 8, DIGITS),
    ],
)
def test_a_context_counts_for_a_while_and_from_anybody(said: tuple[str, ...], gap_s: float, found: str) -> None:
    only = Recogniser("L", pattern="<digit>{6}", context=("loyalty",), within_s=30)
    assert hides(Terms(custom=(only,)), *said, gap_s=gap_s) == found


@pytest.mark.parametrize(
    ("tenant", "custom", "allowed"), [("acme", True, True), ("b", False, False), (None, True, False)]
)
def test_terms_of_tenants_count_for_them_and_against_an_unknown_one(
    tenant: str | None, custom: bool, allowed: bool
) -> None:
    finds = Terms(custom=(replace(NUMBER, tenants=("acme",)),))
    allows = Terms(allow=(Term("123456", ("acme",)),))
    assert (hides(finds, SAID, tenant=tenant) == DIGITS) == custom
    assert (hides(allows, SAID, tenant=tenant, marks=PHONE) == "") == allowed


def test_a_call_for_several_is_looked_at_for_all_and_left_alone_by_all() -> None:
    one = Terms(custom=(NUMBER,), allow=(Term("123 456"), Term("now")))
    two = Terms(deny=(Term("call"),), allow=(Term("123456"),))
    own = Own(RATE, Brief(custom=custom_of((one, two), "acme")))
    parts = tokens(SAID)
    found = own.over(0, parts, [], [*PHONE, Mark(7, 8, "PHONE", Reason.CUE, 0.9)])
    assert {(m.first, m.last) for m in found} == {(0, 1), (7, 8)}
    own = Own(RATE, Brief(custom=custom_of((one, replace(two, allow=())), "acme")))
    assert (1, 7) in {(m.first, m.last) for m in own.over(0, parts, [], PHONE)}


def test_what_is_found_does_not_depend_on_cuts_and_survives_a_restart() -> None:
    terms = Terms(custom=(Recogniser("L", "MEMBER_NUMBER", pattern="<letter> <digit>{3}", context=("club",)),))
    brief = brief_of([replace(preset("default"), terms=terms)], None)
    script = dialogue("A: now the club if you please", "C: so x one two [three]", "A: lovely weather")
    expected = None
    for cuts in (range(0, script.length, 1_000), [5_000, 5_001, 30_000], []):
        out = []
        identify = Identify(2, RATE, brief=brief)
        for sound in in_turn([sounds(script, c, cuts) for c in range(2)]):
            out += [f for v in identify.push(sound) for f in v.findings]
            plain = msgpack.unpackb(msgpack.packb(identify.snapshot()))
            identify = Identify(2, RATE)
            identify.restore(plain)
            identify.adopt(brief)
        assert any(f.entity == "MEMBER_NUMBER" and f.reason is Reason.CUSTOM for f in out)
        assert expected in (None, sorted(out))
        expected = sorted(out)


# --- in policies and pins

PHRASES = st.text("abz 19", min_size=2, max_size=12).filter(lambda t: len(t.replace(" ", "")) > 1)
TENANTS = st.lists(st.sampled_from(["acme", "b-2"]), max_size=2, unique=True).map(tuple)
RECOGNISERS = st.builds(
    Recogniser,
    name=st.text("ABC_", min_size=1, max_size=6).map(lambda t: "X" + t),
    entity=st.sampled_from(["CUSTOM", "MEMBER_NUMBER"]),
    phrases=st.lists(PHRASES, min_size=1, max_size=3).map(tuple),
    pattern=st.sampled_from(["", "<digit>{3}"]),
    whole=st.booleans(),
    context=st.lists(PHRASES, max_size=2).map(tuple),
    within_s=st.integers(1, 600),
    tenants=TENANTS,
)
LISTS = st.lists(st.builds(Term, PHRASES, TENANTS), max_size=3).map(tuple)
TERMS = st.builds(Terms, st.lists(RECOGNISERS, max_size=3, unique_by=lambda r: r.name).map(tuple), LISTS, LISTS)


def of(terms: Terms) -> Policy:
    return replace(preset("default"), terms=terms)


@settings(max_examples=60, deadline=None)
@given(TERMS)
@example(Terms((), (Term("ab", ("b-2", "acme")), Term("ab", ("b-2",))), ()))
def test_a_pin_keeps_all_terms(terms: Terms) -> None:
    pin = Pin({"storage": of(terms)}, ("agent",), "d", "e", "1", "m", "en", "s", "r")
    again = Pin.of(msgpack.unpackb(msgpack.packb(pin.plain())))
    assert again.sha256 == pin.sha256
    assert again.policies["storage"].terms.plain() == terms.plain()
    assert again.policies["storage"].sha256 == pin.policies["storage"].sha256


def test_a_pin_too_large_to_be_sent_is_refused_when_it_is_made() -> None:
    large = Terms(allow=tuple(Term(f"{'x' * 80} {chr(97 + n % 26)}{chr(97 + n // 26)}") for n in range(500)))
    pins = [
        Pin({f"p{n}": of(large) for n in range(count)}, (), "d", "e", "1", "m", "en", "s", "r") for count in (4, 25)
    ]
    pins[0].check_size()
    with pytest.raises(ConfigError, match="fewer phrases"):
        pins[1].check_size()


@pytest.mark.parametrize(
    "changed",
    [
        Terms(),
        Terms(custom=(replace(NUMBER, pattern="<digit>{7}"),)),
        Terms(custom=(replace(NUMBER, whole=True),)),
        Terms(custom=(replace(NUMBER, entity="PHONE"),)),
        Terms(custom=(replace(NUMBER, tenants=("b",)),)),
        Terms(custom=(replace(NUMBER, context=("club",)),)),
        Terms(custom=(NUMBER,), allow=(Term("club"),)),
        Terms(custom=(NUMBER,), deny=(Term("club"),)),
    ],
)
def test_the_hash_is_over_the_terms_but_not_their_names(changed: Terms) -> None:
    base = of(Terms(custom=(NUMBER,)))
    assert of(Terms(custom=(replace(NUMBER, name="OTHER"),))).sha256 == base.sha256
    assert of(changed).sha256 != base.sha256


@pytest.mark.parametrize(
    ("make", "wrong"),
    [
        (lambda: Recogniser("lower", phrases=("ab",)), "capitals"),
        (lambda: Recogniser("A"), "needs phrases"),
        (lambda: Recogniser("A", "KEYPAD", phrases=("ab",)), "none that can be found"),
        (lambda: Recogniser("A", phrases=("x" * 101,)), "more than 100"),
        (lambda: Recogniser("A", phrases=("ab",), within_s=0), "within_s"),
        (lambda: Term("a"), "must hold"),
        (lambda: Term("ab", ("no tenant",)), "tenants must match"),
        (lambda: Terms(custom=(NUMBER, NUMBER)), "one name"),
        (lambda: Terms(allow=tuple(Term(f"word{'x' * n}") for n in range(1, 90)) * 6), "more than 500"),
        (lambda: Terms(deny=tuple(Term(str(1000 + n)) for n in range(201))), "more than 200"),
    ],
)
def test_terms_out_of_bounds_are_refused(make: object, wrong: str) -> None:
    with pytest.raises(ConfigError, match=wrong):
        make()  # type: ignore[operator]
