"""The data keys of stored calls in a database of its own: SQLite or PostgreSQL. Wrapped; none is ever in clear in it.

What was destroyed has a tombstone in a file outside (adapters/tombstones.py). The register knows the file up to a
place, and does not work with one that is shorter, or another before it. The other way round, a register restored from
a backup, is mended: it takes up the tombstones set since, and destroys those keys again, before it opens any.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.adapters.key_tables import (
    KEY_NAME,
    PAGE,
    STONE_NAME,
    every_row,
    key_of,
    key_values,
    keys_table,
    name_of,
    name_values,
    state_table,
    stones_table,
    tables,
)
from pipeline.adapters.open_keys import OpenKeys
from pipeline.adapters.sql import Database
from pipeline.adapters.tombstones import Mark, Reader, Tombstones
from pipeline.core.errors import ConfigError, KeyLostError, TamperedError
from pipeline.core.messages import WrappedKey
from pipeline.ports.key_provider import KeyProvider
from pipeline.ports.key_register import KeyName, Tombstone

SCHEMA = 1
KEY_BYTES = 32
_LOCK = 0x6B657973


class SqlKeyRegister:
    """Implements ports.key_register.KeyRegister."""

    def __init__(
        self, url: str, tombstones: Tombstones, provider: KeyProvider, clock: Callable[[], float] = time.time
    ) -> None:
        """url: as SQLAlchemy takes it. clock: wall clock, s. Buries what a restored backup brought back.

        Raises ConfigError if the database is of another release, TamperedError if tombstones are missing, OutputError.
        """
        self._base, self._stones, self._provider, self._clock = Database(url), tombstones, provider, clock
        self._insert = postgresql.insert if self._base.postgres else sqlite.insert
        self._open = OpenKeys()
        self._torn = 0, 0  # how far the file of tombstones was taken up, and its size: a torn line lies between
        with self._base.begin() as db:
            if self._base.postgres:  # one process at a time makes the tables
                db.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            tables.create_all(db)
            if (state := db.execute(select(state_table)).mappings().first()) is None:
                start = Mark()
                db.execute(insert(state_table).values(id=1, schema_version=SCHEMA, **_mark_values(start)))
            elif state["schema_version"] != SCHEMA:
                raise ConfigError(f"the key register is of form {state['schema_version']}, not {SCHEMA}: upgrade this")
        self._take_up(always=True)

    def close(self) -> None:
        """Close the database."""
        self._base.close()

    def create(self, name: KeyName) -> bytes:
        """See KeyRegister."""
        if (row := self._row(name)) is None:
            plain = secrets.token_bytes(KEY_BYTES)
            wrapped = self._provider.wrap(plain, name.context)
            values = {**name_values(name), **key_values(wrapped), "made_ms": int(self._clock() * 1000)}
            with self._base.begin() as db:
                db.execute(select(state_table.c.id).with_for_update(read=True))  # nobody destroys it meanwhile
                self._not_destroyed(db, name)
                db.execute(self._insert(keys_table).values(values).on_conflict_do_nothing())  # who is first counts
            self._open.keep(wrapped.wrapped, plain)
            row = self._row(name)
        if row is None:
            raise KeyLostError("the key of a call was removed while it was made; try again")
        return self._unwrap(row, name)

    def open(self, name: KeyName) -> bytes:
        """See KeyRegister."""
        row = self._row(name)
        if row is None:
            raise KeyLostError(f"{_shown(name)}: the register has no key of it; restore a backup of the register")
        return self._unwrap(row, name)

    def destroy(self, name: KeyName, reason: str, now_ms: int) -> Tombstone:
        """See KeyRegister."""
        return self.destroy_all([name], reason, now_ms)[0]

    def destroy_all(self, names: Sequence[KeyName], reason: str, now_ms: int) -> list[Tombstone]:
        """See KeyRegister."""
        found: dict[KeyName, Tombstone] = {}
        for start in range(0, len(names), PAGE):
            page = names[start : start + PAGE]
            with self._stones.locked() as file, self._base.begin() as db:
                mark = self._catch_up(db, file)
                found |= self._tombstones(db, page)
                fresh = {n: Tombstone(n, now_ms, reason) for n in page if n not in found}
                mark = file.append(mark, list(fresh.values()))  # on the disk before the keys go
                self._bury(db, list(fresh.values()), mark)
                found |= fresh
        self._base.scrub()
        return [found[name] for name in names]

    def tombstone(self, name: KeyName) -> Tombstone | None:
        """See KeyRegister."""
        self._take_up()
        with self._base.read() as db:
            return self._tombstones(db, [name]).get(name)

    def tombstones(self) -> Iterator[Tombstone]:
        """See KeyRegister."""
        self._take_up()
        for row in every_row(self._base, stones_table):
            yield Tombstone(name_of(row), row["at_ms"], row["reason"])

    def known(self, names: Sequence[KeyName]) -> set[KeyName]:
        """See KeyRegister."""
        self._take_up()
        found: set[KeyName] = set()
        for start in range(0, len(names), PAGE):
            wanted = [tuple(name_values(name).values()) for name in names[start : start + PAGE]]
            with self._base.read() as db:
                for table, name in ((keys_table, KEY_NAME), (stones_table, STONE_NAME)):
                    rows = db.execute(select(*name).select_from(table).where(tuple_(*name).in_(wanted))).mappings()
                    found |= {name_of(row) for row in rows}
        return found

    def bury(self) -> int:
        """See KeyRegister."""
        self._take_up()
        same = [a == b for a, b in zip(KEY_NAME, STONE_NAME, strict=True)]
        with self._base.begin() as db:
            buried = db.execute(delete(keys_table).where(exists().where(*same))).rowcount
        if buried:
            self._base.scrub()
        return int(buried)

    def verify(self) -> int:
        """Read all tombstones, from the first, and see that the register knows each. Returns how many there are.

        Raises TamperedError if a line was changed or the register lacks one, OutputError.
        """
        self._take_up()
        count = 0
        stones = self._stones.all()
        while page := list(islice(stones, PAGE)):
            count += len(page)
            with self._base.read() as db:
                if len(self._tombstones(db, [stone.name for stone in page])) < len({stone.name for stone in page}):
                    raise TamperedError(
                        "the key register lacks tombstones that the file has; restore its newest backup"
                    )
        return count

    def rewrap(self, looked_at: Callable[[int], None] = lambda _: None) -> int:
        """See KeyRegister. Stopped half-way, it goes on where it was: what is done is done.

        looked_at: told how many, after each. Raises KeyLostError at the end if some cannot be unwrapped any more.
        """
        changed = lost = count = 0
        rows = self.keys()
        while page := list(islice(rows, PAGE)):
            new: list[tuple[KeyName, WrappedKey, WrappedKey]] = []
            for name, old, _ in page:
                try:
                    if (made := self._provider.rewrap(old, name.context)) != old:
                        new.append((name, old, made))
                except KeyLostError:
                    lost += 1
                count += 1
                looked_at(count)
            changed += self._replace(new)
        if changed:
            self._base.scrub()
        if lost:
            raise KeyLostError(
                f"{lost} data keys cannot be unwrapped any more, {changed} were rewrapped; see keys list"
            )
        return changed

    def keys(self) -> Iterator[tuple[KeyName, WrappedKey, int]]:
        """See KeyRegister."""
        for row in every_row(self._base, keys_table):
            yield name_of(row), key_of(row), row["made_ms"]

    def counts(self) -> dict[str, int]:
        """How many data keys are under each key-encryption key."""
        with self._base.read() as db:
            rows = db.execute(
                select(keys_table.c.kek_id, func.count()).group_by(keys_table.c.kek_id).order_by(keys_table.c.kek_id)
            )
            return {str(kek): int(count) for kek, count in rows}

    def _take_up(self, *, always: bool = False) -> None:
        """What other processes destroyed, or this one before a backup of the register was restored.

        always: look into the file even if its size is as it was.
        """
        with self._base.read() as db:
            offset = db.execute(select(state_table.c.tombstone_offset)).scalar_one()
        size = self._stones.size()  # looked at after the register: the file is written first
        if not always and (size == offset or (offset, size) == self._torn):
            return
        with self._stones.still() as file, self._base.begin() as db:
            after = self._catch_up(db, file)
        if after.offset != offset:
            self._base.scrub()
        self._torn = after.offset, size

    def _replace(self, new: Sequence[tuple[KeyName, WrappedKey, WrappedKey]]) -> int:
        """Name, old and new: only what nobody else changed or destroyed meanwhile. How many that was."""
        if not new:
            return 0
        same = [column == bindparam(f"is_{column.name}") for column in (*KEY_NAME, keys_table.c.wrapped)]
        rows = [
            {**{f"is_{k}": v for k, v in name_values(name).items()}, "is_wrapped": old.wrapped, **key_values(made)}
            for name, old, made in new
        ]
        with self._base.begin() as db:
            return int(db.execute(update(keys_table).where(*same), rows).rowcount)

    def _catch_up(self, db: Connection, file: Reader) -> Mark:
        mark = self._mark(db)
        stones = file.since(mark)
        while page := list(islice(stones, PAGE)):
            mark = page[-1][1]
            self._bury(db, [stone for stone, _ in page], mark)
        return mark

    def _mark(self, db: Connection) -> Mark:
        state = db.execute(select(state_table).with_for_update()).mappings().one()
        return Mark(state["tombstones"], state["tombstone_hash"], state["tombstone_offset"])

    def _bury(self, db: Connection, stones: Sequence[Tombstone], mark: Mark) -> None:
        if not stones:
            return
        rows = [{**name_values(s.name), "at_ms": s.at_ms, "reason": s.reason} for s in stones]
        db.execute(self._insert(stones_table).on_conflict_do_nothing(), rows)
        db.execute(
            delete(keys_table).where(tuple_(*KEY_NAME).in_([tuple(name_values(s.name).values()) for s in stones]))
        )
        db.execute(update(state_table).values(**_mark_values(mark)))

    def _tombstones(self, db: Connection, names: Sequence[KeyName]) -> dict[KeyName, Tombstone]:
        wanted = [tuple(name_values(name).values()) for name in names]
        rows = db.execute(select(stones_table).where(tuple_(*STONE_NAME).in_(wanted))).mappings()
        return {name_of(row): Tombstone(name_of(row), row["at_ms"], row["reason"]) for row in rows}

    def _not_destroyed(self, db: Connection, name: KeyName) -> None:
        stone = self._tombstones(db, [name]).get(name)
        if stone is not None:
            raise KeyLostError(f"{_shown(name)}: its key was destroyed ({stone.reason}); nobody can read it any more")

    def _row(self, name: KeyName) -> RowMapping | None:
        """The row of a key. Raises KeyLostError if it was destroyed."""
        self._take_up()
        with self._base.read() as db:
            self._not_destroyed(db, name)
            return db.execute(select(keys_table).where(*_where(name))).mappings().first()

    def _unwrap(self, row: RowMapping, name: KeyName) -> bytes:
        key = key_of(row)
        known = self._open.find(key.wrapped)
        return known or self._open.keep(key.wrapped, self._provider.unwrap(key, name.context))


def _where(name: KeyName) -> list[ColumnElement[bool]]:
    return [column == value for column, value in zip(KEY_NAME, name_values(name).values(), strict=True)]


def _mark_values(mark: Mark) -> dict[str, str | int]:
    return {"tombstones": mark.count, "tombstone_hash": mark.hash, "tombstone_offset": mark.offset}


def _shown(name: KeyName) -> str:
    return f"{name.tenant}/{name.call}"
