"""One redacted recording proven: its samples against what is told of them, then heard again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.adapters.aids import loaded_aids
from pipeline.adapters.audio_files import shown
from pipeline.adapters.audio_in import AudioSource, RawFormat, open_audio
from pipeline.adapters.memory_file import memory_file
from pipeline.adapters.model_store import ModelStore
from pipeline.adapters.paced_engine import PacedEngine
from pipeline.adapters.redacted_files import Told, file_sha256, of_document
from pipeline.adapters.resample import Resampler
from pipeline.cli.engines import engine_identity, load_engine
from pipeline.core.errors import ConfigError, EngineError, InputError
from pipeline.core.messages import Head
from pipeline.core.policy import Policy
from pipeline.core.proof import Kind, Problem, SampleProof
from pipeline.core.span import Span
from pipeline.ports.engine import Engine
from pipeline.ports.lane import Pins
from pipeline.stages.proof import Hearing

STORAGE = "storage"  # the purpose stored calls are masked for
READ_FRAMES = 1 << 15
_UNPROVEN = (Problem(0, Span(0, 0), Kind.UNPROVEN),)
Tell = Callable[[int, int], None]
"""Told how many frames were worked on since the last call, and how many there are in all."""


@dataclass(frozen=True, slots=True)
class Source:
    """The recording before it was redacted. raw: how to read it if it has no header."""

    path: Path
    raw: RawFormat | None = None


class Prover:
    """Proves any number of recordings, from any thread. engine: of the second hearing; None: samples only."""

    def __init__(self, engine: Engine | None, executor: Executor | None = None) -> None:
        """executor: hears the channels of a recording side by side."""
        self.engine = engine
        self._aids = loaded_aids() if engine is not None else None
        self._executor = executor
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Whatever is being proven ends with EngineError, so that a worker can leave."""
        self._stopped.set()

    def prove(
        self, told: Told, policy: Policy, source: Source | None = None, tell: Tell = lambda _done, _all: None
    ) -> tuple[Problem, ...]:
        """All that is wrong with a recording. Raises InputError, EngineError or ConfigError if it cannot be told."""
        if told.audio is None:
            return ()
        with open_audio(told.audio) as audio:
            if (audio.channels, audio.rate, audio.frames) != (told.channels, told.rate, told.frames):
                return (_other(told),)
            samples = SampleProof(
                told.stretches(policy.action), channels=audio.channels, rate=audio.rate, bits=audio.bits,
                frames=audio.frames, tone=policy.tone, lost=told.lost,
            )  # fmt: skip
            self._compare(audio, samples, source)
            known = audio.sha256 if told.sample_hash else file_sha256(told.audio)
            problems = samples.problems()
            if known != (told.sample_hash or told.file_hash):
                problems = (_other(told), *problems)
        if self.engine is None:
            return problems
        return tuple(sorted((*problems, *self._heard(told, samples, policy, tell))))

    def _compare(self, audio: AudioSource, samples: SampleProof, source: Source | None) -> None:
        if source is None:
            for block in audio.blocks(READ_FRAMES):
                self._go_on()
                samples.push(block)
            return
        with open_audio(source.path, raw=source.raw) as raw:
            if (raw.channels, raw.rate, raw.frames, raw.bits) != (
                audio.channels, audio.rate, audio.frames, audio.bits
            ):  # fmt: skip
                raise InputError(
                    f"{shown(source.path)}: not the source of {shown(audio.path)}: another rate, length, depth or "
                    "number of channels; give the recording it was made of with --source"
                )
            for block, before in zip(audio.blocks(READ_FRAMES), raw.blocks(READ_FRAMES), strict=True):
                self._go_on()
                samples.push(block, before)

    def _heard(self, told: Told, samples: SampleProof, policy: Policy, tell: Tell) -> tuple[Problem, ...]:
        assert self.engine is not None
        assert self._aids is not None
        assert told.audio is not None
        with open_audio(told.audio) as audio:
            hearing = Hearing(
                audio.channels, audio.rate, audio.bits,
                engine=self.engine, policy=policy, tenant=told.tenant or None, aids=self._aids,
                resampler=Resampler, executor=self._executor,
            )  # fmt: skip
            at = 0
            for block in audio.blocks(READ_FRAMES):
                self._go_on()
                hearing.push(samples.muted(at, block))
                at += len(block)
                tell(len(block), audio.frames)
        return hearing.finish(samples.proven(), samples.stretches)

    @property
    def stopped(self) -> bool:
        """True after `stop`."""
        return self._stopped.is_set()

    def _go_on(self) -> None:
        if self.stopped:
            raise EngineError("the proof was stopped; it begins again with the next worker")


class StoreProof:
    """The proof a stored call must pass: a `Proof`. Calls are proven in the worker's pool, some threads stay free."""

    def __init__(self, prover: Prover, pins: Pins, policy: Policy, slots: int) -> None:
        """policy: of calls whose pin is not known any more. slots: calls proven at once."""
        self._prover, self._pins, self._policy = prover, pins, policy
        self._slots = threading.BoundedSemaphore(slots)

    def stop(self) -> None:
        """See `Prover`."""
        self._prover.stop()

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """See `Proof`."""
        ours = self._slots.acquire(blocking=False)
        try:
            yield ours
        finally:
            if ours:
                self._slots.release()

    def problems(self, manifest: Mapping[str, Any], recording: bytes | None, head: Head) -> tuple[Problem, ...]:
        """See `Proof`. A recogniser that fails twice, or a file that cannot be read, proves nothing."""
        with memory_file(recording) if recording is not None else nullcontext() as path:
            told = of_document(manifest, path)
            return _UNPROVEN if told is None else self._problems(told, head)

    def _problems(self, told: Told, head: Head) -> tuple[Problem, ...]:
        pin = self._pins.get(head.pin)
        policy = self._policy if pin is None else pin.policies.get(STORAGE, self._policy)
        for _ in range(2):
            try:
                return self._prover.prove(told, policy)
            except EngineError:
                if self._prover.stopped:
                    raise
            except (InputError, ConfigError):
                break
        return _UNPROVEN


def second_engine(name: str, first: str, language: str, store: ModelStore, threads: int) -> Engine:
    """The engine that hears again what `first` heard. name: as for `load_engine`; auto: another engine if a model of
    it lies here. One with the weights of the first hears at another pace. Raises ModelError, ConfigError.
    """
    before = engine_identity(first, language, store)
    if name == "auto":
        others = (e for e in ("vosk", "whisper") if e != before.engine and store.find(e, language) is not None)
        name = next(others, first)
    engine = load_engine(name, language, store, threads)
    return PacedEngine(engine) if engine.identity == before else engine


def _other(told: Told) -> Problem:
    return Problem(0, Span(0, told.frames), Kind.OTHER_AUDIO)
