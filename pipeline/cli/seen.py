"""From settings to what is known of the deployment. Whatever cannot be looked at says why, and stops nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from pipeline.adapters.clock import clock_good
from pipeline.adapters.consent_file import find_rules
from pipeline.adapters.database_url import is_local
from pipeline.adapters.model_store import ModelStore
from pipeline.cli.custody import audit_log
from pipeline.cli.redact import find_policy
from pipeline.cli.seen_files import files, weak
from pipeline.cli.seen_kafka import acls_and_topics
from pipeline.cli.seen_kept import index_seen, lines, register_seen, store_seen, tombstones_seen, walls
from pipeline.cli.seen_keys import keys_in_use
from pipeline.cli.stages import purposes
from pipeline.cli.terms import retention_rules
from pipeline.cli.topics import topic_table
from pipeline.core.errors import CallShieldError, ModelError
from pipeline.core.facts import NO_RULES, AuditLog, Facts, SeenModel, Unseen
from pipeline.core.retention_rules import TopicTerm, topic_terms
from pipeline.settings import Settings

T = TypeVar("T")


def look(settings: Settings, principals: Sequence[str] = ()) -> Facts:
    """Everything the rules ask for. Raises ConfigError for settings nobody could run with, such as a policy that is
    none.
    """
    topics, acls = acls_and_topics(settings, principals)
    register = register_seen(settings)
    retention = retention_rules(settings) if settings.retention else None
    return Facts(
        now_ms=int(time.time() * 1000),
        lines=tuple(lines(settings)),
        kafka_login=settings.kafka_security.startswith("sasl") or settings.kafka_cert_file is not None,
        topics=topics,
        acls=acls,
        terms=_terms(settings),
        replicas=settings.replicas,
        files=tuple(files(settings)),
        weak=tuple(weak(settings)),
        walls=tuple(walls(settings)),
        tenants=len([name for name in settings.tenants.split(",") if name.strip()]),
        metrics_local=bool(settings.metrics_host) and is_local(settings.metrics_host),
        operators=settings.issuer_public_file is not None,
        issuer_here=settings.issuer_key_file is not None and settings.issuer_key_file.exists(),
        keys=keys_in_use(settings),
        register=register,
        tombstones=tombstones_seen(settings, register),
        store=tried(lambda: store_seen(settings)),
        index=tried(lambda: index_seen(settings)),
        audit=tried(lambda: _audit(settings)),
        policies={purpose: find_policy(policy) for purpose, policy in purposes(settings).items()},
        consent=find_rules(settings.consent_rules) if settings.consent_rules else None,
        retention=retention,
        pseudonyms=settings.pseudonym_key_file is not None,
        models=tried(lambda: models(settings)),
        log_level=settings.log_level,
        clock_good=clock_good(),
        proof=settings.store_proof == "on",
        dead_payload=settings.dead_keep_payload,
    )


def tried(ask: Callable[[], T | Unseen]) -> T | Unseen:
    """What `ask` finds; our errors mean that it is there and not usable."""
    try:
        return ask()
    except CallShieldError as error:
        return Unseen(str(error), broken=True)


def models(settings: Settings) -> tuple[SeenModel, ...]:
    """The weights that lie here, hashed now. Raises ModelError if the registry is not usable."""
    store = ModelStore(settings.models_dir)
    found = []
    for entry in store.entries():
        if store.place(entry) is None:
            continue
        try:
            sha256, good = store.locate(entry.name).sha256, True
        except ModelError:
            sha256, good = "", False
        found.append(SeenModel(entry.name, entry.engine, entry.language, entry.licence, sha256, good))
    return tuple(found)


def _terms(settings: Settings) -> tuple[TopicTerm, ...] | Unseen:
    if not settings.retention:
        return NO_RULES
    return tuple(topic_terms(retention_rules(settings), topic_table(settings).values()))


def _audit(settings: Settings) -> AuditLog | Unseen:
    log = audit_log(settings)
    seen = log.verify()
    if not seen.entries and not seen.problems:
        return Unseen("nothing was written to the audit log yet")
    apart = log.anchor.resolve() != Path(settings.audit_dir).resolve() or "s3://" in settings.audit_anchor
    return AuditLog(seen.entries, len(seen.problems), apart, seen.clock_back)
