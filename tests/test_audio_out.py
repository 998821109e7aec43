"""Results appear whole, exactly as written, all together, or not at all."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.adapters import audio_files
from pipeline.adapters.audio_in import open_audio
from pipeline.adapters.audio_out import AudioSink, OutputSet, write_text_atomically
from pipeline.core.errors import OutputError
from pipeline.core.pcm import Block


def noise(frames: int, channels: int, bits: int = 16) -> Block:
    top = 1 << (bits - 1)
    block = np.random.default_rng(frames).integers(-top, top, (frames, channels)).astype(np.int32)
    block[0], block[-1] = top - 1, -top
    return block


def sink(path: Path, block: Block, **changes: Any) -> AudioSink:
    form: dict[str, Any] = {"rate": 8_000, "bits": 16, "force": False}
    form |= {"channels": block.shape[1], "frames_expected": len(block)} | changes
    return AudioSink.create(path, **form)


def write(path: Path, block: Block, **changes: Any) -> str:
    with sink(path, block, **changes) as out:
        out.write(block)
        out.commit()
        return out.sha256


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.rglob("*"))


def one_line(error: pytest.ExceptionInfo[OutputError]) -> str:
    text = str(error.value)
    assert text.isprintable()
    assert "; " in text, "what is wrong; what to do"
    assert error.value.exit_code == 2
    return text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([".flac", ".wav", ".WAV"]),
    st.sampled_from([16, 24]),
    st.integers(1, 8),
    st.integers(2, 3_000),
    st.lists(st.integers(0, 3_000), max_size=5),
)
def test_what_goes_out_comes_in_again(
    tmp_path: Path, suffix: str, bits: int, channels: int, frames: int, cuts: list[int]
) -> None:
    block, path = noise(frames, channels, bits), tmp_path / f"call{suffix}"
    edges = sorted({0, frames, *(cut % frames for cut in cuts)})
    with sink(path, block, bits=bits, force=True) as out:
        for start, end in itertools.pairwise(edges):
            out.write(block[start:end])
        out.commit()
    with open_audio(path) as source:
        assert (source.rate, source.channels, source.frames, source.bits) == (8_000, channels, frames, bits)
        assert np.array_equal(np.concatenate(list(source.blocks(997))), block)
        assert source.sha256 == out.sha256
    assert not [name for name in names(tmp_path) if name.startswith(".")]


@pytest.mark.parametrize("rate", [4_000, 11_025, 44_100, 65_535, 96_000, 192_000])
def test_rates_in_flac(tmp_path: Path, rate: int) -> None:
    write(tmp_path / "call.flac", noise(100, 1), rate=rate)
    assert soundfile.info(tmp_path / "call.flac").samplerate == rate


@pytest.mark.parametrize("nameless", [True, False])
def test_nothing_shows_before_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nameless: bool) -> None:
    if not nameless:
        monkeypatch.setattr(audio_files, "NAMELESS", None)
    block, path = noise(50_000, 2), tmp_path / "new" / "folder" / "call.flac"
    with sink(path, block) as out:
        out.write(block)
        assert not path.exists()
        assert [n[:19] for n in names(path.parent)] == ([] if nameless else [".call.flac.partial-"])
        out.commit()
        assert names(path.parent) == ["call.flac"]
    assert names(path.parent) == ["call.flac"]


@pytest.mark.parametrize("suffix", [".flac", ".wav"])
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_error_half_way_leaves_nothing(tmp_path: Path, suffix: str, error: type[BaseException]) -> None:
    block = noise(50_000, 1)

    def fail_half_way() -> None:
        with sink(tmp_path / f"call{suffix}", block) as out:
            out.write(block[:30_000])
            raise error

    with pytest.raises(error):
        fail_half_way()
    assert names(tmp_path) == []


def test_leaving_without_commit_leaves_nothing(tmp_path: Path) -> None:
    with sink(tmp_path / "call.flac", noise(10, 1)) as out:
        out.write(noise(10, 1))
    assert names(tmp_path) == []


def test_the_length_announced_is_kept(tmp_path: Path) -> None:
    with sink(tmp_path / "call.flac", noise(10, 1)) as out:
        out.write(noise(9, 1))
        with pytest.raises(ValueError, match="more than the 10"):
            out.write(noise(2, 1))
        with pytest.raises(ValueError, match="9 frames written"):
            out.commit()
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "block", [np.full((4, 1), 1 << 15), np.full((4, 1), -(1 << 15) - 1), np.zeros((4, 2)), np.zeros(4)]
)
def test_what_does_not_fit_is_not_written(tmp_path: Path, block: Any) -> None:
    with sink(tmp_path / "call.flac", noise(10, 1)) as out, pytest.raises(ValueError, match=r"fit|wide"):
        out.write(block.astype(np.int32))


def test_an_existing_file_is_kept_without_force(tmp_path: Path) -> None:
    path = tmp_path / "call.flac"
    path.write_text("old")
    with pytest.raises(OutputError, match="exists; use --force") as caught:
        write(path, noise(10, 1))
    one_line(caught)
    assert (path.read_text(), names(tmp_path)) == ("old", ["call.flac"])
    write(path, noise(10, 1), force=True)
    assert (soundfile.info(path).frames, names(tmp_path)) == (10, ["call.flac"])


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    path, block = tmp_path / "call.flac", noise(10, 1)
    with sink(path, block) as out:
        out.write(block)
        path.write_text("another's")
        with pytest.raises(OutputError, match="exists; use --force"):
            out.commit()
    assert (path.read_text(), names(tmp_path)) == ("another's", ["call.flac"])


def test_a_dangling_link_counts_as_existing(tmp_path: Path) -> None:
    (tmp_path / "call.flac").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="exists"):
        write(tmp_path / "call.flac", noise(10, 1))
    write(tmp_path / "call.flac", noise(10, 1), force=True)
    assert names(tmp_path) == ["call.flac"]
    assert not (tmp_path / "call.flac").is_symlink()


@pytest.mark.parametrize(
    ("name", "channels", "changes", "words"),
    [
        ("call.flac", 9, {}, "FLAC holds 8 channels, not 9; use --audio-format wav"),
        ("call.flac", 1, {"rate": 96_001}, "FLAC cannot hold 96001 Hz; use --audio-format wav"),
        ("call.wav", 2, {"frames_expected": 1 << 30}, "4 GiB"),
        ("call.mp3", 1, {}, "written as .flac or .wav"),
        ("call", 1, {}, "written as .flac or .wav"),
    ],
)
def test_what_a_format_cannot_hold(
    tmp_path: Path, name: str, channels: int, changes: dict[str, int], words: str
) -> None:
    with pytest.raises(OutputError) as caught:
        write(tmp_path / name, noise(10, channels), **changes)
    assert words in one_line(caught)
    assert names(tmp_path) == []


def test_many_channels_and_odd_rates_in_wav(tmp_path: Path) -> None:
    block = noise(33, 16, 24)
    write(tmp_path / "call.wav", block, bits=24, rate=96_001)
    with open_audio(tmp_path / "call.wav") as source:
        assert np.array_equal(np.concatenate(list(source.blocks(100))), block)


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write everywhere: for the time of a test, be somebody else."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("name", ["call.flac", "deeper/call.flac"])
def test_a_folder_that_may_not_be_written(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o555)
    with as_nobody(), pytest.raises(OutputError) as caught:
        write(folder / name, noise(10, 1))
    assert "may not be written" in one_line(caught)
    assert names(tmp_path) == ["closed"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "call.flac").mkdir()
    for path in (tmp_path / "file" / "call.flac", tmp_path / "call.flac"):
        with pytest.raises(OutputError) as caught:
            write(path, noise(10, 1), force=True)
        one_line(caught)


def test_long_and_odd_names(tmp_path: Path) -> None:
    for name in ("ü" * 120 + ".flac", "x" * 250 + ".wav", "a b\n.flac"):
        write(tmp_path / name, noise(10, 1))
        with pytest.raises(OutputError) as caught:
            write(tmp_path / name, noise(10, 1))
        one_line(caught)
    assert len(names(tmp_path)) == 3


# --- a disk that is full: a real short write, made by the limit on file sizes


FILL = """
    import resource, sys
    from pathlib import Path
    import numpy as np
    from pipeline.adapters.audio_out import AudioSink, OutputSet
    from pipeline.core.errors import OutputError

    path, limit, texts = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    block = np.random.default_rng(1).integers(-9000, 9000, (40_000, 1)).astype(np.int32)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        with OutputSet(force=False) as files:
            sink = files.audio(path, rate=8000, channels=1, bits=16, frames_expected=40_000)
            for at in range(0, 40_000, 1_000):
                sink.write(block[at : at + 1_000])
            files.text(path.with_suffix(".json"), "x" * texts)
            files.commit()
    except OutputError as error:
        print(error)
        sys.exit(error.exit_code)
