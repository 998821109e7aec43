"""Every bad input is one line that names it and says what to do, exit code 2, and no file."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import re
import resource
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
import soundfile as sf
from command import ROOT, environment, files, here, line, process
from scripted import ScriptedEngine, dialogue

NOBODY = 65_534
SAID = dialogue("A: hello there", "C: good morning", mono=True)


def sound(frames: int = 4_000, channels: int = 1) -> np.ndarray:
    return np.random.default_rng(1).integers(-9_000, 9_000, (frames, channels)).astype(np.int16)


def chunk(name: bytes, body: bytes, said: int | None = None) -> bytes:
    """A part of a WAV file. said: the length its header claims."""
    return name + struct.pack("<I", len(body) if said is None else said) + body + b"\0" * (len(body) & 1)


def riff(*chunks: bytes) -> bytes:
    body = b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


def fmt(*, tag: int = 1, channels: int = 1, rate: int = 8_000, bits: int = 16) -> bytes:
    align = channels * bits // 8
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * align % (1 << 32), align, bits))


PCM = sound().tobytes()
WHOLE = riff(fmt(), chunk(b"data", PCM))


def floats(value: float) -> bytes:
    samples = sound().astype(np.float32)[:, 0] / 32_768
    samples[2_000] = value
    return riff(fmt(tag=3, bits=32), chunk(b"data", samples.tobytes()))


def encoded(kind: str, subtype: str) -> bytes:
    file = io.BytesIO()
    sf.write(file, sound(), 8_000, format=kind, subtype=subtype)
    return file.getvalue()


BAD = {  # name of the file: its content, and what its error must say
    "empty.wav": (b"", "empty"),
    "text.wav": (b"agent: how can I help you today\n" * 50, "is not WAV, FLAC or Ogg"),
    "truncated.wav": (WHOLE[:-500], "truncated"),
    "header only.wav": (WHOLE[:20], "truncated"),
    "two data.wav": (riff(fmt(), chunk(b"data", PCM), chunk(b"data", PCM)), "2 'data' parts"),
    "lies short.wav": (riff(fmt(), chunk(b"data", PCM, len(PCM) - 100)), "belong to no part"),
    "lies long.wav": (riff(fmt(), chunk(b"data", PCM, len(PCM) + 100)), "truncated"),
    "appended.wav": (WHOLE + b"\0" * 64, "header says"),
    "unfinished.wav": (riff(fmt(), chunk(b"data", PCM, 0xFFFFFFFF)), "never completed"),
    "no channels.wav": (riff(fmt(channels=0), chunk(b"data", PCM)), "0 channels"),
    "no audio.wav": (riff(fmt(), chunk(b"data", b"")), "no audio"),
    "nan.wav": (floats(float("nan")), "not numbers or infinite"),
    "infinite.wav": (floats(float("inf")), "not numbers or infinite"),
    "slow.wav": (riff(fmt(rate=1), chunk(b"data", PCM)), "sample rate 1 Hz"),
    "fast.wav": (riff(fmt(rate=4_000_000_000), chunk(b"data", PCM)), "sample rate 4000000000 Hz"),
    "crowd.wav": (riff(fmt(channels=40), chunk(b"data", PCM)), "40 channels"),
    "truncated.flac": (encoded("FLAC", "PCM_16")[:-900], ""),
    "truncated.ogg": (encoded("OGG", "VORBIS")[:-900], ""),
    "mp3.wav": (riff(fmt(tag=0x55), chunk(b"data", PCM)), "MP3"),
}


def redact(*words: object, **more: Any) -> Any:
    more.setdefault("engine", ScriptedEngine(SAID))
    return here("redact", *words, **more)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_line_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    content, said = BAD[name]
    path = tmp_path / name
    path.write_bytes(content)
    result = redact(path, "--out", tmp_path / "out")
    assert result.code == 2
    assert result.error.startswith(f"error: {path}: ")
    assert said in result.error
    assert "; " in result.error, "what is wrong; what to do"
    assert "Traceback" not in result.err + result.out
    assert result.out == ""
    assert files(tmp_path / "out") == []


def test_a_process_of_its_own_ends_the_same_way(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    result = process("redact", tmp_path / "empty.wav", "--out", tmp_path / "out")
    assert (result.code, result.out) == (2, "")
    assert result.error == f"error: {tmp_path / 'empty.wav'}: the file is empty; export the recording again"


def test_good_files_among_bad_ones_are_redacted_and_the_gravest_code_wins(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("b empty.wav", "d text.wav"):
        (folder / name).write_bytes(BAD[name[2:]][0])
    for name in ("a.wav", "c.wav", "e.wav"):
        (folder / name).write_bytes(WHOLE)
    result = redact(folder, "--out", tmp_path / "out", "--json")
    assert result.code == 2
    errors = result.err.splitlines()
    assert [e.split(":")[1].strip() for e in errors] == [str(folder / "b empty.wav"), str(folder / "d text.wav")]
    assert {f.partition(".")[0] for f in files(tmp_path / "out")} == {"a", "c", "e"}
    document = result.document
    assert [Path(row["input"]).name for row in document["calls"]] == ["a.wav", "c.wav", "e.wav"]
    assert [row["exit_code"] for row in document["failed"]] == [2, 2]
    assert [f"error: {row['error']}" for row in document["failed"]] == errors

    worse = redact(folder, "--out", tmp_path / "worse", engine=ScriptedEngine(SAID, dies_at=1_000))
    assert worse.code == 3
    assert len(worse.err.splitlines()) == 5
    assert files(tmp_path / "worse") == []


# --- paths


def test_a_missing_path_is_told(tmp_path: Path) -> None:
    result = redact(tmp_path / "nowhere.wav", "--out", tmp_path / "out")
    assert result.code == 2
    assert result.error == f"error: {tmp_path / 'nowhere.wav'}: no such file or folder"


@pytest.mark.parametrize(
    ("name", "said"),
    [("x" * 300 + ".wav", "file name too long"), ("loop", "no such file"), ("pipe", "not a plain file")],
)
def test_paths_that_are_no_files(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    result = redact(tmp_path / name, "--out", tmp_path / "out")
    assert result.code == 2
    assert said in result.error
    assert files(tmp_path / "out") == []


def test_a_folder_without_recordings(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "notes.txt").write_text("nothing")
    result = redact(tmp_path / "in", "--out", tmp_path / "out")
    assert result.code == 2
    assert f"{tmp_path / 'in'}: no recordings" in result.error


def test_line_breaks_in_names_do_not_break_the_line(tmp_path: Path) -> None:
    path = tmp_path / "two\nlines.wav"
    path.write_bytes(b"")
    result = redact(path, "--out", tmp_path / "out")
    assert result.code == 2
    assert "two\\nlines.wav" in result.error


@contextlib.contextmanager
def as_nobody() -> Iterator[Path]:
    """A folder of root's that all may read, seen by a user who is not root."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        root = os.geteuid() == 0
        try:
            yield Path(folder)
        finally:
            if root:
                os.seteuid(0)


