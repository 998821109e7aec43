"""Topics and rights as the cluster has them, beside those it should have."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from pipeline.adapters import kafka_acls, kafka_topics
from pipeline.adapters.kafka_acls import NoAuthorizerError
from pipeline.cli.kafka import kafka
from pipeline.cli.topics import principals, topic_table
from pipeline.core.errors import BrokerError, ConfigError
from pipeline.core.facts import Acls, Unseen
from pipeline.core.topics import Topic
from pipeline.settings import Settings

Differences = tuple[str, ...]


def acls_and_topics(settings: Settings, given: Sequence[str]) -> tuple[Differences | Unseen, Acls | Unseen]:
    """What differs. given: ROLE=PRINCIPAL, where stages log in by names of their own. Raises ConfigError."""
    table = topic_table(settings)
    named = principals(table, list(given))
    try:
        return asyncio.run(_look(settings, table, named))
    except BrokerError as error:
        return Unseen(str(error)), Unseen(str(error))
    except ConfigError as error:  # of files that the connection needs
        return Unseen(str(error), broken=True), Unseen(str(error), broken=True)


async def _look(
    settings: Settings, table: Mapping[str, Topic], named: Mapping[str, str]
) -> tuple[Differences, Acls | Unseen]:
    async with kafka_topics.administer(kafka(settings)) as admin:
        actual = await admin.actual(list(table))
        wishes = kafka_topics.wanted(table, settings.partitions, settings.replicas)
        lines = [d.line for w in wishes for d in kafka_topics.differences(w, actual.get(w.topic.name))]
        try:
            granted = await kafka_acls.granted(admin)
        except BrokerError as error:
            return tuple(lines), Unseen(str(error), broken=isinstance(error, NoAuthorizerError))
    asked = kafka_acls.rights(table, named)
    missing = kafka_acls.missing(asked, granted)
    beyond = kafka_acls.beyond(asked, granted, table)
    return tuple(lines), Acls(tuple(acl.line for acl in missing), tuple(acl.line for acl in beyond))
