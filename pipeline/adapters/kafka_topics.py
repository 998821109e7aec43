"""The topic table against a real cluster: what is missing or differs, and the requests that mend it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import errors as faults
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int8, Int16, Int32, Schema, String

from pipeline.adapters.kafka_connect import Kafka, reach, told
from pipeline.core.errors import BrokerError
from pipeline.core.topics import HOUR_MS, MINUTE_MS, Topic

REQUEST_MS_MAX = 20_000
SEGMENTS = 6  # a topic keeps what it should and one segment more: a sixth of its retention
SEGMENT_MS_COMPACTED = 10 * MINUTE_MS  # the newest segment is never compacted
TOMBSTONE_MS = HOUR_MS  # longer than a worker takes to read a state topic, or it would miss the end of a call
DIRTY_RATIO = "0.1"


def configuration(topic: Topic, replicas: int) -> dict[str, str]:
    """Kafka's settings of a topic.

    Retention counts from the broker's clock, not from what senders claim: a recorder with a wrong clock would
    have its audio deleted at once, or kept. A segment goes only as a whole, so they are short.
    """
    chosen = {
        "cleanup.policy": topic.cleanup,
        "max.message.bytes": str(topic.max_bytes),
        "message.timestamp.type": "LogAppendTime",
        "compression.type": "uncompressed",  # the broker unpacks what recorders pack; sealed bytes cannot be packed
        "min.insync.replicas": str(max(1, replicas - 1)),
        "unclean.leader.election.enable": "false",
    }
    if topic.retention_ms is not None:
        return chosen | {
            "retention.ms": str(topic.retention_ms),
            "segment.ms": str(topic.retention_ms // SEGMENTS),
        }
    return chosen | {
        "segment.ms": str(SEGMENT_MS_COMPACTED),
        "min.cleanable.dirty.ratio": DIRTY_RATIO,
        "delete.retention.ms": str(TOMBSTONE_MS),
        "max.compaction.lag.ms": str(HOUR_MS),
    }


@dataclass(frozen=True)
class Wanted:
    """One topic as it should be."""

    topic: Topic
    partitions: int
    replicas: int


def wanted(table: Mapping[str, Topic], partitions: int, replicas: int) -> list[Wanted]:
    """The whole table as it should be, in its order."""
    return [Wanted(topic, topic.partitions or partitions, replicas) for topic in table.values()]


@dataclass(frozen=True)
class Actual:
    """One topic as it is. replicas: copies of the partition that has the fewest."""

    partitions: int
    replicas: int
    configuration: Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it should be. what: `topic`, `partitions`, `replicas` or a setting of Kafka's."""

    topic: str
    what: str
    expected: str
    found: str

    @property
    def line(self) -> str:
        """For people."""
        return f"{self.topic}: {self.what} is {self.found or 'missing'}, should be {self.expected}"


def differences(wish: Wanted, actual: Actual | None) -> list[Difference]:
    """What has to change. More copies than asked for are fine; how many must be in sync follows from those there are,
    since a topic that asks for more takes no message at all.
    """
    name = wish.topic.name
    if actual is None:
        return [Difference(name, "topic", "there", "")]
    found = []
    if actual.partitions != wish.partitions:
        found.append(Difference(name, "partitions", str(wish.partitions), str(actual.partitions)))
    if actual.replicas < wish.replicas:
        found.append(Difference(name, "replicas", str(wish.replicas), str(actual.replicas)))
    for key, value in configuration(wish.topic, actual.replicas).items():
        if actual.configuration.get(key, "") != value:
            found.append(Difference(name, key, value, actual.configuration.get(key, "")))
    return found


def refuse(wishes: Iterable[Wanted], actual: Mapping[str, Actual], *, partitions_too: bool) -> None:
    """Raise BrokerError for a change of partitions that cannot be made, or only when nobody is on the phone."""
    for wish in wishes:
        name, now = wish.topic.name, actual.get(wish.topic.name)
        if now is None or now.partitions == wish.partitions:
            continue
        if now.partitions > wish.partitions:
            raise BrokerError(
                f"{name} has {now.partitions} partitions and Kafka cannot take any away; "
                f"set CALLSHIELD_PARTITIONS to {now.partitions}, or delete the topic when no call is running"
            )
        if not partitions_too:
            raise BrokerError(
                f"{name} has {now.partitions} partitions, should have {wish.partitions}: running calls would move to "
                "other workers half-way and be silenced; when none is running, add --partitions-too"
            )


