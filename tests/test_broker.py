"""The broker the pipeline's tests stand on keeps Kafka's promises; its script cleans up behind itself."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import ClusterAuthorizationFailedError, KafkaConnectionError
from aiokafka.protocol.admin import CreateAclsRequest
from broker import Broker, create, described

pytestmark = [pytest.mark.kafka, pytest.mark.usefixtures("apache")]

READ_S_MAX = 20


@contextlib.asynccontextmanager
async def producing(servers: str, **options: Any) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True, acks="all", **options)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


@contextlib.asynccontextmanager
async def consuming(servers: str, topic: str, **options: Any) -> AsyncIterator[AIOKafkaConsumer]:
    options = {"auto_offset_reset": "earliest", "enable_auto_commit": False, **options}
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=servers, **options)
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def read(consumer: AIOKafkaConsumer, count: int) -> list[bytes]:
    async with asyncio.timeout(READ_S_MAX):
        return [(await consumer.getone()).value for _ in range(count)]


async def topic(servers: str) -> str:
    name = f"test.{uuid4().hex}"
    await create(servers, name)
    return name


def values(first: int, end: int) -> list[bytes]:
    return [b"%d" % number for number in range(first, end)]


async def test_what_is_acknowledged_is_read_back_once_and_in_order(kafka: str) -> None:
    name = await topic(kafka)
    async with producing(kafka) as producer:
        for sent in [await producer.send(name, value) for value in values(0, 200)]:
            await sent
    async with consuming(kafka, name) as consumer:
        assert await read(consumer, 200) == values(0, 200)
        assert await consumer.end_offsets([TopicPartition(name, 0)]) == {TopicPartition(name, 0): 200}


async def test_a_group_goes_on_where_it_committed(kafka: str) -> None:
    name, group = await topic(kafka), uuid4().hex
    async with producing(kafka) as producer:
        for value in values(0, 20):
            await producer.send_and_wait(name, value)
    async with consuming(kafka, name, group_id=group) as consumer:
        await read(consumer, 20)
        await consumer.commit({TopicPartition(name, 0): 7})
    async with consuming(kafka, name, group_id=group) as consumer:
        assert await consumer.committed(TopicPartition(name, 0)) == 7
        assert await read(consumer, 13) == values(7, 20)


async def test_an_aborted_transaction_is_never_read(kafka: str) -> None:
    name = await topic(kafka)
    async with producing(kafka, transactional_id=uuid4().hex) as producer:
        with contextlib.suppress(RuntimeError):
            async with producer.transaction():
                await producer.send_and_wait(name, b"aborted")
                raise RuntimeError
        async with producer.transaction():
            await producer.send_and_wait(name, b"committed")
    async with consuming(kafka, name, isolation_level="read_committed") as consumer:
        message = await asyncio.wait_for(consumer.getone(), READ_S_MAX)
        assert message.value == b"committed"
        assert message.offset > 1, "the aborted message and its marker leave a gap in the offsets"


@pytest.mark.parametrize("end", [pytest.param("stop", marks=pytest.mark.slow), "kill"])
async def test_a_restart_keeps_messages_and_commits(tmp_path: Path, end: str) -> None:
    with Broker(tmp_path / "data") as broker:
        name = await topic(broker.servers)
        async with producing(broker.servers) as producer:
            for value in values(0, 10):
                await producer.send_and_wait(name, value)
        async with consuming(broker.servers, name, group_id="g") as consumer:
            await read(consumer, 10)
            await consumer.commit({TopicPartition(name, 0): 4})
        getattr(broker, end)()
        broker.start()
        async with consuming(broker.servers, name, group_id="g") as consumer:
            assert await read(consumer, 6) == values(4, 10)


async def test_users_need_the_password_the_certificate_and_an_acl(caplog: pytest.LogCaptureFixture) -> None:
    with Broker(users=("writer",)) as broker:
        name = await topic(broker.servers)
        trusted = ssl.create_default_context(cafile=broker.addresses["KAFKA_CA_FILE"])
        password = (Path(broker.addresses["KAFKA_PASSWORDS"]) / "writer").read_text(encoding="utf-8")
        options: dict[str, Any] = {
            "security_protocol": "SASL_SSL", "sasl_mechanism": "SCRAM-SHA-512", "sasl_plain_username": "writer",
            "sasl_plain_password": password, "ssl_context": trusted,
        }  # fmt: skip
        servers = broker.addresses["KAFKA_SECURE_BOOTSTRAP_SERVERS"]
        for wrong, reason in (
            ({"sasl_plain_password": "wrong"}, "SaslAuthenticationFailed"),
            ({"ssl_context": ssl.create_default_context()}, "certificate verify failed"),
        ):
            with pytest.raises(KafkaConnectionError):
                await AIOKafkaProducer(bootstrap_servers=servers, **options | wrong).start()
            assert reason in caplog.text
        with pytest.raises(ClusterAuthorizationFailedError):  # idempotent producers need a WRITE on some topic to start
            await AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True, **options).start()
        await allow_to_write(broker.servers, name, "User:writer")
        async with producing(servers, **options) as producer:
            await producer.send_and_wait(name, b"2")
        async with consuming(broker.servers, name) as consumer:
            assert await read(consumer, 1) == [b"2"]


async def allow_to_write(servers: str, name: str, principal: str) -> None:
    """An ACL, by the protocol: the admin client has no call for it."""
    topic_resource, literal, write, allow = 2, 3, 4, 3
    client = AIOKafkaClient(bootstrap_servers=servers)
    await client.bootstrap()
    try:
        request = CreateAclsRequest(topic_resource, name, literal, principal, "*", write, allow)
        answer = await client.send(client.get_random_node(), request)
        assert [code for code, _ in answer.creation_responses] == [0]
    finally:
        await client.close()


def test_the_script_removes_its_data_and_its_server_when_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with Broker() as broker:
        assert any(tmp_path.iterdir())
        children = Path(f"/proc/{broker.pid}/task/{broker.pid}/children").read_text(encoding="utf-8").split()
        assert children
        started = time.monotonic()
        assert broker.stop() == 0
        assert time.monotonic() - started < 10
    assert not any(Path(f"/proc/{child}").exists() for child in children)
    assert list(tmp_path.iterdir()) == []


def test_the_report_says_which_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    assert "Apache Kafka 4." in described()
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "broker.example:9092")
    assert "broker.example:9092" in described()
