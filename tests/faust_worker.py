"""A worker of the Faust tests: counts calls into a SQLite file. Runs as a process of its own, to be killed."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipeline.adapters.faust_runner import FaustRunner
from pipeline.adapters.health import Status
from pipeline.adapters.kafka_connect import Kafka
from pipeline.adapters.kafka_watch import Watch
from pipeline.adapters.keyring import Keyring
from pipeline.adapters.metrics import Metrics
from pipeline.adapters.tally import SqliteTally
from pipeline.adapters.wire import Raw, Wire
from pipeline.core.messages import Message
from pipeline.core.topics import DEAD, Topic
from pipeline.ports.codec import Headers
from pipeline.ports.lane import Lane, Spec
from pipeline.stages.analytics import AnalyticsLane


class Codec:
    """The wire, for topics of any name."""

    def __init__(self, names: Iterable[str], keys: Path) -> None:
        table = {name: Topic(name, "", None, (), (), sealed=name == DEAD) for name in (*names, DEAD)}
        self._wire = Wire(table, Keyring(keys), "analytics")

    def encode(self, topic: str, message: Message) -> Raw:
        """See Wire."""
        return self._wire.encode(topic, message)

    def decode(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> Message:
        """See Wire."""
        return self._wire.decode(topic, value, headers)


class SlowTally(SqliteTally):
    """So that there is a middle to be killed in."""

    def change(self, *asked: object) -> bool:  # type: ignore[override]
        """A moment later."""
        time.sleep(0.005)
        return super().change(*asked)  # type: ignore[arg-type]


def main(servers: str, fleet: str, keys: str, base: str, *names: str) -> None:
    """Run until SIGTERM."""
    meter = Metrics("analytics")
    tally = SlowTally(Path(base))

    def make(partition: int, _: Iterable[Message]) -> Lane:
        return AnalyticsLane(tally=tally, meter=meter, partition=partition)

    async def run() -> None:
        with ThreadPoolExecutor(2) as pool:
            watch = Watch(meter, Status("analytics", 30))
            codec = Codec(names, Path(keys))
            runner = FaustRunner(Spec("analytics", names, make), Kafka(servers), codec, watch, pool, fleet=fleet)
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, runner.stop)
            await runner.run()

    asyncio.run(run())
    tally.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
