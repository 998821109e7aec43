"""The bytes of `calls.intake`, the public topic recorders send to. docs/intake.md is its contract.

Key: `tenant/call`. Value: audio. Everything else: headers, UTF-8 text, in the style of the CloudEvents Kafka binding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from pipeline.adapters.intake_seal import ALGORITHM, PrivateKey, opened, sealed
from pipeline.core.companding import TABLES, companded, expanded
from pipeline.core.errors import WireError
from pipeline.core.messages import Intake

Headers = Sequence[tuple[str, bytes]]

TYPE = "callshield.intake.v"
VERSION = 1
RATE_MIN, RATE_MAX = 8_000, 48_000  # telephones to studio; every recogniser takes this
CHANNELS_MAX = 16
VALUE_BYTES_MAX = 1 << 20
AUDIO_S_MAX = 10
HEADERS_MAX = 32
HEADER_BYTES_MAX = 512  # what is parsed is remembered, so it is bounded first
PROFILE_BYTES_MAX = 8_192  # 256 hashes
BAD_PROFILE = "?"
WRAPPED_BYTES_MAX = 1_024  # RSA of 8,192 bits
SAMPLE_MAX = 2**53  # what every language's numbers hold exactly
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
NUMBER = re.compile(r"[0-9]{1,16}", re.ASCII)
TRACE = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
NAMES = (
    "ce_specversion", "ce_type", "ce_source", "ce_id", "ce_subject", "tenant", "call", "channels", "channel", "rate",
    "codec", "sequence", "first_sample", "final", "traceparent", "encryption", "encryption_key",
    "profile",
)  # fmt: skip
BYTES = {"l16": 2, "pcmu": 1, "pcma": 1}  # of one sample, by codec


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


@dataclass(frozen=True, slots=True)
class _Form:
    """What all messages of one sender's stream have in common, checked."""

    tenant: str
    call: str
    channel: int | None
    channels: int
    rate: int
    codec: str
    trace: str


def to_record(
    message: Intake, codec: str = "l16", public_key: bytes | None = None
) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """Key, value and headers of a message. public_key: PEM, RSA; then the audio is encrypted.

    Raises WireError for an unknown codec, ConfigError for a key that is none.
    """
    subject = f"{message.tenant}/{message.call}"
    identity = f"{subject}/{'all' if message.channel is None else message.channel}/{message.sequence}"
    if codec not in BYTES:
        _refuse(Unusable.UNKNOWN_CODEC, f"codec must be one of {', '.join(BYTES)}")
    plain = message.pcm.astype("<i2").tobytes() if codec == "l16" else companded(codec, message.pcm).tobytes()
    texts = {
        "ce_specversion": "1.0", "ce_type": f"{TYPE}{VERSION}", "ce_source": "callshield", "ce_id": identity,
        "ce_subject": subject, "tenant": message.tenant, "call": message.call, "channels": str(message.channels),
        "rate": str(message.rate), "codec": codec, "sequence": str(message.sequence),
        "first_sample": str(message.start_sample),
    }  # fmt: skip
    texts |= {} if message.channel is None else {"channel": str(message.channel)}
    texts |= {"final": "1"} if message.final else {}
    texts |= {"traceparent": message.trace} if message.trace else {}
    texts |= {"profile": message.profile} if message.profile else {}
    headers = [(name, text.encode()) for name, text in texts.items()]
    key = subject.encode()
    if public_key is None:
        return key, plain, headers
    wrapped, value = sealed(public_key, subject, identity.encode(), key, plain)
    return key, value, [*headers, ("encryption", ALGORITHM.encode()), ("encryption_key", wrapped)]


