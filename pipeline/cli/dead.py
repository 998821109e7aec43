"""`callshield dead`: list, retry, drop. Messages nobody could use."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from pipeline.adapters.dead_letters import DeadLetters, Letter, Listing, Settled, need, parse_id
from pipeline.adapters.keyring import Keyring
from pipeline.adapters.producer import open_producer
from pipeline.adapters.wire import Wire
from pipeline.cli.console import console
from pipeline.cli.kafka import kafka
from pipeline.cli.topics import topic_table
from pipeline.core.errors import CallShieldError, ConfigError
from pipeline.core.topics import DEAD, OPERATOR
from pipeline.settings import Settings, load_settings

app = typer.Typer(
    no_args_is_help=True,
    help="Messages nobody could use: list them, send them again, or lay them to rest.",
)

AGE = re.compile(r"(\d{1,6})([smhd])", re.ASCII)
UNIT_MS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
Act = Callable[[DeadLetters, Letter, Any], Awaitable[None]]  # and a running producer

Reason = Annotated[str, typer.Option("--reason", help="Only with this reason.")]
Stage = Annotated[str, typer.Option("--stage", help="Only by this stage.")]
Call = Annotated[str, typer.Option("--call", help="Only of this call id.")]
Since = Annotated[str, typer.Option("--since", help="Only younger: 30m, 2h, 7d, or a time such as 2026-11-24T10:00.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="The newest so many.")]
Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="From the list, such as 3:17.")]
Every = Annotated[bool, typer.Option("--all", help="All open ones, or those the filters let through.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which letters are meant. Empty: any. since_ms: wall clock."""

    reason: str = ""
    stage: str = ""
    call: str = ""
    since_ms: int = 0

    def want(self, letter: Letter) -> bool:
        """Whether a letter passes."""
        dead = letter.dead
        wanted = ((self.reason, dead.reason), (self.stage, dead.stage), (self.call, dead.call))
        return all(given in ("", found) for given, found in wanted) and dead.at_ms >= self.since_ms


