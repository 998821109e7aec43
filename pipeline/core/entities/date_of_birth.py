"""When somebody was born."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="DATE_OF_BIRTH",
    category=Category.IDENTITY,
    shape=Shape.DATE,
    asks=(
        "date of birth|both",
        "date birth",
        "data birth",
        "born",
        "birth date|day",
        "birthday",
        "birthdate",
        "=d o b",
        "dob",
        "how old",
        "age",
        "=year of birth",
        "=month and day",
    ),
    cues=(
        "born",
        "date of birth",
        "birthday is",
        "birthdate",
        "=d o b",
        "dob is",
    ),
    enough=4,
)