def from_record(
    key: bytes | None, value: bytes | None, headers: Headers, private_key: PrivateKey | None = None
) -> Intake:
    """The message of a record. Raises WireError with a code of `Unusable` if it breaks the contract."""
    head = _bounded(headers)
    form = _form(
        key, *(head.get(name) for name in ("ce_specversion", "ce_type", "ce_source", "ce_subject")),
        *(head.get(name) for name in ("tenant", "call", "channels", "channel", "rate", "codec", "traceparent")),
    )  # fmt: skip
    identity = head.get("ce_id")
    if not identity:
        _refuse(Unusable.MISSING_HEADER, "ce_id is missing; give every message one of its own")
    sequence = _number("sequence", head.get("sequence"))
    start = _number("first_sample", head.get("first_sample"))
    final = _flag(head.get("final"))
    value = value or b""
    if len(value) > VALUE_BYTES_MAX:
        _refuse(Unusable.TOO_LARGE, f"the value has more than {VALUE_BYTES_MAX} bytes; send shorter messages")
    if "encryption" in head or "encryption_key" in head:
        value = _decrypted(head, key or b"", identity, value, private_key)
    pcm = _pcm(form, value)
    if not len(pcm) and not final:
        _refuse(Unusable.EMPTY, "no audio; only a final message may be empty")
    return Intake(
        form.tenant,
        form.call,
        form.channel,
        form.channels,
        form.rate,
        sequence,
        start,
        pcm,
        final,
        form.trace,
        _profile(head.get("profile")),
    )


def _bounded(headers: Headers) -> dict[str, bytes]:
    """The headers by name, if they are few and those of the contract short; others are never kept."""
    if len(headers) > HEADERS_MAX:
        _refuse(Unusable.BAD_HEADER, f"more than {HEADERS_MAX} headers")
    head = dict(headers)
    for name in NAMES:
        if name == "profile":  # a bad one must not cost the audio: see _profile
            continue
        most = WRAPPED_BYTES_MAX if name == "encryption_key" else HEADER_BYTES_MAX
        if len(head.get(name) or b"") > most:
            _refuse(Unusable.BAD_HEADER, f"{name} has more than {most} bytes")
    return head


def coordinates(key: bytes | None, headers: Headers) -> tuple[str, str, int, int]:
    """Tenant, call, sequence and first sample for the dead letter of a message: "" and -1 for what is not right."""
    head = dict(headers)
    ids = [_maybe(head.get(name)) for name in ("tenant", "call")]
    if not all(ID.fullmatch(text) for text in ids):
        ids = [*_maybe(key).split("/"), "", ""][:2]
    tenant, call = (text if ID.fullmatch(text) else "" for text in ids)
    numbers = (_maybe(head.get(name)) for name in ("sequence", "first_sample"))
    sequence, start = (int(text) if NUMBER.fullmatch(text) else -1 for text in numbers)
    return tenant, call, sequence, start


@lru_cache(maxsize=4096)  # a sender repeats all of this in every message; errors are not kept
def _form(
    key: bytes | None, spec: bytes | None, kind: bytes | None, source: bytes | None, subject: bytes | None,
    tenant: bytes | None, call: bytes | None, channels: bytes | None, channel: bytes | None, rate: bytes | None,
    codec: bytes | None, trace: bytes | None,
) -> _Form:  # fmt: skip
    _check_version(_text("ce_specversion", spec), _text("ce_type", kind))
    _text("ce_source", source)
    ids = _text("tenant", tenant), _text("call", call)
    if not all(ID.fullmatch(text) for text in ids):
        _refuse(Unusable.BAD_ID, f"tenant and call must match {ID.pattern}")
    expected = "/".join(ids).encode()
    if key != expected or _text("ce_subject", subject).encode() != expected:
        _refuse(Unusable.WRONG_KEY, "key and ce_subject must be tenant/call, as the headers tenant and call say")
    count, hertz = _number("channels", channels), _number("rate", rate)
    if not RATE_MIN <= hertz <= RATE_MAX:
        _refuse(Unusable.BAD_RATE, f"rate must be {RATE_MIN} to {RATE_MAX} Hz")
    if not 1 <= count <= CHANNELS_MAX:
        _refuse(Unusable.BAD_CHANNELS, f"channels must be 1 to {CHANNELS_MAX}")
    number = None if channel is None else _number("channel", channel)
    if number is not None and number >= count:
        _refuse(Unusable.BAD_CHANNELS, "channel must be below channels; the first is 0")
    law = _text("codec", codec)
    if law not in BYTES:
        _refuse(Unusable.UNKNOWN_CODEC, f"codec must be one of {', '.join(BYTES)}")
    traced = _maybe(trace)  # W3C: whoever cannot read a traceparent goes on without
    return _Form(*ids, number, count, hertz, law, traced if TRACE.fullmatch(traced) else "")


