"""`callshield models`: list, fetch, verify, add."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from pipeline.adapters.model_download import Progress as Tell
from pipeline.adapters.model_fetch import Fetched, Wish, fetch
from pipeline.adapters.model_lock import Trust
from pipeline.adapters.model_store import MODELS_DIR, ModelStore, State, Status
from pipeline.cli.console import console
from pipeline.core.errors import ModelError

app = typer.Typer(
    no_args_is_help=True,
    help="The weights of the speech recognisers: list them, bring them here, check that they are unchanged.",
)

ModelsDir = Annotated[
    Path,
    typer.Option("--models-dir", envvar="CALLSHIELD_MODELS_DIR", help="Where models lie.", show_default=True),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]
COLOURS = {
    State.VERIFIED: "green",
    State.ABSENT: "dim",
    State.MISMATCH: "bold red",
    State.UNRECORDED: "yellow",
}


@app.command("list", epilog="Example: callshield models list --json | jq '.models[].name'")
def list_models(models_dir: ModelsDir = MODELS_DIR, as_json: Json = False) -> None:
    """Show every known model and whether it is here and verified."""
    store = ModelStore(models_dir)
    statuses = [store.status(entry) for entry in store.entries()]
    strangers = store.strangers()
    if as_json:
        _say_json({"models": [_row(s) for s in statuses], "unknown_folders": [str(path) for path in strangers]})
        return
    _table(statuses)
    for path in strangers:
        typer.echo(
            f"unknown folder {path}; to use it:"
            f" callshield models add {path} --name NAME --engine ENGINE --language LANGUAGE"
        )


@app.command("fetch", epilog="Example: callshield models fetch vosk-model-small-en-us-0.15")
def fetch_model(
    name: Annotated[str, typer.Argument(help="A name from `callshield models list`.")],
    *,
    models_dir: ModelsDir = MODELS_DIR,
    sha256: Annotated[str, typer.Option(help="What the archive must hash to, if the registry does not say.")] = "",
    trust_first_use: Annotated[
        bool,
        typer.Option("--trust-first-use", help="Accept an unregistered hash once, and hold the model to it."),
    ] = False,
    archive: Annotated[Path | None, typer.Option("--from", help="Take this archive instead of the network.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Fetch again although it is here and verified.")] = False,
    as_json: Json = False,
) -> None:
    """Download a model, or go on with a download that broke off; check it, unpack it, record it.

    A download whose sha256 is wrong is deleted. Weights that come with Python packages are checked only.
    """
    with _progress(name, quiet=as_json) as tell:
        wish = Wish(sha256, trust_first_use, archive, force)
        done = fetch(ModelStore(models_dir), name, wish, progress=tell)
    if as_json:
        _say_json(_fetched(done))
        return
    typer.echo(f"{done.model.entry.name}: {'installed and' if done.new else 'was here already,'} verified")
    typer.echo(f"  path    {done.model.path}")
    typer.echo(f"  sha256  {done.model.sha256}")
    if done.trust is Trust.FIRST_USE and done.new:
        typer.echo(f"  archive {done.archive_sha256}  trusted on first use: nobody vouches for it but the server")


@app.command("verify", epilog="Example: callshield models verify")
def verify_models(
    names: Annotated[
        list[str] | None, typer.Argument(help="Models to check; all that are here if none is named.")
    ] = None,
    models_dir: ModelsDir = MODELS_DIR,
    as_json: Json = False,
) -> None:
    """Hash the installed models again. Exit code 2 if one is not what was registered or recorded."""
    store = ModelStore(models_dir)
    entries = [store.entry(name) for name in names] if names else store.entries()
    statuses = [store.status(entry) for entry in entries]
    if not names:
        statuses = [status for status in statuses if status.state is not State.ABSENT]
    if as_json:
        _say_json({"models": [_row(status) for status in statuses]})
    else:
        _table(statuses)
    bad = [status for status in statuses if status.state is not State.VERIFIED]
    if len(bad) == 1:
        raise ModelError(_problem(bad[0]))
    if bad:
        raise ModelError(f"{len(bad)} models do not verify: {', '.join(status.entry.name for status in bad)}")


@app.command("add", epilog="Example: callshield models add ./our-model --name ours --engine vosk --language en-GB")
def add_model(
    path: Annotated[Path, typer.Argument(help="The unpacked model's folder. It stays where it is.")],
    *,
    name: Annotated[str, typer.Option(help="What to call it.")],
    engine: Annotated[str, typer.Option(help="vosk or whisper.")],
    language: Annotated[str, typer.Option(help="en, ko, pt-BR ...")],
    models_dir: ModelsDir = MODELS_DIR,
    licence: Annotated[str, typer.Option(help="For your records.")] = "unknown",
    force: Annotated[bool, typer.Option("--force", help="Replace the record of a model added before.")] = False,
    as_json: Json = False,
) -> None:
    """Adopt a model folder of your own: its hash as of now is recorded, and verified on every load."""
    model = ModelStore(models_dir).add(path, name=name, engine=engine, language=language, licence=licence, force=force)
    if as_json:
        _say_json({"name": name, "path": str(model.path), "sha256": model.sha256})
        return
    typer.echo(f"{name}: added\n  path    {model.path}\n  sha256  {model.sha256}")


def _row(status: Status) -> dict[str, object]:
    entry = status.entry
    return {
        "name": entry.name,
        "engine": entry.engine,
        "language": entry.language,
        "size_bytes": entry.size_bytes,
        "licence": entry.licence,
        "address": entry.address,
        "pinned": bool(entry.sha256),
        "state": status.state.value,
        "trust": status.trust,
        "path": str(status.path) if status.path else None,
        "remedy": status.remedy,
    }


def _fetched(done: Fetched) -> dict[str, object]:
    return {
        "name": done.model.entry.name,
        "path": str(done.model.path),
        "sha256": done.model.sha256,
        "archive_sha256": done.archive_sha256,
        "trust": done.trust.value,
        "new": done.new,
    }


def _table(statuses: Sequence[Status]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("model", no_wrap=True)
    for column in ("engine", "lang"):
        table.add_column(column)
    table.add_column("MB", justify="right")
    for column in ("licence", "state", "trust"):
        table.add_column(column)
    for status in statuses:
        entry = status.entry
        pin = status.trust or ("registry" if entry.sha256 else "unpinned")
        state = f"[{COLOURS[status.state]}]{status.state.value}[/]"
        size = f"{entry.size_bytes / 1e6:.0f}" if entry.size_bytes else "?"
        table.add_row(entry.name, entry.engine, entry.language, size, entry.licence, state, pin)
    console().print(table)


def _problem(status: Status) -> str:
    if status.state is State.ABSENT:
        return f"model {status.entry.name} is not installed; run: {status.remedy}"
    return status.remedy


def _say_json(document: dict[str, object]) -> None:
    typer.echo(json.dumps(document, indent=2))


@contextmanager
def _progress(name: str, quiet: bool) -> Iterator[Tell]:
    """A progress bar on standard error, if that is a terminal."""
    err = console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=quiet or not err.is_terminal) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
