"""The report of one call: what was hidden and why, what judged it, and hashes to prove it. Never what was said.

The fields are described in docs/report.md and adapters/report.schema.json.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.core.doubt import ALL_DOUBTS, Doubt
from pipeline.core.finding import Finding, Reason
from pipeline.core.span import Span, merge
from pipeline.core.tone import Action
from pipeline.core.transcript import Role

SCHEMA = "callshield.report"
VERSION = "1.0"  # minor: fields were added; major: a field changed its meaning or went

Actions = Callable[[str], Action]


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """The recording. rate in Hz; frames: samples per channel; bits: depth of the output, 16 or 24.

    sha256_in, sha256_out: `pcm.SampleHash` of the samples before and after. notes: what decoding changed;
    warnings: faults of the audio that did not prevent processing.
    """

    rate: int
    channels: int
    frames: int
    bits: int
    sha256_in: str
    sha256_out: str
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if min(self.rate, self.channels, self.frames) < 1:
            raise ValueError(f"no such audio: {self.rate} Hz, {self.channels} channels, {self.frames} frames")


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """The recogniser and its weights, field by field as `ports.engine.ModelIdentity`."""

    engine: str
    engine_version: str
    model: str
    language: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """The policy: its name, and the sha256 of what it does."""

    name: str
    sha256: str


def start_s(sample: int, rate: int) -> float:
    """A start in seconds, rounded down to the millisecond."""
    return int(sample) * 1000 // rate / 1000


def end_s(sample: int, rate: int) -> float:
    """An end or a length in seconds, rounded up to the millisecond."""
    return -(-int(sample) * 1000 // rate) / 1000


def action_of(finding: Finding, actions: Actions, doubt: Doubt = ALL_DOUBTS) -> Action:
    """What happened to the stretch: what came too late to be judged is silent whatever the policy says."""
    if finding.reason is Reason.LATE:
        return Action.SILENCE
    return Action.KEEP if doubt.keeps(finding) else actions(finding.entity)


def hidden(findings: Iterable[Finding], actions: Actions, doubt: Doubt = ALL_DOUBTS) -> tuple[Finding, ...]:
    """Those whose stretch is not audible: the ones a transcript must respect."""
    return tuple(f for f in findings if action_of(f, actions, doubt) is not Action.KEEP)


def report(
    *,
    name: str,
    program_version: str,
    audio: AudioFacts,
    engine: EngineFacts,
    policy: PolicyFacts,
    roles: Sequence[str],
    findings: Iterable[Finding],
    actions: Actions,
    classes: Callable[[str], str],
    processing_s: float,
    doubt: Doubt = ALL_DOUBTS,
) -> dict[str, Any]:
    """The report, ready for JSON.

    name: of the call, as the caller shows it. roles: one of `Role` per channel. findings: all of them, kept
    ones too, in any order; what of them lies beyond the audio is left out. actions, classes: what the policy
    does with an entity, and the class it puts it in; doubt: which doubts it hides. processing_s: wall time without
    loading the model.
    Raises ValueError for roles or findings that do not fit the audio, or a time that is none.
    """
    found = _inside(findings, audio)
    if len(roles) != audio.channels:
        raise ValueError(f"{len(roles)} roles for {audio.channels} channels")
    if not (math.isfinite(processing_s) and processing_s >= 0):
        raise ValueError(f"not a processing time: {processing_s}")
    audio_s = audio.frames / audio.rate
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "program": {"name": "callshield", "version": program_version},
        "name": shown(name),
        "audio": {
            "rate_hz": audio.rate,
            "channels": audio.channels,
            "frames": audio.frames,
            "bits": audio.bits,
            "sha256_in": audio.sha256_in,
            "sha256_out": audio.sha256_out,
            "notes": list(audio.notes),
            "warnings": list(audio.warnings),
        },
        "roles": [Role(role).value for role in roles],
        "engine": {"name": engine.engine, "version": engine.engine_version},
        "model": {"name": engine.model, "language": engine.language, "sha256": engine.sha256},
        "policy": {"name": policy.name, "sha256": policy.sha256},
        "spans": [_span(f, audio.rate, action_of(f, actions, doubt), classes) for f in found],
        "summary": _summary(hidden(found, actions, doubt), len(found), audio),
        "timings": {
            "audio_s": end_s(audio.frames, audio.rate),
            "processing_s": round(processing_s, 3),
            "real_time_factor": round(processing_s / (audio_s * audio.channels), 4),
        },
    }


def shown(name: str) -> str:
    """A name that any file can hold: one with characters that cannot be printed is escaped."""
    return name if name.isprintable() else ascii(name)[1:-1]


def _inside(findings: Iterable[Finding], audio: AudioFacts) -> list[Finding]:
    """Sorted, without doubles, clipped to the audio."""
    whole = Span(0, audio.frames)
    out = set()
    for f in findings:
        if not 0 <= f.channel < audio.channels or not 0 <= f.confidence <= 1:
            raise ValueError(f"not a finding of this call: channel {f.channel}, confidence {f.confidence}")
        if (span := f.span.clip(whole)) is not None:
            out.add(Finding(f.channel, span, f.entity, f.reason, f.confidence))
    return sorted(out)


def _span(f: Finding, rate: int, action: Action, classes: Callable[[str], str]) -> dict[str, Any]:
    return {
        "channel": int(f.channel),
        "start_sample": int(f.span.start),
        "end_sample": int(f.span.end),
        "start_s": start_s(f.span.start, rate),
        "end_s": end_s(f.span.end, rate),
        "entity": f.entity,
        "data_class": str(classes(f.entity)),
        "action": action.value,
        "reason": f.reason.value,
        "confidence": round(float(f.confidence), 3),
    }


def _summary(found: Sequence[Finding], listed: int, audio: AudioFacts) -> dict[str, Any]:
    """Totals of what is hidden. Overlapping stretches count once in times, each in numbers."""
    entities = {
        entity: {
            "spans": sum(f.entity == entity for f in found),
            "hidden_s": end_s(_size((f for f in found if f.entity == entity), audio.channels), audio.rate),
        }
        for entity in sorted({f.entity for f in found})
    }
    channels = []
    for channel in range(audio.channels):
        size = _size((f for f in found if f.channel == channel), audio.channels)
        share = -(-size * 10_000 // audio.frames) / 10_000  # up: a call with something hidden never says 0
        channels.append({"channel": channel, "hidden_s": end_s(size, audio.rate), "hidden_share": share})
    return {
        "spans_hidden": len(found),
        "spans_kept": listed - len(found),
        "hidden_s": end_s(_size(found, audio.channels), audio.rate),
        "entities": entities,
        "channels": channels,
    }


def _size(found: Iterable[Finding], channels: int) -> int:
    """Samples hidden, summed over channels."""
    spans: list[list[Span]] = [[] for _ in range(channels)]
    for f in found:
        spans[f.channel].append(f.span)
    return sum(s.size for own in spans for s in merge(own))
