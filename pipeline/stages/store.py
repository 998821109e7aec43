"""Keeps redacted calls: recording, transcript and manifest, each call once (`calls.redacted.storage`).

What comes is added to the shelf in batches, one a second and call or as the shelf wants it; offsets are done when
their batch is durable, so little comes again after a crash, and the shelf knows what of that it has. Only the last
block of a call is held until the call is finished: it comes again if this worker dies before. While the shelf cannot
be written nothing is finished, and what is held is bounded. A call that fails its proof, where one is wanted, is an
incident.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from pipeline.core.errors import CallShieldError, InputError, RefusedError, WireError
from pipeline.core.joiner import HoleError, Joiner
from pipeline.core.messages import Dead, Event, EventKind, Head, Pcm16, Redacted, State, TranscriptPart
from pipeline.core.span import Span
from pipeline.core.topics import DEAD, EVENTS, REDACTED, TRANSCRIPTS
from pipeline.ports.lane import Job, Meter, Offset, Out, Record, Step, Unreadable
from pipeline.ports.shelf import Batch, Finished, Shelf, Shelved
from pipeline.stages.consent_notes import NOTES, ConsentNotes
from pipeline.stages.store_call import Call, passages

STAGE = "store"
PURPOSE = "storage"
INPUTS = (REDACTED + PURPOSE, TRANSCRIPTS + PURPOSE, EVENTS)
BATCH_BYTES = 1 << 20  # or earlier, when calls are replayed faster than they were spoken
HELD_BYTES_MAX = 64 << 20  # of one partition, while the disk does not take it
WORDS_WAIT_MS = 60_000  # a transcript comes with the last audio; this long after it, it will not
RETRY_MS, RETRY_MS_MAX = 1000, 30_000
IDLE_MS = 15 * 60_000  # a call that is silent this long is forgotten here; the shelf knows it when it goes on


@dataclass(frozen=True, slots=True, eq=False)
class _Failed:
    """A job that could not be done. for_good: trying again is no use."""

    for_good: bool


@dataclass(frozen=True, slots=True)
class _Kept:
    """A batch is durable."""


@dataclass(frozen=True, slots=True)
class _Gone:
    """Consent was withdrawn, and nothing of the call is left."""


@dataclass(frozen=True, slots=True)
class _Later:
    """The shelf has no room for this proof yet."""


class StoreLane:
    """The stage `store` on one partition: a `Lane`."""

    def __init__(self, *, shelf: Shelf, meter: Meter, batch_ms: int = 1000, partition: int = -1) -> None:
        """shelf: its methods run in jobs. meter: counts. batch_ms: how much of a call is added at once. partition: for
        dead letters.
        """
        self._batch_ms = batch_ms
        self._partition = partition
        self._shelf = shelf
        self._meter = meter
        self._notes = ConsentNotes(shelf.note, meter, PURPOSE, self._dead)
        self._calls: dict[Hashable, Call] = {}
        self._bytes = 0

    def restore(self, states: Iterable[State]) -> None:
        """All this stage knows is on the shelf: there are no states."""
        if any(True for _ in states):
            raise ValueError("store has no states")

    def take(self, record: Record, now_ms: int) -> Step:
        """A block, a part of a transcript or an event. Raises WireError for other messages, or one that is no block."""
        message = record.message
        if isinstance(message, Event):
            return self._notes.take(record, message, now_ms)
        if not isinstance(message, Redacted | TranscriptPart):
            raise WireError("wrong_kind", f"store does not read {type(message).__name__}")
        if isinstance(message, Redacted) and (
            message.start_sample < 0 or message.pcm.ndim != 2 or message.pcm.shape[1] != message.head.channels
        ):
            raise WireError("wrong_shape", f"a block of shape {message.pcm.shape}, from {message.start_sample} on")
        key = (message.head.subject, message.head.started_ms)
        call = self._calls.get(key)
        if call is None:
            call = self._calls[key] = Call(message.head, now_ms)
        if not call.taken:
            call.since_ms = now_ms
        call.taken.append(record)
        call.touched_ms = now_ms
        if isinstance(message, Redacted):
            call.bytes += message.pcm.nbytes
            self._bytes += message.pcm.nbytes
            call.withdrawn = call.withdrawn or message.withdrawn
            if message.last and call.ended_ms is None:
                call.ended_ms = now_ms
        return Step(jobs=self._due(key, call, now_ms))

    def unreadable(self, record: Unreadable, now_ms: int) -> Step:
        """Its samples will be found missing when the next block comes, and are stored as silence."""
        return Step(done=[(record.topic, record.offset)])

    def finish(self, job: Job, result: Any, now_ms: int) -> Step:
        """What the shelf answered."""
        key = job.key
        if key == NOTES:
            return self._notes.finish(result, now_ms)
        call = self._calls[key]
        call.busy = False
        if isinstance(result, _Failed):
            return self._refused(key, call) if result.for_good else self._failed(call, now_ms)
        step = Step()
        if isinstance(result, Shelved):
            call.shelved = result
            if result.finished:
                return self._told(self._close(key, call, ""), call.head, result.incident, now_ms)
        elif isinstance(result, Finished):
            self._meter.add("incidents_total", 1 if result.incident else 0)
            step = self._close(key, call, "quarantined" if result.incident else "stored")
            return self._told(step, call.head, result.incident, now_ms)
        elif isinstance(result, _Gone):
            return self._close(key, call, "withdrawn")
        elif isinstance(result, _Later):
            call.retry_at_ms = now_ms + RETRY_MS
        else:
            self._kept(call, step)
        step.jobs += self._due(key, call, now_ms)
        return step

    def tick(self, now_ms: int) -> Step:
        """Starts what is due, and forgets calls nothing came of for long."""
        step = Step(jobs=self._notes.due(now_ms))
        for key, call in list(self._calls.items()):
            step.jobs += self._due(key, call, now_ms)
            if not (call.busy or call.taken or call.last) and now_ms - call.touched_ms >= IDLE_MS:
                del self._calls[key]
        return step

    @property
    def paused(self) -> frozenset[str]:
        """Everything, while too much waits for the disk."""
        return frozenset(INPUTS) if self._bytes > HELD_BYTES_MAX else self._notes.paused

    @property
    def calls(self) -> int:
        """Calls under way."""
        return len(self._calls)

    def _due(self, key: Hashable, call: Call, now_ms: int) -> list[Job]:
        """The next job of a call, if one is due: to open it, to keep what came, to finish it."""
        if call.busy or now_ms < call.retry_at_ms:
            return []
        shelf, head = self._shelf, call.head
        if call.withdrawn:
            return [self._job(key, call, partial(_withdraw, shelf, head))]
        if call.shelved is None:
            return [self._job(key, call, lambda: shelf.open(head))]
        many = call.bytes >= BATCH_BYTES or self._bytes >= HELD_BYTES_MAX // 2
        old = now_ms - call.since_ms >= self._batch_ms or call.ended_ms is not None
        if call.taken and (old or many):
            batch = self._batch(call)
            return [self._job(key, call, partial(_keep, shelf, head, batch))]
        words = call.shelved.words_last or (call.ended_ms is not None and now_ms - call.ended_ms >= WORDS_WAIT_MS)
        if call.last and words and not call.taken:
            return [self._job(key, call, lambda: shelf.finish(head) or _Later())]
        return []

    @staticmethod
    def _job(key: Hashable, call: Call, work: Callable[[], object]) -> Job:
        call.busy = True

        def run() -> object:
            try:
                return work()
            except (InputError, RefusedError):  # trying again is no use
                return _Failed(for_good=True)
            except CallShieldError:
                return _Failed(for_good=False)

        return Job(key, run)

    def _batch(self, call: Call) -> Batch:
        """What was taken of a call, each sample once."""
        assert call.shelved is not None
        joiner, start = Joiner(call.shelved.position), call.shelved.position
        pieces: list[tuple[int, Pcm16]] = []
        lost: list[Span] = []
        messages = [record.message for record in call.taken]
        blocks = [m for m in messages if isinstance(m, Redacted)]
        for block in blocks:
            at = joiner.position
            try:
                new = joiner.push(block.start_sample, block.pcm)
            except HoleError as hole:
                joiner.skip(hole.start_sample)
                lost.append(Span(hole.position, hole.start_sample))
                self._meter.add("missing_samples_total", (hole.start_sample - hole.position) * call.head.channels)
                at, new = joiner.position, joiner.push(block.start_sample, block.pcm)
            if len(new):
                pieces.append((at, new))
        call.sent, call.next = len(call.taken), joiner.position
        return Batch(
            start,
            joiner.position,
            pieces,
            lost,
            [f for block in blocks for f in block.hidden],
            [m for block in blocks for m in block.missing],
            [m for m in messages if isinstance(m, TranscriptPart)],
            passages(call.taken, self._partition),
        )

    def _kept(self, call: Call, step: Step) -> None:
        """A batch is durable: its offsets are done, but that of the last block."""
        assert call.shelved is not None
        head = call.head
        self._meter.add("audio_seconds_total", (call.next - call.shelved.position) * head.channels / head.rate)
        kept, call.taken = call.taken[: call.sent], call.taken[call.sent :]
        words_last = call.shelved.words_last
        for record in kept:
            message = record.message
            if isinstance(message, Redacted):
                call.bytes -= message.pcm.nbytes
                self._bytes -= message.pcm.nbytes
            if isinstance(message, Redacted) and message.last:
                call.last.append(record)
            else:
                step.done.append(_offset(record))
            words_last |= isinstance(message, TranscriptPart) and message.last
        call.sent = call.wait_ms = 0
        call.since_ms = call.touched_ms
        call.shelved = Shelved(call.next, words_last)

    def _failed(self, call: Call, now_ms: int) -> Step:
        """Later again, and then from what the shelf knows."""
        call.wait_ms = min(max(RETRY_MS, 2 * call.wait_ms), RETRY_MS_MAX)
        call.retry_at_ms = now_ms + call.wait_ms
        call.shelved = None
        call.sent = 0
        self._meter.add("output_errors_total")
        return Step()

    def _refused(self, key: Hashable, call: Call) -> Step:
        """The shelf can never hold this call: where it lies is told, and what came of it is done."""
        outs = [Out(DEAD, self._dead(record)) for record in (*call.last, *call.taken)]
        self._meter.add("dead_letters_total", len(outs), reason="refused")
        step = self._close(key, call, "refused")
        step.outs += outs
        return step

    def _close(self, key: Hashable, call: Call, outcome: str) -> Step:
        """Nothing more is to be done for what came of a call. outcome: for the metric, or none."""
        del self._calls[key]
        self._bytes -= call.bytes
        if outcome:
            self._meter.add("calls_total", outcome=outcome)
        return Step(done=[_offset(record) for record in (*call.last, *call.taken)])

    @staticmethod
    def _told(step: Step, head: Head, incident: str, now_ms: int) -> Step:
        """With the event of an incident, if it is one. It may come again: what happened is known by its name."""
        if incident:
            facts = (("incident", incident),)
            step.outs.append(Out(EVENTS, Event(head, EventKind.INCIDENT, now_ms, STAGE, "proof_failed", facts)))
        return step

    def _dead(self, record: Record) -> Dead:
        message = record.message
        assert isinstance(message, Redacted | TranscriptPart | Event)
        return Dead(
            STAGE, record.topic, self._partition, record.offset, "refused", record.at_ms,
            message.head.tenant, message.head.call,
            message.sequence if isinstance(message, TranscriptPart) else -1,
            message.start_sample if isinstance(message, Redacted) else -1,
        )  # fmt: skip


def _withdraw(shelf: Shelf, head: Head) -> _Gone:
    shelf.withdraw(head)
    return _Gone()


def _keep(shelf: Shelf, head: Head, batch: Batch) -> _Kept:
    shelf.keep(head, batch)
    return _Kept()


def _offset(record: Record) -> Offset:
    return record.topic, record.offset
