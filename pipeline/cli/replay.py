"""`callshield replay`: recordings played into `calls.intake` as live calls, many at once."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import resource
import secrets
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bars

from pipeline.adapters.audio_files import shown
from pipeline.adapters.intake import to_record
from pipeline.adapters.player import Encode, Played, Player, Progress
from pipeline.adapters.producer import open_producer
from pipeline.adapters.story import NO_STORY, Story, read_story
from pipeline.adapters.voice import Part, Recording, recording
from pipeline.cli.console import console
from pipeline.cli.inputs import jobs
from pipeline.cli.kafka import kafka
from pipeline.cli.redact import RawCoding, raw_format
from pipeline.core.errors import ConfigError
from pipeline.core.topics import INTAKE
from pipeline.settings import Settings, load_settings

EXAMPLES = """Examples:

callshield replay tests/samples

callshield replay recordings/ --calls 200 --stagger-s 0.1 --codec pcmu

callshield replay call.wav --speed max --json"""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")  # also a part of file names and of log lines
FILES_PER_CALL, FILES_BESIDE = 2, 100  # descriptors: the source and its decoder; the connections
LINE_S, LISTED = 10.0, 20
STOPPED = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 143}


class Codec(StrEnum):
    """How audio is coded in `calls.intake`. pcmu, pcma: G.711, which rounds samples."""

    L16 = "l16"
    PCMU = "pcmu"
    PCMA = "pcma"


def replay(
    inputs: Annotated[list[Path], typer.Argument(help="Recordings, or folders of recordings.", show_default=False)],
    *,
    speed: Annotated[str, typer.Option(help="Times real time, or max: as fast as Kafka takes it.")] = "1",
    calls: Annotated[int | None, typer.Option(min=1, max=10_000, help="Calls.", show_default="one a file")] = None,
    stagger_s: Annotated[
        float, typer.Option(min=0, max=3600, help="Seconds from one call's start to the next's.")
    ] = 0.1,
    tenant: Annotated[str, typer.Option(help="Tenant the calls are of.")] = "demo",
    call_prefix: Annotated[str, typer.Option(help="What call ids begin with.")] = "replay",
    codec: Annotated[Codec, typer.Option(help="Coding of the audio sent.")] = Codec.L16,
    chunk_ms: Annotated[int, typer.Option(min=10, max=5000, help="Audio per message.")] = 250,
    encrypt_to: Annotated[Path | None, typer.Option(help="Public key of intake: the audio is sent encrypted.")] = None,
    told: Annotated[
        Path | None,
        typer.Option(help="What is told of the calls: metadata and consent, as JSON.", show_default="nothing"),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Makes call ids repeatable.", show_default="random")] = None,
    coding: Annotated[RawCoding | None, typer.Option("--format", help="The inputs have no header, only this.")] = None,
    rate: Annotated[int | None, typer.Option(help="Samples per second, with --format.", show_default="8000")] = None,
    channels: Annotated[int | None, typer.Option(help="Channels, with --format.", show_default="1")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Play recordings into Kafka as live calls.

    Files are taken in turn until there are enough calls. Ctrl-C ends the calls that are running in order.
    """
    settings = load_settings()
    times = parse_speed(speed)
    for option, value in (("--tenant", tenant), ("--call-prefix", call_prefix)):
        if not NAME.fullmatch(value):
            raise ConfigError(f"{option}: {value!a} is no name; up to 64 letters, digits, dots, dashes, underscores")
    raw = raw_format(coding, rate, channels)
    found = [recording(job.source, raw, chunk_ms) for job in jobs(inputs, raw=raw is not None)]
    story = read_story(told) if told else NO_STORY
    todo = parts(
        found, calls or len(found), tenant=tenant, prefix=call_prefix, stagger_s=stagger_s, chunk_ms=chunk_ms,
        seed=seed, story=story,
    )  # fmt: skip
    need_files(len(todo))
    encode = partial(to_record, codec=codec.value, public_key=public_key(encrypt_to) if encrypt_to else None)
    progress, code = asyncio.run(_play(settings, todo, encode, times, quiet=as_json))
    document = summary(progress, times)
    if as_json:
        sys.stdout.write(json.dumps(document, indent=1) + "\n")
    else:
        _print(document, len(todo))
    errors = [played.error for played in progress.done if played.error is not None]
    for error in errors:
        typer.echo(f"error: {error}", err=True)
    if code:
        typer.echo("error: stopped", err=True)
    raise typer.Exit(code or max((error.exit_code for error in errors), default=0))


def parse_speed(text: str) -> float | None:
    """ "1" or "2.5" as times real time, "max" as None. Raises ConfigError."""
    if text == "max":
        return None
    try:
        times = float(text)
    except ValueError:
        times = 0.0
    if not 0.01 <= times <= 1000:
        raise ConfigError(f"--speed: {text!a} is neither max nor a number from 0.01 to 1000")
    return times


