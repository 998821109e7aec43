"""The store when something of it fails or was touched: a bucket, a database or a key that is away, a worker killed
between any two writes, objects changed by somebody else. Nothing is lost, nothing leaks, the call is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import s3
from postgres import server
from shelves import Shelves
from test_store import AUDIO, STARTED_MS, Bench, block, finding, head, lying, manifest, part, samples, stream

from pipeline.adapters.sealed_object import seal
from pipeline.core.errors import (
    CallShieldError,
    KeyLostError,
    KeyServiceError,
    OutputError,
    TamperedError,
)
from pipeline.ports.key_register import KeyName, Use

KEY = KeyName("acme", "c1", STARTED_MS, Use.STORE)
BASE = f"acme/2026-01-02/c1/{STARTED_MS}/"


class KilledError(BaseException):
    """kill -9: nothing after it runs but what the system does."""


class Dying:
    """Objects and index that count writes and die at one of them: before it was done, or after."""

    def __init__(self, bench: Bench, patch: pytest.MonkeyPatch) -> None:
        self.count, self.at, self.after = 0, 0, False
        objects, index = bench.shelves.calls.objects, bench.shelves.index
        for owner, name in ((objects, "put"), (objects, "delete"), (index, "begin")):
            patch.setattr(owner, name, self._dies(getattr(owner, name)))

    def _dies(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def instead(*args: Any, **more: Any) -> Any:
            self.count += 1
            if self.count == self.at and not self.after:
                raise KilledError
            done = real(*args, **more)
            if self.count == self.at and self.after:
                if hasattr(done, "__enter__"):  # a transaction, and it was not committed
                    done.__enter__()
                    done.__exit__(KilledError, KilledError(), None)
                raise KilledError
            return done

        return instead


@pytest.fixture(params=["folder", "s3 and postgresql"])
def bench(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    if request.param == "folder":
        return Bench(tmp_path)
    s3.reachable(monkeypatch)
    return Bench(tmp_path, f"s3://{s3.bucket()}/calls", server().database())


def send(bench: Bench, pcm: np.ndarray) -> None:
    findings = (finding(5, 60), finding(700, 800, 1, "PIN"))
    bench.send(part(0), block(pcm, 0, 500, findings=findings))
    bench.run()
    bench.send(block(pcm, 500, 1000, findings=findings), part(1, last=True))


def whole(bench: Bench, pcm: np.ndarray) -> None:
    """The call is what it must be, and nothing else lies there."""
    assert bench.open == []
    assert bench.dead == []
    assert np.array_equal(samples(bench), pcm)
    assert [len(s) for s in manifest(bench)["hidden"].values()] == [1, 1]
    assert lying(bench) == ["manifest", "recording", "transcript"]
    (row,) = bench.shelves.rows()
    assert (row["state"], row["duration_ms"], row["bytes"]) == ("stored", 125, sum(s for _, s in sizes(bench)))


def sizes(bench: Bench) -> Iterator[tuple[str, int]]:
    return bench.shelves.calls.objects.names(BASE)


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_write_the_call_is_the_same(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    """Every write in turn: each on a store of its own, gone on with by another worker."""
    pcm, deaths = stream(1000), 0
    for at in range(1, 30):
        fresh = Bench(tmp_path / str(at), *urls(bench))
        with monkeypatch.context() as patch:
            dying = Dying(fresh, patch)
            dying.at, dying.after = at, after
            try:
                send(fresh, pcm)
                fresh.run()
            except KilledError:
                deaths += 1
        fresh.crash()
        if not any(r.topic == AUDIO and r.message.last for r in fresh.log):  # type: ignore[union-attr]
            fresh.send(block(pcm, 500, 1000, findings=(finding(700, 800, 1, "PIN"),)), part(1, last=True))
        fresh.run()
        whole(fresh, pcm)
        if dying.count < at:
            break
    assert deaths >= 7, "two parts, recording, transcript, manifest, the index, what is left"
    assert deaths == at - 1


def urls(bench: Bench) -> tuple[str, ...]:
    """A bucket and a database of its own, if the bench has."""
    if not bench.shelves.environment["CALLSHIELD_STORE_URL"].startswith("s3:"):
        return ()
    return f"s3://{s3.bucket()}/calls", server().database()


def test_two_workers_with_the_same_call_make_it_once(bench: Bench) -> None:
    """Both read all of it, and finish it at the same time."""
    pcm = stream(1000)
    send(bench, pcm)
    other = Bench.__new__(Bench)
    other.__dict__.update(bench.__dict__)
    other.done = set()
    other.crash()
    bench.read()
    other.read()
    for _ in range(3):
        bench.wait(1000)
        other.wait(1000)
    assert bench.open == other.open == []
    whole(bench, pcm)


# --- away


AWAY: dict[str, tuple[str, str, type[CallShieldError]]] = {
    "bucket, writing": ("calls.objects", "put", OutputError),
    "bucket, reading": ("calls.objects", "get", OutputError),
    "bucket, listing": ("calls.objects", "names", OutputError),
    "index": ("index", "begin", OutputError),
    "register": ("calls.register", "open", OutputError),
    "register, making keys": ("calls.register", "create", KeyServiceError),
    "key provider": ("calls.register", "open", KeyServiceError),
    "key-encryption key": ("calls.register", "open", KeyLostError),
    "tombstones, opening": ("calls.register", "tombstone", TamperedError),
    "tombstones, writing": ("calls.register", "open", TamperedError),
}


@pytest.mark.parametrize("away", AWAY)
def test_what_is_away_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, away: str) -> None:
    bench, pcm = Bench(tmp_path), stream(1000)
    path, method, error = AWAY[away]
    owner: Any = bench.shelves
    for name in path.split("."):
        owner = getattr(owner, name)

    def fails(*_: object, **__: object) -> None:
        raise error("away")

    with monkeypatch.context() as patch:
        patch.setattr(owner, method, fails)
        send(bench, pcm)
        bench.run()
        for _ in range(40):
            bench.wait(1000)
        assert (AUDIO, 1) in bench.open
        assert bench.meter.values["output_errors_total"] >= 5
        bench.crash()
        bench.run()
    bench.wait(60_000)
    bench.run()
    bench.wait(60_000)
    whole(bench, pcm)


def test_a_real_database_that_stops_and_comes_back(tmp_path: Path) -> None:
    """PostgreSQL is stopped as by a power cut: the call is kept meanwhile, its row comes after."""
    base, pcm = server(), stream(1000)
    bench = Bench(tmp_path, "", base.database())
    base.stop()
    try:
        send(bench, pcm)
        bench.run()
        assert bench.open == [(AUDIO, 1)], "only the last block waits"
        assert "manifest" in lying(bench)
    finally:
        base.start()
    bench.wait(60_000)
    bench.wait(0)
    whole(bench, pcm)


def test_a_real_bucket_that_is_not_there_and_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    s3.reachable(monkeypatch, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    pcm = stream(1000)
    bench = Bench(tmp_path, f"s3://{s3.bucket()}/calls")
    send(bench, pcm)
    bench.run()
    assert len(bench.open) == 4
    s3.reachable(monkeypatch)
    bench.shelves.open()
    bench.shelf = bench.shelves.shelf()
    bench.crash()
    bench.run()
    whole(bench, pcm)


# --- touched by somebody else


def stored(bench: Bench, pcm: np.ndarray) -> dict[str, bytes]:
    """A finished call's objects by their kinds."""
    send(bench, pcm)
    bench.run()
    objects = bench.shelves.calls.objects
    return {n.removeprefix(BASE).partition("-")[0]: objects.get(n) or b"" for n, _ in objects.names(BASE)}


