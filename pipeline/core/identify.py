"""Merges what all channels heard by sample time and turns it into verdicts.

An utterance is judged once every channel has been heard so far that all that was said before it ended is known,
however the audio was cut on its way. Utterances are judged in the order of their ends, see `sequence`. What lies
between them is judged run by run of sound. So findings are a function of the audio, never of arrival.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pipeline.core.ahead import Ahead
from pipeline.core.aids import NO_AIDS, Aids
from pipeline.core.brief import PLAIN, Brief
from pipeline.core.channel_known import ChannelKnown
from pipeline.core.edges import outermost, place
from pipeline.core.entities import KEYPAD, UNJUDGED
from pipeline.core.finding import Finding, Reason
from pipeline.core.fit import finding_after
from pipeline.core.heard import Utterance
from pipeline.core.judge import Judge
from pipeline.core.judged import fused
from pipeline.core.level import Frames, frame_start
from pipeline.core.plain import finding_of, plain_finding
from pipeline.core.sequence import talks_over, turn_end
from pipeline.core.sound import Sound
from pipeline.core.span import Span
from pipeline.core.verdict import Verdict

FUSE_MS = 250  # hidden stretches this close are one: a clipped syllable between them helps nobody
RUN_MS_MAX = 1_000  # wordless sound is judged in parts, or a tune on hold would be held to its end
KEEP_MS = 30_000  # loudness kept behind the watermark


class Identify:
    """Judges one call. push(Sound) → verdicts of all channels; flush() when every channel has ended."""

    def __init__(self, channels: int, rate: int, aids: Aids = NO_AIDS, brief: Brief = PLAIN) -> None:
        self._rate = rate
        self._channels = tuple(ChannelKnown(rate) for _ in range(channels))
        self._judge = Judge(channels, rate, aids, brief)
        self._ahead = Ahead(channels, rate, aids, brief)
        self._early_upto = 0  # below this nothing will be found in what is told and not judged
        self._snaps = brief.detect.edges
        self._found: list[list[Finding]] = [[] for _ in range(channels)]

    def adopt(self, brief: Brief) -> None:
        """Judge by `brief`. Call it before the first push."""
        self._judge.adopt(brief)
        self._ahead.adopt(brief)
        self._snaps = brief.detect.edges

    def push(self, sound: Sound) -> tuple[Verdict, ...]:
        """Take news of one channel. Returns the verdicts it makes possible."""
        self._channels[sound.channel].take(sound)
        self._found[sound.channel] += [Finding(sound.channel, s, KEYPAD, Reason.KEYPAD, 1.0) for s in sound.keys]
        self._found[sound.channel] += [Finding(sound.channel, s, UNJUDGED, Reason.LATE, 1.0) for s in sound.lost]
        frontier = min(c.known_upto for c in self._channels)
        judged = self._judge_utterances()
        if judged or sound.heard.utterances or sound.heard.early:
            self._look_ahead()
        return self._verdicts(frontier)

    def snapshot(self) -> dict[str, Any]:
        """All it knows of the call, as plain values: as much as waits to be judged, KEEP_MS of loudness, a bit a
        frame, and what `Judge` remembers. It holds secrets: seal it."""
        return {
            "channels": [c.snapshot() for c in self._channels],
            "judge": self._judge.snapshot(),
            "found": [[plain_finding(f) for f in found] for found in self._found],
            "early": self._early_upto,
        }

    def restore(self, plain: Mapping[str, Any]) -> None:
        """Take up a `snapshot` of a call of the same channels and rate: from here on as if never interrupted.

        Raises ValueError, KeyError or TypeError if it is none of this release; then use this object no more.
        """
        for channel, known in zip(self._channels, plain["channels"], strict=True):
            channel.restore(known)
        self._judge.restore(plain["judge"])
        self._early_upto = int(plain["early"])
        self._found = [[finding_of(f) for f in found] for found in plain["found"]]
        if len(self._found) != len(self._channels):
            raise ValueError("a snapshot of another number of channels; its call must be silenced")

    def _judge_utterances(self) -> bool:
        """True if there were any."""
        judged = False
        while (nxt := self._next()) is not None:
            number, utterance = nxt
            channel = self._channels[number]
            self._judge_sounds(utterance.span.start, closed=number)
            channel.waiting.pop(0)
            overlapping = [
                (n, u)
                for n, other in enumerate(self._channels)
                for u in other.waiting
                if n != number and talks_over(u, utterance, self._rate)
            ]
            assert channel.frames is not None
            voiced = channel.frames.voiced(utterance.span)
            findings = self._judge.utterance(number, utterance, voiced, overlapping)
            self._found[number] += self._placed(channel, findings)
            channel.has_judged(utterance.span)
            judged = True
        return judged

    def _look_ahead(self) -> None:
        """What is told and not judged has changed."""
        self._early_upto = 0
        if self._ahead.on and any(c.early for c in self._channels):
            pending = [p for n, c in enumerate(self._channels) if c.frames for p in c.pending(n)]
            self._early_upto = self._ahead.upto(self._judge, pending, self._told_upto)

    @property
    def _told_upto(self) -> int:
        """Below this all is judged that was said."""
        return min([c.heard_upto for c in self._channels] + [u.span.start for c in self._channels for u in c.waiting])

    def _next(self) -> tuple[int, Utterance] | None:
        """The utterance that is the next one in the order, once no other can come before it and its edges are known."""
        ready = [(turn_end(c.waiting[0], self._rate), n) for n, c in enumerate(self._channels) if c.waiting]
        if not ready:
            return None
        number = min(ready)[1]
        utterance = self._channels[number].waiting[0]
        if self._channels[number].edges_upto < utterance.span.end:
            return None
        told = all(c.has_told(utterance) for n, c in enumerate(self._channels) if n != number)
        return (number, utterance) if told else None

    def _judge_sounds(self, frontier: int, *, closed: int | None = None, ended: bool = False) -> None:
        """Judge wordless sound of all channels below `frontier`, run by run in the order of their ends. closed: the
        channel on which no run goes on there; ended: on none.
        """
        runs: list[tuple[int, int, Span]] = []
        for number, channel in enumerate(self._channels):
            runs += ((run.end, number, run) for run in self._runs(channel, frontier, closed=ended or number == closed))
        for _, number, run in sorted(runs, key=lambda r: r[:2]):
            self._judge_run(number, run)

    def _runs(self, channel: ChannelKnown, frontier: int, *, closed: bool) -> Iterator[Span]:
        upto = min([frontier, *(u.span.start for c in self._channels for u in c.waiting)])
        if channel.frames is None or upto <= channel.judged_upto:
            return
        longest = RUN_MS_MAX * self._rate // 1000
        done = upto
        for run in channel.sound(upto):
            start = run.start
            while run.end - start >= longest and (start + longest < upto or closed):
                yield Span(start, start + longest)
                start += longest
            if run.end < upto or closed:
                yield Span(start, run.end)
            else:
                done = start
        channel.sound_judged(done)

    def _judge_run(self, number: int, run: Span) -> None:
        channel = self._channels[number]
        self._found[number] += self._placed(channel, self._judge.gap(number, run))

    def _outermost(self, channel: ChannelKnown, sample: int) -> int:
        """As far as an edge of what begins at `sample` or later may move outward."""
        if channel.frames is None:
            return 0
        known = min(sample, frame_start(channel.frames.end, self._rate))
        return outermost(known, channel.frames) if self._snaps else known

    def _placed(self, channel: ChannelKnown, findings: tuple[Finding, ...]) -> list[Finding]:
        """Edges moved outward to silence, close stretches joined."""
        assert channel.frames is not None
        end = channel.heard_upto if channel.ended else frame_start(channel.frames.end, self._rate)
        limit = Span(channel.watermark, max(end, channel.watermark))
        placed = [replace(f, span=self._edges(f.span, channel.frames, limit)) for f in findings]
        # What has left cannot be hidden any more: only where words of an open utterance promised too much.
        left = [part for f in placed if (part := finding_after(f, channel.watermark)) is not None]
        return list(fused(left, FUSE_MS * self._rate // 1000))

    def _edges(self, span: Span, frames: Frames, limit: Span) -> Span:
        return place(span, frames, limit=limit) if self._snaps else span

    def _verdicts(self, frontier: int) -> tuple[Verdict, ...]:
        ended = all(c.ended for c in self._channels)
        self._judge_sounds(frontier, ended=ended)
        told = self._told_upto
        early = min([self._early_upto, *(c.heard_upto for c in self._channels if c.early is None)])
        out = []
        for number, channel in enumerate(self._channels):
            final = max(told, early, channel.judged_upto)
            if channel.judged_upto < told and self._judge.expects(number, Span(channel.judged_upto, told)):
                final = channel.judged_upto
            watermark = max(channel.watermark, min(self._outermost(channel, final), channel.keys_upto))
            if ended:
                watermark = channel.heard_upto
            findings = tuple(sorted(self._found[number]))
            if watermark > channel.watermark or findings:
                out.append(Verdict(number, watermark, findings))
                channel.watermark = watermark
                self._found[number] = []
            channel.forget(channel.watermark - KEEP_MS * self._rate // 1000)
        self._judge.forget(min(c.watermark for c in self._channels))
        return tuple(out)
