"""Which utterances are recognised next: the earliest spoken, with company, and nobody is left waiting for good."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.schedule import LATE_MS_MAX, TOGETHER_MAX, TOGETHER_S_MAX, Schedule, Ticket

NOW_MS = 1_000_000
TICKETS = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 2 * NOW_MS)), max_size=60).map(
    lambda pairs: [Ticket(n, size, due) for n, (size, due) in enumerate(pairs)]
)


def filled(tickets: list[Ticket], size_s: float = 1.0) -> Schedule:
    schedule = Schedule(size_s)
    for ticket in tickets:
        schedule.add(ticket, NOW_MS)
    return schedule


def rounds(schedule: Schedule) -> list[tuple[Ticket, ...]]:
    out = []
    while batch := schedule.next():
        out.append(batch)
    return out


@given(TICKETS)
def test_everybody_is_served_once_in_company_of_the_same_size(tickets: list[Ticket]) -> None:
    schedule = filled(tickets)
    assert len(schedule) == len(tickets)
    served = rounds(schedule)
    assert sorted(t.number for batch in served for t in batch) == [t.number for t in tickets]
    assert len(schedule) == 0
    for batch in served:
        assert len({t.size for t in batch}) == 1
        assert len(batch) <= TOGETHER_MAX
        assert len(batch) == 1 or len(batch) * batch[0].size <= TOGETHER_S_MAX


@given(TICKETS)
def test_the_earliest_spoken_is_in_the_next_round_and_its_company_comes_in_order(tickets: list[Ticket]) -> None:
    waiting = {t.number: max(t.due_ms, NOW_MS - LATE_MS_MAX) for t in tickets}
    for batch in rounds(filled(tickets)):
        keys = [(waiting[t.number], t.number) for t in batch]
        assert keys[0] == min((due, number) for number, due in waiting.items())
        assert keys == sorted(keys)
        for ticket in batch:
            del waiting[ticket.number]
        left = [(waiting[t.number], t.number) for t in tickets if t.number in waiting and t.size == batch[0].size]
        assert not left or keys[-1] < min(left)


@given(TICKETS, st.data())
def test_who_is_taken_out_is_not_served_and_the_others_are(tickets: list[Ticket], data: st.DataObject) -> None:
    schedule = filled(tickets)
    gone = data.draw(st.sets(st.sampled_from(tickets))) if tickets else set[Ticket]()
    assert {schedule.remove(t.number) for t in gone} == gone
    assert all(schedule.remove(t.number) is None for t in gone)
    left = [t for t in tickets if t not in gone]
    assert len(schedule) == len(left)
    assert rounds(schedule) == rounds(filled(left))


def test_company_is_as_large_as_may_be() -> None:
    short = [Ticket(n, 1, NOW_MS) for n in range(TOGETHER_MAX + 1)]
    assert [len(batch) for batch in rounds(filled(short))] == [TOGETHER_MAX, 1]
    long = [Ticket(n, 10, NOW_MS) for n in range(5)]
    assert [len(batch) for batch in rounds(filled(long))] == [4, 1]
    few = [Ticket(n, 4, NOW_MS) for n in range(10)]
    assert [len(batch) for batch in rounds(filled(few))] == [4, 4, 2]  # who comes meanwhile is not kept waiting
    assert [len(batch) for batch in rounds(filled([Ticket(n, 100, NOW_MS) for n in range(2)]))] == [1, 1]


@pytest.mark.parametrize("behind_ms", [60_000, 3_600_000])
def test_calls_that_catch_up_for_ever_keep_nobody_waiting_for_good(behind_ms: int) -> None:
    """Each of them comes again as soon as it was served, spoken long ago; one call is up to date."""
    schedule, now, number = Schedule(1.0), NOW_MS, 0
    for _ in range(40):
        number += 1
        schedule.add(Ticket(number, 3, now - behind_ms), now)
    live = Ticket(0, 7, now)
    schedule.add(live, now)
    while live not in (batch := schedule.next()):
        now += 200
        assert now - NOW_MS <= LATE_MS_MAX + 200 * 40
        for _ in batch:
            number += 1
            schedule.add(Ticket(number, 3, now - behind_ms), now)
