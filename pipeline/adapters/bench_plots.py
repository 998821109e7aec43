"""The pictures of a benchmark: wait by number of calls, spread of the wait, CPU by stage, ours beside the plain way."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

from pipeline.adapters.bench_tables import Document
from pipeline.adapters.plots import DPI, FRAME, INK, MARK, SOFT

SIZE_IN = (8.0, 4.5)
LINE = "#1f5fa8"  # beside MARK apart for every kind of colour vision
QUIET = "#8a949e"


def pictures(found: Document) -> dict[str, bytes]:
    """PNG files by name, of what was measured."""
    makers: Mapping[str, tuple[str, Callable[[Any, Any], None]]] = {
        "capacity": ("bench_capacity.png", _capacity),
        "latency": ("bench_latency.png", _latency),
        "early": ("bench_early.png", _early),
        "cpu": ("bench_cpu.png", _cpu),
        "peers": ("bench_peers.png", _peers),
    }
    return {
        name: _png(draw, found[part], found["machine"])
        for part, (name, draw) in makers.items()
        if part in found and "left_out" not in found[part]
    }


def _png(draw: Callable[[Any, Any], None], found: Any, machine: str) -> bytes:
    figure = Figure(figsize=SIZE_IN, dpi=DPI, layout=ConstrainedLayoutEngine(rect=(0, 0.03, 1, 0.97)))
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for edge in axes.spines.values():
        edge.set_color(FRAME)
    axes.tick_params(colors=INK, labelsize=9)
    draw(axes, found)
    axes.xaxis.label.set_color(INK)
    axes.yaxis.label.set_color(INK)
    figure.text(0.995, 0.005, machine, ha="right", va="bottom", fontsize=6.5, color=SOFT)
    image = io.BytesIO()
    figure.savefig(image, format="png", metadata={"Software": None})
    return image.getvalue()


def _title(axes: Any, text: str) -> None:
    axes.set_title(text, loc="left", fontsize=12, weight="bold", color=INK)


def _capacity(axes: Any, found: Document) -> None:
    tried = found["tried"]
    calls = [t["calls"] for t in tried]
    for quantile, colour in (("p99", MARK), ("p50", LINE)):
        values = [t["spoken_to_released_s"][quantile] for t in tried]
        axes.plot(calls, values, color=colour, linewidth=1.6, label=f"{quantile}, spoken to released")
        for kept, fill in ((True, colour), (False, "white")):
            at = [(c, v) for c, v, t in zip(calls, values, tried, strict=True) if t["keeps_up"] is kept]
            x, y = zip(*at, strict=True) if at else ((), ())
            axes.plot(x, y, "o", color=colour, markerfacecolor=fill, markersize=7)
    if found["calls"]:
        axes.axvline(found["calls"], color=QUIET, linewidth=1.2, linestyle="--")
        axes.annotate(
            f"capacity {found['calls']} ", (found["calls"], 0), xycoords=("data", "axes fraction"), ha="right",
            xytext=(0, 5), textcoords="offset points", fontsize=9, color=SOFT,
        )  # fmt: skip
    axes.set_xlim(0, 1.08 * max(calls))
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("two-channel calls at once (open circles: they do not keep up)")
    axes.set_ylabel("seconds")
    axes.legend(frameon=False, fontsize=9, loc="upper left")
    _title(axes, "Wait by number of calls")


def _latency(axes: Any, found: Document) -> None:
    styles = (("outside_numbers", LINE, "-"), ("all", QUIET, "--"), ("inside_numbers", MARK, "-"))
    for name, colour, style in styles:
        points = found["curves"][name]
        if points:
            label = {"all": "all audio"}.get(name, name.replace("_", " "))
            axes.plot(*zip(*points, strict=True), color=colour, linestyle=style, linewidth=1.8, label=label)
    for share in (0.5, 0.99):
        axes.axhline(share, color=FRAME, linewidth=0.8, zorder=0)
    axes.set_xlim(left=0)
    axes.set_ylim(0, 1.01)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 0.99], ["0", "25 %", "50 %", "75 %", "99 %"])
    axes.set_xlabel("seconds from spoken to released")
    axes.set_ylabel("of the audio")
    axes.legend(frameon=False, fontsize=9, loc="lower right")
    _title(axes, f"Wait of audio, calls at once: {found['calls']}")


def _early(axes: Any, found: Document) -> None:
    _latency(axes, found["latency"])
    _title(axes, f"Wait of audio with early watermarks, calls at once: {found['latency']['calls']}")


def _cpu(axes: Any, found: Document) -> None:
    seconds = found["loaded"]["cpu_s_per_call_s"]
    names, values = list(seconds)[::-1], [1000 * s for s in seconds.values()][::-1]
    colours = [LINE if name == "recognition" else MARK for name in names]
    axes.barh(names, values, color=colours, height=0.62)
    whole = sum(values)
    for row, value in enumerate(values):
        share = f" {value:.2f} ms, {value / whole:.1%}" if whole else ""
        axes.annotate(share, (value, row), va="center", fontsize=9, color=INK)
    axes.margins(x=0.25)
    axes.set_xlabel("CPU, ms per second of two-channel call")
    _title(axes, f"CPU by stage, calls at once: {found['loaded']['calls']}")


def _peers(axes: Any, found: Document) -> None:
    rows = [*found["by_length"], found["conversation"]]
    names = [f"{r['from_s']}-{r['to_s']} s" for r in found["by_length"]] + ["conversation"]
    ways = (
        ("padded_transcribe", "padded transcribe", QUIET),
        ("ours_one_at_a_time", "ours, one utterance at a time", MARK),
        ("ours", "ours, many calls", LINE),
    )
    width = 0.27
    for number, (key, label, colour) in enumerate(ways):
        at = [n + (number - 1) * width for n in range(len(rows))]
        axes.bar(at, [r["channels_per_core"][key] for r in rows], width, color=colour, label=label)
    for n, row in enumerate(rows):
        top = row["channels_per_core"]["ours"]
        text = f"{row['ours_to_padded']:.1f}x"
        axes.annotate(text, (n + width, top), xytext=(0, 2), textcoords="offset points", ha="center", fontsize=9)
    axes.set_xticks(range(len(rows)), names)
    axes.margins(y=0.25)
    axes.set_xlabel("length of utterance")
    axes.set_ylabel("real-time channels per core")
    axes.legend(frameon=False, fontsize=9, loc="upper left")
    _title(axes, "The plain way and ours, and how many times it ours is")
