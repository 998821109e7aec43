"""When a card runs out."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="CARD_EXPIRY",
    category=Category.PAYMENT,
    shape=Shape.DATE,
    asks=(
        "expiry|expiration|expire|expires|expiring|exp",
        "valid until|through|thru|to",
        "when does|will it|card|that run",
        "good thru|through",
        "runs|run out",
        "end date",
        "month and year",
    ),
    cues=(
        "expiry|expiration|expires|expire|expiring",
        "valid until|thru|through|to",
        "good thru|through",
        "=runs out",
    ),
    enough=4,
)
