"""One running call as `identify` knows it: what waits to be judged, what was published, what was said."""

from __future__ import annotations

from typing import Any

import msgpack

from pipeline.core.aids import Aids
from pipeline.core.brief import brief_of
from pipeline.core.consent import Access, Accesses
from pipeline.core.errors import ConfigError
from pipeline.core.fit import Fit, after
from pipeline.core.identify import Identify
from pipeline.core.messages import Head, Words
from pipeline.core.pin import Pin
from pipeline.core.span import Span
from pipeline.core.verdict import Verdict
from pipeline.ports.lane import Offset
from pipeline.ports.profiles import Profiles
from pipeline.stages.transcripts import Spoken

READ = "read"  # what became of a profile


class JudgedCall:
    """push(words) → verdicts. The rest are plain attributes that the lane counts in.

    sequence: of the next words. judgement: of the next Judgement. covered: words below that
    sequence are in a state. stated_at, stated_bytes: where the last state was made, in samples, and how long it
    was. spoken_ms: of the newest words. taken_ms: wall clock of the oldest words that no state covers; pending:
    the offsets of all of them. pin: None until the first words are judged here. profile: of
    the customer, as text. purposes: who may have what, as the newest words say.
    """

    def __init__(self, head: Head, aids: Aids) -> None:
        """Raises ValueError for a head that no call can have."""
        if head.channels < 1:
            raise ValueError(f"a call of {head.channels} channels; give at least one")
        self.head = head
        self.pin: Pin | None = None
        self.profile = ""
        self.purposes: Accesses | None = None
        self.spoken = Spoken()
        self.sequence = self.covered = 0
        self.judgement = 0
        self.stated_at = self.stated_bytes = 0
        self.spoken_ms = self.taken_ms = 0
        self.pending: list[Offset] = []
        self._fits = [Fit(head.rate) for _ in range(head.channels)]
        self._identify = Identify(head.channels, head.rate, aids)
        self._marks = [0] * head.channels  # published watermarks
        self.reach = 0  # the furthest of them and of all published findings

    def judge_by(self, pin: Pin, profiles: Profiles | None) -> str:
        """Judge by what `pin` and the profile say. Call it before the first push, and again after `restore`.

        Returns what became of the profile: READ, "no_key" or "unreadable", and "" if there is none.
        """
        self.pin = pin
        profile, outcome = None, "no_key" if self.profile else ""
        if self.profile and profiles is not None:
            try:
                profile, outcome = profiles.read(self.profile), READ
            except ConfigError:
                outcome = "unreadable"
        policies = list(pin.policies.values())
        self._identify.adopt(brief_of(policies, self.head.tenant, profile, early=pin.early))
        return outcome

    @property
    def upto(self) -> int:
        """The sample up to which news came."""
        return max(fit.upto for fit in self._fits)

    @property
    def judged_upto(self) -> int:
        """The sample up to which all channels are judged."""
        return min(self._marks)

    @property
    def ended(self) -> bool:
        """All channels have ended."""
        return all(fit.ended for fit in self._fits)

    @property
    def deaf(self) -> bool:
        """A channel has audio at its end that nobody heard."""
        return any(fit.deaf for fit in self._fits)

    def push(self, words: Words) -> tuple[Verdict, ...]:
        """What the next words make final. Raises ValueError or IndexError for words that do not follow on the last.

        Any error leaves the call half-way: then it must be silenced.
        """
        out = []
        self.purposes = words.purposes
        for news in words.sounds:
            if news.channel < 0:
                raise IndexError("a channel below 0; the call must be silenced")
            sound = self._fits[news.channel].push(news)
            for utterance in sound.heard.utterances:
                self.spoken.say(sound.channel, utterance)
            for said in self._identify.push(sound):
                verdict = after(said, self._marks[said.channel])
                self._marks[said.channel] = verdict.watermark
                for finding in verdict.findings:
                    self.spoken.hide(finding)
                out.append(verdict)
        return tuple(out)

    def snapshot(self) -> bytes:
        """All of it that must outlive this worker, as msgpack. It holds secrets: seal it."""
        plain: dict[str, Any] = {
            "identify": self._identify.snapshot(),
            "fits": [fit.snapshot() for fit in self._fits],
            "marks": self._marks,
            "reach": self.reach,
            "spoken": self.spoken.snapshot(),
            "sequence": self.sequence,
            "judgement": self.judgement,
            "spoken_ms": self.spoken_ms,
            "profile": self.profile,
            "purposes": self.purposes and [[a.purpose, a.span.start, a.span.end] for a in self.purposes],
        }
        return bytes(msgpack.packb(plain))

    def restore(self, body: bytes) -> None:
        """Take up a `snapshot`. Raises all kinds of errors if it is none of this release."""
        plain = msgpack.unpackb(body)
        self._identify.restore(plain["identify"])
        for fit, known in zip(self._fits, plain["fits"], strict=True):
            fit.restore(known)
        marks = [int(mark) for mark in plain["marks"]]
        if len(marks) != len(self._marks):
            raise ValueError("a state of another number of channels; its call must be silenced")
        self._marks, self.reach = marks, int(plain["reach"])
        self.spoken.restore(plain["spoken"])
        self.profile = str(plain["profile"])
        known = plain.get("purposes")
        self.purposes = known and tuple(Access(str(name), Span(start, end)) for name, start, end in known)
        self.sequence = self.covered = int(plain["sequence"])
        self.judgement, self.spoken_ms = int(plain["judgement"]), int(plain["spoken_ms"])
        self.stated_at, self.stated_bytes = self.upto, len(body)
