"""Kafka in memory, and a runner that carries lanes over it as the real one does: for whole-pipeline tests by the
thousand, with a clock of their own and crashes between any two writes.
"""

from __future__ import annotations

import contextlib
import random
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.adapters import chat_intake
from pipeline.adapters.intake import from_record, to_record
from pipeline.adapters.keyring import KeyFile, Keyring, fresh_key, write_key_file
from pipeline.adapters.wire import Wire
from pipeline.core.errors import WireError
from pipeline.core.ledger import Ledger
from pipeline.core.messages import ChatRaw, Dead, Intake, Message, State
from pipeline.core.topics import CHAT, DEAD, INTAKE, STATE, topics
from pipeline.ports.lane import Job, Out, Record, Spec, Step, Unreadable

PURPOSES = ("storage", "analytics")


class CrashError(Exception):
    """kill -9, between two writes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a log."""

    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    at_ms: int


class NoMeter:
    """Counts by name."""

    def __init__(self) -> None:
        self.counts: dict[str, float] = {}

    def add(self, name: str, value: float = 1, **labels: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + value

    def observe(self, name: str, value: float, **labels: str) -> None:
        self.add(name)


@dataclass
class Cluster:
    """The logs of one partition of every topic, the commits, and the clock. seed: of everything by chance."""

    folder: Path
    seed: int = 0
    logs: dict[str, list[Entry]] = field(default_factory=dict)
    commits: dict[tuple[str, str], int] = field(default_factory=dict)
    now_ms: int = 1_700_000_000_000

    def __post_init__(self) -> None:
        path = self.folder / "keys.json"
        write_key_file(path, KeyFile("k", {"k": fresh_key()}))
        self.keys = Keyring(path)
        self.rng = random.Random(self.seed)
        self.wire = Wire(topics(PURPOSES), self.keys, "test")
        self.pins: dict[str, Any] = {}

    def append(self, topic: str, key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes]]) -> None:
        """One record at the end of a log."""
        self.logs.setdefault(topic, []).append(Entry(key, value, tuple(headers), self.now_ms))

    def speak(self, message: Intake) -> None:
        """A recorder sends audio."""
        self.append(INTAKE, *to_record(message))

    def write(self, message: ChatRaw) -> None:
        """A chat platform sends a message."""
        self.append(CHAT, *chat_intake.to_record(message))

    def send(self, out: Out) -> None:
        """A stage sends a message."""
        self.append(out.topic, *self.wire.encode(out.topic, out.message))

    def decode(self, topic: str, entry: Entry) -> Message:
        if topic == INTAKE:
            return from_record(entry.key, entry.value, entry.headers)
        if topic == CHAT:
            return chat_intake.from_record(entry.key, entry.value, entry.headers)
        return self.wire.decode(topic, entry.value, entry.headers)

    def messages(self, topic: str) -> list[Any]:
        """Everything in a log, decoded."""
        return [self.decode(topic, e) for e in self.logs.get(topic, [])]

    def readable(self, topic: str) -> list[Any]:
        """The same without those that cannot be decoded."""
        found = []
        for entry in self.logs.get(topic, []):
            with contextlib.suppress(WireError):
                found.append(self.decode(topic, entry))
        return found

    def states(self, stage: str) -> list[State]:
        """The newest of each call, as after compaction."""
        newest: dict[bytes | None, Entry] = {}
        for entry in self.logs.get(STATE + stage, []):
            newest.pop(entry.key, None)
            if entry.value is not None:
                newest[entry.key] = entry
        found = [self.decode(STATE + stage, e) for e in newest.values()]
        assert all(isinstance(s, State) for s in found)
        return found  # type: ignore[return-value]


