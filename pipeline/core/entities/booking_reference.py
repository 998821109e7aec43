"""A booking, order or ticket reference."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="BOOKING_REFERENCE",
    category=Category.ACCOUNT,
    shape=Shape.ALNUM,
    asks=(
        (
            "booking|reservation|order|ticket|tracking|confirmation|delivery|parcel|record reference|number|"
            "code|locator|id"
        ),
        "reference|ref",
        "locator",
        "confirmation code",
        "=p n r",
        "pnr",
    ),
    cues=(
        "booking|reservation|order|ticket|tracking|confirmation reference|number|code|is",
        "reference is|number",
        "=the reference|ref",
        "=i'm|we're|am|are holding",
    ),
    enough=6,
    least=3,
)
