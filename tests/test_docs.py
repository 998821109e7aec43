"""The documents name everything there is, and nothing there is not."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from command import ROOT

from pipeline.adapters.policy_file import PRESETS
from pipeline.cli.main import app
from pipeline.core import errors
from pipeline.core.checks import RULES
from pipeline.core.entities import NAMES
from pipeline.core.finding import Reason
from pipeline.core.policy import DataClass, Late
from pipeline.core.tone import Action
from pipeline.core.topics import STAGES, topics
from pipeline.core.transcript import Role
from pipeline.settings import PREFIX, Settings

PAGES = sorted([ROOT / "README.md", ROOT / "models" / "README.md", *(ROOT / "docs").rglob("*.md")])
STANDARD = {"--help", "--install-completion", "--show-completion"}  # of every program made with Typer
UNFINISHED = re.compile(r"\bFIG_\w+|\bUNSEEN\b|\bTODO\b|\bTBD\b|\bXXX\b|\blorem\b")


@cache
def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def everything() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in PAGES)


def tables(text: str) -> Iterator[list[list[str]]]:
    """Every table of a page: rows of cells, the head first."""
    rows: list[list[str]] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))])
        elif rows:
            yield [rows[0], *rows[2:]]
            rows = []


def named(cell: str) -> list[str]:
    """What a cell says in code: "`--rate`, `--channels`" names two."""
    return re.findall(r"`([^`]+)`", cell)


def table(text: str, head: str) -> dict[str, list[str]]:
    """The rows of the tables whose first head is `head`, by each name in their first cell."""
    found: dict[str, list[str]] = {}
    for head_row, *rows in tables(text):
        if head_row[0].strip("`") == head:
            found |= {name: row for row in rows for name in named(row[0])}
    return found


def mentions(text: str, name: str) -> bool:
    """Whether `name` stands in the text whole, not as a part of another."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def missing(names: Iterable[str], text: str) -> list[str]:
    return sorted(name for name in names if not mentions(text, name))


def commands() -> dict[str, dict[str, Any]]:
    """Options by their long name, of every command by its full name."""
    found: dict[str, dict[str, Any]] = {}

    def walk(command: Any, path: tuple[str, ...]) -> None:
        found[" ".join(path)] = {
            name: option for option in command.params for name in option.opts if name.startswith("--")
        }
        for name, below in getattr(command, "commands", {}).items():
            walk(below, (*path, name))

    walk(typer.main.get_command(app), ("callshield",))
    return found


COMMANDS = commands()
OPTIONS = {name for options in COMMANDS.values() for name in options} - STANDARD
CLASSES = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, Exception)]


def test_there_is_something_to_document() -> None:
    """So that none of the checks below passes because it was given nothing."""
    assert {"callshield redact", "callshield eval", "callshield models fetch", "callshield policy check"} <= set(
        COMMANDS
    )
    assert {"--out", "--roles", "--force", "--trust-first-use", "--preset"} <= OPTIONS
    assert len(CLASSES) >= 6
    assert len(PAGES) >= 6


# --- settings


def test_the_table_of_settings_is_the_settings() -> None:
    rows = table(page("docs/cli.md"), "variable")
    assert rows.keys() == {PREFIX + name.upper() for name in Settings.model_fields}
    for name, setting in Settings.model_fields.items():
        default = "none" if setting.default in (None, "") else str(setting.default)
        assert rows[PREFIX + name.upper()][2].strip("`") == default, name


# --- commands and options


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_told_of(name: str) -> None:
    *group, last = name.split()
    listed = rf"{re.escape(' '.join(group))} [a-z|]*\b{last}\b"  # "callshield models list|fetch" names two
    assert mentions(everything(), name) or re.search(listed, everything())


def test_every_option_is_told_of() -> None:
    assert missing(OPTIONS, everything()) == []


def test_no_option_is_told_of_that_there_is_not() -> None:
    """But for those of other programs, which stand in lines that name them."""
    lines = [
        line
        for line in everything().splitlines()
        if not re.search(r"\b(pip|docker|podman|mypy|make|ruff|tests\.voice|tests\.bed)\b", line)
    ]
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]+", "\n".join(lines)))
    assert told - OPTIONS - STANDARD == set()


