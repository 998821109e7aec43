"""One suite over every object store: a folder, a bucket of a real S3 server (of s3.py) and of moto's, memory.
And what only one of them can do."""

from __future__ import annotations

import errno
import http.client
import os
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import aws
import pytest
import s3
from obstore.store import MemoryStore

from pipeline.adapters.objects import (
    BUCKET_BATCH_MS,
    FOLDER_BATCH_MS,
    WRITTEN_ONCE,
    StoreObjects,
    batch_ms,
    open_objects,
)
from pipeline.core.errors import ConfigError, OutputError, OverwriteError
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


@pytest.fixture(params=["folder", "s3", "moto", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Objects:
    if request.param == "memory":
        return StoreObjects(MemoryStore())
    if request.param == "folder":
        return open_objects(f"file://{tmp_path}/deep/store")
    server = aws if request.param == "moto" else s3
    server.reachable(monkeypatch)
    return open_objects(f"s3://{server.bucket()}/some/prefix")


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

    def put(name: str, number: int) -> bool:
        gate.wait()
        return store.put(name, bytes([number]) * 100_000)

    with ThreadPoolExecutor(8) as pool:
        for name in (f"a/b/{number}" for number in range(20)):
            won = list(pool.map(partial(put, name), range(8)))
            assert won.count(True) == 1
            assert store.get(name) == bytes([won.index(True)]) * 100_000


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
    s3.reachable(monkeypatch)
    store = open_objects("s3://none-of-ours")
    for ask in (lambda: store.put("secret-name", b""), lambda: list(store.names("secret-name/"))):
        with pytest.raises(OutputError, match="tried again") as caught:
            ask()
        assert "secret-name" not in str(caught.value)
    s3.reachable(monkeypatch, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    with pytest.raises(OutputError, match="tried again"):
        open_objects("s3://b").get("a")


class Heedless(BaseHTTPRequestHandler):
    """What stands before moto's server: it drops If-None-Match, as services of old did, or answers it with a status."""

    protocol_version = "HTTP/1.1"
    status = 0

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.status and self.headers.get("If-None-Match"):
            self._answer(self.status, b"")
            return
        to = http.client.HTTPConnection(urlsplit(aws.endpoint()).netloc)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "if-none-match"}
        to.request(self.command, self.path, body, headers)
        answer = to.getresponse()
        self._answer(answer.status, answer.read(), ETag=answer.headers.get("ETag", ""))
        to.close()

    do_GET = do_PUT  # noqa: N815

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def heedless(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket of such a service, which the clients talk to."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Heedless)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    aws.reachable(monkeypatch, f"http://127.0.0.1:{server.server_port}")
    yield aws.bucket()
    server.shutdown()
    server.server_close()


def test_nothing_is_kept_where_it_could_be_written_over(heedless: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):  # a worker that starts again finds what the first one tried
        store = open_objects(f"s3://{heedless}/calls")
        for _ in range(2):
            with pytest.raises(OverwriteError, match=r"^CALLSHIELD_STORE_URL: .* writes over what lies there"):
                store.put("a/b", b"x")
        assert store.get("a/b") is None
    aws.reachable(monkeypatch)
    mended = open_objects(f"s3://{heedless}/calls")
    assert mended.put("a/b", b"x")
    assert not mended.put("a/b", b"y")
    assert [name for name, _ in mended.names("")] == ["a/b"], f"{WRITTEN_ONCE} is no call's"


@pytest.mark.parametrize("status", [400, 501])
def test_a_service_that_takes_no_condition_keeps_nothing(
    heedless: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Heedless, "status", status)
    store = open_objects(f"s3://{heedless}/calls")
    with pytest.raises(OutputError, match="does not take or give it"):
        store.put("a/b", b"x")
    assert store.get("a/b") is None


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
