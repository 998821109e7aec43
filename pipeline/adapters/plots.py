"""A picture of one redacted call: per channel the input above the output, with the hidden spans marked.

What is drawn is sound and labels; there is no way for a word to get into it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.textpath import TextPath
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from pipeline.adapters.audio_files import Staged, not_written, publish
from pipeline.adapters.audio_in import AudioSource, RawFormat, open_audio
from pipeline.adapters.flags import Flag, Place, place
from pipeline.core.errors import InputError
from pipeline.core.finding import Finding
from pipeline.core.pcm import to_float

Levels = NDArray[np.float32]

DPI = 100
WIDTH_IN = 16.0  # 1600 px
SOUND_IN = 1.35  # height of one spectrogram
ROW_PT = 14.5  # height of one row of labels
LANE_ROWS_MAX = 6  # what does not fit is counted; its spans are marked all the same
LABEL_PT = 10
PAD_PX = 5
MARGIN_PX = 170  # names on the left, frequencies on the right; too much only sets labels further apart
EDGES_IN = 0.95  # title, time axis and the room between
CHANNELS_MAX = 8  # more would be too small to tell apart
COLUMNS = 1400  # about one per pixel
PICKS = 8  # looks per column of a long call: an overview, not every sample
WINDOW_S = 0.032
RANGE_DB = 60.0
LOUDEST_DB_MIN = -20.0  # a call of near silence is drawn white, not scaled up to black
SPEECH_HZ_MAX = 5000  # above it a call holds nothing that helps to read the picture
MARK = "#c44e00"  # dark vermilion: apart from greys for every kind of colour vision, and on paper
INK = "#1b1f24"
SOFT = "#57606a"
FRAME = "#b6bec7"


@dataclass(frozen=True, slots=True)
class Spectra:
    """Loudness in dB per channel, frequency and column, (channels, bins, columns), of a whole recording."""

    levels_db: Levels
    duration_s: float
    top_hz: float


@dataclass(frozen=True, slots=True)
class Mark:
    """One hidden span as it is drawn."""

    start_s: float
    end_s: float
    label: str


def picture(
    before: Path,
    after: Path,
    findings: Sequence[Finding],
    path: Path,
    *,
    title: str = "",
    roles: Sequence[str] = (),
    raw: RawFormat | None = None,
    force: bool = False,
) -> None:
    """Draw the recording `before`, its redacted form `after`, and `findings` (in samples) to the PNG `path`.

    roles: names of the channels, as many as are known. raw: how to read a headerless `before`. Raises
    InputError if a recording cannot be read or the two are not one call, OutputError if `path` cannot
    be written.
    """
    with open_audio(before, raw=raw) as source, open_audio(after) as result:
        form = (source.rate, source.channels, source.frames)
        if form != (result.rate, result.channels, result.frames):
            raise InputError(f"{after.name}: not of the rate, channels and length of {before.name}")
        rate, shown = source.rate, min(source.channels, CHANNELS_MAX)
        sounds = (_spectra(source), _spectra(result))
    marks = [_marks([f for f in findings if f.channel == channel], rate) for channel in range(shown)]
    figure = _draw(sounds, marks, title, roles)
    image = io.BytesIO()
    figure.savefig(image, format="png", metadata={"Software": None})
    _write(path, image.getvalue(), force)


def _spectra(source: AudioSource) -> Spectra:
    """Read a recording once, block by block: memory does not grow with its length."""
    window = max(int(source.rate * WINDOW_S), 16)
    bins = int(min(SPEECH_HZ_MAX, source.rate / 2) * window / source.rate) + 1
    hop = max(-(-source.frames // COLUMNS), window // 4)
    taper = np.hanning(window)[:, None]
    columns: list[Levels] = []
    tail = np.zeros((window, source.channels), np.float32)
    for block in source.blocks(hop):
        near = np.concatenate((tail, to_float(block, source.bits)))
        power = np.zeros((bins, source.channels))
        looks = _looks(len(block))
        for start in looks:
            power += np.abs(np.fft.rfft(near[start : start + window] * taper, axis=0)[:bins]) ** 2
        columns.append(10 * np.log10(power.T / len(looks) + 1e-12).astype(np.float32))
        tail = near[-window:]
    levels = np.stack(columns, axis=-1)
    return Spectra(levels, source.frames / source.rate, (bins - 1) * source.rate / window)


def _marks(findings: Sequence[Finding], rate: int) -> list[Mark]:
    return [Mark(f.span.start / rate, f.span.end / rate, f.entity.replace("_", " ").lower()) for f in sorted(findings)]


def _looks(fresh: int) -> range:
    """Where windows start, so that they end evenly spread over a column's `fresh` samples."""
    count = max(1, min(PICKS, fresh // 512))
    return range(fresh, 0, -(fresh // count))[:count]


def _draw(sounds: tuple[Spectra, Spectra], marks: Sequence[Sequence[Mark]], title: str, roles: Sequence[str]) -> Figure:
    duration_s = sounds[0].duration_s
    places = [_places(part, duration_s) for part in marks]
    rows = sum(1 + max((p.row for p in part if p), default=-1) for part in places)
    height = 2 * SOUND_IN * len(marks) + ROW_PT / 72 * rows + EDGES_IN
    layout = ConstrainedLayoutEngine(h_pad=0.05, w_pad=0.1, hspace=0.0, wspace=0.0)
    figure = Figure(figsize=(WIDTH_IN, height), dpi=DPI, layout=layout)
    FigureCanvasAgg(figure)
    grid = figure.subplots(2 * len(marks), 1, sharex=True, squeeze=False)[:, 0]
    loudest = max(float(sounds[0].levels_db.max()), LOUDEST_DB_MIN)
    for channel, (part, placed) in enumerate(zip(marks, places, strict=True)):
        name = roles[channel] if channel < len(roles) else f"channel {channel}"
        pair = grid[2 * channel : 2 * channel + 2]
        for axes, sound, side in zip(pair, sounds, ("input", "output"), strict=True):
            _draw_sound(axes, sound, channel, loudest)
            _draw_spans(axes, part, sound)
            axes.set_ylabel(f"{name}\n{side}", rotation=0, ha="right", va="center", fontsize=11, color=INK)
        _draw_labels(pair[0], part, placed)
    _draw_time(grid[-1], duration_s)
    figure.suptitle(title or "Input above output", x=0.01, ha="left", fontsize=13, weight="bold", color=INK)
    return figure


def _places(marks: Sequence[Mark], duration_s: float) -> tuple[Place | None, ...]:
    per_px = duration_s / (WIDTH_IN * DPI - MARGIN_PX)
    flags = [Flag(mark.start_s, (_width_px(mark.label) + 2 * PAD_PX) * per_px) for mark in marks]
    return place(flags, duration_s, LANE_ROWS_MAX, gap=PAD_PX * per_px)


@cache
def _width_px(text: str) -> float:
    """How wide `text` will be drawn, without drawing it."""
    return float(TextPath((0, 0), text, size=LABEL_PT).get_extents().width) * DPI / 72


def _draw_sound(axes: Any, sound: Spectra, channel: int, loudest: float) -> None:
    axes.imshow(
        sound.levels_db[channel],
        origin="lower",
        aspect="auto",
        interpolation="antialiased",
        extent=(0, sound.duration_s, 0, sound.top_hz / 1000),
        cmap="gray_r",
        vmin=loudest - RANGE_DB,
        vmax=loudest,
    )
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, prune="both"))
    axes.yaxis.set_major_formatter("{x:g} kHz")
    axes.yaxis.tick_right()
    axes.tick_params(axis="y", colors=SOFT, labelsize=9, length=3)
    axes.tick_params(axis="x", bottom=False, labelbottom=False)
    for edge in axes.spines.values():
        edge.set_color(FRAME)


def _draw_spans(axes: Any, marks: Sequence[Mark], sound: Spectra) -> None:
    """Boxes over the sound; spans of a few pixels are all edge, so they are filled instead."""
    per_px = sound.duration_s / (WIDTH_IN * DPI - MARGIN_PX)
    boxes = [(mark.start_s, mark.end_s - mark.start_s) for mark in marks]
    wide = [box for box in boxes if box[1] > 8 * per_px]
    narrow = [box for box in boxes if box[1] <= 8 * per_px]
    height = (0, sound.top_hz / 1000)
    axes.broken_barh(wide, height, facecolor=MARK, alpha=0.14, linewidth=0)
    axes.broken_barh(wide, height, facecolor="none", edgecolor=MARK, linewidth=1.1)
    axes.broken_barh(narrow, height, facecolor=MARK, edgecolor=MARK, alpha=0.4, linewidth=0.8)


def _draw_labels(axes: Any, marks: Sequence[Mark], places: Sequence[Place | None]) -> None:
    """The labels of one channel above its input, each with a pole down to the start of its span."""
    pole = {"arrowstyle": "-", "color": MARK, "linewidth": 1.1, "shrinkA": 0, "shrinkB": 0}
    above = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "color": MARK}
    for mark, at in zip(marks, places, strict=True):
        if at is None:
            continue
        top = ROW_PT * (at.row + 1)
        axes.annotate("", (mark.start_s, 1), (0, top), arrowprops=pole, zorder=3, **above)
        axes.annotate(
            mark.label,
            (at.left, 1),
            (PAD_PX * 72 / DPI, top - ROW_PT / 2),
            fontsize=LABEL_PT,
            va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
            zorder=4,
            **above,
        )
    if unlabelled := sum(at is None for at in places):
        top = ROW_PT * (LANE_ROWS_MAX + 0.2)
        text = f"labels of {unlabelled} more spans left out"
        axes.annotate(text, (1, 1), (0, top), **{**above, "xycoords": "axes fraction", "color": SOFT}, ha="right")


def _draw_time(axes: Any, duration_s: float) -> None:
    axes.set_xlim(0, duration_s)
    axes.tick_params(axis="x", bottom=True, labelbottom=True, length=4, colors=INK)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=14, steps=[1, 2, 5, 10]))
    axes.set_xlabel("seconds", color=INK)


def _write(path: Path, data: bytes, force: bool) -> None:
    staged = Staged.create(path, force=force)
    try:
        with os.fdopen(os.dup(staged.fd), "wb") as file:
            file.write(data)
        staged.seal()
        publish([staged], force=force)
    except OSError as error:
        raise not_written(path, error) from None
    finally:
        staged.discard()
