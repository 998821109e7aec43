"""chat, live: messages as they are written to the same messages redacted, once per purpose.

Output is a function of the log. What is decided (that a conversation begins, under which key and pin; that a message
never came; that nobody writes any more) is in a state before anything follows from it: the step that writes it also
starts the job whose result is published. After a crash the same lines give the same output, and consumers go by the
first message of each sequence. A conversation that cannot be judged as it began goes on hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from pipeline.core.aids import Aids
from pipeline.core.brief import brief_of
from pipeline.core.consent_rules import Rules
from pipeline.core.errors import WireError
from pipeline.core.messages import ChatRaw, Dead, Head, State
from pipeline.core.metadata import NO_METADATA
from pipeline.core.topics import CHAT, DAY_MS, DEAD, STATE
from pipeline.core.written import Conversation, Finder
from pipeline.ports.lane import Job, Keys, Meter, Out, Pins, Record, Step, Unreadable
from pipeline.stages.accept_consent import begins, gate_of
from pipeline.stages.chat_consent import follow, leave, tell
from pipeline.stages.chat_out import line_outs, timeout_outs
from pipeline.stages.chat_talk import Came, ChatTalk, Judged, Over

STAGE = "chat"
INPUTS = (CHAT,)
VERSION = 1  # of the state's body
TALKS_MAX = 5_000  # running in one partition; more are a fault or a flood
AHEAD_MAX = 10_000  # sequences; further beyond what came is no gap but a mistake
REMEMBER_MS = DAY_MS  # how long it is known that a conversation is over, and where it stood
QUIET_STEP_MS = 1_000  # a worker that stood still must read first
RATE, CHANNELS = 1, 1  # of a head: chat has neither


class ChatLane:
    """Implements ports.lane.Lane; finishes each record before the next, so Faust may carry it.

    pin: what new conversations are judged by. detector: of this worker's rules. purposes: with topics of their own.
    idle_ms: a conversation without a message that long is over. reorder_ms: how late a message may come. rules: of
    consent, those of the pin; None: nobody asks.
    """

    def __init__(
        self,
        *,
        pin: str,
        detector: str,
        pins: Pins,
        fleet: str,
        purposes: Sequence[str],
        tenants: frozenset[str],
        idle_ms: int,
        reorder_ms: int,
        keys: Keys,
        aids: Aids,
        finders: Sequence[Finder],
        meter: Meter,
        partition: int = -1,
        rules: Rules | None = None,
    ) -> None:
        self._rules = rules
        self._pin, self._detector, self._pins, self._fleet = pin, detector, pins, fleet
        self._purposes, self._tenants, self._keys = tuple(purposes), tenants, keys
        self._idle_ms, self._reorder_ms = idle_ms, reorder_ms
        self._aids, self._finders, self._meter, self._partition = aids, tuple(finders), meter, partition
        self._talks: dict[str, ChatTalk] = {}
        self._log_ms = self._quiet_ms = 0
        self._now_ms = -1
        self._due_ms = 0  # nothing is to be decided before

    def restore(self, states: Iterable[State]) -> None:
        """See Lane. What was said in a conversation whose state cannot be read is not known: it goes on hidden."""
        for state in states:
            if state.body is None:
                continue
            try:
                if state.version != VERSION:
                    raise ValueError("a state of another release; its conversation must be hidden")
                talk = ChatTalk.restored(state.head, state.body)
            except Exception:  # whatever is wrong with it
                head = replace(state.head, pin=self._pin, key=self._keys.new())  # the old ones may be lost as well
                talk = ChatTalk(head, None)
                talk.gate = gate_of(self._rules, head.tenant, NO_METADATA)  # what was told is not known, either
                self._fail(talk, "state_unreadable")
            self._talks[state.head.subject] = talk
            self._log_ms = max(self._log_ms, talk.at_ms)

    def take(self, record: Record, now_ms: int) -> Step:
        """See Lane. Raises WireError for a message that is no chat, KeyLostError if no new key can be made."""
        step, message, offset = Step(), record.message, (record.topic, record.offset)
        if not isinstance(message, ChatRaw):
            raise WireError("wrong_kind", f"chat does not read {type(message).__name__}")
        at_ms = min(record.at_ms, now_ms)  # a clock that is ahead must not end the conversations of others
        self._now_ms, self._quiet_ms, self._log_ms = now_ms, 0, max(self._log_ms, at_ms)
        self._decide(step)
        subject = f"{message.tenant}/{message.conversation}"
        talk = self._talks.get(subject)
        if reason := self._wrong(message, talk):
            self._refuse(step, record, message, reason)
            return step
        if message.told is not None:
            talk = talk or self._opened(message, None, at_ms, step)[0]
            step.outs += tell(talk, message, self._purposes, record.offset, at_ms)
            self._due_ms = min(self._due_ms, self._due(talk))
            talk.pending.append(offset)
            self._state(talk, step)
            return step
        talk, new = self._opened(message, talk, at_ms, step)
        came = talk.take(message, at_ms)
        self._due_ms = min(self._due_ms, self._due(talk))
        if came is Came.LATE:
            self._refuse(step, record, message, came)
        elif came is Came.REPEATED:
            self._meter.add("chat_messages_total", outcome=came)
            step.done.append(offset)
        else:
            talk.pending.append(offset)
            decided = talk.full and not talk.ready
            if decided:
                self._give_up(talk)
            if new or decided or not (talk.ready or talk.busy):
                self._state(talk, step)
        self._work(talk, step)
        return step

    def unreadable(self, record: Unreadable, now_ms: int) -> Step:
        """See Lane. It never came, as far as its conversation is concerned."""
        self._now_ms, self._quiet_ms = now_ms, 0
        return Step(done=[(record.topic, record.offset)])

    def finish(self, job: Job, result: Any, now_ms: int) -> Step:
        """See Lane. Lines are judged, or the end of a conversation is to be told."""
        step = Step()
        assert isinstance(result, Judged)
        talk = result.talk
        if self._talks.get(talk.head.subject) is not talk:  # it was over and has begun anew
            return step
        talk.busy = False
        for line, found in zip(result.lines, result.findings, strict=True):
            pin = self._pins.get(talk.head.pin)
            step.outs += line_outs(talk.head, pin, line.may or (), line, found, result.broken)
            outcome = "unjudged" if found is None else "redacted" if found else "released"
            self._meter.add("chat_messages_total", outcome=outcome)
            for finding in found or ():
                self._meter.add("spans_total", entity=finding.entity)
        talk.judged(result)
        step.outs += leave(talk)
        if talk.over and not talk.told:
            self._tell(talk, step)
        self._state(talk, step)
        self._due_ms = min(self._due_ms, self._due(talk))
        self._work(talk, step)
        return step

    def tick(self, now_ms: int) -> Step:
        """See Lane. Goes on with what a state holds; gives up and ends what nothing comes of any more."""
        step = Step()
        if self._now_ms >= 0:
            self._quiet_ms += min(max(now_ms - self._now_ms, 0), QUIET_STEP_MS)
        self._now_ms = now_ms
        self._decide(step)
        return step

    @property
    def paused(self) -> frozenset[str]:
        """See Lane. Each message is finished before the next: nothing piles up."""
        return frozenset()

    @property
    def calls(self) -> int:
        """Conversations under way."""
        return sum(not talk.over for talk in self._talks.values())

    @property
    def _time_ms(self) -> int:
        """Records tell the time; where there are none, as much of it as ticks saw pass."""
        return self._log_ms + self._quiet_ms

    def _decide(self, step: Step) -> None:
        """What time decides, written down before it is obeyed."""
        if self._time_ms < self._due_ms:
            return
        for subject, talk in list(self._talks.items()):
            talk.at_ms = talk.at_ms or self._log_ms  # nobody knows when it was last heard of
            if talk.busy or not talk.at_ms:
                continue
            if talk.over and talk.told:
                if talk.at_ms + REMEMBER_MS <= self._time_ms:
                    step.states.append(Out(STATE + STAGE, State(talk.head, STAGE, VERSION, None)))
                    del self._talks[subject]
            elif talk.over:  # a state says so
                self._tell(talk, step)
                self._state(talk, step)
            elif talk.ready:
                self._work(talk, step)
            elif talk.waiting and talk.since_ms + self._reorder_ms <= self._time_ms:
                self._give_up(talk)
                self._state(talk, step)
                self._work(talk, step)
            elif not talk.waiting and talk.at_ms + self._idle_ms <= self._time_ms:
                talk.over = Over.TIMEOUT
                talk.forget()
                self._state(talk, step)
                self._work(talk, step)
        self._due_ms = min((self._due(talk) for talk in self._talks.values()), default=self._time_ms + self._idle_ms)

    def _due(self, talk: ChatTalk) -> int:
        """When time may decide something about it."""
        if talk.over and talk.told:
            return talk.at_ms + REMEMBER_MS
        if talk.busy or talk.ready or talk.over:
            return self._time_ms
        return talk.since_ms + self._reorder_ms if talk.waiting else talk.at_ms + self._idle_ms

    def _wrong(self, message: ChatRaw, talk: ChatTalk | None) -> str:
        """Why a message is not taken, as a reason code, or empty."""
        if self._tenants and message.tenant not in self._tenants:
            return "tenant_not_allowed"
        if talk is None and len(self._talks) >= TALKS_MAX:
            return "too_many_conversations"
        if message.told is not None:
            return "" if talk or begins(message.told) else "unknown_conversation"
        if talk and talk.over is Over.ENDED and message.sequence >= (talk.next or 0):
            return "after_end"
        expected = (talk.next if talk else 0) or 0
        known = talk is None or talk.next is not None
        return "sequence_too_far" if known and message.sequence - expected > AHEAD_MAX else ""

    def _opened(self, message: ChatRaw, talk: ChatTalk | None, at_ms: int, step: Step) -> tuple[ChatTalk, bool]:
        """The conversation of a message; and whether it begins with it, or begins anew."""
        if talk is not None and (talk.over is not Over.TIMEOUT or message.sequence < (talk.next or 0)):
            return talk, False
        if talk is not None and not talk.told:
            self._tell(talk, step)
        head = Head(
            message.tenant, message.conversation, self._fleet, self._pin, RATE, CHANNELS, at_ms, self._keys.new(),
            message.trace, message.metadata.jurisdiction, language=message.metadata.language,
        )  # fmt: skip
        new = ChatTalk(head, talk.next if talk else 0)
        new.lost = talk.lost if talk else []
        new.gate = talk.gate if talk else gate_of(self._rules, head.tenant, message.metadata)
        new.heard = talk.heard if talk else -1
        self._talks[head.subject] = new
        return new, True

    def _give_up(self, talk: ChatTalk) -> None:
        self._meter.add("chat_messages_total", talk.give_up(), outcome="missing")

    def _work(self, talk: ChatTalk, step: Step) -> None:
        """Start the next job of a conversation, if there is one to do."""
        talk.admit(self._purposes)
        lines = talk.ready
        if talk.busy or not (lines or (talk.over and not talk.told)):
            return
        talk.busy = True
        step.jobs.append(Job(talk.head.subject, partial(talk.judge, lines, self._context)))

    def _context(self, head: Head) -> Conversation:
        """An empty one under the rules of a conversation. Raises LookupError with a reason code."""
        pin = self._pins.get(head.pin)
        if pin is None:
            reason = "pin_unknown"
            raise LookupError(reason)
        if pin.detector != self._detector:
            reason = "pin_mismatch"
            raise LookupError(reason)
        brief = brief_of(list(pin.policies.values()), head.tenant)
        return Conversation(mono=False, aids=self._aids, finders=self._finders, brief=brief)

    def _tell(self, talk: ChatTalk, step: Step) -> None:
        """A conversation is over. If nobody said so, a message of our own does."""
        talk.told = True
        talk.forget()
        self._meter.add("calls_total", outcome=talk.over)
        if talk.over is Over.TIMEOUT:
            pin = self._pins.get(talk.head.pin)
            step.outs += timeout_outs(talk.head, pin, follow(talk.gate, self._purposes), talk.at_ms + self._idle_ms)

    def _state(self, talk: ChatTalk, step: Step) -> None:
        """Write a conversation down: all that was taken of it is covered."""
        step.states.append(Out(STATE + STAGE, State(talk.head, STAGE, VERSION, talk.snapshot())))
        step.done += talk.pending
        talk.pending = []

    def _fail(self, talk: ChatTalk, reason: str) -> None:
        talk.broken = reason

    def _refuse(self, step: Step, record: Record, message: ChatRaw, reason: str) -> None:
        self._meter.add("dead_letters_total", reason=reason)
        dead = Dead(
            STAGE, CHAT, self._partition, record.offset, reason, record.at_ms, message.tenant, message.conversation,
            message.sequence,
        )  # fmt: skip
        step.outs.append(Out(DEAD, dead))
        step.done.append((record.topic, record.offset))
