"""Pseudonyms with the keys of a key file (`callshield keys create`), and telephone numbers in one form.

New labels are made under the current key. The others stay for search: a person is looked for under all of them. Taking
one out of the file makes it impossible, for good, to find anybody by the labels made with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import phonenumbers

from pipeline.adapters.keyring import LOOK_S, KeyFile, read_key_file
from pipeline.core.errors import ConfigError
from pipeline.core.pseudonym import VALUE_CHARS_MAX, Kind, Label, normal, pseudonym

REGIONS = {"UK": "GB"}  # what people write, and what the library knows
SCHEMES = ("tel:", "sip:", "sips:")


class PseudonymKeys:
    """Implements ports.pseudonyms.Pseudonyms. A rotation reaches the next call."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """clock: seconds, never goes back. Raises ConfigError if the file is not usable."""
        self._path, self._clock, self._looked_s = path, clock, clock()
        self._file = read_key_file(path)

    @property
    def file(self) -> KeyFile:
        """The keys, read again every few seconds; a broken file changes nothing."""
        if self._clock() - self._looked_s > LOOK_S:
            self._looked_s = self._clock()
            try:
                self._file = read_key_file(self._path)
            except ConfigError:
                return self._file
        return self._file

    def labels(self, tenant: str, jurisdiction: str, given: Mapping[Kind, str]) -> tuple[Label, ...]:
        """See ports.pseudonyms.Pseudonyms."""
        file = self.file
        return self._made(tenant, jurisdiction, given, (file.current,))

    def search(self, tenant: str, jurisdiction: str, kind: Kind, value: str) -> tuple[Label, ...]:
        """The labels a person may have, under every key of the file, the current one first."""
        file = self.file
        names = (file.current, *sorted(set(file.keys) - {file.current}, reverse=True))
        return self._made(tenant, jurisdiction, {kind: value}, names)

    def _made(
        self, tenant: str, jurisdiction: str, given: Mapping[Kind, str], names: tuple[str, ...]
    ) -> tuple[Label, ...]:
        known = {kind: one_form(kind, value, jurisdiction) for kind, value in sorted(given.items())}
        keys = self._file.keys
        return tuple(
            Label(str(kind), name, pseudonym(keys[name], tenant, kind, value))
            for kind, value in known.items()
            if value
            for name in names
        )


def one_form(kind: Kind, value: str, jurisdiction: str = "") -> str:
    """A value as it is hashed: a telephone number as +44…, whatever else as core/pseudonym has it."""
    if kind is not Kind.CALLER:
        return normal(kind, value)
    text = value.strip()[:VALUE_CHARS_MAX]
    for scheme in SCHEMES:
        if text.lower().startswith(scheme):
            text = text[len(scheme) :]
    number = text.partition("@")[0].partition(";")[0]
    for region in [*_regions(jurisdiction), None]:
        try:
            found = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
    return normal(kind, number if number.lstrip("+").isdigit() else text)


def _regions(jurisdiction: str) -> list[str]:
    """Countries that a jurisdiction names: "us-ca,gb" is US and GB, "eu-de" is DE."""
    out = []
    for code in jurisdiction.split(","):
        parts = [part.upper() for part in code.split("-")]
        known = [REGIONS.get(part, part) for part in parts]
        out += [region for region in known if region in phonenumbers.SUPPORTED_REGIONS][:1]
    return out
