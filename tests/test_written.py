"""Written messages: what is hidden, and that nothing else changes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.policy_file import preset
from pipeline.core.span import merge
from pipeline.core.written import Conversation
from pipeline.core.written_redact import redacted

POLICY = preset("default")
FORMS = {
    "card 4417-1234-5678-9113 ok": "4417", "mail john.smith@example.com now": "example", "pay ravi.k@okaxis": "okaxis",
    "iban GB29 NWBK 6016 1331 9268 19": "NWBK", "dob: 03/04/1985": "1985", "call +44 (0)20 7946 0958": "7946",
    "at 2001:db8::8a2e:370:7334": "8a2e", "from 192.168.10.22": "168", "near SW1A 1AA": "SW1A",
    "pw: hunter2!": "hunter2",
    "OTP 482913": "482913", "482913 is your verification code": "482913", "cvv 123": "123",
    "4\u200b417 1234 5678 9113": "5678", "p\u0430ssw\u043erd: Zebra99": "Zebra99", "passcode 8842": "8842",
}  # fmt: skip


def shown(text: str) -> str:
    return redacted(text, Conversation(mono=True).push("", text), POLICY)


@pytest.mark.parametrize(("text", "secret"), FORMS.items())
def test_written_forms_are_hidden(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in shown(text)


@pytest.mark.parametrize(
    "text",
    [
        "it costs $1,234.56",
        "on 03/04/2026 at 10:30",
        "a 1920x1080 screen",
        "1,250,000 users",
        "see www.example.org/help",
    ],
)
def test_harmless_forms_stay(text: str) -> None:
    assert shown(text) == text


@given(st.text(st.characters(exclude_characters="[]", exclude_categories=["Cs"]), max_size=200))
def test_what_lies_outside_spans_stays_as_it_was(text: str) -> None:
    found = Conversation(mono=True).push("", text)
    kept, at = "", 0
    for span in merge(f.span for f in found):
        kept, at = kept + text[at : span.start], span.end
    assert re.sub(r"\[[A-Z_]+\]", "", redacted(text, found, POLICY)) == kept + text[at:]


@pytest.mark.parametrize("text", FORMS)
def test_what_was_redacted_once_stays_as_it_is(text: str) -> None:
    once = shown(text)
    assert shown(once) == once


def test_a_snapshot_goes_on_as_if_never_interrupted() -> None:
    said = [
        ("a", "What's your card number?"),
        ("c", "4417 1234"),
        ("c", "5678 9113"),
        ("a", "and the code?"),
        ("c", "123"),
    ]
    whole, parts = Conversation(mono=False), Conversation(mono=False)
    for speaker, text in said:
        fresh = Conversation(mono=False)
        fresh.restore(parts.snapshot())
        parts = fresh
        assert whole.push(speaker, text) == parts.push(speaker, text)
