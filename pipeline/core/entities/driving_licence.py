"""A driver's licence number."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="DRIVING_LICENCE",
    category=Category.IDENTITY,
    shape=Shape.ALNUM,
    asks=(
        "what's|number on the licence|license",
        "driving|driver|drivers|driver's licence|license|permit",
        "licence|license number|digits|details",
        "number on|of licence|license",
    ),
    cues=(
        "driving|driver|drivers|driver's licence|license number|is",
        "licence|license number|is",
        "=driving|driver|drivers|driver's licence|license",
        "permit number|is",
    ),
    enough=7,
    least=4,
)
