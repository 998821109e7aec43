"""What is known of a deployment: gathered by the command (cli/seen.py), judged by core/checks.py, recorded by
core/ropa.py. No secret and no key is in it; whatever could not be looked at says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.core.consent_rules import Rules as ConsentRules
from pipeline.core.policy import Policy
from pipeline.core.retention_rules import Rules as RetentionRules
from pipeline.core.retention_rules import TopicTerm


@dataclass(frozen=True, slots=True)
class Unseen:
    """Something that could not be looked at. why: in a few words. broken: it should be there, and is not usable."""

    why: str
    broken: bool = False


NO_KEYS = Unseen("no key file or key provider is set up")
NO_RULES = Unseen("no retention rules are set")


@dataclass(frozen=True, slots=True)
class Line:
    """A way to another service. name: the setting; local: it ends on this machine; encrypted: by TLS, verified."""

    name: str
    local: bool
    encrypted: bool


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file that a setting names. secret: its owner alone may read it; else others may read it and not write."""

    name: str
    mode: int
    secret: bool


@dataclass(frozen=True, slots=True)
class Acls:
    """Rights of the topic table that are not granted, and granted ones that it does not ask for; a line each."""

    missing: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyInUse:
    """A key that new data are protected by. age_days: None: it does not say when it was made."""

    name: str
    age_days: int | None


@dataclass(frozen=True, slots=True)
class Register:
    """Wrapped keys of stored calls. keys: how many; old: of them under another key than the current one."""

    keys: int
    old: int


@dataclass(frozen=True, slots=True)
class AuditLog:
    """problems: what verification found. apart: signed heads lie elsewhere. clock_back: so often the clock did."""

    entries: int
    problems: int
    apart: bool
    clock_back: int = 0


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """What the index tells. calls: kept now; swept_ms: when the last sweep ended; overdue: requests past their day."""

    calls: int
    swept_ms: int | None
    overdue: int


@dataclass(frozen=True, slots=True)
class SeenModel:
    """Weights that lie here. good: they hash to what was registered or recorded."""

    name: str
    engine: str
    language: str
    licence: str
    sha256: str
    good: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it. weak: settings whose secret is well known or no secret; walls: pairs of things kept in one place.

    policies: by purpose. clock_good: the system says its clock is kept right.
    """

    now_ms: int
    lines: tuple[Line, ...]
    kafka_login: bool
    topics: tuple[str, ...] | Unseen
    acls: Acls | Unseen
    terms: tuple[TopicTerm, ...] | Unseen
    replicas: int
    files: tuple[SeenFile, ...]
    weak: tuple[str, ...]
    walls: tuple[str, ...]
    tenants: int
    metrics_local: bool
    operators: bool
    issuer_here: bool
    keys: tuple[KeyInUse, ...] | Unseen
    register: Register | Unseen
    tombstones: int | Unseen
    store: bool | Unseen
    index: IndexFacts | Unseen
    audit: AuditLog | Unseen
    policies: Mapping[str, Policy] = field(hash=False)
    consent: ConsentRules | None
    retention: RetentionRules | None
    pseudonyms: bool
    models: tuple[SeenModel, ...] | Unseen
    log_level: str
    clock_good: bool | Unseen
    proof: bool
    dead_payload: bool
