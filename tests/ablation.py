"""What each part of the detector is worth: `python -m tests.ablation CORPUS... --out docs/measurements/ablation.md`.

Each call is recognised once and judged once for every variant: all on, then one part or one doubt switched off by the
policy. Scores are those of `callshield eval`, from the audio alone, with silence for what is hidden. Times are those of
the processor, so that others at work on the machine do not count. --kept: what was heard is kept in that folder, sealed
by nothing, and taken from there the next time: it holds secrets.
"""

from __future__ import annotations

import argparse
import hashlib
import pickle
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.adapters.aids import loaded_aids
from pipeline.adapters.audio_in import open_audio
from pipeline.adapters.corpus import Call as Scored
from pipeline.adapters.corpus import read_corpus
from pipeline.adapters.model_store import ModelStore
from pipeline.adapters.policy_file import preset
from pipeline.adapters.provenance import commit, machine
from pipeline.adapters.resample import Resampler
from pipeline.cli.engines import load_engine
from pipeline.core.aids import Aids
from pipeline.core.brief import brief_of
from pipeline.core.detect import Detect, NameSearch
from pipeline.core.doubt import Doubt
from pipeline.core.finding import Finding
from pipeline.core.heard import Heard
from pipeline.core.identify import Identify
from pipeline.core.pcm import to_float
from pipeline.core.policy import Policy
from pipeline.core.report import action_of
from pipeline.core.score import CallScore, score_call, total
from pipeline.core.score import Sound as Audio
from pipeline.core.sound import Sound
from pipeline.core.tone import Action
from pipeline.ports.engine import Engine, ModelIdentity, Recogniser
from pipeline.settings import load_settings
from pipeline.stages.call import BLOCK_MS
from pipeline.stages.channel import Hear

Ints = NDArray[np.int32]

ZERO_LEAK = frozenset("CARD_NUMBER SECURITY_CODE PIN ONE_TIME_CODE SSN AADHAAR PASSWORD KEYPAD".split())
SCORED = "default"  # its policy, changed for each variant
VARIANTS: Mapping[str, tuple[Detect, Doubt]] = {
    "all on": (Detect(), Doubt()),
    "context off": (Detect(context=False), Doubt()),
    "doubt of words off": (Detect(), Doubt(words=False)),
    "doubt without words off": (Detect(), Doubt(no_words=False)),
    "alternatives off": (Detect(), Doubt(alternatives=False)),
    "all doubts off": (Detect(), Doubt(words=False, no_words=False, alternatives=False)),
    "edges off": (Detect(edges=False), Doubt()),
    "names by cues only": (Detect(names=NameSearch.CUES), Doubt()),
}


@dataclass
class Timed:
    """An engine whose time counts."""

    engine: Engine
    spent_s: float = 0.0

    @property
    def rate(self) -> int:
        return self.engine.rate

    @property
    def identity(self) -> ModelIdentity:
        return self.engine.identity

    @property
    def side_by_side(self) -> int:
        return self.engine.side_by_side

    @property
    def waiting(self) -> int:
        return self.engine.waiting

    def open(self) -> Recogniser:
        return TimedRecogniser(self, self.engine.open())


@dataclass
class TimedRecogniser:
    """One of its recognisers."""

    owner: Timed
    real: Recogniser

    def push(self, pcm: np.ndarray) -> Heard:
        return self._timed(lambda: self.real.push(pcm))

    def flush(self) -> Heard:
        return self._timed(self.real.flush)

    def reset(self) -> None:
        self.real.reset()

    def _timed(self, step: Callable[[], Heard]) -> Heard:
        started = time.process_time()
        out = step()
        self.owner.spent_s += time.process_time() - started
        return out


@dataclass(frozen=True, slots=True)
class Tape:
    """What was heard of a call, all channels in turn. engine_s: by the recogniser; other_s: all else of hearing."""

    sounds: Sequence[Sound]
    engine_s: float
    other_s: float


@dataclass(frozen=True, slots=True)
class Times:
    """Of all calls: of the recogniser, of all else of hearing, of judging a call for the first time."""

    engine_s: float = 0.0
    other_s: float = 0.0
    judging_s: float = 0.0

    def plus(self, tape: Tape, judging_s: float) -> Times:
        """With one more call."""
        return Times(self.engine_s + tape.engine_s, self.other_s + tape.other_s, self.judging_s + judging_s)


@dataclass
class Figures:
    """Of one variant. seconds: of judging."""

    scores: list[CallScore] = field(default_factory=list)
    seconds: float = 0.0


def policy_of(variant: str) -> Policy:
    detect, doubt = VARIANTS[variant]
    return replace(preset(SCORED), detect=detect, doubt=doubt)


def samples_of(call: Scored) -> tuple[Ints, int, int]:
    """(samples, channels), rate and bits."""
    with open_audio(call.audio) as source:
        return np.concatenate(list(source.blocks(source.rate))), source.rate, source.bits


