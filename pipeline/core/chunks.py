"""Joins the channels of a call into chunks of CHUNK_MS on one grid, whatever way the audio was cut when it came.

Chunk k starts at sample k * size. A channel that stalls while another goes on is given up STALL_MS behind it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.core.messages import Missing
from pipeline.core.order import Order, Piece
from pipeline.core.span import Span, complement

CHUNK_MS = 250  # what recordings are cut into as well (stages/call), so both are judged alike
STALL_MS = 5_000  # recorders send both sides together; more apart than this is a fault of one
Pcm16 = NDArray[np.int16]


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """All channels from start on: pcm (n, channels) int16, zero where `missing` says so. sequence: its number."""

    sequence: int
    start: int
    pcm: Pcm16
    missing: tuple[Missing, ...]


class Chunks:
    """One call. rate in Hz; window in samples (see `Order`); a restored call starts at `position`, on the grid.

    lost: for each channel holes before position. closed: channels that ended at or before position.
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        window: int,
        position: int = 0,
        lost: Sequence[Sequence[Span]] = (),
        closed: Sequence[int] = (),
    ) -> None:
        self.size = rate * CHUNK_MS // 1000
        self.position = position
        self._stall = max(rate * STALL_MS // 1000, window)
        spans = lost or [()] * channels
        self.orders = [Order(window, position, own) for own in spans]
        self._settled: list[deque[Piece]] = [deque() for _ in self.orders]
        self._ends: dict[int, int] = dict.fromkeys(closed, position)
        self._through: list[Chunk] = []  # came whole and in time, until they are taken

    @property
    def closed(self) -> Mapping[int, int]:
        """Channels that have ended, and the sample each ended at."""
        return self._ends

    @property
    def over(self) -> bool:
        """Whether all channels have ended."""
        return len(self._ends) == len(self.orders)

    @property
    def held(self) -> int:
        """Samples held, of all channels."""
        settled = sum(len(piece.pcm) for own in self._settled for piece in own)
        return settled + sum(order.held for order in self.orders)

    def push(self, channel: int | None, start: int, pcm: Pcm16) -> tuple[int, int]:
        """Audio came, (n, 1) of one channel or (n, channels). Returns its new and its late samples, see `Order`."""
        if channel is None and self._is_due(start, pcm):
            return self._pass(start, pcm), 0
        which = range(len(self.orders)) if channel is None else (channel,)
        counts = [self.orders[c].push(start, pcm[:, i]) for i, c in enumerate(which)]
        return sum(new for new, _ in counts), sum(late for _, late in counts)

    def _is_due(self, start: int, pcm: Pcm16) -> bool:
        """It is just the next chunk, and nothing else is held: so it is nearly always."""
        return (
            start == self.position
            and len(pcm) == self.size
            and not self._ends
            and not any(self._settled)
            and all(order.position == order.reach == start for order in self.orders)
        )

    def _pass(self, start: int, pcm: Pcm16) -> int:
        self._through.append(Chunk(start // self.size, start, np.ascontiguousarray(pcm), ()))
        self.position += self.size
        for order in self.orders:
            order.pass_by(self.position)
        return pcm.size

    def close(self, channel: int | None, end: int) -> int:
        """A channel, or None: all, ended at sample `end`: what did not come before is lost. Returns where it ended."""
        which = range(len(self.orders)) if channel is None else (channel,)
        for c in which:
            self._ends.setdefault(c, max(end, self.orders[c].reach))
        return max(self._ends[c] for c in which)

    def close_all(self) -> None:
        """No more comes: every open channel ends where its audio does."""
        for c, order in enumerate(self.orders):
            self._ends.setdefault(c, order.reach)

    def take(self) -> list[Chunk]:
        """The chunks that are complete now. Call after every `push` and `close`."""
        out, self._through = self._through, []
        if (
            out
            and not any(self._settled)
            and all(order.position == order.reach == self.position for order in self.orders)
        ):
            return out
        reach = max(order.reach for order in self.orders)
        for c, order in enumerate(self.orders):
            self._settled[c].extend(order.settle(max(reach - self._stall, self._ends.get(c, 0))))
        ready = self._total if self.over else min(o.position for c, o in enumerate(self.orders) if c not in self._ends)
        while self.position + self.size <= ready:
            out.append(self._chunk(self.size))
        return out

    def rest(self) -> Chunk:
        """The last chunk of a call that is over, after `take`: shorter than the others, and perhaps empty."""
        return self._chunk(self._total - self.position)

    @property
    def _total(self) -> int:
        return max(*self._ends.values(), self.position)

    def _chunk(self, size: int) -> Chunk:
        span = Span(self.position, self.position + size)
        pcm = np.zeros((size, len(self.orders)), np.int16)
        missing: list[Missing] = []
        for c, pieces in enumerate(self._settled):
            here: list[Span] = []
            while pieces and pieces[0].start < span.end:
                piece = pieces[0]
                part = Span(max(piece.start, span.start), min(piece.end, span.end))
                pcm[part.start - span.start : part.end - span.start, c] = piece.pcm[
                    part.start - piece.start : part.end - piece.start
                ]
                here.append(part)
                if piece.end > span.end:
                    break
                pieces.popleft()
            missing += [Missing(c, hole) for hole in complement(here, span)]
        number = self.position // self.size
        self.position = span.end
        return Chunk(number, span.start, pcm, tuple(missing))
