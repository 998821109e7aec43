"""What early watermarks bring and cost: `python -m tests.measure_early CORPUS... --out docs/measurements/early.md`.

Each call is heard once, with early words, and judged twice on the same words: with the policy's `early` off and on. It
is fed in chunks of 250 ms; a sample has left when the chunk that let it out has been spoken, so recognition counts as
no time. Leaks are scored from the audio alone, as `callshield eval` does, and beside that every millisecond that one
way hides and the other does not. "Outside numbers" is all audio but utterances with a digit or a hidden stretch in
them, and a second around each hidden stretch. --kept: as in tests.ablation, a folder of what was heard: it holds
secrets.
"""

from __future__ import annotations

import argparse
import hashlib
import pickle
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.adapters.aids import loaded_aids
from pipeline.adapters.corpus import Call as Scored
from pipeline.adapters.corpus import read_corpus
from pipeline.adapters.model_store import ModelStore
from pipeline.adapters.policy_file import preset
from pipeline.adapters.provenance import commit, machine
from pipeline.adapters.resample import Resampler
from pipeline.cli.engines import load_engine
from pipeline.core.aids import Aids
from pipeline.core.brief import brief_of
from pipeline.core.finding import Finding
from pipeline.core.identify import Identify
from pipeline.core.pcm import to_float
from pipeline.core.policy import Policy
from pipeline.core.report import action_of
from pipeline.core.score import CallScore, score_call, total
from pipeline.core.score import Sound as Audio
from pipeline.core.sound import Sound
from pipeline.core.span import Span, complement, merge
from pipeline.core.spoken.tokens import tokenise
from pipeline.core.tone import Action
from pipeline.ports.engine import Engine
from pipeline.settings import load_settings
from pipeline.stages.call import BLOCK_MS
from pipeline.stages.channel import Hear
from tests.ablation import Ints, samples_of

AROUND_S = 1.0
GRID_MS = 10
SHARES = (50, 90, 99)
POLICY = preset("default")


@dataclass(frozen=True, slots=True)
class Tape:
    """What was heard of a call, all channels in turn. plain_s, early_s: processor time of the recogniser without and
    with early words.
    """

    sounds: Sequence[Sound]
    plain_s: float
    early_s: float


@dataclass(frozen=True, slots=True)
class Judged:
    """What a policy hides of a call; and what left when: samples start, end, and how many had been spoken then."""

    found: list[Finding]
    left: list[tuple[int, int, int]]
    seconds: float


@dataclass
class Figures:
    """Of one way, over all calls. delays in ms: of each 10 ms of audio, outside numbers and all of it."""

    scores: list[CallScore] = field(default_factory=list)
    outside: list[NDArray[np.float64]] = field(default_factory=list)
    talk: list[NDArray[np.float64]] = field(default_factory=list)
    inside: list[NDArray[np.float64]] = field(default_factory=list)
    hidden_ms: float = 0.0
    bared_ms: float = 0.0
    bared_calls: int = 0
    seconds: float = 0.0


def timed(pcm: Ints, rate: int, bits: int, engine: Engine, *, early: bool) -> tuple[list[Sound], float]:
    """The sounds of a call, and how long the recogniser took."""
    hears = [Hear(c, rate, bits, engine, Resampler, early=early) for c in range(pcm.shape[1])]
    step = rate * BLOCK_MS // 1000
    started = time.process_time()
    sounds = [
        hear.push(np.ascontiguousarray(pcm[at : at + step, n]))
        for at in range(0, len(pcm), step)
        for n, hear in enumerate(hears)
    ]
    sounds += [hear.flush() for hear in hears]
    return sounds, time.process_time() - started