def replace(bench: Bench, kind: str, data: bytes | None) -> None:
    objects = bench.shelves.calls.objects
    (name,) = (n for n, _ in objects.names(BASE) if n.removeprefix(BASE).partition("-")[0] == kind)
    objects.delete(name)
    if data is not None:
        objects.put(name, data)


@pytest.mark.parametrize("kind", ["manifest", "recording", "transcript"])
def test_what_was_tampered_with_is_not_opened(bench: Bench, kind: str) -> None:
    found = stored(bench, stream(1000))
    data_key = bench.shelves.calls.register.open(KEY)
    name = next(n.removeprefix(BASE) for n, _ in sizes(bench) if kind in n)
    flipped = found[kind][:-1] + bytes([found[kind][-1] ^ 1])
    own = {"manifest": b"{}", "recording": b"another", "transcript": b"{}"}[kind]
    wrong = [flipped, found[kind][:-20], b"", found["recording" if kind != "recording" else "transcript"],
             seal(b"x" * 32, KEY, name, own)]  # fmt: skip
    if kind != "manifest":
        wrong += [seal(data_key, KEY, name, own)]  # who has the key cannot put another under a manifest either
    for data in wrong:
        replace(bench, kind, data)
        with pytest.raises(TamperedError):
            bench.shelves.stored.files(KEY)
    replace(bench, kind, None)
    with pytest.raises((TamperedError, OutputError)):
        bench.shelves.stored.files(KEY)
    replace_all(bench, kind, name, found[kind])
    assert bench.shelves.stored.files(KEY)


