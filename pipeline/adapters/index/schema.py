"""The tables of the index. No speech and no clear identifiers in them; times end in _ms and are wall clock.

A change here needs a migration (migrations/versions), which the tests compare with these tables.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
REVISION = "0001"  # of the newest migration: these tables
METADATA = MetaData(naming_convention=NAMES)
Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up INTEGER keys only
Ms = BigInteger


class CallState(StrEnum):
    """What has become of a call. Add, never rename."""

    RUNNING = "running"  # something of it came, it is not finished
    STORED = "stored"
    QUARANTINED = "quarantined"  # it failed its proof; nobody may open it
    NOT_KEPT = "not_kept"  # it is over, and nobody allowed to keep anything of it but what was told
    WITHDRAWN = "withdrawn"  # consent to keep it was withdrawn
    DISPOSED = "disposed"  # its time was over
    ERASED = "erased"  # its customer asked for it


def _call_id(*, first: bool = True) -> Column[int]:
    return Column("call_id", Id, ForeignKey("calls.id"), primary_key=first, nullable=False)


calls = Table(
    "calls",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("call", String, nullable=False),
    Column("started_ms", Ms, nullable=False),
    Column("day", String(10), nullable=False),  # it started, UTC, as in the store
    Column("ended_ms", Ms),
    Column("duration_ms", Ms),
    Column("rate_hz", Integer, nullable=False),
    Column("channels", Integer, nullable=False),
    Column("pin", String, nullable=False),
    Column("fleet", String, nullable=False),
    Column("jurisdiction", String, nullable=False, server_default=""),
    Column("retention_class", String, nullable=False, server_default=""),
    Column("state", String(16), nullable=False),
    Column("restricted", Boolean, nullable=False, server_default=false()),  # kept, and not to be used
    Column("due_ms", Ms),  # when it must go; None: not decided
    Column("vault_due_ms", Ms),  # when its originals must go
    Column("manifest_sha256", String(64)),  # of the sealed manifest
    Column("bytes", BigInteger, nullable=False, server_default=text("0")),  # of all its objects
    Column("language", String, nullable=False, server_default=""),
    UniqueConstraint("tenant", "call", "started_ms"),
    Index(None, "tenant", "started_ms"),
    Index(None, "started_ms"),
    Index(None, "state", "started_ms"),
    Index(None, "due_ms"),
    Index(None, "vault_due_ms"),
)

objects = Table(
    "objects",
    METADATA,
    _call_id(),
    Column("name", String, primary_key=True),  # whole, in the store
    Column("kind", String, nullable=False),  # recording, transcript, manifest, incident, segment
    Column("use", String, nullable=False),  # whose key it is under: see key_register.Use
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),  # of the sealed bytes
)

labels = Table(
    "labels",
    METADATA,
    _call_id(),
    Column("kind", String, primary_key=True),  # caller, customer, agent, name
    Column("key_id", String, primary_key=True),  # of the pseudonym key
    Column("pseudonym", String, primary_key=True),
    Index(None, "pseudonym", "kind"),
)

findings = Table(
    "findings",
    METADATA,
    _call_id(),
    Column("entity", String, primary_key=True),
    Column("reason", String, primary_key=True),
    Column("spans", Integer, nullable=False),
    Column("hidden_ms", Ms, nullable=False),
    Index(None, "entity", "call_id"),
)

consents = Table(
    "consents",
    METADATA,
    _call_id(),
    Column("purpose", String, primary_key=True),
    Column("at_ms", Ms, primary_key=True),
    Column("state", String, nullable=False),
    Column("language", String, nullable=False, server_default=""),
    Column("proof", String, nullable=False, server_default=""),
    Column("notice", String, nullable=False, server_default=""),
    Column("disclosure", String, nullable=False, server_default=""),
)

holds = Table(
    "holds",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("matter", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("by_whom", String, nullable=False),
    Column("placed_ms", Ms, nullable=False),
    Column("lifted_ms", Ms),
    Index(None, "tenant", "matter"),
)

hold_calls = Table(
    "hold_calls",
    METADATA,
    Column("hold_id", Id, ForeignKey("holds.id"), primary_key=True),
    _call_id(),
    Index(None, "call_id"),
)

requests = Table(
    "requests",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("kind", String, nullable=False),  # access, rectify, erase, restrict
    Column("state", String, nullable=False),
    Column("received_ms", Ms, nullable=False),
    Column("due_ms", Ms, nullable=False),
    Column("checked", String, nullable=False, server_default=""),  # how the person's identity was checked
    Column("subject_kind", String, nullable=False),
    Column("by_whom", String, nullable=False),
    Column("closed_ms", Ms),
    Column("outcome", String, nullable=False, server_default=""),
    Index(None, "state", "due_ms"),
)

request_labels = Table(
    "request_labels",
    METADATA,
    Column("request_id", Id, ForeignKey("requests.id"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("key_id", String, primary_key=True),
    Column("pseudonym", String, primary_key=True),
)

approvals = Table(
    "approvals",
    METADATA,
    Column("request_id", Id, ForeignKey("requests.id"), primary_key=True),
    Column("by_whom", String, primary_key=True),
    Column("at_ms", Ms, nullable=False),
)

disposals = Table(
    "disposals",
    METADATA,
    _call_id(),
    Column("use", String, primary_key=True),
    Column("reason", String, nullable=False),
    Column("at_ms", Ms, nullable=False),
    Column("audit_seq", BigInteger),  # of its certificate
)

sweeps = Table(
    "sweeps",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("started_ms", Ms, nullable=False),
    Column("finished_ms", Ms),
    Column("position", String, nullable=False, server_default=""),  # how far it came, to go on from
    Column("disposed", Integer, nullable=False, server_default=text("0")),
)
