"""YAML read as entries that know their line. What a settings file does not need is refused.

Refused: aliases and anchors (they multiply), tags, deep nesting, several documents, a key given twice.
Errors show single words of the file only: whoever names the wrong file must not find its sentences in a log.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import ReaderError
from yaml.scanner import ScannerError

from pipeline.adapters.audio_files import shown
from pipeline.core.errors import ConfigError

BYTES_MAX = 64 * 1024  # far beyond any settings file written by hand
DEPTH_MAX = 8  # our files need four levels

_WORD = re.compile(r"[\w<.+-]{1,40}")
_NUMBER = re.compile(r"[+-]?(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?(0|[1-9][\d_]{0,17})", re.ASCII)


def word(text: str) -> str:
    """The text with a space before it, for a message; nothing if it is more than one word."""
    return f" {text}" if _WORD.fullmatch(text) else ""


def meant(text: str, known: Iterable[str]) -> str:
    """A question for a message: what the misspelt word may have been; nothing if none of `known` is near."""
    by_fold = {name.casefold(): name for name in known}
    near = get_close_matches(text.casefold(), by_fold, 1)
    return f" (did you mean {by_fold[near[0]]}?)" if near else ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a file. where: "file:line" of its key, in a list its own; value: text, entries by key, or a list.

    plain: the text was written without quotes. All methods raise ConfigError that names the line.
    """

    where: str
    key: str
    value: str | Mapping[str, Entry] | tuple[Entry, ...]
    plain: bool = False

    def fail(self, problem: str) -> ConfigError:
        """The error for a problem with this entry, to be raised."""
        return ConfigError(f"{self.where}: {problem}")

    def fields(self, kind: str, known: Iterable[str], listed: str = "") -> Mapping[str, Entry]:
        """The entries below this one, all of them in `known`.

        kind: what a key is called in errors. listed: where the known ones are listed, if not here.
        """
        if not isinstance(self.value, Mapping):
            raise self.fail(f'{self.key} must hold lines of the form "{kind}: value"')
        names = list(known)
        for name, entry in self.value.items():
            if name not in names:
                hint = meant(name, names) or (f"; {listed}" if listed else f"; known are {', '.join(names)}")
                raise entry.fail(f"unknown {kind}{word(name)}{hint}")
        return self.value

    def items(self, kind: str) -> tuple[Entry, ...]:
        """The entries of a list. kind: what one is called in errors."""
        if not isinstance(self.value, tuple):
            raise self.fail(f"{self.key} must be a list: a line for each {kind}, with a dash before it")
        return self.value

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self.value, str) or not self.value:
            raise self.fail(f"{self.key} must be a word")
        return self.value

    def choice(self, kind: str, known: Iterable[str]) -> str:
        """One of the words of `known`."""
        names = list(known)
        if not isinstance(self.value, str) or self.value not in names:
            got = self.value if isinstance(self.value, str) else ""
            wrong = f"{self.key}: unknown {kind}{word(got)}{meant(got, names)}"
            raise self.fail(f"{wrong}; choose {', '.join(names[:-1])} or {names[-1]}")
        return self.value

    def number(self) -> float:
        """A finite number."""
        value = self._plain(_NUMBER, "a number")
        if not math.isfinite(number := float(value)):
            raise self.fail(f"{self.key} is out of range")
        return number

    def whole(self) -> int:
        """A whole number."""
        return int(self._plain(_WHOLE, "a whole number"))

    def _plain(self, form: re.Pattern[str], what: str) -> str:
        text = self.value if isinstance(self.value, str) else ""
        if not form.fullmatch(text):
            raise self.fail(f"{self.key} must be {what}" + (f", not{word(text)}" if word(text) else ""))
        if not self.plain:
            raise self.fail(f"{self.key} must be {what}: remove the quotes")
        return text.replace("_", "")


