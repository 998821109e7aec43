"""What the sweep asks the index: whose terms must be set, which calls may be due, and what became of them.

The index only finds; whether a call goes is decided by core/retention.py, of what its row says then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, case, delete, exists, func, insert, or_, select, tuple_, update

from pipeline.adapters.index.calls import LIVE, upsert
from pipeline.adapters.index.schema import (
    CallState,
    calls,
    consents,
    disposals,
    findings,
    hold_calls,
    holds,
    labels,
    objects,
    request_labels,
    requests,
    sweeps,
)
from pipeline.core.requests import Kind, State
from pipeline.core.retention import Reason
from pipeline.core.retention_rules import STORAGE, VAULT, Class, Rules
from pipeline.core.shelf_names import day
from pipeline.ports.key_register import KeyName, Use

SPAN = 20_000  # ids of one update
STATES = {
    Reason.RETENTION: CallState.DISPOSED,
    Reason.ERASURE: CallState.ERASED,
    Reason.WITHDRAWAL: CallState.WITHDRAWN,
}
_ENDED = func.coalesce(calls.c.ended_ms, calls.c.started_ms)
_LIVE = calls.c.state.in_(LIVE)
_IN_VAULT = exists().where(objects.c.call_id == calls.c.id, objects.c.use == str(Use.VAULT))
_AWAITED = (
    select(labels.c.call_id)
    .join(request_labels, and_(
        request_labels.c.pseudonym == labels.c.pseudonym, request_labels.c.kind == labels.c.kind,
        request_labels.c.key_id == labels.c.key_id,
    ))
    .join(requests, requests.c.id == request_labels.c.request_id)
    .where(
        labels.c.call_id == calls.c.id, requests.c.tenant == calls.c.tenant,
        requests.c.state == str(State.WAITING), requests.c.kind == str(Kind.ERASE),
    )
    .exists()
)  # fmt: skip
UNKNOWN: Mapping[str, int | str] = {
    "rate_hz": 0,
    "channels": 0,
    "pin": "",
    "fleet": "",
}  # of a call that only the key register knows


def class_of(rules: Rules, tenant: str, jurisdiction: str, *, known: bool) -> Class | None:
    """The class of a call. known: the index knows more of it than its name."""
    return rules.of(tenant, jurisdiction) if known else rules.of_unknown(tenant)


def unknown(connection: Connection, names: Sequence[KeyName]) -> list[KeyName]:
    """Those of these calls that have no row."""
    wanted = [(n.tenant, n.call, n.started_ms) for n in names]
    three = (calls.c.tenant, calls.c.call, calls.c.started_ms)
    there = {tuple(row) for row in connection.execute(select(*three).where(tuple_(*three).in_(wanted)))}
    return [name for name, three_of in zip(names, wanted, strict=True) if three_of not in there]


def introduce(connection: Connection, names: Sequence[KeyName]) -> None:
    """Give them rows: of calls whose end never came, or whose row was lost."""
    rows = [
        {"tenant": n.tenant, "call": n.call, "started_ms": n.started_ms, "day": day(n.started_ms),
         "state": str(CallState.RUNNING), **UNKNOWN}
        for n in names
    ]  # fmt: skip
    if rows:
        connection.execute(upsert(connection, calls).on_conflict_do_nothing(), rows)


def groups(connection: Connection) -> list[tuple[str, str, bool]]:
    """Every tenant, jurisdiction and whether more is known, of calls there are."""
    known = calls.c.rate_hz > 0
    found = connection.execute(select(calls.c.tenant, calls.c.jurisdiction, known).where(_LIVE).distinct())
    return [(tenant, jurisdiction, bool(more)) for tenant, jurisdiction, more in found]


def spans(connection: Connection) -> Iterator[tuple[int, int]]:
    """Ids, in pieces that an update takes in a moment."""
    last = connection.execute(select(func.max(calls.c.id))).scalar() or 0
    for start in range(0, last + 1, SPAN):
        yield start, start + SPAN


def classify(
    connection: Connection, tenant: str, jurisdiction: str, known: bool, kept: Class | None, span: tuple[int, int]
) -> int:
    """Set class and terms of calls whose rows say otherwise. Returns how many it were."""
    terms = {} if kept is None else kept.terms
    due = _ENDED + terms[STORAGE].kept_ms if STORAGE in terms else None
    originals = terms.get(VAULT, terms.get(STORAGE))
    vault = None if originals is None else case((_IN_VAULT, _ENDED + originals.kept_ms), else_=None)
    name = "" if kept is None else kept.name
    changed = or_(
        calls.c.retention_class != name,
        calls.c.due_ms.is_distinct_from(due),
        calls.c.vault_due_ms.is_distinct_from(vault),
    )
    these = (
        calls.c.id >= span[0], calls.c.id < span[1], _LIVE, calls.c.tenant == tenant,
        calls.c.jurisdiction == jurisdiction, calls.c.rate_hz > 0 if known else calls.c.rate_hz <= 0,
    )  # fmt: skip
    made = update(calls).where(*these, changed).values(retention_class=name, due_ms=due, vault_due_ms=vault)
    return connection.execute(made).rowcount


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a list of calls was looked through: the last one's time and id."""

    at_ms: int = -(2**62)
    id: int = 0


def due(connection: Connection, use: Use, now_ms: int, after: Cursor, limit: int) -> list[dict[str, Any]]:
    """Rows whose recording (STORE) or originals (VAULT) have a term that is over, the oldest first."""
    return [dict(row) for row in connection.execute(due_query(use, now_ms, after, limit)).mappings()]


