"""docs/measurements/live.md of the figures in live.json: nothing is worked out anywhere else."""

from __future__ import annotations

import textwrap
from itertools import pairwise
from statistics import fmean
from typing import Any

Plain = dict[str, Any]
STAGES = ("accept", "hear", "identify", "mask", "store")
SIDE = "analytics"
GOAL, WIDTH = 0.5, 118
WHAT = {
    "accept": "intake in, audio sealed and out",
    "hear": "audio in and opened, words sealed and out; the words are read off the samples, all else is as ever",
    "identify": "words in, judgements out",
    "mask": "audio and judgements in, masked audio of two purposes out, in few and long messages",
    "store": "masked audio in, FLAC on the disk",
    SIDE: "masked audio in, SQL out; a consumer on Faust, not needed by the others",
}


def page(known: Plain) -> str:
    """Markdown of both halves, of what there is."""
    lines = ["# The live pipeline", ""]
    if "throughput" in known:
        lines += throughput(known["throughput"])
    if "corpus" in known:
        lines += corpus(known["corpus"])
    return "\n".join(lines)


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """A table and the blank line behind it."""
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)] + [""]


def prose(text: str) -> list[str]:
    """A paragraph and the blank line behind it."""
    return [*textwrap.wrap(" ".join(text.split()), WIDTH, break_long_words=False, break_on_hyphens=False), ""]


def where(half: Plain) -> list[str]:
    """The head of a half."""
    libraries = ", ".join(f"{name} {number}" for name, number in half["libraries"].items())
    return [
        f"- date: {half['date']}", f"- machine: {half['machine']}, shared by everything measured here, the broker too",
        f"- command: `{half['command']}`", f"- commit: {half['commit']}", f"- broker: {half['broker']}; {libraries}",
        f"- load of the machine (5 minutes) before and after: {half['load']}, {half['load_after']}", "",
    ]  # fmt: skip


def throughput(half: Plain) -> list[str]:
    """Cost, ratios, delays and chunk sizes."""
    found = half["found"]
    calls = found["pipeline"][1]["calls"]
    return [
        "## Cost and delay, without recognition",
        "",
        *where(half),
        *prose(
            f"""{calls} calls of two channels at 8 kHz, spoken in real time in 250 ms messages of 8,000 bytes (both
            channels), evenly spread; 8 partitions; one process per stage. The words are supplied: they are written into
            the samples and the engine reads them there. CPU is that of whole processes (/proc) over 20 s after 8 s of
            warm-up. Windows of the pipeline and of the copy loop (tests/copy_loop.py: fetch, open with AES-256-GCM,
            seal, send; acks=all, idempotent, linger 5 ms and batches of 256 kB as in the stages) take turns on the same
            broker. *Others* is what was used by processes that are no part of this: where it is high, the figures are
            less sure."""
        ),
        *cost(found["pipeline"]),
        *hops(found),
        *delays(found["pipeline"]),
        *chunks(found),
        *windows(found),
    ]


def only(windows: list[Plain], who: str) -> list[Plain]:
    """The windows in which a process worked."""
    return [w for w in windows if w["calls"] and who in w["cpu"]]


def cpu(windows: list[Plain], who: str) -> float:
    """Cores a process used, mean of its windows."""
    return fmean(w["cpu"][who] for w in only(windows, who))


def cost(windows: list[Plain]) -> list[str]:
    """CPU per call, by stage."""
    calls, idle = windows[1]["calls"], windows[0]
    rows = []
    for who in (*STAGES, SIDE):
        share = cpu(windows, who) / calls
        moved = [fmean(w["moved"][who][i] for w in only(windows, who)) for i in (0, 1)]
        rows.append([
            who, f"{100 * cpu(windows, who):.1f} %", f"{100 * idle['cpu'][who]:.1f} %", f"{1000 * share:.2f} ms/s",
            f"{1 / share:.0f}", f"{moved[0]:.0f} / {moved[1]:.0f}", WHAT[who],
        ])  # fmt: skip
    for name, which in (
        ("all five", STAGES),
        ("and analytics", (*STAGES, SIDE)),
        ("and the broker", (*STAGES, SIDE, "broker")),
    ):
        share = sum(cpu(windows, who) for who in which) / calls
        rows.append(
            [
                f"**{name}**",
                f"{100 * share * calls:.1f} %",
                "",
                f"{1000 * share:.2f} ms/s",
                f"**{1 / share:.0f}**",
                "",
                "",
            ]
        )
    head = ["process", "of a core", "idle", "CPU per call", "calls per core", "messages/s in / out", "what it does"]
    return [
        "### CPU per call and calls per core",
        "",
        *table(head, rows),
        *prose(
            """CPU per call: milliseconds of one core per second of the call. Calls per core: 1 / CPU per call, as many
            as one core would carry if cost grew with calls; it grows less, since part of the cost is per wake-up and
            not per call. Starts and ends of calls are not in it."""
        ),
    ]