def sections(text: str) -> dict[str, str]:
    """By command, what stands under the heading that names it."""
    parts = re.split(r"^## ", text, flags=re.M)
    return {match[1]: part for part in parts if (match := re.match(r"`(callshield [a-z ]+)`\n", part))}


def test_every_table_of_options_is_that_of_its_command() -> None:
    tables_of = {name: rows for name, part in sections(page("docs/cli.md")).items() if (rows := table(part, "option"))}
    assert {"callshield redact", "callshield replay"} <= set(tables_of)
    for command, rows in tables_of.items():
        options = COMMANDS[command]
        assert {name for name in rows if name.startswith("--")} == set(options) - STANDARD, command
        for name, option in options.items():
            shown = getattr(option, "show_default", None)
            default = shown if isinstance(shown, str) else getattr(option.default, "value", option.default)
            if name in rows and default not in (None, "", False):
                assert str(default) in {rows[name][2], *re.split(r"[ ,`]+", rows[name][2])}, f"{command} {name}"


def examples() -> Iterator[tuple[str, str]]:
    """(page, line) of everything the pages tell people to type."""
    for path in PAGES:
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"(?: {4}|\$ )(?:\S*/)?(callshield [^─]*)", line):
                yield path.relative_to(ROOT).as_posix(), re.split(r" {3,}| #", match[1])[0]


@pytest.mark.parametrize(("name", "typed"), sorted(set(examples())))
def test_examples_use_commands_and_options_that_exist(name: str, typed: str) -> None:
    words = typed.split()
    command = "callshield"
    for word in words[1:]:
        candidates = [f"{command} {part}" for part in word.split("|")]
        if not all(c in COMMANDS for c in candidates):
            break
        command = candidates[0]
    used = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert used <= set(COMMANDS[command]) | set(COMMANDS["callshield"])
    assert command != "callshield" or used


def test_mends_of_the_self_audit_name_commands_and_settings_that_exist() -> None:
    for rule in RULES:
        for words in re.findall(r"callshield ((?:[a-z]+ ?)+)", rule.mend):
            parts = words.split()
            assert {"callshield " + " ".join(parts[:n]) for n in (1, 2)} & set(COMMANDS), rule.mend
        for name in re.findall(rf"{PREFIX}([A-Z_]+)", rule.mend):
            assert name.lower() in Settings.model_fields, rule.mend


# --- errors and exit codes


@pytest.mark.parametrize("error", CLASSES)
def test_every_error_stands_beside_its_exit_code(error: type[errors.CallShieldError]) -> None:
    rows = [row for head, *rows in tables(page("docs/cli.md")) if head[0] == "code" for row in rows]
    assert [row[0] for row in rows if error.__name__ in named(row[2])] == [str(error.exit_code)]


def test_the_exit_codes_told_are_those_there_are() -> None:
    told = {
        int(n)
        for head, *rows in tables(page("docs/cli.md"))
        if head[0] == "code"
        for r in rows
        for n in r[0].split(",")
    }
    assert told == {0, 130, 143} | {error.exit_code for error in CLASSES}


# --- what is found, and what is done with it


@pytest.mark.parametrize(
    ("name", "head", "known"),
    [
        ("docs/detection.md", "code", set(Reason)),
        ("docs/report.md", "reason", set(Reason)),
        ("docs/detection.md", "entity", set(NAMES)),
        ("docs/policy.md", "preset", set(PRESETS)),
        ("docs/pipeline.md", "stage", set(STAGES)),
        ("docs/check.md", "rule", {rule.name for rule in RULES}),
    ],
)
def test_tables_list_what_there_is(name: str, head: str, known: set[str]) -> None:
    assert set(table(page(name), head)) == {str(k) for k in known}


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("docs/policy.md", set(Action) | set(DataClass) | set(Late)),
        ("docs/report.md", set(Action) | set(Role)),
        ("docs/cli.md", set(Role)),
    ],
)
def test_pages_name_every_value_they_are_about(name: str, known: set[str]) -> None:
    assert missing([f"`{k}`" for k in known], page(name)) == []


