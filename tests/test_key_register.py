"""The key register: one key per call and use, the same for everybody; destroyed is destroyed, whatever is restored."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.adapters.key_register import SqlKeyRegister
from pipeline.adapters.keyring import KeyFile, add_key, write_key_file
from pipeline.adapters.keys.file import FileKeys
from pipeline.adapters.tombstones import Tombstones
from pipeline.core.errors import KeyLostError, TamperedError
from pipeline.ports.key_register import KeyName, Use

STORE = KeyName("acme", "c-1", 1_000, Use.STORE)
VAULT = KeyName("acme", "c-1", 1_000, Use.VAULT)


def key_file(folder: Path) -> Path:
    path = folder / "keys.json"
    if not path.exists():
        write_key_file(path, add_key(path, KeyFile("", {})))
    return path


def register(folder: Path, url: str = "") -> SqlKeyRegister:
    """As a process opens it."""
    url = url or f"sqlite:///{folder}/register.sqlite3"
    return SqlKeyRegister(url, Tombstones(folder / "tombstones.jsonl"), FileKeys(key_file(folder)))


def test_a_key_is_made_once_and_opens_for_everybody(tmp_path: Path) -> None:
    first, second = register(tmp_path), register(tmp_path)
    key = first.create(STORE)
    assert len(key) == 32
    assert first.create(STORE) == second.create(STORE) == second.open(STORE) == register(tmp_path).open(STORE) == key
    assert first.create(VAULT) != key
    with pytest.raises(KeyLostError, match="no key"):
        first.open(KeyName("acme", "c-1", 1_001, Use.STORE))
    assert [row[0] for row in list(first.keys())] == [STORE, VAULT]


def test_destroyed_is_destroyed_for_everybody(tmp_path: Path) -> None:
    first, second = register(tmp_path), register(tmp_path)
    first.create(STORE), first.create(VAULT)
    second.open(STORE)
    stone = first.destroy(STORE, "erasure", 7)
    assert (stone.name, stone.reason, stone.at_ms) == (STORE, "erasure", 7)
    for each in (first, second, register(tmp_path)):
        for ask in (each.open, each.create):
            with pytest.raises(KeyLostError, match="destroyed"):
                ask(STORE)
        assert each.tombstone(STORE) == stone
        assert each.open(VAULT)
    assert second.destroy(STORE, "retention", 9) == stone


def test_a_restored_register_destroys_again(tmp_path: Path) -> None:
    base = tmp_path / "register.sqlite3"
    with_key = register(tmp_path)
    with_key.create(STORE)
    with_key.close()
    shutil.copy(base, tmp_path / "backup")
    later = register(tmp_path)
    later.destroy(STORE, "erasure", 7)
    later.close()
    shutil.copy(tmp_path / "backup", base)
    with pytest.raises(KeyLostError):
        register(tmp_path).open(STORE)
    assert list(register(tmp_path).keys()) == []


def test_a_file_of_tombstones_that_lost_one_is_refused(tmp_path: Path) -> None:
    stones = tmp_path / "tombstones.jsonl"
    one = register(tmp_path)
    one.destroy(STORE, "erasure", 7)
    old = stones.read_bytes()
    one.destroy(VAULT, "erasure", 8)
    stones.write_bytes(old)
    with pytest.raises(TamperedError, match="restore the newest"):
        register(tmp_path)
    with pytest.raises(TamperedError):
        one.open(KeyName("acme", "c-2", 1, Use.STORE))
    stones.unlink()
    with pytest.raises(TamperedError):
        register(tmp_path)
