"""The tables of the key register, and how its rows read."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, RowMapping, String, Table, select, tuple_

from pipeline.adapters.sql import Database
from pipeline.core.messages import WrappedKey
from pipeline.ports.key_register import KeyName, Use

PAGE = 500  # rows at a time
tables = MetaData()


def _name_columns() -> list[Column[str] | Column[int]]:
    return [
        Column("tenant", String(128), primary_key=True),
        Column("call", String(128), primary_key=True),
        Column("started_ms", BigInteger, primary_key=True, autoincrement=False),
        Column("use", String(16), primary_key=True),
    ]


keys_table = Table(
    "data_keys",
    tables,
    *_name_columns(),
    Column("kek_id", String(512), nullable=False, index=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("algorithm", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
)
stones_table = Table(  # as far as the register has read the file of tombstones
    "tombstones",
    tables,
    *_name_columns(),
    Column("at_ms", BigInteger, nullable=False),
    Column("reason", String(256), nullable=False),
)
state_table = Table(  # one row
    "register_state",
    tables,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("schema_version", Integer, nullable=False),
    Column("tombstones", BigInteger, nullable=False),  # how many lines of the file were read
    Column("tombstone_hash", String(64), nullable=False),  # of the last of them
    Column("tombstone_offset", BigInteger, nullable=False),  # where it ends, in bytes
)
KEY_NAME = (keys_table.c.tenant, keys_table.c.call, keys_table.c.started_ms, keys_table.c.use)
STONE_NAME = (stones_table.c.tenant, stones_table.c.call, stones_table.c.started_ms, stones_table.c.use)


def name_values(name: KeyName) -> dict[str, str | int]:
    """Columns of a name, in their order."""
    return {"tenant": name.tenant, "call": name.call, "started_ms": name.started_ms, "use": str(name.use)}


def name_of(row: RowMapping) -> KeyName:
    """The name of a key or tombstone."""
    return KeyName(row["tenant"], row["call"], row["started_ms"], Use(row["use"]))


def key_values(key: WrappedKey) -> dict[str, str | int | bytes]:
    """Columns of a wrapped key."""
    return {"kek_id": key.kek_id, "wrapped": key.wrapped, "algorithm": key.algorithm, "version": key.version}


def key_of(row: RowMapping) -> WrappedKey:
    """The wrapped key of a row."""
    return WrappedKey(row["kek_id"], bytes(row["wrapped"]), row["algorithm"], row["version"])


def every_row(base: Database, table: Table) -> Iterator[RowMapping]:
    """All rows of one of these tables by name, read a page at a time. Raises OutputError."""
    name = [column for column in table.columns if column.primary_key]
    last: list[object] | None = None
    while True:
        query = select(table).order_by(*name).limit(PAGE)
        with base.read() as db:
            rows = db.execute(query if last is None else query.where(tuple_(*name) > last)).mappings().all()
        yield from rows
        if len(rows) < PAGE:
            return
        last = [rows[-1][column.name] for column in name]
