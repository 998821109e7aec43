"""How well a call was redacted, judged from the audio alone: what went in, what came out, and the truth.

Audio is looked at in frames of 10 ms. A frame is *hidden* if the output no longer carries the input: it
differs and less than half of the input's signal is left in it, or it is silent where the input was not. So
speech mixed under a tone, turned down a little or turned upside down still counts as audible.

Within 10 ms a loud tone resembles soft speech by chance, and then counts as audible though no speech is in
it: tones above about -40 dBFS score below silence over the very same spans. Measure with silence.

    recall          share of the sensitive, voiced milliseconds that are hidden
    leaky span      a sensitive span with more than 100 ms left audible
    over-redaction  share of harmless speech that was altered, not counting 300 ms around sensitive spans
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NEUTRAL = "NEUTRAL"  # truth says: hiding this stretch or leaving it is neither right nor wrong
FRAME_MS = 10
FRAMES_PER_S = 1000 // FRAME_MS
GRACE_MS = 300  # padding around a sensitive span that is never held against the redactor
LEAK_MS_MAX = 100  # less than a spoken digit
VOICED_RMS_MIN = 0.003  # of full scale; below it nobody can be understood
INPUT_RMS_FLOOR = 1e-4  # so that dither on digital silence is not "a change of 100 %"
CHANGE_MIN = 0.1  # of the input's rms
CARRIED_MAX = 0.5  # of the input's signal
SHIFT_S_MAX = 0.02  # outputs whose length differs by more are not compared at all


class State(StrEnum):
    """Whether there was an output to judge. Without one, every sensitive span counts as audible."""

    SCORED = "scored"
    MISSING = "missing"
    MISSHAPEN = "misshapen"


@dataclass(frozen=True, slots=True)
class Sound:
    """Decoded audio. samples: (n, channels) float64, full scale 1.0; rate in Hz."""

    samples: Floats
    rate: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate

    @property
    def channels(self) -> int:
        """Number of channels."""
        return int(self.samples.shape[1])


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one channel where someone speaks (or keys digits), as the truth has it.

    entity: what is said there, None for harmless speech, NEUTRAL for a stretch that is not scored.
    """

    channel: int
    start_s: float
    end_s: float
    entity: str | None
    keypad: bool = False


@dataclass(frozen=True, slots=True)
class EntityScore:
    """Spans of one kind: how many, how many leak, their voiced milliseconds, and how many stayed audible."""

    entity: str
    spans: int = 0
    leaky_spans: int = 0
    sensitive_ms: int = 0
    audible_ms: int = 0

    @property
    def recall(self) -> float:
        """Share of `sensitive_ms` that is hidden, 0..1; 1 where there is nothing to hide."""
        return 1 - self.audible_ms / max(self.sensitive_ms, 1)


@dataclass(frozen=True, slots=True)
class CallScore:
    """One call. `all` sums up `entities`; `keypad` is the part of it that was keyed, not spoken."""

    call: str
    state: State
    all: EntityScore
    keypad: EntityScore
    entities: tuple[EntityScore, ...]
    speech_ms: int
    altered_ms: int

    @property
    def over_redaction(self) -> float:
        """Share of harmless speech that was altered, 0..1."""
        return self.altered_ms / max(self.speech_ms, 1)


