"""The vault through real processes and a real broker: what is kept, by killed workers too, and who may hear it."""

from __future__ import annotations

import asyncio
import io
import json
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from broker import APACHE, Broker, kind
from command import line
from live import Live, by_file, messages, running, speak, until
from test_live_changes import callshield, on_disk, stored
from test_pipeline_memory import made

from pipeline.adapters.operator_tokens import Issuer
from pipeline.core.messages import Judgement
from pipeline.core.operator import Role
from pipeline.core.originals import GUARD_MS, NEVER, kept
from pipeline.core.span import Span
from pipeline.core.topics import DEAD, SEALED, VERDICTS

pytestmark = pytest.mark.kafka
STAGES = ("accept", "hear", "identify", "mask", "store", "vault")
WANTED = frozenset({"CARD_NUMBER", "PERSON_NAME"})


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """One of its own, whose logs can be looked into."""
    if kind() != APACHE:
        pytest.skip("needs a broker whose files it may read: Java 17 and Apache Kafka's JARs")
    with Broker(data=tmp_path / "kafka") as started:
        yield started


def tokens(live: Live) -> tuple[Path, Path]:
    """Of somebody who may hear originals, and of somebody who may not."""
    private, public = live.folder / "issuer.pem", live.folder / "issuer.pub"
    Issuer.create(private, public)
    live.environment["CALLSHIELD_ISSUER_PUBLIC_FILE"] = str(public)
    out = []
    for role in (Role.UNSEALER, Role.READER):
        path = live.folder / f"{role}.token"
        path.write_text(Issuer(private).issue("dana", [role], ["dispute"], hours=1, now_s=int(time.time()))[0])
        path.chmod(0o600)
        out.append(path)
    return out[0], out[1]


async def code_of(live: Live, *words: object) -> int:
    process = await asyncio.create_subprocess_exec(
        *line(*words), env=live.environment, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    return await process.wait()


async def test_originals_are_kept_by_killed_workers_too_and_heard_by_who_may(broker: Broker, tmp_path: Path) -> None:
    policy = tmp_path / "keeping.yaml"
    policy.write_text(f"name: keeping\nvault: [{', '.join(sorted(WANTED))}]\n")
    more = {"CALLSHIELD_PURPOSES": f"storage={policy},analytics=default"}
    live = Live(tmp_path, broker.servers, more=more)
    may, may_not = tokens(live)
    spoken = made(101, 3, 60)
    async with running(live, STAGES):
        talk = asyncio.create_task(speak(live, spoken, speed=4))
        await asyncio.sleep(8)
        for stage in ("mask", "vault"):
            live.of(stage)[0].kill()
            live.revive()
            await asyncio.sleep(2)
        await talk
        await until(lambda: all(live.stored(name) for name in spoken), 120, live.said)
        await until(lambda: live.of("vault")[0].metric("calls_total") >= 1, 60, live.said)
        listed = {}
        for name in spoken:
            listed[name] = json.loads(await callshield(live, "vault", "list", f"acme/{name}", "--json"))["segments"]
        findings: dict[tuple[str, int], set[object]] = {}
        for m in await messages(live, VERDICTS):
            assert isinstance(m, Judgement)
            for verdict in m.verdicts:
                findings.setdefault((m.head.call, verdict.channel), set()).update(verdict.findings)
        assert {f.entity for found in findings.values() for f in found} & NEVER.keys(), "nothing forbidden was said"
        for name, pcm in spoken.items():
            assert np.array_equal(stored(live, name), by_file(pcm))
            expected = sorted(
                (channel, span.start, span.end, entity)
                for (call, channel), found in findings.items()
                if call == name
                for entity, span in kept(found, WANTED, Span(0, len(pcm)), GUARD_MS * 8)
            )
            told = [(s["channel"], s["start_sample"], s["end_sample"], s["entity"]) for s in listed[name]]
            assert sorted(told) == expected, name
        assert await messages(live, DEAD) == []
        assert {m.original.entity for m in await messages(live, SEALED) if m.original} <= WANTED
        name = next(name for name in spoken if listed[name])
        one = listed[name][0]
        words = ("vault", "unseal", f"acme/{name}", one["segment"], "--purpose", "dispute", "--reason", "ticket-7")
        assert await code_of(live, *words, "--out", tmp_path / "no.wav", "--token-file", may_not) == 6
        assert not (tmp_path / "no.wav").exists()
        await callshield(live, *words, "--out", tmp_path / "heard.wav", "--token-file", may)
        await callshield(live, "audit", "verify")
    with wave.open(io.BytesIO((tmp_path / "heard.wav").read_bytes())) as file:
        heard = np.frombuffer(file.readframes(1 << 24), "<i2")
    original = spoken[name][one["start_sample"] : one["end_sample"], one["channel"]]
    assert np.array_equal(heard, original)
    topics = on_disk(tmp_path / "kafka")
    secret = original[len(original) // 2 :][:200].tobytes()
    assert secret in heard.tobytes()
    assert secret not in topics[SEALED], "an original is in clear in the topic"
    everywhere = [p for p in (tmp_path / "kept").rglob("*") if p.is_file()]
    assert not [p for p in everywhere if "exported" not in p.parts and secret in p.read_bytes()]
