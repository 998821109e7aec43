"""An address for payments in India."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="UPI_ID",
    category=Category.PAYMENT,
    shape=Shape.FREE,
    asks=(
        "upi",
        "=u p i",
        "=u p id",
        "=u pid",
        "virtual payment address",
        "google|phone pay id|address",
        "payment id|handle",
        "v p a",
    ),
    cues=(
        "=upi id|handle|address is",
        "=u p i id|is",
        "=my|the|our upi|vpa",
        "=u p i",
        "=my|the|our g pay|gpay|google pay is|id",
        "upi id",
    ),
    enough=6,
    least=3,
    words_max=20,
)
