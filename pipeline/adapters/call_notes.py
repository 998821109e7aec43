"""What is known of a call beside its recording: what was told of consent, that it ended unkept, what was set right.

Each is an object of its own under the call's store key, sealed and put once, so that an index made anew knows it; the
rows of the index are made of them. Their names sort by time. They go with the call.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from pipeline.adapters.index.calls import call_id, ensure
from pipeline.adapters.index.consents import call_row, end_unkept, head_of, note
from pipeline.adapters.index.requests import rectify, unlabel
from pipeline.adapters.sealed_calls import SealedCalls
from pipeline.adapters.shelf_files import document_bytes
from pipeline.adapters.sql import Database
from pipeline.core.errors import InputError, KeyLostError
from pipeline.core.messages import Event, EventKind
from pipeline.core.pseudonym import Label
from pipeline.core.shelf_names import RIGHTED, TOLD
from pipeline.ports.key_register import KeyName, Use

VERSION = 1


@dataclass(frozen=True, slots=True)
class Righted:
    """What was set right of a call. changes: columns of its row. wrong: pseudonyms it does not have after all."""

    at_ms: int
    changes: Mapping[str, str]
    wrong: tuple[Label, ...] = ()


class CallNotes:
    """Keeps them, and makes rows of them. Raises what SealedCalls and Database raise. All may be repeated."""

    def __init__(self, calls: SealedCalls, index: Database) -> None:
        self._calls, self._index = calls, index

    def tell(self, event: Event) -> None:
        """Keep what was told of consent, or that a call ended which nobody allowed to keep, if the index knows it.

        Of a call whose key is destroyed or lost only the row is made: it says why.
        """
        head = event.head
        key = KeyName(head.tenant, head.call, head.started_ms, Use.STORE)
        if event.kind is EventKind.ENDED and not self._knows(key):
            return
        with contextlib.suppress(KeyLostError):
            self._calls.register.create(key)
            self._put(key, TOLD, event.at_ms, _told(event))
        with self._index.begin() as connection:
            _row(connection, event)

    def set_right(self, key: KeyName, number: int, righted: Righted) -> None:
        """Keep what was set right of a finished call. number: of its row."""
        plain = {"changes": dict(righted.changes), "wrong": [asdict(label) for label in righted.wrong]}
        self._put(key, RIGHTED, righted.at_ms, plain)
        with self._index.begin() as connection:
            _right(connection, number, righted)

    def righted(self, key: KeyName, names: Iterable[str]) -> list[Righted]:
        """All that was set right of a call, in order. names: of objects of the call."""
        found = [(at_ms, plain) for at_ms, plain in self._read(key, names, RIGHTED)]
        return [Righted(at, plain["changes"], tuple(Label(**x) for x in plain["wrong"])) for at, plain in found]

    def reindex(self, key: KeyName, names: Sequence[str]) -> None:
        """Make the rows of what was told. names: of objects of the call. A call without a row gets one."""
        events = [_event(plain) for _, plain in self._read(key, names, TOLD)]
        with self._index.begin() as connection:
            for event in events:
                ensure(connection, call_row(event.head))
                _row(connection, event)

    def _knows(self, key: KeyName) -> bool:
        with self._index.read() as connection:
            return call_id(connection, key) is not None

    def _put(self, key: KeyName, kind: str, at_ms: int, plain: dict[str, Any]) -> None:
        data = document_bytes({"version": VERSION, "at_ms": at_ms, **plain})
        self._calls.put_same(key, f"{kind}{at_ms:015d}-{self._calls.tag(key, data)}", data)

    def _read(self, key: KeyName, names: Iterable[str], kind: str) -> list[tuple[int, dict[str, Any]]]:
        found = []
        for name in sorted(name for name in names if name.startswith(kind)):
            if (data := self._calls.get(key, name)) is None:
                continue  # it went this moment, with its call
            plain = json.loads(data)
            if plain["version"] != VERSION:
                raise InputError("what was told of a call is of another release; upgrade this one")
            found.append((plain["at_ms"], plain))
        return found


def apply(connection: Connection, number: int, righted: Iterable[Righted]) -> None:
    """Once more, after the row was made anew."""
    for one in righted:
        _right(connection, number, one)


def _right(connection: Connection, number: int, righted: Righted) -> None:
    if righted.changes:
        rectify(connection, number, dict(righted.changes))
    unlabel(connection, number, righted.wrong)


def _row(connection: Connection, event: Event) -> None:
    if event.kind is EventKind.ENDED:
        end_unkept(connection, event)
    else:
        note(connection, event)


def _told(event: Event) -> dict[str, Any]:
    return {
        "kind": str(event.kind), "call": call_row(event.head), "stage": event.stage, "reason": event.reason,
        "facts": dict(event.facts),
    }  # fmt: skip


def _event(plain: Mapping[str, Any]) -> Event:
    facts = tuple(sorted(plain["facts"].items()))
    return Event(
        head_of(plain["call"]), EventKind(plain["kind"]), plain["at_ms"], plain["stage"], plain["reason"], facts
    )  # fmt: skip
