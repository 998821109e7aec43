"""The UK national insurance number."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="NINO",
    category=Category.IDENTITY,
    shape=Shape.ALNUM,
    asks=(
        "=n i n|number|no",
        "=nin number",
        "national insurance",
        "insurance number",
        "=n i number",
        "=ni number",
        "nino",
    ),
    cues=(
        "national insurance number|is",
        "=n i number|is",
        "=ni number|is",
        "national insurance",
        "=n i|nino|ni is|number",
    ),
    enough=7,
    least=4,
)
