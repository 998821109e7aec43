"""Writes a call's results: audio checked by reading it back, texts, and all of them together or none."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import soundfile

from pipeline.adapters.audio_files import Staged, not_written, publish, shown
from pipeline.core.errors import OutputError
from pipeline.core.pcm import DEPTHS, Block, SampleHash

FLAC_CHANNELS_MAX = 8  # the format's own limit
FLAC_ODD_RATE_MAX_HZ = 65_535  # above, the encoder takes multiples of ten only
WAV_BYTES_MAX = (1 << 32) - (1 << 16)  # its lengths have 32 bits; room is left for the header
_READ_FRAMES = 1 << 16
_FORMATS = {".flac": "FLAC", ".wav": "WAV"}


class AudioSink:
    """One recording being written: FLAC or WAV by the name's ending. Nothing shows until `commit`.

    Use as a context manager: leaving it without `commit`, by an error or not, removes what was written.
    """

    def __init__(self, staged: Staged, sound: Any, bits: int, channels: int, frames_expected: int) -> None:
        """See `create`."""
        self.path = staged.path
        self._staged = staged
        self._sound = sound
        self._bits = bits
        self._channels = channels
        self._expected = frames_expected
        self._frames = 0
        self._hash = SampleHash(bits, channels)
        self._force = False

    @classmethod
    def create(cls, path: Path, *, rate: int, channels: int, bits: int, frames_expected: int, force: bool) -> Self:
        """Begin a recording of exactly `frames_expected` samples per channel.

        rate: Hz. bits: 16 or 24. Raises OutputError if the format cannot hold it, `path` exists (without
        `force`) or its folder cannot be written.
        """
        kind = _check_form(path, rate, channels, bits, frames_expected)
        staged = Staged.create(path, force=force)
        fd = os.dup(staged.fd)  # the encoder closes its own; ours stays for the check and the sync
        try:
            sound = soundfile.SoundFile(fd, "w", rate, channels, f"PCM_{bits}", format=kind)
        except BaseException as error:
            staged.discard()
            if isinstance(error, soundfile.LibsndfileError):  # the form was checked: it is the disk
                raise _lost(path) from None
            raise
        sink = cls(staged, sound, bits, channels, frames_expected)
        sink._force = force
        return sink

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def write(self, block: Block) -> None:
        """Append samples, (n, channels) int32 of `bits` scale. OutputError if the disk will not take them.

        ValueError for another shape, a sample too large, or more samples than announced.
        """
        if self._frames + len(block) > self._expected:
            raise ValueError(f"more than the {self._expected} frames announced")
        self._hash.update(block)
        data = block.astype(np.int16) if self._bits == 16 else block << 8
        try:
            self._sound.write(np.ascontiguousarray(data))
        except (
            soundfile.LibsndfileError,
            AssertionError,
            OSError,
        ):  # AssertionError: it wrote less than given
            raise _lost(self.path) from None
        self._frames += len(block)

    @property
    def sha256(self) -> str:
        """`SampleHash` of everything written so far."""
        return self._hash.hexdigest()

    def finish(self) -> Staged:
        """Close the recording, read it back, and force it to the disk; it still has its hidden name.

        Raises OutputError, and removes it, if the disk does not hold exactly what was written.
        """
        try:
            if self._frames != self._expected:
                raise ValueError(f"{self._frames} frames written, {self._expected} announced")
            try:
                self._sound.close()
            except soundfile.LibsndfileError:
                raise _lost(self.path) from None
            self._read_back()
            self._staged.seal()
        except BaseException:
            self.discard()
            raise
        return self._staged

    def commit(self) -> None:
        """Finish, and give the file its name. Raises OutputError; then nothing is left."""
        publish([self.finish()], force=self._force)

    def discard(self) -> None:
        """Remove what is not committed. More than once does no harm."""
        with contextlib.suppress(soundfile.LibsndfileError, OSError):
            self._sound.close()
        self._staged.discard()

    def _read_back(self) -> None:
        found = SampleHash(self._bits, self._channels)
        fd = os.dup(self._staged.fd)
        try:
            os.lseek(fd, 0, os.SEEK_SET)
            with soundfile.SoundFile(fd) as sound:
                while len(data := sound.read(_READ_FRAMES, dtype="int32", always_2d=True)):
                    found.update(data >> (32 - self._bits))
        except (soundfile.LibsndfileError, OSError, ValueError):
            raise _lost(self.path) from None
        if found.hexdigest() != self._hash.hexdigest():
            raise _lost(self.path)


class OutputSet:
    """The files of one call: all appear at `commit`, or none. Leaving without it removes everything."""

    def __init__(self, *, force: bool) -> None:
        """force: existing files may be replaced (they are, only when all the new ones are complete)."""
        self._force = force
        self._texts: list[Staged] = []
        self._sinks: list[AudioSink] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for sink in self._sinks:
            sink.discard()
        for text in self._texts:
            text.discard()

    def audio(self, path: Path, *, rate: int, channels: int, bits: int, frames_expected: int) -> AudioSink:
        """A sink to write to; it is committed with the set. See `AudioSink.create`."""
        self._refuse_twice(path)
        sink = AudioSink.create(
            path, rate=rate, channels=channels, bits=bits, frames_expected=frames_expected, force=self._force
        )
        self._sinks.append(sink)
        return sink

    def text(self, path: Path, text: str) -> None:
        """Add a UTF-8 text file. Raises OutputError."""
        self.data(path, text.encode())

    def data(self, path: Path, data: bytes) -> None:
        """Add a file of these bytes. Raises OutputError."""
        self._refuse_twice(path)
        staged = Staged.create(path, force=self._force)
        self._texts.append(staged)
        try:
            with os.fdopen(os.dup(staged.fd), "wb") as file:
                file.write(data)
        except OSError as error:
            raise not_written(path, error) from None

    def commit(self) -> None:
        """Check and name every file. Raises OutputError; then none of them exists."""
        files = [sink.finish() for sink in self._sinks]
        for staged in self._texts:
            staged.seal()
        publish([*files, *self._texts], force=self._force)

    def _refuse_twice(self, path: Path) -> None:
        if path in {sink.path for sink in self._sinks} | {text.path for text in self._texts}:
            raise ValueError("one path twice in a set")


def write_text_atomically(path: Path, text: str, force: bool) -> None:
    """Write one UTF-8 text file whole or not at all. Raises OutputError."""
    with OutputSet(force=force) as files:
        files.text(path, text)
        files.commit()


def _lost(path: Path) -> OutputError:
    return OutputError(f"{shown(path)}: could not be written whole (disk full?); free some space and run again")


def _check_form(path: Path, rate: int, channels: int, bits: int, frames: int) -> str:
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise OutputError(f"{shown(path)}: audio is written as .flac or .wav; choose one of them")
    if bits not in DEPTHS or frames < 1:
        raise ValueError(f"no such audio: {bits} bits, {frames} frames")
    if kind == "FLAC" and channels > FLAC_CHANNELS_MAX:
        most = FLAC_CHANNELS_MAX
        raise OutputError(f"{shown(path)}: FLAC holds {most} channels, not {channels}; use --audio-format wav")
    if kind == "FLAC" and rate > FLAC_ODD_RATE_MAX_HZ and rate % 10:
        raise OutputError(f"{shown(path)}: FLAC cannot hold {rate} Hz; use --audio-format wav")
    if kind == "WAV" and frames * channels * bits // 8 > WAV_BYTES_MAX:
        raise OutputError(f"{shown(path)}: too long for WAV (4 GiB); use --audio-format flac")
    return kind
