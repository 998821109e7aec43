"""Recordings come in whole, sample for sample, or not at all."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import io
import os
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.adapters.audio_in import RawFormat, open_audio
from pipeline.adapters.audio_wav import check_riff
from pipeline.core.errors import InputError
from pipeline.core.pcm import Block, SampleHash, packed, round_to_24, to_float

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop  # an independent G.711 decoder, in the standard library of 3.11


def noise(frames: int, channels: int, seed: int = 1) -> NDArray[np.int16]:
    return np.random.default_rng(seed).integers(-9_000, 9_000, (frames, channels)).astype(np.int16)


def wav(
    data: bytes,
    *,
    tag: int = 1,
    channels: int = 1,
    rate: int = 8_000,
    bits: int = 16,
    align: int | None = None,
) -> bytes:
    align = channels * bits // 8 if align is None else align
    fmt = struct.pack("<HHIIHH", tag, channels, rate, rate * align, align, bits)
    return riff(chunk(b"fmt ", fmt) + chunk(b"data", data))


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) & 1)


def riff(body: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


def encoded(samples: NDArray[Any], kind: str, subtype: str, rate: int = 8_000) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=kind, subtype=subtype)
    return file.getvalue()


def saved(folder: Path, content: bytes, name: str = "call.wav") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def read(path: Path, block: int = 1_000, raw: RawFormat | None = None) -> Block:
    with open_audio(path, raw=raw) as source:
        parts = list(source.blocks(block))
        assert all(len(part) == block for part in parts[:-1])
        out = np.concatenate(parts)
        assert out.shape == (source.frames, source.channels)
        assert out.dtype == np.int32
        check = SampleHash(source.bits, source.channels)
        check.update(out)
        assert source.sha256 == check.hexdigest()
        return out


def descriptors() -> int:
    gc.collect()  # what earlier tests left to the collector would vanish in the middle of this one
    return len(list(Path("/proc/self/fd").iterdir()))


def fault(path: Path, raw: RawFormat | None = None) -> str:
    """The error of opening and reading; it must be one line that names the path."""
    before = descriptors()
    with pytest.raises(InputError) as caught, open_audio(path, raw=raw) as source:
        for _ in source.blocks(777):
            pass
    assert descriptors() == before, "a descriptor leaked"
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert message.isprintable()
    assert "; " in message, "what is wrong; what to do"
    assert caught.value.exit_code == 2
    return message


# --- what can be read


@pytest.mark.parametrize(("kind", "subtype"), [("WAV", "PCM_16"), ("WAVEX", "PCM_16"), ("FLAC", "PCM_16")])
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_16_bit_samples_are_exact(tmp_path: Path, kind: str, subtype: str, channels: int) -> None:
    pcm = noise(10_001, channels)
    path = saved(tmp_path, encoded(pcm, kind, subtype))
    assert np.array_equal(read(path), pcm)
    with open_audio(path) as source:
        assert (source.rate, source.channels, source.frames, source.bits) == (8_000, channels, 10_001, 16)
        assert source.notes == ()


@pytest.mark.parametrize("kind", ["WAV", "WAVEX", "FLAC"])
def test_24_bit_samples_are_exact(tmp_path: Path, kind: str) -> None:
    pcm = np.random.default_rng(2).integers(-(1 << 23), 1 << 23, (4_001, 2)).astype(np.int32)
    path = saved(tmp_path, encoded(pcm << 8, kind, "PCM_24", 48_000))
    assert np.array_equal(read(path), pcm)
    with open_audio(path) as source:
        assert (source.bits, source.rate, source.notes) == (24, 48_000, ())


def test_8_bit_samples_are_exact_in_16(tmp_path: Path) -> None:
    octets = np.arange(256, dtype=np.uint8)
    got = read(saved(tmp_path, wav(octets.tobytes(), bits=8)))
    assert np.array_equal(got[:, 0], (octets.astype(np.int32) - 128) << 8)
    flac = read(saved(tmp_path, encoded(np.arange(-128, 128, dtype=np.int16) << 8, "FLAC", "PCM_S8")))
    assert np.array_equal(flac[:, 0], np.arange(-128, 128) << 8)


@pytest.mark.parametrize(("tag", "encoding"), [(7, "ulaw"), (6, "alaw")])
def test_g711_is_exact_with_and_without_header(tmp_path: Path, tag: int, encoding: Any) -> None:
    octets = bytes(range(256))
    law = audioop.ulaw2lin if encoding == "ulaw" else audioop.alaw2lin
    truth = np.frombuffer(law(octets, 2), dtype="<i2").reshape(-1, 2)
    assert np.array_equal(read(saved(tmp_path, wav(octets, tag=tag, bits=8, channels=2))), truth)
    form = RawFormat(encoding, 8_000, 2)
    assert np.array_equal(read(saved(tmp_path, octets, "call.raw"), raw=form), truth)


@pytest.mark.parametrize(("subtype", "dtype"), [("FLOAT", np.float32), ("DOUBLE", np.float64)])
def test_floats_are_rounded_to_24_bits(tmp_path: Path, subtype: str, dtype: Any) -> None:
    step = 1 / (1 << 23)
    values = np.array([0, step, -step, 0.5 * step, 1.5 * step, -0.5 * step, 0.25, -1.0, 1.0, 1.5, -2.0], dtype=dtype)
    path = saved(tmp_path, encoded(values, "WAV", subtype))
    with open_audio(path) as source:
        got = np.concatenate(list(source.blocks(3)))[:, 0].tolist()
        assert source.bits == 24
        assert source.notes == ("float audio was rounded to 24 bits",)
        assert source.warnings == ("2 samples beyond full scale were clipped",)
    assert got == [0, 1, -1, 0, 2, 0, 1 << 21, -(1 << 23), (1 << 23) - 1, (1 << 23) - 1, -(1 << 23)]


def test_32_bit_samples_are_rounded_to_24(tmp_path: Path) -> None:
    values = np.array([256, 128, 384, 383, -128, (1 << 31) - 1, -(1 << 31)], dtype=np.int32)
    path = saved(tmp_path, wav(values.astype("<i4").tobytes(), bits=32))
    assert read(path)[:, 0].tolist() == [1, 0, 2, 1, 0, (1 << 23) - 1, -(1 << 23)]
    with open_audio(path) as source:
        assert source.notes == ("32-bit audio was rounded to 24 bits",)


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
@pytest.mark.parametrize("block", [1, 8, 253, 333, 8_000])
def test_ogg_is_as_decoded_however_it_is_cut(tmp_path: Path, subtype: str, block: int) -> None:
    path = saved(tmp_path, encoded(noise(20_007, 2), "OGG", subtype), "call.ogg")
    decoded, _ = soundfile.read(path, dtype="float32", always_2d=True)
    assert np.array_equal(read(path, block), round_to_24(decoded)[0])
    with open_audio(path) as source:
        assert (source.bits, source.frames, len(source.notes)) == (24, 20_007, 1)


def test_long_ogg_is_decoded_in_pieces(tmp_path: Path) -> None:
    """More than two pieces, and a last one that would begin in the last packet."""
    pcm = noise(2 * (1 << 18) + 20, 1)
    path = saved(tmp_path, encoded(pcm, "OGG", "OPUS", 48_000), "call.ogg")
    decoded, _ = soundfile.read(path, dtype="float32", always_2d=True)
    assert np.array_equal(read(path, 4_800), round_to_24(decoded)[0])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 3_000), st.integers(1, 3), st.integers(1, 4_000), st.sampled_from(["WAV", "FLAC"]))
def test_block_size_changes_nothing(tmp_path: Path, frames: int, channels: int, block: int, kind: str) -> None:
    pcm = noise(frames, channels, seed=frames)
    assert np.array_equal(read(saved(tmp_path, encoded(pcm, kind, "PCM_16")), block), pcm)


def test_parts_beside_the_audio_are_let_be(tmp_path: Path) -> None:
    pcm = noise(101, 1)
    fmt = struct.pack("<HHIIHH", 1, 1, 8_000, 16_000, 2, 16)
    body = chunk(b"bext", b"x" * 13) + chunk(b"fmt ", fmt) + chunk(b"data", pcm.tobytes()) + chunk(b"LIST", b"INFO")
    assert np.array_equal(read(saved(tmp_path, riff(body))), pcm)


@pytest.mark.parametrize("counted", [True, False])
def test_a_last_filler_byte_may_be_missing_or_uncounted(tmp_path: Path, counted: bool) -> None:
    content = wav(b"\x80" * 5, bits=8)
    other = content[:4] + struct.pack("<I", len(content) - 9) + content[8:]
    assert len(read(saved(tmp_path, content[:-1] if counted else other))) == 5
    assert len(read(saved(tmp_path, other[:-1]))) == 5


def test_the_file_is_streamed(tmp_path: Path) -> None:
    path = saved(tmp_path, wav(noise(100_000, 1).tobytes()))
    with open_audio(path) as source:
        blocks = source.blocks(100)
        next(blocks)
        with pytest.raises(RuntimeError, match="not read to its end"):
            _ = source.sha256
        with pytest.raises(RuntimeError, match="read once"):
            source.blocks(100)


def test_the_hash_is_over_packed_little_endian_samples(tmp_path: Path) -> None:
    pcm = noise(500, 2)
    with open_audio(saved(tmp_path, encoded(pcm, "FLAC", "PCM_16"))) as source:
        list(source.blocks(7))
        assert source.sha256 == hashlib.sha256(pcm.astype("<i2").tobytes()).hexdigest()
    assert packed(np.array([[1, -1]], dtype=np.int32), 24) == b"\x01\0\0\xff\xff\xff"
    with pytest.raises(ValueError, match="do not fit"):
        packed(np.array([[1 << 23]], dtype=np.int32), 24)
    with pytest.raises(ValueError, match="channels wide"):
        SampleHash(16, 2).update(np.zeros((3, 1), dtype=np.int32))


@given(st.lists(st.integers(-(1 << 23), (1 << 23) - 1), min_size=1))
def test_24_bits_survive_floats(values: list[int]) -> None:
    block = np.array(values, dtype=np.int32).reshape(-1, 1)
    assert np.array_equal(round_to_24(to_float(block, 24))[0], block)


# --- what is read with a warning


def tone(peak: float, offset: float = 0.0) -> NDArray[np.int16]:
    wave = np.sin(np.arange(8_000) / 5) * peak + offset
    return np.clip(wave, -32_768, 32_767).astype(np.int16)


@pytest.mark.parametrize(
    ("pcm", "words"),
    [
        (tone(20_000), []),
        (tone(90_000), ["full scale"]),
        (tone(5_000, offset=3_000), ["constant offset of 9.2 %"]),
        (tone(90_000, offset=40_000), ["full scale", "constant offset"]),
    ],
)
def test_poor_recordings_are_read_with_a_warning(tmp_path: Path, pcm: NDArray[np.int16], words: list[str]) -> None:
    both = np.stack([tone(5_000), pcm], axis=1)
    with open_audio(saved(tmp_path, wav(both.tobytes(), channels=2))) as source:
        list(source.blocks(512))
        assert len(source.warnings) == len(words)
        for warning, word in zip(source.warnings, words, strict=True):
            assert word in warning
            assert "channel 1" in warning


def test_clipped_mu_law_is_noticed(tmp_path: Path) -> None:
    octets = audioop.lin2ulaw(tone(90_000).astype("<i2").tobytes(), 2)
    with open_audio(saved(tmp_path, octets), raw=RawFormat("ulaw", 8_000, 1)) as source:
        list(source.blocks(8_000))
        assert "clipped" in source.warnings[0]


# --- what is refused


GOOD = wav(noise(500, 1).tobytes())
FMT, DATA = GOOD[12:36], GOOD[36:]


def patched(at: int, code: str, value: int) -> bytes:
    return GOOD[:at] + struct.pack("<" + code, value) + GOOD[at + struct.calcsize(code) :]


BAD_WAV = {
    "empty": (b"", "the file is empty"),
    "text": (b"Dear customer, thank you for calling.\n", "not WAV, FLAC or Ogg"),
    "two bytes": (b"RI", "not WAV, FLAC or Ogg"),
    "header only begun": (GOOD[:11], "truncated WAV header"),
    "cut in the format": (GOOD[:30], "truncated"),
    "cut in the audio": (GOOD[:-100], "truncated"),
    "cut by one byte": (GOOD[:-1], "truncated"),
    "cut, outer length mended": (GOOD[:4] + struct.pack("<I", len(GOOD) - 108) + GOOD[8:-100], "truncated"),
    "not wave": (b"RIFF" + GOOD[4:8] + b"AVI " + GOOD[12:], "not a WAV file"),
    "two data parts": (riff(FMT + DATA + DATA), "2 'data' parts"),
    "two formats": (riff(FMT + FMT + DATA), "2 'fmt' parts"),
    "no data": (riff(FMT), "without a 'data' part"),
    "no format": (riff(DATA), "without a 'fmt' part"),
    "audio first": (riff(DATA + FMT), "before its format"),
    "wave list": (riff(FMT + chunk(b"LIST", b"wavl" + DATA)), "list of wave parts"),
    "shorter than it is": (patched(40, "I", 500), "belong to no part"),
    "longer than it is": (patched(40, "I", 5_000), "truncated"),
    "bytes after": (GOOD + b"\x01\x02\x03\x04" * 9, "the file has 1080"),
    "part after the end": (GOOD + DATA, "header says"),
    "length never written": (patched(4, "I", 0), "never completed"),
    "stream": (patched(40, "I", 0xFFFFFFFF), "never completed"),
    "stream outside": (patched(4, "I", 0xFFFFFFFF), "never completed"),
    "length 0 before audio": (patched(40, "I", 0), "belong to no part"),
    "no samples": (wav(b""), "holds no audio"),
    "half a frame": (wav(b"abcde"), "no whole number of frames"),
    "odd alignment": (wav(b"abcdef", align=3), "3 bytes per frame"),
    "no channels": (wav(b"", channels=0), "0 channels"),
    "17 channels": (wav(bytes(34), channels=17), "17 channels"),
    "rate 0": (wav(bytes(20), rate=0), "sample rate 0 Hz"),
    "rate 3999": (wav(bytes(20), rate=3_999), "sample rate 3999 Hz"),
    "rate 192001": (wav(bytes(20), rate=192_001), "sample rate 192001 Hz"),
    "12 bits": (wav(bytes(24), bits=12, align=2), "12 bits per sample"),
    "mp3 inside": (wav(bytes(24), tag=0x55), "codec MP3 is not supported"),
    "gsm inside": (wav(bytes(24), tag=0x31), "codec GSM 6.10"),
    "unknown codec": (wav(bytes(24), tag=0x1234), "codec 4660"),
    "short format": (riff(chunk(b"fmt ", FMT[8:20]) + DATA), "format part is too short"),
    "extended, too short": (wav(bytes(24), tag=0xFFFE), "unknown extended format"),
    "not a number": (wav(struct.pack("<3f", 0, float("nan"), 0), tag=3, bits=32), "not numbers or infinite"),
    "infinite": (wav(struct.pack("<2d", 0, float("-inf")), tag=3, bits=64), "not numbers or infinite"),
    "rf64": (b"RF64" + GOOD[4:], "RF64 files are not supported"),
    "big-endian": (b"RIFX" + GOOD[4:], "RIFX files are not supported"),
    "many parts": (riff(FMT + chunk(b"JUNK", b"") * 2_000 + DATA), "more than 1000 parts"),
    "aiff": (encoded(noise(9, 1), "AIFF", "PCM_16"), "not WAV, FLAC or Ogg"),
}


@pytest.mark.parametrize(("content", "words"), BAD_WAV.values(), ids=BAD_WAV.keys())
def test_bad_wav_is_one_clear_line(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in fault(saved(tmp_path, content))


FLAC = encoded(noise(20_000, 2), "FLAC", "PCM_16")
FLAC_QUIET = encoded(np.zeros((20_000, 2), dtype=np.int16), "FLAC", "PCM_16")
FLAC_OTHER = encoded(noise(7_000, 2), "FLAC", "PCM_16")


def damaged(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]


def with_frames(frames: int) -> bytes:
    last = struct.unpack(">Q", FLAC[18:26])[0] >> 36 << 36 | frames
    return FLAC[:18] + struct.pack(">Q", last) + FLAC[26:]


BAD_FLAC = {
    "header only": (FLAC[:20], "broken FLAC header"),
    "cut": (FLAC[: len(FLAC) // 2], "truncated"),
    "cut by one byte": (FLAC[:-1], "truncated"),
    "bytes after": (FLAC + bytes(range(256)) * 9, "other bytes after"),
    "silence, bytes after": (FLAC_QUIET + b"\xff\xf8" * 999, "other bytes after"),
    "one byte after": (FLAC + b"\1", "other bytes after"),
    "twice": (FLAC + FLAC, "two FLAC recordings"),
    "two joined": (FLAC + FLAC_OTHER, "two FLAC recordings"),
    "frames of another": (FLAC + FLAC_OTHER[200:], "other bytes after"),
    "a byte changed": (damaged(FLAC, len(FLAC) // 2), "damaged"),
    "check sum changed": (damaged(FLAC, 30), "do not match the check sum"),
    "fewer announced": (with_frames(19_999), "truncated, or has other bytes"),
    "more announced": (with_frames(20_001), "truncated"),
    "none announced": (with_frames(0), "how long"),
    "20 bits": (FLAC[:20] + b"\x01" + bytes([FLAC[21] & 15 | 3 << 4]) + FLAC[22:], "20 bits per sample"),
}


@pytest.mark.parametrize(("content", "words"), BAD_FLAC.values(), ids=BAD_FLAC.keys())
def test_bad_flac_is_one_clear_line(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in fault(saved(tmp_path, content, "call.flac"))


@pytest.mark.parametrize("subtype", ["PCM_S8", "PCM_16", "PCM_24"])
@pytest.mark.parametrize("frames", [1, 15, 191, 192, 255, 4_096, 4_097, 40_001])
@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 96_000])
def test_every_whole_flac_passes(tmp_path: Path, subtype: str, frames: int, rate: int) -> None:
    path = saved(tmp_path, encoded(noise(frames, 1, frames), "FLAC", subtype, rate), "call.flac")
    assert len(read(path)) == frames


OGG = {name: encoded(noise(20_000, 2), "OGG", name) for name in ("VORBIS", "OPUS")}


@pytest.mark.parametrize("subtype", OGG)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda ogg: ogg[: len(ogg) // 2], "truncated or damaged"),
        (lambda ogg: ogg[:-1], "truncated or damaged"),
        (lambda ogg: ogg[: ogg.rindex(b"OggS")], "last page is missing"),
        (lambda ogg: ogg + b"tail", "truncated or damaged"),
        (lambda ogg: ogg + ogg, "several streams"),
        (lambda ogg: damaged(ogg, len(ogg) // 2), "truncated or damaged"),
        (lambda ogg: damaged(ogg, 30), "truncated or damaged"),
    ],
    ids=["cut", "cut by one byte", "no last page", "bytes after", "twice", "a byte changed", "head changed"],
)
def test_bad_ogg_is_one_clear_line(tmp_path: Path, subtype: str, change: Any, words: str) -> None:
    assert words in fault(saved(tmp_path, change(OGG[subtype]), "call.ogg"))


def test_an_ogg_page_left_out_is_noticed(tmp_path: Path) -> None:
    ogg = OGG["VORBIS"]
    starts = [i for i in range(len(ogg)) if ogg.startswith(b"OggS", i)]
    assert "lacks a page" in fault(saved(tmp_path, ogg[: starts[-2]] + ogg[starts[-1] :], "call.ogg"))


@pytest.mark.parametrize(
    ("content", "form", "words"),
    [
        (b"", RawFormat("ulaw", 8_000, 1), "the file is empty"),
        (b"abc", RawFormat("ulaw", 8_000, 2), "no whole number of 2-channel frames"),
        (b"abcd", RawFormat("alaw", 100, 2), "sample rate 100 Hz"),
        (b"abcd", RawFormat("alaw", 8_000, 0), "0 channels"),
        (GOOD, RawFormat("ulaw", 8_000, 1), "leave out --format"),
    ],
)
def test_bad_raw_audio(tmp_path: Path, content: bytes, form: RawFormat, words: str) -> None:
    assert words in fault(saved(tmp_path, content, "call.raw"), raw=form)


def test_bad_paths(tmp_path: Path) -> None:
    assert "no such file" in fault(tmp_path / "nowhere.wav")
    assert "is a folder" in fault(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "not a plain file" in fault(tmp_path / "pipe")
    assert "cannot be opened" in fault(saved(tmp_path, GOOD) / "inside.wav")
    with pytest.raises(InputError, match=r"^[ -~]*$"):
        open_audio(tmp_path / "two\nlines\0.wav")


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything: for the time of a test, be somebody else."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_no_permission(tmp_path: Path) -> None:
    path = saved(tmp_path, GOOD)
    path.chmod(0)
    with as_nobody():
        assert "may not be read" in fault(path)


@pytest.mark.parametrize("kind", ["WAV", "FLAC"])
@pytest.mark.parametrize("change", ["grows", "shrinks"])
def test_a_file_that_changes_while_it_is_read(tmp_path: Path, kind: str, change: str) -> None:
    path = saved(tmp_path, encoded(noise(200_000, 1), kind, "PCM_16"))

    def spoil() -> None:
        with path.open("r+b") as file:
            if change == "grows":
                file.seek(0, os.SEEK_END)
                file.write(b"more")
            else:
                file.truncate(100_000)

    def read_on() -> None:
        with open_audio(path) as source:
            for number, _ in enumerate(source.blocks(1_000)):
                if number == 3:
                    spoil()

    with pytest.raises(InputError, match="changed while it was read"):
        read_on()


# --- whatever it is, it is read whole or refused


def survives(folder: Path, content: bytes) -> None:
    with contextlib.suppress(InputError), open_audio(saved(folder, content)) as source:
        for block in source.blocks(4_096):
            assert block.shape[1] == source.channels


@settings(max_examples=300, deadline=2_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([GOOD, wav(bytes(48), tag=3, bits=32, channels=2), encoded(noise(90, 2), "WAVEX", "PCM_24")]),
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 255)), max_size=6),
    st.integers(0, 2_000),
)
def test_any_wav_header_is_read_or_refused(
    tmp_path: Path, content: bytes, flips: list[tuple[int, int]], keep: int
) -> None:
    changed = bytearray(content)
    for at, value in flips:
        changed[at % len(changed)] = value
    survives(tmp_path, bytes(changed[: max(keep, 1)]))


@settings(max_examples=150, deadline=2_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([FLAC_OTHER, *OGG.values()]), st.data())
def test_any_change_to_flac_or_ogg_is_read_or_refused(tmp_path: Path, content: bytes, data: st.DataObject) -> None:
    changed = bytearray(content)
    for at in data.draw(st.lists(st.integers(0, 300) | st.integers(0, len(content) - 1), max_size=4)):
        changed[at] ^= data.draw(st.integers(1, 255))
    survives(tmp_path, bytes(changed[: data.draw(st.integers(1, len(content)) | st.just(len(content)))]))


@settings(max_examples=300, deadline=2_000)
@given(st.binary(max_size=300))
def test_any_parts_are_accounted_for_or_refused(body: bytes) -> None:
    content = riff(FMT + body)
    with contextlib.suppress(InputError):
        header = check_riff(io.BytesIO(content), len(content))
        assert 0 < header.frames * header.channels * header.bits // 8 <= len(body)


@given(st.integers(1, len(GOOD) - 1))
def test_no_truncation_passes(keep: int) -> None:
    with pytest.raises(InputError):
        check_riff(io.BytesIO(GOOD[:keep]), keep)