def heard(pcm: Ints, rate: int, bits: int, engine: Engine, kept: Path | None) -> Tape:
    """The tape of a call, the one kept in folder `kept` if there is one."""
    name = hashlib.sha256(repr((engine.identity, rate, bits, pcm.shape)).encode() + pcm.tobytes()).hexdigest()
    file = kept / f"{name}.early" if kept else None
    if file is not None and file.exists():
        return Tape(*pickle.loads(file.read_bytes()))
    _, plain_s = timed(pcm, rate, bits, engine, early=False)
    sounds, early_s = timed(pcm, rate, bits, engine, early=True)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_bytes(pickle.dumps((sounds, plain_s, early_s)))
        part.rename(file)
    return Tape(sounds, plain_s, early_s)


def judged(tape: Tape, channels: int, rate: int, policy: Policy, aids: Aids, *, early: bool) -> Judged:
    """One way to judge it."""
    identify = Identify(channels, rate, aids, brief_of([policy], None, early=early))
    ramp = round(policy.tone.ramp_ms * rate / 1000)
    marks, ends, found, left, done = [0] * channels, [0] * channels, [], [], 0
    started = time.process_time()
    for n, sound in enumerate(tape.sounds, 1):
        ends[sound.channel] = sound.heard.upto if sound.ended else sound.frames.end * rate // 100
        for verdict in identify.push(sound):
            marks[verdict.channel] = verdict.watermark
            found += verdict.findings
        if n % channels == 0:  # the chunk has been heard
            now = max(ends)
            upto = now if sound.ended else min(marks) - ramp
            if upto > done:
                left.append((done, upto, now))
                done = upto
    seconds = time.process_time() - started
    return Judged([f for f in found if action_of(f, policy.action, policy.doubt) is not Action.KEEP], left, seconds)


def near_numbers(tape: Tape, found: Sequence[Finding], rate: int) -> tuple[Span, ...]:
    """Where a number is told, or anything hidden, and a second around."""
    around = round(AROUND_S * rate)
    near = [Span(max(0, f.span.start - around), f.span.end + around) for f in found]
    for sound in tape.sounds:
        for utterance in sound.heard.utterances:
            digits = any(t.is_digits for t in tokenise(utterance.words))
            own = [f for f in found if f.channel == sound.channel]
            if digits or any(f.span.overlaps(utterance.span) for f in own):
                near.append(utterance.span)
    return merge(near)


def inside(at: NDArray[np.int64], spans: Sequence[Span]) -> NDArray[np.bool_]:
    """(n,) which of the samples lie in one of `spans`, sorted and disjoint."""
    starts, ends = np.array([s.start for s in spans]), np.array([s.end for s in spans])
    k = np.searchsorted(starts, at, "right") - 1
    return (k >= 0) & (at < ends[np.maximum(k, 0)]) if len(spans) else np.zeros(at.size, np.bool_)


