"""The command `callshield bench`: options, progress, and where the results go."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.adapters.aids import loaded_aids
from pipeline.adapters.audio_files import Staged, shown
from pipeline.adapters.audio_out import OutputSet
from pipeline.adapters.bench_page import page, print_tables
from pipeline.adapters.machine_load import cores as cores_here
from pipeline.adapters.machine_load import use_cores
from pipeline.adapters.model_store import ModelStore
from pipeline.cli.bench.calls import Rig
from pipeline.cli.bench.material import DEFAULT, read_material
from pipeline.cli.bench.plan import FULL_LONG_S, QUICK, Bench, EngineChoice, Plan
from pipeline.cli.bench.report import PARTS, document
from pipeline.cli.console import console
from pipeline.cli.engines import load_engine
from pipeline.cli.kafka import kafka
from pipeline.cli.redact import EngineName, Language, ModelsDir, PolicyName, find_policy
from pipeline.core.errors import ConfigError, OutputError
from pipeline.settings import load_settings

EXAMPLES = """Examples:

callshield bench

callshield bench recordings/ --out out/bench --only capacity,latency --seconds 60

callshield bench --quick --only peers --json"""

JSON_NAME, PAGE_NAME = "bench.json", "bench.md"


def bench(
    calls: Annotated[
        Path | None, typer.Argument(help="A folder of recordings with speech.", show_default="tests/samples")
    ] = None,
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the figures, the page and the plots.")] = Path(
        "out/bench"
    ),
    only: Annotated[str, typer.Option(help="Parts to measure, by commas.", show_default="all")] = "",
    seconds: Annotated[
        float | None, typer.Option(min=1, max=3600, help="Counted of a run in real time.", show_default="20")
    ] = None,
    cores: Annotated[int | None, typer.Option(min=1, help="Cores to use.", show_default="all")] = None,
    policy: PolicyName = "",
    engine: EngineName = "",
    language: Language = "",
    models_dir: ModelsDir = None,
    quick: Annotated[bool, typer.Option("--quick", help="A minute or two, and rough figures.")] = False,
    full: Annotated[bool, typer.Option("--full", help="The long call lasts four hours, not half of one.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite earlier results.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The figures on standard output.")] = False,
) -> None:
    """Measure how many calls this machine carries, how long audio waits, and what costs how much.

    Calls are composed of the utterances in your recordings and run through hear, identify and mask in this process,
    without Kafka. Nothing that is said is written anywhere.
    """
    parts, plan = _parts(only), _plan(seconds, quick=quick, full=full)
    settings = load_settings()
    if cores is not None and (cores > cores_here() or not use_cores(cores)):
        raise ConfigError(f"--cores: {cores} are wanted, this process may use {cores_here()}; give fewer")
    _refuse_existing(out, force)
    rules = find_policy(policy or settings.policy)
    store = ModelStore(models_dir or settings.models_dir)
    choice = EngineChoice(engine or settings.engine, language or settings.language, store)
    material = read_material(calls)
    loaded = load_engine(choice.name, choice.language, store, cores_here())
    rig = Rig(loaded, rules, loaded_aids(), rules.early)
    with _tells(quiet=as_json) as say:
        command = " ".join(["callshield", *(shown(Path(a)) for a in sys.argv[1:])])
        broker = kafka(settings) if "kafka_servers" in settings.model_fields_set else None
        made = Bench(rig, choice, material, cores_here(), plan, say, broker)
        found = document(made, parts, calls or DEFAULT, command)
    _write(out, found, force)
    if as_json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
        return
    terminal = console()
    print_tables(terminal, found)
    terminal.print(f"Results: {shown(out / PAGE_NAME)}", markup=False, highlight=False, soft_wrap=True)


def _parts(only: str) -> frozenset[str]:
    """What --only names. Raises ConfigError."""
    wanted = [part.strip() for part in only.split(",")] if only else list(PARTS)
    for part in wanted:
        if part not in PARTS:
            raise ConfigError(f"--only: {ascii(part) if part else 'an empty name'} is not one of {', '.join(PARTS)}")
    return frozenset(wanted)


def _plan(seconds: float | None, *, quick: bool, full: bool) -> Plan:
    plan = QUICK if quick else Plan()
    return replace(
        plan, window_s=plan.window_s if seconds is None else seconds, long_s=FULL_LONG_S if full else plan.long_s
    )


def _refuse_existing(out: Path, force: bool) -> None:
    """Say so before the work, not after it; also that nothing can be written there. Raises OutputError."""
    for name in (JSON_NAME, PAGE_NAME):
        if not force and os.path.lexists(out / name):
            raise OutputError(f"{shown(out / name)}: exists; use --force to overwrite it")
    Staged.create(out / JSON_NAME, force=force).discard()


def _write(out: Path, found: dict[str, Any], force: bool) -> None:
    from pipeline.adapters.bench_plots import pictures  # noqa: PLC0415 - a fifth of the time any command takes to start

    plots = pictures(found)
    with OutputSet(force=force) as files:
        files.text(out / JSON_NAME, json.dumps(found, indent=1) + "\n")
        files.text(out / PAGE_NAME, page(found, list(plots)))
        for name, data in plots.items():
            files.data(out / name, data)
        files.commit()


@contextmanager
def _tells(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """What is being measured: one line that changes on a terminal, a line each elsewhere, nothing with --json."""
    terminal = console(stderr=True)
    if quiet:
        yield lambda _text: None
    elif terminal.is_terminal:
        with terminal.status("starting") as status:
            yield status.update
    else:
        yield lambda text: typer.echo(text, err=True)
