"""Opens a file and checks, before any decoding, that it is whole audio of a kind we take."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.adapters.audio_files import shown
from pipeline.adapters.audio_flac import check_flac
from pipeline.adapters.audio_ogg import check_ogg
from pipeline.adapters.audio_wav import check_riff
from pipeline.core.errors import InputError

RATE_MIN_HZ = 8_000  # below, keypad tones cannot be told from voice
RATE_MAX_HZ = 192_000  # the highest rate recorders use; more is a broken header
CHANNELS_MAX = 16  # a conference bridge; more is a broken header, and each costs a recogniser


@dataclass(frozen=True, slots=True)
class RawFormat:
    """What a file without a header holds: G.711 bytes, channels interleaved. rate: Hz."""

    encoding: Literal["ulaw", "alaw"]
    rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class Declared:
    """What the file's own header promises and the decoder must deliver. None: the header does not say."""

    frames: int | None = None
    md5: bytes | None = None  # over the samples packed to md5_bits
    md5_bits: int = 0


def open_plain(path: Path) -> int:
    """The descriptor of a regular file, for reading. Raises InputError."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a named pipe must not hang us
    except FileNotFoundError:
        raise InputError(f"{shown(path)}: no such file; check the path") from None
    except PermissionError:
        raise InputError(f"{shown(path)}: may not be read; change its permissions") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{shown(path)}: cannot be opened ({reason}); check the path") from None
    mode = os.fstat(fd).st_mode
    if stat.S_ISREG(mode):
        return fd
    os.close(fd)
    if stat.S_ISDIR(mode):
        raise InputError(f"{shown(path)}: is a folder, not a recording; name a file in it")
    raise InputError(f"{shown(path)}: is not a plain file; save the recording to a file first")


def file_state(fd: int) -> tuple[int, int]:
    """Size and time of last change: equal before and after means unchanged between."""
    status = os.fstat(fd)
    return status.st_size, status.st_mtime_ns


def check_content(fd: int, path: Path, raw: RawFormat | None) -> Declared:
    """What the open file promises. Raises InputError, naming the path, if its parts do not fit together."""
    try:
        with os.fdopen(os.dup(fd), "rb") as file:
            file.seek(0)
            magic = file.read(4)
            size = os.fstat(fd).st_size
            if size == 0:
                raise InputError("the file is empty; export the recording again")
            if raw is not None:
                return _check_raw(raw, magic, size)
            if magic == b"RIFF":
                wav = check_riff(file, size)
                return _within_limits(wav.rate_hz, wav.channels, Declared(wav.frames))
            if magic == b"fLaC":
                flac = check_flac(file, size)
                declared = Declared(flac.frames, flac.md5, flac.bits)
                return _within_limits(flac.rate_hz, flac.channels, declared)
            if magic == b"OggS":
                check_ogg(file, size)
                return Declared()
            raise InputError(_stranger(magic))
    except InputError as error:
        raise InputError(f"{shown(path)}: {error}") from None
    except OSError as error:
        raise InputError(f"{shown(path)}: cannot be read ({error.strerror}); copy it again") from None


def beyond_limits(rate: int, channels: int) -> str:
    """What is wrong with a rate (Hz) or number of channels, and what to do; empty if nothing is."""
    if not RATE_MIN_HZ <= rate <= RATE_MAX_HZ:
        return f"sample rate {rate} Hz is outside {RATE_MIN_HZ} to {RATE_MAX_HZ}; resample or repair the header"
    if not 1 <= channels <= CHANNELS_MAX:
        return f"{channels} channels, 1 to {CHANNELS_MAX} are supported; split the recording"
    return ""


def _check_raw(raw: RawFormat, magic: bytes, size: int) -> Declared:
    if magic in (b"RIFF", b"fLaC", b"OggS"):
        raise InputError("has a header, so it is not raw audio; leave out --format")
    _within_limits(raw.rate, raw.channels, Declared())
    if size % raw.channels:
        raise InputError(f"{size} bytes are no whole number of {raw.channels}-channel frames; check --channels")
    return Declared(size // raw.channels)


def _within_limits(rate: int, channels: int, declared: Declared) -> Declared:
    if fault := beyond_limits(rate, channels):
        raise InputError(fault)
    return declared


def _stranger(magic: bytes) -> str:
    if magic in (b"RF64", b"BW64", b"RIFX"):
        return f"{magic.decode()} files are not supported; convert it to FLAC"
    return "is not WAV, FLAC or Ogg audio; convert it, or give --format for raw mu-law or A-law"
