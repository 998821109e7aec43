"""What is due and why: the table, its corners, and what must hold for any terms, clocks and askers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.retention_file import PRESETS, find_rules, load_rules
from pipeline.core.errors import ConfigError
from pipeline.core.retention import CLOCK_LEAP_MS_MAX, DAY_MS, Kept, Reason, Stays, Terms, decide, leapt
from pipeline.core.retention_rules import Class, Rule, Rules, topic_terms, vault_fits
from pipeline.core.topics import topics

TIMES = st.integers(0, 2**45)
TERMS = st.builds(lambda least, more: Terms(least + more, least), st.integers(0, 2**40), st.integers(0, 2**40))
KEPT = st.builds(
    Kept, TIMES, st.none() | TERMS, st.booleans(), st.booleans(),
    st.sampled_from([None, Reason.ERASURE, Reason.WITHDRAWAL]), st.sampled_from([None, *Reason]),
)  # fmt: skip
END = 1_000 * DAY_MS
YEAR = Terms(400 * DAY_MS, 366 * DAY_MS)


@pytest.mark.parametrize(
    ("kept", "days", "why"),
    [
        (Kept(END, Terms(90 * DAY_MS)), 89, Stays.TERM),
        (Kept(END, Terms(90 * DAY_MS)), 90, Reason.RETENTION),
        (Kept(END, Terms(90 * DAY_MS), held=True), 900, Stays.HOLD),
        (Kept(END, Terms(90 * DAY_MS), restricted=True), 900, Stays.RESTRICTED),
        (Kept(END, None), 9_000, Stays.NO_RULE),
        (Kept(END, YEAR, asked=Reason.ERASURE), 365, Stays.MINIMUM),
        (Kept(END, YEAR, asked=Reason.ERASURE), 366, Reason.ERASURE),
        (Kept(END, YEAR, asked=Reason.ERASURE, held=True), 399, Stays.HOLD),
        (Kept(END, YEAR, asked=Reason.WITHDRAWAL, restricted=True), 367, Reason.WITHDRAWAL),
        (Kept(END, None, asked=Reason.ERASURE), 0, Reason.ERASURE),
        (Kept(END, Terms(90 * DAY_MS), asked=Reason.ERASURE), -1, Reason.ERASURE),  # played fast, or a clock behind
        (Kept(END, Terms(30 * DAY_MS, 60 * DAY_MS)), 59, Stays.TERM),  # of two laws
        (Kept(END, Terms(30 * DAY_MS, 60 * DAY_MS)), 60, Reason.RETENTION),
        (Kept(END, YEAR, held=True, begun=Reason.ERASURE), 0, Reason.ERASURE),
    ],
)
def test_the_table(kept: Kept, days: int, why: Reason | Stays) -> None:
    assert decide(kept, END + days * DAY_MS).why == why


@given(KEPT, TIMES)
def test_what_is_held_or_wanted_by_law_never_goes(kept: Kept, now_ms: int) -> None:
    found = decide(replace(kept, begun=None), now_ms)
    wanted = kept.terms is not None and kept.terms.min_ms > 0 and now_ms < kept.ended_ms + kept.terms.min_ms
    if kept.held or wanted:
        assert not found.due


@given(KEPT, TIMES)
def test_nothing_stays_beyond_its_term_but_for_a_reason(kept: Kept, now_ms: int) -> None:
    found = decide(kept, now_ms)
    if not found.due and kept.terms is not None and now_ms >= kept.ended_ms + kept.terms.kept_ms:
        assert found.why in (Stays.HOLD, Stays.RESTRICTED)


@given(KEPT, TIMES, st.integers(0, 2**40))
def test_what_is_due_stays_due(kept: Kept, now_ms: int, later_ms: int) -> None:
    if decide(kept, now_ms).due:
        assert decide(kept, now_ms + later_ms).due


@given(KEPT, TIMES)
def test_what_says_when_is_due_then_and_not_before(kept: Kept, now_ms: int) -> None:
    found = decide(kept, now_ms)
    if found.due_ms is not None and not found.due:
        assert now_ms < found.due_ms
        assert decide(kept, found.due_ms).due
        assert not decide(kept, found.due_ms - 1).due


@given(KEPT, TIMES)
def test_who_asks_never_makes_it_stay(kept: Kept, now_ms: int) -> None:
    if decide(replace(kept, asked=None), now_ms).due:
        assert decide(replace(kept, asked=Reason.ERASURE), now_ms).due


CLASSES = st.builds(
    lambda name, storage, purposes: Class(name, {**purposes, "storage": storage, "vault": Terms(0)}),
    st.sampled_from("abc"), TERMS, st.dictionaries(st.sampled_from(["analytics", "quality"]), TERMS),
)  # fmt: skip


@given(CLASSES, CLASSES)
def test_two_classes_are_fulfilled_by_what_fulfils_both(one: Class, other: Class) -> None:
    if one.name == other.name and one.terms != other.terms:
        return
    both = one.within(other)
    assert both == other.within(one)
    assert both.within(one).terms == both.terms
    for purpose, terms in both.terms.items():
        for of in (one, other):
            if purpose in of.terms:
                assert terms.max_ms <= of.terms[purpose].max_ms
                assert purpose == "vault" or terms.min_ms >= of.terms[purpose].min_ms
    assert vault_fits(both)


def rules() -> Rules:
    def kept(name: str, days: int, least: int = 0) -> Class:
        return Class(name, {"storage": Terms(days * DAY_MS, least * DAY_MS)})

    return Rules("r", 1, (
        Rule("", "", kept("all", 100)), Rule("", "us", kept("us", 200)), Rule("", "us-ca", kept("ca", 50)),
        Rule("acme", "us", kept("acme", 20)), Rule("", "in", kept("in", 400, 366)),
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("tenant", "jurisdiction", "name"),
    [
        ("x", "", "all"), ("x", "fr", "all"), ("x", "us-tx", "us"), ("acme", "us-tx", "acme"), ("acme", "us-ca", "ca"),
        ("x", "us-tx,us-ca", "ca:us"), ("x", "us-tx,in", "in:us"),
    ],
)  # fmt: skip
def test_the_nearest_rule_counts(tenant: str, jurisdiction: str, name: str) -> None:
    found = rules().of(tenant, jurisdiction)
    assert found is not None
    assert found.name == name


def test_of_two_laws_the_shorter_maximum_and_the_longer_minimum_count() -> None:
    found = rules().of("x", "us-ca,in")
    assert found is not None
    assert found.terms["storage"] == Terms(50 * DAY_MS, 366 * DAY_MS)
    assert found.terms["storage"].kept_ms == 366 * DAY_MS
    unknown = rules().of_unknown("acme")
    assert unknown is not None
    assert unknown.terms["storage"] == Terms(20 * DAY_MS, 366 * DAY_MS)


def test_where_one_of_its_laws_has_no_rule_a_call_has_none() -> None:
    some = Rules("r", 1, (Rule("", "us", Class("us", {"storage": Terms(1)})),))
    assert some.of("x", "us,fr") is None
    assert some.of("x", "") is None
    assert some.of("x", "us") is not None


def test_a_leap_of_the_clock_is_seen() -> None:
    assert leapt(END, []) is None
    assert leapt(END, [END - CLOCK_LEAP_MS_MAX, 0]) is None
    assert leapt(END, [END - CLOCK_LEAP_MS_MAX - 1, 0]) == CLOCK_LEAP_MS_MAX + 1
    assert leapt(0, [END]) is None  # back: then less is due


def test_topics_keep_no_longer_than_the_rules_let_them() -> None:
    found = {t.topic: t for t in topic_terms(find_rules("eu-gdpr"), topics(["storage", "analytics"]).values())}
    assert all(t.ok for t in found.values())
    assert found["calls.redacted.analytics"].purpose == "analytics"
    assert "calls.pins" not in found
    short = Rules("r", 1, (Rule("", "", Class("c", {"storage": Terms(DAY_MS - 1), "processing": Terms(7 * DAY_MS)})),))
    bad = {t.topic for t in topic_terms(short, topics(["storage", "analytics"]).values()) if not t.ok}
    assert bad == {
        "calls.redacted.storage", "calls.transcripts.storage", "calls.redacted.analytics", "calls.transcripts.analytics"
    }  # fmt: skip


# --- the file

GOOD = """\
name: my-center
version: 2
requests:
  deadline: 30 days
  approved: [erase, access]
