"""One live call inside mask: its audio held, its verdicts in the order of the log, its blocks for every purpose."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from pipeline.core.consent import Accesses, allowed
from pipeline.core.entities import UNJUDGED
from pipeline.core.finding import Finding, Reason
from pipeline.core.hold import Due, Hold, parts
from pipeline.core.masker import Masker
from pipeline.core.messages import END, Audio, Head, Judgement, Missing, Redacted, Sealed
from pipeline.core.originals import Originals
from pipeline.core.pin import STORAGE
from pipeline.core.share import Share, share_of
from pipeline.core.span import Span

BITS = 16  # of live audio
BLOCK_BYTES_MAX = 256 * 1024  # of one redacted message


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk of audio that has not left. taken_ms: when this worker read it; spoken_ms: see Audio."""

    offset: int
    span: Span
    taken_ms: int
    spoken_ms: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A verdict that a crash must bring back until all audio below `reach` is committed."""

    offset: int
    reach: int


class MaskCall:
    """What leaves is a function of the audio and of the order of its judgements in the log, nothing else."""

    def __init__(
        self, head: Head, maskers: Mapping[str, Masker], vault: frozenset[str] = frozenset(), *, asked: bool = False
    ) -> None:
        """vault: entities whose originals are kept. asked: purposes had to ask for it, so nobody has what no chunk
        allows.
        """
        self.head = head
        self._purposes: Accesses | None = () if asked else None
        self._maskers = maskers
        self._originals = Originals(vault, head.rate)
        self._margin = max([self._originals.margin, *(m.ramp for m in maskers.values())])
        self._hold: Hold | None = None
        self._next_sequence: int | None = None
        self._skip = 0
        self._early: list[Judgement] = []  # came before the first audio
        self._missing: deque[Missing] = deque()
        self._last = False
        self.done = False  # its last block is on the way
        self._left = False  # a block of it is on the way
        self.broken = ""  # why no verdict of it is believed any more, until the log says so too
        self.asked_upto = 0  # silence already asked for, by sample
        self.unreleased: deque[Chunk] = deque()
        self.uncommitted = 0  # chunks not known to be committed
        self.floor = 0  # audio below is committed
        self.kept: list[Kept] = []
        self.held_bytes = 0
        self.at_ms = 0  # of the newest record of it, by the broker's clock
        self.taken_ms = 0  # of its newest audio, by this worker's

    def adopt(
        self, head: Head, maskers: Mapping[str, Masker], vault: frozenset[str] = frozenset(), *, asked: bool = False
    ) -> bool:
        """Its verdicts were made under another head: accept died before it knew of the first. They count, so their pin
        does. False if something left under this one.
        """
        if self._left or head.channels != self.head.channels or head.rate != self.head.rate:
            return False
        self.head, self._maskers = head, maskers
        self._originals = Originals(vault, head.rate)
        if asked and self._purposes is None:
            self._purposes = ()
        self._margin = max([self._margin, self._originals.margin, *(m.ramp for m in maskers.values())])
        if self._hold is not None:
            self._hold.widen(self._margin)
        return True

    @property
    def has_audio(self) -> bool:
        """False while only verdicts came."""
        return self._hold is not None

    def push_audio(self, offset: int, now_ms: int, chunk: Audio) -> bool:
        """Take the next chunk. False: it came before, there is nothing in it. A hole before it is filled with zeros:
        a chunk that could not be read.
        """
        if self._hold is None:
            self.floor = chunk.start_sample
            self._hold = Hold(self.head.channels, margin=self._margin, start=chunk.start_sample)
            self._hold.skip(self._skip)
            for early in self._early:
                self._apply(early)
            self._early = []
        newest = self._hold.newest
        end = chunk.start_sample + len(chunk.pcm)
        if self._last or end < newest or (end == newest and len(chunk.pcm) and not chunk.last):
            return False
        if chunk.start_sample > newest:
            hole = np.zeros((chunk.start_sample - newest, self.head.channels), np.int16)
            self._hold.push_audio(hole)
            spans = Span(newest, chunk.start_sample)
            self._missing += (Missing(c, spans) for c in range(self.head.channels))
            self.held_bytes += hole.nbytes
        fresh = chunk.pcm[max(0, newest - chunk.start_sample) :]
        self._hold.push_audio(fresh)
        self.held_bytes += fresh.nbytes
        self._missing += chunk.missing
        self._purposes = self._purposes if chunk.purposes is None else chunk.purposes
        self._last = chunk.last
        self.unreleased.append(Chunk(offset, Span(chunk.start_sample, end), now_ms, chunk.spoken_ms))
        self.uncommitted += 1
        self.taken_ms = now_ms
        return True

    def push_judgement(self, offset: int, item: Judgement, *, after_damage: bool = False) -> bool:
        """Take the next judgement of the log. False: a repeat. after_damage: a verdict before it could not be read."""
        if item.sequence >= 0:
            if self._next_sequence is not None and item.sequence < self._next_sequence:
                return False
            if self._next_sequence is None and not after_damage:
                self._begin_at(item.since)
            elif item.sequence != (self._next_sequence or 0):
                self.broken = self.broken or "verdict_lost"
            self._next_sequence = item.sequence + 1
        self.kept.append(Kept(offset, self._reach(item)))
        if self._hold is None:
            self._early.append(item)
        else:
            self._apply(item)
        return True

    def keep(self, offset: int, reason: str) -> None:
        """A verdict of this call could not be read: nothing of it is believed from here on."""
        self.broken = self.broken or reason
        self.kept.append(Kept(offset, END))

    def end(self) -> None:
        """No more audio will come."""
        self._last = True

    def blocks(self) -> list[tuple[Redacted, int]]:
        """What may leave now, for every purpose, with the count of hidden samples. After the last one `done` is set."""
        hold = self._hold
        if hold is None or self.done:
            return []
        due = hold.rest() if self._last and hold.decided >= hold.newest else hold.due()
        self.done = self._last and hold.released >= hold.newest
        if due is None and not self.done:
            return []
        self._left = True
        if due is None:
            nothing = np.zeros((0, self.head.channels), np.int16)
            due = Due(hold.released, nothing, tuple(() for _ in range(self.head.channels)))
        if (stored := share_of(due, allowed(self._purposes, STORAGE), last=self.done)) is not None:
            self._originals.push(stored.due)  # what storage may not have has no originals
        self.held_bytes -= due.clean.nbytes
        missing = self._missing_below(due.start + len(due.clean))
        size = max(1, BLOCK_BYTES_MAX // (2 * self.head.channels))
        cut = list(parts(due, size)) or [due]
        return [
            block
            for part in cut
            for purpose in self._maskers
            for block in self._blocks(purpose, part, self.done and part is cut[-1], missing)
        ]

    def released_chunks(self) -> list[Chunk]:
        """Chunks that have left whole since the last time."""
        out = []
        upto = self._hold.released if self._hold else 0
        while self.unreleased and self.unreleased[0].span.end <= upto and (len(self.unreleased) > 1 or not self._open):
            out.append(self.unreleased.popleft())
        return out

    def sealed(self, chunks: Iterable[Chunk], *, over: bool) -> list[Sealed]:
        """What the vault keeps of chunks that have left whole. over: the call is complete with them."""
        if not self._originals.wants:
            return []
        found = [Sealed(self.head, o, c.spoken_ms) for c in chunks for o in self._originals.take(c.span)]
        return [*found, Sealed(self.head, None, self.taken_ms, last=True)] if over else found

    def undecided_before(self, taken_ms: int) -> int:
        """The end of the last chunk taken before then that is not judged, or 0."""
        if self._hold is None:
            return 0
        ends = [c.span.end for c in self.unreleased if c.taken_ms < taken_ms]
        return ends[-1] if ends and ends[-1] > self._hold.decided else 0

    @property
    def _open(self) -> bool:
        """True if the call's last chunk came and its last block has not left: that chunk is not finished yet."""
        return self._last and not self.done

    def _begin_at(self, sample: int) -> None:
        """The first judgement this worker has: those before it are finished, so all they speak of is committed.

        Audio below may be here all the same, as accept sends some again after a crash. Without those judgements it
        must not leave.
        """
        self._skip = sample
        if self._hold is not None:
            before = self._hold.newest - self._hold.released
            self._hold.skip(sample)
            self.held_bytes -= (before - max(0, self._hold.newest - self._hold.released)) * 2 * self.head.channels

    def _apply(self, item: Judgement) -> None:
        assert self._hold is not None
        if not self.broken:
            try:
                for verdict in item.verdicts:
                    self._hold.push_verdict(verdict.channel, verdict.findings, verdict.watermark)
            except ValueError:
                self.broken = "verdict_contradicts"
        if item.silence_upto:
            self._hold.silence(item.silence_upto)

    def _reach(self, item: Judgement) -> int:
        """All audio below must be committed before a crash need not bring this judgement back."""
        ends = [f.span.end + self._margin + 1 for v in item.verdicts for f in v.findings]
        return max([*ends, *(v.watermark for v in item.verdicts), item.silence_upto])

    def _missing_below(self, end: int) -> list[Missing]:
        out = []
        while self._missing and self._missing[0].span.start < end:
            out.append(self._missing.popleft())
        return out

    def _blocks(self, purpose: str, due: Due, last: bool, missing: list[Missing]) -> Iterator[tuple[Redacted, int]]:
        """What of it a purpose may have, and silence before, where its part of the call begins."""
        share = share_of(due, allowed(self._purposes, purpose), last=last)
        if share is None:
            return
        yield from self._silence(purpose, share.silence)
        yield self._block(purpose, share, last or share.over, missing)

    def _silence(self, purpose: str, end: int) -> Iterator[tuple[Redacted, int]]:
        """The call up to `end`, of which this purpose may know nothing but how long it was."""
        channels = self.head.channels
        size = max(1, BLOCK_BYTES_MAX // (2 * channels))
        nothing = np.zeros((min(size, end), channels), np.int16)
        before = tuple(Finding(c, Span(0, end), UNJUDGED, Reason.NO_CONSENT, 1.0) for c in range(channels))
        for at in range(0, end, size):
            pcm = nothing[: end - at]
            yield Redacted(self.head, purpose, at, pcm, () if at else before, self._spoken_ms), pcm.size

    def _block(self, purpose: str, share: Share, last: bool, missing: Iterable[Missing]) -> tuple[Redacted, int]:
        masker, due = self._maskers[purpose], share.due
        pcm, count = masker.mask(due)
        own = Span(due.start, due.start + len(due.clean))
        first = share.silence > 0
        hidden = tuple(f for channel in due.hidden for x in channel if (f := _told(x, own, first)) and masker.hides(x))
        gaps = tuple(m for m in missing if own.start <= m.span.start < own.end)
        pcm16 = pcm.astype(np.int16)
        return Redacted(self.head, purpose, due.start, pcm16, hidden, self._spoken_ms, last, gaps, share.over), count

    @property
    def _spoken_ms(self) -> int:
        return self.unreleased[0].spoken_ms if self.unreleased else 0


def _told(finding: Finding, own: Span, first: bool) -> Finding | None:
    """A finding is told by the block it begins in; one to the end of the call by each block, clipped to it. first: of
    what a purpose has; then one that began before is told from here on.
    """
    if finding.span.end >= END:
        part = finding.span.clip(own)
        return replace(finding, span=part) if part else None
    if first and finding.span.start < own.start < finding.span.end:
        return replace(finding, span=Span(own.start, finding.span.end))
    return finding if own.start <= finding.span.start < own.end else None
