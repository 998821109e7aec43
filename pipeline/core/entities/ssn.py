"""The US social security number."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="SSN",
    category=Category.IDENTITY,
    shape=Shape.DIGITS,
    asks=(
        "social security|number|digits",
        "=your|full|the|whole|entire|complete social",
        "=social please|first|next|number|then|now|too|also",
        "=s s n",
        "ssn",
        "last four of|from your|the social",
        "tax id|identification|payer",
    ),
    cues=(
        "social security number|is",
        "=my social|ssn",
        "=s s n",
        "ssn is",
    ),
    enough=9,
    least=4,
)
