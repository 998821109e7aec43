"""`callshield live`: how far each stage is, and which calls run, looked at once a second."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live

from pipeline.adapters.event_feed import EventFeed
from pipeline.adapters.kafka_connect import reach, told
from pipeline.adapters.kafka_read import reader
from pipeline.adapters.kafka_runner import group_of
from pipeline.adapters.lag import Inputs, Lags, open_lags
from pipeline.adapters.wire import Wire
from pipeline.adapters.worker_pages import ask, check_address
from pipeline.cli.console import console
from pipeline.cli.kafka import kafka as kafka_of
from pipeline.cli.live_view import document, drawn
from pipeline.cli.replay import stops
from pipeline.cli.topics import topic_table
from pipeline.core.board import Frame, Group, rows
from pipeline.core.call_book import CallBook
from pipeline.core.errors import BrokerError, ConfigError
from pipeline.core.quantiles import Counts, Key, Window
from pipeline.core.topics import STAGES
from pipeline.settings import Settings, load_settings
from pipeline.stages import analytics, chat, hear, identify, store, vault
from pipeline.stages.accept import AcceptLane
from pipeline.stages.mask import MaskLane

EXAMPLES = "Examples: callshield live · callshield live --metrics http://10.0.0.7:9464 --once"
LOOK_S, WINDOW_S = 1.0, 60.0
KAFKA_S_MAX, CATCH_UP_S_MAX = 5.0, 20.0
AROUND = 16  # lines of a screen that calls cannot have
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where workers listen, not where we do
INPUTS: Inputs = {
    "accept": AcceptLane.INPUTS, "hear": hear.INPUTS, "identify": identify.INPUTS, "mask": MaskLane.INPUTS,
    "store": store.INPUTS, "analytics": analytics.INPUTS, "chat": chat.INPUTS,
    "vault": vault.INPUTS,
}  # fmt: skip


def live(
    *,
    metrics: Annotated[
        list[str] | None,
        typer.Option(
            "--metrics", metavar="URL", show_default="those of run all",
            help="A worker's metrics address. Repeatable.",
        ),
    ] = None,
    calls: Annotated[int, typer.Option(min=0, max=1000, help="How many of the newest calls to list.")] = 10,
    fleet: Annotated[str | None, typer.Option(help="Fleet to look at.", show_default="CALLSHIELD_FLEET")] = None,
    once: Annotated[bool, typer.Option("--once", help="One look, then leave; so where nobody can watch.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One look as a JSON document on standard output.")] = False,
) -> None:  # fmt: skip
    """Watch the live pipeline: lag and hold time of each stage, and the calls that run. Never what is said.

    Needs Kafka; workers that do not answer are shown as not there. Ctrl-C leaves.
    """
    settings = load_settings()
    if fleet is not None:
        settings = checked_fleet(settings, fleet)
    addresses = [check_address(text) for text in metrics] if metrics else addresses_of(settings)
    view = View(settings, tuple(dict.fromkeys(addresses)), calls)
    terminal = console()
    single = once or as_json or not terminal.is_terminal or terminal.is_dumb_terminal
    raise typer.Exit(asyncio.run(_once(view, as_json) if single else _watch(view)))


def addresses_of(settings: Settings) -> list[str]:
    """Where `callshield run all` has the metrics of the stages; none if their ports are any."""
    host = ANYWHERE.get(settings.metrics_host, settings.metrics_host)
    host = f"[{host}]" if ":" in host else host
    return [f"http://{host}:{settings.metrics_port + n}" for n in range(len(STAGES) if settings.metrics_port else 0)]


def checked_fleet(settings: Settings, fleet: str) -> Settings:
    """The settings with another fleet. Raises ConfigError if that is no name of one."""
    try:
        return Settings(**(settings.model_dump() | {"fleet": fleet}))
    except ValueError:
        raise ConfigError(f"--fleet: {fleet!a} is no name of a fleet; up to 32 of a-z, 0-9 and -") from None


class View:
    """One operator's look at one fleet."""

    def __init__(self, settings: Settings, addresses: Sequence[str], calls: int) -> None:
        """addresses: of the workers' pages. calls: how many to list."""
        self.settings, self._addresses, self._listed = settings, addresses, calls
        self._kafka = kafka_of(settings)
        self._book, self._window = CallBook(settings.fleet), Window(WINDOW_S)
        self._table = topic_table(settings)
        self._inputs = {stage: INPUTS[stage] for stage in STAGES if set(INPUTS[stage]) <= set(self._table)}
        self._unread = ""  # why no events can be read

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[View]:
        """Itself, with its connections. Raises BrokerError."""
        names = {stage: group_of(stage, self.settings.fleet) for stage in self._inputs}
        await reach(self._kafka)
        async with (
            told(self._kafka),
            reader(self._kafka) as consumer,
            open_lags(self._kafka, self._inputs, names) as self._lags,
        ):
            self._feed = EventFeed(consumer, Wire(self._table, None, "live"), self._lags.partitions)
            await self._follow(self._feed.catch_up(), CATCH_UP_S_MAX)
            yield self

    async def look(self, *, strict: bool = False) -> Frame:
        """One frame. strict: raise BrokerError if Kafka does not answer, instead of telling so in the frame."""
        groups, pages = await asyncio.gather(self._groups(strict=strict), ask(self._addresses))
        if groups is not None:
            await self._follow(self._feed.more(), KAFKA_S_MAX)
        current: dict[Key, Counts] = {
            (page.address, stage, name): counts for page in pages for stage, name, counts in page.histograms
        }
        notes = [self._unread] if self._unread else []
        if groups is None:
            notes.append(f"Kafka at {self._kafka.servers} does not answer: shown is what workers tell")
        return Frame(
            time.time_ns() // 1_000_000,
            self.settings.fleet,
            None if groups is None else self._lags.partitions,
            rows(
                list(self._inputs), groups or [], pages, self._window.gained(time.monotonic(), current),
                self.settings.ready_lag_s,
            ),
            None if self._unread else self._book.running,
            self._book.newest(self._listed),
            tuple(page.address for page in pages if not page.answered),
            tuple(notes),
        )  # fmt: skip

    _lags: Lags
    _feed: EventFeed

    async def _groups(self, *, strict: bool) -> list[Group] | None:
        try:
            async with told(self._kafka), asyncio.timeout(KAFKA_S_MAX):
                return await self._lags.look()
        except BrokerError:
            if strict:
                raise
            return None

    async def _follow(self, reading: Coroutine[Any, Any, Any], seconds: float) -> None:
        """Take up events. That they may not be read ends nothing."""
        try:
            async with told(self._kafka), asyncio.timeout(seconds):
                self._book.take(await reading)
            self._unread = ""
        except BrokerError as error:
            self._unread = f"calls cannot be listed: {error}"


