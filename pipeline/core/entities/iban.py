"""An international bank account number."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="IBAN",
    category=Category.PAYMENT,
    shape=Shape.ALNUM,
    asks=(
        "iban",
        "=i ban",
        "=i b a n",
        "international account|bank number",
    ),
    cues=(
        "iban",
        "=i ban",
        "=i b a n",
    ),
    enough=15,
    least=4,
)