def drop() -> None:
    if os.geteuid() == 0:
        if not all(p.stat().st_mode & 0o001 for p in (ROOT, *ROOT.parents)):
            pytest.skip("another user could not read the program itself")
        os.seteuid(NOBODY)


def test_files_and_folders_that_may_not_be_read() -> None:
    with as_nobody() as folder:
        (folder / "closed.wav").write_bytes(WHOLE)
        (folder / "closed.wav").chmod(0)
        (folder / "calls" / "locked").mkdir(parents=True)
        (folder / "calls" / "a.wav").write_bytes(WHOLE)
        (folder / "calls" / "locked").chmod(0)
        drop()
        for path, named in (
            (folder / "closed.wav", folder / "closed.wav"),
            (folder / "calls", folder / "calls" / "locked"),
            (folder / "calls" / "locked" / "b.wav", folder / "calls" / "locked" / "b.wav"),
        ):
            result = redact(path, "--out", folder / "out")
            assert result.code == 2
            assert result.error.startswith(f"error: {named}: ")
            assert "permission" in result.error
        assert files(folder / "out") == []


# --- results that cannot be written


def test_an_output_folder_that_may_not_be_written() -> None:
    with as_nobody() as folder:
        (folder / "a.wav").write_bytes(WHOLE)
        (folder / "out").mkdir(mode=0o555)
        (folder / "out").chmod(0o555)
        drop()
        result = redact(folder / "a.wav", "--out", folder / "out")
        assert result.code == 2
        assert f"{folder / 'out' / 'a.flac'}: may not be written" in result.error
        assert files(folder / "out") == []


