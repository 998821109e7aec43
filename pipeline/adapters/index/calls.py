"""Calls in the index: their rows as their manifests say, and finding them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, case, delete, exists, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.adapters.index.schema import CallState, calls, findings, labels, objects
from pipeline.adapters.sealed_calls import Stored
from pipeline.core.shelf_names import INCIDENT, MANIFEST, day, place
from pipeline.ports.key_register import KeyName, Use

KEPT = (CallState.RUNNING, CallState.STORED, CallState.QUARANTINED)
LIVE = (*KEPT, CallState.NOT_KEPT)  # something of it is there, if only what was told; it has a key and a term
_IDENTITY = ("tenant", "call", "started_ms")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls are looked for: what is empty does not matter. from_ms, to_ms: they started, to not included.

    label: kind of a pseudonym; pseudonyms: any of them. after: of the last call of the page before.
    """

    tenant: str = ""
    call: str = ""
    from_ms: int | None = None
    to_ms: int | None = None
    states: Sequence[str] = ()
    entity: str = ""
    label: str = ""
    pseudonyms: Sequence[str] = ()
    jurisdiction: str = ""
    language: str = ""
    after: tuple[int, int] | None = field(default=None)  # started_ms, id


def record(connection: Connection, manifest: Mapping[str, Any], stored: Stored, *, released: bool) -> int:
    """Make or mend the row of a finished call. released: it was quarantined, and let out. Returns its id.

    What became of it later (withdrawn, disposed, erased) stays as it is.
    """
    quarantined = manifest["incident"] and not released
    row = _row(manifest, stored, CallState.QUARANTINED if quarantined else CallState.STORED)
    number = _put_call(connection, row, {name: row[name] for name in row if name not in _IDENTITY})
    base = place(*(manifest[name] for name in _IDENTITY))
    kept = [*manifest["objects"], {"kind": MANIFEST, "name": MANIFEST, "bytes": stored.bytes, "sha256": stored.sha256}]
    _replace(connection, objects, number, [
        {"name": base + o["name"], "kind": o["kind"], "use": str(Use.STORE), "bytes": o["bytes"], "sha256": o["sha256"]}
        for o in kept
    ], objects.c.use == str(Use.STORE))  # fmt: skip
    _replace(connection, findings, number, _findings(manifest))
    _replace(connection, labels, number, manifest.get("labels", ()))
    return number


def ensure(connection: Connection, row: Mapping[str, Any]) -> int:
    """The id of a call; one that is not known yet gets a row in the state `running`.

    row: tenant, call, started_ms, rate_hz, channels, pin, fleet, and others that are known.
    """
    whole = {"day": day(row["started_ms"]), "state": str(CallState.RUNNING), **row}
    return _put_call(connection, whole, {"fleet": calls.c.fleet})  # nothing changes


def call_id(connection: Connection, key: KeyName) -> int | None:
    """The id of a call; None: the index does not know it."""
    return connection.execute(
        select(calls.c.id).where(
            calls.c.tenant == key.tenant, calls.c.call == key.call, calls.c.started_ms == key.started_ms
        )
    ).scalar_one_or_none()


def find(connection: Connection, wanted: Wanted, limit: int) -> list[dict[str, Any]]:
    """Rows of calls, the newest first."""
    return [dict(row) for row in connection.execute(query(wanted).limit(limit)).mappings()]


def count(connection: Connection, wanted: Wanted) -> int:
    """How many there are."""
    inner = query(wanted).order_by(None).with_only_columns(calls.c.id).subquery()
    return connection.execute(select(func.count()).select_from(inner)).scalar_one()


def with_incidents(connection: Connection, *, everything: bool) -> list[dict[str, Any]]:
    """Rows of calls that failed their proof. everything: those that were released, too."""
    failed = select(objects.c.call_id).where(objects.c.kind == INCIDENT)
    states = (CallState.QUARANTINED, CallState.STORED) if everything else (CallState.QUARANTINED,)
    asked = select(calls).where(calls.c.state.in_(states), calls.c.id.in_(failed))
    return [dict(row) for row in connection.execute(asked).mappings()]


