"""What the machine and this process use, as Linux tells it under /proc. Elsewhere nobody knows."""

from __future__ import annotations

import ctypes
import gc
import os
from pathlib import Path

STAT, MEMORY = Path("/proc/stat"), Path("/proc/self/statm")
IDLE = (3, 4)  # of the fields behind "cpu": doing nothing, and waiting for a disk


def busy_s() -> float | None:
    """CPU seconds all processes of the machine have used since it began; None if nobody knows."""
    try:
        fields = [int(f) for f in STAT.read_text(encoding="ascii").splitlines()[0].split()[1:9]]
    except (OSError, ValueError, IndexError):
        return None
    return (sum(fields) - sum(fields[n] for n in IDLE)) / os.sysconf("SC_CLK_TCK")


def rss_bytes() -> int | None:
    """Memory of this process that is in use now; None if nobody knows."""
    try:
        return int(MEMORY.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def give_back() -> None:
    """Give memory that is free but kept back to the system: what is measured after it is of what came after it."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc
    if trim is not None:
        trim(0)


def use_cores(count: int) -> bool:
    """Keep this thread, and those it starts, to `count` of the cores it may use. False where that cannot be done."""
    if not hasattr(os, "sched_setaffinity"):
        return False
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])
    return True


def cores() -> int:
    """How many cores this thread may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
