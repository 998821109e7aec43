"""Live calls through real processes and a real broker: whatever is killed or moved, nothing is lost or shown."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from broker import APACHE, Broker, kind
from command import SAMPLES
from live import STAGES, Live, Pcm, by_file, check, dead, go_on, running, speak, stop, until
from test_topics import as_user
from written import calls as written_calls

from pipeline.adapters.policy_file import preset

POLICY = preset("default")
ROUND_CALLS, REAL_CALLS, CALL_S = 50, 4, 16
SEED = int(os.environ.get("CALLSHIELD_TEST_SEED", "0")) or random.SystemRandom().randrange(10**6)

pytestmark = pytest.mark.kafka


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """One of its own, that may be restarted and has no old calls."""
    if kind() != APACHE:
        pytest.skip("needs a broker it may restart: Java 17 and Apache Kafka's JARs, and no KAFKA_BOOTSTRAP_SERVERS")
    with Broker(data=tmp_path / "kafka") as started:
        yield started


def written(prefix: str, seed: int, n: int, seconds: float) -> dict[str, Pcm]:
    return {f"{prefix}-{i}": pcm for i, (_, pcm) in enumerate(written_calls(seed, n, seconds))}


def samples(n: int) -> dict[str, Pcm]:
    """Real speech of two channels at 8 kHz, the shortest first."""
    found = []
    for path in sorted(SAMPLES.glob("*/call.*")):
        pcm, rate = soundfile.read(path, dtype="int16", always_2d=True)
        if rate == 8_000 and pcm.shape[1] == 2:
            found.append((len(pcm), path.parent.name, pcm))
    return {name: pcm for _, name, pcm in sorted(found, key=lambda f: f[:2])[:n]}


async def complete(live: Live, calls: dict[str, Pcm], seconds: float) -> float:
    """Until all are stored."""
    return await until(lambda: live.revive() or all(live.stored(n) for n in calls), seconds, live.said)  # type: ignore[func-returns-value]


async def test_live_recordings_are_sample_identical_to_redacted_files(broker: Broker, tmp_path: Path) -> None:
    """Real recognition; the same calls as files, see test_call and test_pipeline_memory."""
    from command import process

    spoken = samples(4)
    async with running(Live(tmp_path, broker.servers, engine="whisper")) as live:
        await speak(live, spoken, speed=8)
        await complete(live, spoken, 120)
        await check(live, spoken, POLICY, {})
    for name, pcm in spoken.items():
        out = tmp_path / "files" / name
        done = process("redact", *(SAMPLES / name).glob("call.*"), "--out", out, "--roles", "agent,customer")
        assert done.code == 0, done.err
        expected, _ = soundfile.read(next(out.glob("*.flac")), dtype="int16", always_2d=True)
        folder = live.stored(name)
        assert folder
        got, _ = soundfile.read(folder / "recording.flac", dtype="int16", always_2d=True)
        assert np.array_equal(got, expected), name
        assert (got != pcm).any()


async def _rounds(broker: Broker, folder: Path, rounds: int) -> None:
    """kill -9 of every stage at random points, broker restarts and rebalances, while calls run."""
    rng = random.Random(SEED)
    print(f"seed {SEED}")
    real = samples(REAL_CALLS)
    spoken_all: dict[str, Pcm] = {}
    exact: dict[str, Pcm] = {}
    async with running(Live(folder, broker.servers, engine="mixed:open_engine")) as live:
        for n in range(rounds):
            spoken = written(f"r{n}", SEED + n, ROUND_CALLS, CALL_S)
            exact |= {name: by_file(pcm) for name, pcm in spoken.items()}
            spoken |= {f"r{n}-{name}": pcm for name, pcm in real.items()}
            spoken_all |= spoken
            talking = asyncio.create_task(speak(live, spoken, stagger_s=0.05))
            await _trouble(live, broker, rng, n)
            await talking
            took = await complete(live, spoken, 240)
            print(f"round {n}: all stored {took:.1f} s after the last word")
            if n % 10 == 9 or n == rounds - 1:
                await check(live, spoken_all, POLICY, exact)
                print(f"round {n}: {len(spoken_all)} calls are as they must be; dead letters: {await dead(live)}")


async def _trouble(live: Live, broker: Broker, rng: random.Random, number: int) -> None:
    """What goes wrong in one round: kills in each, new workers or a restart of the broker in some."""
    order = ["accept", "hear", "identify", "mask", "store"]
    victims = {order[number % 5], rng.choice(order), rng.choice(order)}
    for victim in sorted(victims):
        await asyncio.sleep(rng.uniform(0.5, 4))
        live.revive()
        rng.choice(live.of(victim)).kill()
        print(f"round {number}: kill -9 {victim}")
    live.revive()
    what = number % 3
    if what == 0:
        more = [live.start(stage) for stage in rng.sample(order, 2)]
        await asyncio.sleep(rng.uniform(2, 6))
        for worker in more:
            live.remove(worker)
            worker.kill()
        print(f"round {number}: {[w.stage for w in more]} came and were killed")
    elif what == 1:
        print(f"round {number}: broker restarts")
        await asyncio.to_thread(broker.kill if rng.random() < 0.5 else broker.stop)
        await asyncio.to_thread(broker.start)


async def test_kills_restarts_and_rebalances_lose_and_show_nothing(broker: Broker, tmp_path: Path) -> None:
    await _rounds(broker, tmp_path, 3)


@pytest.mark.slow
async def test_kills_restarts_and_rebalances_lose_and_show_nothing_30_times(broker: Broker, tmp_path: Path) -> None:
    await _rounds(broker, tmp_path, 30)


async def test_two_workers_share_and_one_that_leaves_hands_over(broker: Broker, tmp_path: Path) -> None:
    """Two workers per stage; some leave by SIGTERM with audio held, some are killed, and the others go on."""
    spoken = written("two", 5, 24, 60)
    async with running(Live(tmp_path, broker.servers)) as live:
        second = [live.start(stage) for stage in ("accept", "hear", "identify", "mask", "store")]
        await live.wait_ready()
        first = [w for w in live.workers if w not in second]
        talking = asyncio.create_task(speak(live, spoken))
        await asyncio.sleep(12)
        for worker in live.workers:
            assert worker.metric("partitions") == 2, worker.stage
            assert worker.metric("messages_total") > 20, worker.stage
        mask = next(w for w in first if w.stage == "mask")
        assert mask.metric("held_bytes") > 0
        seconds = {}
        for worker in first:
            live.remove(worker)
            seconds[worker.stage] = await asyncio.to_thread(worker.terminate)
        began = time.monotonic()
        await until(lambda: all(w.metric("partitions") == 4 for w in live.workers), 15, live.said)
        handed_s = time.monotonic() - began
        stops = {stage: round(s, 2) for stage, s in seconds.items()}
        print(f"SIGTERM took {stops} s; all handed over after {handed_s:.1f} s")
        assert max(seconds.values()) < 5
        killed = live.start("mask"), live.start("hear")
        await live.wait_ready(*killed)
        for worker in killed:
            live.remove(worker)
            worker.kill()
        began = time.monotonic()
        await until(lambda: all(w.metric("partitions") == 4 for w in live.workers), 15, live.said)
        print(f"after kill -9 all handed over after {time.monotonic() - began:.1f} s")
        await talking
        await complete(live, spoken, 120)
        await check(live, spoken, POLICY, {name: by_file(pcm) for name, pcm in spoken.items()})


async def _hear_stopped(broker: Broker, folder: Path, seconds: float, ready_lag_s: int) -> None:
    spoken = written("stop", 7, 8, seconds + 30)
    live = Live(folder, broker.servers, more={"CALLSHIELD_READY_LAG_S": str(ready_lag_s)})
    async with running(live):
        talking = asyncio.create_task(speak(live, spoken))
        await asyncio.sleep(10)
        mask, hear = live.of("mask")[0], live.of("hear")[0]
        assert mask.metric("samples_total") > 0
        assert mask.ready
        stop(hear)
        await asyncio.sleep(4)  # what was heard before is judged and released
        before = mask.metric("samples_total")
        await asyncio.sleep(seconds - 4)
        assert mask.metric("samples_total") == before, "audio left that nobody heard"
        assert "lag" in mask.get("/readyz")[1]
        assert mask.metric("lag_audio_seconds") > ready_lag_s
        go_on(hear)
        caught_s = await until(lambda: mask.ready and hear.ready, 60, live.said)
        print(f"hear stood still for {seconds:.0f} s; all ready again after {caught_s:.1f} s")
        await talking
        await complete(live, spoken, 120)
        await check(live, spoken, POLICY, {name: by_file(pcm) for name, pcm in spoken.items()})


async def test_while_hear_stands_still_nothing_leaves(broker: Broker, tmp_path: Path) -> None:
    await _hear_stopped(broker, tmp_path, 20, 12)


@pytest.mark.slow
async def test_while_hear_stands_still_for_a_minute_nothing_leaves(broker: Broker, tmp_path: Path) -> None:
    await _hear_stopped(broker, tmp_path, 60, 30)


async def test_every_stage_gets_by_with_its_own_login_and_rights(tmp_path: Path) -> None:
    """TLS, SCRAM, and for each stage an own user that may do what the table of topics says and nothing else."""
    if kind() != APACHE:
        pytest.skip("needs a broker with logins: Java 17 and Apache Kafka's JARs, and no KAFKA_BOOTSTRAP_SERVERS")
    stages = (*STAGES, "analytics")
    with Broker(users=stages) as secured:
        logins = {stage: as_user(secured, stage) for stage in stages}
        spoken = written("tls", 3, 4, 10)
        async with running(Live(tmp_path, secured.servers, logins=logins), stages) as live:
            await speak(live, spoken, speed=4)
            await until(lambda: all(live.stored(name) for name in spoken), 60, live.said)
            await check(live, spoken, POLICY, {name: by_file(pcm) for name, pcm in spoken.items()})
            await until(lambda: live.of("analytics")[0].metric("messages_total") > 8, 30, live.said)
