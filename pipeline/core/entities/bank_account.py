"""A bank account number."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="BANK_ACCOUNT",
    category=Category.PAYMENT,
    shape=Shape.DIGITS,
    asks=(
        "=passbook number",
        "account|acount number|numbers|digits",
        "bank|checking|savings|current account",
        "bank details",
        "account to pay|refund|credit|debit",
        "which|what account",
        "direct debit",
    ),
    cues=(
        "account|acount number",
        "=account is",
        "account ending|ends",
    ),
    enough=8,
    least=4,
)
