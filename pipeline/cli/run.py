"""callshield run: one stage as a worker, or all of them on one machine."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Annotated

import typer

from pipeline.adapters.faust_runner import FaustRunner
from pipeline.adapters.health import HealthServer, Status
from pipeline.adapters.kafka_connect import Kafka, reach, told
from pipeline.adapters.kafka_pins import PinBoard, publish_pin
from pipeline.adapters.kafka_runner import KafkaRunner
from pipeline.adapters.kafka_topics import counts
from pipeline.adapters.kafka_watch import Watch
from pipeline.adapters.log import get_log
from pipeline.adapters.metrics import Metrics
from pipeline.cli.crew import end_with, run_all
from pipeline.cli.kafka import kafka as kafka_of
from pipeline.cli.stages import codec, keyring, pin, spec, text_pin
from pipeline.cli.topics import topic_table
from pipeline.core.errors import BrokerError, CallShieldError, ConfigError
from pipeline.core.topics import STAGES
from pipeline.settings import Settings, load_settings

AGAIN_S = (0.5, 1.0, 2.0, 5.0)  # between attempts after the broker was lost; the last one repeats
Runner = KafkaRunner | FaustRunner
IN_ORDER = ("analytics", "chat")  # they finish each message before the next
PINNING = {"accept": pin, "chat": text_pin}  # they begin what is judged by a pin
EXAMPLES = "Examples: callshield run hear · callshield run all"


def run(
    stage: Annotated[str, typer.Argument(help=f"{', '.join(STAGES)}, or all: every stage, each in its own process.")],
    *,
    metrics_port: Annotated[
        int | None, typer.Option("--metrics-port", help="Port of /metrics, /healthz, /readyz; 0: any free one.")
    ] = None,
    with_parent: Annotated[
        int | None,
        typer.Option("--with-parent", metavar="PID", help="End when this process, which started it, is gone."),
    ] = None,
) -> None:
    """Run a stage of the live pipeline until it is told to stop (SIGTERM, Ctrl-C)."""
    if with_parent is not None:
        end_with(with_parent)
    settings = load_settings()
    if metrics_port is not None:
        settings = settings.model_copy(update={"metrics_port": metrics_port})
    if stage == "all":
        raise typer.Exit(run_all(STAGES, settings.metrics_port))
    if stage not in STAGES:
        raise ConfigError(f"{stage!a} is no stage; choose one of {', '.join(STAGES)}, or all")
    worker = _Worker(stage, settings, kafka_of(settings))
    asyncio.run(worker.work())


@dataclass(slots=True)
class _Worker:
    """One stage in this process."""

    stage: str
    settings: Settings
    kafka: Kafka

    async def work(self) -> None:
        """Until told to stop. Errors before it first ran end it; after that it tries again."""
        settings = self.settings
        keys = keyring(settings)
        metrics, status = Metrics(self.stage), Status(self.stage, settings.ready_lag_s, self.stage == "hear")
        make_pin = PINNING.get(self.stage)
        own_pin = make_pin(settings) if make_pin else None
        await reach(self.kafka)
        stop = asyncio.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        with (
            HealthServer(settings.metrics_host, settings.metrics_port, [(status, metrics)]) as health,
            ExitStack() as stack,
        ):
            pins = PinBoard(self.kafka)
            async with told(self.kafka):
                await self._check_topics()
                if own_pin is not None:
                    await publish_pin(self.kafka, own_pin)
                await pins.load()
            what = spec(
                self.stage, settings, pin_sha256=own_pin.sha256 if own_pin else "", keys=keys, pins=pins, meter=metrics
            )
            pool = stack.enter_context(
                ThreadPoolExecutor(what.jobs_max or settings.threads, thread_name_prefix=self.stage)
            )
            status.engine(True)
            typer.echo(f"{self.stage}: ready on {self.kafka.servers}, metrics on port {health.port}", err=True)
            struck: set[tuple[str, int, int]] = set()

            def runner() -> Runner:
                coding, watch = codec(settings, keys, self.stage), Watch(metrics, status)
                if self.stage in IN_ORDER:
                    return FaustRunner(
                        what, self.kafka, coding, watch, pool,
                        fleet=settings.fleet, pins=pins, keep_dead=settings.dead_keep_payload,
                    )  # fmt: skip
                return KafkaRunner(
                    what, self.kafka, coding, pins, watch, pool,
                    fleet=settings.fleet, keep_dead=settings.dead_keep_payload, struck=struck,
                )  # fmt: skip

            watch = Watch(metrics, status)
            asking = asyncio.create_task(watch.ask(self.kafka))
            try:
                await _again_and_again(runner, pins, stop, watch, self.stage)
            finally:
                asking.cancel()
                what.stop()

    async def _check_topics(self) -> None:
        """All this stage reads and writes must be there, and be cut alike: a call is in one partition everywhere."""
        own = [t for t in topic_table(self.settings).values() if self.stage in (*t.readers, *t.writers)]
        found = await counts(self.kafka, [t.name for t in own if t.partitions is None])
        if len(set(found.values())) > 1:
            shown = ", ".join(f"{topic} {n}" for topic, n in sorted(found.items()))
            raise BrokerError(f"topics have different numbers of partitions ({shown}); see: callshield topics check")


async def _again_and_again(
    make: Callable[[], Runner], pins: PinBoard, stop: asyncio.Event, watch: Watch, stage: str
) -> None:
    """Run from the log, and anew from the log whenever that breaks, until told to stop."""
    failures = 0
    while not stop.is_set():
        runner = make()
        stopper = asyncio.create_task(_when(stop, runner))
        follower = asyncio.create_task(pins.follow())
        try:
            await runner.run()
        except Exception as error:
            watch.lost()
            get_log().error("run_broke", stage=stage, error=type(error).__name__)
            if isinstance(error, CallShieldError):
                typer.echo(f"{stage}: {error}; trying again", err=True)
            wait_s = AGAIN_S[min(failures, len(AGAIN_S) - 1)]
            failures += 1
            try:
                await asyncio.wait_for(stop.wait(), wait_s)
            except TimeoutError:
                continue
        finally:
            for task in (stopper, follower):
                task.cancel()
            await asyncio.gather(stopper, follower, return_exceptions=True)


async def _when(stop: asyncio.Event, runner: Runner) -> None:
    await stop.wait()
    runner.stop()
