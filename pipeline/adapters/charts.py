"""Bar charts as inline SVG: coloured by the page's style sheet, readable without scripts and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH = 760
LABEL_WIDTH = 190
VALUE_WIDTH = 110  # room for the figure written at the end of a bar
ROW = 24
BAR = 14
LABEL_CHARS_MAX = 27  # what fits into LABEL_WIDTH
TOP = 8
AXIS = 30


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its length in the unit of the chart, the figure written beside it."""

    label: str
    value: float
    text: str
    alarm: bool = False  # drawn in the warning colour, and marked in words by `text`


@dataclass(frozen=True, slots=True)
class Chart:
    """A horizontal bar chart. `limit` is the right end of the axis, `goal` a line to compare with."""

    title: str
    unit: str
    bars: tuple[Bar, ...]
    limit: float
    goal: float | None = None


def svg(chart: Chart, name: str) -> str:
    """The chart as one <svg> element. name: unique on the page, letters only."""
    height = TOP + ROW * len(chart.bars) + AXIS
    described = f"{chart.title}, {chart.unit}. " + "; ".join(f"{b.label} {b.text}" for b in chart.bars)
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{name}-t {name}-d">',
        f'<title id="{name}-t">{escape(chart.title)}</title>',
        f'<desc id="{name}-d">{escape(described)}</desc>',
        *_axis(chart, height - AXIS),
        *(_bar(bar, TOP + ROW * row, chart.limit) for row, bar in enumerate(chart.bars)),
    ]
    if chart.goal is not None:
        at = _x(chart.goal, chart.limit)
        parts.append(f'<line class="goal" x1="{at}" x2="{at}" y1="{TOP - 4}" y2="{height - AXIS}"/>')
    return "\n".join([*parts, "</svg>"])


def ticks(limit: float, wanted: int = 5) -> Sequence[float]:
    """Round numbers from 0 to `limit`, about `wanted` of them. limit: above 0."""
    step = _round_up(limit / wanted)
    return [step * i for i in range(int(limit / step + 1e-9) + 1)]


def round_limit(value: float) -> float:
    """A round number at or above `value`, for the end of an axis; 1 for 0."""
    if value <= 0:
        return 1.0
    step = _round_up(value / 5)
    return step * ceil(value / step - 1e-9)


def _round_up(value: float) -> float:
    """The next number that is 1, 2 or 5 times a power of ten."""
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 5, 10, 20) if step * power >= value * (1 - 1e-9))


def _x(value: float, limit: float) -> float:
    span = WIDTH - LABEL_WIDTH - VALUE_WIDTH
    return round(LABEL_WIDTH + span * min(max(value / limit, 0.0), 1.0), 1)


def _short(label: str) -> str:
    """Cut out the middle: names of calls often differ at their ends only."""
    if len(label) <= LABEL_CHARS_MAX:
        return label
    half = LABEL_CHARS_MAX // 2
    return f"{label[:half]}\u2026{label[-half:]}"


def _axis(chart: Chart, bottom: int) -> list[str]:
    marks = []
    for tick in ticks(chart.limit):
        at = _x(tick, chart.limit)
        marks.append(f'<line class="grid" x1="{at}" x2="{at}" y1="{TOP - 4}" y2="{bottom}"/>')
        marks.append(f'<text class="tick" x="{at}" y="{bottom + 14}" text-anchor="middle">{tick:g}</text>')
    marks.append(f'<text class="tick" x="{WIDTH}" y="{bottom + 14}" text-anchor="end">{escape(chart.unit)}</text>')
    return marks


def _bar(bar: Bar, y: int, limit: float) -> str:
    end, middle, top = _x(bar.value, limit), y + ROW // 2, y + (ROW - BAR) // 2
    kind, width = "bar alarm" if bar.alarm else "bar", round(end - LABEL_WIDTH, 1)
    edge, label = LABEL_WIDTH - 8, escape(_short(bar.label))
    return (
        f'<text class="label" x="{edge}" y="{middle + 4}" text-anchor="end">{label}</text>'
        f'<rect class="{kind}" x="{LABEL_WIDTH}" y="{top}" width="{width}" height="{BAR}" rx="2"/>'
        f'<text class="value" x="{end + 6}" y="{middle + 4}">{escape(bar.text)}</text>'
    )