def ratio(windows: list[Plain], who: str) -> str:
    """CPU of the copy loop through that of a stage, each window by its neighbour, and the mean."""
    pairs = zip(only(windows, who), only(windows, "copy"), strict=True)
    each = [b["cpu"]["copy"] / a["cpu"][who] for a, b in pairs]
    mean = cpu(windows, "copy") / cpu(windows, who)
    return f"**{mean:.2f}** ({', '.join(f'{r:.2f}' for r in each)}){'' if mean >= GOAL else ': missed'}"


def hops(found: Plain) -> list[str]:
    """Hops that carry audio beside the copy loop."""
    rows = []
    for name, who in (("pipeline", "accept"), ("pipeline", "mask"), ("accept", "accept")):
        windows = found[name]
        calls, chunk_ms = windows[1]["calls"], windows[1]["chunk_ms"]
        rate = calls * 1000 / chunk_ms
        rows.append([
            who if name == "pipeline" else f"{who}, no other stage running", f"{calls}", f"{rate:,.0f}",
            *(f"{1000 * cpu(windows, name) / rate:.3f} ms" for name in (who, "copy")), ratio(windows, who),
        ])  # fmt: skip
    head = ["hop", "calls", "chunks/s", "CPU per chunk", "copy loop, CPU per chunk", "ratio (by window)"]
    moved = [fmean(w["moved"]["mask"][i] for w in only(found["pipeline"], "mask")) for i in (0, 1)]
    rate = found["pipeline"][1]["calls"] * 1000 / found["pipeline"][1]["chunk_ms"]
    return [
        f"### Hops that carry audio, beside the bare copy loop (goal: a ratio of {GOAL} or more)",
        "",
        *table(head, rows),
        *prose(
            f"""Ratio: CPU of the copy loop per chunk / CPU of the stage per chunk, for the same chunks per second.
            accept is one in, one out, as the loop is, and besides checks, orders, keeps the ledger and writes a state
            each 2 s of a call. mask is not: for {rate:.0f} chunks/s it takes {moved[0]:.0f} messages/s (the chunks and
            the judgements) and sends {moved[1]:.0f}/s, each with all that became due at once, once per purpose and not
            sealed: twice the bytes in fewer messages. By messages handled, in and out, mask needs
            {1000 * cpu(found["pipeline"], "mask") / sum(moved):.2f} ms each and the loop
            {1000 * cpu(found["pipeline"], "copy") / (2 * rate):.2f} ms. At few messages a second most of the loop's
            cost is waking up, and the ratio flatters the stages; the last row is where messages come thick and what a
            message costs is what counts. mask cannot run alone, so there is no such row for it."""
        ),
    ]


def delays(windows: list[Plain]) -> list[str]:
    """Added latency."""
    names = {
        "accept": "intake → audio (accept)",
        "judgement": "what made a block due → the block (mask)",
        "added": "audio its judgement was made of → the block: all hops, without what the call had to wait for",
        "released": "spoken → released: with the wait for the end of what is being said",
    }
    rows = []
    for name, tells in names.items():
        each = [w["latency_ms"][name] for w in only(windows, "mask")]
        rows.append(
            [tells, *(f"{', '.join(f'{e[i]:,.0f}' for e in each)}" for i in (0, 1)), f"{sum(e[2] for e in each):,}"]
        )
    each = [w["latency_ms"]["copy"] for w in only(windows, "copy")]
    rows.append(
        [
            "through the copy loop",
            *(", ".join(f"{e[i]:,.0f}" for e in each) for i in (0, 1)),
            f"{sum(e[2] for e in each):,}",
        ]
    )
    return [
        "### Added latency, ms (by window)",
        "",
        *table(["from → to", "p50", "p99", "messages"], rows),
        *prose(
            """All by the broker's time of append, whole milliseconds: from when a message can be had to when the next
            can. A block is one message of `calls.redacted.storage`; its last sample counts. A chunk is sent when its
            last sample is spoken: for its first sample its length comes on top. A block is due when the judgements of
            all channels reach beyond it (tests/measure_flow.py feeds both logs to core/hold.py to find out when that
            was)."""
        ),
    ]


