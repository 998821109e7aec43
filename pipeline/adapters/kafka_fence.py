"""Notices that this worker stood still for longer than its Kafka session: its calls are another worker's by then."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

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
