"""One person, one pseudonym, however written; another tenant, kind or key, another; never the value itself."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.keyring import KeyFile, add_key, fresh_key, read_key_file, write_key_file
from pipeline.adapters.pseudonym_keys import PseudonymKeys, one_form
from pipeline.core.pseudonym import Kind, normal, pseudonym

KEY = b"k" * 32
values = st.text(string.ascii_letters + string.digits, min_size=1, max_size=20)


@given(st.sampled_from(Kind), values, st.text(" .-'", max_size=3), st.booleans())
def test_case_and_punctuation_change_nothing(kind: Kind, value: str, around: str, upper: bool) -> None:
    typed = around + (value.upper() if upper else value.lower()) + around
    assert normal(kind, typed) == normal(kind, value)
    assert normal(kind, normal(kind, value)) == normal(kind, value)


@given(values, values)
def test_the_words_of_a_name_have_one_order(first: str, last: str) -> None:
    assert normal(Kind.NAME, f"{first} {last}") == normal(Kind.NAME, f"{last}, {first}")


@given(st.sampled_from(Kind), values, values, st.binary(min_size=32, max_size=32))
def test_what_differs_has_another_pseudonym(kind: Kind, one: str, other: str, key: bytes) -> None:
    made = pseudonym(KEY, "acme", kind, one)
    assert len(made) == 32
    assert made == pseudonym(KEY, "acme", kind, one)
    assert (made == pseudonym(KEY, "acme", kind, other)) == (one == other)
    assert (made == pseudonym(key, "acme", kind, one)) == (key == KEY)
    assert made != pseudonym(KEY, "acme2", kind, one)
    assert made not in {pseudonym(KEY, "acme", k, one) for k in Kind if k is not kind}


@pytest.mark.parametrize(
    ("value", "jurisdiction"),
    [
        ("+44 20 7946 0000", ""), ("020 7946 0000", "gb"), ("(020) 7946-0000", "uk"), ("tel:+44-20-7946-0000", "us"),
        ("sip:+442079460000@trunk.example;user=phone", "eu-de"), ("0044 20 7946 0000", "de,fr"),
    ],
)  # fmt: skip
def test_a_telephone_number_has_one_form(value: str, jurisdiction: str) -> None:
    assert one_form(Kind.CALLER, value, jurisdiction) == "+442079460000"


def test_california_is_not_canada() -> None:
    assert one_form(Kind.CALLER, "415 555 2671", "us-ca") == "+14155552671"
    assert one_form(Kind.CALLER, "anonymous") == "anonymous"
    assert one_form(Kind.CALLER, "...") == ""


def test_a_rotation_reaches_new_labels_and_old_keys_search(tmp_path: Path) -> None:
    path = tmp_path / "pseudonyms.json"
    write_key_file(path, KeyFile("one", {"one": fresh_key()}))
    now = [0.0]
    keys = PseudonymKeys(path, clock=lambda: now[0])
    given_ = {Kind.CALLER: "+442079460000", Kind.CUSTOMER: "AB-12", Kind.AGENT: "..."}
    before = keys.labels("acme", "", given_)
    assert [(label.kind, label.key_id) for label in before] == [("caller", "one"), ("customer", "one")]
    write_key_file(path, add_key(path, read_key_file(path)))
    now[0] = 6.0
    after = keys.labels("acme", "", given_)
    assert {label.pseudonym for label in before}.isdisjoint({label.pseudonym for label in after})
    found = keys.search("acme", "gb", Kind.CALLER, "020 7946 0000")
    assert [label.pseudonym for label in found] == [after[0].pseudonym, before[0].pseudonym]
    path.write_text("broken")
    now[0] = 12.0
    assert keys.labels("acme", "", given_) == after
    assert "7946" not in repr(found)
