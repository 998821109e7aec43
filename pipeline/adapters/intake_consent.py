"""What recorders tell beside audio: metadata of a call in headers, and messages of consent as JSON.

{"answers": {purpose: granted, refused or withdrawn}, "notice": id, "disclosure": id, "language": tag, "proof": id};
each may be left out, not all of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pipeline.adapters.intake_headers import Unusable, refuse
from pipeline.core.consent import Answer, Told
from pipeline.core.consent_rules import JURISDICTION, JURISDICTIONS_MAX, PURPOSE, PURPOSES_MAX
from pipeline.core.metadata import NO_METADATA, Metadata
from pipeline.core.pseudonym import VALUE_CHARS_MAX, Kind

CONSENT_TYPE = "callshield.consent.v"  # of calls and of chat
BODY_BYTES_MAX = 8_192  # PURPOSES_MAX answers and five texts
DIRECTIONS = ("inbound", "outbound", "internal")
PEOPLE = {"caller": Kind.CALLER, "customer": Kind.CUSTOMER, "agent": Kind.AGENT, "customer_name": Kind.NAME}
METADATA = ("jurisdiction", "language", "direction", *PEOPLE)
"""All headers of metadata that are looked at."""

_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}")
_FIELDS = ("answers", "notice", "disclosure", "language", "proof")


def metadata(head: Mapping[str, bytes]) -> Metadata:
    """What the headers of a message tell. What is badly told is left out: it must not cost the audio."""
    texts = {name: text for name in METADATA if (text := _text(head.get(name)))}
    if not texts:
        return NO_METADATA
    codes = texts.get("jurisdiction", "").split(",")
    good = len(codes) <= JURISDICTIONS_MAX and all(JURISDICTION.fullmatch(code) for code in codes)
    language, direction = texts.get("language", ""), texts.get("direction", "")
    return Metadata(
        ",".join(codes) if good else "",
        language if _LANGUAGE.fullmatch(language) else "",
        direction if direction in DIRECTIONS else "",
        {kind: texts[name] for name, kind in PEOPLE.items() if name in texts},
    )


def metadata_headers(told: Metadata) -> dict[str, str]:
    """The headers that `metadata` reads it from."""
    plain = {"jurisdiction": told.jurisdiction, "language": told.language, "direction": told.direction}
    people = {name: told.people.get(kind, "") for name, kind in PEOPLE.items()}
    return {name: text for name, text in {**plain, **people}.items() if text}


def consent_body(told: Told) -> bytes:
    """The value of a message of consent."""
    texts = {name: getattr(told, name) for name in _FIELDS[1:] if getattr(told, name)}
    answers = {purpose: str(answer) for purpose, answer in sorted(told.answers.items())}
    return json.dumps({**({"answers": answers} if answers else {}), **texts}, separators=(",", ":")).encode()


def consent_told(value: bytes, final: bool) -> Told:
    """The same of a message in a topic. Raises WireError."""
    if final:
        refuse(Unusable.BAD_CONSENT, "a message of consent cannot be final; end with a message of audio, or of text")
    try:
        return told_of(value)
    except ValueError as error:
        refuse(Unusable.BAD_CONSENT, str(error))


def told_of(value: bytes) -> Told:
    """What a message of consent tells. Raises ValueError, whose text names the fault and repeats nothing of it."""
    if len(value) > BODY_BYTES_MAX:
        raise ValueError(f"a consent of more than {BODY_BYTES_MAX} bytes")
    try:
        plain: Any = json.loads(value)
    except (ValueError, RecursionError):
        raise ValueError("a consent that is not JSON") from None
    if not isinstance(plain, dict) or not plain or not set(plain) <= set(_FIELDS):
        raise ValueError(f"a consent must be a JSON object with some of {', '.join(_FIELDS)}, and nothing else")
    answers = plain.get("answers", {})
    if not isinstance(answers, dict) or len(answers) > PURPOSES_MAX:
        raise ValueError(f"answers must be an object of at most {PURPOSES_MAX} purposes")
    if not all(PURPOSE.fullmatch(purpose) and answer in set(Answer) for purpose, answer in answers.items()):
        raise ValueError(f"answers must give each purpose one of {', '.join(Answer)}")
    texts = {name: plain.get(name, "") for name in _FIELDS[1:]}
    if not all(isinstance(text, str) for text in texts.values()):
        raise ValueError("notice, disclosure, language and proof must be texts")
    if not all(_fits(name, text) for name, text in texts.items()):
        raise ValueError(
            "notice, disclosure and proof must be ids with a letter in them (a mere number could be a telephone's), "
            "language a tag such as en or en-GB"
        )
    return Told({purpose: Answer(answer) for purpose, answer in answers.items()}, **texts)


def _fits(name: str, text: str) -> bool:
    if not text:
        return True
    if name == "language":
        return _LANGUAGE.fullmatch(text) is not None
    return _ID.fullmatch(text) is not None and any(c.isalpha() for c in text)


def _text(value: bytes | None) -> str:
    try:
        text = (value or b"").decode().strip()
    except UnicodeDecodeError:
        return ""
    return text if len(text) <= VALUE_CHARS_MAX else ""