class Admin:
    """Topics of one cluster, looked at and changed. Get one by `administer`."""

    def __init__(self, client: AIOKafkaAdminClient) -> None:
        self._client = client

    async def actual(self, names: Sequence[str]) -> dict[str, Actual]:
        """Those of the topics that exist. Raises BrokerError if we may not see one."""
        found = {}
        for entry in await self._client.describe_topics(None):
            if entry["topic"] in names:
                _check(entry["error_code"], entry["topic"])
                copies = [len(partition["replicas"]) for partition in entry["partitions"]]
                found[entry["topic"]] = (len(copies), min(copies, default=0))
        if not found:
            return {}
        asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in found]
        configurations = {}
        for answer in await self._client.describe_configs(asked):
            for code, _, _, name, entries in answer.resources:
                _check(code, name)
                configurations[name] = {entry[0]: entry[1] or "" for entry in entries}
        return {name: Actual(*counts, configurations[name]) for name, counts in found.items()}

    async def partitions(self) -> dict[str, int]:
        """Number of partitions of every topic we may see."""
        entries = await self._client.describe_topics(None)
        return {entry["topic"]: len(entry["partitions"]) for entry in entries if entry["error_code"] == 0}

    async def create(self, wishes: Iterable[Wanted]) -> None:
        """Create topics. Raises BrokerError."""
        new = [
            NewTopic(
                wish.topic.name, wish.partitions, wish.replicas, topic_configs=configuration(wish.topic, wish.replicas)
            )
            for wish in wishes
        ]
        answer = await self._client.create_topics(new)
        for name, code, *said in answer.topic_errors:
            _check(code, name, *said)

    async def alter(self, changes: Mapping[str, Mapping[str, str]]) -> None:
        """Set these settings of these topics and leave their others. Raises BrokerError."""
        resources = [
            (int(ConfigResourceType.TOPIC), name, [(key, _SET, value) for key, value in values.items()])
            for name, values in changes.items()
        ]
        answer = await self.send(IncrementalAlterConfigs(resources))
        for code, said, _, name in answer.responses:
            _check(code, name, said)

    async def grow(self, counts: Mapping[str, int]) -> None:
        """Give topics more partitions: how many they have then. Raises BrokerError."""
        await self._client.create_partitions({name: NewPartitions(count) for name, count in counts.items()})

    async def send(self, request: Any) -> Any:
        """Any request to any broker, for what the client has no call for."""
        return await self._client._send_request(request)


async def counts(kafka: Kafka, names: Sequence[str]) -> dict[str, int]:
    """How many partitions each of these topics has, for a worker's start; needs no right but to read or write them.

    Raises BrokerError if one is missing or closed to us: aiokafka would wait for it for ever.
    """
    async with administer(kafka) as admin:
        found = await admin.partitions()
    absent = [name for name in names if name not in found]
    if absent:
        raise BrokerError(
            f"{absent[0]}: no such topic, or this user may not use it; "
            "create it by: callshield topics apply, and give the right by: callshield topics apply --acls"
        )
    return {name: found[name] for name in names}


@contextlib.asynccontextmanager
async def administer(kafka: Kafka) -> AsyncIterator[Admin]:
    """A connection that may look at and change topics. Raises ConfigError and BrokerError, also within."""
    await reach(kafka)
    async with told(kafka):
        client = AIOKafkaAdminClient(**kafka.options(), request_timeout_ms=REQUEST_MS_MAX)
        await client.start()
        try:
            yield Admin(client)
        finally:
            await client.close()


def _check(code: int, name: str, said: str | None = None) -> None:
    if code == 0:
        return
    error = faults.for_code(code)
    if error is faults.TopicAuthorizationFailedError or error is faults.ClusterAuthorizationFailedError:
        raise BrokerError(f"{name}: this user may not do that; use one with the rights of an administrator")
    because = f" ({said.rstrip('.')})" if said else ""
    raise BrokerError(f"{name}: the broker answered {error.__name__}{because}")


_SET = 0  # of the operations of an incremental change: set, delete, append, subtract


class IncrementalAlterConfigsResponse(Response):  # type: ignore[misc]
    """Kafka protocol, key 44, version 0: one code per topic."""

    API_KEY = 44
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "responses",
            Array(
                ("error_code", Int16), ("error_message", String("utf-8")),
                ("resource_type", Int8), ("resource_name", String("utf-8")),
            ),
        ),
    )  # fmt: skip


class IncrementalAlterConfigsStruct(RequestStruct):  # type: ignore[misc]
    """Kafka protocol, key 44, version 0. The older AlterConfigs would reset every setting not named."""

    API_KEY = 44
    API_VERSION = 0
    RESPONSE_TYPE = IncrementalAlterConfigsResponse
    SCHEMA = Schema(
        (
            "resources",
            Array(
                ("resource_type", Int8),
                ("resource_name", String("utf-8")),
                ("configs", Array(("name", String("utf-8")), ("operation", Int8), ("value", String("utf-8")))),
            ),
        ),
        ("validate_only", Boolean),
    )


class IncrementalAlterConfigs(Request[IncrementalAlterConfigsStruct]):  # type: ignore[misc]
    """Changes single settings of topics; aiokafka 0.14 has no request for it."""

    API_KEY = 44

    def __init__(self, resources: list[Any]) -> None:
        self._resources = resources

    def build(self, request_struct_class: Any) -> Any:
        """The request as the negotiated version has it."""
        return request_struct_class(self._resources, False)
