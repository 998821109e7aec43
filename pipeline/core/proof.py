"""Proves from samples that nothing of a call is left where it was hidden, and says what is.

What hides a sample (silence, tone, noise) is a function of its index alone, so it can be made again and compared
bit by bit: where nothing is left over, the recording tells no more of a hidden stretch than when it was. The floor
of what is found is one step of the samples, however short. With the source at hand what is left over is laid beside
it, and everything outside must be the source itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.finding import Finding, Reason
from pipeline.core.hold import Due
from pipeline.core.masker import Masker
from pipeline.core.messages import END
from pipeline.core.span import Span, complement, merge
from pipeline.core.tone import Action, Pcm, Tone, render

PIECE_S = 60  # of a hidden stretch looked at in one piece: bounds memory
JOIN_MS = 20  # what is wrong this close together is one problem
ZERO_MS = 10  # exact zeros this long are silence, whichever action the report names there
LAG_MS = 20  # how much later or earlier than the source a leak may lie to be told for one
LIKE = 0.7  # normalised correlation from which on what is left is called the source
WINDOW_MS = 1_000  # of it compared with the source at once
EMPTY_DBFS = -120.0  # the level of nothing
PROBLEMS_MAX = 1_000  # of one recording; a call with more is no better known


class Kind(StrEnum):
    """What is wrong with a recording. Codes of reports and incidents: add, never rename."""

    AUDIBLE = "audible"  # heard again, the detector finds a secret outside what is hidden
    RESIDUE = "residue"  # a hidden sample is not what hides it
    SOURCE = "source"  # and what is left of it is the source
    CHANGED = "changed"  # a sample that is not hidden differs from the source
    OTHER_AUDIO = "other_audio"  # this is not the recording the report is about
    UNPROVEN = "unproven"  # the proof itself failed


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a report says is hidden. action: how; not KEEP."""

    channel: int
    span: Span
    entity: str
    action: Action


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, where, and never what was said.

    entity: of the secret, or of the stretch it lies in, or empty. reason: the finding's code, or empty. level_dbfs:
    of what is left or sounds there, rms.
    """

    channel: int
    span: Span
    kind: Kind
    entity: str = ""
    reason: str = ""
    level_dbfs: float = EMPTY_DBFS


class SampleProof:
    """Takes a redacted recording block by block. rate in Hz, bits of its samples, frames: how long it is in samples.

    lost: of all channels, zero in the recording whatever was hidden there. Raises ConfigError if `tone` cannot be.
    """

    def __init__(
        self,
        stretches: Iterable[Stretch],
        *,
        channels: int,
        rate: int,
        bits: int,
        frames: int,
        tone: Tone,
        lost: Sequence[Span] = (),
    ) -> None:
        self._rate, self._bits, self._tone = rate, bits, tone
        self._masker = Masker(rate, bits, {str(action): action for action in Action}, tone)
        whole = Span(0, frames)
        self.stretches = tuple(stretches)
        self._stretches = [[s for s in self.stretches if s.channel == c] for c in range(channels)]
        self.hidden = tuple(
            merge(part for s in own if (part := s.span.clip(whole)) is not None) for own in self._stretches
        )
        self._frames, self._lost = frames, merge(lost)
        self._at = 0
        self._left: list[list[Problem]] = [[] for _ in range(channels)]
        self._pieces = [list(_pieces(own, PIECE_S * rate)) for own in self.hidden]
        self._held: list[list[tuple[Pcm, Pcm | None]]] = [[] for _ in range(channels)]

    def push(self, block: Pcm, source: Pcm | None = None) -> None:
        """The next samples, (n, channels); source: the same of the recording before, for every block or for none."""
        start, self._at = self._at, self._at + len(block)
        for channel in range(len(self.hidden)):
            mono, raw = block[:, channel], None if source is None else source[:, channel]
            if raw is not None:
                self._compare(channel, start, mono, raw)
            self._collect(channel, start, mono, raw)

    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong, by channel and start: complete once all samples were pushed."""
        return tuple(sorted(p for own in self._left for p in _joined(own, JOIN_MS * self._rate // 1000)))

    def proven(self) -> tuple[tuple[Span, ...], ...]:
        """By channel, where nothing is left of what was hidden: complete once all samples were pushed."""
        grow = JOIN_MS * self._rate // 1000
        out = []
        for own, left in zip(self.hidden, self._left, strict=True):
            wrong = [Span(max(0, p.span.start - grow), p.span.end + grow) for p in left if p.kind is not Kind.CHANGED]
            out.append(tuple(part for run in own for part in complement(merge(wrong), run)))
        return tuple(out)

    def muted(self, start: int, block: Pcm) -> Pcm:
        """A copy with zeros where it is proven that nothing is left: what is heard again. See `push`."""
        out = block.copy()
        for channel, own in enumerate(self.proven()):
            for part in own:
                out[max(0, part.start - start) : max(0, part.end - start), channel] = 0
        return out

    def _compare(self, channel: int, start: int, mono: Pcm, raw: Pcm) -> None:
        """What is not hidden must be the source."""
        differs = mono != raw
        if not differs.any():
            return
        for run in (*self.hidden[channel], *self._lost):
            differs[max(0, run.start - start) : max(0, run.end - start)] = False
        for at in _runs(differs):
            level = level_dbfs((mono - raw)[at.start : at.end], self._bits)
            self._add(Problem(channel, Span(start + at.start, start + at.end), Kind.CHANGED, level_dbfs=level))

    def _collect(self, channel: int, start: int, mono: Pcm, raw: Pcm | None) -> None:
        """Gathers each piece of what is hidden, and judges it once it is whole."""
        pieces, held = self._pieces[channel], self._held[channel]
        end = start + mono.size
        while pieces and pieces[0].start < end:
            piece = pieces[0]
            inner = slice(max(0, piece.start - start), piece.end - start)
            held.append((mono[inner].copy(), None if raw is None else raw[inner].copy()))
            if piece.end > end:
                return
            pieces.pop(0)
            whole = np.concatenate([part for part, _ in held])
            sources = [part for _, part in held if part is not None]
            held.clear()
            self._judge(channel, piece.start, whole, np.concatenate(sources) if sources else None)

    def _judge(self, channel: int, start: int, mono: Pcm, raw: Pcm | None) -> None:
        left = self._residue(channel, start, mono)
        join = JOIN_MS * self._rate // 1000
        for at in merge(_runs(left != 0), join):
            part = left[at.start : at.end]
            like = raw is not None and likeness(part, raw, at.start, self._rate) >= LIKE
            span = Span(start + at.start, start + at.end)
            entity = next((s.entity for s in self._stretches[channel] if s.span.overlaps(span)), "")
            kind = Kind.SOURCE if like else Kind.RESIDUE
            self._add(Problem(channel, span, kind, entity, level_dbfs=level_dbfs(part, self._bits)))

    def _residue(self, channel: int, start: int, mono: Pcm) -> Pcm:
        """(n,) the samples without what hides them: 0 wherever they are exactly that."""
        own = self._stretches[channel]
        made = self._made(own, start, mono.size)
        left: Pcm = mono - made
        if not left.any():
            return left
        # A tone that was to go on beyond the end of the call does not fade there.
        open_ended = [replace(s, span=Span(s.span.start, END)) if s.span.end >= self._frames else s for s in own]
        left[mono == self._made(open_ended, start, mono.size)] = 0
        zeros = np.zeros(mono.size, bool)
        for run in _runs(mono == 0):
            if run.size >= ZERO_MS * self._rate // 1000:
                zeros[run.start : run.end] = True
        left[zeros] = 0
        left[self._fades(own, start, mono, zeros)] = 0
        return left

    def _made(self, stretches: Sequence[Stretch], start: int, n: int) -> Pcm:
        """(n,) what hides these samples."""
        around = Span(max(0, start - self._masker.ramp - 1), start + n + self._masker.ramp + 1)
        findings = tuple(
            Finding(0, s.span, str(s.action), Reason.PATTERN, 1.0) for s in stretches if s.span.overlaps(around)
        )
        return self._masker.mask(Due(start, np.zeros((n, 1), np.int32), (findings,)))[0][:, 0]

    def _fades(self, own: Sequence[Stretch], start: int, mono: Pcm, zeros: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(n,) true where a tone fades towards silence that no stretch names, as far as can be told.

        A report leaves out a plain number inside a better name: if that is silent and the name is not, the tone
        fades where no stretch begins. The fade's samples lie between 0 and the tone's, one ramp from the zeros. So
        does what store lost. Where silence is told nothing but zeros will do.
        """
        fits = np.zeros(mono.size, bool)
        silent = _painted((s.span for s in own if s.action is Action.SILENCE), start, mono.size)
        for action in (Action.BEEP, Action.NOISE):
            toned = _painted((s.span for s in own if s.action is action), start, mono.size) & ~silent
            near = np.zeros(mono.size, bool)
            for run in _runs(zeros & toned):
                if run.size >= ZERO_MS * self._rate // 1000:
                    near[max(0, run.start - self._masker.ramp) : run.end + self._masker.ramp] = True
            if near.any():
                wave = render(action, start, mono.size, self._rate, self._bits, tone=self._tone)
                between = (mono.astype(np.int64) * wave >= 0) & (np.abs(mono) <= np.abs(wave))
                fits |= near & toned & between
        return fits

    def _add(self, problem: Problem) -> None:
        if len(self._left[problem.channel]) < PROBLEMS_MAX:
            self._left[problem.channel].append(problem)


def level_dbfs(samples: NDArray[Any], bits: int) -> float:
    """Rms level in dB of full scale; EMPTY_DBFS for nothing."""
    if not samples.size or not samples.any():
        return EMPTY_DBFS
    rms = math.sqrt(float(np.mean(np.square(samples.astype(np.float64))))) / 2 ** (bits - 1)
    return round(20 * math.log10(rms), 1)


def likeness(left: Pcm, raw: Pcm, at: int, rate: int) -> float:
    """How much `left`, (n,), is like the source around sample `at` of `raw`: 0 to 1, normalised correlation at the best
    of all lags up to LAG_MS. Only the first WINDOW_MS are compared. Too few samples or none of sound: 0.
    """
    n = min(left.size, WINDOW_MS * rate // 1000)
    lag = LAG_MS * rate // 1000
    lo = max(0, at - lag)
    there = raw[lo : at + n + lag].astype(np.float64)
    here = left[:n].astype(np.float64)
    if n < 2 or there.size < n or not here.any():
        return 0.0
    products = np.correlate(there, here, "valid")
    sums = np.concatenate(([0.0], np.cumsum(there**2)))
    energy = sums[n:] - sums[:-n]
    scale = np.sqrt(np.maximum(energy, 0) * float(here @ here))
    return float(np.max(np.abs(products) / np.maximum(scale, 1e-9), initial=0.0, where=scale > 0))


def _pieces(spans: Iterable[Span], size: int) -> Iterable[Span]:
    for span in spans:
        for start in range(span.start, span.end, size):
            yield Span(start, min(start + size, span.end))


def _runs(flags: NDArray[np.bool_]) -> list[Span]:
    """Where flags, (n,), are true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False]))))
    return [Span(a, b) for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)]


def _painted(spans: Iterable[Span], start: int, n: int) -> NDArray[np.bool_]:
    """(n,) true inside `spans`, from sample `start` on."""
    flags = np.zeros(n, bool)
    for span in spans:
        flags[max(0, span.start - start) : max(0, span.end - start)] = True
    return flags


def _joined(problems: Sequence[Problem], gap: int) -> list[Problem]:
    """Problems of one channel, close ones of one kind as one; the louder level stands for both."""
    out: list[Problem] = []
    for problem in sorted(problems, key=lambda p: (p.kind, p.span)):
        last = out[-1] if out else None
        same = last is not None and (last.kind, last.entity) == (problem.kind, problem.entity)
        if last is not None and same and problem.span.start <= last.span.end + gap:
            level = max(last.level_dbfs, problem.level_dbfs)
            out[-1] = replace(last, span=last.span.hull(problem.span), level_dbfs=level)
        else:
            out.append(problem)
    return out
