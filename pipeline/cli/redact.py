"""`callshield redact`: recordings in, recordings of the same length out, with every sensitive stretch hidden."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from pipeline.adapters.audio_files import shown
from pipeline.adapters.audio_in import RawFormat
from pipeline.adapters.model_store import ModelStore
from pipeline.adapters.policy_file import PRESETS, load_policy, preset
from pipeline.cli.console import console
from pipeline.cli.engines import load_engine
from pipeline.cli.inputs import Job, jobs
from pipeline.cli.profile import read_profile
from pipeline.cli.recording import Done, Options, Redactor, Tell
from pipeline.core.errors import CallShieldError, ConfigError
from pipeline.core.policy import Policy
from pipeline.core.transcript import Role
from pipeline.settings import Settings, load_settings

EXAMPLES = """Examples:

callshield redact call.wav --out redacted

callshield redact recordings/ --out redacted --roles agent,customer --policy pci --json

callshield redact line.ulaw --format ulaw --rate 8000 --channels 2 --out redacted"""


class AudioFormat(StrEnum):
    """How redacted audio is written."""

    FLAC = "flac"
    WAV = "wav"


class RawCoding(StrEnum):
    """Codings of files without a header."""

    ULAW = "ulaw"
    ALAW = "alaw"


Inputs = Annotated[list[Path], typer.Argument(help="Recordings, or folders of recordings.", show_default=False)]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder for the results.", show_default=False)]
PolicyName = Annotated[str, typer.Option("--policy", help="Preset name or YAML file.", show_default="default")]
EngineName = Annotated[str, typer.Option("--engine", help="auto, whisper or vosk.", show_default="auto")]
Language = Annotated[str, typer.Option(help="Language spoken.", show_default="en")]
ModelsDir = Annotated[Path | None, typer.Option(help="Where speech models lie.", show_default="models")]
Threads = Annotated[int | None, typer.Option(min=1, max=64, help="Channels heard side by side.", show_default="2")]


def redact(
    inputs: Inputs,
    out: Out,
    *,
    policy: PolicyName = "",
    engine: EngineName = "",
    language: Language = "",
    models_dir: ModelsDir = None,
    roles: Annotated[str, typer.Option(help="What each channel is: agent,customer.")] = "",
    audio_format: Annotated[AudioFormat, typer.Option(help="Coding of the results.")] = AudioFormat.FLAC,
    coding: Annotated[RawCoding | None, typer.Option("--format", help="The inputs have no header, only this.")] = None,
    rate: Annotated[int | None, typer.Option(help="Samples per second, with --format.", show_default="8000")] = None,
    channels: Annotated[int | None, typer.Option(help="Channels, with --format.", show_default="1")] = None,
    threads: Threads = None,
    profile: Annotated[Path | None, typer.Option(help="The customer's profile, for all inputs.")] = None,
    tenant: Annotated[str, typer.Option(help="Whose calls they are, for the policy.")] = "",
    pictures: Annotated[bool, typer.Option("--pictures", help="Also draw each call, before and after.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing results.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Hide the secrets of recorded calls.

    Writes NAME.flac, NAME.json (what was hidden and why), NAME.transcript.json and NAME.vtt for each recording.
    Exit codes: 0 done, 1 fault of the program, 2 bad input or option, 3 the recogniser failed.
    """
    settings = load_settings()
    raw = raw_format(coding, rate, channels)
    todo = jobs(inputs, raw=raw is not None, out=out)
    options = Options(
        out, f".{audio_format.value}", raw, parse_roles(roles), force, pictures, tenant or None,
        read_profile(profile) if profile else None,
    )  # fmt: skip
    with open_redactor(settings, policy, engine, language, models_dir, threads) as redactor:
        done, failed = _run(redactor, todo, options, quiet=as_json or sys.stderr is None or not sys.stderr.isatty())
    if as_json:
        sys.stdout.write(json.dumps(_document(done, failed), indent=1) + "\n")
    else:
        _print(done, out)
    for _, error in failed:
        typer.echo(f"error: {error}", err=True)
    if failed:
        raise typer.Exit(max(error.exit_code for _, error in failed))


def open_redactor(
    settings: Settings, policy: str, engine: str, language: str, models_dir: Path | None, threads: int | None
) -> Redactor:
    """Load policy and model; what is not given comes from the settings."""
    rules = find_policy(policy or settings.policy)
    store = ModelStore(models_dir or settings.models_dir)
    side_by_side = threads or settings.threads
    loaded = load_engine(engine or settings.engine, language or settings.language, store, side_by_side)
    return Redactor(loaded, rules, side_by_side)


