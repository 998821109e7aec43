"""Every engine whose weights lie here, on the same conversation, one thread each."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from pipeline.adapters.resample import Resampler
from pipeline.cli.bench.material import RATE
from pipeline.cli.bench.plan import SEED, SHARE, WARM_S, Bench
from pipeline.cli.engines import load_engine
from pipeline.core.bench_talk import SIDES
from pipeline.core.errors import ModelError
from pipeline.ports.engine import Engine

PUSH_S = 0.25


def measure(bench: Bench) -> list[dict[str, Any]]:
    """A row per engine and language: how many channels a core hears in real time. One that does not load says why.

    A language the recordings are not in tells of speed only.
    """
    (talk,) = bench.material.talks(1, bench.plan.engine_s, SHARE, SEED + 7)
    rows: list[dict[str, Any]] = []
    for engine, language in _installed(bench):
        bench.say(f"engines: {engine}, {language}")
        try:
            loaded = load_engine(engine, language, bench.engine.store, 1)
        except ModelError as error:
            rows.append({"engine": engine, "language": language, "error": str(error)})
            continue
        _hear(loaded, talk.pcm[: int(WARM_S * RATE)])
        cpu, wall = time.process_time(), time.monotonic()
        _hear(loaded, talk.pcm)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        seconds = SIDES * talk.seconds
        rows.append(
            {
                "engine": loaded.identity.engine,
                "engine_version": loaded.identity.engine_version,
                "model": loaded.identity.model,
                "language": loaded.identity.language,
                "channels_per_core": seconds / cpu,
                "cpu_s_per_channel_s": cpu / seconds,
                "real_time_factor": wall / seconds,
            }
        )
    return rows


def _installed(bench: Bench) -> list[tuple[str, str]]:
    """Engine and language, each once, the one under test first."""
    store = bench.engine.store
    first = [(bench.engine.name, bench.engine.language)] if ":" in bench.engine.name else []
    there = [(e.engine, e.language.partition("-")[0]) for e in store.entries() if store.place(e)]
    return list(dict.fromkeys([*first, *there]))


def _hear(engine: Engine, pcm: np.ndarray[Any, np.dtype[np.int16]]) -> None:
    step = int(PUSH_S * RATE)
    for channel in range(SIDES):
        recogniser, up = engine.open(), Resampler(RATE, engine.rate)
        for at in range(0, len(pcm), step):
            recogniser.push(up.push(np.ascontiguousarray(pcm[at : at + step, channel])))
        recogniser.push(up.flush())
        recogniser.flush()
