"""The UK bank branch code."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="SORT_CODE",
    category=Category.PAYMENT,
    shape=Shape.DIGITS,
    asks=(
        "six|6 digits first|code",
        "sort code",
        "branch code",
    ),
    cues=("sort code",),
    enough=6,
    least=4,
)
