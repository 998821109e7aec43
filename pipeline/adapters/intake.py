"""The bytes of `calls.intake`, the public topic recorders send to. docs/intake.md is its contract.

Key: `tenant/call`. Value: audio, or what was told of consent (adapters/intake_consent.py). Everything else: headers,
UTF-8 text, in the style of the CloudEvents Kafka binding.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.adapters.intake_consent import (
    CONSENT_TYPE,
    METADATA,
    consent_body,
    consent_told,
    metadata,
    metadata_headers,
)
from pipeline.adapters.intake_headers import (
    COMMON,
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
from pipeline.core.companding import TABLES, companded, expanded
from pipeline.core.errors import WireError
from pipeline.core.messages import Intake

TYPE = "callshield.intake.v"
VERSION = 1
RATE_MIN, RATE_MAX = 8_000, 48_000  # telephones to studio; every recogniser takes this
CHANNELS_MAX = 16
AUDIO_S_MAX = 10
PROFILE_BYTES_MAX = 8_192  # 256 hashes
BAD_PROFILE = "?"
NAMES = (*COMMON, "call", "channels", "channel", "rate", "codec", "first_sample", "profile", *METADATA)
LENIENT = ("profile", *METADATA)  # bounded where they are read: a bad one must not cost the audio
BYTES = {"l16": 2, "pcmu": 1, "pcma": 1}  # of one sample, by codec


@dataclass(frozen=True, slots=True)
class _Form:
    """What all messages of one sender's stream have in common, checked. codec: empty for consent."""

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
        refuse(Unusable.UNKNOWN_CODEC, f"codec must be one of {', '.join(BYTES)}")
    if message.told is not None:
        plain, identity = consent_body(message.told), f"{identity}/consent"
    else:
        plain = message.pcm.astype("<i2").tobytes() if codec == "l16" else companded(codec, message.pcm).tobytes()
    of_audio = {"codec": codec} if message.told is None else {}
    texts = {
        "ce_specversion": "1.0", "ce_type": f"{TYPE if of_audio else CONSENT_TYPE}{VERSION}", "ce_source": "callshield",
        "ce_id": identity, "ce_subject": subject, "tenant": message.tenant, "call": message.call,
        "channels": str(message.channels), "rate": str(message.rate), **of_audio, "sequence": str(message.sequence),
        "first_sample": str(message.start_sample), **metadata_headers(message.metadata),
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
    """The message of a record. Raises WireError with a code of `Unusable` if it breaks the contract, and where it
    belongs, as far as that can be read.
    """
    try:
        return _message(key, value, headers, private_key)
    except WireError as error:
        error.tenant, error.call, error.sequence, error.start_sample = coordinates(key, headers, ("tenant", "call"))
        raise


def _message(key: bytes | None, value: bytes | None, headers: Headers, private_key: PrivateKey | None) -> Intake:
    head = bounded(headers, NAMES, free=LENIENT)
    form = _form(
        key, *(head.get(name) for name in ("ce_specversion", "ce_type", "ce_source", "ce_subject")),
        *(head.get(name) for name in ("tenant", "call", "channels", "channel", "rate", "codec", "traceparent")),
    )  # fmt: skip
    identity = identity_of(head)
    sequence = number("sequence", head.get("sequence"))
    start = number("first_sample", head.get("first_sample"))
    final = flag(head.get("final"))
    plain = plain_value(head, key, identity, value, private_key)
    told = None if form.codec else consent_told(plain, final)
    pcm = _pcm(form, plain) if told is None else np.zeros((0, 1), np.int16)
    if not len(pcm) and not final and told is None:
        refuse(Unusable.EMPTY, "no audio; only a final message may be empty")
    return Intake(
        form.tenant, form.call, form.channel, form.channels, form.rate, sequence, start, pcm, final, form.trace,
        _profile(head.get("profile")), metadata(head), told,
    )  # fmt: skip


@lru_cache(maxsize=4096)  # a sender repeats all of this in every message; errors are not kept
def _form(
    key: bytes | None, spec: bytes | None, kind: bytes | None, source: bytes | None, subject: bytes | None,
    tenant: bytes | None, call: bytes | None, channels: bytes | None, channel: bytes | None, rate: bytes | None,
    codec: bytes | None, traced: bytes | None,
) -> _Form:  # fmt: skip
    kind_text = text("ce_type", kind)
    of_consent = kind_text.startswith(CONSENT_TYPE)
    check_version(text("ce_specversion", spec), kind_text, CONSENT_TYPE if of_consent else TYPE, VERSION)
    text("ce_source", source)
    ids = text("tenant", tenant), text("call", call)
    check_subject(key, text("ce_subject", subject), ids, ("tenant", "call"))
    count, hertz = number("channels", channels), number("rate", rate)
    if not RATE_MIN <= hertz <= RATE_MAX:
        refuse(Unusable.BAD_RATE, f"rate must be {RATE_MIN} to {RATE_MAX} Hz")
    if not 1 <= count <= CHANNELS_MAX:
        refuse(Unusable.BAD_CHANNELS, f"channels must be 1 to {CHANNELS_MAX}")
    at = None if channel is None else number("channel", channel)
    if at is not None and at >= count:
        refuse(Unusable.BAD_CHANNELS, "channel must be below channels; the first is 0")
    law = "" if of_consent else text("codec", codec)
    if law not in BYTES and not of_consent:
        refuse(Unusable.UNKNOWN_CODEC, f"codec must be one of {', '.join(BYTES)}")
    return _Form(*ids, at, count, hertz, law, trace(traced))


def _pcm(form: _Form, value: bytes) -> NDArray[np.int16]:
    """(n, 1) or (n, channels) int16 of a value."""
    wide = form.channels if form.channel is None else 1
    frame = wide * BYTES[form.codec]
    if len(value) % frame:
        refuse(Unusable.BAD_LENGTH, f"the audio must be a multiple of {frame} bytes: {form.codec}, {wide} channel(s)")
    if len(value) > form.rate * AUDIO_S_MAX * frame:
        refuse(Unusable.TOO_LONG, f"more than {AUDIO_S_MAX} s of audio in a message; 200 to 500 ms is best")
    if form.codec in TABLES:
        return expanded(form.codec, np.frombuffer(value, np.uint8)).reshape(-1, wide)
    return np.frombuffer(value, "<i2").astype(np.int16, copy=False).reshape(-1, wide)


def _profile(value: bytes | None) -> str:
    """The customer's profile as text; one that cannot be right as BAD_PROFILE, which nobody can read either."""
    if value is None:
        return ""
    return value.decode() if len(value) <= PROFILE_BYTES_MAX and value.isascii() else BAD_PROFILE
