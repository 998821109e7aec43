"""Retention rules as YAML files, and the presets they build on. See docs/retention.md for the form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from pipeline.adapters.intake_headers import ID
from pipeline.adapters.yaml_lines import Entry, read_yaml_file
from pipeline.core.consent_rules import JURISDICTION, PURPOSE, PURPOSES_MAX
from pipeline.core.requests import Kind
from pipeline.core.retention import DAY_MS, HOUR_MS, Terms
from pipeline.core.retention_rules import DEADLINE_MS, STORAGE, Class, Rule, Rules, vault_fits

PRESETS: Mapping[str, str] = MappingProxyType(
    {
        "eu-gdpr": "no longer than a purpose needs: recordings 90 days, originals 30",
        "uk": "as eu-gdpr, recordings half a year",
        "us": "recordings half a year, originals 30 days",
        "india-dpdp": "recordings a year, which the DPDP rules want kept; no longer than 400 days",
        "eu-mifid": "orders of investors: recordings five years, as MiFID II wants, no longer than seven",
    }
)
_MEND = f"check the path, or name a preset: {', '.join(PRESETS)}"
RULES_MAX = 500
_DIR = Path(__file__).with_name("retention_rules")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,31}")
_TERM = re.compile(r"([0-9]{1,5}) (hours?|days?)")
_UNITS = {"hour": HOUR_MS, "day": DAY_MS}


def find_rules(text: str) -> Rules:
    """A preset by its name, for every tenant and jurisdiction, or the rules of a file. Raises ConfigError."""
    if text in PRESETS:
        return Rules(text, 1, (Rule("", "", Class(text, _preset(text))),))
    return load_rules(Path(text))


def load_rules(path: Path) -> Rules:
    """The rules of a file. Raises ConfigError, one line that names file, line and what to do."""
    root = read_yaml_file(path, "the retention rules", _MEND)
    fields = root.fields("key", ("name", "version", "rules", "requests"))
    if "rules" not in fields:
        raise root.fail("rules is missing; without a rule everything is kept for good")
    rules: list[Rule] = []
    places: dict[tuple[str, str], str] = {}
    for entry in fields["rules"].items("rule"):
        for rule in _rules(entry):
            place = (rule.tenant, rule.jurisdiction)
            if place in places:
                raise entry.fail(f"tenant and jurisdiction have a rule already, in line {places[place]}; join the two")
            places[place] = entry.where.rpartition(":")[2]
            rules.append(rule)
    if len(rules) > RULES_MAX:
        raise fields["rules"].fail(f"more than {RULES_MAX} rules; leave out what a wider jurisdiction says")
    made = Rules(_name(root, fields, "name"), _version(fields), tuple(rules))
    return _requests(fields["requests"], made) if "requests" in fields else made


@cache
def _preset(name: str) -> Mapping[str, Terms]:
    root = read_yaml_file(_DIR / f"{name}.yaml", "the retention rules", _MEND)
    return _purposes(root.fields("key", ("purposes",))["purposes"], {})


def _name(entry: Entry, fields: Mapping[str, Entry], key: str) -> str:
    if key not in fields:
        raise entry.fail(f'{key} is missing; add a line such as "{key}: my-center"')
    name = fields[key].text()
    if not _NAME.fullmatch(name) or name in PRESETS:
        wanted = "a letter and up to 31 letters, digits, dots, dashes and underscores, and not that of a preset"
        raise fields[key].fail(f"{key} must be {wanted}")
    return name


def _version(fields: Mapping[str, Entry]) -> int:
    if "version" not in fields:
        return 1
    if (version := fields["version"].whole()) < 1:
        raise fields["version"].fail(f"version {version}: give a whole number from 1")
    return version


def _rules(entry: Entry) -> Iterator[Rule]:
    fields = entry.fields("key", ("tenant", "jurisdiction", "preset", "class", "purposes"))
    tenant = fields["tenant"].text() if "tenant" in fields else ""
    if tenant and not ID.fullmatch(tenant):
        raise fields["tenant"].fail("tenant must be as recorders write it: letters, digits, dots, dashes, underscores")
    preset = fields["preset"].choice("preset", PRESETS) if "preset" in fields else ""
    terms = _preset(preset) if preset else {}
    if "purposes" in fields:
        terms = _purposes(fields["purposes"], terms)
        kept = Class(_name(entry, fields, "class"), terms)
    elif preset and "class" not in fields:
        kept = Class(preset, terms)
    else:
        raise entry.fail("a rule needs a preset, or class and purposes")
    if STORAGE not in terms:
        raise entry.fail("purposes must say how long storage is: a line such as storage: {max: 90 days}")
    if not vault_fits(kept):
        raise entry.fail("vault must not be longer than storage: originals go no later than their recording")
    for code in _jurisdictions(fields):
        yield Rule(tenant, code, kept)


def _jurisdictions(fields: Mapping[str, Entry]) -> list[str]:
    """Codes that a rule is for, one or a list; none named: everywhere."""
    if "jurisdiction" not in fields:
        return [""]
    entry = fields["jurisdiction"]
    entries = entry.items("jurisdiction") if isinstance(entry.value, tuple) else (entry,)
    if not entries:
        raise entry.fail("jurisdiction is an empty list; leave the key out to mean everywhere")
    for one in entries:
        if not JURISDICTION.fullmatch(one.text()):
            raise one.fail("jurisdiction must be a code such as us, us-ca, gb or eu-de, in small letters")
    return [one.text() for one in entries]


def _purposes(entry: Entry, base: Mapping[str, Terms]) -> Mapping[str, Terms]:
    if not isinstance(entry.value, Mapping) or not entry.value:
        raise entry.fail('purposes must hold lines of the form "storage: {max: 90 days}"')
    terms = dict(base)
    for name, item in entry.value.items():
        if not PURPOSE.fullmatch(name):
            raise item.fail(f"{item.key} is no name for a purpose: small letters, digits and dashes, at most 32")
        terms[name] = _terms(item, terms.get(name))
    if len(terms) > PURPOSES_MAX:
        raise entry.fail(f"more than {PURPOSES_MAX} purposes; a call can have no more")
    return terms


def _terms(entry: Entry, terms: Terms | None) -> Terms:
    if not isinstance(entry.value, Mapping):
        raise entry.fail(f"{entry.key} must say how long it is kept: {{max: 90 days, min: 30 days}}")
    fields = entry.fields("key", ("max", "min"))
    if terms is None and "max" not in fields:
        raise entry.fail(f"{entry.key}: max is missing; such as {{max: 90 days}}")
    made = terms or Terms(_term_ms(fields["max"]))
    if "max" in fields:
        made = replace(made, max_ms=_term_ms(fields["max"]))
    if "min" in fields:
        made = replace(made, min_ms=_term_ms(fields["min"]))
    if made.min_ms > made.max_ms:
        raise entry.fail(f"{entry.key}: min is longer than max; one rule cannot want both")
    return made


def _term_ms(entry: Entry) -> int:
    text = entry.value if isinstance(entry.value, str) else ""
    found = _TERM.fullmatch(text)
    if found is None:
        raise entry.fail(f"{entry.key} must be a number of days or hours, such as 90 days{_hint(text)}")
    return int(found[1]) * _UNITS[found[2].rstrip("s")]


def _hint(text: str) -> str:
    unit = text.partition(" ")[2].rstrip("s")
    return "; years and months are not of one length" if unit in ("year", "month") else ""


def _requests(entry: Entry, rules: Rules) -> Rules:
    fields = entry.fields("key", ("deadline", "approved"))
    deadline_ms = _term_ms(fields["deadline"]) if "deadline" in fields else DEADLINE_MS
    if not deadline_ms:
        raise fields["deadline"].fail("deadline must be longer than nothing")
    approved = rules.approved
    if "approved" in fields:
        approved = frozenset(one.choice("kind of request", Kind) for one in fields["approved"].items("kind"))
    return replace(rules, deadline_ms=deadline_ms, approved=approved)
