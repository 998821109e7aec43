"""Puts the audio of one channel in order: what comes twice, late, overlapping or never has one outcome.

A sample is settled as soon as everything before it is, or when audio `window` samples beyond it has come: one that is
not there by then is lost. This is decided sample by sample from what has come, never from a clock or from how the
audio was cut into messages, so the same log always gives the same result.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.core.span import Span, complement, covered

Pcm16 = NDArray[np.int16]

LOST_MAX = 64  # the newest holes remembered: only to tell audio that came too late from audio that came twice


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Audio of one channel, (n,) int16, from sample `start` on."""

    start: int
    pcm: Pcm16

    @property
    def end(self) -> int:
        """The sample after its last."""
        return self.start + len(self.pcm)


class Order:
    """One channel. Memory: what lies between `position` and `reach`; `settle` bounds it to `window` and one message.

    window: how many samples beyond a missing one are waited for. position: everything before it is settled.
    lost: holes before position that are still remembered.
    """

    def __init__(self, window: int, position: int = 0, lost: Iterable[Span] = ()) -> None:
        self._window = window
        self._held: list[Piece] = []
        self.position = position
        self.reach = position  # the sample after the last that came
        self.lost: deque[Span] = deque(lost, maxlen=LOST_MAX)

    @property
    def held(self) -> int:
        """Samples that came and are not settled."""
        return sum(len(piece.pcm) for piece in self._held)

    def push(self, start: int, pcm: Pcm16) -> tuple[int, int]:
        """Audio came, (n,). Returns how many samples of it are new, and how many came after they were given up."""
        span = Span(start, start + len(pcm))
        late = covered(span, self.lost) if start < self.position else 0
        if span.end <= self.position or not span.size:
            return 0, late
        fresh = Span(max(start, self.position), span.end)
        if not self._held or fresh.start >= self._held[-1].end:
            self._held.append(Piece(fresh.start, pcm[fresh.start - start :]))
            new = fresh.size
        else:  # what came first counts
            parts = complement([Span(piece.start, piece.end) for piece in self._held], fresh)
            self._held += [Piece(part.start, pcm[part.start - start : part.end - start]) for part in parts]
            self._held.sort(key=lambda piece: piece.start)
            new = sum(part.size for part in parts)
        self.reach = max(self.reach, span.end)
        return new, late

    def pass_by(self, end: int) -> None:
        """Audio up to sample `end` came just as it was due, and was taken without being held. Nothing may be held."""
        self.position = end
        self.reach = max(self.reach, end)

    def settle(self, upto: int = 0) -> list[Piece]:
        """What is settled now, in order; what lies between two pieces, or between the last and `position`, is lost.

        upto: samples before it are not waited for, whatever the window says.
        """
        horizon = max(upto, self.reach - self._window)
        out: list[Piece] = []
        at = 0
        for piece in self._held:
            if piece.start > self.position:
                if piece.start > horizon:
                    break
                self._lose(piece.start)
            out.append(piece)
            self.position = piece.end
            at += 1
        del self._held[:at]
        if self.position < horizon:
            self._lose(horizon)
        return out

    def _lose(self, upto: int) -> None:
        if self.lost and self.lost[-1].end == self.position:
            self.lost[-1] = Span(self.lost[-1].start, upto)
        else:
            self.lost.append(Span(self.position, upto))
        self.position = upto
