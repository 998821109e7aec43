"""A passport number."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="PASSPORT",
    category=Category.IDENTITY,
    shape=Shape.ALNUM,
    asks=(
        "passport number|details|digits",
        "number|digits on|in|of passport",
        "=passport please",
        "travel document number",
    ),
    cues=(
        "passport number|is",
        "passport",
        "travel document",
    ),
    enough=8,
    least=4,
)
