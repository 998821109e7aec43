"""chat as a worker on Faust and a real broker: killed in the middle, and still what `callshield redact-text` gives."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from command import ROOT, process
from live import Live, messages, running, until

from pipeline.adapters.chat_intake import to_record
from pipeline.adapters.kafka_read import read_all
from pipeline.core.messages import ChatRaw, ChatRole, Dead
from pipeline.core.topics import CHAT, CHAT_REDACTED, DEAD, STATE

LINES = (
    "agent: Good morning, what is your card number?", "customer: one moment", "customer: 4417 1234",
    "agent: yes?", "customer: 5678 9113", "agent: and the security code?", "customer: 123",
    "agent: Your full name, please?", "customer: Priya Raman", "customer: mail p.raman@example.org",
    "agent: And your password?", "customer: Zebra-quagga99", "agent: That is 45.99 in all. Goodbye, Priya.",
)  # fmt: skip
SECRETS = ("4417", "5678 9113", "Raman", "p.raman", "Zebra-quagga99")
NAMES = tuple(f"talk-{n}" for n in range(6))


def conversation(name: str) -> list[ChatRaw]:
    found = [line.partition(": ") for line in LINES]
    return [
        ChatRaw("acme", name, role, ChatRole(role), n, text, n == len(found) - 1)
        for n, (role, _, text) in enumerate(found)
    ]


async def send(live: Live, said: list[ChatRaw]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=live.servers, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        for message in said:
            key, value, headers = to_record(message)
            await producer.send_and_wait(CHAT, value, key=key, headers=headers)
        await producer.send_and_wait(CHAT, b"my password is Zebra-quagga99", key=b"acme/none", headers=[("x", b"y")])
    finally:
        await producer.stop()


async def published(live: Live, purpose: str = "storage") -> dict[tuple[str, int], Any]:
    """By conversation and sequence the first; what comes again must be the same."""
    first: dict[tuple[str, int], Any] = {}
    for m in await messages(live, CHAT_REDACTED + purpose):
        if m.head.call in NAMES:
            kept = first.setdefault((m.head.call, m.sequence), m)
            assert (m.text, m.hidden, m.head) == (kept.text, kept.hidden, kept.head), "a repeat differs"
    return first


async def in_clear(live: Live) -> bytes:
    """Everything in all topics but the raw one, as whoever has no key reads it."""
    table = [CHAT_REDACTED + "storage", CHAT_REDACTED + "analytics", STATE + "chat", DEAD, "calls.events"]
    return b"".join(
        [
            (record.key or b"") + (record.value or b"") + repr(record.headers).encode()
            for topic in table
            async for _, record in read_all(live.kafka, topic, range(live.partitions))
        ]
    )


@pytest.mark.kafka
@pytest.mark.usefixtures("apache")
async def test_a_kill_changes_nothing_and_secrets_stay_sealed(kafka: str, tmp_path: Path) -> None:
    async with running(Live(tmp_path, kafka, partitions=4), ("chat",)) as live:
        first = live.of("chat")[0]
        said = [m for lines in zip(*(conversation(name) for name in NAMES), strict=True) for m in lines]
        await send(live, said[: len(said) // 2])
        await until(lambda: first.metric("chat_messages_total") > len(NAMES), 60, live.said)
        first.kill()
        live.remove(first)
        second = live.start("chat")
        await live.wait_ready(second)
        await send(live, said[len(said) // 3 :])  # a third of the sender's retries are repeats
        await until(lambda: second.metric("calls_total") >= len(NAMES), 90, live.said)
        assert second.terminate() < 10
        live.remove(second)
        found = await published(live)
        told = tmp_path / "chat.jsonl"
        lines = [{"conversation": m.conversation, "speaker": m.author, "text": m.text} for m in conversation(NAMES[0])]
        told.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
        done = process("redact-text", told, "--conversation")
        assert done.code == 0, done.err
        expected = [json.loads(line)["text"] for line in done.out.splitlines()]
        for name in NAMES:
            assert [found[name, n].text for n in range(len(LINES))] == expected, name
        assert set(await published(live, "analytics")) == set(found)
        letters = [m for m in await messages_of_none(live) if m.topic == CHAT]
        assert {m.reason for m in letters} == {"missing_header"}
        clear = await in_clear(live) + b"".join(p.read_bytes() for p in tmp_path.glob("*.log"))
        assert [s for s in SECRETS if s.encode() in clear] == []
        assert b"Good morning" in clear, "what is no secret is there, so what is would be found"


async def messages_of_none(live: Live) -> list[Dead]:
    """Dead letters of messages that name no conversation."""
    return [
        live.wire.decode(DEAD, record.value, record.headers)  # type: ignore[misc]
        async for _, record in read_all(live.kafka, DEAD, range(live.partitions))
        if record.key == b"acme/none"
    ]


@pytest.mark.kafka
@pytest.mark.usefixtures("apache")
async def test_the_example_keeps_the_contract(kafka: str, tmp_path: Path) -> None:
    async with running(Live(tmp_path, kafka, partitions=4), ("chat",)) as live:
        worker = live.of("chat")[0]
        path = tmp_path / "talk.jsonl"
        lines = [{"author": m.author, "role": m.role, "text": m.text} for m in conversation("example-1")]
        path.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
        script = ROOT / "docs/examples/chat_producer.py"
        subprocess.run([sys.executable, script, path, "example-1", kafka, "acme"], check=True, timeout=60)
        await until(lambda: worker.metric("calls_total") >= 1, 60, live.said)
        out = [m for m in await messages(live, CHAT_REDACTED + "storage") if m.head.call == "example-1"]
        assert [m.sequence for m in out] == list(range(len(LINES)))
        assert out[6].text == "[SECURITY_CODE]"
