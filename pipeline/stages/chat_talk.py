"""One conversation as `chat` knows it: what waits for its turn, what was lost, and the context its rules have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import msgpack

from pipeline.core.consent import Gate
from pipeline.core.finding import Finding
from pipeline.core.messages import ChatRaw, ChatRole, Head
from pipeline.core.written import Conversation
from pipeline.ports.lane import Offset

WAITING_MAX = 200  # messages that came too soon; more of them, and what they wait for is given up
WAITING_CHARS_MAX = 400_000  # of them together: a state must hold them
LOST_MAX = 100  # stretches of sequences given up that are known; of older ones a late message counts as a repeat
CONTEXT_BYTES_MAX = 2 << 20  # a message of the state topic takes 4 MiB, with all that waits

Open = Callable[[Head], Conversation]
"""An empty context under the rules of a conversation. Raises LookupError with a reason code if there are none."""


class Over(StrEnum):
    """How a conversation ended."""

    NO = ""
    ENDED = "ended"
    TIMEOUT = "timeout"


class Came(StrEnum):
    """What a message is to its conversation."""

    TAKEN = "taken"
    REPEATED = "repeated"
    LATE = "late"


class Line(NamedTuple):
    """One message that waits for its turn. may: purposes that may have it; None: its turn has not come."""

    sequence: int
    author: str
    role: ChatRole
    text: str
    final: bool
    at_ms: int
    may: tuple[str, ...] | None = None


class Judged(NamedTuple):
    """What a job found. findings: per line, None if nobody could judge it. context: to go on from; broken: why not."""

    talk: ChatTalk
    lines: tuple[Line, ...]
    findings: tuple[tuple[Finding, ...] | None, ...]
    context: bytes
    broken: str


class ChatTalk:
    """Plain attributes that the lane counts in.

    next: sequence whose turn it is; None: nobody knows, the first that comes. at_ms: log time of its newest message;
    since_ms: since when something waits. broken: why nothing more can be judged. told: its end was published.
    pending: offsets that no state covers. busy: a job of it is under way. gate: who may have what; None: everybody.
    leaving: purposes that a no has ended, and that were not told yet. heard: offset of the last thing told of consent.
    """

    def __init__(self, head: Head, next_sequence: int | None = 0) -> None:
        self.head = head
        self.next = next_sequence
        self.waiting: dict[int, Line] = {}
        self.lost: list[tuple[int, int]] = []
        self.at_ms = self.since_ms = 0
        self.broken = ""
        self.gate: Gate | None = None
        self.leaving: list[str] = []
        self.heard = -1
        self.over = Over.NO
        self.told = False
        self.pending: list[Offset] = []
        self.busy = False
        self._context = b""
        self._conversation: Conversation | None = None

    def take(self, message: ChatRaw, at_ms: int) -> Came:
        """Put a message where it belongs."""
        sequence = message.sequence
        if self.next is None:
            self.next = sequence
        if sequence < self.next:
            late = any(first <= sequence < end for first, end in self.lost)
            return Came.LATE if late else Came.REPEATED
        if sequence in self.waiting:
            return Came.REPEATED
        if not self.waiting:
            self.since_ms = at_ms
        self.at_ms = max(self.at_ms, at_ms)
        self.waiting[sequence] = Line(sequence, message.author, message.role, message.text, message.final, at_ms)
        return Came.TAKEN

    @property
    def full(self) -> bool:
        """No more may wait."""
        chars = sum(len(line.text) for line in self.waiting.values())
        return len(self.waiting) > WAITING_MAX or chars > WAITING_CHARS_MAX

    @property
    def ready(self) -> tuple[Line, ...]:
        """Lines whose turn it is, up to one that ends the conversation."""
        out: list[Line] = []
        at = self.next
        while at is not None and at in self.waiting and not (out and out[-1].final):
            out.append(self.waiting[at])
            at += 1
        return tuple(out)

    def admit(self, purposes: Sequence[str]) -> None:
        """Decide who may have the lines whose turn it is, of these purposes."""
        for line in self.ready:
            if line.may is None:
                have = (
                    None
                    if self.gate is None
                    else {a.purpose for a in self.gate.chunk(line.sequence) if not a.withdrawn}
                )
                may = tuple(p for p in purposes if have is None or p in have)
                self.waiting[line.sequence] = line._replace(may=may)

    def give_up(self) -> int:
        """What the oldest waiting line waits for never came. Returns how many messages that are."""
        assert self.next is not None
        first = min(self.waiting)
        lost = first - self.next
        if lost:
            self.lost = [*self.lost, (self.next, first)][-LOST_MAX:]
            self.next = first
        return lost

    def judge(self, lines: tuple[Line, ...], make: Open) -> Judged:
        """Off the event loop. What cannot be judged is None, and so is all that comes after it. Never raises."""
        findings: list[tuple[Finding, ...] | None] = []
        broken = self.broken
        for line in lines:
            if not broken:
                broken = self._opened(make)
            found = None
            if not broken and self._conversation is not None:
                try:
                    found = self._conversation.push(line.author, line.text)
                except Exception:  # its text may hold what was written
                    broken = "text_unfit"
            findings.append(found)
        context = self._context
        if self._conversation is not None and lines and not broken:
            context = bytes(msgpack.packb(self._conversation.snapshot()))
            if len(context) > CONTEXT_BYTES_MAX:
                broken = "too_long"
        if broken:
            self._conversation, context = None, b""
        return Judged(self, lines, tuple(findings), context, broken)

    def judged(self, judged: Judged) -> None:
        """Its lines are done with."""
        for line in judged.lines:
            self.waiting.pop(line.sequence, None)
            self.next = line.sequence + 1
            if line.final:
                self.over = Over.ENDED
        if self.over is Over.ENDED:
            self.waiting.clear()
        self._context, self.broken = judged.context, judged.broken
        if self.waiting:
            self.since_ms = min(line.at_ms for line in self.waiting.values())

    def forget(self) -> None:
        """It is over: what was said is known no more."""
        self._context, self._conversation = b"", None
        self.waiting.clear()

    def snapshot(self) -> bytes:
        """All of it that must outlive this worker, as msgpack. It holds secrets: seal it."""
        plain: dict[str, Any] = {
            "next": self.next, "waiting": [list(self.waiting[n]) for n in sorted(self.waiting)],
            "lost": self.lost, "at_ms": self.at_ms, "since_ms": self.since_ms, "broken": self.broken,
            "over": str(self.over), "told": self.told, "context": self._context,
            "gate": None if self.gate is None else self.gate.snapshot(), "leaving": self.leaving,
            "heard": self.heard,
        }  # fmt: skip
        return bytes(msgpack.packb(plain))

    @classmethod
    def restored(cls, head: Head, body: bytes) -> ChatTalk:
        """Of a `snapshot`. Raises all kinds of errors if it is none of this release."""
        plain = msgpack.unpackb(body)
        talk = cls(head, None if plain["next"] is None else int(plain["next"]))
        for sequence, author, role, text, final, at_ms, *may in plain["waiting"]:
            line = Line(int(sequence), author, ChatRole(role), text, bool(final), int(at_ms))
            talk.waiting[line.sequence] = line._replace(may=tuple(may[0])) if may and may[0] is not None else line
        talk.lost = [(int(first), int(end)) for first, end in plain["lost"]]
        talk.at_ms, talk.since_ms = int(plain["at_ms"]), int(plain["since_ms"])
        talk.broken, talk.over, talk.told = str(plain["broken"]), Over(plain["over"]), bool(plain["told"])
        talk._context = bytes(plain["context"])
        talk.leaving, talk.heard = list(plain.get("leaving", [])), int(plain.get("heard", -1))
        talk.gate = None if plain.get("gate") is None else Gate.restored(plain["gate"])
        return talk

    def _opened(self, make: Open) -> str:
        """The context is there, taken up from the state if need be. Returns why not, or nothing."""
        if self._conversation is not None:
            return ""
        try:
            conversation = make(self.head)
        except LookupError as error:
            return str(error.args[0])
        try:
            if self._context:
                conversation.restore(msgpack.unpackb(self._context))
        except Exception:  # whatever is wrong with it: what was asked before is not known
            return "state_unreadable"
        self._conversation = conversation
        return ""
