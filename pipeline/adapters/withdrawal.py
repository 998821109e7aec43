"""Consent to keep a call was withdrawn: it is disposed of, its originals with it. Its row and what was told stay, and
say why. A call under legal hold is not touched: others decide about it.

May be repeated: what a crash left between two steps is finished, with one certificate for each key.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from pipeline.adapters.disposal import Disposer, Going
from pipeline.adapters.index import due
from pipeline.adapters.index.calls import ensure
from pipeline.adapters.index.turn import turn
from pipeline.adapters.sealed_calls import SealedCalls
from pipeline.adapters.sql import Database
from pipeline.core.errors import RefusedError
from pipeline.core.past_acts import past
from pipeline.core.retention import Reason
from pipeline.ports.audit import Audit
from pipeline.ports.key_register import KeyName, Use


def withdraw(
    calls: SealedCalls, index: Database, audit: Audit, row: Mapping[str, Any], who: str,
    clock: Callable[[], float] = time.time,
) -> None:  # fmt: skip
    """Destroy what is kept of a call. row: of the index, or as it would be. who: does it. clock: wall clock, s.

    Raises RefusedError if it is under legal hold, and what Disposer raises.
    """
    key = KeyName(row["tenant"], row["call"], row["started_ms"], Use.STORE)
    with turn(index):
        with index.begin() as connection:
            number = ensure(connection, row)
            held, gone = due.held(connection, [number]), due.gone_whole(connection, number)
        if held:
            raise RefusedError("the call is under legal hold: it is kept; restrict its use until the hold is lifted")
        if gone:
            return
        begun = calls.register.tombstone(key) is not None
        certificates = past(audit.entries()).certificates if begun else {}
        Disposer(calls, index, audit, clock).dispose([Going(number, key, True, Reason.WITHDRAWAL)], who, certificates)
