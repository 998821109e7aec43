"""What is told of calls that are played: metadata and consent from a JSON file, sent between their audio.

{"metadata": {header: text}, "told": [{"at_s": seconds, and what a message of consent holds}]}; see docs/intake.md.
What is told beyond the end of a recording is sent after it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.adapters.audio_files import shown
from pipeline.adapters.intake_consent import METADATA, metadata, metadata_headers, told_of
from pipeline.core.consent import Told
from pipeline.core.errors import ConfigError
from pipeline.core.messages import Intake
from pipeline.core.metadata import NO_METADATA, Metadata

FILE_BYTES_MAX = 64 << 10


@dataclass(frozen=True, slots=True)
class Story:
    """told: what is said when, in seconds of the call, in order."""

    metadata: Metadata = NO_METADATA
    told: tuple[tuple[float, Told], ...] = ()

    def before(self, message: Intake, previous: int) -> list[Intake]:
        """What is sent before a message of audio. previous: where the one before it began; -1: it is the first."""
        whole = [self._said(message, at_s, told) for at_s, told in self.told]
        return [said for said in whole if previous < said.start_sample <= message.start_sample]

    def after(self, message: Intake) -> list[Intake]:
        """What is sent after the last message of audio."""
        whole = [self._said(message, at_s, told) for at_s, told in self.told]
        return [said for said in whole if said.start_sample > message.start_sample]

    def _said(self, message: Intake, at_s: float, told: Told) -> Intake:
        nothing = np.zeros((0, 1), np.int16)
        at = round(at_s * message.rate)
        return replace(message, pcm=nothing, final=False, start_sample=at, told=told, metadata=self.metadata)


NO_STORY = Story()


def read_story(path: Path) -> Story:
    """The story of a file. Raises ConfigError."""
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise ConfigError(f"--told: {shown(path)} cannot be read ({reason}); check the path") from None
    try:
        if len(data) > FILE_BYTES_MAX:
            raise ValueError(f"it has more than {FILE_BYTES_MAX >> 10} KiB")
        return _story(json.loads(data))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        problem = str(error) if type(error) is ValueError else "it is not as docs/intake.md has it"
        raise ConfigError(f"--told: {shown(path)}: {problem}") from None


def _story(plain: Any) -> Story:
    if not isinstance(plain, dict) or not set(plain) <= {"metadata", "told"}:
        raise ValueError('it must be a JSON object with "metadata", "told" or both')
    headers = {str(name): str(text) for name, text in plain.get("metadata", {}).items()}
    known = metadata({name: text.encode() for name, text in headers.items()})
    if metadata_headers(known) != headers:
        raise ValueError(f"metadata must be well-formed texts named {', '.join(METADATA)}")
    told = []
    for item in plain.get("told", []):
        at_s = float(item["at_s"])
        if not 0 <= at_s <= 86_400:
            raise ValueError("at_s must be 0 to 86400 seconds")
        rest = {name: value for name, value in item.items() if name != "at_s"}
        told.append((at_s, told_of(json.dumps(rest).encode())))
    return Story(known, tuple(sorted(told, key=lambda pair: pair[0])))