@app.command("list", epilog="Example: callshield dead list --since 2h --reason wrong_rate")
def list_letters(
    *,
    reason: Reason = "",
    stage: Stage = "",
    call: Call = "",
    since: Since = "",
    settled_too: Annotated[bool, typer.Option("--all", help="Also those retried or dropped.")] = False,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """Show what lies in calls.dead: where it came from and why nobody could use it. Never what was said."""
    filters = Filters(reason, stage, call, parse_since(since, time.time()))
    listing = asyncio.run(_letters(load_settings()).find(filters.want, settled=settled_too))
    shown = listing.letters
    older = len(shown[:-limit]) + listing.left_out
    if as_json:
        typer.echo(json.dumps({"letters": [row(letter) for letter in shown[-limit:]], "older": older}, indent=1))
        return
    _print(shown[-limit:], older)


@app.command("retry", epilog="Example: callshield dead retry 3:17")
def retry(
    ids: Ids = None, *, every: Every = False, reason: Reason = "", stage: Stage = "", call: Call = "",
    since: Since = "", yes: Yes = False, as_json: Json = False,
) -> None:  # fmt: skip
    """Send messages again to the topic they came from, once what was wrong is mended.

    A call that has ended meanwhile takes no more audio: its message becomes a dead letter again (after_end).
    """
    filters = Filters(reason, stage, call, parse_since(since, time.time()))
    _settle("retry", DeadLetters.retry, Settled.RETRIED, ids or [], every, filters, yes=yes, as_json=as_json)


@app.command("drop", epilog="Example: callshield dead drop --all --reason after_end --yes")
def drop(
    ids: Ids = None, *, every: Every = False, reason: Reason = "", stage: Stage = "", call: Call = "",
    since: Since = "", yes: Yes = False, as_json: Json = False,
) -> None:  # fmt: skip
    """Lay messages to rest: they are not listed any more. Kafka deletes them by their age."""
    filters = Filters(reason, stage, call, parse_since(since, time.time()))
    _settle("drop", DeadLetters.drop, Settled.DROPPED, ids or [], every, filters, yes=yes, as_json=as_json)


def parse_since(text: str, now_s: float) -> int:
    """ "2h" or an ISO time (local, if it names no zone) as wall clock ms; 0 for "". Raises ConfigError."""
    if not text:
        return 0
    if match := AGE.fullmatch(text):
        return int(now_s * 1000) - int(match[1]) * UNIT_MS[match[2]]
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        raise ConfigError(f"--since: {text!a} is neither an age (30m, 2h, 7d) nor a time (2026-11-24T10:00)") from None


def row(letter: Letter) -> dict[str, Any]:
    """A letter as --json shows it."""
    dead = letter.dead
    return {
        "id": letter.id,
        "time": _time(dead.at_ms),
        "stage": dead.stage,
        "reason": dead.reason,
        "topic": dead.topic,
        "partition": dead.partition,
        "offset": dead.offset,
        "tenant": dead.tenant,
        "call": dead.call,
        "sequence": dead.sequence,
        "start_sample": dead.start_sample,
        "original": "kept" if letter.kept else "in its topic" if letter.readable else "unreadable",
        "settled": letter.settled.value,
    }


def _letters(settings: Settings) -> DeadLetters:
    if settings.keys_file is None:
        raise ConfigError("CALLSHIELD_KEYS_FILE is not set; dead letters are sealed: name the workers' key file")
    return DeadLetters(kafka(settings), Wire(topic_table(settings), Keyring(settings.keys_file), OPERATOR))


def _settle(
    word: str, act: Act, how: Settled, ids: Sequence[str], every: bool, filters: Filters, *, yes: bool, as_json: bool
) -> None:
    """Find the letters meant, ask, and do it to one after the other; one that fails does not stop the others."""
    if bool(ids) == (every or filters != Filters()):
        raise ConfigError(f"callshield dead {word}: give either ids from the list, or --all, alone or with filters")
    if not ids and not every:
        raise ConfigError(f"callshield dead {word}: filters go with --all; add it to mean all they let through")
    settings = load_settings()
    letters = _letters(settings)
    listing = asyncio.run(_meant(letters, ids, filters))
    if not listing.letters:
        typer.echo(json.dumps({"done": [], "failed": []}) if as_json else "no such dead letters")
        return
    _ask(f"{word} {len(listing.letters)} dead letter{'s' if listing.letters[1:] else ''}?", yes)
    done, failed = asyncio.run(_carry_out(settings, letters, listing, act))
    if as_json:
        errors = [{"id": letter.id, "error": str(error)} for letter, error in failed]
        typer.echo(json.dumps({"done": [letter.id for letter in done], "failed": errors}, indent=1))
    else:
        older = f"; {listing.left_out} older ones are left, run it again" if listing.left_out else ""
        typer.echo(f"{len(done)} {how.value}{older}")
    for _, error in failed:
        typer.echo(f"error: {error}", err=True)
    if failed:
        raise typer.Exit(max(error.exit_code for _, error in failed))


async def _meant(letters: DeadLetters, ids: Sequence[str], filters: Filters) -> Listing:
    """Letters by id, whatever became of them; else the open ones that pass."""
    if ids:
        wanted = list(dict.fromkeys(parse_id(text) for text in ids))
        listing = await letters.find(lambda letter: (letter.partition, letter.offset) in wanted, settled=True)
        need(listing, wanted)
        return listing
    return await letters.find(filters.want)


async def _carry_out(
    settings: Settings, letters: DeadLetters, listing: Listing, act: Act
) -> tuple[list[Letter], list[tuple[Letter, CallShieldError]]]:
    done: list[Letter] = []
    failed: list[tuple[Letter, CallShieldError]] = []
    async with open_producer(kafka(settings), DEAD) as producer:
        for letter in listing.letters:
            try:
                await act(letters, letter, producer)
                done.append(letter)
            except CallShieldError as error:
                failed.append((letter, error))
    return done, failed


def _ask(question: str, yes: bool) -> None:
    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise ConfigError("nobody is there to be asked; add --yes")
    typer.confirm(question, abort=True, err=True)


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _print(shown: Sequence[Letter], older: int) -> None:
    terminal = console()
    if not shown:
        terminal.print("no dead letters")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("id", "time", "stage", "reason", "call", "sequence", "first sample", "from", "original"):
        table.add_column(name, justify="right" if name in ("sequence", "first sample") else "left", overflow="fold")
    for letter in shown:
        table.add_row(*(escape(text) for text in _cells(letter)))
    terminal.print(table, highlight=False)
    if older:
        terminal.print(f"and {older} older; --limit shows more", highlight=False)


def _cells(letter: Letter) -> tuple[str, ...]:
    """A letter as a row of the table."""
    found, dead = row(letter), letter.dead
    settled = f" ({letter.settled.value})" if letter.settled else ""
    return (
        letter.id, found["time"], dead.stage or "-", dead.reason + settled,
        f"{dead.tenant}/{dead.call}" if dead.call else "-",
        "-" if dead.sequence < 0 else str(dead.sequence), "-" if dead.start_sample < 0 else str(dead.start_sample),
        f"{dead.topic} {dead.partition}:{dead.offset}" if dead.topic else "-", found["original"],
    )  # fmt: skip
