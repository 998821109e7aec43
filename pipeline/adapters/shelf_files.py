"""The files of a finished call: recording, transcript, and the manifest, which comes last and makes it finished."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.adapters.audio_files import Staged, publish
from pipeline.adapters.audio_out import FLAC_CHANNELS_MAX, FLAC_ODD_RATE_MAX_HZ, AudioSink, write_text_atomically
from pipeline.adapters.provenance import release
from pipeline.adapters.report_files import TRANSCRIPT_SCHEMA, TRANSCRIPT_VERSION
from pipeline.adapters.shelf_journal import Known, Line, lines_by_start
from pipeline.core.errors import InputError
from pipeline.core.messages import Head
from pipeline.core.report import end_s, start_s

MANIFEST = "manifest.json"
TRANSCRIPT = "transcript.json"
MANIFEST_SCHEMA = "callshield.manifest"
MANIFEST_VERSION = "1.0"
READ_FRAMES = 1 << 16
_HIDDEN = (".*.partial-*", ".*.before-*")  # what a worker that was killed may leave, see audio_files


def write_call(place: Path, head: Head, known: Known, spool: Path) -> None:
    """Write the files of a call from its spool. Raises OutputError, or InputError if the spool is damaged."""
    files: dict[str, dict[str, Any] | None] = {"recording": None, "transcript": None}
    staged: list[Staged] = []
    try:
        if known.position:
            staged.append(sound := _recording(place, head, known, spool))
            files["recording"] = _file(sound)
        if known.turns:
            staged.append(words := _transcript(place / TRANSCRIPT, head, known))
            files["transcript"] = {**_file(words), "complete": known.whole}
        publish(staged, force=True)
    finally:
        for file in staged:
            file.discard()
    manifest = _manifest(head, known, files)
    write_text_atomically(place / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", force=False)


def leftovers(place: Path, names: Sequence[str]) -> None:
    """Remove what is not part of the finished call: `names`, and hidden files of a worker that was killed."""
    for path in [*(place / name for name in names), *(p for like in _HIDDEN for p in place.glob(like))]:
        path.unlink(missing_ok=True)


def _recording(place: Path, head: Head, known: Known, spool: Path) -> Staged:
    holds = head.channels <= FLAC_CHANNELS_MAX and (head.rate <= FLAC_ODD_RATE_MAX_HZ or head.rate % 10 == 0)
    path = place / ("recording.flac" if holds else "recording.wav")
    sink = AudioSink.create(
        path, rate=head.rate, channels=head.channels, bits=16, frames_expected=known.position, force=True
    )
    try:
        for block in _blocks(spool, head.channels, known.position):
            sink.write(block)
        return sink.finish()
    except BaseException:
        sink.discard()
        raise


def _blocks(spool: Path, channels: int, frames: int) -> Iterator[NDArray[np.int32]]:
    with spool.open("rb") as file:
        left = frames
        while left:
            data = np.fromfile(file, "<i2", min(left, READ_FRAMES) * channels)
            if data.size != min(left, READ_FRAMES) * channels:
                raise InputError("a recording in the making is shorter than its journal says; the disk lost some of it")
            yield data.reshape(-1, channels).astype(np.int32)
            left -= data.size // channels


def _transcript(path: Path, head: Head, known: Known) -> Staged:
    document = {
        "schema": TRANSCRIPT_SCHEMA,
        "version": TRANSCRIPT_VERSION,
        "program": {"name": "callshield", "version": release()},
        "name": head.call,
        "turns": [_turn(line, head.rate) for line in lines_by_start(known.turns.values())],
    }
    staged = Staged.create(path, force=True)
    try:
        data = (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
        with open(staged.fd, "wb", closefd=False) as file:
            file.write(data)
        staged.seal()
    except BaseException:
        staged.discard()
        raise
    return staged


def _turn(line: Line, rate: int) -> dict[str, Any]:
    return {
        "channel": line.channel,
        "role": line.role,
        "start_s": start_s(line.start, rate),
        "end_s": end_s(line.end, rate),
        "text": line.text,
    }


def _file(staged: Staged) -> dict[str, Any]:
    with staged.partial.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"file": staged.path.name, "sha256": digest}


def _manifest(head: Head, known: Known, files: dict[str, dict[str, Any] | None]) -> dict[str, Any]:
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
        "samples": known.position,
        **files,
        "hidden": hidden,
        "missing": [{"channel": c, "start_sample": s, "end_sample": e} for c, s, e in sorted(known.missing)],
        "lost": [{"start_sample": span.start, "end_sample": span.end} for span in known.lost],
    }
