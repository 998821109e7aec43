"""`callshield keys`: a file is made once, rotated, listed without its keys; a key is destroyed on purpose only."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from command import here

from pipeline.adapters.keyring import Keyring, read_key_file
from pipeline.core.errors import KeyLostError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "keys.json"
    assert here("keys", "create", made).code == 0
    return made


def test_a_new_file_holds_one_key_for_its_owner_only_and_is_never_overwritten(path: Path) -> None:
    before = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(read_key_file(path).keys) == 1
    again = here("keys", "create", path)
    assert again.code == 2
    assert "exists" in again.error
    assert path.read_bytes() == before


def test_rotation_keeps_older_keys_and_makes_a_new_one_the_current(path: Path) -> None:
    before = read_key_file(path)
    sealed = Keyring(path).new()
    assert here("keys", "rotate", path).code == 0
    after = read_key_file(path)
    assert after.current != before.current
    assert before.keys.items() <= after.keys.items()
    assert Keyring(path).new().kek_id == after.current
    Keyring(path).cipher(sealed)


def test_the_list_names_keys_and_shows_none(path: Path) -> None:
    here("keys", "rotate", path)
    done, content = here("keys", "list", path), read_key_file(path)
    assert [line.split()[0] for line in done.out.splitlines()] == sorted(content.keys)
    assert [line.split()[0] for line in done.out.splitlines() if "current" in line] == [content.current]
    text = path.read_text(encoding="utf-8")
    secrets = [part for part in text.split('"') if part.endswith("=")]
    assert len(secrets) == 2
    assert not any(secret in done.out for secret in secrets)


def test_a_destroyed_key_opens_nothing_and_the_current_one_cannot_be(path: Path) -> None:
    old = read_key_file(path).current
    sealed = Keyring(path).new()
    refused = here("keys", "destroy", path, old, "--yes")
    assert (refused.code, "current" in refused.error) == (2, True)
    here("keys", "rotate", path)
    assert here("keys", "destroy", path, old, "--yes").code == 0
    assert old not in read_key_file(path).keys
    with pytest.raises(KeyLostError):
        Keyring(path).cipher(sealed)
    unknown = here("keys", "destroy", path, old, "--yes")
    assert (unknown.code, "keys list" in unknown.error) == (2, True)


def test_nobody_to_ask_and_no_yes_destroys_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = read_key_file(path).current
    here("keys", "rotate", path)
    monkeypatch.setattr("builtins.input", lambda *_: (_ for _ in ()).throw(EOFError))
    assert here("keys", "destroy", path, old).code != 0
    assert old in read_key_file(path).keys
