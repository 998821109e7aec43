"""Consent to keep a call was withdrawn: its keys are destroyed, then its objects, then its row tells so.

Each step may be repeated, so a crash between two of them is mended by whoever does it again. Both keys go: originals
are kept for the sake of the recording. A call under legal hold is not touched: others decide about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select

from pipeline.adapters.index.calls import ensure, set_state
from pipeline.adapters.index.schema import CallState, disposals, hold_calls, holds, objects
from pipeline.adapters.sealed_calls import SealedCalls
from pipeline.adapters.sql import Database
from pipeline.core.errors import RefusedError
from pipeline.ports.audit import Audit
from pipeline.ports.key_register import KeyName, Use

REASON = "withdrawal"


def withdraw(
    calls: SealedCalls, index: Database, audit: Audit | None, row: Mapping[str, Any], who: str, now_ms: int
) -> bool:
    """Destroy what is kept of a call. row: of the index, or as it would be. who: does it. True: it was not gone yet.

    Raises RefusedError if it is under legal hold, and what keys, objects, index and audit raise.
    """
    names = {use: KeyName(row["tenant"], row["call"], row["started_ms"], use) for use in Use}
    with index.begin() as connection:
        number = ensure(connection, row)
        held = select(hold_calls.c.hold_id).join(holds, holds.c.id == hold_calls.c.hold_id)
        if connection.execute(held.where(hold_calls.c.call_id == number, holds.c.lifted_ms.is_(None))).first():
            raise RefusedError("the call is under legal hold: it is kept; restrict its use until the hold is lifted")
    calls.register.destroy_all(list(names.values()), REASON, now_ms)
    key = names[Use.STORE]
    calls.delete(key, [name for name, _ in calls.names(key)])
    with index.begin() as connection:
        known = connection.execute(select(disposals.c.use).where(disposals.c.call_id == number)).first()
    if known:
        return False
    seq = None
    if audit is not None:
        seq = audit.append(
            "call.disposed", who, tenant=key.tenant, call=key.call, started_ms=key.started_ms, reason=REASON
        ).seq
    with index.begin() as connection:
        set_state(connection, number, CallState.WITHDRAWN)
        connection.execute(objects.delete().where(objects.c.call_id == number))
        row_of = {"call_id": number, "reason": REASON, "at_ms": now_ms, "audit_seq": seq}
        connection.execute(insert(disposals), [{**row_of, "use": str(use)} for use in Use])
    return True