"""


def fill(path: Path, limit: int, texts: int = 10) -> subprocess.CompletedProcess[str]:
    root = str(Path(audio_files.__file__).parents[2])
    command = [sys.executable, "-c", textwrap.dedent(FILL), str(path), str(limit), str(texts)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"PYTHONPATH": root},
    )


@pytest.mark.parametrize("suffix", [".flac", ".wav"])
@pytest.mark.parametrize("limit", [0, 20, 4_096, 60_000])
def test_a_full_disk_leaves_nothing(tmp_path: Path, suffix: str, limit: int) -> None:
    run = fill(tmp_path / f"call{suffix}", limit)
    assert run.returncode == 2, run.stderr
    assert "free some space" in run.stdout
    assert len(run.stdout.splitlines()) == 1
    assert run.stderr == ""
    assert names(tmp_path) == []


def test_a_disk_too_full_for_the_text_leaves_no_audio(tmp_path: Path) -> None:
    run = fill(tmp_path / "call.flac", 200_000, texts=200_001)
    assert (run.returncode, run.stderr, names(tmp_path)) == (2, "", [])
    assert "call.json: the disk is full; free some space" in run.stdout
    assert fill(tmp_path / "call.flac", 200_000).returncode == 0
    assert names(tmp_path) == ["call.flac", "call.json"]


def test_what_the_disk_does_not_give_back_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte of the audio is changed behind the writer's back, before the check."""
    monkeypatch.setattr(audio_files, "NAMELESS", None)
    close = soundfile.SoundFile.close

    def close_and_spoil(sound: Any) -> None:
        close(sound)
        for partial in tmp_path.iterdir():
            content = partial.read_bytes()
            partial.write_bytes(content[:500] + bytes([content[500] ^ 1]) + content[501:])

    block = noise(1_000, 1)
    with sink(tmp_path / "call.wav", block) as out:
        out.write(block)
        with monkeypatch.context() as patch:
            patch.setattr(soundfile.SoundFile, "close", close_and_spoil)
            with pytest.raises(OutputError, match="could not be written whole"):
                out.commit()
    assert names(tmp_path) == []


