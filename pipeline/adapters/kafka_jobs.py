"""Runs the jobs of all lanes of a worker in a pool, beside the event loop.

Most jobs take a fraction of a millisecond, and a few wait long for a recogniser. With a thread for each, the threads
hand the interpreter's lock to each other dozens of times a job (docs/measurements/profiles.md). So one thread takes
what there is, one job after the other, and what is done is told together. A job that had to wait for PATIENCE_S gets
another thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

PATIENCE_S = 0.005  # as long as the interpreter lets a thread go on while others want to

Run = Callable[[], Any]


class Jobs:
    """Of one event loop. pool: at most so many jobs run at the same time."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self._waiting: deque[tuple[float, Run, asyncio.Future[Any]]] = deque()  # since when, oldest first
        self._done: deque[tuple[asyncio.Future[Any], Any, BaseException | None]] = deque()
        self._at_work: set[object] = set()
        self._looking = False
        self._called = False  # a thread that has not begun: one is enough while all of the pool are at work

    def run(self, job: Run) -> asyncio.Future[Any]:
        """What it returns or raises, as a future of the running loop. Jobs begin in the order they came."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._waiting.append((time.monotonic(), job, future))
        if not self._looking:
            self._looking = True
            loop.call_soon(self._look, loop)
        return future

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """As long as jobs wait, see to it that somebody takes them, and that who did some is heard."""
        since_s = None  # looked up first: the thread that takes the last one may be long with it
        with contextlib.suppress(IndexError):
            since_s = self._waiting[0][0]
        self._tell()
        self._looking = since_s is not None
        if since_s is None:
            return
        if not self._called and (not self._at_work or time.monotonic() - since_s >= PATIENCE_S):
            me = object()
            self._at_work.add(me)
            self._called = True
            try:
                self._pool.submit(self._work, loop, me)
            except RuntimeError:  # the worker ends: nobody waits for an answer
                return
        loop.call_later(PATIENCE_S, self._look, loop)

    def _work(self, loop: asyncio.AbstractEventLoop, me: object) -> None:
        """In a thread of the pool, until nothing waits."""
        self._called = False
        with contextlib.suppress(IndexError):
            while True:
                _, job, future = self._waiting.popleft()
                self._done.append((future, *_outcome(job)))
        self._at_work.discard(me)  # what came since is seen by the next look
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        while self._done:
            future, result, error = self._done.popleft()
            if future.cancelled():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)


def _outcome(job: Run) -> tuple[Any, BaseException | None]:
    """What a job returned, or what it raised."""
    try:
        return job(), None
    except BaseException as error:
        return None, error
