"""How far audio may leave before what was said is judged: up to what a judgement of it as it stands may hide.

The judge hears the words there are as if they were all, on a copy of what it knows of the call, and expecting the
worst of it. Whatever it finds, and whatever may still become a finding, is waited for.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.aids import Aids
from pipeline.core.brief import Brief
from pipeline.core.early import Pending, asks, plain_upto
from pipeline.core.expectations import EARLY_MS
from pipeline.core.judge import Judge
from pipeline.core.profile import CHARS_MAX, WORDS
from pipeline.core.sequence import turn_end

JITTER_MS = 200  # the same word, heard again with more behind it, begins earlier by less


class Ahead:
    """Of one call. rate: samples per second."""

    def __init__(self, channels: int, rate: int, aids: Aids, brief: Brief) -> None:
        self._rate = rate
        self._lists = aids.lists
        self._judge = Judge(channels, rate, aids, brief)
        self.adopt(brief)

    def adopt(self, brief: Brief) -> None:
        """Judge by `brief`."""
        self._judge.adopt(brief)
        self._tail: int | None = None  # characters; None: no words are plain before all are known
        if brief.early and self._lists.words:
            profile = brief.profile is not None and WORDS in brief.profile.hashes
            reach = brief.custom.reach
            self._tail = None if reach is None else max(reach, CHARS_MAX * profile)

    @property
    def on(self) -> bool:
        """False if nothing may leave early, whatever is said."""
        return self._tail is not None

    def upto(self, judge: Judge, pending: Sequence[Pending], since: int) -> int:
        """The sample below which `judge` will find nothing in `pending`, at least `since`.

        since: up to there all is judged. pending: in any order, all of it.
        """
        if self._tail is None or judge.asked(since) or judge.is_told(since):
            return since
        pending = sorted(pending, key=lambda p: (turn_end(p.utterance, self._rate), p.channel))
        jitter, early = (ms * self._rate // 1000 for ms in (JITTER_MS, EARLY_MS))
        bound = min(plain_upto(p, self._lists, self._rate, self._tail) for p in pending) - jitter
        if any(p.open and asks(p, self._rate) for p in pending):
            # Who talks at the same time may answer what is not asked to its end.
            bound = min([bound, *sorted(p.utterance.span.start for p in pending)[1:]])
        if bound <= since:
            return since
        self._judge.suspect(judge)
        for n, item in enumerate(pending, 1):
            utterance = item.utterance
            others = [
                (p.channel, p.utterance)
                for p in pending[n:]
                if p.channel != item.channel and p.utterance.span.start < utterance.span.end
            ]
            found = self._judge.utterance(item.channel, utterance, item.voiced, others)
            bound = min([bound, *(f.span.start - jitter for f in found)])
            bound = min([bound, *(at - early - jitter for at in self._judge.asked(since))])
        return max(since, bound)
