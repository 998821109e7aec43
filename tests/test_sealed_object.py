"""Sealed objects: they open to what they were, and any change of a bit, a name, an order or a key is found."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adapters.sealed_object import PREFIX_BYTES, SALT_BYTES, SEGMENT_BYTES, TAG_BYTES, named, seal, unseal
from pipeline.core.errors import TamperedError
from pipeline.ports.key_register import KeyName, Use

KEY, DATA_KEY = KeyName("acme", "c1", 1_767_312_000_000, Use.STORE), secrets.token_bytes(32)
STEP = SEGMENT_BYTES + TAG_BYTES
texts = st.text(st.characters(codec="utf-8"), max_size=40)
names = st.builds(KeyName, texts, texts, st.integers(0, 2**45), st.sampled_from(Use))


def body(sealed: bytes) -> int:
    """Where the segments begin."""
    return len(sealed) - len(sealed.partition(b"recording")[2]) + SALT_BYTES + PREFIX_BYTES


@settings(max_examples=60)
@given(names, texts, st.binary(max_size=300))
def test_it_opens_to_what_it_was(key: KeyName, name: str, data: bytes) -> None:
    sealed = seal(DATA_KEY, key, name, data)
    assert unseal(DATA_KEY, key, name, sealed) == data
    assert named(sealed) == (key, name)


@pytest.mark.parametrize("size", [0, 1, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 3 * SEGMENT_BYTES])
def test_any_number_of_segments(size: int) -> None:
    data = secrets.token_bytes(size)
    sealed = seal(DATA_KEY, KEY, "recording", data)
    assert unseal(DATA_KEY, KEY, "recording", sealed) == data
    assert len(sealed) == body(sealed) + size + TAG_BYTES * max(1, -(-size // SEGMENT_BYTES))


@settings(max_examples=200)
@given(st.integers(0, 10**9), st.integers(1, 255))
def test_any_changed_byte_is_found(at: int, change: int) -> None:
    sealed = bytearray(seal(DATA_KEY, KEY, "recording", b"x" * 90))
    sealed[at % len(sealed)] ^= change
    with pytest.raises(TamperedError):
        unseal(DATA_KEY, KEY, "recording", bytes(sealed))


@settings(max_examples=200)
@given(st.integers(0, 10**9), st.binary(min_size=1, max_size=40))
def test_what_is_cut_or_longer_is_found(at: int, more: bytes) -> None:
    sealed = seal(DATA_KEY, KEY, "recording", b"x" * 90)
    for wrong in (sealed[: at % len(sealed)], sealed + more):
        with pytest.raises(TamperedError):
            unseal(DATA_KEY, KEY, "recording", wrong)


def test_segments_that_are_left_out_swapped_or_repeated_are_found() -> None:
    sealed = seal(DATA_KEY, KEY, "recording", secrets.token_bytes(3 * SEGMENT_BYTES))
    head, rest = sealed[: body(sealed)], sealed[body(sealed) :]
    one, two, three = (rest[n * STEP : (n + 1) * STEP] for n in range(3))
    assert unseal(DATA_KEY, KEY, "recording", head + one + two + three)
    for wrong in ((one, two), (one,), (two, three), (one, three), (two, one, three), (one, two, two, three), ()):
        with pytest.raises(TamperedError):
            unseal(DATA_KEY, KEY, "recording", head + b"".join(wrong))


def test_another_name_call_use_or_key_does_not_open() -> None:
    sealed = seal(DATA_KEY, KEY, "recording", b"x")
    others = [replace(KEY, **change) for change in (
        {"tenant": "other"}, {"call": "c2"}, {"started_ms": 1}, {"use": Use.VAULT}, {"tenant": "acm", "call": "ec1"},
    )]  # fmt: skip
    for key in others:
        with pytest.raises(TamperedError):
            unseal(DATA_KEY, key, "recording", sealed)
    with pytest.raises(TamperedError):
        unseal(DATA_KEY, KEY, "transcript", sealed)
    with pytest.raises(TamperedError):
        unseal(secrets.token_bytes(32), KEY, "recording", sealed)


def test_segments_of_two_objects_do_not_mix() -> None:
    first, second = (seal(DATA_KEY, KEY, "recording", secrets.token_bytes(2 * SEGMENT_BYTES)) for _ in range(2))
    at = body(first)
    with pytest.raises(TamperedError):
        unseal(DATA_KEY, KEY, "recording", first[: at + STEP] + second[at + STEP :])


def test_the_same_bytes_look_different_each_time_and_show_nothing() -> None:
    first, second = (seal(DATA_KEY, KEY, "recording", b"four five three nine" * 9) for _ in range(2))
    assert first != second
    assert b"four" not in first


@given(st.binary(max_size=60))
def test_what_is_no_object_is_told(data: bytes) -> None:
    for wrong in (data, b"CSO1\x01" + data):
        with pytest.raises(TamperedError):
            named(wrong)
