"""Calls with known truth: `<corpus>/<call>/call.flac` (or `.wav`) beside `truth.json`.

truth.json holds `segments`, each with `channel`, `start` and `end` in seconds, `entity` (a truth label or
null) and `source` (`dtmf` for keyed digits). The words in it are never kept, nor shown in an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.adapters.audio_files import shown
from pipeline.adapters.audio_in import open_audio
from pipeline.core.errors import InputError
from pipeline.core.pcm import to_float
from pipeline.core.score import NEUTRAL, Segment, Sound

TRUTH_LABELS: Mapping[str, str] = {
    "AADHAAR": "AADHAAR",
    "ACCOUNT": "BANK_ACCOUNT",
    "ADDRESS": "POSTAL_ADDRESS",
    "BOOKING_REF": "BOOKING_REFERENCE",
    "CARD_CVV": "SECURITY_CODE",
    "CARD_EXPIRY": "CARD_EXPIRY",
    "CARD_NUMBER": "CARD_NUMBER",
    "DOB": "DATE_OF_BIRTH",
    "EMAIL": "EMAIL",
    "IBAN": "IBAN",
    "IP": "IP",
    "LICENCE": "DRIVING_LICENCE",
    "MEDICAL": "MEDICAL",
    "MEMBER_ID": "MEMBER_NUMBER",
    "NINO": "NINO",
    "OTP": "ONE_TIME_CODE",
    "PAN": "PAN_INDIA",
    "PASSPORT": "PASSPORT",
    "PASSWORD": "PASSWORD",
    "PERSON": "PERSON_NAME",
    "PHONE": "PHONE",
    "PIN": "PIN",
    "PLATE": "VEHICLE_PLATE",
    "POSTCODE": "POSTCODE",
    "ROUTING": "ROUTING_NUMBER",
    "SECURITY_ANSWER": "SECURITY_ANSWER",
    "SORT_CODE": "SORT_CODE",
    "SSN": "SSN",
    "UPI": "UPI_ID",
    "USERNAME": "USER_NAME",
    NEUTRAL: NEUTRAL,
}

DURATION_S_MAX = 10_000_000  # no call lasts a hundred days; keeps infinity and milliseconds out
AUDIO_NAMES = ("call.flac", "call.wav")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a corpus. `audio` is the recording as it came in; `segments` is the truth about it."""

    name: str
    audio: Path
    duration_s: float
    rate: int
    channels: int
    segments: tuple[Segment, ...]


def read_corpus(folder: Path) -> tuple[Call, ...]:
    """All calls below `folder`, sorted by name. Raises InputError for the first that cannot be scored."""
    if not folder.is_dir():
        raise InputError(f"{shown(folder)}: no such folder; name a folder that holds <call>/call.flac and truth.json")
    found = [p for p in sorted(folder.iterdir()) if p.is_dir() and (_audio_in(p) or (p / "truth.json").exists())]
    if not found:
        raise InputError(f"{shown(folder)}: no calls in it; each call is a folder with call.flac and truth.json")
    return tuple(read_call(p) for p in found)


def read_call(folder: Path) -> Call:
    """One call: its audio's shape and its truth. Raises InputError."""
    audio = _audio_in(folder)
    if audio is None:
        raise InputError(f"{shown(folder)}: truth.json without call.flac or call.wav; add the recording")
    with open_audio(audio) as source:
        rate, channels, duration_s = source.rate, source.channels, source.frames / source.rate
    segments = read_truth(folder / "truth.json")
    for number, seg in enumerate(segments):
        if seg.channel >= channels:
            raise _broken(folder / "truth.json", number, f"channel {seg.channel}, audio has {channels}")
        if seg.start_s >= duration_s:
            raise _broken(folder / "truth.json", number, "starts after the audio ends")
    return Call(folder.name, audio, duration_s, rate, channels, segments)


def read_truth(path: Path) -> tuple[Segment, ...]:
    """The segments of one truth.json, labels translated to our entity names. Raises InputError."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"{shown(path)}: missing; a call cannot be scored without its truth") from error
    except OSError as error:
        raise InputError(f"{shown(path)}: not readable ({error.strerror}); check its permissions") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{shown(path)}: broken JSON in line {error.lineno}; correct it") from None
    except (ValueError, RecursionError):  # the exception would carry the text of the file along
        raise InputError(f"{shown(path)}: not UTF-8 JSON; write it as UTF-8 JSON") from None
    rows = document.get("segments") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise InputError(f"{shown(path)}: no list of segments; expected an object with the key 'segments'")
    return tuple(_segment(path, number, row) for number, row in enumerate(rows))


def read_sound(path: Path) -> Sound:
    """Decode a whole recording. Raises InputError."""
    with open_audio(path) as source:
        blocks = [to_float(block, source.bits) for block in source.blocks(source.rate * 10)]
        return Sound(np.concatenate(blocks).astype(np.float64), source.rate)


def find_redacted(folder: Path, call: str) -> Path | None:
    """The redacted recording of `call`: `<call>.flac` or `<call>/call.flac` below `folder`, or WAV."""
    names = (f"{call}.wav", f"{call}.flac", f"{call}/call.wav", f"{call}/call.flac")
    return next((path for name in names if (path := folder / name).is_file()), None)


def _audio_in(folder: Path) -> Path | None:
    return next((path for name in AUDIO_NAMES if (path := folder / name).is_file()), None)


def _segment(path: Path, number: int, row: object) -> Segment:
    if not isinstance(row, dict):
        raise _broken(path, number, "not an object")
    channel, start_s, end_s = row.get("channel"), _seconds(row.get("start")), _seconds(row.get("end"))
    if type(channel) is not int or channel < 0:
        raise _broken(path, number, "'channel' must be a whole number from 0")
    if start_s is None or end_s is None or end_s < start_s:
        raise _broken(path, number, "'start' and 'end' must be seconds, the end not before the start")
    if "entity" not in row:
        raise _broken(path, number, "'entity' is missing; null means harmless")
    return Segment(channel, start_s, end_s, _entity(path, number, row["entity"]), row.get("source") == "dtmf")


def _entity(path: Path, number: int, label: object) -> str | None:
    if label is None:
        return None
    if isinstance(label, str) and label in TRUTH_LABELS:
        return TRUTH_LABELS[label]
    # Shown only if it looks like a label: words of the call may have slipped into the wrong field.
    shown = f" {label}" if isinstance(label, str) and re.fullmatch(r"[A-Z][A-Z_]{1,23}", label) else ""
    raise _broken(path, number, f"unknown label{shown}; known are {', '.join(sorted(TRUTH_LABELS))}")


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < DURATION_S_MAX else None


def _broken(path: Path, number: int, what: str) -> InputError:
    return InputError(f"{shown(path)}: segment {number}: {what}")
