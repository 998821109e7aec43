"""What a benchmark found, as tables: the same on the terminal and on the page. Figures only, never a spoken word.

Ratios come first. Absolute figures are of one machine, and the page says which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Document = Mapping[str, Any]
OTHERS_MAX = 0.2  # cores: more, and figures by the wall clock are of a machine that was not free


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the heads of its columns, and rows of texts as wide. note: a line below it."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def tables(found: Document) -> list[Table]:
    """All tables of a document of cli/bench/report.py; what was not measured has none."""
    made = [_goals(found["goals"])]
    makers: Mapping[str, Callable[[Any], Iterable[Table]]] = {
        "peers": _peers, "capacity": _capacity, "simulated": _simulated, "latency": _latency,
        "latency_at_goal": _latency, "early": _early, "workers": _workers, "cpu": _cpu, "linear": _linear,
        "engines": _engines, "kafka": _kafka, "memory": _memory, "start": _start,
    }  # fmt: skip
    return made + [table for part, make in makers.items() if part in found for table in make(found[part])]


def _goals(rows: Sequence[Mapping[str, Any]]) -> Table:
    lines = tuple((r["name"], r["goal"], _figure(r["value"]), "met" if r["met"] else "missed") for r in rows)
    return Table("Goals", ("figure", "goal", "measured", ""), lines)


def _peers(found: Document) -> Iterator[Table]:
    if "left_out" in found:
        yield Table("Peers", ("peers", "why"), (("left out", found["left_out"]),))
        return
    named = [(f"{r['from_s']} to {r['to_s']} s", r) for r in found["by_length"]]
    rows = tuple(
        (
            name,
            str(r["utterances"]),
            f"{r['ours_to_padded']:.2f}",
            f"{r['one_at_a_time_to_padded']:.2f}",
            *(f"{r['channels_per_core'][way]:.1f}" for way in ("padded_transcribe", "ours_one_at_a_time", "ours")),
        )
        for name, r in [*named, ("conversation", found["conversation"])]
    )
    heads = (
        "utterances of", "number", "ours / padded", "one at a time / padded",
        "channels per core: padded transcribe", "ours, one at a time", "ours, many calls",
    )  # fmt: skip
    yield Table("Peers, by CPU time", heads, rows)


def _capacity(found: Document) -> Iterator[Table]:
    rows = tuple(
        (
            str(r["calls"]),
            "yes" if r["keeps_up"] else "no",
            _figure(r["spoken_to_released_s"]["p50"]),
            _figure(r["spoken_to_released_s"]["p99"]),
            _figure(r["lag_p95_s"]),
            _figure(r["cores_used"]),
            _figure(r["cores_of_others"]),
        )
        for r in found["tried"]
    )
    heads = (
        "calls", "keep up", "spoken to released p50, s", "p99, s", "lag p95, s", "cores used", "cores others used",
    )  # fmt: skip
    note = f"Capacity: {found['calls']} calls, {found['calls_per_core']:.1f} per core."
    others = max((r["cores_of_others"] or 0.0 for r in found["tried"]), default=0.0)
    if others > OTHERS_MAX:
        note += f" Other processes used up to {others:.1f} cores meanwhile: on a quiet machine it is more."
    yield Table("Capacity, in real time", heads, rows, note)


def _simulated(found: Document) -> Iterator[Table]:
    rows = tuple(
        (str(r["calls"]), f"{r['calls_per_core']:.1f}", f"{1000 * r['cpu_s_per_call_s']:.1f}") for r in found["tried"]
    )
    yield Table("Calls as fast as they go", ("calls", "calls per core", "CPU, ms per second of call"), rows)


def _early(found: Document) -> Iterator[Table]:
    if "left_out" in found:
        yield Table("Early watermarks", ("", "why"), (("left out", found["left_out"]),))
        return
    for part, make in (("simulated", _simulated), ("capacity", _capacity), ("latency", _latency)):
        for table in make(found[part]):
            yield replace(table, title=f"Early watermarks: {table.title[0].lower()}{table.title[1:]}")


def _latency(found: Document) -> Iterator[Table]:
    measures = {
        "spoken to released": "spoken_to_released_s",
        "end of one turn to released": "end_of_turn_to_released_s",
        "end of turns to released": "end_of_next_turn_to_released_s",
    }
    rows = tuple(
        (part.replace("_", " "), name, *(_figure(found[part][key][q]) for q in ("p50", "p90", "p99", "most")))
        for part in ("all", "outside_numbers", "inside_numbers")
        for name, key in measures.items()
    )
    note = "Turns: the one that audio lies in, those that talk over it, and what follows before its edge is silent."
    if not found["keeps_up"]:
        note += " These calls did not keep up: the machine was not free."
    heads = ("audio", "seconds from", "p50", "p90", "p99", "most")
    yield Table(f"Latency, calls at once: {found['calls']}", heads, rows, note)


def _workers(found: Document) -> Iterator[Table]:
    rows = tuple(
        (
            f"{r['processes']} x {r['threads']}",
            "yes" if r["keep_up"] else "no",
            _figure(r["p50_s"]),
            _figure(r["p99_s"]),
            _figure(r["cores_used"]),
        )
        for r in found["tried"]
    )
    best = found["best"]
    note = f"Best: workers of hear: {best['processes']}, each with CALLSHIELD_THREADS={best['threads']}."
    heads = ("processes x threads", "keep up", "end of turns to released p50, s", "p99, s", "cores used")
    yield Table(f"Cores divided over workers, calls at once: {found['calls']}", heads, rows, note)


def _cpu(found: Document) -> Iterator[Table]:
    alone, loaded = found["alone"]["cpu_s_per_call_s"], found["loaded"]["cpu_s_per_call_s"]
    parts = found["alone"]["inside_recognition"]
    ms = [(name, alone.get(name), loaded.get(name)) for name in dict.fromkeys([*alone, *loaded])]
    ms[1:1] = [(f"of it {part}", seconds, None) for part, seconds in parts.items()]
    rows = tuple((name, _ms(a), _ms(b), _share(b, loaded)) for name, a, b in ms)
    heads = (
        "CPU, ms per second of call", "one call alone", f"{found['loaded']['calls']} in real time", "share",
    )  # fmt: skip
    yield Table("CPU by stage", heads, rows)


def _linear(found: Document) -> Iterator[Table]:
    rows = tuple((f"{r['share']:.1%}", _ms(r["cpu_s_per_channel_s"])) for r in found["points"])
    fit = found["line"]
    note = f"Line: {_ms(fit['slope'])} ms per second of speech + {_ms(fit['intercept'])} ms; R² {fit['r2']:.4f}."
    yield Table("CPU by share of speech", ("speech", "CPU, ms per second of channel"), rows, note)


def _engines(found: Sequence[Mapping[str, Any]]) -> Iterator[Table]:
    rows = tuple(
        (r["engine"], r["language"], "-", "-", r["error"])
        if "error" in r
        else (
            f"{r['engine']} {r['engine_version']}",
            r["language"],
            f"{r['channels_per_core']:.1f}",
            f"{r['real_time_factor']:.4f}",
            r["model"],
        )
        for r in found
    )
    note = "One thread each. A language other than that of the recordings tells of speed only."
    yield Table("Engines", ("engine", "language", "channels per core", "real-time factor", "model"), rows, note)


def _kafka(found: Document) -> Iterator[Table]:
    if "left_out" in found:
        note = "`make measure-live` starts a broker and measures the loop beside the live pipeline."
        yield Table("Bare Kafka copy loop", ("loop", "why"), (("left out", found["left_out"]),), note)
        return
    row = (str(found["chunks"]), f"{found['calls_per_core']:.0f}", _ms(found["cpu_s_per_call_s"]))
    yield Table("Bare Kafka copy loop", ("chunks", "calls per core", "CPU, ms per second of call"), (row,))


def _memory(found: Document) -> Iterator[Table]:
    opened, long = found["open"], found["long_call"]
    rows = (
        (f"open silent call, of {opened['calls']}, MB", _figure(opened["mb_each"])),
        (f"what a call of {long['seconds'] / 3600:.2g} h holds at its end, MB", _figure(long["held_mb"])),
        ("its growth in the second half, MB an hour", _figure(long["held_mb_per_hour"])),
        ("growth of the process meanwhile, caches and all, MB an hour", _figure(long["process_mb_per_hour"])),
    )
    note = "" if long["seconds"] >= 4 * 3600 else "The long call is shortened; with --full it lasts four hours."
    yield Table("Memory", ("of a process of its own", ""), rows, note)


def _start(found: Document) -> Iterator[Table]:
    seconds = ", ".join(f"{s:.2f}" for s in found["seconds"])
    yield Table("Start", ("of a process of its own", ""), (("process started to first words, s", seconds),))


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def _ms(seconds: float | None) -> str:
    return "-" if seconds is None else f"{1000 * seconds:.2f}"


def _share(seconds: float | None, of: Mapping[str, float]) -> str:
    whole = sum(of.values())
    return "-" if seconds is None or not whole else f"{seconds / whole:.1%}"
