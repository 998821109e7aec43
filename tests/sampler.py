"""Where a worker's CPU goes: every few milliseconds of it, what its event loop is at. Started inside the worker.

    import sampler; sampler.begin(path)       SIGUSR1 begins to count anew, SIGUSR2 writes the counts to `path`

CPU of other threads is found while the event loop waits: it counts as WAITING.
"""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

EVERY_S = 0.002  # of CPU
WAITING = "other threads, waking up"
PARTS = (  # the innermost frame that lies in one of these decides
    ("aiokafka/consumer", "Kafka client: fetching"),
    ("aiokafka/producer", "Kafka client: sending"),
    ("pipeline/adapters/wire", "bytes to messages and back"),
    ("pipeline/adapters/keyring", "bytes to messages and back"),
    ("pipeline/adapters/intake", "bytes to messages and back"),
    ("pipeline/adapters/kafka", "the runner"),
    ("pipeline/adapters/metrics", "the runner"),
    ("pipeline/adapters/health", "the runner"),
    ("pipeline/core", "the stage itself"),
    ("pipeline/stages", "the stage itself"),
)
CLIENT, LOOP, OTHER = "Kafka client: connection", "event loop", "anything else"


def begin(path: Path) -> None:
    """Count from now on."""
    counts: Counter[str] = Counter()

    def tick(_number: int, frame: FrameType | None) -> None:
        counts[_part(frame)] += 1

    signal.signal(signal.SIGPROF, tick)
    signal.signal(signal.SIGUSR1, lambda *_: counts.clear())
    signal.signal(signal.SIGUSR2, lambda *_: path.write_text(json.dumps(counts), encoding="utf-8"))
    signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)


def _part(frame: FrameType | None) -> str:
    if frame is not None and frame.f_code.co_name == "select":
        return WAITING
    files = list(_files(frame))
    for file in files:
        for at, name in PARTS:
            if at in file:
                return name
    if any("aiokafka" in file for file in files):
        return CLIENT
    return LOOP if files and "asyncio" in files[0] else OTHER


def _files(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        yield frame.f_code.co_filename
        frame = frame.f_back
