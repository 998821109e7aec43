"""`callshield verify`: redacted recordings are measured and heard again, and what is wrong with them is told."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from pipeline.adapters.audio_files import shown
from pipeline.adapters.audio_in import RawFormat
from pipeline.adapters.model_store import ModelStore
from pipeline.adapters.redacted_files import Told, told_of
from pipeline.cli.console import console
from pipeline.cli.inputs import jobs
from pipeline.cli.proving import STORAGE, Prover, Source, Tell, second_engine
from pipeline.cli.redact import Language, ModelsDir, PolicyName, RawCoding, Threads, find_policy, raw_format
from pipeline.cli.topics import purposes_named
from pipeline.core.errors import AudibleError, CallShieldError, InputError
from pipeline.core.policy import Policy
from pipeline.core.proof import Kind, Problem
from pipeline.core.report import end_s, start_s
from pipeline.settings import Settings, load_settings

EXAMPLES = """Examples:

callshield verify redacted/

callshield verify redacted/call.flac --source call.wav

callshield verify recordings/acme/2026-01-31 --policy storage.yml --json"""
SAYS = {
    Kind.AUDIBLE: "still audible",
    Kind.RESIDUE: "left in a hidden stretch",
    Kind.SOURCE: "the source is left in a hidden stretch",
    Kind.CHANGED: "differs from the source where nothing is hidden",
    Kind.OTHER_AUDIO: "not the recording its report is about",
    Kind.UNPROVEN: "could not be proven",
}


@dataclass(frozen=True, slots=True)
class _Proven:
    """What became of one recording."""

    path: Path
    told: Told
    policy: Policy
    problems: tuple[Problem, ...]


def verify(
    paths: Annotated[list[Path], typer.Argument(help="Redacted recordings, or folders of them.", show_default=False)],
    *,
    source: Annotated[Path | None, typer.Option(help="What it was redacted from: a recording, or a folder.")] = None,
    report: Annotated[Path | None, typer.Option(help="The report of the one recording, if not beside it.")] = None,
    policy: PolicyName = "",
    engine: Annotated[
        str, typer.Option("--engine", help="Hears again: auto, whisper or vosk.", show_default="auto")
    ] = "",
    language: Language = "",
    models_dir: ModelsDir = None,
    threads: Threads = None,
    samples_only: Annotated[bool, typer.Option("--samples-only", help="Do not hear again.")] = False,
    coding: Annotated[RawCoding | None, typer.Option("--format", help="The source has no header, only this.")] = None,
    rate: Annotated[int | None, typer.Option(help="Samples per second, with --format.", show_default="8000")] = None,
    channels: Annotated[int | None, typer.Option(help="Channels, with --format.", show_default="1")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Prove that redacted recordings hold nothing sensitive any more.

    Exit codes: 0 nothing found, 5 something is still audible or not as the report says, 2 bad input, 3 the recogniser
    failed.
    """
    settings = load_settings()
    if report is not None and len(paths) != 1:
        raise InputError("--report goes with one recording")
    todo = [told for path in paths for told in told_of(path, report)]
    sources = _sources(source, todo, raw_format(coding, rate, channels))
    side_by_side = threads or settings.threads
    with ThreadPoolExecutor(side_by_side, thread_name_prefix="hear") as pool:
        again = None
        if not samples_only:
            store = ModelStore(models_dir or settings.models_dir)
            again = second_engine(
                engine or settings.proof_engine, settings.engine, language or settings.language, store, side_by_side
            )
        prover = Prover(again, pool)
        quiet = as_json or sys.stderr is None or not sys.stderr.isatty()
        proven, failed = _run(prover, todo, sources, _policies(policy, settings, todo), quiet=quiet)
    _tell(proven, failed, prover, as_json=as_json)
    _leave(proven, failed)


def _sources(source: Path | None, todo: Sequence[Told], raw: RawFormat | None) -> list[Source | None]:
    """The source of each recording, by its name below the folder given. Raises InputError."""
    if source is None:
        if raw is not None:
            raise InputError("--format says how --source is read; give that too")
        return [None] * len(todo)
    if not source.is_dir():
        if len(todo) != 1:
            raise InputError(f"{shown(source)}: one source for {len(todo)} recordings; give the folder of the sources")
        return [Source(source, raw)]
    known = {job.name.as_posix(): job.source for job in jobs([source], raw=raw is not None)}
    missing = [t.name for t in todo if t.name not in known]
    if missing:
        raise InputError(f"{shown(source)}: no source named {shown(Path(missing[0]))} here; see --source")
    return [Source(known[t.name], raw) for t in todo]


