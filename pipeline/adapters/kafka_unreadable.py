"""Reads on past what the Kafka client itself cannot read: a header's name that is not UTF-8, a corrupt batch, an
unknown compression. It raises for the whole batch, and would do so for ever.
"""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CorruptRecordException, UnsupportedCodecError

from pipeline.adapters.log import get_log
from pipeline.core.errors import KeyLostError, WireError
from pipeline.core.messages import Dead
from pipeline.ports.lane import Out

UNREADABLE = (
    UnicodeDecodeError, UnsupportedCodecError, CorruptRecordException, zlib.error, gzip.BadGzipFile, EOFError,
)  # fmt: skip
LOOK_MS = 500  # a partition that has something gets this long to send it


@dataclass(frozen=True)
class Unread:
    """In place of a record that could not be had. timestamp: ms, of when that was found."""

    offset: int
    timestamp: int
    value: bytes | None = None
    headers: Sequence[tuple[str, bytes]] = ()


async def pass_by(
    consumer: AIOKafkaConsumer,
    reached: Mapping[TopicPartition, int],
    stale: Callable[[], bool],
    take: Callable[[TopicPartition, Sequence[Any]], Awaitable[None]],
    lost: Callable[[TopicPartition, int], None],
) -> None:
    """After one of UNREADABLE: take what comes before the bad offset of each partition, tell `lost` of that, read on.

    The client loses what it had read of other partitions when it raises, so all go back to where `reached` says
    (the offset after the last one taken), else to their commit. stale: true after a rebalance, which ends this.
    Of a bad batch, every offset from the bad one on is lost: the client reads a batch from its start.
    """
    places = {tp: await _place(consumer, tp, reached) for tp in sorted(consumer.assignment())}
    if stale():
        return
    for tp, offset in places.items():
        consumer.seek(tp, offset)
    for tp, offset in places.items():
        end = consumer.highwater(tp)
        if (end is None or offset < end) and not stale():
            await _through(consumer, tp, stale, take, lost)


async def _place(consumer: AIOKafkaConsumer, tp: TopicPartition, reached: Mapping[TopicPartition, int]) -> int:
    if tp in reached:
        return reached[tp]
    committed: int | None = await consumer.committed(tp)
    if committed is not None:
        return committed
    beginning: Mapping[TopicPartition, int] = await consumer.beginning_offsets([tp])
    return beginning[tp]


async def _through(
    consumer: AIOKafkaConsumer,
    tp: TopicPartition,
    stale: Callable[[], bool],
    take: Callable[[TopicPartition, Sequence[Any]], Awaitable[None]],
    lost: Callable[[TopicPartition, int], None],
) -> None:
    """Until a record after the bad ones is taken, or there is nothing more, or nothing was bad."""
    failed_at, bad, most = -1, False, None
    while True:
        try:
            records = (await consumer.getmany(tp, timeout_ms=LOOK_MS, max_records=most)).get(tp, [])
        except UNREADABLE:
            most = 1  # what comes before it is good
            offset = await consumer.position(tp)
            if stale():
                return
            if offset == failed_at:  # the second time, fetched anew: not the network's fault
                consumer.seek(tp, offset + 1)
                lost(tp, offset)
                bad = True
            failed_at = offset
            continue
        await take(tp, records)  # at once: after a rebalance they are of the new assignment
        if stale() or not records or most is None or bad:
            return


def unsealed(error: KeyLostError, out: Out, struck: set[tuple[str, int, int]], stage: str) -> asyncio.Future[Any]:
    """An output cannot be sealed, as the key of its call is gone. Once for a key this raises: the worker begins anew
    from the log, and its lane learns of it. From then on what cannot be said of such calls is not said: they are
    silence, and others go on. Returns what stands for the broker's word.
    """
    head = getattr(out.message, "head", None)
    if head is None or (head.key.kek_id, -1, -1) not in struck:
        if head is not None:
            struck.add((head.key.kek_id, -1, -1))
        raise error
    get_log().warning("key_lost", stage=stage, topic=out.topic, call=head.call)
    nothing: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    nothing.set_result(None)
    return nothing


def poison(error: Exception, message: Any) -> WireError:
    """A message that breaks the stage: to its lane it is one that cannot be read, and of which call is known."""
    head = getattr(message, "head", message)  # what recorders send has none, and says itself whose it is
    return WireError(
        "stage_error", type(error).__name__, tenant=getattr(head, "tenant", ""), call=getattr(head, "call", ""),
        sequence=getattr(message, "sequence", -1), start_sample=getattr(message, "start_sample", -1),
    )  # fmt: skip


def with_original(out: Out, record: Any) -> Out:
    """A dead letter with the bytes of the message it is of, if the policy asks for it."""
    if not isinstance(out.message, Dead) or out.message.offset != record.offset:
        return out
    dead = out.message
    place = (dead.stage, dead.topic, dead.partition, dead.offset, dead.reason, dead.at_ms)
    whole = Dead(*place, dead.tenant, dead.call, dead.sequence, dead.start_sample, record.value, tuple(record.headers))
    return Out(out.topic, whole)
