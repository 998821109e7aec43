"""The plain way beside ours, on the same utterances: faster-whisper's own `transcribe`, ours one utterance at a time,
and ours with many calls at once. By CPU time, so that others on the machine do not count.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from pipeline.adapters.bench_whisper import PaddedWhisper
from pipeline.adapters.resample import Resampler
from pipeline.cli.bench.material import GATE_RATE, RATE, Pcm16, utterances_of
from pipeline.cli.bench.plan import SEED, SHARE, Bench
from pipeline.cli.engines import load_engine
from pipeline.core.bench_figures import ratio
from pipeline.core.bench_talk import SIDES
from pipeline.ports.engine import Engine

BINS_S = ((1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 8), (8, 10))
SIDE_BY_SIDE = 32  # recognisers at once: 16 calls
ROUNDS = 4  # each utterance so often, that there is something to decode together
QUIET_S = 1.0  # behind an utterance, until its recogniser knows that it has ended
PUSH_S = 0.25
WHISPER_ONLY = "the engine measured is not Whisper"


def measure(bench: Bench) -> dict[str, Any]:
    """Real-time channels per core of each way, by length of utterance and on conversations. Raises ModelError."""
    language = bench.rig.engine.identity.language
    found = bench.engine.store.find("whisper", language) if bench.rig.engine.identity.engine == "whisper" else None
    if found is None or ":" in bench.engine.name:
        return {"left_out": WHISPER_ONLY}
    padded = PaddedWhisper(found.path, language)
    ours = load_engine("whisper", language, bench.engine.store, 1)
    padded.hear(_up(bench.material.utterances[0]))
    _cpu(lambda: _hear(ours, bench.material.utterances[:1], 1))  # what is loaded at first use counts for neither
    bins = []
    for low, high in BINS_S:
        chosen = _chosen(bench, low, high)
        bench.say(f"peers: {len(chosen)} utterances of {low} to {high} s")
        if chosen:
            bins.append({"from_s": low, "to_s": high, **_bin(padded, ours, chosen)})
    at_5_s = next((row for row in bins if row["from_s"] == 5), None)
    conversation = _conversation(bench, padded, ours)
    return {"share": SHARE, "by_length": bins, "at_5_s": at_5_s, "conversation": conversation}


def _bin(padded: PaddedWhisper, ours: Engine, chosen: Sequence[Pcm16]) -> dict[str, Any]:
    """Seconds of utterance heard in a second of CPU."""
    seconds = sum(u.size for u in chosen) / RATE
    wide = [_up(u) for u in chosen]
    return _ways(
        len(chosen),
        seconds / _cpu(lambda: [padded.hear(u) for u in wide]),
        seconds / _cpu(lambda: _hear(ours, chosen, 1)),
        ROUNDS * seconds / _cpu(lambda: _hear(ours, [*chosen] * ROUNDS, SIDE_BY_SIDE)),
    )


def _conversation(bench: Bench, padded: PaddedWhisper, ours: Engine) -> dict[str, Any]:
    """Seconds of channel heard in a second of CPU. The plain way gets utterances, and their cutting for nothing."""
    talks = bench.material.talks(bench.plan.peer_calls, bench.plan.peer_s, SHARE, SEED + 6)
    channels = [np.ascontiguousarray(t.pcm[:, c]) for t in talks for c in range(SIDES)]
    cut = [_up(u) for channel in channels for u in utterances_of(channel)]
    seconds = sum(c.size for c in channels) / RATE
    bench.say(f"peers: {len(cut)} utterances of {len(talks)} conversations")
    return _ways(
        len(cut),
        seconds / _cpu(lambda: [padded.hear(u) for u in cut]),
        seconds / _cpu(lambda: _hear(ours, channels, 1)),
        seconds / _cpu(lambda: _hear(ours, channels, len(channels))),
    )


def _ways(utterances: int, padded: float, single: float, together: float) -> dict[str, Any]:
    return {
        "utterances": utterances,
        "channels_per_core": {"padded_transcribe": padded, "ours_one_at_a_time": single, "ours": together},
        "ours_to_padded": ratio(together, padded),
        "one_at_a_time_to_padded": ratio(single, padded),
    }


def _chosen(bench: Bench, low: float, high: float) -> list[Pcm16]:
    fits = [u for u in bench.material.utterances if low <= u.size / RATE < high]
    order = np.random.default_rng(SEED).permutation(len(fits))
    return [fits[n] for n in order[: bench.plan.utterances]]


def _hear(engine: Engine, sounds: Sequence[Pcm16], side_by_side: int) -> None:
    """Each sound by a recogniser of its own, in pieces as they come on a line."""

    def one(sound: Pcm16) -> None:
        recogniser, up = engine.open(), Resampler(RATE, engine.rate)
        step = int(PUSH_S * RATE)
        quiet = np.zeros(int(QUIET_S * RATE), np.int16)
        whole = np.concatenate([sound, quiet])
        for at in range(0, whole.size, step):
            recogniser.push(up.push(whole[at : at + step]))
        recogniser.push(up.flush())
        recogniser.flush()

    with ThreadPoolExecutor(side_by_side) as pool:
        list(pool.map(one, sounds))


def _up(pcm: Pcm16) -> Pcm16:
    up = Resampler(RATE, GATE_RATE)
    return np.concatenate([up.push(pcm), up.flush()])


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
