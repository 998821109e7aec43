"""The house rules that a machine can hold: imports, settings, dead modules, sizes and docstrings."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pipeline"
ENTRIES = ("pipeline.cli.main", "pipeline.__main__")  # the command, and python -m
MIGRATIONS = "pipeline.adapters.index.migrations"  # Alembic finds them by their folder
FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 60

FILES = sorted(PACKAGE.rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> Iterator[str]:
    """Names that may be modules, of all imports anywhere in a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{shown(path)}: relative import"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_there_is_something_to_check() -> None:
    assert len(FILES) > 50
    assert all(entry in {module(p) for p in FILES} for entry in ENTRIES)


def test_imports_run_one_way_and_core_is_pure() -> None:
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run(['--no-cache'])"]
    done = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_every_module_is_used() -> None:
    known = {module(p): p for p in FILES}
    reached: set[str] = set()
    left = [*ENTRIES, *(name for name in known if name.startswith(MIGRATIONS))]
    while left:
        name = left.pop()
        if name not in known or name in reached:
            continue
        reached.add(name)
        left += [name.rpartition(".")[0], *imported(known[name])]
    assert sorted(set(known) - reached) == []


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_the_environment_is_read_in_settings_only(path: Path) -> None:
    if path == PACKAGE / "settings.py":
        return
    names = {"environ", "environb", "getenv", "getenvb", "putenv"}
    found = [n.lineno for n in ast.walk(tree(path)) if isinstance(n, ast.Attribute) and n.attr in names]
    found += [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "os" and names & {a.name for a in node.names}
    ]
    assert found == []


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_files_and_functions_fit_a_screen_or_few(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= FILE_LINES_MAX
    if module(path).startswith(MIGRATIONS):  # tables, one after the other
        return
    long = [
        f"{node.name}: {size} lines"
        for node in ast.walk(tree(path))
        if isinstance(node, Function) and (size := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert long == []


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_what_others_use_is_described(path: Path) -> None:
    assert ast.get_docstring(tree(path)), "the module has no docstring"
    public = [n for n in tree(path).body if isinstance(n, Function | ast.ClassDef) and not n.name.startswith("_")]
    methods = [
        m
        for c in public
        if isinstance(c, ast.ClassDef)
        for m in c.body
        if isinstance(m, Function) and not m.name.startswith("_")
    ]
    assert [n.name for n in (*public, *methods) if not ast.get_docstring(n)] == []


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_nothing_is_left_for_later(path: Path) -> None:
    assert not re.search(r"#.*\b(TODO|FIXME|XXX)\b", path.read_text(encoding="utf-8"))
    bodies = [n for n in ast.walk(tree(path)) if isinstance(n, Function) and not _in_protocol(path, n)]
    stubs = [n.name for n in bodies if all(isinstance(s, ast.Pass | ast.Expr) and _says_nothing(s) for s in n.body)]
    assert stubs == []


def _says_nothing(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _in_protocol(path: Path, function: Function) -> bool:
    classes = [n for n in ast.walk(tree(path)) if isinstance(n, ast.ClassDef) and function in n.body]
    return any(isinstance(b, ast.Name) and b.id == "Protocol" for c in classes for b in c.bases)
