"""The topic table against a cluster: created, checked, mended, secured; and docs/topics.md against the table."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import re
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import GroupAuthorizationFailedError, TopicAuthorizationFailedError
from aiokafka.structs import TopicPartition
from broker import Broker, serving
from command import ROOT, here

from pipeline.adapters.kafka_acls import Acl, beyond, grant, granted, missing, rights, who
from pipeline.adapters.kafka_connect import Kafka
from pipeline.adapters.kafka_topics import Actual, Wanted, administer, configuration, counts, differences, refuse
from pipeline.cli.topics import kept
from pipeline.core.errors import BrokerError
from pipeline.core.topics import AUDIO, DAY_MS, HOUR_MS, INTAKE, PINS, STAGES, STATE, VERDICTS, topics

PURPOSES = ("storage", "analytics")
TABLE = topics(PURPOSES)
ROLES = {role: f"User:{role}" for role in who(TABLE)}
READ_S_MAX = 15
SAID = tuple(word for role, name in ROLES.items() for word in ("--principal", f"{role}={name}"))


def as_is(wish: Wanted) -> Actual:
    return Actual(wish.partitions, wish.replicas, configuration(wish.topic, wish.replicas))


def test_a_topic_as_it_should_be_does_not_differ() -> None:
    for topic in TABLE.values():
        wish = Wanted(topic, 8, 3)
        assert differences(wish, as_is(wish)) == []
        for key in configuration(topic, 3):
            without = {name: value for name, value in as_is(wish).configuration.items() if name != key}
            assert [d.what for d in differences(wish, Actual(8, 3, without))] == [key]


def test_what_is_kept_in_clear_or_under_a_key_goes_when_it_should() -> None:
    for topic in TABLE.values():
        chosen = configuration(topic, 1)
        segment_ms = int(chosen["segment.ms"])
        assert chosen["message.timestamp.type"] == "LogAppendTime"
        if topic.retention_ms is None:
            assert max(segment_ms, int(chosen["max.compaction.lag.ms"])) <= HOUR_MS
            assert int(chosen["delete.retention.ms"]) <= HOUR_MS
        else:
            assert int(chosen["retention.ms"]) + segment_ms <= topic.retention_ms * 7 / 6
    assert configuration(TABLE[INTAKE], 1)["retention.ms"] == str(HOUR_MS)


def test_no_topic_asks_for_more_copies_in_sync_than_it_has() -> None:
    assert [configuration(TABLE[AUDIO], n)["min.insync.replicas"] for n in (1, 2, 3)] == ["1", "1", "2"]
    wish = Wanted(TABLE[AUDIO], 8, 3)
    assert [d.what for d in differences(wish, Actual(8, 1, configuration(TABLE[AUDIO], 1)))] == ["replicas"]
    assert differences(Wanted(TABLE[AUDIO], 8, 1), Actual(8, 3, configuration(TABLE[AUDIO], 3))) == []


def test_partitions_are_never_lowered_and_only_raised_when_told() -> None:
    wish = Wanted(TABLE[AUDIO], 8, 1)
    more, fewer = (dataclasses.replace(as_is(wish), partitions=n) for n in (9, 7))
    refuse([wish], {}, partitions_too=False)
    refuse([wish], {AUDIO: as_is(wish)}, partitions_too=False)
    refuse([wish], {AUDIO: fewer}, partitions_too=True)
    with pytest.raises(BrokerError, match="--partitions-too"):
        refuse([wish], {AUDIO: fewer}, partitions_too=False)
    for told in (False, True):
        with pytest.raises(BrokerError, match="CALLSHIELD_PARTITIONS to 9"):
            refuse([wish], {AUDIO: more}, partitions_too=told)


def test_raw_audio_and_state_are_read_by_nobody_but_their_stages() -> None:
    readers: dict[str, set[str]] = {}
    for acl in rights(TABLE, ROLES):
        if acl.kind == "topic" and acl.operation == "read":
            readers.setdefault(acl.name, set()).add(acl.principal)
    assert readers[INTAKE] == {"User:accept"}
    assert readers[AUDIO] == {"User:hear", "User:mask"}
    assert readers["calls.words"] == {"User:identify"}
    for stage in ("accept", "hear", "identify"):
        assert readers[STATE + stage] == {f"User:{stage}"}
    for purpose, reader in (("storage", "User:store"), ("analytics", "User:analytics")):
        assert readers[f"calls.redacted.{purpose}"] == readers[f"calls.transcripts.{purpose}"] == {reader}


ASKED = Acl("User:hear", "topic", AUDIO, "read")


@pytest.mark.parametrize(
    ("given", "enough"),
    [
        (ASKED, True),
        (dataclasses.replace(ASKED, operation="all"), True),
        (dataclasses.replace(ASKED, name="*"), True),
        (dataclasses.replace(ASKED, name="calls.", pattern="prefixed"), True),
        (dataclasses.replace(ASKED, principal="User:*"), True),
        (dataclasses.replace(ASKED, operation="write"), False),
        (dataclasses.replace(ASKED, operation="describe"), False),
        (dataclasses.replace(ASKED, name="calls."), False),
        (dataclasses.replace(ASKED, principal="User:mask"), False),
        (dataclasses.replace(ASKED, kind="group"), False),
        (dataclasses.replace(ASKED, allowed=False), False),
        (dataclasses.replace(ASKED, host="10.0.0.5"), False),
    ],
)
def test_a_right_may_be_granted_in_other_words(given: Acl, enough: bool) -> None:
    assert (missing([ASKED], [given]) == []) is enough


@pytest.mark.parametrize(
    "other",
    [
        Acl("User:eve", "topic", AUDIO, "read"),
        Acl("User:eve", "topic", AUDIO, "all"),
        Acl("User:eve", "topic", "*", "read"),
        Acl("User:*", "topic", AUDIO, "read"),
        Acl("User:eve", "topic", "calls.", "read", "prefixed"),
        Acl("User:store", "topic", AUDIO, "read"),
        Acl("User:hear", "topic", AUDIO, "write"),
        Acl("User:hear", "topic", AUDIO, "read", allowed=False),
        Acl("User:eve", "topic", AUDIO, "read", host="10.0.0.5"),
    ],
)
def test_who_else_may_use_a_topic_is_found(other: Acl) -> None:
    asked = rights(TABLE, ROLES)
    assert beyond(asked, asked, TABLE) == []
    harmless = [Acl("User:eve", "topic", "orders", "read"), Acl("User:eve", "topic", "orders.", "all", "prefixed")]
    assert beyond(asked, [*asked, *harmless, other], TABLE) == [other]


def test_bad_principals_and_purposes_are_refused_before_anything_is_asked() -> None:
    env = {"CALLSHIELD_KAFKA_SERVERS": "127.0.0.1:1"}
    for words in (["nobody=User:x"], ["hear=x"], ["hear"], ["hear=User:"]):
        result = here("topics", "apply", "--acls", "--principal", *words, env=env)
        assert (result.code, "--principal" in result.error) == (2, True)
    for purposes in ("Storage=default", "a=x,a=y", "", "a b=x"):
        result = here("topics", "check", env=env | {"CALLSHIELD_PURPOSES": purposes})
        assert (result.code, "CALLSHIELD_PURPOSES" in result.error) == (2, True)
    result = here("topics", "check", env=env)
    assert (result.code, "not reachable" in result.error) == (4, True)


NUMBERS = count()


@pytest.fixture(scope="module")
def own() -> Iterator[str]:
    """A broker without the topics of any other test."""
    with serving() as servers:
        yield servers


@pytest.fixture
def env(own: str) -> dict[str, str]:
    """Settings with topics of the test's own, as far as purposes go: the rest of the table is shared."""
    return {"CALLSHIELD_KAFKA_SERVERS": own, "CALLSHIELD_PARTITIONS": "3", "CALLSHIELD_PURPOSES": f"p{next(NUMBERS)}=x"}


