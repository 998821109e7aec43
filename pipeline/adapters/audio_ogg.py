"""Checks the pages of an Ogg file before anything decodes it: one stream, whole, every page sound.

The decoder skips broken or missing pages and stops at the first stream's end; here that is an error.
"""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO

from pipeline.core.errors import InputError

_FIRST, _LAST = 2, 4  # page flags
_ALL_ONES = 0xFFFFFFFF
_MIRROR = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_REPAIR = "export the recording again"


def check_ogg(file: BinaryIO, size: int) -> str:
    """The codec, "vorbis" or "opus", of an Ogg file that holds one whole stream and nothing else.

    file: seekable. size: its length in bytes. Raises InputError, without the path, saying what to do.
    """
    file.seek(0)
    at = pages = 0
    codec = ""
    serial = b""
    flags = 0
    while at < size:
        page = _page(file)
        if not page:
            raise InputError(f"Ogg file is truncated or damaged at byte {at}; {_REPAIR}")
        flags, number = page[5], int.from_bytes(page[18:22], "little")
        if pages == 0:
            codec, serial = _codec(page), page[14:18]
        elif flags & _FIRST or page[14:18] != serial:
            raise InputError("several streams in one Ogg file; split them and try again")
        if number != pages:
            raise InputError(f"Ogg file lacks a page before byte {at}; {_REPAIR}")
        at += len(page)
        pages += 1
    if not flags & _LAST:
        raise InputError(f"Ogg file is truncated: its last page is missing; {_REPAIR}")
    return codec


def _page(file: BinaryIO) -> bytes:
    """The next page, or nothing if there is no whole and sound one."""
    head = file.read(27)
    if len(head) < 27 or head[:5] != b"OggS\0":
        return b""
    lengths = file.read(head[26])
    body = file.read(sum(lengths))
    if len(lengths) < head[26] or len(body) < sum(lengths):
        return b""
    (check,) = struct.unpack_from("<I", head, 22)
    page = head[:22] + b"\0\0\0\0" + head[26:] + lengths + body
    return page if _crc(page) == check else b""


def _crc(page: bytes) -> int:
    """Ogg's check sum is zlib's with the bits the other way round and without inversions."""
    value = zlib.crc32(page.translate(_MIRROR), _ALL_ONES) ^ _ALL_ONES
    return int(f"{value:032b}"[::-1], 2)


def _codec(page: bytes) -> str:
    body = page[27 + page[26] :]
    if body.startswith(b"\x01vorbis"):
        return "vorbis"
    if body.startswith(b"OpusHead"):
        return "opus"
    raise InputError("Ogg codec other than Vorbis and Opus is not supported; convert to WAV or FLAC")
