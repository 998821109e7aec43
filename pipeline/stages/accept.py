"""accept: takes in what recorders send, checks it, puts it in order, and gives it on as chunks of audio.

Output is a function of the log. A State names a position on the chunk grid and the offsets still needed from there on;
after a crash just these are taken again, in the same order, so the same chunks come out at the same places.

What remains: a new call's first State is sent before its first audio, but to another topic. If accept dies in the
milliseconds between, the audio may be in the log and the State not; then the call starts anew, with another key and
perhaps another pin, and its first chunks come twice. Consumers go by the first message of each sequence and open each
message with the head it carries, so nothing is lost, and the pin of the first message judges the whole call.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgpack

from pipeline.core.chunks import Chunk
from pipeline.core.consent_rules import Rules
from pipeline.core.messages import Audio, Dead, Event, EventKind, Head, Intake, State
from pipeline.core.topics import AUDIO, DEAD, EVENTS, INTAKE, STATE
from pipeline.ports.lane import Job, Keys, Meter, Out, Record, Step, Unreadable
from pipeline.ports.pseudonyms import Pseudonyms
from pipeline.stages.accept_call import ALIVE_STEP_MS, STAGE, VERSION, AcceptCall, Alive, Refused, ended, too_far
from pipeline.stages.accept_consent import begins, consent_events, gate_of, labels_of, late_events, started

CALLS_MAX = 2_000  # of one partition: far more than a core carries, so only a fault or a flood gets here
HELD_BYTES_MAX = 256 << 20  # a partition's audio in waiting; a healthy call holds less than a second
ENDED_MS = 600_000  # how long an ended call is remembered
ENDED_MAX = 10_000


@dataclass(frozen=True, slots=True)
class _Ended:
    head: Head
    offset: int
    until_ms: int
    reason: Refused = Refused.AFTER_END
    revocable: list[str] | None = None  # purposes that a no still ends; None: all


class AcceptLane:
    """accept on one partition; see ports/lane. What does not fit is refused with a dead letter, the call goes on.

    pin: what new calls are judged by. tenants: who may send calls; empty: any. idle_ms: a call without a good
    message that long has ended. reorder_ms: how late audio may come. partition: the lane's own, for dead letters.
    rules: of consent, those of the pin; None: nobody asks. purposes: who gets redacted audio here. pseudonyms: None:
    who takes part in calls is forgotten.
    """

    STAGE = STAGE
    INPUTS = (INTAKE,)

    def __init__(
        self,
        *,
        pin: str,
        fleet: str,
        tenants: frozenset[str],
        idle_ms: int,
        reorder_ms: int,
        keys: Keys,
        meter: Meter,
        partition: int = -1,
        rules: Rules | None = None,
        purposes: Sequence[str] = (),
        pseudonyms: Pseudonyms | None = None,
    ) -> None:
        self._rules, self._purposes, self._pseudonyms = rules, purposes, pseudonyms
        self._pin = pin
        self._fleet = fleet
        self._tenants = tenants
        self._idle_ms = idle_ms
        self._reorder_ms = reorder_ms
        self._keys = keys
        self._meter = meter
        self._partition = partition
        self._calls: dict[str, AcceptCall] = {}
        self._ended: dict[str, _Ended] = {}
        self._failed: list[Head] = []
        self._held_bytes = 0
        self._alive = Alive()
        self._alive_ms = 0
        self._due_ms = 0  # no call is idle before, in time alive
        self._now_ms = -1
        self._quiet_ms = 0  # without a message, as far as ticks saw it

    def restore(self, states: Iterable[State]) -> None:
        """Go on with running calls under the heads they have. A call with a state nobody can read has failed."""
        for state in states:
            if state.body is None:
                continue
            try:
                if state.version != VERSION:
                    raise ValueError("another version")
                body = msgpack.unpackb(state.body)
                self._alive.restore(body)
                if body.get("ended"):
                    past = _Ended(state.head, int(body["offset"]), int(body["until_ms"]))
                    self._ended[state.head.subject] = replace(past, revocable=body.get("revocable"))
                else:
                    self._calls[state.head.subject] = AcceptCall.restored(state.head, body)
            except (KeyError, TypeError, ValueError, AttributeError, msgpack.UnpackException):
                self._failed.append(state.head)

    def take(self, record: Record, now_ms: int) -> Step:
        """The next message of a recorder. Raises KeyLostError if a new call cannot have a key."""
        step = self._begun(now_ms)
        self._quiet_ms = 0
        message = record.message
        if not isinstance(message, Intake):
            raise TypeError(f"accept takes Intake, not {type(message).__name__}")
        at_ms = min(record.at_ms, now_ms)  # a clock that is ahead must not end the calls of others
        self._alive_ms = self._alive.see(at_ms)
        self._end_idle(step)
        subject = f"{message.tenant}/{message.call}"
        call = self._calls.get(subject)
        past = self._ended.get(subject)
        if (past and record.offset <= past.offset) or (call and call.knows(record.offset)):
            step.done.append((INTAKE, record.offset))
        elif past and message.told is not None and past.reason == Refused.AFTER_END:
            step.outs += late_events(past.head, message.told, message.start_sample, at_ms, past.revocable)
            step.done.append((INTAKE, record.offset))
        elif reason := self._wrong(message, record.offset, call, past):
            if call:
                call.offset = max(call.offset, record.offset)
            self._refuse(step, record, message, reason)
            step.done.append((INTAKE, record.offset))
        elif call:
            self._push(step, call, record, message, at_ms)
        else:
            self._start(step, record, message, at_ms)
        return step

    def unreadable(self, record: Unreadable, now_ms: int) -> Step:
        """Its audio never came, as far as the call is concerned."""
        step = self._begun(now_ms)
        self._quiet_ms = 0
        step.done.append((record.topic, record.offset))
        return step

    def finish(self, job: Job, result: Any, now_ms: int) -> Step:
        """Never called: this stage has no jobs."""
        raise RuntimeError("accept has no jobs")

    def tick(self, now_ms: int) -> Step:
        """Ends calls nothing comes of any more, forgets those long over."""
        # Records tell the time where there are any: a lane that catches up must not end calls it has yet to read.
        if self._now_ms >= 0:  # a worker that stood still must read first as well
            self._quiet_ms += min(max(now_ms - self._now_ms, 0), ALIVE_STEP_MS)
        step = self._begun(now_ms)
        if self._quiet_ms >= self._idle_ms:
            for call in list(self._calls.values()):
                self._end_timeout(step, call)
        excess = len(self._ended) - ENDED_MAX
        for number, (subject, past) in enumerate(list(self._ended.items())):
            if past.until_ms <= now_ms or number < excess:
                del self._ended[subject]
                step.states.append(Out(STATE + STAGE, State(past.head, STAGE, VERSION, None)))
        return step

    @property
    def paused(self) -> frozenset[str]:
        """Never: what is held waits for later messages, so a lane that took none would wait for ever. It refuses."""
        return frozenset()

    @property
    def calls(self) -> int:
        """Calls under way."""
        return len(self._calls)

    def _begun(self, now_ms: int) -> Step:
        """A new step, with what restore had to tell."""
        step = Step()
        self._now_ms = now_ms
        for head in self._failed:
            self._ended[head.subject] = _Ended(head, -1, now_ms + ENDED_MS, Refused.CALL_FAILED)
            step.outs.append(Out(EVENTS, Event(head, EventKind.FAILED, now_ms, STAGE, "state_unreadable")))
        self._failed.clear()
        return step

    def _wrong(self, message: Intake, offset: int, call: AcceptCall | None, past: _Ended | None) -> str:
        """Why a message is not taken, as a reason code, or empty."""
        if past:
            return past.reason
        if call and call.needs(offset):  # it fitted before a restart
            return ""
        if self._tenants and message.tenant not in self._tenants:
            return Refused.TENANT_NOT_ALLOWED
        if call is None and len(self._calls) >= CALLS_MAX:
            return Refused.TOO_MANY_CALLS
        if call is None and message.told is not None:
            return "" if begins(message.told) else Refused.UNKNOWN_CALL
        if reason := call.wrong(message) if call else too_far(message, 0):
            return reason
        return Refused.TOO_MUCH_HELD if self._held_bytes + message.pcm.nbytes > HELD_BYTES_MAX else ""

    def _start(self, step: Step, record: Record, message: Intake, at_ms: int) -> None:
        head = Head(
            message.tenant, message.call, self._fleet, self._pin, message.rate, message.channels, record.at_ms,
            self._keys.new(), message.trace, message.metadata.jurisdiction, labels_of(self._pseudonyms, message),
            message.metadata.language,
        )  # fmt: skip
        gate = gate_of(self._rules, head.tenant, message.metadata)
        call = self._calls[head.subject] = AcceptCall(head, self._reorder_ms * head.rate // 1000, gate=gate)
        step.outs.append(Out(STATE + STAGE, call.first(message, record.offset, at_ms, self._alive)))
        self._push(step, call, record, message, at_ms)

    def _push(self, step: Step, call: AcceptCall, record: Record, message: Intake, at_ms: int) -> None:
        if not call.announced:  # a crash may have lost the event and not the first state
            step.outs.append(Out(EVENTS, started(call.head, message.metadata)))
            call.announced = True
        if message.told is not None:
            self._tell(step, call, record, message, at_ms)
            return
        before = call.held_bytes
        needed, late = call.push(message, record.offset, at_ms, at_ms - self._alive.skipped_ms)
        self._due_ms = min(self._due_ms, call.alive_ms + self._idle_ms)
        if late:
            self._refuse(step, record, message, Refused.LATE)
        if not needed:
            step.done.append((INTAKE, record.offset))
        self._send(step, call, record.at_ms)
        self._held_bytes += call.held_bytes - before
        if call.chunks.over:
            self._end(step, call, "ended", record.at_ms, record.at_ms)
        elif call.save_due:
            step.done += [(INTAKE, offset) for offset in call.release()]
            step.states.append(Out(STATE + STAGE, call.snapshot(self._alive)))

    def _tell(self, step: Step, call: AcceptCall, record: Record, message: Intake, at_ms: int) -> None:
        """Consent of a running call. Its State is made at once: what was told must never be forgotten."""
        assert message.told is not None
        call.tell(message, record.offset, at_ms, at_ms - self._alive.skipped_ms, self._purposes)
        self._due_ms = min(self._due_ms, call.alive_ms + self._idle_ms)
        step.outs += consent_events(call.head, message.told, message.start_sample, at_ms)
        step.done += [(INTAKE, offset) for offset in (*call.release(), record.offset)]
        step.states.append(Out(STATE + STAGE, call.snapshot(self._alive)))

    def _send(self, step: Step, call: AcceptCall, spoken_ms: int) -> None:
        for chunk in call.chunks.take():
            step.outs.append(Out(AUDIO, self._audio(call, chunk, spoken_ms)))

    def _audio(self, call: AcceptCall, chunk: Chunk, spoken_ms: int, reason: str = "") -> Audio:
        head, profile = call.head, "" if chunk.sequence else call.profile
        self._meter.add("audio_seconds_total", chunk.pcm.size / head.rate)
        if lost := sum(missing.span.size for missing in chunk.missing):
            self._meter.add("missing_samples_total", lost)
        return Audio(
            head,
            chunk.sequence,
            chunk.start,
            chunk.pcm,
            spoken_ms,
            chunk.missing,
            last=bool(reason),
            reason=reason,
            profile=profile,
            purposes=call.purposes(chunk.start),
        )

    def _end(self, step: Step, call: AcceptCall, reason: str, spoken_ms: int, at_ms: int) -> None:
        """All that came goes out; the call is remembered as over."""
        head, subject = call.head, call.head.subject
        self._held_bytes -= call.held_bytes
        call.chunks.close_all()
        self._send(step, call, spoken_ms)
        step.outs.append(Out(AUDIO, self._audio(call, call.chunks.rest(), spoken_ms, reason)))
        step.outs.append(Out(EVENTS, Event(head, EventKind.ENDED, at_ms, STAGE, reason, call.denied(self._purposes))))
        revocable = call.gate.revocable if call.gate else None
        past = self._ended[subject] = _Ended(head, call.offset, self._now_ms + ENDED_MS, revocable=revocable)
        step.states.append(Out(STATE + STAGE, ended(head, past.offset, past.until_ms, self._alive, revocable)))
        step.done += [(INTAKE, offset) for offset in call.release_all()]
        del self._calls[subject]
        self._meter.add("calls_total", outcome=reason)

    def _end_idle(self, step: Step) -> None:
        """End the calls that had no good message in the last idle_ms of time alive."""
        if self._alive_ms < self._due_ms:
            return
        for call in list(self._calls.values()):
            if call.alive_ms + self._idle_ms <= self._alive_ms:
                self._end_timeout(step, call)
        left = [call.alive_ms for call in self._calls.values()]
        self._due_ms = min(left, default=self._alive_ms) + self._idle_ms

    def _end_timeout(self, step: Step, call: AcceptCall) -> None:
        self._end(step, call, "timeout", call.at_ms, call.at_ms + self._idle_ms)

    def _refuse(self, step: Step, record: Record, message: Intake, reason: str) -> None:
        self._meter.add("dead_letters_total", reason=reason)
        dead = Dead(
            STAGE, INTAKE, self._partition, record.offset, reason, record.at_ms, message.tenant, message.call,
            message.sequence, message.start_sample,
        )  # fmt: skip
        step.outs.append(Out(DEAD, dead))
