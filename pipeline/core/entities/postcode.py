"""A postcode or zip code."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="POSTCODE",
    category=Category.CONTACT,
    shape=Shape.ALNUM,
    asks=(
        "=eir|eye|air|error|i code|coat|quote|cold",
        "postcode|postcodes|zip|zipcode",
        "post|postal|zip|area code",
        "=your|the|and zip",
        "pin code",
        "=post good|coat|cold|goat|caught",
        "zip for|there|please",
    ),
    cues=(
        "postcode|zip|zipcode",
        "post|postal|zip code",
    ),
    enough=5,
    least=3,
)
