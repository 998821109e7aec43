"""Policies as YAML files, and the presets they build on. See docs/policy.md for the form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipeline.adapters.policy_terms import KEYS as TERM_KEYS
from pipeline.adapters.policy_terms import check_heard, terms_of
from pipeline.adapters.yaml_lines import Entry, meant, read_yaml_file, word
from pipeline.core.detect import Detect, NameSearch
from pipeline.core.doubt import DOUBTS, Doubt
from pipeline.core.entities import NAMES
from pipeline.core.errors import ConfigError
from pipeline.core.originals import keepable, unkeepable
from pipeline.core.policy import (
    DEFAULT_CLASSES,
    HOLD_MS_DEFAULT,
    HOLD_MS_LEAST,
    HOLD_MS_MOST,
    DataClass,
    Late,
    Policy,
    Rule,
    hold_problem,
    objection,
    tone_values,
)
from pipeline.core.terms import NO_TERMS, Terms
from pipeline.core.tone import Action, Tone

DEFAULT = "default"
PRESETS: Mapping[str, str] = MappingProxyType(
    {
        DEFAULT: "everything known is hidden",
        "pci": "what pays or proves who one is, and any number that may be a card's",
        "hipaa": "all that identifies a patient, and the illness: the voice stays and identifies too",
        "gdpr": "all of it: whatever relates to a person is personal data",
        "uk": "all of it, and a member's number counts as health: it may be an NHS number",
        "india": "all of it: the law knows no personal data of a lesser kind",
    }
)

_PRESET_DIR = Path(__file__).with_name("policies")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_KEYS = (
    "name", "version", "extends", "tone", "hold_ms", "entities", "others", "late", "doubt", "detect", "vault",
    "early", *TERM_KEYS,
)  # fmt: skip
_HEARD_HZ = (20, 20_000)  # a beep outside is none


@dataclass(frozen=True, slots=True)
class _Draft:
    """What one file says, and nothing it does not say."""

    name: str = ""
    version: int = 1
    actions: Mapping[str, Action] = field(default_factory=dict)
    classes: Mapping[str, DataClass] = field(default_factory=dict)
    others: Action | None = None
    tone: Mapping[str, float] = field(default_factory=dict)
    hold_ms: int | None = None
    late: Late | None = None
    doubt: Mapping[str, bool] = field(default_factory=dict)
    detect: Mapping[str, Any] = field(default_factory=dict)
    terms: Terms = NO_TERMS
    vault: frozenset[str] = frozenset()
    early: bool = False

    def over(self, base: _Draft) -> _Draft:
        """What both say, this one first."""
        return _Draft(
            self.name,
            self.version,
            {**base.actions, **self.actions},
            {**base.classes, **self.classes},
            self.others or base.others,
            {**base.tone, **self.tone},
            self.hold_ms or base.hold_ms,
            self.late or base.late,
            {**base.doubt, **self.doubt},
            {**base.detect, **self.detect},
            self.terms,
            self.vault,
            self.early,
        )

    def action(self, entity: str) -> Action:
        """What becomes of a known entity; what nobody named is silenced."""
        return self.actions.get(entity, self.others or Action.SILENCE)

    def policy(self) -> Policy:
        """Every known entity gets its rule."""
        actions = {name: self.action(name) for name in NAMES}
        classes = {**DEFAULT_CLASSES, **self.classes}
        rules = {name: Rule(actions[name], classes[name]) for name in sorted(NAMES)}
        return Policy(
            self.name, self.version, rules, Tone(**self.tone), self.hold_ms or HOLD_MS_DEFAULT, self.late or Late.HOLD,
            Doubt(**self.doubt), Detect(**self.detect), self.terms,
            self.vault, self.early,
        )  # fmt: skip


def load_policy(path: Path) -> Policy:
    """The policy of a file. Raises ConfigError, one line that names file, line and what to do."""
    root = read_yaml_file(path, "the policy")
    fields = root.fields("key", _KEYS)
    draft = _draft(root, fields)
    if draft.name in PRESETS:
        raise fields["name"].fail(f"name {draft.name} is a preset's; choose another for your policy")
    extends = fields["extends"].choice("preset", PRESETS) if "extends" in fields else DEFAULT
    whole = draft.over(_preset(extends))
    check_heard(fields, lambda entity: whole.action(entity) is Action.KEEP)
    _check_vault(fields, whole)
    return whole.policy()


def preset(name: str) -> Policy:
    """One of PRESETS by its name. Raises ConfigError."""
    if name not in PRESETS:
        hint = meant(name, PRESETS)
        raise ConfigError(f"unknown preset{word(name)}{hint}; known are {', '.join(PRESETS)}")
    return _preset(name).policy()


@cache
def _preset(name: str) -> _Draft:
    root = read_yaml_file(_PRESET_DIR / f"{name}.yaml", "the policy")
    return _draft(root, root.fields("key", [key for key in _KEYS if key != "extends"]))


def _draft(root: Entry, fields: Mapping[str, Entry]) -> _Draft:
    actions: dict[str, Action] = {}
    classes: dict[str, DataClass] = {}
    if "entities" in fields:
        listed = "callshield policy show lists them"
        for name, entry in fields["entities"].fields("entity", sorted(NAMES), listed).items():
            _rule(name, entry, actions, classes)
    return _Draft(
        _name(root, fields),
        _version(fields["version"]) if "version" in fields else 1,
        actions,
        classes,
        _others(fields["others"]) if "others" in fields else None,
        _tone(fields["tone"]) if "tone" in fields else {},
        _hold(fields["hold_ms"]) if "hold_ms" in fields else None,
        Late(fields["late"].choice("choice", Late)) if "late" in fields else None,
        _doubt(fields["doubt"]) if "doubt" in fields else {},
        _detect(fields["detect"]) if "detect" in fields else {},
        terms_of(fields),
        _vault(fields["vault"]) if "vault" in fields else frozenset(),
        "early" in fields and fields["early"].choice("switch", ("on", "off")) == "on",
    )


def _name(root: Entry, fields: Mapping[str, Entry]) -> str:
    if "name" not in fields:
        raise root.fail('name is missing; add a line such as "name: my-center"')
    name = fields["name"].text()
    if not _NAME.fullmatch(name):
        wanted = "up to 64 letters, digits, dots, dashes and underscores, a letter or digit first"
        raise fields["name"].fail(f"name must be {wanted}")
    return name


def _version(entry: Entry) -> int:
    if (version := entry.whole()) < 1:
        raise entry.fail(f"version {version}: give a whole number from 1")
    return version


def _rule(name: str, entry: Entry, actions: dict[str, Action], classes: dict[str, DataClass]) -> None:
    """Add what a file says of one entity: an action, or a mapping of action and class."""
    if isinstance(entry.value, str):
        actions[name] = _action(name, entry)
        return
    if isinstance(entry.value, tuple):
        raise entry.fail(f"{name} must be an action, or {{action: ..., class: ...}}")
    fields = entry.fields("key", ("action", "class"))
    if not fields:
        raise entry.fail(f"{name} says nothing; give an action, a class or both")
    if "action" in fields:
        actions[name] = _action(name, fields["action"])
    if "class" in fields:
        classes[name] = DataClass(fields["class"].choice("class", DataClass))


def _action(name: str, entry: Entry) -> Action:
    action = Action(entry.choice("action", Action))
    if problem := objection(name, action):
        raise entry.fail(problem)
    return action


def _others(entry: Entry) -> Action:
    action = Action(entry.choice("action", Action))
    if action is Action.KEEP:  # or a secret that a later release learns to find would pass unasked
        raise entry.fail("others cannot be keep: name under entities what may pass")
    return action


def _tone(entry: Entry) -> dict[str, float]:
    values: dict[str, float] = {}
    for name, item in entry.fields("key", tone_values(Tone())).items():
        values[name] = item.number()
        if name == "frequency_hz" and not _HEARD_HZ[0] <= values[name] <= _HEARD_HZ[1]:
            raise item.fail(f"frequency_hz must be from {_HEARD_HZ[0]} to {_HEARD_HZ[1]}")
        try:
            Tone(**{name: values[name]})
        except ConfigError as error:
            raise item.fail(str(error)) from None
    return values


def _hold(entry: Entry) -> int:
    hold_ms = entry.whole()
    if not HOLD_MS_LEAST <= hold_ms <= HOLD_MS_MOST:
        raise entry.fail(hold_problem(hold_ms))
    return hold_ms


def _doubt(entry: Entry) -> dict[str, bool]:
    return {
        name: item.choice("choice", ("hide", "keep")) == "hide"
        for name, item in entry.fields("doubt", DOUBTS.values()).items()
    }


def _detect(entry: Entry) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, item in entry.fields("part", ("context", "edges", "names")).items():
        if name == "names":
            values[name] = NameSearch(item.choice("way", NameSearch))
        else:
            values[name] = item.choice("switch", ("on", "off")) == "on"
    return values


def _vault(entry: Entry) -> frozenset[str]:
    """Entities whose originals are kept."""
    names: set[str] = set()
    for item in entry.items("entity"):
        name = item.text()
        if name not in NAMES:
            hint = meant(name, keepable()) or "; callshield policy show lists them"
            raise item.fail(f"unknown entity{word(name)}{hint}")
        if name in names:
            raise item.fail(f"{name} was given before; keep one")
        names.add(name)
    return frozenset(names)


def _check_vault(fields: Mapping[str, Entry], whole: _Draft) -> None:
    """Raises ConfigError for the first entity of which no originals may be kept, or are none."""
    for item in fields["vault"].items("entity") if "vault" in fields else ():
        if problem := unkeepable(item.text(), whole.action(item.text())):
            raise item.fail(problem)
