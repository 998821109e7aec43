"""One running call as `hear` knows it: its chunks on the loop's side, its listening channels on the pool's side."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgpack
import numpy as np
from numpy.typing import NDArray

from pipeline.core.consent import Accesses
from pipeline.core.heard import Heard, Utterance
from pipeline.core.messages import Audio, Head, Pcm16
from pipeline.core.sound import Sound
from pipeline.core.span import Span
from pipeline.ports.engine import Engine
from pipeline.ports.lane import Job, Offset
from pipeline.ports.resampler import OpenResampler
from pipeline.stages.channel import Hear

VERSION = 1  # of the state's body
BITS = 16
RETELL_S = 15  # one utterance and the pause behind it: two recognisers tell of it at most this far apart
HOLE_S_MAX = 1  # more that nobody heard may hold the question to what follows: then nothing of it may leave
HOLE_CHUNKS_MAX = 4  # the same

Sounds = tuple[Sound, ...]
Snapshots = tuple[dict[str, Any], ...]  # by channel, see channel.Hear


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """A stretch of the call. pcm: (n, channels) int16. at_ms: when it was in the log. lost: nobody here could read it,
    and pcm is zeros.
    """

    sequence: int
    start: int
    pcm: Pcm16
    spoken_ms: int
    at_ms: int
    last: bool = False
    lost: bool = False
    profile: str = field(default="", repr=False)
    purposes: Accesses | None = None

    @property
    def end(self) -> int:
        """The sample after its last one."""
        return self.start + len(self.pcm)

    @classmethod
    def of(cls, audio: Audio, at_ms: int) -> Chunk:
        """The chunk a message brings."""
        return cls(
            audio.sequence, audio.start_sample, audio.pcm, audio.spoken_ms, at_ms, audio.last, profile=audio.profile,
            purposes=audio.purposes,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What a job gives back. chunks: those that were heard, each with one Sound per channel. snapshots: what to go on
    from. words: how many of them are new. error: its name, if something went wrong.
    """

    chunks: tuple[tuple[Chunk, Sounds], ...]
    snapshots: Snapshots
    words: int
    error: str = ""


class Listener:
    """All channels of a call. Whoever runs `work` has it alone."""

    def __init__(self, head: Head, engine: Engine, resampler: OpenResampler, snapshots: Snapshots = ()) -> None:
        """snapshots: to go on from; empty at the beginning of the call."""
        self._head, self._engine, self._resampler = head, engine, resampler
        self._snapshots = snapshots
        self.early = False  # words of open utterances are asked for
        self._hears: list[Hear] = []
        self._recent: list[tuple[Utterance, ...]] = [()] * head.channels

    def work(self, old: Sequence[Chunk], fresh: Sequence[Chunk], retell_ms: int) -> Told:
        """Hear `fresh`. old: what was heard before, at least from "refeed_from" on. Never raises.

        retell_ms: with chunks that were in the log before this time, the utterances of the last RETELL_S are told
        again: somebody else may have told of this chunk, and have meant to tell of them later.
        """
        told: list[tuple[Chunk, Sounds]] = []
        words, error = 0, ""
        try:
            if not self._hears:
                self._hears = self._opened(old, min((c.spoken_ms for c in fresh), default=0))
            for chunk in fresh:
                sounds = tuple(self._heard(hear, chunk, n) for n, hear in enumerate(self._hears))
                again = tuple(self._again(s, chunk.end) for s in sounds)
                told.append((chunk, again if chunk.at_ms < retell_ms else sounds))
                words += sum(len(u.words) for s in sounds for u in s.heard.utterances)
                if not chunk.last:
                    self._snapshots = tuple(hear.snapshot() for hear in self._hears)
        except Exception as failure:  # by its name only: a library's message may hold what was said
            self._hears, error = [], type(failure).__name__
        return Told(tuple(told), self._snapshots, words, error)

    def _opened(self, old: Sequence[Chunk], due_ms: int) -> list[Hear]:
        head = self._head
        hears = [
            Hear(n, head.rate, BITS, self._engine, self._resampler, early=self.early) for n in range(head.channels)
        ]
        for n, (hear, plain) in enumerate(zip(hears, self._snapshots, strict=False)):
            hear.resume(plain)
            hear.refeed(stretch(old, plain["refeed_from"], plain["pushed"], n), due_ms)
        return hears

    @staticmethod
    def _heard(hear: Hear, chunk: Chunk, channel: int) -> Sound:
        sound = hear.push(_mono(chunk, channel), chunk.spoken_ms)
        if chunk.lost:  # others may be able to read it: nobody heard it, so it must not leave
            sound = replace(sound, lost=(Span(chunk.start, chunk.end),))
        return joined(sound, hear.flush()) if chunk.last else sound

    def _again(self, sound: Sound, now: int) -> Sound:
        recent = (*self._recent[sound.channel], *sound.heard.utterances)
        keep = tuple(u for u in recent if u.span.end > now - RETELL_S * self._head.rate)
        self._recent[sound.channel] = keep
        return replace(sound, heard=replace(sound.heard, utterances=keep))


def _mono(chunk: Chunk, channel: int) -> NDArray[np.int32]:
    return chunk.pcm[:, channel].astype(np.int32)


def stretch(chunks: Sequence[Chunk], start: int, end: int, channel: int) -> NDArray[np.int32]:
    """Samples `start` to `end` of a channel, (n,). What no chunk holds is 0."""
    out = np.zeros(end - start, np.int32)
    for chunk in chunks:
        lo, hi = max(start, chunk.start), min(end, chunk.end)
        if lo < hi:
            out[lo - start : hi - start] = chunk.pcm[lo - chunk.start : hi - chunk.start, channel]
    return out