def reasons() -> dict[str, set[str]]:
    """Why a live call is silenced, and the stages that say so, as their code has it."""
    callers = {"_UnfitError", "_fail", "_silence_unknown", "keep", "Event", "_ask"}
    holders, givers = {"broken", "reason"}, {"_late", "_objection", "_maskers"}

    def said(node: ast.AST) -> Iterator[ast.AST]:
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if name in callers:
                yield from (arg for arg in args if isinstance(arg, ast.Constant))
            case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)], value=value) if name in holders:
                yield from ast.walk(value)
            case ast.FunctionDef(name=name) if name in givers:
                returned = (r.value for r in ast.walk(node) if isinstance(r, ast.Return) and r.value)
                yield from (part for value in returned for part in ast.walk(value))

    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "pipeline" / "stages").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for part in said(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value:
                    found.setdefault(part.value, set()).add(path.stem.partition("_")[0])
    return found


def test_every_reason_for_silence_is_told_with_its_stages() -> None:
    rows = table(page("docs/pipeline.md"), "reason")
    assert {"late", "engine_failed", "words_missing", "state_unreadable"} <= reasons().keys()
    assert {reason: set(row[1].split(", ")) for reason, row in rows.items()} == reasons()


def test_topics_are_kept_as_long_as_the_pages_say() -> None:
    hours = {"1 h": 1, "6 h": 6, "1 d": 24, "7 d": 7 * 24}
    rows = table(page("docs/pipeline.md"), "where")
    for topic in topics(("storage",)).values():
        name = re.sub(r"(state|redacted|transcripts)\..*", r"\1.*", topic.name)
        if topic.retention_ms is not None:
            assert hours[rows[name][3]] * 3_600_000 == topic.retention_ms, name
            assert rows[name][2].startswith("sealed") == topic.sealed, name


# --- the pages themselves


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere_and_nothing_is_unfinished(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (path.parent / target).exists(), target
    assert UNFINISHED.findall(text) == []


@cache
def places(path: Path) -> frozenset[str]:
    """The anchors of a page, made of its headings as GitHub makes them."""
    heads = re.findall(
        r"^#+ (.+)$", re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.M | re.S), re.M
    )
    return frozenset(re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads)


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_into_pages_lead_to_a_heading(path: Path) -> None:
    for target, place in re.findall(r"\]\(([^)#\s:]*)#([^)\s]+)\)", path.read_text(encoding="utf-8")):
        to = path.parent / target if target else path
        assert place in places(to), f"{target}#{place}"


def test_make_targets_told_of_exist() -> None:
    makefile = page("Makefile")
    for target in re.findall(r"\bmake ([a-z-]+)", everything()):
        if f"`make {target}`" in everything() or re.search(rf"^ +make {target}\b", everything(), re.M):
            assert re.search(rf"^{target}:", makefile, re.M), target


# --- the checks find what they look for


def test_a_missing_name_is_found() -> None:
    assert missing(["--out", "--output"], "use `--output`") == ["--out"]
    assert missing(["PIN"], "SHIPPING_PIN") == ["PIN"]
    assert missing(["PIN"], "the `PIN`.") == []


def test_rows_are_read_from_the_right_table() -> None:
    text = "| a | b |\n| --- | --- |\n| `x`, `y` | 1 \\| 2 |\n\ntext\n\n| c |\n| --- |\n| `z` |\n"
    assert table(text, "a") == {"x": ["`x`, `y`", "1 \\| 2"], "y": ["`x`, `y`", "1 \\| 2"]}
    assert set(table(text, "c")) == {"z"}
    assert table(text, "b") == {}


@pytest.mark.parametrize("name", sorted(OPTIONS))
def test_taking_an_option_out_of_the_documents_would_be_noticed(name: str) -> None:
    without = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", "", everything())
    assert missing([name], without) == [name]