def heard(call: Scored, pcm: Ints, rate: int, bits: int, engine: Engine, kept: Path | None) -> Tape:
    """The tape of a call, the one kept in folder `kept` if there is one."""
    name = hashlib.sha256(repr((engine.identity, rate, bits, pcm.shape)).encode() + pcm.tobytes()).hexdigest()
    file = kept / f"{name}.tape" if kept else None
    if file is not None and file.exists():
        return Tape(*pickle.loads(file.read_bytes()))
    timed = Timed(engine)
    hears = [Hear(c, rate, bits, timed, Resampler) for c in range(pcm.shape[1])]
    step = rate * BLOCK_MS // 1000
    started = time.process_time()
    sounds = [
        hear.push(np.ascontiguousarray(pcm[at : at + step, n]))
        for at in range(0, len(pcm), step)
        for n, hear in enumerate(hears)
    ]
    sounds += [hear.flush() for hear in hears]
    tape = Tape(sounds, timed.spent_s, time.process_time() - started - timed.spent_s)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_bytes(pickle.dumps((tape.sounds, tape.engine_s, tape.other_s)))
        part.rename(file)
    return tape


def judged(tape: Tape, channels: int, rate: int, policy: Policy, aids: Aids) -> list[Finding]:
    """What a policy hides."""
    identify = Identify(channels, rate, aids, brief_of([policy], None, None))
    found = [f for sound in tape.sounds for v in identify.push(sound) for f in v.findings]
    return [f for f in found if action_of(f, policy.action, policy.doubt) is not Action.KEEP]


def run(calls: Sequence[Scored], engine: Engine, aids: Aids, kept: Path | None) -> tuple[dict[str, Figures], Times]:
    """Figures by variant, judged when what is remembered of words is filled; the times of all calls."""
    out = {name: Figures() for name in VARIANTS}
    times = Times()
    for number, call in enumerate(calls, 1):
        pcm, rate, bits = samples_of(call)
        tape = heard(call, pcm, rate, bits, engine, kept)
        before = to_float(pcm, bits).astype(np.float64)
        for _ in range(2 if number == 1 else 1):  # lists and models load once
            started = time.process_time()
            judged(tape, pcm.shape[1], rate, policy_of("all on"), aids)
            judging_s = time.process_time() - started
        times = times.plus(tape, judging_s)
        for name, figures in out.items():
            started = time.process_time()
            found = judged(tape, pcm.shape[1], rate, policy_of(name), aids)
            figures.seconds += time.process_time() - started
            after = before.copy()
            for f in found:
                after[f.span.start : f.span.end, f.channel] = 0
            figures.scores.append(score_call(call.name, Audio(before, rate), Audio(after, rate), call.segments))
        sys.stderr.write(f"\r{number} of {len(calls)} calls")
    return out, times


def row(name: str, figures: Figures, base_s: float, heard_s: float) -> str:
    """One line of the table."""
    whole = total(figures.scores)
    strict = [e for e in whole.entities if e.entity in ZERO_LEAK]
    others = [e for e in whole.entities if e.entity not in ZERO_LEAK]
    clean = [s for s in figures.scores if not s.all.spans]
    altered = sum(s.altered_ms for s in clean) / max(1, sum(s.speech_ms for s in clean))
    cost = (base_s - figures.seconds) / heard_s if heard_s else 0.0
    return (
        f"| {name} | {whole.all.recall:.4f} | {sum(e.leaky_spans for e in strict)} of {sum(e.spans for e in strict)} | "
        f"{sum(e.leaky_spans for e in others)} of {sum(e.spans for e in others)} | {whole.over_redaction:.2%} | "
        f"{altered:.2%} | {cost:.1%} |"
    )


def page(roots: Sequence[str], calls: int, identity: ModelIdentity, out: Mapping[str, Figures], times: Times) -> str:
    """The whole table, with the command that makes it."""
    base_s = out["all on"].seconds
    lines = [
        "# What each part of the detector is worth",
        "",
        f"{calls} calls, {identity.engine} {identity.model}, policy `{SCORED}`, each variant on the same words.",
        "",
        f"    python -m tests.ablation {' '.join(roots)} --out FILE",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}; {machine()}; commit {commit()}.",
        "",
        f"Zero-leak kinds: {', '.join(sorted(ZERO_LEAK))}.",
        "Altered, clean: of the speech in calls without a secret.",
        f"Time: what the part costs, as a share of recognition; hearing without it takes "
        f"{times.other_s / times.engine_s:.1%}, judging {times.judging_s / times.engine_s:.1%}.",
        "",
        "| variant | recall (ms) | zero-leak kinds leaky | others leaky | over-redaction | altered, clean | time |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(row(name, figures, base_s, times.engine_s) for name, figures in out.items()),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, help="markdown file; standard output without it")
    parser.add_argument("--calls", type=int, default=None, help="only so many calls of each corpus")
    parser.add_argument("--kept", type=Path, help="folder to keep what was heard in; it holds secrets")
    given = parser.parse_args()
    settings = load_settings()
    engine = load_engine(settings.engine, settings.language, ModelStore(settings.models_dir), settings.threads)
    calls = [call for root in given.corpus for call in read_corpus(root)[: given.calls]]
    out, times = run(calls, engine, loaded_aids(), given.kept)
    text = page([root.name for root in given.corpus], len(calls), engine.identity, out, times)
    if given.out:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
