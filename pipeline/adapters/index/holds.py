"""Legal holds in the index: which calls must stay, for which matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, insert, literal, select, update

from pipeline.adapters.index.calls import LIVE, Wanted, query
from pipeline.adapters.index.schema import calls, hold_calls, holds
from pipeline.core.past_acts import OpenHold


def place(
    connection: Connection, wanted: Wanted, matter: str, reason: str, by_whom: str, now_ms: int, above: int
) -> tuple[int, int]:
    """Hold every call there is of `wanted`. Returns the number of the hold, and how many calls it names. above: one
    that was given before, to a hold that a restored index may not know.
    """
    number = max(above, connection.execute(select(func.max(holds.c.id))).scalar() or 0) + 1
    connection.execute(insert(holds).values(
        id=number, matter=matter, tenant=wanted.tenant, reason=reason, by_whom=by_whom, placed_ms=now_ms
    ))  # fmt: skip
    these = query(wanted).order_by(None).where(calls.c.state.in_(LIVE)).with_only_columns(calls.c.id).subquery()
    connection.execute(insert(hold_calls).from_select(["hold_id", "call_id"], select(literal(number), these.c.id)))
    return number, size(connection, number)


def size(connection: Connection, number: int) -> int:
    """How many calls a hold names."""
    asked = select(func.count()).select_from(hold_calls).where(hold_calls.c.hold_id == number)
    return connection.execute(asked).scalar_one()


def find(connection: Connection, number: int) -> dict[str, Any] | None:
    """A hold by its number."""
    row = connection.execute(select(holds).where(holds.c.id == number)).mappings().first()
    return None if row is None else dict(row)


def lift(connection: Connection, number: int, now_ms: int) -> None:
    """Its calls may go again, if nothing else holds them."""
    connection.execute(update(holds).where(holds.c.id == number, holds.c.lifted_ms.is_(None)).values(lifted_ms=now_ms))


def listed(connection: Connection, *, everything: bool) -> list[dict[str, Any]]:
    """All that are in force, with how many calls each names. everything: those that were lifted, too."""
    counted = select(hold_calls.c.hold_id, func.count().label("calls")).group_by(hold_calls.c.hold_id).subquery()
    asked = (
        select(holds, func.coalesce(counted.c.calls, 0).label("calls"))
        .outerjoin(counted, counted.c.hold_id == holds.c.id)
        .order_by(holds.c.id)
    )
    rows = connection.execute(asked if everything else asked.where(holds.c.lifted_ms.is_(None))).mappings()
    return [dict(row) for row in rows]


def lost(connection: Connection, remembered: Mapping[str, OpenHold]) -> list[str]:
    """Those of the holds the audit log knows to be in force that are not here, or name fewer calls."""
    known = {name_of(row["id"]): OpenHold(row["matter"], row["calls"]) for row in listed(connection, everything=True)}
    return [
        name
        for name, hold in remembered.items()
        if name not in known or known[name].matter != hold.matter or known[name].calls < hold.calls
    ]


def name_of(number: int) -> str:
    """Such as hold-3."""
    return f"hold-{number}"
