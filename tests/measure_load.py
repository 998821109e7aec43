"""Conversations through the live pipeline with the embedded recogniser: how many keep up, and what they wait for."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from broker import Broker
from measure_flow import CALL_S, CHANNELS, ChunkedLive, Window, carried
from measure_page import prose, table, where

from pipeline.cli.bench.material import read_material
from pipeline.cli.bench.plan import SEED, SHARE
from pipeline.core.bench_figures import largest

STAGES = ("accept", "hear", "identify", "mask", "store")
PARTITIONS, FIRST, WITHIN = 8, 24, 0.1
P99_MS_MAX = 12_000.0  # the longest utterance, its pause, and a second: with more, calls fall behind
LEFT_MS_MAX = 500.0  # of any call, once all have ended


async def load(recordings: Path, folder: Path) -> dict[str, Any]:
    """By bisection in real time, each number on the same workers. keeps_up: see P99_MS_MAX and LEFT_MS_MAX."""
    material = read_material(recordings)
    with Broker() as broker:
        kafka = int(Path(f"/proc/{broker.pid}/task/{broker.pid}/children").read_text(encoding="ascii"))
        live = ChunkedLive(folder, broker.servers, engine="whisper", partitions=PARTITIONS)
        live.apply_topics()
        tried: dict[int, tuple[Window, bool]] = {}
        try:
            for stage in STAGES:
                live.start(stage)
            await live.wait_ready()

            async def holds(calls: int) -> bool:
                spoken = [t.pcm for t in material.talks(calls, CALL_S + 1, SHARE, SEED)]
                found = await carried(live, kafka, spoken, calls)
                released = found.latency_ms.get("released", (0.0, float("inf"), 0))
                keeps_up = (
                    released[1] <= P99_MS_MAX
                    and found.latency_ms["left"][1] <= LEFT_MS_MAX
                    and "late" not in found.latency_ms
                )
                tried[calls] = found, keeps_up
                sys.stderr.write(f"{calls} calls {'keep up' if keeps_up else 'fall behind'}: {found}\n")
                return keeps_up

            loop = asyncio.get_running_loop()
            most = await asyncio.to_thread(
                largest,
                lambda calls: asyncio.run_coroutine_threadsafe(holds(calls), loop).result(),
                FIRST,
                within=WITHIN,
            )
        finally:
            live.close()
    windows = [
        asdict(replace(window, latency_ms=dict(window.latency_ms))) | {"keeps_up": keeps_up}
        for _, (window, keeps_up) in sorted(tried.items())
    ]
    return {"most": most, "share": SHARE, "channels": CHANNELS, "recordings": material.recordings, "windows": windows}


def page(half: dict[str, Any]) -> list[str]:
    """Markdown of it."""
    found, rows = half["found"], []
    for window in found["windows"]:
        calls, cpu = window["calls"], window["cpu"]
        own = sum(cpu[stage] for stage in STAGES)
        p50, p99, _ = window["latency_ms"]["released"]
        rows.append([
            f"{calls}", "yes" if window["keeps_up"] else "no", *(f"{cpu[stage]:.2f}" for stage in STAGES),
            f"{cpu['broker']:.2f}", f"{window['others']:.2f}", f"{1000 * own / calls:.1f} ms/s", f"{calls / own:.1f}",
            f"{p50:,.0f} / {p99:,.0f}",
        ])  # fmt: skip
    head = ["calls", "keep up", *STAGES, "broker", "others", "five stages, CPU per call", "calls per core of theirs",
            "spoken to released p50 / p99, ms"]  # fmt: skip
    return [
        "## With recognition: how many conversations", "", *where(half),
        *prose(
            f"""Conversations of two channels, each side speaking {found["share"]:.0%} of the time, made of
            {found["recordings"]} recordings (core/bench_talk.py), in real time in 250 ms messages through accept, hear
            (Whisper), identify, mask and store, sealed, on {PARTITIONS} partitions: the workers, the broker and the
            recorders share this machine. Calls keep up if all of each has left within 3 s of its end, judged, and p99
            of spoken to released is at most {P99_MS_MAX / 1000:.0f} s. Cores used by process. The most that kept up:
            **{found["most"]}**."""
        ),
        *table(head, rows),
    ]  # fmt: skip
