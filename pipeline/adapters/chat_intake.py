"""The bytes of `chat.raw`, the public topic chat platforms send to. docs/chat.md is its contract.

Key: `tenant/conversation`. Value: the text as it was written, UTF-8, or what was told of consent
(adapters/intake_consent.py). Everything else: headers, as in `calls.intake`.
"""

from __future__ import annotations

from enum import StrEnum

from pipeline.adapters.intake_consent import CONSENT_TYPE, consent_body, consent_told, metadata, metadata_headers
from pipeline.adapters.intake_headers import (
    COMMON,
    ID,
    Headers,
    Unusable,
    bounded,
    check_subject,
    check_version,
    coordinates,
    flag,
    identity_of,
    number,
    plain_value,
    refuse,
    text,
    trace,
)
from pipeline.adapters.intake_seal import ALGORITHM, PrivateKey, sealed
from pipeline.core.errors import WireError
from pipeline.core.messages import ChatRaw, ChatRole
from pipeline.core.written_text import MESSAGE_CHARS_MAX

TYPE = "callshield.chat.v"
VERSION = 1
TOLD_BESIDE = ("jurisdiction", "language")  # of the metadata that calls have
NAMES = (*COMMON, "conversation", "author", "role", *TOLD_BESIDE)


class UnusableChat(StrEnum):
    """Why a message of `chat.raw` cannot be read, beside what `Unusable` says. Add, never rename."""

    BAD_ROLE = "bad_role"
    BAD_TEXT = "bad_text"
    TOO_MANY_CHARACTERS = "too_many_characters"


def to_record(message: ChatRaw, public_key: bytes | None = None) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """Key, value and headers of a message. public_key: PEM, RSA; then the text is encrypted.

    Raises ConfigError for a key that is none.
    """
    subject = f"{message.tenant}/{message.conversation}"
    identity = f"{subject}/chat/{message.sequence}"
    of_text = {"author": message.author, "role": str(message.role)}
    kind, plain = f"{TYPE}{VERSION}", message.text.encode()
    if message.told is not None:
        kind, plain, of_text = f"{CONSENT_TYPE}{VERSION}", consent_body(message.told), {}
        identity = f"{identity}/consent"
    texts = {
        "ce_specversion": "1.0", "ce_type": kind, "ce_source": "callshield", "ce_id": identity,
        "ce_subject": subject, "tenant": message.tenant, "conversation": message.conversation, **of_text,
        "sequence": str(message.sequence), **metadata_headers(message.metadata),
    }  # fmt: skip
    texts |= {"final": "1"} if message.final else {}
    texts |= {"traceparent": message.trace} if message.trace else {}
    headers = [(name, said.encode()) for name, said in texts.items()]
    key = subject.encode()
    if public_key is None:
        return key, plain, headers
    wrapped, value = sealed(public_key, subject, identity.encode(), key, plain)
    return key, value, [*headers, ("encryption", ALGORITHM.encode()), ("encryption_key", wrapped)]


def from_record(
    key: bytes | None, value: bytes | None, headers: Headers, private_key: PrivateKey | None = None
) -> ChatRaw:
    """The message of a record. Raises WireError with a code of `Unusable` or `UnusableChat`, and where it belongs."""
    try:
        return _message(key, value, headers, private_key)
    except WireError as error:
        error.tenant, error.call, error.sequence, _ = coordinates(key, headers, ("tenant", "conversation"))
        raise


def _message(key: bytes | None, value: bytes | None, headers: Headers, private_key: PrivateKey | None) -> ChatRaw:
    head = bounded(headers, NAMES, free=TOLD_BESIDE)
    kind = text("ce_type", head.get("ce_type"))
    of_consent = kind.startswith(CONSENT_TYPE)
    check_version(
        text("ce_specversion", head.get("ce_specversion")), kind, CONSENT_TYPE if of_consent else TYPE, VERSION
    )
    text("ce_source", head.get("ce_source"))
    ids = text("tenant", head.get("tenant")), text("conversation", head.get("conversation"))
    check_subject(key, text("ce_subject", head.get("ce_subject")), ids, ("tenant", "conversation"))
    about = metadata({name: head[name] for name in TOLD_BESIDE if name in head})
    if of_consent:
        sequence, final = number("sequence", head.get("sequence")), flag(head.get("final"))
        told = consent_told(plain_value(head, key, identity_of(head), value, private_key), final)
        return ChatRaw(*ids, "", ChatRole.SYSTEM, sequence, "", False, trace(head.get("traceparent")), about, told)
    role, author = text("role", head.get("role")), text("author", head.get("author"))
    if role not in set(ChatRole):
        refuse(UnusableChat.BAD_ROLE, f"role must be one of {', '.join(ChatRole)}")
    if not ID.fullmatch(author):
        refuse(Unusable.BAD_ID, f"author must match {ID.pattern}")
    sequence, final = number("sequence", head.get("sequence")), flag(head.get("final"))
    said = _text(plain_value(head, key, identity_of(head), value, private_key))
    if not said and not final:
        refuse(Unusable.EMPTY, "no text; only a final message may be empty")
    return ChatRaw(*ids, author, ChatRole(role), sequence, said, final, trace(head.get("traceparent")), about)


def _text(value: bytes) -> str:
    try:
        said = value.decode()
    except UnicodeDecodeError:
        refuse(UnusableChat.BAD_TEXT, "the text is not UTF-8")
    if len(said) > MESSAGE_CHARS_MAX:
        refuse(UnusableChat.TOO_MANY_CHARACTERS, f"the text has more than {MESSAGE_CHARS_MAX} characters")
    return said