def find_policy(name: str) -> Policy:
    """A preset by its name, or else a file."""
    if name in PRESETS:
        return preset(name)
    if not os.path.lexists(name):
        raise ConfigError(f"--policy: {name!a} is no file and no preset; presets are {', '.join(PRESETS)}")
    return load_policy(Path(name))


def raw_format(coding: RawCoding | None, rate: int | None, channels: int | None) -> RawFormat | None:
    """How to read files without a header, None for files with one. Raises ConfigError."""
    if coding is None:
        if rate is not None or channels is not None:
            raise ConfigError("--rate and --channels go with --format only; other recordings say it themselves")
        return None
    return RawFormat(coding.value, 8000 if rate is None else rate, 1 if channels is None else channels)


def parse_roles(text: str, name: str = "--roles") -> tuple[str, ...]:
    """ "agent,customer" as roles. name: of the option or setting, for errors. Raises ConfigError for another word."""
    if not text:
        return ()
    known = [role.value for role in Role]
    given = tuple(part.strip() for part in text.split(","))
    for role in given:
        if role not in known:
            raise ConfigError(f"{name}: {ascii(role) if role else 'an empty name'} is not one of {', '.join(known)}")
    return given


def _run(
    redactor: Redactor, todo: Sequence[Job], options: Options, *, quiet: bool
) -> tuple[list[Done], list[tuple[Job, CallShieldError]]]:
    """Redact one after the other; a recording that fails does not stop the others."""
    done: list[Done] = []
    failed: list[tuple[Job, CallShieldError]] = []
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True, disable=quiet) as progress:
        everything = progress.add_task("all recordings", total=len(todo))
        for job in todo:
            task = progress.add_task(escape(shown(Path(job.source.name))), total=None)
            try:
                done.append(redactor.redact(job, options, _tells(progress, task)))
            except CallShieldError as error:
                failed.append((job, error))
            progress.remove_task(task)
            progress.advance(everything)
    return done, failed


def _tells(progress: Progress, task: TaskID) -> Tell:
    return lambda read, whole: progress.update(task, advance=read, total=whole)


def _document(done: Sequence[Done], failed: Sequence[tuple[Job, CallShieldError]]) -> dict[str, object]:
    return {
        "calls": [
            {
                "input": str(d.job.source),
                "audio": str(d.audio),
                "report": str(d.audio.with_suffix(".json")),
                "picture": str(d.picture) if d.picture else None,
                "seconds": round(d.seconds, 3),
                "channels": d.channels,
                "hidden_s": d.hidden_s,
                "spans": d.spans,
                "real_time_factor": round(d.wall_s / (d.seconds * d.channels), 4),
                "warnings": list(d.warnings),
            }
            for d in done
        ],
        "failed": [
            {"input": str(job.source), "error": str(error), "exit_code": error.exit_code} for job, error in failed
        ],
    }


def _print(done: Sequence[Done], out: Path) -> None:
    if not done:
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("call", style="bold")
    table.add_column("length", justify="right")
    table.add_column("hidden", justify="right", style="red")
    table.add_column("what was hidden", overflow="fold")
    for d in done:
        kinds = ", ".join(f"{entity} x{n}" if n > 1 else entity for entity, n in sorted(d.spans.items()))
        table.add_row(escape(shown(d.job.name)), f"{d.seconds:.1f} s", f"{d.hidden_s:.1f} s", kinds or "nothing")
    terminal = console()
    terminal.print(table)
    for d in done:
        for warning in d.warnings:
            terminal.print(f"{shown(d.job.name)}: {warning}", style="yellow", markup=False, highlight=False)
    audio_s = sum(d.seconds * d.channels for d in done)
    terminal.print(
        f"{len(done)} calls, {audio_s:.0f} channel seconds in {sum(d.wall_s for d in done):.1f} s "
        f"(real-time factor {sum(d.wall_s for d in done) / audio_s:.3f}). Results in {shown(out)}",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
    drawn = [shown(d.picture) for d in done if d.picture]
    if drawn:
        more = " and more" if drawn[1:] else ""
        terminal.print(f"Pictures, input above output: {drawn[0]}{more}", markup=False, highlight=False, soft_wrap=True)
