"""The Indian identity number."""

from __future__ import annotations

from pipeline.core.entities.entity import Category, Entity, Shape

ENTITY = Entity(
    name="AADHAAR",
    category=Category.IDENTITY,
    shape=Shape.DIGITS,
    asks=(
        "aadhaar|aadhar|adhar|adhaar|adar|adhara|aadhaar's",
        "aadhaar number",
        "uidai",
        "=u i d a i",
        "=add her|hard|har|hair|a card|number|digits",
        "=at|add|ad|odd|other|our|her|i'd|an heart|hart|hard|har|harp",
        "=u i d|uid",
        "(?:twelve|12) digit|digits",
        "unique identity|identification",
    ),
    cues=(
        "aadhaar|aadhar|adhar number|is",
        "aadhaar|aadhar|adhar",
        "=add her|hard|har number",
    ),
    enough=12,
    least=4,
)