def delays(out: Figures, said: Judged, rate: int, near: Sequence[Span], talk: Sequence[Span]) -> None:
    """Add how late each 10 ms of a call left."""
    grid = rate * GRID_MS // 1000
    for start, end, now in said.left:
        at = np.arange(-(-start // grid) * grid, end, grid)
        late_ms = (now - at) * 1000 / rate
        number, speech = inside(at, near), inside(at, talk)
        out.outside.append(late_ms[~number])
        out.talk.append(late_ms[~number & speech])
        out.inside.append(late_ms[number])


def bared(one: Judged, other: Judged, channels: int, rate: int) -> tuple[float, float]:
    """Milliseconds that `one` hides; and of these what `other` does not."""
    all_ms = bared_ms = 0.0
    for channel in range(channels):
        mine, theirs = (merge([f.span for f in j.found if f.channel == channel]) for j in (one, other))
        for span in mine:
            all_ms += span.size * 1000 / rate
            bared_ms += sum(p.size for p in complement(theirs, span)) * 1000 / rate
    return all_ms, bared_ms


def run(calls: Sequence[Scored], engine: Engine, aids: Aids, kept: Path | None) -> tuple[dict[bool, Figures], Tape]:
    """Figures without and with early watermarks, and a tape of no sounds with the times of all."""
    out = {False: Figures(), True: Figures()}
    plain_s = early_s = 0.0
    for number, call in enumerate(calls, 1):
        pcm, rate, bits = samples_of(call)
        tape = heard(pcm, rate, bits, engine, kept)
        plain_s, early_s = plain_s + tape.plain_s, early_s + tape.early_s
        said = {early: judged(tape, pcm.shape[1], rate, POLICY, aids, early=early) for early in out}
        near = near_numbers(tape, said[False].found, rate)
        talk = merge([u.span for s in tape.sounds for u in s.heard.utterances])
        before = to_float(pcm, bits).astype(np.float64)
        for early, figures in out.items():
            after = before.copy()
            for f in said[early].found:
                after[f.span.start : f.span.end, f.channel] = 0
            figures.scores.append(score_call(call.name, Audio(before, rate), Audio(after, rate), call.segments))
            delays(figures, said[early], rate, near, talk)
            hidden_ms, bared_ms = bared(said[not early], said[early], pcm.shape[1], rate)
            figures.hidden_ms, figures.bared_ms = figures.hidden_ms + hidden_ms, figures.bared_ms + bared_ms
            figures.bared_calls += bared_ms > 0
            figures.seconds += said[early].seconds
        sys.stderr.write(f"\r{number} of {len(calls)} calls")
    return out, Tape((), plain_s, early_s)


def late_row(name: str, parts: Sequence[NDArray[np.float64]]) -> str:
    """How late audio left: its amount, and percentiles in seconds."""
    all_ms = np.concatenate(parts) if parts else np.zeros(0)
    if not all_ms.size:
        return f"| {name} | 0 | | | | |"
    shares = " | ".join(f"{np.percentile(all_ms, share) / 1000:.2f}" for share in SHARES)
    return f"| {name} | {all_ms.size * GRID_MS / 1000:.0f} | {shares} | {all_ms.mean() / 1000:.2f} |"


def leak_row(name: str, figures: Figures) -> str:
    """What stayed audible."""
    whole = total(figures.scores)
    return (
        f"| {name} | {whole.all.recall:.4f} | {whole.all.leaky_spans} of {whole.all.spans} | "
        f"{whole.over_redaction:.2%} | {figures.bared_ms:.0f} of {figures.hidden_ms:.0f} | {figures.bared_calls} |"
    )


def page(words: Sequence[str], out: dict[bool, Figures], times: Tape, engine: Engine) -> str:
    """The tables. words: of the command that makes them."""
    off, on = out[False], out[True]
    identity = engine.identity
    lines = [
        "# Early watermarks",
        "",
        f"{len(off.scores)} calls, {identity.engine} {identity.model}, policy `default` with `early` off and on, the",
        "same words. Time is that of the audio: recognition counts as none. The command's help says what is measured.",
        "",
        f"    python -m tests.measure_early {' '.join(words)} --out FILE",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}; {machine()}; commit {commit()}.",
        "",
        "## Spoken to released, in seconds",
        "",
        "| | of audio, s | p50 | p90 | p99 | mean |",
        "| --- | --- | --- | --- | --- | --- |",
        *(
            late_row(f"{name}, early {switch}", getattr(figures, kind))
            for name, kind in (("outside numbers", "outside"), ("talk outside numbers", "talk"), ("the rest", "inside"))
            for switch, figures in (("off", off), ("on", on))
        ),
        "",
        "## What stays audible",
        "",
        "Last two columns: milliseconds hidden the other way and not this way, and in how many calls.",
        "",
        "| early | recall (ms) | leaky spans | over-redaction | bared, ms | calls |",
        "| --- | --- | --- | --- | --- | --- |",
        leak_row("off", off),
        leak_row("on", on),
        "",
        f"Processor time: hearing {times.early_s / max(times.plain_s, 1e-9):.2f} times what it is without, judging "
        f"{on.seconds / max(off.seconds, 1e-9):.2f} times.",
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
    words = [root.name for root in given.corpus] + (["--calls", str(given.calls)] if given.calls else [])
    text = page(words, out, times, engine)
    if given.out:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
