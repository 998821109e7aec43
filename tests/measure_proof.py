"""Measures the proof: `python tests/measure_proof.py CORPUS... [intact CORPUS...]` prints tables.

Each call is redacted and proven: what is then reported beside no secret of the truth is a false alarm. Then each hidden
stretch over a secret is given back its sound, one at a time, once with the report that still names it (the samples must
tell) and once as if it had never been found (the second hearing must). Corpora behind the word intact are only proven.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from pipeline.adapters.model_store import ModelStore
from pipeline.adapters.redacted_files import Told, told_of
from pipeline.cli.inputs import Job
from pipeline.cli.proving import Prover, Source, second_engine
from pipeline.cli.recording import Options
from pipeline.cli.redact import open_redactor
from pipeline.core.policy import Policy
from pipeline.core.proof import Kind, Problem
from pipeline.core.span import Span
from pipeline.settings import load_settings

LEVELS_DB = (0, -20, -40, -50, -60)
LEAK_MS = 5
Truth = Sequence[tuple[int, Span, str]]


@dataclass
class Figures:
    """Of one corpus."""

    name: str
    calls: int = 0
    seconds: float = 0.0  # of channels
    clean: int = 0
    false: Counter[str] = field(default_factory=Counter)
    false_calls: int = 0
    real: Counter[str] = field(default_factory=Counter)
    by_samples: int = 0
    unmasked: Counter[str] = field(default_factory=Counter)
    heard: Counter[str] = field(default_factory=Counter)
    leaks: Counter[int] = field(default_factory=Counter)
    leaks_told: Counter[int] = field(default_factory=Counter)
    prove_s: float = 0.0


def secrets(call: Path, rate: int) -> list[tuple[int, Span, str]]:
    """Of the truth: channel, span, entity."""
    truth = json.loads((call / "truth.json").read_text(encoding="utf-8"))
    return [
        (s["channel"], Span(int(s["start"] * rate), int(s["end"] * rate)), s["entity"])
        for s in truth["segments"]
        if s["entity"] and s["entity"] != "NEUTRAL"
    ]


def touching(problem: Problem, truth: Truth) -> list[str]:
    return [entity for channel, span, entity in truth if channel == problem.channel and span.overlaps(problem.span)]


def unmasked(told: Told, truth: Truth) -> Iterator[tuple[str, int, Span]]:
    """Secrets of the truth that were hidden whole: entity, and the samples that hide it."""
    for channel, span, entity in truth:
        over = [s for c, s, _, _ in told.hidden if c == channel and s.overlaps(span)]
        if over and sum(part.size for s in over if (part := s.clip(span))) >= 0.9 * span.size:
            whole = over[0]
            for other in over[1:]:
                whole = whole.hull(other)
            yield entity, channel, whole


def measure(corpus: Path, out: Path, prover: Prover, *, intact: bool) -> Figures:
    """Redact, prove, damage, prove again."""
    figures = Figures(corpus.name)
    settings = load_settings()
    with open_redactor(settings, "", "", "", None, 1) as redactor:
        for call in sorted(p.parent for p in corpus.glob("*/truth.json")):
            (audio,) = (p for p in call.glob("call.*") if p.suffix in (".flac", ".wav"))
            done = redactor.redact(Job(audio, Path(call.name)), Options(out))
            (told,) = told_of(done.audio)
            truth = secrets(call, told.rate)
            whole(figures, told, prover, redactor.policy, audio, truth)
            if not intact:
                damaged(figures, told, prover, redactor.policy, audio, truth)
            sys.stderr.write(f"{call.name}\n")
    return figures


def whole(figures: Figures, told: Told, prover: Prover, policy: Policy, source: Path, truth: Truth) -> None:
    """Proven as it is."""
    figures.calls += 1
    figures.seconds += told.frames / told.rate * told.channels
    began = time.process_time()
    problems = prover.prove(told, policy, Source(source))
    figures.prove_s += time.process_time() - began
    figures.clean += not problems
    beside = [p for p in problems if not touching(p, truth)]
    figures.false.update(f"{p.entity or p.kind} ({p.reason})" for p in beside)
    figures.false_calls += bool(beside)
    figures.real.update({entity for p in problems for entity in touching(p, truth)})


def damaged(figures: Figures, told: Told, prover: Prover, policy: Policy, source: Path, truth: Truth) -> None:
    """Proven once for each secret that sounds again."""
    assert told.audio is not None
    masked, rate = soundfile.read(told.audio, dtype="int16", always_2d=True)
    clean, _ = soundfile.read(source, dtype="int16", always_2d=True)
    path = told.audio.with_name("damaged.flac")
    for entity, channel, span in unmasked(told, truth):
        back = masked.copy()
        back[span.start : span.end, channel] = clean[span.start : span.end, channel]
        soundfile.write(path, back, rate)
        known = replace(told, audio=path)
        samples = Prover(None).prove(known, policy)
        figures.by_samples += any(p.kind is Kind.RESIDUE and p.span.overlaps(span) for p in samples)
        rest = tuple(h for h in told.hidden if not (h[0] == channel and h[1].overlaps(span)))
        again = prover.prove(replace(known, hidden=rest), policy)
        figures.unmasked[entity] += 1
        figures.heard[entity] += any(
            p.kind is Kind.AUDIBLE and p.channel == channel and p.span.overlaps(span) for p in again
        )
        leak(figures, told, policy, masked, clean, channel, span, path)


def leak(
    figures: Figures, told: Told, policy: Policy, masked: Any, clean: Any, channel: int, span: Span, path: Path
) -> None:
    """The loudest 5 ms of the stretch added to what hides it, softer and softer."""
    n = LEAK_MS * told.rate // 1000
    at = span.start + int(np.argmax(np.abs(clean[span.start : span.end - n, channel].astype(np.int64))))
    piece = clean[at : at + n, channel].astype(np.float64)
    for level in LEVELS_DB:
        added = np.rint(piece * 10 ** (level / 20)).astype(np.int16)
        if not added.any():
            continue
        wrong = masked.copy()
        wrong[at : at + n, channel] += added
        soundfile.write(path, wrong, told.rate)
        found = Prover(None).prove(replace(told, audio=path), policy)
        figures.leaks[level] += 1
        figures.leaks_told[level] += any(p.kind is Kind.RESIDUE and p.span.overlaps(Span(at, at + n)) for p in found)


def page(every: Sequence[Figures], engine: str) -> str:
    """As Markdown."""
    lines = ["| corpus | " + " | ".join(f.name for f in every) + " |", "| --- |" + " --- |" * len(every)]
    rows: list[tuple[str, list[str]]] = [
        ("calls, channel seconds", [f"{f.calls}, {f.seconds:.0f}" for f in every]),
        ("without a problem", [str(f.clean) for f in every]),
        ("false alarms: problems beside every secret", [f"{f.false.total()} in {f.false_calls} calls" for f in every]),
        ("of these", [", ".join(f"{k} x{n}" for k, n in sorted(f.false.items())) or "none" for f in every]),
        ("secrets redaction had left, found", [_counts(f.real) for f in every]),
        (
            "given back, the report still names them: found by the samples",
            [_of(f.by_samples, f.unmasked) for f in every],
        ),
        ("given back, the report knows nothing: heard again", [_of(f.heard.total(), f.unmasked) for f in every]),
        ("real-time factor of a proof (processor time)", [f"{f.prove_s / f.seconds:.3f}" for f in every]),
    ]
    lines += [f"| {name} | " + " | ".join(cells) + " |" for name, cells in rows]
    lines += ["", f"Second hearing: `{engine}`.", "", "| given back, heard again | of | found |", "| --- | --- | --- |"]
    total: Counter[str] = sum((f.unmasked for f in every), Counter())
    heard: Counter[str] = sum((f.heard for f in every), Counter())
    lines += [f"| {entity} | {n} | {heard[entity]} |" for entity, n in sorted(total.items())]
    lines += ["", f"| {LEAK_MS} ms of the source in what hides, at | leaks | found |", "| --- | --- | --- |"]
    for level in LEVELS_DB:
        n, found = sum(f.leaks[level] for f in every), sum(f.leaks_told[level] for f in every)
        lines.append(f"| {level} dB | {n} | {found} |")
    return "\n".join(lines) + "\n"


def _counts(found: Counter[str]) -> str:
    return ", ".join(f"{k} x{n}" if n > 1 else k for k, n in sorted(found.items())) or "none"


def _of(n: int, whole: Counter[str]) -> str:
    return f"{n} of {whole.total()}" if whole else "not tried"


def main() -> None:
    settings = load_settings()
    engine = second_engine("auto", settings.engine, settings.language, ModelStore(settings.models_dir), 2)
    every = []
    with ThreadPoolExecutor(2) as pool:
        prover = Prover(engine, pool)
        intact = False
        for word in sys.argv[1:]:
            if word == "intact":
                intact = True
                continue
            with tempfile.TemporaryDirectory() as out:
                every.append(measure(Path(word), Path(out), prover, intact=intact))
    sys.stdout.write(page(every, engine.identity.engine))


if __name__ == "__main__":
    main()
