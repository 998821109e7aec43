"""Consent and metadata at intake: read as told, refused by a code, or left out; never repeated in errors."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.intake import Unusable, from_record, to_record
from pipeline.adapters.intake_consent import consent_body, told_of
from pipeline.core.consent import Answer, Told
from pipeline.core.errors import WireError
from pipeline.core.messages import Intake
from pipeline.core.metadata import NO_METADATA, Metadata
from pipeline.core.pseudonym import Kind

ids = st.just("") | st.from_regex(r"[A-Za-z][A-Za-z0-9._:/+=-]{0,127}", fullmatch=True)
purposes = st.from_regex(r"[a-z0-9][a-z0-9-]{0,31}", fullmatch=True)
told = st.builds(
    Told, st.dictionaries(purposes, st.sampled_from(Answer), max_size=32),
    ids, ids, st.sampled_from(["", "en", "en-GB", "yue"]), ids,
).filter(lambda t: t != Told())  # fmt: skip
texts = st.text("abc +0123456789éñ", min_size=1).filter(str.strip).map(str.strip)
people = st.dictionaries(st.sampled_from(Kind), texts)
EMPTY = Intake("acme", "c1", None, 2, 8_000, 3, 500, np.zeros((0, 1), np.int16), False)


@given(told)
def test_what_was_told_comes_out_as_it_went_in(one: Told) -> None:
    got = from_record(*to_record(replace(EMPTY, told=one)))
    assert got.told == one
    assert (got.tenant, got.call, got.start_sample, len(got.pcm)) == ("acme", "c1", 500, 0)


@given(people, st.sampled_from(["", "gb", "us-ca,us-tx"]), st.sampled_from(["", "outbound"]))
def test_metadata_come_out_as_they_went_in(who: dict[Kind, str], place: str, direction: str) -> None:
    sent = Metadata(place, "en", direction, who)
    pcm = np.zeros((10, 2), np.int16)
    assert from_record(*to_record(replace(EMPTY, pcm=pcm, metadata=sent))).metadata == sent


@pytest.mark.parametrize(
    "headers",
    [{"jurisdiction": b"US"}, {"jurisdiction": b"us,us,us,us,us"}, {"jurisdiction": b"us, de"}, {"language": b"en/GB"},
     {"direction": b"sideways"}, {"caller": b"\xff"}, {"customer_name": b"x" * 10_000}, {"agent": b"  "},
     {"shoe_size": b"44"}],
)  # fmt: skip
def test_metadata_badly_told_cost_nothing(headers: dict[str, bytes]) -> None:
    key, value, plain = to_record(replace(EMPTY, pcm=np.ones((10, 2), np.int16)))
    got = from_record(key, value, [*plain, *headers.items()])
    assert (got.metadata, len(got.pcm)) == (Metadata(NO_METADATA.jurisdiction), 10)


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b"{", b'{"answers": []}', b'{"answers": {"storage": "perhaps"}}',
     b'{"answers": {"Sto rage": "granted"}}', b'{"notice": 4}', b'{"notice": "n1", "caller": "x"}',
     b'{"proof": "02079460000"}', b'{"proof": "the caller said yes"}', b'{"language": "en GB"}',
     b'{"notice": "' + b"n" * 200 + b'"}', b'{"notice": "n1"' + b" " * 9_000 + b"}", b"[" * 100_000,
     json.dumps({"answers": {f"p{n}": "granted" for n in range(33)}}).encode()],
    ids=lambda body: body[:30].decode(),
)  # fmt: skip
def test_a_consent_that_is_none_is_refused_without_its_words(body: bytes) -> None:
    key, _, headers = to_record(replace(EMPTY, told=Told(notice="n1")))
    with pytest.raises(WireError) as caught:
        from_record(key, body, headers)
    assert caught.value.reason == Unusable.BAD_CONSENT
    for word in ("perhaps", "caller said", "02079460000", "Sto rage", "en GB"):
        assert word not in str(caught.value)


def test_a_message_of_consent_cannot_end_a_call() -> None:
    key, value, headers = to_record(replace(EMPTY, told=Told(notice="n1")))
    with pytest.raises(WireError, match="cannot be final"):
        from_record(key, value, [*headers, ("final", b"1")])
    newer = [(n, b"callshield.consent.v2" if n == "ce_type" else v) for n, v in headers]
    with pytest.raises(WireError) as caught:
        from_record(key, value, newer)
    assert caught.value.reason == Unusable.UNKNOWN_VERSION


def test_the_example_of_the_contract_is_read() -> None:
    body = consent_body(Told({"storage": Answer.GRANTED}, "notice-4", "ai-2", "en", "ivr-20260102-77"))
    assert told_of(body).proof == "ivr-20260102-77"
