"""One suite over every object store: a folder, a bucket of an S3 server, memory. And what only one of them can do."""

from __future__ import annotations

import errno
import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import aws
import pytest
from obstore.store import MemoryStore

from pipeline.adapters.objects import BUCKET_BATCH_MS, FOLDER_BATCH_MS, StoreObjects, batch_ms, open_objects
from pipeline.core.errors import ConfigError, OutputError
from pipeline.ports.objects import Objects

NAMES = (
    "a/b/c",
    "a/b/c d",
    "a/b/ü-日本",
    "a/b/c#1",
    "a/b/c?d=e&f",
    "a/b/c%41",
    "a/b/+.x",
    "a/b/~:;,@=*'()[]",
    "acme/.x",
)


@pytest.fixture(params=["folder", "s3", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Objects:
    if request.param == "memory":
        return StoreObjects(MemoryStore())
    if request.param == "folder":
        return open_objects(f"file://{tmp_path}/deep/store")
    aws.reachable(monkeypatch)
    return open_objects(f"s3://{aws.bucket()}/some/prefix")


def test_what_is_put_is_got(store: Objects) -> None:
    assert list(store.names("")) == []
    for number, name in enumerate(NAMES):
        assert store.get(name) is None
        assert store.put(name, bytes([number]) * (number + 1))
    for number, name in enumerate(NAMES):
        assert store.get(name) == bytes([number]) * (number + 1)
    assert list(store.names("")) == sorted((name, number + 1) for number, name in enumerate(NAMES))


def test_what_is_there_stays_as_it_is(store: Objects) -> None:
    assert store.put("a/b", b"one")
    assert not store.put("a/b", b"two")
    assert store.get("a/b") == b"one"
    store.delete("a/b")
    store.delete("a/b")
    store.delete("never/was")
    assert store.get("a/b") is None
    assert store.put("a/b", b"two")
    assert store.get("a/b") == b"two"
    store.put("a/c", b"three")
    store.delete("a/b", "never/was", "a/c")
    store.delete()
    assert list(store.names("")) == []


def test_of_many_who_put_at_once_one_wins(store: Objects) -> None:
    gate = threading.Barrier(8)

    def put(number: int) -> bool:
        gate.wait()
        return store.put("a/b/c", bytes([number]) * 100_000)

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(put, range(8)))
    assert won.count(True) == 1
    assert store.get("a/b/c") == bytes([won.index(True)]) * 100_000


def test_names_are_listed_by_prefix(store: Objects) -> None:
    for name in ("a/b/1", "a/b/2", "a/bc/3", "b/4", "a/b.5"):
        store.put(name, b"")
    assert [n for n, _ in store.names("a/b")] == ["a/b.5", "a/b/1", "a/b/2", "a/bc/3"]
    assert [n for n, _ in store.names("a/b/")] == ["a/b/1", "a/b/2"]
    assert [n for n, _ in store.names("a/b/1")] == ["a/b/1"]
    assert [n for n, _ in store.names("c/")] == []
    assert [n for n, _ in store.names("")] == ["a/b.5", "a/b/1", "a/b/2", "a/bc/3", "b/4"]


def test_more_than_a_page_is_listed(store: Objects) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda n: store.put(f"p/{n:05d}", b"x"), range(1100)))
    assert [n for n, _ in store.names("p/")] == [f"p/{n:05d}" for n in range(1100)]


@pytest.mark.parametrize("size", [0, 1, (8 << 20) + 3])
def test_any_size(store: Objects, size: int) -> None:
    data = os.urandom(size)
    assert store.put("big", data)
    assert store.get("big") == data
    assert list(store.names("big")) == [("big", size)]


@pytest.mark.parametrize("name", ["", "/a", "a/", "a//b", "a/../b", ".", "a/./b", "a\\b", "a\nb", "x" * 901])
def test_what_is_no_name_is_refused(store: Objects, name: str) -> None:
    for ask in (store.get, store.delete, lambda n: store.put(n, b"")):
        with pytest.raises(ValueError, match="no name"):
            ask(name)


@pytest.mark.parametrize("url", ["", "s3://", "http://x/y", "file://host/x", "file:///", "s3://b/p?x=1"])
def test_what_is_no_url_is_told(url: str) -> None:
    with pytest.raises(ConfigError, match="CALLSHIELD_STORE_URL"):
        open_objects(url)


def test_a_running_call_goes_in_larger_pieces_to_a_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.reachable(monkeypatch)
    assert batch_ms(open_objects(str(tmp_path))) == FOLDER_BATCH_MS
    assert batch_ms(open_objects("s3://b")) == BUCKET_BATCH_MS


def test_a_bucket_that_is_not_there_or_away_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    aws.reachable(monkeypatch)
    store = open_objects("s3://none-of-ours")
    for ask in (lambda: store.put("secret-name", b""), lambda: list(store.names("secret-name/"))):
        with pytest.raises(OutputError, match="tried again") as caught:
            ask()
        assert "secret-name" not in str(caught.value)
    aws.reachable(monkeypatch, "http://127.0.0.1:9")
    with pytest.raises(OutputError, match="tried again"):
        open_objects("s3://b").get("a")


def test_a_folder_is_for_its_user_only(tmp_path: Path) -> None:
    store = open_objects(str(tmp_path / "new" / "store"))
    store.put("a/b/c", b"x")
    for place in ("new", "new/store", "new/store/a", "new/store/a/b"):
        assert stat.S_IMODE((tmp_path / place).stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new/store/a/b/c").stat().st_mode) & 0o077 == 0
    store.delete("a/b/c")
    assert not (tmp_path / "new" / "store" / "a").exists()


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_objects(str(tmp_path / "store"))
    real = os.write

    def full(fd: int, data: bytes) -> int:
        if len(data) <= 500:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(fd, bytes(data)[:500])

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.adapters.objects.os.write", full)
        with pytest.raises(OutputError, match="disk full"):
            store.put("a/b", b"x" * 1000)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []
    assert store.get("a/b") is None
    assert store.put("a/b", b"x" * 1000)


def test_what_a_killed_process_left_is_no_object(tmp_path: Path) -> None:
    store = open_objects(str(tmp_path))
    store.put("a/b", b"x")
    (tmp_path / "a" / ".b.partial-01234567").write_bytes(b"half")
    assert list(store.names("")) == [("a/b", 1)]


def test_a_folder_is_forced_to_the_disk_before_a_name_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, order = open_objects(str(tmp_path)), list[str]()
    sync, link = os.fsync, os.link

    def synced(fd: int) -> None:
        order.append("folder" if stat.S_ISDIR(os.fstat(fd).st_mode) else "file")
        sync(fd)

    def linked(*args: object, **more: object) -> None:
        order.append("name")
        link(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "link", linked)
    store.put("a/b/c", b"x")
    assert order[0] == "file"
    assert order[-3:] == ["folder"] * 3, "its own, and those of the two that were made"