# --- groups


def group(folder: Path, force: bool = False, commit: bool = True) -> None:
    block = noise(500, 1)
    with OutputSet(force=force) as files:
        out = files.audio(folder / "call.flac", rate=8_000, channels=1, bits=16, frames_expected=500)
        files.text(folder / "call.json", '{"é": 1}')
        files.text(folder / "call.vtt", "WEBVTT\n")
        out.write(block)
        if commit:
            files.commit()


def test_a_group_appears_together(tmp_path: Path) -> None:
    group(tmp_path)
    assert names(tmp_path) == ["call.flac", "call.json", "call.vtt"]
    assert json.loads((tmp_path / "call.json").read_bytes()) == {"é": 1}


def test_a_group_not_committed_is_gone(tmp_path: Path) -> None:
    group(tmp_path, commit=False)
    assert names(tmp_path) == []


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
@pytest.mark.parametrize("force", [True, False])
@pytest.mark.parametrize("failing", [0, 1, 2])
def test_a_group_that_fails_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int, force: bool, links: bool
) -> None:
    """The rename of one file fails: with force the old files are there again, without it nothing is."""
    if force:
        for name in ("call.flac", "call.json"):
            (tmp_path / name).write_text("old " + name)
    appear = audio_files._appear
    calls = iter(range(9))

    def sometimes(file: audio_files.Staged, with_force: bool) -> Path | None:
        if next(calls) == failing:
            raise OSError(28, "No space left on device")
        return appear(file, with_force)

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(audio_files, "_appear", sometimes)
    if not links:
        monkeypatch.setattr(audio_files, "NAMELESS", None)
        monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(OutputError, match="disk is full"):
        group(tmp_path, force)
    assert names(tmp_path) == (["call.flac", "call.json"] if force else [])
    for path in tmp_path.iterdir():
        assert path.read_text() == "old " + path.name
    monkeypatch.setattr(audio_files, "_appear", appear)
    group(tmp_path, force)
    assert names(tmp_path) == ["call.flac", "call.json", "call.vtt"]
    assert soundfile.info(tmp_path / "call.flac").frames == 500


def test_a_group_with_one_name_taken_is_refused_whole(tmp_path: Path) -> None:
    (tmp_path / "call.vtt").write_text("old")
    with pytest.raises(OutputError, match=r"call\.vtt: exists"):
        group(tmp_path)
    assert names(tmp_path) == ["call.vtt"]


def test_one_path_is_in_a_group_once(tmp_path: Path) -> None:
    with OutputSet(force=True) as files:
        files.text(tmp_path / "a.json", "1")
        with pytest.raises(ValueError, match="twice"):
            files.text(tmp_path / "a.json", "2")
    assert names(tmp_path) == []


def test_a_text_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.json"
    write_text_atomically(path, "one", force=False)
    with pytest.raises(OutputError, match="exists"):
        write_text_atomically(path, "two", force=False)
    assert path.read_text() == "one"
    write_text_atomically(path, "two", force=True)
    assert (path.read_text(), names(path.parent)) == ("two", ["a.json"])


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    def count() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = count()
    group(tmp_path / "one")
    group(tmp_path / "two", commit=False)
    with pytest.raises(OutputError):
        group(tmp_path / "one")
    assert count() == before


def test_publishing_alone_leaves_no_hidden_files(tmp_path: Path) -> None:
    files = [audio_files.Staged.create(tmp_path / name, force=False) for name in ("a.json", "b.json", "c.json")]
    for file in files:
        file.seal()
    (tmp_path / "b.json").write_text("another's")
    with pytest.raises(OutputError, match=r"b\.json: exists"):
        audio_files.publish(files, force=False)
    assert names(tmp_path) == ["b.json"]
