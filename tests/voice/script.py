"""The written form of a call: who says what, which words are secret, who speaks over whom.

One turn a line, `WHO: text` or `WHO GAP: text`. WHO is A (agent) or C (customer). GAP is the pause in
milliseconds after the end of everything said before; below zero the turn starts while the other still speaks.
A line that begins otherwise carries on the turn above it.
Inside the text:

    {DOB: the ninth of June}     these words are secret, of that entity
    {PIN# 4821}                  the caller types these keys; exact keypad tones instead of speech
    [900]                        the speaker pauses for 900 ms
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ENTITIES = frozenset(
    [
        "CARD_NUMBER",
        "CARD_CVV",
        "CARD_EXPIRY",
        "PIN",
        "OTP",
        "ACCOUNT",
        "SORT_CODE",
        "ROUTING",
        "IBAN",
        "UPI",
        "SSN",
        "NINO",
        "AADHAAR",
        "PAN",
        "PASSPORT",
        "LICENCE",
        "DOB",
        "PHONE",
        "EMAIL",
        "ADDRESS",
        "POSTCODE",
        "PERSON",
        "USERNAME",
        "PASSWORD",
        "SECURITY_ANSWER",
        "MEDICAL",
        "MEMBER_ID",
        "BOOKING_REF",
        "PLATE",
        "IP",
    ]
)
ROLES = {"A": "agent", "C": "customer"}

_TURN = re.compile(r"^(?P<who>[AC])(?: (?P<gap>-?\d+))?: (?P<text>.+)$")
_PIECE = re.compile(r"\{(?P<entity>[A-Z_]+)(?P<kind>[:#]) (?P<secret>[^{}]+)\}(?P<mark>[,.?!;]?)|(?P<plain>[^{}]+)")
_PAUSE = re.compile(r"^\[(\d+)\]$")


class ScriptError(ValueError):
    """The script is not well formed. The message names the line."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a turn with one entity (None: harmless). `keys` are typed instead of spoken."""

    text: str
    entity: str | None
    keys: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's turn. `gap_ms` after the end of what was said before, None for a natural pause."""

    role: str
    pieces: tuple[Piece, ...]
    gap_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """A whole call. `audio` names the file: call.wav (mu-law or PCM16 by `subtype`) or call.flac."""

    call_id: str
    turns: str
    agent: str = "dana"
    customer: str = "otis"
    rate_hz: int = 8000
    audio: str = "call.wav"
    subtype: str = "ULAW"
    mono: bool = False
    noise_dbfs: float = -57.0


def pause_ms(token: str) -> int | None:
    """Return the length of a `[900]` token, or None for any other token."""
    found = _PAUSE.match(token)
    return int(found.group(1)) if found else None


def parse(turns: str) -> tuple[Turn, ...]:
    """Read the turns of a script. Raises ScriptError for a bad line or an unknown entity."""
    lines: list[str] = []
    for line in turns.split("\n"):
        if lines and not _TURN.match(line.strip()):
            lines[-1] = f"{lines[-1]} {line.strip()}".rstrip()
        elif line.strip():
            lines.append(line.strip())
    return tuple(_turn(number, line) for number, line in enumerate(lines, 1))


def _turn(number: int, line: str) -> Turn:
    found = _TURN.match(line)
    if found is None:
        raise ScriptError(f"turn {number}: write 'A: text' or 'C -300: text'")
    text = found["text"]
    pieces: list[Piece] = []
    at = 0
    for part in _PIECE.finditer(text):
        if part.start() != at:
            break
        at = part.end()
        if part["plain"] is not None:
            pieces.extend([Piece(part["plain"].strip(), None)] if part["plain"].strip() else [])
            continue
        if part["entity"] not in ENTITIES:
            raise ScriptError(f"turn {number}: unknown entity {part['entity']}")
        pieces.append(Piece(part["secret"].strip() + part["mark"], part["entity"], part["kind"] == "#"))
    if at != len(text) or not pieces:
        raise ScriptError(f"turn {number}: a brace is not closed, or a piece is not '{{ENTITY: words}}'")
    gap = found["gap"]
    return Turn(ROLES[found["who"]], tuple(pieces), None if gap is None else int(gap))
