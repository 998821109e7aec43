"""What the contracts of `calls.intake` and `chat.raw` share: headers in CloudEvents' way, ids, numbers, encryption."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import NoReturn

from pipeline.adapters.intake_seal import ALGORITHM, PrivateKey, opened
from pipeline.core.errors import WireError

Headers = Sequence[tuple[str, bytes]]

HEADERS_MAX = 32
HEADER_BYTES_MAX = 512  # what is parsed is remembered, so it is bounded first
WRAPPED_BYTES_MAX = 1_024  # RSA of 8,192 bits
VALUE_BYTES_MAX = 1 << 20
NUMBER_MAX = 2**53  # what every language's numbers hold exactly
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
NUMBER = re.compile(r"[0-9]{1,16}", re.ASCII)
TRACE = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
COMMON = ("ce_specversion", "ce_type", "ce_source", "ce_id", "ce_subject", "tenant", "sequence", "final", "traceparent",
          "encryption", "encryption_key")  # fmt: skip


class Unusable(StrEnum):
    """Why a message of `calls.intake` cannot be read. Add, never rename: dead letters and alarms carry these."""

    MISSING_HEADER = "missing_header"
    BAD_HEADER = "bad_header"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_VERSION = "unknown_version"
    UNKNOWN_CODEC = "unknown_codec"
    BAD_ID = "bad_id"
    WRONG_KEY = "wrong_key"
    BAD_RATE = "bad_rate"
    BAD_CHANNELS = "bad_channels"
    BAD_NUMBER = "bad_number"
    BAD_LENGTH = "bad_length"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    UNKNOWN_ENCRYPTION = "unknown_encryption"
    NO_PRIVATE_KEY = "no_private_key"
    UNDECRYPTABLE = "undecryptable"
    BAD_CONSENT = "bad_consent"


def bounded(headers: Headers, names: Collection[str], free: Collection[str] = ()) -> dict[str, bytes]:
    """The headers by name, if they are few and those of the contract short; others are never kept. Raises WireError.

    names: those of the contract. free: those that are bounded elsewhere.
    """
    if len(headers) > HEADERS_MAX:
        refuse(Unusable.BAD_HEADER, f"more than {HEADERS_MAX} headers")
    head = dict(headers)
    for name in names:
        if name in free:
            continue
        most = WRAPPED_BYTES_MAX if name == "encryption_key" else HEADER_BYTES_MAX
        if len(head.get(name) or b"") > most:
            refuse(Unusable.BAD_HEADER, f"{name} has more than {most} bytes")
    return head


def check_version(spec: str, kind: str, known: str, version: int) -> None:
    """`ce_specversion` and `ce_type`, which is `known` and the version. Raises WireError."""
    if not kind.startswith(known) or not NUMBER.fullmatch(kind[len(known) :]):
        refuse(Unusable.UNKNOWN_TYPE, f"ce_type must be {known}{version}")
    if int(kind[len(known) :]) != version:
        newer = f"ce_type is version {int(kind[len(known) :])}; this reader knows version {version}: update it first"
        refuse(Unusable.UNKNOWN_VERSION, newer)
    if spec != "1.0":
        refuse(Unusable.UNKNOWN_VERSION, "ce_specversion must be 1.0")


def check_subject(key: bytes | None, subject: str, ids: Sequence[str], names: Sequence[str]) -> None:
    """Ids as they must be, and the key made of them. names: of their headers. Raises WireError."""
    if not all(ID.fullmatch(text) for text in ids):
        refuse(Unusable.BAD_ID, f"{' and '.join(names)} must match {ID.pattern}")
    expected = "/".join(ids)
    if key != expected.encode() or subject != expected:
        told = "/".join(names)
        refuse(Unusable.WRONG_KEY, f"key and ce_subject must be {told}, as the headers {' and '.join(names)} say")


def plain_value(
    head: Mapping[str, bytes], key: bytes | None, identity: bytes, value: bytes | None, private_key: PrivateKey | None
) -> bytes:
    """The value, decrypted if it says that it is encrypted. Raises WireError."""
    value = value or b""
    if len(value) > VALUE_BYTES_MAX:
        refuse(Unusable.TOO_LARGE, f"the value has more than {VALUE_BYTES_MAX} bytes; send shorter messages")
    if "encryption" not in head and "encryption_key" not in head:
        return value
    if text("encryption", head.get("encryption")) != ALGORITHM:
        refuse(Unusable.UNKNOWN_ENCRYPTION, f"encryption must be {ALGORITHM}")
    wrapped = head.get("encryption_key")
    if not wrapped:
        refuse(Unusable.MISSING_HEADER, "encryption_key is missing; what is encrypted needs it")
    if private_key is None:
        refuse(Unusable.NO_PRIVATE_KEY, "the value is encrypted; set CALLSHIELD_INTAKE_KEY_FILE to read it")
    plain = opened(private_key, wrapped, identity, key or b"", value)
    if plain is None:
        refuse(Unusable.UNDECRYPTABLE, "the value cannot be decrypted: another key, or key, ce_id or value altered")
    return plain


def identity_of(head: Mapping[str, bytes]) -> bytes:
    """`ce_id`. Raises WireError."""
    identity = head.get("ce_id")
    if not identity:
        refuse(Unusable.MISSING_HEADER, "ce_id is missing; give every message one of its own")
    return identity


def text(name: str, value: bytes | None) -> str:
    """A header that must be there. Raises WireError."""
    if not value:
        refuse(Unusable.MISSING_HEADER, f"{name} is missing")
    try:
        return value.decode()
    except UnicodeDecodeError:
        refuse(Unusable.BAD_HEADER, f"{name} is not UTF-8 text")


def number(name: str, value: bytes | None) -> int:
    """A header that is a whole number. Raises WireError."""
    digits = text(name, value)
    if not NUMBER.fullmatch(digits) or int(digits) > NUMBER_MAX:
        refuse(Unusable.BAD_NUMBER, f"{name} must be a whole number, 0 or more, in decimal digits")
    return int(digits)


def coordinates(key: bytes | None, headers: Headers, names: tuple[str, str]) -> tuple[str, str, int, int]:
    """For the dead letter of a message: the two ids, by the names of their headers, else by the key; sequence; first
    sample. "" and -1 for what is not right.
    """
    head = dict(headers)
    ids = [maybe(head.get(name)) for name in names]
    if not all(ID.fullmatch(one) for one in ids):
        ids = [*maybe(key).split("/"), "", ""][:2]
    first, second = (one if ID.fullmatch(one) else "" for one in ids)
    numbers = (maybe(head.get(name)) for name in ("sequence", "first_sample"))
    sequence, start = (int(one) if NUMBER.fullmatch(one) else -1 for one in numbers)
    return first, second, sequence, start


def flag(value: bytes | None) -> bool:
    """`final`. Raises WireError."""
    if value not in (None, b"0", b"1"):
        refuse(Unusable.BAD_HEADER, "final must be 0 or 1")
    return value == b"1"


def maybe(value: bytes | None) -> str:
    """A header as text, whatever it is."""
    return (value or b"").decode(errors="replace")


def trace(value: bytes | None) -> str:
    """`traceparent`, or nothing: W3C says that whoever cannot read one goes on without."""
    traced = maybe(value)
    return traced if TRACE.fullmatch(traced) else ""


def refuse(reason: str, told: str) -> NoReturn:
    """Raises WireError: the message breaks the contract."""
    raise WireError(reason, f"a message breaks its contract: {told}")