async def _once(view: View, as_json: bool) -> int:
    async with view.opened():
        frame = await view.look(strict=True)
    if as_json:
        typer.echo(json.dumps(document(frame), indent=1))
    else:
        terminal = console()
        terminal.print(drawn(frame, terminal.width, view.settings.ready_lag_s), soft_wrap=not terminal.is_terminal)
    return 0


async def _watch(view: View) -> int:
    """Until told to stop, which is no failure: the exit code is 0 then. The last look stays on the terminal."""
    terminal, stop = console(), asyncio.Event()
    last: list[Frame] = []
    with stops(stop):
        tasks = [asyncio.create_task(_frames(view, terminal, last)), asyncio.create_task(stop.wait())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        ended, _ = await asyncio.gather(*tasks, return_exceptions=True)
    for frame in last:
        terminal.print(drawn(frame, terminal.width, view.settings.ready_lag_s))
    if isinstance(ended, Exception):
        raise ended
    return 0


async def _frames(view: View, terminal: Console, last: list[Frame]) -> None:
    """Look and show until cancelled. last: holds the newest frame."""
    async with view.opened():
        with Live(console=terminal, screen=True, auto_refresh=False) as screen:
            while True:
                began = time.monotonic()
                last[:] = [await view.look()]
                shown = replace(last[0], calls=last[0].calls[: max(0, terminal.height - AROUND)])
                screen.update(drawn(shown, terminal.width, view.settings.ready_lag_s), refresh=True)
                await asyncio.sleep(max(0.0, LOOK_S - (time.monotonic() - began)))
