"""The plan: enough for what is asked, by its own arithmetic; what cannot be is refused; figures say what they are."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from math import ceil
from pathlib import Path

import pytest
from command import here
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.plan_figures import HEARING, OURS, load_figures, plain, with_bench
from pipeline.cli.bench.cpu import GATE, RECOGNITION
from pipeline.cli.bench.cpu import STAGES as BENCH_STAGES
from pipeline.core.errors import ConfigError
from pipeline.core.plan import BUSIEST_MAX, GROUP_MAX, PARTITIONS, Wish, busiest, calls_max, cost_ms, plan
from pipeline.core.plan_figures import NAMES, STAGES, Figure, Figures, Kind
from pipeline.settings import Settings

FIGURES = load_figures()
SIZES = (1, 100, 10_000, 1_000_000)
WISHES = st.builds(
    Wish,
    st.integers(1, 2_000_000),
    st.floats(0.3, 0.8),
    st.floats(1, 3),
    st.integers(1, 4),
    st.integers(1, 4),
)


@given(WISHES)
def test_a_plan_carries_what_is_asked(wish: Wish) -> None:
    made = plan(wish, FIGURES)
    assert made.cells * made.calls_each >= wish.calls
    assert made.kafka.partitions in PARTITIONS
    for one in made.stages:
        assert one.workers * one.partitions_each >= made.kafka.partitions, "a partition nobody may hold"
        assert wish.zones <= one.workers <= min(made.kafka.partitions, GROUP_MAX)
        assert one.mean <= wish.utilisation + 1e-9
        assert one.mean <= one.busiest <= BUSIEST_MAX + 1e-9
        assert one.workers * one.calls_each == pytest.approx(made.calls_each)
        work = made.calls_each * cost_ms(one.stage, FIGURES) / 1000
        assert work <= wish.utilisation * one.cores + 1e-9


@given(WISHES)
def test_its_partitions_last_for_the_growth_that_was_asked_for(wish: Wish) -> None:
    made = plan(wish, FIGURES)
    for stage in STAGES:
        later = made.calls_each * wish.growth / calls_max(stage, wish.utilisation, FIGURES)
        assert 2 * later <= made.kafka.partitions + 1e-9, "a worker would hold less than two partitions"


def test_more_calls_never_take_less_and_cost_grows_in_proportion() -> None:
    made = [plan(Wish(calls), FIGURES) for calls in SIZES]
    for less, more in pairwise(made):
        assert less.cores <= more.cores
        assert less.cells <= more.cells
        assert less.kafka.written_mb_s * less.cells < more.kafka.written_mb_s * more.cells
    large, larger = made[-2:]
    assert larger.cores / large.cores == pytest.approx(100, rel=0.1)


def test_dearer_recognition_takes_more_workers_of_hear_and_of_no_other_stage() -> None:
    dear = Figures({**FIGURES.by_name, "cpu_ms.recognition": Figure(80, Kind.ASSUMED, "a test")})
    cheap, costly = (plan(Wish(1_000), figures) for figures in (FIGURES, dear))
    assert costly.stages[1].cores > 1.5 * cheap.stages[1].cores
    # Partitions may differ, and with them how evenly the others fall out.
    assert sum(s.cores for s in costly.stages[2:]) <= 1.2 * sum(s.cores for s in cheap.stages[2:])


def test_one_core_is_all_the_python_of_a_worker_gets() -> None:
    for stage in STAGES:
        assert calls_max(stage, 1.0, FIGURES) * FIGURES[f"cpu_ms.{stage}"] <= 1000 + 1e-9


def test_partitions_are_such_as_the_setting_takes() -> None:
    for partitions in (PARTITIONS[0], PARTITIONS[-1]):
        assert Settings(partitions=partitions).partitions == partitions
    assert max(busiest(100, most, 12) for most in (1, 4)) > 100 * 4 / 12


@pytest.mark.parametrize(
    ("name", "value"),
    [("calls", 0), ("utilisation", 0.95), ("growth", 0.5), ("zones", 0), ("replicas", 10), ("busy_hours", 25)],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_option(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"--{name.replace('_', '-')}: give "):
        replace(Wish(100), **{name: value})


def test_a_call_that_no_worker_can_carry_is_refused() -> None:
    heavy = Figures({**FIGURES.by_name, "cpu_ms.hear": Figure(990, Kind.ASSUMED, "a test")})
    with pytest.raises(ConfigError, match="too much for a worker of hear"):
        plan(Wish(100), heavy)


def test_a_lost_zone_and_too_few_copies_are_spoken_of() -> None:
    told = " ".join(plan(Wish(10_000, 0.8, replicas=2), FIGURES).notes)
    assert "120 % of work" in told
    assert "three copies" in told
    assert plan(Wish(10_000), FIGURES).notes == ()


# --- figures


def test_figures_name_their_source_and_what_is_assumed() -> None:
    assert set(FIGURES.by_name) == NAMES
    for name, one in FIGURES.by_name.items():
        assert len(one.source) > 10, name
    assert FIGURES.by_name["cpu_ms.accept"].kind is Kind.MEASURED
    assert FIGURES.by_name["broker.written_mb_s"].kind is Kind.ASSUMED


def test_cpu_is_what_the_page_of_measurements_says() -> None:
    page = (OURS.parents[2] / "docs/measurements/live.md").read_text(encoding="utf-8")
    for stage in STAGES:
        assert f"| {stage} |" in page
        row = next(line for line in page.splitlines() if line.startswith(f"| {stage} |"))
        assert f"{FIGURES[f'cpu_ms.{stage}']:.2f} ms/s" in row, "run: python tests/measure_plan.py"


def test_figures_are_read_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(plain(FIGURES)), encoding="utf-8")
    assert load_figures(path) == FIGURES


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"cpu_ms.hear": None}, "cpu_ms.hear needs value"),
        ({"cpu_ms.hear": {"value": "9", "kind": "measured", "source": ""}}, "cpu_ms.hear needs value"),
        ({"cpu_ms.hear": {"value": 9, "kind": "guessed", "source": ""}}, "kind [(]measured, set, assumed[)]"),
        ({"cpu_ms.hear": {"value": 0, "kind": "measured", "source": ""}}, "cpu_ms.hear must be above 0"),
        ({"cpu_ms.haer": {"value": 1, "kind": "measured", "source": ""}}, "cpu_ms.haer is not known"),
    ],
)
def test_bad_figures_are_one_line(tmp_path: Path, change: dict[str, object], told: str) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(plain(FIGURES) | change), encoding="utf-8")
    with pytest.raises(ConfigError, match=told):
        load_figures(path)


BENCH = {
    "date": "2026-01-31T12:00:00+00:00", "machine": "some machine",
    "cpu": {"loaded": {"cpu_s_per_call_s": {
        "recognition": 0.02, "speech gate, endpoints": 0.003, "resample": 0.001, "identify": 9.0,
    }}},
    "memory": {"open": {"mb_each": 0.38068}},
}  # fmt: skip


def test_what_bench_measured_takes_the_place_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    path.write_text(json.dumps(BENCH), encoding="utf-8")
    found = with_bench(FIGURES, path)
    assert (found["cpu_ms.recognition"], found["memory_mb.call"]) == (24.0, 0.38)
    assert found.by_name["cpu_ms.recognition"].kind is Kind.MEASURED
    assert "some machine" in found.by_name["cpu_ms.recognition"].source
    assert {name for name in NAMES if found[name] != FIGURES[name]} <= {"cpu_ms.recognition", "memory_mb.call"}
    assert here("plan", "--calls", 100, "--bench", path, "--json").document["figures"] == plain(found)


@pytest.mark.parametrize("without", ["cpu", "memory", "date"])
def test_a_bench_without_what_is_needed_is_one_line(tmp_path: Path, without: str) -> None:
    path = tmp_path / "bench.json"
    path.write_text(json.dumps({k: v for k, v in BENCH.items() if k != without}), encoding="utf-8")
    done = here("plan", "--calls", 100, "--bench", path)
    assert done.code == 2
    assert "callshield bench --only cpu,memory" in done.error


def test_the_parts_of_hearing_are_those_bench_tells_of() -> None:
    assert set(HEARING) == {RECOGNITION, GATE, "resample"}
    assert "resample" in {label for label, _, _ in BENCH_STAGES}


def test_a_missing_figure_is_named() -> None:
    with pytest.raises(ConfigError, match=r"cpu_ms\.mask is missing"):
        Figures({name: one for name, one in FIGURES.by_name.items() if name != "cpu_ms.mask"})


# --- the command


def test_the_command_says_it_for_people_and_for_machines() -> None:
    shown = here("plan", "--calls", "10000")
    assert shown.code == 0, shown.err
    for word in ("10,000 calls", "hear", "CALLSHIELD_PARTITIONS", "brokers", "assumed, not measured"):
        assert word in shown.out
    found = here("plan", "--calls", "10000", "--json").document
    assert found["cells"] == 1
    hear = next(row for row in found["stages"] if row["stage"] == "hear")
    assert hear["cores"] == hear["workers"] * hear["cores_each"]
    assert hear["workers"] >= ceil(10_000 * cost_ms("hear", FIGURES) / 1000 / hear["cores_each"])
    assert found["figures"].keys() == NAMES


def test_the_command_refuses_in_one_line(tmp_path: Path) -> None:
    for words in (("--calls", "0"), ("--calls", "5", "--figures", str(tmp_path / "none.json"))):
        done = here("plan", *words)
        assert (done.code, done.out) == (2, "")
        assert done.error
