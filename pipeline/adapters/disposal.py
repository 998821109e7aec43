"""Disposing of calls, for whoever decided it: the sweep, a request for erasure, a withdrawal.

    tombstone ─▶ wrapped key ─▶ objects ─▶ certificate in the audit log ─▶ row of the index

From the first step on nobody can open the call. Every step may be repeated: what a crash left between two of them is
finished by the next sweep, which knows it by its tombstone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.adapters.index import due
from pipeline.adapters.sealed_calls import SealedCalls
from pipeline.adapters.sql import Database
from pipeline.core.past_acts import DISPOSED, Certified
from pipeline.core.retention import Reason
from pipeline.core.shelf_names import VAULT, place
from pipeline.ports.audit import Act, Audit
from pipeline.ports.key_register import KeyName, Tombstone, Use


@dataclass(frozen=True, slots=True)
class Going:
    """A call that goes. id: of its row. name: of its store key. whole: all of it, or its originals only. reason: why,
    if it was not begun for another one. kept: name of its class, or empty. due_ms: when it was due, if that is known.
    """

    id: int
    name: KeyName
    whole: bool
    reason: Reason
    kept: str = ""
    due_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """What went of one call under one key. objects, bytes: that were still there."""

    going: Going
    use: Use
    reason: str
    at_ms: int
    objects: int
    bytes: int

    @property
    def certified(self) -> Certified:
        """What its certificate is known by."""
        name = self.going.name
        return name.tenant, name.call, name.started_ms, str(self.use)


class Disposer:
    """Raises OutputError, KeyServiceError if something cannot be reached: then it is tried again, and nothing is lost
    but what was to be; TamperedError if tombstones or the audit log are not what was written.
    """

    def __init__(
        self, calls: SealedCalls, index: Database, audit: Audit, clock: Callable[[], float] = time.time
    ) -> None:
        """clock: wall clock, s."""
        self._calls, self._index, self._audit, self._clock = calls, index, audit, clock

    def dispose(
        self, going: Sequence[Going], who: str, certificates: Mapping[Certified, int], **told: str | int
    ) -> list[Gone]:
        """Dispose of some hundred calls. Whoever decides holds the turn (index/turn.py) until this returns.

        who: the operator. certificates: numbers of those that may lack in the index. told: facts for new ones.
        """
        if not going:
            return []
        stones = self._destroyed(going)
        gone = self._removed(going, stones)
        numbers = self._certified(gone, who, certificates, told)
        with self._index.begin() as connection:
            due.disposed(connection, [
                {"call_id": g.going.id, "use": str(g.use), "reason": g.reason, "at_ms": g.at_ms, "audit_seq": number}
                for g, number in zip(gone, numbers, strict=True)
            ])  # fmt: skip
            whole = [g for g in gone if g.use is Use.STORE]
            for reason, state in due.STATES.items():
                due.gone(connection, [g.going.id for g in whole if _known(g.reason) is reason], state)
            due.originals_gone(connection, [g.id for g in going if not g.whole])
        return gone

    def _destroyed(self, going: Sequence[Going]) -> dict[KeyName, Tombstone]:
        """Steps 1 and 2. By name, the tombstones of all keys there were. Where somebody asked for it an originals' key
        that never was gets one too, so that none is made any more.
        """
        vaults = {g: KeyName(g.name.tenant, g.name.call, g.name.started_ms, Use.VAULT) for g in going}
        known = self._calls.register.known(list(vaults.values()))
        out: dict[KeyName, Tombstone] = {}
        now_ms = int(self._clock() * 1000)
        for reason in Reason:
            these = [g for g in going if g.reason is reason]
            names = [g.name for g in these if g.whole]
            names += [v for g in these if (v := vaults[g]) in known or not g.whole or reason is not Reason.RETENTION]
            if names:
                out |= {stone.name: stone for stone in self._calls.register.destroy_all(names, reason, now_ms)}
        return out

    def _removed(self, going: Sequence[Going], stones: Mapping[KeyName, Tombstone]) -> list[Gone]:
        """Step 3. What lies in the place of a call belongs to it, whether the index knows it or not. Originals that
        went before have their certificate.
        """
        with self._index.read() as connection:
            listed = due.vault_names(connection, [g.id for g in going])
            before = due.without_originals(connection, [g.id for g in going])
        delete: list[str] = []
        gone: list[Gone] = []
        for one in going:
            name = one.name
            folder = place(name.tenant, name.call, name.started_ms)
            mine = set(listed.get(one.id, ()))
            there = list(self._calls.objects.names(folder if one.whole else folder + VAULT))
            for use in (Use.STORE, Use.VAULT):
                stone = stones.get(KeyName(name.tenant, name.call, name.started_ms, use))
                vault = use is Use.VAULT
                if stone is None or (vault and one.whole and one.id in before):
                    continue
                sizes = {n: size for n, size in there if (n in mine or n.startswith(folder + VAULT)) == vault}
                delete += sizes
                if vault and not one.whole:
                    delete += mine
                gone.append(Gone(one, use, stone.reason, stone.at_ms, len(sizes), sum(sizes.values())))
            delete += [n for n, _ in there]
        self._calls.objects.delete(*dict.fromkeys(delete))
        return gone

    def _certified(
        self, gone: Sequence[Gone], who: str, certificates: Mapping[Certified, int], told: Mapping[str, str | int]
    ) -> list[int]:
        """Step 4. The numbers of their certificates."""
        fresh = [g for g in gone if g.certified not in certificates]
        acts: list[Act] = [(DISPOSED, who, {**_facts(g), **told}) for g in fresh]
        made = {g.certified: entry.seq for g, entry in zip(fresh, self._audit.append_all(acts), strict=True)}
        return [certificates.get(g.certified) or made[g.certified] for g in gone]


def _facts(gone: Gone) -> dict[str, str | int]:
    name, going = gone.going.name, gone.going
    facts: dict[str, str | int] = {
        "tenant": name.tenant, "call": name.call, "started_ms": name.started_ms, "use": str(gone.use),
        "reason": gone.reason, "objects": gone.objects, "bytes": gone.bytes,
    }  # fmt: skip
    if going.kept:
        facts["retention_class"] = going.kept
    if going.due_ms is not None and going.due_ms >= 0:
        facts["due_ms"] = going.due_ms
    return facts


def _known(reason: str) -> Reason:
    """Of a tombstone. One with a reason of its own was somebody's wish."""
    return Reason(reason) if reason in {str(r) for r in Reason} else Reason.ERASURE
