"""What is measured in a process of its own: memory, the start, calls of one worker of many. Run by memory.py and
workers.py; prints one JSON document.

python -m pipeline.cli.bench.alone start|open|long|live ENGINE LANGUAGE MODELS_DIR [NUMBERS]
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np

from pipeline.adapters.aids import loaded_aids
from pipeline.adapters.machine_load import give_back, rss_bytes
from pipeline.adapters.policy_file import preset
from pipeline.adapters.resample import Resampler
from pipeline.cli import stages  # noqa: F401 - a worker imports no less
from pipeline.cli.bench.calls import BITS, CHUNK, CHUNK_S, Rig, Running, flat_out
from pipeline.cli.bench.capacity import watch
from pipeline.cli.bench.material import RATE, read_material
from pipeline.cli.bench.plan import SEED, SHARE, WARM_S, Bench, EngineChoice, Plan
from pipeline.cli.engines import load_engine
from pipeline.core.bench_talk import NOISE_RMS, SIDES, Talk
from pipeline.core.errors import CallShieldError
from pipeline.stages.channel import Hear

LONG_SHARE, PART_S = 0.05, 300.0  # of a long call: how much each side speaks, and how long its parts are
CODE = (ModuleType, type, FunctionType, BuiltinFunctionType)
READY = "ready"  # a worker is, and waits for a line
QUIET_S = 2.0  # behind an utterance: it has ended by then


def start(choice: EngineChoice) -> dict[str, Any]:
    """Load the engine, hear the utterance on standard input, (n,) int16 at RATE, and say so."""
    engine = load_engine(choice.name, choice.language, choice.store, 2)
    hear = Hear(0, RATE, BITS, engine, Resampler)
    pcm = np.frombuffer(sys.stdin.buffer.read(), np.int16)
    found = hear.push(np.concatenate([pcm, np.zeros(int(QUIET_S * RATE), np.int16)]).astype(np.int32))
    return {"utterances": len(found.heard.utterances)}


def open_calls(choice: EngineChoice, count: int, seconds: float) -> dict[str, Any]:
    """Memory of silent calls that stay open, each after `seconds` of a quiet line."""
    rig = _rig(choice)
    noise = np.random.default_rng(SEED).normal(0, NOISE_RMS, (int(seconds * RATE), SIDES)).astype(np.int16)
    quiet = Talk(RATE, noise, ())
    held = [_silent(rig, quiet)]  # what the first call loads is not of each
    give_back()
    before = rss_bytes()
    held += [_silent(rig, quiet) for _ in range(count)]
    after = rss_bytes()
    each = None if before is None or after is None else (after - before) / count
    return {"calls": count, "seconds": seconds, "bytes_each": each, "rss_bytes": after}


def long_call(choice: EngineChoice, seconds: float, calls: str) -> dict[str, Any]:
    """Memory of this process, and what of it the call holds, while one call goes on: after each PART_S of it."""
    rig, material = _rig(choice), read_material(Path(calls))
    shared = reachable(rig)
    part_s = min(PART_S, seconds / 4)
    running = Running(rig.open(), Talk(RATE, np.zeros((0, SIDES), np.int16), ()))
    seen = []
    for number in range(round(seconds / part_s)):
        (running.talk,) = material.talks(1, part_s, LONG_SHARE, SEED + number)
        for chunk in range(len(running.talk.pcm) // CHUNK):
            running.push(chunk, lambda: 0.0)
        running.hidden.clear()  # ours, not the worker's
        running.released_s.clear()
        give_back()
        held = sum(sys.getsizeof(thing) for key, thing in reachable(running.call).items() if key not in shared)
        seen.append({"hours": (number + 1) * part_s / 3600, "rss_bytes": rss_bytes(), "held_bytes": held})
    return {"seconds": seconds, "share": LONG_SHARE, "seen": seen}


def live(choice: EngineChoice, calls: int, threads: int, seed: int, plan: Plan, recordings: str) -> dict[str, Any]:
    """Calls in real time, once a line comes in that says so. seed: other calls than other processes have."""
    engine = load_engine(choice.name, choice.language, choice.store, threads)
    rig = Rig(engine, preset("default"), loaded_aids())
    bench = Bench(rig, choice, read_material(Path(recordings)), threads, plan, lambda _text: None)
    flat_out(rig, bench.material.talks(1, WARM_S, SHARE, SEED - 1))
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    sys.stdin.readline()
    seen = watch(bench, calls, seed=SEED + 1 + seed)
    after = [w.after_next_s for w in seen.waits if w.after_next_s is not None and not w.hidden]
    return {"keeps_up": seen.pace.keeps_up, "cores": seen.cores, "after_turn_s": after}


def reachable(root: object) -> dict[int, object]:
    """Everything `root` leads to, by identity, but for code: modules, classes, functions."""
    found: dict[int, object] = {}
    left = [root]
    while left:
        thing = left.pop()
        if id(thing) not in found and not isinstance(thing, CODE):
            found[id(thing)] = thing
            left += gc.get_referents(thing)
    return found


def _rig(choice: EngineChoice) -> Rig:
    engine = load_engine(choice.name, choice.language, choice.store, 1)
    return Rig(engine, preset("default"), loaded_aids())


def _silent(rig: Rig, quiet: Talk) -> Running:
    running = Running(rig.open(), quiet)
    for chunk in range(int(quiet.seconds / CHUNK_S)):
        running.push(chunk, lambda: 0.0)
    return running


def _plan(words: Sequence[str]) -> Plan:
    warm_s, window_s, tail_s = map(float, words)
    return Plan(warm_s=warm_s, window_s=window_s, tail_s=tail_s)


def main(words: list[str]) -> int:
    """Returns the exit code; 2 with one line on standard error for what cannot be measured."""
    what, choice, rest = words[0], EngineChoice.of(*words[1:4]), words[4:]
    does: dict[str, Callable[[], dict[str, Any]]] = {
        "start": lambda: start(choice),
        "open": lambda: open_calls(choice, int(rest[0]), float(rest[1])),
        "long": lambda: long_call(choice, float(rest[0]), rest[1]),
        "live": lambda: live(choice, int(rest[0]), int(rest[1]), int(rest[2]), _plan(rest[3:6]), rest[6]),
    }
    try:
        sys.stdout.write(json.dumps(does[what]()) + "\n")
    except CallShieldError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
