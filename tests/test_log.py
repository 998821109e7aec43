"""The log says facts about speech and never speech, whatever a caller hands it."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog
from command import ROOT, environment
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.log import ALLOWED, configure, get_log, keep_allowed


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_a_line_is_json_with_time_and_level(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    get_log().info("span_masked", call="calls/1", entity="CARD_NUMBER", samples=14_400)
    captured = capsys.readouterr()
    line = json.loads(captured.err)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line.pop("timestamp"))
    assert line == {
        "event": "span_masked", "level": "info", "call": "calls/1", "entity": "CARD_NUMBER", "samples": 14_400,
    }  # fmt: skip
    assert captured.out == ""


@pytest.mark.parametrize(("level", "shown"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_the_level_is_a_threshold(level: str, shown: int, capsys: pytest.CaptureFixture[str]) -> None:
    configure(level)
    for method in ("debug", "info", "warning", "error"):
        getattr(get_log(), method)("something_happened")
    assert len(capsys.readouterr().err.splitlines()) == shown


def test_fields_nobody_allowed_do_not_pass(capsys: pytest.CaptureFixture[str]) -> None:
    configure("debug")
    get_log().info("word_heard", text="zanzibar", word="zanzibar", digits="4539", transcript="x", number=4539)
    assert set(json.loads(capsys.readouterr().err)) == {"event", "level", "timestamp"}


@pytest.mark.parametrize(
    "value",
    ["my password is zanzibar", "four five", "zanzibar\n", "a\tb", "", "x" * 201, ["zanzibar"], {"a": "zanzibar"},
     b"zanzibar", None, ValueError("zanzibar"), "zanzibar, or so", "what?"],
)  # fmt: skip
def test_values_that_are_no_identifiers_do_not_pass(value: object, capsys: pytest.CaptureFixture[str]) -> None:
    configure("debug")
    get_log().info("call_redacted", error=value, reason=value, call=value)
    line = capsys.readouterr().err
    assert set(json.loads(line)) == {"event", "level", "timestamp"}
    assert "zanzibar" not in line


def test_an_event_that_is_a_sentence_does_not_pass(capsys: pytest.CaptureFixture[str]) -> None:
    configure("debug")
    get_log().info("caller said zanzibar", rate=8_000)
    line = json.loads(capsys.readouterr().err)
    assert "event" not in line
    assert line["rate"] == 8_000


def test_an_exception_in_hand_does_not_pass(capsys: pytest.CaptureFixture[str]) -> None:
    configure("debug")
    try:
        raise ValueError("zanzibar")
    except ValueError:
        get_log().exception("engine_failed")
        get_log().error("engine_failed", exc_info=True, stack_info=True)
    captured = capsys.readouterr()
    assert len(captured.err.splitlines()) == 2
    assert "zanzibar" not in captured.err + captured.out


@given(
    st.dictionaries(
        st.one_of(st.sampled_from(sorted(ALLOWED)), st.text(max_size=8)),
        st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.text())),
    )
)
def test_what_passes_is_on_the_list_and_without_blanks(fields: dict[str, object]) -> None:
    kept = keep_allowed(None, "info", dict(fields))
    assert kept.keys() <= ALLOWED & fields.keys()
    for name, value in kept.items():
        assert value is fields[name]
        if isinstance(value, str):
            assert value.isprintable()
            assert len(value.split()) == 1


def test_unless_configured_it_shows_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.reset_defaults()
    get_log().info("call_redacted", text="zanzibar")
    get_log().warning("call_redacted", text="zanzibar")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert "zanzibar" not in captured.err


def test_libraries_do_not_log_through_ours() -> None:
    """One of them turns logging on for all when it is imported: not in our command."""
    program = (
        "import pipeline.cli.main, logging, wordllama\n"
        "for name in ('faster_whisper', 'wordllama', 'matplotlib', 'anything'):\n"
        "    logging.getLogger(name).error('zanzibar')\n"
        "    logging.getLogger(name).info('zanzibar')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, env=environment(), check=True
    )
    assert done.stdout + done.stderr == ""


def test_importing_the_command_leaves_one_silent_handler() -> None:
    import pipeline.cli

    assert pipeline.cli.__doc__
    assert any(isinstance(handler, logging.NullHandler) for handler in logging.getLogger().handlers)
