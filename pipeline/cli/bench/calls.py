"""Calls through hear, identify and mask in this process: in real time, or as fast as they go.

Each call has a thread of its own, as an engine may decode utterances of many calls together: who waits for words
blocks nobody else. In real time a chunk is pushed when its last sample would have been spoken, or at once if that is
past. How late a push ends is the lag of its call.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline.adapters.resample import Resampler
from pipeline.cli.bench.material import RATE, SPARE_MS
from pipeline.core.aids import Aids
from pipeline.core.bench_talk import SIDES, Talk
from pipeline.core.bench_wait import Wait, waits
from pipeline.core.edges import PAD_MS
from pipeline.core.endpoint import EndpointConfig
from pipeline.core.errors import EngineError
from pipeline.core.level import FRAMES_PER_SECOND
from pipeline.core.policy import Policy
from pipeline.core.release import Block
from pipeline.core.span import Span
from pipeline.ports.engine import Engine
from pipeline.stages.call import BLOCK_MS, Call, Record

CHUNK = RATE * BLOCK_MS // 1000
CHUNK_S = BLOCK_MS / 1000
BITS = 16
# What comes so close behind a turn, its end waits for: its pre-roll, and how far an edge may move in silence.
PAUSE = (EndpointConfig().pre_roll_ms + SPARE_MS + PAD_MS + 2 * 1000 // FRAMES_PER_SECOND) * RATE // 1000
START_S = 0.3  # all threads run by then
OVERRUN_S = 1.0  # calls that lag are left that long after the end


class _Inline(Executor):
    """Runs what it is given at once: the channels of a call one after the other, as in a live worker."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


@dataclass(frozen=True, slots=True)
class Rig:
    """What every call of a run is judged with. early: plain talk may leave before its sentence has ended."""

    engine: Engine
    policy: Policy
    aids: Aids
    early: bool = False

    def open(self) -> Call:
        """A new call of two channels."""
        return Call(
            SIDES, RATE, BITS, engine=self.engine, policy=self.policy, aids=self.aids, resampler=Resampler,
            executor=_Inline(), early=self.early,
        )  # fmt: skip


@dataclass(slots=True, eq=False)
class Running:
    """One call and what was seen of it. Times in seconds since its first sample was spoken. lags: per chunk pushed."""

    call: Call
    talk: Talk
    released_s: list[float] = field(default_factory=list)  # by chunk that has left whole
    lags: list[tuple[float, float]] = field(default_factory=list)  # (due, how much later its push ended)
    hidden: list[Span] = field(default_factory=list)
    left: int = 0  # chunks

    def push(self, chunk: int, now_s: Callable[[], float], due_ms: int = 0) -> None:
        """Take a chunk of the talk. due_ms: see Recogniser."""
        part = self.talk.pcm[chunk * CHUNK : (chunk + 1) * CHUNK].astype(np.int32)
        self._out(self.call.push(part, due_ms), now_s)
        self._keep()

    def flush(self, now_s: Callable[[], float]) -> None:
        """The call ended."""
        self._out(self.call.flush(), now_s)
        self._keep()

    def _out(self, blocks: Iterable[Block], now_s: Callable[[], float]) -> None:
        for block in blocks:
            upto = (block.start + len(block.pcm)) // CHUNK
            self.released_s += [now_s()] * (upto - self.left)
            self.left = upto

    def _keep(self) -> None:
        """Where something was hidden, and nothing of what was said: hear and mask keep no more in a live worker."""
        record, self.call.record = self.call.record, Record()
        self.hidden += [f.span for f in record.findings if f.span.size]

    def waits(self, until_s: float) -> list[Wait]:
        """Of all chunks spoken before watching ended."""
        spoken = min(int(until_s / CHUNK_S), len(self.talk.pcm) // CHUNK)
        left: list[float | None] = [*self.released_s[:spoken], *([None] * (spoken - len(self.released_s)))]
        turns = [t.span for t in self.talk.turns]
        return waits(left, CHUNK, RATE, turns=turns, hidden=self.hidden, pause=PAUSE, now_s=until_s)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Calls that have run. wall_s, cpu_s: of this process, while they did."""

    calls: tuple[Running, ...]
    wall_s: float
    cpu_s: float

    @property
    def call_s(self) -> float:
        """Seconds of calls, each counted once, whatever its channels."""
        return sum(len(c.lags) * CHUNK_S for c in self.calls)


def flat_out(rig: Rig, talks: Sequence[Talk]) -> Run:
    """All calls side by side, each as fast as it goes. Raises EngineError."""

    def one(running: Running, _number: int, stop: threading.Event) -> None:
        for chunk in range(len(running.talk.pcm) // CHUNK):
            if stop.is_set():
                return
            running.push(chunk, lambda: 0.0)
            running.lags.append((0.0, 0.0))
        running.flush(lambda: 0.0)

    return _all(rig, talks, one)


def real_time(rig: Rig, talks: Sequence[Talk]) -> Run:
    """All calls in real time, begun within one chunk of each other. They are left open. Raises EngineError."""
    zero, epoch = time.monotonic() + START_S, time.time() + START_S

    def one(running: Running, number: int, stop: threading.Event) -> None:
        begun = zero + CHUNK_S * number / len(talks)
        chunks = len(running.talk.pcm) // CHUNK

        def now_s() -> float:
            return time.monotonic() - begun

        for chunk in range(chunks):
            due = (chunk + 1) * CHUNK_S
            if stop.wait(max(0.0, due - now_s())) or now_s() > chunks * CHUNK_S + OVERRUN_S:
                return
            running.push(chunk, now_s, int(1000 * (epoch - zero + begun + due)))
            running.lags.append((due, now_s() - due))

    return _all(rig, talks, one)


def _all(rig: Rig, talks: Sequence[Talk], one: Callable[[Running, int, threading.Event], None]) -> Run:
    calls = tuple(Running(rig.open(), talk) for talk in talks)
    stop, failures = threading.Event(), list[BaseException]()

    def run(number: int) -> None:
        try:
            one(calls[number], number, stop)
        except BaseException as error:  # told by whoever waits below
            failures.append(error)
            stop.set()

    threads = [threading.Thread(target=run, args=(n,), name=f"call-{n}", daemon=True) for n in range(len(calls))]
    wall, cpu = time.monotonic(), time.process_time()
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        stop.set()
    if failures:
        raise (
            failures[0]
            if isinstance(failures[0], EngineError)
            else EngineError(f"a call failed while it was measured ({type(failures[0]).__name__})")
        ) from None
    return Run(calls, time.monotonic() - wall, time.process_time() - cpu)