def _check_version(spec: str, kind: str) -> None:
    if not kind.startswith(TYPE) or not NUMBER.fullmatch(kind[len(TYPE) :]):
        _refuse(Unusable.UNKNOWN_TYPE, f"ce_type must be {TYPE}{VERSION}")
    if int(kind[len(TYPE) :]) != VERSION:
        newer = f"ce_type is version {int(kind[len(TYPE) :])}; this reader knows version {VERSION}: update it first"
        _refuse(Unusable.UNKNOWN_VERSION, newer)
    if spec != "1.0":
        _refuse(Unusable.UNKNOWN_VERSION, "ce_specversion must be 1.0")


def _pcm(form: _Form, value: bytes) -> NDArray[np.int16]:
    """(n, 1) or (n, channels) int16 of a value."""
    wide = form.channels if form.channel is None else 1
    frame = wide * BYTES[form.codec]
    if len(value) % frame:
        _refuse(Unusable.BAD_LENGTH, f"the audio must be a multiple of {frame} bytes: {form.codec}, {wide} channel(s)")
    if len(value) > form.rate * AUDIO_S_MAX * frame:
        _refuse(Unusable.TOO_LONG, f"more than {AUDIO_S_MAX} s of audio in a message; 200 to 500 ms is best")
    if form.codec in TABLES:
        return expanded(form.codec, np.frombuffer(value, np.uint8)).reshape(-1, wide)
    return np.frombuffer(value, "<i2").astype(np.int16, copy=False).reshape(-1, wide)


def _decrypted(
    head: Mapping[str, bytes], key: bytes, identity: bytes, value: bytes, private_key: PrivateKey | None
) -> bytes:
    if _text("encryption", head.get("encryption")) != ALGORITHM:
        _refuse(Unusable.UNKNOWN_ENCRYPTION, f"encryption must be {ALGORITHM}")
    wrapped = head.get("encryption_key")
    if not wrapped:
        _refuse(Unusable.MISSING_HEADER, "encryption_key is missing; encrypted audio needs it")
    if private_key is None:
        _refuse(Unusable.NO_PRIVATE_KEY, "the audio is encrypted; set CALLSHIELD_INTAKE_KEY_FILE to read it")
    plain = opened(private_key, wrapped, identity, key, value)
    if plain is None:
        _refuse(Unusable.UNDECRYPTABLE, "the audio cannot be decrypted: another key, or key, ce_id or value altered")
    return plain


def _profile(value: bytes | None) -> str:
    """The customer's profile as text; one that cannot be right as BAD_PROFILE, which nobody can read either."""
    if value is None:
        return ""
    return value.decode() if len(value) <= PROFILE_BYTES_MAX and value.isascii() else BAD_PROFILE


def _flag(value: bytes | None) -> bool:
    if value not in (None, b"0", b"1"):
        _refuse(Unusable.BAD_HEADER, "final must be 0 or 1")
    return value == b"1"


def _text(name: str, value: bytes | None) -> str:
    if not value:
        _refuse(Unusable.MISSING_HEADER, f"{name} is missing")
    try:
        return value.decode()
    except UnicodeDecodeError:
        _refuse(Unusable.BAD_HEADER, f"{name} is not UTF-8 text")


def _number(name: str, value: bytes | None) -> int:
    text = _text(name, value)
    if not NUMBER.fullmatch(text) or int(text) > SAMPLE_MAX:
        _refuse(Unusable.BAD_NUMBER, f"{name} must be a whole number, 0 or more, in decimal digits")
    return int(text)


def _maybe(value: bytes | None) -> str:
    return (value or b"").decode(errors="replace")


def _refuse(reason: Unusable, text: str) -> NoReturn:
    raise WireError(reason, f"calls.intake: {text}")
