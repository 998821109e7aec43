"""What static tools say of the image, the services and the alarms, since no engine runs them here."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMPOSE = ("docker-compose.yml", "deploy/compose.intake.yml", "deploy/compose.secure.yml")
PROMETHEUS = ROOT / "deploy" / "prometheus"
BIN = Path(sys.executable).parent  # of the environment tests run in, whether or not it is on the PATH


def run(tool: str, *words: object) -> subprocess.CompletedProcess[str]:
    found = shutil.which(tool, path=str(BIN)) or shutil.which(tool)
    assert found, f"{tool} is not installed: make setup"
    return subprocess.run([found, *map(str, words)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def compose(path: Path) -> subprocess.CompletedProcess[str]:
    return run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", path)


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    done = run("hadolint", "Dockerfile")
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_hadolint_would_find_something(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:latest\nRUN apt-get install -y curl\n", encoding="utf-8")
    done = run("hadolint", tmp_path / "Dockerfile")
    assert done.returncode != 0
    assert "DL3007" in done.stdout


@pytest.mark.parametrize("name", COMPOSE)
def test_services_are_valid_by_the_schema_of_compose(name: str) -> None:
    done = compose(ROOT / name)
    assert done.returncode == 0, done.stdout


def test_the_schema_of_compose_would_find_something(tmp_path: Path) -> None:
    (tmp_path / "c.yml").write_text("services: {a: {image: b, no_such_key: 1}}\n", encoding="utf-8")
    assert compose(tmp_path / "c.yml").returncode != 0


@pytest.mark.parametrize(
    "words",
    [
        ("check", "config", "--syntax-only", PROMETHEUS / "prometheus.yml"),
        ("check", "rules", PROMETHEUS / "rules" / "callshield.yml"),
        ("test", "rules", PROMETHEUS / "rules_test.yml"),
    ],
    ids=["config", "rules", "alarms"],
)
def test_promtool_accepts_what_prometheus_reads(words: tuple[object, ...]) -> None:
    assert shutil.which("promtool"), "promtool is not installed: apt-get install prometheus"
    done = run("promtool", *words)
    assert done.returncode == 0, done.stdout + done.stderr
