"""The S3 server tests stand on: who may ask it, what a kill leaves, and its script cleans up behind itself."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import aws
import pytest
import s3

from pipeline.adapters.objects import open_objects
from pipeline.core.errors import OutputError
from pipeline.ports.objects import Objects


@pytest.fixture
def server(tmp_path: Path) -> Iterator[s3.Server]:
    if s3.kind() != s3.S3PROXY:
        pytest.skip("this test needs a server of its own, to be killed: S3Proxy, by deploy/s3")
    made = s3.Server(tmp_path)
    yield made
    made.stop()


def opened(server: s3.Server, patch: pytest.MonkeyPatch) -> Objects:
    for name, value in server.variables.items():
        patch.setenv(name, value)
    return open_objects("s3://recordings/calls")


def refused(store: Objects) -> None:
    for ask in (lambda: store.put("a/c", b"y"), lambda: store.get("a/b"), lambda: list(store.names("a/"))):
        with pytest.raises(OutputError, match="AWS_ACCESS_KEY_ID may read") as caught:
            ask()
        assert "not-this-one" not in str(caught.value)


def test_a_key_that_is_not_its_own_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    if s3.kind() == s3.MOTO:
        pytest.skip("this test needs a real S3 server: moto's takes any key")
    name = s3.bucket()
    s3.reachable(monkeypatch)
    assert open_objects(f"s3://{name}").put("a/b", b"x")
    for wrong in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        s3.reachable(monkeypatch, **{wrong: "not-this-one"})
        refused(open_objects(f"s3://{name}"))


def test_what_was_put_outlives_a_kill(server: s3.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened(server, monkeypatch)
    s3.client(server.variables).create_bucket(Bucket="recordings")
    assert store.put("a/b", b"x" * 100_000)
    server.stop(kill=True)
    with pytest.raises(OutputError, match="tried again"):
        store.put("a/c", b"y")
    server.start()
    assert store.put("a/c", b"y"), "the same client goes on"
    assert not store.put("a/b", b"z")
    assert store.get("a/b") == b"x" * 100_000
    assert [name for name, _ in store.names("a/")] == ["a/b", "a/c"]


def test_the_script_removes_its_data_and_its_server_when_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if s3.kind() != s3.S3PROXY:
        pytest.skip("this test needs S3Proxy, by deploy/s3")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    words = [sys.executable, str(s3.DEPLOY / "server.py"), "--with-parent", "--bucket", "recordings"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as script:
        assert script.stdout is not None
        variables = dict(script.stdout.readline().strip().split("=", 1) for _ in range(4))
        children = Path(f"/proc/{script.pid}/task/{script.pid}/children").read_text().split()
        assert len(children) == 1
        assert [found["Name"] for found in s3.client(variables).list_buckets()["Buckets"]] == ["recordings"]
        (folder,) = tmp_path.glob("s3-*")
        assert {path.name: path.stat().st_mode & 0o077 for path in folder.iterdir() if path.is_file()} == {
            "key": 0,
            "s3proxy.conf": 0,
        }
        started = time.monotonic()
        script.terminate()
        assert script.wait(s3.STOP_S_MAX) == 0
        assert time.monotonic() - started < 10
    assert not any(Path(f"/proc/{child}").exists() for child in children)
    assert not list(tmp_path.glob("s3-*"))


def test_the_report_says_which_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(s3.ENVIRONMENT, raising=False)
    monkeypatch.setattr(s3, "java", lambda: True)
    monkeypatch.setattr(s3.shutil, "which", lambda name: name)
    assert s3.described().startswith("s3: S3Proxy 4.")
    monkeypatch.setattr(s3, "CACHE", tmp_path)
    assert "moto's server if it cannot" in s3.described()
    monkeypatch.setattr(s3.shutil, "which", lambda _: None)
    assert s3.described().startswith("s3: moto's server, no real one")
    monkeypatch.setenv(s3.ENVIRONMENT, f"{aws.endpoint()} the-key the-secret")
    assert aws.endpoint() in s3.described()
    assert "the-secret" not in s3.described()
