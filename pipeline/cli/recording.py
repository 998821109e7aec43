"""One recording from file to files: the wiring of adapters and stages for `redact`, `eval` and the demo."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.adapters.aids import loaded_aids
from pipeline.adapters.audio_files import shown
from pipeline.adapters.audio_in import AudioSource, RawFormat, open_audio
from pipeline.adapters.audio_out import AudioSink, OutputSet
from pipeline.adapters.log import get_log
from pipeline.adapters.provenance import release
from pipeline.adapters.report_files import texts
from pipeline.adapters.resample import Resampler
from pipeline.cli.inputs import Job
from pipeline.core.errors import ConfigError, OutputError
from pipeline.core.finding import Finding
from pipeline.core.policy import Policy
from pipeline.core.profile import Profile
from pipeline.core.report import AudioFacts, EngineFacts, PolicyFacts, hidden, report
from pipeline.core.transcript import Role, Transcript, transcript
from pipeline.ports.engine import Engine
from pipeline.stages.call import Call, Record

READ_FRAMES = 1 << 15


@dataclass(frozen=True, slots=True)
class Options:
    """How recordings are redacted and written. roles: empty for unknown. suffix: .flac or .wav.

    tenant, profile: see Call.
    """

    out: Path
    suffix: str = ".flac"
    raw: RawFormat | None = None
    roles: tuple[str, ...] = ()
    force: bool = False
    pictures: bool = False
    tenant: str | None = None
    profile: Profile | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """One redacted recording. hidden_s counts each channel; spans by entity; wall_s without loading the model."""

    job: Job
    audio: Path
    seconds: float
    channels: int
    wall_s: float
    hidden_s: float
    spans: dict[str, int]
    warnings: tuple[str, ...]
    picture: Path | None


Tell = Callable[[int, int], None]
"""Told how many frames of the recording were read since the last call, and how many it has in all."""


class Redactor:
    """An engine and a policy, ready for any number of recordings. Use as a context manager."""

    def __init__(self, engine: Engine, policy: Policy, threads: int) -> None:
        self.engine = engine
        self.policy = policy
        self._aids = loaded_aids()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="hear")

    def __enter__(self) -> Redactor:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def redact(self, job: Job, options: Options, tell: Tell = lambda _read, _all: None) -> Done:
        """Write the redacted recording, its report and transcript. All files appear, or none.

        Raises InputError, OutputError, EngineError or ConfigError.
        """
        started = time.perf_counter()
        base = options.out / job.name
        audio = _beside(base, options.suffix)
        if audio.resolve() == job.source.resolve():
            raise OutputError(f"{shown(audio)}: is the input itself; choose another folder with --out")
        if options.pictures and not options.force and os.path.lexists(_beside(base, ".png")):
            raise OutputError(f"{shown(_beside(base, '.png'))}: exists; use --force to overwrite it")
        with open_audio(job.source, raw=options.raw) as source, OutputSet(force=options.force) as files:
            roles = _roles(options.roles, source.channels, job.source)
            sink = files.audio(
                audio, rate=source.rate, channels=source.channels, bits=source.bits, frames_expected=source.frames
            )
            record = self._through(source, sink, tell, options)
            wall_s = time.perf_counter() - started
            facts = AudioFacts(
                source.rate, source.channels, source.frames, source.bits, source.sha256, sink.sha256,
                source.notes, source.warnings,
            )  # fmt: skip
            document, spoken = self._documents(job, facts, roles, record, wall_s)
            for suffix, text in texts(document, spoken).items():
                files.text(_beside(base, suffix), text)
            files.commit()
        shown_spans = hidden(record.findings, self.policy.action, self.policy.doubt)
        done = Done(
            job, audio, facts.frames / facts.rate, facts.channels, wall_s, document["summary"]["hidden_s"],
            dict(Counter(f.entity for f in shown_spans)), (*facts.notes, *facts.warnings), None,
        )  # fmt: skip
        get_log().info(
            "call_redacted", frames=facts.frames, channels=facts.channels, rate=facts.rate, spans=len(shown_spans),
            wall_s=round(wall_s, 3), policy=self.policy.name, engine=self.engine.identity.engine,
        )  # fmt: skip
        return self._pictured(done, shown_spans, roles, options) if options.pictures else done

    def _through(self, source: AudioSource, sink: AudioSink, tell: Tell, options: Options) -> Record:
        """All samples through the chain, block by block."""
        call = Call(
            source.channels, source.rate, source.bits,
            engine=self.engine, policy=self.policy, resampler=Resampler, aids=self._aids, executor=self._pool,
            tenant=options.tenant, profile=options.profile,
        )  # fmt: skip
        for samples in source.blocks(READ_FRAMES):
            for block in call.push(samples):
                sink.write(block.pcm)
            tell(len(samples), source.frames)
        for block in call.flush():
            sink.write(block.pcm)
        return call.record

    def _documents(
        self, job: Job, facts: AudioFacts, roles: Sequence[str], record: Record, wall_s: float
    ) -> tuple[dict[str, Any], Transcript]:
        identity = self.engine.identity
        document = report(
            name=job.name.as_posix(),
            program_version=release(),
            audio=facts,
            engine=EngineFacts(
                identity.engine, identity.engine_version, identity.model, identity.language, identity.sha256
            ),
            policy=PolicyFacts(self.policy.name, self.policy.sha256),
            roles=roles,
            findings=record.findings,
            actions=self.policy.action,
            doubt=self.policy.doubt,
            classes=self.policy.data_class,
            processing_s=wall_s,
        )
        unheard = hidden(record.findings, self.policy.action, self.policy.doubt)
        return document, transcript(record.utterances, unheard, rate=facts.rate, roles=roles)

    def _pictured(self, done: Done, spans: Sequence[Finding], roles: Sequence[str], options: Options) -> Done:
        from pipeline.adapters.plots import picture  # noqa: PLC0415 - a fifth of the time any command takes to start

        path = _beside(options.out / done.job.name, ".png")
        picture(
            done.job.source, done.audio, spans, path,
            title=done.job.name.as_posix(), roles=roles, raw=options.raw, force=options.force,
        )  # fmt: skip
        return Done(
            done.job, done.audio, done.seconds, done.channels, done.wall_s, done.hidden_s, done.spans, done.warnings,
            path,
        )  # fmt: skip


def _beside(base: Path, suffix: str) -> Path:
    """`base` with `suffix` behind it: a dot in a recording's name is no suffix."""
    return base.with_name(base.name + suffix)


def _roles(given: Sequence[str], channels: int, path: Path) -> tuple[str, ...]:
    if not given or channels == 1:
        return (Role.UNKNOWN,) * channels
    if len(given) != channels:
        raise ConfigError(f"{shown(path)}: --roles names {len(given)} channels, the recording has {channels}")
    return tuple(given)