class Worker:
    """One stage on the cluster's partition. Anything it does may be its last: see `crash_p`."""

    def __init__(self, cluster: Cluster, spec: Spec, crash_p: float = 0.0) -> None:
        self._cluster, self._spec, self._crash_p = cluster, spec, crash_p
        published = cluster.readable(spec.reads_back) if spec.reads_back else []
        self.lane = spec.make(0, published)
        self.lane.restore(cluster.states(spec.stage) if spec.keeps_state else [])
        self._at = {t: cluster.commits.get((spec.stage, t), 0) for t in spec.inputs}
        self._ledgers: dict[str, Ledger] = {}
        self._jobs: dict[Hashable, deque[Job]] = {}

    def step(self) -> bool:
        """Take one record, end one job or let time pass. False: there was nothing to do but tick."""
        rng, now = self._cluster.rng, self._cluster.now_ms
        paused = self.lane.paused
        ready = [t for t in self._spec.inputs if t not in paused and self._at[t] < len(self._cluster.logs.get(t, []))]
        choices: list[Callable[[], Step]] = [lambda topic=t: self._take(topic) for t in ready]  # type: ignore[misc]
        choices += [lambda key=k: self._end(key) for k in self._jobs]  # type: ignore[misc]
        if choices:
            self._carry_out(rng.choice(choices)())
        else:
            self._carry_out(self.lane.tick(now))
        if rng.random() < 0.3:
            self._commit()
        return bool(choices)

    def _take(self, topic: str) -> Step:
        offset = self._at[topic]
        entry = self._cluster.logs[topic][offset]
        self._at[topic] += 1
        if topic not in self._ledgers:
            self._ledgers[topic] = Ledger(offset)
        self._ledgers[topic].take(offset)
        try:
            message = self._cluster.decode(topic, entry)
        except WireError as e:
            dead = Dead(self._spec.stage, topic, 0, offset, e.reason, 0, e.tenant, e.call, e.sequence, e.start_sample)
            step = self.lane.unreadable(Unreadable(topic, offset, entry.at_ms, dead), self._cluster.now_ms)
            step.outs.insert(0, Out(DEAD, dead))
            return step
        return self.lane.take(Record(topic, offset, entry.at_ms, message), self._cluster.now_ms)

    def _end(self, key: Hashable) -> Step:
        job = self._jobs[key].popleft()
        if not self._jobs[key]:
            del self._jobs[key]
        return self.lane.finish(job, job.run(), self._cluster.now_ms)

    def _carry_out(self, step: Step) -> None:
        for out in [*step.outs, *step.states]:
            self._maybe_crash()
            self._cluster.send(out)
        self._maybe_crash()
        for topic, offset in step.done:
            self._ledgers[topic].done(offset)
        for job in step.jobs:
            self._jobs.setdefault(job.key, deque()).append(job)

    def _commit(self) -> None:
        self._maybe_crash()
        for topic, ledger in self._ledgers.items():
            self._cluster.commits[self._spec.stage, topic] = ledger.commit

    def commit(self) -> Mapping[str, int]:
        """Commit now. Returns how far behind the end of its log each input's commit is."""
        self._commit()
        logs = self._cluster.logs
        return {
            t: len(logs.get(t, [])) - self._cluster.commits.get((self._spec.stage, t), 0) for t in self._spec.inputs
        }

    def _maybe_crash(self) -> None:
        if self._crash_p and self._cluster.rng.random() < self._crash_p:
            raise CrashError


class Line:
    """All stages on one partition, taking turns by chance; each may crash and is then started anew."""

    def __init__(self, cluster: Cluster, specs: Iterable[Spec], crash_p: float = 0.0) -> None:
        self._cluster, self._crash_p = cluster, crash_p
        self._specs = {s.stage: s for s in specs}
        self.workers = {s: Worker(cluster, spec, crash_p) for s, spec in self._specs.items()}
        self.crashes = 0

    def run(self, steps_max: int = 400_000, idle_rounds: int = 8) -> None:
        """Until nobody has anything to do for a while. Time passes in idle rounds."""
        idle = dict.fromkeys(self.workers, 0)
        for _ in range(steps_max):
            stage = self._cluster.rng.choice(list(self.workers))
            try:
                busy = self.workers[stage].step()
            except CrashError:
                self.crashes += 1
                self.workers[stage] = Worker(self._cluster, self._specs[stage], self._crash_p)
                busy = True
            self._cluster.now_ms += 1
            if busy:
                idle = dict.fromkeys(self.workers, 0)
                continue
            idle[stage] += 1
            if min(idle.values()) >= idle_rounds:
                return
            self._cluster.now_ms += 100
        raise AssertionError(f"seed {self._cluster.seed}: still busy after {steps_max} steps")
