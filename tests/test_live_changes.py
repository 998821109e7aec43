"""What changes while calls run, through real processes and a real broker: releases, policies, keys, load, brokers; and
what of a call may be seen where.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from aiokafka import AIOKafkaProducer
from broker import APACHE, Broker, kind
from command import line
from live import RATE, Live, Pcm, Worker, by_file, check, dead, messages, running, speak, until
from scripted import dialogue
from test_live import complete, written
from written import write

from pipeline.adapters.intake import to_record
from pipeline.adapters.keyring import KeyFile, fresh_key, write_key_file
from pipeline.adapters.policy_file import preset
from pipeline.core.joiner import Joiner
from pipeline.core.messages import EventKind, Intake
from pipeline.core.topics import AUDIO, DEAD, EVENTS, INTAKE, REDACTED, TRANSCRIPTS, WORDS

POLICY, NARROW = preset("default"), preset("pci")
WINDOW = 50  # samples, a part of a chunk: noise that occurs once
FETCHED_BYTES = 10 << 20  # of audio that may be on its way when a partition is paused

pytestmark = pytest.mark.kafka


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """One of its own, whose logs can be looked into and which may be stopped."""
    if kind() != APACHE:
        pytest.skip("needs a broker it may restart: Java 17 and Apache Kafka's JARs, and no KAFKA_BOOTSTRAP_SERVERS")
    with Broker(data=tmp_path / "kafka") as started:
        yield started


async def callshield(live: Live, *words: object) -> str:
    """The command with the settings of the pipeline. Returns what it prints."""
    process = await asyncio.create_subprocess_exec(
        *line(*words), env=live.environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, said = await process.communicate()
    assert process.returncode == 0, said.decode()
    return out.decode()


def reasons(worker: Worker) -> list[str]:
    return json.loads(worker.get("/readyz")[1])["reasons"]


def manifest(live: Live, name: str) -> dict[str, object]:
    folder = live.stored(name)
    assert folder
    return json.loads((folder / "manifest.json").read_text())


def stored(live: Live, name: str) -> Pcm:
    folder = live.stored(name)
    assert folder
    return soundfile.read(folder / "recording.flac", dtype="int16", always_2d=True)[0]


async def released(live: Live, purpose: str, name: str) -> Pcm:
    """What a consumer of a redacted topic has of a call so far."""
    blocks = [m for m in await messages(live, REDACTED + purpose) if m.head.call == name]
    joiner = Joiner()
    return np.concatenate([np.zeros((0, 2), np.int16), *(joiner.push(m.start_sample, m.pcm) for m in blocks)])


async def test_calls_keep_the_release_and_the_policy_they_began_with(broker: Broker, tmp_path: Path) -> None:
    """Another engine and another policy arrive in the middle of calls, as docs/pipeline.md says under Upgrades."""
    old, new = written("old", 21, 6, 40), written("new", 22, 6, 12)
    live = Live(tmp_path, broker.servers, fleet="green")
    async with running(live):
        leaving = live.of("accept")
        live.environment |= {
            "CALLSHIELD_FLEET": "blue", "CALLSHIELD_ENGINE": "written:open_newer",
            "CALLSHIELD_PURPOSES": "storage=pci,analytics=default",
        }  # fmt: skip
        await live.wait_ready(*[live.start(stage) for stage in ("hear", "identify", "mask")])
        talking = asyncio.create_task(speak(live, old))
        await asyncio.sleep(6)
        await live.wait_ready(live.start("accept"))
        for worker in leaving:
            live.remove(worker)
            await asyncio.to_thread(worker.terminate)
        assert not talking.done(), "the calls of before must still be running"
        await speak(live, new, speed=2)
        await talking
        await complete(live, old | new, 60)
        await check(live, old, POLICY, {name: by_file(pcm) for name, pcm in old.items()})
        heads = {name: {(m.head.fleet, m.head.pin) for m in await messages(live, AUDIO) if m.head.call in calls}
                 for name, calls in (("green", old), ("blue", new))}  # fmt: skip
        assert [fleet for found in heads.values() for fleet, _ in found] == ["green", "blue"]
        assert heads["green"] != heads["blue"]
        for fleet, calls in (("green", old), ("blue", new)):
            assert {(manifest(live, n)["fleet"], manifest(live, n)["pin"]) for n in calls} == heads[fleet]
        differ = 0
        for name, pcm in new.items():
            narrow, wide = by_file(pcm, NARROW), by_file(pcm)
            assert np.array_equal(stored(live, name), narrow), name
            assert np.array_equal(await released(live, "analytics", name), wide), name
            differ += not np.array_equal(narrow, wide)
        assert differ, "both policies hide the same in these calls: this proves nothing"
        assert {m.kind for m in await messages(live, EVENTS)} == {EventKind.STARTED, EventKind.ENDED}


async def test_a_key_that_is_destroyed_silences_its_calls_and_no_others(broker: Broker, tmp_path: Path) -> None:
    lost, after = written("lost", 31, 4, 30), written("after", 32, 4, 10)
    async with running(Live(tmp_path, broker.servers)) as live:
        talking = asyncio.create_task(speak(live, lost))
        await until(lambda: live.of("store")[0].metric("messages_total") > 3 * len(lost), 30, live.said)
        before = {name: len(await released(live, "storage", name)) for name in lost}
        write_key_file(live.kept.keys, KeyFile("other", {"other": fresh_key()}))
        for worker in live.workers:
            worker.kill()
        live.revive()
        # Not ready for a while, perhaps: what is left of a call without its audio is held till later audio is there.
        await until(lambda: all(set(reasons(w)) <= {"lag"} for w in live.workers), 120, live.said)
        await speak(live, after, speed=2)
        await complete(live, after, 120)
        await talking
        await until(lambda: live.of("accept")[0].metric("consumer_lag_messages") == 0, 60, live.said)
        letters = await dead(live)
        assert {"key_lost", "call_failed"} <= letters.keys() <= {"key_lost", "call_failed", "after_end"}
        await check(live, after, POLICY, {name: by_file(pcm) for name, pcm in after.items()}, letters=letters)
        for name, pcm in lost.items():
            out, whole = await released(live, "storage", name), by_file(pcm)
            assert len(out) >= before[name] > 0
            assert ((out == whole[: len(out)]) | (out == 0)).all(), f"{name}: something left that was not judged"
        assert not [m for m in await messages(live, TRANSCRIPTS + "storage") if m.head.call in lost]
        assert {reason for worker in live.workers for reason in reasons(worker)} <= {"lag"}


async def test_too_much_held_pauses_partitions_and_not_the_verdicts(broker: Broker, tmp_path: Path) -> None:
    """identify is away: mask fills up to its bound and no further, the rest waits in Kafka; then all of it leaves."""
    flood, most = written("flood", 41, 20, 60), 16 << 20
    assert sum(pcm.nbytes for pcm in flood.values()) > 2 * most
    live = Live(tmp_path, broker.servers, more={"CALLSHIELD_HELD_MB_MAX": "16"})
    async with running(live, ("accept", "hear", "mask", "store")):
        mask = live.of("mask")[0]
        await speak(live, flood, speed=20)
        await until(lambda: mask.metric("paused_partitions") == live.partitions, 60, live.said)
        for _ in range(3):
            await asyncio.sleep(1)
            assert most < mask.metric("held_bytes") < most + FETCHED_BYTES
            assert mask.metric("samples_total") == 0
        assert mask.metric("consumer_lag_messages") > 0
        live.start("identify")
        await complete(live, flood, 120)
        assert mask.metric("paused_partitions") == 0
        await check(live, flood, POLICY, {})


async def test_probes_and_the_operators_view_tell_the_truth(broker: Broker, tmp_path: Path) -> None:
    live = Live(tmp_path, broker.servers, partitions=1)
    async with running(live):
        spare = live.start("hear")
        await until(lambda: sorted(map(reasons, live.of("hear"))) == [[], ["no_partitions"]], 60, live.said)
        addresses = [word for w in live.workers for word in ("--metrics", f"http://127.0.0.1:{w.port}")]
        rows = {row["stage"]: row for row in json.loads(await callshield(live, "live", "--json", *addresses))["stages"]}
        assert {stage: rows[stage]["health"] for stage in ("accept", "identify", "mask", "store")} == dict.fromkeys(
            ("accept", "identify", "mask", "store"), "ok"
        )
        assert rows["hear"]["workers"] == 2
        assert rows["analytics"]["health"] == "no_workers"
        live.remove(spare)
        await asyncio.to_thread(spare.terminate)
        await asyncio.to_thread(broker.stop)  # while its partitions are being handed over
        await until(lambda: all("no_broker" in reasons(w) for w in live.workers), 60, live.said)
        assert all(w.get("/healthz")[0] == 200 for w in live.workers), "a restart would not help"
        await asyncio.to_thread(broker.start)
        await live.wait_ready()


async def test_partitions_that_come_later_are_handed_out_within_seconds(broker: Broker, tmp_path: Path) -> None:
    """By default clients learn of them after five minutes; so long somebody could have none at all."""
    live = Live(tmp_path, broker.servers, partitions=1)
    async with running(live, ("accept", "hear", "store")):
        live.environment["CALLSHIELD_PARTITIONS"] = "2"
        await callshield(live, "topics", "apply", "--partitions-too")
        await until(lambda: all(w.metric("partitions") == 2 for w in live.workers), 60, live.said)
        await live.wait_ready()


def secret_call() -> tuple[Pcm, dict[str, str]]:
    """A call, and a word of it that must be hidden and one that may be read."""
    script = dialogue(
        "A: could i take your full name please", "C: my name is [zebulon quackenbush]",
        "A: what is the long number on your card", "C: sure [four five three nine one four eight eight oh three four]",
        "A: is there anything else i can help with", "C: yes i would like a new wheelbarrow please",
    )  # fmt: skip
    return write(script), {"hidden": "quackenbush", "open": "wheelbarrow"}


def windows(pcm: Pcm, which: np.ndarray) -> list[bytes]:
    """Audio of both channels as it lies in messages, of stretches where `which` is true throughout."""
    starts = [at for at in range(0, len(pcm) - WINDOW, WINDOW) if which[at : at + WINDOW].all()]
    return [pcm[at : at + WINDOW].astype("<i2").tobytes() for at in starts]


def on_disk(broker_data: Path, *but: str) -> dict[str, bytes]:
    """By topic, all its broker has."""
    found: dict[str, bytes] = {}
    for path in sorted(broker_data.rglob("calls.*/*.log")):
        topic = path.parent.name.rpartition("-")[0]
        if topic not in but:
            found[topic] = found.get(topic, b"") + path.read_bytes()
    return found


async def _unusable(live: Live, pcm: Pcm) -> None:
    """The same audio in a message nobody can use: its dead letter keeps it, sealed."""
    key, value, headers = to_record(Intake("acme", "odd", None, 2, RATE, 0, 0, pcm, True))
    headers = [(name, b"opus" if name == "codec" else text) for name, text in headers]
    producer = AIOKafkaProducer(bootstrap_servers=live.servers, max_request_size=1 << 22)
    await producer.start()
    await producer.send_and_wait(INTAKE, value, key=key, headers=headers)
    await producer.stop()


async def test_no_secret_is_in_a_topic_a_log_a_metric_or_a_file(broker: Broker, tmp_path: Path) -> None:
    """Words and audio that are hidden are looked for in all that a run leaves behind."""
    pcm, words = secret_call()
    more = {"CALLSHIELD_LOG_LEVEL": "debug", "CALLSHIELD_DEAD_KEEP_PAYLOAD": "true"}
    live = Live(tmp_path, broker.servers, more=more)
    stages = ("accept", "hear", "identify", "mask", "store", "analytics")
    async with running(live, stages):
        await _unusable(live, pcm[: 8 * RATE])
        await speak(live, {"c": pcm}, speed=8)
        await until(lambda: bool(live.stored("c")), 60, live.said)
        await until(lambda: live.of("analytics")[0].metric("calls_total") >= 1, 30, live.said)
        letters = json.loads(await callshield(live, "dead", "list", "--json"))["letters"]
        assert [(it["reason"], it["tenant"], it["call"], it["sequence"]) for it in letters] == [
            ("unknown_codec", "acme", "odd", 0)
        ]
        pages = "".join(w.get(path)[1] for w in live.workers for path in ("/metrics", "/readyz", "/healthz"))
        shown = json.dumps(letters) + await callshield(live, "live", "--json")
    whole = by_file(pcm)
    secret, clean = windows(pcm, (whole != pcm).any(axis=1)), windows(pcm, (whole == pcm).all(axis=1))
    assert len(secret) > 100
    topics = on_disk(tmp_path / "kafka")
    assert {INTAKE, AUDIO, WORDS, DEAD, EVENTS} <= topics.keys()
    assert all(part in topics[INTAKE] for part in secret), "the check can see audio where it is"
    seen = sum(part in topics[REDACTED + "storage"] for part in clean)
    assert seen > 0.9 * len(clean), "and where it may be, but for what two blocks share"
    assert words["open"].encode() in topics[TRANSCRIPTS + "storage"], "and words"
    said = "".join(path.read_text() for path in tmp_path.glob("*.log"))
    assert "accept" in said
    everything = {**topics, "logs": said.encode(), "pages": pages.encode(), "commands": shown.encode()}
    for path in tmp_path.rglob("*"):
        if path.is_file() and not path.is_relative_to(tmp_path / "kafka"):
            everything[str(path.relative_to(tmp_path))] = path.read_bytes()
    for where, content in everything.items():
        assert words["hidden"].encode() not in content.lower(), where
        if where != INTAKE:
            assert not any(part in content for part in secret), where
        if not where.startswith((TRANSCRIPTS, "kept/exported/")):
            assert words["open"].encode() not in content.lower(), where