def joined(sound: Sound, last: Sound) -> Sound:
    """Two Sounds that follow each other, as one."""
    frames = replace(
        sound.frames,
        rms=np.concatenate((sound.frames.rms, last.frames.rms)),
        threshold=np.concatenate((sound.frames.threshold, last.frames.threshold)),
    )
    heard = Heard(last.heard.upto, sound.heard.utterances + last.heard.utterances)
    return replace(last, heard=heard, keys=sound.keys + last.keys, lost=sound.lost, frames=frames)


@dataclass(slots=True, eq=False)
class RunningCall:
    """A call on the loop's side. heard: sequence of the last chunk told. next: of the chunk to come, None: whichever
    comes first after a crash. position: its first sample. old: chunks told, as far as they may be needed again.
    retell_ms: somebody else may have told of chunks that were in the log before. unknown: of the next one, too.
    checked: its pin is ours.
    """

    head: Head
    listener: Listener
    heard: int = -1
    next: int | None = 0
    position: int = 0
    snapshots: Snapshots = ()
    queue: deque[Chunk] = field(default_factory=deque)
    old: deque[Chunk] = field(default_factory=deque)
    offsets: deque[tuple[int, Offset]] = field(default_factory=deque)  # with the sample their chunk ends at
    lost: dict[int, Offset] = field(default_factory=dict)  # unreadable, by sequence
    job: Job | None = None
    failures: int = 0
    stated_at: int = 0
    taken_ms: int = 0
    started_ms: int = 0  # of the job
    spoken_ms: int = 0
    retell_ms: int = 0
    unknown: bool = True
    checked: bool = False

    @property
    def pushed(self) -> int:
        """Samples told of."""
        return int(self.snapshots[0]["pushed"]) if self.snapshots else 0

    @property
    def needed_from(self) -> int:
        """Audio below this sample is not needed any more, once what follows from it is safe."""
        return min((int(s["refeed_from"]) for s in self.snapshots), default=0)

    def add(self, chunk: Chunk, offset: Offset) -> bool:
        """Take the next chunk; what is missing before it is told as lost. False if it cannot be of this call."""
        if self.next is None:
            if self.heard >= 0 and chunk.start > self.needed_from and not self.lost:
                return False  # an old state, of a worker thought dead: what it needs is committed, and gone
            new = chunk.sequence > self.heard + 1
            self.next, self.position = (self.heard + 1, self.pushed) if new else (chunk.sequence, chunk.start)
        missing, gap = chunk.sequence - self.next, chunk.start - self.position
        fits = 0 <= gap <= HOLE_S_MAX * self.head.rate and (missing or not gap) and missing <= HOLE_CHUNKS_MAX
        if not fits or chunk.pcm.ndim != 2 or chunk.pcm.shape[1] != self.head.channels:
            return False
        for n in range(missing):
            start, end = (self.position + gap * k // missing for k in (n, n + 1))
            zeros = np.zeros((end - start, self.head.channels), np.int16)
            self._put(
                Chunk(self.next + n, start, zeros, chunk.spoken_ms, chunk.at_ms, lost=True, purposes=chunk.purposes)
            )
        for sequence in sorted(self.lost):
            if sequence <= chunk.sequence:
                self.offsets.append((chunk.start, self.lost.pop(sequence)))
        self.offsets.append((chunk.end, offset))
        self.next, self.position = chunk.sequence + 1, chunk.end
        return self._put(chunk)

    def _put(self, chunk: Chunk) -> bool:
        """False if it does not begin where the last state ends."""
        if chunk.sequence <= self.heard:
            self.old.append(chunk)
            return chunk.end <= self.pushed
        self.queue.append(chunk)
        return chunk.sequence > self.heard + 1 or chunk.start == self.pushed

    def told(self, told: Told) -> None:
        """Chunks were heard: keep of them what may be needed again."""
        for chunk, _ in told.chunks:
            self.old.append(self.queue.popleft())
            self.heard, self.spoken_ms = chunk.sequence, chunk.spoken_ms
            self.unknown = chunk.at_ms < self.retell_ms
        self.snapshots = told.snapshots
        while self.old and self.old[0].end <= self.needed_from:
            self.old.popleft()

    def state(self) -> bytes:
        """The body of its State."""
        return bytes(msgpack.packb([self.heard, self.spoken_ms, list(self.snapshots)]))

    def covered(self) -> list[Offset]:
        """Offsets that are done once the state of now is confirmed. Told once."""
        out = []
        while self.offsets and self.offsets[0][0] <= self.needed_from:
            out.append(self.offsets.popleft()[1])
        return out

    def rest(self) -> list[Offset]:
        """All offsets left: the call is over."""
        return [*(offset for _, offset in self.offsets), *self.lost.values()]


def restored(head: Head, body: bytes, engine: Engine, resampler: OpenResampler) -> RunningCall:
    """The call a `state` was written of. Raises an error of any kind if it is none."""
    heard, spoken_ms, plain = msgpack.unpackb(body)
    snapshots = tuple(plain)
    if len(snapshots) != head.channels or len({s["pushed"] for s in snapshots}) != 1:
        raise ValueError("a state that is not of this call; it must be silenced")
    for snapshot in snapshots:  # read it now: later it would be taken for a failure of the engine
        Hear(0, head.rate, BITS, engine, resampler).resume(snapshot)
    call = RunningCall(head, Listener(head, engine, resampler, snapshots), int(heard), None, snapshots=snapshots)
    call.spoken_ms, call.stated_at = int(spoken_ms), call.pushed
    return call
