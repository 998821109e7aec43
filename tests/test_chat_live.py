"""chat as a worker on Faust and a real broker: killed in the middle, and still what `callshield redact-text` gives."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from broker import Broker
from command import ROOT, process
from live import Live, messages, running, until

from pipeline.adapters.chat_intake import to_record
from pipeline.adapters.kafka_read import read_all
from pipeline.core.consent import Answer, Told
from pipeline.core.messages import ChatRaw, ChatRole, Dead
from pipeline.core.metadata import Metadata
from pipeline.core.topics import CHAT, CHAT_REDACTED, DEAD, STATE

LINES = (
    "agent: Good morning, what is your card number?", "customer: one moment", "customer: 4417 1234",
    "agent: yes?", "customer: 5678 9113", "agent: and the security code?", "customer: 123",
    "agent: Your full name, please?", "customer: Priya Raman", "customer: mail p.raman@example.org",
    "agent: And your password?", "customer: Zebra-quagga99", "agent: That is 45.99 in all. Goodbye, Priya.",
)  # fmt: skip
SECRETS = ("4417", "5678 9113", "Raman", "p.raman", "Zebra-quagga99")
GB = Metadata("gb")
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


async def published(live: Live, purpose: str = "storage", names: Iterable[str] = NAMES) -> dict[tuple[str, int], Any]:
    """By conversation and sequence the first; what comes again must be the same."""
    first: dict[tuple[str, int], Any] = {}
    for m in await messages(live, CHAT_REDACTED + purpose):
        if m.head.call in set(names):
            kept = first.setdefault((m.head.call, m.sequence), m)
            assert (m.text, m.hidden, m.head) == (kept.text, kept.hidden, kept.head), "a repeat differs"
    return first


async def whole(live: Live, names: Iterable[str]) -> dict[tuple[str, int], Any]:
    """All lines of some conversations, once they are out."""
    wanted = {(name, n) for name in names for n in range(len(LINES))}
    end = time.monotonic() + 60
    while (found := await published(live, names=names)).keys() < wanted:
        assert time.monotonic() < end, live.said()
        await asyncio.sleep(1)
    assert found.keys() == wanted
    return found


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


@pytest.fixture(scope="module")
def servers(apache: None) -> Iterator[str]:
    """A broker of these tests alone: others leave topics with partitions of their own."""
    with Broker() as broker:
        yield broker.servers


@pytest.mark.kafka
async def test_a_kill_changes_nothing_and_secrets_stay_sealed(servers: str, tmp_path: Path) -> None:
    async with running(Live(tmp_path, servers, partitions=4), ("chat",)) as live:
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
async def test_workers_that_come_and_go_change_nothing(servers: str, tmp_path: Path) -> None:
    names = [f"shared-{n}" for n in range(8)]
    said = [m for lines in zip(*(conversation(name) for name in names), strict=True) for m in lines]
    third = len(said) // 3
    async with running(Live(tmp_path, servers, partitions=4), ("chat",)) as live:
        first = live.of("chat")[0]
        await send(live, said[:third])
        second = live.start("chat")
        sending = asyncio.create_task(send(live, said[third : 2 * third]))
        await live.wait_ready(second)
        await sending
        await until(lambda: second.metric("partitions") == 2, 30, live.said)
        sending = asyncio.create_task(send(live, said[2 * third :]))
        assert first.terminate() < 10
        live.remove(first)
        await sending
        found = await whole(live, names)
        for n in range(len(LINES)):
            assert len({found[name, n].text for name in names}) == 1, "all of them say the same"
        assert found[names[0], 4].text in {"[CARD_NUMBER]", "[NUMBER]"}, "what goes on after a yes"
        assert [found[names[0], n].text for n in (6, 11)] == ["[SECURITY_CODE]", "[PASSWORD]"]


@pytest.mark.kafka
async def test_the_example_keeps_the_contract(servers: str, tmp_path: Path) -> None:
    async with running(Live(tmp_path, servers, partitions=4), ("chat",)) as live:
        path = tmp_path / "talk.jsonl"
        lines = [{"author": m.author, "role": m.role, "text": m.text} for m in conversation("example-1")]
        path.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
        script = ROOT / "docs/examples/chat_producer.py"
        subprocess.run([sys.executable, script, path, "example-1", servers, "acme"], check=True, timeout=60)
        out = await whole(live, ["example-1"])
        assert out["example-1", 6].text == "[SECURITY_CODE]"
        assert [n for (_, n), m in out.items() if m.last] == [len(LINES) - 1]


@pytest.mark.kafka
async def test_each_purpose_has_what_it_may_though_a_worker_dies(servers: str, tmp_path: Path) -> None:
    rules = tmp_path / "consent.yaml"
    rules.write_text(
        "name: live\nrules:\n  - jurisdiction: gb\n    purposes:\n      storage: {consent: required, notice: no}\n"
        "      analytics: {consent: objection, notice: no}\n"
    )

    def told(name: str, at: int, answer: Answer) -> ChatRaw:
        return ChatRaw("acme", name, "", ChatRole.SYSTEM, at, "", metadata=GB, told=Told({"storage": answer}))

    never, some = ([replace(m, metadata=GB) for m in conversation(name)] for name in ("never", "some"))
    some[10:10] = [told("some", 10, Answer.WITHDRAWN)]
    some[4:4] = [told("some", 4, Answer.GRANTED)]
    settings = {"CALLSHIELD_CONSENT_RULES": str(rules)}
    async with running(Live(tmp_path, servers, partitions=4, fleet="ruled", more=settings), ("chat",)) as live:
        await send(live, never[:6] + some[:8])
        await until(lambda: live.of("chat")[0].metric("chat_messages_total") > 4, 60, live.said)
        live.of("chat")[0].kill()
        live.revive()
        await live.wait_ready()
        await send(live, never[4:] + some[3:])
        await until(lambda: live.of("chat")[0].metric("calls_total") >= 2, 90, live.said)
        stored = await published(live, names=("never", "some"))
        assert sorted(stored) == [("some", n) for n in (-1, *range(4, 10))]
        assert (stored["some", -1].reason, stored["some", 6].text) == ("withdrawn", "[SECURITY_CODE]")
        analysed = await published(live, "analytics", names=("never", "some"))
        assert sorted(analysed) == [(name, n) for name in ("never", "some") for n in range(len(LINES))]