def replace_all(bench: Bench, kind: str, name: str, data: bytes) -> None:
    bench.shelves.calls.objects.put(BASE + name, data)


def test_a_part_that_was_tampered_with_stops_its_call_only(bench: Bench) -> None:
    pcm = stream(1000)
    bench.send(block(pcm, 0, 500), block(pcm, 0, 1000, head("c2")), part(0, last=True, call=head("c2")))
    bench.run()
    objects = bench.shelves.calls.objects
    (name,) = (n for n, _ in sizes(bench))
    good = objects.get(name) or b""
    objects.delete(name)
    objects.put(name, good[:-1] + bytes([good[-1] ^ 1]))
    bench.send(block(pcm, 500, 1000), part(0, last=True))
    bench.run()
    assert bench.open == []
    assert [(d.call, d.reason, d.start_sample) for d in bench.dead] == [("c1", "refused", 500)]
    assert [row["call"] for row in bench.shelves.rows()] == ["c2"]
    objects.delete(name)
    objects.put(name, good)  # from a backup; then its last message is sent again
    bench.dead.clear()
    bench.done -= {(AUDIO, 2)}
    bench.crash()
    bench.run()
    bench.wait(60_000)
    assert (bench.open, bench.dead) == ([], [])
    assert np.array_equal(samples(bench), pcm)


def test_under_another_register_nothing_opens(bench: Bench, tmp_path: Path) -> None:
    """The bucket and the index of yesterday, somewhere else."""
    stored(bench, stream(1000))
    kept = bench.shelves.environment
    other = Shelves(tmp_path / "other", kept["CALLSHIELD_STORE_URL"], kept["CALLSHIELD_INDEX_URL"])
    with pytest.raises(KeyLostError):
        other.stored.files(KEY)
    other.calls.register.create(KEY)
    with pytest.raises(TamperedError):
        other.stored.files(KEY)


def test_after_its_key_was_destroyed_nothing_is_kept_or_opened(bench: Bench) -> None:
    pcm = stream(1000)
    bench.send(part(0), block(pcm, 0, 500))
    bench.run()
    bench.shelves.calls.register.destroy(KEY, "withdrawal", 1)
    bench.send(block(pcm, 500, 1000), part(1, last=True))
    bench.run()
    bench.wait(60_000)
    bench.wait(0)
    assert (bench.open, bench.dead) == ([], [])
    assert bench.shelves.rows() == []
    assert lying(bench) == ["parts"], "what lay there cannot be opened, and goes with the next sweep"
    with pytest.raises(KeyLostError):
        bench.shelves.calls.get(KEY, next(n for n, _ in bench.shelves.calls.names(KEY)))


def test_nothing_is_ever_in_clear(bench: Bench, tmp_path: Path) -> None:
    """Every object and every file, while the call runs and after: neither words nor samples."""
    pcm = stream(1000)
    secret, sound = b"pelican brief", pcm[300:340].astype("<i2").tobytes()
    bench.send(part(0, secret.decode()), block(pcm, 0, 500))
    bench.run()
    clean(bench, tmp_path, secret, sound)
    bench.send(part(1, last=True), block(pcm, 500, 1000))
    bench.run()
    clean(bench, tmp_path, secret, sound, b"fLaC")
    assert b"pelican" in bench.shelves.stored.files(KEY)["transcript.json"]
    with pytest.raises(CallShieldError):
        bench.shelves.stored.incident(KEY)


def clean(bench: Bench, folder: Path, *secrets: bytes) -> None:
    objects = bench.shelves.calls.objects
    every = [objects.get(name) or b"" for name, _ in objects.names("")]
    every += [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert len(every) > 3
    assert not any(secret in data for data in every for secret in secrets)
