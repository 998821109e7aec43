"""hear, live: chunks of audio to words, keypad entries and loudness, one Words per chunk.

What is heard is a function of the audio. An engine that dies is opened anew and hears again what it must; after a
crash another worker does the same from the last state. That one cannot know how much was told before: for a while it
tells the last utterances again, and whoever takes Words leaves out what was told (core/fit.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from pipeline.core.messages import Audio, Event, EventKind, Head, State, Words
from pipeline.core.topics import AUDIO, EVENTS, STATE, WORDS
from pipeline.ports.engine import Engine
from pipeline.ports.lane import Job, Meter, Offset, Out, Pins, Record, Step, Unreadable
from pipeline.ports.resampler import OpenResampler
from pipeline.stages.hear_call import VERSION, Chunk, Listener, RunningCall, Told, restored

STAGE = "hear"
INPUTS = (AUDIO,)
STATE_MS = 5_000  # of audio between two states: what a crash makes the next worker hear again
JOB_MS = 5_000  # of audio a job hears: after a standstill no call keeps the others waiting
QUEUE_BYTES_MAX = 64 << 20  # of audio waiting to be heard: an hour of one call, 10 s of 200
FAILURES_MAX = 2  # of an engine at the same chunk: a third time would end no better
RETELL_MS = 10_000  # a worker thought dead may still have sent Words for so long
LOST_MS = 60_000  # an unreadable message is the end of its call if nothing follows it
SILENT_MS = 7_200_000  # twice what accept waits at most before it ends a call
CLOSED_MS = 120_000  # how long it is known that a call is over: its audio may come again until it is committed
SEQUENCE_LAST = 2**31 - 1  # behind all Words of a call: the hole before it silences the call


class HearLane:
    """Implements ports.lane.Lane. Takes Audio; gives Words, States, and Events for calls it cannot hear."""

    def __init__(
        self,
        *,
        fleet: str,
        engine: Engine,
        resampler: OpenResampler,
        pins: Pins,
        meter: Meter,
        queue_bytes_max: int = QUEUE_BYTES_MAX,
    ) -> None:
        """queue_bytes_max: audio not heard yet; with more than that no more is taken until it is half."""
        self._fleet, self._engine, self._resampler = fleet, engine, resampler
        self._pins, self._meter, self._queue_max = pins, meter, queue_bytes_max
        self._calls: dict[str, RunningCall] = {}
        self._over: dict[str, int] = {}  # calls that are over, and when something of them came last
        self._lost_starts: dict[str, tuple[Offset, int]] = {}  # first chunks that could not be read
        self._unreadable: list[Head] = []  # calls whose state cannot be read
        self._born_ms: int | None = None
        self._queued = 0
        self._full = False

    def restore(self, states: Iterable[State]) -> None:
        """See Lane. A state that cannot be read fails its call with the next step."""
        for state in states:
            if state.head.fleet != self._fleet or state.body is None:
                continue
            try:
                if state.version != VERSION:
                    raise ValueError("a state of another version")
                self._calls[state.head.subject] = restored(state.head, state.body, self._engine, self._resampler)
            except Exception:  # whatever is wrong with it, the call must not be heard from here
                self._unreadable.append(state.head)

    def take(self, record: Record, now_ms: int) -> Step:
        """See Lane."""
        step = self._begin(now_ms)
        audio, offset = record.message, (record.topic, record.offset)
        if not isinstance(audio, Audio) or audio.head.fleet != self._fleet or self._is_over(audio.head, now_ms):
            step.done.append(offset)
            return step
        call = self._calls.get(audio.head.subject) or self._started(audio, now_ms)
        chunk = Chunk.of(audio, record.at_ms)
        if call is None or self._known(call, chunk):
            step.done.append(offset)
            return step
        call.taken_ms, call.retell_ms = now_ms, (self._born_ms or 0) + RETELL_MS
        call.unknown = call.unknown and record.at_ms < call.retell_ms
        before = sum(c.pcm.nbytes for c in call.queue)
        fits = call.add(chunk, offset)
        self._weigh(sum(c.pcm.nbytes for c in call.queue) - before)
        reason = self._objection(call) if fits else "audio_unfit"
        if reason:
            call.spoken_ms = audio.spoken_ms
            self._fail(call, reason, step, now_ms, {offset})
        else:
            self._listen(call, step, now_ms)
        return step

    def unreadable(self, record: Unreadable, now_ms: int) -> Step:
        """See Lane. Its samples become zeros when the next chunk shows how many they were."""
        step = self._begin(now_ms)
        dead, offset = record.dead, (record.topic, record.offset)
        subject = f"{dead.tenant}/{dead.call}"
        call = self._calls.get(subject)
        if call and dead.sequence >= (call.next or 0) and dead.sequence not in call.lost:
            call.lost[dead.sequence], call.taken_ms = offset, now_ms
        elif not call and dead.sequence == 0 and subject not in self._over and subject not in self._lost_starts:
            self._lost_starts[subject] = offset, now_ms
        else:
            step.done.append(offset)
        return step

    def finish(self, job: Job, result: Told, now_ms: int) -> Step:
        """See Lane. Results of a call that failed meanwhile are dropped."""
        step = self._begin(now_ms)
        call = self._calls.get(str(job.key))
        if call is None or call.job is not job:
            return step
        call.job = None
        self._weigh(-sum(chunk.pcm.nbytes for chunk, _ in result.chunks))
        call.told(result)
        for chunk, sounds in result.chunks:
            words = Words(
                call.head, chunk.sequence, sounds, chunk.spoken_ms, profile=chunk.profile, purposes=chunk.purposes
            )
            step.outs.append(Out(WORDS, words))
        self._count(call, result, now_ms)
        if result.chunks and result.chunks[-1][0].last:
            self._close(call, step, now_ms)
            return step
        if result.error:
            call.failures = 1 if result.chunks else call.failures + 1
            if call.failures >= FAILURES_MAX:
                self._fail(call, "engine_failed", step, now_ms)
                return step
            self._meter.add("engine_restarts_total")
        else:
            call.failures = 0
        if call.pushed - call.stated_at >= STATE_MS * call.head.rate // 1000:
            call.stated_at = call.pushed
            step.states.append(Out(STATE + STAGE, State(call.head, STAGE, VERSION, call.state())))
            step.done += call.covered()
        self._listen(call, step, now_ms)
        return step

    def tick(self, now_ms: int) -> Step:
        """See Lane. Ends calls of which nothing comes any more, and forgets those that are long over."""
        step = self._begin(now_ms)
        for call in list(self._calls.values()):
            call.taken_ms = call.taken_ms or now_ms
            silent_ms = now_ms - call.taken_ms
            if call.lost and silent_ms >= LOST_MS:
                self._fail(call, "audio_unreadable", step, now_ms)
            elif silent_ms >= SILENT_MS and not call.queue:
                self._fail(call, "audio_stopped", step, now_ms)
        for subject, (offset, since_ms) in list(self._lost_starts.items()):
            if now_ms - since_ms >= LOST_MS:
                del self._lost_starts[subject]
                step.done.append(offset)
        self._over = {subject: seen_ms for subject, seen_ms in self._over.items() if now_ms - seen_ms < CLOSED_MS}
        return step

    @property
    def paused(self) -> frozenset[str]:
        """See Lane."""
        return frozenset(INPUTS if self._full else ())

    @property
    def calls(self) -> int:
        """See Lane."""
        return len(self._calls)

    @property
    def waiting(self) -> int:
        """Utterances that wait for their turn, of all lanes of this worker: they share the engine."""
        return self._engine.waiting

    def _begin(self, now_ms: int) -> Step:
        self._born_ms = now_ms if self._born_ms is None else self._born_ms
        step = Step()
        for head in self._unreadable:
            call = RunningCall(head, Listener(head, self._engine, self._resampler))
            self._fail(call, "state_unreadable", step, now_ms)
        self._unreadable = []
        return step

    def _is_over(self, head: Head, now_ms: int) -> bool:
        if head.subject in self._over:
            self._over[head.subject] = now_ms
        return head.subject in self._over

    def _started(self, audio: Audio, now_ms: int) -> RunningCall | None:
        """A new call, or None: one that begins in its middle and has no state is over, and comes again after a crash.

        If it is not, nothing of it is ever judged, so nothing released.
        """
        subject = audio.head.subject
        lost = self._lost_starts.pop(subject, None)
        if audio.sequence and lost is None:
            self._over[subject] = now_ms
            return None
        call = RunningCall(audio.head, Listener(audio.head, self._engine, self._resampler))
        if lost:
            call.lost[0] = lost[0]
        self._calls[subject] = call
        return call

    def _known(self, call: RunningCall, chunk: Chunk) -> bool:
        """A chunk that came before, or is not needed for what the state says."""
        if call.next is not None:
            return chunk.sequence < call.next
        return chunk.sequence <= call.heard and chunk.end <= call.needed_from

    def _objection(self, call: RunningCall) -> str:
        """Why the engine here may not hear this call; empty if it may."""
        if not call.checked:
            pin, mine = self._pins.get(call.head.pin), self._engine.identity
            ours = (mine.engine, mine.engine_version, mine.model, mine.language, mine.sha256)
            if pin is None or ours != (pin.engine, pin.engine_version, pin.model, pin.language, pin.model_sha256):
                return "pin_mismatch"
            call.checked, call.listener.early = True, pin.early
        return ""

    def _listen(self, call: RunningCall, step: Step, now_ms: int) -> None:
        """Start the next job of a call, unless one runs or nothing waits."""
        if call.job or not call.queue:
            return
        most = call.queue[0].start + JOB_MS * call.head.rate // 1000
        fresh = tuple(c for n, c in enumerate(call.queue) if not n or c.end <= most)
        run = partial(call.listener.work, tuple(call.old), fresh, call.retell_ms)
        call.job, call.started_ms = Job(call.head.subject, run), now_ms
        step.jobs.append(call.job)

    def _count(self, call: RunningCall, result: Told, now_ms: int) -> None:
        self._meter.observe("processing_seconds", max(0, now_ms - call.started_ms) / 1000)
        samples = sum(len(chunk.pcm) for chunk, _ in result.chunks)
        self._meter.add("audio_seconds_total", samples * call.head.channels / call.head.rate)
        self._meter.add("words_total", result.words)

    def _fail(self, call: RunningCall, reason: str, step: Step, now_ms: int, also: Iterable[Offset] = ()) -> None:
        """Nothing more is heard of a call: whatever was not judged yet stays silent."""
        sequences = [call.heard + 1]
        if call.unknown:  # Words of that sequence may be in the log, and this one would be taken for a repeat
            sequences.append(SEQUENCE_LAST)
        step.outs += [Out(WORDS, Words(call.head, s, (), call.spoken_ms, failed=reason)) for s in sequences]
        step.outs.append(Out(EVENTS, Event(call.head, EventKind.FAILED, now_ms, STAGE, reason)))
        known = set(call.rest())
        step.done += [offset for offset in also if offset not in known]
        self._close(call, step, now_ms)

    def _close(self, call: RunningCall, step: Step, now_ms: int) -> None:
        step.states.append(Out(STATE + STAGE, State(call.head, STAGE, VERSION, None)))
        step.done += call.rest()
        self._weigh(-sum(chunk.pcm.nbytes for chunk in call.queue))
        self._calls.pop(call.head.subject, None)
        self._over[call.head.subject] = now_ms

    def _weigh(self, more: int) -> None:
        """`more` bytes wait to be heard; below 0: fewer."""
        self._queued += more
        self._full = self._queued > (self._queue_max // 2 if self._full else self._queue_max)
