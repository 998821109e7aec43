"""Checks the parts of a WAV file before anything decodes it: every byte must be accounted for.

A decoder takes what it can and says nothing of the rest. Here audio that would be left out is an error.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

from pipeline.core.errors import InputError

_UNKNOWN_SIZE = 0xFFFFFFFF
_CHUNKS_MAX = 1000  # real files have a handful; a run of empty chunks must not hold us up
_CHUNK_NAME = re.compile(rb"[A-Za-z_][A-Za-z0-9_ .\-]{3}")
_EXTENSIBLE = 0xFFFE
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")  # after the 2-byte tag, for every tag of the plain form
_BITS = {1: (8, 16, 24, 32), 3: (32, 64), 6: (8,), 7: (8,)}  # PCM, float, A-law, mu-law
_NAMES = {2: "Microsoft ADPCM", 0x11: "IMA ADPCM", 0x31: "GSM 6.10", 0x40: "G.721", 0x55: "MP3"}
_REPAIR = "export the recording again"


@dataclass(frozen=True, slots=True)
class WavHeader:
    """What a WAV file says of itself. `frames` is the number of samples per channel."""

    tag: int
    channels: int
    rate_hz: int
    bits: int
    frames: int


@dataclass(frozen=True, slots=True)
class _Chunk:
    name: bytes
    at: int
    size: int


def check_riff(file: BinaryIO, size: int) -> WavHeader:
    """The header of a WAV file whose parts fit together exactly.

    file: seekable, positioned anywhere. size: its length in bytes. Raises InputError, without the path,
    saying what is wrong and what to do.
    """
    file.seek(0)
    head = file.read(12)
    if len(head) < 12:
        raise InputError(f"truncated WAV header; {_REPAIR}")
    if head[8:12] != b"WAVE":
        raise InputError("not a WAV file although it begins like one; convert it to WAV or FLAC")
    _check_outer_size(int.from_bytes(head[4:8], "little"), size)
    chunks = _walk(file, size)
    if any(c.name == b"LIST" and _kind(file, c) == b"wavl" for c in chunks):
        raise InputError("WAV with a list of wave parts is not supported; convert it to plain WAV or FLAC")
    fmt, data = _only(chunks, b"fmt "), _only(chunks, b"data")
    if data.at < fmt.at:
        raise InputError(f"WAV audio stands before its format; {_REPAIR}")
    file.seek(fmt.at)
    return _header(file.read(min(fmt.size, 40)), data.size)


def _check_outer_size(declared: int, size: int) -> None:
    if declared in (0, _UNKNOWN_SIZE):
        raise InputError(f"WAV header was never completed (no length in it); {_REPAIR} or repair the header")
    filler = (declared + size) & 1  # one writer leaves out the last filler byte, another forgets to count it
    if declared + 8 > size + (filler and size & 1):
        raise InputError(f"truncated WAV: header says {declared + 8} bytes, the file has {size}; {_REPAIR}")
    if declared + 8 < size - (filler and declared & 1):
        raise InputError(f"WAV header says {declared + 8} bytes but the file has {size}; {_REPAIR}")


def _walk(file: BinaryIO, size: int) -> list[_Chunk]:
    chunks: list[_Chunk] = []
    at = 12
    while at < size:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8 or not _CHUNK_NAME.fullmatch(head[:4]):
            raise InputError(f"{size - at} bytes in the WAV file belong to no part of it; {_REPAIR}")
        chunk = _Chunk(head[:4], at + 8, int.from_bytes(head[4:], "little"))
        if chunk.name == b"data" and chunk.size == _UNKNOWN_SIZE:
            raise InputError(f"WAV header was never completed (no length in it); {_REPAIR} or repair the header")
        if chunk.at + chunk.size > size:
            held = size - chunk.at
            raise InputError(f"truncated WAV: {chunk.size} bytes announced, {held} there; {_REPAIR}")
        chunks.append(chunk)
        if len(chunks) > _CHUNKS_MAX:
            raise InputError(f"WAV file of more than {_CHUNKS_MAX} parts; {_REPAIR}")
        at = chunk.at + chunk.size + (chunk.size & 1)  # parts begin at even places; the last may lack its filler
    return chunks


def _kind(file: BinaryIO, chunk: _Chunk) -> bytes:
    file.seek(chunk.at)
    return file.read(min(4, chunk.size))


def _only(chunks: list[_Chunk], name: bytes) -> _Chunk:
    found = [c for c in chunks if c.name == name]
    shown = name.decode().strip()
    if not found:
        raise InputError(f"WAV file without a '{shown}' part; {_REPAIR}")
    if len(found) > 1:
        raise InputError(f"WAV file with {len(found)} '{shown}' parts; join them into one and try again")
    return found[0]


def _header(fmt: bytes, data_size: int) -> WavHeader:
    if len(fmt) < 16:
        raise InputError(f"WAV format part is too short; {_REPAIR}")
    tag, channels, rate_hz, _, align, bits = struct.unpack_from("<HHIIHH", fmt)
    if tag == _EXTENSIBLE:
        tag = _extended_tag(fmt, bits)
    if tag not in _BITS:
        raise InputError(f"WAV codec {_NAMES.get(tag, tag)} is not supported; convert to PCM")
    if bits not in _BITS[tag]:
        raise InputError(f"WAV with {bits} bits per sample is not supported; convert to 16- or 24-bit PCM")
    if channels == 0:
        raise InputError(f"WAV header says 0 channels; {_REPAIR}")
    if align != channels * bits // 8:
        raise InputError(f"WAV header says {align} bytes per frame for {channels} x {bits} bits; {_REPAIR}")
    if data_size == 0:
        raise InputError(f"WAV file holds no audio (length 0 in its header); {_REPAIR}")
    if data_size % align:
        raise InputError(f"WAV audio of {data_size} bytes is no whole number of frames; {_REPAIR}")
    return WavHeader(tag, channels, rate_hz, bits, data_size // align)


def _extended_tag(fmt: bytes, bits: int) -> int:
    if len(fmt) < 40 or fmt[26:40] != _GUID_TAIL:
        raise InputError("WAV with an unknown extended format is not supported; convert to PCM")
    used: int = struct.unpack_from("<H", fmt, 18)[0]
    if used > bits:
        raise InputError(f"WAV header says {used} of {bits} bits are used; {_REPAIR}")
    return int.from_bytes(fmt[24:26], "little")
