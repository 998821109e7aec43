"""One call in accept: its audio in order, the offsets it still needs, and what a restart must know of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import msgpack

from pipeline.core.chunks import Chunks
from pipeline.core.consent import Accesses, Gate
from pipeline.core.messages import DENIED, Head, Intake, State
from pipeline.core.span import Span

STAGE = "accept"
VERSION = 1
GAP_S_MAX = 60  # a recorder that was cut off comes back or hangs up; more is a wrong number, not a gap to fill
MISSING_S_MAX = 60  # of a whole call, or as much as really came: few bytes must not become hours of silence
ALIVE_STEP_MS = 5_000  # longer between two records, or two ticks, is a standstill and not idleness
SAVE_MS = 2_000  # of audio between two states: what a crash reads again, for a message of some hundred bytes


class Refused(StrEnum):
    """Why accept did not take a message that could be read. Add, never rename."""

    AFTER_END = "after_end"
    CALL_FAILED = "call_failed"
    FIRST_SAMPLE_TOO_FAR = "first_sample_too_far"
    LATE = "late"
    TENANT_NOT_ALLOWED = "tenant_not_allowed"
    TOO_MANY_CALLS = "too_many_calls"
    TOO_MUCH_HELD = "too_much_held"
    TOO_MUCH_MISSING = "too_much_missing"
    UNKNOWN_CALL = "unknown_call"
    WRONG_CHANNELS = "wrong_channels"
    WRONG_RATE = "wrong_rate"


class Alive:
    """Time in which a partition was alive, by the times of its records: a silence counts as at most ALIVE_STEP_MS.

    So the idle time of calls stands still while recorders, the broker or this worker do. seen_ms: of the newest record.
    skipped_ms: of silence that did not count. Both are in each State, so they outlive a crash.
    """

    def __init__(self) -> None:
        self.seen_ms = -1
        self.skipped_ms = 0
        self._known: list[tuple[int, int]] = []  # both, of the States of before, newest first

    def see(self, at_ms: int) -> int:
        """A record of that time was taken. Returns the time alive, on the same scale."""
        while self._known and self._known[-1][0] <= at_ms:  # taken again, or already done
            self.seen_ms, self.skipped_ms = self._known.pop()
        if 0 <= self.seen_ms < at_ms - ALIVE_STEP_MS:
            self.skipped_ms += at_ms - ALIVE_STEP_MS - self.seen_ms
        self.seen_ms = max(self.seen_ms, at_ms)
        return self.seen_ms - self.skipped_ms

    def restore(self, body: dict[str, Any]) -> None:
        """What a State knows of it counts from the record on that it had seen."""
        if "seen_ms" in body:
            self._known = sorted([*self._known, (int(body["seen_ms"]), int(body["skipped_ms"]))], reverse=True)

    @property
    def body(self) -> dict[str, int]:
        """For a State."""
        return {"seen_ms": self.seen_ms, "skipped_ms": self.skipped_ms}


class AcceptCall:
    """A running call. saved: where its last State stood. offset: of its last message. at_ms: of the last good one;
    alive_ms: the same in time alive.

    window: samples waited for what is missing, kept for the whole call whatever the settings say later. announced:
    whether it was told that the call started. profile: of its customer. came: samples that came, of all channels at
    once or of any one. reach: the sample after the last that came. gate: who may have what; None: nobody asked.
    """

    def __init__(self, head: Head, window: int, chunks: Chunks | None = None, gate: Gate | None = None) -> None:
        self.head = head
        self.gate = gate
        self.chunks = chunks or Chunks(head.rate, head.channels, window)
        self.window = window
        self.saved = self.chunks.position
        self.offset = -1
        self.at_ms = self.alive_ms = 0
        self.announced = False
        self.profile = ""
        self._starts = -1  # offset of its first message, which brings the profile
        self.came = self.reach = 0
        self._counted = -1  # offset of the last message in `came` and `reach`
        self._restored = -1
        self._needed: frozenset[int] = frozenset()
        self._held: deque[tuple[int, int]] = deque()  # offset, and the sample its audio ends at

    @property
    def held_bytes(self) -> int:
        """Of audio."""
        return self.chunks.held * 2

    def knows(self, offset: int) -> bool:
        """Whether the State this call was restored from has all that came of this message: it is skipped."""
        return offset <= self._restored and offset not in self._needed

    def needs(self, offset: int) -> bool:
        """Whether this message was taken before a restart and is taken again."""
        return offset in self._needed

    def wrong(self, message: Intake) -> str:
        """Why a message does not fit this call, as a reason code, or empty."""
        if message.rate != self.head.rate:
            return Refused.WRONG_RATE
        if message.channels != self.head.channels:
            return Refused.WRONG_CHANNELS
        if message.told is not None:
            return ""
        which = range(self.head.channels) if message.channel is None else (message.channel,)
        if any(c in self.chunks.closed for c in which):
            return Refused.AFTER_END
        if reason := too_far(message, min(self.chunks.orders[c].position for c in which)):
            return reason
        start = message.start_sample
        most = max(MISSING_S_MAX * self.head.rate, self.came)
        return Refused.TOO_MUCH_MISSING if start > self.reach and start - self.came > most else ""

    def push(self, message: Intake, offset: int, at_ms: int, alive_ms: int) -> tuple[bool, int]:
        """A message that fits. Returns whether its offset is needed any longer, and how many samples came too late."""
        self._see(message, offset, at_ms, alive_ms)
        new, late = self.chunks.push(message.channel, message.start_sample, message.pcm)
        self._count(message, offset, new)
        end = message.start_sample + len(message.pcm)
        if message.final:
            end = self.chunks.close(message.channel, end)
        needed = message.final or new > 0
        if needed:
            self._held.append((offset, end))
        return needed, late

    def tell(self, message: Intake, offset: int, at_ms: int, alive_ms: int, purposes: Iterable[str]) -> None:
        """A message of consent. purposes: who had all of the call so far, where nobody had to ask.

        A State made from here on has it, so its offset is not held.
        """
        assert message.told is not None
        self._see(message, offset, at_ms, alive_ms)
        if self.gate is None:
            self.gate = Gate.without_rules(purposes, begun=self.chunks.position > 0)
        self.gate.tell(message.told, message.start_sample)

    def purposes(self, start: int) -> Accesses | None:
        """Who may have what, as the chunk that begins at `start` says it. Ask for chunks in order."""
        return None if self.gate is None else self.gate.chunk(start)

    def _see(self, message: Intake, offset: int, at_ms: int, alive_ms: int) -> None:
        """A good message came."""
        if offset == self._starts:
            self.profile = message.profile
        self.offset, self.at_ms = max(self.offset, offset), max(self.at_ms, at_ms)
        self.alive_ms = max(self.alive_ms, alive_ms)

    def _count(self, message: Intake, offset: int, new: int) -> None:
        """Once for each message: what is taken again after a restart is in the State already."""
        if offset > self._counted and message.told is None:
            self._counted = offset
            self.came += new // (self.head.channels if message.channel is None else 1)
            self.reach = max(self.reach, message.start_sample + len(message.pcm))

    def first(self, message: Intake, offset: int, at_ms: int, alive: Alive) -> State:
        """The State of a call before its first message, which is needed."""
        self.offset, self.at_ms, self.alive_ms = offset, at_ms, at_ms - alive.skipped_ms
        self._starts = offset
        self._count(message, offset, message.pcm.size)
        return self._state([offset], alive)

    def release(self) -> list[int]:
        """Offsets whose audio is before the position: a State sent now makes them needless."""
        done = [offset for offset, end in self._held if end <= self.chunks.position]
        self._held = deque((offset, end) for offset, end in self._held if end > self.chunks.position)
        self.saved = self.chunks.position
        return done

    def release_all(self) -> list[int]:
        """All offsets still held: the call is over."""
        done = [offset for offset, _ in self._held]
        self._held.clear()
        return done

    def denied(self, purposes: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """Of a call that is over: which of these purposes never had anything of it, as a fact; or none."""
        never = [] if self.gate is None else sorted(p for p in purposes if p not in self.gate.begun)
        return ((DENIED, ",".join(never)),) if never else ()

    @property
    def save_due(self) -> bool:
        """Whether the next State is due."""
        return self.chunks.position - self.saved >= self.head.rate * SAVE_MS // 1000

    def snapshot(self, alive: Alive) -> State:
        """Call after `release`. The audio itself is not in it: it is read again from the offsets held."""
        return self._state([offset for offset, _ in self._held], alive)

    def _state(self, held: list[int], alive: Alive) -> State:
        position, orders = self.chunks.position, self.chunks.orders
        lost = [[(s.start, min(s.end, position)) for s in order.lost if s.start < position] for order in orders]
        closed = [c for c, end in self.chunks.closed.items() if end <= position]
        body = {
            "position": position, "offset": self.offset, "at_ms": self.at_ms, "window": self.window,
            "held": held, "lost": lost, "closed": closed, "announced": self.announced,
            "came": self.came, "reach": self.reach, "alive_ms": self.alive_ms, **alive.body, "starts": self._starts,
            "gate": None if self.gate is None else self.gate.snapshot(),
            "profile": "" if position else self.profile,
        }  # fmt: skip
        return State(self.head, STAGE, VERSION, msgpack.packb(body))

    @classmethod
    def restored(cls, head: Head, body: dict[str, Any]) -> AcceptCall:
        """The call a snapshot was made of. Raises KeyError, TypeError or ValueError if it was none."""
        window = int(body["window"])
        lost = [[Span(*span) for span in own] for own in body["lost"]]
        if len(lost) != head.channels:
            raise ValueError("state of another number of channels")
        chunks = Chunks(head.rate, head.channels, window, int(body["position"]), lost, body["closed"])
        gate = Gate.restored(body["gate"]) if body.get("gate") is not None else None
        call = cls(head, window, chunks, gate)
        call.offset = call._restored = call._counted = int(body["offset"])
        call.came, call.reach = (int(body.get(name, body["position"])) for name in ("came", "reach"))
        call.at_ms = int(body["at_ms"])
        call.alive_ms = int(body.get("alive_ms", call.at_ms))
        call.announced = bool(body["announced"])
        call.profile = str(body.get("profile", ""))
        call._starts = int(body.get("starts", -1 if call.saved else call.offset))
        call._needed = frozenset(body["held"])
        return call


def ended(head: Head, offset: int, until_ms: int, alive: Alive, revocable: list[str] | None) -> State:
    """What is kept of a call that is over: messages up to `offset` were its own, later ones come after its end.
    revocable: see Gate; None: all.
    """
    body = {"ended": True, "offset": offset, "until_ms": until_ms, "revocable": revocable, **alive.body}
    return State(head, STAGE, VERSION, msgpack.packb(body))


def too_far(message: Intake, position: int) -> str:
    """Reason code if a message jumps further ahead of `position` than is filled, or empty."""
    return Refused.FIRST_SAMPLE_TOO_FAR if message.start_sample - position > message.rate * GAP_S_MAX else ""