rules:
  - preset: eu-gdpr
  - jurisdiction: [us, us-ca]
    tenant: acme
    preset: us
    class: acme-us
    purposes:
      storage: {max: 30 days, min: 48 hours}
      vault: {max: 1 day}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "retention.yaml"
    path.write_text(text)
    return path


def test_a_file_says_what_it_says(tmp_path: Path) -> None:
    found = load_rules(written(tmp_path, GOOD))
    assert (found.name, found.version, len(found.rules)) == ("my-center", 2, 3)
    assert (found.deadline_ms, found.approved) == (30 * DAY_MS, {"erase", "access"})
    kept = found.of("acme", "us-tx")
    assert kept is not None
    assert kept.name == "acme-us"
    assert kept.terms["storage"] == Terms(30 * DAY_MS, 2 * DAY_MS)
    assert kept.terms["vault"] == Terms(DAY_MS)
    assert kept.terms["analytics"] == Terms(365 * DAY_MS)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_cover_every_purpose_and_topic(name: str) -> None:
    found = find_rules(name)
    kept = found.of("any", "zz")
    assert kept is not None
    assert set(kept.terms) == {"storage", "vault", "quality", "analytics", "training", "processing"}
    assert all(t.ok for t in topic_terms(found, topics(["storage", "analytics", "training", "quality"]).values()))
    assert found.approved == {"erase"}


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("name: my-center\n", "", 1, "name is missing"),
        ("my-center", "uk", 1, "not that of a preset"),
        ("version: 2", "version: 0", 2, "whole number from 1"),
        ("30 days\n", "a month\n", 4, "such as 90 days"),
        ("30 days\n", "0 days\n", 4, "longer than nothing"),
        ("access]", "acces]", 5, "did you mean access?"),
        ("preset: eu-gdpr", "preset: eu-gdrp", 7, "did you mean eu-gdpr?"),
        ("[us, us-ca]", "[]", 8, "empty list"),
        ("us-ca", "US", 8, "such as us, us-ca"),
        ("    class: acme-us\n", "", 8, "class is missing"),
        ("tenant: acme", "tenant: a/b", 9, "tenant must be"),
        ("max: 30 days, min: 48 hours", "max: 1 year", 13, "not of one length"),
        ("min: 48 hours", "min: 31 days", 13, "min is longer than max"),
        ("vault: {max: 1 day}", "vault: {max: 31 days}", 8, "no later than their recording"),
        ("vault: {max", "coaching: {min", 14, "max is missing"),
        ("vault:", "Vault:", 14, "no name for a purpose"),
        ("  - preset: eu-gdpr\n", "  - class: x\n    purposes: {quality: {max: 1 day}}\n", 7, "how long storage is"),
        ("  - preset: eu-gdpr\n", "  - tenant: x\n", 7, "a preset, or class and purposes"),
        ("  - preset: eu-gdpr\n", "  - preset: uk\n  - preset: us\n", 8, "a rule already, in line 7"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_its_line(tmp_path: Path, old: str, new: str, line: int, problem: str) -> None:
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(ConfigError) as told:
        load_rules(path)
    assert str(told.value).startswith(f"{path}:{line}: ")
    assert problem in str(told.value)


@pytest.mark.parametrize("make", [lambda p: p / "none.yaml", lambda p: p])
def test_a_file_that_is_not_there_is_told(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    with pytest.raises(ConfigError, match="check the path, or name a preset"):
        find_rules(str(make(tmp_path)))
