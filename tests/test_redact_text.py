"""callshield redact-text: lines and chat in, the same without secrets out; mistakes named by line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import here, process


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """The finders that take seconds to load have a test of their own, through the process."""
    import pipeline.adapters.written_presidio as presidio
    from pipeline.cli import redact_text
    from pipeline.core.aids import NO_AIDS
    from pipeline.core.written import FINDERS

    def both(text: str) -> list[object]:
        return [found for finder in FINDERS for found in finder(text)]

    monkeypatch.setattr(presidio, "Analyzer", lambda: both)
    monkeypatch.setattr(redact_text, "loaded_aids", lambda: NO_AIDS)


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_text_comes_out_as_it_was_but_for_its_secrets(tmp_path: Path) -> None:
    source = written(tmp_path / "notes.txt", "Hello,", "my card is 4417 1234 5678 9113.", "", "  It cost 12.50 ")
    done = here("redact-text", source, "--out", tmp_path / "out")
    assert done.code == 0, done.err
    assert (tmp_path / "out/notes.txt").read_text() == "Hello,\nmy card is [CARD_NUMBER].\n\n  It cost 12.50 \n"
    report = json.loads((tmp_path / "out/notes.txt.json").read_text())
    assert [(s["line"], s["start_char"], s["entity"]) for s in report["spans"]] == [(2, 11, "CARD_NUMBER")]
    assert "4417" not in json.dumps(report)


def test_an_answer_in_chat_is_hidden_because_it_was_asked_for(tmp_path: Path) -> None:
    said = [("agent", "What is your PIN?"), ("customer", "4821"), ("agent", "We close at 6.")]
    chat = written(
        tmp_path / "chat.jsonl",
        *(json.dumps({"conversation": "c1", "speaker": who, "text": text, "mood": "calm"}) for who, text in said),
    )
    done = here("redact-text", chat, "--conversation", "--out", tmp_path / "out")
    assert done.code == 0, done.err
    lines = [json.loads(line) for line in (tmp_path / "out/chat.jsonl").read_text().splitlines()]
    assert [line["text"] for line in lines] == ["What is your PIN?", "[PIN]", "We close at 6."]
    assert all("mood" not in line for line in lines)


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        (b"fine\n\xff\xfe\n", (), "line 2: is not UTF-8"),
        (b"x" * 20_001 + b"\n", (), "line 1: has more than 20000 characters"),
        (b"hello\n", ("--conversation",), "line 1: is no JSON"),
        (b'{"speaker": "a"}\n', ("--conversation",), "line 1: has no text"),
        (b'{"text": "hi"}\n', ("--conversation",), "line 1: nobody says it"),
        (b'{"speaker": null, "text": "hi"}\n', ("--conversation",), "line 1: conversation, speaker"),
        (b'{"speaker": "a b", "text": "hi"}\n', ("--conversation",), "line 1: conversation, speaker"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_nothing_is_left(
    tmp_path: Path, content: bytes, options: tuple[str, ...], says: str
) -> None:
    (tmp_path / "in.txt").write_bytes(content)
    done = here("redact-text", tmp_path / "in.txt", *options, "--out", tmp_path / "out")
    assert done.code == 2
    assert says in done.error
    assert not (tmp_path / "out").exists()


def test_results_are_not_overwritten_without_being_told_to(tmp_path: Path) -> None:
    source = written(tmp_path / "a.txt", "one")
    assert here("redact-text", source, "--out", tmp_path / "out").code == 0
    again = here("redact-text", source, "--out", tmp_path / "out")
    assert again.code == 2
    assert "--force" in again.error
    assert here("redact-text", source, "--out", tmp_path / "out", "--force").code == 0
    assert "is the input itself" in here("redact-text", source, "--out", tmp_path, "--force").error


def test_with_everything_loaded_names_and_forms_are_hidden(tmp_path: Path) -> None:
    """Presidio's recognisers and ours in one registry, without network."""
    lines = "See you soon.", "My name is Priya Raman and I live in Leeds.", "Mail me: p.raman@example.org"
    source = written(tmp_path / "a.txt", *lines)
    done = process("redact-text", source)
    assert done.code == 0, done.err
    first, second, third = done.out.splitlines()
    assert first == lines[0]
    assert "Raman" not in second
    assert third == "Mail me: [EMAIL]"


def test_the_words_of_a_policy_count_in_writing_as_well(tmp_path: Path) -> None:
    """What it looks for, what it always hides, what it leaves alone; per tenant."""
    rules = written(
        tmp_path / "club.yaml",
        "name: club",
        "custom:",
        "  - {name: PROJECTS, phrases: [project bluebird], tenants: [acme]}",
        "deny: [the purple folder]",
        "allow: [0800 123 4567]",
    )
    lines = "Project Bluebird is in the purple folder.", "Call 0800 123 4567 or 0800 123 4568."
    source = written(tmp_path / "a.txt", *lines)

    def told(*options: str) -> list[str]:
        done = here("redact-text", source, "--policy", rules, "--out", tmp_path / "out", "--force", *options)
        assert done.code == 0, done.err
        return (tmp_path / "out/a.txt").read_text().splitlines()

    assert told() == ["[CUSTOM] is in [CUSTOM].", "Call 0800 123 4567 or [PHONE]."]
    assert told("--tenant", "other")[0] == "Project Bluebird is in [CUSTOM]."


def test_half_a_character_is_no_fault(tmp_path: Path) -> None:
    chat = written(tmp_path / "chat.jsonl", '{"speaker": "a", "text": "\\ud83d my pin is 4821"}')
    done = here("redact-text", chat, "--conversation", "--out", tmp_path / "out")
    assert done.code == 0, done.err
    assert json.loads((tmp_path / "out/chat.jsonl").read_text())["text"] == "\ud83d my pin is [PIN]"
