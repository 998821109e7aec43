"""The detector's hash: another byte in a rule, another detector; anything else, the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.adapters import detector
from pipeline.adapters.detector import HOME, detector_sha256

RULES = (
    "core/judge.py",
    "core/spoken/vocabulary.py",
    "core/entities/pin.py",
    "adapters/questions.yaml",
    "adapters/tagger.py",
    "adapters/lists/given.txt",
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the package."""
    return Path(shutil.copytree(HOME, tmp_path / "elsewhere", ignore=shutil.ignore_patterns("__pycache__")))


def test_it_does_not_depend_on_where_the_package_lies(tree: Path) -> None:
    assert detector_sha256(tree) == detector_sha256()
    (tree / "core" / "__pycache__").mkdir()
    (tree / "core" / "__pycache__" / "judge.cpython-311.pyc").write_bytes(b"x")
    (tree / "cli" / "main.py").write_bytes(b"x")
    assert detector_sha256(tree) == detector_sha256()


@pytest.mark.parametrize("rule", RULES)
def test_one_byte_of_a_rule_changes_it(tree: Path, rule: str) -> None:
    content = (tree / rule).read_bytes()
    (tree / rule).write_bytes(content[:-1] + b" ")
    assert detector_sha256(tree) != detector_sha256()


def test_a_rule_more_less_or_renamed_changes_it(tree: Path) -> None:
    seen = {detector_sha256(tree)}
    (tree / "core/entities/pin.py").rename(tree / "core/entities/pim.py")
    seen.add(detector_sha256(tree))
    (tree / "core/entities/pim.py").unlink()
    seen.add(detector_sha256(tree))
    (tree / "core/more.py").write_bytes(b"")
    seen.add(detector_sha256(tree))
    assert len(seen) == 4


def test_another_model_of_meaning_changes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = detector_sha256()
    monkeypatch.setattr(detector, "version", lambda name: f"{name} 0")
    assert detector_sha256() != before
