"""Jobs beside the event loop: short ones share a thread, a long one holds nobody up, errors reach who asked."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pipeline.adapters.kafka_jobs import Jobs

MANY = 40


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as made:
        yield made


async def test_short_jobs_share_a_thread_and_keep_their_order(pool: ThreadPoolExecutor) -> None:
    jobs, began = Jobs(pool), []

    def job(number: int) -> tuple[int, int]:
        began.append(number)
        return number, threading.get_ident()

    found = await asyncio.gather(*(jobs.run(lambda n=n: job(n)) for n in range(MANY)))
    assert [number for number, _ in found] == began == list(range(MANY))
    assert len({thread for _, thread in found}) == 1
    assert threading.get_ident() not in {thread for _, thread in found}


async def test_a_long_job_holds_up_neither_those_behind_it_nor_what_was_done_before_it(
    pool: ThreadPoolExecutor,
) -> None:
    jobs, go_on = Jobs(pool), threading.Event()
    before, long, *behind = [jobs.run(job) for job in (int, lambda: go_on.wait(30), *([int] * MANY))]
    late = []
    try:
        assert await asyncio.wait_for(asyncio.gather(before, *behind), 10) == [0] * (MANY + 1)
        for _ in range(3):  # who is stuck stays stuck, and those who come later are taken too
            late.append(await asyncio.wait_for(jobs.run(int), 10))
        assert not long.done()
    finally:
        go_on.set()
    assert await asyncio.wait_for(long, 10) is True
    assert late == [0, 0, 0]


async def test_no_more_run_at_once_than_the_pool_has_threads() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def job() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1

    with ThreadPoolExecutor(3) as three:
        jobs = Jobs(three)
        await asyncio.gather(*(jobs.run(job) for _ in range(24)))
    assert 2 <= most <= 3, "jobs that take long run side by side"


async def test_while_all_threads_are_stuck_no_more_than_one_is_called() -> None:
    calls, go_on = 0, threading.Event()

    class Counted(ThreadPoolExecutor):
        def submit(self, *given: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            return super().submit(*given, **named)

    with Counted(2) as two:
        jobs = Jobs(two)
        stuck = [jobs.run(lambda: go_on.wait(30)) for _ in range(4)]
        await asyncio.sleep(0.2)
        assert calls <= 3
        go_on.set()
        assert await asyncio.gather(*stuck, jobs.run(int)) == [True] * 4 + [0]


async def test_what_a_job_raises_reaches_who_asked_and_nobody_else(pool: ThreadPoolExecutor) -> None:
    jobs = Jobs(pool)
    first, bad, last = jobs.run(int), jobs.run(lambda: 1 // 0), jobs.run(int)
    assert await first == await last == 0
    with pytest.raises(ZeroDivisionError):
        await bad
    gone, kept = jobs.run(int), jobs.run(int)
    gone.cancel()
    assert await kept == 0


async def test_jobs_that_come_while_others_run_are_all_taken(pool: ThreadPoolExecutor) -> None:
    """Also those that come just as a thread finds nothing more to do."""
    jobs = Jobs(pool)
    for number in range(300):
        assert await asyncio.wait_for(jobs.run(lambda n=number: n), 10) == number  # type: ignore[misc]
        if number % 7 == 0:
            await asyncio.sleep(0.001)
