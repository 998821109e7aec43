"""Consent rules as YAML files, and the presets they build on. See docs/consent.md for the form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from pipeline.adapters.intake_headers import ID
from pipeline.adapters.yaml_lines import Entry, meant, read_yaml_file, word
from pipeline.core.consent_rules import JURISDICTION, PURPOSE, PURPOSES_MAX, Basis, Need, Needs, Rule, Rules, Tongue
from pipeline.core.errors import ConfigError

PRESETS: Mapping[str, str] = MappingProxyType(
    {
        "us-two-party": "everybody on the line must know: notice, and a yes for all but storage",
        "us-one-party": "notice, and nobody said no; a yes for training",
        "eu-gdpr": "notice in the call's language, AI disclosed, and for each purpose a yes that can be shown",
        "uk": "notice and AI disclosed; quality until somebody objects, a yes for analytics and training",
        "india-dpdp": "notice in the call's language, and for each purpose a yes that can be shown",
    }
)
_MEND = f"check the path, or name a preset: {', '.join(PRESETS)}"
RULES_MAX = 500
_DIR = Path(__file__).with_name("consent_rules")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SWITCHES, _SWITCH = ("notice", "disclosure", "proof"), ("required", "no")
_DENY = "deny"


def load_rules(path: Path) -> Rules:
    """The rules of a file. Raises ConfigError, one line that names file, line and what to do."""
    root = read_yaml_file(path, "the consent rules", _MEND)
    fields = root.fields("key", ("name", "version", "rules"))
    name, version = _name(root, fields), _version(fields)
    if "rules" not in fields:
        raise root.fail("rules is missing; without a rule everything is denied")
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
    return Rules(name, version, tuple(rules))


def rules_preset(name: str) -> Rules:
    """One of PRESETS by its name, for every tenant and jurisdiction. Raises ConfigError."""
    if name not in PRESETS:
        raise ConfigError(f"unknown preset{word(name)}{meant(name, PRESETS)}; known are {', '.join(PRESETS)}")
    return Rules(name, 1, (Rule("", "", _preset(name)),))


def find_rules(text: str) -> Rules:
    """A preset by its name, or the rules of a file. Raises ConfigError."""
    return rules_preset(text) if text in PRESETS else load_rules(Path(text))


@cache
def _preset(name: str) -> Needs:
    root = read_yaml_file(_DIR / f"{name}.yaml", "the consent rules", _MEND)
    return _purposes(root.fields("key", ("purposes",))["purposes"], {})


def _name(root: Entry, fields: Mapping[str, Entry]) -> str:
    if "name" not in fields:
        raise root.fail('name is missing; add a line such as "name: my-center"')
    name = fields["name"].text()
    if not _NAME.fullmatch(name) or name in PRESETS:
        wanted = "up to 64 letters, digits, dots, dashes and underscores, and not that of a preset"
        raise fields["name"].fail(f"name must be {wanted}")
    return name


def _version(fields: Mapping[str, Entry]) -> int:
    if "version" not in fields:
        return 1
    if (version := fields["version"].whole()) < 1:
        raise fields["version"].fail(f"version {version}: give a whole number from 1")
    return version


def _rules(entry: Entry) -> Iterator[Rule]:
    fields = entry.fields("key", ("tenant", "jurisdiction", "preset", "purposes"))
    tenant = fields["tenant"].text() if "tenant" in fields else ""
    if tenant and not ID.fullmatch(tenant):
        raise fields["tenant"].fail("tenant must be as recorders write it: letters, digits, dots, dashes, underscores")
    needs = _preset(fields["preset"].choice("preset", PRESETS)) if "preset" in fields else {}
    if "purposes" in fields:
        needs = _purposes(fields["purposes"], needs)
    elif "preset" not in fields:
        raise entry.fail("a rule needs a preset, purposes or both")
    for code in _jurisdictions(fields):
        yield Rule(tenant, code, needs)


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


def _purposes(entry: Entry, base: Needs) -> Needs:
    if not isinstance(entry.value, Mapping) or not entry.value:
        raise entry.fail('purposes must hold lines of the form "storage: {consent: required}" or "training: deny"')
    needs = dict(base)
    for name, item in entry.value.items():
        if not PURPOSE.fullmatch(name):
            raise item.fail(f"{item.key} is no name for a purpose: small letters, digits and dashes, at most 32")
        if item.value == _DENY:
            needs.pop(name, None)
        else:
            needs[name] = _need(item, needs.get(name, Need()))
    if len(needs) > PURPOSES_MAX:
        raise entry.fail(f"more than {PURPOSES_MAX} purposes; a call can have no more")
    return needs


def _need(entry: Entry, need: Need) -> Need:
    if not isinstance(entry.value, Mapping):
        raise entry.fail(f"{entry.key} must be {_DENY}, or say what it needs: {{consent: required, notice: no}}")
    fields = entry.fields("key", ("consent", "language", *_SWITCHES))
    on = {name: fields[name].choice("choice", _SWITCH) == "required" for name in _SWITCHES if name in fields}
    need = replace(
        need,
        notice=on.get("notice", need.notice),
        disclosure=on.get("disclosure", need.disclosure),
        proof=on.get("proof", need.proof),
    )
    if "consent" in fields:
        need = replace(need, consent=Basis(fields["consent"].choice("choice", Basis)))
    if "language" in fields:
        need = replace(need, language=Tongue(fields["language"].choice("choice", Tongue)))
    if need.proof and need.consent is not Basis.REQUIRED:
        raise entry.fail(f"{entry.key}: a proof is of a yes; write consent: required, or proof: no")
    return need
