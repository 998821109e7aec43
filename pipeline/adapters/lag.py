"""How far stages are behind, as Kafka knows it: members of their groups, commits against ends, age of what is between.

No message is read for that: the age is found by asking which offset a time has, so an operator needs only the right
to describe groups and topics.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka import errors as faults
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocol

from pipeline.adapters.kafka_connect import Kafka
from pipeline.adapters.kafka_read import reader
from pipeline.core.board import Group, Lag
from pipeline.core.errors import BrokerError

AGE_S_MIN, AGE_S_MAX = 0.1, 24 * 3600.0  # told as the nearest of the two where it is outside
ROUNDS = 8  # each halves the factor of uncertainty: 864,000 ** (1 / 2 ** 8) is 5 %
EMPTY = "Empty"
NOT_YET = (
    faults.GroupCoordinatorNotAvailableError, faults.NotCoordinatorForGroupError, faults.GroupLoadInProgressError,
    faults.NodeNotReadyError,
)  # fmt: skip

Inputs = Mapping[str, tuple[str, ...]]
"""By stage, the topics it reads."""
Place = tuple[str, TopicPartition]
"""A stage and a partition of one of its inputs."""


@contextlib.asynccontextmanager
async def open_lags(kafka: Kafka, inputs: Inputs, names: Mapping[str, str]) -> AsyncIterator[Lags]:
    """names: of the groups, by stage. Raises BrokerError if a topic is missing."""
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    try:
        known = {entry["topic"]: len(entry["partitions"]) for entry in await admin.describe_topics(None)}
        partitions = {}
        for topic in sorted({topic for topics in inputs.values() for topic in topics}):
            if not known.get(topic):
                raise BrokerError(f"topic {topic} does not exist, or we may not see it; run: callshield topics apply")
            partitions[topic] = known[topic]
        async with reader(kafka) as consumer:
            yield Lags(admin, consumer, inputs, names, partitions)
    finally:
        await admin.close()


class Lags:
    """Looks at the groups of all stages. Get one by `open_lags`."""

    def __init__(
        self,
        admin: AIOKafkaAdminClient,
        consumer: AIOKafkaConsumer,
        inputs: Inputs,
        names: Mapping[str, str],
        partitions: Mapping[str, int],
    ) -> None:
        """partitions: how many each topic has."""
        self._admin, self._consumer, self._inputs, self._names = admin, consumer, inputs, names
        self.partitions = max(partitions.values())
        self._all = [TopicPartition(topic, n) for topic, count in partitions.items() for n in range(count)]
        # Only so does a consumer keep in mind who leads these partitions. Paused at once, it reads nothing of them.
        consumer.assign(self._all)
        consumer.pause(*self._all)

    async def look(self) -> list[Group]:
        """Every group as it is now. Raises KafkaError."""
        found = await asyncio.gather(*(self._group(stage) for stage in self._inputs))
        # Ends after commits: the other way round a commit could lie beyond what we take for the end.
        starts, ends = await asyncio.gather(
            self._consumer.beginning_offsets(self._all), self._consumer.end_offsets(self._all)
        )
        behind: dict[Place, int] = {}
        for stage, (_, _, _, commits) in zip(self._inputs, found, strict=True):
            for place in self._of(stage):
                at = max(commits.get(place, -1), starts[place])
                if at < ends[place]:
                    behind[stage, place] = at
        ages_s = await self._ages(behind)
        groups = []
        for stage, (state, workers, held, _) in zip(self._inputs, found, strict=True):
            lags = tuple(
                Lag(place.topic, place.partition, ends[place] - behind.get((stage, place), ends[place]),
                    ages_s.get((stage, place), 0.0))
                for place in self._of(stage)
            )  # fmt: skip
            groups.append(Group(stage, self._names[stage], state, workers, held, lags))
        return groups

    def _of(self, stage: str) -> Sequence[TopicPartition]:
        return [place for place in self._all if place.topic in self._inputs[stage]]

    async def _group(self, stage: str) -> tuple[str, int, frozenset[int], dict[TopicPartition, int]]:
        """State, members, partitions they hold, commits."""
        name = self._names[stage]
        try:
            coordinator = await self._admin.find_coordinator(name)
            told = await self._admin.list_consumer_group_offsets(name, coordinator)
            (answer,) = await self._admin.describe_consumer_groups([name], coordinator)
        except NOT_YET:  # no group was ever used on this cluster
            return EMPTY, 0, frozenset(), {}
        (group,) = answer.to_object()["groups"]
        held: set[int] = set()
        for member in group["members"]:
            if member["member_assignment"]:
                plan = ConsumerProtocol.ASSIGNMENT.decode(member["member_assignment"])
                held |= {place.partition for place in plan.partitions()}
        commits = {place: at.offset for place, at in told.items()}
        return group["state"], len(group["members"]), frozenset(held), commits

    async def _ages(self, behind: Mapping[Place, int]) -> dict[Place, float]:
        """How old the records at some offsets are, in seconds.

        Stages that share a topic ask about it each for itself, since a request has one time per partition.
        """
        stages = list(dict.fromkeys(stage for stage, _ in behind))
        wanted = [{place: at for (whose, place), at in behind.items() if whose == stage} for stage in stages]
        found = await asyncio.gather(*(self._search(mine) for mine in wanted))
        return {
            (stage, place): age_s
            for stage, ages_s in zip(stages, found, strict=True)
            for place, age_s in ages_s.items()
        }  # fmt: skip

    async def _search(self, wanted: Mapping[TopicPartition, int]) -> dict[TopicPartition, float]:
        """Halve the range an age is in again and again, on a scale of factors."""
        now_s = time.time()
        low, high = dict.fromkeys(wanted, AGE_S_MIN), dict.fromkeys(wanted, AGE_S_MAX)
        for _ in range(ROUNDS):
            middle = {place: (low[place] * high[place]) ** 0.5 for place in wanted}
            times = {place: int((now_s - age_s) * 1000) for place, age_s in middle.items()}
            found = await self._consumer.offsets_for_times(times)
            for place, at in wanted.items():
                first = found.get(place)
                if first is not None and first.offset <= at:  # the record is younger than that
                    high[place] = middle[place]
                else:
                    low[place] = middle[place]
        return high
