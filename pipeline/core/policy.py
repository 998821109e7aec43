"""What happens to each kind of secret, how a hidden stretch sounds, and how long audio may be held."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from pipeline.core.detect import EVERYTHING, Detect
from pipeline.core.doubt import ALL_DOUBTS, Doubt
from pipeline.core.entities import CUSTOM, ENTITIES, KEYPAD, NAMES, NUMBER, UNJUDGED, Category
from pipeline.core.errors import ConfigError
from pipeline.core.originals import unkeepable
from pipeline.core.release import HOLD_MS_MAX
from pipeline.core.terms import NO_TERMS, Terms, terms_effect
from pipeline.core.tone import Action, Tone

HOLD_MS_LEAST = 22_000  # two overlapping utterances of 10 s, silence and edges: with less, talk comes late
HOLD_MS_MOST = 60_000  # bounds memory and the delay of live audio
HOLD_MS_DEFAULT = max(HOLD_MS_LEAST, HOLD_MS_MAX)
HASH_FORM = 3  # of the text that is hashed: goes up when its form changes


class DataClass(StrEnum):
    """What kind of data an entity is: keys, retention and access go by it. Add, never rename."""

    AUTHENTICATION = "authentication"  # proves who one is: PIN, password, one-time code
    PAYMENT = "payment"  # moves money: card, account
    IDENTITY = "identity"  # names one person
    CONTACT = "contact"  # reaches one person
    HEALTH = "health"  # illness, treatment, and numbers that lead to them
    ACCOUNT = "account"  # a customer's number or reference with one business
    UNJUDGED = "unjudged"  # may hold any of them


class Late(StrEnum):
    """What a live call does when a verdict is late by more than hold_ms. Files know no lateness."""

    HOLD = "hold"  # nothing leaves until it is judged
    SILENCE = "silence"  # what is late leaves as silence, and the call goes on


_BY_CATEGORY = {
    Category.PAYMENT: DataClass.PAYMENT,
    Category.CREDENTIAL: DataClass.AUTHENTICATION,
    Category.IDENTITY: DataClass.IDENTITY,
    Category.CONTACT: DataClass.CONTACT,
    Category.HEALTH: DataClass.HEALTH,
    Category.ACCOUNT: DataClass.ACCOUNT,
}

DEFAULT_CLASSES: Mapping[str, DataClass] = {
    **{e.name: _BY_CATEGORY[e.category] for e in ENTITIES},
    KEYPAD: DataClass.AUTHENTICATION,  # the worst a key can be: a digit of a PIN
    NUMBER: DataClass.IDENTITY,
    CUSTOM: DataClass.IDENTITY,
    UNJUDGED: DataClass.UNJUDGED,
}

_STORED_NEVER = "sensitive authentication data may not be stored, even encrypted (PCI DSS 3.3.1)"
_NEVER_KEPT: Mapping[str, str] = {
    "PIN": _STORED_NEVER,
    "SECURITY_CODE": _STORED_NEVER,
    "PASSWORD": "whoever hears a password can use it",
    KEYPAD: "keys may be a PIN, and that may not be stored, even encrypted (PCI DSS 3.3.1)",
}


def objection(entity: str, action: Action) -> str | None:
    """Why no policy may do this to the entity, and what it may do; None if it may."""
    if entity == UNJUDGED and action is not Action.SILENCE:
        return f"{UNJUDGED} cannot be {action}: audio nobody judged is always silence"
    if action is Action.KEEP and entity in _NEVER_KEPT:
        return f"{entity} cannot be keep: {_NEVER_KEPT[entity]}; choose beep, silence or noise"
    return None


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to one kind of secret, and what kind of data it is (a value of DataClass)."""

    action: Action
    data_class: str


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules one call is redacted by.

    name and version are labels: what the policy does is in the rest, and `sha256` is over the rest. rules: by
    entity. hold_ms: see Release. late: of live calls. doubt: which doubts hide. detect: which
    parts of the detector are on. terms: what it looks for by words of its own. vault: entities whose originals are
    kept. early: of live calls: plain talk may leave before its sentence has ended. Raises ConfigError: an unknown
    entity or class, an action an entity cannot have, an entity whose originals cannot be kept, a hold out of bounds.
    """

    name: str
    version: int
    rules: Mapping[str, Rule] = field(hash=False)
    tone: Tone = field(default_factory=Tone)
    hold_ms: int = HOLD_MS_DEFAULT
    late: Late = Late.HOLD
    doubt: Doubt = ALL_DOUBTS
    detect: Detect = EVERYTHING
    terms: Terms = NO_TERMS
    vault: frozenset[str] = frozenset()
    early: bool = False

    def __post_init__(self) -> None:
        if not HOLD_MS_LEAST <= self.hold_ms <= HOLD_MS_MOST:
            raise ConfigError(hold_problem(self.hold_ms))
        for entity, rule in self.rules.items():
            if entity not in NAMES:
                raise ConfigError(f"policy {self.name}: unknown entity {entity}")
            if rule.data_class not in set(DataClass):
                raise ConfigError(f"policy {self.name}: {entity} has the unknown class {rule.data_class}")
            if problem := objection(entity, rule.action):
                raise ConfigError(f"policy {self.name}: {problem}")
        for entity in sorted(self.vault):
            if entity not in NAMES:
                raise ConfigError(f"policy {self.name}: unknown entity {entity}")
            if problem := unkeepable(entity, self.action(entity)):
                raise ConfigError(f"policy {self.name}: {problem}")
        object.__setattr__(self, "rules", dict(self.rules))  # the caller's mapping may change, this must not

    def action(self, entity: str) -> Action:
        """What to do with an entity. One without a rule is silenced."""
        rule = self.rules.get(entity)
        return rule.action if rule else Action.SILENCE

    def data_class(self, entity: str) -> str:
        """What kind of data an entity is. One without a rule and unknown here may be anything: unjudged."""
        rule = self.rules.get(entity)
        return rule.data_class if rule else DEFAULT_CLASSES.get(entity, DataClass.UNJUDGED)

    @property
    def actions(self) -> Mapping[str, Action]:
        """Action by entity, for Release: an entity it lacks is silenced."""
        return {entity: rule.action for entity, rule in self.rules.items()}

    @property
    def sha256(self) -> str:
        """Hash of what the policy does, in hexadecimal: equal for two policies that do the same."""
        # Every known entity is written out, so that leaving one out and silencing it are the same.
        names = sorted(NAMES)
        form = {
            "form": HASH_FORM,
            "detect": detect_values(self.detect),
            "doubt": asdict(self.doubt),
            "terms": terms_effect(self.terms),
            "hold_ms": self.hold_ms,
            "late": str(self.late),
            "rules": {name: [str(self.action(name)), str(self.data_class(name))] for name in names},
            "tone": {name: value + 0.0 for name, value in tone_values(self.tone).items()},  # -0 is 0, 1 is 1.0
            # Without these, as it was before they were known.
            **({"vault": sorted(self.vault)} if self.vault else {}),
            **({"early": True} if self.early else {}),
        }
        text = json.dumps(form, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()


def tone_values(tone: Tone) -> dict[str, float]:
    """The settings of a tone by name, as a policy file writes them."""
    return {
        "frequency_hz": tone.frequency_hz,
        "level_dbfs": tone.level_dbfs,
        "ramp_ms": tone.ramp_ms,
        "noise_dbfs": tone.noise_dbfs,
    }


def detect_values(detect: Detect) -> dict[str, Any]:
    """The switches of the detector by name: true, false, or how names are looked for."""
    return {"context": detect.context, "edges": detect.edges, "names": str(detect.names)}


def hold_problem(hold_ms: int) -> str:
    """The one line for a hold out of bounds."""
    return f"hold_ms {hold_ms}: give a whole number from {HOLD_MS_LEAST} to {HOLD_MS_MOST}"