def parts(
    found: Sequence[Recording],
    calls: int,
    *,
    tenant: str,
    prefix: str,
    stagger_s: float,
    chunk_ms: int,
    seed: int | None,
    story: Story = NO_STORY,
) -> list[Part]:  # fmt: skip
    """The calls to play: files in turn, starts `stagger_s` apart, each with an id and a trace of its own.

    The same seed gives the same ids, with the same files and options the same messages.
    """
    chance = random.Random(seed if seed is not None else secrets.randbits(64))  # noqa: S311 - names, not keys
    todo = []
    for number in range(calls):
        call = f"{prefix}-{number:04d}-{chance.getrandbits(32):08x}"
        trace = f"00-{chance.getrandbits(128) or 1:032x}-{chance.getrandbits(64) or 1:016x}-01"
        todo.append(Part(tenant, call, found[number % len(found)], number * stagger_s, chunk_ms, trace, story))
    return todo


def need_files(calls: int) -> None:
    """Let this process open the files of all calls at once. Raises ConfigError if the system does not."""
    needed = calls * FILES_PER_CALL + FILES_BESIDE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= needed or soft == resource.RLIM_INFINITY:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise ConfigError(
            f"--calls: {calls} calls need {needed} open files, the system allows {hard}; give fewer calls"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def public_key(path: Path) -> bytes:
    """The PEM file recorders encrypt to. Raises ConfigError."""
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise ConfigError(f"--encrypt-to: {shown(path)} cannot be read ({reason}); check the path") from None


def summary(progress: Progress, speed: float | None) -> dict[str, Any]:
    """What was sent, as --json prints it. Calls in the order they ended."""

    def behind(share: float) -> float | None:
        late = progress.behind.quantile_ms(share)
        return None if late is None or speed is None else round(late, 1)

    return {
        "topic": INTAKE,
        "calls": [_row(played) for played in progress.done],
        "messages": progress.messages,
        "channel_seconds": round(progress.channel_s, 3),
        "wall_s": round(progress.wall_s, 3),
        "speed": "max" if speed is None else speed,
        "behind_ms": {"p50": behind(0.5), "p99": behind(0.99), "max": behind(1)},
    }


def _row(played: Played) -> dict[str, Any]:
    part = played.part
    return {
        "call": part.call,
        "tenant": part.tenant,
        "file": str(part.recording.path),
        "samples": played.samples,
        "rate": part.recording.rate,
        "channels": part.recording.channels,
        "complete": played.samples == part.recording.frames,
        "error": str(played.error) if played.error else None,
    }


async def _play(
    settings: Settings, todo: Sequence[Part], encode: Encode, speed: float | None, *, quiet: bool
) -> tuple[Progress, int]:
    """Play all; the exit code is 0, or that of the signal that stopped it."""
    stop = asyncio.Event()
    with stops(stop) as by, _tells(len(todo), quiet) as tell:
        async with open_producer(kafka(settings), INTAKE) as producer:
            player = Player(producer, encode, speed=speed, tell=tell)
            progress = await player.play(todo, stop)
    return progress, STOPPED[by[0]] if by else 0


@contextlib.contextmanager
def stops(stop: asyncio.Event) -> Iterator[list[signal.Signals]]:
    """The first signal sets `stop` and is in the list; a second one ends the process as it would without us."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in STOPPED}
    seen: list[signal.Signals] = []

    def first(number: signal.Signals) -> None:
        seen.append(number)
        stop.set()
        restore()

    def restore() -> None:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)

    for number in STOPPED:
        loop.add_signal_handler(number, first, number)
    try:
        yield seen
    finally:
        restore()


@contextlib.contextmanager
def _tells(calls: int, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """Bars on a terminal, a line every ten seconds elsewhere, nothing with --json."""
    terminal = console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total} calls done"))
    with Bars(*columns, console=terminal, transient=True, disable=quiet or not terminal.is_terminal) as bars:
        task = bars.add_task("starting", total=calls)
        said = 0.0

        def tell(progress: Progress) -> None:
            nonlocal said
            late = progress.behind.quantile_ms(0.99)
            line = f"{progress.running} running, {progress.channel_s:.0f} channel s sent" + (
                f", {late:.0f} ms behind (p99)" if late is not None else ""
            )
            bars.update(task, completed=len(progress.done), description=line)
            if not quiet and not terminal.is_terminal and progress.wall_s - said >= LINE_S:
                said = progress.wall_s
                typer.echo(f"{progress.wall_s:.0f} s: {len(progress.done)} of {calls} calls done, {line}", err=True)

        yield tell


def _print(document: dict[str, Any], calls: int) -> None:
    terminal = console()
    done = sum(row["complete"] for row in document["calls"])
    behind = document["behind_ms"]
    late = "" if behind["p99"] is None else f", behind schedule p50 {behind['p50']} ms, p99 {behind['p99']} ms"
    terminal.print(
        f"{done} of {calls} calls played whole: {document['channel_seconds']:.1f} channel seconds in "
        f"{document['messages']} messages and {document['wall_s']:.1f} s{late}",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
    for row in document["calls"][:LISTED]:
        terminal.print(
            f"  {row['tenant']}/{row['call']}  {row['samples'] / row['rate']:.1f} s  {shown(Path(row['file']))}",
            markup=False, highlight=False, soft_wrap=True,
        )  # fmt: skip
    if len(document["calls"]) > LISTED:
        terminal.print(f"  and {len(document['calls']) - LISTED} more; --json lists all", highlight=False)
