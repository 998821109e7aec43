"""identify, live: words of running calls to verdicts, written once, and to redacted transcripts at their end.

Every message of words becomes at most one Judgement, a function of the words alone: after a crash the same words give
the same Judgements, and those that are in the log already are not sent again. What cannot be judged as it began
silences its call: a hole, words that do not follow on each other, a pin nobody knows, another detector.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pipeline.core.aids import Aids
from pipeline.core.consent import Accesses
from pipeline.core.messages import END, Event, EventKind, Head, Judgement, State, Words
from pipeline.core.pin import Pin
from pipeline.core.topics import EVENTS, STATE, TRANSCRIPTS, VERDICTS, WORDS
from pipeline.ports.lane import Job, Meter, Offset, Out, Pins, Record, Step, Unreadable
from pipeline.ports.profiles import Profiles
from pipeline.stages.judged_call import READ, JudgedCall
from pipeline.stages.transcripts import Spoken

STAGE = "identify"
INPUTS = (WORDS,)
VERSION = 1  # of the state's body
STATE_MS = 5_000  # of audio between two states: what a crash makes the next worker judge again
STATE_BYTES_PER_S = 8_000  # of audio; a longer call is written down more rarely
STATE_BYTES_MAX = 3 << 20  # a message of the topic takes 4 MiB
SPOKEN_BYTES_MAX = 8 << 20  # days of talk; a call that long never ends
IDLE_MS = 10_000  # words not covered by a state for so long are: a silent call must not hold up a partition's commit
CLOSED_MS = 120_000  # how long it is known that a call is over: words of it may come again until they are committed
CLOSED = b"\x81\xa6closed\xc3"  # the state of a call that is over: msgpack of {"closed": true}
SEQUENCE_LAST = 2**31 - 1  # of a call whose earlier Judgements nobody knows: a hole silences it


class _UnfitError(Exception):
    """This call cannot be judged any further. log: it follows from the words and will again after a crash."""

    def __init__(self, reason: str, *, log: bool) -> None:
        super().__init__(reason)
        self.reason, self.log = reason, log


@dataclass(frozen=True, slots=True)
class _Closing:
    """A call whose transcripts are still to be made. offsets: done when they are sent. purposes: who may have one."""

    head: Head
    offsets: tuple[Offset, ...]
    purposes: Accesses | None = None


@dataclass(slots=True)
class _Closed:
    """A call that is over. seen_ms: when something of it came last, None: not since this lane began."""

    head: Head
    seen_ms: int | None


class IdentifyLane:
    """Implements ports.lane.Lane. Takes Words; gives Judgements, TranscriptParts, Events and States."""

    def __init__(
        self,
        *,
        fleet: str,
        detector: str,
        pins: Pins,
        aids: Aids,
        meter: Meter,
        first_sequence: Mapping[str, int],
        profiles: Profiles | None = None,
    ) -> None:
        """detector: hash of this worker's rules. first_sequence: by `Head.subject`, the next Judgement to send."""
        self._fleet, self._detector, self._pins = fleet, detector, pins
        self._aids, self._meter, self._first, self._profiles = aids, meter, first_sequence, profiles
        self._calls: dict[str, JudgedCall] = {}
        self._closing: dict[str, _Closing] = {}
        self._closed: dict[str, _Closed] = {}
        self._lost: list[Head] = []  # calls whose state cannot be read: silenced by the next step

    def restore(self, states: Iterable[State]) -> None:
        """See Lane. A state that cannot be read silences its call with the next step."""
        for state in states:
            if state.head.fleet != self._fleet or state.body is None:
                continue
            try:
                self._take_up(state)
            except Exception:  # whatever is wrong with it, the call must not be judged anew
                self._lost.append(state.head)

    def take(self, record: Record, now_ms: int) -> Step:
        """See Lane."""
        step = self._begin(now_ms)
        words, offset = record.message, (record.topic, record.offset)
        if not isinstance(words, Words) or words.head.fleet != self._fleet or self._over(words.head.subject, now_ms):
            step.done.append(offset)
            return step
        head = words.head
        call = self._calls.get(head.subject)
        try:
            if call is None:
                call = self._calls[head.subject] = self._started(words)
            if words.sequence < call.covered:
                step.done.append(offset)
                return step
            if not call.pending:
                call.taken_ms = now_ms
            call.pending.append(offset)
            if words.sequence >= call.sequence:
                self._judge(call, words, step, now_ms)
        except _UnfitError as unfit:
            if call is None:
                self._silence_unknown(head, unfit.reason, words.spoken_ms, step, now_ms, (offset,))
            else:
                self._silence(call, unfit, step, now_ms)
        return step

    def unreadable(self, record: Unreadable, now_ms: int) -> Step:
        """See Lane. The call it belongs to is silenced; a message without a call leaves a hole that will tell."""
        step = self._begin(now_ms)
        offset, subject = (record.topic, record.offset), f"{record.dead.tenant}/{record.dead.call}"
        call = self._calls.get(subject)
        if self._over(subject, now_ms) or not call or 0 <= record.dead.sequence < call.sequence:
            step.done.append(offset)
        else:
            call.pending.append(offset)
            self._silence(call, _UnfitError("unreadable", log=False), step, now_ms)
        return step

    def finish(self, job: Job, result: Any, now_ms: int) -> Step:
        """See Lane. The transcripts of a call are made: with them it is over."""
        step = self._begin(now_ms)
        closing = self._closing.pop(str(job.key), None)
        if closing is None:
            raise ValueError(f"{STAGE} has no job of that key under way; give results to the lane that asked for them")
        step.outs += [Out(TRANSCRIPTS + part.purpose, part) for part in result]
        self._closed_now(closing, step, now_ms)
        return step

    def tick(self, now_ms: int) -> Step:
        """See Lane. Writes down calls that have become silent, and forgets those that are long over."""
        step = self._begin(now_ms)
        for call in list(self._calls.values()):
            if call.pending and now_ms - call.taken_ms >= IDLE_MS:
                self._state(call, step, now_ms)
        for subject, closed in list(self._closed.items()):
            if closed.seen_ms is None:
                closed.seen_ms = now_ms
            elif now_ms - closed.seen_ms >= CLOSED_MS:
                step.states.append(Out(STATE + STAGE, State(closed.head, STAGE, VERSION, None)))
                del self._closed[subject]
        return step

    @property
    def paused(self) -> frozenset[str]:
        """See Lane. Words are judged as they come: nothing piles up."""
        return frozenset()

    @property
    def calls(self) -> int:
        """See Lane. Those whose transcripts are being made are under way."""
        return len(self._calls) + len(self._closing)

    def _begin(self, now_ms: int) -> Step:
        step = Step()
        for head in self._lost:
            self._silence_unknown(head, "state_unreadable", now_ms, step, now_ms)
        self._lost = []
        return step

    def _over(self, subject: str, now_ms: int) -> bool:
        closed = self._closed.get(subject)
        if closed:
            closed.seen_ms = now_ms
        return closed is not None or subject in self._closing

    def _started(self, words: Words) -> JudgedCall:
        if words.sequence != 0:
            raise _UnfitError("words_missing", log=False)
        try:
            return JudgedCall(words.head, self._aids)
        except ValueError:
            raise _UnfitError("bad_head", log=False) from None

    def _judge(self, call: JudgedCall, words: Words, step: Step, now_ms: int) -> None:
        """The next words of a call. Raises _UnfitError."""
        if call.pin is None:
            self._pin(call, words, step, now_ms)
        call.spoken_ms = words.spoken_ms
        if words.failed:  # by a worker that may not know which words were sent
            raise _UnfitError(words.failed, log=True)
        if words.sequence > call.sequence:
            raise _UnfitError("words_missing", log=True)
        call.sequence += 1
        try:
            verdicts = call.push(words)
        except Exception:  # its text may hold what was said
            raise _UnfitError("words_unfit", log=True) from None
        if verdicts:
            self._publish(Judgement(call.head, call.judgement, verdicts, words.spoken_ms, since=call.reach), step)
            call.judgement += 1
            call.reach = max([call.reach, *(v.watermark for v in verdicts)])
            call.reach = max([call.reach, *(f.span.end for v in verdicts for f in v.findings)])
        if call.ended:
            if call.deaf:
                raise _UnfitError("unheard", log=True)
            self._close(call, step, now_ms)
        elif call.spoken.size > SPOKEN_BYTES_MAX:
            raise _UnfitError("too_long", log=True)
        elif self._due(call):
            self._state(call, step, now_ms)

    def _pin(self, call: JudgedCall, words: Words, step: Step, now_ms: int) -> None:
        """Before the first words that are judged here. Raises _UnfitError."""
        pin = self._pins.get(call.head.pin)
        if pin is None:
            raise _UnfitError("pin_unknown", log=False)
        call.profile = call.profile or words.profile
        outcome = call.judge_by(pin, self._profiles)
        if outcome:
            self._meter.add("profiles_total", outcome=outcome)
        if outcome not in {"", READ}:  # told, and the call goes on: the rules judge it as any other
            step.outs.append(Out(EVENTS, Event(call.head, EventKind.PROFILE, now_ms, STAGE, outcome)))
        if pin.detector != self._detector:
            raise _UnfitError("pin_mismatch", log=False)

    def _publish(self, judgement: Judgement, step: Step) -> None:
        """Send a Judgement unless the log has it."""
        if judgement.sequence < self._first.get(judgement.head.subject, 0):
            return
        step.outs.append(Out(VERDICTS, judgement))
        for verdict in judgement.verdicts:
            for finding in verdict.findings:
                self._meter.add("spans_total", entity=finding.entity)

    def _silence(self, call: JudgedCall, unfit: _UnfitError, step: Step, now_ms: int) -> None:
        """The call is judged no further: all that is not judged yet is silence."""
        # The log may hold Judgements this run did not come to: it must go behind them, or nobody would see it.
        sequence = max(call.judgement, self._first.get(call.head.subject, 0))
        self._fail(call.head, sequence, unfit.reason, call.spoken_ms, step, now_ms)
        self._close(call, step, now_ms, upto=call.judged_upto)

    def _silence_unknown(
        self, head: Head, reason: str, spoken_ms: int, step: Step, now_ms: int, offsets: tuple[Offset, ...] = ()
    ) -> None:
        """The same for a call of which nothing is known but its head."""
        self._fail(head, self._first.get(head.subject, SEQUENCE_LAST), reason, spoken_ms, step, now_ms)
        self._end(_Closing(head, offsets), self._pins.get(head.pin), Spoken(), 0, step, now_ms)

    def _fail(self, head: Head, sequence: int, reason: str, spoken_ms: int, step: Step, now_ms: int) -> None:
        self._publish(Judgement(head, sequence, (), spoken_ms, silence_upto=END, reason=reason), step)
        step.outs.append(Out(EVENTS, Event(head, EventKind.FAILED, now_ms, STAGE, reason)))

    def _close(self, call: JudgedCall, step: Step, now_ms: int, upto: int = END) -> None:
        """The call is judged. upto: sample up to which."""
        self._end(_Closing(call.head, tuple(call.pending), call.purposes), call.pin, call.spoken, upto, step, now_ms)

    def _end(self, closing: _Closing, pin: Pin | None, spoken: Spoken, upto: int, step: Step, now_ms: int) -> None:
        """The transcripts of a long call take a second: others make them."""
        head = closing.head
        self._calls.pop(head.subject, None)
        if pin is None:
            self._closed_now(closing, step, now_ms)
        else:
            self._closing[head.subject] = closing
            step.jobs.append(Job(head.subject, partial(spoken.parts, head, pin, upto, closing.purposes)))

    def _closed_now(self, closing: _Closing, step: Step, now_ms: int) -> None:
        step.states.append(Out(STATE + STAGE, State(closing.head, STAGE, VERSION, CLOSED)))
        step.done += closing.offsets
        self._closed[closing.head.subject] = _Closed(closing.head, now_ms)

    def _due(self, call: JudgedCall) -> bool:
        ms = max(STATE_MS, call.stated_bytes * 1000 // STATE_BYTES_PER_S)
        return call.upto - call.stated_at >= ms * call.head.rate // 1000

    def _state(self, call: JudgedCall, step: Step, now_ms: int) -> None:
        """Write the call down: all words taken are covered by it."""
        body = call.snapshot()
        if len(body) > STATE_BYTES_MAX:
            self._silence(call, _UnfitError("too_long", log=False), step, now_ms)
            return
        step.states.append(Out(STATE + STAGE, State(call.head, STAGE, VERSION, body)))
        step.done += call.pending
        call.pending, call.covered = [], call.sequence
        call.stated_at, call.stated_bytes = call.upto, len(body)

    def _take_up(self, state: State) -> None:
        if state.version != VERSION or state.body is None:
            raise ValueError("a state of another release; its call must be silenced")
        if state.body == CLOSED:
            self._closed[state.head.subject] = _Closed(state.head, None)
            return
        call = JudgedCall(state.head, self._aids)
        call.restore(state.body)
        self._calls[state.head.subject] = call
