"""Where finished calls are kept. What is kept is durable when a method returns, and survives any crash.

Every method may be repeated, also by another worker that took the partition over: the same call and the same
samples give the same result, and a finished call is never changed. They are called from a pool, for one call by
one caller at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from pipeline.core.finding import Finding
from pipeline.core.messages import Event, Head, Missing, Pcm16, TranscriptPart
from pipeline.core.proof import Problem
from pipeline.core.span import Span


@dataclass(frozen=True, slots=True)
class Shelved:
    """How much of a call is durable. position: samples of each channel; words_last: the transcript has ended.

    finished: the call is complete; nothing more is taken. incident: its name, if it failed its proof.
    """

    position: int
    words_last: bool = False
    finished: bool = False
    incident: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """A call is complete. incident: the name of what is wrong with it, and then it lies where nobody opens it; or
    empty.
    """

    incident: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """Where in Kafka something of a call was read: what went out there live. first, last: offsets, with those of
    other calls between them. start, end: the samples, both 0 for words.
    """

    topic: str
    partition: int
    first: int
    last: int
    start: int = 0
    end: int = 0

    def hull(self, other: Passage) -> Passage:
        """Both as one. Of the same topic and partition."""
        return Passage(
            self.topic, self.partition, min(self.first, other.first), max(self.last, other.last),
            min(self.start, other.start), max(self.end, other.end),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What came of one call. pieces: (start sample, pcm (n, channels)), in order; lost: samples that never came.

    start, end: all samples from one to the other are in pieces or in lost. read: where it came from.
    """

    start: int
    end: int
    pieces: Sequence[tuple[int, Pcm16]] = ()
    lost: Sequence[Span] = ()
    hidden: Sequence[Finding] = ()
    missing: Sequence[Missing] = ()
    parts: Sequence[TranscriptPart] = ()
    read: Sequence[Passage] = ()


class Proof(Protocol):
    """What a call must pass before anybody may open it. From any thread."""

    def turn(self) -> AbstractContextManager[bool]:
        """While it is held this call may be proven; False: too many others are."""
        ...

    def problems(self, manifest: Mapping[str, Any], recording: bytes | None, head: Head) -> tuple[Problem, ...]:
        """All that is wrong with a call; what cannot be proven is a problem too. recording: the file, None: it has no
        samples. Raises EngineError if it was stopped.
        """
        ...


class Shelf(Protocol):
    """Keeps calls. All methods raise InputError if trying again is no use, as for a call of which something was
    tampered with; OutputError and others if it may help.
    """

    def open(self, head: Head) -> Shelved:
        """Take up a call, known or new."""
        ...

    def keep(self, head: Head, batch: Batch) -> None:
        """Add to a call that was opened. Once it is finished, this does nothing."""
        ...

    def finish(self, head: Head) -> Finished | None:
        """All that can come of the call is kept: make recording, transcript and manifest of it, and prove it first
        where that is wanted. None: not now, others are being proven.
        """
        ...

    def withdraw(self, head: Head) -> None:
        """Consent was withdrawn: nothing that is or comes of the call is kept. Raises RefusedError: it must be."""
        ...

    def note(self, event: Event) -> None:
        """An event of consent: write it down, and do what it says of a call that is over. Or the end of a call nothing
        of which may be kept.
        """
        ...
