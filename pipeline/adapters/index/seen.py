"""What the index tells of all that is kept: for self-audit, inventory and records of processing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Table, func, select

from pipeline.adapters.index.calls import KEPT
from pipeline.adapters.index.schema import calls, consents, findings, holds, labels, objects, requests, sweeps
from pipeline.core.facts import IndexFacts
from pipeline.core.requests import State

_KEPT = calls.c.state.in_([str(state) for state in KEPT])


def index_facts(connection: Connection, now_ms: int) -> IndexFacts:
    """How much is kept, whether it is swept, and whether requests wait too long."""
    still_open = requests.c.state.not_in([str(state) for state in State if state.closed])
    return IndexFacts(
        connection.execute(select(func.count()).select_from(calls).where(_KEPT)).scalar_one(),
        connection.execute(select(func.max(sweeps.c.finished_ms))).scalar_one(),
        connection.execute(
            select(func.count()).select_from(requests).where(still_open, requests.c.due_ms < now_ms)
        ).scalar_one(),
    )


def entities(connection: Connection) -> list[dict[str, Any]]:
    """What was found in the calls that are kept: calls, spans and hidden time by entity."""
    asked = (
        select(
            findings.c.entity,
            func.count(findings.c.call_id.distinct()).label("calls"),
            func.sum(findings.c.spans).label("spans"),
            func.sum(findings.c.hidden_ms).label("hidden_ms"),
        )
        .join(calls, calls.c.id == findings.c.call_id)
        .where(_KEPT)
        .group_by(findings.c.entity)
        .order_by(findings.c.entity)
    )
    return [_whole(row) for row in connection.execute(asked).mappings()]


def stored_objects(connection: Connection) -> list[dict[str, Any]]:
    """How many objects of each kind are kept, and their bytes, under whose key."""
    asked = (
        select(objects.c.kind, objects.c.use, func.count().label("objects"), func.sum(objects.c.bytes).label("bytes"))
        .join(calls, calls.c.id == objects.c.call_id)
        .where(_KEPT)
        .group_by(objects.c.kind, objects.c.use)
        .order_by(objects.c.kind, objects.c.use)
    )
    return [_whole(row) for row in connection.execute(asked).mappings()]


def tallies(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Rows by what they are of: calls by state and by jurisdiction, pseudonyms by kind, consents, holds, requests."""
    return {
        "calls by state": _by(connection, calls, calls.c.state),
        "calls by jurisdiction": _by(connection, calls, calls.c.jurisdiction),
        "pseudonyms by kind": _by(connection, labels, labels.c.kind),
        "consents by purpose": _by(connection, consents, consents.c.purpose),
        "requests by kind": _by(connection, requests, requests.c.kind),
        "legal holds by tenant": _by(connection, holds, holds.c.tenant),
    }


def _by(connection: Connection, table: Table, column: Column[Any]) -> list[dict[str, Any]]:
    asked = select(column.label("value"), func.count().label("rows")).select_from(table).group_by(column)
    return [dict(row) for row in connection.execute(asked.order_by(column)).mappings()]


def _whole(row: Any) -> dict[str, Any]:
    """PostgreSQL sums to decimals."""
    return {name: value if isinstance(value, str) else int(value) for name, value in row.items()}
