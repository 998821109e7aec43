"""The US bank routing number."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="ROUTING_NUMBER",
    category=Category.PAYMENT,
    shape=Shape.DIGITS,
    asks=(
        "routing|routine|rooting number|code",
        "routing",
        "aba number|routing",
        "transit number",
        "bank code",
    ),
    cues=(
        "routing|routine|rooting number|code",
        "aba number",
    ),
    enough=9,
    least=4,
)
