"""Fetching: what arrives is checked before it is used, whatever the server does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from model_site import FILES, QUICK, Bench, serving, sha256, zip_of

from pipeline.adapters.model_fetch import fetch
from pipeline.adapters.model_hash import folder_sha256
from pipeline.adapters.model_lock import WORK_FOLDER, Trust, exclusive
from pipeline.core.errors import ModelError


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving() as site:
        yield Bench(site, tmp_path / "models")


# --- fetch: the good ways ---


def test_fetch_downloads_checks_unpacks_and_records(bench: Bench) -> None:
    seen: list[tuple[int, int | None]] = []
    done = fetch(bench.store, "m", progress=lambda there, total: seen.append((there, total)), patience=QUICK)
    size = len(bench.site.content)
    assert seen[0] == (0, size)
    assert seen[-1] == (size, size)
    assert (done.new, done.trust, done.archive_sha256) == (True, Trust.REGISTRY, sha256(bench.site.content))
    assert {n: (bench.models_dir / n).read_bytes() for n in FILES} == FILES
    assert done.model.sha256 == folder_sha256(bench.models_dir / "m")
    assert bench.store.locate("m") == done.model
    assert not bench.part.exists()
    assert not bench.left_over()


def test_fetch_of_what_is_here_asks_the_network_nothing(bench: Bench) -> None:
    bench.fetch()
    assert bench.fetch().new is False
    assert len(bench.site.asked) == 1
    assert bench.fetch(force=True).new is True
    assert len(bench.site.asked) == 2


def test_a_dropped_connection_is_resumed_in_the_same_run(bench: Bench) -> None:
    bench.site.script = [
        "drop:1000",
        "drop:500",
        "drop:700",
        "drop:600",
    ]  # more drops than attempts: each got further
    assert bench.fetch().new
    assert bench.site.asked == [None, "bytes=1000-", "bytes=1500-", "bytes=2200-", "bytes=2800-"]


def test_a_broken_run_keeps_its_part_and_the_next_goes_on(bench: Bench) -> None:
    bench.site.script = ["drop:1000", "drop:0", "status:503", "status:503"]
    with pytest.raises(ModelError, match=r"503.*run the same command again"):
        bench.fetch()
    assert bench.part.stat().st_size == 1000
    assert bench.fetch().new
    assert bench.site.asked[-1] == "bytes=1000-"


@pytest.mark.parametrize("how", ["no-range", "no-etag"])
def test_a_server_that_cannot_resume_is_asked_for_all(bench: Bench, how: str) -> None:
    bench.site.script = ["drop:1000" if how == "no-range" else "no-etag", how]
    if how == "no-etag":
        bench.part.parent.mkdir(parents=True)
        bench.part.write_bytes(bench.site.content[:1000])  # no validator is known for these bytes
    assert bench.fetch().new
    assert bench.site.asked[-1] == ("bytes=1000-" if how == "no-range" else None)


def test_content_that_changed_in_between_is_not_mixed(bench: Bench) -> None:
    old = bench.site.content
    bench.site.script = ["drop:1000"] + ["status:500"] * 3
    with pytest.raises(ModelError):
        bench.fetch()
    bench.site.content, bench.site.etag = zip_of({**FILES, "m/new": b"n"}), '"two"'
    bench.register()
    assert bench.fetch().archive_sha256 == sha256(bench.site.content) != sha256(old)


def test_a_part_that_is_complete_already_is_used(bench: Bench) -> None:
    bench.register(pinned=False)
    bench.part.parent.mkdir(parents=True)
    bench.part.write_bytes(bench.site.content)
    note = {"address": f"{bench.site.url}/m.zip", "validator": bench.site.etag}
    bench.part.with_name("m.part.json").write_text(json.dumps(note))
    assert bench.fetch(sha256=sha256(bench.site.content)).trust is Trust.GIVEN
    assert bench.site.asked == [f"bytes={len(bench.site.content)}-"]  # answered by 416 */size


def test_a_part_of_another_address_is_not_gone_on_with(bench: Bench) -> None:
    bench.part.parent.mkdir(parents=True)
    bench.part.write_bytes(b"?" * 1000)
    note = {"address": "https://example.org/m.zip", "validator": bench.site.etag}
    bench.part.with_name("m.part.json").write_text(json.dumps(note))
    assert bench.fetch().new
    assert bench.site.asked == [None]


def test_a_body_without_length_is_taken_if_it_verifies(bench: Bench) -> None:
    bench.site.script = ["no-length"]
    assert bench.fetch().new


def test_redirects_are_followed(bench: Bench) -> None:
    bench.register(address=f"{bench.site.url}/go/m.zip")
    bench.site.script = ["redirect"]
    assert bench.fetch().new


def test_an_archive_brought_by_hand_is_checked_like_a_download(bench: Bench, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    good.write_bytes(bench.site.content)
    bad.write_bytes(zip_of({"m/am/final.mdl": b"other"}))
    with pytest.raises(ModelError, match="must have"):
        bench.fetch(archive=bad)
    with pytest.raises(ModelError, match="there is no archive"):
        bench.fetch(archive=tmp_path / "none.zip")
    assert bench.fetch(archive=good).new
    assert bench.site.asked == []
    assert good.exists()
    assert bad.exists()


# --- fetch: the bad ways ---


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (["status:404"], "answered 404"),
        (["status:403"], "answered 403"),
        (["status:500"] * 3, "answered 500"),
        (["drop:10", "drop:0", "drop:0", "drop:0"], "broke off after 10 of"),
        (["drop:10"] + ["wrong-range"] * 3, "another part"),
        (["longer:1"], "the server offers"),
        (["redirect:1"], "not https"),
    ],
)
def test_a_bad_server_gives_one_line_and_no_model(bench: Bench, script: list[str], message: str) -> None:
    bench.site.script = script
    with pytest.raises(ModelError, match=message) as caught:
        bench.fetch()
    assert "\n" not in str(caught.value)
    assert not (bench.models_dir / "m").exists()
    assert not bench.left_over()
    assert bench.fetch().new  # and nothing is left behind that stands in the way


def test_an_unreachable_server_gives_one_line(bench: Bench) -> None:
    bench.register(address="http://127.0.0.1:1/m.zip")
    with pytest.raises(ModelError, match=r"Connection refused.*--from FILE") as caught:
        bench.fetch()
    assert "\n" not in str(caught.value)


def test_a_body_without_length_stops_at_the_registered_size(bench: Bench) -> None:
    bench.register(size_bytes=5000)
    bench.site.script = ["no-length"]
    with pytest.raises(ModelError, match="more than it announced"):
        bench.fetch()
    assert not bench.part.exists()


def test_a_wrong_hash_deletes_the_download_and_installs_nothing(bench: Bench) -> None:
    bench.register(sha256="0" * 64)
    with pytest.raises(ModelError, match=r"must have 0000.*deleted"):
        bench.fetch()
    assert not bench.part.exists()
    assert not (bench.models_dir / "m").exists()
    assert bench.store.find("vosk", "en") is None


def test_a_wrong_hash_is_found_before_unpacking(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    monkeypatch.setattr("pipeline.adapters.model_fetch.unpack", lambda archive, *_: opened.append(archive))
    bench.register(sha256="0" * 64)
    with pytest.raises(ModelError, match="must have"):
        bench.fetch()
    assert opened == []


def test_a_failed_fetch_leaves_the_installed_model_alone(bench: Bench) -> None:
    before = bench.fetch().model
    bench.register(sha256="0" * 64)
    with pytest.raises(ModelError, match="must have"):
        bench.fetch(force=True)
    bench.register()
    assert bench.store.locate("m") == before


def test_a_move_that_fails_puts_the_old_model_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    before = bench.fetch().model
    move = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if target == bench.models_dir / "m" and self.parent.name == "new":
            raise OSError(28, "No space left on device")
        return move(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(ModelError, match="No space left"):
        bench.fetch(force=True)
    assert bench.store.locate("m") == before
    assert not bench.left_over()


def test_an_archive_of_something_else_is_refused(bench: Bench) -> None:
    bench.site.content = zip_of({"m/readme.txt": b"hello"})
    bench.register()
    with pytest.raises(ModelError, match="holds no vosk model"):
        bench.fetch()
    assert not (bench.models_dir / "m").exists()
    assert not bench.left_over()


def test_two_commands_cannot_change_the_folder_at_once(bench: Bench) -> None:
    with exclusive(bench.models_dir), pytest.raises(ModelError, match="another command"):
        bench.fetch()


def test_an_unwritable_models_folder_is_one_line(bench: Bench) -> None:
    shutil.rmtree(bench.models_dir / WORK_FOLDER, ignore_errors=True)
    (bench.models_dir / WORK_FOLDER).write_text("in the way")
    with pytest.raises(ModelError, match="cannot write into"):
        bench.fetch()


# --- models without a registered hash ---


def test_an_unpinned_model_is_not_fetched_in_silence(bench: Bench) -> None:
    bench.register(pinned=False)
    with pytest.raises(ModelError, match="--trust-first-use"):
        bench.fetch()
    assert bench.site.asked == []


def test_a_given_hash_decides(bench: Bench) -> None:
    bench.register(pinned=False)
    with pytest.raises(ModelError, match="must have ffff"):
        bench.fetch(sha256="f" * 64)
    with pytest.raises(ModelError, match="64 hexadecimal"):
        bench.fetch(sha256="abc")
    assert bench.fetch(sha256=sha256(bench.site.content).upper()).trust is Trust.GIVEN


def test_a_given_hash_cannot_overrule_the_registry(bench: Bench) -> None:
    with pytest.raises(ModelError, match="the registry says"):
        bench.fetch(sha256="f" * 64)
    bench.register(sha256="0" * 64)
    with pytest.raises(ModelError, match="must have"):  # nor can trust on first use
        bench.fetch(trust_first_use=True)


def test_first_use_is_trusted_once_only(bench: Bench) -> None:
    bench.register(pinned=False)
    assert bench.fetch(trust_first_use=True).trust is Trust.FIRST_USE
    assert bench.store.locate("m").path == bench.models_dir / "m"
    bench.site.content, bench.site.etag = zip_of({**FILES, "m/new": b"n"}), '"two"'
    with pytest.raises(ModelError, match="must have"):
        bench.fetch(trust_first_use=True, force=True)
    assert bench.store.locate("m").sha256 == folder_sha256(bench.models_dir / "m")


def test_a_bad_archive_taken_on_trust_is_not_met_again(bench: Bench) -> None:
    good = bench.site.content
    bench.site.content = b"<html>not an archive</html>"
    bench.register(pinned=False)
    with pytest.raises(ModelError, match="neither a zip nor"):
        bench.fetch(trust_first_use=True)
    assert not bench.part.exists()
    bench.site.content = good
    assert bench.fetch(trust_first_use=True).new