def _policies(name: str, settings: Settings, todo: Sequence[Told]) -> list[Policy]:
    """What each was redacted by: as given, else as the settings say for recordings and for the purpose storage."""
    if name:
        return [find_policy(name)] * len(todo)
    shelved = dict(purposes_named(settings)).get(STORAGE) or settings.policy
    known = {p: find_policy(p) for p in {shelved if t.shelved else settings.policy for t in todo}}
    return [known[shelved if t.shelved else settings.policy] for t in todo]


def _run(
    prover: Prover, todo: Sequence[Told], sources: Sequence[Source | None], policies: Sequence[Policy], *, quiet: bool
) -> tuple[list[_Proven], list[tuple[Told, CallShieldError]]]:
    """One after the other; a recording that cannot be read does not stop the others."""
    proven, failed = [], []
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True, disable=quiet) as progress:
        everything = progress.add_task("all recordings", total=len(todo))
        for told, source, policy in zip(todo, sources, policies, strict=True):
            task = progress.add_task(escape(shown(Path(told.name))), total=None)
            try:
                problems = prover.prove(told, policy, source, _tells(progress, task))
                proven.append(_Proven(told.audio or Path(told.name), told, policy, problems))
            except CallShieldError as error:
                failed.append((told, error))
            progress.remove_task(task)
            progress.advance(everything)
    return proven, failed


def _tells(progress: Progress, task: TaskID) -> Tell:
    return lambda read, whole: progress.update(task, advance=read, total=whole)


def _tell(
    proven: Sequence[_Proven], failed: Sequence[tuple[Told, CallShieldError]], prover: Prover, *, as_json: bool
) -> None:
    if as_json:
        sys.stdout.write(json.dumps(_document(proven, failed, prover), indent=1) + "\n")
        return
    for one in proven:
        for problem in one.problems:
            typer.echo(_line(one, problem))
    clean = sum(not one.problems for one in proven)
    how = "measured" if prover.engine is None else f"measured, and heard again by {prover.engine.identity.engine}"
    typer.echo(f"{len(proven)} recordings {how}: {clean} without a problem")


def _line(one: _Proven, problem: Problem) -> str:
    """One problem for a reader: where and what, never what was said."""
    rate = one.told.rate
    where = f"channel {problem.channel}, {start_s(problem.span.start, rate):.3f}-{end_s(problem.span.end, rate):.3f} s"
    what = f"{problem.entity} {SAYS[problem.kind]}" if problem.entity else SAYS[problem.kind]
    more = f" ({problem.reason})" if problem.reason else ""
    if problem.kind in (Kind.RESIDUE, Kind.SOURCE, Kind.CHANGED):
        more = f" ({problem.level_dbfs:g} dBFS)"
    other = one.told.policy_hash and one.told.policy_hash != one.policy.sha256
    hint = "; redacted by another policy: give it with --policy" if other and problem.kind is Kind.RESIDUE else ""
    return f"{shown(one.path)}: {where}: {what}{more}{hint}"


def _document(
    proven: Sequence[_Proven], failed: Sequence[tuple[Told, CallShieldError]], prover: Prover
) -> dict[str, object]:
    engine = prover.engine.identity if prover.engine else None
    return {
        "engine": None if engine is None else {"name": engine.engine, "model": engine.model, "sha256": engine.sha256},
        "recordings": [
            {
                "audio": str(one.path),
                "name": one.told.name,
                "problems": [plain_problem(p, one.told.rate) for p in one.problems],
            }
            for one in proven
        ],
        "failed": [{"name": told.name, "error": str(e), "exit_code": e.exit_code} for told, e in failed],
    }


def plain_problem(problem: Problem, rate: int) -> dict[str, object]:
    """A problem for JSON, with its place in samples and in seconds."""
    return {
        "kind": str(problem.kind),
        "channel": problem.channel,
        "start_sample": problem.span.start,
        "end_sample": problem.span.end,
        "start_s": start_s(problem.span.start, rate),
        "end_s": end_s(problem.span.end, rate),
        "entity": problem.entity or None,
        "reason": problem.reason or None,
        "level_dbfs": problem.level_dbfs,
    }


def _leave(proven: Sequence[_Proven], failed: Sequence[tuple[Told, CallShieldError]]) -> None:
    """By the gravest exit code. Raises AudibleError."""
    for _, error in failed:
        typer.echo(f"error: {error}", err=True)
    wrong = [one for one in proven if one.problems]
    if wrong:
        count = sum(len(one.problems) for one in wrong)
        raise AudibleError(
            f"problems found: {count}, in {len(wrong)} of {len(proven)} recordings; withhold and redact them again"
        )
    if failed:
        raise typer.Exit(max(error.exit_code for _, error in failed))
