"""Consent and pseudonyms through real processes and a real broker: who gets what, what a withdrawal takes, and that
nobody who took part is found in clear in anything a run leaves behind.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from aiokafka import AIOKafkaProducer
from broker import APACHE, Broker, kind
from live import CHUNK_S, RATE, Live, Pcm, by_file, messages, running, until
from shelves import token
from test_live_changes import callshield, on_disk, released, stored
from test_pipeline_memory import made

from pipeline.adapters.intake import to_record
from pipeline.adapters.keyring import KeyFile, fresh_key, write_key_file
from pipeline.core.consent import Answer, Told
from pipeline.core.messages import EventKind, Intake
from pipeline.core.metadata import Metadata
from pipeline.core.pseudonym import Kind
from pipeline.core.topics import AUDIO, DEAD, EVENTS, INTAKE

pytestmark = pytest.mark.kafka
STAGES = ("accept", "hear", "identify", "mask", "store", "analytics")
CHUNK = int(RATE * CHUNK_S)
PEOPLE = {Kind.CALLER: "+44 20 7946 0123", Kind.NAME: "Ottoline Quillfeather", Kind.CUSTOMER: "QF-998877"}
CANARIES = (b"7946", b"quillfeather", b"998877")
RULES = """\
name: live
rules:
  - jurisdiction: gb
    purposes:
      storage: {consent: required, notice: required}
      analytics: {consent: required, notice: required}
"""
YES, BACK = Answer.GRANTED, Answer.WITHDRAWN


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """One of its own, whose logs can be looked into."""
    if kind() != APACHE:
        pytest.skip("needs a broker whose files it may read: Java 17 and Apache Kafka's JARs")
    with Broker(data=tmp_path / "kafka") as started:
        yield started


async def say(live: Live, sent: list[Intake]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=live.servers, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        for message in sent:
            key, value, headers = to_record(message)
            await producer.send(INTAKE, value, key=key, headers=headers)
    finally:
        await producer.stop()


def call(name: str, pcm: Pcm, told: dict[int, Told]) -> list[Intake]:
    out = []
    for n, at in enumerate(range(0, len(pcm), CHUNK)):
        part = pcm[at : at + CHUNK]
        message = Intake("acme", name, None, pcm.shape[1], RATE, n, at, part, at + CHUNK >= len(pcm))
        message = replace(message, metadata=Metadata("gb", "en", "inbound", PEOPLE))
        if n in told:
            out.append(replace(message, pcm=part[:0], final=False, told=told[n]))
        out.append(message)
    return out


async def test_each_purpose_has_what_it_may_and_a_withdrawal_takes_it(broker: Broker, tmp_path: Path) -> None:
    keys, rules = tmp_path / "pseudonyms.json", tmp_path / "consent.yaml"
    write_key_file(keys, KeyFile("k1", {"k1": fresh_key()}))
    rules.write_text(RULES)
    more = {
        "CALLSHIELD_LOG_LEVEL": "debug", "CALLSHIELD_CONSENT_RULES": str(rules),
        "CALLSHIELD_PSEUDONYM_KEY_FILE": str(keys),
    }  # fmt: skip
    live = Live(tmp_path, broker.servers, more=more)
    officer = token(live.kept, "privacy_officer")
    live.environment |= live.kept.environment
    one, other = made(900, 2, 20).values()
    async with running(live, STAGES):
        await say(live, [
            *call("a", one, {0: Told({"storage": YES}, notice="n1"), 20: Told({"analytics": YES}, proof="ivr-1")}),
            *call("b", other, {0: Told({"storage": YES}, notice="n1")}),
        ])  # fmt: skip
        await until(lambda: bool(live.stored("a")) and bool(live.stored("b")), 120, live.said)
        await until(lambda: live.of("analytics")[0].metric("calls_total") >= 1, 60, live.said)
        assert np.array_equal(stored(live, "a"), by_file(one))
        assert np.array_equal(stored(live, "b"), by_file(other))
        wanted = by_file(one)
        wanted[: 20 * CHUNK] = 0
        assert np.array_equal(await released(live, "analytics", "a"), wanted)
        assert len(await released(live, "analytics", "b")) == 0
        counted = sqlite3.connect(tmp_path / "analytics.sqlite3")
        assert counted.execute("SELECT call FROM calls").fetchall() == [("a",)]
        late = replace(call("b", other[:CHUNK], {0: Told({"storage": BACK}, proof="mail-2")})[0], start_sample=0)
        await say(live, [late])
        await callshield(
            live, "consent", "withdraw", "acme/a", "--purpose", "analytics", "--proof", "letter-77", "--yes",
            "--token-file", officer,
        )  # fmt: skip
        await until(lambda: {r["call"]: r["state"] for r in live.kept.rows()} == {"a": "stored", "b": "withdrawn"}, 60)
        await until(lambda: counted.execute("SELECT call FROM calls").fetchall() == [], 60, live.said)
        assert {name.split("/")[2] for name in live.kept.names()} == {"a"}
        shown = json.loads(await callshield(live, "consent", "show", "acme/a", "--json"))
        told = [(row["purpose"], row["state"], row["proof"]) for row in shown["consents"]]
        assert told == [("storage", "granted", ""), ("analytics", "granted", "ivr-1"),
                        ("analytics", "withdrawn", "letter-77")]  # fmt: skip
        pages = "".join(w.get(path)[1] for w in live.workers for path in ("/metrics", "/readyz", "/healthz"))
        printed = json.dumps(shown) + await callshield(live, "live", "--json")
        assert await messages(live, DEAD) == []
        (labels,) = {m.head.labels for m in await messages(live, AUDIO)}
        assert {label.kind for label in labels} == {"caller", "customer", "name"}
        events = [m.reason for m in await messages(live, EVENTS) if m.kind is EventKind.CONSENT]
        assert sorted(events) == ["granted", "granted", "granted", "withdrawn", "withdrawn"]
    topics = on_disk(tmp_path / "kafka")
    assert all(canary in topics[INTAKE].lower() for canary in CANARIES), "the check can see them where they are"
    said = "".join(path.read_text() for path in tmp_path.glob("*.log"))
    everything = {**topics, "logs": said.encode(), "pages": pages.encode(), "commands": printed.encode()}
    for path in tmp_path.rglob("*"):
        if path.is_file() and not path.is_relative_to(tmp_path / "kafka"):
            everything[str(path.relative_to(tmp_path))] = path.read_bytes()
    for where, content in everything.items():
        if where != INTAKE:
            assert not [canary for canary in CANARIES if canary in content.lower()], where
