"""Where figures come from: the machine, and the state of the source they were measured with."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pipeline

UNKNOWN = "unknown"
GIT_S_MAX = 10  # a repository on a slow disk; figures without a commit are better than none


def machine() -> str:
    """Processor, cores this process may use, system and Python, in one line. Never the machine's name."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{platform.system()} {platform.machine()}"
    return f"{_processor()}, {cores} cores, {system}, Python {platform.python_version()}"


def commit() -> str:
    """The commit this package runs from, `-dirty` if tracked files differ; `unknown` elsewhere."""
    home = Path(pipeline.__file__).resolve().parent.parent
    top = _git(home, "rev-parse", "--show-toplevel")
    if top is None or Path(top).resolve() != home:  # installed into somebody else's repository
        return UNKNOWN
    name = _git(home, "rev-parse", "HEAD")
    if name is None:
        return UNKNOWN
    return name + ("-dirty" if _git(home, "status", "--porcelain", "--untracked-files=no") else "")


def release() -> str:
    """The version of the installed distribution; `unknown` if only the source lies there."""
    try:
        return version("callshield")
    except PackageNotFoundError:
        return UNKNOWN


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or UNKNOWN


def _git(folder: Path, *words: str) -> str | None:
    """What git says, None if there is no git, no repository or no answer."""
    git = shutil.which("git")
    if git is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - fixed words, nothing from outside
            [git, "-C", str(folder), *words], capture_output=True, text=True, timeout=GIT_S_MAX, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
