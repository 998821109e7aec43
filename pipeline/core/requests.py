"""What becomes of a request of a person whose calls are kept: access, rectification, erasure or restriction.

    received ──▶ checked ──(▶ approved)──▶ done
        │            │            │     └▶ waiting ──▶ done      what law or a hold keeps goes when that is over
        └────────────┴────────────┴──────▶ refused

Whose identity was not checked gets nothing, and nothing is done to his calls. A second person approves where the rules
say so: neither who opened the request nor who carries it out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from pipeline.core.errors import InputError, RefusedError


class Kind(StrEnum):
    """What is asked for. Add, never rename."""

    ACCESS = "access"
    RECTIFY = "rectify"
    ERASE = "erase"
    RESTRICT = "restrict"


class State(StrEnum):
    """How far it is. Add, never rename."""

    RECEIVED = "received"
    CHECKED = "checked"
    APPROVED = "approved"
    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"

    @property
    def closed(self) -> bool:
        """Whether nothing more is done."""
        return self in (State.DONE, State.REFUSED)


@dataclass(frozen=True, slots=True)
class Request:
    """One request. due_ms: it must be answered by then. by_whom: who opened it. checked: how the identity was checked,
    a code or a document's id. approved_by: who approved. outcome: a code, once it is closed.
    """

    kind: Kind
    state: State
    received_ms: int
    due_ms: int
    by_whom: str
    checked: str = ""
    approved_by: tuple[str, ...] = ()
    closed_ms: int | None = None
    outcome: str = ""

    @classmethod
    def opened(cls, kind: Kind, by_whom: str, received_ms: int, deadline_ms: int) -> Request:
        """A new one."""
        return cls(kind, State.RECEIVED, received_ms, received_ms + deadline_ms, by_whom)

    def overdue(self, now_ms: int) -> bool:
        """Whether it should have been answered. One that waits was: its person knows why."""
        return not self.state.closed and self.state is not State.WAITING and now_ms > self.due_ms

    def check(self, how: str) -> Request:
        """Its person is who he says. Raises InputError if it is closed, or that was done."""
        self._open()
        if self.state is not State.RECEIVED:
            raise InputError(f"the identity was checked already, by {self.checked}")
        return replace(self, state=State.CHECKED, checked=how)

    def approve(self, who: str) -> Request:
        """A second person agrees. Raises InputError, RefusedError if it is the first one."""
        self._open()
        if self.state is State.RECEIVED:
            raise InputError("check the identity first: callshield requests check")
        if self.state is State.WAITING:
            raise InputError("it is carried out already")
        if who == self.by_whom:
            raise RefusedError("who opened a request does not approve it; it takes a second person")
        if who in self.approved_by:
            raise InputError("you have approved it already")
        return replace(self, state=State.APPROVED, approved_by=(*self.approved_by, who))

    def carry_out(self, kind: Kind, who: str, *, approval: bool) -> None:
        """Whether it may be done now. approval: it takes a second person. Raises InputError, RefusedError."""
        self._open()
        if self.kind is not kind:
            raise InputError(f"this is a request for {self.kind}; open another one for {kind}")
        if self.state is State.RECEIVED:
            raise RefusedError("the identity was not checked; see: callshield requests check")
        others = [name for name in self.approved_by if name not in (who, self.by_whom)]
        if approval and not others:
            raise RefusedError("this takes a second person; see: callshield requests approve")

    def settle(self, outcome: str, now_ms: int, *, left: int = 0) -> Request:
        """It was carried out. left: calls that a hold or the law still keeps; then it waits for them."""
        self._open()
        if self.state is State.RECEIVED:
            raise RefusedError("the identity was not checked; see: callshield requests check")
        if left:
            return replace(self, state=State.WAITING, outcome=outcome)
        return replace(self, state=State.DONE, outcome=outcome, closed_ms=now_ms)

    def refuse(self, outcome: str, now_ms: int) -> Request:
        """It is refused. outcome: why, a code."""
        self._open()
        if self.state is State.WAITING:
            raise InputError("it is carried out already, but for what must be kept; that goes by itself")
        return replace(self, state=State.REFUSED, outcome=outcome, closed_ms=now_ms)

    def _open(self) -> None:
        if self.state.closed:
            raise InputError(f"the request is closed ({self.state}); open another one")


def refuse_restricted(call: str, *, restricted: bool) -> None:
    """Raise RefusedError if a call is only kept, and not to be used. call: its name for the message."""
    if restricted:
        raise RefusedError(f"{call}: its use is restricted by its customer; see: callshield requests list")
