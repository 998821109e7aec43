"""Checks a FLAC file before anything decodes it: its last frame must end it, and end the recording.

The decoder stops at the announced number of samples and ignores what follows; a cut or joined file would
lose audio in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pipeline.core.errors import InputError

_STREAM_START = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22")
_FRAME_START = re.compile(rb"\xff[\xf8\xf9]")
_HEADER_MAX = 16  # bytes of a frame header: 4 fixed, 7 number, 2 size, 2 rate, 1 check
_TRIES_MAX = 16  # a false start with a right header check comes once in 8 million bytes
_READ = 1 << 20
_REPAIR = "export the recording again"


@dataclass(frozen=True, slots=True)
class FlacHeader:
    """What a FLAC file says of itself. `frames` per channel. `md5` of the packed samples, if given."""

    rate_hz: int
    channels: int
    bits: int
    frames: int
    md5: bytes | None


def check_flac(file: BinaryIO, size: int) -> FlacHeader:
    """The header of a FLAC file that holds one whole recording and nothing after it but zero bytes.

    file: seekable. size: its length in bytes. Raises InputError, without the path, saying what to do.
    """
    file.seek(0)
    head = file.read(42)
    if len(head) < 42 or not _STREAM_START.match(head):
        raise InputError(f"broken FLAC header; {_REPAIR}")
    info = head[8:]
    block_max = int.from_bytes(info[2:4], "big")
    frame_max = int.from_bytes(info[7:10], "big")
    packed = int.from_bytes(info[10:18], "big")
    md5 = info[18:34]
    header = FlacHeader(
        rate_hz=packed >> 44,
        channels=(packed >> 41 & 7) + 1,
        bits=(packed >> 36 & 31) + 1,
        frames=packed & (1 << 36) - 1,
        md5=md5 if any(md5) else None,
    )
    if header.bits not in (8, 16, 24):
        raise InputError(f"FLAC with {header.bits} bits per sample is not supported; convert to 16 or 24 bits")
    if header.frames == 0:
        raise InputError("FLAC header does not say how long the recording is; encode it again with a length")
    if _second_stream(file):
        raise InputError("two FLAC recordings in one file; split them and try again")
    worst = block_max * header.channels * 4 + 1024
    file.seek(max(42, size - (frame_max + _HEADER_MAX if frame_max else worst)))
    if not _ends_at(file.read(), block_max, header.frames):
        raise InputError(f"FLAC file is truncated, or has other bytes after the audio; {_REPAIR}")
    return header


def _second_stream(file: BinaryIO) -> bool:
    file.seek(4)
    kept = b""
    while read := file.read(_READ):
        if _STREAM_START.search(kept + read):
            return True
        kept = read[-7:]
    return False


def _ends_at(tail: bytes, block_max: int, frames: int) -> bool:
    """True if `tail` ends with a sound frame whose last sample is sample `frames` of the recording.

    Zero bytes after it leave the check sum as it is, so they pass; they are filler and hold no sound.
    """
    starts = [m.start() for m in _FRAME_START.finditer(tail)]
    tried = 0
    for at in reversed(starts):
        end = _frame_end(tail[at : at + _HEADER_MAX], block_max)
        if end is None:
            continue
        tried += 1
        if end == frames and _crc(tail[at:], _CRC16, 16) == 0:
            return True
        if tried == _TRIES_MAX:
            break
    return False


def _frame_end(head: bytes, block_max: int) -> int | None:
    """The sample after a frame's last, from its header; None if that is not a header."""
    if len(head) < 6:
        return None
    number, at = _coded_number(head)
    code, rate = head[2] >> 4, head[2] & 15
    extra = {6: 1, 7: 2}.get(code, 0)
    check = at + extra + {12: 1, 13: 2, 14: 2}.get(rate, 0)
    if number is None or check >= len(head) or _crc(head[: check + 1], _CRC8, 8) != 0:
        return None
    if extra:
        block = int.from_bytes(head[at : at + extra], "big") + 1
    else:
        block = 192 if code == 1 else 576 << code - 2 if code < 6 else 256 << code - 8
    return block + (number if head[1] & 1 else number * block_max)


def _coded_number(head: bytes) -> tuple[int | None, int]:
    """The frame or sample number after the four fixed bytes (coded like UTF-8), and where it ends."""
    first = head[4]
    ones = 8 - (first ^ 0xFF).bit_length()
    if ones == 0:
        return first, 5
    rest = head[5 : 4 + ones]
    if ones in (1, 8) or len(rest) < ones - 1 or any(b >> 6 != 2 for b in rest) or not head[2] >> 4:
        return None, 5
    number = first & (0x7F >> ones)
    for b in rest:
        number = number << 6 | b & 63
    return number, 4 + ones


def _table(polynomial: int, bits: int) -> Iterator[int]:
    top, mask = 1 << (bits - 1), (1 << bits) - 1
    for byte in range(256):
        crc = byte << (bits - 8)
        for _ in range(8):
            crc = (crc << 1 ^ polynomial if crc & top else crc << 1) & mask
        yield crc


_CRC8 = tuple(_table(0x07, 8))
_CRC16 = tuple(_table(0x8005, 16))


def _crc(data: bytes, table: tuple[int, ...], bits: int) -> int:
    crc, mask, shift = 0, (1 << bits) - 1, bits - 8
    for byte in data:
        crc = (crc << 8 & mask) ^ table[crc >> shift ^ byte]
    return crc
