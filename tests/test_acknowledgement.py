"""What a killed or relieved worker loses, on a real broker: the reasons of docs/adr/0006-kafka-runners.md."""

from __future__ import annotations

import pytest
from acknowledgement import COUNT, HELD, Row, handed_over, killed

pytestmark = [pytest.mark.kafka, pytest.mark.usefixtures("apache")]

HELD_CASES = ("held first", "held in the middle", "held among gaps")


def lost(rows: list[Row]) -> dict[str, int]:
    return {row.case: row.lost for row in rows if row.lost}


def duplicated(rows: list[Row]) -> dict[str, int]:
    return {row.case: row.duplicated for row in rows}


async def test_the_ledger_loses_nothing_to_a_kill_and_repeats_no_more_than_it_must(kafka: str) -> None:
    rows = await killed(kafka, "ledger")
    assert lost(rows) == {}
    repeated = duplicated(rows)
    after = COUNT - HELD - 1
    assert [repeated[case] for case in HELD_CASES] == [COUNT - 1, after, after]
    assert repeated["poison"] == 0, "poison is told once and then done with"
    assert repeated["kill -9"] > 0, "the worker was killed with messages under way"


@pytest.mark.slow
async def test_the_ledger_loses_nothing_when_workers_come_and_go(kafka: str) -> None:
    assert lost(await handed_over(kafka, "ledger")) == {}


@pytest.mark.slow
async def test_stock_faust_commits_past_what_it_holds(kafka: str) -> None:
    """If this fails, Faust was mended, and the decision can be made anew."""
    rows = await killed(kafka, "faust")
    assert {case: n for case, n in lost(rows).items() if case != "kill -9"} == dict.fromkeys((*HELD_CASES, "poison"), 1)


@pytest.mark.slow
async def test_faust_loses_nothing_in_order(kafka: str) -> None:
    assert lost([*await killed(kafka, "in-order"), *await handed_over(kafka, "in-order")]) == {}
