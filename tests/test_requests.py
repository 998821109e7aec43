"""The way of a request: who may do what when, and what never happens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import InputError, RefusedError
from pipeline.core.requests import Kind, Request, State, refuse_restricted

NEW = Request.opened(Kind.ERASE, "dana", 1_000, 500)
WHO = st.sampled_from(["dana", "erin", "finn"])
STEPS = st.lists(
    st.tuples(st.sampled_from(["check", "approve", "settle", "wait", "refuse", "carry_out"]), WHO), max_size=12
)


def stepped(request: Request, step: str, who: str) -> tuple[Request, bool]:
    """After one step, and whether it was carried out by it."""
    if step == "check":
        return request.check("passport"), False
    if step == "approve":
        return request.approve(who), False
    if step == "refuse":
        return request.refuse("unfounded", 9), False
    if step == "carry_out":
        request.carry_out(Kind.ERASE, who, approval=True)
        return request, True
    return request.settle("erased", 9, left=step == "wait"), False


@given(STEPS)
def test_nothing_is_done_without_a_check_and_a_second_person(steps: list[tuple[str, str]]) -> None:
    request, checked = NEW, False
    for step, who in steps:
        before = request
        try:
            request, carried_out = stepped(request, step, who)
        except (InputError, RefusedError):
            continue
        checked |= step == "check"
        assert not before.state.closed
        if carried_out:
            assert checked
            assert set(request.approved_by) - {who, request.by_whom}
        if request.state in (State.DONE, State.WAITING, State.APPROVED):
            assert checked
        assert NEW.by_whom not in request.approved_by
        assert request.state.closed == (request.closed_ms is not None)
        assert (request.kind, request.received_ms, request.due_ms) == (NEW.kind, 1_000, 1_500)


def test_the_whole_way() -> None:
    request = NEW.check("passport").approve("erin")
    request.carry_out(Kind.ERASE, "dana", approval=True)
    waiting = request.settle("erased", 2_000, left=3)
    assert waiting.state is State.WAITING
    assert not waiting.overdue(10**9)
    done = waiting.settle("erased", 3_000)
    assert (done.state, done.closed_ms) == (State.DONE, 3_000)


def test_who_carries_out_is_not_the_second_person() -> None:
    request = NEW.check("passport").approve("erin")
    with pytest.raises(RefusedError, match="second person"):
        request.carry_out(Kind.ERASE, "erin", approval=True)
    request.approve("finn").carry_out(Kind.ERASE, "erin", approval=True)
    request.carry_out(Kind.ERASE, "erin", approval=False)


def test_one_kind_is_not_another() -> None:
    with pytest.raises(InputError, match="request for erase"):
        NEW.check("passport").carry_out(Kind.ACCESS, "dana", approval=False)


@pytest.mark.parametrize("state", State)
def test_only_what_was_not_answered_is_overdue(state: State) -> None:
    request = replace(NEW, state=state)
    assert not request.overdue(1_500)
    assert request.overdue(1_501) == (state in (State.RECEIVED, State.CHECKED, State.APPROVED))


def test_what_waits_is_not_refused_any_more() -> None:
    with pytest.raises(InputError, match="carried out already"):
        NEW.check("passport").settle("erased", 1, left=1).refuse("no", 2)


def test_a_restricted_call_is_not_used() -> None:
    refuse_restricted("acme/c1", restricted=False)
    with pytest.raises(RefusedError, match="acme/c1"):
        refuse_restricted("acme/c1", restricted=True)
