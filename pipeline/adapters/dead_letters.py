"""The dead letters: what lies in `calls.dead`, sent again or laid to rest.

The topic is only ever added to. That a letter is settled is a letter too: its topic is `calls.dead` itself, its
partition and offset are those of the settled one, its reason says how. It is sent to the same partition, so it always
comes after the letter it is about.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from aiokafka import AIOKafkaProducer, ConsumerRecord

from pipeline.adapters.kafka_connect import Kafka, reach, told
from pipeline.adapters.kafka_read import one, read_topic
from pipeline.adapters.producer import need_topics
from pipeline.adapters.wire import Wire
from pipeline.core.errors import InputError, WireError
from pipeline.core.messages import Dead
from pipeline.core.topics import DEAD, OPERATOR

LETTERS_MAX = 10_000  # kept while reading, without what they hold: a few MB. Older ones wait for the next look
RETRIED = "retried"  # header of a message sent again: the letter it comes from


class Settled(StrEnum):
    """What became of a letter. Add, never rename: markers in the topic carry these."""

    OPEN = ""
    RETRIED = "retried"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter. dead: what it says, without the original. kept: it holds the original. readable: else `dead`
    has only the reason why not, and when it came.
    """

    partition: int
    offset: int
    dead: Dead
    kept: bool
    readable: bool = True
    settled: Settled = Settled.OPEN

    @property
    def id(self) -> str:
        """Partition and offset in `calls.dead`, such as 3:17."""
        return f"{self.partition}:{self.offset}"


@dataclass(frozen=True, slots=True)
class Listing:
    """Letters by the time they came. left_out: how many older ones were too many to keep."""

    letters: tuple[Letter, ...]
    left_out: int


class DeadLetters:
    """Reads and settles dead letters. wire: must hold the keys they are sealed under."""

    def __init__(self, kafka: Kafka, wire: Wire) -> None:
        self._kafka = kafka
        self._wire = wire

    async def find(self, want: Callable[[Letter], bool], *, settled: bool = False, most: int = LETTERS_MAX) -> Listing:
        """The newest `most` letters that are wanted. Reads the whole topic. Raises BrokerError.

        want: is asked before it is known what became of a letter. settled: also those retried or dropped.
        """
        found: OrderedDict[tuple[int, int], Letter] = OrderedDict()
        left_out = 0
        await reach(self._kafka)
        async with told(self._kafka):
            await need_topics(self._kafka, DEAD)
            async for record in read_topic(self._kafka, DEAD):
                letter = self._letter(record)
                if letter.dead.topic == DEAD:
                    _settle(found, letter.dead, keep=settled)
                elif want(letter):
                    found[letter.partition, letter.offset] = letter
                    if len(found) > most:
                        found.popitem(last=False)
                        left_out += 1
        in_time = sorted(found.values(), key=lambda letter: (letter.dead.at_ms, letter.partition, letter.offset))
        return Listing(tuple(in_time), left_out)

    async def retry(self, letter: Letter, producer: AIOKafkaProducer) -> None:
        """Send the original again, to the topic and partition it came from, and mark the letter.

        Raises InputError if neither the letter nor the topic it came from has the original any more, BrokerError.
        """
        if not letter.readable:
            raise InputError(f"{letter.id}: cannot be read ({letter.dead.reason}); give its key back, or drop it")
        async with told(self._kafka):
            key, value, headers = await self._original(letter)
            marked = [*((name, text) for name, text in headers if name != RETRIED), (RETRIED, letter.id.encode())]
            await producer.send_and_wait(
                letter.dead.topic, value, key=key, partition=letter.dead.partition, headers=marked
            )
            await self._mark(letter, Settled.RETRIED, producer)

    async def drop(self, letter: Letter, producer: AIOKafkaProducer) -> None:
        """Mark the letter: nothing more will be done about it. Raises BrokerError."""
        async with told(self._kafka):
            await self._mark(letter, Settled.DROPPED, producer)

    async def _mark(self, letter: Letter, how: Settled, producer: AIOKafkaProducer) -> None:
        dead = letter.dead
        now_ms = time.time_ns() // 1_000_000
        place = (DEAD, letter.partition, letter.offset)
        marker = Dead(OPERATOR, *place, how.value, now_ms, dead.tenant, dead.call)
        key, value, headers = self._wire.encode(DEAD, marker)
        await producer.send_and_wait(DEAD, value, key=key, partition=letter.partition, headers=headers)

    async def _original(self, letter: Letter) -> tuple[bytes | None, bytes | None, Sequence[tuple[str, bytes]]]:
        """Key, value and headers of the message nobody could use."""
        dead = letter.dead
        if letter.kept:
            record = await one(self._kafka, DEAD, letter.partition, letter.offset)
            if record is None:
                raise InputError(f"{letter.id}: has just been deleted by its age; nothing of it is left")
            full = self._wire.decode(DEAD, record.value, record.headers)
            if isinstance(full, Dead):
                subject = f"{full.tenant}/{full.call}".encode() if full.tenant and full.call else None
                return subject, full.original, full.headers
        await need_topics(self._kafka, dead.topic)
        record = await one(self._kafka, dead.topic, dead.partition, dead.offset)
        if record is None:
            place = f"{dead.topic}, partition {dead.partition}, offset {dead.offset}"
            raise InputError(f"{letter.id}: the original ({place}) is kept no more; drop the letter")
        return record.key, record.value, record.headers

    def _letter(self, record: ConsumerRecord) -> Letter:
        try:
            dead = self._wire.decode(DEAD, record.value, record.headers)
            if not isinstance(dead, Dead):
                raise WireError("no_dead_letter", "another kind of message")
        except WireError as error:
            empty = Dead(
                "", "", -1, -1, error.reason, record.timestamp, error.tenant, error.call, error.sequence,
                error.start_sample,
            )  # fmt: skip
            return Letter(record.partition, record.offset, empty, kept=False, readable=False)
        kept = dead.original is not None
        return Letter(record.partition, record.offset, replace(dead, original=None, headers=()), kept)


def _settle(found: OrderedDict[tuple[int, int], Letter], marker: Dead, *, keep: bool) -> None:
    """Note what a marker says, if its letter is one of those found. A marker of a newer kind settles as dropped."""
    place = marker.partition, marker.offset
    letter = found.pop(place, None)
    if letter is not None and keep:
        known = marker.reason in set(Settled)
        found[place] = replace(letter, settled=Settled(marker.reason) if known else Settled.DROPPED)


def parse_id(text: str) -> tuple[int, int]:
    """ "3:17" as partition and offset. Raises InputError."""
    partition, colon, offset = text.partition(":")
    if not colon or not (partition.isascii() and partition.isdecimal() and offset.isascii() and offset.isdecimal()):
        raise InputError(f"{text!a}: is no dead letter; give partition:offset as callshield dead list shows it")
    return int(partition), int(offset)


def need(listing: Listing, wanted: Sequence[tuple[int, int]]) -> None:
    """Raises InputError naming the first of `wanted` that was not found."""
    there = {(letter.partition, letter.offset) for letter in listing.letters}
    for partition, offset in wanted:
        if (partition, offset) not in there:
            raise InputError(f"{partition}:{offset}: no such dead letter; see: callshield dead list")
