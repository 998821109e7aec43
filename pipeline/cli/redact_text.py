"""`callshield redact-text`: text and chat in, the same text out with a placeholder for every secret."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from pipeline.adapters.aids import loaded_aids
from pipeline.adapters.audio_files import shown
from pipeline.cli.profile import read_profile
from pipeline.cli.redact import PolicyName, find_policy
from pipeline.core.aids import Aids
from pipeline.core.brief import Brief, brief_of
from pipeline.core.errors import CallShieldError, InputError, OutputError
from pipeline.core.finding import Finding
from pipeline.core.policy import Policy
from pipeline.core.report import action_of
from pipeline.core.written import Conversation, Finder
from pipeline.core.written_redact import redacted, settled
from pipeline.core.written_text import MESSAGE_CHARS_MAX
from pipeline.settings import load_settings

EXAMPLES = """Examples:

callshield redact-text notes.txt --out redacted

tail -f chat.log | callshield redact-text

callshield redact-text chat.jsonl --conversation --policy pci"""
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")  # ids are written out as they are: nothing personal fits in
CONVERSATIONS_MAX = 10_000  # running side by side in one input; the one that began first is forgotten

Inputs = Annotated[list[Path] | None, typer.Argument(help="Text files; - or none: standard input.", show_default=False)]


def redact_text(
    inputs: Inputs = None,
    *,
    policy: PolicyName = "",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for texts and reports.")] = None,
    profile: Annotated[Path | None, typer.Option(help="The customer's profile, for all inputs.")] = None,
    tenant: Annotated[str, typer.Option(help="Whose texts they are, for the policy.")] = "",
    conversation: Annotated[bool, typer.Option("--conversation", help="Each line is a message, as JSON.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing results.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Hide the secrets of written text and chat, line by line.

    Without --out the text goes to standard output, a line as soon as it came. Exit codes: 0 done, 1 fault of the
    program, 2 bad input or option.
    """
    rules = find_policy(policy or load_settings().policy)
    brief = brief_of([rules], tenant or None, read_profile(profile) if profile else None)
    from pipeline.adapters.written_presidio import Analyzer  # noqa: PLC0415 - seconds of loading nobody else pays for

    aids, finders = loaded_aids(), (Analyzer(),)
    documents, failed = [], []
    for source in inputs or [Path("-")]:
        text = _Text(source, rules, brief, aids, finders, conversation)
        try:
            documents.append(_one(text, out, force=force, quiet=as_json))
        except CallShieldError as error:
            failed.append(error)
    if as_json:
        sys.stdout.write(json.dumps({"texts": documents, "failed": [str(e) for e in failed]}, indent=1) + "\n")
    for failure in failed:
        typer.echo(f"error: {failure}", err=True)
    if failed:
        raise typer.Exit(max(failure.exit_code for failure in failed))


def _one(text: _Text, out: Path | None, *, force: bool, quiet: bool) -> dict[str, Any]:
    """One input through. With `out`, text and report are there only when both are whole."""
    if out is None:
        kept = []
        for line in text.lines():
            if quiet:
                kept.append(line)
            else:
                sys.stdout.buffer.write(line.encode())
                sys.stdout.buffer.flush()
        return text.report() | ({"text": "".join(kept)} if quiet else {})
    name = "stdin.txt" if str(text.source) == "-" else text.source.name
    whole = "".join(text.lines())
    _write(out / name, whole, text.source, force=force)
    _write(out / f"{name}.json", json.dumps(text.report(), indent=1) + "\n", text.source, force=force)
    return text.report()


