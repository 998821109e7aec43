"""Keeps numpy's matrix products on the thread that asked for them.

They are small here. The library behind them would wake a thread per processor for each, and these spin while they wait
for more: measured, a third of the time of recognition.
"""

from __future__ import annotations

from threadpoolctl import threadpool_limits


def one_thread() -> None:
    """For the whole process, from now on."""
    threadpool_limits(limits=1, user_api="blas")
