"""When a card runs out."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="CARD_EXPIRY",
    category=Category.PAYMENT,
    shape=Shape.DATE,
    asks=(
        "=good to|two|through|thru|threw|until date|day|dates|days",
        "=good|valid until|through|thru|to|till",
        "when does|is it|that|the|your run|expire|up|end",
        "valid dates|date|from",
        "month and year",
        "under valid",
        "expiry|expiration|expire|expires|expiring|exp",
        "when does|will it|card|that run",
        "runs|run out",
        "end date",
    ),
    cues=(
        "=it runs",
        "expiry|expiration|expires|expire|expiring",
        "valid until|thru|through|to",
        "good thru|through",
        "=runs out",
        "=exp",
        "=it|card|that ends|runs|goes until|to|through|out",
        "expiry date",
        "=valid till|up",
    ),
    enough=4,
)
