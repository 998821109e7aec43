"""Plays recordings as live calls: many at once, each in its own time, all from one loop."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaProducer

from pipeline.adapters.lateness import Lateness
from pipeline.adapters.voice import Part, Voice
from pipeline.core.errors import CallShieldError
from pipeline.core.messages import Intake
from pipeline.core.topics import INTAKE

Encode = Callable[[Intake], tuple[bytes, bytes, Sequence[tuple[str, bytes]]]]
"""Key, value and headers of one message of `calls.intake`."""

IN_FLIGHT_MAX = 512  # messages not yet confirmed: with 250 ms of two channels at 8 kHz, 4 MB
AHEAD_S = 1.0  # files are opened and checked this long before their call starts: that takes milliseconds each
LOOK_S = 0.05  # how soon a stop is noticed
TELL_S = 0.5
DRAIN_S_MAX = 20.0


@dataclass(frozen=True, slots=True)
class Played:
    """What was sent of one call. samples: per channel. error: why it ended early, empty if it did not."""

    part: Part
    samples: int
    error: CallShieldError | None = None


@dataclass(slots=True)
class Progress:
    """How far the playing is. behind: ms by which messages went out later than a live call would have sent them."""

    calls: int
    running: int = 0
    messages: int = 0
    channel_s: float = 0.0
    wall_s: float = 0.0
    done: list[Played] = field(default_factory=list)
    behind: Lateness = field(default_factory=Lateness)


class Player:
    """Sends calls through a producer. speed: times real time, None: as fast as the broker takes them."""

    def __init__(
        self, producer: AIOKafkaProducer, encode: Encode, *, speed: float | None, tell: Callable[[Progress], None]
    ) -> None:
        self._producer = producer
        self._encode = encode
        self._speed = speed
        self._tell = tell
        self._told = 0.0
        self._room = asyncio.Semaphore(IN_FLIGHT_MAX)
        self._error: BaseException | None = None

    async def play(self, parts: Sequence[Part], stop: asyncio.Event) -> Progress:
        """Play all parts, each from its own start on, until they end or `stop` is set. Raises KafkaError.

        A call that is stopped, or whose file turns out damaged, ends with a final message.
        """
        progress = Progress(len(parts))
        with contextlib.ExitStack() as files:
            ahead = iter(sorted((Voice(part) for part in parts), key=lambda voice: voice.part.start_s))
            agenda = _Agenda(self._speed, ahead, files)
            agenda.open_until(AHEAD_S)
            start = time.monotonic()
            while (entry := agenda.first()) is not None:
                now_s = time.monotonic() - start
                wait_s = entry.due_s - now_s
                if stop.is_set():
                    await self._stop(agenda, progress)
                    break
                if wait_s > 0:
                    agenda.open_until(now_s + AHEAD_S)
                    await asyncio.sleep(min(wait_s, LOOK_S))
                else:
                    await self._speak(agenda, entry, progress)
                    if self._speed is not None:
                        progress.behind.add((time.monotonic() - start - entry.due_s) * 1000)
                progress.wall_s = time.monotonic() - start
                progress.running = agenda.running
                self._maybe_tell(progress)
            await self._drain()
            progress.wall_s, progress.running = time.monotonic() - start, 0
        self._tell(progress)
        return progress

    async def _speak(self, agenda: _Agenda, entry: _Entry, progress: Progress) -> None:
        """Send the next message of the call that is due."""
        voice, error = entry.voice, None
        story, previous = voice.part.story, voice.previous
        try:
            message = voice.next()
        except CallShieldError as damage:
            message, error = voice.end(), damage
        after = story.after(message) if message.final else []
        for said in (*story.before(message, previous), message, *after):
            await self._send(said)
            progress.messages += 1
        progress.channel_s += message.pcm.size / message.rate
        agenda.spoken(message.final)
        if message.final:
            progress.done.append(Played(voice.part, voice.samples, error))

    async def _stop(self, agenda: _Agenda, progress: Progress) -> None:
        """End every call that has begun."""
        for voice in agenda.begun():
            await self._send(voice.end())
            progress.messages += 1
            progress.done.append(Played(voice.part, voice.samples))

    async def _send(self, message: Intake) -> None:
        key, value, headers = self._encode(message)
        await self._room.acquire()
        if self._error is not None:
            raise self._error
        sent = await self._producer.send(INTAKE, value, key=key, headers=list(headers))
        sent.add_done_callback(self._confirmed)

    def _confirmed(self, sent: asyncio.Future[object]) -> None:
        self._room.release()
        error = asyncio.CancelledError() if sent.cancelled() else sent.exception()
        self._error = self._error or error

    async def _drain(self) -> None:
        await asyncio.wait_for(self._producer.flush(), DRAIN_S_MAX)
        if self._error is not None:
            raise self._error

    def _maybe_tell(self, progress: Progress) -> None:
        if progress.wall_s - self._told >= TELL_S:
            self._told = progress.wall_s
            self._tell(progress)


@dataclass(frozen=True, slots=True, order=True)
class _Entry:
    """When a call's next message is due. spoken_s breaks ties, so that at top speed all calls go forward together."""

    due_s: float
    spoken_s: float
    number: int
    voice: Voice = field(compare=False)


class _Agenda:
    """Which call speaks next: one heap over all calls that have been opened."""

    def __init__(self, speed: float | None, ahead: Iterator[Voice], files: contextlib.ExitStack) -> None:
        self._speed = speed
        self._ahead = ahead
        self._next = next(ahead, None)
        self._files = files
        self._number = 0
        self._heap: list[_Entry] = []

    @property
    def running(self) -> int:
        """Calls that have begun and not ended."""
        return len(self.begun())

    def begun(self) -> list[Voice]:
        """Calls of which something was sent and that have not ended."""
        return [entry.voice for entry in self._heap if entry.voice.sequence]

    def open_until(self, start_s: float) -> None:
        """Open the files of the calls that start before `start_s`."""
        while self._next is not None and (self._speed is None or self._next.part.start_s <= start_s):
            self._files.callback(self._next.close)
            heapq.heappush(self._heap, self._entry(self._number, self._next))
            self._number += 1
            self._next = next(self._ahead, None)

    def first(self) -> _Entry | None:
        """The message due first, None if all calls have ended."""
        if not self._heap and self._next is not None:
            self.open_until(self._next.part.start_s)
        return self._heap[0] if self._heap else None

    def spoken(self, final: bool) -> None:
        """The first message was sent. final: it was its call's last."""
        entry = heapq.heappop(self._heap)
        if final:
            entry.voice.close()
        else:
            heapq.heappush(self._heap, self._entry(entry.number, entry.voice))

    def _entry(self, number: int, voice: Voice) -> _Entry:
        """A message can be sent when its last sample has been spoken."""
        spoken_s = voice.next_end_s
        due_s = 0.0 if self._speed is None else voice.part.start_s + spoken_s / self._speed
        return _Entry(due_s, spoken_s, number, voice)
