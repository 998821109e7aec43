"""Opens a recording, checks it to the last byte, and streams its samples. libsndfile decodes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

import numpy as np
import soundfile

from pipeline.adapters.audio_checks import (
    Declared,
    RawFormat,
    beyond_limits,
    check_content,
    file_state,
    open_plain,
)
from pipeline.adapters.audio_files import shown
from pipeline.adapters.audio_levels import Levels
from pipeline.core.errors import InputError
from pipeline.core.pcm import Block, SampleHash, full_scale, packed, round_to_24

__all__ = ["AudioSource", "RawFormat", "open_audio"]

_FLOAT_NOTE = "float audio was rounded to 24 bits"
_INT32_NOTE = "32-bit audio was rounded to 24 bits"

# libsndfile 1.2.2 gives wrong Opus samples if the last read begins inside the last packet (at most 120 ms):
# so read in pieces of over a second, the last one never shorter than a piece unless the recording is.
_LOSSY_PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class _Form:
    """How samples of one coding are taken: as `dtype`, shifted right, or rounded to 24 bits if float."""

    dtype: str
    bits: int
    top: int  # the loudest value the coding holds, at `bits` scale
    shift: int = 0
    note: str = ""
    piece: int = 0  # frames decoded at a time, if the caller may not choose


_FORMS = {
    "PCM_S8": _Form("int16", 16, 127 << 8),
    "PCM_U8": _Form("int16", 16, 127 << 8),
    "ULAW": _Form("int16", 16, 32_124),
    "ALAW": _Form("int16", 16, 32_256),
    "PCM_16": _Form("int16", 16, full_scale(16)),
    "PCM_24": _Form("int32", 24, full_scale(24), shift=8),
    "PCM_32": _Form("float64", 24, full_scale(24), note=_INT32_NOTE),
    "FLOAT": _Form("float32", 24, full_scale(24), note=_FLOAT_NOTE),
    "DOUBLE": _Form("float64", 24, full_scale(24), note=_FLOAT_NOTE),
    "VORBIS": _Form("float32", 24, full_scale(24), note=_FLOAT_NOTE, piece=_LOSSY_PIECE),
    "OPUS": _Form("float32", 24, full_scale(24), note=_FLOAT_NOTE, piece=_LOSSY_PIECE),
}


def open_audio(path: Path, *, raw: RawFormat | None = None) -> AudioSource:
    """Open and check a recording: WAV, FLAC or Ogg by its content, or headerless G.711 as `raw`.

    Use as a context manager. Raises InputError, naming the path and what to do, if it cannot be used whole.
    """
    fd = open_plain(path)
    try:
        return AudioSource(path, fd, raw)
    except BaseException:
        os.close(fd)
        raise


class AudioSource:
    """One recording, read once from start to end.

    rate: Hz. frames: samples per channel, exact. bits: 16 or 24, the depth an output must have to hold every
    sample exactly. notes: what decoding changed, known at once.
    """

    def __init__(self, path: Path, fd: int, raw: RawFormat | None) -> None:
        """fd: the open file; the source closes it. See `open_audio`."""
        self.path = path
        self._fd = fd
        self._as_opened = file_state(fd)
        declared = check_content(fd, path, raw)
        self._sound = self._decoder(raw)
        self.rate = int(self._sound.samplerate)
        self.channels = int(self._sound.channels)
        self.frames = int(self._sound.frames)
        try:
            self._check(declared)
        except InputError:
            self._sound.close()
            raise
        self._form = _FORMS[self._sound.subtype]
        self.bits = self._form.bits
        self.notes = (self._form.note,) if self._form.note else ()
        self._hash = SampleHash(self.bits, self.channels)
        self._levels = Levels(self.bits, self.channels, self._form.top)
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._declared_md5 = (declared.md5, declared.md5_bits)
        self._beyond = 0
        self._begun = self._ended = False

    def __enter__(self) -> AudioSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. More than once does no harm."""
        if self._fd >= 0:
            self._sound.close()
            os.close(self._fd)
            self._fd = -1

    def blocks(self, frames: int) -> Iterator[Block]:
        """The samples in order, (n, channels) int32 of `bits` scale; n is `frames` but for the last block.

        Can be asked for once. InputError if the file turns out damaged or changes; faults that show only at
        the end are raised after the last block, so make nothing final before the iterator is spent.
        """
        if frames < 1:
            raise ValueError(f"blocks of {frames} frames")
        if self._begun:
            raise RuntimeError("a source is read once; open the file again")
        self._begun = True
        return self._blocks(frames)

    @property
    def sha256(self) -> str:
        """`SampleHash` of all samples. RuntimeError before the last block was taken."""
        if not self._ended:
            raise RuntimeError("the recording was not read to its end")
        return self._hash.hexdigest()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Faults that do not prevent processing, of what has been read so far."""
        found = self._levels.warnings()
        if self._beyond:
            found += (f"{self._beyond} samples beyond full scale were clipped",)
        return found

    def _blocks(self, frames: int) -> Iterator[Block]:
        held = np.zeros((0, self.channels), dtype=np.int32)
        for piece in self._pieces(self._form.piece or frames):
            held = np.concatenate([held, piece]) if len(held) else piece
            whole = len(held) - len(held) % frames
            for at in range(0, whole, frames):
                yield held[at : at + frames]
            held = held[whole:]
        if len(held):
            yield held
        self._finish()

    def _pieces(self, frames: int) -> Iterator[Block]:
        done = 0
        while done < self.frames:
            left = self.frames - done
            wanted = left if self._form.piece and left < 2 * frames else min(frames, left)
            block = self._take(self._read(wanted))
            done += len(block)
            if len(block) != wanted:
                self._stop(f"damaged: {self.frames} samples announced, {done} could be read")
            yield block

    def _read(self, frames: int) -> Any:
        try:
            return self._sound.read(frames, dtype=self._form.dtype, always_2d=True)
        except soundfile.LibsndfileError as error:
            self._stop(f"damaged and cannot be decoded ({error.error_string.strip(' .')})")

    def _take(self, samples: Any) -> Block:
        block: Block
        if np.issubdtype(samples.dtype, np.floating):
            if not np.isfinite(samples).all():
                self._stop("holds samples that are not numbers or infinite")
            block, beyond = round_to_24(samples)
            self._beyond += beyond
        else:
            block = samples.astype(np.int32) >> self._form.shift
        self._hash.update(block)
        self._levels.update(block)
        if self._declared_md5[0]:
            bits = self._declared_md5[1]
            self._md5.update(packed(block >> max(0, self.bits - bits), bits))
        return block

    def _finish(self) -> None:
        self._check_unchanged()
        if self._declared_md5[0] and self._md5.digest() != self._declared_md5[0]:
            self._stop("damaged: its samples do not match the check sum in its header")
        self._ended = True

    def _stop(self, fault: str) -> NoReturn:
        self._check_unchanged()  # the likelier cause
        raise InputError(f"{shown(self.path)}: {fault}; export the recording again")

    def _check_unchanged(self) -> None:
        if file_state(self._fd) != self._as_opened:
            raise InputError(f"{shown(self.path)}: changed while it was read; wait until it is complete")

    def _decoder(self, raw: RawFormat | None) -> Any:
        fd = os.dup(self._fd)  # the decoder closes its own, and takes where the file stands for its start
        try:
            os.lseek(fd, 0, os.SEEK_SET)
            if raw is None:
                return soundfile.SoundFile(fd, closefd=True)
            return soundfile.SoundFile(
                fd, samplerate=raw.rate, channels=raw.channels, format="RAW", subtype=raw.encoding.upper()
            )
        except (soundfile.LibsndfileError, ValueError, TypeError, RuntimeError) as error:
            reason = str(getattr(error, "error_string", "unknown coding")).strip(" .")
            raise InputError(f"{shown(self.path)}: cannot be decoded ({reason}); convert it to FLAC") from None

    def _check(self, declared: Declared) -> None:
        fault = beyond_limits(self.rate, self.channels)
        if not fault and self._sound.subtype not in _FORMS:
            fault = f"codec {self._sound.subtype} is not supported; convert it to 16-bit PCM"
        if not fault and self.frames <= 0:
            fault = "holds no audio; export the recording again"
        if not fault and declared.frames not in (None, self.frames):
            fault = f"{declared.frames} samples announced, {self.frames} found; export the recording again"
        if fault:
            raise InputError(f"{shown(self.path)}: {fault}")