def query(wanted: Wanted) -> Select[Any]:
    """The query behind `find`."""
    asked = select(calls).order_by(calls.c.started_ms.desc(), calls.c.id.desc())
    for column in ("tenant", "call", "jurisdiction", "language"):
        if value := getattr(wanted, column):
            asked = asked.where(calls.c[column] == value)
    if wanted.from_ms is not None:
        asked = asked.where(calls.c.started_ms >= wanted.from_ms)
    if wanted.to_ms is not None:
        asked = asked.where(calls.c.started_ms < wanted.to_ms)
    if wanted.states:
        asked = asked.where(calls.c.state.in_(wanted.states))
    if wanted.entity:
        asked = asked.where(exists().where(findings.c.call_id == calls.c.id, findings.c.entity == wanted.entity))
    if wanted.pseudonyms:
        mine = select(labels.c.call_id).where(labels.c.pseudonym.in_(wanted.pseudonyms))
        asked = asked.where(calls.c.id.in_(mine.where(labels.c.kind == wanted.label) if wanted.label else mine))
    if wanted.after is not None:
        started, number = wanted.after
        later = and_(calls.c.started_ms == started, calls.c.id < number)
        asked = asked.where(calls.c.started_ms <= started, or_(calls.c.started_ms < started, later))
    return asked


def details(connection: Connection, number: int) -> dict[str, list[dict[str, Any]]]:
    """What the index knows of a call beside its row: objects, findings, labels."""
    return {
        table.name: [
            {name: value for name, value in row.items() if name != "call_id"}
            for row in connection.execute(select(table).where(table.c.call_id == number)).mappings()
        ]
        for table in (objects, findings, labels)
    }


def set_state(connection: Connection, number: int, state: CallState) -> None:
    """What became of a call."""
    connection.execute(calls.update().where(calls.c.id == number).values(state=str(state)))


def upsert(connection: Connection, table: Table) -> Any:
    """An INSERT of this database's dialect, that knows `on_conflict_do_update`."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def _put_call(connection: Connection, row: Mapping[str, Any], changed: Mapping[str, Any]) -> int:
    state = case((calls.c.state.in_(LIVE), row["state"]), else_=calls.c.state)
    changed = {**changed, "state": state} if "state" in changed else changed
    made = upsert(connection, calls).values(row)
    made = made.on_conflict_do_update(index_elements=_IDENTITY, set_=changed).returning(calls.c.id)
    number: int = connection.execute(made).scalar_one()
    return number


def _row(manifest: Mapping[str, Any], stored: Stored, state: CallState) -> dict[str, Any]:
    duration_ms = -(-manifest["samples"] * 1000 // manifest["rate_hz"])
    copied = ("tenant", "call", "started_ms", "rate_hz", "channels", "pin", "fleet")
    return {
        **{name: manifest[name] for name in copied},
        "day": day(manifest["started_ms"]),
        "ended_ms": manifest["started_ms"] + duration_ms,
        "duration_ms": duration_ms,
        "jurisdiction": manifest.get("jurisdiction", ""),
        "language": manifest.get("language", ""),
        "state": str(state),
        "manifest_sha256": stored.sha256,
        "bytes": stored.bytes + sum(o["bytes"] for o in manifest["objects"]),
    }


def _findings(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """How often and how long each kind was hidden."""
    sums: dict[tuple[str, str], list[int]] = {}
    for entity, stretches in manifest["hidden"].items():
        for stretch in stretches:
            found = sums.setdefault((entity, stretch["reason"]), [0, 0])
            found[0] += 1
            found[1] += stretch["end_sample"] - stretch["start_sample"]
    rate = manifest["rate_hz"]
    return [
        {"entity": entity, "reason": reason, "spans": spans, "hidden_ms": -(-samples * 1000 // rate)}
        for (entity, reason), (spans, samples) in sums.items()
    ]


def _replace(connection: Connection, table: Table, number: int, rows: Sequence[Mapping[str, Any]], *which: Any) -> None:
    connection.execute(delete(table).where(table.c.call_id == number, *which))
    if rows:
        connection.execute(insert(table), [{"call_id": number, **row} for row in rows])
