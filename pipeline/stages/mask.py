"""mask: joins raw audio with verdicts and lets audio out below the watermark only, masked, for every purpose.

Undecided audio exists in this process only. What comes too late is silenced by a judgement that mask itself writes
into the log of verdicts and obeys when it reads it back: so what leaves is a function of the logs, never of the clock,
and a replay after a crash lets out the same samples. So it is with the originals a policy keeps (core/originals.py):
they leave for the vault with the chunk they lie in.

Offsets: a chunk is finished when all of it has left. A judgement is finished when every chunk it speaks of is
*committed*, not only finished: chunks that wait behind another call's are read again after a crash and need it then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.core.errors import ConfigError
from pipeline.core.ledger import Ledger
from pipeline.core.masker import Masker
from pipeline.core.messages import END, Audio, Head, Judgement, State
from pipeline.core.policy import HOLD_MS_MOST, Late, Policy
from pipeline.core.tone import Action, Tone
from pipeline.core.topics import AUDIO, REDACTED, SEALED, VERDICTS
from pipeline.ports.lane import Job, Meter, Out, Pins, Record, Step, Unreadable
from pipeline.stages.mask_call import BITS, MaskCall

SLACK_MS = 60_000  # brokers' and workers' clocks differ by less
ORPHAN_MS = 3_600_000  # verdicts that old without audio: an hour's backlog of audio is read in minutes
STOPPED_MS = 7_200_000  # without audio: twice what accept waits at most before it ends a call
ENDED_MAX = 10_000  # calls remembered after their end: repeats of their last messages are known for what they are
RESUME_SHARE = 0.8  # of the limit: reading goes on when less is held


@dataclass(slots=True)
class Budget:
    """Bytes of audio all lanes of one worker may hold together."""

    limit: int
    used: int = 0


class MaskLane:
    """See ports.lane.Lane. held_ms_max: audio older than that leaves as silence whatever the policies say."""

    STAGE = "mask"
    INPUTS = (AUDIO, VERDICTS)

    def __init__(
        self, *, fleet: str, purposes: tuple[str, ...], pins: Pins, held_ms_max: int, budget: Budget, meter: Meter
    ) -> None:
        self._fleet, self._purposes, self._pins = fleet, purposes, pins
        self._held_ms_max, self._budget, self._meter = held_ms_max, budget, meter
        self._calls: dict[str, MaskCall] = {}
        self._ended: dict[str, None] = {}
        self._audio: Ledger | None = None
        self._order: deque[tuple[int, MaskCall | None, int]] = deque()  # chunks read, oldest first, and their ends
        self._damaged: list[tuple[int, int]] = []  # offset and time of verdicts nobody can read
        self._waits = False
        self._audio_at_ms = 0

    def restore(self, states: Iterable[State]) -> None:
        """mask keeps no state: it lives from the two logs."""
        assert not list(states), "mask was given states"

    def take(self, record: Record, now_ms: int) -> Step:
        """See Lane."""
        step = Step()
        match record.message:
            case Audio() as chunk:
                self._take_audio(record, chunk, now_ms, step)
            case Judgement() as judgement:
                self._take_judgement(record, judgement, now_ms, step)
            case other:
                raise TypeError(f"mask takes no {type(other).__name__}")
        self._settle(step)
        return step

    def unreadable(self, record: Unreadable, now_ms: int) -> Step:
        """Audio: zeros, hidden by the verdicts or not, take its place when the next chunk comes. A verdict: its call is
        silenced from the last verdict on; if nobody knows of which call, then each that lacks one.
        """
        step = Step()
        if record.topic == AUDIO:
            self._read_audio(record.offset, record.at_ms)
            self._order.append((record.offset, None, 0))
            self._finish_audio(record.offset, step)
        else:
            call = self._calls.get(f"{record.dead.tenant}/{record.dead.call}")
            if call is not None:
                call.keep(record.offset, "verdict_unreadable")
                self._let_out(call, now_ms, step)
            elif record.dead.call and f"{record.dead.tenant}/{record.dead.call}" in self._ended:
                step.done.append((VERDICTS, record.offset))
            else:
                self._damaged.append((record.offset, record.at_ms))
        self._settle(step)
        return step

    def finish(self, job: Job, result: object, now_ms: int) -> Step:
        """mask has no jobs."""
        raise AssertionError("mask has no jobs")

    def tick(self, now_ms: int) -> Step:
        """Ask for silence where verdicts are late, and let go of what will never be used."""
        step = Step()
        for subject, call in list(self._calls.items()):
            if not call.has_audio:
                self._drop_if_over(subject, call, now_ms, step)
                continue
            upto, reason = self._late(call, now_ms)
            if upto > call.asked_upto:
                self._ask(call, upto, reason, now_ms, step)
            if now_ms - call.taken_ms > STOPPED_MS and not call.unreleased:
                self._stop(call, now_ms, step)
        self._settle(step)
        return step

    def _stop(self, call: MaskCall, now_ms: int, step: Step) -> None:
        """No audio for too long: its last chunk could not be read. The log must say so before it ends."""
        if call.asked_upto < END:
            self._ask(call, END, "audio_stopped", now_ms, step)
        else:
            call.end()
            self._let_out(call, now_ms, step)

    @property
    def paused(self) -> frozenset[str]:
        """Audio, when more is held than the budget allows; verdicts never."""
        limit = self._budget.limit * (RESUME_SHARE if self._waits else 1.0)
        self._waits = self._budget.used > limit
        return frozenset([AUDIO]) if self._waits else frozenset()

    @property
    def calls(self) -> int:
        """Calls under way."""
        return len(self._calls)

    @property
    def held_bytes(self) -> int:
        """Audio held by this lane."""
        return sum(call.held_bytes for call in self._calls.values())

    def close(self) -> None:
        """The partition is gone: what was held is held no longer."""
        self._budget.used -= self.held_bytes
        self._calls.clear()

    def _take_audio(self, record: Record, chunk: Audio, now_ms: int, step: Step) -> None:
        self._read_audio(record.offset, record.at_ms)
        head = chunk.head
        call = None if head.fleet != self._fleet or head.subject in self._ended else self._call(head)
        before = call.held_bytes if call else 0
        if call is None or not call.push_audio(record.offset, now_ms, chunk):
            self._order.append((record.offset, None, 0))
            self._finish_audio(record.offset, step)
            return
        self._budget.used += call.held_bytes - before
        call.at_ms = max(call.at_ms, record.at_ms)
        self._order.append((record.offset, call, chunk.start_sample + len(chunk.pcm)))
        self._let_out(call, now_ms, step)

    def _take_judgement(self, record: Record, item: Judgement, now_ms: int, step: Step) -> None:
        head = item.head
        if head.fleet != self._fleet or head.subject in self._ended:
            step.done.append((VERDICTS, record.offset))
            return
        call = self._call(head)
        call.at_ms = max(call.at_ms, record.at_ms)
        if item.sequence >= 0 and head.pin != call.head.pin:
            maskers, broken = self._maskers(head)
            if not call.adopt(head, maskers, self._vault(head), asked=self._asked(head)):
                broken = "pin_mismatch"
            call.broken = call.broken or broken
        if not call.push_judgement(record.offset, item, after_damage=bool(self._damaged)):
            step.done.append((VERDICTS, record.offset))
            return
        if item.silence_upto:
            call.asked_upto = max(call.asked_upto, item.silence_upto)
            self._meter.add("late_verdicts_total", reason=item.reason or "unknown")
        self._let_out(call, now_ms, step)

    def _call(self, head: Head) -> MaskCall:
        call = self._calls.get(head.subject)
        if call is None:
            maskers, broken = self._maskers(head)
            vault, asked = self._vault(head), self._asked(head)
            call = self._calls[head.subject] = MaskCall(head, maskers, vault, asked=asked)
            call.broken = broken
        return call

    def _maskers(self, head: Head) -> tuple[dict[str, Masker], str]:
        """By purpose, and why this call must be silence; empty if it need not."""
        pin = self._pins.get(head.pin)
        if pin is None:
            return {p: _masker(head, None) for p in self._purposes}, "pin_unknown"
        try:
            return {p: _masker(head, policy) for p, policy in pin.policies.items()}, ""
        except ConfigError:  # a tone this rate cannot carry
            return {p: _masker(head, None) for p in pin.policies}, "tone_unfit"

    def _asked(self, head: Head) -> bool:
        """Whether purposes of this call had to ask."""
        pin = self._pins.get(head.pin)
        return pin is not None and pin.consent is not None

    def _vault(self, head: Head) -> frozenset[str]:
        """Entities whose originals are kept of this call."""
        pin = self._pins.get(head.pin)
        return pin.vault if pin else frozenset()

    def _let_out(self, call: MaskCall, now_ms: int, step: Step) -> None:
        """Send what may leave, finish its chunks; ask for silence if the call's verdicts cannot be believed."""
        if call.broken and call.has_audio and call.asked_upto < END:
            self._ask(call, END, call.broken, now_ms, step)
        before, was_done = call.held_bytes, call.done
        for block, hidden in call.blocks():
            step.outs.append(Out(REDACTED + block.purpose, block))
            self._meter.add("samples_total", block.pcm.size - hidden, purpose=block.purpose, fate="released")
            self._meter.add("samples_total", hidden, purpose=block.purpose, fate="masked")
        self._budget.used -= before - call.held_bytes
        left = call.released_chunks()
        for sealed in call.sealed(left, over=call.done and not was_done):
            step.outs.append(Out(SEALED, sealed))
        for chunk in left:
            self._meter.observe("hold_seconds", max(0, now_ms - chunk.taken_ms) / 1000)
            self._meter.observe("spoken_to_released_seconds", max(0, now_ms - chunk.spoken_ms) / 1000)
            self._finish_audio(chunk.offset, step)

    def _ask(self, call: MaskCall, upto: int, reason: str, now_ms: int, step: Step) -> None:
        call.asked_upto = upto
        step.outs.append(Out(VERDICTS, Judgement(call.head, -1, (), now_ms, upto, reason)))

    def _late(self, call: MaskCall, now_ms: int) -> tuple[int, str]:
        """The sample below which this call is to be silenced now, and why; 0: nothing is late."""
        upto = call.undecided_before(now_ms - self._held_ms_max)
        if upto:
            return upto, "held_too_long"
        pin = self._pins.get(call.head.pin)
        policies = list(pin.policies.values()) if pin else []
        if policies and all(p.late is Late.SILENCE for p in policies):
            hold_ms = max((p.hold_ms for p in policies), default=HOLD_MS_MOST)
            return call.undecided_before(now_ms - hold_ms), "late"
        return 0, ""

    def _read_audio(self, offset: int, at_ms: int) -> None:
        self._audio = self._audio or Ledger(offset)
        self._audio.take(offset)
        self._audio_at_ms = max(self._audio_at_ms, at_ms)

    def _finish_audio(self, offset: int, step: Step) -> None:
        assert self._audio is not None
        self._audio.done(offset)
        step.done.append((AUDIO, offset))

    def _settle(self, step: Step) -> None:
        """Finish judgements that only speak of committed audio, and forget calls of which nothing is left."""
        commit = self._audio.commit if self._audio else 0
        while self._order and self._order[0][0] < commit:
            _, call, end = self._order.popleft()
            if call is None:
                continue
            call.uncommitted -= 1
            call.floor = max(call.floor, end)
            step.done += ((VERDICTS, k.offset) for k in call.kept if k.reach <= call.floor)
            call.kept = [k for k in call.kept if k.reach > call.floor]
        for subject in [s for s, c in self._calls.items() if c.done and not c.uncommitted]:
            step.done += ((VERDICTS, k.offset) for k in self._calls[subject].kept)
            self._over(subject)
        while self._damaged and all(c.at_ms > self._damaged[0][1] + SLACK_MS for c in self._calls.values()):
            if self._audio_at_ms <= self._damaged[0][1] + SLACK_MS:
                break
            step.done.append((VERDICTS, self._damaged.pop(0)[0]))

    def _over(self, subject: str) -> None:
        del self._calls[subject]
        self._ended[subject] = None
        if len(self._ended) > ENDED_MAX:
            del self._ended[next(iter(self._ended))]

    def _drop_if_over(self, subject: str, call: MaskCall, now_ms: int, step: Step) -> None:
        """Verdicts of a call without audio: audio is written before its verdicts, so that call is over."""
        stale = now_ms - call.at_ms > ORPHAN_MS and not self._waits
        if stale or self._audio_at_ms > call.at_ms + SLACK_MS:
            step.done += ((VERDICTS, k.offset) for k in call.kept)
            self._over(subject)


def _masker(head: Head, policy: Policy | None) -> Masker:
    """Without a policy all is silence."""
    if policy is None:
        return Masker(head.rate, BITS, lambda _entity: Action.SILENCE, Tone())
    return Masker(head.rate, BITS, policy.action, policy.tone, policy.doubt)
