"""The key register: one key per call and use, the same for everybody; destroyed is destroyed, whatever is restored."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import postgres
import pytest
from command import ROOT, here
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from test_operator_tokens import Office

from pipeline.adapters.key_register import PAGE, SqlKeyRegister
from pipeline.adapters.key_tables import key_values, keys_table, name_values
from pipeline.adapters.keyring import KeyFile, add_key, read_key_file, write_key_file
from pipeline.adapters.keys.file import FileKeys
from pipeline.adapters.tombstones import Tombstones
from pipeline.core.errors import CallShieldError, ConfigError, KeyLostError, KeyServiceError, OutputError, TamperedError
from pipeline.core.messages import WrappedKey
from pipeline.ports.key_register import KeyName, Tombstone, Use

STORE = KeyName("acme", "c-1", 1_000, Use.STORE)
VAULT = KeyName("acme", "c-1", 1_000, Use.VAULT)
ANOTHER = KeyName("acme", "c-2", 1_000, Use.STORE)


class Away(FileKeys):
    """A key provider that is there or not."""

    away = False

    def wrap(self, data_key: bytes, context: bytes) -> WrappedKey:
        self._here()
        return super().wrap(data_key, context)

    def unwrap(self, key: WrappedKey, context: bytes) -> bytes:
        self._here()
        return super().unwrap(key, context)

    def _here(self) -> None:
        if self.away:
            raise KeyServiceError("away")


@dataclass
class Place:
    """Where a register lies. open: as a process opens it."""

    folder: Path
    url: str

    @property
    def keys(self) -> Path:
        path = self.folder / "keys.json"
        if not path.exists():
            write_key_file(path, add_key(path, KeyFile("", {})))
        return path

    @property
    def stones(self) -> Path:
        return self.folder / "tombstones.jsonl"

    def open(self) -> SqlKeyRegister:
        return SqlKeyRegister(self.url, Tombstones(self.stones), Away(self.keys))

    def backup(self) -> None:
        """Keep a copy of the database, as it is now."""
        if self.url.startswith("sqlite"):
            shutil.copy(self.folder / "register.sqlite3", self.folder / "backup")
        else:
            self._pg("pg_dump", "-Fc", "-f", str(self.folder / "backup"), self.url)

    def restore(self) -> None:
        """Bring the copy back."""
        if self.url.startswith("sqlite"):
            for name in ("register.sqlite3-wal", "register.sqlite3-shm"):
                (self.folder / name).unlink(missing_ok=True)
            shutil.copy(self.folder / "backup", self.folder / "register.sqlite3")
        else:
            self._pg("pg_restore", "--clean", "-d", self.url, str(self.folder / "backup"))

    def _pg(self, *words: str) -> None:
        subprocess.run([postgres.binaries() / words[0], *words[1:]], check=True, capture_output=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    sqlite = request.param == "sqlite"
    return Place(tmp_path, f"sqlite:///{tmp_path}/register.sqlite3" if sqlite else postgres.server().database())


@pytest.fixture
def sqlite(tmp_path: Path) -> Place:
    return Place(tmp_path, f"sqlite:///{tmp_path}/register.sqlite3")


@contextlib.contextmanager
def refused(register: SqlKeyRegister, name: KeyName) -> Iterator[None]:
    """Neither opened nor made anew."""
    for ask in (register.open, register.create):
        with pytest.raises(KeyLostError, match="destroyed"):
            ask(name)
    yield


# --- making and opening


def test_a_key_is_made_once_and_opens_for_everybody(place: Place) -> None:
    first, second = place.open(), place.open()
    key = first.create(STORE)
    assert len(key) == 32
    assert first.create(STORE) == second.create(STORE) == second.open(STORE) == place.open().open(STORE) == key
    assert first.create(VAULT) != key
    with pytest.raises(KeyLostError, match="no key"):
        first.open(KeyName("acme", "c-1", 1_001, Use.STORE))
    rows = list(first.keys())
    assert [row[0] for row in rows] == [STORE, VAULT]
    assert all(key not in row[1].wrapped and row[2] > 0 for row in rows)


def test_those_who_ask_at_the_same_time_get_the_same_key(place: Place) -> None:
    registers = [place.open() for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: registers[n % 4].create(STORE), range(16)))
    assert len(set(made)) == 1


def test_wrapped_keys_are_bound_to_their_call(place: Place) -> None:
    register = place.open()
    register.create(STORE), register.create(ANOTHER)
    with register._base.begin() as db:  # who can write the database gives one call the other's key
        db.exec_driver_sql(
            "UPDATE data_keys SET wrapped = (SELECT wrapped FROM data_keys d WHERE d.call = 'c-2') WHERE call = 'c-1'"
        )
    with pytest.raises(KeyLostError, match="does not open"):
        place.open().open(STORE)


def test_many_keys_are_listed_in_order(sqlite: Place) -> None:
    register = sqlite.open()
    names = [KeyName("acme", f"c-{n:05d}", n % 3, use) for n in range(PAGE // 2 + 5) for use in Use]
    for name in names:
        register.create(name)
    assert [row[0] for row in list(register.keys())] == sorted(names)
    assert register.counts() == {register._provider.current(): len(names)}
    register.destroy_all(names[:-1], "retention", 1)
    assert [row[0] for row in list(register.keys())] == names[-1:]


# --- destroying


def test_destroyed_is_destroyed_for_everybody(place: Place) -> None:
    first, second = place.open(), place.open()
    first.create(STORE), first.create(VAULT)
    second.open(STORE)
    stone = first.destroy(STORE, "erasure", 7)
    assert stone == Tombstone(STORE, 7, "erasure")
    for each in (first, second, place.open()):
        with refused(each, STORE):
            assert each.tombstone(STORE) == stone
        assert each.open(VAULT)
        assert each.tombstone(VAULT) is None
    assert second.destroy(STORE, "retention", 9) == stone
    assert place.open().destroy_all([VAULT, STORE], "sweep", 10) == [Tombstone(VAULT, 10, "sweep"), stone]


def test_a_key_that_never_was_can_be_destroyed(place: Place) -> None:
    place.open().destroy(STORE, "erasure", 7)
    with refused(place.open(), STORE):
        pass


def test_nothing_of_a_destroyed_key_stays_in_the_files(sqlite: Place) -> None:
    register = sqlite.open()
    register.create(STORE), register.create(ANOTHER)
    wrapped = {row[0]: row[1].wrapped for row in list(register.keys())}

    def found(name: KeyName) -> bool:
        return any(wrapped[name] in path.read_bytes() for path in sqlite.folder.glob("register.sqlite3*"))

    assert found(STORE)
    register.destroy(STORE, "erasure", 7)
    assert not found(STORE)
    register.close()
    assert found(ANOTHER)


def test_a_restored_backup_destroys_again(place: Place) -> None:
    register = place.open()
    register.create(STORE), register.create(ANOTHER)
    register.close()
    place.backup()
    register = place.open()
    register.destroy(STORE, "erasure", 7)
    register.close()
    place.restore()
    again = place.open()
    with refused(again, STORE):
        assert [row[0] for row in list(again.keys())] == [ANOTHER]
    assert again.bury() == 0
    assert again.open(ANOTHER)


def test_a_backup_restored_under_a_running_process_opens_nothing_that_was_destroyed(sqlite: Place) -> None:
    register = sqlite.open()
    register.create(STORE)
    register.close()
    sqlite.backup()
    sqlite.open().destroy(STORE, "erasure", 7)
    running = sqlite.open()
    running.close()  # its connections: SQLite would not let go of a file that is replaced
    sqlite.restore()
    with pytest.raises(KeyLostError):
        running.open(STORE)
    with refused(sqlite.open(), STORE):
        pass


def test_a_key_made_while_it_was_destroyed_does_not_open_and_is_buried(place: Place) -> None:
    register = place.open()
    register.create(STORE)
    row = next(iter(register.keys()))[1]
    register.destroy(STORE, "erasure", 7)
    with register._base.begin() as db:  # as if another process had not looked after its last look
        db.execute(insert(keys_table).values(**name_values(STORE), **key_values(row), made_ms=1))
    for each in (register, place.open()):
        with refused(each, STORE):
            assert [row[0] for row in list(each.keys())] == [STORE]
    assert register.bury() == 1
    assert list(register.keys()) == []


def test_a_destruction_that_a_crash_cut_short_is_finished(sqlite: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    register = sqlite.open()
    register.create(STORE)

    def crash(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(SqlKeyRegister, "_bury", crash)
    with pytest.raises(KeyboardInterrupt):
        register.destroy(STORE, "erasure", 7)
    monkeypatch.undo()
    with refused(register, STORE):
        assert list(sqlite.open().keys()) == []


def test_destroying_and_opening_at_the_same_time_waits_for_nobody(place: Place) -> None:
    registers = [place.open() for _ in range(4)]
    names = [KeyName("acme", f"c-{n}", 1, Use.STORE) for n in range(12)]

    def one(number: int) -> None:
        register = registers[number % 4]
        for name in names:
            with contextlib.suppress(KeyLostError):
                register.create(name)
            if number % 2:
                register.destroy(name, "erasure", number)
            register.tombstone(name)

    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(4)))
    assert time.monotonic() - began < 25  # a database gives up after 30 s
    assert list(place.open().keys()) == []


# --- tombstones


def test_a_file_of_tombstones_that_lost_one_is_refused(place: Place) -> None:
    register = place.open()
    register.destroy(STORE, "erasure", 7)
    old = place.stones.read_bytes()
    register.destroy(VAULT, "erasure", 8)
    whole = place.stones.read_bytes()
    other = whole.replace(b"vault", b"stone")
    for data in (old, b"", whole[:-1], whole[len(old) :], other, b"x\n" + whole, whole + b"x\n", whole + old,
                 whole + b"x" * 20_000 + b"\n", whole + b"x" * 20_000 + whole):  # fmt: skip
        place.stones.write_bytes(data)
        with pytest.raises(TamperedError, match="restore"):
            place.open()
    place.stones.unlink()
    with pytest.raises(TamperedError):
        place.open()
    for ask in (register.open, register.create, register.tombstone):
        with pytest.raises(TamperedError):
            ask(ANOTHER)
    place.stones.write_bytes(whole)
    assert place.open().create(ANOTHER)


def test_another_file_of_tombstones_is_refused(place: Place) -> None:
    place.open().destroy(STORE, "erasure", 7)
    place.stones.unlink()
    Place(place.folder, f"sqlite:///{place.folder}/other.sqlite3").open().destroy(ANOTHER, "erasure", 7)
    with pytest.raises(TamperedError, match="restore"):
        place.open()


def test_a_changed_line_that_was_taken_up_long_ago_is_found_when_all_are_read(place: Place) -> None:
    register = place.open()
    for name in (STORE, VAULT, ANOTHER):
        register.destroy(name, "erasure", 7)
    assert register.verify() == 3
    whole = place.stones.read_bytes()
    place.stones.write_bytes(whole.replace(b"c-1", b"c-9", 1))
    with refused(place.open(), STORE), pytest.raises(TamperedError):
        place.open().verify()
    place.stones.write_bytes(whole)
    with register._base.begin() as db:
        db.exec_driver_sql("DELETE FROM tombstones WHERE call = 'c-2'")
    with pytest.raises(TamperedError, match="lacks"):
        register.verify()


def test_a_new_register_takes_up_all_there_are(place: Place) -> None:
    names = [KeyName("acme", f"c-{n}", 1, Use.STORE) for n in range(PAGE * 2 + 3)]
    place.open().destroy_all(names, "retention", 5)
    fresh = Place(place.folder, f"sqlite:///{place.folder}/fresh.sqlite3").open()
    assert fresh.verify() == len(names)
    with refused(fresh, names[-1]):
        pass


def test_a_line_a_crash_left_torn_never_counted(sqlite: Place) -> None:
    register = sqlite.open()
    register.create(STORE), register.create(VAULT)
    register.destroy(STORE, "erasure", 7)
    with sqlite.stones.open("ab") as file:
        file.write(b'{"at_ms":8,"call":"c-1"')
    for each in (register, sqlite.open()):
        assert each.open(VAULT)
    sqlite.open().destroy(VAULT, "erasure", 9)
    assert [stone.name for stone in Tombstones(sqlite.stones).all()] == [STORE, VAULT]
    assert register.tombstone(VAULT) is not None


@given(
    acts=st.lists(
        st.tuples(st.sampled_from(["create", "destroy", "reopen", "backup", "restore"]), st.integers(0, 3)), max_size=14
    )
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_restored_nothing_destroyed_opens_and_nothing_else_is_lost(
    tmp_path: Path, acts: list[tuple[str, int]]
) -> None:
    for path in tmp_path.glob("*"):
        path.unlink()
    place = Place(tmp_path, f"sqlite:///{tmp_path}/register.sqlite3")
    register, names = place.open(), [KeyName("acme", f"c-{n}", 1, Use.STORE) for n in range(4)]
    known: dict[KeyName, bytes] = {}
    kept: dict[KeyName, bytes] = {}
    gone: set[KeyName] = set()
    place.backup()
    for act, number in acts:
        name = names[number]
        if act == "create" and name not in gone:
            known.setdefault(name, register.create(name))
        elif act == "destroy":
            register.destroy(name, "erasure", 7)
            gone.add(name)
        elif act in ("reopen", "backup", "restore"):
            register.close()
            if act == "backup":
                place.backup()
                kept = dict(known)
            if act == "restore":
                place.restore()
                known = dict(kept)
            register = place.open()
        known = {each: key for each, key in known.items() if each not in gone}
        assert {row[0] for row in list(register.keys())} == set(known)
        for each in names:
            if each in gone:
                with refused(register, each):
                    pass
            elif each in known:
                assert register.open(each) == known[each]
    register.close()


# --- rotation


def test_rewrap_moves_every_key_and_opens_the_same(place: Place) -> None:
    register = place.open()
    made = {name: register.create(name) for name in (STORE, VAULT, ANOTHER)}
    before = register._provider.current()
    assert register.rewrap() == 0
    now = register._provider.rotate()
    seen: list[int] = []
    assert register.rewrap(seen.append) == 3
    assert seen == [1, 2, 3]
    assert register.counts() == {now: 3}
    known = read_key_file(place.keys)
    write_key_file(place.keys, KeyFile(now, {now: known.keys[now]}))  # the old one is destroyed
    assert before not in read_key_file(place.keys).keys
    assert {name: place.open().open(name) for name in made} == made
    assert register.rewrap() == 0


def test_rewrap_goes_on_past_what_is_lost(place: Place) -> None:
    register = place.open()
    register.create(STORE)
    provider = register._provider
    first, second = provider.current(), provider.rotate()
    register.create(ANOTHER)
    third = provider.rotate()
    known = read_key_file(place.keys)
    write_key_file(place.keys, KeyFile(third, {name: known.keys[name] for name in (second, third)}))
    fresh = place.open()
    with pytest.raises(KeyLostError, match=r"1 data keys cannot .* 1 were"):
        fresh.rewrap()
    assert fresh.counts() == {first: 1, third: 1}


# --- faults


def test_a_key_provider_that_is_away_is_no_lost_key(place: Place) -> None:
    register = place.open()
    key = register.create(STORE)
    fresh = place.open()
    fresh._provider.away = register._provider.away = True  # type: ignore[attr-defined]
    assert register.open(STORE) == key  # for a minute: a call goes on
    for ask, name in ((fresh.open, STORE), (fresh.create, STORE), (fresh.create, ANOTHER)):
        with pytest.raises(KeyServiceError):
            ask(name)
    fresh.destroy(STORE, "erasure", 7)  # needs no provider
    with refused(register, STORE):
        assert [row[0] for row in list(fresh.keys())] == []
    fresh._provider.away = False  # type: ignore[attr-defined]
    assert fresh.create(ANOTHER)


def test_a_database_that_is_away_is_told_and_comes_back(tmp_path: Path) -> None:
    server = postgres.Server()
    try:
        place = Place(tmp_path, server.database())
        register = place.open()
        key = register.create(STORE)
        server.stop()
        for ask in (register.open, register.create, lambda n: register.destroy(n, "erasure", 7)):
            with pytest.raises(OutputError, match="database") as caught:
                ask(STORE if ask != register.create else ANOTHER)
            assert str(caught.value).isprintable()
        server.start()
        assert register.open(STORE) == key
        register.destroy(STORE, "erasure", 7)
        assert place.open().create(ANOTHER)
        assert [row[0] for row in list(place.open().keys())] == [ANOTHER]
    finally:
        server.remove()


def test_a_disk_that_takes_nothing_destroys_nothing(sqlite: Place) -> None:
    register = sqlite.open()
    register.create(STORE)
    sqlite.stones.mkdir()  # cannot be written
    with pytest.raises(CallShieldError):
        register.destroy(STORE, "erasure", 7)
    sqlite.stones.rmdir()
    assert register.open(STORE)


@pytest.mark.parametrize("url", ["", "mysql://a/b", "keys.sqlite3", "http://x"])
def test_a_url_that_is_none_is_told(tmp_path: Path, url: str) -> None:
    place = Place(tmp_path, url)
    with pytest.raises(ConfigError, match="sqlite:///"):
        place.open()


def test_a_register_of_a_newer_release_is_left_alone(place: Place) -> None:
    register = place.open()
    with register._base.begin() as db:
        db.exec_driver_sql("UPDATE register_state SET schema_version = 9")
    with pytest.raises(ConfigError, match="upgrade"):
        place.open()


def test_no_password_of_a_database_is_shown(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        Place(tmp_path, "postgresql://callshield:hunter2@127.0.0.1:9/none").open()
    assert "hunter2" not in str(caught.value)


def test_two_processes_destroy_at_the_same_time(sqlite: Place) -> None:
    script = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from test_key_register import *\n"
        f"place = Place(Path({str(sqlite.folder)!r}), {sqlite.url!r})\n"
        "register = place.open()\n"
        "for n in range(20):\n"
        "    name = KeyName('acme', f'c-{n}', 1, Use.STORE)\n"
        "    try: register.create(name)\n"
        "    except KeyLostError: pass\n"
        "    register.destroy(name, 'erasure', n)\n"
    )
    sqlite.open(), sqlite.keys
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    running = [
        subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "PYTHONPATH": path})
        for _ in range(2)
    ]
    assert [each.wait(120) for each in running] == [0, 0]
    assert len(list(Tombstones(sqlite.stones).all())) == 20
    assert list(sqlite.open().keys()) == []


# --- the command


def test_rotate_rewrap_and_list_by_command(tmp_path: Path) -> None:
    office = Office(tmp_path)
    assert office.call("tokens", "init", tmp_path / "issuer.pem", tmp_path / "issuer.pub").code == 0
    place = Place(tmp_path, f"sqlite:///{tmp_path}/register.sqlite3")
    key = place.open().create(STORE)
    env = {**office.env, "CALLSHIELD_KEYS_FILE": str(place.keys), "CALLSHIELD_KEY_REGISTER": place.url,
           "CALLSHIELD_TOMBSTONES_FILE": str(place.stones)}  # fmt: skip
    before = here("keys", "list", "--json", env=env).document
    assert before == {"provider": "file", "current": before["current"], "keys": {before["current"]: 1}}
    for words in (("rotate",), ("rewrap",)):
        result = here("keys", *words, "--token-file", office.token("reader"), env=env)
        assert (result.code, "role operator" in result.error) == (6, True)
    token = office.token("operator")
    assert here("keys", "rotate", "--token-file", token, env=env).code == 0
    assert "1 of 1" in here("keys", "rewrap", "--token-file", token, env=env).out
    after = here("keys", "list", "--json", env=env).document
    assert after["keys"] == {after["current"]: 1}
    assert after["current"] != before["current"]
    assert "1 data keys  current" in here("keys", "list", env=env).out
    destroy = ("keys", "destroy", place.keys, before["current"], "--yes")
    assert here(*destroy, env=env).code == 6
    assert here(*destroy, "--token-file", token, env=env).code == 0
    assert here(*destroy, "--token-file", token, env=env).code == 2
    place.open().destroy(ANOTHER, "erasure", 7)
    assert here("keys", "verify", "--json", env=env).document == {"tombstones": 1, "buried": 0}
    assert here("keys", "verify", env=env).out == "1 tombstones, nothing wrong\n"
    assert place.open().open(STORE) == key
    acts = [e.act for act in ("keys.rotate", "keys.rotated", "keys.rewrap", "keys.rewrapped", "keys.destroy")
            for e in office.entries(act)]  # fmt: skip
    assert acts == ["keys.rotate", "keys.rotated", "keys.rewrap", "keys.rewrapped", "keys.destroy"]
    assert here("audit", "verify", env=env).code == 0
