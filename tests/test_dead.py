"""`callshield dead`: what nobody could use is listed, sent again, or laid to rest."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import typer
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.structs import TopicPartition
from broker import create

from pipeline.adapters.dead_letters import DeadLetters
from pipeline.adapters.kafka_connect import Kafka
from pipeline.adapters.kafka_read import read_topic
from pipeline.adapters.keyring import KeyFile, Keyring, fresh_key, write_key_file
from pipeline.adapters.wire import Wire
from pipeline.cli import dead
from pipeline.core.errors import BrokerError, CallShieldError, ConfigError, InputError
from pipeline.core.messages import Dead
from pipeline.core.topics import topics

PARTITIONS = 3
ORIGINAL = [("ce_type", b"callshield.intake.v1"), ("sequence", b"7")]


@pytest.mark.parametrize(
    ("text", "ms"), [("", 0), ("30s", 970_000), ("2m", 880_000), ("1970-01-01T00:10:00+00:00", 600_000)]
)
def test_since_is_an_age_or_a_time(text: str, ms: int) -> None:
    assert dead.parse_since(text, 1000.0) == ms


@pytest.mark.parametrize("text", ["yesterday", "2 h", "h", "-2h", "2026-13-01"])
def test_since_that_is_neither_is_an_error(text: str) -> None:
    with pytest.raises(ConfigError, match=r"--since: .* neither"):
        dead.parse_since(text, 1000.0)


# --- with a real broker


class Desk:
    """An operator's place: keys, topics, and calls nobody else knows."""

    def __init__(self, servers: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.servers = servers
        self.keys = folder / "keys.json"
        write_key_file(self.keys, KeyFile("one", {"one": fresh_key()}))
        self.wire = Wire(topics(["storage"]), Keyring(self.keys), "hear")
        self.call = f"c-{uuid4().hex[:12]}"
        self.source = f"source.{uuid4().hex[:8]}"
        self._capsys = capsys
        asyncio.run(create(servers, self.source, partitions=PARTITIONS))
        with contextlib.suppress(AssertionError):  # there already
            asyncio.run(create(servers, "calls.dead", partitions=PARTITIONS))

    def put(self, topic: str, partition: int, records: Sequence[tuple[Any, Any, Any]]) -> list[int]:
        """Send records (key, value, headers). Returns their offsets."""

        async def send() -> list[int]:
            producer = AIOKafkaProducer(bootstrap_servers=self.servers, acks="all")
            await producer.start()
            try:
                return [
                    (await producer.send_and_wait(topic, value, key=key, partition=partition, headers=headers)).offset
                    for key, value, headers in records
                ]
            finally:
                await producer.stop()

        return asyncio.run(send())

    def letter(self, partition: int, source_offset: int, *, original: bytes | None = None, **change: Any) -> str:
        """Put a dead letter. Returns its id."""
        kept = tuple(ORIGINAL) if original is not None else ()
        fields: dict[str, Any] = {
            "stage": "accept", "topic": self.source, "partition": partition, "offset": source_offset,
            "reason": "wrong_rate", "at_ms": int(time.time() * 1000), "tenant": "t", "call": self.call,
            "sequence": 7, "start_sample": 14_000, "original": original, "headers": kept,
        }  # fmt: skip
        (offset,) = self.put("calls.dead", partition, [self.wire.encode("calls.dead", Dead(**fields | change))])
        return f"{partition}:{offset}"

    def run(self, *words: object) -> Any:
        """The command in this process: its code and what --json printed, or the text."""
        outer = typer.Typer()
        outer.add_typer(dead.app, name="dead")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CALLSHIELD_KAFKA_SERVERS", self.servers)
            patch.setenv("CALLSHIELD_KEYS_FILE", str(self.keys))
            code = outer(["dead", *map(str, words)], standalone_mode=False)
        out = self._capsys.readouterr().out
        return code or 0, json.loads(out) if "--json" in words else out

    def ids(self, *words: object) -> list[str]:
        """Letters of this desk's call, as listed."""
        code, document = self.run("list", "--call", self.call, "--json", *words)
        assert code == 0
        return [row["id"] for row in document["letters"]]

    def sent(self) -> list[tuple[int, bytes | None, bytes | None, dict[str, bytes]]]:
        """All of the source topic: partition, key, value, headers."""

        async def read() -> list[tuple[int, bytes | None, bytes | None, dict[str, bytes]]]:
            found = read_topic(Kafka(servers=self.servers), self.source)
            return [(r.partition, r.key, r.value, dict(r.headers)) async for r in found]

        return asyncio.run(read())


@pytest.fixture
def desk(kafka: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(kafka, tmp_path, capsys)


@pytest.mark.kafka
def test_the_list_tells_where_and_why_and_never_what(desk: Desk) -> None:
    old = int(time.time() * 1000) - 3 * 3_600_000
    first = desk.letter(0, 5, at_ms=old)
    second = desk.letter(1, 6, stage="hear", reason="key_lost", original=b"SPOKEN", sequence=-1, start_sample=-1)
    code, document = desk.run("list", "--call", desk.call, "--json")
    assert code == 0
    assert [row["id"] for row in document["letters"]] == [first, second]
    row = document["letters"][0]
    assert (row["topic"], row["partition"], row["offset"]) == (desk.source, 0, 5)
    assert (row["stage"], row["reason"], row["sequence"], row["start_sample"]) == ("accept", "wrong_rate", 7, 14_000)
    assert [r["original"] for r in document["letters"]] == ["in its topic", "kept"]
    assert desk.ids("--reason", "key_lost") == [second]
    assert desk.ids("--stage", "accept") == [first]
    assert desk.ids("--since", "2h") == [second]
    assert desk.ids("--limit", 1) == [second]
    assert desk.run("list", "--call", desk.call, "--limit", 1, "--json")[1]["older"] == 1
    text = desk.run("list", "--call", desk.call)[1]
    assert f"{desk.source} 0:5" in text
    assert "SPOKEN" not in text + json.dumps(document)


@pytest.mark.kafka
def test_only_the_newest_are_kept_in_memory_and_settled_ones_take_no_room(desk: Desk) -> None:
    ids = [desk.letter(0, n) for n in range(4)]
    desk.run("drop", ids[3], "--yes", "--json")
    letters = DeadLetters(Kafka(servers=desk.servers), desk.wire)
    listing = asyncio.run(letters.find(lambda letter: letter.dead.call == desk.call, most=4))
    assert [letter.id for letter in listing.letters] == ids[:3]
    listing = asyncio.run(letters.find(lambda letter: letter.dead.call == desk.call, most=2, settled=True))
    assert ([letter.id for letter in listing.letters], listing.left_out) == (ids[2:], 2)


@pytest.mark.kafka
def test_a_retry_sends_the_same_bytes_to_where_they_came_from(desk: Desk) -> None:
    offsets = desk.put(desk.source, 2, [(b"t/x", b"zero", []), (b"t/c", b"one", ORIGINAL), (b"t/x", b"two", [])])
    reread, kept = desk.letter(2, offsets[1]), desk.letter(1, 99, original=b"kept")
    assert desk.run("retry", reread, kept, "--yes", "--json") == (0, {"done": [reread, kept], "failed": []})
    before = [(2, b"t/x", b"zero", {}), (2, b"t/c", b"one", dict(ORIGINAL)), (2, b"t/x", b"two", {})]
    again = [record for record in desk.sent() if "retried" in record[3]]
    assert [record for record in desk.sent() if "retried" not in record[3]] == before
    assert sorted(again) == [
        (1, f"t/{desk.call}".encode(), b"kept", {**dict(ORIGINAL), "retried": kept.encode()}),
        (2, b"t/c", b"one", {**dict(ORIGINAL), "retried": reread.encode()}),
    ]
    assert desk.ids() == []
    assert sorted(desk.ids("--all")) == sorted([reread, kept])
    shown = desk.run("list", "--call", desk.call, "--all", "--json")[1]["letters"]
    assert {row["settled"] for row in shown} == {"retried"}


@pytest.mark.kafka
def test_what_is_gone_is_said_and_stays_listed(desk: Desk) -> None:
    first, *_ = desk.put(desk.source, 0, [(b"k", b"%d" % n, []) for n in range(5)])

    async def delete() -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=desk.servers)
        await admin.start()
        await admin.delete_records({TopicPartition(desk.source, 0): RecordsToDelete(before_offset=first + 3)})
        await admin.close()

    asyncio.run(delete())
    gone, never, there = desk.letter(0, first + 1), desk.letter(0, first + 100), desk.letter(0, first + 3)
    code, document = desk.run("retry", "--all", "--call", desk.call, "--yes", "--json")
    assert code == 2
    assert document["done"] == [there]
    assert [f["id"] for f in document["failed"]] == [gone, never]
    assert all("kept no more; drop the letter" in f["error"] for f in document["failed"])
    assert desk.ids() == [gone, never]
    assert desk.run("drop", "--all", "--call", desk.call, "--yes", "--json")[1]["done"] == [gone, never]
    assert desk.ids() == []
    assert len(desk.sent()) == 2 + 1, "a dropped one is not sent"


@pytest.mark.kafka
def test_a_letter_whose_key_is_gone_can_be_dropped_but_not_retried(desk: Desk) -> None:
    letter = desk.letter(0, 0)
    write_key_file(desk.keys, KeyFile("two", {"two": fresh_key()}))
    mine = [row for row in desk.run("list", "--json")[1]["letters"] if row["id"] == letter]
    assert [(row["reason"], row["original"], row["call"]) for row in mine] == [("key_lost", "unreadable", desk.call)]
    code, document = desk.run("retry", letter, "--yes", "--json")
    assert (code, document["done"]) == (2, [])
    assert "cannot be read (key_lost)" in document["failed"][0]["error"]
    assert desk.run("drop", letter, "--yes", "--json") == (0, {"done": [letter], "failed": []})
    assert desk.ids() == []


@pytest.mark.kafka
def test_what_is_not_meant_clearly_is_not_done(desk: Desk) -> None:
    letter = desk.letter(0, 0)
    cases: list[tuple[tuple[str, ...], type[CallShieldError], str]] = [
        (("drop",), ConfigError, "either ids from the list, or --all"),
        (("drop", letter, "--all"), ConfigError, "either ids"),
        (("drop", "--reason", "wrong_rate"), ConfigError, "filters go with --all"),
        (("drop", letter), ConfigError, "add --yes"),
        (("drop", "9:x", "--yes"), InputError, "is no dead letter"),
        (("drop", "0:999999", "--yes"), InputError, "no such dead letter"),
    ]
    for words, kind, text in cases:
        with pytest.raises(kind, match=text):
            desk.run(*words)
    assert desk.ids() == [letter]
    desk.servers = "127.0.0.1:1"
    with pytest.raises(BrokerError):
        desk.ids()
