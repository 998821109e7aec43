"""What the live pipeline costs, delays and carries, and whether it keeps what files give: docs/measurements/live.md.

    python tests/measure_live.py all|throughput|load|corpus [CORPUS]

One run: windows of calls through the pipeline and windows of the same bytes through a bare aiokafka loop
take turns on the same broker. load: conversations with recognition, as many as keep up. A part alone is made anew and
the others kept as live.json has them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import measure_load
from broker import Broker, described
from command import ROOT
from measure_corpus import corpus
from measure_flow import CALL_S, ChunkedLive, Window, carried, copied, idle, scripts
from measure_page import page

from pipeline.adapters.provenance import commit, machine

PAGE = ROOT / "docs" / "measurements" / "live.md"
STAGES = ("accept", "hear", "identify", "mask", "store", "analytics")
PARTITIONS, CALLS, HOP_CALLS, TURNS, CHUNKS_MS, DEFAULT_MS = 8, 40, 300, 2, (100, 500), 250
READY_S = 3.0


def say(text: str) -> None:
    """How far it is, for whoever waits."""
    sys.stderr.write(f"{text}\n")


def head(which: str) -> dict[str, Any]:
    """Where and when a half of the report was measured."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine(), "commit": commit(),
        "command": "make measure-live" if which == "all" else f"python tests/measure_live.py {which}",
        "broker": described().removeprefix("kafka: ").partition(",")[0], "load": round(os.getloadavg()[1], 1),
        "libraries": {name: version(name) for name in ("aiokafka", "cryptography", "fastavro")},
    }  # fmt: skip


async def turns(folder: Path, stages: tuple[str, ...], chunk_ms: int, calls: int, n: int) -> list[Window]:
    """Pipeline and copy loop by turns on a broker of their own, with workers that run throughout; first what the
    workers use with nothing to do.
    """
    folder.mkdir()
    with Broker() as broker:
        kafka = int(Path(f"/proc/{broker.pid}/task/{broker.pid}/children").read_text(encoding="ascii"))
        live = ChunkedLive(folder, broker.servers, partitions=PARTITIONS)
        live.chunk_ms = chunk_ms
        spoken = scripts(CALL_S + 1)
        live.apply_topics()
        try:
            for stage in stages:
                live.start(stage)
            await live.wait_ready()
            await asyncio.sleep(READY_S)
            found = [await idle(live, kafka)]
            for _ in range(n):
                found.append(await carried(live, kafka, spoken, calls))
                found.append(await copied(live, kafka, calls))
            for window in found:
                say(f"{folder.name}: {window}")
        finally:
            live.close()
    return found


async def throughput(folder: Path) -> dict[str, Any]:
    """All windows, by what is shown with them."""
    found = {"pipeline": await turns(folder / "pipeline", STAGES, DEFAULT_MS, CALLS, TURNS)}
    for ms in CHUNKS_MS:
        found[f"chunks-{ms}"] = await turns(folder / f"chunks-{ms}", STAGES, ms, CALLS, 1)
    found["accept"] = await turns(folder / "accept", ("accept",), DEFAULT_MS, HOP_CALLS, TURNS)
    return {name: [asdict(window) for window in windows] for name, windows in found.items()}


async def replayed(calls: Path, folder: Path) -> dict[str, Any]:
    """The corpus, on a broker of its own."""
    with Broker() as broker:
        return await corpus(calls, folder, broker.servers)


async def half(measure: Callable[[Path], Awaitable[dict[str, Any]]], which: str) -> dict[str, Any]:
    """One half of the report."""
    where = head(which)
    with tempfile.TemporaryDirectory() as folder:
        found = await measure(Path(folder))
    return {**where, "load_after": round(os.getloadavg()[1], 1), "found": found}


def main() -> None:
    """Measure and write both files."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("which", choices=("all", "throughput", "load", "corpus"))
    words.add_argument("corpus", nargs="?", type=Path, default=ROOT.parent / "shared" / "corpus")
    given = words.parse_args()
    figures = PAGE.with_suffix(".json")
    known = json.loads(figures.read_text(encoding="utf-8")) if given.which != "all" else {}
    if given.which in ("all", "throughput"):
        known["throughput"] = asyncio.run(half(throughput, given.which))
    if given.which in ("all", "load"):
        samples = ROOT / "tests" / "samples"
        known["load"] = asyncio.run(half(lambda folder: measure_load.load(samples, folder), given.which))
    if given.which in ("all", "corpus"):
        known["corpus"] = asyncio.run(half(lambda folder: replayed(given.corpus.resolve(), folder), given.which))
    figures.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    lines = page(known).split("\n")
    if "load" in known:
        lines += measure_load.page(known["load"])
    PAGE.write_text("\n".join(lines), encoding="utf-8")
    say(f"wrote {PAGE.relative_to(ROOT)} and {figures.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
