"""The answer to a security question."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="SECURITY_ANSWER",
    category=Category.CREDENTIAL,
    shape=Shape.FREE,
    asks=(
        "street|road|house you|we grew|lived|were",
        "name of the|your street|road|house|school|hospital|teacher|pet",
        "first car",
        "street you grew",
        "school you|did|were",
        "teacher",
        "mother|father maiden",
        "mother|mother's|mothers maiden|name",
        "first pet|school|car|job|teacher|boss|dog|cat|concert",
        "pet|dog|cat name|called",
        "name of your|the pet|dog|cat|school|teacher|street|friend",
        "favorite|favourite",
        "place|town|city|village|time where|you born|grew|birth",
        "where were you born|married",
        "town|city|time where you",
        "grew up",
        "security|secret question|answer",
        "memorable date|place|event|answer",
        "best friend",
        "nickname",
        "first you own|owned|drove|lived|attended|kissed|worked|taught",
        "school did you",
        "honeymoon",
    ),
    cues=(
        "maiden name is|was",
        "maiden name",
    ),
    enough=30,
    words_max=6,
)
