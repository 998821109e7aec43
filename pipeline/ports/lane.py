"""The one contract of a live stage, whichever runner carries it: bare aiokafka, Faust, or memory.

A `Lane` is one stage on one partition. It is a plain object: no I/O, no clock, no threads of its own. A runner
hands it records in the order of their offsets and the time, carries out the `Step` it returns, and tells it when a
`Job` has ended. A lane lives from the partition's assignment to its revocation and then is dropped whole: nothing
late can reach its successor.

How a runner carries out steps (adapters/kafka_runner.py and adapters/memory_runner.py, one conformance suite):

- `outs` are sent at once, in order, to the partition of the lane's own number.
- `states` are sent when all outs of this step and everything of the steps before are confirmed by the broker.
- `done` counts when everything of this step and the steps before is confirmed. Only then may it be committed.
- `jobs` with the same key run one after the other, others side by side, off the event loop; the result of each
  comes back through `finish`. A job never raises: what can go wrong in it is part of its result.
- After every call `paused` says of which topics the lane wants no records for now.

On assignment a runner first calls `restore` with the newest state of each running call of the partition, then
`take` with the records from the committed offset on: a lane may see records again that it knows from a state.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pipeline.core.messages import Dead, Message, State, WrappedKey
from pipeline.core.pin import Pin

Offset = tuple[str, int]
"""Topic and offset; the partition is the lane's own."""


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One message of the lane's partition. at_ms: the broker's timestamp of it."""

    topic: str
    offset: int
    at_ms: int
    message: Message


@dataclass(frozen=True, slots=True, eq=False)
class Unreadable:
    """A message that could not be read. `dead` has all coordinates that could; its reason is a code.

    The runner sends `dead` itself; the lane says what becomes of the call and when the offset is done.
    """

    topic: str
    offset: int
    at_ms: int
    dead: Dead


@dataclass(frozen=True, slots=True, eq=False)
class Out:
    """A message to send. The runner makes bytes of it and seals it if the topic table says so."""

    topic: str
    message: Message


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """Work for the pool. key: what must stay in order, such as a call."""

    key: Hashable
    run: Callable[[], Any]


@dataclass(slots=True)
class Step:
    """What a lane wants done. Built up by the lane, then left alone."""

    outs: list[Out] = field(default_factory=list)
    states: list[Out] = field(default_factory=list)
    done: list[Offset] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)


class Lane(Protocol):
    """One stage on one partition. now_ms: wall clock, injected."""

    def restore(self, states: Iterable[State]) -> None:
        """What this stage knew of running calls. Called once, before any record; state of a version this stage
        cannot read must fail closed: the call is silenced from its last verdict on, never judged anew.
        """
        ...

    def take(self, record: Record, now_ms: int) -> Step:
        """The next record of one of the stage's inputs."""
        ...

    def unreadable(self, record: Unreadable, now_ms: int) -> Step:
        """Instead of `take`, for a message that could not be read."""
        ...

    def finish(self, job: Job, result: Any, now_ms: int) -> Step:
        """A job of this lane has ended."""
        ...

    def tick(self, now_ms: int) -> Step:
        """Time passes: called a few times a second."""
        ...

    @property
    def paused(self) -> frozenset[str]:
        """Topics the lane wants no records of for now."""
        ...

    @property
    def calls(self) -> int:
        """Calls under way in this lane."""
        ...


class Meter(Protocol):
    """Counts what happens, by the names of the one metric table (core/metric_table.py)."""

    def add(self, name: str, value: float = 1, **labels: str) -> None:
        """Add to a counter."""
        ...

    def observe(self, name: str, value: float, **labels: str) -> None:
        """One more value of a histogram."""
        ...


class Keys(Protocol):
    """Makes the data key of a new call."""

    def new(self) -> WrappedKey:
        """A fresh random data key, wrapped under the current key-encryption key. Raises KeyLostError."""
        ...


Pins = Mapping[str, Pin]
"""Pins by their sha256: live, grows while the worker runs. A call with an unknown pin fails closed."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What a runner has to know of a stage.

    make: a lane for the partition of that number; it is given what was read back of `reads_back`, the newest messages
    of the partition since before the oldest state. keeps_state: its states are in `calls.state.<stage>`. stop: called
    when the worker leaves, so that no long job keeps it. jobs_max: how many jobs may run side by side, 0: as many as
    the machine was given threads.
    """

    stage: str
    inputs: tuple[str, ...]
    make: Callable[[int, Iterable[Message]], Lane]
    keeps_state: bool = False
    reads_back: str = ""
    stop: Callable[[], None] = lambda: None
    jobs_max: int = 0
