"""The tables of the index, made and taken back with rows in them, on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from postgres import server
from sqlalchemy import insert, inspect, select, text

from pipeline.adapters.index.database import open_index
from pipeline.adapters.index.schema import METADATA, REVISION, calls, findings, objects
from pipeline.adapters.index.upgrade import MIGRATIONS, migrations
from pipeline.core.errors import ConfigError, OutputError

ROW = {
    "tenant": "acme", "call": "c1", "started_ms": 1_767_312_000_000, "day": "2026-01-02", "rate_hz": 8000,
    "channels": 2, "pin": "ab" * 32, "fleet": "main", "state": "stored",
}  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return server().database() if request.param == "postgresql" else f"sqlite:///{tmp_path}/index.sqlite3"


def test_the_migrations_make_the_tables_of_the_schema(url: str) -> None:
    base = open_index(url)
    with base.engine.connect() as connection:
        known = {"compare_type": True, "compare_server_default": base.postgres}  # SQLite gives them in other words
        context = MigrationContext.configure(connection, opts=known)
        assert compare_metadata(context, METADATA) == []
    base.close()


def test_up_and_down_with_rows(url: str) -> None:
    base = open_index(url)
    script = ScriptDirectory(str(MIGRATIONS))
    revisions = [r.revision for r in script.walk_revisions()][::-1]
    assert revisions[-1] == script.get_current_head() == REVISION
    with base.begin() as connection:
        number = connection.execute(insert(calls).values(ROW).returning(calls.c.id)).scalar_one()
        connection.execute(insert(findings).values(call_id=number, entity="PIN", reason="answer", spans=1, hidden_ms=9))
        connection.execute(insert(objects).values(call_id=number, name="n", kind="k", use="store", bytes=1, sha256="0"))
    for below, above in zip(["base", *revisions], revisions, strict=False):
        with base.begin() as connection:
            command.downgrade(migrations(connection), below)
        with base.begin() as connection:
            command.upgrade(migrations(connection), above)
    with base.begin() as connection:
        command.downgrade(migrations(connection), "base")
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    base.close()
    base = open_index(url)
    with base.begin() as connection:
        connection.execute(insert(calls).values(ROW))
        assert connection.execute(select(calls.c.restricted, calls.c.bytes)).one() == (False, 0)
    base.close()


def test_workers_that_start_together_make_them_once(url: str) -> None:
    failed: list[BaseException] = []

    def start() -> None:
        try:
            open_index(url).close()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_tables_of_a_newer_release_are_left_alone(url: str) -> None:
    base = open_index(url)
    with base.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    base.close()
    with pytest.raises(ConfigError, match="newer release"):
        open_index(url)


@pytest.mark.parametrize("wrong", ["", "index", "mysql://a/b", "http://x"])
def test_what_is_no_database_is_told(wrong: str) -> None:
    with pytest.raises(ConfigError, match="CALLSHIELD_INDEX_URL: a database URL is"):
        open_index(wrong)


def test_a_database_that_is_away_may_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="try again"):
        open_index(f"postgresql://nobody@/none?host={tmp_path}")
    (tmp_path / "index").write_bytes(b"no database, for sure" * 100)
    with pytest.raises(OutputError, match="try again"):
        open_index(f"sqlite:///{tmp_path}/index")


def test_nothing_of_a_row_is_in_an_error(url: str, caplog: pytest.LogCaptureFixture) -> None:
    base = open_index(url)

    with pytest.raises(OutputError) as caught, base.read() as connection:
        connection.execute(text("SELECT * FROM nowhere WHERE x = :x"), {"x": "+4917012345"})
    assert caught.value.__suppress_context__
    assert "4917" not in str(caught.value) + caplog.text
    base.close()
