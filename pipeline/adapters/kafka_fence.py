"""Notices that this worker stood still for longer than its Kafka session: its calls are another worker's by then. And
sees to it that neither a Kafka client that waits for ever nor a task that is broken off unseen keeps a run going.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Coroutine
from typing import Any

from aiokafka import AIOKafkaConsumer

from pipeline.adapters.log import get_log
from pipeline.core.errors import BrokerError

BEAT_S = 0.25
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # the first goes on while the machine sleeps


def _now_s() -> float:
    return time.clock_gettime(_CLOCK)


class Fence:
    """Shut for good once the event loop stood still too long: then heartbeats stood still as well.

    The event loop beats, not what it does: a slow but healthy worker, or one that waits, never shuts it.
    """

    def __init__(self, still_s_max: float, now_s: Callable[[], float] = _now_s) -> None:
        self._still_s_max, self._now_s = still_s_max, now_s
        self._beat_s = now_s()
        self._shut = False

    def check(self) -> None:
        """Raises BrokerError if the fence is shut, or must be now."""
        if self._now_s() - self._beat_s > self._still_s_max:
            self._shut = True
        if self._shut:
            raise BrokerError("this worker stood still for longer than its session; it begins anew from the log")

    async def beat(self) -> None:
        """Beat until cancelled. Raises BrokerError when the fence shuts."""
        while True:
            self.check()
            self._beat_s = self._now_s()
            await asyncio.sleep(BEAT_S)


async def unless(work: Coroutine[Any, Any, None], broken: asyncio.Future[None], stop: asyncio.Event, s: float) -> None:
    """Carry out `work` to its end. Once `broken` or `stop` is set it has `s` to end by itself, then it is cancelled.
    Raises what either of the two broke with.
    """
    told = asyncio.create_task(stop.wait())
    working = asyncio.create_task(work)
    try:
        every: set[asyncio.Future[Any]] = {working, broken, told}
        await asyncio.wait(every, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait({working}, timeout=s)
        if working.done():
            working.result()
    finally:
        told.cancel()
        working.cancel()
    if broken.done():
        broken.result()


async def ended(work: Coroutine[Any, Any, Any], s: float) -> bool:
    """Give something `s` to end, whatever it ends with. False: it did not, and was left; waiting for it to be cancelled
    could take as long.
    """
    working = asyncio.create_task(work)
    await asyncio.wait({working}, timeout=s)
    if not working.done():
        working.cancel()
        return False
    if not working.cancelled():
        working.exception()  # seen
    return True


async def closed(consumer: AIOKafkaConsumer) -> None:
    """Close a consumer. Raises what its own `stop` does, but for one thing: where a fetch failed a moment ago that ends
    in the middle, as if whoever waits for it had been cancelled. A task that believes that is never heard of again.
    """
    end = (await asyncio.gather(consumer.stop(), return_exceptions=True))[0]
    if isinstance(end, asyncio.CancelledError):
        await consumer._client.close()  # all that was left to close: or it looks for its brokers for ever
    elif end is not None:
        raise end


def failure(task: asyncio.Task[None], *, wanted: bool) -> BaseException | None:
    """What a task that is done broke with. wanted: nobody here broke it off: then that it was is a failure, too."""
    if not task.cancelled():
        return task.exception()
    return BrokerError("building the lanes was broken off; this worker begins anew from the log") if wanted else None


def give_up(stage: str) -> None:
    """End this process, as a kill would: a client that cannot be closed may keep its partitions from everybody else.
    Whoever supervises the worker starts it again.
    """
    get_log().error("client_stuck", stage=stage)
    os._exit(1)
