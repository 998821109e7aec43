"""The picture of docs/scaling.md: lag after a kill, and workers with too much to do, by utilisation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from simulate import STEP_S, Outcome

COLOURS = {40: "#bdbdbd", 50: "#9ecae1", 60: "#3182bd", 70: "#756bb1", 80: "#e6550d", 90: "#a50f15"}
INK, SOFT = "#1b1f24", "#57606a"


def picture(killed: Mapping[int, Outcome], lost: Mapping[int, Outcome], at_s: float, path: Path) -> None:
    """killed, lost: by utilisation in percent, what a killed worker and a lost zone come to. at_s: when it happens."""
    figure = Figure(figsize=(12, 4.6), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    for percent, outcome in killed.items():
        seconds = np.arange(len(outcome.worst)) * STEP_S - at_s
        left.plot(seconds, outcome.worst, color=COLOURS[percent], lw=1.8, label=f"{percent} %")
    left.axvline(0, color=SOFT, lw=1, ls=":")
    left.set(xlim=(-20, 300), ylim=(0, 60), xlabel="seconds after a worker of hear is killed",
             ylabel="lag of the furthest behind, seconds")  # fmt: skip
    left.set_title("A worker is killed: lag by utilisation", loc="left", fontsize=11, color=INK)
    left.legend(title="mean utilisation", frameon=False, ncols=2, loc=(0.1, 0.76))
    places = np.arange(len(killed))
    for shift, (name, found, colour) in enumerate(
        (("all workers", killed, "#3182bd"), ("a zone of three lost", lost, "#a50f15"))
    ):
        bars = right.bar(
            places + 0.4 * shift - 0.2, [100 * o.over for o in found.values()], 0.38, color=colour, label=name
        )
        right.bar_label(bars, fmt="%.0f", fontsize=8, color=SOFT)
    right.set_xticks(places, [f"{p} %" for p in killed])
    right.set(ylim=(0, 110), xlabel="mean utilisation", ylabel="workers of hear, percent")
    right.set_title("Workers given more than they can do", loc="left", fontsize=11, color=INK)
    right.legend(frameon=False, loc="upper left")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#e5e8eb", lw=0.8)
        axes.set_axisbelow(True)
    figure.savefig(path, metadata={"Software": None})
