"""The name of a person."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="PERSON_NAME",
    category=Category.IDENTITY,
    shape=Shape.FREE,
    asks=(
        "=your|the|full|first|last|her|his|their|middle|maiden|family|whole|legal|account|complete name",
        "name please|again|is|for|on|as|of|in",
        "surname|surnames|forename",
        "who am i|have|is",
        "who is|am|do speaking|calling|i|this",
        "whom am|do|is",
        "speaking with|to",
        "name",
        "spell that|it|your|the|first|last|her|his|for",
        "spell",
        "letter by|for letter",
        "how is that|it spelled|spelt",
        "cardholder|account holder",
        "who should|shall|can i|we",
        "next of kin",
        "=and you are",
    ),
    cues=(
        "name is",
        "name's",
        "=this is",
        "=i am",
        "=i'm",
        "speaking with|to",
        "calling|called for|about",
        "call me",
        "=in|under the name of",
        "name of",
        "=it is",
        "under",
        "=for",
    ),
    enough=30,
    words_max=4,
)
