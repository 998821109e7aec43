"""`callshield eval CORPUS`: redact every call of a corpus, score what came out, say how it went."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.progress import track

from pipeline.adapters.audio_files import shown
from pipeline.adapters.audio_out import OutputSet
from pipeline.adapters.corpus import Call, read_corpus, read_sound
from pipeline.adapters.eval_markdown import markdown
from pipeline.adapters.eval_report import Document, Result, Run, document, page
from pipeline.adapters.eval_table import print_tables
from pipeline.adapters.provenance import commit, machine, release
from pipeline.cli.console import console
from pipeline.core.errors import CallShieldError, OutputError
from pipeline.core.score import Timing, real_time_factor, score_call, total
from pipeline.ports.engine import ModelIdentity

JSON_NAME = "eval.json"
HTML_NAME = "eval.html"
MARKDOWN_NAME = "eval.md"


@dataclass(frozen=True, slots=True)
class Redacted:
    """What redacting one call gave: the recording, and the wall seconds it took with the model loaded."""

    audio: Path
    wall_s: float


@dataclass(frozen=True, slots=True)
class Subject:
    """What is being evaluated: a loaded model and a policy, with their hashes."""

    model: ModelIdentity
    policy: str
    policy_sha256: str


RedactCall = Callable[[Call], Redacted]


def evaluate(
    corpus: Path,
    out: Path,
    redact_call: RedactCall,
    subject: Subject,
    command: Sequence[str],
    *,
    force: bool = False,
    as_json: bool = False,
) -> int:
    """Run and score all calls of `corpus`; write eval.json, eval.html and eval.md to `out`; print tables, or the JSON.

    redact_call raises CallShieldError for a call it cannot redact: that call counts as let through unchanged,
    and the run goes on. Returns the exit code: 0 if every call was scored, else that of the gravest failure.
    Raises InputError for a corpus without sound truth, OutputError if the reports cannot be written.
    """
    _refuse_existing(out, force)
    calls = read_corpus(corpus)
    started = datetime.now(UTC)
    quiet = as_json or not sys.stderr.isatty()
    todo = track(calls, "Redacting and scoring", console=console(stderr=True), disable=quiet, transient=True)
    pairs = [_one(call, redact_call) for call in todo]
    results = [result for result, _ in pairs]
    totals = total([result.score for result in results])
    run = Run(
        date=started.isoformat(timespec="seconds"),
        machine=machine(),
        command=" ".join(command),
        commit=commit(),
        version=release(),
        model=subject.model,
        policy=subject.policy,
        policy_sha256=subject.policy_sha256,
    )
    report = document(run, results, totals)
    _write(out, report, force)
    if as_json:
        sys.stdout.write(json.dumps(report, indent=1) + "\n")
    else:
        out_console = console()
        factor = real_time_factor(r.timing for r in results if r.timing)
        print_tables(out_console, [result.score for result in results], totals, factor)
        for result in results:
            if result.error:
                out_console.print(f"{result.score.call}: {result.error}", style="red", markup=False, highlight=False)
        out_console.print(f"Report: {shown(out / HTML_NAME)}", markup=False, highlight=False, soft_wrap=True)
    return max((code for _, code in pairs), default=0)


def _one(call: Call, redact_call: RedactCall) -> tuple[Result, int]:
    """Redact and score one call; with it the exit code it asks for."""
    before = read_sound(call.audio)
    try:
        redacted = redact_call(call)
        after = read_sound(redacted.audio)
    except CallShieldError as error:
        score = score_call(call.name, before, None, call.segments)
        return Result(score, before.duration_s, before.channels, None, str(error)), error.exit_code
    score = score_call(call.name, before, after, call.segments)
    same = before.samples.shape == after.samples.shape and before.rate == after.rate
    fault = None if same else "the output has not the rate, channels and length of the input"
    timing = Timing(redacted.wall_s, before.duration_s, before.channels)
    return Result(score, before.duration_s, before.channels, timing, fault), 0 if same else 1


def _refuse_existing(out: Path, force: bool) -> None:
    """Say so before the work, not after it."""
    for name in (JSON_NAME, HTML_NAME, MARKDOWN_NAME):
        if not force and os.path.lexists(out / name):
            raise OutputError(f"{shown(out / name)}: exists; use --force to overwrite it")


def _write(out: Path, report: Document, force: bool) -> None:
    with OutputSet(force=force) as files:
        files.text(out / JSON_NAME, json.dumps(report, indent=1) + "\n")
        files.text(out / HTML_NAME, page(report))
        files.text(out / MARKDOWN_NAME, markdown(report))
        files.commit()
