"""Where finished calls are kept. What is kept is durable when a method returns, and survives any crash.

Every method may be repeated, also by another worker that took the partition over: the same call and the same
samples give the same result, and a finished call is never changed. They are called from a pool, for one call by
one caller at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.core.finding import Finding
from pipeline.core.messages import Head, Missing, Pcm16, TranscriptPart
from pipeline.core.span import Span


@dataclass(frozen=True, slots=True)
class Shelved:
    """How much of a call is durable. position: samples of each channel; words_last: the transcript has ended.

    finished: the call is complete; nothing more is taken.
    """

    position: int
    words_last: bool = False
    finished: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What came of one call. pieces: (start sample, pcm (n, channels)), in order; lost: samples that never came.

    start, end: all samples from one to the other are in pieces or in lost.
    """

    start: int
    end: int
    pieces: Sequence[tuple[int, Pcm16]] = ()
    lost: Sequence[Span] = ()
    hidden: Sequence[Finding] = ()
    missing: Sequence[Missing] = ()
    parts: Sequence[TranscriptPart] = ()


class Shelf(Protocol):
    """Keeps calls. All methods raise OutputError if they may be tried again, InputError if that is no use."""

    def open(self, head: Head) -> Shelved:
        """Take up a call, known or new."""
        ...

    def keep(self, head: Head, batch: Batch) -> None:
        """Add to a call that was opened. Once it is finished, this does nothing."""
        ...

    def finish(self, head: Head) -> None:
        """All that can come of the call is kept: make recording, transcript and manifest of it."""
        ...
