"""Collects what a plan is made of (pipeline/adapters/plan_figures.json): measured here, or read where it is measured.

    python tests/measure_plan.py

Bytes by topic: all stages over logs in memory, four calls of a minute, by the real wire format. Memory: each stage in
a process of its own, with what it loads and no call. CPU: docs/measurements/live.json. Recognition and memory of a
call: docs/measurements/capacity.json (make bench); as long as that is not there they are assumed.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import soundfile  # noqa: E402
from memory import Cluster, Line, NoMeter  # noqa: E402
from test_pipeline_memory import RATE, feed, made, specs  # noqa: E402

from pipeline.adapters.kafka_runner import SESSION_MS  # noqa: E402
from pipeline.adapters.plan_figures import OURS, plain, with_bench  # noqa: E402
from pipeline.core.plan_figures import NAMES, STAGES, Figure, Figures, Kind  # noqa: E402
from pipeline.stages.hear import STATE_MS  # noqa: E402

CAPACITY = ROOT / "docs" / "measurements" / "capacity.json"
LIVE = ROOT / "docs" / "measurements" / "live.json"
MEMORY = """
import resource, sys
from pipeline.cli import run, stages
from pipeline.settings import load_settings
class Any:
    def __getattr__(self, name): return lambda *a, **k: None
settings = load_settings()
if sys.argv[1] in ("store",):
    import pipeline.adapters.shelf  # what it loads; its store would want keys
else:
    stages.spec(sys.argv[1], settings, pin_sha256="0" * 64, keys=Any(), pins={}, meter=Any())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
ASSUMED = {
    "memory_mb.call": (2.0, "the goal of docs/scaling.md for an open call"),
    "broker.written_mb_s": (250.0, "a disk of a broker; measure yours with kafka-producer-perf-test.sh"),
    "broker.sent_mb_s": (700.0, "a little over half of a network of 10 Gbit/s"),
    "broker.replicas": (4000.0, "KIP-578: no more than 4,000 partitions a broker"),
    "take_over.read_mb_s": (50.0, "what one worker reads of its states; not measured"),
    "cpu_ms.recognition": (
        19.7,
        "a 5.7 s utterance took one thread 0.14 s to encode, decode and align; each side speaks 40 % of the time",
    ),
}


def bytes_by_topic() -> dict[str, Figure]:
    """Keys, values and headers a second of a call."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(Path(folder), 1)
        spoken = made(1, 4, 60)
        feed(cluster, spoken)
        Line(cluster, specs(cluster, NoMeter())).run()
        seconds = sum(len(pcm) for pcm in spoken.values()) / RATE
        found = {}
        for topic, log in cluster.logs.items():
            size = sum(
                len(e.key or b"") + len(e.value or b"") + sum(len(k) + len(v) for k, v in e.headers) for e in log
            )
            source = "tests/measure_plan.py: four calls of a minute, 16 bit, 8 kHz, two channels, by the wire format"
            found[f"bytes.{topic}"] = Figure(round(size / seconds, 1), Kind.MEASURED, source)
    return {name: figure for name, figure in found.items() if name in NAMES}


def stored() -> Figure:
    """FLAC of the sample calls of two channels at 8 kHz, bytes a second of a call."""
    sizes = []
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted((ROOT / "tests" / "samples").glob("*/call.*")):
            pcm, rate = soundfile.read(path, dtype="int16", always_2d=True)
            if pcm.shape[1] == 2 and rate == RATE:
                flac = Path(folder) / "call.flac"
                soundfile.write(flac, pcm, rate, subtype="PCM_16")
                sizes.append(flac.stat().st_size / (len(pcm) / rate))
    source = f"tests/measure_plan.py: FLAC of {len(sizes)} sample calls"
    return Figure(round(statistics.fmean(sizes)), Kind.MEASURED, source)


def memory() -> dict[str, Figure]:
    """Of a worker that has loaded what it needs and has no call yet, by stage."""
    found = {}
    for stage in STAGES:
        with tempfile.TemporaryDirectory() as folder:  # analytics makes its file there
            done = subprocess.run(
                [sys.executable, "-c", MEMORY, stage], cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
                capture_output=True, text=True, check=True, timeout=120,
            )  # fmt: skip
        size = round(float(done.stdout.split()[-1]))
        source = "tests/measure_plan.py: largest resident size, no call yet"
        found[f"memory_mb.{stage}"] = Figure(size, Kind.MEASURED, source)
    return found


def cpu() -> dict[str, Figure]:
    """By stage, as make measure-live found it."""
    half = json.loads(LIVE.read_text(encoding="utf-8"))["throughput"]
    windows = [w for w in half["found"]["pipeline"] if w["calls"] and "accept" in w["cpu"]]
    source = f"docs/measurements/live.md of {half['date'][:10]}, {windows[0]['calls']} calls, {half['machine']}"
    return {
        f"cpu_ms.{who}": Figure(
            round(1000 * statistics.fmean(w["cpu"][who] / w["calls"] for w in windows), 2), Kind.MEASURED, source
        )
        for who in (*STAGES, "broker")
    }


def main() -> None:
    """Write the file."""
    found = {name: Figure(value, Kind.ASSUMED, source) for name, (value, source) in ASSUMED.items()}
    found |= cpu() | bytes_by_topic() | memory() | {"bytes.stored": stored()}
    found |= {
        "take_over.session_s": Figure(SESSION_MS / 1000, Kind.SET, "SESSION_MS of adapters/kafka_runner.py"),
        "take_over.replay_s": Figure(STATE_MS / 1000, Kind.SET, "STATE_MS of stages/hear.py: a state, at the latest"),
        "take_over.join_s": Figure(4, Kind.MEASURED, "docs/topics.md: a worker takes over 4 s after one has left"),
    }
    figures = Figures(found)
    if CAPACITY.exists():
        figures = with_bench(figures, CAPACITY)
    text = json.dumps(plain(figures), indent=1)
    OURS.write_text(text + "\n", encoding="utf-8")
    print(text)  # noqa: T201


if __name__ == "__main__":
    main()
