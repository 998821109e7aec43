"""An email address."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="EMAIL",
    category=Category.CONTACT,
    shape=Shape.FREE,
    asks=(
        "where|which should|shall|can|do|could i|we|you|it send|mail|forward",
        "address should|shall|does|can|do|could it|i|we|you go|send|mail|use|forward",
        "copy|copied in|you|to",
        "send it|that|this|them to",
        "email|emails|mail",
        "=e mail",
        "send|forward the|you|it confirmation|receipt|invoice|link",
        "inbox",
        "electronic address",
    ),
    cues=(
        "email address is",
        "=e mail address|is",
        "=my email|e",
        "email me at|on",
        "=my|the|our|her|his mail|email is",
        "email|mail it|that|them to",
        "=e mail|mails is|at",
        "=mail me at",
    ),
    enough=6,
    least=3,
    words_max=18,
)
