"""An email address."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="EMAIL",
    category=Category.CONTACT,
    shape=Shape.FREE,
    asks=(
        "email|emails|mail",
        "=e mail",
        "where|which address should|shall|can|do i|we|you send",
        "send|forward the|you|it confirmation|receipt|invoice|link",
        "inbox",
        "electronic address",
    ),
    cues=(
        "email address|is",
        "=e mail address|is",
        "=my email|e",
        "email me at|on",
    ),
    enough=6,
    least=3,
    words_max=14,
)