def due_query(use: Use, now_ms: int, after: Cursor, limit: int) -> Select[Any]:
    """The query behind `due`."""
    at = calls.c.due_ms if use is Use.STORE else calls.c.vault_due_ms
    later = or_(at > after.at_ms, and_(at == after.at_ms, calls.c.id > after.id))
    kept = calls.c.state.not_in([state for state in CallState if state not in LIVE])  # so that the term's index is used
    return select(calls).where(at <= now_ms, at >= after.at_ms, later, kept).order_by(at, calls.c.id).limit(limit)


def count_due(connection: Connection, now_ms: int) -> int:
    """How many calls have a term that is over."""
    over = or_(calls.c.due_ms <= now_ms, calls.c.vault_due_ms <= now_ms)
    return connection.execute(select(func.count()).select_from(calls).where(over, _LIVE)).scalar_one()


def asked_for(connection: Connection, after: int, limit: int) -> list[dict[str, Any]]:
    """Rows that a request for erasure waits for, by id."""
    asked = select(calls).where(calls.c.id > after, _LIVE, _AWAITED).order_by(calls.c.id).limit(limit)
    return [dict(row) for row in connection.execute(asked).mappings()]


def live(connection: Connection, after: int, limit: int) -> list[dict[str, Any]]:
    """Rows of all calls that are kept, by id."""
    asked = select(calls).where(calls.c.id > after, _LIVE).order_by(calls.c.id).limit(limit)
    return [dict(row) for row in connection.execute(asked).mappings()]


def of_names(connection: Connection, names: Sequence[KeyName]) -> list[dict[str, Any]]:
    """Rows of those of these calls that are kept, as far as the index knows."""
    three = tuple_(calls.c.tenant, calls.c.call, calls.c.started_ms)
    wanted = [(n.tenant, n.call, n.started_ms) for n in names]
    return [dict(row) for row in connection.execute(select(calls).where(three.in_(wanted), _LIVE)).mappings()]


def held(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Those of these calls that a hold names."""
    asked = (
        select(hold_calls.c.call_id)
        .join(holds, holds.c.id == hold_calls.c.hold_id)
        .where(hold_calls.c.call_id.in_(ids), holds.c.lifted_ms.is_(None))
    )
    return set(connection.execute(asked).scalars())


def awaited(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Those of these calls that a request for erasure waits for."""
    return set(connection.execute(select(calls.c.id).where(calls.c.id.in_(ids), _AWAITED)).scalars())


def without_originals(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Those of these calls whose originals went."""
    asked = select(disposals.c.call_id).where(disposals.c.call_id.in_(ids), disposals.c.use == str(Use.VAULT))
    return set(connection.execute(asked).scalars())


def gone_whole(connection: Connection, number: int) -> bool:
    """Whether all of this call is certified to be gone."""
    asked = select(disposals.c.use).where(disposals.c.call_id == number, disposals.c.use == str(Use.STORE))
    return connection.execute(asked).first() is not None


def count_unruled(connection: Connection) -> int:
    """How many calls no rule is for."""
    asked = select(func.count()).select_from(calls).where(_LIVE, calls.c.retention_class == "")
    return connection.execute(asked).scalar_one()


def vault_names(connection: Connection, ids: Sequence[int]) -> Mapping[int, list[str]]:
    """By call, the objects that are under its vault key."""
    found: dict[int, list[str]] = {}
    asked = select(objects.c.call_id, objects.c.name).where(objects.c.call_id.in_(ids), objects.c.use == str(Use.VAULT))
    for number, name in connection.execute(asked):
        found.setdefault(number, []).append(name)
    return found


def gone(connection: Connection, ids: Sequence[int], state: CallState) -> None:
    """These calls are no more: their rows stay, and say nothing but that; where consent was withdrawn also what was
    told, which is why.
    """
    for table in (objects, findings, labels, *(() if state is CallState.WITHDRAWN else (consents,))):
        connection.execute(delete(table).where(table.c.call_id.in_(ids)))
    nothing = {"due_ms": None, "vault_due_ms": None, "manifest_sha256": None, "bytes": 0, "restricted": False}
    connection.execute(update(calls).where(calls.c.id.in_(ids)).values(state=str(state), **nothing))


def originals_gone(connection: Connection, ids: Sequence[int]) -> None:
    """The originals of these calls are no more."""
    connection.execute(delete(objects).where(objects.c.call_id.in_(ids), objects.c.use == str(Use.VAULT)))
    connection.execute(update(calls).where(calls.c.id.in_(ids)).values(vault_due_ms=None))


def disposed(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what was disposed of, and the number of its certificate."""
    if rows:
        connection.execute(upsert(connection, disposals).on_conflict_do_nothing(), list(rows))


def last_signs(connection: Connection) -> list[int]:
    """When there was life: the last sweep that ran, the newest call."""
    found = (select(func.max(sweeps.c.started_ms)), select(func.max(calls.c.started_ms)))
    return [ms for query in found if (ms := connection.execute(query).scalar()) is not None]


def begin_sweep(connection: Connection, now_ms: int) -> tuple[int, int]:
    """The sweep that was not finished, or a new one: its number, and how many it has disposed of."""
    open_one = select(sweeps.c.id, sweeps.c.disposed).where(sweeps.c.finished_ms.is_(None)).order_by(sweeps.c.id.desc())
    row = connection.execute(open_one.limit(1)).first()
    if row is not None:
        return row.id, row.disposed
    return connection.execute(insert(sweeps).values(started_ms=now_ms).returning(sweeps.c.id)).scalar_one(), 0


def note_sweep(
    connection: Connection, number: int, position: str, disposed_calls: int, finished_ms: int | None = None
) -> None:
    """How far a sweep is."""
    values = {"position": position, "disposed": disposed_calls, "finished_ms": finished_ms}
    connection.execute(update(sweeps).where(sweeps.c.id == number).values(values))
