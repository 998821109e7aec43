"""The sweep: what is over goes, what was begun is finished, what came back from a backup is destroyed again.

It goes by the key register, the tombstones and the index, in this order: calls of which only the register knows get a
row; rows get their class and terms; what has a tombstone and a row that says it is kept is finished; then what is due.
Stopped anywhere it goes on where it was, because what is done is not found again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeVar

from pipeline.adapters.audit_log import AuditLog
from pipeline.adapters.disposal import Disposer, Going
from pipeline.adapters.index import due, holds, requests
from pipeline.adapters.index.turn import turn
from pipeline.adapters.restored import remove_restored
from pipeline.adapters.sealed_calls import SealedCalls
from pipeline.adapters.sql import Database
from pipeline.adapters.stored_calls import key_of
from pipeline.core.errors import RefusedError
from pipeline.core.past_acts import SWEPT, Past, past
from pipeline.core.retention import DAY_MS, Decision, Kept, Reason, Stays, Terms, decide, leapt
from pipeline.core.retention_rules import STORAGE, VAULT, Rules
from pipeline.core.swept import Swept
from pipeline.ports.key_register import KeyName, Tombstone, Use

BATCH = 500  # calls at the price of one: a tombstone's write, an entry's, a row's
LOST_MS = DAY_MS  # a call whose key is that old and that has no row is not running any more
Row = Mapping[str, Any]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Run:
    who: str
    now_ms: int
    told: Mapping[str, str]
    swept: Swept = field(default_factory=Swept)


class Sweep:
    """One run. Raises what Disposer raises, and RefusedError where it must not run."""

    def __init__(
        self, calls: SealedCalls, index: Database, audit: AuditLog, rules: Rules,
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        """clock: wall clock, s."""
        self._calls, self._index, self._audit, self._rules, self._clock = calls, index, audit, rules, clock
        self._disposer = Disposer(calls, index, audit, clock)
        self._past = Past()
        self._classes: dict[tuple[str, str, bool], Mapping[str, Terms]] = {}

    def check(self, *, clock_is_right: bool) -> None:
        """Look whether it may run: the clock has not leapt, and no hold was lost. Raises RefusedError."""
        with self._index.read() as connection:
            ahead = leapt(self._now_ms(), due.last_signs(connection))
        if ahead is not None and not clock_is_right:
            raise RefusedError(
                f"the clock is {ahead // DAY_MS} days ahead of the last sweep and the newest call; if it is right, run "
                "with --clock-is-right"
            )
        self._past = past(self._audit.entries())
        with self._index.read() as connection:
            lost = holds.lost(connection, self._past.holds)
        if lost:
            raise RefusedError(
                f"the audit log knows of {len(lost)} legal holds that the index has lost ({', '.join(lost[:3])}); "
                "restore its newest backup, or place them again and lift the lost ones"
            )

    def plan(self) -> Swept:
        """What it would do, of every call that is kept; changes nothing."""
        found, after = Swept(), 0
        while True:
            with self._index.read() as connection:
                rows = due.live(connection, after, BATCH)
            for row, uses, decision, whole in self._decided(rows):
                if decision.due:
                    found.went.update((str(decision.why), str(use)) for use in uses)
                if whole.why is Stays.NO_RULE:
                    found.unruled += 1
                elif not whole.due and whole.why is not Stays.TERM:
                    found.stayed[row["id"]] = str(whole.why)
            if len(rows) < BATCH:
                return found
            after = rows[-1]["id"]

    def run(self, who: str, tell: Callable[[int, int], None], *, restored: bool = False) -> Swept:
        """All of it. who: the operator. tell: told how many calls it looked at, of how many. restored: also remove
        objects a backup brought back of calls whose keys are destroyed; looks at the name of every object there is.
        """
        now_ms = self._now_ms()
        with self._index.begin() as connection:
            number, before = due.begin_sweep(connection, now_ms)
        run = _Run(who, now_ms, {"sweep": f"sweep-{number}"})
        run.swept.buried = self._calls.register.bury()
        run.swept.introduced = self._introduce(now_ms)
        self._classify()
        with self._index.read() as connection:
            total, looked = due.count_due(connection, now_ms), 0
        for phase, counts in (
            ("begun", self._begun(run)), ("due", self._over(run, Use.STORE, "due_ms")),
            ("originals", self._over(run, Use.VAULT, "vault_due_ms")), ("asked", self._asked(run)),
        ):  # fmt: skip
            for count in counts:
                looked += count
                tell(looked, max(total, looked))
                with self._index.begin() as connection:
                    due.note_sweep(connection, number, phase, before + run.swept.calls)
        if restored:
            run.swept.restored = remove_restored(self._calls)
        with self._index.begin() as connection:
            run.swept.closed = requests.close_waiting(connection, self._now_ms())
            run.swept.unruled = due.count_unruled(connection)
        self._index.scrub()
        self._audit.append(SWEPT, who, calls=before + run.swept.calls, keys=run.swept.buried, **run.told)
        with self._index.begin() as connection:
            due.note_sweep(connection, number, "", before + run.swept.calls, self._now_ms())
        return run.swept

    def erase(self, rows_of: Callable[[], Sequence[Row]], who: str, told: Mapping[str, str]) -> Swept:
        """Erase calls that somebody asked for, but for those that a hold or the law keeps: they are in `stayed`.

        rows_of: their rows, asked for when nobody else decides. told: facts for the certificates. After `check`.
        """
        run = _Run(who, self._now_ms(), told)
        with turn(self._index):
            rows = rows_of()
            for start in range(0, len(rows), BATCH):
                some = rows[start : start + BATCH]
                self._judge(run, some, set(_ids(some)))
        return run.swept

    def _introduce(self, now_ms: int) -> int:
        introduced, registered = 0, self._calls.register.keys()
        for names in _batches(name for name, _, made_ms in registered if made_ms <= now_ms - LOST_MS):
            with self._index.begin() as connection:
                lost = due.unknown(connection, list({replace(name, use=Use.STORE): None for name in names}))
                due.introduce(connection, lost)
            introduced += len(lost)
        return introduced

    def _classify(self) -> None:
        with self._index.read() as connection:
            groups, spans = due.groups(connection), list(due.spans(connection))
        for tenant, jurisdiction, known in groups:
            kept = due.class_of(self._rules, tenant, jurisdiction, known=known)
            for span in spans:
                with self._index.begin() as connection:
                    due.classify(connection, tenant, jurisdiction, known, kept, span)

    def _begun(self, run: _Run) -> Iterator[int]:
        """What has a tombstone, and a row that says it is kept."""
        for stones in _batches(self._calls.register.tombstones()):
            why = {stone.name: stone for stone in stones}
            with turn(self._index):
                with self._index.read() as connection:
                    rows = due.of_names(connection, [replace(name, use=Use.STORE) for name in why])
                    done = due.without_originals(connection, _ids(rows))
                going = [g for row in rows if (g := _resumed(row, why, done)) is not None]
                self._dispose(run, going)
            yield len(going)

    def _over(self, run: _Run, use: Use, column: str) -> Iterator[int]:
        """What has a term that is over."""
        cursor = due.Cursor()
        while True:
            with turn(self._index):
                with self._index.read() as connection:
                    rows = due.due(connection, use, run.now_ms, cursor, BATCH)
                self._judge(run, rows)
            yield len(rows)
            if len(rows) < BATCH:
                return
            cursor = due.Cursor(rows[-1][column], rows[-1]["id"])

    def _asked(self, run: _Run) -> Iterator[int]:
        """What a request for erasure waits for."""
        after = 0
        while True:
            with turn(self._index):
                with self._index.read() as connection:
                    rows = due.asked_for(connection, after, BATCH)
                self._judge(run, rows)
            yield len(rows)
            if len(rows) < BATCH:
                return
            after = rows[-1]["id"]

    def _judge(self, run: _Run, rows: Sequence[Row], asked: Set[int] = frozenset()) -> None:
        going = []
        for row, uses, decision, whole in self._decided(rows, asked):
            if isinstance(decision.why, Reason):
                all_of_it = Use.STORE in uses
                going.append(
                    Going(row["id"], key_of(row), all_of_it, decision.why, row["retention_class"], decision.due_ms)
                )
            if not whole.due and whole.why is not Stays.TERM:
                run.swept.stayed[row["id"]] = str(whole.why)
        self._dispose(run, going)

    def _decided(
        self, rows: Sequence[Row], asked_now: Set[int] = frozenset()
    ) -> Iterator[tuple[Row, Sequence[Use], Decision, Decision]]:
        """Of each call what goes: all of it, its originals or nothing; why; and what was decided of it as a whole."""
        with self._index.read() as connection:
            held, awaited = due.held(connection, _ids(rows)), due.awaited(connection, _ids(rows))
            originals = due.vault_names(connection, _ids(rows))
        now_ms = self._now_ms()
        for row in rows:
            terms = self._terms(row["tenant"], row["jurisdiction"], row["rate_hz"] > 0)
            ended_ms = row["started_ms"] if row["ended_ms"] is None else row["ended_ms"]
            asked = Reason.ERASURE if row["id"] in awaited or row["id"] in asked_now else None
            kept = Kept(ended_ms, terms.get(STORAGE), row["id"] in held, row["restricted"], asked)
            whole, has_originals = decide(kept, now_ms), row["id"] in originals
            if whole.due or not has_originals:
                uses = (Use.STORE, Use.VAULT) if has_originals else (Use.STORE,)
                yield row, uses, whole, whole
            else:
                yield row, (Use.VAULT,), decide(replace(kept, terms=terms.get(VAULT, kept.terms)), now_ms), whole

    def _terms(self, tenant: str, jurisdiction: str, known: bool) -> Mapping[str, Terms]:
        place_of = tenant, jurisdiction, known
        if place_of not in self._classes:
            kept = due.class_of(self._rules, tenant, jurisdiction, known=known)
            self._classes[place_of] = {} if kept is None else kept.terms
        return self._classes[place_of]

    def _dispose(self, run: _Run, going: Sequence[Going]) -> None:
        for gone in self._disposer.dispose(going, run.who, self._past.certificates, **run.told):
            run.swept.went[gone.reason, str(gone.use)] += 1

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


def _resumed(row: Row, why: Mapping[KeyName, Tombstone], done: set[int]) -> Going | None:
    name = key_of(row)
    whole = name in why
    stone = why.get(name) or why[replace(name, use=Use.VAULT)]
    if not whole and row["id"] in done:
        return None
    reason = Reason(stone.reason) if stone.reason in {str(r) for r in Reason} else Reason.ERASURE
    return Going(row["id"], name, whole, reason, row["retention_class"], row["due_ms" if whole else "vault_due_ms"])


def _ids(rows: Sequence[Row]) -> list[int]:
    return [row["id"] for row in rows]


def _batches(items: Iterator[_T]) -> Iterator[list[_T]]:
    while batch := list(islice(items, BATCH)):
        yield batch
