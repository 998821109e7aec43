"""One recording, cut into the messages a live call would have sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.adapters.audio_files import shown
from pipeline.adapters.audio_in import AudioSource, RawFormat, open_audio
from pipeline.adapters.intake import RATE_MAX
from pipeline.adapters.story import NO_STORY, Story
from pipeline.core.errors import ConfigError, InputError
from pipeline.core.messages import Intake, Pcm16
from pipeline.core.metadata import NO_METADATA
from pipeline.core.pcm import Block
from pipeline.core.topics import CHUNK_BYTES_MAX

PIECE = 8  # messages read from the file at a time: two seconds, so that reading costs little and holds little
ENVELOPE_BYTES = 4096  # room for key and headers


@dataclass(frozen=True, slots=True)
class Recording:
    """A file that can be played. rate: Hz. frames: samples per channel. raw: how to read one without a header."""

    path: Path
    rate: int
    channels: int
    frames: int
    raw: RawFormat | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One call to play. start_s: after the first call, on the player's clock. trace: W3C traceparent, or empty. story:
    what is told of it.
    """

    tenant: str
    call: str
    recording: Recording
    start_s: float
    chunk_ms: int
    trace: str = ""
    story: Story = NO_STORY


def recording(path: Path, raw: RawFormat | None, chunk_ms: int) -> Recording:
    """Look at a file. Raises InputError if it cannot be played, ConfigError if chunks of `chunk_ms` are too large."""
    with open_audio(path, raw=raw) as source:
        _check_bits(source)
        found = Recording(path, source.rate, source.channels, source.frames, raw)
    if found.rate > RATE_MAX:
        raise InputError(f"{shown(path)}: {found.rate} Hz, live calls have up to {RATE_MAX} Hz; resample it")
    if found.rate * chunk_ms // 1000 * found.channels * 2 > CHUNK_BYTES_MAX - ENVELOPE_BYTES:
        raise ConfigError(
            f"--chunk-ms: {chunk_ms} ms of {shown(path)} ({found.channels} channels, {found.rate} Hz) are more than "
            f"a message may hold ({CHUNK_BYTES_MAX} bytes); give fewer"
        )
    return found


class Voice:
    """One call being spoken. samples: sent so far, per channel. sequence: of its next message. previous: where the one
    before that began; -1: it is the first.
    """

    def __init__(self, part: Part) -> None:
        self.part = part
        self.samples = 0
        self.sequence = 0
        self.previous = -1
        self._frames = part.recording.rate * part.chunk_ms // 1000
        self._source: AudioSource | None = None
        self._pieces: Iterator[Block] = iter(())
        self._piece: Pcm16 = np.zeros((0, part.recording.channels), dtype=np.int16)

    @property
    def next_end_s(self) -> float:
        """When the last sample of the next message is spoken, in seconds after the call's start."""
        return min(self.samples + self._frames, self.part.recording.frames) / self.part.recording.rate

    def next(self) -> Intake:
        """The next message; the last one is final, and comes when the file was found whole. Raises InputError."""
        if not len(self._piece):
            self._piece = self._read()
        pcm, self._piece = self._piece[: self._frames], self._piece[self._frames :]
        message = self._message(pcm, final=self.samples + len(pcm) >= self.part.recording.frames)
        self.previous, self.samples = self.samples, self.samples + len(pcm)
        self.sequence += 1
        return message

    def end(self) -> Intake:
        """A final message without audio."""
        return self._message(np.zeros((0, self.part.recording.channels), dtype=np.int16), final=True)

    def close(self) -> None:
        """Close the file. More than once does no harm."""
        if self._source is not None:
            self._source.close()

    def _message(self, pcm: Pcm16, *, final: bool) -> Intake:
        found = self.part.recording
        return Intake(
            self.part.tenant, self.part.call, None, found.channels, found.rate, self.sequence, self.samples, pcm,
            final, self.part.trace, metadata=NO_METADATA if self.sequence else self.part.story.metadata,
        )  # fmt: skip

    def _read(self) -> Pcm16:
        if self._source is None:
            self._source = open_audio(self.part.recording.path, raw=self.part.recording.raw)
            _check_bits(self._source)
            self._check_same(self._source)
            self._pieces = self._source.blocks(self._frames * PIECE)
        block = next(self._pieces)
        piece = block.astype(np.int16)
        if self.samples + len(piece) >= self.part.recording.frames:
            next(self._pieces, None)  # faults that show only at the end show now, before the final message
        return piece

    def _check_same(self, source: AudioSource) -> None:
        found = self.part.recording
        if (source.rate, source.channels, source.frames) != (found.rate, found.channels, found.frames):
            raise InputError(f"{shown(found.path)}: changed while it was played; wait until it is complete")


def _check_bits(source: AudioSource) -> None:
    if source.bits != 16:
        raise InputError(
            f"{shown(source.path)}: decodes to {source.bits}-bit samples, live calls carry 16; "
            "convert it to 16-bit FLAC"
        )
