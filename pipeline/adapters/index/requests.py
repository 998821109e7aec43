"""Requests of persons in the index: how far each is, whose it is as pseudonyms, and which calls are meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, exists, func, insert, select, update

from pipeline.adapters.index.calls import LIVE
from pipeline.adapters.index.schema import approvals, calls, labels, request_labels, requests
from pipeline.core.errors import InputError
from pipeline.core.pseudonym import Label
from pipeline.core.requests import Kind, Request, State

_MINE = and_(
    labels.c.call_id == calls.c.id, labels.c.kind == request_labels.c.kind,
    labels.c.key_id == request_labels.c.key_id, labels.c.pseudonym == request_labels.c.pseudonym,
)  # fmt: skip


def add(connection: Connection, tenant: str, request: Request, whose: Sequence[Label], above: int) -> int:
    """Keep a new request and whose it is. Returns its number. above: one that was given before, to a request that a
    restored index may not know.
    """
    number = max(above, connection.execute(select(func.max(requests.c.id))).scalar() or 0) + 1
    values = {"id": number, "tenant": tenant, "subject_kind": whose[0].kind, **_values(request)}
    connection.execute(insert(requests).values(values))
    connection.execute(insert(request_labels), [{"request_id": number, **asdict(label)} for label in whose])
    return number


def get(connection: Connection, number: int) -> tuple[Request, dict[str, Any]]:
    """A request, and its row. Raises InputError if there is none."""
    row = connection.execute(select(requests).where(requests.c.id == number)).mappings().first()
    if row is None:
        raise InputError(f"{name_of(number)}: no such request; see: callshield requests list")
    asked = select(approvals.c.by_whom).where(approvals.c.request_id == number).order_by(approvals.c.at_ms)
    return _request(row, tuple(connection.execute(asked).scalars())), dict(row)


def save(connection: Connection, number: int, request: Request, now_ms: int) -> None:
    """How far it is now. Once it is closed its pseudonyms go: they were kept to find the calls."""
    connection.execute(update(requests).where(requests.c.id == number).values(_values(request)))
    known = set(connection.execute(select(approvals.c.by_whom).where(approvals.c.request_id == number)).scalars())
    for who in request.approved_by:
        if who not in known:
            connection.execute(insert(approvals).values(request_id=number, by_whom=who, at_ms=now_ms))
    if request.state.closed:
        connection.execute(delete(request_labels).where(request_labels.c.request_id == number))


def listed(connection: Connection, *, everything: bool) -> list[tuple[Request, dict[str, Any]]]:
    """All that are open, the one due first before. everything: those that are closed, too."""
    asked = select(requests).order_by(requests.c.due_ms, requests.c.id)
    if not everything:
        asked = asked.where(requests.c.state.not_in([str(state) for state in State if state.closed]))
    return [(_request(row, ()), dict(row)) for row in connection.execute(asked).mappings()]


def meant(connection: Connection, number: int) -> list[dict[str, Any]]:
    """Rows of the calls that are kept of the person, the newest first."""
    asked = _meant(number).order_by(calls.c.started_ms.desc(), calls.c.id.desc())
    return [dict(row) for row in connection.execute(asked).mappings()]


def _meant(number: int) -> Select[Any]:
    mine = exists().where(_MINE, request_labels.c.request_id == number)
    tenant = select(requests.c.tenant).where(requests.c.id == number).scalar_subquery()
    return select(calls).where(calls.c.state.in_(LIVE), calls.c.tenant == tenant, mine)


def restrict(connection: Connection, ids: Sequence[int], *, restricted: bool) -> None:
    """Calls are only kept and not to be used, or may be again."""
    connection.execute(update(calls).where(calls.c.id.in_(ids)).values(restricted=restricted))


def rectify(connection: Connection, call: int, changes: dict[str, str]) -> None:
    """Set language or jurisdiction of a call. Its terms are set by the next sweep."""
    connection.execute(update(calls).where(calls.c.id == call).values(changes))


def labels_of(connection: Connection, number: int, call: int) -> list[Label]:
    """The pseudonyms of a person that a call has."""
    both = and_(
        request_labels.c.kind == labels.c.kind, request_labels.c.key_id == labels.c.key_id,
        request_labels.c.pseudonym == labels.c.pseudonym,
    )  # fmt: skip
    asked = select(labels.c.kind, labels.c.key_id, labels.c.pseudonym).join(request_labels, both)
    found = connection.execute(asked.where(labels.c.call_id == call, request_labels.c.request_id == number))
    return [Label(*row) for row in found]


def unlabel(connection: Connection, call: int, wrong: Iterable[Label]) -> None:
    """A call is not of who has these pseudonyms after all."""
    for label in wrong:
        these = (labels.c.kind == label.kind, labels.c.key_id == label.key_id, labels.c.pseudonym == label.pseudonym)
        connection.execute(delete(labels).where(labels.c.call_id == call, *these))


def close_waiting(connection: Connection, now_ms: int) -> int:
    """Close requests for erasure of whose calls none is left. Returns how many."""
    waiting = select(requests.c.id).where(requests.c.state == str(State.WAITING), requests.c.kind == str(Kind.ERASE))
    closed = 0
    for number in list(connection.execute(waiting).scalars()):
        if connection.execute(_meant(number).limit(1)).first() is None:
            request, row = get(connection, number)
            save(connection, number, request.settle(row["outcome"], now_ms), now_ms)
            closed += 1
    return closed


def name_of(number: int) -> str:
    """Such as request-12."""
    return f"request-{number}"


def _values(request: Request) -> dict[str, Any]:
    return {
        "kind": str(request.kind), "state": str(request.state), "received_ms": request.received_ms,
        "due_ms": request.due_ms, "checked": request.checked, "by_whom": request.by_whom,
        "closed_ms": request.closed_ms, "outcome": request.outcome,
    }  # fmt: skip


def _request(row: Any, approved_by: tuple[str, ...]) -> Request:
    return Request(
        Kind(row["kind"]), State(row["state"]), row["received_ms"], row["due_ms"], row["by_whom"], row["checked"],
        approved_by, row["closed_ms"], row["outcome"],
    )  # fmt: skip
