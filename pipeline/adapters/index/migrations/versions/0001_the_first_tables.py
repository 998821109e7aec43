"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "calls",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("call", sa.String(), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("rate_hz", sa.Integer(), nullable=False),
        sa.Column("channels", sa.Integer(), nullable=False),
        sa.Column("pin", sa.String(), nullable=False),
        sa.Column("fleet", sa.String(), nullable=False),
        sa.Column("jurisdiction", sa.String(), server_default="", nullable=False),
        sa.Column("retention_class", sa.String(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("restricted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=True),
        sa.Column("vault_due_ms", sa.BigInteger(), nullable=True),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=True),
        sa.Column("bytes", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("language", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
        sa.UniqueConstraint("tenant", "call", "started_ms", name="uq_calls_tenant_call_started_ms"),
    )
    op.create_index("ix_calls_due_ms", "calls", ["due_ms"])
    op.create_index("ix_calls_started_ms", "calls", ["started_ms"])
    op.create_index("ix_calls_state_started_ms", "calls", ["state", "started_ms"])
    op.create_index("ix_calls_tenant_started_ms", "calls", ["tenant", "started_ms"])
    op.create_index("ix_calls_vault_due_ms", "calls", ["vault_due_ms"])

    op.create_table(
        "holds",
        sa.Column("id", _ID, nullable=False),
        sa.Column("matter", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_whom", sa.String(), nullable=False),
        sa.Column("placed_ms", sa.BigInteger(), nullable=False),
        sa.Column("lifted_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
    )
    op.create_index("ix_holds_tenant_matter", "holds", ["tenant", "matter"])

    op.create_table(
        "requests",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("checked", sa.String(), server_default="", nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("by_whom", sa.String(), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
    )
    op.create_index("ix_requests_state_due_ms", "requests", ["state", "due_ms"])

    op.create_table(
        "sweeps",
        sa.Column("id", _ID, nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("finished_ms", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.String(), server_default="", nullable=False),
        sa.Column("disposed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sweeps"),
    )
    op.create_table(
        "approvals",
        sa.Column("request_id", _ID, nullable=False),
        sa.Column("by_whom", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_approvals_request_id_requests"),
        sa.PrimaryKeyConstraint("request_id", "by_whom", name="pk_approvals"),
    )
    op.create_table(
        "consents",
        sa.Column("call_id", _ID, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("language", sa.String(), server_default="", nullable=False),
        sa.Column("proof", sa.String(), server_default="", nullable=False),
        sa.Column("notice", sa.String(), server_default="", nullable=False),
        sa.Column("disclosure", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_consents_call_id_calls"),
        sa.PrimaryKeyConstraint("call_id", "purpose", "at_ms", name="pk_consents"),
    )
    op.create_table(
        "disposals",
        sa.Column("call_id", _ID, nullable=False),
        sa.Column("use", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("audit_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_disposals_call_id_calls"),
        sa.PrimaryKeyConstraint("call_id", "use", name="pk_disposals"),
    )
    op.create_table(
        "findings",
        sa.Column("call_id", _ID, nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("spans", sa.Integer(), nullable=False),
        sa.Column("hidden_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_findings_call_id_calls"),
        sa.PrimaryKeyConstraint("call_id", "entity", "reason", name="pk_findings"),
    )
    op.create_index("ix_findings_entity_call_id", "findings", ["entity", "call_id"])

    op.create_table(
        "hold_calls",
        sa.Column("hold_id", _ID, nullable=False),
        sa.Column("call_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_hold_calls_call_id_calls"),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name="fk_hold_calls_hold_id_holds"),
        sa.PrimaryKeyConstraint("hold_id", "call_id", name="pk_hold_calls"),
    )
    op.create_index("ix_hold_calls_call_id", "hold_calls", ["call_id"])

    op.create_table(
        "labels",
        sa.Column("call_id", _ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_labels_call_id_calls"),
        sa.PrimaryKeyConstraint("call_id", "kind", "key_id", "pseudonym", name="pk_labels"),
    )
    op.create_index("ix_labels_pseudonym_kind", "labels", ["pseudonym", "kind"])

    op.create_table(
        "objects",
        sa.Column("call_id", _ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("use", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_objects_call_id_calls"),
        sa.PrimaryKeyConstraint("call_id", "name", name="pk_objects"),
    )
    op.create_table(
        "request_labels",
        sa.Column("request_id", _ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_request_labels_request_id_requests"),
        sa.PrimaryKeyConstraint("request_id", "kind", "key_id", "pseudonym", name="pk_request_labels"),
    )


def downgrade() -> None:
    """Take it back."""
    for table in (
        "request_labels",
        "objects",
        "labels",
        "hold_calls",
        "findings",
        "disposals",
        "consents",
        "approvals",
        "sweeps",
        "requests",
        "holds",
        "calls",
    ):
        op.drop_table(table)
