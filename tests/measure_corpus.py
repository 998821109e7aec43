"""A folder of recordings replayed live through the pipeline, and what is stored compared with `callshield redact`."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from command import ROOT
from live import Live, running, until

STAGGER_S, WAIT_S_MAX = 2.0, 900.0


def _callshield(live: Live, *words: object) -> str:
    """Run it with the settings of the pipeline. Returns its output."""
    command = [sys.executable, "-m", "pipeline", *map(str, words)]
    done = subprocess.run(
        command, env=live.environment, capture_output=True, text=True, timeout=WAIT_S_MAX, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _by_prefix(live: Live, prefix: str) -> dict[int, Path]:
    """Folders of finished calls, by the number `callshield replay` gave them."""
    names = [row["call"] for row in live.kept.rows() if row["call"].startswith(f"{prefix}-")]
    found = {int(name.removeprefix(f"{prefix}-")[:4]): live.stored(name) for name in names}
    return {number: folder for number, folder in found.items() if folder is not None}


async def corpus(folder: Path, where: Path, servers: str) -> dict[str, Any]:
    """What came of it, call by call: samples that differ, and how many there are."""
    files = sorted(path for path in folder.glob("*/call.*") if path.suffix in (".flac", ".wav"))
    assert files, f"{folder}: no calls there; it should hold NAME/call.flac"
    live = Live(where, servers, engine="whisper", fleet="corpus", partitions=8)
    live.environment["PYTHONPATH"] = f"{ROOT}:{ROOT / 'tests'}"
    async with running(live):
        began = time.monotonic()
        words = ["replay", folder, "--stagger-s", STAGGER_S, "--call-prefix", "corpus", "--tenant", "acme"]
        await asyncio.to_thread(_callshield, live, *words)
        await until(lambda: len(_by_prefix(live, "corpus")) == len(files), WAIT_S_MAX, live.said)
        wall_s = time.monotonic() - began
    out = where / "redacted"
    began = time.monotonic()
    await asyncio.to_thread(_callshield, live, "redact", folder, "--out", out, "--roles", "agent,customer")
    redact_s = time.monotonic() - began
    calls = {}
    for number, path in enumerate(files):
        live_pcm, _ = soundfile.read(
            _by_prefix(live, "corpus")[number] / "recording.flac", dtype="int16", always_2d=True
        )
        file_pcm, _ = soundfile.read(_output(out, path), dtype="int16", always_2d=True)
        raw, rate = soundfile.read(path, dtype="int16", always_2d=True)
        same_shape = live_pcm.shape == file_pcm.shape == raw.shape
        calls[path.parent.name] = {
            "seconds": round(len(raw) / rate, 1), "channels": raw.shape[1], "samples": int(live_pcm.size),
            "differ": int(np.count_nonzero(live_pcm != file_pcm)) if same_shape else -1,
            "hidden": int(np.count_nonzero(live_pcm != raw)) if same_shape else -1,
        }  # fmt: skip
    return {
        "calls": calls, "stagger_s": STAGGER_S, "live_wall_s": round(wall_s, 1), "redact_wall_s": round(redact_s, 1),
        "audio_s": round(sum(call["seconds"] for call in calls.values()), 1),
    }  # fmt: skip


def _output(out: Path, source: Path) -> Path:
    found = [path for path in out.rglob("*.flac") if source.parent.name in path.relative_to(out).as_posix()]
    assert len(found) == 1, f"{source}: redact wrote {[str(path) for path in found]}"
    return found[0]
