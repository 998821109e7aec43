"""What a call is judged by, fixed when it starts: a reload or a mixed fleet never changes a call half-way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.core.consent_rules import Rules
from pipeline.core.detect import Detect, NameSearch
from pipeline.core.doubt import Doubt
from pipeline.core.errors import ConfigError
from pipeline.core.policy import Late, Policy, Rule, detect_values
from pipeline.core.terms import Terms
from pipeline.core.tone import Action, Tone

STORAGE = "storage"  # the purpose whose policy says what originals are kept
PIN_BYTES_MAX = 900 << 10  # a message of its topic takes 1 MiB


@dataclass(frozen=True, slots=True)
class Pin:
    """policies: by purpose. roles: of the channels, in order (see core/transcript). detector: hash of the rules
    in code and data. engine, engine_version, model, language, model_sha256: the recogniser. release: who made it.
    consent: what purposes need before they may have a call; None: nobody asks.
    """

    policies: Mapping[str, Policy]
    roles: tuple[str, ...]
    detector: str
    engine: str
    engine_version: str
    model: str
    language: str
    model_sha256: str
    release: str
    consent: Rules | None = None

    @property
    def sha256(self) -> str:
        """The name of this pin: hash of all it says, in hexadecimal."""
        return hashlib.sha256(self._text()).hexdigest()

    @property
    def vault(self) -> frozenset[str]:
        """Entities whose originals are kept: as the policy says that recordings are kept by."""
        policy = self.policies.get(STORAGE)
        return policy.vault if policy else frozenset()

    @property
    def early(self) -> bool:
        """Talk may leave before its sentence has ended: only if the policies of all purposes say so."""
        return bool(self.policies) and all(policy.early for policy in self.policies.values())

    def check_vault(self) -> None:
        """Raises ConfigError if a policy asks for originals that nobody keeps, as it is not that of storage."""
        for purpose, policy in sorted(self.policies.items()):
            if beyond := sorted(policy.vault - self.vault):
                raise ConfigError(
                    f"the policy of {purpose} keeps originals of {beyond[0]}, that of {STORAGE} does not, and only "
                    "that counts; name it there, or take it out"
                )

    def check_size(self) -> None:
        """Raises ConfigError if the policies are too large to be sent to the other stages."""
        if len(self._text()) > PIN_BYTES_MAX:
            raise ConfigError(
                f"the policies of all purposes need more than {PIN_BYTES_MAX >> 10} KiB as JSON; give them fewer "
                "phrases, or fewer purposes"
            )

    def _text(self) -> bytes:
        return json.dumps(self.plain(), sort_keys=True, separators=(",", ":"), allow_nan=False).encode()

    def plain(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        rest = {name: getattr(self, name) for name in _TEXTS}
        policies = {purpose: _plain_policy(policy) for purpose, policy in sorted(self.policies.items())}
        rules = {} if self.consent is None else {"consent": self.consent.plain()}  # without, as pins have always been
        return {"policies": policies, "roles": list(self.roles), **rest, **rules}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Pin:
        """The pin that `plain` was made of. Raises KeyError, TypeError, ValueError or ConfigError if it is none."""
        policies = {str(purpose): _policy(doc) for purpose, doc in plain["policies"].items()}
        texts = {name: str(plain[name]) for name in _TEXTS}
        rules = Rules.of(plain["consent"]) if "consent" in plain else None
        return cls(policies, tuple(plain["roles"]), **texts, consent=rules)


_TEXTS = ("detector", "engine", "engine_version", "model", "language", "model_sha256", "release")


def _plain_policy(policy: Policy) -> dict[str, Any]:
    tone = policy.tone
    return {
        "name": policy.name,
        "version": policy.version,
        "rules": {entity: [str(rule.action), str(rule.data_class)] for entity, rule in sorted(policy.rules.items())},
        "tone": [tone.frequency_hz, tone.level_dbfs, tone.ramp_ms, tone.noise_dbfs],
        "hold_ms": policy.hold_ms,
        "late": str(policy.late),
        "doubt": asdict(policy.doubt),
        "detect": detect_values(policy.detect),
        "terms": policy.terms.plain(),
        # Without these, as pins were before they were known.
        **({"vault": sorted(policy.vault)} if policy.vault else {}),
        **({"early": True} if policy.early else {}),
    }


def _policy(plain: Mapping[str, Any]) -> Policy:
    frequency_hz, level_dbfs, ramp_ms, noise_dbfs = plain["tone"]
    return Policy(
        plain["name"],
        plain["version"],
        {entity: Rule(Action(action), data_class) for entity, (action, data_class) in plain["rules"].items()},
        Tone(frequency_hz=frequency_hz, level_dbfs=level_dbfs, ramp_ms=ramp_ms, noise_dbfs=noise_dbfs),
        plain["hold_ms"],
        Late(plain["late"]),
        Doubt(**plain["doubt"]),
        _detect(plain["detect"]),
        Terms.of(plain["terms"]),
        frozenset(plain.get("vault", ())),
        early=plain.get("early", False) is True,
    )


def _detect(plain: Mapping[str, Any]) -> Detect:
    return Detect(bool(plain["context"]), bool(plain["edges"]), NameSearch(plain["names"]))