@pytest.mark.kafka
def test_what_apply_makes_check_finds_right(env: Mapping[str, str]) -> None:
    def run(*words: str) -> Any:
        return here("topics", *words, env=env)

    names = list(topics([env["CALLSHIELD_PURPOSES"].partition("=")[0]]))
    first = run("check", "--json")
    before = first.document
    assert (first.code, before["ok"], [row["topic"] for row in before["topics"]]) == (1, False, names)
    would = (run("apply", "--dry-run", "--json")).document
    assert {would["created"][-1], would["created"][-2]} == set(names[-2:])
    assert (run("check", "--json")).document == before, "a dry run changes nothing"
    done = (run("apply", "--json")).document
    assert done == would | {"dry_run": False}
    after = run("check", "--json")
    assert (after.code, after.document["ok"]) == (0, True)
    assert {row["topic"]: row["partitions"] for row in after.document["topics"]} == {
        name: 1 if name == PINS else 3 for name in names
    }
    again = run("apply")
    assert (again.code, again.out) == (0, f"nothing to change, {len(names)} topics\n")
    shown = run("check")
    assert shown.out.splitlines()[-1] == "ok"
    assert "\x1b" not in shown.out


@pytest.mark.kafka
@pytest.mark.usefixtures("apache")
def test_a_changed_setting_is_found_and_mended_and_others_are_left(env: Mapping[str, str]) -> None:
    def run(*words: str) -> Any:
        return here("topics", *words, env=env)

    run("apply")
    asyncio.run(alter(env["CALLSHIELD_KAFKA_SERVERS"], {"retention.ms": str(30 * DAY_MS), "segment.bytes": "5000000"}))
    check = run("check")
    assert check.code == 1
    assert f"{INTAKE}: retention.ms is {30 * DAY_MS}, should be {HOUR_MS}" in check.out
    mended = run("apply")
    assert mended.out == f"change  {INTAKE}: retention.ms {30 * DAY_MS} -> {HOUR_MS}\n"
    assert (run("check")).code == 0
    assert asyncio.run(alter(env["CALLSHIELD_KAFKA_SERVERS"], {})).configuration["segment.bytes"] == "5000000"