@dataclass(frozen=True, slots=True)
class Totals:
    """All calls of a run together."""

    calls: int
    missing: int
    misshapen: int
    all: EntityScore
    keypad: EntityScore
    entities: tuple[EntityScore, ...]
    speech_ms: int
    altered_ms: int

    @property
    def over_redaction(self) -> float:
        """Share of harmless speech that was altered, 0..1."""
        return self.altered_ms / max(self.speech_ms, 1)


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall time one call took, model load left out, and how much audio that was."""

    wall_s: float
    duration_s: float
    channels: int


def real_time_factor(timings: Iterable[Timing]) -> float:
    """Wall seconds per second of audio of one channel, over all of `timings`; 0 if there is no audio."""
    taken = list(timings)
    heard_s = sum(t.duration_s * t.channels for t in taken)
    return sum(t.wall_s for t in taken) / heard_s if heard_s else 0.0


def sum_up(entity: str, scores: Iterable[EntityScore]) -> EntityScore:
    """All of `scores` as one, called `entity`."""
    parts = list(scores)
    return EntityScore(
        entity,
        sum(p.spans for p in parts),
        sum(p.leaky_spans for p in parts),
        sum(p.sensitive_ms for p in parts),
        sum(p.audible_ms for p in parts),
    )


def by_entity(scores: Iterable[EntityScore]) -> tuple[EntityScore, ...]:
    """One score per entity, sorted by name."""
    found: dict[str, list[EntityScore]] = {}
    for score in scores:
        found.setdefault(score.entity, []).append(score)
    return tuple(sum_up(entity, parts) for entity, parts in sorted(found.items()))


def hidden_frames(before: Floats, after: Floats, frame: int) -> tuple[Flags, Floats]:
    """Per frame of one channel: is the input gone from the output, and how loud was it?

    before, after: (samples,) float64; what only one of them has at its end is left out, and so is a last
    frame that is not full. frame: samples per frame. Returns (frames,) flags and (frames,) rms of the input.
    """
    count = min(before.size, after.size) // frame
    inner = before[: count * frame].reshape(count, frame)
    outer = after[: count * frame].reshape(count, frame)
    energy_in = np.einsum("ij,ij->i", inner, inner)
    rms_in = np.sqrt(energy_in / frame)
    rms_out = np.sqrt(np.mean(outer**2, axis=1))
    rms_change = np.sqrt(np.mean((outer - inner) ** 2, axis=1))
    carried = np.abs(np.einsum("ij,ij->i", inner, outer)) / np.maximum(energy_in, 1e-9)
    replaced = (rms_change > CHANGE_MIN * np.maximum(rms_in, INPUT_RMS_FLOOR)) & (carried < CARRIED_MAX)
    silenced = rms_out < CHANGE_MIN * rms_in
    return replaced | silenced, rms_in


def comparable(before: Sound, after: Sound) -> bool:
    """True if both have one rate, the same channels and (within 20 ms) the same length."""
    apart = abs(len(before.samples) - len(after.samples))
    same_form = (before.rate, before.channels) == (after.rate, after.channels)
    return same_form and apart <= before.rate * SHIFT_S_MAX


def score_call(call: str, before: Sound, after: Sound | None, segments: Sequence[Segment]) -> CallScore:
    """Judge one call. `after` is None where the redactor left no output.

    A missing or misshapen output is judged as if the input had been let through unchanged.
    """
    state = State.SCORED
    if after is None:
        state, after = State.MISSING, before
    elif not comparable(before, after):
        state, after = State.MISSHAPEN, before
    frame = before.rate // FRAMES_PER_S
    spans: list[tuple[bool, EntityScore]] = []
    speech_ms = altered_ms = 0
    for channel in range(before.channels):
        hidden, loud = hidden_frames(before.samples[:, channel], after.samples[:, channel], frame)
        here = [s for s in segments if s.channel == channel]
        per_s = before.rate / frame  # 100, but for rates that 10 ms do not divide
        spans += _sensitive(hidden, loud > VOICED_RMS_MIN, here, per_s)
        harmless = _harmless(hidden.size, here, per_s)
        speech_ms += int(harmless.sum()) * FRAME_MS
        altered_ms += int((harmless & hidden).sum()) * FRAME_MS
    entities = by_entity(score for _, score in spans)
    keypad = sum_up("KEYPAD", (score for keyed, score in spans if keyed))
    return CallScore(call, state, sum_up("ALL", entities), keypad, entities, speech_ms, altered_ms)


def total(calls: Sequence[CallScore]) -> Totals:
    """All calls as one: milliseconds and spans are added up, never averages averaged."""
    entities = by_entity(score for call in calls for score in call.entities)
    return Totals(
        calls=len(calls),
        missing=sum(c.state is State.MISSING for c in calls),
        misshapen=sum(c.state is State.MISSHAPEN for c in calls),
        all=sum_up("ALL", entities),
        keypad=sum_up("KEYPAD", (c.keypad for c in calls)),
        entities=entities,
        speech_ms=sum(c.speech_ms for c in calls),
        altered_ms=sum(c.altered_ms for c in calls),
    )


def _sensitive(
    hidden: Flags, voiced: Flags, segments: Iterable[Segment], per_s: float
) -> list[tuple[bool, EntityScore]]:
    """One score per sensitive segment, with whether it was keyed. Starts floor, ends ceil."""
    scores = []
    for seg in segments:
        if seg.entity is None or seg.entity == NEUTRAL:
            continue
        part = slice(int(seg.start_s * per_s), ceil(seg.end_s * per_s))
        sensitive_ms = int(voiced[part].sum()) * FRAME_MS
        audible_ms = int((voiced[part] & ~hidden[part]).sum()) * FRAME_MS
        leaky = int(audible_ms > LEAK_MS_MAX)
        scores.append((seg.keypad, EntityScore(seg.entity, 1, leaky, sensitive_ms, audible_ms)))
    return scores


def _harmless(frames: int, segments: Iterable[Segment], per_s: float) -> Flags:
    """(frames,) flags: somebody speaks, nothing sensitive, and no sensitive or neutral stretch is near."""
    speech = np.zeros(frames, np.bool_)
    near = np.zeros(frames, np.bool_)
    grace = GRACE_MS // FRAME_MS
    for seg in segments:
        start = int(seg.start_s * per_s)
        if seg.entity is None:
            speech[start : int(seg.end_s * per_s)] = True
        elif (end := min(ceil(seg.end_s * per_s), frames)) > start:
            near[max(start - grace, 0) : end + grace] = True
    return speech & ~near
