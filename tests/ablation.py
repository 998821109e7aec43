"""What each part of the detector is worth: `python -m tests.ablation CORPUS... --out docs/measurements/ablation.md`.

Each call is recognised once and judged once for every variant: all on, then one part or one doubt switched off by the
policy. Scores are those of `callshield eval`, from the audio alone, with silence for what is hidden.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from pipeline.adapters.aids import loaded_aids
from pipeline.adapters.audio_in import open_audio
from pipeline.adapters.corpus import Call as Scored
from pipeline.adapters.corpus import read_corpus
from pipeline.adapters.model_store import ModelStore
from pipeline.adapters.policy_file import preset
from pipeline.adapters.resample import Resampler
from pipeline.cli.engines import load_engine
from pipeline.core.aids import Aids
from pipeline.core.detect import Detect, NameSearch
from pipeline.core.doubt import Doubt
from pipeline.core.heard import Heard
from pipeline.core.pcm import to_float
from pipeline.core.policy import Policy
from pipeline.core.score import CallScore, Sound, score_call, total
from pipeline.ports.engine import Engine, ModelIdentity, Recogniser
from pipeline.settings import load_settings
from pipeline.stages.call import Call

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
class Recorded:
    """An engine that recognises once: after `rewind` it gives again what it gave, whatever it is fed."""

    engine: Engine
    heard_s: float = 0.0
    tapes: list[list[Heard]] = field(default_factory=list)
    again: Iterator[list[Heard]] | None = None

    @property
    def rate(self) -> int:
        return self.engine.rate

    @property
    def identity(self) -> ModelIdentity:
        return self.engine.identity

    def open(self) -> Recogniser:
        """The recogniser of the next channel."""
        if self.again is not None:
            return Tape(self, None, next(self.again))
        self.tapes.append([])
        return Tape(self, self.engine.open(), self.tapes[-1])

    def rewind(self) -> None:
        self.again = iter(self.tapes)


@dataclass
class Tape:
    """Records what a recogniser says, or plays it."""

    owner: Recorded
    real: Recogniser | None
    heard: list[Heard]
    at: int = 0

    def push(self, pcm: np.ndarray) -> Heard:
        return self._next(lambda real: real.push(pcm))

    def flush(self) -> Heard:
        return self._next(lambda real: real.flush())

    def reset(self) -> None:
        raise AssertionError("a call of a corpus is heard from start to end")

    def _next(self, step) -> Heard:  # type: ignore[no-untyped-def]
        if self.real is not None:
            started = time.perf_counter()
            self.heard.append(step(self.real))
            self.owner.heard_s += time.perf_counter() - started
        self.at += 1
        return self.heard[self.at - 1]


@dataclass
class Figures:
    """Of one variant. seconds: all work but recognition."""

    scores: list[CallScore] = field(default_factory=list)
    seconds: float = 0.0


def policy_of(variant: str) -> Policy:
    detect, doubt = VARIANTS[variant]
    return replace(preset(SCORED), detect=detect, doubt=doubt)


def judged(call: Scored, engine: Recorded, policy: Policy, aids: Aids) -> CallScore:
    """One call through the whole chain, scored."""
    with open_audio(call.audio) as source, ThreadPoolExecutor(1) as pool:
        chain = Call(
            source.channels, source.rate, source.bits,
            engine=engine, policy=policy, aids=aids, resampler=Resampler, executor=pool,
        )  # fmt: skip
        before, after = [], []
        for samples in source.blocks(source.rate):
            before.append(to_float(samples, source.bits))
            after += [to_float(block.pcm, source.bits) for block in chain.push(samples)]
        after += [to_float(block.pcm, source.bits) for block in chain.flush()]
        sounds = [Sound(np.concatenate(parts).astype(np.float64), source.rate) for parts in (before, after)]
    return score_call(call.name, *sounds, call.segments)


def run(calls: Sequence[Scored], engine: Engine, aids: Aids) -> tuple[dict[str, Figures], float]:
    """Figures by variant, and the seconds recognition took."""
    out = {name: Figures() for name in VARIANTS}
    heard_s = 0.0
    for number, call in enumerate(calls, 1):
        tape = Recorded(engine)
        judged(call, tape, policy_of("all on"), aids)
        tape.rewind()
        for name, figures in out.items():
            started = time.perf_counter()
            figures.scores.append(judged(call, tape, policy_of(name), aids))
            figures.seconds += time.perf_counter() - started
            tape.rewind()
        heard_s += tape.heard_s
        sys.stderr.write(f"\r{number} of {len(calls)} calls")
    return out, heard_s


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


def page(roots: Sequence[str], calls: int, identity: ModelIdentity, out: Mapping[str, Figures], heard_s: float) -> str:
    """The whole table, with the command that makes it."""
    base_s = out["all on"].seconds
    lines = [
        "# What each part of the detector is worth",
        "",
        f"{calls} calls, {identity.engine} {identity.model}, policy `{SCORED}`, each variant on the same words.",
        "",
        f"    python -m tests.ablation {' '.join(roots)} --out FILE",
        "",
        f"Zero-leak kinds: {', '.join(sorted(ZERO_LEAK))}.",
        "Altered, clean: of the speech in calls without a secret.",
        f"Time: what the part costs, as a share of recognition; everything but recognition: {base_s / heard_s:.1%}.",
        "",
        "| variant | recall (ms) | zero-leak kinds leaky | others leaky | over-redaction | altered, clean | time |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(row(name, figures, base_s, heard_s) for name, figures in out.items()),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, help="markdown file; standard output without it")
    parser.add_argument("--calls", type=int, default=None, help="only so many calls of each corpus")
    given = parser.parse_args()
    settings = load_settings()
    engine = load_engine(settings.engine, settings.language, ModelStore(settings.models_dir), settings.threads)
    calls = [call for root in given.corpus for call in read_corpus(root)[: given.calls]]
    out, heard_s = run(calls, engine, loaded_aids())
    text = page([root.name for root in given.corpus], len(calls), engine.identity, out, heard_s)
    if given.out:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
