"""The UK national insurance number."""

from __future__ import annotations



from pipeline.core.entities.entity import Category, Entity, Shape


def _valid(symbols: str) -> bool:
    """Two letters, six digits, one letter."""
    return len(symbols) == 9 and symbols[:2].isalpha() and symbols[2:8].isdigit() and symbols[8].isalpha()


ENTITY = Entity(
    name="NINO",
    category=Category.IDENTITY,
    shape=Shape.ALNUM,
    asks=(
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
    ),
    enough=7,
    least=4,
    valid=_valid,
)