async def alter(servers: str, changes: Mapping[str, str]) -> Actual:
    """Change settings of calls.intake; how it is then. The broker may take a moment to tell."""
    async with administer(Kafka(servers)) as admin:
        if changes:
            await admin.alter({INTAKE: changes})
        for _ in range(50):
            actual = (await admin.actual([INTAKE]))[INTAKE]
            if changes.items() <= actual.configuration.items():
                break
            await asyncio.sleep(0.1)
        return actual


@pytest.mark.kafka
@pytest.mark.usefixtures("apache")
def test_partitions_are_added_only_when_told() -> None:
    with Broker() as broker:

        def run(partitions: int, *words: str) -> Any:
            return here("topics", *words, env={
                "CALLSHIELD_KAFKA_SERVERS": broker.servers, "CALLSHIELD_PARTITIONS": str(partitions)
            })  # fmt: skip

        run(2, "apply")
        refused = run(3, "apply")
        assert (refused.code, "--partitions-too" in refused.error) == (4, True)
        assert (run(2, "check")).code == 0, "nothing was changed"
        assert (run(3, "apply", "--partitions-too")).code == 0
        assert (run(3, "check")).code == 0
        lowered = run(2, "apply", "--partitions-too")
        assert (lowered.code, "cannot take any away" in lowered.error) == (4, True)
        copies = here("topics", "apply", env={
                "CALLSHIELD_KAFKA_SERVERS": broker.servers, "CALLSHIELD_PARTITIONS": "3", "CALLSHIELD_REPLICAS": "3"
            })  # fmt: skip
        assert copies.code == 1
        assert "kafka-reassign-partitions" in copies.out


@pytest.mark.kafka
@pytest.mark.usefixtures("apache")
def test_a_broker_without_an_authorizer_grants_nothing(env: Mapping[str, str]) -> None:
    result = here("topics", "apply", "--acls", env=env)
    assert (result.code, "no authorizer" in result.error) == (4, True)


@pytest.mark.kafka
def test_users_may_do_what_the_table_says_and_no_more() -> None:
    with Broker(users=(*STAGES, "recorder", "eve")) as broker:
        env = {"CALLSHIELD_KAFKA_SERVERS": broker.servers, "CALLSHIELD_PARTITIONS": "2"}

        def run(*words: str) -> Any:
            return here("topics", *words, *SAID, env=env)

        assert (run("check", "--acls")).code == 1
        assert (run("apply", "--acls")).code == 0
        checked = run("check", "--acls", "--json")
        assert (checked.code, checked.document["acls"]) == (0, {"missing": [], "beyond": []})
        assert (run("apply", "--acls")).out == f"nothing to change, {len(TABLE)} topics\n"
        asyncio.run(users_do_what_they_may(broker))
        refused = here("topics", "check", "--acls", env=as_user(broker, "eve"))
        assert (refused.code, "may not see or change ACLs" in refused.error) == (4, True)
        leak = Acl("User:eve", "topic", "calls.", "read", "prefixed")
        asyncio.run(give(broker.servers, leak))
        found = run("check", "--acls", "--json")
        assert (found.code, found.document["acls"]) == (1, {"missing": [], "beyond": [leak.line]})


async def give(servers: str, acl: Acl) -> None:
    """Grant it and wait until the cluster shows it."""
    async with administer(Kafka(servers)) as admin, asyncio.timeout(READ_S_MAX):
        await grant(admin, [acl])
        while acl not in await granted(admin):
            await asyncio.sleep(0.1)


