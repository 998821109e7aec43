"""What chat platforms send is read as docs/chat.md says, or refused with a documented reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command import ROOT
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.chat_intake import NAMES, UnusableChat, from_record, to_record
from pipeline.adapters.intake_headers import Unusable
from pipeline.adapters.intake_seal import load_private_key
from pipeline.core.errors import WireError
from pipeline.core.messages import ChatRaw, ChatRole
from pipeline.core.written_text import MESSAGE_CHARS_MAX

CONTRACT = (ROOT / "docs" / "chat.md").read_text(encoding="utf-8")
MESSAGE = ChatRaw("acme", "c-1", "ann", ChatRole.CUSTOMER, 3, "my pin is 4821 \u2014 ok?")


def changed(**headers: bytes | None) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    key, value, sent = to_record(MESSAGE)
    kept = {name: said for name, said in (dict(sent) | headers).items() if said is not None}
    return key, value, list(kept.items())


@given(
    st.builds(
        ChatRaw, st.just("acme"), st.just("c-1"), st.just("ann"), st.sampled_from(ChatRole), st.integers(0, 2**53),
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300), st.booleans(),
    )
)  # fmt: skip
def test_what_is_sent_is_read(message: ChatRaw) -> None:
    assert from_record(*to_record(message)) == message


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"ce_type": b"callshield.intake.v1"}, Unusable.UNKNOWN_TYPE),
        ({"ce_type": b"callshield.chat.v2"}, Unusable.UNKNOWN_VERSION),
        ({"ce_specversion": b"0.3"}, Unusable.UNKNOWN_VERSION),
        ({"ce_id": None}, Unusable.MISSING_HEADER),
        ({"author": None}, Unusable.MISSING_HEADER),
        ({"author": b"Ann Smith"}, Unusable.BAD_ID),
        ({"conversation": b"a b"}, Unusable.BAD_ID),
        ({"tenant": b"other"}, Unusable.WRONG_KEY),
        ({"role": b"robot"}, UnusableChat.BAD_ROLE),
        ({"sequence": b"-1"}, Unusable.BAD_NUMBER),
        ({"final": b"yes"}, Unusable.BAD_HEADER),
        ({"ce_source": b"x" * 600}, Unusable.BAD_HEADER),
        ({"encryption": b"rot13", "encryption_key": b"x"}, Unusable.UNKNOWN_ENCRYPTION),
    ],
)
def test_a_header_that_is_wrong_is_named_and_told_of(headers: dict[str, bytes | None], reason: str) -> None:
    with pytest.raises(WireError) as caught:
        from_record(*changed(**headers))
    assert caught.value.reason == reason
    assert "4821" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"\xff\xfe 4821", UnusableChat.BAD_TEXT),
        (b"", Unusable.EMPTY),
        (b"x" * (MESSAGE_CHARS_MAX + 1), UnusableChat.TOO_MANY_CHARACTERS),
        (b"x" * (1 << 21), Unusable.TOO_LARGE),
    ],
)
def test_a_text_that_cannot_be_judged_is_refused_with_its_place(value: bytes, reason: str) -> None:
    key, _, headers = to_record(MESSAGE)
    with pytest.raises(WireError) as caught:
        from_record(key, value, headers)
    error = caught.value
    assert (error.reason, error.tenant, error.call, error.sequence) == (reason, "acme", "c-1", 3)


@given(st.binary(max_size=40), st.binary(max_size=40), st.lists(st.tuples(st.sampled_from(NAMES), st.binary())))
def test_whatever_comes_is_a_message_or_a_reason(key: bytes, value: bytes, headers: list[tuple[str, bytes]]) -> None:
    with pytest.raises(WireError):
        from_record(key, value, headers)


def test_only_the_private_key_reads_what_was_encrypted(tmp_path: Path) -> None:
    made = rsa.generate_private_key(65537, 2048)
    path = tmp_path / "key.pem"
    path.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    key, value, headers = to_record(MESSAGE, public)
    assert b"4821" not in value
    assert from_record(key, value, headers, load_private_key(path)) == MESSAGE
    with pytest.raises(WireError) as caught:
        from_record(key, value, headers)
    assert caught.value.reason == Unusable.NO_PRIVATE_KEY
    moved = [(name, b"another" if name == "ce_id" else said) for name, said in headers]
    with pytest.raises(WireError) as caught:
        from_record(key, value, moved, load_private_key(path))
    assert caught.value.reason == Unusable.UNDECRYPTABLE


def test_the_contract_names_every_header_role_and_reason() -> None:
    told = set(re.findall(r"`([a-z_]+)`", CONTRACT))
    assert set(NAMES) | set(ChatRole) | set(UnusableChat) <= told
    found = re.findall(r'return "([a-z_]+)"', (ROOT / "pipeline/stages/chat.py").read_text(encoding="utf-8"))
    assert len(found) >= 3
    assert set(found) <= told
