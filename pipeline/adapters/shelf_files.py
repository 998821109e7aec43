"""What is made of a call when it is finished: recording, transcript and the manifest that names them. In memory."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import soundfile

from pipeline.adapters.audio_out import FLAC_CHANNELS_MAX, FLAC_ODD_RATE_MAX_HZ
from pipeline.adapters.provenance import release
from pipeline.adapters.report_files import TRANSCRIPT_SCHEMA, TRANSCRIPT_VERSION
from pipeline.adapters.sealed_calls import Stored
from pipeline.adapters.shelf_parts import Known, Line
from pipeline.core.errors import OutputError
from pipeline.core.messages import Head, Pcm16
from pipeline.core.pcm import SampleHash
from pipeline.core.report import end_s, start_s

MANIFEST_SCHEMA = "callshield.manifest"
MANIFEST_VERSION = "2.0"
READ_FRAMES = 1 << 16
FLAC, WAV, TRANSCRIPT = "recording.flac", "recording.wav", "transcript.json"


def recording(head: Head, blocks: Iterable[Pcm16]) -> tuple[str, bytes]:
    """File name and bytes of a recording of these samples, (n, channels), read back. Raises OutputError."""
    holds = head.channels <= FLAC_CHANNELS_MAX and (head.rate <= FLAC_ODD_RATE_MAX_HZ or head.rate % 10 == 0)
    kind, file, hashed = ("FLAC" if holds else "WAV"), io.BytesIO(), SampleHash(16, head.channels)
    with soundfile.SoundFile(file, "w", head.rate, head.channels, "PCM_16", format=kind) as sound:
        for block in blocks:
            hashed.update(block.astype(np.int32))
            sound.write(block)
    if _hash_of(file, head.channels) != hashed.hexdigest():
        raise OutputError("a recording could not be made whole; it is tried again")
    return (FLAC if holds else WAV), file.getvalue()


def transcript(head: Head, known: Known) -> bytes:
    """The transcript of a call, without its secrets."""
    return document_bytes(
        {
            "schema": TRANSCRIPT_SCHEMA,
            "version": TRANSCRIPT_VERSION,
            "program": {"name": "callshield", "version": release()},
            "name": head.call,
            "turns": [_turn(line, head.rate) for line in known.lines()],
        }
    )


def manifest(head: Head, known: Known, files: dict[str, dict[str, Any] | None]) -> dict[str, Any]:
    """What there is of a call and was hidden in it. files: recording and transcript."""
    hidden: dict[str, list[dict[str, Any]]] = {}
    for entity, channel, start, end, reason in sorted(known.hidden):
        stretch = {"channel": channel, "start_sample": start, "end_sample": min(end, known.position), "reason": reason}
        if start < known.position:
            hidden.setdefault(entity, []).append(stretch)
    return {
        "schema": MANIFEST_SCHEMA,
        "version": MANIFEST_VERSION,
        "program": {"name": "callshield", "version": release()},
        "tenant": head.tenant,
        "call": head.call,
        "started_ms": head.started_ms,
        "pin": head.pin,
        "fleet": head.fleet,
        "rate_hz": head.rate,
        "channels": head.channels,
        "jurisdiction": head.jurisdiction,
        "language": head.language,
        "labels": [{"kind": x.kind, "key_id": x.key_id, "pseudonym": x.pseudonym} for x in head.labels],
        "samples": known.position,
        **files,
        "hidden": hidden,
        "missing": [{"channel": c, "start_sample": s, "end_sample": e} for c, s, e in sorted(known.missing)],
        "lost": [{"start_sample": span.start, "end_sample": span.end} for span in known.lost],
        "incident": None,
        "objects": [],
    }


def of_content(file: str, data: bytes) -> dict[str, Any]:
    """How a manifest names a file of a call."""
    return {"file": file, "sha256": hashlib.sha256(data).hexdigest()}


def of_object(kind: str, stored: Stored) -> dict[str, Any]:
    """How a manifest names an object."""
    return {"kind": kind, "name": stored.name, "bytes": stored.bytes, "sha256": stored.sha256}


def document_bytes(document: dict[str, Any]) -> bytes:
    """JSON for people and programs."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _turn(line: Line, rate: int) -> dict[str, Any]:
    return {
        "channel": line.channel,
        "role": line.role,
        "start_s": start_s(line.start, rate),
        "end_s": end_s(line.end, rate),
        "text": line.text,
    }


def _hash_of(file: io.BytesIO, channels: int) -> str:
    found = SampleHash(16, channels)
    for block in _blocks(file):
        found.update(block)
    return found.hexdigest()


def _blocks(file: io.BytesIO) -> Iterator[Any]:
    file.seek(0)
    with soundfile.SoundFile(file) as sound:
        while len(data := sound.read(READ_FRAMES, dtype="int32", always_2d=True)):
            yield data >> 16
