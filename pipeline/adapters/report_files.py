"""The texts written beside a call's audio: report, transcript, and the transcript as subtitles (WebVTT)."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.core.report import end_s, start_s
from pipeline.core.span import Span
from pipeline.core.transcript import Piece, Role, Transcript, Turn

SCHEMA_PATH = Path(__file__).with_name("report.schema.json")
"""JSON Schema (draft 2020-12) of both JSON files."""
TRANSCRIPT_SCHEMA = "callshield.transcript"
TRANSCRIPT_VERSION = "1.0"
CUE_MS_MAX = 7_000  # as long as two lines take to be read
CUE_CHARS_MAX = 84  # two lines of 42


def texts(report: dict[str, Any], transcript: Transcript) -> dict[str, str]:
    """File texts by what is put behind the call's name: ".json", ".transcript.json", ".vtt".

    report: of `core.report.report`, of the same call as the transcript. Nothing is written here.
    """
    spoken = {
        "schema": TRANSCRIPT_SCHEMA,
        "version": TRANSCRIPT_VERSION,
        "program": report["program"],
        "name": report["name"],
        "turns": [_turn(turn, transcript.rate) for turn in transcript.turns],
    }
    return {".json": _json(report), ".transcript.json": _json(spoken), ".vtt": _vtt(transcript)}


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _turn(turn: Turn, rate: int) -> dict[str, Any]:
    return {
        "channel": int(turn.channel),
        "role": turn.role.value,
        "start_s": start_s(turn.span.start, rate),
        "end_s": end_s(turn.span.end, rate),
        "text": turn.text,
    }


def _vtt(transcript: Transcript) -> str:
    """Cues by start, as the format demands: those of overlapping turns alternate."""
    channels: dict[Role, set[int]] = {}
    for turn in transcript.turns:
        channels.setdefault(turn.role, set()).add(turn.channel)
    cues: list[tuple[int, int, str]] = []
    for turn in transcript.turns:
        voice = turn.role.value if len(channels[turn.role]) == 1 else f"{turn.role.value} {turn.channel}"
        for pieces in _cues(turn.pieces, transcript.rate):
            start, end = _cue_ms(pieces, transcript.rate)
            said = html.escape(" ".join(p.text for p in pieces), quote=False)
            cues.append((start, end, f"<v {voice}>{said}"))
    body = (f"\n{_clock(start)} --> {_clock(end)}\n{text}\n" for start, end, text in sorted(cues))
    return "WEBVTT\n" + "".join(body)


def _cues(pieces: Sequence[Piece], rate: int) -> Iterator[list[Piece]]:
    """A turn in parts that can be shown at once, cut between words."""
    part: list[Piece] = []
    for piece in pieces:
        if part:
            ms = (piece.span.end - part[0].span.start) * 1000 // rate
            chars = sum(len(p.text) + 1 for p in part) + len(piece.text)
            if ms > CUE_MS_MAX or chars > CUE_CHARS_MAX:
                yield part
                part = []
        part.append(piece)
    if part:
        yield part


def _cue_ms(pieces: Sequence[Piece], rate: int) -> tuple[int, int]:
    """Start and end in milliseconds, outward. A long hidden stretch is announced, not shown to its end."""
    span = Span(pieces[0].span.start, max(p.span.end for p in pieces))
    start = span.start * 1000 // rate
    return start, max(start + 1, min(-(-span.end * 1000 // rate), start + CUE_MS_MAX))


def _clock(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{ms:03}"