def read_yaml_file(path: Path, what: str, mend: str = "check the path") -> Entry:
    """The root entry of a file. what: what it holds, for errors; mend: what to do if it cannot be read.

    Raises ConfigError.
    """
    name = shown(path)
    try:
        if not path.is_file():
            raise OSError(0, "it is no plain file")
        with path.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise ConfigError(f"{name}: {what} cannot be read ({reason}); {mend}") from None
    except ValueError:
        raise ConfigError(f"{name}: no path holds such characters; check the path") from None
    return read_yaml(data, name)


def read_yaml(data: bytes, name: str) -> Entry:
    """The root entry of one file's content. name: what errors call the file. Raises ConfigError."""
    if len(data) > BYTES_MAX:
        raise ConfigError(f"{name}: larger than {BYTES_MAX // 1024} KiB, so no settings file")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{name}:{line}: not UTF-8 text; save the file as UTF-8") from None
    events = _events(text, name)
    first = next(events, None)
    if first is None or (isinstance(first, yaml.ScalarEvent) and not first.value):
        raise ConfigError(f"{name}:1: the file is empty; give it at least a name")
    root = _entry(first, events, name, f"{name}:{_line(first)}", "the file")
    next(events, None)  # nothing is left, but the library may still find fault with the end
    return root


def _events(text: str, name: str) -> Iterator[Any]:
    """What the library finds in the text, one value or bracket at a time, without what we refuse."""
    make: Any = yaml.SafeLoader
    loader: Any = None
    depth = documents = 0
    try:
        loader = make(text)
        while loader.check_event():
            event = loader.get_event()
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise ConfigError(f"{name}:{_line(event)}: a second document begins; keep one")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.NodeEvent):
                if problem := _refused(event, depth):
                    raise ConfigError(f"{name}:{_line(event)}: {problem}")
                yield event
            elif isinstance(event, yaml.CollectionEndEvent):
                yield event
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigError(f"{name}:{line}: a character that no text file holds; remove it") from None
    except yaml.MarkedYAMLError as error:
        raise ConfigError(f"{name}:{_line_of_error(error)}: not YAML: {_problem(error)}") from None
    except (ValueError, OverflowError):  # an escape or a version beyond what Python can hold
        raise ConfigError(f"{name}:{loader.line + 1}: not YAML: a number that is too large") from None


def _refused(event: Any, depth: int) -> str | None:
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        return "anchors (&) and aliases (*) are not taken; write the value out"
    if event.tag is not None:
        return "tags (!) are not taken; write the value without"
    return f"nested deeper than {DEPTH_MAX} levels" if depth > DEPTH_MAX else None


def _entry(event: Any, events: Iterator[Any], name: str, where: str, key: str) -> Entry:
    """The entry that begins with `event`; takes from `events` up to its end."""
    if isinstance(event, yaml.ScalarEvent):
        return Entry(where, key, event.value, plain=event.style is None)
    entries: dict[str, Entry] = {}
    items: list[Entry] = []
    listed = isinstance(event, yaml.SequenceStartEvent)
    while not isinstance(below := next(events), yaml.CollectionEndEvent):
        line = f"{name}:{_line(below)}"
        if listed:
            items.append(_entry(below, events, name, line, key))
            continue
        if not isinstance(below, yaml.ScalarEvent):
            raise ConfigError(f"{line}: a key must be a word")
        if below.value in entries:
            first = entries[below.value].where.rpartition(":")[2]
            raise ConfigError(f"{line}: the key{word(below.value)} was given before, in line {first}")
        called = word(below.value).strip() or "this key"
        entries[below.value] = _entry(next(events), events, name, line, called)
    return Entry(where, key, tuple(items) if listed else entries)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _line_of_error(error: yaml.MarkedYAMLError) -> int:
    """Where the mistake is: for something left open where it was opened, else where reading stopped."""
    opened = isinstance(error, ScannerError) or "flow" in (error.context or "")
    mark = (error.context_mark if opened else None) or error.problem_mark
    return mark.line + 1 if mark else 1


def _problem(error: yaml.MarkedYAMLError) -> str:
    problem = " ".join((error.problem or "it cannot be read").split())
    return "a tab; indent with spaces" if r"'\t'" in problem else problem[:120]
