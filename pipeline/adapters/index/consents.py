"""What was told of consent, in the index: one row for each purpose and moment. Codes and ids, no names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from pipeline.adapters.index.calls import ensure, upsert
from pipeline.adapters.index.schema import CallState, calls, consents
from pipeline.core.messages import Event, Head, WrappedKey

_FACTS = ("language", "proof", "notice", "disclosure")


def note(connection: Connection, event: Event) -> None:
    """Write an event of consent down. Again: nothing changes."""
    facts = dict(event.facts)
    row = {
        "call_id": ensure(connection, call_row(event.head)), "purpose": facts.get("purpose", ""), "at_ms": event.at_ms,
        "state": event.reason, **{name: facts.get(name, "") for name in _FACTS},
    }  # fmt: skip
    keys = ("call_id", "purpose", "at_ms")
    made = upsert(connection, consents).values(row)
    connection.execute(
        made.on_conflict_do_update(index_elements=keys, set_={k: v for k, v in row.items() if k not in keys})
    )


def end_unkept(connection: Connection, event: Event) -> None:
    """A call that nobody allowed to keep is over. event: of its end."""
    running = calls.c.state == str(CallState.RUNNING)
    which = (calls.c.tenant == event.head.tenant, calls.c.call == event.head.call)
    made = update(calls).where(*which, calls.c.started_ms == event.head.started_ms, running)
    connection.execute(made.values(state=str(CallState.NOT_KEPT), ended_ms=event.at_ms))


def call_row(head: Head) -> dict[str, Any]:
    """What the head of a call tells the index."""
    return {
        "tenant": head.tenant, "call": head.call, "started_ms": head.started_ms, "rate_hz": head.rate,
        "channels": head.channels, "pin": head.pin, "fleet": head.fleet, "jurisdiction": head.jurisdiction,
        "language": head.language,
    }  # fmt: skip


def head_of(row: Mapping[str, Any]) -> Head:
    """The head of a call that is over, as far as events need one. row: what `call_row` or `head_fields` gives."""
    return Head(
        row["tenant"], row["call"], row["fleet"], row["pin"], row["rate_hz"], row["channels"], row["started_ms"],
        WrappedKey("", b""), jurisdiction=row["jurisdiction"], language=row["language"],
    )  # fmt: skip


def consents_of(connection: Connection, number: int) -> list[dict[str, Any]]:
    """All that was told in a call, in order."""
    asked = select(consents).where(consents.c.call_id == number).order_by(consents.c.at_ms, consents.c.purpose)
    return [
        {name: value for name, value in row.items() if name != "call_id"}
        for row in connection.execute(asked).mappings()
    ]


def head_fields(connection: Connection, number: int) -> dict[str, Any]:
    """The columns of a call that a `Head` is made of."""
    columns = (
        calls.c.tenant, calls.c.call, calls.c.started_ms, calls.c.rate_hz, calls.c.channels, calls.c.pin,
        calls.c.fleet, calls.c.jurisdiction, calls.c.language,
    )  # fmt: skip
    return dict(connection.execute(select(*columns).where(calls.c.id == number)).mappings().one())
