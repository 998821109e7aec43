"""What the stages of the live pipeline tell each other: one class per topic. The bytes are made by adapters/wire.py.

Every message belongs to one call and carries the call's `Head`, so that any worker can take it up.
Positions are samples of the call's native rate. Times end in _ms and are wall clock, for metrics and records only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from pipeline.core.consent import OPEN, Accesses, Told
from pipeline.core.finding import Finding
from pipeline.core.head import Head as Head  # noqa: PLC0414 - others have it from here
from pipeline.core.head import WrappedKey as WrappedKey  # noqa: PLC0414
from pipeline.core.metadata import NO_METADATA, Metadata
from pipeline.core.originals import Original
from pipeline.core.sound import Sound
from pipeline.core.span import Span
from pipeline.core.transcript import Turn
from pipeline.core.verdict import Verdict

Pcm16 = NDArray[np.int16]
END = OPEN  # "to the end of the call", as a sample


@dataclass(frozen=True, slots=True)
class Missing:
    """Samples of one channel that never came. They are zero in the audio and silence in what is released."""

    channel: int
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Intake:
    """One message of `calls.intake`, taken apart and decoded, before anybody checked that it fits its call.

    channel: the one channel `pcm` (n, 1) is of, or None: `pcm` is (n, channels). sequence: counts the
    messages of one sender's stream from 0. final: the channel (or, without channel, the call) ends with it; pcm may be
    empty then. profile: text, whatever it is. told: of consent, from start_sample on; then there is no audio.
    """

    tenant: str
    call: str
    channel: int | None
    channels: int
    rate: int
    sequence: int
    start_sample: int
    pcm: Pcm16
    final: bool
    trace: str = ""
    profile: str = field(default="", repr=False)
    metadata: Metadata = NO_METADATA
    told: Told | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """A chunk of raw audio (`calls.audio`, sealed): all channels, without gaps or overlaps, every chunk but the last
    CHUNK_MS long.

    sequence: 0, 1, 2 … of the call. pcm: (n, channels) int16. spoken_ms: when its last sample reached intake.
    last: the call ends here (n may be 0); reason then says how: "ended" or "timeout". profile: of the customer, with
    sequence 0. purposes: who may have what of the call, as far as is known here; None: nobody asked.
    """

    head: Head
    sequence: int
    start_sample: int
    pcm: Pcm16
    spoken_ms: int
    missing: tuple[Missing, ...] = ()
    last: bool = False
    reason: str = ""
    profile: str = field(default="", repr=False)
    purposes: Accesses | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """What was heard in one chunk of audio (`calls.words`, sealed): the same sequence, one Sound per channel.

    failed: a reason code if this call cannot be heard any more: nothing of it may be released from the last
    verdict on. Then sounds may be empty and it is the call's last Words. profile: of the customer, with sequence 0.
    purposes: as the chunk of audio has them.
    """

    head: Head
    sequence: int
    sounds: tuple[Sound, ...]
    spoken_ms: int
    failed: str = ""
    profile: str = field(default="", repr=False)
    purposes: Accesses | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """Verdicts (`calls.verdicts`). The first in the log with a given sequence counts; repeats are ignored.

    By identify: sequence 0, 1, 2 … of the call without holes; verdicts in order. A hole means lost findings:
    the call is silenced from there on. By mask, for what was not judged in time: sequence -1.
    silence_upto: undecided samples of all channels below it are silence for good, END: to the end of the call;
    0: none. reason: a code for that. since: the furthest that watermarks and findings of all judgements before
    it reach: it and those after it say all there is to say about the audio from there on.
    """

    head: Head
    sequence: int
    verdicts: tuple[Verdict, ...]
    spoken_ms: int
    silence_upto: int = 0
    reason: str = ""
    since: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Redacted:
    """Masked audio for one purpose (`calls.redacted.<purpose>`), in order and without holes, at least once.

    pcm: (n, channels) int16 from start_sample on. hidden: what of it was hidden, findings whose part begins in
    this block, clipped to nothing: their spans may reach beyond it. last: the call is complete with it. withdrawn: it
    is the last because consent was withdrawn: whoever has something of the call for this purpose destroys it.
    """

    head: Head
    purpose: str
    start_sample: int
    pcm: Pcm16
    hidden: tuple[Finding, ...]
    spoken_ms: int
    last: bool = False
    missing: tuple[Missing, ...] = ()
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Sealed:
    """What was spoken where it was hidden (`calls.sealed`, sealed), only of what the policy keeps; at least once.

    original: of one channel, within one chunk of audio; None with the call's last, which tells that it is complete.
    """

    head: Head
    original: Original | None
    spoken_ms: int
    last: bool = False

    @property
    def start_sample(self) -> int:
        """Where the original begins; -1: there is none."""
        return self.original.start if self.original else -1


@dataclass(frozen=True, slots=True, eq=False)
class TranscriptPart:
    """Redacted words for one purpose (`calls.transcripts.<purpose>`). sequence: 0, 1, 2 … the first of each counts."""

    head: Head
    purpose: str
    sequence: int
    turns: tuple[Turn, ...]
    last: bool = False


class ChatRole(StrEnum):
    """Who writes in a chat."""

    CUSTOMER = "customer"
    AGENT = "agent"
    BOT = "bot"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class ChatRaw:
    """One message of `chat.raw`, as it was written. author: told apart from others by it. sequence: 0, 1, 2 … of the
    conversation. final: the conversation ends with it; text may be empty then. metadata: jurisdiction and language.
    told: what was told of consent; then there is no text, and a yes counts from the message `sequence` on.
    """

    tenant: str
    conversation: str
    author: str
    role: ChatRole
    sequence: int
    text: str = field(repr=False)
    final: bool = False
    trace: str = ""
    metadata: Metadata = NO_METADATA
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class ChatRedacted:
    """The same message for one purpose (`chat.redacted.<purpose>`), at least once: the first with a sequence counts.

    head: its call is the conversation. hidden: spans of characters of the text as it was written. at_ms: when the
    broker had that. last: the conversation ends here; reason then says how: "ended", "timeout", or for this purpose
    alone "withdrawn". The latter two have sequence -1, nobody wrote them. reason otherwise: why nobody could judge the
    text, or empty.
    """

    head: Head
    purpose: str
    sequence: int
    author: str
    role: ChatRole
    text: str = field(repr=False)
    hidden: tuple[Finding, ...]
    at_ms: int
    last: bool = False
    reason: str = ""


class EventKind(StrEnum):
    """Life of a call. Add, never rename."""

    STARTED = "started"
    CONSENT = "consent"  # something was told of it: see facts
    ENDED = "ended"  # all its audio came, or it timed out: see reason
    PROFILE = "profile"  # the profile of its customer could not be used: see reason
    FAILED = "failed"  # it is silenced from a sample on: see reason
    INCIDENT = "incident"  # it is complete, and something of it should not have left: see facts


@dataclass(frozen=True, slots=True)
class Event:
    """One step in the life of a call (`calls.events`). facts: short codes and numbers, never words said."""

    head: Head
    kind: EventKind
    at_ms: int
    stage: str
    reason: str = ""
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def denied(self) -> frozenset[str]:
        """Of the end of a call: purposes that never had anything of it, as far as it says so."""
        return frozenset(dict(self.facts).get(DENIED, "").split(",")) - {""}


REVOKED = ("revoked", "1")
"""A fact of a consent event: its purpose keeps nothing of a call that is over. While a call runs Redacted says so."""
DENIED = "denied"
"""A fact of the event that a call ended: purposes, by commas, that never had anything of it."""


@dataclass(frozen=True, slots=True)
class Dead:
    """A message nobody could use (`calls.dead`): where it lies and why, and if the policy asks for it what it was.

    call, tenant, sequence, start_sample: as far as they could be read, else empty and -1. original: the bytes of
    its value, sealed on the wire; None: coordinates only. headers: those of the original, when it is kept.
    """

    stage: str
    topic: str
    partition: int
    offset: int
    reason: str
    at_ms: int
    tenant: str = ""
    call: str = ""
    sequence: int = -1
    start_sample: int = -1
    original: bytes | None = field(default=None, repr=False)
    headers: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class State:
    """What a stage knows of a running call (`calls.state.<stage>`, sealed, compacted: the newest counts).

    body: what the stage's own `version` of it says, as msgpack; None when the call is over (a tombstone).
    """

    head: Head
    stage: str
    version: int
    body: bytes | None = field(repr=False)


Message = (
    Intake | Audio | Words | Judgement | Redacted | Sealed | TranscriptPart | ChatRaw | ChatRedacted | Event | Dead
    | State
)  # fmt: skip
