"""The data keys of stored calls in a database of its own: SQLite or PostgreSQL. Wrapped; none is ever in clear in it.

What was destroyed has a tombstone in a file outside (adapters/tombstones.py). The register remembers how many it has
seen and the hash of the last, and does not open with a file that has fewer or others. The other way round, a register
restored from a backup, is mended: `bury` destroys again what has a tombstone, and is run when the register opens.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    RowMapping,
    String,
    Table,
    and_,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError

from pipeline.adapters.sql import Database
from pipeline.adapters.tombstones import Tombstones
from pipeline.core.errors import ConfigError, KeyLostError, TamperedError
from pipeline.core.messages import WrappedKey
from pipeline.ports.key_provider import KeyProvider
from pipeline.ports.key_register import KeyName, Tombstone, Use

SCHEMA = 1
KEY_BYTES = 32
OPEN_MAX, OPEN_S = 1_000, 60.0  # opened data keys kept in memory, and for how long a lost key provider is no matter
PAGE = 500  # rows at a time
_LOCK = 0x6B657973

_tables = MetaData()
_keys = Table(
    "data_keys",
    _tables,
    Column("tenant", String(128), primary_key=True),
    Column("call", String(128), primary_key=True),
    Column("started_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("use", String(16), primary_key=True),
    Column("kek_id", String(512), nullable=False, index=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("algorithm", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
)
_state = Table(
    "register_state",
    _tables,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("schema_version", Integer, nullable=False),
    Column("tombstones", BigInteger, nullable=False),  # how many were seen
    Column("tombstone_hash", String(64), nullable=False),  # of the last of them
)
_NAME = (_keys.c.tenant, _keys.c.call, _keys.c.started_ms, _keys.c.use)


class SqlKeyRegister:
    """Implements ports.key_register.KeyRegister."""

    def __init__(
        self, url: str, tombstones: Tombstones, provider: KeyProvider, clock: Callable[[], float] = time.time
    ) -> None:
        """url: as SQLAlchemy takes it. clock: wall clock, s. Buries what a restored backup brought back.

        Raises ConfigError if the database is of another release, TamperedError if tombstones are missing, OutputError.
        """
        self._base, self._stones, self._provider, self._clock = Database(url), tombstones, provider, clock
        self._lock = threading.Lock()
        self._open: OrderedDict[bytes, tuple[bytes, float]] = OrderedDict()
        with self._base.begin() as db:
            if self._base.postgres:  # one process at a time makes the tables
                db.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            _tables.create_all(db)
            self._check(db)
        self.bury()

    def close(self) -> None:
        """Close the database."""
        self._base.close()

    def create(self, name: KeyName) -> bytes:
        """See KeyRegister."""
        self._not_destroyed(name)
        if (row := self._row(name)) is None:
            plain = secrets.token_bytes(KEY_BYTES)
            wrapped = self._provider.wrap(plain, name.context)
            try:
                with self._base.begin() as db:
                    db.execute(insert(_keys).values(**_of(name), **_values(wrapped), made_ms=int(self._clock() * 1000)))
                self._keep(wrapped.wrapped, plain)
            except IntegrityError:
                pass  # another process was first: its key counts
            self._not_destroyed(name)  # by another process, meanwhile
            row = self._row(name)
        if row is None:
            raise KeyLostError("the key of a call was removed while it was made; try again")
        return self._unwrap(row, name)

    def open(self, name: KeyName) -> bytes:
        """See KeyRegister."""
        self._not_destroyed(name)
        row = self._row(name)
        if row is None:
            raise KeyLostError(f"{_shown(name)}: the register has no key of it; restore a backup of the register")
        return self._unwrap(row, name)

    def destroy(self, name: KeyName, reason: str, now_ms: int) -> Tombstone:
        """See KeyRegister."""
        return self.destroy_all([name], reason, now_ms)[0]

    def destroy_all(self, names: Sequence[KeyName], reason: str, now_ms: int) -> list[Tombstone]:
        """See KeyRegister."""
        stones = self._stones.add([Tombstone(name, now_ms, reason) for name in names])
        for start in range(0, len(names), PAGE):
            with self._base.begin() as db:
                self._drop(db, names[start : start + PAGE])
                self._saw(db)
        self._base.scrub()
        return stones

    def tombstone(self, name: KeyName) -> Tombstone | None:
        """See KeyRegister."""
        return self._stones.find(name)

    def bury(self) -> int:
        """See KeyRegister."""
        dropped, names = 0, [stone.name for stone in self._stones.all()]
        for start in range(0, len(names), PAGE):
            with self._base.begin() as db:
                dropped += self._drop(db, names[start : start + PAGE])
        with self._base.begin() as db:
            self._saw(db)
        if dropped:
            self._base.scrub()
        return dropped

    def rewrap(self, looked_at: Callable[[int], None] = lambda _: None) -> int:
        """See KeyRegister. Stopped half-way, it goes on where it was: what is done is done.

        looked_at: told how many, after each. Raises KeyLostError at the end if some cannot be unwrapped any more.
        """
        changed = lost = 0
        for count, (name, old, _) in enumerate(self.keys(), 1):
            try:
                new = self._provider.rewrap(old, name.context)
            except KeyLostError:
                lost += 1
                new = old
            if new != old:
                with self._base.begin() as db:  # only if nobody else changed or destroyed it
                    same = and_(*_where(name), _keys.c.wrapped == old.wrapped)
                    changed += db.execute(update(_keys).where(same).values(**_values(new))).rowcount
            looked_at(count)
        if changed:
            self._base.scrub()
        if lost:
            raise KeyLostError(
                f"{lost} data keys cannot be unwrapped any more, {changed} were rewrapped; see keys list"
            )
        return changed

    def keys(self) -> Iterator[tuple[KeyName, WrappedKey, int]]:
        """See KeyRegister."""
        last: tuple[str, str, int, str] | None = None
        while True:
            query = select(_keys).order_by(*_NAME).limit(PAGE)
            with self._base.read() as db:
                rows = db.execute(query.where(tuple_(*_NAME) > last) if last else query).mappings().all()
            for row in rows:
                yield _name(row), _wrapped(row), row["made_ms"]
            if len(rows) < PAGE:
                return
            last = rows[-1]["tenant"], rows[-1]["call"], rows[-1]["started_ms"], rows[-1]["use"]

    def counts(self) -> dict[str, int]:
        """How many data keys are under each key-encryption key."""
        with self._base.read() as db:
            rows = db.execute(select(_keys.c.kek_id, func.count()).group_by(_keys.c.kek_id).order_by(_keys.c.kek_id))
            return {str(kek): int(count) for kek, count in rows}

    def _check(self, db: Connection) -> None:
        state = db.execute(select(_state)).mappings().first()
        if state is None:
            db.execute(insert(_state).values(id=1, schema_version=SCHEMA, tombstones=0, tombstone_hash=""))
            return
        if state["schema_version"] != SCHEMA:
            raise ConfigError(f"the key register is of release form {state['schema_version']}, not {SCHEMA}; upgrade")
        seen = state["tombstones"]
        if seen and self._stones.hash_at(seen) != state["tombstone_hash"]:
            raise TamperedError(
                f"the key register has seen {seen} tombstones and the file has {self._stones.count()}, or others; "
                "erasures would be undone: restore the newest file of tombstones (CALLSHIELD_TOMBSTONES_FILE)"
            )

    def _saw(self, db: Connection) -> None:
        count = self._stones.count()
        seen = {"tombstones": count, "tombstone_hash": self._stones.hash_at(count)}
        db.execute(update(_state).where(_state.c.tombstones < count).values(**seen))

    def _drop(self, db: Connection, names: Sequence[KeyName]) -> int:
        if not names:
            return 0
        rows = [(n.tenant, n.call, n.started_ms, str(n.use)) for n in names]
        return int(db.execute(delete(_keys).where(tuple_(*_NAME).in_(rows))).rowcount)

    def _row(self, name: KeyName) -> RowMapping | None:
        with self._base.read() as db:
            return db.execute(select(_keys).where(*_where(name))).mappings().first()

    def _not_destroyed(self, name: KeyName) -> None:
        if (stone := self._stones.find(name)) is not None:
            raise KeyLostError(f"{_shown(name)}: its key was destroyed ({stone.reason}); nobody can read it any more")

    def _unwrap(self, row: RowMapping, name: KeyName) -> bytes:
        key = _wrapped(row)
        with self._lock:
            plain, until = self._open.get(key.wrapped, (b"", 0.0))
        if time.monotonic() < until:
            return plain
        plain = self._provider.unwrap(key, name.context)
        self._keep(key.wrapped, plain)
        return plain

    def _keep(self, wrapped: bytes, plain: bytes) -> None:
        with self._lock:
            self._open[wrapped] = plain, time.monotonic() + OPEN_S
            if len(self._open) > OPEN_MAX:
                self._open.popitem(last=False)


def _where(name: KeyName) -> list[ColumnElement[bool]]:
    return [column == value for column, value in zip(_NAME, _of(name).values(), strict=True)]


def _of(name: KeyName) -> dict[str, str | int]:
    return {"tenant": name.tenant, "call": name.call, "started_ms": name.started_ms, "use": str(name.use)}


def _name(row: RowMapping) -> KeyName:
    return KeyName(row["tenant"], row["call"], row["started_ms"], Use(row["use"]))


def _wrapped(row: RowMapping) -> WrappedKey:
    return WrappedKey(row["kek_id"], bytes(row["wrapped"]), row["algorithm"], row["version"])


def _values(key: WrappedKey) -> dict[str, object]:
    return {"kek_id": key.kek_id, "wrapped": key.wrapped, "algorithm": key.algorithm, "version": key.version}


def _shown(name: KeyName) -> str:
    return f"{name.tenant}/{name.call}"
