"""The Indian tax number."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="PAN_INDIA",
    category=Category.IDENTITY,
    shape=Shape.ALNUM,
    asks=(
        "=income tax|taxes pan|pa|pin|pen|pam|pand",
        "=pan number|card|is",
        "permanent account number",
        "=your|the pan",
        "pan card|number",
    ),
    cues=(
        "=pan number|card|is",
        "=my pan",
        "permanent account number",
    ),
    enough=10,
    least=4,
)
