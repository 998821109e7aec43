"""Makes what is heard of a channel fit what was told of it before.

After a crash another recogniser may take up a call: one that was lost cannot be woken. It may tell of speech that was
told before, or have heard less far. What was published stands, so the new news gives way. Of a recogniser that keeps
its contract nothing is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.core.finding import Finding
from pipeline.core.heard import Heard, Utterance
from pipeline.core.level import FRAMES_PER_SECOND, Frames, frame_start
from pipeline.core.sound import Sound
from pipeline.core.span import Span
from pipeline.core.verdict import Verdict


class Fit:
    """What was told of one channel so far, all in samples at `rate` Hz but frames, counted."""

    def __init__(self, rate: int) -> None:
        """Raises ValueError for a rate that has no loudness frames."""
        if rate < FRAMES_PER_SECOND:
            raise ValueError(f"a call at {rate} Hz has no loudness frames; give at least {FRAMES_PER_SECOND}")
        self._rate = rate
        self._upto = 0  # as Heard.upto
        self._keys_upto = 0
        self._told = 0  # end of the last utterance
        self._frames = 0
        self._ended = False

    def push(self, sound: Sound) -> Sound:
        """The part of `sound` that is news. Raises ValueError if frames are missing, or news comes after the end."""
        frames = sound.frames
        if self._ended or frames.rate != self._rate or frames.first > self._frames:
            raise ValueError("news that does not follow on the last; its call must be silenced")
        utterances = []
        for utterance in sound.heard.utterances:
            part = _after(utterance, self._told)
            if part is not None:
                utterances.append(part)
                self._told = part.span.end
        self._upto, self._keys_upto = max(self._upto, sound.heard.upto), max(self._keys_upto, sound.keys_upto)
        known = self._frames - frames.first
        if known:
            at = min(known, frames.rms.size)
            frames = Frames(self._rate, self._frames, frames.rms[at:], frames.threshold[at:])
        self._frames, self._ended = frames.end, sound.ended
        early = sound.heard.early
        if early is not None and early.span.start < max(self._upto, self._told):
            early = None  # of speech that was told as ended
        heard = Heard(self._upto, tuple(utterances), early)
        return replace(sound, heard=heard, keys_upto=self._keys_upto, frames=frames)

    @property
    def ended(self) -> bool:
        """The channel has ended."""
        return self._ended

    @property
    def upto(self) -> int:
        """The sample up to which loudness is known."""
        return frame_start(self._frames, self._rate)

    @property
    def deaf(self) -> bool:
        """There is audio behind the last sample that was heard."""
        return self._upto < self.upto

    def snapshot(self) -> list[int]:
        """All of it as plain numbers."""
        return [self._upto, self._keys_upto, self._told, self._frames, int(self._ended)]

    def restore(self, plain: Sequence[int]) -> None:
        """Take up a `snapshot`. Raises ValueError or TypeError if it is none."""
        self._upto, self._keys_upto, self._told, self._frames, ended = map(int, plain)
        self._ended = bool(ended)


def after(verdict: Verdict, watermark: int) -> Verdict:
    """`verdict` without what lies below `watermark`, its channel's last: that was final already."""
    if verdict.watermark >= watermark and all(f.span.start >= watermark for f in verdict.findings):
        return verdict
    return Verdict(
        verdict.channel,
        max(verdict.watermark, watermark),
        tuple(part for f in verdict.findings if (part := finding_after(f, watermark)) is not None),
    )


def finding_after(finding: Finding, start: int) -> Finding | None:
    """What of a finding lies behind sample `start`."""
    if finding.span.start >= start:
        return finding
    return replace(finding, span=Span(start, finding.span.end)) if finding.span.end > start else None


def _after(utterance: Utterance, start: int) -> Utterance | None:
    """What of an utterance lies behind sample `start`."""
    if utterance.span.start >= start:
        return utterance
    if utterance.span.end <= start:
        return None
    words, *others = (
        tuple(replace(w, span=Span(max(w.span.start, start), w.span.end)) for w in words if w.span.end > start)
        for words in utterance.readings
    )
    return Utterance(Span(start, utterance.span.end), words, tuple(others))
