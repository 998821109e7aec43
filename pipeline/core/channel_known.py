"""What is known of one channel and not judged yet: utterances, loudness, how far it was heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.core.early import PAUSE_MS, Pending
from pipeline.core.edges import final_upto
from pipeline.core.heard import Early, Utterance
from pipeline.core.level import Frames, frame_start
from pipeline.core.plain import plain_utterance, utterance_of
from pipeline.core.sequence import touch, turn_end
from pipeline.core.sound import Sound
from pipeline.core.span import Span, complement


class ChannelKnown:
    """Positions in native samples, `rate` in Hz. heard_upto: all utterances below are told. judged_upto: of the sound
    between them. watermark: as the last verdict had it.
    """

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.heard_upto = 0
        self.keys_upto = 0
        self.ended = False
        self.frames: Frames | None = None
        self.waiting: list[Utterance] = []
        self.judged_upto = 0  # of the sound between utterances
        self.spoken: list[Span] = []  # utterances judged beyond that: sound before them still waits
        self.watermark = 0
        self.early: Early | None = None  # of the open utterance

    def take(self, sound: Sound) -> None:
        """News of this channel."""
        self.heard_upto = sound.heard.upto
        if self.early is not None and self.early.span.start < self.heard_upto:
            self.early = None  # it has ended
        self.early = sound.heard.early or self.early
        self.keys_upto = sound.keys_upto
        self.ended = sound.ended
        self.waiting += sound.heard.utterances
        old, new = self.frames, sound.frames
        self.frames = (
            new
            if old is None
            else replace(
                old,
                rms=np.concatenate((old.rms, new.rms)),
                threshold=np.concatenate((old.threshold, new.threshold)),
            )
        )

    @property
    def known_upto(self) -> int:
        """Below this all utterances are told and edges can be placed."""
        return min(self.heard_upto, self.edges_upto)

    @property
    def edges_upto(self) -> int:
        """Loudness reaches far enough to place edges up to here."""
        if self.ended:
            return self.heard_upto
        return final_upto(self.frames) if self.frames else 0

    def has_told(self, utterance: Utterance) -> bool:
        """All that this channel said and is judged before that utterance of another one is told."""
        if self.ended:
            return True
        return self.known_upto >= utterance.span.start and turn_end(utterance, self.rate) < self.heard_upto + touch(
            self.rate
        )

    def snapshot(self) -> dict[str, Any]:
        """As plain values. They hold secrets."""
        frames = self.frames
        # Of loudness only "quiet or not" is ever asked: one bit a frame.
        quiet = None if frames is None else [frames.first, frames.rms.size, np.packbits(frames.quiet).tobytes()]
        return {
            "heard": self.heard_upto,
            "keys": self.keys_upto,
            "ended": self.ended,
            "quiet": quiet,
            "waiting": [plain_utterance(u) for u in self.waiting],
            "judged": self.judged_upto,
            "spoken": [[s.start, s.end] for s in self.spoken],
            "watermark": self.watermark,
            "early": self.early and plain_utterance(Utterance(self.early.span, self.early.words)),
        }

    def restore(self, plain: Mapping[str, Any]) -> None:
        """Take up a `snapshot`. Raises ValueError, KeyError or TypeError if it is none of this release."""
        self.heard_upto, self.keys_upto = int(plain["heard"]), int(plain["keys"])
        self.ended = bool(plain["ended"])
        self.judged_upto, self.watermark = int(plain["judged"]), int(plain["watermark"])
        self.waiting = [utterance_of(u) for u in plain["waiting"]]
        self.spoken = [Span(int(start), int(end)) for start, end in plain["spoken"]]
        early = plain["early"] and utterance_of(plain["early"])
        self.early = Early(early.span, early.words) if early else None
        self.frames = None
        if plain["quiet"] is not None:
            first, size, packed = plain["quiet"]
            quiet = np.unpackbits(np.frombuffer(packed, np.uint8))[:size].astype(np.float32)
            if quiet.size != size:
                raise ValueError("a snapshot of less loudness than it says; its call must be silenced")
            self.frames = Frames(self.rate, int(first), 1 - quiet, quiet)

    def has_judged(self, utterance: Span) -> None:
        """That utterance is. Sound without words before it may not be, if somebody else still speaks."""
        self.spoken.append(utterance)
        self.sound_judged(self.judged_upto)

    def sound_judged(self, upto: int) -> None:
        """All sound below is, and so is what was said right behind."""
        self.judged_upto = max(self.judged_upto, upto)
        while self.spoken and not self._sound(Span(self.judged_upto, max(self.judged_upto, self.spoken[0].start))):
            self.judged_upto = max(self.judged_upto, self.spoken.pop(0).end)

    def sound(self, upto: int) -> list[Span]:
        """Where there is sound below `upto` that belongs to no utterance and is not judged."""
        within = Span(self.judged_upto, upto)
        return [run for gap in complement(self.spoken, within) for run in self._sound(gap)]

    def _sound(self, within: Span) -> tuple[Span, ...]:
        assert self.frames is not None
        return self.frames.voiced(within)

    def pending(self, number: int) -> list[Pending]:
        """All that is told and not judged. number: of this channel."""
        told = [(u, False) for u in self.waiting]
        if self.early is not None:
            told.append((Utterance(self.early.span, self.early.words), True))
        assert self.frames is not None
        return [Pending(number, u, self.frames.voiced(u.span), is_open, self._paused(u)) for u, is_open in told]

    def _paused(self, utterance: Utterance) -> bool:
        """Nobody speaks right behind its last word."""
        assert self.frames is not None
        end = max((w.span.end for w in utterance.words), default=utterance.span.end)
        behind = Span(end, end + PAUSE_MS * self.rate // 1000)
        return behind.end <= frame_start(self.frames.end, self.rate) and not self.frames.voiced(behind)

    def forget(self, before: int) -> None:
        """Drop loudness before that sample."""
        frames = self.frames
        if frames is None:
            return
        drop = before * 100 // self.rate - frames.first
        if drop > 0:
            self.frames = replace(
                frames, first=frames.first + drop, rms=frames.rms[drop:], threshold=frames.threshold[drop:]
            )
