"""What a controller says of itself, as a YAML file. See docs/records.md for the form."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline.adapters.yaml_lines import Entry, read_yaml_file
from pipeline.core.consent_rules import PURPOSE
from pipeline.core.declared import COUNTRY, Declared, Party, Recipient, Why

ROLES = ("controller", "processor")
_PARTIES = ("controller", "joint", "representative", "officer")
_KEYS = (*_PARTIES, "subjects", "purposes", "recipients")


def load_declared(path: Path) -> Declared:
    """Raises ConfigError, one line that names file, line and what to do."""
    fields = read_yaml_file(path, "what you say of yourself").fields("key", _KEYS)
    parties = {name: _party(fields[name]) for name in _PARTIES if name in fields}
    return Declared(
        **parties,
        subjects=tuple(item.text() for item in fields["subjects"].items("kind")) if "subjects" in fields else (),
        purposes=_purposes(fields["purposes"]) if "purposes" in fields else {},
        recipients=tuple(map(_recipient, fields["recipients"].items("recipient"))) if "recipients" in fields else None,
    )


def _party(entry: Entry) -> Party:
    fields = entry.fields("key", ("name", "address", "contact"))
    if "name" not in fields:
        raise entry.fail(f"{entry.key}: name is missing")
    return Party(**{name: item.text() for name, item in fields.items()})


def _purposes(entry: Entry) -> Mapping[str, Why]:
    if not isinstance(entry.value, Mapping):
        raise entry.fail('purposes must hold lines of the form "storage: {why: ..., basis: ...}"')
    found = {}
    for name, item in entry.value.items():
        if not PURPOSE.fullmatch(name):
            raise item.fail(f"{item.key} is no name for a purpose: small letters, digits and dashes, at most 32")
        found[name] = Why(**{key: one.text() for key, one in item.fields("key", ("why", "basis")).items()})
    return found


def _recipient(entry: Entry) -> Recipient:
    fields = entry.fields("key", ("name", "role", "gets", "country", "safeguard"))
    for key in ("name", "role", "gets", "country"):
        if key not in fields:
            raise entry.fail(f"a recipient needs {key}")
    country = fields["country"].text()
    if not COUNTRY.fullmatch(country):
        raise fields["country"].fail("country must be two small letters, such as ie or us")
    return Recipient(
        fields["name"].text(), fields["role"].choice("role", ROLES), fields["gets"].text(), country,
        fields["safeguard"].text() if "safeguard" in fields else "",
    )  # fmt: skip
