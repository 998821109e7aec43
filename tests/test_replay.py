"""`callshield replay`: recordings as live calls, in their own time, to the sample."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import typer
from aiokafka import AIOKafkaConsumer
from broker import create
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.intake import from_record
from pipeline.adapters.intake_seal import load_private_key
from pipeline.adapters.kafka_connect import Kafka
from pipeline.adapters.lateness import Lateness
from pipeline.adapters.player import IN_FLIGHT_MAX, Player, Progress
from pipeline.adapters.producer import open_producer
from pipeline.adapters.voice import Part, Voice, recording
from pipeline.cli import replay
from pipeline.core.errors import BrokerError, ConfigError, InputError
from pipeline.core.messages import Intake

RATE = 8000


def speech(path: Path, frames: int, channels: int = 2, *, rate: int = RATE, subtype: str = "PCM_16") -> Path:
    """A file of noise: every sample tells where it is from."""
    pcm = np.random.default_rng(frames).integers(-9999, 9999, (frames, channels), np.int16)
    soundfile.write(path, pcm, rate, subtype=subtype)
    return path


def samples(path: Path) -> Any:
    """What a file holds, (n, channels) int16."""
    return soundfile.read(path, dtype="int16", always_2d=True)[0]


class Broker:
    """Takes what a producer is given. late_s: until it confirms."""

    def __init__(self, late_s: float = 0.0) -> None:
        self.taken: list[tuple[float, Intake]] = []
        self.open = self.most = 0
        self.late_s = late_s

    async def send(self, topic: str, value: Any, *, key: Any, headers: Any) -> asyncio.Future[None]:
        assert topic == "calls.intake"
        assert key == f"{value.tenant}/{value.call}".encode()
        self.taken.append((time.monotonic(), value))
        self.open += 1
        self.most = max(self.most, self.open)
        sent = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(self.late_s, self._confirm, sent)
        return sent

    def _confirm(self, sent: asyncio.Future[None]) -> None:
        self.open -= 1
        sent.set_result(None)

    async def flush(self) -> None:
        while self.open:
            await asyncio.sleep(0.001)

    def calls(self) -> dict[str, list[Intake]]:
        """What came, by call."""
        found: dict[str, list[Intake]] = defaultdict(list)
        for _, message in self.taken:
            found[message.call].append(message)
        return dict(found)


def plain(message: Intake) -> tuple[bytes, Any, Sequence[tuple[str, bytes]]]:
    """A message left as it is, so that the tests see what was sent."""
    return f"{message.tenant}/{message.call}".encode(), message, ()


def todo(*paths: Path, calls: int | None = None, stagger_s: float = 0.0, chunk_ms: int = 250) -> list[Part]:
    """Parts as the command makes them."""
    found = [recording(path, None, chunk_ms) for path in paths]
    return replay.parts(
        found, calls or len(found), tenant="t", prefix="p", stagger_s=stagger_s, chunk_ms=chunk_ms, seed=1
    )


async def play(parts: list[Part], *, speed: float | None = None, late_s: float = 0.0) -> tuple[Broker, Progress]:
    broker = Broker(late_s)
    player = Player(broker, plain, speed=speed, tell=lambda _: None)  # type: ignore[arg-type]
    return broker, await player.play(parts, asyncio.Event())


def check_whole(messages: list[Intake], path: Path) -> None:
    """They are the file: every sample once, in order, numbered, and only the last one final."""
    assert [m.sequence for m in messages] == list(range(len(messages)))
    assert [m.final for m in messages] == [False] * (len(messages) - 1) + [True]
    ends = np.cumsum([len(m.pcm) for m in messages])
    assert [m.start_sample for m in messages] == [0, *ends[:-1]]
    assert np.array_equal(np.concatenate([m.pcm for m in messages]), samples(path))


async def test_calls_are_their_files_to_the_sample(tmp_path: Path) -> None:
    paths = [speech(tmp_path / "a.wav", 20_001), speech(tmp_path / "b.flac", 16_000, 1), speech(tmp_path / "c.wav", 5)]
    broker, progress = await play(todo(*paths, calls=7))
    calls = broker.calls()
    assert len(calls) == 7
    for part in todo(*paths, calls=7):
        check_whole(calls[part.call], part.recording.path)
    assert {p.part.call: p.samples for p in progress.done} == {c: sum(len(m.pcm) for m in calls[c]) for c in calls}
    assert progress.messages == len(broker.taken)
    assert progress.channel_s == pytest.approx((3 * 2 * 20_001 + 2 * 16_000 + 2 * 2 * 5) / RATE)


@given(frames=st.integers(1, 9000), chunk_ms=st.integers(10, 700))
def test_cut_anyhow_a_file_is_whole(tmp_path_factory: pytest.TempPathFactory, frames: int, chunk_ms: int) -> None:
    path = speech(tmp_path_factory.mktemp("cut") / "a.wav", frames)
    (part,) = todo(path, chunk_ms=chunk_ms)
    voice = Voice(part)
    messages = []
    while not messages or not messages[-1].final:
        end_s = voice.next_end_s
        messages.append(voice.next())
        assert end_s == (messages[-1].start_sample + len(messages[-1].pcm)) / RATE
    voice.close()
    check_whole(messages, path)
    assert {len(m.pcm) for m in messages[:-1]} <= {RATE * chunk_ms // 1000}


async def test_calls_keep_their_own_time(tmp_path: Path) -> None:
    """At ten times real time 1 s of audio takes 0.1 s: a message goes when its last sample is spoken, never before."""
    path = speech(tmp_path / "a.wav", RATE)
    start = time.monotonic()
    broker, progress = await play(todo(path, calls=3, stagger_s=0.05), speed=10)
    for number, messages in enumerate(broker.calls().values()):
        for message in messages:
            at = next(at for at, m in broker.taken if m is message) - start
            due = number * 0.05 + (message.start_sample + len(message.pcm)) / RATE / 10
            assert due <= at < due + 0.5, "early, or far too late"
    assert progress.wall_s == pytest.approx(2 * 0.05 + 0.1, abs=0.4)
    assert progress.behind.quantile_ms(1) is not None


async def test_at_top_speed_all_calls_go_forward_together_and_little_is_in_flight(tmp_path: Path) -> None:
    path = speech(tmp_path / "a.wav", RATE * 10)
    broker, progress = await play(todo(path, calls=40, stagger_s=60), late_s=0.01)
    assert len(broker.taken) == 1600
    assert broker.most <= IN_FLIGHT_MAX
    starts = [m.start_sample for _, m in broker.taken]
    assert starts == sorted(starts)
    assert progress.wall_s < 5


async def test_a_stop_ends_running_calls_and_begins_no_others(tmp_path: Path) -> None:
    path = speech(tmp_path / "a.wav", RATE * 100)
    broker, stop = Broker(), asyncio.Event()
    player = Player(broker, plain, speed=1, tell=lambda _: None)  # type: ignore[arg-type]
    asyncio.get_running_loop().call_later(0.6, stop.set)
    progress = await player.play(todo(path, calls=3, stagger_s=0.2), stop)
    calls = broker.calls()
    assert len(calls) == 2, "the third call had not spoken yet"
    for messages in calls.values():
        *spoken, last = messages
        assert spoken
        assert not any(m.final for m in spoken)
        assert (last.final, len(last.pcm), last.sequence) == (True, 0, len(spoken))
        assert last.start_sample == sum(len(m.pcm) for m in spoken)
    assert sorted(p.samples for p in progress.done) == sorted(m[-1].start_sample for m in calls.values())


async def test_a_file_that_changes_ends_its_call_and_no_other(tmp_path: Path) -> None:
    good, bad = speech(tmp_path / "good.wav", 8001), speech(tmp_path / "bad.wav", 8000)
    parts = todo(good, bad)
    speech(bad, 7000)
    broker, progress = await play(parts)
    whole, broken = broker.calls().values()
    check_whole(whole, good)
    assert [(m.final, len(m.pcm)) for m in broken] == [(True, 0)]
    (error,) = [p.error for p in progress.done if p.error]
    assert isinstance(error, InputError)
    assert "changed" in str(error)


async def test_what_the_broker_refuses_ends_the_playing(tmp_path: Path) -> None:
    class Refuses(Broker):
        def _confirm(self, sent: asyncio.Future[None]) -> None:
            self.open -= 1
            sent.set_exception(ConnectionResetError("gone"))

    player = Player(Refuses(), plain, speed=None, tell=lambda _: None)  # type: ignore[arg-type]
    with pytest.raises(ConnectionResetError):
        await player.play(todo(speech(tmp_path / "a.wav", 80_000)), asyncio.Event())


def test_what_cannot_be_sent_is_said_before_anything_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="24-bit samples, live calls carry 16"):
        recording(speech(tmp_path / "deep.wav", 100, subtype="PCM_24"), None, 250)
    with pytest.raises(ConfigError, match=r"--chunk-ms: 3000 ms .* more than a message may hold"):
        recording(speech(tmp_path / "wide.wav", 100, 8, rate=48_000), None, 3000)


def test_every_call_has_an_id_and_a_trace_of_its_own_and_a_seed_repeats_them(tmp_path: Path) -> None:
    path = speech(tmp_path / "a.wav", 10)
    parts = todo(path, calls=300, stagger_s=0.1)
    assert len({p.call for p in parts}) == len({p.trace for p in parts}) == 300
    assert all(replay.NAME.fullmatch(p.call) for p in parts)
    assert [p.start_s for p in parts[:3]] == [0, 0.1, 0.2]
    assert parts == todo(path, calls=300, stagger_s=0.1)
    other = replay.parts([parts[0].recording], 2, tenant="t", prefix="p", stagger_s=0, chunk_ms=250, seed=None)
    assert other[0].call != parts[0].call


@pytest.mark.parametrize("text", ["", "fast", "0", "-1", "nan", "1e9"])
def test_a_speed_that_is_none_is_an_error(text: str) -> None:
    with pytest.raises(ConfigError, match="--speed"):
        replay.parse_speed(text)
    assert (replay.parse_speed("max"), replay.parse_speed("2.5")) == (None, 2.5)


async def test_the_first_signal_stops_in_order(tmp_path: Path) -> None:
    stop = asyncio.Event()
    before = signal.getsignal(signal.SIGINT)
    with replay.stops(stop) as seen:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.wait_for(stop.wait(), 5)
        assert signal.getsignal(signal.SIGINT) is before, "the second one ends the process"
    assert seen == [signal.SIGINT]
    assert replay.STOPPED[seen[0]] == 130


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
def test_lateness_is_right_to_a_twentieth(late: list[float], share: float) -> None:
    counted = Lateness()
    for ms in late:
        counted.add(ms)
    exact = sorted(late)[max(0, int(np.ceil(share * len(late))) - 1)]
    found = counted.quantile_ms(share)
    assert found is not None
    assert exact * 0.999 <= found <= max(exact, 0.1) * 1.051
    assert Lateness().quantile_ms(0.5) is None


# --- with a real broker


def command(*words: object, env: dict[str, str]) -> int:
    """Run `replay` in this process. Returns its exit code."""
    app = typer.Typer()
    app.command()(replay.replay)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in env.items():
            patch.setenv(name, value)
        code = app([str(word) for word in words], standalone_mode=False)
    return code if isinstance(code, int) else 0


def read_back(servers: str, prefix: str, key: Path | None = None) -> dict[str, list[Intake]]:
    """What calls.intake holds of calls whose id begins with `prefix`, by call."""

    async def read() -> dict[str, list[Intake]]:
        found: dict[str, list[Intake]] = defaultdict(list)
        private = load_private_key(key) if key else None
        consumer = AIOKafkaConsumer("calls.intake", bootstrap_servers=servers, auto_offset_reset="earliest")
        await consumer.start()
        try:
            while batches := await consumer.getmany(timeout_ms=2000):
                every = (m for batch in batches.values() for m in batch)
                for message in (m for m in every if m.key.startswith(f"demo/{prefix}".encode())):
                    intake = from_record(message.key, message.value, message.headers, private)
                    found[intake.call].append(intake)
        finally:
            await consumer.stop()
        return found

    return asyncio.run(read())


@pytest.fixture(scope="module")
def intake(kafka: str) -> str:
    """The broker, with the topic calls are sent to."""
    with contextlib.suppress(AssertionError):  # other tests may have made it
        asyncio.run(create(kafka, "calls.intake", partitions=4))
    return kafka


@pytest.mark.kafka
@pytest.mark.parametrize(
    ("calls", "words"),
    [(200, ("--speed", "max")), (12, ("--speed", "8", "--stagger-s", "0.02"))],
    ids=["max", "timed"],
)
def test_what_the_pipeline_reads_is_the_files(
    intake: str, tmp_path: Path, calls: int, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    paths = {str(p): p for p in (speech(tmp_path / "a.wav", 20_001), speech(tmp_path / "b.flac", 16_000, 1))}
    code = command(
        *paths, "--calls", calls, "--json", "--call-prefix", words[1], *words, env={"CALLSHIELD_KAFKA_SERVERS": intake}
    )
    assert code == 0
    document = json.loads(capsys.readouterr().out)
    assert len(document["calls"]) == calls
    found = read_back(intake, words[1])
    for row in document["calls"]:
        assert row["complete"]
        check_whole(found[row["call"]], paths[row["file"]])
        assert row["samples"] == sum(len(m.pcm) for m in found[row["call"]])
        assert {(m.tenant, m.rate, m.channels) for m in found[row["call"]]} == {("demo", RATE, row["channels"])}
        assert len({m.trace for m in found[row["call"]]}) == 1
        assert found[row["call"]][0].trace


@pytest.mark.kafka
def test_encrypted_audio_opens_with_the_private_key(intake: str, tmp_path: Path) -> None:
    private = rsa.generate_private_key(public_exponent=65_537, key_size=3072)
    pem = serialization.Encoding.PEM
    (tmp_path / "key.pem").write_bytes(
        private.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (tmp_path / "public.pem").write_bytes(
        private.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    path = speech(tmp_path / "a.wav", 4001)
    words = ("--speed", "max", "--encrypt-to", tmp_path / "public.pem", "--call-prefix", "sealed")
    assert command(path, *words, env={"CALLSHIELD_KAFKA_SERVERS": intake}) == 0
    found = read_back(intake, "sealed", tmp_path / "key.pem")
    (messages,) = found.values()
    check_whole(messages, path)


@pytest.mark.kafka
def test_a_broker_without_the_topic_is_an_error_and_gets_none(kafka: str) -> None:
    async def open_() -> None:
        async with open_producer(Kafka(servers=kafka), "calls.nowhere"):
            raise AssertionError("it was opened")

    with pytest.raises(BrokerError, match=r"calls\.nowhere: .* no such topic; run: callshield topics apply"):
        asyncio.run(open_())
    with pytest.raises(BrokerError, match="no such topic"):
        asyncio.run(open_())
