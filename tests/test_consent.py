"""The decision table: nothing without a rule, nothing before what it needs, nothing after a no."""

from __future__ import annotations

import itertools

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.consent import OPEN, Answer, Gate, Told, allowed
from pipeline.core.consent_rules import Basis, Need, Rule, Rules, Tongue, stricter

CHUNK = 2_000
PURPOSES = ("analytics", "storage", "training")
needs_ = st.builds(
    Need, st.sampled_from(Basis), st.booleans(), st.booleans(), st.sampled_from(Tongue), st.booleans()
).map(lambda n: n if n.consent is Basis.REQUIRED else Need(n.consent, n.notice, n.disclosure, n.language, False))
tables = st.dictionaries(st.sampled_from(PURPOSES), needs_)
told = st.builds(
    Told,
    st.dictionaries(st.sampled_from(PURPOSES), st.sampled_from(Answer)),
    st.sampled_from(["", "n1"]), st.sampled_from(["", "d1"]), st.sampled_from(["", "en", "en-GB", "de"]),
    st.sampled_from(["", "p1"]),
)  # fmt: skip
calls = st.lists(st.one_of(st.tuples(told, st.integers(0, 12 * CHUNK)), st.none()), max_size=25)
"""What was told, and where; None: a chunk."""
codes = st.sampled_from(["", "us", "us-ca", "us-tx", "de", "us-ca,de"])
rules_ = st.lists(
    st.builds(Rule, st.sampled_from(["", "acme"]), st.sampled_from(["", "us", "us-ca", "de"]), tables),
    max_size=6, unique_by=lambda r: (r.tenant, r.jurisdiction),
).map(lambda rules: Rules("r", 1, tuple(rules)))  # fmt: skip


def spoken(gate: Gate, call: list[tuple[Told, int] | None]) -> list[list[str]]:
    """By chunk, who may have it."""
    out, start = [], 0
    for item in call:
        if item is None:
            accesses = gate.chunk(start)
            out.append([a.purpose for a in accesses if a.span.start <= start < a.span.end])
            start += CHUNK
        else:
            gate.tell(*item)
    return out


def reached(need: Need, purpose: str, so_far: list[tuple[Told, int]], start: int, language: str) -> bool:
    """What the rules mean, by looking at all that was told: whether a chunk at `start` may begin a purpose."""

    def understood(t: Told) -> bool:
        if need.language is Tongue.CALL:
            return bool(t.language) and t.language[:2] == language[:2]
        return need.language is Tongue.ANY or bool(t.language)

    before = [t for t, at in so_far if at <= start]
    if need.notice and not any(t.notice and understood(t) for t in before):
        return False
    if need.disclosure and not any(t.disclosure and understood(t) for t in before):
        return False
    answers = [(t, t.answers[purpose]) for t, _ in so_far if purpose in t.answers]
    if need.consent is Basis.OBJECTION:
        return not answers or answers[-1][1] is Answer.GRANTED
    if need.consent is Basis.REQUIRED:
        yes = [
            t
            for t in before
            if t.answers.get(purpose) is Answer.GRANTED and understood(t) and (t.proof or not need.proof)
        ]
        return bool(yes) and bool(answers) and answers[-1][1] is Answer.GRANTED
    return True


@given(tables, calls)
def test_nobody_has_a_chunk_whose_needs_were_not_all_told(table: dict[str, Need], call: list) -> None:  # type: ignore[type-arg]
    gate, so_far, start, had = Gate(table, "en"), [], 0, set()
    for item in call:
        if item is not None:
            gate.tell(*item)
            so_far.append(item)
            continue
        for access in gate.chunk(start):
            if access.span.start == start:
                assert access.purpose not in had
                assert reached(table[access.purpose], access.purpose, so_far, start, "en")
                had.add(access.purpose)
        start += CHUNK


@given(tables, calls)
def test_a_no_ends_it_at_once_and_for_good(table: dict[str, Need], call: list) -> None:  # type: ignore[type-arg]
    gate, has, never = Gate(table, "en"), set(), set()
    start = 0
    for item in call:
        if item is not None:
            gate.tell(*item)
            no = {p for p, a in item[0].answers.items() if a is not Answer.GRANTED}
            never |= {p for p in no & has if table[p].consent is not Basis.NONE}
            continue
        now = {a.purpose for a in gate.chunk(start) if start < a.span.end}
        assert not now & never
        has |= now
        start += CHUNK


@given(tables, calls)
def test_what_is_told_to_the_end_holds_all_that_was_told_before(table: dict[str, Need], call: list) -> None:  # type: ignore[type-arg]
    """A worker that sees only later chunks knows what each purpose has had."""
    gate, start = Gate(table, "en"), 0
    told_: list[tuple[int, dict[str, tuple[int, int]]]] = []
    for item in call:
        if item is not None:
            gate.tell(*item)
            continue
        told_.append((start, {a.purpose: (a.span.start, a.span.end) for a in gate.chunk(start)}))
        start += CHUNK
    for (at, before), (_, after) in itertools.pairwise(told_):
        for purpose, (begun, end) in before.items():
            assert after[purpose][0] == begun
            assert after[purpose][1] == end if end < OPEN else after[purpose][1] > at
            assert begun % CHUNK == 0