@pytest.mark.parametrize("below", ["", "deeper/still"])
def test_a_file_where_the_output_folder_should_be(tmp_path: Path, below: str) -> None:
    (tmp_path / "a.wav").write_bytes(WHOLE)
    (tmp_path / "out").write_text("mine")
    result = redact(tmp_path / "a.wav", "--out", tmp_path / "out" / below)
    assert result.code == 2
    assert "choose another folder with --out" in result.error
    assert (tmp_path / "out").read_text() == "mine"


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(riff(fmt(), chunk(b"data", sound(400_000).tobytes())))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))  # files of this process can grow no further
    try:
        result = redact(tmp_path / "a.wav", "--out", tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert result.code == 2
    assert "free some space" in result.error
    assert files(tmp_path / "out") == []


def test_more_channels_than_the_format_holds_names_the_one_that_does(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(riff(fmt(channels=10), chunk(b"data", sound(800, 10).tobytes())))
    result = redact(tmp_path / "a.wav", "--out", tmp_path / "out")
    assert result.code == 2
    assert "use --audio-format wav" in result.error
    wav = redact(tmp_path / "a.wav", "--out", tmp_path / "out", "--audio-format", "wav")
    assert wav.code == 0, wav.err


# --- options, settings, policies, models

OPTIONS: dict[str, tuple[list[str], str]] = {
    "no output": (["redact", "a.wav"], "Missing option '--out'"),
    "no input": (["redact", "--out", "out"], "Missing argument"),
    "unknown option": (["redact", "a.wav", "--out", "out", "--loud"], "No such option: --loud"),
    "unknown command": (["shred"], "No such command 'shred'"),
    "unknown format": (["redact", "a.wav", "--out", "out", "--audio-format", "mp3"], "'mp3' is not one of"),
    "unknown coding": (["redact", "a.wav", "--out", "out", "--format", "gsm"], "'gsm' is not one of"),
    "no threads": (["redact", "a.wav", "--out", "out", "--threads", "0"], "--threads"),
    "no number": (["redact", "a.wav", "--out", "out", "--format", "ulaw", "--rate", "fast"], "--rate"),
    "rate without format": (["redact", "a.wav", "--out", "out", "--rate", "8000"], "go with --format"),
    "channels without format": (["redact", "a.wav", "--out", "out", "--channels", "2"], "go with --format"),
    "unknown role": (["redact", "a.wav", "--out", "out", "--roles", "agent,boss"], "'boss' is not one of"),
    "empty role": (["redact", "a.wav", "--out", "out", "--roles", "agent,"], "an empty name"),
    "unknown engine": (["redact", "a.wav", "--out", "out", "--engine", "siri"], "'siri' is not one of auto"),
    "unknown policy": (["redact", "a.wav", "--out", "out", "--policy", "pcii"], "presets are default, pci"),
    "unknown preset": (["policy", "show", "--preset", "pcii"], "unknown preset pcii"),
    "unknown model": (["models", "fetch", "vosk-huge"], "no model is called vosk-huge"),
    "same file twice": (["redact", "a.wav", "a.wav", "--out", "out"], "would both become a"),
    "no corpus": (["eval", "nowhere", "--out", "out"], "nowhere: no such folder"),
}


@pytest.fixture
def at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with one good recording, `a.wav`."""
    (tmp_path / "a.wav").write_bytes(WHOLE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", OPTIONS)
def test_a_wrong_option_is_one_line(at_work: Path, name: str) -> None:
    args, said = OPTIONS[name]
    # An engine is given where it does not matter, so that these take no time to load one.
    result = here(*args, engine=None if name == "unknown engine" else ScriptedEngine(SAID))
    assert result.code == 2
    assert said in result.error
    assert ".;" not in result.error
    assert files(at_work) == ["a.wav"]


@pytest.mark.parametrize(
    ("rate", "channels", "said"),
    [("0", "1", "0 Hz"), ("8000", "0", "0 channels"), ("-8000", "1", "Hz"), ("8000", "-1", "-1 channels"),
     ("8000", "3", "no whole number of 3-channel frames"), ("8000", "99", "99 channels")],
)  # fmt: skip
def test_headerless_audio_of_an_impossible_form(at_work: Path, rate: str, channels: str, said: str) -> None:
    Path("a.ulaw").write_bytes(bytes(range(256)) * 10)
    result = redact("a.ulaw", "--out", "out", "--format", "ulaw", f"--rate={rate}", f"--channels={channels}")
    assert result.code == 2
    assert said in result.error
    assert files(at_work) == ["a.ulaw", "a.wav"]


def test_raw_audio_that_has_a_header_is_refused(at_work: Path) -> None:
    result = redact("a.wav", "--out", "out", "--format", "alaw")
    assert result.code == 2
    assert "leave out --format" in result.error


def test_roles_must_be_as_many_as_channels(at_work: Path) -> None:
    Path("b.wav").write_bytes(riff(fmt(channels=2), chunk(b"data", sound(800, 2).tobytes())))
    result = redact("b.wav", "--out", "out", "--roles", "agent,customer,unknown")
    assert result.code == 2
    assert "--roles names 3 channels, the recording has 2" in result.error
    assert files(at_work) == ["a.wav", "b.wav"]


@pytest.mark.parametrize(
    ("text", "line_number", "said"),
    [
        ("name: x\nentities:\n  CARD_NUMBRE: beep\n", 3, "CARD_NUMBRE"),
        ("name: x\ncolour: red\n", 2, "colour"),
        ("name: x\nentities:\n  PHONE: whistle\n", 3, "whistle"),
        ("name: x\nhold_ms: soon\n", 2, "hold_ms"),
        ("name: x\nentities:\n  PIN: keep\n", 3, "PIN"),
        ("name: x\nhold_ms: [1\n", 2, "not YAML"),
    ],
)
def test_a_bad_policy_names_the_line(at_work: Path, text: str, line_number: int, said: str) -> None:
    Path("mine.yaml").write_text(text)
    result = redact("a.wav", "--out", "out", "--policy", "mine.yaml")
    assert result.code == 2
    assert result.error.startswith(f"error: mine.yaml:{line_number}: ")
    assert said in result.error
    assert files(at_work) == ["a.wav", "mine.yaml"]


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("CALLSHIELD_FOO", "1", "no such setting"),
        ("CALLSHIELD_ENGINE", "siri", "'auto', 'whisper' or 'vosk', or module:function"),
        ("CALLSHIELD_THREADS", "many", "integer"),
        ("CALLSHIELD_LOG_LEVEL", "loud", "'debug'"),
    ],
)
def test_a_wrong_setting_names_its_variable(at_work: Path, variable: str, value: str, said: str) -> None:
    result = redact("a.wav", "--out", "out", env={variable: value})
    assert result.code == 2
    assert result.error.startswith(f"error: {variable}: ")
    assert said in result.error
    assert files(at_work) == ["a.wav"]


@pytest.mark.parametrize(
    ("options", "command"),
    [
        (["--engine", "vosk"], "callshield models fetch vosk-model-small-en-us-0.15"),
        (["--engine", "vosk", "--language", "de"], "callshield models fetch vosk-model-small-de-0.15"),
        (["--language", "fr"], "callshield models fetch vosk-model-small-fr"),
        (["--engine", "whisper", "--language", "fr"], "callshield models"),
        (["--language", "tlh"], "callshield models add"),
        (["--engine", "vosk", "--models-dir", "elsewhere"], "callshield models fetch --models-dir elsewhere"),
    ],
)
def test_a_missing_model_names_the_command_that_brings_it(at_work: Path, options: list[str], command: str) -> None:
    result = here("redact", "a.wav", "--out", "out", *options)
    assert result.code == 2
    assert "is installed; " in result.error
    assert command in result.error
    assert files(at_work) == ["a.wav"]


# --- faults of the audio that do not prevent processing


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        (np.clip(sound(8_000).astype(np.int32) * 8, -32_768, 32_767).astype(np.int16), "it is clipped"),
        ((sound(8_000) // 4 + 6_000).astype(np.int16), "constant offset"),
    ],
)
def test_clipped_and_offset_audio_is_processed_with_a_warning(tmp_path: Path, samples: Any, said: str) -> None:
    (tmp_path / "a.wav").write_bytes(riff(fmt(), chunk(b"data", samples.tobytes())))
    result = redact(tmp_path / "a.wav", "--out", tmp_path / "out", "--json")
    assert (result.code, result.err) == (0, "")
    (row,) = result.document["calls"]
    assert any(said in warning for warning in row["warnings"])
    assert said in (tmp_path / "out" / "a.json").read_text()
    people = redact(tmp_path / "a.wav", "--out", tmp_path / "out", "--force")
    assert re.search(rf"^a: channel 0: .*{said}", people.out, re.M)


# --- help, and what terminals get


def test_without_a_command_there_is_help(at_work: Path) -> None:
    result = here()
    assert result.code == 2
    assert "Usage: callshield" in result.out
    assert result.error == "error: a command is missing; see: callshield --help"


@pytest.mark.parametrize(
    ("args", "example"),
    [
        (["--help"], "Example: callshield redact call.wav --out redacted"),
        (["redact", "--help"], "callshield redact call.wav --out redacted"),
        (["eval", "--help"], "callshield eval tests/samples --out out/eval"),
        (["models", "fetch", "--help"], "callshield models fetch vosk-model-small-en-us-0.15"),
        (["policy", "check", "--help"], "callshield policy check my-center.yaml"),
    ],
)
def test_help_has_an_example(args: list[str], example: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    result = here(*args)
    assert (result.code, result.err) == (0, "")
    assert "Usage: callshield" in result.out
    assert example in result.out


def test_version(at_work: Path) -> None:
    result = here("--version")
    assert result.code == 0
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*\n", result.out)


def on_terminal(*words: str, env: dict[str, str]) -> str:
    """What a process writes when all its outputs are a terminal."""
    ours, theirs = pty.openpty()
    made = environment({"TERM": "xterm-256color", **env})
    child = subprocess.Popen(line(*words), stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=made)
    os.close(theirs)
    written = b""
    with contextlib.suppress(OSError):  # a terminal nobody writes to any more ends with an error
        while part := os.read(ours, 65_536):
            written += part
    os.close(ours)
    assert child.wait(timeout=60) == 0, written
    return written.decode()


@pytest.mark.parametrize("words", [("policy", "presets"), ("redact", "--help")])
def test_a_terminal_gets_colours_unless_no_color_is_set(words: tuple[str, ...]) -> None:
    plain = {"NO_COLOR": "1"}
    with mock.patch.dict(os.environ):
        os.environ.pop("NO_COLOR", None)
        assert "\x1b[" in on_terminal(*words, env={})
        assert "\x1b" not in on_terminal(*words, env=plain)


def test_a_file_or_pipe_gets_no_escape_codes(at_work: Path) -> None:
    for args in (["redact", "a.wav", "--out", "out"], ["policy", "show"], ["policy", "presets"], ["models", "list"]):
        result = here(*args, engine=ScriptedEngine(SAID))
        assert result.code == 0, result.err
        assert "\x1b" not in result.out + result.err


def test_a_reader_who_leaves_is_no_fault(at_work: Path) -> None:
    child = subprocess.Popen(
        line("policy", "show", "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=environment()
    )
    assert child.stdout
    assert child.stderr
    child.stdout.close()
    assert child.stderr.read() == b""
    child.wait(timeout=60)
