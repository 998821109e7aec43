"""How a look at the live pipeline is shown: a table for people, a document for machines. Nothing said is in it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.core.board import Frame, Health, Quantiles, Row
from pipeline.core.call_book import CallState, Seen

NONE = "-"
WIDE = 150  # columns from which there is room for everything
SLOW, TOO_SLOW = 0.8, 1.0  # real-time factor: the alarm TooSlow, and that of a worker that loses ground
GOOD, WARN, BAD = "green", "yellow", "red"
HEALTH = {
    Health.OK: GOOD, Health.BEHIND: WARN, Health.NOT_READY: BAD, Health.NO_WORKERS: BAD, Health.UNKNOWN: WARN,
}  # fmt: skip
CALL = {CallState.RUNNING: GOOD, CallState.ENDED: "", CallState.FAILED: BAD}


def document(frame: Frame) -> dict[str, Any]:
    """What --json prints. Numbers nobody told are null, times ISO 8601 in UTC, seconds and messages as they say."""
    return {
        "time": _iso(frame.at_ms),
        "fleet": frame.fleet,
        "partitions": frame.partitions,
        "calls_running": frame.running,
        "stages": [asdict(row) for row in frame.rows],
        "calls": [
            {
                "call": seen.call,
                "tenant": seen.tenant,
                "since": _iso(seen.since_ms),
                "state": seen.state.value,
                "reason": seen.reason or None,
                "ended": None if seen.ended_ms is None else _iso(seen.ended_ms),
            }
            for seen in frame.calls
        ],
        "workers_absent": list(frame.absent),
        "notes": list(frame.notes),
    }


def drawn(frame: Frame, width: int, ready_lag_s: float) -> RenderableType:
    """The table. width: columns there are. ready_lag_s: a lag beyond it is red, beyond half of it yellow."""
    wide = width >= WIDE
    parts: list[RenderableType] = [_head(frame), _stages(frame, wide, ready_lag_s)]
    if not wide:
        parts.append(_more(frame))
    if frame.calls:
        parts.append(_calls(frame))
    elif frame.running is not None:
        parts.append(Text("no calls in the last hour"))
    if frame.absent:
        parts.append(Text(f"no worker at {', '.join(frame.absent)}", style="dim"))
    parts.extend(Text(note, style=BAD) for note in frame.notes)
    return Group(*parts)


def _head(frame: Frame) -> Text:
    running = NONE if frame.running is None else str(frame.running)
    return Text(f"callshield live · fleet {frame.fleet} · {_iso(frame.at_ms)} · calls running {running}", style="bold")


def _stages(frame: Frame, wide: bool, ready_lag_s: float) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    names = ["stage", "workers", "parts", "waiting", "uncommitted", "lag s", "hold p50/p99", "rtf", "calls"]
    if wide:
        names[6:7] = ["hold s p50/p99", "spoken to released s p50/p99"]
        names += ["paused", "late", "dead"]
    for n, name in enumerate(names):
        table.add_column(name, justify="right" if n else "left", no_wrap=True)
    table.add_column("state", overflow="fold")
    for row in frame.rows:
        cells = [
            Text(row.stage),
            Text(_number(row.workers), style=BAD if row.workers == 0 else ""),
            Text(f"{_number(row.partitions)}/{_number(frame.partitions)}"),
            Text(_number(row.waiting)),
            Text(_number(row.uncommitted)),
            _lag(row, ready_lag_s),
            Text(_pair(row.hold)),
            _pace(row),
            Text(_number(row.calls)),
        ]
        if wide:
            cells.insert(7, Text(_pair(row.spoken_to_released)))
            cells += [_warned(row.paused_partitions), _warned(row.late_verdicts), _warned(row.dead_letters)]
        table.add_row(*cells, _state(row))
    return table


def _more(frame: Frame) -> Text:
    """What a narrow table has no columns for."""
    told = [row.spoken_to_released for row in frame.rows if row.spoken_to_released is not None]
    line = Text(f"spoken to released s p50/p99 {_pair(told[0] if told else None)}")
    for name, values in (
        ("paused", [row.paused_partitions for row in frame.rows]),
        ("late verdicts", [row.late_verdicts for row in frame.rows]),
        ("dead letters", [row.dead_letters for row in frame.rows]),
    ):
        known = [value for value in values if value is not None]
        line.append(f" · {name} ").append_text(_warned(sum(known) if known else None))
    return line


def _calls(frame: Frame) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("call", "tenant", "since", "length", "state", "reason"):
        table.add_column(name, no_wrap=True, justify="right" if name == "length" else "left", overflow="ellipsis")
    for seen in frame.calls:
        state = seen.state.value + (", ended" if seen.state is CallState.FAILED and seen.ended_ms is not None else "")
        table.add_row(
            Text(_plain(seen.call)), Text(_plain(seen.tenant)), Text(_iso(seen.since_ms)[11:19]),
            Text(_length(seen, frame.at_ms)), Text(state, style=CALL[seen.state]), Text(_plain(seen.reason)),
        )  # fmt: skip
    return table


def _lag(row: Row, ready_lag_s: float) -> Text:
    if row.lag_s is None:
        return Text(NONE)
    style = BAD if row.lag_s > ready_lag_s else WARN if row.lag_s > ready_lag_s / 2 else GOOD
    return Text(f"{row.lag_s:.1f}", style=style)


def _pace(row: Row) -> Text:
    factor = row.real_time_factor
    if factor is None:
        return Text(NONE)
    return Text(f"{factor:.2f}", style=BAD if factor >= TOO_SLOW else WARN if factor > SLOW else GOOD)


def _state(row: Row) -> Text:
    words = " ".join((row.health.value.replace("_", " "), *row.reasons))
    return Text(words, style=HEALTH[row.health])


def _warned(value: int | None) -> Text:
    return Text(_number(value), style=WARN if value else "")


def _pair(found: Quantiles | None) -> str:
    return NONE if found is None else f"{found.p50_s:.1f}/{found.p99_s:.1f}"


def _number(value: int | None) -> str:
    return NONE if value is None else str(value)


def _length(seen: Seen, now_ms: int) -> str:
    seconds = max(0, (seen.ended_ms or now_ms) - seen.since_ms) // 1000
    return f"{seconds // 60}:{seconds % 60:02d}"


def _plain(text: str) -> str:
    """Names are what senders chose: nothing in them may steer the terminal."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