def _write(path: Path, content: str, source: Path, *, force: bool) -> None:
    if path.resolve() == source.resolve():
        raise OutputError(f"{shown(path)}: is the input itself; choose another folder with --out")
    if os.path.lexists(path) and not force:
        raise OutputError(f"{shown(path)}: exists; use --force to overwrite it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    except OSError as error:
        raise OutputError(f"{shown(path)}: {error.strerror}; choose another folder with --out") from None


@dataclass
class _Text:
    """One input: its lines redacted, and what was found in them."""

    source: Path
    policy: Policy
    brief: Brief
    aids: Aids
    finders: tuple[Finder, ...]
    messages: bool
    spans: list[dict[str, Any]] = field(default_factory=list)
    _running: dict[str, Conversation] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """Redacted, with their ends. Raises InputError naming the line."""
        if str(self.source) == "-":
            yield from self._through(sys.stdin.buffer)
            return
        try:
            with self.source.open("rb") as stream:
                yield from self._through(stream)
        except OSError as error:
            raise InputError(f"{shown(self.source)}: {error.strerror}; give a text file") from None

    def report(self) -> dict[str, Any]:
        """What was found where, never what it said."""
        facts = {"name": self.policy.name, "sha256": self.policy.sha256}
        return {"schema": "callshield.text", "version": "1.0", "input": str(self.source), "policy": facts,
                "spans": self.spans}  # fmt: skip

    def _through(self, stream: BinaryIO) -> Iterator[str]:
        for number, raw in enumerate(stream, 1):
            place = f"{shown(self.source)}: line {number}"
            try:
                line = raw.decode()
            except UnicodeDecodeError:
                raise InputError(f"{place}: is not UTF-8 text; convert it, as with: iconv -t utf-8") from None
            if len(line) > MESSAGE_CHARS_MAX:
                raise InputError(f"{place}: has more than {MESSAGE_CHARS_MAX} characters; break it into lines")
            bare = line.rstrip("\r\n")
            end = line[len(bare) :]
            told = self._message(bare, place, number) if self.messages and bare.strip() else self._plain(bare, number)
            yield told + end

    def _plain(self, text: str, number: int) -> str:
        talk = self._talk("", mono=True)
        return self._redacted(talk.push("", text), text, number)

    def _message(self, line: str, place: str, number: int) -> str:
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            raise InputError(f"{place}: is no JSON; give a message a line, or leave --conversation out") from None
        text = said.get("text") if isinstance(said, dict) else None
        if not isinstance(text, str):
            raise InputError(f'{place}: has no text; give {{"conversation", "speaker", "text"}}')
        known = {k: said[k] for k in ("conversation", "speaker", "channel", "id") if k in said}
        if any(isinstance(v, bool) or not isinstance(v, str | int) or not ID.fullmatch(str(v)) for v in known.values()):
            raise InputError(f"{place}: conversation, speaker, channel and id must match {ID.pattern}")
        speaker = str(known.get("speaker", known.get("channel", "")))
        if not speaker:
            raise InputError(f"{place}: nobody says it; give its speaker or channel")
        findings = self._talk(str(known.get("conversation", "")), mono=False).push(speaker, text)
        told = json.dumps(known | {"text": self._redacted(findings, text, number)}, ensure_ascii=False)
        return told.encode(errors="backslashreplace").decode()  # half a character stays the escape that it was

    def _talk(self, name: str, *, mono: bool) -> Conversation:
        if name not in self._running:
            if len(self._running) >= CONVERSATIONS_MAX:
                del self._running[next(iter(self._running))]
            self._running[name] = Conversation(mono=mono, aids=self.aids, finders=self.finders, brief=self.brief)
        return self._running[name]

    def _redacted(self, findings: tuple[Finding, ...], text: str, number: int) -> str:
        for f in settled(findings, self.policy):
            self.spans.append({
                "line": number, "start_char": f.span.start, "end_char": f.span.end, "entity": f.entity,
                "data_class": str(self.policy.data_class(f.entity)),
                "action": str(action_of(f, self.policy.action, self.policy.doubt)), "reason": str(f.reason),
                "confidence": round(f.confidence, 3),
            })  # fmt: skip
        return redacted(text, findings, self.policy)
