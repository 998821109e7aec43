"""CPU by stage. Methods of the stages are wrapped while it is measured; each is charged what it used itself.

What the stages use is CPU time of the call's own thread. The recogniser may work in threads of its own, of the library
or of a scheduler: it is what the process used and no stage did. How that splits into encoding, decoding and aligning
shows only while a single call runs.
"""

from __future__ import annotations

import functools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from pipeline.adapters.bench_whisper import PARTS
from pipeline.adapters.resample import Resampler
from pipeline.adapters.vad import SpeechGate
from pipeline.cli.bench.calls import Run, Running, flat_out, real_time
from pipeline.cli.bench.plan import SEED, SHARE, Bench
from pipeline.core.bench_figures import ratio
from pipeline.core.endpoint import Endpointer
from pipeline.core.identify import Identify
from pipeline.core.keypad import Keypad, Runs
from pipeline.core.level import Level
from pipeline.core.release import Release
from pipeline.stages.channel import Hear

STAGES: tuple[tuple[str, type, tuple[str, ...]], ...] = (
    ("resample", Resampler, ("push", "flush")),
    ("speech gate, endpoints", SpeechGate, ("push", "flush")),
    ("speech gate, endpoints", Endpointer, ("push_all", "flush")),
    ("keypad tones", Keypad, ("push", "flush")),
    ("keypad tones", Runs, ("push",)),
    ("loudness", Level, ("push", "frames", "forget")),
    ("hear, the rest", Hear, ("push", "flush")),
    ("identify", Identify, ("push",)),
    ("mask", Release, ("push_audio", "push_verdict", "flush")),
    ("between the stages", Running, ("push", "flush")),
)
IDLE_S, SETTLE_S_MAX = 0.2, 15.0
GATE, RECOGNITION = "speech gate, endpoints", "recognition"


def _settle() -> None:
    """Wait until this process does nothing: what calls of an earlier run left to be read is no part of the next one."""
    until = time.monotonic() + SETTLE_S_MAX
    used = IDLE_S
    while used > 0.1 * IDLE_S and time.monotonic() < until:
        begun = time.process_time()
        time.sleep(IDLE_S)
        used = time.process_time() - begun


class Probe:
    """CPU seconds by label, each without what labels inside it used. Threads do not disturb each other."""

    def __init__(self, clock: Callable[[], float] = time.thread_time) -> None:
        """clock: of the thread that asks."""
        self._clock = clock
        self._own = threading.local()
        self._all: list[Counter[str]] = []

    @property
    def seconds(self) -> Mapping[str, float]:
        """By label, of all threads."""
        found: Counter[str] = Counter()
        for own in list(self._all):
            found.update(own)
        return found

    @contextmanager
    def on(self, label: str, owner: type, method: str) -> Iterator[None]:
        """Charge a method of a class to a label."""
        plain = getattr(owner, method)
        own_before = owner.__dict__.get(method)

        @functools.wraps(plain)
        def charged(*args: Any, **kwargs: Any) -> Any:
            counts, inner = self._state()
            inner.append(0.0)
            begun = self._clock()
            try:
                return plain(*args, **kwargs)
            finally:
                used = self._clock() - begun
                counts[label] += used - inner.pop()  # type: ignore[assignment] # Counter takes floats
                if inner:
                    inner[-1] += used

        setattr(owner, method, charged)
        try:
            yield
        finally:
            if own_before is None:
                delattr(owner, method)
            else:
                setattr(owner, method, own_before)

    def _state(self) -> tuple[Counter[str], list[float]]:
        if not hasattr(self._own, "counts"):
            self._own.counts, self._own.inner = Counter(), []
            self._all.append(self._own.counts)
        return self._own.counts, self._own.inner


def measure(bench: Bench, loaded_calls: int) -> dict[str, Any]:
    """CPU by stage of one call alone, as fast as it goes, and of `loaded_calls` in real time. Raises EngineError."""
    plan = bench.plan
    bench.say(f"cpu: a call of {plan.alone_s:.0f} s, as fast as it goes")
    (talk,) = bench.material.talks(1, plan.alone_s, SHARE, SEED + 4)
    alone, parts = _watched(bench, lambda: flat_out(bench.rig, [talk]))
    bench.say(f"cpu: {loaded_calls} calls in real time, {plan.run_s:.0f} s")
    talks = bench.material.talks(loaded_calls, plan.run_s, SHARE, SEED + 5)
    loaded, _ = _watched(bench, lambda: real_time(bench.rig, talks))
    return {"alone": {"calls": 1, **alone, "inside_recognition": parts}, "loaded": {"calls": loaded_calls, **loaded}}


def _watched(bench: Bench, work: Callable[[], Run]) -> tuple[dict[str, Any], dict[str, float]]:
    """CPU seconds per second of call by stage, and of the parts of recognition."""
    recogniser = type(bench.rig.engine.open())
    whisper = bench.rig.engine.identity.engine == "whisper"
    _settle()
    stages, parts = Probe(), Probe(time.process_time)
    with ExitStack() as stack:
        for label, owner, methods in STAGES:
            for method in methods:
                stack.enter_context(stages.on(label, owner, method))
        for method in ("push", "flush"):  # ours cuts utterances there; of others nobody knows what they do
            stack.enter_context(stages.on(GATE if whisper else RECOGNITION, recogniser, method))
        for label, (owner, method) in PARTS.items():
            stack.enter_context(parts.on(label, owner, method))
        run = work()
    used = dict(stages.seconds)
    others = sum(s for label, s in used.items() if label != RECOGNITION)
    used[RECOGNITION] = max(0.0, run.cpu_s - others)
    per_s = {label: seconds / run.call_s for label, seconds in sorted(used.items(), key=lambda item: -item[1])}
    found = {"cpu_s_per_call_s": per_s, "all_but_recognition_to_recognition": ratio(others, used[RECOGNITION])}
    return found, {label: s / run.call_s for label, s in parts.seconds.items()}
