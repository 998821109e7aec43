"""`callshield bench` from recordings to results, with engines whose cost is known and once with the real one."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from aiokafka.admin import AIOKafkaAdminClient
from bench_engines import Serial
from command import SAMPLES, files, here

from pipeline.adapters.aids import loaded_aids
from pipeline.adapters.bench_page import page
from pipeline.adapters.bench_plots import pictures
from pipeline.adapters.bench_tables import tables
from pipeline.adapters.kafka_connect import Kafka
from pipeline.adapters.model_store import ModelStore
from pipeline.adapters.policy_file import preset
from pipeline.cli.bench import alone, capacity, copying, cpu, engines, memory, peers, simulated, workers
from pipeline.cli.bench.calls import CHUNK, CHUNK_S, Rig, Running, flat_out, real_time
from pipeline.cli.bench.cpu import Probe
from pipeline.cli.bench.material import RATE, Material, read_material
from pipeline.cli.bench.plan import QUICK, Bench, EngineChoice
from pipeline.cli.bench.report import PARTS
from pipeline.core.aids import NO_AIDS
from pipeline.core.errors import EngineError, InputError
from pipeline.ports.engine import Engine

SERIAL = "bench_engines:serial"
PLAN = replace(
    QUICK, window_s=2.0, warm_s=0.5, tail_s=0.5, simulated_calls=(1, 2), simulated_s=4.0, linear_calls=2, linear_s=5.0,
    alone_s=5.0, utterances=1, peer_calls=2, peer_s=8.0, engine_s=5.0, open_calls=20, open_s=1.0, long_s=16.0,
    curve=(0.5,),
)  # fmt: skip


@pytest.fixture(scope="module")
def material() -> Material:
    return read_material(SAMPLES)


def bench(engine: Engine, material: Material, name: str = SERIAL) -> Bench:
    rig = Rig(engine, preset("default"), NO_AIDS)
    return Bench(rig, EngineChoice(name, "en", ModelStore()), material, 2, PLAN, lambda _text: None)


# --- the material


def test_utterances_of_the_samples_are_cut_and_trimmed(material: Material) -> None:
    assert material.recordings == len(list(SAMPLES.glob("*/call.*")))
    assert len(material.pieces) == len(material.utterances) > 80
    for whole, bare in zip(material.utterances, material.pieces, strict=True):
        assert 0.5 * RATE <= bare.size < whole.size <= 10.1 * RATE


def test_a_folder_where_nobody_speaks_is_an_error_and_so_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match=r"no recordings"):
        read_material(tmp_path)
    soundfile.write(tmp_path / "quiet.wav", np.zeros(4 * RATE), RATE)
    with pytest.raises(InputError, match=r"nobody speaks in these recordings; give others"):
        read_material(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"give a folder of recordings"):
        read_material(None)


# --- capacity of engines whose capacity is known


@pytest.mark.parametrize(("cost_s", "calls"), [(1 / 11, {4, 5}), (1 / 5, {2})])
def test_the_capacity_found_is_that_of_the_engine(material: Material, cost_s: float, calls: set[int]) -> None:
    """Two channels a call, one at a time: 1 / (2 * cost) calls, 5.5 and 2.5. A busy machine costs one at most."""
    found = capacity.measure(bench(Serial(cost_s), material), 3)
    assert found["calls"] in calls
    assert found["calls_per_core"] == found["calls"] / 2
    kept = {row["calls"]: row["keeps_up"] for row in found["tried"]}
    assert kept[found["calls"]]
    assert any(not keeps for keeps in kept.values())
    assert list(kept) == sorted(kept)


def test_the_guess_before_it_is_near(material: Material) -> None:
    found = simulated.measure(bench(Serial(1 / 5), material))
    assert 1.5 <= found["calls"] <= 2.5


def test_audio_leaves_later_the_busier_the_engine_is(material: Material) -> None:
    quick, slow = (capacity.watch(bench(Serial(cost), material), 2) for cost in (0.001, 0.22))
    assert np.median([w.delay_s for w in slow.waits]) > np.median([w.delay_s for w in quick.waits]) + 0.02
    assert len(quick.waits) == 2 * PLAN.window_s / CHUNK_S


def test_real_time_is_real_time_and_nothing_leaves_before_it_is_spoken(material: Material) -> None:
    talks = material.talks(3, 2.0, 0.4, 0)
    begun = time.monotonic()
    run = real_time(bench(Serial(0.001), material).rig, talks)
    assert 2.0 <= time.monotonic() - begun < 6.0
    for call in run.calls:
        assert [due for due, _ in call.lags] == [CHUNK_S * n for n in range(1, 9)]
        assert all(w.delay_s > 0 or w.cut for w in call.waits(2.0))


def test_an_engine_that_dies_ends_the_measure(material: Material) -> None:
    for run in (flat_out, real_time):
        with pytest.raises(EngineError, match="it died"):
            run(bench(Serial(0, dies=True), material).rig, material.talks(3, 2.0, 0.4, 0))


# --- CPU by stage


class Ticks:
    """A clock that moves when told."""

    now = 0.0

    def work(self, seconds: float) -> None:
        self.now += seconds

    def outer(self) -> None:
        self.work(1)
        self.inner()
        self.inner()
        self.work(2)

    def inner(self) -> None:
        self.work(10)


def test_a_stage_is_charged_without_those_inside_it_and_methods_are_put_back() -> None:
    ticks, plain = Ticks(), Ticks.__dict__["inner"]
    probe = Probe(lambda: ticks.now)
    with probe.on("outer", Ticks, "outer"), probe.on("inner", Ticks, "inner"):
        ticks.outer()
    assert probe.seconds == {"outer": 3, "inner": 20}
    assert Ticks.__dict__["inner"] is plain
    ticks.outer()
    assert probe.seconds == {"outer": 3, "inner": 20}


def test_every_stage_is_seen_and_the_share_is_theirs(material: Material) -> None:
    found = cpu.measure(bench(Serial(0.001), material), 2)
    labels = {label for label, _, _ in cpu.STAGES} - {cpu.GATE}  # the embedded engine's own
    for part in ("alone", "loaded"):
        used = found[part]["cpu_s_per_call_s"]
        assert labels | {cpu.RECOGNITION} <= set(used)
        others = sum(s for label, s in used.items() if label != cpu.RECOGNITION)
        assert found[part]["all_but_recognition_to_recognition"] == pytest.approx(others / used[cpu.RECOGNITION])


def test_a_machine_that_was_not_free_is_said_to_be(material: Material) -> None:
    tried = [capacity.watch(bench(Serial(0.001), material), 1).figures() | {"cores_of_others": busy} for busy in (0, 1)]
    notes = []
    for row in tried:
        found = {"goals": [], "capacity": {"calls": 1, "calls_per_core": 0.5, "tried": [row]}}
        notes.append(next(t.note for t in tables(found) if t.rows))
    assert "Other processes" not in notes[0]
    assert "used up to 1.0 cores" in notes[1]


# --- the command


def results(out: Path) -> Iterator[str]:
    yield from ((out / name).read_text(encoding="utf-8") for name in ("bench.json", "bench.md"))


def test_a_quick_run_writes_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.cli.bench.command.QUICK", PLAN)
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    out = tmp_path / "out"
    words = ("bench", SAMPLES, "--out", out, "--quick", "--seconds", 1, "--engine", SERIAL, "--policy", "pci")
    result = here(*words, "--only", "simulated,capacity,latency,early,cpu,linear,peers,kafka", "--json")
    assert (result.code, result.err) == (0, "")
    assert files(out) == ["bench.json", "bench.md", "bench_capacity.png", "bench_cpu.png", "bench_latency.png"]
    found = result.document
    assert found == json.loads((out / "bench.json").read_text())
    assert found["schema"] == "callshield-bench"
    assert found["model"]["engine"] == "serial"
    assert found["policy"]["name"] == "pci"
    assert found["plan"]["window_s"] == 1
    assert found["peers"] == {"left_out": peers.WHISPER_ONLY}
    assert found["kafka"] == {"left_out": copying.NOBODY}
    assert set(found["early"]) == {"left_out"}
    assert {"date", "machine", "commit", "command", "cores", "material", "goals"} <= set(found)
    assert found["latency_at_goal"]["calls"] == 24 * found["cores"]
    assert found["latency"]["calls"] == found["cpu"]["loaded"]["calls"] == max(1, int(found["capacity"]["calls"] * 0.8))
    again = here(*words)
    assert (again.code, again.error) == (2, f"error: {out}/bench.json: exists; use --force to overwrite it")


def test_the_tables_say_what_the_document_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.cli.bench.command.QUICK", PLAN)
    result = here("bench", SAMPLES, "--out", tmp_path, "--quick", "--engine", SERIAL, "--only", "simulated,linear")
    assert result.code == 0
    assert "simulated: 1 calls of 4 s, as fast as they go" in result.err
    assert "R²" in result.out
    assert "\x1b" not in result.out + result.err
    found = json.loads((tmp_path / "bench.json").read_text())
    assert "simulated" in found
    assert "capacity" not in found
    (row,) = (r for t in tables(found) if t.title == "Goals" for r in t.rows)
    assert row[0] == "CPU linear in speech, R²"
    assert pictures(found) == {}
    assert page(found, []) == (tmp_path / "bench.md").read_text()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--only", "speed"), "--only: 'speed' is not one of " + ", ".join(PARTS)),
        (("--only", "cpu,"), "--only: an empty name is not one of " + ", ".join(PARTS)),
        (("--cores", "4096"), "--cores: 4096 are wanted, this process may use"),
        (("--engine", "whispr"), "--engine: 'whispr' is not one of auto, whisper, vosk"),
        (("--language", "cy"), "no model for language cy is installed"),
        (("--engine", "nowhere:engine"), "engine 'nowhere:engine' cannot be imported"),
        (("--out", "/proc/bench"), "/proc/bench"),
    ],
)
def test_what_cannot_be_measured_is_said_in_one_line(tmp_path: Path, words: tuple[str, str], error: str) -> None:
    result = here("bench", SAMPLES, "--out", tmp_path / "out", *words)
    assert result.code == 2
    assert error in result.error
    assert files(tmp_path) == []


def test_an_engine_that_dies_is_one_line_and_nothing_is_written(tmp_path: Path) -> None:
    result = here(
        "bench", SAMPLES, "--out", tmp_path, "--engine", "bench_engines:dying", "--only", "simulated", "--json"
    )
    assert (result.code, result.error) == (3, "error: it died")
    assert files(tmp_path) == []


@pytest.mark.kafka
def test_a_copy_loop_is_measured_and_its_topics_are_gone(kafka: str, material: Material) -> None:
    found = copying.measure(replace(bench(Serial(0), material), kafka=Kafka(kafka), plan=replace(PLAN, copied=50)))
    assert found["chunks"] == 50
    assert found["calls_per_core"] * found["cpu_s_per_call_s"] == pytest.approx(1)
    left = asyncio.run(_topics(kafka))
    assert not [name for name in left if name.startswith("callshield-bench")]


async def _topics(servers: str) -> list[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        return list(await admin.list_topics())
    finally:
        await admin.close()


def test_a_broker_that_is_not_there_leaves_the_loop_out(material: Material) -> None:
    found = copying.measure(replace(bench(Serial(0), material), kafka=Kafka("127.0.0.1:9")))
    assert "127.0.0.1:9" in found["left_out"]


# --- with the real engine


@pytest.fixture(scope="module")
def real(engine: Engine, material: Material) -> Bench:
    return bench(engine, material, "whisper")


def test_padding_costs_most_where_utterances_are_short(real: Bench) -> None:
    found = peers.measure(real)
    rows = {row["from_s"]: row for row in found["by_length"]}
    assert set(rows) == {low for low, _ in peers.BINS_S}
    for row in (*rows.values(), found["conversation"]):
        speed = row["channels_per_core"]
        assert row["ours_to_padded"] == pytest.approx(speed["ours"] / speed["padded_transcribe"])
    assert rows[1]["channels_per_core"]["padded_transcribe"] < rows[8]["channels_per_core"]["padded_transcribe"]
    assert found["conversation"]["ours_to_padded"] > 1.5
    assert found["at_5_s"] == rows[5]


def test_recognition_is_told_apart_and_nothing_said_is_written(
    real: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.cli.bench.command.QUICK", PLAN)
    out = tmp_path / "out"
    result = here("bench", SAMPLES, "--out", out, "--quick", "--only", "simulated,latency,cpu,linear,engines")
    assert result.code == 0, result.err
    found = json.loads((out / "bench.json").read_text())
    inside = found["cpu"]["alone"]["inside_recognition"]
    assert set(inside) == {"encode", "decode", "align"}
    assert sum(inside.values()) <= found["cpu"]["alone"]["cpu_s_per_call_s"]["recognition"] * 1.02
    assert [row["engine"] for row in found["engines"]][:1] == ["whisper"]
    assert all(row["channels_per_core"] > 1 for row in found["engines"] if "error" not in row)
    written = " ".join((*results(out), result.out, result.err)).lower()
    for secret in _secrets():
        assert secret not in written


def _secrets() -> set[str]:
    rows: list[dict[str, Any]] = [
        row for path in SAMPLES.glob("*/truth.json") for row in json.loads(path.read_text())["segments"]
    ]
    said = {row["text"].lower() for row in rows if len(row["text"]) > 12}
    assert len(said) > 50
    return said


def test_memory_and_start_are_measured_in_processes_of_their_own(real: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "STARTS", 1)
    found = memory.measure(real, SAMPLES)
    assert found["open"]["calls"] == PLAN.open_calls
    assert 0 <= found["open"]["mb_each"] < 20
    assert len(found["long_call"]["seen"]) == 4
    assert 0 < found["long_call"]["held_mb"] < 5
    assert found["long_call"]["process_mb_per_hour"] is None  # too short to tell
    started = memory.start_up(real)
    assert len(started["seconds"]) == 1
    assert 0.2 < started["median_s"] < 60


@pytest.mark.parametrize(
    ("cores", "found"), [(1, [(1, 1)]), (2, [(1, 2), (2, 1)]), (6, [(1, 6), (2, 3), (4, 1), (6, 1)])]
)
def test_cores_are_divided_by_twos_and_one_by_one(cores: int, found: list[tuple[int, int]]) -> None:
    assert workers.layouts(cores) == found


def test_calls_over_one_worker_and_over_two_are_measured(real: Bench) -> None:
    long = replace(real, plan=replace(PLAN, window_s=6.0, tail_s=2.0))
    found = workers.measure(long, 3, SAMPLES)
    assert found["calls"] == 3
    assert [(t["processes"], t["threads"]) for t in found["tried"]] == [(1, 2), (2, 1)]
    for tried in found["tried"]:
        assert 0.3 < tried["p50_s"] < 3
        assert tried["p50_s"] <= tried["p99_s"]
        assert 0 < tried["cores_used"] <= 2
    best = min(found["tried"], key=lambda t: (not t["keep_up"], t["p99_s"]))
    assert found["best"] == {"processes": best["processes"], "threads": best["threads"]}
    (table,) = (t for t in tables({"workers": found, "goals": []}) if "workers" in t.title)
    assert [row[0] for row in table.rows] == ["1 x 2", "2 x 1"]
    gone = replace(real, engine=EngineChoice("whisper", "cy", ModelStore()))
    with pytest.raises(EngineError, match=r"a worker process did not start"):
        workers.measure(gone, 3, SAMPLES)


def test_words_of_open_utterances_let_audio_leave_sooner(real: Bench) -> None:
    """In plain talk: around a secret nothing is early."""
    (talk,) = read_material(SAMPLES / "harmless_numbers").talks(1, 30.0, 0.4, 5)
    late, delays = replace(real.rig, aids=loaded_aids()), []
    for rig in (late, replace(late, early=True)):
        running = Running(rig.open(), talk)
        for chunk in range(len(talk.pcm) // CHUNK):
            running.push(chunk, partial(float.__mul__, CHUNK_S, chunk + 1.0))
        delays.append(np.mean([w.delay_s for w in running.waits(30.0) if not w.hidden]))
    assert delays[1] < delays[0], delays


def test_what_an_object_holds_is_all_it_leads_to_once() -> None:
    shared = ["shared"]
    found = alone.reachable({"own": ["x" * 1000, shared], "again": shared})
    assert sum(sys.getsizeof(thing) for thing in found.values()) > 1000
    assert sum(thing is shared for thing in found.values()) == 1
    assert id(sys) not in alone.reachable([sys, dict, len])


def test_what_fails_in_such_a_process_is_told(real: Bench) -> None:
    gone = replace(real, engine=EngineChoice("whisper", "cy", ModelStore()))
    with pytest.raises(EngineError, match=r"measures open failed \(no whisper model for language cy is installed"):
        memory.measure(gone, SAMPLES)


def test_every_engine_whose_weights_lie_there_has_a_row(real: Bench, tmp_path: Path) -> None:
    from engines import KOREAN

    store = ModelStore(tmp_path)
    store.add(KOREAN, name="korean", engine="vosk", language="ko")
    rows = engines.measure(replace(real, engine=EngineChoice("whisper", "en", store)))
    assert [(row["engine"], row["language"]) for row in rows][:1] == [("whisper", "en")]
    assert ("vosk", "ko") in {(row["engine"], row["language"]) for row in rows}
    assert all(row["real_time_factor"] > 0 for row in rows)
