"""The folder hash: equal exactly for equal content, and the one that sha256sum gives."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters import model_hash
from pipeline.adapters.model_hash import folder_sha256
from pipeline.core.errors import ModelError

REPO = Path(__file__).parents[1]

TREES = st.dictionaries(
    st.lists(st.sampled_from(["a", "b", "ä", "a b", "Z"]), min_size=1, max_size=3).map("/".join),
    st.binary(max_size=8),
    min_size=1,
    max_size=6,
).filter(lambda tree: not any(f"{one}/" in f"{other}/" for one in tree for other in tree if one != other))


def plant(root: Path, tree: dict[str, bytes]) -> Path:
    for name, content in tree.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


@given(TREES, TREES)
def test_folders_hash_alike_exactly_if_they_hold_the_same(
    tmp_path_factory: pytest.TempPathFactory, one: dict[str, bytes], other: dict[str, bytes]
) -> None:
    first, second = plant(tmp_path_factory.mktemp("one"), one), plant(tmp_path_factory.mktemp("other"), other)
    assert (folder_sha256(first) == folder_sha256(second)) == (one == other)
    again = plant(tmp_path_factory.mktemp("again"), dict(reversed(one.items())))
    assert folder_sha256(again) == folder_sha256(first)


def test_the_folder_hash_is_the_one_the_readme_tells_to_compute(tmp_path: Path) -> None:
    plant(tmp_path, {"b/ä": b"1", "a": b"22", "b-c": b"", "B": b"4"})
    recipe = [line for line in (REPO / "models/README.md").read_text().splitlines() if "sha256sum | sha256sum" in line]
    shell = subprocess.run(["sh", "-c", recipe[0]], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert shell.stdout.split()[0] == folder_sha256(tmp_path)


def test_folders_that_cannot_be_held_to_a_hash_are_refused(tmp_path: Path) -> None:
    for name, make in {
        "empty": lambda p: p.mkdir(),
        "pipe": lambda p: (p.mkdir(), os.mkfifo(p / "f")),
        "dangling": lambda p: (p.mkdir(), (p / "f").symlink_to("nothing")),
        "line": lambda p: (p.mkdir(), (p / "a\nb").write_text("")),
    }.items():
        make(tmp_path / name)
        with pytest.raises(ModelError):
            folder_sha256(tmp_path / name)


def test_large_files_are_hashed_in_full(tmp_path: Path) -> None:
    content = os.urandom(model_hash.READ_BYTES * 2 + 17)
    (tmp_path / "big").write_bytes(content)
    assert model_hash.file_sha256(tmp_path / "big") == hashlib.sha256(content).hexdigest()