async def users_do_what_they_may(broker: Broker) -> None:
    for user in (*STAGES, "recorder", "eve"):
        expected = {topic.name for topic in TABLE.values() if user in topic.writers}
        assert await writable(broker, user) == expected, user
    with pytest.raises(BrokerError, match=f"{INTAKE}: .*this user may not"):
        await counts(connection(broker, "hear"), [AUDIO, INTAKE])
    assert await may_read(broker, "hear", AUDIO, "callshield.hear")
    assert not await may_read(broker, "hear", AUDIO, "callshield.hearing")
    for user, name in (("hear", AUDIO), ("store", "calls.redacted.storage"), ("identify", STATE + "identify")):
        assert await may_read(broker, user, name, f"callshield.{user}.main")
        assert not await may_read(broker, user, name, "callshield.other.main"), "a group of another stage"
    for user, name in (
        ("store", AUDIO), ("analytics", "calls.redacted.storage"), ("mask", STATE + "hear"), ("hear", INTAKE),
        ("recorder", INTAKE), ("eve", AUDIO), ("store", VERDICTS),
    ):  # fmt: skip
        assert not await may_read(broker, user, name, f"callshield.{user}.main"), (user, name)


def as_user(broker: Broker, user: str) -> dict[str, str]:
    return {
        "CALLSHIELD_KAFKA_SERVERS": broker.addresses["KAFKA_SECURE_BOOTSTRAP_SERVERS"],
        "CALLSHIELD_KAFKA_SECURITY": "sasl_tls",
        "CALLSHIELD_KAFKA_CA_FILE": broker.addresses["KAFKA_CA_FILE"],
        "CALLSHIELD_KAFKA_USER": user,
        "CALLSHIELD_KAFKA_PASSWORD_FILE": f"{broker.addresses['KAFKA_PASSWORDS']}/{user}",
    }


def connection(broker: Broker, user: str) -> Kafka:
    name = {key.removeprefix("CALLSHIELD_KAFKA_").lower(): value for key, value in as_user(broker, user).items()}
    files = {key: Path(name.pop(key)) for key in ("ca_file", "password_file")}
    return Kafka(**name, **files)


def options(broker: Broker, user: str) -> dict[str, Any]:
    return connection(broker, user).options()


@pytest.mark.kafka
async def test_a_worker_learns_at_its_start_of_a_topic_it_would_wait_for(own: str) -> None:
    async with administer(Kafka(own)) as admin:
        await admin.create([Wanted(dataclasses.replace(TABLE[AUDIO], name="calls.here"), 5, 1)])
        async with asyncio.timeout(READ_S_MAX):
            while "calls.here" not in await admin.partitions():
                await asyncio.sleep(0.1)
    assert await counts(Kafka(own), ["calls.here"]) == {"calls.here": 5}
    with pytest.raises(BrokerError, match=r"calls\.gone: .*callshield topics apply"):
        await counts(Kafka(own), ["calls.here", "calls.gone"])


async def writable(broker: Broker, user: str) -> set[str]:
    """Topics that take a message of this user. Not idempotent: for that one needs the right to write something."""
    producer, found = AIOKafkaProducer(**options(broker, user), acks="all"), set()
    await producer.start()
    try:
        for name in TABLE:
            with contextlib.suppress(TopicAuthorizationFailedError):
                await asyncio.wait_for(producer.send_and_wait(name, b"1", key=b"k", partition=0), READ_S_MAX)
                found.add(name)
    finally:
        await producer.stop()
    return found


async def may_read(broker: Broker, user: str, name: str, group: str) -> bool:
    consumer = AIOKafkaConsumer(
        **options(broker, user), group_id=group, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        await consumer._client.set_topics([name])
        if name in consumer._client.cluster.unauthorized_topics:  # aiokafka waits for ever for such a topic
            return False
        consumer.assign([TopicPartition(name, 0)])
        message = await asyncio.wait_for(consumer.getone(), READ_S_MAX)
        await consumer.commit({TopicPartition(name, 0): message.offset + 1})
    except (TopicAuthorizationFailedError, GroupAuthorizationFailedError):
        return False
    finally:
        await consumer.stop()
    return True


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading of docs/topics.md, without its head."""
    text = (ROOT / "docs" / "topics.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", text.partition(f"## {heading}\n")[2], flags=re.MULTILINE)[0]
    found = [
        [cell.strip().replace("`", "") for cell in line.strip("|").split("|")]
        for line in section.splitlines() if line.startswith("|")
    ]  # fmt: skip
    return found[2:]


def test_the_document_has_the_table_of_the_code() -> None:
    assert rows("The table") == [
        [
            topic.name, topic.carries, kept(topic), "yes" if topic.sealed else "", f"{topic.max_bytes >> 20} MiB",
            " ".join(topic.writers), " ".join(topic.readers),
        ]
        for topic in TABLE.values()
    ]  # fmt: skip


def test_the_document_has_the_settings_of_the_code() -> None:
    every = {**configuration(TABLE[PINS], 1), **configuration(TABLE[INTAKE], 1)}
    assert {row[0] for row in rows("Settings of a topic")} == set(every)