def chunks(found: Plain) -> list[str]:
    """Why 250 ms."""
    rows = []
    for windows in sorted((found[n] for n in ("chunks-100", "pipeline", "chunks-500")), key=lambda w: w[1]["chunk_ms"]):
        calls, chunk_ms = windows[1]["calls"], windows[1]["chunk_ms"]
        shares = [1000 * sum(cpu(windows, who) for who in which) / calls for which in (STAGES, ("broker",))]
        last = {name: only(windows, "mask")[-1]["latency_ms"][name] for name in ("accept", "added", "released")}
        rows.append([
            f"{chunk_ms} ms", f"{calls * 1000 / chunk_ms:,.0f}", *(f"{share:.2f} ms/s" for share in shares),
            f"{1000 * cpu(windows, 'copy') / calls:.2f} ms/s",
            *(f"{last[n][0]:,.0f} / {last[n][1]:,.0f}" for n in ("accept", "added", "released")),
            f"{chunk_ms + last['released'][0]:,.0f}", f"{max(w['others'] for w in windows[1:]):.2f}",
        ])  # fmt: skip
    head = [
        "chunk", "chunks/s", "five stages, CPU per call", "broker", "copy loop", "accept p50 / p99, ms",
        "added p50 / p99, ms",
        "spoken to released p50 / p99, ms", "first sample to released p50, ms", "others, cores at most",
    ]  # fmt: skip
    costs = [float(row[2].split(" ")[0]) for row in rows], [float(row[3].split(" ")[0]) for row in rows]
    first_ms = [float(row[8].replace(",", "")) for row in rows]
    return [
        "### Length of a chunk",
        "",
        *table(head, rows),
        *prose(
            """Messages of the recorder and chunks of `calls.audio` are both of that length: for 100 and 500 ms the
            workers run with `CHUNK_MS` of core/chunks.py set to it. The same number of calls, so the same audio."""
        ),
        *reasons(*costs, first_ms),
    ]


def reasons(stages: list[float], broker: list[float], first_ms: list[float]) -> list[str]:
    """Why the default is what it is. All of 100, 250 and 500 ms."""
    less = [f"{100 * (1 - b / a):.0f} %" for own in (stages, broker) for a, b in pairwise(own)]
    sooner, later = (f"{b - a:,.0f} ms" for a, b in pairwise(first_ms))
    return prose(
        f"""The default is 250 ms: against 100 ms the stages need {less[0]} less CPU and the broker {less[2]} less, for
        a first sample that leaves {sooner} later. 500 ms would save another {less[1]} and {less[3]}, but that sample
        would leave another {later} later, and a chunk that is lost or cannot be read is twice as much of the call.
        Recorders may send any length: accept cuts anew."""
    )


def windows(found: Plain) -> list[str]:
    """Every window as it was."""
    rows = []
    for name, each in found.items():
        for w in each:
            what = "idle" if not w["calls"] else "copy loop" if "copy" in w["cpu"] else "pipeline"
            shares = ", ".join(f"{who} {100 * share:.0f}" for who, share in w["cpu"].items())
            busy = sum(w["cpu"].values()) + w["others"]
            rows.append([f"{name}: {what}", f"{w['calls']}", shares, f"{busy:.2f}", f"{w['others']:.2f}"])
    head = ["window", "calls", "percent of a core", "cores in use", "of them others"]
    same = [100 * w["cpu"]["accept"] for w in only(found["pipeline"], "accept")]
    text = f"""The machine is virtual and was not ours alone: the same work took accept {min(same):.0f} to
        {max(same):.0f} % of a core in windows of the same kind.
        Ratios of neighbouring windows say more than differences between rows."""
    return ["### All windows, in the order they were measured", "", *table(head, rows), *prose(text)]


def corpus(half: Plain) -> list[str]:
    """Live and file beside each other."""
    found = half["found"]
    calls = found["calls"]
    differ, samples = (sum(max(0, call[of]) for call in calls.values()) for of in ("differ", "samples"))
    same = sum(call["differ"] == 0 for call in calls.values())
    rows = [
        [name, f"{c['seconds']:.1f}", f"{c['channels']}", f"{c['samples']:,}", f"{c['hidden']:,}",
         f"{c['differ']:,}" if c["differ"] >= 0 else "another length"]
        for name, c in calls.items()
    ]  # fmt: skip
    return [
        "## The shared corpus, live and as files",
        "",
        *where(half),
        *prose(
            f"""`callshield replay CORPUS --stagger-s {found["stagger_s"]:.0f}` in real time through accept, hear,
            identify, mask and store (whisper, policy default, 8 partitions), and `callshield redact CORPUS` with the
            same: the stored recordings are compared sample by sample, int16, all channels."""
        ),
        *table(["", ""], [
            ["calls", f"{len(calls)} ({found['audio_s'] / 60:.1f} min)"],
            ["**sample-identical**", f"**{same} of {len(calls)}**"],
            ["samples that differ, where as many came", f"{differ:,} of {samples:,}"],
            ["wall time, first sample sent to last call stored", f"{found['live_wall_s']:.0f} s"],
            ["wall time of `callshield redact`", f"{found['redact_wall_s']:.0f} s"],
        ]),
        "Recall and over-redaction of a call played live are those of the file: [shared-corpus.md](shared-corpus.md)."
        if same == len(calls) else "Missed: see the calls below.",
        "",
        *table(["call", "seconds", "channels", "samples", "hidden", "differ"], rows),
    ]  # fmt: skip
