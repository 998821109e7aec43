"""Redacted recordings as they lie on a disk, with what is told of them: by `redact` in a report, by `store` in a
manifest.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.adapters.audio_files import shown
from pipeline.core.errors import InputError
from pipeline.core.proof import Stretch
from pipeline.core.report import SCHEMA as REPORT_SCHEMA
from pipeline.core.span import Span
from pipeline.core.tone import Action

MANIFEST = "manifest.json"
MANIFEST_SCHEMA = "callshield.manifest"
SUFFIXES = (".flac", ".wav")
JSON_BYTES_MAX = 64 << 20  # of a report: a day of hidden stretches is far less


@dataclass(frozen=True, slots=True)
class Told:
    """One redacted recording and what is told of it.

    audio: the file, or None if the call had no samples. hidden: (channel, span, entity, action), action None: as the
    policy says. sample_hash: `SampleHash` of all samples; file_hash: sha256 of the file; empty if it is not told.
    policy_hash: of the policy it was redacted by, if that is told. frames: samples per channel. lost: silence that
    store put where samples never came. tenant: of a stored call, else empty.
    """

    name: str
    audio: Path | None
    channels: int
    rate: int
    frames: int
    hidden: tuple[tuple[int, Span, str, Action | None], ...]
    sample_hash: str = ""
    file_hash: str = ""
    policy_hash: str = ""
    lost: tuple[Span, ...] = ()
    tenant: str = ""

    @property
    def shelved(self) -> bool:
        """True for a call of `store`."""
        return not self.sample_hash

    def stretches(self, action: Callable[[str], Action]) -> tuple[Stretch, ...]:
        """What is hidden. action: of the policy, where none is told; what was hidden is never kept."""
        out = []
        for channel, span, entity, told in self.hidden:
            does = told or action(entity)
            out.append(Stretch(channel, span, entity, Action.SILENCE if does is Action.KEEP else does))
        return tuple(out)


def told_of(path: Path, report: Path | None = None) -> list[Told]:
    """All redacted recordings that `path` means: a recording beside its report, the folder of a shelved call, or a
    folder of many of either. report: of the one recording. Raises InputError.
    """
    if not os.path.lexists(path):
        raise InputError(f"{shown(path)}: no such file or folder")
    if not path.is_dir():
        return [_of_report(path, report or _report_of(path))]
    if report is not None:
        raise InputError(f"{shown(path)}: --report goes with one recording, not with a folder")
    found = list(_below(path))
    if not found:
        raise InputError(f"{shown(path)}: no redacted recordings here; they lie beside the JSON file that redact wrote")
    return found


def of_manifest(place: Path) -> Told:
    """The call in a folder that `callshield calls get` wrote. Raises InputError."""
    path = place / MANIFEST
    plain = _json(path)
    told = of_document(plain, None)
    if told is None:
        raise InputError(f"{shown(path)}: not a manifest of callshield; give the folder of a call")
    recording = plain["recording"]
    return told if recording is None else replace(told, audio=place / Path(recording["file"]).name)


def of_document(plain: Mapping[str, Any], audio: Path | None) -> Told | None:
    """What a manifest tells. audio: its recording. None: it is no manifest."""
    try:
        if plain["schema"] != MANIFEST_SCHEMA:
            return None
        recording = plain["recording"]
        hidden = tuple(
            (int(s["channel"]), Span(s["start_sample"], s["end_sample"]), str(entity), None)
            for entity, stretches in plain["hidden"].items()
            for s in stretches
        )
        lost = tuple(Span(s["start_sample"], s["end_sample"]) for s in plain["lost"])
        return Told(
            str(plain["call"]), audio, int(plain["channels"]), int(plain["rate_hz"]), int(plain["samples"]), hidden,
            file_hash="" if recording is None else str(recording["sha256"]), lost=lost,
            tenant=str(plain["tenant"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def file_sha256(path: Path) -> str:
    """Hash of a file's bytes. Raises InputError."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from None


def _of_report(audio: Path, report: Path) -> Told:
    plain = _json(report)
    try:
        if plain["schema"] != REPORT_SCHEMA:
            raise ValueError
        facts = plain["audio"]
        hidden = tuple(
            (int(s["channel"]), Span(s["start_sample"], s["end_sample"]), str(s["entity"]), Action(s["action"]))
            for s in plain["spans"]
            if s["action"] != Action.KEEP
        )
        return Told(
            str(plain["name"]), audio, int(facts["channels"]), int(facts["rate_hz"]), int(facts["frames"]), hidden,
            sample_hash=str(facts["sha256_out"]), policy_hash=str(plain["policy"]["sha256"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InputError(f"{shown(report)}: not a report of callshield redact; name it with --report") from None


def _report_of(audio: Path) -> Path:
    report = audio.with_name(f"{audio.name.removesuffix(audio.suffix)}.json")
    if not report.is_file():
        raise InputError(f"{shown(audio)}: no report {shown(Path(report.name))} beside it; name it with --report")
    return report


def _below(folder: Path) -> Iterator[Told]:
    """Shelved calls and redacted recordings below, by path. Hidden folders, such as the quarantine, only if named."""

    def stop(error: OSError) -> None:
        raise _unreadable(Path(error.filename), error)

    for place, folders, files in os.walk(folder, onerror=stop):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        if MANIFEST in files:
            folders.clear()
            yield of_manifest(Path(place))
            continue
        for name in sorted(files):
            audio = Path(place, name)
            report = audio.with_suffix(".json")
            if audio.suffix in SUFFIXES and name[0] != "." and report.name in files and _is_report(report):
                yield _of_report(audio, report)


def _is_report(path: Path) -> bool:
    return _json(path).get("schema") == REPORT_SCHEMA


def _json(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > JSON_BYTES_MAX:
            raise InputError(f"{shown(path)}: over {JSON_BYTES_MAX >> 20} MB, not a report of callshield")
        plain = json.loads(path.read_bytes())
    except OSError as error:
        raise _unreadable(path, error) from None
    except ValueError:
        raise InputError(f"{shown(path)}: not JSON; give a report of callshield redact") from None
    if not isinstance(plain, dict):
        raise InputError(f"{shown(path)}: not a report or manifest of callshield")
    return plain


def _unreadable(path: Path, error: OSError) -> InputError:
    reason = (error.strerror or "unknown reason").lower()
    return InputError(f"{shown(path)}: cannot be read ({reason}); check the path and its permissions")
