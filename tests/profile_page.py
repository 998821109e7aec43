"""The page that measure_profile.py writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from statistics import mean
from typing import Any

TEXT = """# Where the CPU went, and goes

- date: {date}
- machine: {machine}, shared by everything measured here, the broker too
- command: `python tests/measure_profile.py`
- commit: {commit}; before: {before}; with the first win only: {gather}
- broker: {broker}
- load of the machine (5 minutes) before and after: {load}

The three largest wins outside recognition. *ms/s*: milliseconds of CPU per second of a two-channel call at 8 kHz.
Live figures: {calls} calls in real time in 250 ms messages, 8 partitions, a process per stage, words supplied as in
[live.md](live.md), {window:.0f} s, the mean of {turns} turns in which the three states of the source alternate. All
processes have real-time priority: on a machine that is busy with other things a worker is woken late, finds several
messages at once and so costs less; that would hide what is measured here. A call costs least when there are many.

{stages}

*Sleeps*: how often threads of the process stopped to wait. The broker gains as well: it answers fewer requests.

## 1. Messages gather between two fetches

At some calls messages come one by one, and each made the client ask, be answered, send and be answered, for eight
partitions each time: several times the cost of the message itself. Now the runner fetches again 30 ms after the last
fetch (`pipeline/adapters/kafka_pauses.py`); the first message after a silence is read at once, and who is behind does
not wait. It costs 15 ms of delay in each stage on average. Between the first state and the last lie other changes of
the source as well, such as early watermarks in identify: they are in the figures. What the CPU of accept goes to, by
what its event loop was at, looked at every 2 ms of CPU:

{accept}

## 2. One thread for short jobs

hear has a job for each chunk of each call. With a thread for each, all that wanted to run at once handed the
interpreter's lock to each other at every array operation: some twenty times a job. Now one thread takes all jobs there
are, one by one; a job that had to wait for 5 ms, as behind one that waits for a recogniser, gets another thread
(`pipeline/adapters/kafka_jobs.py`).

{hear}

## 3. Audio in whole blocks

In process, no Kafka: four of the sample calls in blocks of 250 ms, the least of several turns. The speech gate took
the power of every 20 ms frame on its own; the keypad summed 80 waves over every window, now the columns first, and the
rows only where a column is strong enough to be a key. Results are the same to the bit: tests compare them with plain
versions, frame by frame and window by window.

{audio}

## What was tried and gained nothing

- **uvloop**: in windows like these nothing that stood out of the noise, with and without the first win: what is left
  is Python code of the Kafka client and system calls, not the loop. It is not used.
- **Faster Avro**: writing or reading a message takes 10 to 20 µs, sealing included; at four a second for a call that
  is under a tenth of a millisecond.

## In the embedded engine

It gave the speech gate 20 ms at a time; it gives it whole blocks now, so that the third win is its own as well.
"""


def table(rows: Iterable[Iterable[Any]], *head: str) -> str:
    """Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def page(known: dict[str, Any], found: dict[str, list[dict[str, Any]]], best: dict[str, dict[str, float]]) -> str:
    """The whole page. found: by state, of each turn what `measure_profile.live_of` tells; best: of the audio paths."""
    old, new = best["before"], best["now"]
    rows = [[p, f"{100 * old[p] / sum(old.values()):.0f} %", *_both(old[p], new[p])] for p in old]
    rows.append(["**all**", "", *_both(sum(old.values()), sum(new.values()))])
    audio = table(rows, "part", "share before", "before, ms/s", "now, ms/s", "times less")
    accept, hear = parts(found, "accept", "before", "now"), parts(found, "hear", "messages gather", "now")
    return TEXT.format(**known, stages=stages(found), audio=audio, accept=accept, hear=hear)


def _both(old: float, new: float) -> list[str]:
    return [f"{old:.3f}", f"{new:.3f}", f"{old / new:.1f}"]


def stages(found: dict[str, list[dict[str, Any]]]) -> str:
    """CPU of every stage in every state."""
    rows = []
    for stage in found["now"][0]:
        ms = [mean(turn[stage]["ms"] for turn in found[step]) for step in found]
        sleeps = [mean(turn[stage]["sleeps"] for turn in found[step]) for step in found]
        rows.append(
            [stage, *(f"{x:.2f}" for x in ms), f"{100 * ms[-1] / ms[0] - 100:+.0f} %", *(f"{x:,.0f}" for x in sleeps)]
        )
    total = [mean(sum(turn[s]["ms"] for s in turn if s != "broker") for turn in found[step]) for step in found]
    rows.append(
        [
            "**all four stages**",
            *(f"**{x:.2f}**" for x in total),
            f"{100 * total[-1] / total[0] - 100:+.0f} %",
            "",
            "",
            "",
        ]
    )
    return table(rows, "process", *(f"{s}, ms/s" for s in found), "change", *(f"{s}, sleeps/s" for s in found))


def parts(found: dict[str, list[dict[str, Any]]], stage: str, old: str, new: str) -> str:
    """One stage by what its event loop was at."""
    shares = []
    for step in (old, new):
        counts: Counter[str] = sum((Counter(turn[stage]["parts"]) for turn in found[step]), Counter())
        ms = mean(turn[stage]["ms"] for turn in found[step])
        shares.append({part: (n / counts.total(), ms * n / counts.total()) for part, n in counts.items()})
    order = sorted({*shares[0], *shares[1]}, key=lambda part: -shares[0].get(part, (0, 0))[1])
    rows = [[p, *(f"{100 * x.get(p, (0, 0))[0]:.0f} %, {x.get(p, (0, 0))[1]:.2f} ms/s" for x in shares)] for p in order]
    return table(rows, f"{stage}: what", old, new)
