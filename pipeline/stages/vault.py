"""Keeps originals of hidden stretches, of calls whose policy says so (`calls.sealed`).

What came of a call while the last job ran is kept by the next; offsets are done when it is durable. The call's last
message is held until its segments are made: it comes again if this worker dies before. mask sends nothing that may not
be kept. This stage does not rely on it: whatever the policy says, what must never be kept is told and dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

from pipeline.core.errors import CallShieldError, InputError, TamperedError, WireError
from pipeline.core.messages import Dead, Head, Sealed, State
from pipeline.core.originals import NEVER
from pipeline.core.topics import DEAD, SEALED
from pipeline.ports.lane import Job, Meter, Out, Pins, Record, Step, Unreadable
from pipeline.ports.vault import Vault

STAGE = "vault"
INPUTS = (SEALED,)
HELD_BYTES_MAX = 64 << 20  # of one partition, while the store does not take it
RETRY_MS, RETRY_MS_MAX = 1_000, 30_000


@dataclass(slots=True)
class _Call:
    """One call under way. taken: records that are not durable; sent: how many of them the running job works on."""

    head: Head
    taken: list[Record] = field(default_factory=list)
    sent: int = 0
    busy: bool = False
    wait_ms: int = 0
    retry_at_ms: int = 0


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Of a job. good: it is done; for_good: it never can be."""

    good: bool
    for_good: bool = False


class VaultLane:
    """The stage `vault` on one partition: a `Lane`."""

    def __init__(self, *, vault: Vault, pins: Pins, meter: Meter, partition: int = -1) -> None:
        """vault: its methods run in jobs. partition: for dead letters."""
        self._vault, self._pins, self._meter, self._partition = vault, pins, meter, partition
        self._calls: dict[Hashable, _Call] = {}
        self._bytes = 0

    def restore(self, states: Iterable[State]) -> None:
        """All this stage knows is in the store: there are no states."""
        if any(True for _ in states):
            raise ValueError("vault has no states")

    def take(self, record: Record, now_ms: int) -> Step:
        """An original, or the end of a call. Raises WireError for any other message, or one that is no original."""
        message = record.message
        if not isinstance(message, Sealed):
            raise WireError("wrong_kind", f"vault does not read {type(message).__name__}")
        original = message.original
        if original is None:
            if not message.last:
                raise WireError("wrong_shape", "neither an original nor the end of a call")
        elif original.start < 0 or not len(original.pcm) or original.channel >= message.head.channels:
            raise WireError("wrong_shape", f"an original of channel {original.channel}, from {original.start} on")
        elif not self._permitted(message.head, original.entity):
            return self._told([record], "forbidden")
        key = (message.head.subject, message.head.started_ms)
        call = self._calls.setdefault(key, _Call(message.head))
        call.taken.append(record)
        self._bytes += _size(record)
        return Step(jobs=self._due(key, call, now_ms))

    def unreadable(self, record: Unreadable, now_ms: int) -> Step:
        """Its samples are not kept."""
        return Step(done=[(record.topic, record.offset)])

    def finish(self, job: Job, result: Any, now_ms: int) -> Step:
        """What the vault answered."""
        call = self._calls[job.key]
        call.busy = False
        if not result.good and not result.for_good:
            call.wait_ms = min(max(RETRY_MS, 2 * call.wait_ms), RETRY_MS_MAX)
            call.retry_at_ms = now_ms + call.wait_ms
            self._meter.add("output_errors_total")
            return Step()
        records, call.taken = call.taken[: call.sent], call.taken[call.sent :]
        self._bytes -= sum(map(_size, records))
        call.wait_ms = 0
        if not result.good:
            step = self._told(records, "refused")
        else:
            step = Step(done=[(r.topic, r.offset) for r in records])
            self._count(call.head, records)
        step.jobs += self._due(job.key, call, now_ms)
        if not call.busy and not call.taken:
            del self._calls[job.key]
        return step

    def tick(self, now_ms: int) -> Step:
        """Tries again what is due."""
        step = Step()
        for key, call in self._calls.items():
            step.jobs += self._due(key, call, now_ms)
        return step

    @property
    def paused(self) -> frozenset[str]:
        """Everything, while too much waits for the store."""
        return frozenset(INPUTS) if self._bytes > HELD_BYTES_MAX else frozenset()

    @property
    def calls(self) -> int:
        """Calls under way."""
        return len(self._calls)

    def _permitted(self, head: Head, entity: str) -> bool:
        """Whether the policy the call was pinned to keeps it, and a policy may."""
        pin = self._pins.get(head.pin)
        return pin is not None and entity in pin.vault and entity not in NEVER

    def _due(self, key: Hashable, call: _Call, now_ms: int) -> list[Job]:
        """The next job of a call, if there is one: to keep what came up to its end, or to finish it."""
        if call.busy or not call.taken or now_ms < call.retry_at_ms:
            return []
        vault, head = self._vault, call.head
        originals = []
        for record in call.taken:
            assert isinstance(record.message, Sealed)
            if record.message.original is None:
                break
            originals.append(record.message.original)
        call.busy, call.sent = True, len(originals) or 1
        if originals:
            return [Job(key, lambda: _done(lambda: vault.keep(head, originals)))]
        return [Job(key, lambda: _done(lambda: vault.finish(head)))]

    def _count(self, head: Head, records: Iterable[Record]) -> None:
        samples = sum(_size(record) // 2 for record in records)
        self._meter.add("audio_seconds_total", samples / head.rate)
        ends = sum(1 for r in records if isinstance(r.message, Sealed) and r.message.last)
        if ends:
            self._meter.add("calls_total", ends, outcome="stored")

    def _told(self, records: Iterable[Record], reason: str) -> Step:
        """Nothing of these is kept: where they lie is told, never what they are."""
        step = Step()
        for record in records:
            assert isinstance(record.message, Sealed)
            head, at = record.message.head, record.message.start_sample
            place = (STAGE, record.topic, self._partition, record.offset)
            dead = Dead(*place, reason, record.at_ms, head.tenant, head.call, -1, at)
            step.outs.append(Out(DEAD, dead))
            step.done.append((record.topic, record.offset))
            self._meter.add("dead_letters_total", reason=reason)
        return step


def _done(work: Callable[[], None]) -> _Outcome:
    try:
        work()
    except (InputError, TamperedError):  # what was tampered with does not mend
        return _Outcome(good=False, for_good=True)
    except CallShieldError:
        return _Outcome(good=False)
    return _Outcome(good=True)


def _size(record: Record) -> int:
    message = record.message
    return message.original.pcm.nbytes if isinstance(message, Sealed) and message.original else 0