@given(tables, calls, st.integers(0, 25))
def test_a_snapshot_anywhere_changes_nothing(table: dict[str, Need], call: list, at: int) -> None:  # type: ignore[type-arg]
    whole = spoken(Gate(table, "en"), call)
    gate = Gate(table, "en")
    first = spoken(gate, call[:at])
    again = Gate.restored(msgpack.unpackb(msgpack.packb(gate.snapshot())))
    start = len(first) * CHUNK
    rest = []
    for item in call[at:]:
        if item is None:
            rest.append([a.purpose for a in again.chunk(start) if a.span.start <= start < a.span.end])
            start += CHUNK
        else:
            again.tell(*item)
    assert first + rest == whole


def test_what_was_said_earlier_and_told_later_counts_from_where_it_was_said() -> None:
    """A weaker need must not lose by a message that a stricter one waits for."""
    for need in (Need(disclosure=True), Need(disclosure=True, language=Tongue.TOLD, proof=True)):
        gate = Gate({"storage": need})
        gate.tell(Told({"storage": Answer.GRANTED}, "n1", "d1"), 5)
        gate.tell(Told({"storage": Answer.GRANTED}, "n1", "d1", "en", "p1"), 2)
        gate.tell(Told({"storage": Answer.GRANTED}, "n1", "d1", "en", "p1"), 9)
        assert [bool(gate.chunk(at)) for at in (1, 2)] == [False, True]


@given(needs_, needs_, calls)
def test_who_fulfils_the_stricter_need_fulfils_both(one: Need, other: Need, call: list) -> None:  # type: ignore[type-arg]
    yes = [
        i and (Told({"storage": Answer.GRANTED}, i[0].notice, i[0].disclosure, i[0].language, i[0].proof), i[1])
        for i in call
    ]

    def chunks(need: Need) -> set[int]:
        return {n for n, who in enumerate(spoken(Gate({"storage": need}, "en"), yes)) if who}

    both = stricter(one, other)
    assert both == stricter(other, one)
    assert stricter(one, both) == both
    assert bool(chunks(both)) <= bool(chunks(one) and chunks(other))


@given(rules_, st.sampled_from(["acme", "other"]), codes)
def test_what_no_rule_names_is_denied(rules: Rules, tenant: str, code: str) -> None:
    needs = rules.needs(tenant, code)
    for one in code.split(","):
        fits = [
            r
            for r in rules.rules
            if r.tenant in ("", tenant) and (r.jurisdiction in ("", one) or one.startswith(r.jurisdiction + "-"))
        ]
        assert set(needs) <= {p for r in fits for p in r.needs}
    assert Rules.of(rules.plain()) == rules


@given(rules_, st.sampled_from(["acme", "other"]))
def test_two_jurisdictions_are_no_looser_than_each(rules: Rules, tenant: str) -> None:
    both, one, other = (rules.needs(tenant, code) for code in ("us-ca,de", "us-ca", "de"))
    assert set(both) == set(one) & set(other)
    assert all(both[p] == stricter(one[p], other[p]) for p in both)


A = Need(Basis.NONE, False)


@pytest.mark.parametrize(
    ("tenant", "code", "wanted"),
    [
        ("acme", "us-ca", "place"), ("other", "us-ca", "place"), ("acme", "us-tx", "acme-us"), ("other", "us-tx", "us"),
        ("acme", "de", "acme"), ("acme", "", "acme"), ("other", "de", None), ("other", "usa", None),
    ],
)  # fmt: skip
def test_the_nearest_place_counts_before_the_tenant(tenant: str, code: str, wanted: str | None) -> None:
    rules = Rules("r", 1, (
        Rule("", "us-ca", {"place": A}), Rule("acme", "", {"acme": A}), Rule("", "us", {"us": A}),
        Rule("acme", "us", {"acme-us": A}),
    ))  # fmt: skip
    assert list(rules.needs(tenant, code)) == ([wanted] if wanted else [])


def test_a_call_told_step_by_step() -> None:
    gate = Gate({"storage": Need(proof=True), "quality": Need(Basis.OBJECTION)}, "en")
    assert gate.chunk(0) == ()
    gate.tell(Told(notice="n1"), 1_000)
    assert [a.purpose for a in gate.chunk(2_000)] == ["quality"]
    gate.tell(Told({"storage": Answer.GRANTED}), 2_500)  # nothing to show for it
    assert [a.purpose for a in gate.chunk(4_000)] == ["quality"]
    gate.tell(Told({"storage": Answer.GRANTED}, proof="ivr-7"), 6_001)
    assert [a.purpose for a in gate.chunk(6_000)] == ["quality"]
    gate.tell(Told({"quality": Answer.REFUSED}), 0)
    accesses = gate.chunk(8_000)
    assert [(a.purpose, a.span.start, a.span.end) for a in accesses] == [
        ("quality", 2_000, 8_000),
        ("storage", 8_000, OPEN),
    ]
    gate.tell(Told({"quality": Answer.GRANTED}), 8_500)
    assert allowed(gate.chunk(10_000), "quality").end == 8_000  # type: ignore[union-attr]
    assert allowed(None, "anybody") is not None
    assert allowed((), "anybody") is None
