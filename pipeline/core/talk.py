"""Who spoke how long on a call, told from its redacted audio alone, in 20 ms frames.

Frame k holds samples k * rate // 50 up to (k + 1) * rate // 50 of the call; only whole frames count. Of a channel, a
frame is *hidden* if it touches a hidden stretch, else *sounding* if it is as loud as SOUND_DBFS. Sound that goes on for
ten seconds without a pause is *music* from there on, other sound is *talk*. *Silence*: no channel sounds or is hidden.
A *hold* is a stretch in which nobody talks and nothing is hidden: silence, or music, and where music begins the first
ten seconds of it pass for talk. All of it is a function of the samples: how they are cut changes nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.finding import Finding
from pipeline.core.joiner import HoleError, Joiner
from pipeline.core.messages import Pcm16, Redacted, TranscriptPart
from pipeline.core.span import Span

VERSION = 1
FRAMES_PER_SECOND = 50
SOUND_DBFS = -45.0  # speech on a phone line lies 20 dB above; line noise and comfort noise below
PAUSE_FRAMES = 20  # 400 ms: shorter gaps are within words and sentences
MUSIC_FRAMES = 500  # 10 s: nobody speaks that long without a breath
_POWER = (32768 * 10 ** (SOUND_DBFS / 20)) ** 2

Known = tuple[int, int, int, str, str]
"""A hidden stretch: channel, start, end, entity, reason."""


@dataclass(slots=True)
class Voice:
    """Sums of one channel, in frames. burst: how long it sounds without a pause; quiet: how long it has not."""

    talk: int = 0
    music: int = 0
    hidden: int = 0
    words: int = 0
    interruptions: int = 0
    burst: int = 0
    quiet: int = 0
    talking: bool = False


@dataclass(slots=True)
class Totals:
    """Sums of the call, in frames. still, silent: how long nobody has talked, nothing has sounded."""

    frames: int = 0
    silence: int = 0
    crosstalk: int = 0
    still: int = 0
    silent: int = 0
    longest_hold: int = 0
    longest_silence: int = 0


@dataclass(slots=True)
class Talk:
    """What is known of one call so far. `plain` and `of` carry it over a crash.

    position: the first sample that has not come. lost_samples, lost_parts: what never came. part: the next part of
    the transcript. found: hidden stretches told since this object was made.
    """

    rate: int
    position: int = 0
    lost_samples: int = 0
    part: int = 0
    lost_parts: int = 0
    ended: bool = False
    words_ended: bool = False
    voices: list[Voice] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)
    found: set[Known] = field(default_factory=set)
    _next: int = 0  # the next frame
    _tail: Pcm16 = field(default_factory=lambda: np.zeros((0, 1), np.int16))
    _open: set[Known] = field(default_factory=set)

    @classmethod
    def begin(cls, rate: int, channels: int) -> Talk:
        """A call nothing is known of. Raises ValueError: not a call."""
        if rate < FRAMES_PER_SECOND or channels < 1:
            raise ValueError(f"{channels} channels at {rate} Hz: not a call")
        return cls(rate, voices=[Voice() for _ in range(channels)], _tail=np.zeros((0, channels), np.int16))

    @property
    def complete(self) -> bool:
        """Audio and words have ended."""
        return self.ended and self.words_ended

    def audio(self, block: Redacted) -> None:
        """The next block, or one again. Raises ValueError if it has another number of channels."""
        if block.pcm.ndim != 2 or block.pcm.shape[1] != len(self.voices):
            raise ValueError(f"a block of shape {block.pcm.shape} of a call of {len(self.voices)} channels")
        self._hide(block.hidden)
        joiner = Joiner(self.position)
        try:
            new = joiner.push(block.start_sample, block.pcm)
        except HoleError as hole:
            self._lose(joiner.skip(hole.start_sample))
            new = joiner.push(block.start_sample, block.pcm)
        tail_start = self.position - len(self._tail)
        self._tail = np.concatenate([self._tail, new])
        self.position = joiner.position
        self._count(tail_start)
        self.ended = self.ended or block.last

    def words(self, part: TranscriptPart) -> None:
        """The next part of the transcript, or one again."""
        if part.sequence < self.part:
            return
        self.lost_parts += part.sequence - self.part
        self.part = part.sequence + 1
        for turn in part.turns:
            if 0 <= turn.channel < len(self.voices):
                self.voices[turn.channel].words += sum(not piece.hidden for piece in turn.pieces)
        self.words_ended = self.words_ended or part.last

    def plain(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return {
            "version": VERSION,
            **{name: getattr(self, name) for name in _PLAIN},
            "voices": [asdict(voice) for voice in self.voices],
            "totals": asdict(self.totals),
            "next": self._next,
            "tail": base64.b64encode(self._tail.astype("<i2").tobytes()).decode(),
            "open": sorted(self._open),
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Talk:
        """What `plain` was made of. Raises KeyError, TypeError or ValueError if it is none."""
        if plain["version"] != VERSION:
            raise ValueError(f"sums of a call in version {plain['version']!r}")
        voices = [Voice(**voice) for voice in plain["voices"]]
        tail = np.frombuffer(base64.b64decode(plain["tail"]), "<i2").astype(np.int16).reshape(-1, len(voices))
        known = {(int(c), int(s), int(e), str(entity), str(reason)) for c, s, e, entity, reason in plain["open"]}
        return cls(
            **{name: plain[name] for name in _PLAIN}, voices=voices, totals=Totals(**plain["totals"]),
            _next=plain["next"], _tail=tail, _open=known,
        )  # fmt: skip

    def _hide(self, findings: Iterable[Finding]) -> None:
        told = {(f.channel, f.span.start, f.span.end, f.entity, str(f.reason)) for f in findings}
        self.found |= told
        self._open |= told

    def _lose(self, samples: int) -> None:
        """A hole: the frames it touches are not counted, and all runs end."""
        if not samples:
            return
        self.lost_samples += samples
        self.position += samples
        self._tail = self._tail[:0]
        self._next = -(-self.position * FRAMES_PER_SECOND // self.rate)
        self.totals.still = self.totals.silent = 0
        for voice in self.voices:
            voice.burst = voice.quiet = 0
            voice.talking = False

    def _count(self, tail_start: int) -> None:
        """All frames that are whole."""
        at = tail_start
        while (end := (self._next + 1) * self.rate // FRAMES_PER_SECOND) <= self.position:
            start = self._next * self.rate // FRAMES_PER_SECOND
            samples = self._tail[start - at : end - at].astype(np.int64)
            self._frame(Span(start, end), (samples * samples).sum(axis=0))
            self._next += 1
        start = self._next * self.rate // FRAMES_PER_SECOND
        self._tail = self._tail[max(0, start - at) :].copy()
        self._open = {known for known in self._open if known[2] > start}

    def _frame(self, span: Span, power: NDArray[np.int64]) -> None:
        hides = {c for c, start, end, _, _ in self._open if start < span.end and span.start < end}
        before = [voice.talking for voice in self.voices]
        sounds = [c for c in range(len(self.voices)) if c not in hides and power[c] >= _POWER * span.size]
        for c, voice in enumerate(self.voices):
            starts = _step(voice, c in hides, c in sounds)
            voice.interruptions += starts and any(before[o] for o in range(len(before)) if o != c)
        talking = sum(voice.talking for voice in self.voices)
        total = self.totals
        total.frames += 1
        total.crosstalk += talking > 1
        total.silence += not (sounds or hides)
        total.still = 0 if talking or hides else total.still + 1
        total.silent = 0 if sounds or hides else total.silent + 1
        total.longest_hold = max(total.longest_hold, total.still)
        total.longest_silence = max(total.longest_silence, total.silent)


def _step(voice: Voice, hidden: bool, sounding: bool) -> bool:
    """One frame of one channel. Returns whether it begins to talk."""
    fresh = voice.burst == 0
    voice.talking = False
    if hidden:
        voice.hidden += 1
        voice.burst, voice.quiet = max(voice.burst, 1), 0  # it was speech: what follows is no new start
    elif sounding:
        voice.burst += voice.quiet + 1 if voice.burst else 1
        voice.quiet = 0
        voice.talking = voice.burst <= MUSIC_FRAMES
        voice.talk += voice.talking
        voice.music += not voice.talking
    else:
        voice.quiet += 1
        if voice.quiet >= PAUSE_FRAMES:
            voice.burst = 0
    return fresh and voice.talking


_PLAIN = ("rate", "position", "lost_samples", "part", "lost_parts", "ended", "words_ended")
