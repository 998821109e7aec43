"""Recordings to utterances as the product cuts them, and utterances to calls."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.adapters.audio_files import shown
from pipeline.adapters.audio_in import open_audio
from pipeline.adapters.resample import Resampler
from pipeline.adapters.vad import SpeechGate
from pipeline.cli.inputs import jobs
from pipeline.core.bench_talk import Talk, compose
from pipeline.core.endpoint import EndpointConfig, Endpointer
from pipeline.core.errors import InputError
from pipeline.core.span import Span

Pcm16 = NDArray[np.int16]

DEFAULT = Path("tests/samples")
RATE, GATE_RATE = 8_000, 16_000  # of the calls; of the embedded engine, which cuts at it
READ_S = 60
SHORTEST_S = 0.5  # of speech: shorter is a click
SPARE_MS = 60  # kept around the speech of a turn, of what the endpointer puts around it
FADE_MS = 5


@dataclass(frozen=True, slots=True)
class Material:
    """What calls are made of, at RATE. utterances: as the recogniser gets them, with the quiet around. pieces: the
    same without it.
    """

    recordings: int
    utterances: tuple[Pcm16, ...]
    pieces: tuple[Pcm16, ...]

    @property
    def seconds(self) -> float:
        """Of speech."""
        return sum(p.size for p in self.pieces) / RATE

    def talks(self, count: int, seconds: float, share: float, seed: int) -> list[Talk]:
        """That many calls, no two alike."""
        return [
            compose(self.pieces, rate=RATE, seconds=seconds, share=share, seed=seed * 1_000_003 + n)
            for n in range(count)
        ]


def read_material(calls: Path | None) -> Material:
    """The utterances of all recordings in a folder. Raises InputError, also where nobody speaks."""
    if calls is None and not DEFAULT.is_dir():
        raise InputError("no recordings given, and there is no tests/samples here; give a folder of recordings")
    folder = calls or DEFAULT
    found = [job.source for job in jobs([folder], raw=False)]
    spans = [(pcm, span) for path in found for pcm in _channels(path) for span in _cut(pcm)]
    whole = tuple(_heard(pcm, span) for pcm, span in spans)
    pieces = tuple(_bare(pcm, span) for pcm, span in spans)
    if not pieces:
        raise InputError(f"{shown(folder)}: nobody speaks in these recordings; give others")
    return Material(len(found), whole, pieces)


def _channels(path: Path) -> list[Pcm16]:
    """Each channel of a recording at RATE."""
    with open_audio(path) as source:
        streams = [Resampler(source.rate, RATE, source.bits) for _ in range(source.channels)]
        parts: list[list[Pcm16]] = [[] for _ in streams]
        for block in source.blocks(source.rate * READ_S):
            for n, stream in enumerate(streams):
                parts[n].append(stream.push(np.ascontiguousarray(block[:, n])))
        return [np.concatenate([*part, stream.flush()]) for part, stream in zip(parts, streams, strict=True)]


def _cut(pcm: Pcm16) -> list[Span]:
    """Its utterances, in samples at RATE."""
    config, gate, up = EndpointConfig(rate=GATE_RATE), SpeechGate(GATE_RATE), Resampler(RATE, GATE_RATE)
    ends = Endpointer(config)
    sound = np.concatenate([up.push(pcm), up.flush()])
    found = (*ends.push_all(gate.push(sound)), *ends.push_all(gate.flush()), *ends.flush())
    step = GATE_RATE // RATE
    spans = [Span(s.start // step, min(s.end // step, pcm.size)) for s in found]
    around = (config.pre_roll_ms + config.tail_ms) * RATE // 1000
    return [s for s in spans if s.size - around >= SHORTEST_S * RATE]


def _heard(pcm: Pcm16, span: Span) -> Pcm16:
    """An utterance as the recogniser hears it."""
    return pcm[max(0, span.start - EndpointConfig(rate=RATE).lead_samples) : span.end]


def _bare(pcm: Pcm16, span: Span) -> Pcm16:
    """The speech of an utterance, faded in and out."""
    config = EndpointConfig(rate=GATE_RATE)
    start = span.start + (config.pre_roll_ms - SPARE_MS) * RATE // 1000
    part = pcm[start : span.end - (config.tail_ms - SPARE_MS) * RATE // 1000].astype(np.float32)
    ramp = np.linspace(0.0, 1.0, FADE_MS * RATE // 1000, dtype=np.float32)
    part[: ramp.size] *= ramp
    part[part.size - ramp.size :] *= ramp[::-1]
    return part.astype(np.int16)


def utterances_of(pcm: Pcm16) -> list[Pcm16]:
    """The utterances of a channel, (n,) at RATE, as the recogniser would get them."""
    return [_heard(pcm, span) for span in _cut(pcm)]
