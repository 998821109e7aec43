"""A folder of Vosk weights: what must be in it, its hash, and how to load it so that results repeat."""

from __future__ import annotations

import hashlib
import importlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.core.errors import ModelError

NEEDED = ("am/final.mdl", "conf/model.conf", "conf/mfcc.conf", "graph/phones/word_boundary.int")
GRAPHS = (("graph/HCLG.fst", "graph/words.txt"), ("graph/HCLr.fst", "graph/Gr.fst"))
RATES = (8_000, 16_000)
TRIAL_S_MAX = 300  # the largest published models load in about a minute
_TRIAL = """
import sys, vosk
vosk.SetLogLevel(-1)
recogniser = vosk.KaldiRecognizer(vosk.Model(sys.argv[1]), float(sys.argv[2]))
recogniser.SetWords(True)
recogniser.AcceptWaveform(bytes(range(256)) * 250)
recogniser.FinalResult()
"""


def library() -> Any:
    """The vosk package, imported when it is first needed: it takes time, and fails for a user without a home.

    Raises ModelError.
    """
    try:
        return importlib.import_module("vosk")
    except (ImportError, OSError, RuntimeError) as error:
        raise ModelError("the vosk library does not load here; choose --engine whisper, or set HOME") from error


def check(model_dir: Path) -> None:
    """Raise ModelError unless the files libvosk reads are there: it can end the process if they are not."""
    if not model_dir.is_dir():
        raise ModelError(f"vosk model {model_dir}: no such folder; see `callshield models list`")
    missing = [name for name in NEEDED if not _has(model_dir, name)]
    if not any(all(_has(model_dir, name) for name in graph) for graph in GRAPHS):
        missing.append(" + ".join(GRAPHS[0]))
    if missing:
        raise ModelError(f"vosk model {model_dir}: {missing[0]} is missing or empty; fetch the model again")


def _has(model_dir: Path, name: str) -> bool:
    path = model_dir / name
    return path.is_file() and path.stat().st_size > 0


def rate(model_dir: Path) -> int:
    """Sample rate in Hz the features were made for. Raises ModelError if the speech gate cannot take it."""
    text = (model_dir / "conf/mfcc.conf").read_text(encoding="utf-8", errors="replace")
    found = re.findall(r"^\s*--sample-frequency=([0-9]+)", text, re.MULTILINE)
    value = int(found[-1]) if found else 16_000  # Kaldi's own default
    if value not in RATES:
        raise ModelError(f"vosk model {model_dir}: made for {value} Hz; only {RATES} are supported")
    return value


def fingerprint(model_dir: Path) -> str:
    """sha256 over the names and contents of all files, in order of name."""
    total = hashlib.sha256()
    for path in sorted(path for path in model_dir.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        total.update(f"{digest}  {path.relative_to(model_dir).as_posix()}\n".encode())
    return total.hexdigest()


def load(model_dir: Path, *, trusted: bool) -> Any:
    """The loaded `vosk.Model`. Raises ModelError.

    Unless the files are `trusted` (verified against a known hash), they are tried in a child process first:
    libvosk can crash on damaged ones, and would take a half-written call with it.
    """
    check(model_dir)
    library().SetLogLevel(-1)
    broken = ModelError(f"vosk model {model_dir}: the files are damaged; fetch the model again")
    try:
        with _undithered(model_dir) as folder:
            if not trusted and not _survives(folder, rate(model_dir)):
                raise broken
            try:
                return library().Model(str(folder))
            except Exception:  # the wrapper raises nothing more precise
                raise broken from None
    except OSError as error:
        raise ModelError(f"vosk model {model_dir}: {error.strerror}; check the folder's permissions") from None


@contextmanager
def _undithered(model_dir: Path) -> Iterator[Path]:
    """The same model with Kaldi's dither off, as a folder of links.

    Kaldi adds noise from the process-wide random generator to the samples, so the same audio gives other
    words each time. The setting lives in the model's own file. `vosk_engine` adds noise that repeats instead.
    """
    with tempfile.TemporaryDirectory(prefix="callshield-model-") as name:
        folder = Path(name)
        for path in (path for path in model_dir.resolve().rglob("*") if path.is_file()):
            link = folder / path.relative_to(model_dir.resolve())
            link.parent.mkdir(parents=True, exist_ok=True)
            if link.relative_to(folder).as_posix() == "conf/mfcc.conf":
                link.write_bytes(path.read_bytes() + b"\n--dither=0\n")
            else:
                link.symlink_to(path)
        yield folder


def _survives(folder: Path, rate_hz: int) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, a constant program
            [sys.executable, "-c", _TRIAL, str(folder), str(rate_hz)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TRIAL_S_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
