"""Keypad tones (DTMF) found in the audio itself, per channel.

Windows of 24 ms, one every 8 ms, are projected on the eight keypad frequencies and their neighbours within
the tolerance. All sums are of integers held in float64 without rounding: how the feed is cut, and how a
matrix product is split, cannot change what is heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import InputError
from pipeline.core.level import Mono, to_grid
from pipeline.core.span import Span, merge

ROWS_HZ = (697.0, 770.0, 852.0, 941.0)
COLUMNS_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
DIGITS = "123A456B789C*0#D"
OFFSETS = (-0.02, -0.01, 0.0, 0.01, 0.02)  # keys may be off by 1.5 %; half a step is lost to no one
RATE_MIN = 8_000  # the second harmonic of the highest key must be audible

HOPS_PER_SECOND = 125
WINDOW_HOPS = 3
PURITY_MIN = 65  # percent of a window's energy that lies in the two tones: a voice comes there now and then
TWIST_DB_MAX = 9.5  # lines tilt by up to 8 dB, a window misjudges it by 1; vowels tilt by 10 and more
TWIST = 10 ** (TWIST_DB_MAX / 10)
COLUMN_SHARE_MIN = 0.999  # of the least a key can have in its column, by purity and twist: sums are rounded
HARMONIC_MAX = 0.15  # energy at twice the column, relative to it: voices have it (twice a row is a column)
LEVEL_DBFS_MIN = -55.0  # quieter is nobody's key press: telephone keypads send near -10
HITS_MIN = 3  # windows in a row: with the window's length, at least 40 ms of tone gives as many
EVIDENCE_MIN = 60  # percent above PURITY_MIN, summed over a press: 40 ms of clean tone give 79, calls gave 25
PART_HOPS = 250  # a key held for longer than 2 s is reported in parts, so that `upto` moves on
BATCH_SAMPLES = 8_192  # per matrix product: bounds memory, and is too small for BLAS to start threads over

GAP_MS = 1_500  # between two presses of one number
PAD_MS = 40  # ringing of the line and of echo cancellers after a key

SAMPLE_BITS = 18  # 18-bit samples and 15-bit waves: products over a 48 kHz window sum to under 2 ** 53
WAVE_SCALE = 2**14

_IN_A_ROW = np.arange(WINDOW_HOPS)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, order=True)
class KeyTone:
    """One key press. `span` in samples; it may begin and end up to one hop (8 ms) outside the tone."""

    span: Span
    digit: str


@dataclass(frozen=True, slots=True)
class KeypadHeard:
    """New key presses. None begins below `upto` any more, which lags by under 100 ms while no key is down."""

    upto: int
    tones: tuple[KeyTone, ...] = ()


class Keypad:
    """Hears the keypad of one channel. rate in Hz, 8000 or more (InputError); bits: integer sample size."""

    def __init__(self, rate: int, bits: int = 16) -> None:
        if rate < RATE_MIN:
            raise InputError(f"keypad tones cannot be heard at {rate} Hz: give audio of {RATE_MIN} Hz or more")
        self._bits = bits
        self._hop = rate // HOPS_PER_SECOND
        self._size = WINDOW_HOPS * self._hop
        self._ear = _ear(rate, self._size)
        self._tail: Floats = np.zeros(0)
        self._pushed = 0
        self._next = 0  # number of the next window
        self._key = -1  # the key that is down, or -1
        self._from = self._to = 0  # its first and last window
        self._evidence = 0  # percent above PURITY_MIN, summed over its windows
        self._told = False  # a part of it was reported already

    def push(self, mono: Mono) -> KeypadHeard:
        """Take the next samples, (n,): integers of `bits` bits, or floats -1..1. Any n."""
        self._pushed += mono.size
        tones = self._hear(to_grid(mono, self._bits, SAMPLE_BITS))
        down = self._from if self._key >= 0 else self._next
        return KeypadHeard(max(0, (down - 1) * self._hop), tones)

    def flush(self) -> KeypadHeard:
        """The call ended: `upto` is its length."""
        tones = self._hear(np.zeros(self._size)) + self._release()
        return KeypadHeard(self._pushed, tones)

    def snapshot(self) -> dict[str, Any]:
        """All it knows, as plain values: under 5 kB at 48 kHz. See `restore`."""
        return {
            "tail": self._tail.astype("<i4").tobytes(),
            "pushed": self._pushed,
            "next": self._next,
            "key": self._key,
            "from": self._from,
            "to": self._to,
            "evidence": self._evidence,
            "told": self._told,
        }

    def restore(self, plain: Mapping[str, Any]) -> None:
        """Go on where another one of the same rate and depth made `plain`. Raises KeyError, TypeError, ValueError."""
        self._tail = np.frombuffer(plain["tail"], "<i4").astype(np.float64)
        self._pushed, self._next, self._key = int(plain["pushed"]), int(plain["next"]), int(plain["key"])
        self._from, self._to, self._evidence = int(plain["from"]), int(plain["to"]), int(plain["evidence"])
        self._told = bool(plain["told"])

    def _hear(self, fresh: Floats) -> tuple[KeyTone, ...]:
        audio = np.concatenate((self._tail, fresh))
        n = (audio.size - self._size) // self._hop + 1 if audio.size >= self._size else 0
        tones: list[KeyTone] = []
        batch = max(1, BATCH_SAMPLES // self._size)
        for lo in range(0, n, batch):
            hops = audio[lo * self._hop : (min(lo + batch, n) + WINDOW_HOPS - 1) * self._hop]
            tones.extend(self._follow(*self._ear.keys(hops.reshape(-1, self._hop))))
        self._tail = audio[n * self._hop :].copy()
        return tuple(tones)

    def _follow(self, keys: Ints, purity: Ints) -> list[KeyTone]:
        """Advance over windows, see `_Ear.keys`, and return the presses that ended."""
        if self._key < 0 and keys.max() < 0:  # as nearly always
            self._next += keys.size
            return []
        tones: list[KeyTone] = []
        cuts = [0, *(np.flatnonzero(np.diff(keys)) + 1).tolist(), keys.size]
        for lo, hi in pairwise(cuts):
            key = int(keys[lo])
            if key != self._key:
                tones.extend(self._release())
                self._key, self._from, self._evidence = key, self._next, 0
            self._next += hi - lo
            self._to = self._next - 1
            self._evidence += int(purity[lo:hi].sum()) - PURITY_MIN * (hi - lo)
            while self._key >= 0 and self._to - self._from >= PART_HOPS:
                tones.append(self._tone(self._from, self._from + PART_HOPS - 1))
                self._from += PART_HOPS
                self._told = True
        return tones

    def _release(self) -> tuple[KeyTone, ...]:
        """The key that is down comes up: report it if it was held long enough and clear enough."""
        real = self._to - self._from + 1 >= HITS_MIN and self._evidence >= EVIDENCE_MIN
        tones = (self._tone(self._from, self._to),) if self._key >= 0 and (real or self._told) else ()
        self._key, self._told = -1, False
        return tones

    def _tone(self, first: int, last: int) -> KeyTone:
        """Windows first..last and a hop on both sides: a tone filling half a window may not be heard."""
        end = min((last + 1) * self._hop + self._size, self._pushed)
        return KeyTone(Span(min(max(0, (first - 1) * self._hop), end), end), DIGITS[self._key])


class _Ear:
    """The precomputed waves of one rate, and the judgement of single windows."""

    def __init__(self, rate: int, size: int) -> None:
        self._size = size
        rows = [f * (1 + o) for f in ROWS_HZ for o in OFFSETS]
        columns = [f * (1 + o) for f in COLUMNS_HZ for o in OFFSETS]
        self._rows, self._columns = _waves(np.array(rows), rate, size), _waves(np.array(columns), rate, size)
        self._seconds = _waves(2 * np.array(columns), rate, size)
        self._floor = 10 ** (LEVEL_DBFS_MIN / 10) * 2.0 ** (2 * SAMPLE_BITS - 2) * size

    def keys(self, hops: Floats) -> tuple[Ints, Ints]:
        """hops: (n + WINDOW_HOPS - 1, hop), of which each WINDOW_HOPS in a row are a window.

        Returns (n,) 0..15 for a key, -1 for none, and (n,) purity in percent where there is a key.
        """
        n = len(hops) - WINDOW_HOPS + 1
        keys, purity = np.full(n, -1, np.int64), np.zeros(n, np.int64)
        total = _windowed(np.vecdot(hops, hops)) - _windowed(hops.sum(axis=1)) ** 2 / self._size
        at = np.flatnonzero(total > self._floor)
        if not at.size:
            return keys, purity
        # Columns first: of a voice's energy little lies there, so few windows are left for the rest of the sums.
        windows, total = hops[at[:, None] + _IN_A_ROW].reshape(-1, self._size), total[at]
        high, column = _strongest(self._energy(windows, self._columns))
        left = np.flatnonzero(high * (1 + TWIST) >= total * (COLUMN_SHARE_MIN * PURITY_MIN / 100))
        if not left.size:
            return keys, purity
        at, windows, total, high, column = at[left], windows[left], total[left], high[left], column[left]
        low, row = _strongest(self._energy(windows, self._rows))
        pure = (100 * (low + high) / total).astype(np.int64)
        good = (pure >= PURITY_MIN) & (low <= TWIST * high) & (high <= TWIST * low)
        pick = np.flatnonzero(good)
        if pick.size:
            second = self._energy(windows[pick], self._seconds)[np.arange(pick.size), column[pick]]
            good[pick] = second <= HARMONIC_MAX * high[pick]
        step = len(OFFSETS)
        keys[at[good]] = (row[good] // step) * len(COLUMNS_HZ) + column[good] // step
        purity[at[good]] = pure[good]
        return keys, purity

    def _energy(self, windows: Floats, waves: Floats) -> Floats:
        """(n, frequencies): the energy each wave takes out of each window."""
        both = windows @ waves
        both *= both
        count = waves.shape[1] // 2
        out: Floats = (both[:, :count] + both[:, count:]) * (2.0 / self._size / WAVE_SCALE**2)
        return out


def _windowed(of_hops: Floats) -> Floats:
    """(n + WINDOW_HOPS - 1,) sums over hops as (n,) sums over windows."""
    out: Floats = of_hops[:-2] + of_hops[1:-1] + of_hops[2:]
    return out


def _strongest(energy: Floats) -> tuple[Floats, Ints]:
    """(n, frequencies) → (n,) the most there is in each row, and (n,) at which frequency."""
    best = energy.argmax(axis=1)
    return energy[np.arange(len(energy)), best], best


@lru_cache(8)
def _ear(rate: int, size: int) -> _Ear:
    """One for all channels of a rate: it never changes, and is larger than all a channel has to remember."""
    return _Ear(rate, size)


def _waves(hz: Floats, rate: int, size: int) -> Floats:
    """(size, 2 * frequencies): cosines, then sines, as integers."""
    phase = 2 * np.pi * np.outer(np.arange(size), hz / rate)
    waves: Floats = np.rint(np.hstack((np.cos(phase), np.sin(phase))) * WAVE_SCALE)
    return waves


def runs(tones: Iterable[KeyTone], rate: int, *, gap_ms: int = GAP_MS, pad_ms: int = PAD_MS) -> tuple[Span, ...]:
    """Whole entries: presses no more than gap_ms apart are one span, the pauses in it too, padded by pad_ms.

    Sorted and disjoint.
    """
    pad = pad_ms * rate // 1000
    joined = merge((tone.span for tone in tones), gap_ms * rate // 1000)
    return merge(Span(max(0, span.start - pad), span.end + pad) for span in joined)


class Runs:
    """`runs` as a stream: entries are told bit by bit while they last, so that a long one is not held whole.

    The spans told, merged, are what `runs` makes of all the tones. gap_ms must be at least twice pad_ms.
    """

    def __init__(self, rate: int, *, gap_ms: int = GAP_MS, pad_ms: int = PAD_MS) -> None:
        if gap_ms < 2 * pad_ms:
            raise ValueError(f"a gap of {gap_ms} ms is under twice the padding of {pad_ms} ms")
        self._gap, self._pad = gap_ms * rate // 1000, pad_ms * rate // 1000
        self._end: int | None = None  # where the last press ended
        self._upto = 0

    def push(self, heard: KeypadHeard) -> tuple[int, tuple[Span, ...]]:
        """Returns (upto, spans): stretches to hide, and the sample below which none will begin any more.

        After a press `upto` stays until the gap is over: a press within it hides the pause before it as well.
        """
        spans: list[Span] = []
        for tone in heard.tones:
            linked = self._end is not None and tone.span.start <= self._end + self._gap
            start = self._end if linked and self._end is not None else tone.span.start - 2 * self._pad
            spans.append(Span(max(0, start + self._pad), tone.span.end + self._pad))
            self._end = tone.span.end
        waits = self._end is not None and heard.upto <= self._end + self._gap
        upto = self._end + self._pad if waits and self._end is not None else heard.upto - self._pad
        self._upto = max(self._upto, upto)
        return self._upto, tuple(spans)

    def snapshot(self) -> dict[str, Any]:
        """All it knows, as plain values. See `restore`."""
        return {"end": self._end, "upto": self._upto}

    def restore(self, plain: Mapping[str, Any]) -> None:
        """Go on where another one of the same rate made `plain`. Raises KeyError, TypeError, ValueError."""
        self._end = None if plain["end"] is None else int(plain["end"])
        self._upto = int(plain["upto"])
